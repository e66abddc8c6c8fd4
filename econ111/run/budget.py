"""The budget impact of one evaluation and its tables: by payer and year, in money of the year, per head, by area.

The plan is put together here from the specification; the arithmetic is in `econ111.economics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.economics.areas import areas_of, by_area
from econ111.economics.budget_views import GBP_VARIABLES
from econ111.economics.forecast import settled_volume
from econ111.economics.totals import TOTAL
from econ111.errors import InputError, nearest
from econ111.parameters import Catalogue, PaymentRule, load_payment_rules
from econ111.specs.schema import BudgetImpact, Economics, Spec

ALL_TRUSTS = "All trusts"
NO_CLAIM = "no cash is claimed"


@dataclass(frozen=True)
class BudgetInputs:
    """What a budget needs beside costs: parameters (sample), calls (sample, trust, month), where rules stand."""

    parameters: xr.Dataset
    monthly_calls: xr.DataArray | None
    catalogue: Catalogue
    parameters_folder: Path | None = None


def evaluate_budget(
    costs: xr.Dataset, service: xr.DataArray, spec: Spec, inputs: BudgetInputs
) -> tuple[xr.Dataset, dict[str, pd.DataFrame]]:
    """Draws of the budget impact and every table made from them.

    Parameters
    ----------
    costs : Dataset (sample, estimand, trust, consequence)
        Result of `cost_consequence`.
    service : DataArray (sample, trust, basis)
        Service cost on every basis.
    spec : Spec
        With economics and budget impact.
    inputs : BudgetInputs
        The rest.

    Returns
    -------
    Dataset, dict of DataFrame
        Result of `budget_impact`; tables `budget_impact`, `call_forecast`, `payment_rules`, and where the evaluation
        allows them `budget_nominal`, `budget_per_head` and `budget_area`.
    """
    economics, given = spec.economics, spec.budget_impact
    if economics is None or given is None:
        raise InputError(f"{spec.study.name} has no [economics] or no [budget_impact] section.")
    rules = _rules_named(economics, load_payment_rules(inputs.parameters_folder))
    plan = _plan(economics, given, rules)
    settled = _settled(given, inputs.monthly_calls)
    growth = inputs.parameters[given.call_growth]
    budget = e.budget_impact(
        costs.sel(estimand=economics.estimand),
        service.sel(basis=economics.service_cost).reset_coords(drop=True),
        plan=plan,
        call_growth=growth,
        capacities=_capacities(economics, inputs.parameters),
        set_up_cost=inputs.parameters[given.set_up_cost] if given.set_up_cost else None,
        settled=settled,
    )
    factor = e.volume_factors(
        plan, call_growth=growth, period_months=float(costs.attrs["period_months"]), settled=settled
    )
    titles = {key: source.title for key, source in inputs.catalogue.sources.items()}
    tables = {"budget_impact": e.budget_table(budget), "payment_rules": payment_rules_table(plan, economics, titles)}
    if inputs.monthly_calls is not None:
        tables["call_forecast"] = forecast_table(inputs.monthly_calls.sum("month") * factor, costs)
    if given.price_growth:
        # Of all trusts together: what one trust pays in the money of a year is its real figure times the same growth.
        whole = by_area(budget, dict.fromkeys(map(str, budget.indexes["trust"]), ALL_TRUSTS))
        nominal = e.budget_table(e.in_nominal_prices(whole, price_growth=inputs.parameters[given.price_growth]))
        tables["budget_nominal"] = nominal[nominal.trust == TOTAL].reset_index(drop=True)
    areas = areas_of({trust.code: trust.icb for trust in spec.trusts})
    if set(areas) == {str(name) for name in budget.indexes["trust"]} and any(trust.icb for trust in spec.trusts):
        tables["budget_area"] = e.budget_table(by_area(budget, areas)).rename(columns={"trust": "area"})
        tables |= _per_head(budget, areas, spec, inputs.catalogue)
    return budget, tables


def payment_rules_table(plan: e.BudgetPlan, economics: Economics, titles: Mapping[str, str]) -> pd.DataFrame:
    """For each consequence and budget year, what the payment rule says and what cash is claimed.

    Returns
    -------
    DataFrame
        consequence, payer, financial_year, rule, variable_share (NaN where not known), cash_share, covered, status,
        source (its title), locator, note. `covered` is False for years that no row of the rule reaches.
    """
    rows = []
    for item in economics.consequences:
        for year in plan.financial_years:
            found = [rule for rule in plan.payment_rules.get(item.consequence, ()) if rule.applies_in(year)]
            rule = found[0] if found else None
            rows.append({
                "consequence": item.consequence, "payer": item.payer, "financial_year": year,
                "rule": item.payment_rule or "", "variable_share": rule.variable_share if rule else None,
                "cash_share": item.cash_share, "covered": rule is not None, "status": rule.status if rule else "",
                "source": titles.get(rule.source, rule.source) if rule else "", "locator": rule.locator if rule else "",
                "note": rule.note if rule else NO_CLAIM,
            })  # fmt: skip
    return pd.DataFrame(rows).astype({"variable_share": float})


def forecast_table(calls: xr.DataArray, study: xr.Dataset) -> pd.DataFrame:
    """Calls of each budget year, per trust and in total; draws (sample, trust, year)."""
    about = calls.drop_attrs(deep=False).assign_attrs(unit="calls")
    return e.tidy_table(e.with_total(about), measure="calls", study=study)


def _plan(economics: Economics, given: BudgetImpact, rules: dict[str, tuple[PaymentRule, ...]]) -> e.BudgetPlan:
    return e.BudgetPlan(
        first_year=given.first_year,
        uptake=given.uptake,
        payers={item.consequence: item.payer for item in economics.consequences},
        service_payer=economics.service_payer,
        cash_shares={item.consequence: item.cash_share for item in economics.consequences},
        payment_rules=rules,
    )


def _rules_named(economics: Economics, known: dict[str, tuple[PaymentRule, ...]]) -> dict[str, tuple[PaymentRule, ...]]:
    named = {item.consequence: item.payment_rule for item in economics.consequences if item.payment_rule}
    unknown = [f"{rule!r} of {name}. {nearest(rule, known)}" for name, rule in named.items() if rule not in known]
    if unknown:
        raise InputError(f"payment_rules.csv has no payment rule {' Nor '.join(unknown)}")
    return {name: known[rule] for name, rule in named.items()}


def _capacities(economics: Economics, parameters: xr.Dataset) -> list[e.Capacity]:
    return [
        e.Capacity(item.consequence, item.capacity_unit or "", item.capacity_unit or "", parameters[item.capacity])
        for item in economics.consequences
        if item.capacity
    ]


def _settled(given: BudgetImpact, monthly_calls: xr.DataArray | None) -> xr.DataArray | None:
    if given.settled_months is None:
        return None
    if monthly_calls is None:
        raise InputError("budget_impact.settled_months needs calls by month, which were not supplied. Leave it out.")
    return settled_volume(monthly_calls, months=given.settled_months)


def _per_head(budget: xr.Dataset, areas: dict[str, str], spec: Spec, catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    """Per head of the population that the specification names, by area and in total."""
    given = spec.budget_impact
    if given is None or not given.population:
        return {}
    by_board = {name.rpartition("_")[2]: catalogue[name].value for name in given.population}
    boards = {area: area.split(" + ") for area in dict.fromkeys(areas.values())}
    missing = [code for codes in boards.values() for code in codes if code not in by_board]
    if missing:
        raise InputError(
            f"budget_impact.population names no population of {', '.join(missing)}. Add the parameter that ends in it."
        )
    heads = [sum(by_board[code] for code in codes) for codes in boards.values()]
    people = xr.DataArray(heads, coords={"trust": list(boards)}, dims="trust")
    rates = e.per_head(e.with_total(by_area(budget, areas)), population=people, denominator=given.population_label)
    parts = [_all_payers(rates[name], name) for name in GBP_VARIABLES if name in rates]
    table = pd.concat(parts, ignore_index=True).rename(columns={"trust": "area"})
    shown = {**dict(zip(boards, heads, strict=True)), TOTAL: sum(heads)}
    about = {"denominator": given.population_label, "price_basis": budget.attrs["price_basis"]}
    return {"budget_per_head": table.assign(people=table.area.map(shown), **about)}


def _all_payers(rates: xr.DataArray, name: str) -> pd.DataFrame:
    """One rate over all payers: they share the denominator, so their rates add up."""
    total = rates.sum("payer").assign_attrs(rates.attrs)
    return e.tidy_table(total, measure=name)
