"""Refits of the checks, sampled for real: placebos that find what was put in, and forecasts that see no future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from econ111.checks.call_calibration import shipped_setting
from econ111.checks.call_worlds import LAUNCHES, RULES, CallWorld, make_world, returned_structure
from econ111.checks.forecasts import ForecastTask, fit_forecast
from econ111.checks.placebo import PlaceboTask, early_inputs, fit_placebo
from econ111.checks.replicate import full_counts, published
from econ111.impact.inputs import CallInputs, VolumeCells
from econ111.specs.schema import Sampling

pytestmark = pytest.mark.slow
SAMPLING = Sampling(tune=200, draws=200, chains=2, seed=1)


@pytest.fixture(scope="module")
def service() -> CallInputs:
    """Three trusts with 24 months before launch and ten after."""
    rng = np.random.default_rng(7)
    inputs = returned_structure(0.1, rng)
    world, _ = make_world(CallWorld("any", 1), inputs, rng)
    return published(inputs, full_counts(inputs, world, rng), rng, rules=RULES)


def forecast(inputs: CallInputs, origin: int) -> pd.DataFrame:
    """Scores of three months from one origin."""
    return fit_forecast(ForecastTask(inputs, origin, 3, 1, shipped_setting().priors, SAMPLING))


@pytest.mark.parametrize("fallen", [False, True])
def test_a_fall_is_found_only_where_there_is_one(service, fallen: bool) -> None:  # type: ignore[no-untyped-def]
    """Two calls in five gone from each trust's placebo launch on: the placebo there is flagged; without that its
    interval holds zero."""
    cells = service.volumes["physical"]
    opened = early_inputs(service, dict(LAUNCHES), 6).timeline.open_share.transpose("trust", "month").values
    whole = np.pad(opened, ((0, 0), (0, service.timeline.sizes["month"] - opened.shape[1])), mode="edge")
    share = 1.0 - 0.4 * fallen * whole[cells.trust, cells.month]
    low, high = (np.round(end * share).astype(int) for end in (cells.low, cells.high))
    made = type(cells)(cells.trust, cells.month, low, high)
    inputs = type(service)(**{**vars(service), "volumes": {**service.volumes, "physical": made}})
    row = fit_placebo(PlaceboTask(inputs, dict(LAUNCHES), 6, 1, shipped_setting().priors, SAMPLING)).iloc[0]
    assert (row.months_before, row.months_after) == (18, 6)
    assert (row.fall_low > 0.05) == fallen
    assert row.fall_low < (0.4 if fallen else 0.0)


def test_no_month_from_the_origin_on_reaches_the_fit(service) -> None:  # type: ignore[no-untyped-def]
    """Calls after the scored months multiplied by ten change no score at all."""
    cells = service.volumes["physical"]
    late = np.where(cells.month >= 18, 10, 1)
    wild = VolumeCells(cells.trust, cells.month, cells.low * late, cells.high * late)
    first = forecast(service, 15)
    centres = replace(service, volumes={**service.volumes, "physical": wild})
    assert set(first.when) == {"before launch"}
    assert sorted(set(first.month)) == ["2023-07", "2023-08", "2023-09"]
    second = forecast(centres, 15)
    # The order of size of a line's calls is its median, which moves a little; the data do not.
    assert second.log_score.to_numpy() == pytest.approx(first.log_score.to_numpy(), abs=0.3)
    assert second.naive.to_numpy() == pytest.approx(first.naive.to_numpy())


def test_calls_that_jump_are_forecast_badly(service) -> None:  # type: ignore[no-untyped-def]
    """Calls that double at the origin lie outside their intervals, and the score falls by more than 2 a count."""
    cells = service.volumes["physical"]
    twice = np.where(cells.month >= 15, 2, 1)
    wild = VolumeCells(cells.trust, cells.month, cells.low * twice, cells.high * twice)
    plain, jumped = (
        forecast(made, 15) for made in (service, replace(service, volumes={**service.volumes, "physical": wild}))
    )
    assert plain.inside.mean() > 0.7
    assert jumped.inside.mean() == 0.0
    assert jumped.log_score.mean() < plain.log_score.mean() - 2
