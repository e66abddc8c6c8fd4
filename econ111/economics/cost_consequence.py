"""Cost-consequence analysis: each consequence in its natural unit, with its cost beside it.

cost_avoided = avoided * unit_cost, draw by draw. Consequences without a unit cost stay in natural units and are marked
not valued. Natural units are never added to each other; costs alone are.

incremental_cost = service_cost - sum of cost_avoided over valued consequences; positive costs more.
"""

from __future__ import annotations

import xarray as xr

from econ111.economics.joint import check_joint, common_price_year, study_of
from econ111.economics.outcomes import COUNT_UNIT, avoided, check_outcomes
from econ111.economics.unit_costs import check_costs, unit_costs_from
from econ111.errors import InputError, nearest


def cost_consequence(outcomes: xr.Dataset, unit_costs: xr.DataArray | xr.Dataset) -> xr.Dataset:
    """Consequences with and without the service, and what they cost, per trust.

    Parameters
    ----------
    outcomes : Dataset (sample, estimand, trust, consequence)
        See `check_outcomes`.
    unit_costs : DataArray (sample, consequence) or Dataset of (sample)
        GBP per unit of consequence, with attribute `price_year`; a Dataset has one variable per consequence. Without
        a `sample` dim a cost is a constant. A consequence with no unit cost is kept and marked not valued.

    Returns
    -------
    Dataset (sample, estimand, trust, consequence)
        `with_service`, `without_service`, `avoided`: numbers in the evaluation period. `cost_with`, `cost_without`,
        `cost_avoided`: GBP in the evaluation period, NaN where not valued; positive `cost_avoided` is less spent.
        `unit_cost` (sample, consequence) and `valued` (consequence).

    Raises
    ------
    InputError
        When the outcomes break their contract, a unit cost names an unknown consequence, is negative or not finite,
        price years are mixed, or the draws are not on one sample index.

    Examples
    --------
    >>> from econ111.economics.outcomes import example_outcomes
    >>> outcomes = example_outcomes(with_service={"ed_attendance": [60.0]}, without_service={"ed_attendance": [100.0]})
    >>> price = xr.DataArray([280.17], coords={"consequence": ["ed_attendance"]}, attrs={"price_year": "2024/25"})
    >>> round(cost_consequence(outcomes, price)["cost_avoided"].item(), 2)
    11206.8
    """
    check_outcomes(outcomes)
    unit_cost, valued = _on_consequences(unit_costs, outcomes)
    year = common_price_year({"unit costs": unit_cost})
    counts = {
        "with_service": outcomes["with_service"],
        "without_service": outcomes["without_service"],
        "avoided": avoided(outcomes),
    }
    costs = {
        f"cost_{name.removesuffix('_service')}": (count * unit_cost).transpose(*count.dims)
        for name, count in counts.items()
    }
    study = study_of(outcomes)
    arrays = {name: count.assign_attrs({**study, "unit": COUNT_UNIT}) for name, count in counts.items()}
    arrays |= {name: _in_gbp(cost, year, study) for name, cost in costs.items()}
    attrs = {**study, "price_year": year, "sign": "avoided and cost_avoided: positive is fewer, less spent"}
    return xr.Dataset({**arrays, "unit_cost": unit_cost, "valued": valued}, attrs=attrs)


def value_avoided(costs: xr.Dataset) -> xr.DataArray:
    """Cost avoided, added over the valued consequences: the economic value at average cost.

    Parameters
    ----------
    costs : Dataset (sample, estimand, trust, consequence)
        Result of `cost_consequence`.

    Returns
    -------
    DataArray (sample, estimand, trust)
        GBP in the evaluation period. Positive is less spent. Exactly 0 when nothing is valued.

    Examples
    --------
    >>> from econ111.economics.outcomes import example_outcomes
    >>> outcomes = example_outcomes(
    ...     with_service={"ed_attendance": [60.0], "admission": [9.0]},
    ...     without_service={"ed_attendance": [100.0], "admission": [9.0]})
    >>> price = xr.DataArray([100.0], coords={"consequence": ["ed_attendance"]}, attrs={"price_year": "2024/25"})
    >>> value_avoided(cost_consequence(outcomes, price)).item()
    4000.0
    """
    return _value(costs["cost_avoided"], costs["valued"], str(costs.attrs["price_year"]), study_of(costs))


def value_at(outcomes: xr.Dataset, unit_costs: xr.DataArray | xr.Dataset) -> xr.DataArray:
    """Value avoided straight from the outcomes: that of `cost_consequence`, without the costs in between.

    Parameters
    ----------
    outcomes, unit_costs
        As for `cost_consequence`.

    Returns
    -------
    DataArray (sample, estimand, trust)
        As of `value_avoided`, in every digit: GBP in the evaluation period, positive is less spent.

    Raises
    ------
    InputError
        As for `cost_consequence`.

    Examples
    --------
    >>> from econ111.economics.outcomes import example_outcomes
    >>> outcomes = example_outcomes(with_service={"ed_attendance": [60.0]}, without_service={"ed_attendance": [100.0]})
    >>> price = xr.DataArray([100.0], coords={"consequence": ["ed_attendance"]}, attrs={"price_year": "2024/25"})
    >>> value_at(outcomes, price).item()
    4000.0
    """
    check_outcomes(outcomes)
    unit_cost, valued = _on_consequences(unit_costs, outcomes)
    fewer = avoided(outcomes)
    cost = (fewer * unit_cost).transpose(*fewer.dims)
    return _value(cost, valued, common_price_year({"unit costs": unit_cost}), study_of(outcomes))


def incremental_cost(costs: xr.Dataset, service_cost: xr.DataArray) -> xr.DataArray:
    """What the service costs less what it avoids.

    Parameters
    ----------
    costs : Dataset (sample, estimand, trust, consequence)
        Result of `cost_consequence`.
    service_cost : DataArray (sample, trust, basis)
        GBP in the same period and price year.

    Returns
    -------
    DataArray (sample, estimand, trust, basis)
        GBP in the evaluation period. Positive costs more than the comparator.

    Raises
    ------
    InputError
        When price years differ or the draws are not on one sample index with the same trusts.

    Examples
    --------
    >>> from econ111.economics.outcomes import example_outcomes
    >>> outcomes = example_outcomes(with_service={"ed_attendance": [60.0]}, without_service={"ed_attendance": [100.0]})
    >>> price = xr.DataArray([100.0], coords={"consequence": ["ed_attendance"]}, attrs={"price_year": "2024/25"})
    >>> service = xr.DataArray([[5000.0]], dims=("sample", "trust"), attrs={"price_year": "2024/25"})
    >>> incremental_cost(cost_consequence(outcomes, price), service).item()
    1000.0
    """
    value = value_avoided(costs)
    named = {"value avoided": value, "service cost": service_cost}
    check_joint(named)
    difference = (service_cost - value).transpose(*value.dims, ...)
    return _in_gbp(difference, common_price_year(named), study_of(costs)).rename("incremental_cost")


def _value(cost_avoided: xr.DataArray, valued: xr.DataArray, price_year: str, study: dict[str, object]) -> xr.DataArray:
    total = cost_avoided.isel(consequence=valued.to_numpy()).sum("consequence", skipna=False)
    return _in_gbp(total, price_year, study).rename("value_avoided")


def _in_gbp(amount: xr.DataArray, price_year: str, study: dict[str, object]) -> xr.DataArray:
    return amount.drop_attrs(deep=False).assign_attrs({**study, "unit": "GBP", "price_year": price_year})


def _on_consequences(unit_costs: xr.DataArray | xr.Dataset, outcomes: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Unit costs on every consequence of the outcomes, NaN where there is none, and which are valued."""
    if isinstance(unit_costs, xr.Dataset):
        names = [str(name) for name in unit_costs.data_vars]
        unit_costs = unit_costs_from(unit_costs, dict(zip(names, names, strict=True)))
    check_joint({"outcomes": outcomes["calls"], "unit costs": unit_costs})
    if "consequence" not in unit_costs.indexes or not unit_costs.indexes["consequence"].is_unique:
        raise InputError("The unit costs need a dim 'consequence' with each consequence named once.")
    consequences = outcomes.indexes["consequence"]
    priced = [str(name) for name in unit_costs.indexes["consequence"]]
    for unknown in (name for name in priced if name not in consequences):
        raise InputError(f"There is a unit cost for {unknown!r}, no such consequence. {nearest(unknown, consequences)}")
    check_costs(unit_costs, name="The unit cost")
    valued = xr.DataArray(consequences.isin(priced), coords={"consequence": consequences}, dims="consequence")
    return unit_costs.reindex(consequence=consequences).rename("unit_cost"), valued
