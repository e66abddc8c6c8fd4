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
    from econ111.impact.series_model import Detectable
    from econ111.inference import Diagnostics, ModelBuilder

SCALES = ("series_relative_sd", "series_level_sd", "series_trust_level_sd")
KEEP = (*SCALES, "season_coefficient")


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
    timeline["step"] = ("month", np.arange(series.sizes["month"]))
    later = timeline.after_launch.all("trust").values
    used = ~later & ~_left_out(settings, series)
    before, after = (series.isel(month=chosen) for chosen in (used, later))
    seen, ahead = (timeline.isel(month=chosen) for chosen in (used, later))
    context.announce("Sampling the projection (a stored fit is used when nothing has changed)")
    posterior, warnings = context.fit(_builder(before, seen, context), before.to_dataset(name="used"), KEEP)
    from econ111.impact.series_model import avoided_in_series, detectable_effect, project_series

    seed, draws = context.sampling.seed, posterior.draws
    expected = project_series(draws, before, seen, ahead, priors=context.priors, seed=seed)
    avoided = with_joint_total(avoided_in_series(expected, draws.series_relative_sd, after, seed=seed))
    diagnostics = context.diagnose({name: draws[name].values for name in KEEP}, posterior)
    per_month = avoided.mean("month")
    found = {
        str(trust): detectable_effect(per_month.sel(trust=trust).values, power=context.rules["power"])
        for trust in per_month.trust.values
    }
    plausible = _plausible(context, before)
    tables = {
        "estimates": _estimates(avoided, found, plausible, context, diagnostics),
        "monthly": _monthly(avoided),
        "issues": reading.issues,
        "checks": checks_table(
            diagnostics, context.rules, _power_rows(found["Total"], float(plausible.sel(trust="Total")))
        ),
        "parameters": _used(context, settings),
    }
    record = make_record(
        spec, data_file=path, parameters_checksum=context.catalogue.checksum(), seed=context.sampling.seed,
        warnings=(*warnings, *state_warnings(diagnostics.accepted)),
    )  # fmt: skip
    return Evaluation(
        spec=spec,
        tables=tables,
        record=record,
        calls=reading.data,
        posterior=draws.assign(expected_without=expected),
        diagnostics=diagnostics.to_dict(),
    )


def _series(spec: Spec) -> Series:
    if spec.series is None:
        raise InputError(f"{spec.study.name} has no [series] section.")
    return spec.series


def _builder(before: xr.DataArray, timeline: xr.Dataset, context: Context) -> ModelBuilder:
    """How to make the model; PyMC is loaded only when it must be made."""

    def build():  # type: ignore[no-untyped-def]
        from econ111.impact.series_model import build_series_model

        return build_series_model(before, timeline, harmonics=_harmonics(context.spec), priors=context.priors)

    return build


def _harmonics(spec: Spec) -> int:
    if spec.model is None or spec.model.harmonics == 0:
        raise InputError("An outcome series needs a season: set model.harmonics to 1 or 2.")
    return spec.model.harmonics


def _left_out(settings: Series, series: xr.DataArray) -> np.ndarray:
    """Months that the specification leaves out of the fit (month)."""
    if settings.left_out_from is None or settings.left_out_to is None:
        return np.zeros(series.sizes["month"], dtype=bool)
    months = pd.DatetimeIndex(series.month.values)
    return np.asarray((months >= pd.Timestamp(settings.left_out_from)) & (months <= pd.Timestamp(settings.left_out_to)))


def _estimates(
    avoided: xr.DataArray,
    found: dict[str, Detectable],
    plausible: xr.DataArray,
    context: Context,
    diagnostics: Diagnostics,
) -> pd.DataFrame:
    """One row per trust and in total."""
    whole = avoided.sum("month")
    summary = summarise(whole)
    code, definition = ESTIMANDS["outcome_series"]
    rows = []
    for trust in map(str, whole.trust.values):
        draws, at = whole.sel(trust=trust).values, summary.sel(trust=trust)
        verdict = judge(
            draws, rules=context.rules, diagnostics_fail=diagnostics.failure, detectable=found[trust].effect,
            plausible=float(plausible.sel(trust=trust)),
        )  # fmt: skip
        rows.append({
            "code": code, "estimand": "outcome_series", "definition": definition, "kind": "series",
            "item": _series(context.spec).outcome, "trust": trust, "unit": UNITS["series"],
            "without_service": np.nan, "with_service": np.nan, "avoided": float(at["mean"]),
            "avoided_low": float(at["low"]), "avoided_high": float(at["high"]), "level": INTERVAL_LEVEL,
            "probability_fewer": float((draws > 0).mean()), "prior_share": np.nan, "verdict": verdict.word,
            "reason": verdict.reason + (" (attendances a month)" if "detectable" in verdict.reason else ""),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _plausible(context: Context, before: xr.DataArray) -> xr.DataArray:
    """Largest plausible effect a month: the parameter in total, and each trust's part by its share of attendances."""
    whole = context.catalogue[_series(context.spec).plausible_monthly_effect].value
    share = before.mean("month") / before.mean("month").sum("trust")
    return with_joint_total((whole * share).reset_coords(drop=True))


def _monthly(avoided: xr.DataArray) -> pd.DataFrame:
    frame = summarise(avoided).to_dataframe().reset_index()
    return pd.DataFrame({
        "code": ESTIMANDS["outcome_series"][0], "estimand": "outcome_series", "item": "attendances_type1",
        "trust": frame.trust, "month": [str(month)[:7] for month in frame.month], "avoided": frame["mean"],
        "avoided_low": frame.low, "avoided_high": frame.high, "level": INTERVAL_LEVEL, "unit": "attendances a month",
    })  # fmt: skip


def _power_rows(total: Detectable, plausible: float) -> list[dict[str, object]]:
    verdict = "can be told from nothing" if total.effect <= plausible else "NOT IDENTIFIABLE"
    bound = "every call an attendance"
    return [
        {"check": "largest plausible effect a month", "value": plausible, "allowed": "", "verdict": bound},
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
