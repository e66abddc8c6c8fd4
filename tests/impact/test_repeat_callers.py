"""Repeat callers: the closed form against a sum over calls, and against what the sources print."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xarray as xr

from econ111.impact.repeat_callers import CallsPerPerson, capped, everyone_alike, people


def one(value: float) -> xr.DataArray:
    """One draw."""
    return xr.DataArray([value], dims="sample")


def spread(once: float, callers: float = 0.0, calls: float = 0.0) -> CallsPerPerson:
    """One draw of how calls fall on people."""
    return CallsPerPerson(one(once), one(callers), one(calls))


def by_summing(chance: float, once: float, cap: int, *, most: int = 4000) -> float:
    """E[min(B, cap)] for K geometric and B binomial, added up over 1 to `most` calls: nothing of the closed form."""
    total = 0.0
    for calls in range(1, most):
        weight = once * (1 - once) ** (calls - 1)
        if weight < 1e-18:
            break
        below = [math.comb(calls, j) * chance**j * (1 - chance) ** (calls - j) for j in range(min(cap, calls + 1))]
        total += weight * (sum(j * p for j, p in enumerate(below)) + cap * (1 - sum(below)))
    return total


@pytest.mark.parametrize("once", [0.692, 0.5, 0.05])
@pytest.mark.parametrize("chance", [0.01, 0.1, 0.9])
@pytest.mark.parametrize("cap", [1, 2, 5])
def test_the_closed_form_is_the_sum_over_calls(once: float, chance: float, cap: int) -> None:
    """One person's expected avoided attendances, capped, to 1e-9."""
    per_person = capped(one(chance / once), one(1 / once), spread(once), cap=cap).item()
    assert per_person == pytest.approx(by_summing(chance, once, cap), rel=1e-9)


def test_by_hand_with_a_cap_of_two() -> None:
    """Half call once, r = .1: a = .1/.55 = 2/11, b = .05/.55 = 1/11; at most 2: 2/11 x (1 + 1/11) = 24/121 a person.

    1,000 calls are 500 people: 99.1736 of the 100 avoided attendances are left.
    """
    assert capped(one(100.0), one(1000.0), spread(0.5), cap=2).item() == pytest.approx(500 * 24 / 121)


def test_frequent_callers_are_as_the_source_prints_them() -> None:
    """3% of people make 60% of calls, and of the others 69.2% call once: 1.445 calls each, frequent callers 70.1.

    Mean .97 / (.692 x .4) = 3.504 calls a person; .6/.03 x 3.504 = 70.09; shares of calls add up.
    """
    found = spread(0.692, 0.03, 0.60)
    (others, once), (frequent, rarely) = found.kinds()
    assert found.mean.item() == pytest.approx(3.5043, abs=1e-4)
    assert (1 / once).item() == pytest.approx(1.4451, abs=1e-4)
    assert (1 / rarely).item() == pytest.approx(70.087, abs=1e-3)
    of_frequent = (frequent / rarely / found.mean).item()
    assert of_frequent == pytest.approx(0.60)
    assert (others / once / found.mean).item() == pytest.approx(0.40)
    assert people(one(70_087.0), found).item() == pytest.approx(20_000, rel=1e-3)


def test_a_cap_without_end_takes_nothing_off() -> None:
    """Avoided attendances are avoided calls times r, however calls fall on people."""
    assert capped(one(60.0), one(1000.0), spread(0.692, 0.03, 0.60), cap=3000).item() == pytest.approx(60.0)


def test_a_tighter_cap_and_more_frequent_callers_leave_less() -> None:
    """People who avoid any <= capped at 5 <= all; with frequent callers each is below that of callers alike."""
    often, alike = spread(0.692, 0.03, 0.60), everyone_alike(spread(0.692, 0.03, 0.60))
    left = [[capped(one(60.0), one(1000.0), kind, cap=cap).item() for cap in (1, 5)] for kind in (often, alike)]
    assert left[0][0] < left[0][1] < 60
    assert left[1][0] < left[1][1] <= 60
    assert left[0][0] < left[1][0]
    assert left[0][1] < left[1][1]


def test_added_attendances_are_capped_alike_and_no_call_is_no_attendance() -> None:
    """The sign is kept, also where a draw has calls below zero; no calls give none."""
    kind = spread(0.692, 0.03, 0.60)
    gained = capped(one(60.0), one(1000.0), kind, cap=5).item()
    assert capped(one(-60.0), one(1000.0), kind, cap=5).item() == pytest.approx(-gained)
    assert capped(one(60.0), one(-1000.0), kind, cap=5).item() == pytest.approx(gained)
    assert capped(one(0.0), one(0.0), kind, cap=5).item() == 0.0


def test_every_draw_is_capped_by_itself() -> None:
    """Two draws and two trusts at once are the four by themselves."""
    kinds = CallsPerPerson(
        xr.DataArray([0.692, 0.5], dims="sample"), xr.DataArray([0.03, 0.0], dims="sample"),
        xr.DataArray([0.6, 0.0], dims="sample"),
    )  # fmt: skip
    avoided = xr.DataArray([[60.0, 10.0], [-5.0, 200.0]], dims=("sample", "trust"))
    calls = xr.DataArray([[1000.0, 50.0], [400.0, 900.0]], dims=("sample", "trust"))
    found = capped(avoided, calls, kinds, cap=3)
    singly = np.array(
        [
            [
                capped(
                    one(avoided.values[s, t]), one(calls.values[s, t]),
                    CallsPerPerson(*(part.isel(sample=[s]) for part in vars(kinds).values())), cap=3,
                ).item()
                for t in range(2)
            ]
            for s in range(2)
        ]
    )  # fmt: skip
    np.testing.assert_allclose(found.values, singly)
