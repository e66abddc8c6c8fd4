"""Expected calls per month and trust: level, season, ramp, displacement.

    log physical_without[i, t] = level[i] + slope * years[t] + shared[t] + own[i, t] + season[t] + log(days[t])
    log physical_with[i, t]    = log physical_without[i, t] - displacement[i] * open_share[i, t] * ramp[i, t]
    log mental[i, t]           = level'[i] + shared'[t] + own'[i, t] + season[t]
                                 + log(days[t] * open_share[i, t] * ramp[i, t])
    ramp[i, t]                 = 1 - exp(-months_since_launch[i, t] / ramp_months[i])

`slope` is steady growth a year and `shared` a random walk about it that goes on after launch, so that the projection
widens with time; `own` is a random walk that sums to zero over trusts. A straight line alone is not used: with
autocorrelated errors it reports effects where there are none (Turner SL et al., BMC Med Res Methodol 2021;21:181); a
walk alone carries on flat what had grown for years (decision 0024). `displacement` is a fall in the log rate and may
come out negative: a service that displaces nothing is then an ordinary value, not the edge of the model. A crisis line
that was there before is treated as the physical line is; markers (publicity, an absorbed line) add coefficients of
their own.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pytensor.tensor import TensorVariable

from econ111.impact.calendar import Calendar, season_waves
from econ111.impact.mix import from_scatter
from econ111.impact.priors import Priors
from econ111.impact.walks import walk_modes


def season(timeline: xr.Dataset, harmonics: int, priors: Priors) -> TensorVariable:
    """Annual pattern shared by all trusts and lines, on the log scale (month)."""
    return season_pattern(season_waves(timeline, harmonics), priors)


def season_pattern(waves: np.ndarray, priors: Priors) -> TensorVariable:
    """The same from the waves themselves (wave, month).

    Each harmonic's two coefficients are Normal(0, `season_sd`); 0.1 is a swing of about a tenth either way.
    """
    if len(waves) == 0:
        return pt.zeros(waves.shape[1])
    coefficients = pm.Normal("season_coefficient", 0.0, priors["season_sd"], shape=len(waves))
    return pt.dot(coefficients, waves)


def log_level(
    line: str, *, centre: float, months: int, priors: Priors, about: np.ndarray | None = None,
    trend: np.ndarray | None = None,
) -> TensorVariable:  # fmt: skip
    """Logarithm of a line's daily rate before season and launch: growth and a random walk (trust, month).

    Parameters
    ----------
    line : str
        Stem of the variables' names.
    centre : float
        Centre of the prior of the trusts' levels; its sd, `level_sd`, is wide, so that only the order of size matters.
    months : int
        Length of the walk.
    about : array of bool (month), optional
        The months in whose mean the walk is zero, so that the level is the average one, which data know well.
    trend : array (month), optional
        Years, along which the line grows by a slope; no slope when left out.
    priors : mapping
        `level_slope_sd` of the slope; `level_step_sd` and `trust_level_step_sd`: half-normal scales of the walks'
        monthly steps.
    """
    level = pm.Normal(f"{line}_level", centre, priors["level_sd"], dims="trust")
    modes = walk_modes(months, about)
    step = pm.HalfNormal(f"{line}_level_sd", priors["level_step_sd"])
    walk = step * pt.dot(modes, pm.Normal(f"{line}_level_mode", 0.0, 1.0, shape=months - 1))
    own_step = pm.HalfNormal(f"{line}_trust_level_sd", priors["trust_level_step_sd"])
    trusts = len(pm.modelcontext(None).coords["trust"])
    if trend is not None:
        walk = walk + pm.Normal(f"{line}_slope", 0.0, priors["level_slope_sd"]) * trend
    total = level[:, None] + walk[None, :]
    if trusts == 1:
        return total
    own = pm.ZeroSumNormal(f"{line}_trust_level_mode", 1.0, shape=(months - 1, trusts), n_zerosum_axes=1)
    return total + own_step * pt.dot(modes, own).T


def log_ramp(calendar: Calendar, priors: Priors) -> TensorVariable:
    """Logarithm of the share of its final volume that a new service has reached (trust, month); 0 before launch.

    The time constant is log-normal with median `ramp_months` and log sd `ramp_log_sd`; trusts differ by
    `ramp_trust_log_sd`. A service that steps has reached all of it from its first day.
    """
    if not calendar.ramps:
        return pt.zeros(calendar.open_share.shape)
    centre = pm.Normal("log_ramp_months", np.log(priors["ramp_months"]), priors["ramp_log_sd"])
    ramp_months = pm.Deterministic(
        "ramp_months", pt.exp(_around(centre, "log_ramp_months_trust", priors["ramp_trust_log_sd"])), dims="trust"
    )
    open_ = calendar.since > 0
    return pt.switch(open_, pt.log1mexp(-np.where(open_, calendar.since, 1.0) / ramp_months[:, None]), 0.0)


def marked(calendar: Calendar, line: str, coefficients: TensorVariable) -> TensorVariable:
    """What the markers of a line add to its log rate (trust, month)."""
    own = [at for at, of in enumerate(calendar.marker_lines) if of == line]
    if not own:
        return pt.zeros(calendar.open_share.shape)
    return pt.tensordot(coefficients[own], calendar.markers[own], axes=1)


def displacement(name: str, priors: Priors) -> TensorVariable:
    """Fall of the log rate of a line's calls once the service is fully used (trust); positive is fewer calls."""
    centre = pm.Normal(f"{name}_mean", 0.0, priors["displacement_sd"])
    median, log_sd = priors["displacement_trust_sd"], priors["displacement_trust_log_sd"]
    spread = pm.LogNormal(f"{name}_sd", np.log(median), log_sd)
    return pm.Deterministic(name, _around(centre, f"{name}_trust", spread), dims="trust")


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
