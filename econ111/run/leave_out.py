"""Each trust left out in turn and everything fitted again, to see whether the others' estimate leans on it.

Trusts lend each other strength (levels, mixes and falls are partly pooled), so that one odd trust can move all. The
estimate of the other trusts from all data stands beside that from their own data alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.errors import InputError
from econ111.impact.calendar import build_calendar
from econ111.impact.density.call import call_densities
from econ111.impact.inputs import build_inputs
from econ111.inference import sample_densities
from econ111.intervals import INTERVAL_LEVEL
from econ111.parameters import load_catalogue
from econ111.run.assumed import draw_all_parameters
from econ111.run.context import Context, silent
from econ111.run.model_checks import estimand_totals
from econ111.run.weighing import Weighed, gather, outcomes_of, weigh
from econ111.specs.schema import Spec
from econ111.timeline import build_timeline

ITEMS = ("ed", "primary_care", "ed_attendance", "primary_care_contact")
NOT_POSSIBLE = "not possible"


@dataclass(frozen=True)
class LeaveOutTask:
    """One refit without a trust; `spec` already has the sampling of the refit."""

    spec: Spec
    spec_path: Path | None
    parameters_folder: Path | None
    calls: xr.Dataset
    left_out: str


def fit_without(task: LeaveOutTask) -> pd.DataFrame:
    """Refit without one trust.

    Returns
    -------
    DataFrame
        One row a quantity (code, estimand, kind, item): `without`, `without_low`, `without_high`, avoided over the
        other trusts, positive is fewer; or one row with `refused`, why the others alone cannot be evaluated.
    """
    spec = task.spec.model_copy(
        update={"trusts": tuple(trust for trust in task.spec.trusts if trust.code != task.left_out)}
    )
    context = Context(
        spec, task.spec_path, load_catalogue(task.parameters_folder), task.parameters_folder, None, False, True, silent,
        False,
    )  # fmt: skip
    names = [trust.code for trust in spec.trusts]
    try:
        named, draws = _estimated(context, task.calls.sel(trust=names))
    except InputError as error:
        return pd.DataFrame([{"left_out": task.left_out, "refused": str(error)}])
    return summary_rows(named, draws, "without").assign(left_out=task.left_out, refused="")


def _estimated(context: Context, calls: xr.Dataset) -> tuple[pd.DataFrame, np.ndarray]:
    spec = context.spec
    timeline = build_timeline(calls.month.values, {trust.code: trust.launch_date for trust in spec.trusts})
    inputs = build_inputs(calls, timeline)
    inputs = replace(inputs, lost={"unrecorded": inputs.lost["unrecorded"]})
    harmonics = spec.model.harmonics if spec.model else 0
    densities = call_densities(inputs, build_calendar(timeline, harmonics=harmonics), priors=context.priors)
    posterior = sample_densities(densities, context.sampling, cores=1).draws
    material = gather(context, posterior, calls, timeline)
    parameters = draw_all_parameters(
        context, samples=posterior.sizes["sample"], absorbed_estimated=material.base.absorbed == "estimated"
    )
    weighed = weigh(material, parameters, material.base)
    return estimand_totals(weighed, outcomes_of(weighed, parameters, spec))


def summary_rows(named: pd.DataFrame, draws: np.ndarray, stem: str) -> pd.DataFrame:
    """Mean, interval and sd of the headline quantities, under columns that begin with `stem`."""
    tail = (1.0 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(draws, [tail, 1.0 - tail], axis=0)
    found = named.assign(
        **{stem: draws.mean(axis=0), f"{stem}_low": low, f"{stem}_high": high, f"{stem}_sd": draws.std(axis=0)}
    )
    return found[found["item"].isin(ITEMS)].drop(columns=[name for name in ("prior_share",) if name in found])


def leave_out_table(
    refits: pd.DataFrame, weighed: Weighed, outcomes: xr.Dataset, *, rules: Mapping[str, float]
) -> pd.DataFrame:
    """Refits beside what all data say of the same trusts.

    Parameters
    ----------
    refits : DataFrame
        Rows of `fit_without`, all trusts.
    weighed, outcomes
        Of the main results; avoided positive is fewer.
    rules : mapping
        `shift`: the movement, in posterior sds of the estimate from all data, from which a row is flagged.
    """
    keys = ["code", "estimand", "kind", "item"]
    tables = []
    for left_out, rows in refits.groupby("left_out", sort=False):
        if "refused" in rows and rows.refused.astype(str).str.len().gt(0).any():
            tables.append(_refused(str(left_out), str(rows.refused.iloc[0])))
            continue
        others = [name for name in outcomes.trust.values if str(name) != left_out]
        both = _of_trusts(weighed, others), outcomes.sel(trust=others)
        from_all = summary_rows(*estimand_totals(*both), "all_data")
        joined = from_all.merge(rows[[*keys, "without", "without_low", "without_high"]], on=keys)
        tables.append(_judged(joined.assign(left_out=left_out), rules["shift"]))
    return pd.concat(tables, ignore_index=True)


def _of_trusts(weighed: Weighed, names: list[Any]) -> Weighed:
    return Weighed(weighed.flows.sel(trust=names), weighed.shares.sel(trust=names), weighed.elsewhere)


def _judged(rows: pd.DataFrame, largest: float) -> pd.DataFrame:
    values = {name: pd.to_numeric(rows[name]) for name in ("without", "without_low", "without_high")}
    shift = (values["without"] - rows.all_data) / rows.all_data_sd
    far = shift.abs() > largest
    words = {
        True: "the estimate of the other trusts leans on this trust",
        False: "the estimate of the other trusts does not lean on this trust",
    }
    return rows.assign(
        **values, shift=shift, level=INTERVAL_LEVEL, verdict=np.where(far, "look", "pass"),
        reading=[words[bool(flag)] for flag in far],
    ).drop(columns="all_data_sd")  # fmt: skip


def _refused(left_out: str, why: str) -> pd.DataFrame:
    return pd.DataFrame([{"left_out": left_out, "verdict": NOT_POSSIBLE, "reading": why, "level": INTERVAL_LEVEL}])
