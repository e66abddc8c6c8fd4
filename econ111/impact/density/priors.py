"""Log prior densities of free values, each adding its gradient in place."""

from __future__ import annotations

import math

from econ111.impact.density.machine_code import kernel

_HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
_HALF_LOG_TWO_OVER_PI = 0.5 * math.log(2.0 / math.pi)


@kernel
def normal(free, gradient, at, centre, sd):  # type: ignore[no-untyped-def]
    """One value that is Normal(centre, sd)."""
    z = (free[at] - centre) / sd
    gradient[at] -= z / sd
    return -0.5 * z * z - math.log(sd) - _HALF_LOG_TWO_PI


@kernel
def normals(free, gradient, first, count, sd):  # type: ignore[no-untyped-def]
    """`count` values in a row that are Normal(0, sd)."""
    squares = 0.0
    for at in range(first, first + count):
        squares += free[at] * free[at]
        gradient[at] -= free[at] / (sd * sd)
    return -0.5 * squares / (sd * sd) - count * (math.log(sd) + _HALF_LOG_TWO_PI)


@kernel
def log_half_normal(free, gradient, at, scale):  # type: ignore[no-untyped-def]
    """The logarithm of a value that is HalfNormal(scale)."""
    z = math.exp(free[at]) / scale
    gradient[at] += 1.0 - z * z
    return _HALF_LOG_TWO_OVER_PI - math.log(scale) - 0.5 * z * z + free[at]


@kernel
def normal_value(value, centre, sd):  # type: ignore[no-untyped-def]
    """Log density of a value that is Normal(centre, sd) and is no part of the free vector by itself."""
    z = (value - centre) / sd
    return -0.5 * z * z - math.log(sd) - _HALF_LOG_TWO_PI
