"""Placebo launches: the launch moved to months in which nothing was launched, everything after the real one dropped.

Each trust's launch moves back by the same number of months, so that trusts keep their order. The calls of the physical
line are fitted as they would be with a real launch, without the calls of the new line, of which there were none. What
the model then takes for a fall is what it can make of ordinary months: the real fall should stand out from it. The
windows overlap, so that the placebos are not independent of each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.impact.calendar import build_calendar
from econ111.impact.density.volumes import VolumeDensity
from econ111.impact.inputs import CallInputs, VolumeCells, order_of_size
from econ111.impact.priors import Priors
from econ111.inference import sample_densities
from econ111.intervals import INTERVAL_LEVEL
from econ111.specs.schema import Sampling
from econ111.timeline import build_timeline

LINE = "physical"


@dataclass(frozen=True)
class PlaceboTask:
    """One refit with launches `shift` months early."""

    inputs: CallInputs
    launches: dict[str, date]
    shift: int
    harmonics: int
    priors: Priors
    sampling: Sampling


def feasible_shifts(inputs: CallInputs, *, before: int, after: int) -> list[int]:
    """By how many months the launches can move back: every trust keeps `before` supplied months, and gains `after`."""
    cells, launched = inputs.volumes[LINE], _launched(inputs)
    early = ~launched[cells.trust, cells.month]
    supplied = np.bincount(cells.trust[early], minlength=len(inputs.trusts))
    return list(range(after, int(supplied.min()) - before + 1))


def fit_placebo(task: PlaceboTask) -> pd.DataFrame:
    """Refit with a placebo launch.

    Parameters
    ----------
    task : PlaceboTask
        Inputs, real launches and the shift.

    Returns
    -------
    DataFrame
        One row: `months_earlier`, `months_before` and `months_after` (least over trusts), and `fall` with its interval,
        as a share of the calls expected without the service; positive is fewer.
    """
    inputs = early_inputs(task.inputs, task.launches, task.shift)
    density = VolumeDensity(
        inputs.trusts, build_calendar(inputs.timeline, harmonics=task.harmonics), inputs.volumes,
        {line: order_of_size(task.inputs, line) for line in inputs.volumes}, task.priors,
    )  # fmt: skip
    draws = sample_densities([density], task.sampling, cores=1).draws
    seen = _grid(inputs.volumes[LINE], inputs) & _launched(inputs)
    before = _grid(inputs.volumes[LINE], inputs) & ~_launched(inputs)
    months = {"months_before": int(before.sum(axis=1).min()), "months_after": int(seen.sum(axis=1).min())}
    return pd.DataFrame([{"months_earlier": task.shift, **months, **share_fallen(draws, seen)}])


def early_inputs(inputs: CallInputs, launches: dict[str, date], shift: int) -> CallInputs:
    """Calls of the physical line before the real launches, on a timeline on which each came `shift` months earlier."""
    launched = _launched(inputs)
    months = int(launched.all(axis=0).argmax()) if launched.all(axis=0).any() else launched.shape[1]
    cells = inputs.volumes[LINE]
    kept = ~launched[cells.trust, cells.month]
    moved = {name: (pd.Timestamp(day) - pd.DateOffset(months=shift)).date() for name, day in launches.items()}
    timeline = build_timeline(inputs.timeline.month.values[:months], {name: moved[name] for name in inputs.trusts})
    nothing = np.zeros(0, dtype=int)
    volumes = {
        LINE: VolumeCells(cells.trust[kept], cells.month[kept], cells.low[kept], cells.high[kept]),
        "mental": VolumeCells(nothing, nothing, nothing, nothing),
    }
    return replace(inputs, timeline=timeline, volumes=volumes)


def share_fallen(draws: xr.Dataset, counted: np.ndarray) -> dict[str, Any]:
    """Share of the expected calls by which the physical line fell, in the counted cells (trust, month).

    Parameters
    ----------
    draws : Dataset (sample, trust, month)
        `expected_without` and `expected_with`.
    counted : array (trust, month)
        Which months of which trusts are summed.
    """
    where = xr.DataArray(counted, dims=("trust", "month"))
    without, with_service = (draws[f"expected_{name}"].where(where, 0.0) for name in ("without", "with"))
    total = without.sum(["trust", "month"])
    fall = ((total - with_service.sum(["trust", "month"])) / total).values
    tail = (1.0 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(fall, [tail, 1.0 - tail])
    return {"fall": float(fall.mean()), "fall_low": float(low), "fall_high": float(high), "level": INTERVAL_LEVEL}


def placebo_readings(placebos: pd.DataFrame, real: dict[str, Any]) -> pd.DataFrame:
    """Placebo rows and the real one, each with a verdict and a sentence.

    Parameters
    ----------
    placebos : DataFrame
        Rows of `fit_placebo`, or of any placebo with `fall`, `fall_low` and `fall_high`.
    real : dict
        The same figures of the real launch.
    """
    as_large = int((placebos.fall.abs() >= abs(real["fall"])).sum())
    many = len(placebos)
    moved = (placebos.fall_low > 0) | (placebos.fall_high < 0)
    words = {
        True: "moves although nothing was launched: trends or season are taken for an effect",
        False: "its interval holds no fall, as it should where nothing was launched",
    }
    rows = placebos.assign(
        role="placebo", verdict=np.where(moved, "look", "pass"), reading=[words[bool(flag)] for flag in moved]
    )
    stands_out = as_large == 0
    sentence = (
        f"larger than each of the {many} placebo falls"
        if stands_out
        else f"{as_large} of {many} placebo falls are as large: the fall is not told from ordinary months"
    )
    found = pd.DataFrame([
        {**real, "months_earlier": 0, "role": "real", "verdict": "pass" if stands_out else "look", "reading": sentence}
    ])  # fmt: skip
    return pd.concat([found, rows], ignore_index=True)


def _launched(inputs: CallInputs) -> np.ndarray:
    return np.asarray(inputs.timeline.after_launch.transpose("trust", "month").values.astype(bool))


def _grid(cells: VolumeCells, inputs: CallInputs) -> np.ndarray:
    """True where calls were supplied (trust, month)."""
    grid = np.zeros((len(inputs.trusts), inputs.timeline.sizes["month"]), dtype=bool)
    grid[cells.trust, cells.month] = True
    return grid
