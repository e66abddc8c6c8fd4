"""The log likelihood of the call data at named draws, cell by cell: what sensitivity and forecast scores weigh with.

Written from the named quantities that leave a fit (expected calls, shares, scatters), not from the free vectors behind
them, so that it serves draws of any origin. With shape 1/v of variance v and A the sum of a:

    calls          negative binomial about the expected calls, summed over the allowed counts
    dispositions   n! G(A) / G(n + A) x product of G(y + a) / (y! G(a)), summed over allowed rows and mean over totals
    lost calls     beta-binomial about the share

The densities of `econ111.impact.density`, less their priors, must give the same sums; the tests hold both equal.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from scipy.special import gammaln, logsumexp

from econ111.impact.inputs import CallInputs, MixCells, ShareCells, VolumeCells
from econ111.impact.priors import LEAST_VARIANCE
from econ111.passes import passes

_NEVER = -1e30


def log_likelihood(draws: xr.Dataset, inputs: CallInputs) -> dict[str, np.ndarray]:
    """Log likelihood of every returned cell.

    Parameters
    ----------
    draws : Dataset (sample, ...)
        Named draws of the call model: `expected_with`, `expected_mental` (and `expected_crisis_with`), scatters,
        `share`, `unrecorded_share` and, where modelled, `abandoned_share`.
    inputs : CallInputs
        What was returned.

    Returns
    -------
    dict of array (sample, cell)
        By source: `calls physical`, `calls mental` and so on by line, `dispositions`, `unrecorded`, `abandoned`.
    """
    found = {f"calls {line}": volume_cells(draws, cells, line) for line, cells in inputs.volumes.items()}
    found["dispositions"] = _mix_cells(draws, inputs.mix)
    return found | {name: _share_cells(draws, cells, name) for name, cells in inputs.lost.items()}


def log_likelihood_by_source(draws: xr.Dataset, inputs: CallInputs, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """Log likelihood (sample) of all cells of each source at chosen draws, some draws after others.

    Parameters
    ----------
    draws, inputs
        As for `log_likelihood`.
    chosen : array of int
        Positions of the draws that are wanted.
    """
    cells = max(inputs.mix.membership.size, *(len(line.low) for line in inputs.volumes.values()))
    parts = [
        {name: values.sum(axis=1) for name, values in log_likelihood(draws.isel(sample=chosen[some]), inputs).items()}
        for some in passes(len(chosen), each=cells)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def volume_cells(draws: xr.Dataset, cells: VolumeCells, line: str) -> np.ndarray:
    """Log probability of the calls of one line, within their bounds (sample, cell).

    Parameters
    ----------
    draws : Dataset (sample, trust, month)
        As for `log_likelihood`.
    cells : VolumeCells
        Trusts and months by position.
    line : str
        `physical`, `crisis` or `mental`.
    """
    expected = draws[expected_name(line)].transpose("sample", "trust", "month").values[:, cells.trust, cells.month]
    shape = 1.0 / (draws[f"{line}_relative_sd"].values[:, None] ** 2 + LEAST_VARIANCE)
    whole = np.full(expected.shape, -np.inf)
    for step in range(int((cells.high - cells.low).max(initial=0)) + 1):
        count = (cells.low + step).astype(float)
        each = gammaln(count + shape) - gammaln(shape) - gammaln(count + 1.0)
        each = each + shape * np.log(shape / (shape + expected)) + count * np.log(expected / (shape + expected))
        whole = np.logaddexp(whole, np.where(count <= cells.high, each, -np.inf))
    return np.asarray(whole)


def expected_name(line: str) -> str:
    """Name of the expected calls of a line as they were, with the service.

    Examples
    --------
    >>> expected_name("physical"), expected_name("crisis"), expected_name("mental")
    ('expected_with', 'expected_crisis_with', 'expected_mental')
    """
    return {"physical": "expected_with", "mental": "expected_mental"}.get(line, f"expected_{line}_with")


def _share_cells(draws: xr.Dataset, cells: ShareCells, name: str) -> np.ndarray:
    share = draws[f"{name}_share"].transpose("sample", "stage", "trust").values[:, cells.stage, cells.trust]
    tightness = 1.0 / (draws[f"{name}_scatter"].values[:, None] ** 2 + LEAST_VARIANCE)
    lost, kept = cells.count.astype(float), (cells.total - cells.count).astype(float)
    constant = gammaln(cells.total + 1.0) - gammaln(lost + 1.0) - gammaln(kept + 1.0)
    value = _rising(share * tightness, lost) + _rising((1.0 - share) * tightness, kept)
    return np.asarray(value - _rising(tightness, cells.total.astype(float)) + constant)


def _mix_cells(draws: xr.Dataset, cells: MixCells) -> np.ndarray:
    """All exact cells at once; each bounded cell by convolving the sequences of its groups."""
    shares = draws.share.transpose("sample", "stage", "trust", "disposition").values
    whole = 1.0 / (draws.mix_scatter.transpose("sample", "stage").values ** 2 + LEAST_VARIANCE)
    value = np.empty((len(shares), len(cells.stage)))
    exact = np.flatnonzero(cells.exact)
    alpha = whole[:, cells.stage, None] * np.einsum(
        "scd,cgd->scg", shares[:, cells.stage, cells.trust], cells.membership
    )
    value[:, exact] = _exact_rows(alpha[:, exact], whole[:, cells.stage[exact]], cells.where(cells.exact))
    for cell in np.flatnonzero(~cells.exact):
        used = cells.membership[cell].any(axis=1)
        low, high = cells.low[cell][used], cells.high[cell][used]
        totals = np.arange(cells.total_low[cell], cells.total_high[cell] + 1)
        value[:, cell] = _bounded_row(alpha[:, cell][:, used], whole[:, cells.stage[cell]], low, high, totals)
    return value


def _exact_rows(alpha: np.ndarray, whole: np.ndarray, cells: MixCells) -> np.ndarray:
    used = cells.membership.any(axis=2)
    parts = _rising(np.where(used, alpha, 1.0), cells.low.astype(float)) - gammaln(cells.low + 1.0)
    total = cells.total_low.astype(float)
    return np.asarray(np.where(used, parts, 0.0).sum(axis=2) + gammaln(total + 1.0) - _rising(whole, total))


def _bounded_row(
    alpha: np.ndarray, whole: np.ndarray, low: np.ndarray, high: np.ndarray, totals: np.ndarray
) -> np.ndarray:
    """Log of the mean, over the allowed totals, of the probability of the allowed rows (sample)."""
    rows, scale = np.ones((len(alpha), 1)), np.zeros(len(alpha))
    for group in range(alpha.shape[1]):
        counts = np.arange(low[group], high[group] + 1, dtype=float)
        terms = _rising(alpha[:, group, None], counts) - gammaln(counts + 1.0)
        peak = terms.max(axis=1, keepdims=True)
        rows, scale = _convolved(rows, np.exp(terms - peak)), scale + peak[:, 0]
    place = totals - low.sum()
    inside = (place >= 0) & (place < rows.shape[1])
    if not inside.any():
        return np.full(len(alpha), _NEVER)
    coefficient = rows[:, place[inside]]
    total = totals[inside].astype(float)
    constant = gammaln(total + 1.0) - _rising(whole[:, None], total)
    summed = logsumexp(constant, b=coefficient, axis=1)
    return np.asarray(np.maximum(summed, _NEVER) + scale - np.log(len(totals)))


def _convolved(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Products of two polynomials a sample (sample, place)."""
    found = np.zeros((len(rows), rows.shape[1] + weights.shape[1] - 1))
    for step in range(weights.shape[1]):
        found[:, step : step + rows.shape[1]] += rows * weights[:, step, None]
    return found


def _rising(start: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Log of the rising factorial: log G(start + count) - log G(start)."""
    return np.asarray(gammaln(start + count) - gammaln(start))
