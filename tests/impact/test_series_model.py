"""The outcome series: projection, detectable effect and the avoided count, against closed forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr

from econ111.impact.series_model import avoided_in_series, build_series_model, detectable_effect, project_series

TRUSTS = ["A", "B", "C"]
SAMPLES = 20_000
PRIORS = {
    "season_sd": 0.1,
    "series_level_step_sd": 0.1,
    "trust_level_step_sd": 0.02,
    "level_sd": 2.0,
    "relative_sd": 0.3,
}


def months(count: int) -> xr.Dataset:
    """Calendar of months of 30 days."""
    month = pd.date_range("2024-01-01", periods=count, freq="MS")
    angle = 2 * np.pi * (np.arange(count) + 0.5) / 12
    return xr.Dataset({"days": ("month", np.full(count, 30.0)), "year_angle": ("month", angle)}, {"month": month})


def posterior(*, shared_sd: float = 0.0, own_sd: float = 0.0, season: tuple[float, float] = (0.0, 0.0)) -> xr.Dataset:
    """Draws with known scales: 10, 20 and 30 attendances a day in the last month before launch."""
    ones = np.ones(SAMPLES)
    return xr.Dataset(
        {
            "last_log_level": (("sample", "trust"), np.log(np.outer(ones, [10.0, 20.0, 30.0]))),
            "series_level_sd": ("sample", shared_sd * ones),
            "series_trust_level_sd": ("sample", own_sd * ones),
            "season_coefficient": (("sample", "wave"), np.outer(ones, season)),
        },
        coords={"trust": TRUSTS},
    )


def test_without_steps_the_projection_is_the_last_level_times_days() -> None:
    """10, 20 and 30 a day for 30 days: 300, 600 and 900 a month, in every draw."""
    found = project_series(posterior(), months(2), harmonics=0, seed=1)
    assert found.dims == ("sample", "trust", "month")
    assert found.isel(sample=7).values == pytest.approx(np.array([[300, 300], [600, 600], [900, 900]]))


def test_the_season_of_the_model_goes_on() -> None:
    """Coefficient 0.1 of the sine: 300 x exp(0.1 sin(angle)) at mid-month."""
    calendar = months(12)
    found = project_series(posterior(season=(0.1, 0.0)), calendar, harmonics=1, seed=1).sel(trust="A").isel(sample=0)
    assert found.values == pytest.approx(300 * np.exp(0.1 * np.sin(calendar.year_angle.values)))


def test_the_projection_widens_with_the_square_root_of_time() -> None:
    """Shared steps of 0.1: the log rate has sd 0.1 x sqrt(k) k months ahead, 0.2 after four."""
    found = np.log(project_series(posterior(shared_sd=0.1), months(4), harmonics=0, seed=1))
    assert found.std("sample").sel(trust="B").values == pytest.approx(0.1 * np.sqrt([1, 2, 3, 4]), rel=0.03)
    apart = found.sel(trust="A") - found.sel(trust="B")
    assert apart.std("sample").values == pytest.approx(np.zeros(4), abs=1e-9)


def test_trusts_own_steps_sum_to_zero() -> None:
    """Own steps of 0.1 less their mean over three trusts: sd 0.1 x sqrt(2/3) each, and no common movement."""
    found = np.log(project_series(posterior(own_sd=0.1), months(1), harmonics=0, seed=1))
    assert found.std("sample").values.ravel() == pytest.approx(np.full(3, 0.1 * np.sqrt(2 / 3)), rel=0.03)
    assert found.mean("trust").std("sample").values == pytest.approx(np.zeros(1), abs=1e-9)


def test_avoided_is_predicted_less_observed() -> None:
    """Expected 300, relative sd 0.1: avoided has mean 300 - 280 = 20 and variance 300 + 300^2 x 0.01 = 1,200."""
    calendar = months(1)
    expected = project_series(posterior(), calendar, harmonics=0, seed=1)
    observed = xr.DataArray(
        [[280.0], [np.nan], [900.0]], dims=("trust", "month"), coords={"trust": TRUSTS, "month": calendar.month}
    )
    relative_sd = xr.DataArray(np.full(SAMPLES, 0.1), dims="sample")
    found = avoided_in_series(expected, relative_sd, observed, seed=2)
    of_a = found.sel(trust="A").values.ravel()
    assert of_a.mean() == pytest.approx(20, abs=1.0)
    assert of_a.var() == pytest.approx(1200, rel=0.05)
    assert np.isnan(found.sel(trust="B")).all()
    again = avoided_in_series(expected, relative_sd, observed, seed=2)
    xr.testing.assert_identical(found, again)


@pytest.mark.parametrize(("power", "factor"), [(0.8, 2.8016), (0.9, 3.2415), (0.5, 1.9600)])
def test_the_detectable_effect_is_a_multiple_of_the_sd(power: float, factor: float) -> None:
    """1.95996 + 0.84162 = 2.8016 sd at power 0.8; 1.95996 + 1.28155 = 3.2415 at 0.9; 1.95996 at one half."""
    draws = np.random.default_rng(1).normal(500.0, 4270.0, 1000)
    found = detectable_effect(draws, power=power)
    assert found.effect == pytest.approx(factor * draws.std(), rel=1e-4)
    assert found.counterfactual_sd == pytest.approx(draws.std())
    moved = detectable_effect(draws + 10_000, power=power)
    assert moved.effect == pytest.approx(found.effect)


def test_total_attendances_in_london_could_not_show_the_service() -> None:
    """A naive step has SE 4,270: 2.80 x 4,270 = 11,963 a month, beyond the 6,727 calls themselves."""
    draws = np.random.default_rng(2).normal(size=4000)
    scaled = 4270 * (draws - draws.mean()) / draws.std()
    assert detectable_effect(scaled, power=0.8).effect == pytest.approx(11_963, abs=1)


@pytest.mark.parametrize("trusts", [1, 3])
def test_the_model_has_what_the_projection_reads(trusts: int) -> None:
    """Every variable that the projection needs is in the model, with one trust and with several."""
    calendar = months(6)
    counts = xr.DataArray(
        np.full((trusts, 6), 300.0), dims=("trust", "month"), coords={"trust": TRUSTS[:trusts], "month": calendar.month}
    )
    model = build_series_model(counts, calendar, harmonics=1, priors=PRIORS)
    needed = {"last_log_level", "series_level_sd", "series_trust_level_sd", "series_relative_sd", "season_coefficient"}
    assert needed <= set(model.named_vars)
    assert model.named_vars_to_dims["last_log_level"] == ("trust",)


def test_the_walks_of_the_model_have_the_spread_that_the_projection_assumes(
    value_of: Callable[..., Any],
) -> None:
    """Three trusts, steps of sd s: the orthonormal contrasts give each trust a variance of s^2 (1 - 1/3).

    The model's level is linear in the two contrasts; their rows, squared and summed, are 2/3, and columns sum to zero.
    """
    calendar = months(2)
    counts = xr.DataArray(
        np.full((3, 2), 300.0), dims=("trust", "month"), coords={"trust": TRUSTS, "month": calendar.month}
    )
    model: pm.Model = build_series_model(counts, calendar, harmonics=0, priors=PRIORS)
    shared, own = model["series_shared"], model["series_own"]
    level = model["last_log_level"]
    columns = [
        value_of(level, (shared, np.zeros(2)), (own, np.array([[0.0, float(k == 0)], [0.0, float(k == 1)]])))
        for k in range(2)
    ]
    weights = np.column_stack(columns)
    assert (weights**2).sum(axis=1) == pytest.approx(np.full(3, 2 / 3))
    assert weights.sum(axis=0) == pytest.approx(np.zeros(2), abs=1e-12)
