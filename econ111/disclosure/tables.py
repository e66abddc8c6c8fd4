"""A table of counts as it may be published: what is printed in each cell and total, and what is known of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.disclosure.hiding import cells_to_hide
from econ111.disclosure.margins import with_margins
from econ111.disclosure.recovery import shown_bounds
from econ111.disclosure.rule import DisclosureRule
from econ111.display import Shown

ALL = "Total"


@dataclass(frozen=True, repr=False)
class Protected(Shown):
    """`printed` with totals, NaN where nothing is printed; `low` and `high` as a reader knows them; `hidden` by us."""

    printed: xr.DataArray
    low: xr.DataArray
    high: xr.DataArray
    hidden: xr.DataArray


def protect(counts: xr.DataArray, rule: DisclosureRule, *, totals: Collection[str] | None = None) -> Protected:
    """A table of counts and its totals, with nothing in it from which a small count follows.

    Parameters
    ----------
    counts : DataArray
        Whole counts, of any number of named dims; NaN where the count is not known exactly.
    rule : DisclosureRule
        What is hidden and how the rest is printed.
    totals : collection of str, optional
        Dims over which totals are published; all when left out. Every total that is published anywhere must be here.

    Returns
    -------
    Protected
        With one more label, `Total`, on each of those dims. A total of which a part is not known is not printed.

    Examples
    --------
    >>> counts = xr.DataArray([3, 9, 14], dims="trust", coords={"trust": ["A", "B", "C"]})
    >>> protect(counts, DisclosureRule(below=5)).printed.values.tolist()
    [nan, nan, 14.0, 26.0]
    """
    dims = [str(dim) for dim in counts.dims]
    chosen = tuple(totals is None or dim in totals for dim in dims)
    cells = with_margins(counts.values, totals=chosen)
    hidden = cells_to_hide(cells, rule)
    shown = cells.known & ~hidden
    printed = np.full(cells.counts.size, np.nan)
    printed[shown] = [rule.printed(int(count)) for count in cells.counts[shown]]
    ends = np.where(shown[:, None], shown_bounds(cells, hidden, rule), np.nan)
    coords = {dim: _labels(counts[dim], total=wanted) for dim, wanted in zip(dims, chosen, strict=True)}

    def laid_out(values: np.ndarray) -> xr.DataArray:
        return xr.DataArray(values.reshape(cells.shape), dims=dims, coords=coords)

    return Protected(laid_out(printed), laid_out(ends[:, 0]), laid_out(ends[:, 1]), laid_out(hidden))


def _labels(labels: xr.DataArray, *, total: bool) -> list[object]:
    """The labels of a dim, and `Total`; months that are dates become texts beside it."""
    if not total:
        return list(labels.values)
    dates = np.issubdtype(labels.dtype, np.datetime64)
    return [*([str(value)[:7] for value in labels.values] if dates else labels.values.tolist()), ALL]
