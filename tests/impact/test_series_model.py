"""The outcome series: likelihood, projection, detectable effect and avoided count, against closed forms and scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from scipy.linalg import helmert
from scipy.stats import multivariate_normal

from econ111.errors import InputError
from econ111.impact.series_model import avoided_in_series, build_series_model, detectable_effect, project_series

TRUSTS = ["A", "B", "C"]
SAMPLES = 10_000
PRIORS = {
    "season_sd": 0.1,
    "series_level_step_sd": 0.1,
    "trust_level_step_sd": 0.02,
    "level_sd": 2.0,
    "series_relative_sd": 0.3,
}


def calendar(steps: list[int]) -> xr.Dataset:
    """Months of 30 days, by their number from January 2020; numbers may be left out."""
    month = pd.date_range("2020-01-01", periods=max(steps) + 1, freq="MS")[steps]
    angle = 2 * np.pi * (np.array(steps) + 0.5) / 12
    data = {"days": np.full(len(steps), 30.0), "year_angle": angle, "step": np.array(steps)}
    return xr.Dataset({name: ("month", values) for name, values in data.items()}, {"month": month})


def counts(months: xr.Dataset, *, trusts: int = 3) -> xr.DataArray:
    """10, 20 and 30 attendances a day in every month: 300, 600 and 900."""
    values = np.outer([300.0, 600.0, 900.0][:trusts], np.ones(months.sizes["month"]))
    coords = {"trust": TRUSTS[:trusts], "month": months.month.values}
    return xr.DataArray(values, dims=("trust", "month"), coords=coords)


def draws(*, shared: float = 0.0, own: float = 0.0, noise: float = 0.01, season: tuple[float, ...] = ()) -> xr.Dataset:
    """Draws of the scales, all the same."""
    scales = {"series_level_sd": shared, "series_trust_level_sd": own, "series_relative_sd": noise}
    data: dict[str, Any] = {name: ("sample", np.full(SAMPLES, value)) for name, value in scales.items()}
    if season:
        data["season_coefficient"] = (("sample", "wave"), np.tile(season, (SAMPLES, 1)))
    return xr.Dataset(data)


def projected(given: xr.Dataset, *, seen: int = 24, later: list[int], trusts: int = 3) -> xr.DataArray:
    """Projection past this many equal months."""
    months = calendar(list(range(seen)))
    return project_series(given, counts(months, trusts=trusts), months, calendar(later), priors=PRIORS, seed=1)


def spread(expected: xr.DataArray) -> np.ndarray:
    """Sd of the log of the projection (trust, month)."""
    return np.asarray(np.log(expected).std("sample").transpose("trust", "month").values)


def test_a_level_that_does_not_wander_goes_on_as_it_was() -> None:
    """24 months of 10, 20 and 30 a day and no steps: 300, 600 and 900 in months of 30 days."""
    found = projected(draws(), later=[24, 25])
    assert found.dims == ("sample", "trust", "month")
    assert found.mean("sample").values == pytest.approx(np.array([[300, 300], [600, 600], [900, 900]]), rel=1e-3)


def test_the_last_level_is_known_as_well_as_its_months_allow() -> None:
    """24 months with noise of 0.1 and no steps: the mean of three trusts has sd 0.1 / sqrt(24 x 3) = 0.01179.

    Each trust's own level has sd 0.1 x sqrt(1/24) = 0.02041, the prior's sd of 2 being far wider.
    """
    found = np.log(projected(draws(noise=0.1), later=[24]))
    assert found.mean("trust").std("sample").values == pytest.approx([0.01179], rel=0.03)
    assert spread(np.exp(found)).ravel() == pytest.approx(np.full(3, 0.02041), rel=0.03)


def test_one_month_alone_is_weighed_against_the_prior() -> None:
    """Prior sd 2 and noise 1, one trust, one month: variance 4 x 1 / (4 + 1) = 0.8, sd 0.894."""
    found = projected(draws(noise=1.0), seen=1, later=[1], trusts=1)
    assert spread(found) == pytest.approx(np.array([[0.8**0.5]]), rel=0.03)


def test_the_projection_widens_with_the_square_root_of_time() -> None:
    """Shared steps of 0.1: k months ahead the log rate has sd 0.1 x sqrt(k), 0.2 after four; trusts move together."""
    found = projected(draws(shared=0.1, noise=0.001), later=[24, 25, 26, 27])
    assert spread(found)[1] == pytest.approx(0.1 * np.sqrt([1, 2, 3, 4]), rel=0.03)
    apart = np.log(found.sel(trust="A") / found.sel(trust="B"))
    assert apart.std("sample").values == pytest.approx(np.zeros(4), abs=0.005)


def test_months_left_out_widen_the_projection_too() -> None:
    """Seen to month 23, projected to months 26 and 27: three and four steps of 0.1."""
    found = projected(draws(shared=0.1, noise=0.001), later=[26, 27])
    assert spread(found)[0] == pytest.approx(0.1 * np.sqrt([3, 4]), rel=0.03)


def test_trusts_own_steps_sum_to_zero() -> None:
    """Own steps of 0.1 less their mean over three trusts: sd 0.1 x sqrt(2/3) each, and no common movement."""
    found = projected(draws(own=0.1, noise=0.001), later=[24])
    assert spread(found).ravel() == pytest.approx(np.full(3, 0.1 * np.sqrt(2 / 3)), rel=0.03)
    assert np.log(found).mean("trust").std("sample").values == pytest.approx(np.zeros(1), abs=0.005)


def test_the_season_goes_on() -> None:
    """The months seen follow exp(0.1 sin(angle)) exactly; so does the year after them."""
    months, later = calendar(list(range(24))), calendar(list(range(24, 36)))
    wave = np.exp(0.1 * np.sin(months.year_angle))
    given = draws(season=(0.1, 0.0))
    found = project_series(given, counts(months) * wave, months, later, priors=PRIORS, seed=1).mean("sample")
    assert found.sel(trust="A").values == pytest.approx(300 * np.exp(0.1 * np.sin(later.year_angle.values)), rel=2e-3)


def test_avoided_is_predicted_less_observed() -> None:
    """Expected 300 with log noise of 0.1: mean 300 exp(0.005) = 301.5, variance 300^2 (e^0.01 - 1) e^0.01 = 913.6.

    With 280 observed, 21.5 are avoided on average; nothing observed, nothing said; the same seed, the same draws.
    """
    later = calendar([24])
    labels = {"trust": TRUSTS, "month": later.month.values}
    expected = xr.DataArray(np.full((SAMPLES, 3, 1), 300.0), dims=("sample", "trust", "month"), coords=labels)
    observed = xr.DataArray([[280.0], [np.nan], [900.0]], dims=("trust", "month"), coords=labels)
    relative_sd = xr.DataArray(np.full(SAMPLES, 0.1), dims="sample")
    found = avoided_in_series(expected, relative_sd, observed, seed=2)
    of_a = found.sel(trust="A").values.ravel()
    assert of_a.mean() == pytest.approx(21.5, abs=1.0)
    assert of_a.var() == pytest.approx(913.6, rel=0.05)
    assert np.isnan(found.sel(trust="B")).all()
    xr.testing.assert_identical(found, avoided_in_series(expected, relative_sd, observed, seed=2))


@pytest.mark.parametrize(("power", "factor"), [(0.8, 2.8016), (0.9, 3.2415), (0.5, 1.9600)])
def test_the_detectable_effect_is_a_multiple_of_the_sd(power: float, factor: float) -> None:
    """1.95996 + 0.84162 = 2.8016 sd at power 0.8; 1.95996 + 1.28155 = 3.2415 at 0.9; 1.95996 at one half."""
    avoided = np.random.default_rng(1).normal(500.0, 4270.0, 1000)
    found = detectable_effect(avoided, power=power)
    assert found.effect == pytest.approx(factor * avoided.std(), rel=1e-4)
    assert found.counterfactual_sd == pytest.approx(avoided.std())
    assert detectable_effect(avoided + 10_000, power=power).effect == pytest.approx(found.effect)


def test_total_attendances_in_london_could_not_show_the_service() -> None:
    """A naive step has SE 4,270: 2.80 x 4,270 = 11,963 a month, beyond the 6,727 calls themselves."""
    avoided = np.random.default_rng(2).normal(size=4000)
    scaled = 4270 * (avoided - avoided.mean()) / avoided.std()
    assert detectable_effect(scaled, power=0.8).effect == pytest.approx(11_963, abs=1)


def test_the_likelihood_is_that_of_a_local_level_model(value_of: Callable[..., Any]) -> None:
    """Three trusts, months 0, 1, 2, 5: one dense normal over all 12 log rates, levels removed by contrasts of months.

    cov(i s, j t) = shared^2 min(s, t) + own^2 (1[i = j] - 1/3) min(s, t) + noise^2 1[i = j, s = t]. The model sees the
    mean over trusts, not its sqrt(3)-fold: 3/2 ln 3 for three contrasts of months.
    """
    months = calendar([0, 1, 2, 5])
    series = counts(months) * np.exp(np.random.default_rng(3).normal(0, 0.1, (3, 4)))
    model = build_series_model(series, months, harmonics=0, priors=PRIORS)
    scales = {"series_level_sd": 0.08, "series_trust_level_sd": 0.03, "series_relative_sd": 0.05}
    given = [(model[name], value) for name, value in scales.items()]
    terms = value_of([pm.logp(one, model.rvs_to_values[one]) for one in model.observed_RVs], *given)
    found = sum(term.sum() for term in terms)

    walk = np.minimum.outer(months.step.values, months.step.values)
    apart = np.eye(3) - 1 / 3
    cover = np.kron(np.full((3, 3), 0.08**2) + 0.03**2 * apart, walk) + 0.05**2 * np.eye(12)
    contrasts = np.kron(np.eye(3), helmert(4))
    seen = contrasts @ np.log(series.values / 30.0).ravel()
    dense = multivariate_normal.logpdf(seen, np.zeros(9), contrasts @ cover @ contrasts.T)
    assert found == pytest.approx(dense + 1.5 * np.log(3), abs=1e-8)


@pytest.mark.parametrize(("trusts", "harmonics"), [(1, 0), (1, 1), (3, 0), (3, 2)])
def test_every_model_has_what_the_projection_reads(trusts: int, harmonics: int) -> None:
    """The three scales always, and two coefficients a harmonic when there is one."""
    months = calendar(list(range(6)))
    model = build_series_model(counts(months, trusts=trusts), months, harmonics=harmonics, priors=PRIORS)
    assert {"series_level_sd", "series_trust_level_sd", "series_relative_sd"} <= set(model.named_vars)
    assert ("season_coefficient" in model.named_vars) == (harmonics > 0)


@pytest.mark.parametrize("bad", [0.0, np.nan])
def test_a_month_without_a_count_is_refused(bad: float) -> None:
    """The logarithm of none is not a number; trust and month are named."""
    months = calendar(list(range(6)))
    series = counts(months)
    series[1, 2] = bad
    with pytest.raises(InputError, match="B in 2020-03"):
        build_series_model(series, months, harmonics=0, priors=PRIORS)
