"""The posterior of independent densities, each a function of a free vector, by nutpie's sampler.

Parts of a model that share no parameter are sampled one by one, each with steps of its own size; their draws together
are draws of the whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import xarray as xr

from econ111.inference.posterior import TARGET_ACCEPT, Posterior, check_whole, one_sample_dim
from econ111.specs.schema import Sampling
from econ111.threads import one_thread

_JITTER = 0.5
# Beyond this length the sampler spends more on learning which scales go together than it gains from knowing: with 306
# parts (20 trusts) 53 CPU seconds a fit against 8, for 255 effective draws against 113. See docs/performance.md.
LONGEST_LOW_RANK = 200


class Density(Protocol):
    """A log density over a free vector, in a form that the sampler takes."""

    @property
    def size(self) -> int:
        """Length of the free vector."""

    @property
    def start(self) -> np.ndarray:
        """A point in the middle of the prior."""

    @property
    def adaptation(self) -> str:
        """How the sampler learns scales, by nutpie's name."""

    @property
    def target_accept(self) -> float:
        """Mean acceptance that the first pass aims at."""

    def log_density(self) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """A new function of the free vector that gives the log density and its gradient.

        A `CompiledDensity` is sampled without a call of Python.
        """

    def expand(self, free: np.ndarray) -> xr.Dataset:
        """Named variables (sample, ...) of free vectors (sample, part)."""


def sample_densities(
    densities: Sequence[Density], sampling: Sampling, *, progress: bool = False, cores: int | None = None
) -> Posterior:
    """Draw from the product of densities, the same draws whoever calls and however many processors there are.

    Sums that several threads share differ in their last digits from those of one, and so does every draw after them:
    linear algebra keeps to one thread here.

    Parameters
    ----------
    densities : sequence of Density
        Parts of one model that share no parameter.
    sampling : Sampling
        Tuning steps, draws and chains, and the seed.
    progress : bool
        Whether to show the sampler's own progress bars.
    cores : int, optional
        Chains at a time; as many as the machine has when left out.

    Returns
    -------
    Posterior
        `draws` (sample, ...) of every variable that the densities expand to.

    Raises
    ------
    FitError
        When draws are missing or not finite; nothing may be computed from such a fit.
    """
    parts, divergences = [], 0
    with one_thread():
        for place, density in enumerate(densities):
            draws, divergent = _draws_of(density, sampling, seed=sampling.seed + place, progress=progress, cores=cores)
            parts.append(draws)
            divergences += divergent
    return Posterior(xr.merge(parts, join="exact"), chains=sampling.chains, divergences=divergences)


def adaptation_of(density: Density) -> str:
    """What a density asks for, or scales alone where it is too long for more."""
    return "diag" if density.size > LONGEST_LOW_RANK else density.adaptation


def _draws_of(
    density: Density, sampling: Sampling, *, seed: int, progress: bool, cores: int | None
) -> tuple[xr.Dataset, int]:
    """Named variables, of which none keeps the free vectors in memory, and the number of divergent transitions."""
    for target_accept in (density.target_accept, TARGET_ACCEPT[-1]):
        free, divergent = _sample_one(
            density, sampling, seed=seed, target_accept=target_accept, progress=progress, cores=cores
        )
        if divergent == 0:
            break
    draws = density.expand(free)
    parts = {name: part.copy() for name, part in draws.items() if np.may_share_memory(part.values, free)}
    return draws.assign(parts), divergent


def _sample_one(
    density: Density, sampling: Sampling, *, seed: int, target_accept: float, progress: bool, cores: int | None
) -> tuple[np.ndarray, int]:
    """Free vectors (sample, part), chain after chain, and the number of divergent transitions."""
    import nutpie

    from econ111.inference.nutpie_model import model_for

    start = density.start

    def near_the_start(chain_seed: int) -> np.ndarray:
        return start + np.random.default_rng(chain_seed).uniform(-_JITTER, _JITTER, density.size)

    tree: Any = nutpie.sample(
        model_for(density.log_density, density.size, near_the_start),
        draws=sampling.draws, tune=sampling.tune, chains=sampling.chains,
        cores=min(sampling.chains, cores or os.cpu_count() or 1), seed=seed, target_accept=target_accept,
        adaptation=adaptation_of(density), progress_bar=progress, save_warmup=False,
    )  # fmt: skip
    draws = tree["posterior"].to_dataset()[["free"]]
    check_whole(draws, sampling)
    return one_sample_dim(draws).free.values, int(tree["sample_stats"]["diverging"].sum())
