"""The months of an evaluation as the plain arrays that the volume model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import xarray as xr

Start = Literal["ramp", "step"]


@dataclass(frozen=True)
class Marker:
    """A regime of one line that may change its calls: publicity, an absorbed line, a pilot. `months` (trust, month)."""

    name: str
    line: str
    months: np.ndarray


@dataclass(frozen=True)
class Calendar:
    """Exposure by trust and month.

    `log_days` (month); `waves` (wave, month) of the season; `open_share`, `since` launch in months (trust, month);
    `markers` (marker, trust, month) with the line of each; `start` is how a new service reaches its volume.
    """

    labels: tuple[str, ...]
    log_days: np.ndarray
    waves: np.ndarray
    open_share: np.ndarray
    since: np.ndarray
    markers: np.ndarray
    marker_names: tuple[str, ...]
    marker_lines: tuple[str, ...]
    start: Start = "ramp"

    @property
    def months(self) -> int:
        """Number of months."""
        return len(self.labels)

    @property
    def ramps(self) -> bool:
        """Whether volumes grow after launch, rather than step."""
        return self.start == "ramp"

    @property
    def first_open(self) -> int:
        """Position of the first month in which any trust was open."""
        return int(np.argmax((self.open_share > 0).any(axis=0)))

    @property
    def before(self) -> np.ndarray:
        """True in the months before any trust was open (month)."""
        return np.asarray(~(self.open_share > 0).any(axis=0))

    @property
    def trend(self) -> np.ndarray:
        """Years since the middle of the months before any trust was open; of all months when there are none (month)."""
        months = np.arange(self.months)
        return np.asarray((months - months[self.before if self.before.any() else slice(None)].mean()) / 12)

    @property
    def after(self) -> np.ndarray:
        """Weights of a mean over the months in which the service is open, each by how many trusts are (month)."""
        opened = self.open_share.sum(axis=0)
        return np.asarray(opened / opened.sum())


def build_calendar(
    timeline: xr.Dataset, *, harmonics: int, start: Start = "ramp", markers: Sequence[Marker] = ()
) -> Calendar:
    """Arrays of a timeline.

    Parameters
    ----------
    timeline : Dataset (trust, month)
        From `build_timeline`.
    harmonics : int
        Annual harmonics of the season, 0 to 2.
    start : {"ramp", "step"}
        Growth towards the final volume, or all of it at once.
    markers : sequence of Marker
        Regimes with a coefficient of their own.
    """
    shape = (timeline.sizes["trust"], timeline.sizes["month"])
    return Calendar(
        labels=tuple(str(month)[:7] for month in timeline.month.values),
        log_days=np.log(timeline.days.values),
        waves=season_waves(timeline, harmonics),
        open_share=timeline.open_share.transpose("trust", "month").values,
        since=timeline.months_since_launch.transpose("trust", "month").values,
        markers=np.array([marker.months for marker in markers], dtype=float).reshape(len(markers), *shape),
        marker_names=tuple(marker.name for marker in markers),
        marker_lines=tuple(marker.line for marker in markers),
        start=start,
    )


def season_waves(timeline: xr.Dataset, harmonics: int) -> np.ndarray:
    """Sines and cosines of the year at mid-month (wave, month), two for each harmonic."""
    angle = timeline.year_angle.values
    waves = [wave((k + 1) * angle) for k in range(harmonics) for wave in (np.sin, np.cos)]
    return np.array(waves).reshape(len(waves), len(angle))


def marked_months(timeline: xr.Dataset, *, first: date, last: date, trusts: Sequence[str]) -> np.ndarray:
    """1 in the months from `first` to `last` of the named trusts (all when none is named), else 0 (trust, month)."""
    months = timeline.month.values.astype("datetime64[D]")
    inside = (months >= np.datetime64(first).astype("datetime64[M]")) & (months <= np.datetime64(last))
    chosen = np.isin(timeline.trust.values.astype(str), list(trusts)) if trusts else np.ones(timeline.sizes["trust"])
    return np.asarray(chosen[:, None] * inside[None, :], dtype=float)
