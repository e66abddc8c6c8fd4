"""Small outcome series for the tests of the series design, and the same model written as one dense normal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.impact.series_covariance import reached_share
from econ111.impact.series_model import SeriesModel
from econ111.impact.series_panel import Panel, build_panel
from econ111.timeline import build_timeline

PRIORS = {
    "level_sd": 2.0,
    "season_sd": 0.1,
    "series_level_step_sd": 0.03,
    "trust_level_step_sd": 0.02,
    "series_relative_sd": 0.3,
    "series_common_sd": 0.1,
    "series_autocorrelation_logit": -1.0,
    "series_autocorrelation_logit_sd": 1.0,
    "series_slope_sd": 0.05,
    "series_control_logit": 0.0,
    "series_control_logit_sd": 1.5,
    "series_effect_sd": 0.2,
    "series_effect_trust_sd": 0.05,
    "ramp_months": 1.5,
    "ramp_log_sd": 0.7,
}
SCALES = {
    "series_level_sd": 0.04,
    "series_relative_sd": 0.06,
    "series_trust_level_sd": 0.02,
    "series_common_sd": 0.03,
    "control_level_sd": 0.05,
    "control_relative_sd": 0.02,
    "control_trust_level_sd": 0.01,
    "control_common_sd": 0.02,
    "series_autocorrelation": 0.4,
    "control_correlation": 0.7,
    "fall_trust_sd": 0.08,
    "ramp_months": 2.0,
}


def month(place: int) -> date:
    """First day of a month by its place from January 2020."""
    return date(2020 + place // 12, 1 + place % 12, 1)


def counts(log_rates: np.ndarray, names: Sequence[str], dim: str = "trust") -> xr.DataArray:
    """Monthly counts of series with these log rates a day."""
    months = pd.date_range("2020-01-01", periods=log_rates.shape[1], freq="MS")
    values = np.exp(log_rates) * months.days_in_month.to_numpy()
    return xr.DataArray(values, dims=(dim, "month"), coords={dim: list(names), "month": months})


def make_panel(
    log_rates: np.ndarray, launches: Sequence[int], *, controls: np.ndarray | None = None, **settings: Any
) -> Panel:
    """Panel of trusts A, B, ... that launch in these months, and of controls X, Y, ..."""
    names = [chr(ord("A") + place) for place in range(len(log_rates))]
    outcome = counts(log_rates, names)
    timeline = build_timeline(outcome.month.values, {name: month(at) for name, at in zip(names, launches, strict=True)})
    beside = None
    if controls is not None:
        labels = [chr(ord("X") + place) for place in range(len(controls))]
        beside = counts(controls, labels, dim="series").assign_coords(kind=("series", ["control"] * len(labels)))
    given = {"harmonics": 0, "minimum": 2} | settings
    return build_panel(outcome, timeline, controls=beside, **given)[0]


def values_of(model: SeriesModel, samples: int = 1, **changes: float) -> dict[str, np.ndarray]:
    """The scales above, those that the model has, repeated."""
    return {name: np.full(samples, (SCALES | changes)[name]) for name in model.names}


def dense(model: SeriesModel, values: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covariance of expected, and of predicted with expected, log rates of every series and month, written cell by
    cell.

    Those of what is predicted (with the fall where the model has one), those of what is expected with that, and which
    cells are used.
    """
    panel, priors = model.panel, model.setting.priors
    one = {name: float(value[0]) for name, value in values.items()}
    cells = [(i, t) for i in range(len(panel.names)) for t in range(len(panel.steps))]
    effects = model.setting.effects
    reached = reached_share(model.setting, values, panel.open_share, panel.since)[0] if effects else panel.since
    size = len(cells)
    full, level = np.zeros((size, size)), np.zeros((size, size))
    for a, (i, s) in enumerate(cells):
        for b, (j, t) in enumerate(cells):
            mine, other = ("control" if panel.control[k] else "series" for k in (i, j))
            tie = 1.0 if mine == other else one.get("control_correlation", 0.0)
            steps = one.get(f"{mine}_level_sd", 0.0) * one.get(f"{other}_level_sd", 0.0)
            drift = tie * (steps * min(s, t) + priors["series_slope_sd"] ** 2 * s * t / 144)
            season = priors["season_sd"] ** 2 * panel.waves[:, s] @ panel.waves[:, t] if mine == other else 0.0
            own = (priors["level_sd"] ** 2 + one.get(f"{mine}_trust_level_sd", 0.0) ** 2 * min(s, t)) * (i == j)
            level[a, b] = drift + season + own
            decay = one["series_autocorrelation"] ** abs(s - t)
            noise = decay * one.get(f"{mine}_common_sd", 0.0) ** 2 * (mine == other)
            noise += decay * one[f"{mine}_relative_sd"] ** 2 * (i == j)
            fall = 0.0
            if effects and mine == other == "series":
                spread = priors["series_effect_sd"] ** 2 + one.get("fall_trust_sd", 0.0) ** 2 * (i == j)
                fall = reached[i, s] * reached[j, t] * spread
            full[a, b] = level[a, b] + noise + fall
    used = np.array([panel.used[i, t] for i, t in cells])
    return full, level, used
