"""Synthetic outcome series whose truth is known, made from their causes and not by the code that is tried on them.

    log rate = level + season + slope * years + walk + own walk + common noise + noise

Noise is autocorrelated: its innovations have the stated sd. With `hyper = "prior"` the scales come from the priors of
the model, one set for each series, so that an interval must hold the truth as often as it says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit

from econ111.impact.priors import Priors
from econ111.parameters import random_stream
from econ111.resources import shipped_folder

FIRST_MONTH = "2020-01-01"


class World(BaseModel):
    """One kind of synthetic series: its sds on the log scale (that of the slope a year), its season, and its counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    hyper: Literal["stated", "prior"] = "stated"
    pre_months: int = Field(default=24, ge=2)
    post_months: int = Field(default=11, ge=1)
    trusts: int = Field(default=1, ge=1)
    stagger_months: int = Field(default=0, ge=0)
    counts_a_month: float = Field(default=6000.0, gt=0)
    noise_sd: float = 0.06
    common_sd: float = 0.0
    autocorrelation: float = Field(default=0.0, ge=0, lt=1)
    drift_sd: float = 0.0
    trust_drift_sd: float = 0.0
    slope_sd: float = 0.05
    season: float = 0.05
    controls: int = Field(default=0, ge=0)
    control_correlation: float = Field(default=0.0, ge=0, le=1)
    control_noise_sd: float = 0.02
    fall: float = Field(default=0.0, lt=1)


@dataclass(frozen=True)
class Series:
    """A synthetic series: counts seen (trust, month) and (series, month), launch dates, and what was truly avoided."""

    outcome: xr.DataArray
    controls: xr.DataArray | None
    launches: dict[str, date]
    avoided: float


def load_worlds(path: Path | None = None) -> tuple[World, ...]:
    """The worlds of a recipe file, by default the one that ships.

    Examples
    --------
    >>> [world.autocorrelation for world in load_worlds() if world.name == "hard"]
    [0.4]
    """
    file = path or shipped_folder("data/activity") / "recipes" / "series-worlds.toml"
    return tuple(World(**one) for one in tomllib.loads(file.read_text(encoding="utf-8"))["world"])


def simulate_series(world: World, priors: Priors, *, seed: int) -> Series:
    """One synthetic series.

    Parameters
    ----------
    world : World
        What it is made of.
    priors : mapping
        Of the model, read only when the world takes its scales from them.
    seed : int
        Of this series.

    Returns
    -------
    Series
        `avoided` is the count that the same months would have had less the count that they had; positive is fewer.
    """
    rng = random_stream(seed, f"series.{world.name}")
    scales = _scales(world, priors, rng)
    months = world.pre_months + world.post_months + world.stagger_months * (world.trusts - 1)
    calendar = pd.date_range(FIRST_MONTH, periods=months, freq="MS")
    walk, other = _drifts(scales, months, rng)
    line, other_line = _tied(scales["control_correlation"], rng, (1,))
    years = np.arange(months) / 12
    shared = _season(world, priors, calendar, rng) + walk + scales["slope_sd"] * line * years
    common = scales["common_sd"] * _noise(scales, (1, months), rng)
    own = np.cumsum(scales["trust_drift_sd"] * rng.standard_normal((world.trusts, months)), axis=1)
    noise = scales["noise_sd"] * _noise(scales, (world.trusts, months), rng)
    level = np.log(world.counts_a_month / 30) + _levels(world, priors, rng)
    days = calendar.days_in_month.to_numpy()
    without = np.exp(level + shared + common + own + noise) * days
    starts = world.pre_months + world.stagger_months * np.arange(world.trusts)
    open_ = np.arange(months)[None, :] >= starts[:, None]
    seen = without * np.where(open_, 1 - world.fall, 1.0)
    names = [f"T{place + 1}" for place in range(world.trusts)]
    beside = _season(world, priors, calendar, rng) + other + scales["slope_sd"] * other_line * years
    beside = beside + scales["control_noise_sd"] * _noise(scales, (world.controls, months), rng)
    return Series(
        outcome=xr.DataArray(seen, {"trust": names, "month": calendar}, ("trust", "month")),
        controls=_controls(np.exp(level[:1] + beside) * days, calendar),
        launches={name: calendar[int(start)].date() for name, start in zip(names, starts, strict=True)},
        avoided=float((without - seen).sum()),
    )


def _scales(world: World, priors: Priors, rng: np.random.Generator) -> Mapping[str, Any]:
    """Scales of one series; noise scales are those of the noise itself, not of its innovations."""
    if world.hyper == "stated":
        wider = 1 / np.sqrt(1 - world.autocorrelation**2)
        noises = {name: getattr(world, name) * wider for name in ("noise_sd", "common_sd", "control_noise_sd")}
        kept = ("autocorrelation", "drift_sd", "trust_drift_sd", "slope_sd", "control_correlation")
        return {name: getattr(world, name) for name in kept} | {"control_drift_sd": world.drift_sd} | noises
    normal = np.abs(rng.standard_normal(6))
    several = float(world.trusts > 1)
    logits = priors["series_autocorrelation_logit"], priors["series_autocorrelation_logit_sd"]
    ties = priors["series_control_logit"], priors["series_control_logit_sd"]
    return {
        "drift_sd": priors["series_level_step_sd"] * normal[0],
        "control_drift_sd": priors["series_level_step_sd"] * normal[1],
        "noise_sd": priors["series_relative_sd"] * normal[2],
        "control_noise_sd": priors["series_relative_sd"] * normal[3],
        "common_sd": several * priors["series_common_sd"] * normal[4],
        "trust_drift_sd": several * priors["trust_level_step_sd"] * normal[5],
        "slope_sd": priors["series_slope_sd"],
        "autocorrelation": expit(logits[0] + logits[1] * rng.standard_normal()),
        "control_correlation": expit(ties[0] + ties[1] * rng.standard_normal()),
    }


def _drifts(scales: Mapping[str, Any], months: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Walks of the outcome and of the controls, from 0 in the first month."""
    steps, others = _tied(scales["control_correlation"], rng, (months,))
    walks = [np.cumsum(taken) - taken[0] for taken in (steps, others)]
    return scales["drift_sd"] * walks[0], scales["control_drift_sd"] * walks[1]


def _tied(correlation: float, rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    first, second = rng.standard_normal((2, *shape))
    return first, correlation * first + np.sqrt(1 - correlation**2) * second


def _noise(scales: Mapping[str, Any], shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Noise of unit variance, each month remembering the one before."""
    made, keep = rng.standard_normal(shape), scales["autocorrelation"]
    for month in range(1, shape[1]):
        made[:, month] = keep * made[:, month - 1] + np.sqrt(1 - keep**2) * made[:, month]
    return made


def _season(world: World, priors: Priors, calendar: pd.DatetimeIndex, rng: np.random.Generator) -> np.ndarray:
    angle = 2 * np.pi * (calendar.day_of_year.to_numpy() - 1 + calendar.days_in_month.to_numpy() / 2) / 365.25
    if world.hyper == "prior":
        sine, cosine = priors["season_sd"] * rng.standard_normal(2)
        return np.asarray(sine * np.sin(angle) + cosine * np.cos(angle))
    return np.asarray(world.season * np.sin(angle + 2 * np.pi * rng.random()))


def _levels(world: World, priors: Priors, rng: np.random.Generator) -> np.ndarray:
    """Trusts' levels about the stated one (trust, 1); the order of size differs by a factor of two or so."""
    spread = 0.0 if world.trusts == 1 else min(priors["level_sd"], 0.5)
    return np.asarray(spread * rng.standard_normal((world.trusts, 1)))


def _controls(counts: np.ndarray, calendar: pd.DatetimeIndex) -> xr.DataArray | None:
    if not len(counts):
        return None
    names = [f"C{place + 1}" for place in range(len(counts))]
    coords = {"series": names, "month": calendar, "kind": ("series", ["control"] * len(names))}
    return xr.DataArray(counts, coords, ("series", "month"))
