"""Draws of every part of an outcome series, and of the counts that would have been, given draws of the scales.

A draw of all parts from their prior is corrected by what was seen:

    part given seen = part* + cov(part, seen) cov(seen)^-1 (seen - seen*)

with * the draws from the prior. This is exact, and needs only products with cov(seen)^-1, which the model's structure
makes cheap. Reference: Durbin and Koopman, Biometrika 2002;89:603.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.impact.series_covariance import (
    MONTHS_PER_YEAR,
    Values,
    common_covariance,
    cross_covariance,
    memory,
    reached_share,
    sample_size,
    scale_of,
    shared_covariance,
    walk_kernel,
)
from econ111.impact.series_model import SeriesModel, weigh

SAMPLES_AT_ONCE = 200


@dataclass(frozen=True)
class _Parts:
    """Parts of the log rate.

    `shared`, `common` (sample, side, month); `own` walk with the level, `noise` (sample, series, month); `fall`
    (sample, trust), the mean fall with each trust's departure from it.
    """

    shared: np.ndarray
    common: np.ndarray
    own: np.ndarray
    noise: np.ndarray
    fall: np.ndarray

    def plus(self, other: _Parts, sign: float = 1.0) -> _Parts:
        return _Parts(**{name: getattr(self, name) + sign * getattr(other, name) for name in self.__dataclass_fields__})


def project(
    model: SeriesModel, values: Values, rng: np.random.Generator, *, known: SeriesModel | None = None
) -> xr.Dataset:
    """Counts of the outcome's trusts without the service, in every month from the first launch on.

    Parameters
    ----------
    model : SeriesModel
        Whose used cells inform the draws.
    values : mapping of str to array (sample)
        Draws of its parameters.
    rng : Generator
        Source of randomness.
    known : SeriesModel, optional
        A model of fewer used cells. The draws then lie where these cells put them, and scatter as all of the design's
        cells will let them: what is not yet known stays out.

    Returns
    -------
    Dataset (sample, trust, month)
        `expected_without`, counts a month with no noise but that of the wandering level; `predicted_without`, with the
        noise of single months; in a model with effects `fall` (sample, trust), the fall of the log rate once fully
        reached, positive is fewer.
    """
    samples = sample_size(values)
    pieces = [
        _project({name: value[part] for name, value in values.items()}, model, known, rng)
        for part in np.array_split(np.arange(samples), max(samples // SAMPLES_AT_ONCE, 1))
    ]
    expected, predicted, fall = (np.concatenate(each) for each in zip(*pieces, strict=True))
    dims, panel = ("sample", "trust", "month"), model.panel
    found = xr.Dataset(
        {
            "expected_without": (dims, np.exp(expected) * panel.days[panel.first_open :]),
            "predicted_without": (dims, np.exp(predicted) * panel.days[panel.first_open :]),
        },
        {"trust": list(panel.trusts), "month": panel.months[panel.first_open :]},
    )
    return found.assign(fall=(dims[:2], fall)) if model.setting.effects else found


def _project(
    values: Values, model: SeriesModel, known: SeriesModel | None, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    panel, trusts = model.panel, len(model.panel.trusts)
    drawn = _from_prior(values, model, rng)
    made = _observable(values, drawn, model)
    seen = np.where(panel.used, np.nan_to_num(panel.log_rate - panel.centre[:, None]), 0.0)
    if known is None:
        parts = drawn.plus(_given(values, model, seen - made))
    else:
        beforehand = np.broadcast_to(np.where(known.panel.used, seen, 0.0), made.shape)
        parts = drawn.plus(_given(values, model, made), -1.0).plus(_given(values, known, beforehand))
    later = slice(panel.first_open, None)
    expected = panel.centre[:trusts, None] + parts.shared[:, :1, later] + parts.own[:, :trusts, later]
    return expected, expected + parts.common[:, :1, later] + parts.noise[:, :trusts, later], parts.fall


def _from_prior(values: Values, model: SeriesModel, rng: np.random.Generator) -> _Parts:
    """A draw of every part from its prior."""
    setting, side = model.setting, model.panel.control.astype(int)
    priors, steps, samples = setting.priors, setting.steps, sample_size(values)
    series = (samples, len(side), len(steps))
    drift, lines = (
        rng.standard_normal((samples, setting.sides, len(steps))),
        rng.standard_normal((samples, setting.sides)),
    )
    if setting.sides > 1:
        tie = values["control_correlation"][:, None]
        drift[:, 1] = tie * drift[:, 0] + np.sqrt(1 - tie**2) * drift[:, 1]
        lines[:, 1:] = tie * lines[:, :1] + np.sqrt(1 - tie**2) * lines[:, 1:]
    shared = _walk(_sides(values, "series_level_sd", setting.sides) * drift)
    shared = shared + priors["series_slope_sd"] * lines[:, :, None] * steps / MONTHS_PER_YEAR
    waves = rng.standard_normal((samples, setting.sides, len(setting.waves)))
    shared = shared + priors["season_sd"] * waves @ setting.waves
    shocks = rng.standard_normal((samples, setting.sides, len(steps)))
    common = _sides(values, "series_common_sd", setting.sides) * _stationary(shocks, values)
    own = _walk(_sides(values, "series_trust_level_sd", setting.sides)[:, side] * rng.standard_normal(series))
    own = own + priors["level_sd"] * rng.standard_normal((*series[:2], 1))
    noise = _sides(values, "series_relative_sd", setting.sides)[:, side] * _stationary(
        rng.standard_normal(series), values
    )
    return _Parts(shared, common, own, noise, _falls_from_prior(values, model, rng))


def _falls_from_prior(values: Values, model: SeriesModel, rng: np.random.Generator) -> np.ndarray:
    shape = (sample_size(values), len(model.panel.trusts))
    if not model.setting.effects:
        return np.zeros(shape)
    mean = model.setting.priors["series_effect_sd"] * rng.standard_normal((shape[0], 1))
    return np.asarray(mean + scale_of(values, "fall_trust_sd", False)[:, None] * rng.standard_normal(shape))


def _observable(values: Values, parts: _Parts, model: SeriesModel) -> np.ndarray:
    """Log rates about the centre that the parts make, in used cells; 0 elsewhere (sample, series, month)."""
    side, trusts = model.panel.control.astype(int), len(model.panel.trusts)
    made = (parts.shared + parts.common)[:, side] + parts.own + parts.noise
    if model.setting.effects:
        made[:, :trusts] -= parts.fall[:, :, None] * _reached(values, model)
    return np.where(model.panel.used, made, 0.0)


def _given(values: Values, model: SeriesModel, seen: np.ndarray) -> _Parts:
    """Mean of every part given log rates about the centre, 0 in cells that are not used (sample, series, month)."""
    setting, side = model.setting, model.panel.control.astype(int)
    weight = weigh(model, values, seen)
    pull = np.stack([weight[:, side == place].sum(axis=1) for place in range(setting.sides)], axis=1)[:, :, None]
    places = range(setting.sides)
    shared = np.stack([(pull[:, at] @ shared_covariance(setting, values, bool(at)))[:, 0] for at in places], axis=1)
    if setting.sides > 1:
        shared = shared + (pull[:, ::-1] @ cross_covariance(setting, values)[:, None])[:, :, 0]
    common = np.stack([(pull[:, at] @ common_covariance(setting, values, bool(at)))[:, 0] for at in places], axis=1)
    own = _sides(values, "series_trust_level_sd", setting.sides)[:, side] ** 2 * (weight @ walk_kernel(setting.steps))
    own = own + setting.priors["level_sd"] ** 2 * weight.sum(axis=2, keepdims=True)
    scale = _sides(values, "series_relative_sd", setting.sides)[:, side]
    noise = scale**2 * (weight @ memory(values, setting.steps))
    return _Parts(shared, common, own, noise, _falls_given(values, model, weight))


def _falls_given(values: Values, model: SeriesModel, weight: np.ndarray) -> np.ndarray:
    trusts = len(model.panel.trusts)
    if not model.setting.effects:
        return np.zeros((len(weight), trusts))
    score = -(weight[:, :trusts] * _reached(values, model)).sum(axis=2)
    mean = model.setting.priors["series_effect_sd"] ** 2 * score.sum(axis=1, keepdims=True)
    return np.asarray(mean + scale_of(values, "fall_trust_sd", False)[:, None] ** 2 * score)


def _reached(values: Values, model: SeriesModel) -> np.ndarray:
    trusts = len(model.panel.trusts)
    return reached_share(model.setting, values, model.panel.open_share[:trusts], model.panel.since[:trusts])


def _walk(steps: np.ndarray) -> np.ndarray:
    """A walk that is 0 in the first month (..., month); the first step is not taken."""
    walk = np.cumsum(steps, axis=-1)
    return np.asarray(walk - walk[..., :1])


def _stationary(shocks: np.ndarray, values: Values) -> np.ndarray:
    """Noise of unit variance, correlated between months, from independent shocks (sample, ..., month)."""
    keep = values["series_autocorrelation"][:, None]
    fresh = np.sqrt(1 - keep**2)
    made = shocks.copy()
    for month in range(1, shocks.shape[-1]):
        made[..., month] = keep * made[..., month - 1] + fresh * shocks[..., month]
    return made


def _sides(values: Values, name: str, sides: int) -> np.ndarray:
    """A scale of each side (sample, side, 1)."""
    return np.stack([scale_of(values, name, bool(side)) for side in range(sides)], axis=1)[:, :, None]
