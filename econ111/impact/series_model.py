"""Attendances themselves against a projected counterfactual (E4): local level, season, noise; levels integrated out.

    log(count[i, t] / days[t]) = shared[t] + own[i, t] + season[t] + noise[i, t]

`shared` is a random walk, `own` are random walks that sum to zero over trusts, `noise` is independent. Everything is
normal on the log scale, so the walks are integrated out exactly. The mean over trusts and the contrasts between trusts
have covariance step_sd**2 * min(s, t) + noise_sd**2 [s = t] about a free level. Without that level (contrasts of months
that sum to zero, as in restricted maximum likelihood), the axes of min(s, t) turn both parts into independent normals
of variance step_sd**2 * axis + noise_sd**2. Months left out (a declared shock) are simply not in it. Meant for counts
of a hundred and more a month.

Only months before launch are used. The walks then go on by their own steps, so that the projection widens as fast as
the past says it should. Before any effect is read, the smallest effect that the projection could tell from nothing is
compared with the largest that the service could have had. Reference: Durbin and Koopman, Time Series Analysis by State
Space Methods (2012), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr

from econ111.errors import InputError
from econ111.impact.calendar import season_waves
from econ111.impact.volumes import season
from econ111.intervals import INTERVAL_LEVEL
from econ111.parameters import random_stream

SAMPLES_AT_ONCE = 500


@dataclass(frozen=True)
class Detectable:
    """The smallest effect that would be noticed with the given power, and the sd of the counterfactual behind it."""

    effect: float
    counterfactual_sd: float
    power: float


def build_series_model(
    series: xr.DataArray, timeline: xr.Dataset, *, harmonics: int, priors: Mapping[str, float]
) -> pm.Model:
    """The model of an outcome series in the months before launch.

    Parameters
    ----------
    series : DataArray (trust, month)
        Counts of the months that are used, none missing.
    timeline : Dataset (month)
        `days`, `year_angle` and `step` (months since the first of the calendar) of the same months.
    harmonics : int
        Annual harmonics, 0 to 2.
    priors : mapping
        Scales; `series_level_step_sd` and `trust_level_step_sd` are those of the walks' monthly steps.

    Returns
    -------
    pm.Model
        `series_level_sd`, `series_trust_level_sd`: sd of a month's step; `series_relative_sd`: sd of the noise;
        `season_coefficient`.

    Raises
    ------
    InputError
        When a count is missing or zero.
    """
    rates = _log_rates(series, timeline)
    trusts = len(rates)
    turn, axis = _axes(timeline.step.values)
    with pm.Model() as model:
        shared_step = pm.HalfNormal("series_level_sd", priors["series_level_step_sd"])
        own_step = pm.HalfNormal("series_trust_level_sd", priors["trust_level_step_sd"])
        noise = pm.HalfNormal("series_relative_sd", priors["series_relative_sd"])
        pattern = pt.dot(season(timeline, harmonics, priors), turn)
        spread = pt.sqrt(shared_step**2 * axis + noise**2 / trusts)
        pm.Normal("mean_rate", pattern, spread, observed=rates.mean(axis=0) @ turn)
        if trusts > 1:
            apart = _zero_sum_basis(trusts).T @ rates
            pm.Normal("contrast", 0.0, pt.sqrt(own_step**2 * axis + noise**2), observed=apart @ turn)
    return model


def project_series(
    draws: xr.Dataset,
    series: xr.DataArray,
    timeline: xr.Dataset,
    later: xr.Dataset,
    *,
    priors: Mapping[str, float],
    seed: int,
) -> xr.DataArray:
    """Expected counts in the months after launch, had nothing changed.

    Parameters
    ----------
    draws : Dataset (sample)
        Posterior of `build_series_model`.
    series, timeline
        As given to the model.
    later : Dataset (month)
        `days`, `year_angle` and `step` of the months after launch.
    priors : mapping
        As given to the model.
    seed : int
        For the walks' last levels and further steps.

    Returns
    -------
    DataArray (sample, trust, month)
        Counts a month; no noise, but that of the wandering level.
    """
    rng = random_stream(seed, "series.steps")
    rates = _log_rates(series, timeline)
    trusts, level_sd = len(rates), priors["level_sd"]
    harmonics = draws.season_coefficient.shape[1] // 2 if "season_coefficient" in draws else 0
    noise = draws.series_relative_sd.values
    waves, later_waves = (season_waves(part, harmonics) for part in (timeline, later))
    coefficients = draws.season_coefficient.values if harmonics else np.zeros((draws.sizes["sample"], 0))
    centre = rates.mean()
    mean_left = rates.mean(axis=0)[None, :] - centre - coefficients @ waves
    walk = _Walk(timeline.step.values, later.step.values, level_sd)
    shared = walk.ahead(mean_left[:, None, :], draws.series_level_sd.values, noise / np.sqrt(trusts), rng)
    level = centre + shared + (coefficients @ later_waves)[:, None, :]
    if trusts > 1:
        basis = _zero_sum_basis(trusts)
        apart = np.broadcast_to((basis.T @ rates)[None], (len(noise), trusts - 1, rates.shape[1]))
        level = level + basis[None] @ walk.ahead(apart, draws.series_trust_level_sd.values, noise, rng)
    coords = {"trust": series.trust.values, "month": later.month.values}
    return xr.DataArray(np.exp(level) * later.days.values, dims=("sample", "trust", "month"), coords=coords)


def avoided_in_series(
    expected: xr.DataArray, relative_sd: xr.DataArray, observed: xr.DataArray, *, seed: int
) -> xr.DataArray:
    """Predicted count without the service minus the observed count.

    Parameters
    ----------
    expected : DataArray (sample, trust, month)
        From `project_series`.
    relative_sd : DataArray (sample)
        Sd of a month's noise on the log scale.
    observed : DataArray (trust, month)
        Counts of the same months; the observed side has no noise of its own.
    seed : int
        For the predictive draws.

    Returns
    -------
    DataArray (sample, trust, month)
        Positive is fewer than predicted; NaN where nothing was observed.
    """
    rng = random_stream(seed, "series.predicted")
    noise = relative_sd.values[:, None, None] * rng.standard_normal(expected.shape)
    predicted = expected.transpose("sample", "trust", "month") * np.exp(noise)
    avoided: xr.DataArray = predicted - observed.reset_coords(drop=True).transpose("trust", "month")
    return avoided


def detectable_effect(avoided_per_month: np.ndarray, *, power: float, level: float = INTERVAL_LEVEL) -> Detectable:
    """Smallest change a month that would be noticed, from the spread of the projected counterfactual alone.

    Parameters
    ----------
    avoided_per_month : array (sample)
        Mean over the months after launch of predicted minus observed; only its spread is used, never its place.
    power : float
        Probability of noticing.
    level : float
        Level of the interval that must exclude zero.

    Returns
    -------
    Detectable
        `effect` = (z(1 - (1 - level) / 2) + z(power)) * sd.

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(0.0, 1.0, 100_000)
    >>> round(detectable_effect(draws, power=0.8).effect, 1)
    2.8
    """
    normal = NormalDist()
    factor = normal.inv_cdf(1 - (1 - level) / 2) + normal.inv_cdf(power)
    spread = float(np.std(avoided_per_month))
    return Detectable(effect=factor * spread, counterfactual_sd=spread, power=power)


@dataclass(frozen=True)
class _Walk:
    """A random walk seen with noise at `steps`, to be continued to `later`; both count months."""

    steps: np.ndarray
    later: np.ndarray
    level_sd: float

    def ahead(
        self, seen: np.ndarray, step_sd: np.ndarray, noise_sd: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Levels at `later` (sample, series, later): the last level given what was seen, then further steps.

        `seen` is (sample, series, step); the series of a sample share their scales.
        """
        last = [
            self._last_level(seen[part], step_sd[part], noise_sd[part], rng)
            for part in np.array_split(np.arange(len(seen)), max(len(seen) // SAMPLES_AT_ONCE, 1))
        ]
        gaps = np.diff(self.later, prepend=self.steps[-1])
        further = rng.standard_normal((*seen.shape[:2], len(self.later))) * np.sqrt(gaps)
        return np.concatenate(last)[:, :, None] + np.cumsum(step_sd[:, None, None] * further, axis=2)

    def _last_level(
        self, seen: np.ndarray, step_sd: np.ndarray, noise_sd: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        shared = np.minimum.outer(self.steps, self.steps)
        level = self.level_sd**2 + step_sd[:, None, None] ** 2 * shared
        cover = level + noise_sd[:, None, None] ** 2 * np.eye(len(self.steps))
        weight = np.linalg.solve(cover, level[:, :, -1:])[:, :, 0]
        mean = np.einsum("sjt,st->sj", seen, weight)
        variance = level[:, -1, -1] - np.einsum("st,st->s", level[:, -1, :], weight)
        return np.asarray(mean + np.sqrt(np.maximum(variance, 0.0))[:, None] * rng.standard_normal(mean.shape))


def _axes(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Orthonormal contrasts of months that diagonalise a random walk (step, axis), and its variance along each."""
    contrasts = _zero_sum_basis(len(steps))
    variance, turn = np.linalg.eigh(contrasts.T @ np.minimum.outer(steps, steps) @ contrasts)
    return contrasts @ turn, np.maximum(variance, 0.0)


def _log_rates(series: xr.DataArray, timeline: xr.Dataset) -> np.ndarray:
    """Logarithm of counts a day (trust, month)."""
    counts = series.transpose("trust", "month")
    bad = counts.where(~(counts > 0), drop=True)
    if bad.size:
        where = f"{bad.trust.values[0]} in {str(bad.month.values[0])[:7]}"
        raise InputError(f"The series has no count above zero for {where}. Leave the trust or the month out.")
    rates: np.ndarray = np.log(counts.values / timeline.days.values)
    return rates


def _zero_sum_basis(size: int) -> np.ndarray:
    """Orthonormal columns that each sum to zero (size, size - 1): what they span sums to zero over trusts."""
    full = np.linalg.qr(np.column_stack([np.ones(size), np.eye(size)[:, :-1]]))[0]
    return np.asarray(full[:, 1:])
