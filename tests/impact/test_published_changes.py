"""Changes between published numbers, and published figures beside ours: the shipped evaluations by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from econ111.errors import InputError
from econ111.impact.published_changes import published_changes
from econ111.impact.published_figures import published_figures
from econ111.specs.loading import load_spec
from econ111.specs.schema import (
    Published,
    PublishedCount,
    PublishedEstimate,
    PublishedFigure,
    PublishedRate,
    PublishedShare,
)

RULES = {"probability": 0.975, "prior_share": 0.5}
CONTROLLED = PublishedCount(
    outcome="ed", label="ED attendances", before=1000, after=800, before_months=12, after_months=12,
    control_before=2000, control_after=2000,
)  # fmt: skip


def changes(published: Published | None, *, factor: float = 2.0) -> pd.DataFrame:
    """Changes by outcome."""
    assert published is not None
    return published_changes(published, overdispersion=factor, rules=RULES).set_index("outcome")


def figures(name: str) -> pd.DataFrame:
    """Published figures of a shipped evaluation, by what they are."""
    published = load_spec(name).published
    assert published is not None
    return published_figures(published, published_changes(published, overdispersion=2, rules=RULES)).set_index("what")


def test_sussex_gives_its_counts_back() -> None:
    """194 to 118 is 76 fewer, 119 to 56 is 63, 75 to 62 is 13: of these the third is open."""
    table = changes(load_spec("sussex-street-triage-2016").published)
    assert table.loc[["detentions", "custody", "hospital"], "fewer"].tolist() == pytest.approx([76, 63, 13], abs=0.2)
    assert table.change.tolist() == ["fell", "fell", "no evidence of a change", "no evidence of a change"]
    both = table.loc["custody", "compared_with"] + table.loc["hospital", "compared_with"]
    assert both == table.loc["detentions", "compared_with"]


def test_the_interval_of_a_fall_is_that_of_the_textbook() -> None:
    """76 -/+ 1.96 sqrt(194 + 118) = 76 -/+ 34.6 by chance alone, and sqrt(2) times as wide at a factor of 2: 48.96."""
    row = changes(load_spec("sussex-street-triage-2016").published).loc["detentions"]
    plain = (row.fewer_by_chance_alone_low, row.fewer_by_chance_alone_high)
    assert plain == pytest.approx((41.4, 110.6), abs=0.8)
    assert (row.fewer_low, row.fewer_high) == pytest.approx((27.0, 125.0), abs=1.5)
    assert row.level == 0.95
    assert row.overdispersion == 2.0


def test_without_a_control_the_effect_is_not_identifiable_however_clear_the_change() -> None:
    """The rates of Tyne and Wear halve beyond doubt, and what halved them is not in the numbers."""
    row = changes(load_spec("tyne-wear-street-triage-2016").published).loc["detentions"]
    assert row.change == "fell"
    assert row.probability_fewer > 0.999
    assert row.verdict == "not identifiable"
    assert "no control" in row.reason
    assert "56%" in row.reason


def test_tyne_and_wear_counts_come_from_rates_and_people() -> None:
    """59.8 and 26.4 per 100,000 of 1,420,800 people are 849.6 and 375.1 a year: 474.5 fewer."""
    row = changes(load_spec("tyne-wear-street-triage-2016").published).loc["detentions"]
    assert (row.compared_with, row.with_service) == pytest.approx((849.6, 375.1), abs=0.05)
    assert row.fewer == pytest.approx(474.5, abs=0.6)
    assert row.ratio == pytest.approx(26.4 / 59.8, abs=0.002)


def test_lambeth_accepts_fewer_people_although_a_larger_share() -> None:
    """203 x 0.57 = 115.7 accepted a month without, 105 x 0.77 = 80.9 with: 34.9 fewer.

    Errors 40 / 3.92 = 10.2 and 0.13 / 3.92 = 0.0332; sd of the product sqrt((0.77 x 10.2)^2 + (105 x 0.0332)^2 +
    (10.2 x 0.0332)^2) = 8.6, so 18.0 to 51.7.
    """
    table = changes(load_spec("lambeth-hub-2021").published)
    row = table.loc["accepted"]
    assert (row.compared_with, row.with_service) == pytest.approx((115.71, 80.85))
    assert row.fewer == pytest.approx(34.86, abs=0.1)
    assert (row.fewer_low, row.fewer_high) == pytest.approx((18.0, 51.7), abs=0.6)
    assert table.change.tolist() == ["fell", "rose", "fell"]
    assert table.verdict.tolist() == ["fewer", "more", "fewer"]
    assert table.reason.str.contains("projection").all()


def test_a_published_interval_comes_back() -> None:
    """-98 (-118 to -78) at 95%; its variance may be (98 / 10.2 / 1.96)^2 = 24.0 times as large."""
    row = changes(load_spec("lambeth-hub-2021").published).loc["assessments"]
    assert (row.fewer_low, row.fewer_high) == pytest.approx((78, 118), abs=0.3)
    assert row.largest_overdispersion == pytest.approx(24.0, rel=0.02)
    assert math.isnan(row.overdispersion)


def test_an_interval_of_another_level_is_read_as_such() -> None:
    """-10 (-18.22 to -1.78) at 90% has an error of 8.22 / 1.645 = 5.0, so 0.2 to 19.8 fewer at 95%."""
    estimate = PublishedEstimate(
        outcome="a", label="a", unit="a month", without=100, change=-10, change_low=-18.22, change_high=-1.78,
        level=0.9, decimals=2, comparison="control area",
    )  # fmt: skip
    row = changes(Published(source="x", estimates=(estimate,))).loc["a"]
    assert (row.fewer_low, row.fewer_high) == pytest.approx((0.2, 19.8), abs=0.1)


def test_a_control_that_did_not_move_lets_the_fall_stand() -> None:
    """1,000 to 800 beside 2,000 to 2,000: 200 fewer, with the spread of all four counts."""
    row = changes(Published(source="x", counts=(CONTROLLED,)), factor=1.0).loc["ed"]
    error = 1000 * math.sqrt(1 / 1000 + 0.8**2 / 800 + 1 / 2000 + 1 / 2000)
    assert row.fewer == pytest.approx(200, abs=2)
    assert (row.fewer_high - row.fewer_low) / 3.92 == pytest.approx(error, rel=0.03)
    assert row.verdict == "fewer"
    assert row.comparison == "control area"
    assert "moved alike" in row.reason


def test_a_control_that_fell_as_much_takes_the_fall_away() -> None:
    """Both fall by a fifth: nothing is left, and the verdict says no evidence and not unidentifiable."""
    count = CONTROLLED.model_copy(update={"control_after": 1600})
    row = changes(Published(source="x", counts=(count,))).loc["ed"]
    assert row.fewer == pytest.approx(0, abs=3)
    assert row.verdict == "no evidence of a difference"
    assert math.isnan(row.largest_overdispersion)


def test_false_verdicts_with_a_control_are_rare() -> None:
    """No effect, common drift, variance twice the mean: at most 5% of 300 verdicts, with 3% to spare for chance."""
    rng = np.random.default_rng(11)
    counts = rng.negative_binomial(np.array([400, 320, 800, 640]), 0.5, size=(300, 4))
    wrong = 0
    for before, after, control_before, control_after in counts.tolist():
        update = {"before": before, "after": after, "control_before": control_before, "control_after": control_after}
        published = Published(source="x", counts=(CONTROLLED.model_copy(update=update),), draws=10_000)
        wrong += changes(published).loc["ed", "verdict"] in ("fewer", "more")
    assert wrong / 300 <= 0.08


def test_percentages_with_both_numbers_of_people_have_an_interval() -> None:
    """10% of 900 and 5% of 1,000: 50 fewer of 1,000, error sqrt(.1 x .9 / 900 + .05 x .95 / 1000) = 12.2 per 1,000.

    Rounding adds its own: half a unit is 5 per 1,000 either way on both sides, sd 10 / sqrt(12) = 2.9 each, so 12.8.
    """
    share = PublishedShare(disposition="ed", before_percent=10, after_percent=5)
    published = Published(contacts_after=1000, contacts_before=900, shares=(share,), source="x")
    row = changes(published, factor=1.0).loc["ed"]
    assert row.fewer == pytest.approx(50, abs=0.5)
    assert (row.fewer_high - row.fewer_low) / 3.92 == pytest.approx(12.8, rel=0.03)
    assert row.change == "fell"
    assert row.verdict == "not identifiable"


def test_percentages_without_the_earlier_number_have_none() -> None:
    """Hampshire stays with its bounds."""
    assert changes_of("hampshire-2021").empty


def changes_of(name: str) -> pd.DataFrame:
    """Changes of a shipped evaluation."""
    published = load_spec(name).published
    assert published is not None
    return published_changes(published, overdispersion=2.0, rules=RULES)


def test_the_published_figures_of_sussex() -> None:
    """118 / 194 - 1 = -39.18%, 56 / 119 - 1 = -52.94%; (194 - 118)^2 / 312 = 18.513, published 18.542."""
    table = figures("sussex-street-triage-2016")
    assert table.ours.tolist()[:3] == pytest.approx([-39.175, -52.941, 18.5128], abs=1e-3)
    assert table.status.tolist() == ["agrees", "agrees", "explained", "not recomputed"]


def test_the_published_chi_squared_is_that_of_a_hundred_thousand_residents() -> None:
    """A two-by-two test of 194 and 118 in N people each prints 18.542 for N from 97,500 to 100,800, and not beyond."""

    def statistic(people: int) -> float:
        return (194 - 118) ** 2 / 312 * 2 * people / (2 * people - 312)

    assert {f"{statistic(people):.3f}" for people in (97_500, 100_000, 100_800)} == {"18.542"}
    assert {f"{statistic(people):.3f}" for people in (97_000, 101_200)}.isdisjoint({"18.542"})


def test_the_published_figures_of_tyne_and_wear() -> None:
    """-55.9% prints as -56%; 475 is not 403, which counts three localities; 1,623 / 403 = 4.03 is not 4.7."""
    table = figures("tyne-wear-street-triage-2016")
    assert table.ours.tolist()[:3] == pytest.approx([-55.853, 474.55, 4.0273], abs=0.01)
    assert table.status.tolist() == ["agrees", "explained", "explained", "not recomputed"]
    assert round(1623 / 4.7) == 345


def test_the_published_figures_of_lambeth_and_hampshire() -> None:
    """105 / 203 - 1 = -48.3%, against an aim of -25%; 0.88 x 21,697 = 19,093 and 0.019 x 21,697 = 412."""
    lambeth = figures("lambeth-hub-2021")
    assert lambeth.ours.iloc[2] == pytest.approx(-48.28, abs=0.01)
    assert lambeth.status.tolist() == ["taken as input", "taken as input", "explained"]
    hampshire = figures("hampshire-2021")
    assert hampshire.ours.tolist()[:3] == pytest.approx([19_093.4, 88.0, 412.2], abs=0.1)
    assert hampshire.status.tolist() == ["explained", "explained", "agrees", "not recomputed"]


def test_every_shipped_difference_is_explained() -> None:
    """No shipped evaluation leaves a difference without a sentence."""
    for name in ("sussex-street-triage-2016", "tyne-wear-street-triage-2016", "lambeth-hub-2021", "hampshire-2021"):
        table = figures(name)
        assert "unexplained" not in set(table.status)
        assert table.why.str.endswith(".").all()


def test_a_difference_that_nothing_explains_says_so() -> None:
    """-45% printed where the counts give -39%."""
    count = PublishedCount(outcome="a", label="a", before=194, after=118, before_months=6, after_months=6)
    figure = PublishedFigure(
        what="fall", value=-45, unit="%", locator="x", quantity="relative_change", outcome="a"
    )  # fmt: skip
    published = Published(source="x", counts=(count,), figures=(figure,))
    row = published_figures(published, published_changes(published, overdispersion=2.0, rules=RULES)).iloc[0]
    assert row.status == "unexplained"
    assert row.difference == pytest.approx(5.8, abs=0.1)


def test_a_change_that_cannot_be_computed_is_refused() -> None:
    """A figure on the change of a share with no earlier number of people."""
    share = PublishedShare(disposition="ed", before_percent=10, after_percent=5)
    figure = PublishedFigure(what="fall", value=-50, unit="%", locator="x", quantity="relative_change", outcome="ed")
    published = Published(contacts_after=1000, shares=(share,), figures=(figure,), source="x")
    with pytest.raises(InputError, match="give no interval"):
        published_figures(published, published_changes(published, overdispersion=2.0, rules=RULES))


def test_a_rate_that_no_count_gives_is_refused() -> None:
    """59.8 per 100,000 of 1,000 people would be 0.598 events; 0 prints as 0.0 and 1 as 100.0."""
    rate = PublishedRate(
        outcome="a", label="a", before=59.8, after=26.4, decimals=1, per=100_000, population=1000
    )  # fmt: skip
    with pytest.raises(InputError, match="No whole count"):
        changes(Published(source="x", rates=(rate,)))


def test_an_estimate_outside_its_interval_is_refused() -> None:
    """-98 does not lie between -90 and -78."""
    estimate = PublishedEstimate(
        outcome="a", label="a", unit="", without=203, change=-98, change_low=-90, change_high=-78, level=0.95,
        decimals=0, comparison="projection",
    )  # fmt: skip
    with pytest.raises(InputError, match="does not lie in its own interval"):
        changes(Published(source="x", estimates=(estimate,)))
