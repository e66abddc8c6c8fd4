"""The sampler of the outcome series against NUTS on the plain form, and how often its intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from impact.series_worlds import PRIORS, make_panel

from econ111.checks.series_coverage import coverage_study, power_study, shipped_priors
from econ111.checks.series_worlds import World, load_worlds
from econ111.impact.series_model import SeriesModel, build_series_model
from econ111.impact.series_posterior import fit_series
from econ111.impact.series_reference import build_series_reference
from econ111.inference import sample_posterior
from econ111.specs.schema import Sampling

OURS, LINE, TREND = "series model", "straight trend, line only", "straight trend"
pytestmark = pytest.mark.slow


def worlds(*names: str) -> list[World]:
    """Shipped worlds by name."""
    return [world for world in load_worlds() if world.name in names]


def wandering(*, trusts: int = 1, controls: int = 0, months: int = 24) -> SeriesModel:
    """A series with drift and remembered noise, synthetic."""
    rng = np.random.default_rng(11)
    drift = np.cumsum(rng.normal(0, 0.03, months))
    rates = 5 + drift + rng.normal(0, 0.05, (trusts, months))
    beside = 6 + drift + rng.normal(0, 0.02, (controls, months)) if controls else None
    return build_series_model(make_panel(rates, [months - 6] * trusts, controls=beside, harmonics=1), PRIORS)


@pytest.mark.parametrize(("trusts", "controls"), [(1, 0), pytest.param(2, 1, marks=pytest.mark.full)])
def test_the_fast_sampler_agrees_with_nuts_on_the_plain_form(trusts: int, controls: int) -> None:
    """Means within 0.12 sd, and the 2.5, 50 and 97.5 percentiles within 4 points in 100: four Monte Carlo errors."""
    model = wandering(trusts=trusts, controls=controls, months=24 if trusts == 1 else 12)
    fast = fit_series(model, tune=1000, draws=4000, chains=4, rng=np.random.default_rng(1)).values
    sampling = Sampling(tune=500, draws=1000, chains=2, seed=5)
    plain = sample_posterior(lambda: build_series_reference(model), sampling, keep=model.names).draws
    for name in model.names:
        ours, theirs = fast[name], plain[name].values
        assert abs(ours.mean() - theirs.mean()) < 0.12 * theirs.std(), name
        for share in (0.025, 0.5, 0.975):
            at = np.quantile(theirs, share)
            assert float(np.mean(ours < at)) == pytest.approx(share, abs=0.04), (name, share)


@pytest.fixture(scope="module")
def study() -> pd.DataFrame:
    """Thirty series in each of two worlds."""
    return coverage_study(worlds("well_specified", "hard"), simulations=30).set_index(["world", "method"])


def test_intervals_hold_the_truth_as_often_as_they_say(study: pd.DataFrame) -> None:
    """Well specified: 0.95 within three Monte Carlo errors of 30 series (0.12). Hard: at least 0.90."""
    assert study.coverage["well_specified", OURS] == pytest.approx(0.95, abs=0.12)
    assert study.coverage["hard", OURS] >= 0.90


def test_an_ordinary_trend_does_not(study: pd.DataFrame) -> None:
    """Hard cell: a straight line with independent errors covers 0.66 to 0.72, here within three errors of 30 series."""
    assert study.coverage["hard", LINE] == pytest.approx(0.66, abs=0.26)
    assert study.coverage["hard", TREND] == pytest.approx(0.72, abs=0.25)
    assert study.coverage["hard", TREND] < study.coverage["hard", OURS] - 0.1


def test_a_model_that_believes_in_stillness_is_found_out() -> None:
    """With drift, slope and memory shrunk to nothing by their priors, the hard cell is covered far too seldom."""
    broken = shipped_priors() | {"series_level_step_sd": 1e-4, "series_slope_sd": 1e-4}
    broken |= {"series_autocorrelation_logit": -6.0, "series_autocorrelation_logit_sd": 0.1}
    found = coverage_study(worlds("hard"), simulations=30, priors=broken).set_index("method")
    assert found.coverage[OURS] < 0.85


@pytest.mark.full
def test_an_effect_said_to_be_detectable_is_noticed_as_often_as_said() -> None:
    """Power 0.8, 60 series: at least 0.8 less three Monte Carlo errors, 0.15."""
    found = power_study(worlds("hard")[0], simulations=60)
    assert found.noticed.item() >= 0.8 - 0.15


@pytest.mark.calibration
def test_the_whole_study_reaches_its_figures() -> None:
    """200 series a world. Well specified 0.93 to 0.97, hard at least 0.90, false verdicts at most 5%."""
    found = coverage_study(simulations=200).set_index(["world", "method"])
    for name in ("well_specified", "well_specified_trusts"):
        assert 0.93 <= found.coverage[name, OURS] <= 0.97 + found.coverage_error[name, OURS], name
        assert found.ranks_p_value[name, OURS] > 0.01, name
    for name in found.index.get_level_values("world").unique():
        assert found.coverage[name, OURS] >= 0.90, name
        if found.fall[name, OURS] == 0.0:
            assert found.verdicts[name, OURS] <= 0.05 + 2 * 0.0154, name
    assert 0.58 <= found.coverage["hard", LINE] < found.coverage["hard", TREND] <= 0.80
