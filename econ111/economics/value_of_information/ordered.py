"""Draws of one parameter in ascending order: sorted once, and everything about it is then a matter of places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from econ111.economics.value_of_information.estimate import FOLDS, Fit


@dataclass(frozen=True)
class Ordered:
    """Sorted values, where each stood, and a fold for each: every fifth, so that all folds span the whole range."""

    values: np.ndarray
    order: np.ndarray
    fold: np.ndarray

    @classmethod
    def of(cls, parameter: np.ndarray) -> Ordered:
        """Sort the draws (sample,) of one parameter."""
        order = np.argsort(parameter)
        return cls(parameter[order], order, np.arange(len(parameter)) % FOLDS)

    def distinct(self) -> np.ndarray:
        """The values without repetition."""
        new = np.concatenate([[True], self.values[1:] > self.values[:-1]])
        return np.asarray(self.values[new])

    def arrange(self, column: np.ndarray) -> np.ndarray:
        """A column of the draws in the order of this parameter."""
        return np.asarray(column[self.order])

    def give_back(self, fitted: Sequence[np.ndarray], held_out: Sequence[np.ndarray]) -> Fit:
        """Columns in the order of this parameter, as a fit in the order of the draws."""
        both = []
        for columns in (fitted, held_out):
            back = np.empty((len(self.order), len(columns)))
            back[self.order] = np.column_stack(columns)
            both.append(back)
        return Fit(both[0], both[1])
