"""How the sampler learns scales depends on the length of a density, and on nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from econ111.inference import densities


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
