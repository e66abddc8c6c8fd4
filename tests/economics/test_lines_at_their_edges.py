"""Queues, pay, searches, totals and blocks at their edges: plain forms, and all that a refusal says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from economics.refusals import refused

from econ111.economics.staffing import (
    CallWeek,
    Line,
    PayTerms,
    WorkingTime,
    duty_hours,
    employment_cost,
    line_cost,
    worked_hours,
)
from econ111.economics.staffing.erlang import (
    agents_needed,
    answered_within,
    average_wait,
    erlang_b,
    probability_of_waiting,
    share_giving_up,
)
from econ111.economics.staffing.week import loads

YEAR = {"price_year": "2024/25"}


def _states(people: int, load: float, patience: float) -> tuple[float, float]:
    """Share that waits and share giving up, by the chances of each number of callers in the system (handling 1)."""
    weights = [1.0]
    for number in range(1, 2000):
        leaving = min(number, people) + max(number - people, 0) / patience
        weights.append(weights[-1] * load / leaving)
    chance = np.array(weights) / sum(weights)
    queue = np.maximum(np.arange(2000) - people, 0)
    return float(chance[people:].sum()), float(chance @ queue / patience / load)


def test_queues_equal_the_chances_of_every_state() -> None:
    """Busy, overloaded and nearly idle lines: waiting without loss, and giving up, from the steady state itself."""
    for people, load in ((1, 0.5), (3, 2.0), (10, 9.5), (40, 12.0)):
        waits, _ = _states(people, load, math.inf)
        assert float(probability_of_waiting(people, load)) == pytest.approx(waits, rel=1e-6)
        assert float(average_wait(people, load, handling=4.0)) == pytest.approx(waits * 4 / (people - load), rel=1e-6)
        late = waits * math.exp(-(people - load) * 2 / 4)
        assert float(answered_within(people, load, handling=4.0, within=2.0)) == pytest.approx(1 - late, rel=1e-6)
    for people, load, patience in ((1, 0.5, 2.0), (3, 2.0, 0.3), (5, 9.0, 1.5), (10, 9.5, 20.0), (2, 2.0, 1.0)):
        _, lost = _states(people, load, patience)
        found = float(share_giving_up(people, load, handling=4.0, patience=4.0 * patience))
        assert found == pytest.approx(lost, rel=1e-6)


def test_queues_at_their_edges() -> None:
    """No load, no people, more load than people: nothing waits, everything does, and the queue only grows."""
    assert erlang_b([0, 0, 2], [0.0, 3.0, 0.0]) == pytest.approx([1, 1, 0])
    assert probability_of_waiting([2, 2, 2], [0.0, 2.0, 3.0]).tolist() == [0, 1, 1]
    assert average_wait([2, 2, 2], [0.0, 2.0, 3.0], handling=5.0).tolist() == [0, math.inf, math.inf]
    assert answered_within(2, 3.0, handling=5.0, within=9.0).tolist() == 0.0
    assert share_giving_up([1, 1], [0.0, 1e-300], handling=5.0, patience=1.0).tolist() == [0, 0]
    assert (
        refused(lambda: erlang_b(1, -0.1))
        == refused(lambda: erlang_b(1, math.nan))
        == ["A load is negative or not finite. Load is calls per hour times hours per call, 0 or above."]
    )
    assert refused(lambda: erlang_b(-1, 0.5)) == ["The number of people answering is negative. Give 0 or above."]


def test_the_fewest_people_are_found_as_by_counting_up() -> None:
    """One more at a time, for every load, target and patience at once; never fewer than the least on duty."""
    load = np.array([[0.0], [0.4], [1.0], [2.7], [8.0], [30.0]])
    target = np.array([0.1, 1.0, 20.0])

    def counted(offered: float, allowed: float, patience: float | None) -> int:
        people = 1 if patience is not None else math.floor(offered) + 1
        while True:
            if patience is None:
                wait = float(average_wait(people, offered, handling=6.0))
            else:
                wait = float(share_giving_up(people, offered, handling=6.0, patience=patience)) * patience
            if wait <= allowed:
                return people
            people += 1

    for patience in (None, 0.5, 3.0, 60.0):
        found = agents_needed(load, handling=6.0, answer_target=target, patience=patience)
        assert found.dtype == np.int64 and found.shape == (6, 3)
        assert found.tolist() == [[counted(one, other, patience) for other in target] for (one,) in load.tolist()]
    assert agents_needed([0.4, 30.0], handling=6.0, answer_target=20.0, least=3).tolist()[0] == 3
    for name in ("handling", "answer_target", "patience"):
        for wrong in (0.0, math.inf):
            times = {"handling": 6.0, "answer_target": 1.0, "patience": 2.0} | {name: wrong}
            assert refused(lambda times=times: agents_needed(0.5, **times)) == [
                f"{name} must be a finite time above 0 in every draw. Check the parameter."
            ]
    assert refused(lambda: agents_needed(-1.0, handling=1.0, answer_target=1.0))[0].startswith("A load is negative")


def _number(value: float, **attrs: str) -> xr.DataArray:
    return xr.DataArray(value, attrs=attrs)


EVEN = xr.DataArray([1 / 24] * 24, dims="hour")
WEEK = CallWeek(EVEN, _number(1.0), _number(30.0), _number(0.0))
TIME = WorkingTime(*map(_number, (2000.0, 40.0, 20.0, 5.0, 0.0, 0.1, 0.2)))
BANDS, ZONES = {"band": ["b5", "b6"]}, {"zone": ["inner", "outer"]}
TERMS = PayTerms(
    basic=xr.DataArray([30_000.0, 40_000.0], BANDS, "band", attrs=YEAR), band_share=xr.DataArray([0.25, 0.75], BANDS),
    supplement_share=xr.DataArray([0.2, 0.1], ZONES), zone_share=xr.DataArray([0.5, 0.5], ZONES),
    supplement_floor=xr.DataArray([5000.0, 3500.0], ZONES, attrs=YEAR),
    supplement_cap=xr.DataArray([7000.0, 4500.0], ZONES, attrs=YEAR),
    night_enhancement=_number(0.3), sunday_enhancement=_number(0.6), insurance_rate=_number(0.1),
    insurance_threshold=_number(10_000.0, **YEAR), pension_rate=_number(0.2), levy_rate=_number(0.05),
)  # fmt: skip


def test_pay_by_hand_in_two_bands_and_two_zones() -> None:
    """A tenth of the hours at 30 % more and a twentieth at 60 %: 6 % more on basic pay.

    Supplements: 6,000 and 3,500 (its floor) of 30,000; 7,000 (its cap) and 4,000 of 40,000: means 4,750 and 5,500.
    Gross 31,800 + 4,750 = 36,550 and 42,400 + 5,500 = 47,900; mean 45,062.50. On-costs 25 % of it, and 10 % of what
    lies above 10,000: 56,328.125 + 3,506.25 = 59,834.375.
    """
    shares = xr.DataArray([0.85, 0.1, 0.05], {"rate": ["plain", "night_saturday", "sunday_holiday"]}, "rate")
    found = employment_cost(TERMS, shares)
    assert found.item() == pytest.approx(59_834.375)
    assert (found.dims, found.attrs) == ((), {"unit": "GBP per year", **YEAR})
    below = replace(TERMS, insurance_threshold=_number(90_000.0, **YEAR))
    assert employment_cost(below, shares).item() == pytest.approx(56_328.125)
    head = "The pay terms cannot be used:"
    for dim, coords in (("band", BANDS), ("zone", ZONES)):
        for wrong in ([0.5, 0.6], [-0.5, 1.5]):
            given = {f"{dim}_share": xr.DataArray(wrong, coords)}
            assert refused(lambda given=given: replace(TERMS, **given)) == [
                head, f"- {dim}_share does not add up to 1 over {dim}, or a share is negative.",
            ]  # fmt: skip
    low = xr.DataArray([4999.0, 4500.0], ZONES, attrs=YEAR)
    assert refused(lambda: replace(TERMS, supplement_cap=low)) == [
        head,
        "- a London supplement has its cap below its floor.",
    ]
    assert replace(TERMS, supplement_cap=TERMS.supplement_floor).price_year == "2024/25"


def test_working_time_by_hand_and_at_its_edges() -> None:
    """25 days of 8 hours off 2,000 leave 1,800, of which 10 % are lost to sickness: 1,620."""
    assert worked_hours(TIME).item() == pytest.approx(1620.0)
    for name in ("sickness", "off_phone"):
        assert worked_hours(replace(TIME, **{name: _number(0.0)})).item() > 0
        for wrong in (-0.1, 1.0):
            given = {name: _number(wrong)}
            assert refused(lambda given=given: worked_hours(replace(TIME, **given))) == [
                f"{name} must be a proportion from 0 to below 1 in every draw. Check the parameter."
            ]
    assert refused(lambda: worked_hours(replace(TIME, training_days=_number(225.0))))[0].startswith(
        "No hour of the year"
    )


def test_a_week_of_calls_at_its_edges() -> None:
    """24 shares that add up to 1, a handling time, no negative ratio, fewer holidays than weekdays (260.9)."""
    head = "The week of calls cannot be used:"
    short = xr.DataArray([1 / 23] * 23, dims="hour")
    uneven = xr.DataArray([-0.1, 1.1] + [0.0] * 22, dims="hour")
    assert refused(lambda: replace(WEEK, hour_shares=short)) == [head, "- hour_shares has 23 hours; a day has 24."]
    assert refused(lambda: replace(WEEK, hour_shares=_number(1.0))) == [
        head,
        "- hour_shares has 0 hours; a day has 24.",
    ]
    for wrong in (uneven, EVEN * 1.1):
        assert refused(lambda wrong=wrong: replace(WEEK, hour_shares=wrong)) == [
            head, "- hour_shares do not add up to 1 over the hours, or one is negative.",
        ]  # fmt: skip
    given = {"handling_minutes": _number(0.0), "weekend_ratio": _number(-0.1), "public_holidays": _number(-1.0)}
    assert refused(lambda: replace(WEEK, **given)) == [
        head, "- handling_minutes must be above 0.", "- weekend_ratio must be 0 or above.",
        "- public_holidays must be 0 or above, and fewer than the weekdays of a year.",
    ]  # fmt: skip
    assert len(refused(lambda: replace(WEEK, public_holidays=_number(5 / 7 * 365.25)))) == 2
    assert replace(WEEK, weekend_ratio=_number(0.0)).weekend_ratio == 0
    # 8,766 calls a year, all in the hour from 3 and at the weekend twice as many: 8766 / (260.89 + 2 x 104.36) a day.
    late = replace(WEEK, hour_shares=xr.DataArray(np.eye(24)[3], dims="hour"), weekend_ratio=_number(2.0))
    found = loads(xr.DataArray([8766.0], coords={"trust": ["A"]}, dims="trust"), late)
    assert (found.dims, found.name, found["day"].values.tolist()) == (
        ("trust", "day", "hour"),
        "load",
        ["weekday", "weekend"],
    )
    weekday = 8766 / (5 / 7 + 2 * 2 / 7) / 365.25 * 0.5
    assert found.values[0, :, 3] == pytest.approx([weekday, 2 * weekday])
    assert found.values.sum() == pytest.approx(3 * weekday)


def test_hours_on_duty_by_rate_by_hand() -> None:
    """Weekdays: one person in every hour, five from 19 to 20 and from 5 to 6; two all weekend; 10 public holidays.

    Ordinary weekdays 250.892857: 14 plain hours with one person, of which one with five: 18; ten at night, of which
    one with five: 14. Saturdays 52.178571 with 48 hours, Sundays and holidays 62.178571 with 48.
    """
    people = np.ones((2, 24))
    people[0, [5, 19]], people[1] = 5, 2
    agents = xr.DataArray(people, dims=("day", "hour"), coords={"day": ["weekday", "weekend"]})
    found = duty_hours(agents, replace(WEEK, public_holidays=_number(10.0)))
    days = 365.25 * 5 / 7 - 10
    expected = [18 * days, 14 * days + 48 * 365.25 / 7, 48 * (365.25 / 7 + 10)]
    assert found.values == pytest.approx(expected)
    assert (found.dims, found.name, found.attrs) == (("rate",), "duty_hours", {"unit": "hours per year"})
    assert found["rate"].values.tolist() == ["plain", "night_saturday", "sunday_holiday"]


def test_a_line_in_full() -> None:
    """8,766 calls are one an hour of 30 minutes: half a person is busy, and two on duty keep a wait under a minute.

    17,532 hours on duty, over 0.8 and over 1,620 hours worked: 13.53 equivalents; overheads of a half.
    """
    calls = xr.DataArray([[8766.0]], coords={"trust": ["A"]}, dims=("sample", "trust"))
    line = Line(WEEK, TERMS, TIME, answer_target=_number(240.0), least_on_duty=_number(1.0), overheads=_number(0.5))
    found = line_cost(calls, line)
    units = {
        "on_duty": "people", "most_on_duty": "people", "busy_share": "proportion", "employment_cost": "GBP per year",
        "whole_time_equivalents": "whole-time equivalents", "line_cost": "GBP per year",
        "cost_per_call": "GBP per call",
    }  # fmt: skip
    assert {name: found[name].attrs for name in found} == {name: {"unit": unit} | YEAR for name, unit in units.items()}
    assert found.attrs == YEAR
    assert all(found[name].dims == ("sample", "trust") for name in units)
    equivalents = 17_532 / 0.8 / 1620
    rates = {"rate": ["plain", "night_saturday", "sunday_holiday"]}
    shares = xr.DataArray([14 / 24 * 5 / 7, 10 / 24 * 5 / 7 + 1 / 7, 1 / 7], rates, "rate")
    each = employment_cost(TERMS, shares).item()
    assert {name: found[name].item() for name in units} == pytest.approx(
        {
            "on_duty": 2.0, "most_on_duty": 2.0, "busy_share": 0.25, "employment_cost": each,
            "whole_time_equivalents": equivalents, "line_cost": equivalents * each * 1.5,
            "cost_per_call": equivalents * each * 1.5 / 8766,
        }
    )  # fmt: skip
    # Callers who give up after half a minute wait 0.06 minutes on average with one person already.
    hasty = line_cost(calls, replace(line, patience=_number(0.5)))
    assert hasty["on_duty"].item() == 1.0
    assert line_cost(calls, replace(line, least_on_duty=_number(3.0)))["on_duty"].item() == 3.0
    assert line_cost(calls, replace(line, overheads=_number(0.0)))["line_cost"].item() == pytest.approx(
        equivalents * each
    )
    assert refused(lambda: line_cost(calls * 0, line))[0].startswith("Calls a year must be finite and above 0")
    assert refused(lambda: line_cost(calls, replace(line, overheads=_number(-0.1))))[0].startswith("overheads must be")
    for part in ("answer_target", "patience"):
        two = {part: xr.DataArray([60.0, 90.0], dims="sample")}
        assert "on 'sample'" in refused(lambda two=two: line_cost(calls, replace(line, **two)))[0]
    slow = replace(line, week=replace(WEEK, handling_minutes=xr.DataArray([30.0, 60.0], dims="sample")))
    assert "on 'sample'" in refused(lambda: line_cost(calls, slow))[0]
