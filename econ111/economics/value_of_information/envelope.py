"""The best option in each draw at every threshold, found once and not threshold by threshold.

At threshold t an option is worth fixed + t * effect: a line per draw and option. The best option in a draw follows the
upper edge of its lines, which changes hands at most (options - 1) times as t grows. Each change is found directly,
placed among the sorted thresholds and added there; running sums then give the mean of the maximum and the share of
draws in which each option is best. The thresholds are sorted once; nothing has the size draws x thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Envelope:
    """At each threshold: the expected maximum, the mean of each option, and the share of draws it is best in."""

    thresholds: np.ndarray
    expected_maximum: np.ndarray
    means: np.ndarray
    shares: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """Place of the option that is best on the mean at each threshold: the frontier."""
        return np.asarray(self.means.argmax(axis=1))


def upper_envelope(fixed: np.ndarray, effect: np.ndarray, thresholds: np.ndarray) -> Envelope:
    """Follow the best option of every draw along the thresholds.

    Parameters
    ----------
    fixed, effect : array (sample, option)
        Worth at threshold t is fixed + t * effect, in the unit of `fixed`.
    thresholds : array
        In any order.

    Returns
    -------
    Envelope
        `expected_maximum` (threshold,), `means` and `shares` (threshold, option), in the order of `thresholds`. Where
        options are equal in a draw, the one that comes first in the table counts as best at the lowest threshold, and
        later the one held so far.

    Examples
    --------
    Draw 1 breaks even at 100, draw 2 never.

    >>> fixed, effect = np.array([[0.0, -100.0], [0.0, -1.0]]), np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> found = upper_envelope(fixed, effect, np.array([0.0, 300.0]))
    >>> found.expected_maximum, found.shares[:, 1]
    (array([  0., 100.]), array([0. , 0.5]))
    """
    order = np.argsort(thresholds, kind="stable")
    sorted_thresholds = np.asarray(thresholds, dtype=float)[order]
    sums = _Sums(len(sorted_thresholds), fixed.shape[1])
    # Options go down the rows from here on, so that each pass reads memory in order.
    count, fixed, effect = len(fixed), np.ascontiguousarray(fixed.T), np.ascontiguousarray(effect.T)
    _follow(fixed, effect, sorted_thresholds, sums)
    steps_fixed, steps_effect, counts = (np.cumsum(part, axis=0)[:-1] for part in (sums.fixed, sums.effect, sums.count))
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    expected = (steps_fixed + sorted_thresholds * steps_effect) / count
    means = fixed.mean(axis=1) + np.multiply.outer(np.asarray(thresholds, dtype=float), effect.mean(axis=1))
    return Envelope(np.asarray(thresholds, dtype=float), expected[back], means, (counts / count)[back])


class _Sums:
    """What changes hands at each threshold; the last place takes what happens beyond them."""

    def __init__(self, thresholds: int, options: int) -> None:
        self.fixed = np.zeros(thresholds + 1)
        self.effect = np.zeros(thresholds + 1)
        self.count = np.zeros((thresholds + 1, options))

    def add(self, place: np.ndarray, fixed: np.ndarray, effect: np.ndarray) -> None:
        size = len(self.fixed)
        self.fixed += np.bincount(place, weights=fixed, minlength=size)
        self.effect += np.bincount(place, weights=effect, minlength=size)

    def move(self, place: np.ndarray, option: np.ndarray, sign: int) -> None:
        options = self.count.shape[1]
        moved = np.bincount(place * options + option, minlength=self.count.size)
        self.count += sign * moved.reshape(self.count.shape)


def _follow(fixed: np.ndarray, effect: np.ndarray, thresholds: np.ndarray, sums: _Sums) -> None:
    start, held_fixed, held_effect = _best_at(fixed, effect, thresholds[0])
    first = np.zeros(fixed.shape[1], dtype=np.intp)
    sums.add(first, held_fixed, held_effect)
    sums.move(first, start, 1)
    held = start
    for _ in range(len(fixed) - 1):
        at, taker, taken_fixed, taken_effect = _next_change(fixed, effect, held_fixed, held_effect)
        # A change at a threshold itself counts from the next: there both options are worth the same.
        going = np.flatnonzero(at < thresholds[-1])
        if going.size == 0:
            return
        place = np.searchsorted(thresholds, at[going], side="right")
        held, taker = held[going], taker[going]
        taken_fixed, taken_effect = taken_fixed[going], taken_effect[going]
        sums.add(place, taken_fixed - held_fixed[going], taken_effect - held_effect[going])
        sums.move(place, held, -1)
        sums.move(place, taker, 1)
        held, held_fixed, held_effect = taker, taken_fixed, taken_effect
        fixed, effect = fixed[:, going], effect[:, going]


def _best_at(fixed: np.ndarray, effect: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best option of each draw at one threshold, and its line; of equals the first."""
    option = np.zeros(fixed.shape[1], dtype=np.intp)
    held_fixed, held_effect = fixed[0], effect[0]
    for place in range(1, len(fixed)):
        better = fixed[place] + threshold * effect[place] > held_fixed + threshold * held_effect
        option = np.where(better, place, option)
        held_fixed, held_effect = (
            np.where(better, fixed[place], held_fixed),
            np.where(better, effect[place], held_effect),
        )
    return option, held_fixed, held_effect


def _next_change(
    fixed: np.ndarray, effect: np.ndarray, held_fixed: np.ndarray, held_effect: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where the option held is overtaken (infinite: never), by which and its line; of two at once the steeper."""
    at, taker = np.full(len(held_fixed), np.inf), np.zeros(len(held_fixed), dtype=np.intp)
    taken_fixed, taken_effect = held_fixed, held_effect
    for option in range(len(fixed)):
        steeper = effect[option] - held_effect
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = np.where(steeper > 0, (held_fixed - fixed[option]) / steeper, np.inf)
        sooner = (crossing < at) | ((crossing == at) & (effect[option] > taken_effect))
        at, taker = np.where(sooner, crossing, at), np.where(sooner, option, taker)
        taken_fixed = np.where(sooner, fixed[option], taken_fixed)
        taken_effect = np.where(sooner, effect[option], taken_effect)
    return at, taker, taken_fixed, taken_effect
