"""The distributions a parameter may have, and how each is fitted from what is printed.

`value` is always the mean, so that draws average to the number in the table. The standard deviation s is
`standard_error`, or else a width of the 95% bounds, (high - low) / (2 x 1.96); then, with mean m:

    normal      mean m, sd s
    gamma       shape (m/s)^2, scale s^2/m
    beta        a + b = effective_n, or m(1-m)/s^2 - 1 when that is not given; a = m (a + b)
    lognormal   sd of the log: sqrt(log(1 + (s/m)^2)) from s, or log(high/low) / (2 x 1.96) from bounds; mean m
    uniform     from low to high; m is the middle
    triangular  from low to high with mode 3m - low - high
    dirichlet   a component alone is beta with a + b = effective_n; the group is drawn in `draws`
    fixed       always m
    scenario    always m: a choice that is shown side by side, never drawn

Draws come from the inverse of the distribution function applied to one uniform stream, so a changed standard error
stretches the same draws and does not replace them.

Reference: Briggs, Claxton and Sculpher (2006), Decision Modelling for Health Economic Evaluation, chapter 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

CONSTANT = frozenset({"fixed", "scenario"})
NORMAL_95 = 1.959963984540054
Problem = tuple[str, str, str]


class Spread(Protocol):
    """What a distribution needs to know of a parameter."""

    @property
    def distribution(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def standard_error(self) -> float | None: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def effective_n(self) -> float | None: ...  # noqa: D102


def quantile(parameter: Spread, probability: ArrayLike) -> np.ndarray:
    """Values below which the distribution has the given probabilities.

    Parameters
    ----------
    parameter : Parameter
        Anything with `distribution`, `value` and a spread.
    probability : array
        Strictly between 0 and 1.

    Returns
    -------
    array
        Same shape, in the unit of the parameter.
    """
    return _QUANTILES[parameter.distribution](parameter, np.asarray(probability, dtype=float))


def standard_deviation(parameter: Spread) -> float | None:
    """The standard error as printed, or half the width of the 95% bounds over 1.96; None when neither is given.

    Examples
    --------
    Bounds 80.4 and 119.6 are 39.2 apart; 39.2 / (2 x 1.96) = 10.

    >>> from econ111.parameters import example_parameter
    >>> round(standard_deviation(example_parameter(value=100.0, low=80.4, high=119.6)), 3)
    10.0
    """
    if parameter.standard_error is not None:
        return parameter.standard_error
    if parameter.low is None or parameter.high is None:
        return None
    return (parameter.high - parameter.low) / (2 * NORMAL_95)


def problems_of(parameter: Spread) -> list[Problem]:
    """Why the distribution cannot be built from what is given: (column, what, remedy) each; empty when it can.

    Examples
    --------
    >>> from econ111.parameters import example_parameter
    >>> problems_of(example_parameter(value=1.5, distribution="beta", standard_error=0.1, unit="rate ratio"))
    [('value', 'a beta needs a mean between 0 and 1.', 'Give a proportion, such as 0.59 for 59%.')]
    """
    return _range_problems(parameter) or _CHECKS[parameter.distribution](parameter)


def _range_problems(p: Spread) -> list[Problem]:
    found: list[Problem] = []
    if p.standard_error is not None and p.standard_error <= 0:
        found.append(("standard_error", "a standard error must be above 0.", "Use the distribution 'fixed' for none."))
    if p.effective_n is not None and p.effective_n <= 0:
        found.append(("effective_n", "an effective n must be above 0.", "Give the observations it is worth."))
    if (p.low is None) != (p.high is None):
        found.append(("low", "only one of low and high is given.", "Give both or neither."))
    if p.low is not None and p.high is not None and not (p.low <= p.value <= p.high and p.low < p.high):
        found.append(("value", "low, value and high are out of order.", "The mean must lie between the bounds."))
    return found


def _no_problem(p: Spread) -> list[Problem]:
    return []


def _spread_missing(p: Spread) -> list[Problem]:
    if standard_deviation(p) is None:
        return [("standard_error", f"a {p.distribution} has no spread.", "Give a standard error, or low and high.")]
    return []


def _positive_mean(p: Spread) -> list[Problem]:
    if p.value <= 0:
        return [("value", f"a {p.distribution} needs a mean above 0.", "Use normal if it may be negative.")]
    if p.distribution == "lognormal" and p.low is not None and p.low <= 0:
        return [("low", "a lognormal needs bounds above 0.", "Use normal if it may be negative.")]
    return _spread_missing(p)


def _beta_problems(p: Spread) -> list[Problem]:
    if not 0 < p.value < 1:
        return [("value", "a beta needs a mean between 0 and 1.", "Give a proportion, such as 0.59 for 59%.")]
    if p.effective_n is not None:
        return []
    widest = math.sqrt(p.value * (1 - p.value))
    deviation = standard_deviation(p)
    if deviation is not None and deviation >= widest:
        remedy = f"With mean {p.value:g} it must be below {widest:.4g}."
        return [("standard_error", f"a standard deviation of {deviation:.4g} is too wide for a beta.", remedy)]
    return _spread_missing(p)


def _bounded_problems(p: Spread) -> list[Problem]:
    if p.low is None or p.high is None:
        return [("low", f"a {p.distribution} has no bounds.", "Give low and high.")]
    if p.distribution == "triangular":
        mode = 3 * p.value - p.low - p.high
        if not p.low <= mode <= p.high:
            remedy = f"The mean must lie from {(2 * p.low + p.high) / 3:g} to {(p.low + 2 * p.high) / 3:g}."
            return [("value", "no triangle with these ends has this mean.", remedy)]
        return []
    middle = (p.low + p.high) / 2
    if abs(p.value - middle) > 0.01 * (p.high - p.low):
        return [("value", "the mean of a uniform is the middle of its bounds.", f"Give {middle:g} or other bounds.")]
    return []


def _dirichlet_problems(p: Spread) -> list[Problem]:
    if not 0 <= p.value <= 1:
        return [("value", "a Dirichlet share must be from 0 to 1.", "Give a proportion, such as 0.59 for 59%.")]
    if p.effective_n is None:
        return [("effective_n", "a Dirichlet component has no effective n.", "Give the observations it is worth.")]
    return []


def _normal_quantile(p: Spread, u: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return np.asarray(p.value + _deviation(p) * ndtri(u))


def _gamma_quantile(p: Spread, u: np.ndarray) -> np.ndarray:
    from scipy.special import gammaincinv

    shape = (p.value / _deviation(p)) ** 2
    return np.asarray(gammaincinv(shape, u) * (p.value / shape))


def _beta_quantile(p: Spread, u: np.ndarray) -> np.ndarray:
    from scipy.special import betaincinv

    if p.value in (0.0, 1.0):
        return np.full_like(u, p.value)
    total = p.effective_n if p.effective_n is not None else p.value * (1 - p.value) / _deviation(p) ** 2 - 1
    return np.asarray(betaincinv(p.value * total, (1 - p.value) * total, u))


def _lognormal_quantile(p: Spread, u: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    if p.standard_error is None and p.low is not None and p.high is not None:
        log_deviation = math.log(p.high / p.low) / (2 * NORMAL_95)
    else:
        log_deviation = math.sqrt(math.log1p((_deviation(p) / p.value) ** 2))
    return np.asarray(p.value * np.exp(log_deviation * ndtri(u) - log_deviation**2 / 2))


def _uniform_quantile(p: Spread, u: np.ndarray) -> np.ndarray:
    low, high = _ends(p)
    return low + (high - low) * u


def _triangular_quantile(p: Spread, u: np.ndarray) -> np.ndarray:
    low, high = _ends(p)
    mode = 3 * p.value - low - high
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < (mode - low) / (high - low), rising, falling)


def _constant(p: Spread, u: np.ndarray) -> np.ndarray:
    return np.full_like(u, p.value)


def _deviation(p: Spread) -> float:
    deviation = standard_deviation(p)
    if deviation is None:
        raise ValueError(f"a {p.distribution} without spread must be refused when it is read")
    return deviation


def _ends(p: Spread) -> tuple[float, float]:
    if p.low is None or p.high is None:
        raise ValueError(f"a {p.distribution} without bounds must be refused when it is read")
    return p.low, p.high


_CHECKS: dict[str, Callable[[Spread], list[Problem]]] = {
    "fixed": _no_problem,
    "scenario": _no_problem,
    "normal": _spread_missing,
    "gamma": _positive_mean,
    "lognormal": _positive_mean,
    "beta": _beta_problems,
    "uniform": _bounded_problems,
    "triangular": _bounded_problems,
    "dirichlet": _dirichlet_problems,
}
_QUANTILES: dict[str, Callable[[Spread, np.ndarray], np.ndarray]] = {
    "fixed": _constant,
    "scenario": _constant,
    "normal": _normal_quantile,
    "gamma": _gamma_quantile,
    "lognormal": _lognormal_quantile,
    "beta": _beta_quantile,
    "uniform": _uniform_quantile,
    "triangular": _triangular_quantile,
    "dirichlet": _beta_quantile,
}
DISTRIBUTIONS = tuple(_CHECKS)
