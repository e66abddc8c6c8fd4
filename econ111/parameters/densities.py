"""Log densities of parameters, up to a constant: what asks how much a result leans on an assumption.

The distributions are those of `distributions`, fitted in the same way. A value that is always the same has none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from econ111.parameters.distributions import CONSTANT, NORMAL_95, standard_deviation
from econ111.parameters.parameter import Parameter


def log_density(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    """Log density of a single parameter at some values, up to a constant.

    Parameters
    ----------
    parameter : Parameter
        Not a component of a group.
    values : array (sample)
        In the parameter's unit, inside its range.

    Returns
    -------
    array (sample)
        Zero everywhere for a fixed value, a scenario or a uniform.

    Examples
    --------
    A beta with mean 0.5 and sd 1/sqrt(20) has a = b = 2: the density is proportional to x (1 - x).

    >>> from econ111.parameters import example_parameter
    >>> half = example_parameter(value=0.5, distribution="beta", standard_error=20**-0.5, unit="proportion")
    >>> np.exp(log_density(half, np.array([0.5, 0.2]))).round(2).tolist()
    [0.25, 0.16]
    """
    kind, mean = parameter.distribution, parameter.value
    if kind in CONSTANT or kind == "uniform":
        return np.zeros_like(values)
    if kind == "triangular":
        return _triangular(parameter, values)
    if kind == "beta" and parameter.effective_n is not None:
        return _beta(values, mean, parameter.effective_n)
    deviation = standard_deviation(parameter) or math.inf
    if kind == "normal":
        return np.asarray(-0.5 * ((values - mean) / deviation) ** 2)
    if kind == "gamma":
        shape = (mean / deviation) ** 2
        return np.asarray((shape - 1.0) * np.log(values) - values * shape / mean)
    if kind == "beta":
        return _beta(values, mean, mean * (1.0 - mean) / deviation**2 - 1.0)
    return _lognormal(parameter, values, deviation)


def log_density_of_group(members: Sequence[Parameter], shares: np.ndarray) -> np.ndarray:
    """Log density of a Dirichlet group, up to a constant.

    Parameters
    ----------
    members : sequence of Parameter
        Components in the order of `shares`.
    shares : array (sample, component)
        Each row sums to 1.

    Returns
    -------
    array (sample)
    """
    alpha = np.array([member.value * (member.effective_n or 0.0) for member in members])
    drawn = alpha > 0
    return np.asarray(((alpha[drawn] - 1.0) * np.log(np.maximum(shares[:, drawn], 1e-300))).sum(axis=1))


def _beta(values: np.ndarray, mean: float, total: float) -> np.ndarray:
    first, second = mean * total, (1.0 - mean) * total
    return np.asarray((first - 1.0) * np.log(values) + (second - 1.0) * np.log1p(-values))


def _lognormal(parameter: Parameter, values: np.ndarray, deviation: float) -> np.ndarray:
    spread = math.sqrt(math.log1p((deviation / parameter.value) ** 2))
    if parameter.standard_error is None and parameter.low is not None and parameter.high is not None:
        spread = math.log(parameter.high / parameter.low) / (2 * NORMAL_95)
    centre = math.log(parameter.value) - spread**2 / 2
    return np.asarray(-np.log(values) - 0.5 * ((np.log(values) - centre) / spread) ** 2)


def _triangular(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    low, high = parameter.low or 0.0, parameter.high or 0.0
    mode = 3 * parameter.value - low - high
    with np.errstate(divide="ignore"):
        rising = np.log((values - low) / (mode - low)) if mode > low else np.zeros_like(values)
        falling = np.log((high - values) / (high - mode)) if high > mode else np.zeros_like(values)
    return np.where(values < mode, rising, falling)
