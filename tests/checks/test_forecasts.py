"""Forecasts on rolling origins: the naive score by hand, the table by hand, and what is covered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from econ111.checks.call_worlds import RULES, CallWorld, make_world, returned_structure
from econ111.checks.forecasts import naive_scores, origins, score_table
from econ111.checks.replicate import full_counts, published
from econ111.impact.inputs import CallInputs, VolumeCells


@pytest.fixture(scope="module")
def service() -> CallInputs:
    """Three trusts with 24 months before launch and ten after."""
    rng = np.random.default_rng(7)
    inputs = returned_structure(0.1, rng)
    world, _ = make_world(CallWorld("any", 1), inputs, rng)
    return published(inputs, full_counts(inputs, world, rng), rng, rules=RULES)


def test_the_naive_score_is_that_of_a_walk_from_the_last_month(service) -> None:  # type: ignore[no-untyped-def]
    """Calls a day e^0, e^0.1, e^0: changes of 0.1, so sd 0.1 / 0.6745 a month. Two months after the last, the log count
    is normal about the log of the days, sd 0.1483 x sqrt 2."""
    days = service.timeline.days.values
    counts = np.round(1000 * days[:3] * np.exp([0.0, 0.1, 0.0])).astype(int)
    at = np.zeros(3, dtype=int)
    seen = VolumeCells(at, np.arange(3), counts, counts)
    coming = np.array([int(1000 * days[4])])
    wanted = VolumeCells(at[:1], np.array([4]), coming, coming)
    spread = 0.1 / norm.ppf(0.75) * np.sqrt(2)
    centre = np.log(1000 * days[4])
    by_hand = norm.cdf(np.log(coming + 0.5), centre, spread) - norm.cdf(np.log(coming - 0.5), centre, spread)
    assert naive_scores(service, seen, wanted) == pytest.approx(np.log(by_hand), abs=1e-3)


def test_a_table_of_scores_is_a_mean_with_an_error_over_origins() -> None:
    """Differences 1, 1 at one origin and 3, 3 at another: mean 2, standard error of (1, 3) sqrt 2 / sqrt 2 = 1; with
    two origins Student's t is 12.7, so nothing is told apart."""
    rows = pd.DataFrame({
        "line": "physical", "when": "before launch", "origin": [1, 1, 2, 2], "log_score": [-4.0, -4.0, -2.0, -2.0],
        "naive": -5.0, "inside": [1, 1, 1, 0],
    })  # fmt: skip
    found = score_table(rows).iloc[0]
    assert (found.difference, found.standard_error, found.inside) == (2.0, pytest.approx(1.0), 0.75)
    assert found.reading == "not told apart from the naive forecast"
    worse = pd.concat([rows.assign(origin=rows.origin + 2 * k, log_score=-9.0) for k in range(3)])
    assert score_table(worse).verdict.tolist() == ["look"]


def test_every_month_is_forecast_once() -> None:
    """Origins three months apart with three months ahead cover months 12 to 23 of 24."""
    covered = [month for first in origins(24, before=12, step=3) for month in range(first, first + 3)]
    assert covered == list(range(12, 24))
