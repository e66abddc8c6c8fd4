"""Decisions that units, such as trusts, take each for itself: what learning is worth to all of them.

Where units decide apart, and what one does changes nothing for another, the worth of learning to all is the sum of what
it is worth to each. It is added up draw by draw, so that its standard error knows that one study moves all of them
together. It is not the worth of one decision taken for all, and may lie above or below it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from econ111.economics.value_of_information.estimate import Fit
from econ111.economics.value_of_information.receivers import Worth, turned_weights


def value_apart(columns: Sequence[np.ndarray], fits: Sequence[Fit], weights: np.ndarray) -> Worth:
    """Value of learning to all units together, each choosing for itself.

    Parameters
    ----------
    columns : sequence of array (sample, part)
        Parts of the incremental net benefit of each unit, on the same draws.
    fits : sequence of Fit
        The columns of each unit, smoothed on what would be learnt.
    weights : array (part, decision)
        As for `value_of_learning`; the same for every unit.

    Returns
    -------
    Worth
        Each (decision,), in the unit of the weighted sum. Holds only where the decisions are separable.

    Examples
    --------
    Two units of opposite luck: for both together nothing is in doubt, for each by itself everything is.

    >>> columns = [np.array([[3.0], [-1.0]]), np.array([[-1.0], [3.0]])]
    >>> value_apart(columns, [Fit(one, one) for one in columns], np.array([[1.0]])).value
    array([1.])
    """
    plug_in, decision = 0.0, np.zeros((len(columns[0]), weights.shape[1]))
    for own, fit in zip(columns, fits, strict=True):
        turned = turned_weights(own, weights)
        plug_in = plug_in + (fit.fitted @ turned).clip(min=0).mean(axis=0)
        decision += np.where(fit.held_out @ turned > 0, own @ turned, 0.0)
    signed = np.asarray((plug_in + decision.mean(axis=0)) / 2)
    return Worth(signed.clip(min=0), decision.std(axis=0, ddof=1) / np.sqrt(len(decision)), signed)
