"""One decision seen from the parts of its net benefit: what learning is worth at any threshold, and who gains by it.

The net benefit of the intervention is a weighted sum of columns: costs avoided by each payer, the cost of the service,
attendances avoided at so many GBP each. Regression is linear, so the columns are smoothed once, and every threshold and
every basis of the service cost is a set of weights. Who gains is the same sum taken column by column: the parts add up
to the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from econ111.display import Shown
from econ111.economics.value_of_information.estimate import Fit, shrunk
from econ111.economics.value_of_information.partial import ALLOWED_ERRORS, IMMATERIAL


@dataclass(frozen=True, repr=False)
class Worth(Shown):
    """Value of learning and its standard error under each set of weights; `signed` may fall below 0 by chance."""

    value: np.ndarray
    standard_error: np.ndarray
    signed: np.ndarray


def value_of_learning(columns: np.ndarray, fit: Fit, weights: np.ndarray) -> Worth:
    """Value of choosing between intervention and comparator after learning, under many sets of weights at once.

    Parameters
    ----------
    columns : array (sample, part)
        Parts of the incremental net benefit.
    fit : Fit
        The columns smoothed on what would be learnt.
    weights : array (part, decision)
        Of each part in the net benefit, positive favours the intervention: a column per threshold and basis.

    Returns
    -------
    Worth
        Each (decision,), in the unit of the weighted sum. As `econ111.economics.evppi` of the weighted sum alone.

    Examples
    --------
    >>> columns = np.array([[3.0], [-1.0]])
    >>> value_of_learning(columns, Fit(columns, columns), np.array([[1.0]])).value
    array([0.5])
    """
    turned = turned_weights(columns, weights)
    plug_in = (fit.fitted @ turned).clip(min=0)
    decision = np.where(fit.held_out @ turned > 0, columns @ turned, 0.0)
    signed = (plug_in.mean(axis=0) + decision.mean(axis=0)) / 2
    return Worth(signed.clip(min=0), decision.std(axis=0, ddof=1) / np.sqrt(len(columns)), signed)


def compared(columns: np.ndarray, fit: Fit, rough: Fit, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Value of learning by the estimator and by its check on the same draws, and whether they agree.

    Returns
    -------
    dict of str to array (decision,)
        value, standard_error, check, check_standard_error, agrees (within two of
        the larger standard error, or a five-hundredth of perfect information).

    Examples
    --------
    >>> columns = np.array([[3.0], [-1.0]])
    >>> both = Fit(columns, columns)
    >>> compared(columns, both, both, np.array([[1.0]]))["agrees"]
    array([ True])
    """
    found = value_of_learning(columns, fit, weights)
    net = columns @ weights
    check = value_of_learning(net, shrunk(rough @ weights, net), np.eye(weights.shape[1]))
    perfect = (columns @ turned_weights(columns, weights)).clip(min=0).mean(axis=0)
    error = np.maximum(found.standard_error, check.standard_error)
    return {
        "value": found.value,
        "standard_error": found.standard_error,
        "check": check.value,
        "check_standard_error": check.standard_error,
        "agrees": np.abs(found.signed - check.signed) <= ALLOWED_ERRORS * error + IMMATERIAL * perfect,
    }


def gains_by_part(columns: np.ndarray, fit: Fit, weights: np.ndarray) -> np.ndarray:
    """How the value of learning falls on the parts of the net benefit.

    Parameters
    ----------
    columns, fit, weights
        As for `value_of_learning`.

    Returns
    -------
    array (part, decision)
        Expected change of each weighted part when the decision follows what is learnt; negative where a part loses.
        Over parts they add up to the value of learning (before that is kept from falling below 0).

    Examples
    --------
    The intervention costs the first 1 and brings the second 0 or 4. It is chosen on the mean; learning that it brings
    nothing avoids the cost half the time.

    >>> columns = np.array([[1.0, 0.0], [1.0, 4.0]])
    >>> gains_by_part(columns, Fit(columns, columns), np.array([[-1.0], [1.0]])).ravel().tolist()
    [0.5, 0.0]
    """
    turned = turned_weights(columns, weights)
    by_fit = fit.fitted.T @ (fit.fitted @ turned > 0)
    by_decision = columns.T @ (fit.held_out @ turned > 0)
    return np.asarray(turned * (by_fit + by_decision) / (2 * len(columns)) + 0.0)


def turned_weights(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weights of what would be gained by leaving the option that is best on the mean."""
    return np.asarray(np.where(columns.mean(axis=0) @ weights > 0, -1.0, 1.0) * weights)
