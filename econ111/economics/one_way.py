"""One-way sensitivity: each uncertain parameter in turn at its own low and high, all else as drawn.

The bounds are the ends of the equal-tailed interval of the parameter's own draws. The result is computed again from the
same draws each time, exactly: no regression, no second set of random numbers. Parameters that are drawn jointly in
groups are not varied alone, as moving one would break the group; they are listed as joint.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from econ111.display import as_table
from econ111.economics.joint import SAMPLE
from econ111.economics.tables import frame_of
from econ111.errors import InputError
from econ111.intervals import INTERVAL_LEVEL, summarise

VARIED, NO_EFFECT, FIXED, JOINT = "varied", "no effect", "fixed", "joint"


def one_way(
    result: Callable[[xr.Dataset], xr.DataArray], parameters: xr.Dataset, *, level: float = INTERVAL_LEVEL
) -> pd.DataFrame:
    """How far each parameter alone moves the expected result.

    Parameters
    ----------
    result : callable
        Given parameters, the draws of the result (sample, ...). It must use the parameters it is given, and nothing
        random.
    parameters : Dataset (sample)
        One variable per parameter, with attribute `unit`.
    level : float
        Probability between a parameter's low and high.

    Returns
    -------
    DataFrame
        One row per parameter and label of the result: parameter, unit, status, the labels, low_value, high_value (of
        the parameter), central (expected result on the draws as they are), at_low, at_high, swing, level, result_unit,
        price_year. `swing` is the range of central, at_low and at_high, in the unit of the result, so that a parameter
        with a turning point does not look harmless. Sorted by swing, largest first, within each label. `status` is
        'varied', 'no effect' (the result is the same in every draw), 'fixed' (a constant) or 'joint'.

    Raises
    ------
    InputError
        When the result has no `sample` dim, or a parameter has draws that are not finite.

    Examples
    --------
    >>> draws = xr.Dataset({"a": ("sample", [1.0, 2.0, 3.0]), "b": ("sample", [5.0, 5.0, 5.0])})
    >>> one_way(lambda given: 10 * given["a"], draws, level=1.0)[["parameter", "status", "at_low", "at_high"]]
    The result when one parameter alone is at its low or high end
    parameter status at_low at_high
            a varied     10      30
            b  fixed      –       –
    (100% intervals)
    """
    _check_finite(parameters)
    as_drawn = result(parameters)
    if SAMPLE not in as_drawn.dims:
        raise InputError("The result has no 'sample' dim. Return draws; they are averaged here.")
    names = [str(name) for name in parameters.data_vars]
    rows = pd.concat([_rows(name, result, parameters, as_drawn, level) for name in names], ignore_index=True)
    labels = [str(dim) for dim in as_drawn.dims if dim != SAMPLE]
    rows["_place"] = rows.groupby(labels, sort=False).ngroup() if labels else 0
    ordered = rows.sort_values(["_place", "swing"], ascending=[True, False], kind="stable", na_position="last")
    about = {"result_unit": as_drawn.attrs.get("unit", ""), "price_year": as_drawn.attrs.get("price_year", "")}
    found = ordered.drop(columns="_place").reset_index(drop=True).assign(level=level, **about)
    return as_table(found, "The result when one parameter alone is at its low or high end")


def _rows(
    name: str,
    result: Callable[[xr.Dataset], xr.DataArray],
    parameters: xr.Dataset,
    as_drawn: xr.DataArray,
    level: float,
) -> pd.DataFrame:
    parameter = parameters[name]
    central = as_drawn.mean(SAMPLE)
    if _is_constant(parameter) or set(parameter.dims) != {SAMPLE}:
        status, low, high = (FIXED if _is_constant(parameter) else JOINT), np.nan, np.nan
        at_low = at_high = xr.full_like(central, np.nan)
    else:
        bounds = summarise(parameter, level=level)
        low, high = float(bounds["low"]), float(bounds["high"])
        results = [
            result(parameters.assign({name: xr.full_like(parameter, value, dtype=float)})) for value in (low, high)
        ]
        status = NO_EFFECT if all(bool((moved == as_drawn).all()) for moved in results) else VARIED
        at_low, at_high = (moved.mean(SAMPLE) for moved in results)
    ends = xr.concat([central, at_low, at_high], dim="_end", coords="minimal")
    swing = (ends.max("_end") - ends.min("_end")).where(np.isfinite(at_low))
    table = frame_of(xr.Dataset({"central": central, "at_low": at_low, "at_high": at_high, "swing": swing}))
    table.insert(0, "parameter", name)
    table.insert(1, "unit", str(parameter.attrs.get("unit", "")))
    table.insert(2, "status", status)
    table.insert(3, "low_value", low)
    table.insert(4, "high_value", high)
    return table


def _is_constant(parameter: xr.DataArray) -> bool:
    if SAMPLE not in parameter.dims:
        return True
    return bool((parameter.min(SAMPLE) == parameter.max(SAMPLE)).all())


def _check_finite(parameters: xr.Dataset) -> None:
    if not parameters.data_vars:
        raise InputError("There is no parameter to vary. Pass a Dataset with one variable per parameter.")
    wrong = [str(name) for name, draws in parameters.data_vars.items() if not bool(np.isfinite(draws).all())]
    if wrong:
        raise InputError(f"Draws that are not finite: {', '.join(wrong)}. Check how these parameters were drawn.")
