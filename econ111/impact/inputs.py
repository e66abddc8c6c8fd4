"""The call table as the arrays that the model reads: volumes with bounds, and mix cells with their groups.

A mix cell is one trust, month and stage whose dispositions were returned. Its groups are the categories that were
supplied, each covering one or more dispositions, and a last group for all dispositions that were not supplied one
by one: "ED and total" becomes two groups. Months with no return make no cell; nothing else is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.errors import InputError

STAGES = ("before", "after", "mental")
# The mental line stands last: the lines before it may lose calls to it.
LINES = ("physical", "crisis", "mental")
STAGED_LINES = ("physical", "mental")
NOT_SUPPLIED = 3


@dataclass(frozen=True)
class VolumeCells:
    """Answered calls with bounds: `trust` and `month` are positions; `low` equals `high` when the count is exact."""

    trust: np.ndarray
    month: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def exact(self) -> np.ndarray:
        """True where the count is known exactly (cell)."""
        return np.asarray(self.low == self.high)


@dataclass(frozen=True)
class MixCells:
    """Returned dispositions with bounds.

    `stage` and `trust` (cell) are positions; `membership` (cell, group, disposition) says what a group covers; `low`,
    `high` (cell, group) bound its count; `total_low`, `total_high` (cell) bound the recorded calls.
    """

    stage: np.ndarray
    trust: np.ndarray
    month: np.ndarray
    membership: np.ndarray
    low: np.ndarray
    high: np.ndarray
    total_low: np.ndarray
    total_high: np.ndarray

    @property
    def exact(self) -> np.ndarray:
        """True where every count and the total are known exactly (cell)."""
        return np.asarray((self.low == self.high).all(axis=1) & (self.total_low == self.total_high))

    def where(self, keep: np.ndarray) -> MixCells:
        """The cells marked true, in the same order."""
        return MixCells(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class ShareCells:
    """Calls lost out of a total, where both were returned (cell): unrecorded of answered, abandoned of offered."""

    stage: np.ndarray
    trust: np.ndarray
    month: np.ndarray
    count: np.ndarray
    total: np.ndarray


@dataclass(frozen=True)
class CallInputs:
    """Everything the call model reads, with the names that its dims will carry.

    `volumes` by line, the mental line last; `lost` by name, `unrecorded` and, where it was supplied, `abandoned`.
    """

    trusts: tuple[str, ...]
    dispositions: tuple[str, ...]
    timeline: xr.Dataset
    volumes: dict[str, VolumeCells]
    mix: MixCells
    lost: dict[str, ShareCells]


def build_inputs(calls: xr.Dataset, timeline: xr.Dataset) -> CallInputs:
    """Arrays for the call model.

    Parameters
    ----------
    calls : Dataset
        The call table (see `econ111.activity`), dims trust, month, line, category, disposition.
    timeline : Dataset (trust, month)
        From `build_timeline`, for the same trusts and months.

    Raises
    ------
    InputError
        When a line has no volumes at all, or no month has both a total and dispositions.
    """
    calls = _merge_same_meaning(calls)
    given = [line for line in LINES if line in calls.line.values]
    volumes = {line: _volume_cells(calls.sel(line=line)) for line in given}
    for line, cells in volumes.items():
        if not len(cells.low):
            raise InputError(f"No answered calls were supplied on the {line} line. Add calls_answered rows.")
    calls = calls.sel(line=list(STAGED_LINES))
    stage = _stages(calls, timeline)
    mix = _mix_cells(calls, stage)
    missing = [name for position, name in enumerate(STAGES) if position not in mix.stage]
    if missing:
        raise InputError(f"No dispositions were returned for: {', '.join(missing)}. The mix cannot be compared.")
    return CallInputs(
        trusts=tuple(str(code) for code in calls.trust.values),
        dispositions=tuple(str(name) for name in calls.disposition.values),
        timeline=timeline,
        volumes=volumes,
        mix=mix,
        lost=_lost_cells(calls, stage),
    )


def order_of_size(inputs: CallInputs, line: str) -> float:
    """Order of size of a line's calls per trust and day, on the log scale."""
    cells = inputs.volumes[line]
    return float(np.log(np.median(np.maximum(cells.high, 1)) / inputs.timeline.days.values.mean()))


def _merge_same_meaning(calls: xr.Dataset) -> xr.Dataset:
    """Add up categories that cover the same dispositions; refuse categories that overlap without being the same.

    A trust's sum is known in a month only when every such category that it ever returns was supplied.
    """
    meanings = [tuple(row) for row in calls.membership.transpose("category", "disposition").values.astype(int)]
    distinct = list(dict.fromkeys(meanings))
    if len(distinct) == len(meanings):
        return calls
    merged = []
    for meaning in distinct:
        names = [name for name, own in zip(calls.category.values, meanings, strict=True) if own == meaning]
        part = calls[["dispositions_low", "dispositions_high"]].sel(category=names)
        ever = part.dispositions_low.notnull().any("month")
        known = (part.dispositions_low.notnull() | ~ever).all("category") & ever.any("category")
        merged.append(part.where(ever, 0.0).sum("category").where(known).expand_dims(category=["+".join(names)]))
    kept = calls.drop_dims("category")
    membership = xr.DataArray(
        np.array(distinct), dims=("category", "disposition"), coords={"disposition": calls.disposition}
    )
    return xr.merge([kept, xr.concat(merged, dim="category").assign(membership=membership)], join="outer")


def _volume_cells(line: xr.Dataset) -> VolumeCells:
    supplied = line.calls_answered_low.notnull()
    trust, month = np.nonzero(supplied.transpose("trust", "month").values)
    low, high = (
        line[f"calls_answered_{end}"].transpose("trust", "month").values[trust, month] for end in ("low", "high")
    )
    return VolumeCells(trust, month, low.astype(int), high.astype(int))


def _stages(calls: xr.Dataset, timeline: xr.Dataset) -> xr.DataArray:
    """Stage of each trust, month and line: the physical line before or after launch, or the mental line."""
    after = timeline.after_launch.astype(int)
    both: xr.DataArray = xr.concat([after, xr.full_like(after, STAGES.index("mental"))], dim="line")
    return both.assign_coords(line=["physical", "mental"])


def _mix_cells(calls: xr.Dataset, stage: xr.DataArray) -> MixCells:
    order = ("trust", "month", "line")
    low = calls.dispositions_low.transpose(*order, "category").values
    high = calls.dispositions_high.transpose(*order, "category").values
    total_low, total_high = _recorded_totals(calls)
    answered = ~np.isnan(low)
    place = np.argwhere(answered.any(axis=-1) & ~np.isnan(total_low))
    stages = stage.sel(line=calls.line).transpose(*order).values
    cells = [
        _one_cell(low[at], high[at], answered[at], calls.membership.values, total_low[at], total_high[at])
        for at in map(tuple, place)
    ]
    groups = max((cell[1].size for cell in cells), default=1)
    padded = [_pad(cell, groups) for cell in cells]
    return MixCells(
        stage=stages[tuple(place.T)].astype(int),
        trust=place[:, 0],
        month=place[:, 1],
        membership=np.array([cell[0] for cell in padded], dtype=float),
        low=np.array([cell[1] for cell in padded], dtype=int),
        high=np.array([cell[2] for cell in padded], dtype=int),
        total_low=total_low[tuple(place.T)].astype(int),
        total_high=total_high[tuple(place.T)].astype(int),
    )


def _recorded_totals(calls: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the calls with a recorded disposition: answered less unrecorded.

    NaN where it is not known, as when only some dispositions and no unrecorded calls were returned.
    """
    order = ("trust", "month", "line")
    answered_low, answered_high, missing_low, missing_high = (
        calls[name].transpose(*order).values
        for name in ("calls_answered_low", "calls_answered_high", "unrecorded_low", "unrecorded_high")
    )
    no_count = np.isnan(missing_low)
    covered = _sum_of_parts(calls)
    # A bound that was not supplied bounds nothing: fmax and fmin pass over NaN.
    low = np.where(no_count, covered[0], np.fmax(answered_low - missing_high, covered[0]))
    high = np.where(no_count, np.fmin(covered[1], answered_high), np.fmin(answered_high - missing_low, covered[1]))
    # Parts that contradict the total are taken at their own word; the reader has reported them.
    apart = low > high
    low, high = np.where(apart, covered[0], low), np.where(apart, covered[1], high)
    unknown = (no_count & np.isinf(covered[1])) | np.isinf(high)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _sum_of_parts(calls: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the sum of the supplied categories; unbounded above where a disposition was not supplied."""
    order = ("trust", "month", "line", "category")
    low = calls.dispositions_low.transpose(*order).values
    high = calls.dispositions_high.transpose(*order).values
    supplied = ~np.isnan(low)
    complete = (supplied.astype(float) @ calls.membership.values > 0).all(axis=-1)
    return np.nansum(low, axis=-1), np.where(complete, np.nansum(high, axis=-1), np.inf)


def _one_cell(
    low: np.ndarray, high: np.ndarray, supplied: np.ndarray, membership: np.ndarray, total_low: float, total_high: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    members = membership[supplied].astype(float)
    if (members.sum(axis=0) > 1).any():
        raise InputError(
            "Two categories of one month cover the same disposition. Map each disposition to one category."
        )
    rest = 1.0 - members.sum(axis=0).clip(max=1.0)
    low, high = low[supplied], high[supplied]
    if rest.any():
        low = np.append(low, max(total_low - high.sum(), 0))
        high = np.append(high, max(total_high - low[:-1].sum(), 0))
        members = np.vstack([members, rest])
    return members, low, high


def _pad(cell: tuple[np.ndarray, np.ndarray, np.ndarray], groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Empty groups at the end: they cover no disposition and hold no call."""
    members, low, high = cell
    more = groups - low.size
    return np.pad(members, ((0, more), (0, 0))), np.pad(low, (0, more)), np.pad(high, (0, more))


def _lost_cells(calls: xr.Dataset, stage: xr.DataArray) -> dict[str, ShareCells]:
    """Unrecorded of answered calls in months with dispositions; abandoned of offered ones where both were returned."""
    returned = calls.dispositions_low.notnull().any("category")
    unrecorded = _share_cells(calls, stage, "unrecorded", "calls_answered", returned)
    abandoned = _share_cells(calls, stage, "calls_abandoned", "calls_offered", xr.ones_like(returned))
    return {"unrecorded": unrecorded} | ({"abandoned": abandoned} if len(abandoned.count) else {})


def _share_cells(calls: xr.Dataset, stage: xr.DataArray, count: str, total: str, wanted: xr.DataArray) -> ShareCells:
    order = ("trust", "month", "line")
    middle = {
        name: (calls[f"{name}_low"] + calls[f"{name}_high"]).transpose(*order).values / 2 for name in (count, total)
    }
    usable = wanted.transpose(*order).values & (middle[total] >= middle[count])
    place = tuple(np.nonzero(usable))
    return ShareCells(
        stage=stage.sel(line=calls.line).transpose(*order).values[place].astype(int),
        trust=place[0],
        month=place[1],
        count=np.round(middle[count][place]).astype(int),
        total=np.round(middle[total][place]).astype(int),
    )
