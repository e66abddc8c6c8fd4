"""One fit, weighed under any set of structural choices: calls by origin, mixes, and what would have been otherwise.

A choice is something that the call data cannot judge. Each has a level on which the main results rest and others beside
it; going from one to another re-weights the same posterior draws and never samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr

from econ111.activity.crosswalk import read_crosswalk
from econ111.errors import InputError
from econ111.impact.crosswalk import check_unmapped, draw_crosswalk, re_expressed
from econ111.impact.estimands import Elsewhere, absorbed_is_estimated, by_origin, consequences, evaluated_months
from econ111.impact.overlap import counted_twice, transfers_returned, with_overlap
from econ111.impact.unrecorded import elicited_log_odds, log_odds_names, tilt
from econ111.run.assumed import ATTENDANCE_PREFIX, attendance_from, elsewhere_from
from econ111.run.context import Context
from econ111.specs.loading import find_named_file
from econ111.specs.schema import Spec

CRISIS_CALLS = ("expected_crisis_without", "expected_crisis_with")
CALLS = ("expected_without", "expected_with", "expected_mental")
ABANDONED = "abandoned_share"


@dataclass(frozen=True)
class Choices:
    """A level of every structural choice."""

    unrecorded: Literal["at_random", "elicited"] = "at_random"
    crosswalk: Literal["as_recorded", "stated", "audited"] = "as_recorded"
    overlap: Literal["none", "stated", "full"] = "none"
    absorbed: Literal["estimated", "stated", "none", "all"] = "stated"
    otherwise: Literal["stated", "survey", "nothing"] = "stated"


@dataclass(frozen=True)
class Material:
    """What a fit and its data hold for weighing, before any choice.

    `months` (sample, trust, month): expected calls of the evaluated months. `recorded` (sample, stage, trust,
    disposition) and `unrecorded_share` (sample, stage, trust). `returned` (trust): share of transfers, where returned.
    `matrices`: draws of each crosswalk.
    """

    spec: Spec
    months: xr.Dataset
    period: xr.Dataset
    recorded: xr.DataArray
    unrecorded_share: xr.DataArray
    returned: xr.DataArray
    matrices: Mapping[str, xr.DataArray]

    @property
    def dispositions(self) -> list[str]:
        """Names of the dispositions, in the order of the shares."""
        return [str(name) for name in self.recorded.disposition.values]

    @property
    def base(self) -> Choices:
        """The choices on which the main results rest."""
        given = self.spec.structural
        stated: Literal["stated", "audited"] = "audited" if "audited" in self.matrices else "stated"
        return Choices(
            unrecorded=given.base_unrecorded,
            crosswalk=stated if given.base_crosswalk == "stated" else "as_recorded",
            overlap=given.base_overlap,
            absorbed="estimated" if absorbed_is_estimated(self.months) else "stated",
        )

    @property
    def plain(self) -> Choices:
        """Choices under which nothing but the fit moves the draws, for judging its convergence."""
        return replace(self.base, unrecorded="at_random", crosswalk="as_recorded", overlap="none")


@dataclass(frozen=True)
class Weighed:
    """Calls by origin (sample, trust[, month]), shares of all calls, and what would have been otherwise."""

    flows: xr.Dataset
    shares: xr.DataArray
    elsewhere: Elsewhere


def gather(context: Context, posterior: xr.Dataset, calls: xr.Dataset, timeline: xr.Dataset) -> Material:
    """Everything that weighing needs, read and checked once.

    Raises
    ------
    InputError
        When the evaluated period goes beyond the data, or the crosswalk has faults or leaves too much unmapped.
    """
    spec = context.spec
    start, end = spec.study.period_start, spec.study.period_end
    names = [name for name in (*CALLS, *CRISIS_CALLS, ABANDONED) if name in posterior]
    months = evaluated_months(posterior[names], timeline=timeline, start=start, end=end)
    counts = [name for name in names if name.startswith("expected_")]
    return Material(
        spec=spec,
        months=months,
        period=months[counts].sum("month").transpose("sample", ...),
        recorded=posterior.share,
        unrecorded_share=posterior.unrecorded_share,
        returned=transfers_returned(calls, start=start, end=end),
        matrices=_matrices(context, posterior.share),
    )


def structural_files(context: Context) -> list[Path]:
    """Files of the crosswalk that the specification names: its own, then that of the double-coded calls."""
    given = context.spec.structural
    names = {"structural.crosswalk": given.crosswalk, "structural.crosswalk_audit": given.crosswalk_audit}
    return [find_named_file(key, name, context.spec_path) for key, name in names.items() if name]


def weigh(material: Material, parameters: xr.Dataset, choices: Choices, *, monthly: bool = False) -> Weighed:
    """The fit under one set of choices.

    Parameters
    ----------
    material : Material
        From `gather`.
    parameters : Dataset (sample)
        Draws of what the choices need; see `econ111.run.assumed`.
    choices : Choices
        A level of each.
    monthly : bool
        Whether the flows keep their months; otherwise they are summed over the evaluated period.
    """
    spec = material.spec
    elsewhere = _elsewhere(material, parameters, choices)
    calls = material.months if monthly else material.period
    if choices.absorbed != "estimated":
        calls = calls.drop_vars(CRISIS_CALLS, errors="ignore")
    flows = by_origin(calls, elsewhere)
    if choices.overlap != "none":
        given = spec.structural
        overlap = parameters[given.transfer_overlap] if choices.overlap == "stated" else 1.0
        twice = counted_twice(material.returned, otherwise=parameters[given.transfer_share], overlap=overlap)
        absorbed_share = None if choices.absorbed == "estimated" else elsewhere.absorbed_share
        flows = with_overlap(flows, twice, absorbed_share=absorbed_share)
    shares = material.recorded
    if choices.crosswalk != "as_recorded":
        shares = re_expressed(shares, material.matrices[choices.crosswalk])
    if choices.unrecorded == "elicited":
        log_odds = elicited_log_odds(parameters, spec.structural.unrecorded_log_odds, material.dispositions)
        shares = tilt(shares, material.unrecorded_share, log_odds)
    return Weighed(flows, shares, elsewhere)


def outcomes_of(weighed: Weighed, parameters: xr.Dataset, spec: Spec) -> xr.Dataset:
    """Consequences with and without the service: the contract between model and economics."""
    pair = consequences(weighed.flows, weighed.shares, weighed.elsewhere, attendance_from(parameters))
    study = spec.study
    wanted = (
        [item.consequence for item in spec.economics.consequences] if spec.economics else list(pair.consequence.values)
    )
    months = (
        (study.period_end.year - study.period_start.year) * 12 + study.period_end.month - study.period_start.month + 1
    )
    return pair.sel(consequence=wanted).assign(calls=weighed.flows.mental).assign_attrs(
        comparator=study.comparator, intervention=study.intervention, perspective=study.perspective,
        period_start=str(study.period_start), period_end=str(study.period_end), period_months=float(months),
        synthetic=int(study.synthetic), may_be_negative="with_service without_service",
    )  # fmt: skip


def outcomes_again(parameters: xr.Dataset, *, material: Material) -> xr.Dataset:
    """The outcomes under other parameters, from the same posterior draws and on the same structural choices."""
    return outcomes_of(weigh(material, parameters, material.base), parameters, material.spec)


def assumed_columns(
    material: Material, parameters: xr.Dataset, choices: Choices
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draws that the data do not inform (sample, parameter), by estimand: of avoided referrals, and of consequences."""
    given = material.spec.structural
    always: list[np.ndarray] = []
    if choices.unrecorded == "elicited":
        names = log_odds_names(given.unrecorded_log_odds, material.dispositions).values()
        always += [parameters[name].values for name in names]
    if choices.crosswalk != "as_recorded":
        always.append(_varying(material.matrices[choices.crosswalk].values))
    passed_on = [parameters[given.transfer_overlap].values] if choices.overlap == "stated" else []
    if choices.overlap != "none" and bool(material.returned.isnull().any()):
        passed_on.append(parameters[given.transfer_share].values)
    elsewhere = _elsewhere(material, parameters, choices)
    others = [] if elsewhere.absorbed_share is None else [elsewhere.absorbed_share.values]
    others += [elsewhere.crisis_line_mix.values, elsewhere.induced_otherwise.values]
    by_estimand = {
        "same_calls": always,
        "displaced": [*always, *passed_on],
        "net_system": [*always, *passed_on, *others],
    }
    attended = [parameters[name].values for name in parameters.data_vars if str(name).startswith(ATTENDANCE_PREFIX)]
    count = parameters.sizes["sample"]
    referrals = {name: _columns(parts, count) for name, parts in by_estimand.items()}
    return referrals, {name: _columns([*parts, *attended], count) for name, parts in by_estimand.items()}


def _elsewhere(material: Material, parameters: xr.Dataset, choices: Choices) -> Elsewhere:
    spec = material.spec
    found = elsewhere_from(parameters, spec, material.dispositions)
    if choices.otherwise == "survey":
        group = spec.structural.induced_otherwise_survey
        drawn = parameters[group].rename({f"{group}_component": "disposition"}).sel(disposition=material.dispositions)
        found = replace(found, induced_otherwise=drawn)
    if choices.otherwise == "nothing":
        found = replace(found, induced_otherwise=xr.zeros_like(found.induced_otherwise))
    if choices.absorbed in ("none", "all"):
        share = xr.full_like(material.period.expected_mental.isel(trust=0, drop=True), float(choices.absorbed == "all"))
        found = replace(found, absorbed_share=share)
    return replace(found, absorbed_share=None) if choices.absorbed == "estimated" else found


def _matrices(context: Context, shares: xr.DataArray) -> dict[str, xr.DataArray]:
    """Draws of the crosswalk as stated and, where calls were coded both ways, updated by them."""
    spec = context.spec
    files = structural_files(context)
    if not files:
        return {}
    crosswalk = read_crosswalk(files[0], audit=files[1] if len(files) > 1 else None)
    levels = {"stated": False} | ({"audited": True} if crosswalk.audited else {})
    samples, seed = shares.sizes["sample"], context.sampling.seed
    matrices = {
        name: draw_crosswalk(crosswalk, samples=samples, seed=seed, audited=audited) for name, audited in levels.items()
    }
    if spec.data is None:
        raise InputError(f"{spec.study.name} names no data file.")
    for matrix in matrices.values():
        check_unmapped(shares, matrix, limit=spec.data.max_other_share, file=crosswalk.file)
    return matrices


def _varying(matrix: np.ndarray) -> np.ndarray:
    flat = matrix.reshape(len(matrix), -1)
    return np.asarray(flat[:, flat.std(axis=0) > 0])


def _columns(parts: list[np.ndarray], count: int) -> np.ndarray:
    return np.column_stack([np.zeros((count, 0)), *parts])
