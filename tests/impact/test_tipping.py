"""Tipping points: against a closed form, nearest first, and none where the grid ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xarray as xr

from econ111.impact.tipping import sign_tipping, verdict_tipping
from econ111.impact.unrecorded import change_per_call, odds_grid

RULES = {"probability": 0.975, "prior_share": 0.5}


def expected_avoided(before: float) -> np.ndarray:
    """1,000 mental-line calls, ED 2% of the recorded and 12% unrecorded, against this share before launch."""
    names = {"disposition": ["ed", "self_care"]}
    recorded = xr.DataArray([0.02, 0.98], dims="disposition", coords=names)
    one = xr.DataArray([1.0, 0.0], dims="disposition", coords=names)
    gained = change_per_call(recorded, xr.DataArray(0.12), one, disposition="ed", log_odds=odds_grid(20.0))
    return 1000 * (before - 0.02 - gained.values)


def test_the_sign_tips_where_the_closed_form_says() -> None:
    """Before .04: the mental share must rise to .04, so the unrecorded to (.04 - .88 x .02) / .12 = .186667.

    Its odds are .229508, those of the recorded .020408: ratio 11.2459. The line between two points of the grid is
    within 1% of it.
    """
    found = sign_tipping(expected_avoided(0.04), odds_grid(20.0).values)
    assert math.exp(found.log_odds) == pytest.approx(11.2459, rel=0.01)
    assert (found.answer, found.becomes) == ("fewer", "more")


def test_no_tipping_point_is_said_and_not_stretched() -> None:
    """Before .10: the unrecorded would need .686667, odds 2.19149 and a ratio of 107.4, beyond 20."""
    found = sign_tipping(expected_avoided(0.10), odds_grid(20.0).values)
    assert not found.found
    assert found.becomes == "fewer"


def test_the_nearest_change_on_either_side_is_taken() -> None:
    """Fewer from -1.5 to 2.5 and more beyond: 1.5 is nearer to 0 than 2.5."""
    grid = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
    found = sign_tipping(np.array([-3.0, -1.0, 1.0, 1.0, 1.0, 1.0, -1.0]), grid)
    assert found.log_odds == pytest.approx(-1.5)
    mirrored = sign_tipping(np.array([-1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -3.0]), grid)
    assert mirrored.log_odds == pytest.approx(1.5)


def test_a_verdict_tips_where_its_probability_leaves_the_level() -> None:
    """From .99 at 0 to .96 at 1, level .975: half way. The share of assumptions, .2, decides nothing."""
    grid = np.array([-1.0, 0.0, 1.0])
    words = ["fewer", "fewer", "no evidence of a difference"]
    found = verdict_tipping(words, np.array([0.995, 0.99, 0.96]), np.full(3, 0.2), grid, rules=RULES)
    assert found.log_odds == pytest.approx(0.5)
    assert found.becomes == "no evidence of a difference"


def test_a_verdict_tips_where_assumptions_own_too_much() -> None:
    """The sign is open at all points; assumptions own .4 at 0 and .8 at -1, allowed .5: a quarter of the way."""
    grid = np.array([-1.0, 0.0, 1.0])
    words = ["not identifiable", "no evidence of a difference", "no evidence of a difference"]
    found = verdict_tipping(words, np.array([0.8, 0.8, 0.8]), np.array([0.8, 0.4, 0.3]), grid, rules=RULES)
    assert found.log_odds == pytest.approx(-0.25)
