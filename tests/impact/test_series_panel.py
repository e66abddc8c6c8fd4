"""Which cells of an outcome series are used and counted, and every refusal."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import xarray as xr
from impact.series_worlds import counts, make_panel, month

from econ111.errors import InputError
from econ111.impact.series_breaks import Break, break_issues, find_breaks
from econ111.impact.series_panel import Exclusion, build_panel
from econ111.timeline import build_timeline

TEN = np.log(10.0)


def built(
    rates: np.ndarray, launches: list[int], *, controls: xr.DataArray | None = None, **settings: Any
) -> tuple[Any, list[Any]]:
    """Panel and issues of trusts A, B, ... launched on the 15th of these months."""
    outcome = counts(rates, [chr(ord("A") + place) for place in range(len(rates))])
    dates = {str(name): month(at).replace(day=15) for name, at in zip(outcome.trust.values, launches, strict=True)}
    timeline = build_timeline(outcome.month.values, dates)
    return build_panel(outcome, timeline, controls=controls, **{"harmonics": 1, "minimum": 3} | settings)


def beside(rates: np.ndarray) -> xr.DataArray:
    """One control series X."""
    found = counts(rates, ["X"], dim="series")
    return found.assign_coords(kind=("series", ["attendances"]))


def test_each_trust_is_used_until_its_own_launch_and_counted_from_then_on() -> None:
    """Launches in mid-month 5 and 7 of 10: 5 and 7 months used, 5 and 3 counted, the launch month among them."""
    panel, issues = built(np.full((2, 10), TEN), [5, 7])
    assert panel.used.sum(axis=1).tolist() == [5, 7]
    assert panel.counted.sum(axis=1).tolist() == [5, 3]
    assert panel.first_open == 5
    # 15 June leaves 16 of 30 days, 15 August 17 of 31.
    assert panel.open_share[0, 5] == pytest.approx(16 / 30)
    assert panel.open_share[1, 7] == pytest.approx(17 / 31)
    assert not issues


def test_washout_and_excluded_months_are_neither_used_nor_counted_and_say_so() -> None:
    """Launch in month 6 of 12, two months of washout, months 2 and 9 out: used 0, 1, 3, 4, 5; counted 8, 10, 11."""
    shock = [Exclusion(month(2), month(2), "A flood"), Exclusion(month(9), month(9), "A strike", ("A",))]
    panel, issues = built(np.full((1, 12), TEN), [6], washout_months=2, exclusions=shock, file="counts.csv")
    assert np.flatnonzero(panel.used[0]).tolist() == [0, 1, 3, 4, 5]
    assert np.flatnonzero(panel.counted[0]).tolist() == [8, 10, 11]
    told = [issue.what for issue in issues]
    assert any(
        "2020-03 to 2020-03 of every series was left out of the fit (1 counts): A flood." in what for what in told
    )
    assert any("2020-10 to 2020-10 of A" in what for what in told)
    assert any("first 2 months after launch are not counted (2 counts)" in what for what in told)
    assert {issue.file for issue in issues} == {"counts.csv"}


def test_a_month_without_a_count_is_dropped_in_sight() -> None:
    """Month 3 is missing: used 0, 1, 2, 4, and a warning that names trust and month."""
    rates = np.full((1, 8), TEN)
    rates[0, 3] = np.nan
    panel, issues = built(rates, [5])
    assert np.flatnonzero(panel.used[0]).tolist() == [0, 1, 2, 4]
    assert [issue.what for issue in issues] == ["A has no count in 2020-04."]
    assert issues[0].severity == "warning"


def test_controls_are_used_after_launch_too_but_not_beforehand() -> None:
    """Launch in month 5 of 8: the control is used in all 8 months, and in 5 when only what was known is asked."""
    panel, _ = built(np.full((1, 8), TEN), [5], controls=beside(np.full((1, 8), TEN + 1)))
    assert panel.used.sum(axis=1).tolist() == [5, 8]
    assert panel.before_launch().used.sum(axis=1).tolist() == [5, 5]
    assert panel.with_counted().used.sum(axis=1).tolist() == [8, 8]
    assert panel.centre == pytest.approx([TEN, TEN + 1])


def test_what_happens_after_launch_does_not_move_the_centre() -> None:
    """Counts a hundredfold from launch on: levels keep their prior centre."""
    rates = np.full((1, 8), TEN)
    rates[0, 5:] += np.log(100)
    assert built(rates, [5])[0].centre == pytest.approx([TEN])


@pytest.mark.parametrize(
    ("launch", "settings", "message"),
    [
        (1, {}, "A has 1 usable month before its launch; 3 are needed"),
        (1, {"minimum": 1}, "A has 1 usable month before its launch; 2 are needed"),
        (2, {}, "A has 2 usable months before its launch; 3 are needed"),
        (5, {"washout_months": 3}, "A has no month after its launch and washout"),
        (5, {"exclusions": [Exclusion(month(5), month(9), "x")]}, "A has no month after its launch"),
        (5, {"exclusions": [Exclusion(month(0), month(3), "x")]}, "A has 1 usable month before its launch"),
        (5, {"exclusions": [Exclusion(month(3), month(0), "x")]}, "2020-01-01 comes before 2020-04-01"),
        (5, {"exclusions": [Exclusion(month(0), month(1), "x", ("Q",))]}, "names 'Q', which is not in the series"),
    ],
)
def test_too_few_months_and_wrong_exclusions_are_refused(launch: int, settings: Any, message: str) -> None:
    """The trust, what it has and what it needs are named."""
    with pytest.raises(InputError, match=message):
        built(np.full((1, 8), TEN), [launch], **settings)


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (slice(5, 8), "Control X has 0 months in common with the outcome before launch; 3 are needed"),
        (slice(3, 8), "Control X has 2 months in common"),
        (slice(0, 5), "Control X has no month in common with the outcome after launch"),
    ],
)
def test_a_control_without_months_in_common_is_refused(known: slice, message: str) -> None:
    """Launch in month 5 of 8; the control is known in a part of them."""
    rates = np.full((1, 8), np.nan)
    rates[0, known] = TEN
    with pytest.raises(InputError, match=message):
        built(np.full((1, 8), TEN), [5], controls=beside(rates))


def test_a_count_of_zero_is_refused_by_name_unless_left_out() -> None:
    """The logarithm of none is not a number; a month that is left out may be anything."""
    rates = np.full((1, 8), TEN)
    rates[0, 2] = -np.inf
    with pytest.raises(InputError, match="no count above zero for A in 2020-03"):
        built(rates, [5])
    panel, _ = built(rates, [5], exclusions=[Exclusion(month(2), month(2), "Closed")])
    assert np.isnan(panel.log_rate[0, 2])


def jumping(change: float, *, at: int = 18, launch: int = 12) -> dict[str, Break]:
    """Breaks of four trusts over 24 months, one of which jumps in some month."""
    rates = 5 + np.random.default_rng(1).normal(0, 0.02, (4, 24))
    rates[1, at:] += np.log1p(change)
    return find_breaks(make_panel(rates, [launch] * 4), largest=0.3, months=3)


def test_a_trust_that_takes_over_another_is_found() -> None:
    """A rise of 41% six months after launch, as when North Middlesex joined Royal Free: month and size are said."""
    found = jumping(0.41)
    assert list(found) == ["B"]
    assert found["B"].month.date() == date(2021, 7, 1)
    assert found["B"].change == pytest.approx(0.41, abs=0.04)
    issue = break_issues(found, "counts.csv")[0]
    assert "B: its series rises by" in issue.what
    assert "succession.csv" in issue.remedy


def test_ordinary_change_and_a_jump_at_the_launch_itself_are_no_breaks() -> None:
    """20% is allowed; a fall of half at launch is what is asked about; two trusts have no common movement."""
    assert jumping(0.2) == {}
    assert jumping(-0.5, at=12) == {}
    rates = np.zeros((2, 24)) + 5
    rates[0, 18:] += 1.0
    assert find_breaks(make_panel(rates, [12, 12]), largest=0.3, months=3) == {}


def test_a_jump_across_months_left_out_has_its_reason_given() -> None:
    """Half is lost during months 4 to 7, which are left out: no break."""
    rates = np.zeros((4, 24)) + 5
    rates[1, 6:] -= np.log(2)
    left_out = [Exclusion(month(4), month(7), "Closed for building")]
    assert find_breaks(make_panel(rates, [14] * 4, exclusions=left_out), largest=0.3, months=3) == {}
