"""Calls -> model -> avoided referrals -> consequences -> economics.

One pass, no step back: everything below the posterior is re-weighting of its draws, so that assumptions, prices and
scenarios never need another fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import Reading, read_calls
from econ111.errors import InputError
from econ111.files import sha256_of
from econ111.impact.abandoned import abandoned_calls
from econ111.impact.calendar import build_calendar
from econ111.impact.estimands import EFFECTS, avoided_referrals, referrals_fell
from econ111.impact.inputs import CallInputs
from econ111.impact.priors import Priors
from econ111.inference import Posterior
from econ111.passes import passes
from econ111.results import Evaluation, make_record
from econ111.run.assumed import ATTENDANCE_PREFIX, draw_all_parameters, evidence_used, parameters_used
from econ111.run.budget import BudgetInputs
from econ111.run.call_data import call_layout, inputs_for, returned_rows
from econ111.run.context import Context, add_issues, checks_table, state_warnings
from econ111.run.diversion import diversion_row
from econ111.run.estimates import Judgement, descriptive_table, estimates_table, monthly_table, with_joint_total
from econ111.run.information import information_tables
from econ111.run.memory_needed import check_memory
from econ111.run.model_checks import model_checks
from econ111.run.money import Money, evaluate_money, named_parameters
from econ111.run.remembered import Memory
from econ111.run.staffing import staffed_cost
from econ111.run.structural import structural_tables
from econ111.run.structural_grid import structural_grid
from econ111.run.weighing import (
    ABANDONED,
    Material,
    Weighed,
    assumed_columns,
    gather,
    outcomes_again,
    outcomes_of,
    structural_files,
    weigh,
)
from econ111.specs.loading import find_data_file
from econ111.specs.schema import Spec

if TYPE_CHECKING:
    from econ111.impact.density.call import CallDensity


def evaluate_calls(context: Context) -> Evaluation:
    """Run a call-pathway evaluation; see `evaluate`."""
    spec = context.spec
    path = find_data_file(spec, context.spec_path)
    reading, inputs, issues = _read(context, path)
    timeline = inputs.timeline
    context.announce("Sampling the model of the calls (a stored fit is used when nothing has changed)")
    posterior, warnings = context.fit_densities(lambda: _densities(inputs, spec, context.priors), reading.data)
    context.announce("Estimating avoided referrals and their consequences")
    material = gather(context, posterior.draws, reading.data, timeline)
    parameters = draw_all_parameters(
        context,
        samples=posterior.draws.sizes["sample"],
        absorbed_estimated=material.base.absorbed == "estimated",
    )
    memory = context.memory(reading.data, structural_files(context))
    weighed = weigh(material, parameters, material.base)
    reweigh = partial(outcomes_again, material=material)
    diagnostics = context.diagnose(lambda: _diagnosed(material, parameters, posterior, timeline), posterior, memory)
    judged = Judgement(rules=context.rules, diagnostics_fail=diagnostics.failure)
    outcomes = outcomes_of(weighed, parameters, spec)
    tables = _estimates(material, weighed, outcomes, parameters, _fell(material, weighed, posterior, timeline), judged)
    context.announce("Costs, budget impact, scenarios and one-way analysis")
    money = evaluate_money(
        outcomes,
        parameters,
        spec=spec,
        rebuild=_rebuilder(material, parameters, weighed, outcomes),
        budget_inputs=BudgetInputs(
            parameters, material.months.expected_mental, context.catalogue, context.parameters_folder
        ),
        memory=memory,
    )
    tables |= _choices(material, parameters, weighed, money, context, judged, memory)
    context.announce("Checks of the model that need no refit")
    tables |= memory.tables(
        "checks", lambda: model_checks(context, inputs, posterior.draws, material, weighed, outcomes, parameters)
    )
    tables |= {
        "issues": issues,
        "parameters": parameters_used(context),
        "evidence": evidence_used(context),
        "checks": checks_table(diagnostics, context.rules, returned_rows(inputs)),
    }
    record = make_record(
        spec, data_file=path, parameters_checksum=context.catalogue.checksum(), seed=context.sampling.seed,
        warnings=(*warnings, *state_warnings(diagnostics.accepted)),
    )  # fmt: skip
    record["checksums"]["data"] |= {file.name: sha256_of(file) for file in structural_files(context)}
    return Evaluation(
        spec=spec, tables=tables, record=record, calls=reading.data, posterior=posterior.draws, outcomes=outcomes,
        costs=money.costs, budget=money.budget, parameter_draws=parameters, diagnostics=diagnostics.to_dict(),
        reweigh=reweigh, staffed=partial(staffed_cost, line=money.line) if money.line else None,
    )  # fmt: skip


def _read(context: Context, path: Path) -> tuple[Reading, CallInputs, pd.DataFrame]:
    """Calls, what the model is given, and what was noticed; refused when the machine cannot hold the draws."""
    spec = context.spec
    context.announce(f"Reading {path.name}")
    reading = read_calls(path, call_layout(spec))
    inputs, lacking = inputs_for(reading, spec, path.name)
    issues = add_issues(reading.issues, [*lacking, *context.catalogue.overdue(date.today())])
    months, draws = inputs.timeline.month.size, context.sampling.chains * context.sampling.draws
    check_memory(trusts=len(spec.trusts), months=months, draws=draws)
    return reading, inputs, issues


def _choices(
    material: Material,
    parameters: xr.Dataset,
    weighed: Weighed,
    money: Money,
    context: Context,
    judged: Judgement,
    memory: Memory,
) -> dict[str, pd.DataFrame]:
    """Tables of money, of choices that no data settle, and of what data that could would be worth."""
    context.announce("Structural choices, tipping points and bounds, from the same draws")
    structural = memory.tables("structural", lambda: structural_tables(material, parameters, context, judged))
    diverted = diversion_row(material, parameters, weighed, money.service)
    thresholds = pd.concat([money.tables["thresholds"], diverted], ignore_index=True)
    grid = memory.tables("grid", lambda: structural_grid(material, parameters, money.service, context))
    context.announce("What better data would be worth")
    information = memory.tables("information", lambda: information_tables(context, material, parameters))
    return {**money.tables, **structural, "thresholds": thresholds, **grid, **information}


def _rebuilder(
    material: Material, parameters: xr.Dataset, weighed: Weighed, outcomes: xr.Dataset
) -> Callable[[xr.Dataset], xr.Dataset]:
    """Outcomes under other parameters, with no more work than what has changed asks for.

    A price leaves the outcomes as they are, and a chance of attending leaves the calls as they were weighed.
    """
    economics = material.spec.economics
    priced = set(named_parameters(economics, material.spec.budget_impact)) if economics else set()
    priced |= set(economics.staffing.groups) if economics and economics.staffing else set()
    counted = [str(name) for name in parameters.data_vars if name not in priced]

    def rebuild(given: xr.Dataset) -> xr.Dataset:
        moved = [name for name in counted if name in given and not np.array_equal(given[name], parameters[name])]
        if not moved:
            return outcomes
        only_attendance = all(name.startswith(ATTENDANCE_PREFIX) for name in moved)
        again = weighed if only_attendance else weigh(material, given, material.base)
        return outcomes_of(again, given, material.spec)

    return rebuild


def _densities(inputs: CallInputs, spec: Spec, priors: Priors) -> tuple[CallDensity, ...]:
    """The model of these data, for the sampler; a run whose fit is stored does not load what compiles it."""
    from econ111.impact.density.call import call_densities

    if spec.model is None:
        raise InputError(f"{spec.study.name} has no [model] section.")
    return call_densities(inputs, build_calendar(inputs.timeline, harmonics=spec.model.harmonics), priors=priors)


def _fell(material: Material, weighed: Weighed, posterior: Posterior, timeline: xr.Dataset) -> xr.DataArray:
    """E0 over as many months as were evaluated."""
    months = material.months.sizes["month"]
    return referrals_fell(posterior.draws, weighed.shares, timeline=timeline, months=months)


def _diagnosed(
    material: Material, parameters: xr.Dataset, posterior: Posterior, timeline: xr.Dataset
) -> dict[str, np.ndarray]:
    """Every estimand per trust and in total, and what the posterior says of displacement.

    Assumptions are held at their means here: their draws are independent and would hide slow chains.
    """
    plain = weigh(material, parameters, material.plain)
    flows, shares = plain.flows, plain.shares
    contrast = shares.sel(stage="before", drop=True) - shares.sel(stage="mental", drop=True)
    fell = _fell(material, plain, posterior, timeline)
    quantities = {
        "E0 referrals_fell": fell.fillna(0.0),  # a trust without months before its launch has none
        "E1 same_calls": flows.mental * contrast,
        "E2 displaced": flows.displaced * contrast,
        "E3 net_system, factual": flows.mental * shares.sel(stage="mental", drop=True),
        "E3 net_system, displaced": flows.displaced * shares.sel(stage="before", drop=True),
        "E3 net_system, rest": flows.mental - flows.displaced,
    }
    if material.base.absorbed == "estimated":
        quantities["E3 net_system, absorbed"] = flows.absorbed
    if ABANDONED in material.months:
        quantities["abandoned calls"] = abandoned_calls(material.months).avoided.sum("month")
    found = {
        name: with_joint_total(draws.transpose("sample", ...)).transpose("sample", ...).values
        for name, draws in quantities.items()
    }
    return found | {"displacement": posterior.draws.displacement.values}


def _estimates(
    material: Material,
    weighed: Weighed,
    outcomes: xr.Dataset,
    parameters: xr.Dataset,
    fell: xr.DataArray,
    judged: Judgement,
) -> dict[str, pd.DataFrame]:
    of_referrals, of_consequences = assumed_columns(material, parameters, material.base)
    avoided = avoided_referrals(weighed.flows, weighed.shares, weighed.elsewhere)
    referrals = estimates_table(avoided, item="disposition", kind="referral", assumptions=of_referrals, judged=judged)
    follow = estimates_table(
        outcomes, item="consequence", kind="consequence", assumptions=of_consequences, judged=judged
    )
    before_after = descriptive_table(fell, estimand="referrals_fell", item="disposition", kind="referral")
    by_month = weigh(material, parameters, material.base, monthly=True)
    months = [str(month)[:7] for month in by_month.flows.month.values]
    monthly = monthly_table(_referrals_by_month(by_month), months)
    return {"estimates": pd.concat([before_after, referrals, follow], ignore_index=True), "monthly": monthly}


def _referrals_by_month(weighed: Weighed) -> Iterator[xr.Dataset]:
    """Referrals with and without the service of every month, some months after others."""
    flows, shares = weighed.flows, weighed.shares
    each = len(EFFECTS) * flows.sizes["sample"] * shares.sizes["trust"] * shares.sizes["disposition"]
    for some in passes(flows.sizes["month"], each=each):
        yield avoided_referrals(flows.isel(month=some), shares, weighed.elsewhere)
