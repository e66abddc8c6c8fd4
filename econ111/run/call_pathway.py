"""Calls -> model -> avoided referrals -> consequences -> economics.

One pass, no step back: everything below the posterior is re-weighting of its draws, so that assumptions, prices and
scenarios never need another fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import read_calls
from econ111.errors import InputError
from econ111.impact.estimands import EFFECTS, avoided_referrals, call_flows, consequences, referrals_fell, tilt
from econ111.impact.inputs import CallInputs, build_inputs
from econ111.inference import Diagnostics, Posterior
from econ111.results import Evaluation, make_record
from econ111.run.assumed import (
    attendance_from,
    draw_all_parameters,
    elsewhere_from,
    evidence_used,
    parameters_used,
)
from econ111.run.call_data import call_layout, check_other_share, returned_rows, short_history
from econ111.run.context import Context, add_issues, checks_table, state_warnings
from econ111.run.estimates import Judgement, descriptive_table, estimates_table, monthly_table, with_joint_total
from econ111.run.money import evaluate_money
from econ111.specs.loading import find_data_file
from econ111.specs.schema import Spec
from econ111.timeline import build_timeline

if TYPE_CHECKING:
    from econ111.inference import ModelBuilder

KEEP = (
    "expected_without", "expected_with", "expected_mental", "share", "unrecorded_share", "displacement", "ramp_months",
    "physical_relative_sd", "mental_relative_sd", "mix_scatter", "physical_level_sd",
)  # fmt: skip


@dataclass(frozen=True)
class Effects:
    """The posterior's draws ready to be re-weighted: flows and shares of the evaluated period."""

    flows: xr.Dataset
    monthly_flows: xr.Dataset
    shares: xr.DataArray
    fell: xr.DataArray


def evaluate_calls(context: Context) -> Evaluation:
    """Run a call-pathway evaluation; see `evaluate`."""
    spec = context.spec
    path = find_data_file(spec, context.spec_path)
    context.announce(f"Reading {path.name}")
    reading = read_calls(path, call_layout(spec))
    check_other_share(reading.data, spec, path.name)
    timeline = build_timeline(reading.data.month.values, {trust.code: trust.launch_date for trust in spec.trusts})
    inputs = build_inputs(reading.data, timeline)
    issues = add_issues(
        reading.issues, [*short_history(inputs, spec, path.name), *context.catalogue.overdue(date.today())]
    )
    context.announce("Sampling the model of the calls (a stored fit is used when nothing has changed)")
    posterior, warnings = context.fit(_builder(inputs, context), reading.data, KEEP)
    context.announce("Estimating avoided referrals and their consequences")
    parameters = draw_all_parameters(context, samples=posterior.draws.sizes["sample"])
    effects = _effects(posterior, parameters, inputs, spec)
    diagnostics = context.diagnose(_diagnosed(effects, posterior), posterior)
    outcomes = _outcomes(effects, parameters, spec)
    tables = _estimates(effects, outcomes, parameters, context, diagnostics)
    context.announce("Costs, budget impact, scenarios and one-way analysis")
    money = evaluate_money(
        outcomes,
        parameters,
        spec=spec,
        rebuild=lambda given: _outcomes(_again(effects, given, inputs, spec, posterior), given, spec),
    )
    tables |= money.tables | {
        "issues": issues,
        "parameters": parameters_used(context),
        "evidence": evidence_used(context),
        "checks": checks_table(diagnostics, context.rules, returned_rows(inputs)),
    }
    record = make_record(
        spec, data_file=path, parameters_checksum=context.catalogue.checksum(), seed=context.sampling.seed,
        warnings=(*warnings, *state_warnings(diagnostics.accepted)),
    )  # fmt: skip
    return Evaluation(
        spec=spec, tables=tables, record=record, calls=reading.data, posterior=posterior.draws, outcomes=outcomes,
        costs=money.costs, budget=money.budget, parameter_draws=parameters, diagnostics=diagnostics.to_dict(),
    )  # fmt: skip


def _builder(inputs: CallInputs, context: Context) -> ModelBuilder:
    """How to make the model; PyMC is loaded only when it must be made."""
    settings = context.spec.model
    if settings is None:
        raise InputError(f"{context.spec.study.name} has no [model] section.")

    def build():  # type: ignore[no-untyped-def]
        from econ111.impact.call_model import build_call_model

        return build_call_model(inputs, harmonics=settings.harmonics, priors=context.priors)

    return build


def _effects(posterior: Posterior, parameters: xr.Dataset, inputs: CallInputs, spec: Spec) -> Effects:
    draws = posterior.draws
    monthly = call_flows(
        draws, elsewhere_from(parameters, spec, inputs.dispositions), timeline=inputs.timeline,
        start=spec.study.period_start, end=spec.study.period_end,
    )  # fmt: skip
    shares = tilt(draws.share, draws.unrecorded_share)
    fell = referrals_fell(draws, shares, timeline=inputs.timeline, months=monthly.sizes["month"])
    return Effects(flows=monthly.sum("month"), monthly_flows=monthly, shares=shares, fell=fell)


def _again(effects: Effects, parameters: xr.Dataset, inputs: CallInputs, spec: Spec, posterior: Posterior) -> Effects:
    """The same posterior draws under other assumptions: only the division of the rest can change."""
    absorbed = elsewhere_from(parameters, spec, inputs.dispositions).absorbed_share
    rest = effects.flows.mental - effects.flows.displaced
    flows = effects.flows.assign(absorbed=absorbed * rest, induced=(1 - absorbed) * rest)
    return Effects(flows=flows, monthly_flows=effects.monthly_flows, shares=effects.shares, fell=effects.fell)


def _outcomes(effects: Effects, parameters: xr.Dataset, spec: Spec) -> xr.Dataset:
    """The contract between model and economics."""
    dispositions = [str(name) for name in effects.shares.disposition.values]
    pair = consequences(
        effects.flows, effects.shares, elsewhere_from(parameters, spec, dispositions), attendance_from(parameters)
    )
    study = spec.study
    wanted = (
        [item.consequence for item in spec.economics.consequences] if spec.economics else list(pair.consequence.values)
    )
    outcomes = pair.sel(consequence=wanted).assign(calls=effects.flows.mental)
    months = (
        (study.period_end.year - study.period_start.year) * 12 + study.period_end.month - study.period_start.month + 1
    )
    return outcomes.assign_attrs(
        comparator=study.comparator, intervention=study.intervention, perspective=study.perspective,
        period_start=str(study.period_start), period_end=str(study.period_end), period_months=float(months),
        synthetic=int(study.synthetic), may_be_negative="with_service without_service",
    )  # fmt: skip


def _diagnosed(effects: Effects, posterior: Posterior) -> dict[str, np.ndarray]:
    """Every estimand per trust and in total, and what the posterior says of displacement.

    Assumptions are held at their means here: their draws are independent and would hide slow chains.
    """
    flows, shares = effects.flows, effects.shares
    contrast = shares.sel(stage="before", drop=True) - shares.sel(stage="mental", drop=True)
    quantities = {
        "E0 referrals_fell": effects.fell.fillna(0.0),  # a trust without months before its launch has none
        "E1 same_calls": flows.mental * contrast,
        "E2 displaced": flows.displaced * contrast,
        "E3 net_system, factual": flows.mental * shares.sel(stage="mental", drop=True),
        "E3 net_system, displaced": flows.displaced * shares.sel(stage="before", drop=True),
        "E3 net_system, rest": flows.mental - flows.displaced,
    }
    found = {
        name: with_joint_total(draws.transpose("sample", ...)).transpose("sample", ...).values
        for name, draws in quantities.items()
    }
    return found | {"displacement": posterior.draws.displacement.values}


def _estimates(
    effects: Effects, outcomes: xr.Dataset, parameters: xr.Dataset, context: Context, diagnostics: Diagnostics
) -> dict[str, pd.DataFrame]:
    spec = context.spec
    elsewhere = elsewhere_from(parameters, spec, [str(name) for name in effects.shares.disposition.values])
    assumed = np.column_stack(
        [elsewhere.absorbed_share.values, elsewhere.crisis_line_mix.values, elsewhere.induced_otherwise.values]
    )
    borrowed = attendance_from(parameters)
    attended = borrowed.values.reshape(borrowed.sizes["sample"], -1)
    nothing = np.zeros((len(assumed), 0))
    of_referrals = dict.fromkeys(EFFECTS, nothing) | {"net_system": assumed}
    of_consequences = dict.fromkeys(EFFECTS, attended) | {"net_system": np.column_stack([assumed, attended])}
    judged = Judgement(rules=context.rules, diagnostics_fail=diagnostics.failure)
    avoided = avoided_referrals(effects.flows, effects.shares, elsewhere)
    referrals = estimates_table(avoided, item="disposition", kind="referral", assumptions=of_referrals, judged=judged)
    follow = estimates_table(
        outcomes, item="consequence", kind="consequence", assumptions=of_consequences, judged=judged
    )
    fell = descriptive_table(effects.fell, estimand="referrals_fell", item="disposition", kind="referral")
    months = [str(month)[:7] for month in effects.monthly_flows.month.values]
    monthly = monthly_table(avoided_referrals(effects.monthly_flows, effects.shares, elsewhere), months)
    return {"estimates": pd.concat([fell, referrals, follow], ignore_index=True), "monthly": monthly}
