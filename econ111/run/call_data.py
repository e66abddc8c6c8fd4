"""What a call file must be for an evaluation, and how much of it was returned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import CallLayout, CellRule, TrustLayout
from econ111.activity.months import months_in_words
from econ111.activity.reading import Reading
from econ111.errors import InputError, Issue
from econ111.impact.estimands import in_period
from econ111.impact.inputs import CallInputs, build_inputs
from econ111.specs.schema import Rule, Spec
from econ111.timeline import build_timeline


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
    within = ["month", "line", "category"]
    share = in_other.where(complete).sum(within) / calls.dispositions_low.where(complete).sum(within)
    over = [
        f"{trust} {value:.0%}" for trust, value in zip(share.trust.values, share.values, strict=True) if value > limit
    ]
    if over:
        raise InputError(
            f"{file}: more than {limit:.0%} of dispositions are 'other': {', '.join(over)}. Map more of the source's "
            "categories in [data.categories], or raise data.max_other_share and say why in study.notes."
        )


def inputs_for(reading: Reading, spec: Spec, file: str) -> tuple[CallInputs, list[Issue]]:
    """What the model is given, and what the data lack for this evaluation.

    Raises
    ------
    InputError
        When too many dispositions are 'other', the evaluated period goes beyond the data, or a line has no counts.
    """
    check_other_share(reading.data, spec, file)
    timeline = build_timeline(reading.data.month.values, {trust.code: trust.launch_date for trust in spec.trusts})
    inputs = build_inputs(reading.data, timeline)
    return inputs, [*short_history(inputs, spec, file), *uncounted_months(inputs, spec, file)]


def short_history(inputs: CallInputs, spec: Spec, file: str) -> list[Issue]:
    """A warning for each trust with fewer supplied months before launch than the trend and season need."""
    least = spec.model.minimum_pre_months if spec.model else 0
    cells = inputs.volumes["physical"]
    before = ~inputs.timeline.after_launch.transpose("trust", "month").values[cells.trust, cells.month]
    supplied = np.bincount(cells.trust[before], minlength=len(inputs.trusts))
    return [
        Issue(
            "warning", file, None,
            f"trust {trust} has {months} months before launch; with fewer than {least} the trend and the season are "
            "driven by their priors.", "Supply earlier months, or read the displaced share as an assumption.",
        )
        for trust, months in zip(inputs.trusts, supplied.tolist(), strict=True)
        if months < least
    ]  # fmt: skip


def uncounted_months(inputs: CallInputs, spec: Spec, file: str) -> list[Issue]:
    """A warning for each line of a trust whose calls were not supplied in every month of the evaluated period."""
    opened = inputs.timeline.after_launch.transpose("trust", "month")
    period = in_period(inputs.timeline, start=spec.study.period_start, end=spec.study.period_end).values
    first_days = [pd.Timestamp(month).date() for month in opened.month.values]
    issues = []
    for line, cells in inputs.volumes.items():
        absent = (opened.values | (line != "mental")) & period
        absent[cells.trust, cells.month] = False
        for trust, of_trust in zip(inputs.trusts, absent, strict=True):
            months = [day for day, missing in zip(first_days, of_trust, strict=True) if missing]
            if months:
                what = (
                    f"answered calls of {trust} on the {line} line were not supplied in {months_in_words(months)} "
                    "of the evaluated period: the model estimates them."
                )
                remedy = (
                    "Supply these months, or evaluate a period without them (study.period_start, study.period_end)."
                )
                issues.append(Issue("warning", file, None, what, remedy))
    return issues


def returned_rows(inputs: CallInputs) -> list[dict[str, Any]]:
    """How much of each line and trust was returned: what the data can and cannot inform."""
    cells = inputs.mix
    rows: list[dict[str, Any]] = []
    for position, trust in enumerate(inputs.trusts):
        of_trust = cells.trust == position
        groups = int(cells.membership[of_trust].any(axis=2).sum(axis=1).max()) if of_trust.any() else 0
        verdict = (
            "all dispositions"
            if groups == len(inputs.dispositions)
            else f"{groups} groups: the rest is pooled from other trusts"
        )
        rows.append(
            {
                "check": f"months with dispositions, {trust}",
                "value": float(of_trust.sum()),
                "allowed": "",
                "verdict": verdict,
            }
        )
    return rows


def _cell_rule(rule: Rule) -> CellRule:
    return CellRule(below=rule.below, zero_included=rule.zero_included, base=rule.base, rounding=rule.rounding)
