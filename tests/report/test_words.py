"""Each verdict has its own words, and no number appears without them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd
import pytest

from econ111.report.blocks import Cell
from econ111.report.estimate_tables import estimates_table
from econ111.report.figures import estimands_figure, trusts_figure
from econ111.report.money_tables import cost_consequence_view
from econ111.report.value_words import NO_CASH, cash_sentence, value_sentences
from econ111.report.words import (
    Estimate,
    clause,
    estimand_sentence,
    interval_words,
    published_sentences,
    verdict_sentences,
)
from econ111.results import Evaluation

EVERY_CLAUSE = {
    "fewer": (
        Estimate("ed", "fewer", 1240.0, 900.0, 1600.0),
        "there were fewer ED dispositions, about 1,240 avoided (95% interval 900 to 1,600 fewer)",
    ),
    "more": (
        Estimate("primary_care", "more", -300.0, -500.0, -100.0),
        "there were more primary-care referrals, about 300 added (95% interval 100 to 500 more)",
    ),
    "no evidence of a difference": (
        Estimate("ed_attendance", "no evidence of a difference", -20.0, -80.0, 60.0),
        "there is no evidence of a difference in ED attendances "
        "(estimate 20 more; 95% interval from 80 more to 60 fewer)",
    ),
    "not identifiable": (
        Estimate(
            "ed", "not identifiable", 500.0, -80.0, 1080.0, "the sign is open; assumptions own 70% of the variance"
        ),
        "the change in ED dispositions is not identifiable, because the sign is open, "
        "and assumptions own 70% of the variance",
    ),
}


@pytest.mark.parametrize("verdict", EVERY_CLAUSE)
def test_each_verdict_is_worded_in_its_own_way(verdict: str) -> None:
    """Fewer, more, no evidence of a difference, not identifiable: the sign is turned into words."""
    estimate, words = EVERY_CLAUSE[verdict]
    assert clause(estimate) == words


def test_what_is_not_identifiable_shows_no_estimate() -> None:
    """An estimate of 500 with a verdict of not identifiable must not be quoted, so it is not in the sentence."""
    assert "500" not in clause(EVERY_CLAUSE["not identifiable"][0])


def test_an_interval_says_fewer_or_more_on_each_side_of_zero() -> None:
    """-80 to 120 avoided is from 80 more to 120 fewer; an end of exactly zero belongs to either side."""
    assert interval_words(-80.0, 120.0) == "from 80 more to 120 fewer"
    assert interval_words(0.0, 120.0) == "0 to 120 fewer"
    assert interval_words(float("nan"), 1.0) == "no interval can be given"


@pytest.mark.parametrize("estimand", ["same_calls", "displaced", "net_system", "outcome_series"])
@pytest.mark.parametrize("verdict", EVERY_CLAUSE)
def test_a_sentence_names_its_estimand_and_ends_once(estimand: str, verdict: str) -> None:
    """Whatever the verdict, the code of the estimand comes first and there is one full stop."""
    codes = {"same_calls": "E1", "displaced": "E2", "net_system": "E3", "outcome_series": "E4"}
    text = estimand_sentence(estimand, [EVERY_CLAUSE[verdict][0]])
    assert codes[estimand] in text.split(", there")[0]
    assert text.endswith(".")
    assert not text.endswith("..")


def test_two_sentences_lead_the_page(evaluation: Evaluation) -> None:
    """E2 by what the data identify, E3 by what a payer needs with its assumption of 60%; both say synthetic."""
    first, second = verdict_sentences(evaluation)
    assert first == (
        "In these synthetic data for April 2024 to November 2024, counting only the calls that left the "
        "physical-health line (E2, what the data can identify), there were fewer ED dispositions, about 320 avoided "
        "(95% interval 200 to 440 fewer); there were fewer primary-care referrals, about 320 avoided "
        "(95% interval 200 to 440 fewer)."
    )
    assert "E3, what a payer needs" in second
    assert "assuming that 60% of those" in second
    assert "no evidence of a difference in ED attendances" in second
    assert second.startswith("In these synthetic data")


def test_real_data_are_not_called_synthetic(make_evaluation: Callable[..., Evaluation]) -> None:
    """The word appears when the study says so and not otherwise."""
    assert not any("synthetic" in text for text in verdict_sentences(make_evaluation(synthetic=False)))


def test_the_series_says_what_it_could_have_shown(series_evaluation: Evaluation) -> None:
    """9,000 a month could be noticed and 6,700 is plausible, so the change is not identifiable; each is said once."""
    first, second = verdict_sentences(series_evaluation)
    assert "9,000" not in first
    assert "6,700" not in first
    assert "the change in type 1 ED attendances is not identifiable, because the smallest detectable effect" in first
    assert "8,000" not in first
    assert "9,000 attendances a month, larger than the 6,700 a month" in second


def test_print_gives_bounds_and_says_where_there_are_none(published_evaluation: Evaluation) -> None:
    """21,697 * (0.685 - 0.105) = 12,584 and 21,697 * (0.695 - 0.095) = 13,018; ED has no share before."""
    first, second = verdict_sentences(published_evaluation)
    assert "primary-care referrals: 12,600 to 13,000 fewer" in first
    assert second.startswith("The verdict is not identifiable")
    assert second.endswith("for ED dispositions not even bounds can be given.")


def test_value_below_zero_is_called_added_cost(evaluation: Evaluation) -> None:
    """Two trusts at -22,000 each add 44,000 on top of 2 * 4,000 * 85 = 680,000; the ends are -62,000 and -26,000."""
    value, cash = value_sentences(evaluation)
    assert "more was used than avoided under E3, which adds £44,000 (95% interval £26,000 to £62,000)" in value
    assert "the service costs £680,000 on the base chosen (Funding per call of a like service)" in value
    assert "is under 0.1%, and the same on each of 3 bases of the cost." in value
    assert cash == NO_CASH


def test_value_above_zero_is_called_worth(evaluation: Evaluation) -> None:
    """Under E2, 2 * 87,000 = 174,000 is avoided, which covers 160,000 of cost and neither 680,000 nor 1,480,000."""
    economics = evaluation.spec.economics
    assert economics is not None
    spec = evaluation.spec.model_copy(update={"economics": economics.model_copy(update={"estimand": "displaced"})})
    changed = dataclasses.replace(evaluation, spec=spec)
    value = value_sentences(changed)[0]
    assert "what was avoided under E2 is worth £174,000 (95% interval £156,000 to £192,000)" in value
    assert "from under 0.1% to over 99.9% across 3 bases" in value


def _judged(evaluation: Evaluation, verdicts: dict[str, str]) -> Evaluation:
    """The same evaluation with other verdicts on consequences under E3."""
    table = evaluation.tables["estimates"].copy()
    for item, verdict in verdicts.items():
        table.loc[(table["item"] == item) & (table.estimand == "net_system"), "verdict"] = verdict
    return dataclasses.replace(evaluation, tables={**evaluation.tables, "estimates": table})


@pytest.mark.parametrize("verdict", ["fewer", "more", "no evidence of a difference"])
def test_value_that_the_data_can_tell_needs_no_caution(evaluation: Evaluation, verdict: str) -> None:
    """With any verdict but not identifiable there are two sentences: value against cost, and cash."""
    assert len(value_sentences(_judged(evaluation, {"ed_attendance": verdict}))) == 2


def test_value_that_the_data_cannot_tell_is_said_to_rest_on_assumptions(evaluation: Evaluation) -> None:
    """Each valued consequence whose change is not identifiable is named between the value and the cash."""
    one = value_sentences(_judged(evaluation, {"ed_attendance": "not identifiable"}))
    assert one[1].startswith("The change in ED attendances is not identifiable, yet its expected cost is part of this")
    names = ("ed_attendance", "primary_care_contact", "crisis_contact")
    three = value_sentences(_judged(evaluation, dict.fromkeys(names, "not identifiable")))
    assert "The change in ED attendances, primary-care contacts and crisis-team contacts is not" in three[1]
    assert len(three) == 3


def test_captions_of_figures_say_what_is_not_identifiable_and_the_level(evaluation: Evaluation) -> None:
    """A number in a caption carries its interval's level, and the verdict when the data cannot tell."""
    judged = _judged(evaluation, {"ed_attendance": "not identifiable"})
    for figure in (estimands_figure(judged), trusts_figure(judged)):
        assert figure is not None
        assert "not identifiable)" in figure.summary
        assert figure.summary.endswith("In brackets: 95% interval.")
    plain = estimands_figure(evaluation)
    assert plain is not None
    assert "not identifiable" not in plain.summary


def test_the_verdict_stands_beside_each_count_that_is_priced(evaluation: Evaluation) -> None:
    """In the cost-consequence table the avoided number has its verdict under it, and a note if any is undecided."""
    table = cost_consequence_view(_judged(evaluation, {"ed_attendance": "not identifiable"}))
    assert table is not None
    cells = {str(row.cells[0]): row.cells[3] for row in table.rows}
    ed, primary_care = (next(cells[name] for name in cells if name.startswith(start)) for start in ("Ed", "Primary"))
    assert isinstance(ed, Cell)
    assert isinstance(primary_care, Cell)
    assert ed.small == ("not identifiable",)
    assert primary_care.small == ("no evidence of a difference",)
    assert any("is in the total" in note for note in table.notes)
    decided = cost_consequence_view(evaluation)
    assert decided is not None
    assert not any("is in the total" in note for note in decided.notes)


def test_what_an_estimand_does_not_count_has_no_verdict(evaluation: Evaluation) -> None:
    """Zero with, zero without and no spread is a definition: no verdict, and no probability of fewer."""
    table = evaluation.tables["estimates"].copy()
    here = (table["item"] == "crisis_contact") & (table.estimand == "same_calls")
    numbers = ["avoided", "avoided_low", "avoided_high", "without_service", "with_service", "probability_fewer"]
    table.loc[here, numbers] = 0.0
    table.loc[here, "verdict"] = "no evidence of a difference"
    view = estimates_table(
        dataclasses.replace(evaluation, tables={**evaluation.tables, "estimates": table}), kind="consequence"
    )
    assert view is not None
    row = next(row for row in view.rows if "none counted" in row.cells)
    assert row.cells[:4] == ("E1 same calls", "0", "0", "none counted")
    assert "no evidence of a difference" not in row.cells
    assert "under 0.1%" not in row.cells


def test_cash_is_said_when_there_is_some(evaluation: Evaluation) -> None:
    """A cash share above zero is a sum in year 1, and the rest stays capacity."""
    budget = evaluation.tables["budget_impact"]
    paid = budget.assign(mean=budget["mean"].where(budget.measure != "cash", 1500.0))
    assert cash_sentence(paid) == ["The cash part of it is £1,500 in year 1; the rest is capacity."]


def test_without_estimates_the_page_says_that_there_are_none() -> None:
    """An evaluation with no table at all still has a sentence."""
    assert published_sentences(pd.DataFrame()) == ["No estimate was made."]
