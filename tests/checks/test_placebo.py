"""Placebo launches: what is moved and dropped, and a service in which only the real launch changes anything."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.checks.call_worlds import LAUNCHES, RULES, CallWorld, make_world, returned_structure
from econ111.checks.placebo import (
    early_inputs,
    feasible_shifts,
    placebo_readings,
    share_fallen,
)
from econ111.checks.replicate import full_counts, published
from econ111.impact.inputs import CallInputs


@pytest.fixture(scope="module")
def service() -> CallInputs:
    """Three trusts with 24 months before launch and ten after, of which much is displaced."""
    rng = np.random.default_rng(7)
    inputs = returned_structure(0.1, rng)
    world, _ = make_world(CallWorld("any", 1), inputs, rng)
    return published(inputs, full_counts(inputs, world, rng), rng, rules=RULES)


def test_launches_move_back_and_nothing_after_the_real_ones_is_left(service) -> None:  # type: ignore[no-untyped-def]
    """Real launches April and May 2024; six months earlier: October and November 2023, no mental-line call, and no
    physical-line call from a trust's own launch month on."""
    early = early_inputs(service, dict(LAUNCHES), 6)
    first = {
        name: str(early.timeline.month.values[flags.argmax()])[:7]
        for name, flags in zip(early.trusts, early.timeline.after_launch.values, strict=True)
    }
    assert first == {"FULL": "2023-10", "EDONLY": "2023-10", "ROUNDED": "2023-11"}
    assert len(early.volumes["mental"].low) == 0
    cells = early.volumes["physical"]
    months = early.timeline.month.values
    last = {name: str(months[cells.month[cells.trust == place].max()])[:7] for place, name in enumerate(early.trusts)}
    assert last == {"FULL": "2024-03", "EDONLY": "2024-03", "ROUNDED": "2024-04"}


def test_feasible_shifts_keep_months_on_either_side(service) -> None:  # type: ignore[no-untyped-def]
    """With 24 supplied months before launch, at least 12 kept before and 3 gained after: 3 to 12 months."""
    assert feasible_shifts(service, before=12, after=3) == list(range(3, 13))
    assert feasible_shifts(service, before=23, after=3) == []


def test_the_fall_is_a_share_of_the_expected_calls() -> None:
    """Counted months 100 and 200 without, 90 and 150 with the service: (300 - 240) / 300 = 20%; the first month, 50
    and 50, is not counted."""
    draws = xr.Dataset(
        {
            "expected_without": (("sample", "trust", "month"), [[[50.0, 100.0, 200.0]]] * 2),
            "expected_with": (("sample", "trust", "month"), [[[50.0, 90.0, 150.0]]] * 2),
        }
    )
    found = share_fallen(draws, np.array([[False, True, True]]))
    assert (found["fall"], found["fall_low"], found["fall_high"]) == pytest.approx((0.2, 0.2, 0.2))


def test_a_placebo_that_leaves_out_zero_is_flagged_and_so_is_a_real_fall_no_larger_than_placebos() -> None:
    """Falls 1%, 8% (5 to 11%): one flag; a real fall of 6% is as small as one of two placebos, of 30% larger than
    each."""
    placebos = pd.DataFrame({"fall": [0.01, 0.08], "fall_low": [-0.02, 0.05], "fall_high": [0.04, 0.11]})
    small = placebo_readings(placebos, {"fall": 0.06, "fall_low": 0.01, "fall_high": 0.1})
    assert small.verdict.tolist() == ["look", "pass", "look"]
    assert small.reading[0].startswith("1 of 2 placebo falls")
    large = placebo_readings(placebos, {"fall": 0.3, "fall_low": 0.2, "fall_high": 0.4})
    assert large.reading[0] == "larger than each of the 2 placebo falls"


def test_the_day_of_a_launch_is_kept_when_it_moves(service) -> None:  # type: ignore[no-untyped-def]
    """22 April less six months is 22 October: open for 10 of 31 days."""
    assert LAUNCHES["EDONLY"] == date(2024, 4, 22)
    early = early_inputs(service, dict(LAUNCHES), 6)
    opened = early.timeline.open_share.sel(trust="EDONLY", month="2023-10-01").item()
    assert opened == pytest.approx(10 / 31)
