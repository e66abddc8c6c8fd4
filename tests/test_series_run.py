"""An outcome series from specification to page: synthetic counts, controls, placebo, and every refusal by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from econ111.errors import DataError, InputError
from econ111.files import write_text
from econ111.impact.series_panel import Panel
from econ111.report.page import render_report
from econ111.results import Evaluation
from econ111.run import evaluate, outcome_series
from econ111.run.context import Context
from econ111.run.outcome_series import _before_the_fit

MONTHS = pd.date_range("2021-01-01", periods=44, freq="MS")
LAUNCH = 32
SPEC = """
schema_version = 1
design = "outcome_series"
[study]
name = "synthetic-series"
title = "Synthetic counts"
question = "Does a fall of 30% show?"
population = "Nobody"
setting = "Four synthetic trusts"
intervention = "A fall of 30% from September 2023"
comparator = "The months before"
perspective = "Counts only"
price_year = "not applicable"
period_start = 2023-09-01
period_end = 2024-08-31
synthetic = true
[data]
file = "counts.csv"
layout = "outcome_columns"
[series]
outcome = "mental_health"
launch_date = 2023-09-01
plausible_monthly_effect = "london_calls_per_month"
{series}
[model]
harmonics = 1
minimum_pre_months = 24
[sampling]
tune = {tune}
draws = {draws}
chains = 4
seed = 1
{rest}
"""
FULL = """
control_trusts = ["RD1"]
control_outcomes = ["injuries"]
placebo_outcome = "burns"
washout_months = 1
[[series.excluded]]
first = 2022-01-01
last = 2022-02-28
reason = "A synthetic flood."
"""
LATER = '[[trusts]]\ncode = "RC1"\nname = "Third"\nlaunch_date = 2023-11-10\n'

Runner = Callable[..., Evaluation]


def counts_table() -> pd.DataFrame:
    """Four trusts; RA1 to RC1 lose 30% of mental-health attendances at launch (RC1 two months later), RD1 does not."""
    rng = np.random.default_rng(1)
    drift = np.cumsum(rng.normal(0, 0.01, len(MONTHS)))
    rows = []
    for place, code in enumerate(("RA1", "RB1", "RC1", "RD1")):
        start = {"RC1": LAUNCH + 2, "RD1": len(MONTHS)}.get(code, LAUNCH)
        fall = np.where(np.arange(len(MONTHS)) >= start, np.log(0.7), 0.0)
        for name, level, change in (("mental_health", 8.0, fall), ("injuries", 9.0, 0.0), ("burns", 7.0, 0.0)):
            noise = rng.normal(0, 0.02, len(MONTHS))
            values = np.exp(level + 0.2 * place + drift + change + noise).round()
            rows.append(pd.DataFrame({"trust_code": code, "period": MONTHS, "name": name, "value": values}))
    long = pd.concat(rows).pivot(index=["trust_code", "period"], columns="name", values="value").reset_index()
    return long.assign(period=long.period.dt.strftime("%Y-%m"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Evaluates the specification with these lines on these counts."""
    folder = tmp_path_factory.mktemp("series")

    def go(series: str = "", rest: str = "", *, change: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame,
           said: list[str] | None = None, tune: int = 200, draws: int = 200) -> Evaluation:  # fmt: skip
        write_text(folder / "counts.csv", change(counts_table()).to_csv(index=False, lineterminator="\n"))
        path = write_text(folder / "spec.toml", SPEC.format(series=series, rest=rest, tune=tune, draws=draws))
        told = said.append if said is not None else lambda _: None
        return evaluate(path, use_store=False, accept_unconverged=True, announce=told)

    return go


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What the run announces."""
    return []


@pytest.fixture(scope="module")
def result(run: Runner, said: list[str]) -> Evaluation:
    """Everything at once: controls of both kinds, placebo, washout, an excluded period and a later launch."""
    return run(FULL, LATER, said=said)


def test_a_true_fall_is_found_and_the_placebo_stands_still(result: Evaluation) -> None:
    """30% of the counted months' counts, by projection and pooled; the placebo's interval holds zero.

    So short a fit has not converged, and the verdict must say so.
    """
    falls = result.tables["series_effects"].set_index("trust")
    for trust in ("RA1", "RB1", "RC1", "Mean of trusts"):
        assert falls.fall[trust] == pytest.approx(0.3, abs=0.06), trust
    assert falls.projected_fall[["RA1", "RB1", "RC1"]].to_numpy() == pytest.approx(0.3, abs=0.08)
    placebo = result.tables["placebo_outcome"].set_index("role")
    assert placebo.avoided_low["placebo"] <= 0 <= placebo.avoided_high["placebo"]
    assert placebo.avoided_low["outcome"] > 0
    assert "no sign" in placebo.reading["placebo"]
    total = result.estimates.set_index("trust").loc["Total"]
    assert total.probability_fewer > 0.999
    assert total.verdict == "not identifiable"
    assert "the fit cannot be used" in total.reason


def test_only_trusts_with_the_service_are_estimated(result: Evaluation) -> None:
    """The control trust has no row; the total is the sum of the three."""
    table = result.estimates.set_index("trust")
    assert list(table.index) == ["RA1", "RB1", "RC1", "Total"]
    assert table.avoided[:3].sum() == pytest.approx(table.avoided["Total"], rel=1e-9)
    assert set(table["item"]) == {"mental_health"}


def test_what_is_left_out_is_in_the_issues_and_not_in_the_months(result: Evaluation) -> None:
    """Washout: RA1 and RB1 are counted for 11 of 12 months, RC1, launched in November, for 9 of 10."""
    monthly = result.tables["monthly"].groupby("trust").month.count()
    assert monthly.to_dict() == {"RA1": 11, "RB1": 11, "RC1": 9, "Total": 11}
    told = " ".join(result.issues.what)
    assert "A synthetic flood" in told
    assert "first 1 months after launch are not counted" in told


def test_the_detectable_effect_is_said_before_the_fit(result: Evaluation, said: list[str]) -> None:
    """It is announced with its power before the projection is fitted, and stands in a table of its own."""
    first = next(place for place, text in enumerate(said) if text.startswith("Before the fit"))
    fit = next(place for place, text in enumerate(said) if text.startswith("Fitting the projection"))
    assert first < fit
    assert "probability 80%" in said[first]
    table = result.tables["detectable"].set_index("trust")
    assert table.months_before["RA1"] == 30
    assert table.months_before["RC1"] == 32
    assert table.controls["Total"] == 4
    assert f"{table.detectable['Total']:,.0f}" in said[first]


def test_counts_after_launch_do_not_touch_what_could_be_noticed(
    run: Runner, result: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All counts from launch on tripled, controls and all: the table of what could be noticed is the same."""

    def tripled(frame: pd.DataFrame) -> pd.DataFrame:
        later = frame.period >= MONTHS[LAUNCH].strftime("%Y-%m")
        return frame.assign(**{
            name: frame[name].where(~later, 3 * frame[name]) for name in ("mental_health", "injuries", "burns")
        })  # fmt: skip

    found: list[pd.DataFrame] = []

    class FoundError(Exception):
        """Raised in place of the fits that follow."""

    def first_part(context: Context, panel: Panel) -> pd.DataFrame:
        found.append(_before_the_fit(context, panel))
        raise FoundError

    monkeypatch.setattr(outcome_series, "_before_the_fit", first_part)
    with pytest.raises(FoundError):
        run(FULL, LATER, change=tripled)
    pd.testing.assert_frame_equal(found[0], pd.DataFrame(result.tables["detectable"]))


def test_the_page_shows_all_of_it_and_says_synthetic(result: Evaluation) -> None:
    """What could be noticed, the placebo and the pooled falls have captions; the title is marked."""
    text = render_report(result)
    for caption in ("What could be noticed", "Placebo outcome beside the outcome", "Falls by trust, pooled"):
        assert caption in text, caption
    assert "synthetic" in text.lower()


def test_a_placebo_that_moves_is_said_to(run: Runner) -> None:
    """Burns halve at launch as well: the check fails in words."""

    def halved(frame: pd.DataFrame) -> pd.DataFrame:
        later = frame.period >= MONTHS[LAUNCH].strftime("%Y-%m")
        return frame.assign(burns=frame.burns.where(~later, (frame.burns / 2).round()))

    found = run('placebo_outcome = "burns"\ncontrol_outcomes = ["injuries"]', change=halved, tune=100, draws=100)
    row = found.tables["placebo_outcome"].set_index("role").loc["placebo"]
    assert "something else changed" in row.reading
    checks = found.tables["checks"].set_index("check").verdict
    assert checks[next(name for name in checks.index if name.startswith("placebo outcome"))] == "FAIL"


def test_an_unhandled_takeover_has_no_effect_of_its_own(run: Runner) -> None:
    """RB1 doubles half a year after launch: its verdict is refused with the month, the others' stand."""

    def doubled(frame: pd.DataFrame) -> pd.DataFrame:
        taken = (frame.trust_code == "RB1") & (frame.period >= "2024-03")
        return frame.assign(mental_health=frame.mental_health.where(~taken, 2 * frame.mental_health))

    found = run(change=doubled)
    table = found.estimates.set_index("trust")
    assert table.verdict["RB1"] == "not identifiable"
    assert "in March 2024" in table.reason["RB1"]
    assert "a merger or a move" in table.reason["RB1"]
    assert "RB1" in table.reason["Total"]
    assert any("RB1: its series rises" in what for what in found.issues.what)


@pytest.mark.parametrize(
    ("series", "rest", "message"),
    [
        ('control_outcomes = ["injurys"]', "", "no column 'injurys'. Did you mean 'injuries'"),
        ('control_trusts = ["RX9"]', "", "series.control_trusts names 'RX9', which is not in the data"),
        ('trusts = ["RA1"]\ncontrol_trusts = ["RX9"]', "", "no trust 'RX9'"),
        ("", '[[trusts]]\ncode = "RX9"\nname = "X"\nlaunch_date = 2023-09-01\n', "names 'RX9', which is not"),
        ('placebo_outcome = "mental_health"', "", "'mental_health' has two roles"),
        ('control_outcomes = ["burns"]\nplacebo_outcome = "burns"', "", "'burns' has two roles"),
        ('trusts = ["RA1"]\ncontrol_trusts = ["RA1"]', "", "'RA1' is in series.trusts and in series.control_trusts"),
        ("", '[[trusts]]\ncode = "RA1"\nname = "First"\nlaunch_date = 2021-02-01\n', "RA1 has 1 usable month"),
        ("washout_months = 12", "", "RA1 has no month after its launch and washout"),
        ("wash_out_months = 1", "", "unknown key 'series.wash_out_months'"),
    ],
)  # fmt: skip
def test_bad_specifications_are_refused_by_name(run: Runner, series: str, rest: str, message: str) -> None:
    """Nothing is fitted; the key and what came are in the message."""
    with pytest.raises(InputError, match=message):
        run(series, rest)


def test_a_control_that_ends_before_the_launch_is_refused(run: Runner) -> None:
    """Injuries stop being recorded in August 2023."""

    def ended(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(injuries=frame.injuries.where(frame.period < "2023-09"))

    with pytest.raises(InputError, match="no month in common with the outcome after launch"):
        run('control_outcomes = ["injuries"]', change=ended)


def test_a_trust_that_stops_without_a_successor_is_refused(run: Runner) -> None:
    """RB1 has no rows from 2024 on, and no succession table is named."""
    with pytest.raises(DataError, match="RB1 has no counts from 2024-01 on"):
        run(change=lambda frame: frame[(frame.trust_code != "RB1") | (frame.period < "2024-01")])
