"""The numbers behind the figures that come from draws or from the data as read, as tidy tables.

Each is summarised last: sums over trusts and weights are taken draw by draw. A total of observed counts is given only
for months in which every trust has a count.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.reading import CELL_STATES
from econ111.economics.totals import TOTAL, with_total
from econ111.intervals import summarise
from econ111.results import Evaluation

CALL_VARIABLES = ("expected_without", "expected_with", "expected_mental")
STAGE_WEIGHTS = {"before": "expected_with", "after": "expected_with", "mental": "expected_mental"}


def calls_by_month(evaluation: Evaluation) -> pd.DataFrame | None:
    """Answered calls by trust and month, observed and expected.

    Returns
    -------
    DataFrame or None
        trust (with 'Total'), month, physical_low, physical_high, mental_low, mental_high (observed, bounds of hidden
        counts), without with interval, with_service, mental (expected). None when the evaluation has no such draws.
    """
    posterior, calls = evaluation.posterior, evaluation.calls
    if posterior is None or calls is None or not _has(posterior, CALL_VARIABLES) or "calls_answered_low" not in calls:
        return None
    without = summarise(with_total(posterior["expected_without"]))
    columns = {"without": without["mean"], "without_low": without["low"], "without_high": without["high"]}
    for name, variable in (("with_service", "expected_with"), ("mental", "expected_mental")):
        columns[name] = with_total(posterior[variable]).mean("sample")
    frame = _by_trust_and_month(columns)
    for line in ("physical", "mental"):
        for end in ("low", "high"):
            found = _observed(calls, end, line)
            frame = frame.merge(found.rename(columns={"value": f"{line}_{end}"}), on=["trust", "month"], how="left")
    return frame


def series_by_month(evaluation: Evaluation) -> pd.DataFrame | None:
    """An outcome series by trust (with 'Total') and month: observed, and `without` with interval.

    The months before the service have no `without`: the model was fitted to them.
    """
    posterior, data = evaluation.posterior, evaluation.calls
    outcome = evaluation.spec.series.outcome if evaluation.spec.series else ""
    if posterior is None or data is None or outcome not in data or "expected_without" not in posterior:
        return None
    without = summarise(with_total(posterior["expected_without"]))
    frame = _by_trust_and_month(
        {"without": without["mean"], "without_low": without["low"], "without_high": without["high"]}
    )
    observed = _tidy(_with_observed_total(data[outcome]), "observed")
    return observed.merge(frame, on=["trust", "month"], how="left")


def disposition_mix(evaluation: Evaluation) -> pd.DataFrame | None:
    """Shares of recorded dispositions by stage and trust; those of all trusts are weighted by expected calls.

    Returns
    -------
    DataFrame or None
        trust (with 'Total'), stage, disposition, share, share_low, share_high.
    """
    posterior = evaluation.posterior
    if posterior is None or "share" not in posterior or not {"expected_with", "expected_mental"} <= set(posterior):
        return None
    shares = posterior["share"]
    weights = xr.concat(
        [_stage_weight(evaluation, posterior, str(stage)) for stage in shares["stage"].values],
        dim=shares.indexes["stage"],
    )
    weighted = (shares * weights).sum("trust") / weights.sum("trust")
    total = weighted.expand_dims(trust=[TOTAL])
    joined = xr.concat([shares.reset_coords(drop=True), total.reset_coords(drop=True)], dim="trust")
    summary = summarise(joined.transpose("sample", "trust", "stage", "disposition"))
    names = {"mean": "share", "low": "share_low", "high": "share_high"}
    return summary.rename(names).to_dataframe().reset_index()[["trust", "stage", "disposition", *names.values()]]


def cell_states(evaluation: Evaluation) -> dict[str, pd.DataFrame]:
    """State of the cells of each line, for answered calls and for dispositions taken together.

    The dispositions of a month are *partly supplied* when some of the categories that the trust ever returns are
    missing; one that it never returns is not held against it.

    Returns
    -------
    dict of str to DataFrame
        By what the map shows; columns trust, month, state. Empty when there are no cell states.
    """
    data = evaluation.calls
    if data is None:
        return {}
    outcome = evaluation.spec.series.outcome if evaluation.spec.series else ""
    if f"{outcome}_state" in data:
        return {"Attendances": _states(_named(data[f"{outcome}_state"]))}
    maps = {}
    for line in [str(name) for name in data["line"].values] if "line" in data.coords else []:
        title = f"{line.capitalize()} line"
        if "calls_answered_state" in data:
            maps[f"{title}: answered calls"] = _states(_named(data["calls_answered_state"].sel(line=line)))
        if "dispositions_state" in data and data.sizes.get("category", 0):
            maps[f"{title}: dispositions"] = _states(_dispositions_together(data["dispositions_state"].sel(line=line)))
    return maps


def _has(posterior: xr.Dataset, names: tuple[str, ...]) -> bool:
    return all(name in posterior for name in names)


def _months(values: object) -> pd.DatetimeIndex:
    """First days of months, from dates or from texts such as 2024-04."""
    return pd.DatetimeIndex(pd.to_datetime([str(value)[:7] for value in np.asarray(values)], format="%Y-%m"))


def _tidy(array: xr.DataArray, name: str) -> pd.DataFrame:
    dated = (
        array.transpose("trust", "month").reset_coords(drop=True).assign_coords(month=_months(array["month"].values))
    )
    return dated.rename(name).to_dataframe().reset_index()


def _by_trust_and_month(columns: Mapping[str, xr.DataArray]) -> pd.DataFrame:
    frames = [_tidy(array, name).set_index(["trust", "month"]) for name, array in columns.items()]
    return pd.concat(frames, axis=1).reset_index()


def _observed(calls: xr.Dataset, end: str, line: str) -> pd.DataFrame:
    """One end of the observed answered calls; where they are published under a rule, the number as it is printed."""
    name = "calls_answered"
    if line not in calls["line"].values:
        return pd.DataFrame({"trust": pd.Series(dtype=str), "month": pd.Series(dtype="datetime64[ns]"), "value": []})
    mine = calls.sel(line=line, drop=True)
    if f"{name}_printed" not in mine:
        return _tidy(_with_observed_total(mine[f"{name}_{end}"]), "value")
    each = mine[f"{name}_printed"].fillna(mine[f"{name}_{end}"]).reset_coords(drop=True)
    total = mine[f"{name}_total_printed"].fillna(mine[f"{name}_total_{end}"]).reset_coords(drop=True)
    return _tidy(xr.concat([each, total.expand_dims(trust=[TOTAL])], dim="trust"), "value")


def _with_observed_total(counts: xr.DataArray) -> xr.DataArray:
    plain = counts.reset_coords(drop=True)
    return xr.concat([plain, plain.sum("trust", skipna=False).expand_dims(trust=[TOTAL])], dim="trust")


def _stage_weight(evaluation: Evaluation, posterior: xr.Dataset, stage: str) -> xr.DataArray:
    """Expected calls of a stage (sample, trust): those before, or from, each trust's launch month."""
    expected = posterior[STAGE_WEIGHTS.get(stage, "expected_with")]
    months = _months(expected["month"].values)
    launches = {trust.code: pd.Timestamp(trust.launch_date).replace(day=1) for trust in evaluation.spec.trusts}
    default = pd.Timestamp(evaluation.spec.study.period_start).replace(day=1)
    early = np.array([months < launches.get(str(code), default) for code in expected["trust"].values])
    chosen = xr.DataArray(early if stage == "before" else ~early, dims=("trust", "month"))
    weight = expected.where(chosen.assign_coords(trust=expected["trust"], month=expected["month"]), 0.0).sum("month")
    return weight.where(weight.sum("trust") > 0, 1.0)


def _named(codes: xr.DataArray) -> xr.DataArray:
    return xr.DataArray(np.array(CELL_STATES)[codes.values.astype(int)], dims=codes.dims, coords=codes.coords)


def _states(states: xr.DataArray) -> pd.DataFrame:
    return _tidy(states, "state")


def _dispositions_together(codes: xr.DataArray) -> xr.DataArray:
    """One state for all categories of a trust and month, over those that the trust ever returns."""
    named = _named(codes)
    given = ~named.isin(["not_supplied", "not_applicable"])
    returned = given.any("month")
    inapplicable = (named == "not_applicable").all("category")
    any_given, all_given = given.any("category"), (given | ~returned).all("category")
    together = xr.full_like(any_given, "not_supplied", dtype=object)
    ranked = {
        "observed": any_given & all_given,
        "rounded": any_given & all_given & (named == "rounded").any("category"),
        "suppressed": any_given & all_given & (named == "suppressed").any("category"),
        "partly_supplied": any_given & ~all_given,
        "not_applicable": inapplicable,
    }
    for state, where in ranked.items():
        together = together.where(~where, state)
    return together.drop_attrs()
