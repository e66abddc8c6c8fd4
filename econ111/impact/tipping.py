"""Tipping points: how unlike the recorded calls the unrecorded ones would have to be for an answer to change.

An answer (the sign of an estimate, or its verdict) is known at each point of a grid of log odds ratios. The tipping
point is the nearest one to 0, where unrecorded calls are like recorded ones, at which the answer is another; between
two points of the grid, what decides the answer is taken as a straight line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LINE_WORDS = {
    "mental": "on the mental-health line",
    "physical": "on the physical-health line",
    "both": "on both lines",
}


@dataclass(frozen=True)
class Tipping:
    """Where an answer changes and what it becomes; NaN and the same answer when it never does on the grid."""

    log_odds: float
    answer: str
    becomes: str

    @property
    def found(self) -> bool:
        """Whether there is one within the grid."""
        return bool(np.isfinite(self.log_odds))


def sign_tipping(expected: np.ndarray, grid: np.ndarray) -> Tipping:
    """Where an expected avoided number changes its sign.

    Parameters
    ----------
    expected : array (point)
        Mean avoided number at each point; positive is fewer.
    grid : array (point)
        Log odds ratios in increasing order, 0 in the middle.

    Examples
    --------
    >>> grid = np.array([-1.0, 0.0, 1.0])
    >>> sign_tipping(np.array([6.0, 3.0, -1.0]), grid)
    Tipping(log_odds=0.75, answer='fewer', becomes='more')
    >>> sign_tipping(np.array([6.0, 3.0, 1.0]), grid).found
    False
    """
    answers = ["fewer" if value > 0 else "more" if value < 0 else "none" for value in expected]
    return _nearest(answers, grid, lambda before, after: _share_of_step(expected[before], expected[after], 0.0))


def verdict_tipping(
    words: Sequence[str],
    probability: np.ndarray,
    prior_share: np.ndarray,
    grid: np.ndarray,
    *,
    rules: Mapping[str, float],
) -> Tipping:
    """Where a verdict changes.

    Parameters
    ----------
    words : sequence of str (point)
        Verdicts of `judge`.
    probability : array (point)
        Probability of fewer.
    prior_share : array (point)
        Share of variance that assumptions own.
    grid : array (point)
        Log odds ratios in increasing order, 0 in the middle.
    rules : mapping
        `probability` and `prior_share`, as in `judge`.
    """
    certain = np.maximum(probability, 1 - probability)

    def step(before: int, after: int) -> float:
        decides, level = certain, rules["probability"]
        if (certain[before] >= level) == (certain[after] >= level):
            decides, level = prior_share, rules["prior_share"]
        return _share_of_step(decides[before], decides[after], level)

    return _nearest(words, grid, step)


def odds_in_words(log_odds: float, *, what: str, line: str, limit: float) -> str:
    """A tipping point as a sentence's subject and condition.

    Parameters
    ----------
    log_odds : float
        NaN when there is none.
    what : str
        The disposition in words, such as "ED".
    line : str
        A key of `LINE_WORDS`.
    limit : float
        Largest odds ratio of the grid.

    Examples
    --------
    >>> print(odds_in_words(np.log(3.2), what="ED", line="both", limit=20.0))
    the odds of ED among unrecorded calls on both lines would have to be 3.2 times those among recorded ones
    >>> odds_in_words(float("nan"), what="ED", line="mental", limit=20.0)
    'none within odds ratios of 1/20 to 20'
    """
    if not np.isfinite(log_odds):
        return f"none within odds ratios of 1/{limit:g} to {limit:g}"
    ratio = float(np.exp(abs(log_odds)))
    size = f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
    times = size if log_odds > 0 else f"1/{size}"
    return (
        f"the odds of {what} among unrecorded calls {LINE_WORDS[line]} would have to be {times} times those among "
        "recorded ones"
    )


def _nearest(answers: Sequence[str], grid: np.ndarray, step: Callable[[int, int], float]) -> Tipping:
    """The change nearest to 0 on either side; `step` says how far between two points it lies."""
    middle = len(grid) // 2
    here = answers[middle]
    found = Tipping(float("nan"), here, here)
    for direction in (1, -1):
        after = middle + direction
        while 0 <= after < len(grid) and answers[after] == here:
            after += direction
        if not 0 <= after < len(grid):
            continue
        before = after - direction
        place = float(grid[before] + step(before, after) * (grid[after] - grid[before]))
        if not found.found or abs(place) < abs(found.log_odds):
            found = Tipping(place, here, answers[after])
    return found


def _share_of_step(before: float, after: float, level: float) -> float:
    """How far between two values a level lies, from 0 to 1."""
    if before == after:
        return 1.0
    return float(np.clip((level - before) / (after - before), 0.0, 1.0))
