"""From smoothed net benefit to a value of information and its standard error.

A regression of net benefit on what would be learnt gives, draw by draw, what one would expect of each option after
learning it. Two estimates of the value then err in opposite directions:

    plug-in    mean of the largest fitted gain: too high, as the largest of noisy numbers is
    decision   choose by a fit that never saw the draw, and count what is truly gained: too low, as some choose wrongly

To second order in the noise of the fit the two errors are equal, so their midpoint is reported. The standard error is
that of the decision's gain, a mean over draws; it covers the draws and the fit, to first order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from econ111.display import Shown

FOLDS = 5


class Smoother(Protocol):
    """A regression on fixed draws of what would be learnt."""

    method: str

    def fit(self, values: np.ndarray) -> Fit:
        """Smooth each column of `values` (sample, column)."""
        ...


@dataclass(frozen=True, repr=False)
class Fit(Shown):
    """Smoothed columns (sample, column): by all draws, and by the folds that did not hold the draw."""

    fitted: np.ndarray
    held_out: np.ndarray

    def __matmul__(self, weights: np.ndarray) -> Fit:
        """Fits of weighted sums of the columns: regression is linear, so no second one is needed."""
        return Fit(self.fitted @ weights, self.held_out @ weights)


@dataclass(frozen=True)
class Estimate:
    """A value of information with its standard error, and the gain of each draw behind it."""

    value: float
    standard_error: float
    gains: np.ndarray


def value_of(gain: np.ndarray, fit: Fit) -> Estimate:
    """Value of choosing after learning.

    Parameters
    ----------
    gain : array (sample, option - 1)
        Net benefit of every option over the one that is best on the mean.
    fit : Fit
        Of those columns.

    Returns
    -------
    Estimate
        In the unit of `gain`; not below 0.
    """
    plug_in = fit.fitted.max(axis=1).clip(min=0)
    decision, foreseen = np.zeros(len(gain)), np.zeros(len(gain))
    for place in range(gain.shape[1]):
        better = fit.held_out[:, place] > foreseen
        foreseen = np.where(better, fit.held_out[:, place], foreseen)
        decision = np.where(better, gain[:, place], decision)
    gains = (plug_in + decision) / 2
    return Estimate(max(float(gains.mean()), 0.0), float(decision.std(ddof=1) / np.sqrt(len(gain))), gains)


def shrunk(fit: Fit, values: np.ndarray) -> Fit:
    """Draw a rough fit towards the mean, as far as it fails to predict what it has not seen.

    A fit of many pieces to noise alone has spread, and its largest value would look like worth. The slope of the values
    on the held-out fit, from 0 to 1, says how much of the spread is real; spread is a root of variance, so the fit by
    all draws takes the root of the slope.
    """
    centre = values.mean(axis=0)
    apart = fit.held_out - centre
    squares = (apart**2).sum(axis=0)
    slope = np.divide((apart * (values - centre)).sum(axis=0), squares, out=np.ones_like(squares), where=squares > 0)
    slope = slope.clip(0.0, 1.0)
    return Fit(centre + np.sqrt(slope) * (fit.fitted - centre), centre + slope * apart)
