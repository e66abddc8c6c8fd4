"""Placebo launches of an outcome series: the launch moved back, and no month from the real one on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from econ111.economics import TOTAL
from econ111.errors import InputError
from econ111.impact.series_model import build_series_model
from econ111.impact.series_posterior import fit_series
from econ111.impact.series_power import counted_cells
from econ111.impact.series_projection import project
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.parameters import load_catalogue, random_stream
from econ111.run.context import Context, silent
from econ111.run.series_data import read_series, series_settings
from econ111.run.series_tables import Projection
from econ111.specs.schema import Spec


@dataclass(frozen=True)
class SeriesTask:
    """One refit of a specification whose launch is `shift` months early; with 0 the real one."""

    spec: Spec
    spec_path: Path | None
    parameters_folder: Path | None
    shift: int


def series_tasks(context: Context, spec: Spec, *, rules: Mapping[str, float]) -> list[SeriesTask]:
    """The real launch, then each placebo whose trusts keep enough months on either side.

    Raises
    ------
    InputError
        When the months before launch leave room for no placebo.
    """
    tasks = [SeriesTask(spec, context.spec_path, context.parameters_folder, 0)]
    step = int(rules["placebo_after"])
    shift = step
    while True:
        task = SeriesTask(moved(spec, shift), context.spec_path, context.parameters_folder, shift)
        try:
            read_series(_context(task))
        except InputError as error:
            if shift == step:
                raise InputError(f"No placebo launch can be made. {error}") from error
            return tasks
        tasks.append(task)
        shift += step


def moved(spec: Spec, shift: int) -> Spec:
    """The specification with every launch `shift` months early, and no month from the first real launch on."""
    settings = series_settings(spec)
    real = min([settings.launch_date, *(trust.launch_date for trust in spec.trusts)])
    trusts = tuple(
        trust.model_copy(update={"launch_date": _earlier(trust.launch_date, shift)}) for trust in spec.trusts
    )
    early = {"launch_date": _earlier(settings.launch_date, shift), "placebo_outcome": None}
    study = {"period_end": real.replace(day=1) - timedelta(days=1)}
    update = {
        "trusts": trusts, "series": settings.model_copy(update=early), "study": spec.study.model_copy(update=study)
    }  # fmt: skip
    return spec.model_copy(update=update)


def fit_series_placebo(task: SeriesTask) -> pd.DataFrame:
    """Refit one task.

    Returns
    -------
    DataFrame
        One row: `months_earlier`, `months_before`, `months_after` (least over trusts) and `fall` with its interval: the
        share of the projected count, all trusts and counted months; positive is fewer.
    """
    context = _context(task)
    data = read_series(context)
    panel, settings, sampling = data.panel, series_settings(task.spec), context.sampling
    model = build_series_model(panel, context.priors, effects=False, start=settings.start)
    rng = random_stream(sampling.seed, f"series.placebo {task.shift}")
    fit = fit_series(model, tune=sampling.tune, draws=sampling.draws, chains=sampling.chains, rng=rng)
    projected = project(model, fit.values, rng)
    counts = data.counts[settings.outcome].reset_coords(drop=True).transpose("trust", "month")
    one = Projection(projected.predicted_without, counts.sel(month=projected.month.values), counted_cells(panel))
    at = summarise((one.avoided_totals() / one.without()).sel(trust=TOTAL))
    trusts = len(panel.trusts)
    return pd.DataFrame([{
        "months_earlier": task.shift, "months_before": int(panel.used[:trusts].sum(axis=1).min()),
        "months_after": int(panel.counted[:trusts].sum(axis=1).min()), "fall": float(at["mean"]),
        "fall_low": float(at["low"]), "fall_high": float(at["high"]), "level": INTERVAL_LEVEL,
    }])  # fmt: skip


def _earlier(day: date, months: int) -> date:
    return date.fromordinal((pd.Timestamp(day) - pd.DateOffset(months=months)).toordinal())


def _context(task: SeriesTask) -> Context:
    return Context(
        task.spec, task.spec_path, load_catalogue(task.parameters_folder), task.parameters_folder, None, False, True,
        silent, False,
    )  # fmt: skip
