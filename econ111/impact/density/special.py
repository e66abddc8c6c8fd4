"""Log-gamma with its derivatives, and sums of logarithms of rising factorials as tabulated functions.

Every count enters the likelihood through a rising factorial, log (a)_y = log G(y + a) - log G(a). Where the same `a`
serves many months, the sum over months is a smooth function of one number, log a: it is tabulated once for a data set,
as quintic Hermite pieces, so that a step of the sampler costs the same whatever the number of months. The pieces are
exact to about 1e-9 of a log density; outside the table the function is a straight line in log a, as its limits are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

from econ111.impact.density.machine_code import kernel

# Above this the asymptotic series, with the terms below, is exact to 1e-15.
_LARGE = 8.0
_HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
# The table's range of log a, and its pieces in a unit of it.
_LOWEST, _HIGHEST, _PIECES = -18.0, 14.0, 16


@kernel
def log_gamma_and_slope(x: float) -> tuple[float, float]:
    """Logarithm of the gamma function and its derivative, the digamma function (Abramowitz and Stegun 6.1.41, 6.3.18).

    A small argument is first raised by the recurrence G(x + 1) = x G(x).
    """
    product, inverses = 1.0, 0.0
    while x < _LARGE:
        product *= x
        inverses += 1.0 / x
        x += 1.0
    log_x, square = math.log(x), 1.0 / (x * x)
    tail = 1 / 1188 + square * (-691 / 360360 + square / 156)
    tail = 1 / 12 + square * (-1 / 360 + square * (1 / 1260 + square * (-1 / 1680 + square * tail)))
    value = (x - 0.5) * log_x - x + _HALF_LOG_TWO_PI + tail / x
    drop = 1 / 240 - square * (1 / 132 - square * (691 / 32760 - square / 12))
    drop = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * drop)))
    return value - math.log(product), log_x - 0.5 / x - drop - inverses


@kernel
def curvature(x: float) -> float:
    """Second derivative of the log gamma function, the trigamma function (Abramowitz and Stegun 6.4.12)."""
    inverses = 0.0
    while x < _LARGE:
        inverses += 1.0 / (x * x)
        x += 1.0
    square = 1.0 / (x * x)
    tail = -1 / 30 + square * (5 / 66 + square * (-691 / 2730 + square * 7 / 6))
    tail = 1 / 6 + square * (-1 / 30 + square * (1 / 42 + square * tail))
    return inverses + 1.0 / x + 0.5 * square + square * tail / x


def log_factorials(largest: int) -> np.ndarray:
    """Logarithm of n! for n from 0 to `largest`."""
    return np.asarray(gammaln(np.arange(largest + 1) + 1.0))


def rising_tables(counts: Sequence[np.ndarray]) -> np.ndarray:
    """Tabulate the sum over each array of counts of log (a)_y as a function of log a (table, piece, coefficient)."""
    pieces = int((_HIGHEST - _LOWEST) * _PIECES)
    tables = np.zeros((len(counts), pieces, 6))
    for table, values in zip(tables, counts, strict=True):
        distinct, often = np.unique(np.asarray(values, dtype=float), return_counts=True)
        _fill(table, distinct, often.astype(float))
    return tables


@kernel
def rising_sum(table, log_a):  # type: ignore[no-untyped-def]
    """The tabulated sum at log a, and its derivative by log a."""
    place = (log_a - _LOWEST) * _PIECES
    inside = min(max(place, 0.0), float(table.shape[0]))
    piece = min(int(inside), table.shape[0] - 1)
    t = inside - piece
    c = table[piece]
    value = c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))))
    slope = c[1] + t * (2 * c[2] + t * (3 * c[3] + t * (4 * c[4] + t * 5 * c[5])))
    return value + slope * (place - inside), slope * _PIECES


@kernel
def _fill(table, distinct, often):  # type: ignore[no-untyped-def]
    """Coefficients of each piece from value, slope and curvature at its ends, in units of a piece."""
    step = 1.0 / _PIECES
    for piece in range(table.shape[0] + 1):
        a = math.exp(_LOWEST + piece * step)
        value, slope, bend = _sums(a, distinct, often)
        slope, bend = slope * step, bend * step * step
        if piece > 0:
            c = table[piece - 1]
            rise = value - c[0]
            c[3] = 10 * rise - 6 * c[1] - 4 * slope - 3 * c[2] + 0.5 * bend
            c[4] = -15 * rise + 8 * c[1] + 7 * slope + 3 * c[2] - bend
            c[5] = 6 * rise - 3 * c[1] - 3 * slope - c[2] + 0.5 * bend
        if piece < table.shape[0]:
            table[piece, 0], table[piece, 1], table[piece, 2] = value, slope, 0.5 * bend


@kernel
def _sums(a, distinct, often):  # type: ignore[no-untyped-def]
    """The sum at `a` and its first and second derivatives by log a."""
    base, slope_base = log_gamma_and_slope(a)
    bend_base = curvature(a)
    total, slopes, bends = 0.0, 0.0, 0.0
    for at in range(distinct.size):
        if distinct[at] > 0:
            value, slope = log_gamma_and_slope(distinct[at] + a)
            total += often[at] * (value - base)
            slopes += often[at] * (slope - slope_base)
            bends += often[at] * (curvature(distinct[at] + a) - bend_base)
    return total, a * slopes, a * slopes + a * a * bends
