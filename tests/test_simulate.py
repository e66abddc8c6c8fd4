"""The synthetic service: reproducible, faithful to what is published, and honest about the truth behind it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from econ111.errors import InputError
from econ111.resources import shipped_folder
from econ111.simulate import DISPOSITIONS, Recipe, SimulatedCalls, load_recipe, simulate_calls

RECIPE = shipped_folder("data/activity") / "recipes" / "london-2024.toml"
SHIPPED = shipped_folder("data/activity") / "london-2024-synthetic-calls.csv"
TRUTH = Path(__file__).resolve().parent / "truth" / "london-2024.csv"
NO_EFFECT = Path(__file__).resolve().parent / "slow" / "recipes" / "no-effect.toml"
BEFORE = {"ed": 0.10, "ambulance": 0.10, "primary_care": 0.40, "crisis_mh": 0.05, "self_care": 0.15, "other": 0.20}
WITH = {"ed": 0.02, "ambulance": 0.03, "primary_care": 0.10, "crisis_mh": 0.30, "self_care": 0.35, "other": 0.20}


@pytest.fixture(scope="module")
def london() -> SimulatedCalls:
    return simulate_calls(load_recipe(RECIPE))


@pytest.fixture(scope="module")
def counts(london: SimulatedCalls) -> pd.DataFrame:
    """Rows whose value is a printed number."""
    return london.calls.assign(count=pd.to_numeric(london.calls["value"], errors="coerce"))


def recipe(**changes: Any) -> Recipe:
    """One trust of 1,000 calls a month that opens at once, in months of equal rate, without wandering."""
    content = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
    trust = {
        "code": "A",
        "launch_date": "2024-04-01",
        "ramp_months": 1e-6,
        "physical_calls": 1000,
        "displaced_share": 0.4,
        "absorbed_calls": 200,
        "induced_calls": 100,
    }
    flat = {"season_amplitude": 0.0, "yearly_growth": 0.0, "level_sd": 0.0, "trust_mix_sd": 0.0}
    mixes = {"physical_mix": BEFORE, "mental_mix": WITH, "crisis_line_mix": WITH, "induced_otherwise": {"ed": 0.05}}
    return Recipe.model_validate(content | flat | mixes | {"trusts": [trust]} | changes)


def test_the_same_recipe_gives_the_same_calls(london: SimulatedCalls) -> None:
    """Row for row, value for value; another seed gives others."""
    again = simulate_calls(load_recipe(RECIPE))
    pd.testing.assert_frame_equal(london.calls, again.calls)
    pd.testing.assert_frame_equal(london.truth, again.truth)
    other = simulate_calls(load_recipe(RECIPE).model_copy(update={"seed": 26}))
    assert not london.calls["value"].equals(other.calls["value"])


def test_the_shipped_file_is_what_the_recipe_makes(london: SimulatedCalls) -> None:
    """data/activity/london-2024-synthetic-calls.csv byte for byte, and the stored truth to three decimals."""
    assert london.calls.to_csv(index=False, lineterminator="\n") == SHIPPED.read_text(encoding="utf-8")
    stored = pd.read_csv(TRUTH)
    pd.testing.assert_frame_equal(london.truth.round(3), stored)


def test_london_received_about_74_000_calls_in_11_months(counts: pd.DataFrame) -> None:
    """More than 74,000 calls from April 2024 to February 2025 are published: 74,000 to 74,999."""
    received = counts[(counts.line == "mental") & (counts.measure == "calls_offered")]
    assert sorted(received.month.unique())[0] == "2024-04"
    assert received.month.nunique() == 11
    assert 74_000 <= received["count"].sum() <= 74_999


def test_about_28_percent_of_dispositions_are_other(counts: pd.DataFrame) -> None:
    """28% in the four London areas of IUC ADC 2024-25; here 26 to 30% of what full returns hold, on each line."""
    full = counts[counts.trust.isin(["SLP", "RWK", "G6V2S"]) & counts.measure.isin(DISPOSITIONS)]
    totals = full.groupby(["line", "measure"])["count"].sum()
    for line in ("physical", "mental"):
        assert 0.26 < totals[line]["other"] / totals[line].sum() < 0.30


def test_five_trusts_return_in_four_different_ways(london: SimulatedCalls) -> None:
    """Two leave months out, one gives ED and the total only, one hides small counts and rounds to five."""
    calls = london.calls
    referrals = calls[calls.measure.isin(DISPOSITIONS)]
    missing = referrals[referrals["value"] == "-"]
    assert set(missing.trust) == {"RWK", "G6V2S"}
    assert missing[missing.trust == "RWK"].groupby("line").month.nunique().to_dict() == {"mental": 4, "physical": 5}
    assert set(referrals[referrals.trust == "RV3"].measure) == {"ed"}
    assert {"unrecorded", "calls_answered"} <= set(calls[calls.trust == "RV3"].measure)
    rounded = calls[(calls.trust == "RKL")]
    printed = rounded[rounded["value"] != "*"]["value"].astype(int)
    assert (printed % 5 == 0).all()
    assert "*" in set(rounded["value"])
    assert set(calls[calls["value"] == "*"].trust) == {"RKL"}


def test_the_mental_line_begins_in_each_trusts_launch_month(london: SimulatedCalls) -> None:
    """West London opened on 7 May 2024, the others in April; no row stands before."""
    mental = london.calls[london.calls.line == "mental"]
    first = mental.groupby("trust").month.min().to_dict()
    assert first == {"SLP": "2024-04", "RWK": "2024-04", "G6V2S": "2024-04", "RKL": "2024-05", "RV3": "2024-04"}


def test_counts_that_are_printed_exactly_add_up(counts: pd.DataFrame) -> None:
    """answered + abandoned = offered, and dispositions + unrecorded = answered, in every full return of SLP."""
    wide = counts[counts.trust == "SLP"].pivot_table(index=["month", "line"], columns="measure", values="count")
    assert (wide.calls_answered + wide.calls_abandoned == wide.calls_offered).all()
    assert (wide[list(DISPOSITIONS)].sum(axis=1) + wide.unrecorded == wide.calls_answered).all()


def test_the_truth_is_calls_times_the_difference_of_mixes() -> None:
    """1,000 calls a month from April 2024 to February 2025, 334 of 365.25 days: 10,973.3 calls would have come.

    Displaced 0.4 of them 4,389.3; absorbed 200 a month 2,194.7; induced 100 a month 1,097.3; mental 7,681.3.
    ED: E1 7,681.3 x .08 = 614.50; E2 4,389.3 x .08 = 351.14;
    E3 438.93 + 2,194.7 x .02 + 1,097.3 x .05 - 7,681.3 x .02 = 384.06.
    """
    truth = simulate_calls(recipe()).truth.set_index(["estimand", "disposition"]).avoided
    would_have_come = 1000 * 334 * 12 / 365.25
    assert would_have_come == pytest.approx(10_973.3, abs=0.1)
    assert truth["same_calls", "ed"] == pytest.approx(0.7 * would_have_come * 0.08)
    assert truth["displaced", "ed"] == pytest.approx(0.4 * would_have_come * 0.08)
    net = would_have_come * (0.4 * 0.10 + 0.2 * 0.02 + 0.1 * 0.05 - 0.7 * 0.02)
    assert truth["net_system", "ed"] == pytest.approx(net)
    assert net == pytest.approx(384.06, abs=0.01)


def test_what_the_recipe_says_is_what_is_drawn() -> None:
    """Answered calls scatter about 1,000 and 700 a month, ED about 10% of what is recorded there and 2% here.

    Some 135 ED dispositions on the mental line: rows of 620 with concentration 250 vary (1 + 620/250) = 3.5 times as
    much as chance, so their relative sd is sqrt(3.5/135) = 16%, and three of them are half.
    """
    calls = simulate_calls(recipe()).calls
    counts = calls.assign(count=calls["value"].astype(int)).set_index(["line", "measure"])["count"]
    months = 334 * 12 / 365.25
    assert counts["mental", "calls_answered"].sum() == pytest.approx(700 * months, rel=0.06)
    for line, share, three_sd in (("physical", 0.10, 0.15), ("mental", 0.02, 0.5)):
        recorded = counts[line, "calls_answered"].sum() - counts[line, "unrecorded"].sum()
        assert counts[line, "ed"].sum() / recorded == pytest.approx(share, rel=three_sd)
    assert counts["physical", "unrecorded"].sum() / counts["physical", "calls_answered"].sum() == pytest.approx(
        0.06, abs=0.01
    )


def test_a_service_without_effect_has_a_truth_of_zero() -> None:
    """Every call left the physical line and met the same mix there: E1, E2 and E3 are 0 for each disposition."""
    truth = simulate_calls(load_recipe(NO_EFFECT)).truth
    assert truth.avoided.to_numpy() == pytest.approx(np.zeros(len(truth)), abs=1e-9)
    assert set(truth.estimand) == {"same_calls", "displaced", "net_system"}


def test_small_counts_are_printed_by_the_rule() -> None:
    """Under below = 5 and base = 5, 0 to 4 print *, 5 to 7 print 5, 8 to 12 print 10; rounded up, 6 to 10 print 10."""
    from econ111.simulate import _as_published
    from econ111.specs.schema import Rule

    nearest = Rule(below=5, zero_included=True, base=5, rounding="nearest")
    assert [_as_published(n, nearest) for n in (0, 4, 5, 7, 8, 12, 13)] == ["*", "*", "5", "5", "10", "10", "15"]
    upwards = Rule(base=5, rounding="up")
    assert [_as_published(n, upwards) for n in (0, 1, 5, 6, 10)] == ["0", "5", "5", "10", "10"]
    without_zero = Rule(below=8, zero_included=False)
    assert [_as_published(n, without_zero) for n in (0, 1, 7, 8)] == ["0", "*", "*", "8"]
    assert _as_published(3, None) == "3"


@pytest.mark.parametrize("content", ["seed = ", "seed = 1", "no_such_key = 1"])
def test_a_bad_recipe_is_explained_for_people(tmp_path: Path, content: str) -> None:
    """Bad TOML, missing keys and unknown keys are input errors that name the file, not a library's web page."""
    path = tmp_path / "recipe.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"recipe\.toml") as caught:
        load_recipe(path)
    assert "pydantic" not in str(caught.value)


def test_a_recipe_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    """A mistyped path is the caller's, not the machine's."""
    with pytest.raises(InputError, match="nowhere"):
        load_recipe(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("name", ["physical_mix", "mental_mix", "crisis_line_mix"])
def test_a_mix_that_does_not_sum_to_one_is_refused(tmp_path: Path, name: str) -> None:
    """Shares of 0.9 in all would make a truth that the calls do not have."""
    text = RECIPE.read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith(name)]
    path = tmp_path / "recipe.toml"
    path.write_text(text.replace(line, f"{name} = {{ ed = 0.4, other = 0.5 }}"), encoding="utf-8")
    with pytest.raises(InputError, match=name):
        load_recipe(path)


def test_a_relative_sd_of_zero_is_refused(tmp_path: Path) -> None:
    """1 / 0 is no shape of a negative binomial; the key is named."""
    text = RECIPE.read_text(encoding="utf-8").replace("relative_sd = 0.06", "relative_sd = 0.0")
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="relative_sd"):
        load_recipe(path)
