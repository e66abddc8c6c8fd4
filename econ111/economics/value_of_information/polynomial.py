"""A surface over several parameters at once: polynomials with interactions, their degree found by cross-validation.

Each parameter has polynomials that are orthonormal over its own draws, so that high degrees and long tails stay
solvable; a term is a product of them. The total degree is raised until draws left out are predicted no better. Then
each parameter is given a spline of its own beside the products, for a curve that bends more often than a low degree can
follow, and kept if draws left out are predicted better.

No additive form: products of parameters are what an additive smoother gets wrong however many draws it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise
from math import comb

import numpy as np

from econ111.display import Shown
from econ111.economics.value_of_information.estimate import FOLDS, Fit
from econ111.economics.value_of_information.regression import Sums, evaluate, sums_by_fold
from econ111.economics.value_of_information.spline import b_splines, interval_of, knots_at

HIGHEST_DEGREE = 10
SPLINE_PIECES = (10, 24)
_MOST_TERMS = 600
_DRAWS_PER_TERM = 20
_WORK = 6e10
_TRIED_ON = 50_000
_PATIENCE = 2


@dataclass(frozen=True)
class Form(Shown):
    """Total degree of the products, and pieces of each parameter's own spline (0 for none)."""

    degree: int
    pieces: int = 0

    def size(self, width: int) -> int:
        """How many terms it has for so many parameters."""
        return comb(width + self.degree, self.degree) + (width * (self.pieces + 3) if self.pieces else 0)


class PolynomialSmoother:
    """Polynomial regression on several parameters (sample, parameter).

    `form` fixes it, and no other is tried; `most` is how many terms may be tried, where not those that the draws can
    bear.
    """

    method = "cross-validated polynomial with interactions"

    def __init__(self, parameters: np.ndarray, *, form: Form | None = None, most: int | None = None) -> None:
        self._parameters, self._form = parameters, form
        self._most = most_terms(len(parameters)) if most is None else most
        self._axes = [_Axis(column) for column in parameters.T]
        self.note = ""

    def fit(self, values: np.ndarray) -> Fit:
        """Smooth each column of `values` (sample, column), each in a form of its own."""
        centre = values.mean(axis=0)
        centred = values - centre
        forms = self.choose(centred)
        fitted, held_out = np.empty_like(values), np.empty_like(values)
        for form in dict.fromkeys(forms):
            columns = np.flatnonzero([one == form for one in forms])
            found = self._fit(form, centred[:, columns])
            fitted[:, columns], held_out[:, columns] = found.fitted, found.held_out
        return Fit(fitted + centre, held_out + centre)

    def choose(self, values: np.ndarray) -> list[Form]:
        """For each column the form that predicts best what it has not seen; tried on some of the draws."""
        width = self._parameters.shape[1]
        if self._form is not None:
            return [self._form] * values.shape[1]
        some = slice(None, None, max(1, len(values) // _TRIED_ON))
        trial = _Trial(self._parameters[some], self._axes, values[some], most=self._most)
        trial.climb()
        if width > 1 and trial.highest < 2:
            self.note = "interactions left out: too few draws for so many parameters"
        return trial.best

    def _fit(self, form: Form, values: np.ndarray) -> Fit:
        terms = _Terms(self._parameters, self._axes, form)
        sums = sums_by_fold(terms, values, count=terms.size)
        apart = np.array([sums.solve(without=fold) for fold in range(FOLDS)])
        return evaluate(terms, sums.solve(), apart, draws=len(values))


class _Trial:
    """Forms tried in turn; for each column the best so far."""

    def __init__(self, parameters: np.ndarray, axes: list[_Axis], values: np.ndarray, *, most: int) -> None:
        self._parameters, self._axes, self._most = parameters, axes, most
        self._values = values - values.mean(axis=0)
        self._error = np.full(values.shape[1], np.inf)
        self.best = [Form(1)] * values.shape[1]
        self.highest = 0

    def climb(self) -> None:
        """Total degree first, with patience: an odd curve gains nothing from an even degree. Then splines beside it."""
        reached = self._raise(0)
        for pieces in SPLINE_PIECES:
            gained = self._try(Form(reached, pieces))
            if not gained and reached > 1:
                # Fewer products leave room for splines, and need less noise to be fitted.
                gained = self._try(Form(max(1, reached - 2), pieces))
        if any(form.pieces for form in self.best):
            self._raise(max(form.pieces for form in self.best), start=reached + 1)

    def _raise(self, pieces: int, *, start: int = 1) -> int:
        reached, idle = start, 0
        for degree in range(start, HIGHEST_DEGREE + 1):
            if idle >= _PATIENCE or not self._fits(Form(degree, pieces)):
                break
            gained = self._try(Form(degree, pieces))
            self.highest = max(self.highest, degree)
            reached, idle = (degree, 0) if gained else (reached, idle + 1)
        return reached

    def _fits(self, form: Form) -> bool:
        width = self._parameters.shape[1]
        return form == Form(1) or form.size(width) <= self._most

    def _try(self, form: Form) -> bool:
        if not self._fits(form):
            return False
        terms = _Terms(self._parameters, self._axes, form)
        sums: Sums = sums_by_fold(terms, self._values, count=terms.size)
        error = sums.held_out_error()
        better = error < self._error
        self._error = np.where(better, error, self._error)
        self.best = [form if gained else held for gained, held in zip(better, self.best, strict=True)]
        return bool(better.any())


class _Terms:
    """Products of orthonormal polynomials up to a total degree, and splines of each parameter."""

    def __init__(self, parameters: np.ndarray, axes: list[_Axis], form: Form) -> None:
        self._parameters, self._axes, self._form = parameters, axes, form
        width = parameters.shape[1]
        self._powers = [
            [(column, term.count(column)) for column in sorted(set(term))]
            for degree in range(form.degree + 1)
            for term in combinations_with_replacement(range(width), degree)
        ]
        self._knots = [axis.knots(form.pieces) for axis in axes] if form.pieces else []
        self.size = len(self._powers) + sum(len(knots) - 4 for knots in self._knots)

    def __call__(self, draws: slice) -> np.ndarray:
        chosen = self._parameters[draws].T
        alone = [axis.polynomials(column, self._form.degree) for axis, column in zip(self._axes, chosen, strict=True)]
        made = np.zeros((self.size, chosen.shape[1]))
        for place, factors in enumerate(self._powers):
            made[place] = 1.0
            for column, power in factors:
                made[place] *= alone[column][power]
        start, every = len(self._powers), np.arange(chosen.shape[1])
        for column, knots in zip(chosen, self._knots, strict=False):
            interval = interval_of(column, knots)
            for step, function in enumerate(b_splines(column, knots, interval)):
                made[start + interval + step, every] = function
            start += len(knots) - 4
        return made.T


class _Axis:
    """One parameter: the recurrence of its orthonormal polynomials, and its quantiles for knots."""

    def __init__(self, column: np.ndarray) -> None:
        self._recurrence = _recurrence(column, HIGHEST_DEGREE)
        self._ordered = np.sort(column)

    def knots(self, pieces: int) -> np.ndarray:
        return knots_at(self._ordered, pieces)

    def polynomials(self, column: np.ndarray, highest: int) -> list[np.ndarray]:
        centre, scale = self._recurrence[0]
        values = (column - centre) / scale
        before, found = np.zeros_like(values), [np.ones_like(values)]
        for (_, last), (shift, norm) in pairwise(self._recurrence[: highest + 1]):
            following = ((values - shift) * found[-1] - last * before) / norm
            before = found[-1]
            found.append(following)
        # A parameter with few values has no further polynomials: their terms are empty.
        return found + [np.zeros_like(values)] * (highest + 1 - len(found))


def most_terms(draws: int) -> int:
    """How many terms the draws can bear, and the time: twenty draws a term, and no more than 600."""
    return int(min(_MOST_TERMS, draws / _DRAWS_PER_TERM, np.sqrt(_WORK / draws)))


def _recurrence(column: np.ndarray, highest: int) -> list[tuple[float, float]]:
    """Centre and scale, then the coefficients that make polynomials orthonormal over the draws, degree by degree."""
    centre, scale = float(column.mean()), float(column.std()) or 1.0
    values = (column - centre) / scale
    coefficients = [(centre, scale)]
    before, now = np.zeros_like(values), np.ones_like(values)
    for _ in range(highest):
        shift = float(values @ (now * now)) / len(values)
        following = (values - shift) * now - coefficients[-1][1] * before
        norm = float(np.sqrt(following @ following / len(values)))
        if norm < 1e-6:
            break
        coefficients.append((shift, norm))
        before, now = now, following / norm
    return coefficients
