"""Budget impact by year and payer: undiscounted, in real terms (ISPOR 2012, Value in Health 17:5-14).

Three quantities describe what the avoided consequences are worth, and they are never added: `economic_value` at average
cost, `capacity_released` in its own units, and `cash`, the share of the value that leaves a budget line in the year.
The share is 0 unless the plan states another: under block payment an avoided attendance releases no cash.

Costs scale with calls; the model has no fixed cost of the service, save the set-up cost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from econ111.economics.budget_plan import BudgetPlan, Capacity, volume_factors, year_index
from econ111.economics.joint import SAMPLE, check_joint, common_price_year, study_of
from econ111.economics.unit_costs import check_costs
from econ111.errors import InputError, nearest


def budget_impact(
    costs: xr.Dataset,
    service_cost: xr.DataArray,
    *,
    plan: BudgetPlan,
    call_growth: float | xr.DataArray,
    capacities: Sequence[Capacity] = (),
    set_up_cost: xr.DataArray | None = None,
    settled: xr.DataArray | None = None,
) -> xr.Dataset:
    """What each payer spends, and what each has freed, year by year.

    Parameters
    ----------
    costs : Dataset (sample, estimand, trust, consequence)
        Result of `cost_consequence`, over the evaluation period.
    service_cost : DataArray (sample, trust, basis)
        GBP over the same period. Select one basis to save memory.
    plan : BudgetPlan
        Years, uptake and payers. Every consequence needs a payer.
    call_growth : float or DataArray (sample)
        Growth in calls a year as a proportion; the evaluation period is year 0.
    capacities : sequence of Capacity
        What a unit of a consequence occupies. Not needed for consequences that occupy nothing countable.
    set_up_cost : DataArray (sample, trust), optional
        GBP in year 1, borne by the payer of the service. Without a `trust` dim it is the amount for each trust.
    settled : DataArray (sample, trust), optional
        Yearly calls of the settled service over the calls of the evaluation period; see `settled_volume`.

    Returns
    -------
    Dataset (sample, estimand, trust, payer, year)
        `economic_value` and `cash` in GBP, positive is freed; `service_cost` (and basis) and `set_up_cost` in GBP,
        positive is spent; `capacity_released` (sample, estimand, trust, capacity, year) in `capacity_unit`, positive
        is freed. `set_up_cost` is absent when not given. Undiscounted, real, in attribute `price_year`.

    Raises
    ------
    InputError
        When a consequence has no payer, a capacity names an unknown consequence, price years are mixed, or the draws
        are not on one sample index.

    Examples
    --------
    >>> from econ111.economics.cost_consequence import cost_consequence
    >>> from econ111.economics.outcomes import example_outcomes
    >>> outcomes = example_outcomes(with_service={"ed_attendance": [60.0]}, without_service={"ed_attendance": [100.0]})
    >>> price = xr.DataArray([100.0], coords={"consequence": ["ed_attendance"]}, attrs={"price_year": "2024/25"})
    >>> service = xr.DataArray([[5000.0]], coords={"trust": ["A"]}, dims=("sample", "trust"),
    ...                        attrs={"price_year": "2024/25"})
    >>> plan = BudgetPlan("2025/26", (1.0,), {"ed_attendance": "acute"}, "mental_health_trust")
    >>> budget = budget_impact(cost_consequence(outcomes, price), service, plan=plan, call_growth=0.0)
    >>> budget["economic_value"].sel(payer="acute").item(), budget["cash"].sel(payer="acute").item()
    (4000.0, 0.0)
    """
    named = {"costs": costs["cost_avoided"], "service cost": service_cost}
    named |= {} if set_up_cost is None else {"set-up cost": set_up_cost}
    growth = {"call growth": call_growth} if isinstance(call_growth, xr.DataArray) else {}
    check_joint(named | growth | _drawn(capacities) | ({} if settled is None else {"settled volume": settled}))
    price_year = common_price_year(named)
    _check_covered(costs, plan, capacities)
    factor = volume_factors(
        plan,
        call_growth=call_growth,
        period_months=float(costs.attrs["period_months"]),
        settled=settled,
    )
    gbp = _values(costs, plan, factor) | {"service_cost": _at_payer(service_cost * factor, plan)}
    if set_up_cost is not None:
        gbp["set_up_cost"] = _set_up(set_up_cost, costs, plan)
    unit = {**study_of(costs), "unit": "GBP", "price_year": price_year, "price_basis": "real"}
    arrays = {name: _ordered(amount).assign_attrs(unit) for name, amount in gbp.items()}
    released = _ordered(_capacity_released(costs, plan, capacities, factor))
    arrays["capacity_released"] = released.assign_attrs({**study_of(costs), "unit": "see capacity_unit"})
    return xr.Dataset(arrays, attrs=unit | {"unit": "", "discounting": "undiscounted", "evaluation_period": "year 0"})


def _values(costs: xr.Dataset, plan: BudgetPlan, factor: xr.DataArray) -> dict[str, xr.DataArray]:
    """Economic value and cash by payer: one product with a 0/1 table of who bears what."""
    valued = costs["cost_avoided"].isel(consequence=costs["valued"].to_numpy())
    borne = _who_bears(plan, [str(name) for name in valued.indexes["consequence"]])
    shares = [plan.cash_shares.get(str(name), 0.0) for name in valued.indexes["consequence"]]
    share = xr.DataArray(shares, dims="consequence")
    return {
        "economic_value": xr.dot(valued, borne, dim="consequence") * factor,
        "cash": xr.dot(valued, borne * share, dim="consequence") * factor,
    }


def _who_bears(plan: BudgetPlan, consequences: list[str]) -> xr.DataArray:
    bears = [float(plan.payers[name] == payer) for name in consequences for payer in plan.payer_names]
    table = np.reshape(bears, (len(consequences), len(plan.payer_names)))
    coords = {"consequence": consequences, "payer": plan.payer_names}
    return xr.DataArray(table, coords, ("consequence", "payer"))


def _at_payer(amount: xr.DataArray, plan: BudgetPlan) -> xr.DataArray:
    names = plan.payer_names
    pays = xr.DataArray([float(name == plan.service_payer) for name in names], coords={"payer": names}, dims="payer")
    return amount * pays


def _set_up(set_up_cost: xr.DataArray, costs: xr.Dataset, plan: BudgetPlan) -> xr.DataArray:
    check_costs(set_up_cost, name="The set-up cost")
    trust = costs["trust"]
    per_trust = set_up_cost * xr.ones_like(trust, dtype=float).reset_coords(drop=True)
    if SAMPLE not in per_trust.dims:
        per_trust = per_trust.expand_dims({SAMPLE: costs.sizes[SAMPLE]})
    first = (year_index(plan) == 1).astype(float)
    return _at_payer(per_trust * first, plan)


def _capacity_released(
    costs: xr.Dataset, plan: BudgetPlan, capacities: Sequence[Capacity], factor: xr.DataArray
) -> xr.DataArray:
    kinds = {capacity.kind: capacity for capacity in capacities}
    coords = {
        "capacity": list(kinds),
        "capacity_unit": ("capacity", [capacity.unit for capacity in kinds.values()]),
        "capacity_payer": ("capacity", [plan.payers[capacity.consequence] for capacity in kinds.values()]),
    }
    fewer = costs["avoided"]
    if not kinds:
        none = fewer.isel(consequence=slice(0, 0)).rename(consequence="capacity") * factor
        return none.drop_vars("capacity").assign_coords(coords)
    freed: dict[str, xr.DataArray] = {}
    for capacity in capacities:
        more = fewer.sel(consequence=capacity.consequence, drop=True) * capacity.per_unit
        freed[capacity.kind] = freed[capacity.kind] + more if capacity.kind in freed else more
    return xr.concat(list(freed.values()), dim="capacity", coords="minimal").assign_coords(coords) * factor


def _check_covered(costs: xr.Dataset, plan: BudgetPlan, capacities: Sequence[Capacity]) -> None:
    consequences = [str(name) for name in costs.indexes["consequence"]]
    problems = [f"{name!r} has no payer." for name in consequences if name not in plan.payers]
    unknown = [name for name in plan.payers if name not in consequences]
    problems += [
        f"a payer is named for {name!r}, no such consequence. {nearest(name, consequences)}" for name in unknown
    ]
    seen: dict[str, tuple[str, str]] = {}
    for capacity in capacities:
        if capacity.consequence not in consequences or capacity.consequence not in plan.payers:
            problems.append(f"capacity {capacity.kind!r} is for {capacity.consequence!r}, no such consequence.")
            continue
        owner = plan.payers[capacity.consequence], capacity.unit
        if seen.setdefault(capacity.kind, owner) != owner:
            problems.append(f"capacity {capacity.kind!r} has two payers or two units; name the kinds apart.")
    if problems:
        raise InputError("\n".join(["The budget plan cannot be used:", *(f"- {problem}" for problem in problems)]))


def _drawn(capacities: Sequence[Capacity]) -> dict[str, xr.DataArray]:
    return {item.kind: item.per_unit for item in capacities if isinstance(item.per_unit, xr.DataArray)}


def _ordered(amount: xr.DataArray) -> xr.DataArray:
    order = ("sample", "estimand", "trust", "payer", "capacity", "basis", "year")
    return amount.drop_attrs(deep=False).transpose(*order, missing_dims="ignore")
