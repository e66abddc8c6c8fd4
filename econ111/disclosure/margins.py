"""A table of counts with all its totals, laid out as one row of cells, and the sums that hold between them.

A table of trusts by months has a total of each month, of each trust, and of all: three more kinds of cell. With k dims
there are 2**k kinds, and each total is the sum of the cells below it in one dim. A total of which any part is not known
is not known, and the sums it stands in then say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

Counts = np.ndarray


@dataclass(frozen=True)
class Cells:
    """Counts with totals, flat; `sums @ counts == 0` over the known ones; `depth` is how many dims a cell sums over."""

    counts: Counts
    sums: sparse.csr_array
    depth: np.ndarray
    shape: tuple[int, ...]

    @property
    def known(self) -> np.ndarray:
        """Which cells have a count."""
        return np.isfinite(self.counts)


def with_margins(table: np.ndarray, *, totals: tuple[bool, ...] | None = None) -> Cells:
    """All cells of a table and its totals.

    Parameters
    ----------
    table : array
        Whole counts of any number of dims, NaN where a count is not known exactly.
    totals : tuple of bool, optional
        Dims over which a total is published; all of them when left out.

    Returns
    -------
    Cells
        Each dim with a total is one longer, the total last.

    Examples
    --------
    >>> cells = with_margins(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> cells.counts.reshape(cells.shape).tolist()
    [[1.0, 2.0, 3.0], [3.0, 4.0, 7.0], [4.0, 6.0, 10.0]]
    >>> cells.sums.shape, bool(np.all(cells.sums @ cells.counts == 0))
    ((6, 9), True)
    """
    chosen = totals if totals is not None else (True,) * table.ndim
    full, depth = table.astype(float), np.zeros(table.shape, dtype=int)
    for dim, wanted in enumerate(chosen):
        if wanted:
            full = np.concatenate([full, full.sum(axis=dim, keepdims=True)], axis=dim)
            depth = np.concatenate([depth, depth.take([0], axis=dim) + 1], axis=dim)
    places = np.arange(full.size).reshape(full.shape)
    summed = [dim for dim, wanted in enumerate(chosen) if wanted]
    rows = [line for dim in summed for line in np.moveaxis(places, dim, -1).reshape(-1, full.shape[dim])]
    kept = [line for line in rows if np.isfinite(full.ravel()[line]).all()]
    return Cells(full.ravel(), _matrix(kept, full.size), depth.ravel(), full.shape)


def _matrix(lines: list[np.ndarray], cells: int) -> sparse.csr_array:
    """One row a sum: 1 for each part, -1 for the total, which stands last."""
    if not lines:
        return sparse.csr_array((0, cells))
    sizes = [len(line) for line in lines]
    rows = np.repeat(np.arange(len(lines)), sizes)
    signs = np.concatenate([np.r_[np.ones(size - 1), -1.0] for size in sizes])
    return sparse.csr_array((signs, (rows, np.concatenate(lines))), shape=(len(lines), cells))
