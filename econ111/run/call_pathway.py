"""Calls -> model -> avoided referrals -> consequences -> economics.

One pass, no step back: everything below the posterior is re-weighting of its draws, so that assumptions, prices and
scenarios never need another fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import CallLayout, CellRule, Reading, TrustLayout, read_calls
from econ111.errors import InputError, Issue
from econ111.impact.attendance import draw_attendance
from econ111.impact.estimands import (
    EFFECTS,
    Elsewhere,
    avoided_referrals,
    call_flows,
    consequences,
    referrals_fell,
    tilt,
)
from econ111.impact.inputs import CallInputs, build_inputs
from econ111.inference import Diagnostics, Posterior
from econ111.parameters import draw_group, draw_parameters, load_attendance_evidence
from econ111.results import Evaluation, make_record
from econ111.run.context import Context, add_issues, checks_table, state_warnings
from econ111.run.estimates import descriptive_table, estimates_table, monthly_table, with_joint_total
from econ111.run.money import draw_in_price_year, evaluate_money, named_parameters
from econ111.specs.loading import find_data_file
from econ111.specs.schema import Assumptions, Rule, Spec
from econ111.timeline import build_timeline, pre_months

if TYPE_CHECKING:
    import pymc as pm

KEEP = (
    "expected_without", "expected_with", "expected_mental", "share", "unrecorded_share", "displacement", "ramp_months",
    "physical_relative_sd", "mental_relative_sd", "mix_scatter", "physical_level_sd",
)  # fmt: skip
ATTENDANCE_PREFIX = "attended."


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
    issues = add_issues(reading.issues, [*_short_history(inputs, spec, path.name), *context.catalogue.overdue(spec.study.period_end)])
    context.announce("Sampling the model of the calls (a stored fit is used when nothing has changed)")
    posterior, warnings = context.fit(lambda: _build(inputs, context), reading.data, KEEP)
    context.announce("Estimating avoided referrals and their consequences")
    parameters = _parameters(context, samples=posterior.draws.sizes["sample"])
    effects = _effects(posterior, parameters, inputs, spec)
    diagnostics = context.diagnose(_diagnosed(effects, parameters, posterior, inputs), posterior)
    outcomes = _outcomes(effects, parameters, spec)
    tables = _estimates(effects, outcomes, parameters, context, diagnostics)
    context.announce("Costs, budget impact, scenarios and one-way analysis")
    money = evaluate_money(outcomes, parameters, spec=spec, rebuild=lambda given: _outcomes(_again(effects, given, inputs, spec, posterior), given, spec))
    tables |= money.tables | {"issues": issues, "parameters": _used(context, parameters), "checks": checks_table(diagnostics, context.rules, _identified(inputs))}
    record = make_record(
        spec, data_file=path, parameters_checksum=context.catalogue.checksum(), seed=context.sampling.seed,
        warnings=(*warnings, *state_warnings(diagnostics.accepted)),
    )  # fmt: skip
    return Evaluation(
        spec=spec, tables=tables, record=record, calls=reading.data, posterior=posterior.draws, outcomes=outcomes,
        costs=money.costs, budget=money.budget, parameter_draws=parameters, diagnostics=diagnostics.to_dict(),
    )  # fmt: skip


def call_layout(spec: Spec) -> CallLayout:
    """How the words of the data file map to ours, as the specification says."""
    data = spec.data
    if data is None:
        raise InputError(f"{spec.study.name} names no data file.")
    rules = {name: _cell_rule(rule) for name, rule in data.rules.items()}
    trusts = {
        trust.code: TrustLayout(launch_date=trust.launch_date, rule=rules[trust.rule] if trust.rule else CellRule())
        for trust in spec.trusts
    }
    return CallLayout(trusts=trusts, categories=dict(data.categories))


def check_other_share(calls: xr.Dataset, spec: Spec, file: str) -> None:
    """Refuse data of which more than the set share stands outside the named dispositions.

    Raises
    ------
    InputError
        With the share per trust.
    """
    limit = spec.data.max_other_share if spec.data else 1.0
    in_other = calls.dispositions_low.where(calls.membership.sel(disposition="other") > 0)
    complete = calls.dispositions_low.notnull().sum("category") > 1
    share = in_other.where(complete).sum(["month", "line", "category"]) / calls.dispositions_low.where(complete).sum(["month", "line", "category"])
    over = [f"{trust} {value:.0%}" for trust, value in zip(share.trust.values, share.values, strict=True) if value > limit]
    if over:
        raise InputError(
            f"{file}: more than {limit:.0%} of dispositions are 'other': {', '.join(over)}. Map more of the source's "
            "categories in [data.categories], or raise data.max_other_share and say why in study.notes."
        )


def _cell_rule(rule: Rule) -> CellRule:
    return CellRule(below=rule.below, zero_included=rule.zero_included, base=rule.base, rounding=rule.rounding)


def _build(inputs: CallInputs, context: Context) -> pm.Model:
    from econ111.impact.call_model import build_call_model

    settings = context.spec.model
    if settings is None:
        raise InputError(f"{context.spec.study.name} has no [model] section.")
    return build_call_model(inputs, harmonics=settings.harmonics, priors=context.priors)


def _short_history(inputs: CallInputs, spec: Spec, file: str) -> list[Issue]:
    least = spec.model.minimum_pre_months if spec.model else 0
    short = pre_months(inputs.timeline)
    return [
        Issue(
            "warning", file, None, f"trust {trust} has {months} months before launch; with fewer than {least} the trend and the "
            "season are driven by their priors.", "Supply earlier months, or read the displaced share as an assumption.",
        )
        for trust, months in zip(inputs.trusts, short.values.tolist(), strict=True)
        if months < least
    ]  # fmt: skip


def _parameters(context: Context, *, samples: int) -> xr.Dataset:
    """Draws of every parameter the evaluation uses: assumptions, attendance, prices; one variable each."""
    spec, seed = context.spec, context.sampling.seed
    assumed = _assumptions(spec)
    economics = spec.economics
    names = named_parameters(economics, spec.budget_impact) if economics else {}
    draws = draw_in_price_year(context.catalogue, names, spec=spec, samples=samples, seed=seed)
    draws[assumed.absorbed_share] = draw_parameters(context.catalogue, [assumed.absorbed_share], samples=samples, seed=seed)[assumed.absorbed_share]
    for group in (assumed.crisis_line_mix, assumed.induced_otherwise):
        draws[group] = draw_group(context.catalogue, group, samples=samples, seed=seed).rename(component=f"{group}_component")
    attendance = draw_attendance(
        load_attendance_evidence(context.parameters_folder), priors=context.priors, samples=samples, seed=seed,
        dispositions=("ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other"),
    )  # fmt: skip
    for disposition in attendance.disposition.values:
        for consequence in attendance.consequence.values:
            chance = attendance.sel(disposition=disposition, consequence=consequence, drop=True)
            if bool((chance > 0).any()):
                name = f"{ATTENDANCE_PREFIX}{disposition}.{consequence}"
                draws[name] = chance.assign_attrs(unit="proportion", description=f"probability of {consequence} after {disposition}")
    return draws


def _assumptions(spec: Spec) -> Assumptions:
    if spec.assumptions is None:
        raise InputError(f"{spec.study.name} has no [assumptions] section.")
    return spec.assumptions


def _elsewhere(parameters: xr.Dataset, spec: Spec, dispositions: Sequence[str]) -> Elsewhere:
    assumed = _assumptions(spec)

    def group(name: str) -> xr.DataArray:
        return parameters[name].rename({f"{name}_component": "disposition"}).sel(disposition=list(dispositions))

    return Elsewhere(parameters[assumed.absorbed_share], group(assumed.crisis_line_mix), group(assumed.induced_otherwise))


def _attendance(parameters: xr.Dataset) -> xr.DataArray:
    """The table of conditional probabilities again, from its single variables (sample, disposition, consequence)."""
    names = [str(name) for name in parameters.data_vars if str(name).startswith(ATTENDANCE_PREFIX)]
    pairs = [tuple(name.removeprefix(ATTENDANCE_PREFIX).split(".")) for name in names]
    rows = list(dict.fromkeys(pair[0] for pair in pairs))
    columns = list(dict.fromkeys(pair[1] for pair in pairs))
    values = np.zeros((parameters.sizes["sample"], len(rows), len(columns)))
    for name, (row, column) in zip(names, pairs, strict=True):
        values[:, rows.index(row), columns.index(column)] = parameters[name].values
    coords = {"disposition": rows, "consequence": columns}
    return xr.DataArray(values, dims=("sample", "disposition", "consequence"), coords=coords)


def _effects(posterior: Posterior, parameters: xr.Dataset, inputs: CallInputs, spec: Spec) -> Effects:
    draws = posterior.draws
    monthly = call_flows(
        draws, _elsewhere(parameters, spec, inputs.dispositions), timeline=inputs.timeline,
        start=spec.study.period_start, end=spec.study.period_end,
    )  # fmt: skip
    shares = tilt(draws.share, draws.unrecorded_share)
    fell = referrals_fell(draws, shares, timeline=inputs.timeline, months=monthly.sizes["month"])
    return Effects(flows=monthly.sum("month"), monthly_flows=monthly, shares=shares, fell=fell)


def _again(effects: Effects, parameters: xr.Dataset, inputs: CallInputs, spec: Spec, posterior: Posterior) -> Effects:
    """The same posterior draws under other assumptions: only the division of the rest can change."""
    absorbed = _elsewhere(parameters, spec, inputs.dispositions).absorbed_share
    rest = effects.flows.mental - effects.flows.displaced
    flows = effects.flows.assign(absorbed=absorbed * rest, induced=(1 - absorbed) * rest)
    return Effects(flows=flows, monthly_flows=effects.monthly_flows, shares=effects.shares, fell=effects.fell)


def _outcomes(effects: Effects, parameters: xr.Dataset, spec: Spec) -> xr.Dataset:
    """The contract between model and economics."""
    dispositions = [str(name) for name in effects.shares.disposition.values]
    pair = consequences(effects.flows, effects.shares, _elsewhere(parameters, spec, dispositions), _attendance(parameters))
    study = spec.study
    wanted = [item.consequence for item in spec.economics.consequences] if spec.economics else list(pair.consequence.values)
    outcomes = pair.sel(consequence=wanted).assign(calls=effects.flows.mental)
    months = (study.period_end.year - study.period_start.year) * 12 + study.period_end.month - study.period_start.month + 1
    return outcomes.assign_attrs(
        comparator=study.comparator, intervention=study.intervention, perspective=study.perspective,
        period_start=str(study.period_start), period_end=str(study.period_end), period_months=float(months),
        synthetic=int(study.synthetic), may_be_negative="with_service without_service",
    )  # fmt: skip


def _diagnosed(effects: Effects, parameters: xr.Dataset, posterior: Posterior, inputs: CallInputs) -> dict[str, np.ndarray]:
    """Every estimand per trust and in total, and what the posterior says of displacement.

    Assumptions are held at their means here: their draws are independent and would hide slow chains.
    """
    flows, shares = effects.flows, effects.shares
    contrast = shares.sel(stage="before", drop=True) - shares.sel(stage="mental", drop=True)
    quantities = {
        "E0 referrals_fell": effects.fell,
        "E1 same_calls": flows.mental * contrast,
        "E2 displaced": flows.displaced * contrast,
        "E3 net_system, factual": flows.mental * shares.sel(stage="mental", drop=True),
        "E3 net_system, displaced": flows.displaced * shares.sel(stage="before", drop=True),
        "E3 net_system, rest": flows.mental - flows.displaced,
    }
    found = {name: with_joint_total(draws.transpose("sample", ...)).transpose("sample", ...).values for name, draws in quantities.items()}
    return found | {"displacement": posterior.draws.displacement.values}


def _estimates(
    effects: Effects, outcomes: xr.Dataset, parameters: xr.Dataset, context: Context, diagnostics: Diagnostics
) -> dict[str, pd.DataFrame]:
    spec = context.spec
    elsewhere = _elsewhere(parameters, spec, [str(name) for name in effects.shares.disposition.values])
    assumed = np.column_stack([elsewhere.absorbed_share.values, elsewhere.crisis_line_mix.values, elsewhere.induced_otherwise.values])
    borrowed = _attendance(parameters)
    attended = borrowed.values.reshape(borrowed.sizes["sample"], -1)
    nothing = np.zeros((len(assumed), 0))
    of_referrals = dict.fromkeys(EFFECTS, nothing) | {"net_system": assumed}
    of_consequences = dict.fromkeys(EFFECTS, attended) | {"net_system": np.column_stack([assumed, attended])}
    fails = "" if diagnostics.usable or diagnostics.accepted else diagnostics.failure
    common = {"rules": context.rules, "diagnostics_fail": fails}
    referrals = estimates_table(
        avoided_referrals(effects.flows, effects.shares, elsewhere), item="disposition", kind="referral",
        assumptions=of_referrals, **common,
    )  # fmt: skip
    follow = estimates_table(outcomes, item="consequence", kind="consequence", assumptions=of_consequences, **common)
    fell = descriptive_table(effects.fell, estimand="referrals_fell", item="disposition", kind="referral")
    months = [str(month)[:7] for month in effects.monthly_flows.month.values]
    monthly = monthly_table(avoided_referrals(effects.monthly_flows, effects.shares, elsewhere), months)
    return {"estimates": pd.concat([fell, referrals, follow], ignore_index=True), "monthly": monthly}


def _used(context: Context, parameters: xr.Dataset) -> pd.DataFrame:
    """Every parameter that the evaluation uses, with its source and what it is used for."""
    spec = context.spec
    assumed = _assumptions(spec)
    uses = named_parameters(spec.economics, spec.budget_impact) if spec.economics else {}
    uses |= {assumed.absorbed_share: "division of calls that the physical line did not lose"}
    uses |= {p.name: "what absorbed crisis-line calls met" for p in context.catalogue.group(assumed.crisis_line_mix)}
    uses |= {p.name: "what induced callers would have used" for p in context.catalogue.group(assumed.induced_otherwise)}
    uses |= {f"prior_{name}": "prior of the model" for name in context.priors}
    uses |= {f"verdict_{name}": "rule of the verdicts" for name in context.rules}
    frame = context.catalogue.to_frame()
    chosen = frame[frame.name.isin(list(uses))]
    return chosen.assign(use=chosen.name.map(uses)).reset_index(drop=True)


def _identified(inputs: CallInputs) -> list[dict[str, object]]:
    """How much of each line and trust was returned: what the data can and cannot inform."""
    cells = inputs.mix
    rows: list[dict[str, object]] = []
    for position, trust in enumerate(inputs.trusts):
        of_trust = cells.trust == position
        groups = int(cells.membership[of_trust].any(axis=2).sum(axis=1).max()) if of_trust.any() else 0
        verdict = "all dispositions" if groups == len(inputs.dispositions) else f"{groups} groups: the rest is pooled from other trusts"
        rows.append({"check": f"months with dispositions, {trust}", "value": float(of_trust.sum()), "allowed": "", "verdict": verdict})
    return rows


def data_path(context: Context) -> Path:
    """The data file of the evaluation."""
    return find_data_file(context.spec, context.spec_path)
