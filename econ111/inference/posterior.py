"""Draws that are whole: an interrupted sampler returns draws padded with NaN and raises nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.errors import FitError
from econ111.specs.schema import Sampling

# The second, of smaller steps, is used only when the first left divergent transitions.
TARGET_ACCEPT = (0.9, 0.98)


@dataclass(frozen=True)
class Posterior:
    """Draws that passed the completeness check, and what the sampler said of them."""

    draws: xr.Dataset
    chains: int
    divergences: int
    from_store: bool = False


def check_whole(draws: xr.Dataset, sampling: Sampling) -> None:
    """Refuse draws that are not as many as were asked for, or not finite (FitError)."""
    expected = {"chain": sampling.chains, "draw": sampling.draws}
    found = {dim: draws.sizes.get(dim, 0) for dim in expected}
    if found != expected:
        raise FitError(f"The fit is incomplete: {found} of {expected}. It was interrupted; run it again.")
    for name, values in draws.data_vars.items():
        bad = int((~np.isfinite(values)).sum())
        if bad:
            raise FitError(f"The fit is incomplete: {bad} draws of {name} are not finite. Run it again.")


def one_sample_dim(draws: xr.Dataset) -> xr.Dataset:
    """The draws with `sample` in place of `chain` and `draw`, chain after chain."""
    stacked = draws.stack(sample=("chain", "draw"), create_index=False).drop_vars(["chain", "draw"], errors="ignore")
    return stacked.transpose("sample", ...)
