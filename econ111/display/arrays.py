"""What the variables of a result are, and in which unit, written on the xarray data themselves.

Xarray carries these words through arithmetic: a quotient of two counts still says "calls". Whoever divides drops them
with `.drop_attrs()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xarray as xr

CALLS_A_MONTH = "answered calls a month"
# Name of a variable: what it is, and its unit.
VARIABLES: Mapping[str, tuple[str, str]] = {
    "expected_mental": ("Calls expected on the mental-health line", CALLS_A_MONTH),
    "expected_without": ("Calls expected on the physical-health line without the service", CALLS_A_MONTH),
    "expected_with": ("Calls expected on the physical-health line with the service", CALLS_A_MONTH),
    "displacement": ("Fall of the physical-health line when the service is in full use, on the log rate", "log ratio"),
    "ramp_months": ("Months until the service is in use", "months"),
    "share": ("Share of recorded calls that end in a disposition", "proportion"),
    "unrecorded_share": ("Share of answered calls without a disposition", "proportion"),
    "abandoned_share": ("Share of offered calls given up before an answer", "proportion"),
    "physical_relative_sd": ("Scatter of months about the expected calls, physical line", "proportion"),
    "mental_relative_sd": ("Scatter of months about the expected calls, mental line", "proportion"),
    "physical_level_sd": ("Size of a monthly step of the level, physical line", "log ratio"),
    "mental_level_sd": ("Size of a monthly step of the level, mental line", "log ratio"),
    "without_service": ("Expected number without the service", "number in the evaluation period"),
    "with_service": ("Expected number with the service", "number in the evaluation period"),
    "avoided": ("Expected number avoided; positive is fewer", "number in the evaluation period"),
    "calls": ("Calls answered by the service", "calls in the evaluation period"),
    "cost_without": ("Cost without the service", "GBP in the evaluation period"),
    "cost_with": ("Cost with the service", "GBP in the evaluation period"),
    "cost_avoided": ("Cost avoided at average cost; positive is less spent", "GBP in the evaluation period"),
    "economic_value": ("Value avoided at average cost; not cash", "GBP a year"),
    "cash": ("Cash that leaves a budget line", "GBP a year"),
    "service_cost": ("Cost of the service", "GBP a year"),
    "capacity_released": ("Capacity released", "in the unit of capacity_unit, a year"),
}
DIMS: Mapping[str, str] = {
    "trust": "Trust",
    "month": "Month",
    "line": "Line",
    "stage": "Stage of the mix",
    "disposition": "Disposition",
    "estimand": "Estimand",
    "consequence": "Consequence",
    "payer": "Payer",
    "year": "Year after the evaluation period",
    "capacity": "Capacity",
    "item": "Referral or consequence",
}


def label_draws[Data: xr.Dataset](data: Data, *, title: str, synthetic: bool, price_year: str = "") -> Data:
    """The same data with a title, units and the word synthetic; what it said already is kept.

    Parameters
    ----------
    data : Dataset
        Draws or data of an evaluation.
    title : str
        Of the evaluation.
    synthetic : bool
        Whether its data are made up: attribute `synthetic` is 1 or 0, as in `check_outcomes`.
    price_year : str
        Written on each variable in GBP that does not say its own.

    Examples
    --------
    >>> data = xr.Dataset({"calls": ("trust", [120.0])}, coords={"trust": ["RKL"]})
    >>> label_draws(data, title="Example", synthetic=True).calls.attrs["units"]
    'calls in the evaluation period'
    """
    labelled = data.copy(deep=False).assign_attrs({"title": title, **data.attrs, "synthetic": int(synthetic)})
    for name in map(str, labelled.variables):
        words = _words(name, labelled[name].attrs, price_year)
        mark = {"synthetic": int(synthetic)} if name in labelled.data_vars else {}
        labelled[name].attrs = {**words, **labelled[name].attrs, **mark}
    return labelled


def _words(name: str, said: Mapping[str, Any], price_year: str) -> dict[str, str]:
    if name in DIMS:
        return {"long_name": DIMS[name]}
    what, unit = VARIABLES.get(name, ("", ""))
    unit = str(said.get("unit") or said.get("units") or unit)
    words = {"long_name": what or str(said.get("description", "")), "units": unit}
    if unit.startswith("GBP") and price_year:
        words["price_year"] = price_year
    return {key: value for key, value in words.items() if value}
