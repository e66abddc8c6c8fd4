"""What a call file must be for an evaluation, and how much of it was returned."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from econ111.activity import CallLayout, CellRule, TrustLayout
from econ111.errors import InputError, Issue
from econ111.impact.inputs import CallInputs
from econ111.specs.schema import Rule, Spec


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
