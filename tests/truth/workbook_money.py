"""Draws by trust and consequence, and what the economics makes of those that a workbook holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.parameters import load_payment_rules
from econ111.report.workbooks.priced import kept_draws
from econ111.results import Evaluation
from econ111.specs.schema import Spec

MONTHS = 11.0
UNIT_COSTS = {"ed_attendance": 280.17, "primary_care_contact": 44.15, "crisis_contact": 356.83}
BASES = {"low": 20.27, "middle": 84.62, "high": 184.55}
MOVED = {"line_cost_middle": 1.05}


def full_spec(spec: Spec) -> Spec:
    """The specification with everything that the economics can use: capacity, cash, growth and a set-up cost."""
    content = spec.model_dump()
    for item in content["economics"]["consequences"]:
        if item["consequence"] == "ed_attendance":
            item |= {"label": "ED attendance", "capacity": "hours", "capacity_unit": "department hours"}
        if item["consequence"] == "primary_care_contact":
            item |= {"cash_share": 0.25, "payment_rule": "elective"}
        if item["consequence"] == "physical_line_call":
            item |= {"unit_cost": None}
    content["economics"]["service_cost_labels"] = {"low": "Floor", "middle": "Like service", "high": "Each a contact"}
    content["budget_impact"] = {
        "first_year": "2024/25", "uptake": [1.0, 1.2], "call_growth": "growth", "set_up_cost": "set_up",
    }  # fmt: skip
    return Spec.model_validate(content)


def parameter_draws(samples: int, generator: np.random.Generator) -> xr.Dataset:
    def drawn(value: float, unit: str, spread: float, **attrs: object) -> tuple[str, np.ndarray, dict[str, object]]:
        return ("sample", value * generator.gamma(1 / spread**2, spread**2, samples), {"unit": unit, **attrs})

    money = {"price_year": "2024/25"}
    found = {f"cost_{name}": drawn(value, "GBP per contact", 0.2, **money) for name, value in UNIT_COSTS.items()}
    for name, value in BASES.items():
        factor = MOVED.get(f"line_cost_{name}", 1.0)
        about = {"unit": "GBP per call", **money, "price_factor": factor}
        found[f"line_cost_{name}"] = ("sample", np.full(samples, value * factor), about)
    found["hours"] = drawn(4.0, "hours per attendance", 0.3)
    found["growth"] = ("sample", 0.03 + 0.03 * generator.standard_normal(samples), {"unit": "per year"})
    found["set_up"] = drawn(250_000.0, "GBP per trust", 0.3, **money)
    return xr.Dataset(found)


def outcome_draws(evaluation: Evaluation, samples: int, generator: np.random.Generator) -> xr.Dataset:
    spec = evaluation.spec
    assert spec.economics is not None
    trusts, items = [trust.code for trust in spec.trusts], [item.consequence for item in spec.economics.consequences]
    shape = (samples, 2, len(trusts), len(items))
    without = 1000.0 + 200.0 * generator.standard_normal(shape)
    fewer = 100.0 + 150.0 * generator.standard_normal(shape)
    dims = ("sample", "estimand", "trust", "consequence")
    calls = 4000.0 + 60.0 * generator.standard_normal((samples, len(trusts)))
    study = spec.study
    return xr.Dataset(
        {"without_service": (dims, without), "with_service": (dims, without - fewer), "calls": (dims[::2], calls)},
        coords={"estimand": ["displaced", "net_system"], "trust": trusts, "consequence": items},
        attrs={
            "comparator": study.comparator, "intervention": study.intervention, "perspective": study.perspective,
            "period_start": "2024-04-01", "period_end": "2025-02-28", "period_months": MONTHS, "synthetic": 1,
            "may_be_negative": "with_service without_service",
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Money:
    """The tables that the economics makes of some draws: truth for the workbook, from outside it."""

    costs: pd.DataFrame
    budget: pd.DataFrame
    net: xr.DataArray
    value: xr.DataArray
    service: xr.DataArray
    outcomes: xr.Dataset


def price_again(evaluation: Evaluation, *, changed: dict[str, float] | None = None, basis: str = "") -> Money:
    """The economics of the draws that the workbook holds, with some parameters multiplied and a base chosen."""
    spec, outcomes = evaluation.spec, evaluation.outcomes
    assert outcomes is not None and evaluation.parameter_draws is not None
    economics, budget = spec.economics, spec.budget_impact
    assert economics is not None and budget is not None
    kept = kept_draws(outcomes.sizes["sample"], outcomes.sizes["trust"])
    thin, given = outcomes.isel(sample=kept), evaluation.parameter_draws.isel(sample=kept)
    for name, times in (changed or {}).items():
        given[name] = (given[name] * times).assign_attrs(given[name].attrs)
    names = {item.consequence: item.unit_cost for item in economics.consequences if item.unit_cost}
    costs = e.cost_consequence(thin, e.unit_costs_from(given, names)).sel(estimand=economics.estimand)
    service = e.service_cost(thin.calls, e.cost_per_call_from(given, economics.service_cost_bases))
    if evaluation.staffed is not None:
        rate = evaluation.staffed(outcomes, evaluation.parameter_draws).isel(sample=kept)
        own = (thin.calls * rate).transpose("sample", "trust").expand_dims(basis=["staffing"], axis=-1)
        plain = service.drop_vars(["cost_unit", "parameter"], errors="ignore")
        service = xr.concat([plain, own], dim="basis").assign_attrs(service.attrs)
    chosen = service.sel(basis=basis or economics.service_cost).reset_coords(drop=True)
    items = economics.consequences
    plan = e.BudgetPlan(
        budget.first_year, budget.uptake, {item.consequence: item.payer for item in items}, economics.service_payer,
        {item.consequence: item.cash_share for item in items},
        {item.consequence: load_payment_rules()[item.payment_rule] for item in items if item.payment_rule},
    )  # fmt: skip
    hours = [e.Capacity("ed_attendance", "department hours", "department hours", given["hours"])]
    settled = None
    if budget.settled_months is not None:
        assert evaluation.monthly_calls is not None
        settled = e.settled_volume(evaluation.monthly_calls.isel(sample=kept), months=budget.settled_months)
    impact = e.budget_impact(
        costs, chosen, plan=plan, call_growth=given["growth"], capacities=hours, set_up_cost=given["set_up"],
        settled=settled,
    )  # fmt: skip
    details = [e.ConsequenceDetail(item.consequence, item.payer, item.cash_class, item.evidence) for item in items]
    value, spent = e.with_total(e.value_avoided(costs)), e.with_total(service)
    table = e.cost_consequence_table(costs, details=details, unmeasured=economics.unmeasured)
    return Money(table, e.budget_table(impact), e.net_value(value, spent), value, spent, thin)
