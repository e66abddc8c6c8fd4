"""From consequences to money: unit costs in one price year, cost-consequence, budget, decision, one-way.

Every number comes from a named parameter; this file only says which goes where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.economics.areas import areas_of, by_area
from econ111.errors import InputError
from econ111.impact.estimands import ESTIMANDS
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.parameters import Catalogue, draw_parameters
from econ111.prices import move_price
from econ111.run.budget import BudgetInputs, evaluate_budget
from econ111.run.budget_checklist import checklist_table
from econ111.run.price_tables import present_values_table, price_years_table
from econ111.run.remembered import NO_MEMORY, Memory
from econ111.run.staffing import KnownLine, known_line, staffing_table
from econ111.run.turning import turning_points
from econ111.run.values import service_only, value_and_cost, value_only
from econ111.specs.schema import BudgetImpact, Economics, Spec
from econ111.specs.staffing import STAFFING


@dataclass(frozen=True)
class Money:
    """Draws and tables of the economics of one evaluation."""

    costs: xr.Dataset
    service: xr.DataArray
    budget: xr.Dataset | None
    tables: dict[str, pd.DataFrame]
    line: KnownLine | None = None


def named_parameters(economics: Economics, budget: BudgetImpact | None) -> dict[str, str]:
    """Every economic parameter that an evaluation uses, and what for."""
    uses = {name: f"service cost, basis {basis}" for basis, name in economics.service_cost_bases.items()}
    for item in economics.consequences:
        uses |= {item.unit_cost: f"unit cost of {item.label}"} if item.unit_cost else {}
        uses |= {item.capacity: f"capacity of {item.label}"} if item.capacity else {}
    if economics.staffing:
        uses |= dict.fromkeys(economics.staffing.names, f"service cost, basis {STAFFING}")
    for wider in economics.wider:
        uses |= {wider.unit_cost: f"unit cost of {wider.label}", wider.per_unit: f"number of {wider.label}"}
    if budget:
        uses |= {budget.call_growth: "growth of calls in the budget impact"}
        uses |= {budget.price_growth: "growth of prices in the budget impact"} if budget.price_growth else {}
        uses |= {budget.set_up_cost: "set-up cost"} if budget.set_up_cost else {}
    return uses


def draw_in_price_year(
    catalogue: Catalogue, names: Iterable[str], *, spec: Spec, samples: int, seed: int
) -> xr.Dataset:
    """Parameter draws with all money moved to the price year of the study.

    Raises
    ------
    InputError
        When an index, edition or year is not known.
    """
    economics = _economics(spec)
    draws = draw_parameters(catalogue, names, samples=samples, seed=seed)

    def moved(draw: xr.DataArray) -> xr.DataArray:
        year = str(draw.attrs.get("price_year", ""))
        if not year or year == spec.study.price_year:
            return draw
        return move_price(
            draw, from_year=year, to_year=spec.study.price_year, index=economics.price_index,
            edition=economics.price_edition, catalogue=catalogue,
        )  # fmt: skip

    return xr.Dataset({name: moved(draws[name]) for name in draws.data_vars})


def evaluate_money(
    outcomes: xr.Dataset,
    parameters: xr.Dataset,
    *,
    spec: Spec,
    rebuild: Callable[[xr.Dataset], xr.Dataset],
    budget_inputs: BudgetInputs | None = None,
    memory: Memory = NO_MEMORY,
) -> Money:
    """All economic tables of one evaluation.

    Parameters
    ----------
    outcomes : Dataset (sample, estimand, trust, consequence)
        Checked here, once.
    parameters : Dataset (sample)
        In one price year; with those on which the outcomes depend.
    spec : Spec
        With its economics.
    rebuild : callable
        Outcomes again under other parameters, from the same posterior draws, for one-way analysis; quick, where only
        prices have changed.
    budget_inputs : BudgetInputs, optional
        What the budget impact needs beside; without it there is none.
    memory : Memory
        Of tables that an earlier run worked out from the same.
    """
    economics = _economics(spec)
    e.check_outcomes(outcomes)
    line = _line(outcomes, parameters, economics)
    costs, service = value_and_cost(outcomes, parameters, economics, line=line)
    details = [
        e.ConsequenceDetail(item.consequence, item.payer, item.cash_class, item.evidence)
        for item in economics.consequences
    ]
    tables = {
        "cost_consequence": e.cost_consequence_table(costs, details=details, unmeasured=economics.unmeasured),
        "scenarios": scenario_table(costs, service, outcomes.calls, spec=spec),
    }
    tables |= area_tables(costs, details, spec)
    tables["perspectives"] = e.perspectives_table(
        costs, service.sel(basis=economics.service_cost, drop=True), wider=_wider(economics, parameters),
        unmeasured=economics.wider_unmeasured,
    )  # fmt: skip
    budget = None
    if spec.budget_impact and budget_inputs:
        budget, found = evaluate_budget(costs, service, spec, budget_inputs)
        tables |= found
        names = named_parameters(economics, spec.budget_impact)
        tables["present_values"] = present_values_table(budget, budget_inputs.catalogue)
        tables["price_years"] = price_years_table(spec, budget_inputs.catalogue, names)
        tables["budget_checklist"] = checklist_table(spec, tables)

    def total_net_value(given: xr.Dataset) -> xr.DataArray:
        again, base = rebuild(given).sel(estimand=economics.estimand), economics.service_cost
        price = service_only(again, given, economics, bases=[base], line=line).sel(basis=base)
        net = e.net_value(value_only(again, given, economics), price)
        return net.sum("trust").reset_coords(drop=True).assign_attrs(net.attrs)

    def one_at_a_time() -> dict[str, pd.DataFrame]:
        varied = parameters.drop_vars(_unused(economics), errors="ignore")
        found = {"one_way": e.one_way(total_net_value, varied)}
        found |= turning_points(total_net_value, varied, found["one_way"], economics)
        return found | ({} if line is None else {"staffing": staffing_table(line, spec)})

    tables |= memory.tables("one at a time", one_at_a_time)
    return Money(costs=costs, service=service, budget=budget, tables=tables, line=line)


def _unused(economics: Economics) -> list[str]:
    """Parameters of the line alone, when the main results do not rest on it: they are in its own table."""
    if economics.staffing is None or economics.service_cost == STAFFING:
        return []
    return [*economics.staffing.names, *economics.staffing.groups]


def _line(outcomes: xr.Dataset, parameters: xr.Dataset, economics: Economics) -> KnownLine | None:
    """The line from the people up, worked once; None where the evaluation does not ask for it."""
    if economics.staffing is None:
        return None
    calls = outcomes.calls.assign_attrs(period_months=outcomes.attrs["period_months"])
    return known_line(calls, parameters, economics.staffing)


def area_tables(costs: xr.Dataset, details: Sequence[e.ConsequenceDetail], spec: Spec) -> dict[str, pd.DataFrame]:
    """The cost-consequence table by integrated care board, where trusts name theirs."""
    areas = areas_of({trust.code: trust.icb for trust in spec.trusts})
    if not any(trust.icb for trust in spec.trusts) or set(areas) != {str(name) for name in costs.indexes["trust"]}:
        return {}
    table = e.cost_consequence_table(by_area(costs, areas), details=details, unmeasured=_economics(spec).unmeasured)
    return {"cost_consequence_area": table.rename(columns={"trust": "area"})}


def _wider(economics: Economics, parameters: xr.Dataset) -> list[e.WiderCost]:
    return [
        e.WiderCost(item.name, item.borne_by, item.follows, parameters[item.per_unit], parameters[item.unit_cost])
        for item in economics.wider
    ]


def scenario_table(costs: xr.Dataset, service: xr.DataArray, calls: xr.DataArray, *, spec: Spec) -> pd.DataFrame:
    """Value avoided, service cost and net value under every estimand and basis, per trust and in total.

    Returns
    -------
    DataFrame
        code, estimand, basis, basis_label, trust, then mean, `_low` and `_high` of value_avoided, service_cost and
        net_value (GBP; net_value positive favours the service), probability_value_exceeds_cost,
        break_even_cost_per_call, level, price_year, base.
    """
    economics = _economics(spec)
    value = e.with_total(e.value_avoided(costs))
    price = e.with_total(service)
    net = e.net_value(value, price)
    keys = ["estimand", "trust", "basis"]
    spread = xr.broadcast(value, price)
    table = _amounts(net, "net_value", keys)
    for name, draws in (("value_avoided", spread[0]), ("service_cost", spread[1])):
        table = table.merge(_amounts(draws, name, keys), on=keys)
    chance = e.probability_value_exceeds_cost(net).rename("probability_value_exceeds_cost").to_dataframe().reset_index()
    even = e.break_even_cost_per_call(value, e.with_total(calls)).rename("break_even_cost_per_call")
    table = table.merge(chance[[*keys, "probability_value_exceeds_cost"]], on=keys)
    table = table.merge(
        even.to_dataframe().reset_index()[["estimand", "trust", "break_even_cost_per_call"]], on=keys[:2]
    )
    base = (table.estimand == economics.estimand) & (table.basis == economics.service_cost)
    return table.assign(
        code=[ESTIMANDS[name][0] for name in table.estimand],
        basis_label=[economics.bases[basis] for basis in table.basis],
        level=INTERVAL_LEVEL,
        price_year=spec.study.price_year,
        comparator=spec.study.comparator,
        perspective=spec.study.perspective,
        base=base,
    )


def _amounts(draws: xr.DataArray, name: str, keys: list[str]) -> pd.DataFrame:
    frame = summarise(draws.transpose("sample", *keys)).to_dataframe().reset_index()
    return frame[[*keys, "mean", "low", "high"]].rename(
        columns={"mean": name, "low": f"{name}_low", "high": f"{name}_high"}
    )


def _economics(spec: Spec) -> Economics:
    if spec.economics is None:
        raise InputError(f"{spec.study.name} has no [economics] section. Add it to compute costs.")
    return spec.economics
