"""The check for several parameters: broken lines in each, and products of broken lines in each pair.

It shares nothing with the polynomials but the draws. Knots stand at quantiles. Interactions of three and more are not
in it: where they matter the check falls short of the polynomials, and the warning says that the two differ.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from econ111.economics.value_of_information.estimate import FOLDS, Fit
from econ111.economics.value_of_information.polynomial import most_terms
from econ111.economics.value_of_information.regression import evaluate, sums_by_fold

_MAIN_PIECES = (12, 8, 4, 4)
_PAIR_PIECES = (4, 3, 2, 1)


class TensorSmoother:
    """Regression on broken lines and their pairwise products (sample, parameter)."""

    method = "splines with pairwise products"

    def __init__(self, parameters: np.ndarray) -> None:
        self._parameters = parameters
        width = parameters.shape[1]
        most = min(most_terms(len(parameters)), 300)
        pairs = width * (width - 1) // 2
        sizes = [
            (main, pair)
            for main, pair in zip(_MAIN_PIECES, _PAIR_PIECES, strict=True)
            if width * main + pairs * pair**2 < most
        ]
        alone = next((main for main in (*_MAIN_PIECES, 2) if width * main < most), 1)
        main, pair = sizes[0] if sizes else (alone, 0)
        self._main = [_knots(column, main) for column in parameters.T]
        self._pair = [_knots(column, pair) for column in parameters.T] if pair else []
        self._size = self(slice(0, 1)).shape[1]

    def fit(self, values: np.ndarray) -> Fit:
        """Smooth each column of `values` (sample, column)."""
        centre = values.mean(axis=0)
        sums = sums_by_fold(self, values - centre, count=self._size)
        apart = np.array([sums.solve(without=fold) for fold in range(FOLDS)])
        found = evaluate(self, sums.solve(), apart, draws=len(values))
        return Fit(found.fitted + centre, found.held_out + centre)

    def __call__(self, draws: slice) -> np.ndarray:
        """Terms (draw, term) of the chosen draws."""
        columns = self._parameters[draws].T
        made = [np.ones((columns.shape[1], 1))]
        made += [_hats(column, knots) for column, knots in zip(columns, self._main, strict=True)]
        small = [_hats(column, knots) for column, knots in zip(columns, self._pair, strict=True)] if self._pair else []
        for one, two in combinations(small, 2):
            made.append((one[:, :, None] * two[:, None, :]).reshape(len(one), -1))
        return np.concatenate(made, axis=1)


def _knots(column: np.ndarray, pieces: int) -> np.ndarray:
    return np.unique(np.quantile(column, np.linspace(0, 1, pieces + 1)))


def _hats(column: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Broken lines that rise from 0 to 1 over one piece each: together they make every broken line from 0."""
    width = np.diff(knots)
    return np.asarray(((column[:, None] - knots[:-1]) / width).clip(0, 1) - 0.5)
