"""Where the answer of one evaluation turns: break-even values, and the two widest parameters together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics.one_way import VARIED
from econ111.economics.thresholds import Search, break_even, two_way
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.specs.schema import Economics
from econ111.specs.staffing import STAFFING

PROBABILITIES = {
    "attended.ed.ed_attendance": "Chance of attending after advice to go to ED",
    "attended.primary_care.ed_attendance": "Chance of attending ED after advice to see primary care",
}
STEPS = 5
HIGHEST_COST_PER_CALL = 2_000.0


def turning_points(
    result: Callable[[xr.Dataset], xr.DataArray], parameters: xr.Dataset, one_way: pd.DataFrame, economics: Economics
) -> dict[str, pd.DataFrame]:
    """Break-even values of what decides most, and a two-way table of the two widest parameters.

    Parameters
    ----------
    result : callable
        Expected net value of all trusts (sample) under given parameters, from the same draws.
    parameters : Dataset (sample)
        Those that may be varied.
    one_way : DataFrame
        Result of `one_way` for the same.
    economics : Economics
        Names the base cost per call.

    Returns
    -------
    dict of DataFrame
        `thresholds` and `two_way`; see `break_even` and `two_way`.
    """
    searches = []
    if economics.service_cost != STAFFING:
        name = economics.service_cost_bases[economics.service_cost]
        searches.append(Search(name, 0.0, HIGHEST_COST_PER_CALL, "Cost per call"))
    searches += [Search(name, 0.0, 1.0, label) for name, label in PROBABILITIES.items() if name in parameters]
    searches += [
        Search(item.unit_cost, 0.0, 10 * float(parameters[item.unit_cost].mean()), f"Unit cost of {item.label}")
        for item in economics.consequences[:1]
        if item.unit_cost
    ]
    tables = {"thresholds": break_even(result, parameters, searches)}
    widest = one_way[one_way.status == VARIED].drop_duplicates("parameter").parameter.head(2)
    if len(widest) == 2:
        across = {str(name): _levels(parameters[name]) for name in widest}
        tables["two_way"] = two_way(result, parameters, across=across, level=INTERVAL_LEVEL)
    return tables


def _levels(draws: xr.DataArray) -> list[float]:
    """From the low to the high end of the parameter's own interval, evenly."""
    ends = summarise(draws)
    return [float(value) for value in np.linspace(float(ends["low"]), float(ends["high"]), STEPS)]
