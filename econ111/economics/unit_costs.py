"""From drawn parameters to unit costs by consequence and costs per call by basis.

The evaluation says which parameter values which consequence. Here the named parameters are put side by side on one
dim, after a check that each is a cost in GBP and that all are in one price year.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from econ111.economics.joint import SAMPLE, check_joint, common_price_year
from econ111.errors import InputError, nearest


def unit_costs_from(parameters: xr.Dataset, names: Mapping[str, str]) -> xr.DataArray:
    """Unit cost of each valued consequence.

    Parameters
    ----------
    parameters : Dataset (sample)
        Drawn parameters, each with attributes `unit` ("GBP per ...") and `price_year`.
    names : mapping
        Consequence to the name of its parameter. A consequence left out is reported in natural units, not valued.

    Returns
    -------
    DataArray (sample, consequence)
        GBP per unit of consequence, in attribute `price_year`; coordinate `cost_unit` keeps each unit.

    Raises
    ------
    InputError
        When a parameter is unknown, is not a cost, is negative or not finite, or price years are mixed.

    Examples
    --------
    >>> ed = xr.DataArray([280.17], dims="sample", attrs={"unit": "GBP per attendance", "price_year": "2024/25"})
    >>> unit_costs_from(xr.Dataset({"ed_average": ed}), {"ed_attendance": "ed_average"}).item()
    280.17
    """
    return _side_by_side(parameters, names, "consequence")


def cost_per_call_from(parameters: xr.Dataset, names: Mapping[str, str]) -> xr.DataArray:
    """Cost of one call on each basis; the bases are scenarios and are never averaged.

    Parameters
    ----------
    parameters : Dataset (sample)
        Drawn parameters, each with attributes `unit` ("GBP per ...") and `price_year`.
    names : mapping
        Basis to the name of its parameter.

    Returns
    -------
    DataArray (sample, basis)
        GBP per call, in attribute `price_year`.

    Raises
    ------
    InputError
        As for `unit_costs_from`.

    Examples
    --------
    >>> a19 = xr.DataArray([184.55], dims="sample", attrs={"unit": "GBP per care contact", "price_year": "2024/25"})
    >>> cost_per_call_from(xr.Dataset({"a19": a19}), {"recorded contact": "a19"}).item()
    184.55
    """
    return _side_by_side(parameters, names, "basis")


def check_costs(costs: xr.DataArray, *, name: str) -> xr.DataArray:
    """Stop unless every cost is finite and not negative.

    Raises
    ------
    InputError
        Naming the first label that is wrong.
    """
    numbers = costs.to_numpy()
    wrong = ~(np.isfinite(numbers) & (numbers >= 0))
    if not wrong.any():
        return costs
    place = zip(costs.dims, np.argwhere(wrong)[0], strict=True)
    labels = [str(costs[dim].values[index]) for dim, index in place if dim in costs.indexes and dim != SAMPLE]
    where = f" of {', '.join(labels)}" if labels else ""
    raise InputError(
        f"{name}{where} is negative or not finite. Costs must be 0 or above in every draw; check the draws."
    )


def _side_by_side(parameters: xr.Dataset, names: Mapping[str, str], dim: str) -> xr.DataArray:
    if not names:
        raise InputError(f"No parameter is named for any {dim}. Name at least one.")
    chosen = {label: _cost(parameters, name, label) for label, name in names.items()}
    check_joint(chosen)
    year = common_price_year(chosen)
    units = [str(cost.attrs["unit"]) for cost in chosen.values()]
    first, *others = xr.broadcast(*chosen.values())
    values = np.stack([cost.values for cost in (first, *others)], axis=-1)
    coords = {dim: list(chosen), "cost_unit": (dim, units), "parameter": (dim, list(names.values()))}
    about = {"unit": f"GBP per {_one(dim)}", "price_year": year}
    return xr.DataArray(values, {**first.coords, **coords}, (*first.dims, dim), "unit_cost", about)


def _one(dim: str) -> str:
    return "call" if dim == "basis" else "unit of consequence"


def _cost(parameters: xr.Dataset, name: str, label: str) -> xr.DataArray:
    if name not in parameters:
        suggestion = nearest(name, map(str, parameters.data_vars))
        raise InputError(f"The cost of {label!r} is to be parameter {name!r}, which was not drawn. {suggestion}")
    cost = parameters[name]
    unit = str(cost.attrs.get("unit", ""))
    if not unit.startswith("GBP per "):
        raise InputError(
            f"Parameter {name!r} has unit {unit!r}; the cost of {label!r} needs one like 'GBP per contact'."
        )
    return check_costs(cost, name=f"Parameter {name!r}")
