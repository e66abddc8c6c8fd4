"""What a test found, and how two arrays are held against each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr


@dataclass(frozen=True)
class Finding:
    """Whether a test holds, what was found, and what was allowed; `note` says what the figure cannot.

    `size` is the figure as a number where several findings may be told by their largest.
    """

    holds: bool
    found: str
    allowed: str
    note: str = ""
    size: float | None = None


class NotApplicableError(Exception):
    """The evaluation has nothing that the test could look at; the message says what is missing."""


def gap(one: xr.DataArray, other: xr.DataArray) -> float:
    """Largest difference between two arrays relative to the largest size in either; infinite when labels differ.

    Places where both are NaN agree; a place where only one is NaN does not.

    Examples
    --------
    >>> gap(xr.DataArray([1.0, 2.0]), xr.DataArray([1.0, 2.5]))
    0.2
    """
    if set(one.dims) != set(other.dims) or any(one.sizes[dim] != other.sizes[dim] for dim in one.dims):
        return np.inf
    if any(_labels(one, str(dim)) != _labels(other, str(dim)) for dim in one.dims):
        return np.inf
    return spread_gap(one.to_numpy(), other.transpose(*one.dims).to_numpy())


def spread_gap(one: np.ndarray, other: np.ndarray) -> float:
    """As `gap`, for plain arrays of one shape."""
    if one.shape != other.shape:
        return np.inf
    if not one.size:
        return 0.0
    blank = np.isnan(one)
    if not np.array_equal(blank, np.isnan(other)):
        return np.inf
    first, second = (np.where(blank, 0.0, values) for values in (one, other))
    largest = max(float(np.abs(first).max()), float(np.abs(second).max()))
    return float(np.abs(first - second).max()) / largest if largest else 0.0


def compare(one: xr.DataArray, other: xr.DataArray, *, rounding: float, note: str = "") -> Finding:
    """Holds when two arrays have the same labels and agree but for rounding."""
    return within(gap(one, other), rounding, note=_unlike(one, other) or note)


def within(found: float, rounding: float, *, note: str = "") -> Finding:
    """Holds when a relative difference is no more than rounding explains."""
    said = f"relative difference {found:.1e}" if found else "no difference"
    return Finding(found <= rounding, said, f"difference at most {rounding:.0e}", note, found)


def none_of(wrong: int, *, of: int, what: str, note: str = "") -> Finding:
    """Holds when nothing of what was looked at is wrong."""
    return Finding(wrong == 0, f"{wrong:,} of {of:,} {what}", "none", note)


def listed(problems: list[str], *, looked_at: str) -> Finding:
    """Holds when there is no problem; the first few are named."""
    shown = "; ".join(problems[:3]) + (f"; and {len(problems) - 3} more" if len(problems) > 3 else "")
    return Finding(not problems, shown or f"no fault in {looked_at}", "none")


def all_hold(*findings: Finding) -> Finding:
    """Several findings as one: the first that fails, or else what was found, figures told by the largest."""
    failed = [finding for finding in findings if not finding.holds]
    if failed:
        return failed[0]
    notes = " ".join(dict.fromkeys(finding.note for finding in findings if finding.note))
    sized = [finding for finding in findings if finding.size is not None]
    largest = [max(sized, key=lambda finding: finding.size or 0.0)] if sized else []
    told = [*(finding for finding in findings if finding.size is None), *largest]
    found, allowed = (
        "; ".join(dict.fromkeys(texts)) for texts in zip(*((f.found, f.allowed) for f in told), strict=True)
    )
    return Finding(True, found, allowed, notes, largest[0].size if largest else None)


def _labels(array: xr.DataArray, dim: str) -> list[str] | None:
    return [str(label) for label in array.indexes[dim]] if dim in array.indexes else None


def _unlike(one: xr.DataArray, other: xr.DataArray) -> str:
    """How the labels of two arrays differ, in words; empty when they do not."""
    said = []
    for dim in dict.fromkeys([*map(str, one.dims), *map(str, other.dims)]):
        if dim not in one.dims or dim not in other.dims:
            said.append(f"Only one of the two has {dim}.")
        elif _labels(one, dim) != _labels(other, dim) or one.sizes[dim] != other.sizes[dim]:
            first, second = (_labels(array, dim) or [f"{array.sizes[dim]} unnamed"] for array in (one, other))
            said.append(f"{dim}: {', '.join(first[:8])} against {', '.join(second[:8])}.")
    return " ".join(said)
