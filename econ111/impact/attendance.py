"""From advice to attendance: the probability of each consequence after each disposition, from published evidence.

Each source j saw x of n people, in other callers than ours and by its own definition:

    logit(x_j / n_j) = target + bias_j + study_j + error_j
    bias_j ~ Normal(bias_logit_mean_j, bias_logit_sd_j),  study_j ~ Normal(0, between**2),  error_j from x and n

`bias` is the elicited difference between the source's callers and mental-health callers (Turner RM et al., JRSS A
2009;172:21). Given `between` everything is normal, so `between` is drawn from its exact posterior on a grid and the
target from its normal. What is returned is the probability in a new service: the target plus one more study effect.
No linked record of mental-health callers exists, so these draws are wide, and they are meant to be.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from econ111.parameters import random_stream

AFTER_ATTENDANCE = "ed_attendance"
_GRID = 200


def draw_attendance(
    evidence: pd.DataFrame, *, dispositions: tuple[str, ...], priors: Mapping[str, float], samples: int, seed: int
) -> xr.DataArray:
    """Draws of the probability of each consequence after each disposition.

    Parameters
    ----------
    evidence : DataFrame
        Rows of `load_attendance_evidence`: disposition, consequence, events, n, bias_logit_mean, bias_logit_sd.
    dispositions : tuple of str
        The dispositions wanted; the row `ed_attendance` (what follows an attendance) is added.
    priors : mapping
        `attendance_logit_sd` (prior sd of the target about 0.5) and `attendance_between_sd` (half-normal scale).
    samples, seed : int
        Size and seed; each pair has a stream of its own.

    Returns
    -------
    DataArray (sample, disposition, consequence)
        Probabilities; exactly 0 for a pair without evidence, so that nothing is assumed in silence.
    """
    rows = (*dispositions, AFTER_ATTENDANCE)
    consequences = list(dict.fromkeys(evidence.consequence))
    draws = xr.DataArray(
        np.zeros((samples, len(rows), len(consequences))),
        dims=("sample", "disposition", "consequence"),
        coords={"disposition": list(rows), "consequence": consequences},
    )
    for (disposition, consequence), sources in evidence.groupby(["disposition", "consequence"]):
        rng = random_stream(seed, f"attendance.{disposition}.{consequence}")
        chance = _pooled(sources, priors=priors, samples=samples, rng=rng)
        draws.loc[{"disposition": disposition, "consequence": consequence}] = chance
    return draws


def direct_use(attendance: xr.DataArray) -> xr.DataArray:
    """The same table for people who would have gone to a service of their own accord, or to none.

    Someone who goes to ED attends it, surely; the same holds for primary care and a crisis team. A caller who would
    have used something else, or nothing (row `nothing`), attends ED as often as one advised self-care: advice to stay
    at home is taken neither to prevent an attendance nor to cause one. Without this, every new call would be counted
    as new attendances that its callers' need would have caused anyway.

    Parameters
    ----------
    attendance : DataArray (sample, disposition, consequence)
        From `draw_attendance`, the six dispositions.

    Returns
    -------
    DataArray (sample, disposition, consequence)
        With the further row `nothing`.
    """
    at_home = attendance.sel(disposition="self_care")
    direct = xr.concat([attendance, at_home.assign_coords(disposition="nothing")], dim="disposition")
    direct.loc[{"disposition": "other"}] = at_home.drop_vars("disposition")
    own = {"ed": "ed_attendance", "primary_care": "primary_care_contact", "crisis_mh": "crisis_contact"}
    for disposition, consequence in own.items():
        direct.loc[{"disposition": disposition, "consequence": consequence}] = 1.0
    return direct


def _pooled(
    sources: pd.DataFrame, *, priors: Mapping[str, float], samples: int, rng: np.random.Generator
) -> np.ndarray:
    events, people = sources.events.to_numpy(float), sources.n.to_numpy(float)
    estimate = np.log((events + 0.5) / (people - events + 0.5)) - sources.bias_logit_mean.to_numpy(float)
    variance = 1 / (events + 0.5) + 1 / (people - events + 0.5) + sources.bias_logit_sd.to_numpy(float) ** 2
    grid = np.linspace(0.0, 4 * priors["attendance_between_sd"], _GRID)
    mean, sd, weight = _given_between(grid, estimate, variance, priors["attendance_logit_sd"])
    weight = weight * np.exp(-0.5 * (grid / priors["attendance_between_sd"]) ** 2)
    pick = rng.choice(_GRID, size=samples, p=weight / weight.sum())
    target = mean[pick] + sd[pick] * rng.standard_normal(samples)
    here = target + grid[pick] * rng.standard_normal(samples)
    return np.asarray(1 / (1 + np.exp(-here)))


def _given_between(
    grid: np.ndarray, estimate: np.ndarray, variance: np.ndarray, prior_sd: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normal posterior of the target for each between-study sd, and the marginal likelihood of that sd."""
    spread = variance[None, :] + grid[:, None] ** 2
    precision = 1 / prior_sd**2 + (1 / spread).sum(axis=1)
    mean = (estimate / spread).sum(axis=1) / precision
    log_weight = -0.5 * (np.log(spread).sum(axis=1) + np.log(precision) + (estimate**2 / spread).sum(axis=1))
    log_weight += 0.5 * precision * mean**2
    return mean, 1 / np.sqrt(precision), np.exp(log_weight - log_weight.max())
