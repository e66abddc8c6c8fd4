"""What the call data cannot tell, as named draws: assumptions, attendance after advice, prices, structural choices.

Each conditional probability and each price is a variable of its own, so that one-way analysis can move one at a time
and re-evaluate the same posterior draws. What only the scenarios of structural choices use is drawn apart, unless the
main results rest on it: then it is varied with the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from econ111.errors import InputError
from econ111.impact.attendance import AFTER_ATTENDANCE, draw_attendance
from econ111.impact.estimands import Elsewhere
from econ111.impact.unrecorded import log_odds_names
from econ111.parameters import draw_group, draw_parameters, load_attendance_evidence
from econ111.run.context import Context
from econ111.run.money import draw_in_price_year, named_parameters
from econ111.run.staffing import draw_staffing_groups
from econ111.simulate import DISPOSITIONS
from econ111.specs.schema import Assumptions, Spec

ATTENDANCE_PREFIX = "attended."
PRIOR_ONLY = "prior-only: no call data inform it"


def draw_all_parameters(context: Context, *, samples: int, absorbed_estimated: bool = False) -> xr.Dataset:
    """Draws of every parameter on which the main results rest: assumptions, attendance, prices; one variable each.

    The share of absorbed calls is left out when it is estimated from the calls of the crisis lines.
    """
    spec, seed = context.spec, context.sampling.seed
    economics = spec.economics
    names = named_parameters(economics, spec.budget_impact) if economics else {}
    draws = draw_in_price_year(context.catalogue, names, spec=spec, samples=samples, seed=seed)
    if economics and economics.staffing:
        draws = draws.assign(draw_staffing_groups(context.catalogue, economics.staffing, samples=samples, seed=seed))
    single, groups = prior_only_names(spec, absorbed_estimated=absorbed_estimated)
    draws = draws.assign(draw_parameters(context.catalogue, single, samples=samples, seed=seed).data_vars)
    for group in groups:
        draws[group] = draw_group(context.catalogue, group, samples=samples, seed=seed).rename(
            component=f"{group}_component"
        )
    attendance = draw_attendance(
        load_attendance_evidence(context.parameters_folder), priors=context.priors, samples=samples, seed=seed,
        dispositions=DISPOSITIONS,
    )  # fmt: skip
    for disposition in attendance.disposition.values:
        for consequence in attendance.consequence.values:
            chance = attendance.sel(disposition=disposition, consequence=consequence, drop=True)
            if bool((chance > 0).any()):
                name = f"{ATTENDANCE_PREFIX}{disposition}.{consequence}"
                draws[name] = chance.assign_attrs(
                    unit="proportion", description=f"probability of {consequence} after {disposition}"
                )
    return draws


def draw_structural(context: Context, *, samples: int) -> xr.Dataset:
    """Draws of the parameters that the scenarios of structural choices use; the same numbers whoever asks for them."""
    spec, seed = context.spec, context.sampling.seed
    names = [*structural_names(spec, main=False), _assumptions(spec).absorbed_share]
    draws = draw_parameters(context.catalogue, names, samples=samples, seed=seed)
    group = spec.structural.induced_otherwise_survey
    drawn = draw_group(context.catalogue, group, samples=samples, seed=seed).rename(component=f"{group}_component")
    return draws.assign({group: drawn})


def elsewhere_from(parameters: xr.Dataset, spec: Spec, dispositions: Sequence[str]) -> Elsewhere:
    """What absorbed and induced callers would have met, from the named draws."""
    assumed = _assumptions(spec)

    def group(name: str) -> xr.DataArray:
        return parameters[name].rename({f"{name}_component": "disposition"}).sel(disposition=list(dispositions))

    absorbed = parameters.get(assumed.absorbed_share)
    return Elsewhere(absorbed, group(assumed.crisis_line_mix), group(assumed.induced_otherwise))


def attendance_from(parameters: xr.Dataset) -> xr.DataArray:
    """The table of conditional probabilities again, from its single variables (sample, disposition, consequence)."""
    names = [str(name) for name in parameters.data_vars if str(name).startswith(ATTENDANCE_PREFIX)]
    pairs = [tuple(name.removeprefix(ATTENDANCE_PREFIX).split(".")) for name in names]
    rows = [*DISPOSITIONS, AFTER_ATTENDANCE]
    columns = list(dict.fromkeys(pair[1] for pair in pairs))
    values = np.zeros((parameters.sizes["sample"], len(rows), len(columns)))
    for name, (row, column) in zip(names, pairs, strict=True):
        values[:, rows.index(row), columns.index(column)] = parameters[name].values
    coords = {"disposition": rows, "consequence": columns}
    return xr.DataArray(values, dims=("sample", "disposition", "consequence"), coords=coords)


def evidence_used(context: Context) -> pd.DataFrame:
    """Every row of evidence that joins advice to what followed, with the titles of its sources."""
    evidence = load_attendance_evidence(context.parameters_folder)
    sources = context.catalogue.sources
    titles = ["; ".join(sources[key.strip()].title for key in keys.split(";")) for keys in evidence.source]
    return evidence.assign(source_title=titles)


def parameters_used(context: Context) -> pd.DataFrame:
    """Every parameter that the evaluation uses, with its source and what it is used for."""
    spec = context.spec
    assumed = _assumptions(spec)
    uses = named_parameters(spec.economics, spec.budget_impact) if spec.economics else {}
    uses |= {assumed.absorbed_share: f"division of calls that the physical line did not lose ({PRIOR_ONLY})"}
    groups = {
        assumed.crisis_line_mix: "what absorbed crisis-line calls met",
        assumed.induced_otherwise: "what induced callers would have used",
        spec.structural.induced_otherwise_survey: "scenario of what induced callers would have used",
    }
    if spec.economics and spec.economics.staffing:
        groups |= dict.fromkeys(spec.economics.staffing.groups, "service cost from the people up")
    uses |= {p.name: f"{use} ({PRIOR_ONLY})" for group, use in groups.items() for p in context.catalogue.group(group)}
    uses |= dict.fromkeys(structural_names(spec, main=False), f"scenarios of structural choices ({PRIOR_ONLY})")
    information = spec.value_of_information
    uses |= {} if information is None else information.named()
    uses |= {f"prior_{name}": "prior of the model" for name in context.priors}
    uses |= {f"verdict_{name}": "rule of the verdicts" for name in context.rules}
    uses |= {f"check_{name}": "rule of the checks of the model" for name in context.check_rules}
    frame = context.catalogue.to_frame()
    chosen = frame[frame.name.isin(list(uses))]
    return chosen.assign(use=chosen.name.map(uses)).reset_index(drop=True)


def prior_only_names(spec: Spec, *, absorbed_estimated: bool) -> tuple[list[str], list[str]]:
    """Single parameters and Dirichlet groups on which the main results rest and that no call data inform."""
    assumed = _assumptions(spec)
    single = [*([] if absorbed_estimated else [assumed.absorbed_share]), *structural_names(spec, main=True)]
    return single, [assumed.crisis_line_mix, assumed.induced_otherwise]


def structural_names(spec: Spec, *, main: bool) -> list[str]:
    """Single parameters of the structural choices: those on which the main results rest, or all of them."""
    given = spec.structural
    names = []
    if not main or given.base_unrecorded == "elicited":
        names += list(log_odds_names(given.unrecorded_log_odds, DISPOSITIONS).values())
    if not main or given.base_overlap != "none":
        names += [given.transfer_share]
    if not main or given.base_overlap == "stated":
        names += [given.transfer_overlap]
    if not main:
        names += [given.called_once_share, given.frequent_caller_share, given.frequent_call_share]
        names += [given.avoided_cap, given.unrecorded_odds_limit]
    return names


def _assumptions(spec: Spec) -> Assumptions:
    if spec.assumptions is None:
        raise InputError(f"{spec.study.name} has no [assumptions] section.")
    return spec.assumptions
