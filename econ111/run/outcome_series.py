"""Attendances themselves against a projected counterfactual (E4), with the detectable effect said before the fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics import TOTAL
from econ111.errors import Issue
from econ111.impact.series_breaks import Break, break_issues, find_breaks
from econ111.impact.series_model import build_series_model
from econ111.impact.series_panel import Panel
from econ111.impact.series_posterior import SeriesFit, fit_series
from econ111.impact.series_power import Detectable, counted_cells, detectable_effect, foreseen
from econ111.impact.series_projection import project
from econ111.inference import Diagnostics, Posterior
from econ111.parameters import random_stream
from econ111.results import Evaluation, make_record
from econ111.run.context import Context, add_issues, checks_table, state_warnings
from econ111.run.series_data import SeriesData, read_series, series_settings
from econ111.run.series_tables import (
    Projection,
    detectable_table,
    effects_table,
    estimates_table,
    monthly_table,
    parameters_table,
    placebo_table,
    power_rows,
)


@dataclass(frozen=True)
class _Fitted:
    """Draws of the scales, and what was projected from them."""

    fit: SeriesFit
    projected: xr.Dataset


def evaluate_series(context: Context) -> Evaluation:
    """Run an outcome-series evaluation; see `evaluate`."""
    data = read_series(context)
    panel, settings = data.panel, series_settings(context.spec)
    breaks = find_breaks(panel, largest=context.rules["break"], months=int(context.rules["break_months"]))
    detectable = _before_the_fit(context, panel)
    context.announce("Fitting the projection from the months before launch")
    main = _fitted(context, panel, "projection")
    context.announce("Fitting the falls after launch, pooled over trusts")
    pooled = _fitted(context, panel.with_counted(), "pooled", effects=True)
    fits = {"": main, "pooled ": pooled}
    if data.placebo is not None:
        context.announce(f"Fitting the placebo outcome {settings.placebo_outcome}")
        fits["placebo "] = _fitted(context, data.placebo, "placebo")
    projection = _projection(main, data.counts[settings.outcome], panel)
    diagnostics = _diagnose(context, fits, projection)
    tables = _tables(context, data, projection, fits, detectable, breaks, diagnostics)
    record = make_record(
        context.spec, data_file=data.path, parameters_checksum=context.catalogue.checksum(), seed=context.sampling.seed,
        warnings=state_warnings(diagnostics.accepted),
    )  # fmt: skip
    return Evaluation(
        spec=context.spec,
        tables=tables,
        record=record,
        calls=data.counts,
        posterior=_draws(fits, main.projected),
        diagnostics=diagnostics.to_dict(),
    )


def _before_the_fit(context: Context, panel: Panel) -> pd.DataFrame:
    """What could be noticed, found from months before launch alone, and said before anything else is fitted."""
    context.announce("Finding what could be noticed, from the months before launch alone")
    rng = random_stream(context.sampling.seed, "series.design")
    tune, draws, power = context.sampling.tune, context.sampling.draws, context.rules["power"]
    said = foreseen(panel, context.priors, tune=tune, draws=draws, chains=1, rng=rng)
    per_trust = {name: said.per_trust.sel(trust=name).values for name in panel.trusts}
    found: dict[str, tuple[Detectable, float]] = {
        name: (detectable_effect(counts, power=power), float(counts.mean()))
        for name, counts in {**per_trust, TOTAL: said.total.values}.items()
    }
    whole = context.catalogue[series_settings(context.spec).plausible_monthly_effect].value
    table = detectable_table(panel, found, plausible=whole)
    total = table.set_index("trust").loc[TOTAL]
    context.announce(
        f"Before the fit: the smallest effect that would be noticed with probability {power:.0%} is "
        f"{total.detectable:,.0f} a month ({total.detectable_share:.1%} of the count), against a largest plausible one "
        f"of {total.plausible:,.0f}. The effect {total.verdict}."
    )
    return table


def _fitted(context: Context, panel: Panel, stream: str, *, effects: bool = False) -> _Fitted:
    sampling = context.sampling
    model = build_series_model(panel, context.priors, effects=effects, start=series_settings(context.spec).start)
    rng = random_stream(sampling.seed, f"series.{stream}")
    fit = fit_series(model, tune=sampling.tune, draws=sampling.draws, chains=sampling.chains, rng=rng)
    return _Fitted(fit, project(model, fit.values, rng))


def _projection(fitted: _Fitted, counts: xr.DataArray, panel: Panel) -> Projection:
    months = fitted.projected.month.values
    observed = counts.reset_coords(drop=True).transpose("trust", "month").sel(month=months)
    return Projection(fitted.projected.predicted_without, observed, counted_cells(panel))


def _diagnose(context: Context, fits: dict[str, _Fitted], projection: Projection) -> Diagnostics:
    """Convergence of every scale of every fit, and of what is reported."""
    chains = context.sampling.chains
    quantities = {f"{key}{name}": draws for key, one in fits.items() for name, draws in one.fit.values.items()}
    quantities["avoided"] = projection.avoided_totals().values
    quantities["fall"] = fits["pooled "].projected.fall.values
    draws = xr.Dataset({name: (("sample",), values) for name, values in fits[""].fit.values.items()})
    return context.diagnose(lambda: quantities, Posterior(draws, chains=chains, divergences=0))


def _draws(fits: dict[str, _Fitted], projected: xr.Dataset) -> xr.Dataset:
    """Draws that leave the run: scales, the expected counts without the service, and the falls."""
    scales = {name: ("sample", values) for name, values in fits[""].fit.values.items()}
    found = projected[["expected_without"]].assign(scales)
    return found.assign(fall=fits["pooled "].projected.fall)


def _tables(
    context: Context,
    data: SeriesData,
    projection: Projection,
    fits: dict[str, _Fitted],
    detectable: pd.DataFrame,
    breaks: dict[str, Break],
    diagnostics: Diagnostics,
) -> dict[str, pd.DataFrame]:
    settings = series_settings(context.spec)
    tables = {
        "estimates": estimates_table(
            projection, detectable, breaks, outcome=settings.outcome, rules=context.rules, failure=diagnostics.failure
        ),
        "monthly": monthly_table(projection, settings.outcome),
        "detectable": detectable,
        "series_effects": effects_table(projection, fits["pooled "].projected.fall),
    }
    extra = power_rows(detectable)
    if data.placebo is not None and settings.placebo_outcome is not None:
        beside = _projection(fits["placebo "], data.counts[settings.placebo_outcome], data.placebo)
        named = {settings.outcome: projection, settings.placebo_outcome: beside}
        tables["placebo_outcome"] = placebo_table(named, placebo=settings.placebo_outcome)
        extra.append(_placebo_row(tables["placebo_outcome"]))
    extra += [_moves_row(key, one.fit) for key, one in fits.items()]
    tables["issues"] = add_issues(data.issues, [*break_issues(breaks, data.path.name), *_short(data)])
    tables["checks"] = checks_table(diagnostics, context.rules, extra)
    tables["parameters"] = parameters_table(context, settings)
    return tables


def _placebo_row(table: pd.DataFrame) -> dict[str, object]:
    row = table[table.role == "placebo"].iloc[0]
    held = row.avoided_low <= 0 <= row.avoided_high
    return {
        "check": f"placebo outcome {row.outcome}: avoided a month, which should be none", "value": row.avoided_monthly,
        "allowed": f"{row.level:.0%} interval holds 0", "verdict": "pass" if held else "FAIL",
    }  # fmt: skip


def _moves_row(key: str, fit: SeriesFit) -> dict[str, object]:
    name = f"{key}fit: share of the sampler's steps that moved"
    return {"check": name, "value": fit.accepted, "allowed": "any; effective draws decide", "verdict": ""}


def _short(data: SeriesData) -> list[Issue]:
    """A note where the months before launch hold fewer than two of each kind: season and drift rest on the prior."""
    used = data.panel.used[: len(data.panel.trusts)].sum(axis=1)
    least = int(used.min())
    if least >= TWO_YEARS:
        return []
    what = f"Only {least} months before launch are used for {data.panel.trusts[int(np.argmin(used))]}."
    remedy = "Fewer than 24 do not tell season from drift: both rest on their priors there."
    return [Issue("warning", data.path.name, None, what, remedy)]


TWO_YEARS = 24
