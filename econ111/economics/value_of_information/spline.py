"""A smooth curve through one parameter: cubic B-splines whose number grows with the draws, and a penalty on bending.

Knots stand at quantiles, about 2 n^0.3 intervals, so that more draws can show finer curves. The penalty goes from a
straight line to no penalty at all and is chosen for each column by generalised cross-validation (with 1.4 counted for
each degree of freedom, against chance wiggles). A parameter with few distinct values is a factor: each value has its
mean.

Each draw touches four basis functions, so sums over draws are counted by interval, and the time grows with the draws
alone. Reference: Eilers PHC, Marx BD, Statistical Science 1996;11:89; Kim YJ, Gu C, JRSS B 2004;66:337.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solveh_banded

from econ111.economics.value_of_information.estimate import FOLDS, Fit
from econ111.economics.value_of_information.ordered import Ordered

FEW_VALUES = 40
_ORDER = 4
_DEGREES_COUNT = 1.4
_PENALTIES = (0.0, *np.logspace(-5, 8, 14))
_TINY = 1e-10


class SplineSmoother:
    """Penalised cubic spline on one parameter."""

    method = "penalised cubic spline"

    def __init__(self, parameter: Ordered) -> None:
        self._parameter = parameter
        values = parameter.distinct()
        self._discrete = len(values) <= FEW_VALUES
        if self._discrete:
            self.method = "mean at each value"
            self._interval = np.searchsorted(values, parameter.values)
            self._basis = np.ones((1, len(parameter.values)))
            self._size, self._roughness = len(values), np.zeros((1, len(values)))
        else:
            knots = knots_at(parameter.values, round(2 * len(parameter.values) ** 0.3))
            cuts = np.searchsorted(parameter.values, knots[_ORDER:-_ORDER])
            ends = np.concatenate([[0], cuts, [len(parameter.values)]])
            self._interval = np.repeat(np.arange(len(cuts) + 1), np.diff(ends))
            self._basis = b_splines(parameter.values, knots, self._interval)
            self._size, self._roughness = len(knots) - _ORDER, _roughness(knots)
        self._place = parameter.fold * self._size + self._interval
        self._gram = self._gram_by_fold()
        self._whole = self._gram.sum(axis=0)
        self._roughness *= self._whole[0].sum() / max(self._roughness[0].sum(), _TINY)
        self._ridge = _TINY * self._whole[0].sum()

    def fit(self, values: np.ndarray) -> Fit:
        """Smooth each column of `values` (sample, column), each with a penalty of its own."""
        parts = [self._fit_one(self._parameter.arrange(column)) for column in values.T]
        return self._parameter.give_back([part[0] for part in parts], [part[1] for part in parts])

    def _fit_one(self, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        centre = column.mean()
        centred = column - centre
        moments = self._moments_by_fold(centred)
        moment = moments.sum(axis=0)
        penalty = 0.0 if self._discrete else self._best_penalty(moment, float(centred @ centred))
        whole = self._solve(self._whole, moment, penalty)
        apart = [self._solve(self._whole - self._gram[f], moment - moments[f], penalty) for f in range(FOLDS)]
        fitted = self._evaluate(whole, self._interval)
        held_out = self._evaluate(np.concatenate(apart), self._place)
        return fitted + centre, held_out + centre

    def _gram_by_fold(self) -> np.ndarray:
        """Sums of products of basis functions, counted by interval: diagonals of a banded matrix, fold by fold."""
        width = len(self._basis)
        gram = np.zeros((FOLDS, width, self._size))
        for one in range(width):
            for two in range(one, width):
                sums = self._by_fold(self._basis[one] * self._basis[two])
                gram[:, two - one, one:] += sums[:, : self._size - one]
        return gram

    def _moments_by_fold(self, column: np.ndarray) -> np.ndarray:
        moments = np.zeros((FOLDS, self._size))
        for one, function in enumerate(self._basis):
            moments[:, one:] += self._by_fold(function * column)[:, : self._size - one]
        return moments

    def _by_fold(self, weights: np.ndarray) -> np.ndarray:
        sums = np.bincount(self._place, weights=weights, minlength=FOLDS * self._size)
        return sums.reshape(FOLDS, self._size)

    def _best_penalty(self, moment: np.ndarray, total: float) -> float:
        """The penalty with the least error under generalised cross-validation."""
        dense = sum(np.diag(band[: self._size - step], -step) for step, band in enumerate(self._whole))
        dense = np.asarray(dense + np.tril(dense, -1).T)
        right = np.column_stack([dense, moment])
        errors = []
        for penalty in _PENALTIES:
            solved = self._solve(self._whole, right, penalty)
            coefficients = solved[:, -1]
            error = total - 2 * moment @ coefficients + coefficients @ (dense @ coefficients)
            free = len(self._place) - _DEGREES_COUNT * np.trace(solved[:, :-1])
            errors.append(error / max(free, 1.0) ** 2)
        return float(_PENALTIES[int(np.argmin(errors))])

    def _solve(self, gram: np.ndarray, right: np.ndarray, penalty: float) -> np.ndarray:
        bands = gram.copy()
        bands[: len(self._roughness)] += penalty * self._roughness
        bands[0] += self._ridge
        return np.asarray(solveh_banded(bands, right, lower=True))

    def _evaluate(self, coefficients: np.ndarray, start: np.ndarray) -> np.ndarray:
        total = self._basis[0] * coefficients[start]
        for step in range(1, len(self._basis)):
            total += self._basis[step] * coefficients[start + step]
        return np.asarray(total)


def knots_at(ordered: np.ndarray, intervals: int) -> np.ndarray:
    """Knots at quantiles of sorted draws, the ends repeated; equal quantiles, where draws pile up, are one knot."""
    places = np.linspace(0, len(ordered) - 1, intervals + 1).round().astype(int)
    inner = np.unique(ordered[places])
    return np.concatenate([[inner[0]] * (_ORDER - 1), inner, [inner[-1]] * (_ORDER - 1)])


def interval_of(parameter: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Interval between knots in which each draw lies: also the first basis function that it touches."""
    return np.searchsorted(knots[_ORDER:-_ORDER], parameter, side="right")


def b_splines(parameter: np.ndarray, knots: np.ndarray, interval: np.ndarray) -> np.ndarray:
    """Values of the four basis functions that each draw touches (4, sample), by Cox and de Boor."""
    basis = np.empty((_ORDER, len(parameter)))
    basis[0] = 1.0
    right = [knots[interval + _ORDER + step] - parameter for step in range(_ORDER - 1)]
    left = [parameter - knots[interval + _ORDER - 1 - step] for step in range(_ORDER - 1)]
    for degree in range(1, _ORDER):
        carried = np.zeros(len(parameter))
        for step in range(degree):
            share = basis[step] / (right[step] + left[degree - 1 - step])
            basis[step] = carried + right[step] * share
            carried = left[degree - 1 - step] * share
        basis[degree] = carried
    return basis


def _roughness(knots: np.ndarray) -> np.ndarray:
    """Penalty on second divided differences of the coefficients, 0 for every straight line: diagonals (3, basis)."""
    size = len(knots) - _ORDER
    sites = (knots[1 : size + 1] + knots[2 : size + 2] + knots[3 : size + 3]) / 3
    step = np.diff(sites)
    middle = (sites[2:] - sites[:-2]) / 2
    second = np.array([1 / step[:-1], -1 / step[:-1] - 1 / step[1:], 1 / step[1:]]) / np.sqrt(middle)
    bands = np.zeros((3, size))
    for one in range(3):
        for two in range(one, 3):
            bands[two - one, one : size - 2 + one] += second[one] * second[two]
    return bands
