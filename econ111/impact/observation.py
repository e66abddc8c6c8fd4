"""Likelihood of what was published, given the full table.

A full row of dispositions is Dirichlet-multinomial, with A the sum of a and G the gamma function:

    P(y | n, a) = n! G(A) / G(n + A) * prod_g G(y_g + a_g) / (y_g! G(a_g))

Merging categories adds their a, so a partly reported row stays exact. A suppressed or rounded row says only that each
y_g lies between two bounds, and so does its total; its probability is the sum over all allowed rows. The product
form turns that sum into a convolution of short sequences, one per group, taken here exactly.

Where a total is itself rounded, its own distribution is taken as flat over the (at most few) allowed values.
Reference: Johnson, Kotz and Balakrishnan, Discrete Multivariate Distributions (1997), chapter 35.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from econ111.impact.inputs import MixCells, VolumeCells

_NEVER = -1e30


def observe_volumes(name: str, cells: VolumeCells, *, expected: TensorVariable, overdispersion: TensorVariable) -> None:
    """Tie answered calls, exact or bounded, to a negative binomial.

    Parameters
    ----------
    name : str
        Stem of the observed variables' names.
    cells : VolumeCells
        Bounds of each count.
    expected : tensor (cell)
        Expected calls of each cell.
    overdispersion : tensor ()
        NB2 shape: variance = expected + expected**2 / overdispersion.
    """
    exact = cells.exact
    if exact.any():
        pm.NegativeBinomial(f"{name}_exact", mu=expected[exact], alpha=overdispersion, observed=cells.low[exact])
    if (~exact).any():
        width = (cells.high - cells.low)[~exact]
        pm.CustomDist(
            f"{name}_bounded", expected[~exact], overdispersion, width,
            logp=_bounded_count_logp, random=_bounded_count_draw,
            observed=cells.low[~exact], dtype="int64", signature="(c),(),(c)->(c)",
        )  # fmt: skip


def observe_mix(name: str, cells: MixCells, *, shares: TensorVariable, concentration: TensorVariable) -> None:
    """Tie returned dispositions, exact or bounded, to a Dirichlet-multinomial.

    Parameters
    ----------
    name : str
        Stem of the observed variables' names.
    cells : MixCells
        Groups, bounds and totals of each cell.
    shares : tensor (cell, disposition)
        Disposition shares of each cell; each row sums to 1.
    concentration : tensor (cell)
        Dirichlet concentration; the correlation between two calls of a cell is 1 / (1 + concentration).
    """
    exact = cells.exact
    for part, label, keep in ((cells.where(exact), "exact", exact), (cells.where(~exact), "bounded", ~exact)):
        if not keep.any():
            continue
        alpha = concentration[keep][:, None] * (part.membership @ shares[keep][:, :, None])[:, :, 0]
        empty = ~part.membership.any(axis=2)
        alpha = pt.switch(empty, 1.0, alpha)
        logp = _exact_mix_logp(part, empty) if label == "exact" else _bounded_mix_logp(part, empty)
        pm.CustomDist(
            f"{name}_{label}", alpha, logp=logp, random=_mix_draw(part, empty), observed=part.low, dtype="int64",
            signature="(c,g)->(c,g)",
        )  # fmt: skip


def bounded_mix_logp(
    alpha: TensorVariable, *, low: np.ndarray, high: np.ndarray, total_low: np.ndarray, total_high: np.ndarray
) -> TensorVariable:
    """Log probability that every group and the total of a Dirichlet-multinomial row lie within their bounds.

    Parameters
    ----------
    alpha : tensor (cell, group)
        Dirichlet parameters, all positive; a group bounded by 0 and 0 on an empty category must be excluded first.
    low, high : array (cell, group)
        Bounds of each count, inclusive.
    total_low, total_high : array (cell)
        Bounds of the total, inclusive.

    Returns
    -------
    tensor (cell)
        Natural logarithm; the mean over the allowed totals of the probability of the allowed rows.
    """
    return _convolved(alpha, low, high, total_low, total_high, np.zeros(low.shape, dtype=bool))


def _bounded_count_logp(value, expected, overdispersion, width):  # type: ignore[no-untyped-def]
    """The sum of the negative binomial over `value .. value + width`."""
    steps = np.arange(int(width.data.max()) + 1)
    counts = value[:, None] + steps[None, :]
    each = pm.logp(pm.NegativeBinomial.dist(mu=expected[:, None], alpha=overdispersion), counts)
    return pt.logsumexp(pt.switch(steps[None, :] <= width[:, None], each, _NEVER), axis=1)


def _bounded_count_draw(expected, overdispersion, width, rng=None, size=None):  # type: ignore[no-untyped-def]
    """A count as it would have been published: the lower end of the bounds around it."""
    chance = overdispersion / (overdispersion + expected)
    full = rng.negative_binomial(overdispersion, chance, size=size)
    return np.maximum(full - width // 2, 0)


def _exact_mix_logp(cells: MixCells, empty: np.ndarray):  # type: ignore[no-untyped-def]
    total = cells.total_low
    constant = _log_factorial(total) - np.where(empty, 0, _log_factorial(cells.low)).sum(axis=1)

    def logp(value, alpha):  # type: ignore[no-untyped-def]
        whole = pt.sum(pt.switch(empty, 0.0, alpha), axis=1)
        parts = pt.switch(empty, 0.0, pt.gammaln(value + alpha) - pt.gammaln(alpha))
        return pt.gammaln(whole) - pt.gammaln(total + whole) + pt.sum(parts, axis=1) + constant

    return logp


def _bounded_mix_logp(cells: MixCells, empty: np.ndarray):  # type: ignore[no-untyped-def]
    def logp(value, alpha):  # type: ignore[no-untyped-def]
        return _convolved(alpha, cells.low, cells.high, cells.total_low, cells.total_high, empty)

    return logp


def _convolved(
    alpha: TensorVariable,
    low: np.ndarray,
    high: np.ndarray,
    total_low: np.ndarray,
    total_high: np.ndarray,
    empty: np.ndarray,
) -> TensorVariable:
    whole = pt.sum(pt.switch(empty, 0.0, alpha), axis=1)
    rows, scale = None, 0.0
    for group in range(low.shape[1]):
        terms = _terms(alpha[:, group], low[:, group], high[:, group], empty[:, group])
        peak = pt.max(terms, axis=1, keepdims=True)
        scale = scale + peak[:, 0]
        weights = pt.exp(terms - peak)
        rows = weights if rows is None else _convolve(rows, weights, int((high - low)[:, group].max()) + 1)
    return _pick_totals(rows, scale, whole, low.sum(axis=1), total_low, total_high)


def _terms(alpha: TensorVariable, low: np.ndarray, high: np.ndarray, empty: np.ndarray) -> TensorVariable:
    """log G(y + a) / (y! G(a)) for every allowed y of one group (cell, step); never for a y that is not allowed."""
    steps = np.arange(int((high - low).max()) + 1)
    counts = low[:, None] + steps[None, :]
    each = pt.gammaln(counts + alpha[:, None]) - _log_factorial(counts) - pt.gammaln(alpha[:, None])
    each = pt.switch(empty[:, None], 0.0, each)
    return pt.switch(counts <= high[:, None], each, _NEVER)


def _convolve(rows: TensorVariable, weights: TensorVariable, width: int) -> TensorVariable:
    cells = rows.shape[0]
    shifted = [
        pt.concatenate([pt.zeros((cells, step)), rows, pt.zeros((cells, width - 1 - step))], axis=1)
        * weights[:, step, None]
        for step in range(width)
    ]
    return pt.add(*shifted) if width > 1 else shifted[0]


def _pick_totals(
    rows: TensorVariable,
    scale: TensorVariable,
    whole: TensorVariable,
    start: np.ndarray,
    total_low: np.ndarray,
    total_high: np.ndarray,
) -> TensorVariable:
    """Sum the coefficients of the allowed totals, each with its own normalising constant."""
    cells = np.arange(len(total_low))
    last = rows.shape[1] - 1
    picked = []
    for step in range(int((total_high - total_low).max()) + 1):
        total = total_low + step
        place = total - start
        allowed = (total <= total_high) & (place >= 0)
        coefficient = rows[cells, pt.minimum(np.maximum(place, 0), last)]
        constant = _log_factorial(total) + pt.gammaln(whole) - pt.gammaln(total + whole)
        reached = pt.and_(allowed, pt.and_(place <= last, coefficient > 0))
        picked.append(pt.switch(reached, pt.log(pt.switch(reached, coefficient, 1.0)) + constant, _NEVER))
    return pt.logsumexp(pt.stack(picked, axis=1), axis=1) + scale - np.log(total_high - total_low + 1)


def _mix_draw(cells: MixCells, empty: np.ndarray):  # type: ignore[no-untyped-def]
    total = (cells.total_low + cells.total_high) // 2
    half = (cells.high - cells.low) // 2

    def draw(alpha, rng=None, size=None):  # type: ignore[no-untyped-def]
        shares = np.where(empty, 0.0, rng.gamma(np.broadcast_to(alpha, (*(size or ()), *alpha.shape[-2:]))))
        shares /= shares.sum(axis=-1, keepdims=True)
        return np.maximum(rng.multinomial(total, shares) - half, 0)

    return draw


def _log_factorial(count: np.ndarray) -> np.ndarray:
    from scipy.special import gammaln

    return np.asarray(gammaln(np.asarray(count, dtype=float) + 1.0))
