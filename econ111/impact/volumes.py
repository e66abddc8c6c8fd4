"""Expected calls per month and trust: level, season, ramp, displacement.

    log physical_without[i, t] = level[i] + shared[t] + own[i, t] + season[t] + log(days[t])
    log physical_with[i, t]    = log physical_without[i, t] - displacement[i] * open_share[i, t] * ramp[i, t]
    log mental[i, t]           = level'[i] + shared'[t] + own'[i, t] + season[t]
                                 + log(days[t] * open_share[i, t] * ramp[i, t])
    ramp[i, t]                 = 1 - exp(-months_since_launch[i, t] / ramp_months[i])

`shared` is a random walk that goes on after launch, so that the projection widens with time; `own` is a random walk
that sums to zero over trusts. `displacement` is a fall in the log rate and may come out negative: a service that
displaces nothing is then an ordinary value, not the edge of the model. A straight line is not used: with
autocorrelated errors it reports effects where there are none (Turner SL et al., BMC Med Res Methodol 2021;21:181).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pytensor.tensor import TensorVariable

from econ111.impact.mix import from_scatter

Priors = Mapping[str, float]


def season(timeline: xr.Dataset, harmonics: int, priors: Priors) -> TensorVariable:
    """Annual pattern shared by all trusts and lines, on the log scale (month).

    Each harmonic's two coefficients are Normal(0, `season_sd`); 0.1 is a swing of about a tenth either way.
    """
    if harmonics == 0:
        return pt.zeros(timeline.sizes["month"])
    waves = season_waves(timeline, harmonics)
    coefficients = pm.Normal("season_coefficient", 0.0, priors["season_sd"], shape=len(waves))
    return pt.dot(coefficients, waves)


def season_waves(timeline: xr.Dataset, harmonics: int) -> np.ndarray:
    """Sines and cosines of the year at mid-month (wave, month), two for each harmonic."""
    angle = timeline.year_angle.values
    waves = [wave((k + 1) * angle) for k in range(harmonics) for wave in (np.sin, np.cos)]
    return np.array(waves).reshape(len(waves), len(angle))


def log_level(line: str, *, centre: float, months: int, priors: Priors) -> TensorVariable:
    """Logarithm of a line's daily rate before season and launch, a random walk (trust, month).

    Parameters
    ----------
    line : str
        Stem of the variables' names.
    centre : float
        Centre of the prior of the trusts' levels; its sd, `level_sd`, is wide, so that only the order of size matters.
    months : int
        Length of the walk; it is centred on its own mean, so that the level is the average one, which data know well.
    priors : mapping
        `level_step_sd` and `trust_level_step_sd`: half-normal scales of the walks' monthly steps.
    """
    level = pm.Normal(f"{line}_level", centre, priors["level_sd"], dims="trust")
    step = pm.HalfNormal(f"{line}_level_sd", priors["level_step_sd"])
    shared = step * pm.Normal(f"{line}_level_step", 0.0, 1.0, shape=months - 1)
    walk = _about_its_mean(pt.concatenate([pt.zeros(1), pt.cumsum(shared)]), axis=0)
    own_step = pm.HalfNormal(f"{line}_trust_level_sd", priors["trust_level_step_sd"])
    trusts = len(pm.modelcontext(None).coords["trust"])
    total = level[:, None] + walk[None, :]
    if trusts == 1:
        return total
    own = own_step * pm.ZeroSumNormal(f"{line}_trust_level_step", 1.0, shape=(months - 1, trusts), n_zerosum_axes=1)
    return total + _about_its_mean(pt.concatenate([pt.zeros((trusts, 1)), pt.cumsum(own, axis=0).T], axis=1), axis=1)


def log_ramp(timeline: xr.Dataset, priors: Priors) -> TensorVariable:
    """Logarithm of the share of its final volume that a new service has reached (trust, month); 0 before launch.

    The time constant is log-normal with median `ramp_months` and log sd `ramp_log_sd`; trusts differ by
    `ramp_trust_log_sd`.
    """
    centre = pm.Normal("log_ramp_months", np.log(priors["ramp_months"]), priors["ramp_log_sd"])
    ramp_months = pm.Deterministic(
        "ramp_months", pt.exp(_around(centre, "log_ramp_months_trust", priors["ramp_trust_log_sd"])), dims="trust"
    )
    since = timeline.months_since_launch.values
    open_ = since > 0
    return pt.switch(open_, pt.log1mexp(-np.where(open_, since, 1.0) / ramp_months[:, None]), 0.0)


def displacement(priors: Priors) -> TensorVariable:
    """Fall of the log rate of physical-line calls once the service is fully used (trust); positive is fewer calls."""
    centre = pm.Normal("displacement_mean", 0.0, priors["displacement_sd"])
    median, log_sd = priors["displacement_trust_sd"], priors["displacement_trust_log_sd"]
    spread = pm.LogNormal("displacement_sd", np.log(median), log_sd)
    return pm.Deterministic("displacement", _around(centre, "displacement_trust", spread), dims="trust")


def overdispersion(line: str, priors: Priors) -> TensorVariable:
    """NB2 shape of a line; its inverse square root, the relative sd of a month, is log-normal.

    Its median is `relative_sd` and its log sd `relative_log_sd`: months of real calls always vary beyond Poisson, and a
    scale that may fall to zero leaves the levels tied to single counts, which cannot be sampled well.
    """
    relative_sd = pm.LogNormal(f"{line}_relative_sd", np.log(priors["relative_sd"]), priors["relative_log_sd"])
    return from_scatter(relative_sd)


def _around(centre: TensorVariable, name: str, sd: TensorVariable | float) -> TensorVariable:
    """A trust's own value: the mean of these trusts plus effects, in units of their sd, that sum to zero (trust)."""
    if len(pm.modelcontext(None).coords["trust"]) == 1:
        return centre[None]
    return centre + sd * pm.ZeroSumNormal(name, 1.0, dims="trust")


def _about_its_mean(walk: TensorVariable, *, axis: int) -> TensorVariable:
    return walk - pt.mean(walk, axis=axis, keepdims=True)
