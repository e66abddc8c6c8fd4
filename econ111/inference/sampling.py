"""The posterior of a PyMC model, by PyMC's own sampler."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from econ111.inference.posterior import TARGET_ACCEPT, Posterior, check_whole, one_sample_dim
from econ111.specs.schema import Sampling

if TYPE_CHECKING:
    import pymc as pm

type ModelBuilder = Callable[[], pm.Model]


def sample_posterior(
    build: ModelBuilder, sampling: Sampling, *, keep: Sequence[str], progress: bool = False
) -> Posterior:
    """Draw from a model's posterior.

    Parameters
    ----------
    build : callable
        Makes the model; called only when it must be sampled.
    sampling : Sampling
        Tuning steps, draws and chains, and the seed.
    keep : sequence of str
        Variables wanted above this floor.
    progress : bool
        Whether to show the sampler's own progress bar.

    Returns
    -------
    Posterior
        `draws` (sample, ...) of the variables in `keep`.

    Raises
    ------
    FitError
        When draws are missing or not finite; nothing may be computed from such a fit.
    """
    import pytensor

    # With reordered sums, a run that compiles and one that finds compiled code differ in the last digit, so in draws.
    pytensor.config.numba__fastmath = False
    model = build()
    for target_accept in TARGET_ACCEPT:
        posterior = _sample_once(model, sampling, keep=keep, target_accept=target_accept, progress=progress)
        if posterior.divergences == 0:
            break
    return posterior


def _sample_once(
    model: pm.Model, sampling: Sampling, *, keep: Sequence[str], target_accept: float, progress: bool
) -> Posterior:
    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.INFO if progress else logging.WARNING)
    with model:
        tree = pm.sample(
            tune=sampling.tune,
            draws=sampling.draws,
            chains=sampling.chains,
            cores=min(sampling.chains, os.cpu_count() or 1),
            random_seed=sampling.seed,
            target_accept=target_accept,
            nuts_sampler="pymc",
            progressbar=progress,
            compute_convergence_checks=False,
            var_names=list(keep),
        )
    chosen = tree["posterior"].to_dataset()[list(keep)]
    check_whole(chosen, sampling)
    divergences = int(tree["sample_stats"]["diverging"].sum())
    return Posterior(one_sample_dim(chosen), chains=sampling.chains, divergences=divergences)
