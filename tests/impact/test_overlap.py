"""Calls counted on both lines, worked by hand for one trust.

W = 200 calls without the service, P = 150 with it, M = 100 on the mental line, X = 20 of them counted on both.

                  X = 0   X = 20
displaced            50       70    200 - (150 - 20)
rest                 50       30
absorbed 60 %        30       18
induced              20       12
people              250      230    150 + 100 - 20

ED: before .10, mental line .02, crisis line .04, induced .05; absorbed and induced on average
.6 x .04 + .4 x .05 = .044.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr

from econ111.activity.calls import CallLayout, Entry, TrustLayout, build_call_table
from econ111.activity.cells import Cell
from econ111.impact.estimands import Elsewhere, avoided_referrals, by_origin, consequences
from econ111.impact.overlap import counted_twice, transfers_returned, with_overlap

NAMES = ["ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other"]


def mix(ed: float) -> list[float]:
    """ED and all the rest self-care."""
    return [ed, 0, 0, 0, 1 - ed, 0]


@pytest.fixture
def elsewhere() -> Elsewhere:
    def one(ed: float) -> xr.DataArray:
        return xr.DataArray([mix(ed)], dims=("sample", "disposition"), coords={"disposition": NAMES})

    return Elsewhere(xr.DataArray([0.6], dims="sample"), one(0.04), one(0.05))


@pytest.fixture
def flows(elsewhere: Elsewhere) -> xr.Dataset:
    calls = {"expected_without": 200.0, "expected_with": 150.0, "expected_mental": 100.0}
    given = {name: (("sample", "trust"), [[value]]) for name, value in calls.items()}
    return by_origin(xr.Dataset(given, coords={"trust": ["A"]}), elsewhere)


@pytest.fixture
def shares() -> xr.DataArray:
    coords = {"stage": ["before", "after", "mental"], "trust": ["A"], "disposition": NAMES}
    draws = [[[mix(0.10)], [mix(0.10)], [mix(0.02)]]]
    return xr.DataArray(draws, dims=("sample", "stage", "trust", "disposition"), coords=coords)


def fifth() -> xr.DataArray:
    """A fifth of the mental line's calls."""
    return xr.DataArray([[0.2]], dims=("sample", "trust"), coords={"trust": ["A"]})


def numbers(flows: xr.Dataset) -> list[float]:
    """Displaced, transferred, absorbed and induced calls."""
    return [flows[name].item() for name in ("displaced", "transferred", "absorbed", "induced")]


def test_the_flows_are_those_of_the_table(flows: xr.Dataset, elsewhere: Elsewhere) -> None:
    """Columns X = 0 and X = 20; origins still add up to the mental line's calls."""
    assert numbers(flows) == pytest.approx([50, 0, 30, 20])
    found = with_overlap(flows, fifth(), absorbed_share=elsewhere.absorbed_share)
    assert numbers(found) == pytest.approx([70, 20, 18, 12])
    assert (found.displaced + found.absorbed + found.induced).item() == pytest.approx(100)


def test_counting_twice_is_set_and_not_added(flows: xr.Dataset, elsewhere: Elsewhere) -> None:
    """A fifth, and then none, is none again."""
    twice = with_overlap(flows, fifth(), absorbed_share=elsewhere.absorbed_share)
    back = with_overlap(twice, 0 * fifth(), absorbed_share=elsewhere.absorbed_share)
    assert numbers(back) == pytest.approx(numbers(flows))


def test_absorbed_calls_that_were_estimated_stay(flows: xr.Dataset) -> None:
    """30 crisis-line calls fewer were counted; the 20 transferred ones then come off induced calls alone."""
    found = with_overlap(flows, fifth(), absorbed_share=None)
    assert numbers(found) == pytest.approx([70, 20, 30, 0])


def test_what_each_estimand_gains(flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere) -> None:
    """E1 stays 8. E2 from 50 x .08 = 4 to 5.6, by 20 x .08. E3 by 20 x (.10 - .044) = 1.12, from 5.2 to 6.32."""
    found = with_overlap(flows, fifth(), absorbed_share=elsewhere.absorbed_share)
    for calls, wanted in ((flows, [8.0, 4.0, 5.2]), (found, [8.0, 5.6, 6.32])):
        pair = avoided_referrals(calls, shares, elsewhere).sel(disposition="ed")
        assert (pair.without_service - pair.with_service).values.ravel() == pytest.approx(wanted)


def test_a_call_passed_on_was_still_made_to_the_physical_line(
    flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere
) -> None:
    """Spared under E2 and E3: 70 - 20 = 50, as without overlap; under E1 100 - 20 = 80."""
    follow = ["ed_attendance", "primary_care_contact", "crisis_contact"]
    attendance = xr.DataArray(
        np.zeros((1, 7, 3)), dims=("sample", "disposition", "consequence"),
        coords={"disposition": [*NAMES, "ed_attendance"], "consequence": follow},
    )  # fmt: skip
    found = with_overlap(flows, fifth(), absorbed_share=elsewhere.absorbed_share)
    pair = consequences(found, shares, elsewhere, attendance).sel(consequence="physical_line_call")
    assert (pair.without_service - pair.with_service).values.ravel() == pytest.approx([80, 50, 50])


def test_transfers_come_from_the_months_that_returned_both_counts() -> None:
    """Trust A: 10 of 100 in April; May without transfers does not count; a star of 0 to 4 in June is 2 of 100.

    So 12 of 200, .06. Trust B returns none, which is not zero. March, before the period, does not count.
    """
    layout = CallLayout({code: TrustLayout(launch_date=date(2024, 3, 1)) for code in ("A", "B")})
    months = [date(2024, month, 1) for month in (3, 4, 5, 6)]
    known = {(3, "A"): Cell("observed", 90, 90), (4, "A"): Cell("observed", 10, 10), (6, "A"): Cell("suppressed", 0, 4)}
    entries = [
        Entry(2, code, month, "mental", "calls_answered", Cell("observed", 100, 100), "100")
        for code in ("A", "B")
        for month in months
    ]
    entries += [
        Entry(2, code, date(2024, month, 1), "mental", "transfers_in", cell, "")
        for (month, code), cell in known.items()
    ]
    table = build_call_table(entries, layout, months=months)
    found = transfers_returned(table, start=date(2024, 4, 1), end=date(2024, 6, 30))
    assert found.sel(trust="A").item() == pytest.approx(0.06)
    assert np.isnan(found.sel(trust="B").item())


def test_a_trust_that_returns_no_transfers_takes_the_assumed_share() -> None:
    """Half of 6% for the one that returned, half of the drawn share for the other."""
    returned = xr.DataArray([0.06, np.nan], dims="trust", coords={"trust": ["A", "B"]})
    found = counted_twice(returned, otherwise=xr.DataArray([0.1, 0.2], dims="sample"), overlap=0.5)
    assert found.values == pytest.approx(np.array([[0.03, 0.05], [0.03, 0.10]]))
