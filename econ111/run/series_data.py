"""The data of an outcome-series evaluation: outcome, controls and placebo as the specification names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xarray as xr

from econ111.activity import read_succession, read_type1_series
from econ111.activity.calendar_alarms import launch_with_season
from econ111.activity.outcome_columns import read_outcome_columns
from econ111.errors import InputError, Issue, nearest
from econ111.impact.series_panel import Exclusion, Panel, build_panel
from econ111.run.context import Context, add_issues
from econ111.specs.loading import find_data_file
from econ111.specs.schema import Series, Spec
from econ111.timeline import build_timeline

TYPE1 = "attendances_type1"


@dataclass(frozen=True)
class SeriesData:
    """Counts by trust and month of every measure (over all trusts of the file), the panel, and what was noticed."""

    path: Path
    counts: xr.Dataset
    panel: Panel
    placebo: Panel | None
    issues: pd.DataFrame


def read_series(context: Context) -> SeriesData:
    """Read what the specification names, and decide which cells are used.

    Raises
    ------
    InputError
        For an outcome, control, placebo or trust that is not in the data, for one series in two roles, and for whatever
        `build_panel` refuses.
    """
    spec, settings = context.spec, series_settings(context.spec)
    path = find_data_file(spec, context.spec_path)
    context.announce(f"Reading {path.name}")
    _check_roles(settings)
    counts, issues = _counts(spec, settings, path)
    counts = counts.sel(month=slice(None, str(spec.study.period_end)))
    names = _trusts(spec, settings, counts)
    data = counts.sel(trust=names)
    panel, noticed = _panel(data[settings.outcome], counts, spec, path.name)
    noticed = [*noticed, *_with_season(spec, settings, data, path.name)]
    issues = add_issues(issues, noticed)
    placebo = None
    if settings.placebo_outcome is not None:
        placebo, more = _panel(data[settings.placebo_outcome], counts, spec, path.name)
        issues = add_issues(issues, [issue for issue in more if issue not in noticed])
    return SeriesData(path, data, panel, placebo, issues)


def series_settings(spec: Spec) -> Series:
    """The [series] section."""
    if spec.series is None:
        raise InputError(f"{spec.study.name} has no [series] section.")
    return spec.series


def harmonics(spec: Spec) -> int:
    """Annual harmonics of the season."""
    if spec.model is None or spec.model.harmonics == 0:
        raise InputError("An outcome series needs a season: set model.harmonics to 1 or 2.")
    return spec.model.harmonics


def _check_roles(settings: Series) -> None:
    outcomes = [settings.outcome, *settings.control_outcomes, *filter(None, [settings.placebo_outcome])]
    for name in outcomes:
        if outcomes.count(name) > 1:
            raise InputError(
                f"{name!r} has two roles in [series]. Outcome, controls and placebo must be different columns."
            )
    for code in settings.control_trusts:
        if code in settings.trusts:
            raise InputError(f"{code!r} is in series.trusts and in series.control_trusts. A control has no service.")


def _counts(spec: Spec, settings: Series, path: Path) -> tuple[xr.Dataset, pd.DataFrame]:
    """Every measure that is named, by trust and month."""
    if spec.data is None:
        raise InputError(f"{spec.study.name} has no [data] section.")
    succession = read_succession(path.parent / spec.data.succession) if spec.data.succession else ()
    measures = [settings.outcome, *settings.control_outcomes, *filter(None, [settings.placebo_outcome])]
    if spec.data.layout != "type1_series":
        wanted = [*settings.trusts, *settings.control_trusts] if settings.trusts else []
        reading = read_outcome_columns(
            path, measures, trusts=wanted, region=spec.data.region, succession=succession
        )  # fmt: skip
        return reading.data, reading.issues
    first = read_type1_series(path, region=spec.data.region, succession=succession)
    rest = [name for name in measures if name != TYPE1]
    if not rest:
        return first.data, first.issues
    other = read_outcome_columns(path, rest, region=spec.data.region, succession=succession)
    return first.data.merge(other.data[rest], join="left"), first.issues


def _trusts(spec: Spec, settings: Series, counts: xr.Dataset) -> list[str]:
    """Codes of the trusts with the service, in the order of the data."""
    known = [str(code) for code in counts.trust.values]
    dated = [trust.code for trust in spec.trusts]
    for key, codes in (
        ("series.trusts", settings.trusts), ("series.control_trusts", settings.control_trusts), ("[[trusts]]", dated),
    ):  # fmt: skip
        for code in codes:
            if code not in known:
                raise InputError(f"{key} names {code!r}, which is not in the data. {nearest(code, known)}")
    wanted = settings.trusts or [code for code in known if code not in settings.control_trusts]
    chosen = [code for code in known if code in wanted]
    if not chosen:
        raise InputError("No trust is left beside the controls. Name those with the service in series.trusts.")
    return chosen


def _panel(outcome: xr.DataArray, counts: xr.Dataset, spec: Spec, file: str) -> tuple[Panel, list]:  # type: ignore[type-arg]
    settings = series_settings(spec)
    own = {trust.code: trust.launch_date for trust in spec.trusts}
    launches = {str(code): own.get(str(code), settings.launch_date) for code in outcome.trust.values}
    return build_panel(
        outcome.reset_coords(drop=True),
        build_timeline(outcome.month.values, launches),
        harmonics=harmonics(spec),
        minimum=spec.model.minimum_pre_months if spec.model else 0,
        controls=_controls(settings, counts, [str(code) for code in outcome.trust.values]),
        exclusions=[Exclusion(one.first, one.last, one.reason, one.trusts) for one in settings.excluded],
        washout_months=settings.washout_months,
        file=file,
    )


def _with_season(spec: Spec, settings: Series, data: xr.Dataset, file: str) -> list[Issue]:
    """A warning when nothing could tell the season from the launch; trusts without a launch can."""
    if settings.control_trusts:
        return []
    own = {trust.code: trust.launch_date for trust in spec.trusts}
    launches = {str(code): own.get(str(code), settings.launch_date) for code in data.trust.values}
    first = pd.Timestamp(data.month.values[0]).date()
    return launch_with_season(launches, first=first, file=file)


def _controls(settings: Series, counts: xr.Dataset, trusts: Sequence[str]) -> xr.DataArray | None:
    """Control series (series, month): the outcome where there is no service, and other outcomes where there is."""
    parts = []
    if settings.control_trusts:
        beside = counts[settings.outcome].sel(trust=list(settings.control_trusts)).reset_coords(drop=True)
        parts.append(_labelled(beside, settings.outcome, [f"control {code}" for code in settings.control_trusts]))
    for name in settings.control_outcomes:
        beside = counts[name].sel(trust=list(trusts)).reset_coords(drop=True)
        parts.append(_labelled(beside, name, [f"{name} of {code}" for code in trusts]))
    return xr.concat(parts, dim="series") if parts else None


def _labelled(counts: xr.DataArray, kind: str, names: Sequence[str]) -> xr.DataArray:
    renamed = counts.transpose("trust", "month").rename(trust="series").drop_attrs()
    return renamed.assign_coords(series=list(names), kind=("series", [kind] * len(names))).rename("controls")
