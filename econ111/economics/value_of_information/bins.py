"""The check for one parameter: sort the draws by it, cut them into bins of equal count, and take each bin's mean.

It shares nothing with the spline but the draws: no smoothness is assumed. About 2 n^(1/3) bins.
"""

from __future__ import annotations

import numpy as np

from econ111.economics.value_of_information.estimate import FOLDS, Fit
from econ111.economics.value_of_information.ordered import Ordered


class BinSmoother:
    """Means of equal-count bins of one parameter; equal values are never cut apart."""

    method = "means of equal-count bins"

    def __init__(self, parameter: Ordered) -> None:
        count = len(parameter.values)
        bins = round(2 * count ** (1 / 3))
        edges = np.unique(parameter.values[(np.arange(1, bins) * count) // bins])
        cuts = np.unique(np.concatenate([[0], np.searchsorted(parameter.values, edges), [count]]))
        self._parameter = parameter
        self._bin = np.repeat(np.arange(len(cuts) - 1), np.diff(cuts))
        self._size = len(cuts) - 1
        self._place = parameter.fold * self._size + self._bin
        self._counts = self._sums(None)

    def fit(self, values: np.ndarray) -> Fit:
        """Smooth each column of `values` (sample, column)."""
        parts = [self._fit_one(self._parameter.arrange(column)) for column in values.T]
        return self._parameter.give_back([part[0] for part in parts], [part[1] for part in parts])

    def _fit_one(self, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        sums = self._sums(column)
        whole, counts = sums.sum(axis=0), self._counts.sum(axis=0)
        others = counts - self._counts
        apart = np.divide(whole - sums, others, out=np.full_like(sums, column.mean()), where=others > 0)
        return (whole / counts)[self._bin], apart.ravel()[self._place]

    def _sums(self, weights: np.ndarray | None) -> np.ndarray:
        counted = np.bincount(self._place, weights=weights, minlength=FOLDS * self._size)
        return counted.reshape(FOLDS, self._size).astype(float)
