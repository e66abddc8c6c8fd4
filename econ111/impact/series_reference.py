"""The outcome series once more, plainly: one dense normal over all used cells, as a PyMC model.

This is the form to read beside the formulas of `series_model`, and the reference that the fast form must equal. It
costs the cube of the number of cells at every step of the sampler, so that no evaluation uses it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from econ111.impact.series_covariance import MONTHS_PER_YEAR, side_name
from econ111.impact.series_model import LEAST, Hyper, SeriesModel

Scales = Mapping[str, TensorVariable]


def build_series_reference(model: SeriesModel) -> pm.Model:
    """The PyMC model of the same panel, priors and parameters, under the same names."""
    series, months = np.nonzero(model.panel.used)
    seen = (model.panel.log_rate - model.panel.centre[:, None])[series, months]
    with pm.Model() as reference:
        scales = {hyper.name: _variable(hyper) for hyper in model.hypers}
        pm.MvNormal("log_rate", np.zeros(len(seen)), cov=_covariance(model, scales, series, months), observed=seen)
    return reference


def _variable(hyper: Hyper) -> TensorVariable:
    match hyper.kind:
        case "scale":
            free = pm.HalfNormal(f"{hyper.name}_free", 1.0)
            return pm.Deterministic(hyper.name, hyper.spread * (LEAST + free))
        case "share":
            logit = pm.Normal(f"{hyper.name}_logit", hyper.centre, hyper.spread)
            return pm.Deterministic(hyper.name, pm.math.sigmoid(logit))
        case "positive":
            return pm.LogNormal(hyper.name, np.log(hyper.centre), hyper.spread)


def _covariance(model: SeriesModel, scales: Scales, series: np.ndarray, months: np.ndarray) -> TensorVariable:
    """Covariance of used cells (cell, cell)."""
    panel, priors = model.panel, model.setting.priors
    control = panel.control[series]
    steps, one = panel.steps[months], np.equal.outer(series, series)
    walk, line = np.minimum.outer(steps, steps), np.outer(steps, steps) / MONTHS_PER_YEAR**2
    season = panel.waves[:, months].T @ panel.waves[:, months]
    memory = scales["series_autocorrelation"] ** np.abs(np.subtract.outer(steps, steps))
    cover = priors["level_sd"] ** 2 * one
    for side in range(model.setting.sides):
        mine = np.logical_and.outer(control == side, control == side)
        level, noise, own, common = (
            scales.get(side_name(name, bool(side)), pt.zeros(()))
            for name in ("series_level_sd", "series_relative_sd", "series_trust_level_sd", "series_common_sd")
        )
        shared = level**2 * walk + priors["series_slope_sd"] ** 2 * line + priors["season_sd"] ** 2 * season
        cover = cover + mine * (shared + common**2 * memory) + mine * one * (own**2 * walk + noise**2 * memory)
    if model.setting.sides > 1:
        apart = np.not_equal.outer(control, control)
        drift = scales["series_level_sd"] * scales["control_level_sd"] * walk + priors["series_slope_sd"] ** 2 * line
        cover = cover + apart * scales["control_correlation"] * drift
    if model.setting.effects:
        reached = panel.open_share[series, months]
        if model.setting.start == "ramp":
            reached = reached * -pt.expm1(-panel.since[series, months] / scales["ramp_months"])
        spread = priors["series_effect_sd"] ** 2 + scales.get("fall_trust_sd", pt.zeros(())) ** 2 * one
        cover = cover + spread * reached[:, None] * reached[None, :]
    return cover
