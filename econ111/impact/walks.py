"""Random walks by independent modes from slow to fast.

A walk of unit steps is Gaussian; here it is a sum of orthogonal modes with independent standard normal weights, which
is the same distribution exactly. The data know the slow modes well and the fast ones hardly at all, so that the
sampler finds a scale for each, where the steps themselves are tied to one another.
"""

from __future__ import annotations

import numpy as np


def walk_modes(months: int, about: np.ndarray | None = None) -> np.ndarray:
    """Modes of a random walk of unit steps about its mean in some months (month, mode), the slowest first.

    Parameters
    ----------
    months : int
        Length of the walk.
    about : array of bool (month), optional
        The months in whose mean the walk is zero; all when left out.

    Examples
    --------
    >>> modes = walk_modes(3)
    >>> steps = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> about_mean = steps - steps.mean(axis=0)
    >>> bool(np.allclose(modes @ modes.T, about_mean @ about_mean.T))
    True
    """
    steps = np.tril(np.ones((months, months - 1)), -1)
    vectors, sizes, _ = np.linalg.svd(steps - steps.mean(axis=0), full_matrices=False)
    modes = vectors * sizes * np.where(vectors[0] < 0, 1.0, -1.0)
    return np.asarray(modes if about is None or not about.any() else modes - modes[about].mean(axis=0))
