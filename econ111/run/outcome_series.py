"""Attendances themselves against a projected counterfactual (E4), with the detectable effect said first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import read_succession, read_type1_series
from econ111.errors import InputError
from econ111.impact.estimands import ESTIMANDS
from econ111.impact.verdicts import judge
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.results import Evaluation, make_record
from econ111.run.context import Context, checks_table, state_warnings
from econ111.run.estimates import UNITS, with_joint_total
from econ111.specs.loading import find_data_file
from econ111.specs.schema import Series, Spec
from econ111.timeline import build_timeline

if TYPE_CHECKING:
    import pymc as pm

    from econ111.impact.series_model import Detectable

KEEP = ("expected_without", "series_relative_sd", "series_level_sd")


def evaluate_series(context: Context) -> Evaluation:
    """Run an outcome-series evaluation; see `evaluate`."""
    spec = context.spec
    settings = _series(spec)
    path = find_data_file(spec, context.spec_path)
    context.announce(f"Reading {path.name}")
    succession = read_succession(path.parent / spec.data.succession) if spec.data and spec.data.succession else ()
    reading = read_type1_series(path, region=spec.data.region if spec.data else None, succession=succession)
    series = reading.data[settings.outcome].sel(month=slice(None, str(spec.study.period_end)))
    launches = {str(trust): settings.launch_date for trust in series.trust.values}
    timeline = build_timeline(series.month.values, launches)
    context.announce("Sampling the projection (a stored fit is used when nothing has changed)")
    posterior, warnings = context.fit(lambda: _build(series, timeline, context), reading.data, KEEP)
    draws = posterior.draws.assign_coords(month=series.month.values)
    from econ111.impact.series_model import avoided_in_series, detectable_effect

    avoided = with_joint_total(avoided_in_series(draws, series, timeline, seed=context.sampling.seed))
    after = avoided.isel(month=np.flatnonzero(timeline.after_launch.all("trust").values))
    diagnostics = context.diagnose(_diagnosed(draws, timeline), posterior)
    per_month = after.mean("month")
    found = {str(trust): detectable_effect(per_month.sel(trust=trust).values, power=context.rules["power"]) for trust in per_month.trust.values}
    plausible = context.catalogue[settings.plausible_monthly_effect].value
    tables = {
        "estimates": _estimates(after, found, plausible, context),
        "monthly": _monthly(after),
        "issues": reading.issues,
        "checks": checks_table(diagnostics, context.rules, _power_rows(found["Total"], plausible)),
        "parameters": _used(context, settings),
    }
    record = make_record(
        spec, data_file=path, parameters_checksum=context.catalogue.checksum(), seed=context.sampling.seed,
        warnings=(*warnings, *state_warnings(diagnostics.accepted)),
    )  # fmt: skip
    return Evaluation(
        spec=spec, tables=tables, record=record, calls=reading.data, posterior=draws, diagnostics=diagnostics.to_dict()
    )


def _series(spec: Spec) -> Series:
    if spec.series is None:
        raise InputError(f"{spec.study.name} has no [series] section.")
    return spec.series


def _build(series: xr.DataArray, timeline: xr.Dataset, context: Context) -> pm.Model:
    from econ111.impact.series_model import build_series_model

    priors = context.priors | {"level_step_sd": context.priors["series_level_step_sd"]}
    harmonics = context.spec.model.harmonics if context.spec.model else 0
    return build_series_model(series, timeline, harmonics=harmonics, priors=priors)


def _diagnosed(draws: xr.Dataset, timeline: xr.Dataset) -> dict[str, np.ndarray]:
    after = np.flatnonzero(timeline.after_launch.all("trust").values)
    projected = with_joint_total(draws.expected_without.isel(month=after).mean("month"))
    return {
        "projected attendances": projected.transpose("sample", ...).values,
        "relative sd": draws.series_relative_sd.values,
        "sd of the level's steps": draws.series_level_sd.values,
    }


def _estimates(after: xr.DataArray, found: dict[str, Detectable], plausible: float, context: Context) -> pd.DataFrame:
    """One row per trust and in total; the plausible effect of one trust is at most that of all."""
    whole = after.sum("month")
    summary = summarise(whole)
    code, definition = ESTIMANDS["outcome_series"]
    rows = []
    for trust in whole.trust.values:
        draws, at = whole.sel(trust=trust).values, summary.sel(trust=trust)
        verdict = judge(draws, rules=context.rules, detectable=found[str(trust)].effect, plausible=plausible)
        rows.append({
            "code": code, "estimand": "outcome_series", "definition": definition, "kind": "series",
            "item": _series(context.spec).outcome, "trust": str(trust), "unit": UNITS["series"],
            "without_service": np.nan, "with_service": np.nan, "avoided": float(at["mean"]),
            "avoided_low": float(at["low"]), "avoided_high": float(at["high"]), "level": INTERVAL_LEVEL,
            "probability_fewer": float((draws > 0).mean()), "prior_share": np.nan, "verdict": verdict.word,
            "reason": verdict.reason + (" (attendances a month)" if "detectable" in verdict.reason else ""),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _monthly(after: xr.DataArray) -> pd.DataFrame:
    frame = summarise(after).to_dataframe().reset_index()
    return pd.DataFrame({
        "code": ESTIMANDS["outcome_series"][0], "estimand": "outcome_series", "item": "attendances_type1",
        "trust": frame.trust, "month": [str(month)[:7] for month in frame.month], "avoided": frame["mean"],
        "avoided_low": frame.low, "avoided_high": frame.high, "level": INTERVAL_LEVEL, "unit": "attendances a month",
    })  # fmt: skip


def _power_rows(total: Detectable, plausible: float) -> list[dict[str, object]]:
    verdict = "can be told from nothing" if total.effect <= plausible else "NOT IDENTIFIABLE"
    return [
        {"check": "largest plausible effect a month", "value": plausible, "allowed": "", "verdict": "every call an attendance"},
        {
            "check": f"smallest detectable effect a month, power {total.power:.0%}", "value": total.effect,
            "allowed": f"at most {plausible:,.0f}", "verdict": verdict,
        },
    ]  # fmt: skip


def _used(context: Context, settings: Series) -> pd.DataFrame:
    uses = {settings.plausible_monthly_effect: "largest plausible effect"}
    uses |= {f"prior_{name}": "prior of the model" for name in context.priors}
    uses |= {f"verdict_{name}": "rule of the verdicts" for name in context.rules}
    frame = context.catalogue.to_frame()
    chosen = frame[frame.name.isin(list(uses))]
    return chosen.assign(use=chosen.name.map(uses)).reset_index(drop=True)
