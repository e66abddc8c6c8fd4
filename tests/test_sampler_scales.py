"""How the sampler learns scales depends on the length of a density alone, and its draws on no number of threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from threadpoolctl import threadpool_info

from econ111.inference import densities
from econ111.specs.schema import Sampling


@dataclass(frozen=True)
class Long:
    """A density that asks for scales with their correlations."""

    size: int
    adaptation: str = "low_rank"


@pytest.mark.parametrize(("size", "used"), [(81, "low_rank"), (200, "low_rank"), (201, "diag"), (3000, "diag")])
def test_correlations_are_learnt_only_where_that_pays(size: int, used: str) -> None:
    """London's mix (81 parts) keeps what it asks for; that of 20 trusts (306) has scales alone."""
    asked: Any = Long(size)
    assert densities.adaptation_of(asked) == used


def test_what_asks_for_scales_alone_is_left_alone() -> None:
    """At any length."""
    asked: Any = SimpleNamespace(size=3, adaptation="diag", start=np.zeros(3))
    assert densities.adaptation_of(asked) == "diag"


@dataclass
class Counted:
    """A standard normal that notes how many threads linear algebra has while it is asked."""

    threads: set[int] = field(default_factory=set)
    size: int = 2
    adaptation: str = "diag"
    target_accept: float = 0.8

    @property
    def start(self) -> np.ndarray:
        """Its middle."""
        return np.zeros(self.size)

    def log_density(self) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """Its log density."""

        def density(free: np.ndarray) -> tuple[float, np.ndarray]:
            if len(self.threads) == 0:
                self._count()
            return -0.5 * float(free @ free), -free

        return density

    def expand(self, free: np.ndarray) -> xr.Dataset:
        """Its draws."""
        self._count()
        return xr.Dataset({"rate": ("sample", free[:, 0])})

    def _count(self) -> None:
        self.threads |= {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_linear_algebra_keeps_to_one_thread_while_sampling() -> None:
    """Whoever calls: sums shared by threads differ in their last digits, and so would every draw after them."""
    counted = Counted()
    densities.sample_densities([counted], Sampling(tune=100, draws=100, chains=2, seed=1), cores=1)
    assert counted.threads == {1}
