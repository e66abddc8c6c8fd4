"""What is said of ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from econ111.checks.density_ranks import rank_moments


def table(ranks: np.ndarray, quantity: str = "x") -> pd.DataFrame:
    """Ranks of one quantity among 99 draws."""
    return pd.DataFrame({"quantity": quantity, "rank": ranks, "draws": 99})


def test_moments_are_those_of_a_hand_worked_table() -> None:
    """Ranks 9, 29, 69 and 89 of 99 are shares 0.095, 0.295, 0.695 and 0.895: mean 0.495, mean distance 0.3."""
    found = rank_moments(table(np.array([9, 29, 69, 89]))).iloc[0]
    assert np.isclose(found["mean"], 0.495)
    assert np.isclose(found.spread, 0.3)
    hump = 0.05 * np.sqrt(48 * 4)
    assert np.isclose(found.p_value, 4 * norm.sf(hump))


def test_ranks_spread_evenly_pass_and_tilted_or_crowded_ones_do_not() -> None:
    """Every place once is even; the lower half only is a tilt; the middle half only is a crowd."""
    even = np.arange(0, 100)
    rows = pd.concat([table(even, "even"), table(even // 2, "tilted"), table(25 + even // 2, "crowded")])
    assert rank_moments(rows).set_index("quantity").even.to_dict() == {"even": True, "tilted": False, "crowded": False}
