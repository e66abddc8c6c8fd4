"""A line from the people up, against tests/truth/staffing.csv, where every figure has its sum beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from economics.worked import PENNY, worked

from econ111.economics.staffing import (
    CallWeek,
    Line,
    PayTerms,
    WorkingTime,
    average_wait,
    duty_hours,
    employment_cost,
    line_cost,
    london_supplement,
    worked_hours,
)
from econ111.errors import InputError

HAND = worked("staffing.csv")
YEAR = {"price_year": "2024/25"}


def number(value: float, **attrs: str) -> xr.DataArray:
    return xr.DataArray(value, attrs=attrs)


def over(dim: str, **values: float) -> xr.DataArray:
    return xr.DataArray(list(values.values()), coords={dim: list(values)}, dims=dim, attrs=YEAR)


def terms(bands: dict[str, float], shares: dict[str, float]) -> PayTerms:
    """Inner London, 2024/25."""
    return PayTerms(
        basic=over("band", **bands),
        band_share=over("band", **shares),
        supplement_share=over("zone", inner=0.20),
        supplement_floor=over("zone", inner=5415.0),
        supplement_cap=over("zone", inner=8171.0),
        zone_share=over("zone", inner=1.0),
        night_enhancement=number(0.30),
        sunday_enhancement=number(0.60),
        insurance_rate=number(0.138),
        insurance_threshold=number(9100.0, **YEAR),
        pension_rate=number(0.2378),
        levy_rate=number(0.005),
    )


BAND6 = terms({"band6": 41_150.0}, {"band6": 1.0})
TIME = WorkingTime(*map(number, (1957.5, 37.5, 29.0, 8.0, 5.0, 0.05, 0.20)))
EVEN = CallWeek(xr.DataArray(np.full(24, 1 / 24), dims="hour"), number(1.0), number(30.0), number(0.0))
LINE = Line(EVEN, BAND6, TIME, answer_target=number(20.0), least_on_duty=number(1.0), overheads=number(0.40))


def calls(*yearly: float) -> xr.DataArray:
    return xr.DataArray(
        [list(yearly)], dims=("sample", "trust"), coords={"trust": [f"T{i}" for i in range(len(yearly))]}
    )


@pytest.mark.parametrize(
    ("step", "basic", "share", "floor", "cap"),
    [
        ("inner_band6_at_cap", 41_150, 0.20, 5415, 8171),
        ("inner_band4_between", 27_822, 0.20, 5415, 8171),
        ("inner_band3_2025_26_at_floor", 25_768, 0.20, 5609, 8465),
        ("outer_band6_at_cap", 41_150, 0.15, 4552, 5735),
        ("outer_band4_at_floor", 27_822, 0.15, 4552, 5735),
    ],
)
def test_the_london_supplement_keeps_to_its_floor_and_cap(
    step: str, basic: float, share: float, floor: float, cap: float
) -> None:
    """Above the cap, between, and below the floor, inner and outer London: to the penny."""
    found = london_supplement(number(basic), share=number(share), floor=number(floor), cap=number(cap))
    assert found.item() == pytest.approx(HAND["supplement", step], abs=PENNY)


def test_a_member_of_staff_costs_what_was_worked_by_hand() -> None:
    """30 % of hours at night or on Saturday, 20 % on Sundays: GBP 78,778.82 for band 6, and the mean of two bands."""
    rates = over("rate", plain=0.5, night_saturday=0.3, sunday_holiday=0.2)
    assert employment_cost(BAND6, rates).item() == pytest.approx(HAND["employment", "cost_band6_inner"], abs=PENNY)
    both = terms({"band4": 27_822.0, "band6": 41_150.0}, {"band4": 0.5, "band6": 0.5})
    assert employment_cost(both, rates).item() == pytest.approx(HAND["employment", "cost_half_and_half"], abs=PENNY)


def test_the_supplement_of_a_mean_is_not_the_mean_of_supplements() -> None:
    """Caps bind before averaging: the mean basic pay would be given 6,897.20, the two bands have 6,867.70."""
    bands = over("band", band4=27_822.0, band6=41_150.0)
    each = london_supplement(bands, share=number(0.2), floor=number(5415.0), cap=number(8171.0))
    of_mean = london_supplement(bands.mean(), share=number(0.2), floor=number(5415.0), cap=number(8171.0))
    assert each.mean().item() == pytest.approx(6867.70, abs=PENNY)
    assert of_mean.item() == pytest.approx(6897.20, abs=PENNY)


def test_hours_worked_are_paid_hours_less_absence() -> None:
    """42 days away and 5 % sickness leave 1,560.375 of 1,957.5 hours."""
    assert worked_hours(TIME).item() == pytest.approx(HAND["time", "worked_hours"], abs=1e-9)


def test_the_waits_worked_by_hand_decide_that_three_people_are_needed() -> None:
    """0.5 erlang of 30-minute calls: two people answer in 120 seconds, three in 10.9; the target is 20."""
    assert average_wait(2, 0.5, handling=1800.0) == pytest.approx(HAND["queue", "wait_with_two_seconds"], rel=1e-9)
    assert average_wait(3, 0.5, handling=1800.0) == pytest.approx(HAND["queue", "wait_with_three_seconds"], abs=1e-6)
    assert line_cost(calls(8766.0), LINE)["most_on_duty"].item() == 3


def test_a_whole_line_costs_what_was_worked_by_hand() -> None:
    """8,766 even calls a year: 21.067 people, GBP 2,336,659.72 a year, GBP 266.56 a call."""
    found = line_cost(calls(8766.0), LINE)
    assert found["whole_time_equivalents"].item() == pytest.approx(HAND["line", "equivalents"], abs=1e-6)
    assert found["line_cost"].item() == pytest.approx(HAND["line", "cost"], abs=PENNY)
    assert found["cost_per_call"].item() == pytest.approx(HAND["line", "cost_per_call"], abs=PENNY)
    assert found["busy_share"].item() == pytest.approx(0.5 / 3)


def test_hours_on_duty_are_split_by_rate_of_pay() -> None:
    """Three people round the clock, no public holiday; and eight holidays move weekday hours to the Sunday rate."""
    three = xr.DataArray(np.full((2, 24), 3.0), dims=("day", "hour"), coords={"day": ["weekday", "weekend"]})
    found = duty_hours(three, EVEN)
    by_hand = [HAND["line", step] for step in ("plain_hours", "night_saturday_hours", "sunday_hours")]
    assert found.values == pytest.approx(by_hand, abs=1e-6)
    with_holidays = duty_hours(three, replace(EVEN, public_holidays=number(8.0)))
    assert with_holidays.sum().item() == pytest.approx(HAND["line", "duty_hours"])
    assert (with_holidays - found).values == pytest.approx([-3 * 14 * 8, -3 * 10 * 8, 3 * 24 * 8])


def test_one_line_for_all_needs_fewer_people_than_many() -> None:
    """Four lines of 8,766 calls need 4 x 3 people; one line of 35,064, two erlangs, needs 5 (waits 42 s with 4)."""
    many, one = line_cost(calls(*[8766.0] * 4), LINE), line_cost(calls(4 * 8766.0), LINE)
    assert many["on_duty"].sum().item() == pytest.approx(12)
    waits = [float(average_wait(people, 2.0, handling=1800.0)) for people in (4, 5)]
    wanted = 5 if waits[1] <= 20 else 6
    assert one["on_duty"].item() == pytest.approx(wanted)
    assert one["cost_per_call"].item() < many["cost_per_call"].max().item()


def test_somebody_is_there_when_nobody_calls() -> None:
    """Ten calls a year still need the least on duty, round the clock: two people, and a cost per call beyond reason."""
    found = line_cost(calls(10.0), replace(LINE, least_on_duty=number(2.0)))
    assert found["on_duty"].item() == pytest.approx(2.0)
    assert found["cost_per_call"].item() > 100_000


def test_callers_who_give_up_need_fewer_people() -> None:
    """The same target with patience of two minutes is met by fewer: Erlang C overstates when callers hang up."""
    waiting = line_cost(calls(80_000.0), LINE)
    leaving = line_cost(calls(80_000.0), replace(LINE, patience=number(2.0)))
    assert leaving["on_duty"].item() < waiting["on_duty"].item()


def test_the_draws_of_a_line_are_worked_one_by_one() -> None:
    """Many draws at once give what a loop over single draws gives."""
    many = xr.DataArray([20.0, 25.0, 40.0], dims="sample")
    yearly = xr.DataArray([[9e3, 2e4], [1e4, 3e4], [2e4, 4e4]], dims=("sample", "trust"), coords={"trust": ["A", "B"]})
    together = line_cost(yearly, replace(LINE, week=replace(EVEN, handling_minutes=many)))["line_cost"]
    for draw in range(3):
        week = replace(EVEN, handling_minutes=many.isel(sample=draw))
        alone = line_cost(yearly.isel(sample=[draw]), replace(LINE, week=week))["line_cost"]
        assert together.isel(sample=[draw]).values == pytest.approx(alone.values, rel=1e-12)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: replace(EVEN, hour_shares=xr.DataArray(np.full(23, 1 / 23), dims="hour")), "24"),
        (lambda: replace(EVEN, hour_shares=xr.DataArray(np.full(24, 1 / 23), dims="hour")), "add up to 1"),
        (lambda: replace(EVEN, handling_minutes=number(0.0)), "handling_minutes"),
        (lambda: terms({"band6": 41_150.0}, {"band6": 0.9}), "band_share"),
        (lambda: replace(BAND6, supplement_cap=over("zone", inner=5000.0)), "cap below its floor"),
        (lambda: worked_hours(replace(TIME, sickness=number(1.2))), "sickness"),
        (lambda: worked_hours(replace(TIME, leave_days=number(300.0))), "No hour"),
        (lambda: line_cost(calls(0.0), LINE), "above 0"),
        (lambda: line_cost(calls(1.0), replace(LINE, overheads=number(-0.1))), "overheads"),
        (
            lambda: line_cost(calls(1.0), replace(LINE, terms=replace(BAND6, insurance_threshold=number(9100.0)))),
            "price year",
        ),
    ],
)
def test_a_line_that_cannot_be_is_refused(make, named: str) -> None:  # type: ignore[no-untyped-def]
    """Shares that do not add up, impossible times, a cap below its floor, no calls, money without a price year."""
    with pytest.raises(InputError, match=named):
        make()
