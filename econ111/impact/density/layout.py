"""The free vector of a density: named parts, one after another, each unconstrained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Layout:
    """Names and shapes of the parts of a free vector, in order."""

    shapes: Mapping[str, tuple[int, ...]]

    @property
    def size(self) -> int:
        """Length of the vector."""
        return int(self.ends[-1])

    @property
    def ends(self) -> np.ndarray:
        """Where each part begins, and at the end the length of the vector (part + 1)."""
        sizes = [int(np.prod(shape)) for shape in self.shapes.values()]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def split(self, free: np.ndarray) -> dict[str, np.ndarray]:
        """The parts by name, in their own shapes behind whatever comes before the last dim of `free`.

        Examples
        --------
        >>> Layout({"level": (2,), "step": (2, 2)}).split(np.arange(6.0))["step"].tolist()
        [[2.0, 3.0], [4.0, 5.0]]
        """
        ends = self.ends
        return {
            name: free[..., start:end].reshape((*free.shape[:-1], *shape))
            for (name, shape), start, end in zip(self.shapes.items(), ends[:-1], ends[1:], strict=True)
        }

    def join(self, parts: Mapping[str, np.ndarray | float]) -> np.ndarray:
        """A free vector from its parts; a part that is left out is zero."""
        whole = np.zeros(self.size)
        for name, place in self.split(whole).items():
            if name in parts:
                place[...] = parts[name]
        return whole


def plain(values: np.ndarray) -> np.ndarray:
    """The array as contiguous 64-bit numbers: a kernel is compiled anew for every other kind."""
    kind = np.float64 if np.issubdtype(values.dtype, np.floating) else np.int64
    return np.ascontiguousarray(values, dtype=kind)


def zero_sum_basis(count: int) -> np.ndarray:
    """Columns that span all vectors that sum to zero, orthonormal (count, count - 1).

    The same basis as PyMC's ZeroSumTransform, so that free vectors of both forms agree.

    Examples
    --------
    >>> zero_sum_basis(2).round(4).ravel().tolist()
    [0.7071, -0.7071]
    """
    free = np.eye(count - 1)
    total = free.sum(axis=0)
    norm = total / (np.sqrt(count) + count)
    last = norm - total / np.sqrt(count)
    return np.asarray(np.vstack([free, last[None, :]]) - norm[None, :]).reshape(count, count - 1)
