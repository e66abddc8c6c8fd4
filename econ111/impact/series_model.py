"""Attendances themselves against a projected counterfactual (E4): local level, season, overdispersion.

    log expected[i, t] = level[i] + shared[t] + own[i, t] + season[t] + log(days[t])

Only the months before launch are observed; the shared random walk goes on afterwards, so that the projection widens as
fast as the past says it should. Before any effect is read, the smallest effect that the projection could tell from
nothing is compared with the largest that the service could have had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr

from econ111.impact.inputs import VolumeCells
from econ111.impact.observation import observe_volumes
from econ111.impact.volumes import log_level, overdispersion, season
from econ111.intervals import INTERVAL_LEVEL
from econ111.parameters import random_stream


@dataclass(frozen=True)
class Detectable:
    """The smallest effect that would be noticed with the given power, and the sd of the counterfactual behind it."""

    effect: float
    counterfactual_sd: float
    power: float


def build_series_model(
    series: xr.DataArray, timeline: xr.Dataset, *, harmonics: int, priors: Mapping[str, float]
) -> pm.Model:
    """The model of an outcome series, fitted to the months before launch only.

    Parameters
    ----------
    series : DataArray (trust, month)
        Counts; NaN where not supplied.
    timeline : Dataset (trust, month)
        Says which months are before launch.
    harmonics : int
        Annual harmonics, 0 to 2.
    priors : mapping
        Scales; see `volumes`.

    Returns
    -------
    pm.Model
        Deterministic `expected_without` (trust, month) in counts a month, and `series_relative_sd`.
    """
    values = series.transpose("trust", "month").values
    known = ~np.isnan(values) & ~timeline.after_launch.transpose("trust", "month").values
    trust, month = np.nonzero(known)
    counts = values[known].astype(int)
    coords = {"trust": list(series.trust.values), "month": [str(value)[:7] for value in series.month.values]}
    centre = float(np.log(np.median(counts) / timeline.days.values.mean()))
    with pm.Model(coords=coords) as model:
        pattern = season(timeline, harmonics, priors) + np.log(timeline.days.values)
        level = log_level("series", centre=centre, months=series.sizes["month"], priors=priors)
        expected = pm.Deterministic("expected_without", pt.exp(level + pattern), dims=("trust", "month"))
        cells = VolumeCells(trust, month, counts, counts)
        observe_volumes("series", cells, expected=expected[trust, month], overdispersion=overdispersion("series", priors))
    return model


def avoided_in_series(
    posterior: xr.Dataset, series: xr.DataArray, timeline: xr.Dataset, *, seed: int
) -> xr.DataArray:
    """Predicted count without the service minus the observed count, in each month after launch.

    Parameters
    ----------
    posterior : Dataset (sample, trust, month)
        `expected_without` and `series_relative_sd`.
    series : DataArray (trust, month)
        Observed counts.
    timeline : Dataset (trust, month)
        Says which months are after launch.
    seed : int
        For the predictive draws; the observed side has no noise of its own.

    Returns
    -------
    DataArray (sample, trust, month)
        Positive is fewer than predicted; NaN before launch and where nothing was observed.
    """
    rng = random_stream(seed, "series.predicted")
    expected = posterior.expected_without.transpose("sample", "trust", "month").values
    shape = 1.0 / posterior.series_relative_sd.values[:, None, None] ** 2
    predicted = rng.poisson(rng.gamma(shape, expected / shape))
    after = timeline.after_launch.transpose("trust", "month").values
    observed = series.transpose("trust", "month").values
    avoided = np.where(after[None], predicted - observed[None], np.nan)
    coords = {"trust": series.trust.values, "month": series.month.values}
    return xr.DataArray(avoided, dims=("sample", "trust", "month"), coords=coords)


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
