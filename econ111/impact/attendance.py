"""From advice to attendance: the probability of each consequence after each disposition, from published evidence.

Each row of evidence, of study j and disposition d, saw x of n people, in other callers than ours and by its own
definition:

    logit(x / n) = target[d] + bias + study[j] + error
    bias + study[j] ~ Normal(bias_logit_mean, bias_logit_sd**2 + between**2), error from x and n

`bias` is the elicited difference between the study's callers and mental-health callers (Turner RM et al., JRSS A
2009;172:21). Two rows of one study have departures with correlation `attendance_shared`: a study that overstates after
one disposition tends to overstate after the others, and what is uncertain in common does not blur their difference.
(At correlation 1 rows of unlike sd would contradict each other and throw the estimate outside the evidence.)

Given `between` everything is normal, so `between` is drawn from its exact posterior on a grid and the targets from
their normal. What is returned is the probability in a new service, whose own departure is common to all dispositions.
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
        Rows of `load_attendance_evidence`: disposition, consequence, source, events, n, bias_logit_mean,
        bias_logit_sd.
    dispositions : tuple of str
        The dispositions wanted; the row `ed_attendance` (what follows an attendance) is added.
    priors : mapping
        `attendance_logit_sd` (prior sd of the target about 0.5), `attendance_between_sd` (half-normal scale) and
        `attendance_shared` (correlation of the departures of one study's rows).
    samples, seed : int
        Size and seed; each consequence has a stream of its own.

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
    for consequence, rows_of in evidence.groupby("consequence", sort=False):
        rng = random_stream(seed, f"attendance.{consequence}")
        known = list(dict.fromkeys(rows_of.disposition))
        chance = _pooled(rows_of, known, priors=priors, samples=samples, rng=rng)
        draws.loc[{"disposition": known, "consequence": consequence}] = chance
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
    rows, columns = (list(attendance[dim].values) for dim in ("disposition", "consequence"))
    table = attendance.transpose("sample", "disposition", "consequence").values
    at_home = table[:, [rows.index("self_care")]]
    direct = np.concatenate([table, at_home], axis=1)
    direct[:, [rows.index("other")]] = at_home
    own = {"ed": "ed_attendance", "primary_care": "primary_care_contact", "crisis_mh": "crisis_contact"}
    for disposition, consequence in own.items():
        direct[:, rows.index(disposition), columns.index(consequence)] = 1.0
    coords = {"disposition": [*rows, "nothing"], "consequence": columns}
    return xr.DataArray(direct, dims=("sample", "disposition", "consequence"), coords=coords)


def _pooled(
    rows: pd.DataFrame, known: list[str], *, priors: Mapping[str, float], samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Probabilities of one consequence after each known disposition (sample, disposition)."""
    events, people = rows.events.to_numpy(float), rows.n.to_numpy(float)
    estimate = np.log((events + 0.5) / (people - events + 0.5)) - rows.bias_logit_mean.to_numpy(float)
    error = 1 / (events + 0.5) + 1 / (people - events + 0.5)
    bias = rows.bias_logit_sd.to_numpy(float)
    same_study = np.equal.outer(rows.source.to_numpy(), rows.source.to_numpy())
    of = np.equal.outer(rows.disposition.to_numpy(), np.array(known)).astype(float)
    grid = np.linspace(0.0, 4 * priors["attendance_between_sd"], _GRID)
    given = [_given_between(between, estimate, error, bias, same_study, of, priors) for between in grid]
    log_weight = np.array([weight for _, _, weight in given])
    weight = np.exp(log_weight - log_weight.max())
    pick = rng.choice(_GRID, size=samples, p=weight / weight.sum())
    normal = rng.standard_normal((samples, len(known)))
    mean = np.array([centre for centre, _, _ in given])[pick]
    root = np.array([factor for _, factor, _ in given])[pick]
    here = mean + np.einsum("sij,sj->si", root, normal) + (grid[pick] * rng.standard_normal(samples))[:, None]
    return np.asarray(1 / (1 + np.exp(-here)))


def _given_between(
    between: float,
    estimate: np.ndarray,
    error: np.ndarray,
    bias: np.ndarray,
    same_study: np.ndarray,
    of: np.ndarray,
    priors: Mapping[str, float],
) -> tuple[np.ndarray, np.ndarray, float]:
    """Normal posterior of the targets for one between-study sd (mean, root of covariance), and its log weight."""
    common = np.sqrt(bias**2 + between**2)
    shared = priors["attendance_shared"] * same_study
    np.fill_diagonal(shared, 1.0)
    cover = np.diag(error) + np.outer(common, common) * shared
    inverse = np.linalg.inv(cover)
    precision = of.T @ inverse @ of + np.eye(of.shape[1]) / priors["attendance_logit_sd"] ** 2
    spread = np.linalg.inv(precision)
    mean = spread @ of.T @ inverse @ estimate
    fit = estimate @ inverse @ estimate - mean @ precision @ mean
    log_weight = -0.5 * (np.linalg.slogdet(cover)[1] + np.linalg.slogdet(precision)[1] + fit)
    log_weight -= 0.5 * (between / priors["attendance_between_sd"]) ** 2
    return mean, np.linalg.cholesky(spread), float(log_weight)
