"""Where the answer turns: the value of one parameter at which the expected result is 0, and two parameters at once.

Both put the parameter at one value in every draw and compute the result again from the same draws. A break-even
value is looked for between two ends that make sense for the parameter; when the expected result has one sign at both,
none is reported, with the sign it keeps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics.joint import SAMPLE
from econ111.errors import InputError, nearest

type Result = Callable[[xr.Dataset], xr.DataArray]
FOUND, ABOVE, BELOW, NO_EFFECT = "found", "above 0 at both ends", "below 0 at both ends", "no effect"
_STEPS = 60
_CORNERS = 5
_CLOSE = 1e-9


@dataclass(frozen=True)
class Search:
    """A parameter and the ends between which its break-even value is looked for."""

    parameter: str
    low: float
    high: float
    label: str


def break_even(result: Result, parameters: xr.Dataset, searches: Sequence[Search]) -> pd.DataFrame:
    """The value of each parameter alone at which the expected result is 0.

    Parameters
    ----------
    result : callable
        Given parameters, draws (sample) of the result, without other dims and without anything random.
    parameters : Dataset (sample)
        All parameters, as drawn.
    searches : sequence of Search
        Which, and between which ends.

    Returns
    -------
    DataFrame
        label, parameter, unit, status, break_even (NaN unless found), expected (mean of the parameter as drawn), low,
        high, at_low, at_high (expected result at the ends), result_unit, price_year. `status` says which sign the
        expected result keeps when none is found. Should the result cross 0 more than once, one crossing is given.

    Raises
    ------
    InputError
        For a parameter that was not drawn or ends the wrong way round.

    Examples
    --------
    >>> draws = xr.Dataset({"price": ("sample", [8.0, 12.0]), "number": ("sample", [1.0, 3.0])})
    >>> found = break_even(lambda p: 60 - p["price"] * p["number"], draws, [Search("price", 0, 100, "Price")])
    >>> found[["status", "break_even", "expected"]].values.tolist()
    [['found', 30.0, 10.0]]
    """
    return pd.DataFrame([_row(result, parameters, search) for search in searches])


def two_way(
    result: Result, parameters: xr.Dataset, *, across: Mapping[str, Sequence[float]], level: float = math.nan
) -> pd.DataFrame:
    """The expected result with two parameters at chosen values, all else as drawn.

    Parameters
    ----------
    result, parameters
        As for `break_even`.
    across : mapping
        Two names, each with the values it is put at.
    level : float
        Of the intervals from which the values come, when they do; for the table.

    Returns
    -------
    DataFrame
        first, first_value, second, second_value, expected, probability (share of draws above 0), level, result_unit,
        price_year.

    Raises
    ------
    InputError
        When there are not two names, or one was not drawn.

    Examples
    --------
    >>> draws = xr.Dataset({"a": ("sample", [1.0, 2.0]), "b": ("sample", [3.0, 4.0])})
    >>> two_way(lambda p: p["a"] * p["b"], draws, across={"a": [0.0, 1.0], "b": [2.0, 5.0]}).expected.tolist()
    [0.0, 0.0, 2.0, 5.0]
    """
    if len(across) != 2:
        raise InputError(f"A two-way table is of two parameters; {len(across)} are named.")
    (first, ones), (second, others) = across.items()

    def at(one: float, other: float) -> xr.DataArray:
        return result(_put(_put(parameters, first, one), second, other))

    surface = _bilinear(at, ones, others) or at
    rows = []
    for one in ones:
        for other in others:
            draws = surface(one, other)
            rows.append((first, one, second, other, float(draws.mean()), float((draws > 0).mean())))
    columns = ["first", "first_value", "second", "second_value", "expected", "probability"]
    about = {"result_unit": str(draws.attrs.get("unit", "")), "price_year": str(draws.attrs.get("price_year", ""))}
    return pd.DataFrame(rows, columns=columns).assign(level=level, **about)


def _bilinear(
    at: Callable[[float, float], xr.DataArray], ones: Sequence[float], others: Sequence[float]
) -> Callable[[float, float], xr.DataArray] | None:
    """The result from its four corners, when it is bilinear in every draw; None when its middle says that it is not."""
    (low, high), (left, right) = (min(ones), max(ones)), (min(others), max(others))
    if not (low < high and left < right) or len(ones) * len(others) <= _CORNERS:
        return None
    corners = [at(one, other) for one in (low, high) for other in (left, right)]

    def between(one: float, other: float) -> xr.DataArray:
        up, along = (one - low) / (high - low), (other - left) / (right - left)
        weights = ((1 - up) * (1 - along), (1 - up) * along, up * (1 - along), up * along)
        mixed = sum(weight * corner for weight, corner in zip(weights, corners, strict=True))
        return xr.DataArray(mixed).assign_attrs(corners[0].attrs)

    middle = (0.6 * low + 0.4 * high, 0.3 * left + 0.7 * right)
    size = max(float(abs(corner).max()) for corner in corners)
    return between if float(abs(at(*middle) - between(*middle)).max()) <= _CLOSE * size else None


def _row(result: Result, parameters: xr.Dataset, search: Search) -> dict[str, object]:
    if not search.low < search.high:
        raise InputError(f"The ends of {search.parameter!r} are {search.low} and {search.high}; give the lower first.")
    about: dict[str, str] = {}

    def expected(value: float) -> float:
        draws = result(_put(parameters, search.parameter, value))
        if set(draws.dims) != {SAMPLE}:
            raise InputError("The result needs the dim 'sample' and no other. Choose or total the rest first.")
        about.update(unit=str(draws.attrs.get("unit", "")), year=str(draws.attrs.get("price_year", "")))
        return float(draws.mean())

    at_low, at_high = expected(search.low), expected(search.high)
    status, value = _crossing(expected, search.low, search.high, at_low, at_high)
    drawn = parameters[search.parameter]
    return {
        "label": search.label, "parameter": search.parameter, "unit": str(drawn.attrs.get("unit", "")),
        "status": status, "break_even": value, "expected": float(drawn.mean()), "low": search.low, "high": search.high,
        "at_low": at_low, "at_high": at_high, "result_unit": about["unit"], "price_year": about["year"],
    }  # fmt: skip


def _crossing(
    expected: Callable[[float], float], low: float, high: float, at_low: float, at_high: float
) -> tuple[str, float]:
    """One step of the straight line first, which is exact for a linear result; then halving with it."""
    scale = max(abs(at_low), abs(at_high))
    if abs(at_low - at_high) <= _CLOSE * max(scale, 1e-300):
        return NO_EFFECT, math.nan
    if at_low * at_high > 0:
        return (ABOVE if at_low > 0 else BELOW), math.nan
    for step in range(_STEPS):
        line = low + (high - low) * at_low / (at_low - at_high)
        middle = line if step % 2 == 0 else (low + high) / 2
        at_middle = expected(middle)
        if abs(at_middle) <= _CLOSE * scale:
            return FOUND, middle
        if at_low * at_middle <= 0:
            high, at_high = middle, at_middle
        else:
            low, at_low = middle, at_middle
    return FOUND, (low + high) / 2


def _put(parameters: xr.Dataset, name: str, value: float) -> xr.Dataset:
    if name not in parameters:
        raise InputError(f"{name!r} was not drawn. {nearest(name, map(str, parameters.data_vars))}")
    if set(parameters[name].dims) - {SAMPLE}:
        raise InputError(f"{name!r} is a group of shares and cannot be put at one value. Choose a single parameter.")
    one = parameters[name]
    fixed = xr.DataArray(np.full(parameters.sizes[SAMPLE], float(value)), dims=SAMPLE, attrs=one.attrs)
    return parameters.assign({name: fixed})
