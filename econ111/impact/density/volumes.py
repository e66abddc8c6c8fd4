"""Calls per month and trust on every line: levels, season, ramp, falls; see `econ111.impact.volumes` for the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from scipy.special import gammaln

from econ111.impact.calendar import Calendar
from econ111.impact.density.compiled import CompiledDensity
from econ111.impact.density.layout import Layout, plain, zero_sum_basis
from econ111.impact.density.special import log_factorials, rising_tables
from econ111.impact.density.volume_kernel import Data, Scales, expected_calls, log_density
from econ111.impact.inputs import VolumeCells
from econ111.impact.priors import Priors
from econ111.impact.walks import walk_modes


@dataclass(frozen=True)
class VolumeDensity:
    """Log density of the volumes, whose free vector is `layout`.

    `cells` and `centres` by line, the mental line last; the lines before it are those that lose calls.
    """

    trusts: tuple[str, ...]
    calendar: Calendar
    cells: dict[str, VolumeCells]
    centres: dict[str, float]
    priors: Priors

    @property
    def falling(self) -> tuple[str, ...]:
        """The lines that may lose calls to the service."""
        return tuple(self.cells)[:-1]

    @property
    def layout(self) -> Layout:
        """Season, ramp, markers; each line's level, walks and scatter; each falling line's displacement."""
        months, trusts = self.calendar.months, len(self.trusts)
        shapes: dict[str, tuple[int, ...]] = {
            "season_coefficient": (len(self.calendar.waves),),
            "log_ramp_months": () if self.calendar.ramps else (0,),
            "log_ramp_months_trust": (trusts - 1 if self.calendar.ramps else 0,),
            "marker": (len(self.calendar.markers),),
        }
        for line in self.cells:
            long = months if line in self.falling else months - self.calendar.first_open
            shapes |= {
                f"{line}_level": (trusts,),
                f"{line}_level_sd": (),
                f"{line}_level_mode": (long - 1,),
                f"{line}_trust_level_sd": (),
                f"{line}_trust_level_mode": (trusts - 1, long - 1),
                f"{line}_relative_sd": (),
            }
        for line in self.falling:
            stem = displacement_name(line)
            shapes |= {f"{line}_slope": (), f"{stem}_mean": (), f"{stem}_sd": (), f"{stem}_trust": (trusts - 1,)}
        return Layout(shapes)

    @property
    def size(self) -> int:
        """Length of the free vector."""
        return self.layout.size

    @property
    def adaptation(self) -> str:
        """How the sampler learns this density's scales."""
        return "diag"

    @property
    def target_accept(self) -> float:
        """Mean acceptance that the sampler aims at: the higher, the smaller its steps."""
        return 0.9

    @property
    def start(self) -> np.ndarray:
        """A point in the middle of the prior."""
        priors = self.priors
        parts: dict[str, float] = {"log_ramp_months": np.log(priors["ramp_months"])}
        for line, centre in self.centres.items():
            parts |= {
                f"{line}_level": centre,
                f"{line}_level_sd": np.log(priors["level_step_sd"] / 2),
                f"{line}_trust_level_sd": np.log(priors["trust_level_step_sd"] / 2),
                f"{line}_relative_sd": np.log(priors["relative_sd"]),
            }
        for line in self.falling:
            parts[f"{displacement_name(line)}_sd"] = np.log(priors["displacement_trust_sd"])
        return self.layout.join(parts)

    def log_density(self) -> CompiledDensity:
        """A function of the free vector that returns the log density and its gradient."""
        return CompiledDensity(log_density, self.size, (self._data(), self._scales()))

    def expand(self, free: np.ndarray) -> xr.Dataset:
        """Expected calls (sample, trust, month) and the named quantities of free vectors (sample, part)."""
        paths = expected_calls(free, self._data(), self._scales())
        parts, basis = self.layout.split(free), zero_sum_basis(len(self.trusts))
        dims = ("sample", "trust", "month")
        variables: dict[str, tuple[tuple[str, ...], np.ndarray]] = {"expected_mental": (dims, paths[:, -1])}
        for at, line in enumerate(self.falling):
            stem = "expected" if line == "physical" else f"expected_{line}"
            name = displacement_name(line)
            own = parts[f"{name}_trust"] @ basis.T
            mean = parts[f"{name}_mean"] + self.moved(parts, line)
            fall = mean[:, None] + np.exp(parts[f"{name}_sd"])[:, None] * own
            variables[f"{stem}_without"] = (dims, paths[:, 2 * at])
            variables[f"{stem}_with"] = (dims, paths[:, 2 * at + 1])
            variables[name] = (dims[:2], fall)
        if self.calendar.ramps:
            centre = parts["log_ramp_months"][:, None]
            own = self.priors["ramp_trust_log_sd"] * parts["log_ramp_months_trust"] @ basis.T
            variables["ramp_months"] = (dims[:2], np.exp(centre + own))
        for line in self.cells:
            variables[f"{line}_relative_sd"] = (dims[:1], np.exp(parts[f"{line}_relative_sd"]))
            variables[f"{line}_level_sd"] = (dims[:1], np.exp(parts[f"{line}_level_sd"]))
        if len(self.calendar.markers):
            variables["marker"] = (("sample", "marker"), parts["marker"])
        coords: dict[str, list[str]] = {"trust": list(self.trusts), "month": list(self.calendar.labels)}
        return xr.Dataset(variables, coords=coords)

    def moved(self, parts: Mapping[str, np.ndarray], line: str) -> np.ndarray:
        """How far a falling line's level went, on average, from before launch to when the service was open (...)."""
        walk = np.exp(parts[f"{line}_level_sd"]) * (parts[f"{line}_level_mode"] @ self.drift)
        return np.asarray(walk + parts[f"{line}_slope"] * (self.calendar.after @ self.calendar.trend))

    @property
    def drift(self) -> np.ndarray:
        """Mean of each mode of a falling line in the months in which the service is open (mode)."""
        calendar = self.calendar
        return np.asarray(calendar.after @ walk_modes(calendar.months, calendar.before))

    def _data(self) -> Data:
        """Everything the kernel reads."""
        calendar, lines, months = self.calendar, list(self.cells), self.calendar.months
        places = dict(zip(self.layout.shapes, self.layout.ends[:-1].tolist(), strict=True))
        cells = list(self.cells.values())
        joined = {
            name: np.concatenate([getattr(each, name) for each in cells]) for name in ("trust", "month", "low", "high")
        }
        parts = ("level", "level_sd", "level_mode", "trust_level_sd", "trust_level_mode", "relative_sd")
        by_line = {part: np.array([places[f"{line}_{part}"] for line in lines]) for part in parts}
        by_fall = {
            f"fall_{part}": np.array([places[f"{displacement_name(line)}_{part}"] for line in self.falling])
            for part in ("mean", "sd", "trust")
        } | {"slope": np.array([places[f"{line}_slope"] for line in self.falling])}
        data = Data(
            season=places["season_coefficient"], log_ramp=places["log_ramp_months"],
            ramp_trust=places["log_ramp_months_trust"], marker=places["marker"], **by_line, **by_fall,
            centres=np.array([self.centres[line] for line in lines]), basis=zero_sum_basis(len(self.trusts)),
            modes=walk_modes(months, calendar.before), mental_modes=walk_modes(months - calendar.first_open),
            drift=self.drift, trend=calendar.trend, drift_trend=float(calendar.after @ calendar.trend),
            waves=calendar.waves, log_days=calendar.log_days, open_share=calendar.open_share,
            since=calendar.since, markers=calendar.markers,
            marker_line=np.array([lines.index(line) for line in calendar.marker_lines], dtype=np.int64),
            ramps=calendar.ramps, line=np.repeat(np.arange(len(lines)), [len(each.low) for each in cells]), **joined,
            log_factorial=log_factorials(int(joined["high"].max(initial=0))),
            tables=rising_tables([each.low[each.exact] for each in cells]),
            constant=-float(sum(gammaln(each.low[each.exact] + 1.0).sum() for each in cells)),
        )  # fmt: skip
        arrays: Any = {name: plain(part) for name, part in data._asdict().items() if isinstance(part, np.ndarray)}
        return data._replace(**arrays)

    def _scales(self) -> Scales:
        return Scales(**{name: float(self.priors[name]) for name in Scales._fields})


def displacement_name(line: str) -> str:
    """What the fall of a line's log rate is called.

    Examples
    --------
    >>> displacement_name("physical"), displacement_name("crisis")
    ('displacement', 'crisis_displacement')
    """
    return "displacement" if line == "physical" else f"{line}_displacement"
