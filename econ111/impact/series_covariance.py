"""Covariances of the parts of an outcome series; see `series_model` for what they are.

All are stacked over draws of the scales, first axis `sample`. `control` false is the outcome's side, true the
controls'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from econ111.impact.calendar import Start
from econ111.impact.priors import Priors

MONTHS_PER_YEAR = 12
Values = Mapping[str, np.ndarray]
Places = np.ndarray | slice
EVERY = slice(None)


class Cells(Protocol):
    """Cells of one series: its side, its months (places in the calendar) and its exposure in them."""

    @property
    def control(self) -> bool:
        """Whether the series is a control."""

    @property
    def months(self) -> np.ndarray:
        """Places of the months."""

    @property
    def open_share(self) -> np.ndarray:
        """Share of each month in which the service was open."""

    @property
    def since(self) -> np.ndarray:
        """Months since launch."""


@dataclass(frozen=True)
class Setting:
    """What is fixed: scales of the priors, the calendar, one side or two, and whether the effect is in the model."""

    priors: Priors
    steps: np.ndarray
    waves: np.ndarray
    sides: int
    effects: bool
    start: Start

    @property
    def size(self) -> int:
        """Number of common coordinates: a month of each side's shared parts, and the mean fall."""
        return len(self.steps) * self.sides + int(self.effects)


def side_name(name: str, control: bool) -> str:
    """Name of a scale on one side.

    Examples
    --------
    >>> side_name("series_level_sd", True)
    'control_level_sd'
    """
    return name.replace("series_", "control_", 1) if control else name


def scale_of(values: Values, name: str, control: bool) -> np.ndarray:
    """A scale of one side (sample); 0 where a single series makes it meaningless."""
    return values.get(side_name(name, control), np.zeros(sample_size(values)))


def sample_size(values: Values) -> int:
    """Number of draws."""
    return len(next(iter(values.values())))


def shared_covariance(setting: Setting, values: Values, control: bool, at: Places = EVERY) -> np.ndarray:
    """Walk, slope and season of one side in the months at these places (sample, month, month)."""
    season = setting.priors["season_sd"] ** 2 * setting.waves[:, at].T @ setting.waves[:, at]
    fixed = season + _slope_kernel(setting, at, at)
    return np.asarray(squared(scale_of(values, "series_level_sd", control)) * walk_kernel(setting.steps[at]) + fixed)


def common_covariance(setting: Setting, values: Values, control: bool, at: Places = EVERY) -> np.ndarray:
    """A month's shock to all series of one side (sample, month, month)."""
    return np.asarray(squared(scale_of(values, "series_common_sd", control)) * memory(values, setting.steps[at]))


def cross_covariance(setting: Setting, values: Values, at: Places = EVERY, beside: Places = EVERY) -> np.ndarray:
    """Walk and slope of the outcome with those of the controls (sample, month, month of the controls)."""
    together = values["series_level_sd"] * values["control_level_sd"]
    walk = np.minimum.outer(setting.steps[at], setting.steps[beside])
    drift = together[:, None, None] * walk + _slope_kernel(setting, at, beside)
    return np.asarray(values["control_correlation"][:, None, None] * drift)


def common_prior(setting: Setting, values: Values, coordinates: np.ndarray) -> np.ndarray:
    """Prior covariance of some common coordinates (sample, coordinate, coordinate).

    All of them are the months of the outcome's shared parts, those of the controls', and the mean fall.
    """
    months = len(setting.steps)
    cover = np.zeros((sample_size(values), len(coordinates), len(coordinates)))
    sides = [np.flatnonzero(coordinates // months == side) for side in range(setting.sides)]
    for side, own in enumerate(sides):
        at = coordinates[own] - side * months
        block = shared_covariance(setting, values, bool(side), at)
        if side_name("series_common_sd", bool(side)) in values:
            block += common_covariance(setting, values, bool(side), at)
        cover[:, own[:, None], own] = block
    if setting.sides > 1:
        first, other = sides
        cross = cross_covariance(setting, values, coordinates[first], coordinates[other] - months)
        cover[:, first[:, None], other] = cross
        cover[:, other[:, None], first] = cross.swapaxes(1, 2)
    if setting.effects:
        cover[:, -1, -1] = setting.priors["series_effect_sd"] ** 2
    return cover


def own_prior(setting: Setting, values: Values, cells: Cells) -> np.ndarray:
    """One series' own parts: level, walk, noise, and its departure from the mean fall (sample, month, month)."""
    steps = setting.steps[cells.months]
    cover = squared(scale_of(values, "series_relative_sd", cells.control)) * memory(values, steps)
    if side_name("series_trust_level_sd", cells.control) in values:
        cover += squared(scale_of(values, "series_trust_level_sd", cells.control)) * walk_kernel(steps)
    cover += setting.priors["level_sd"] ** 2
    if setting.effects and not cells.control and "fall_trust_sd" in values:
        reached = reached_share(setting, values, cells.open_share, cells.since)
        cover += squared(values["fall_trust_sd"]) * reached[:, :, None] * reached[:, None, :]
    return np.asarray(cover)


def reached_share(setting: Setting, values: Values, open_share: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Share of its final effect that a service has reached (sample, ...), from 0 before launch to 1."""
    if setting.start == "step":
        return np.broadcast_to(open_share, (sample_size(values), *open_share.shape))
    pace = values["ramp_months"].reshape(-1, *([1] * open_share.ndim))
    return np.asarray(open_share * -np.expm1(-since / pace))


def memory(values: Values, steps: np.ndarray) -> np.ndarray:
    """Correlation of stationary noise between months (sample, month, month)."""
    apart = np.abs(np.subtract.outer(steps, steps))
    powers = values["series_autocorrelation"][:, None] ** np.arange(apart.max() + 1)
    return np.asarray(powers[:, apart])


def walk_kernel(steps: np.ndarray) -> np.ndarray:
    """Covariance of a walk of unit steps that is 0 in the first month of the calendar (month, month)."""
    return np.asarray(np.minimum.outer(steps, steps), dtype=float)


def squared(scale: np.ndarray) -> np.ndarray:
    """Variance, ready to multiply a matrix of months (sample, 1, 1)."""
    return np.asarray(scale[:, None, None] ** 2)


def _slope_kernel(setting: Setting, at: Places, beside: Places) -> np.ndarray:
    years = setting.steps / MONTHS_PER_YEAR
    return np.asarray(setting.priors["series_slope_sd"] ** 2 * np.outer(years[at], years[beside]))
