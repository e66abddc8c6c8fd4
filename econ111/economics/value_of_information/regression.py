"""Least squares on many draws without holding all terms of all draws: sums by fold, then small systems.

The terms of a chunk of draws are made, their products summed, and the chunk is forgotten. From the sums of each fold
come the fit on all draws, the fits that leave one fold out, and their errors on the fold left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.linalg

from econ111.economics.value_of_information.estimate import FOLDS, Fit

CHUNK = 8192
_RIDGE = 1e-9


class Terms(Protocol):
    """Terms of a regression for some of the draws."""

    def __call__(self, draws: slice) -> np.ndarray:
        """Terms (draw, term) of the chosen draws."""
        ...


@dataclass(frozen=True)
class Sums:
    """Products of terms with each other (fold, term, term) and with the columns (fold, term, column), and squares."""

    products: np.ndarray
    moments: np.ndarray
    squares: np.ndarray

    def solve(self, *, without: int | None = None) -> np.ndarray:
        """Coefficients (term, column), by all folds or all but one."""
        products, moments = self.products.sum(axis=0), self.moments.sum(axis=0)
        if without is not None:
            products, moments = products - self.products[without], moments - self.moments[without]
        diagonal = np.arange(len(products))
        products[diagonal, diagonal] += _RIDGE * products.trace() / len(products)
        return np.asarray(scipy.linalg.solve(products, moments, assume_a="pos"))

    def held_out_error(self) -> np.ndarray:
        """Squared error of each column on draws that the fit did not see, as a share of its sum of squares."""
        error = np.zeros(self.moments.shape[2])
        for fold in range(FOLDS):
            coefficients = self.solve(without=fold)
            explained = self.products[fold] @ coefficients
            error += self.squares[fold] - (coefficients * (2 * self.moments[fold] - explained)).sum(axis=0)
        return np.asarray(error / self.squares.sum(axis=0))


def sums_by_fold(terms: Terms, values: np.ndarray, *, count: int) -> Sums:
    """Add up what every regression on these terms needs; `values` (sample, column) have mean 0."""
    wide = values.shape[1]
    products, moments, squares = (
        np.zeros((FOLDS, count, count)),
        np.zeros((FOLDS, count, wide)),
        np.zeros((FOLDS, wide)),
    )
    for fold, draws in chunks(len(values)):
        made, seen = terms(draws), values[draws]
        products[fold] += made.T @ made
        moments[fold] += made.T @ seen
        squares[fold] += (seen**2).sum(axis=0)
    return Sums(products, moments, squares)


def evaluate(terms: Terms, whole: np.ndarray, apart: np.ndarray, *, draws: int) -> Fit:
    """Fitted columns from coefficients on all folds (term, column) and without each (fold, term, column)."""
    fitted, held_out = (np.empty((draws, whole.shape[1])) for _ in range(2))
    for fold, chosen in chunks(draws):
        made = terms(chosen)
        fitted[chosen], held_out[chosen] = made @ whole, made @ apart[fold]
    return Fit(fitted, held_out)


def chunks(draws: int) -> Iterator[tuple[int, slice]]:
    """Each fold, every fifth draw, cut into chunks."""
    for fold in range(FOLDS):
        for start in range(fold, draws, CHUNK * FOLDS):
            yield fold, slice(start, min(start + CHUNK * FOLDS, draws), FOLDS)
