"""What each estimand leans on: the data, or one prior or another. No refit; draws are weighed again.

An estimand that moves with a prior and hardly with the data is the prior's; one that moves with both holds a conflict
between them, or little information; one that moves with the data alone is theirs (Kallioinen N et al., Statistics and
Computing 2024;34:57). A few thousand draws show some sensitivity to anything: what shuffled draws show by chance is
found beside it, and nothing below that is called a movement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from econ111.inference.reweighting import power_scaled, power_scaling_sensitivity

_SHUFFLES = 40
# One fifth less and a quarter more: the reciprocals of each other.
LESS, MORE = 0.8, 1.25
DATA, PRIOR = "data", "prior"
READINGS = {
    (DATA, True): "the data move it",
    (DATA, False): "the data hardly move it",
    (PRIOR, True): "moves with this prior: it is an assumption in part",
    (PRIOR, False): "hardly moves with this prior",
}


@dataclass(frozen=True)
class Part:
    """A part of the model: its name, whether it is `data` or `prior`, and its log density at each draw (sample)."""

    name: str
    role: str
    log_density: np.ndarray


def power_scaling_table(
    estimands: pd.DataFrame, draws: np.ndarray, parts: list[Part], *, rules: Mapping[str, float], seed: int
) -> pd.DataFrame:
    """Sensitivity of every estimand to every part.

    Parameters
    ----------
    estimands : DataFrame
        One row a quantity: whatever names it; kept in front of the result.
    draws : array (sample, quantity)
        In the order of the rows; `avoided` positive is fewer.
    parts : list of Part
        Log densities at the same draws.
    rules : mapping
        `sensitivity` from which a quantity moves, and `pareto_k` up to which reweighted means are used.
    seed : int
        Of the shuffles that say what chance alone would show.

    Returns
    -------
    DataFrame
        Rows estimand by part: `sensitivity`, `chance` (what 95% of shuffled draws stay below), `mean`, `mean_less` and
        `mean_more` (the part scaled by 0.8 and by 1.25; missing where Pareto's k is too large for them to be known
        without a refit), `pareto_k`, `verdict`, `reading`.
    """
    mean, rng = draws.mean(axis=0), np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for part in parts:
        moved = power_scaling_sensitivity(draws, part.log_density)
        chance = _by_chance(draws, part.log_density, rng)
        (less, first_k), (more, second_k) = (power_scaled(part.log_density, power) for power in (LESS, MORE))
        pareto_k = max(first_k, second_k)
        known = pareto_k <= rules["pareto_k"]
        for place, name in enumerate(estimands.to_dict("records")):
            far = bool(moved[place] >= max(rules["sensitivity"], chance))
            rows.append({
                **{str(key): value for key, value in name.items()}, "part": part.name, "role": part.role,
                "sensitivity": float(moved[place]),
                "chance": chance, "mean": float(mean[place]),
                "mean_less": float(less @ draws[:, place]) if known else np.nan,
                "mean_more": float(more @ draws[:, place]) if known else np.nan, "power_less": LESS,
                "power_more": MORE, "pareto_k": pareto_k, "verdict": "moves" if far else "holds",
                "reading": READINGS[part.role, far],
            })  # fmt: skip
    return pd.DataFrame(rows)


def _by_chance(draws: np.ndarray, log_part: np.ndarray, rng: np.random.Generator) -> float:
    """The sensitivity that 95% of shuffled quantities stay below."""
    columns = rng.integers(0, draws.shape[1], _SHUFFLES)
    shuffled = np.column_stack([rng.permutation(draws[:, column]) for column in columns])
    return float(np.quantile(power_scaling_sensitivity(shuffled, log_part), 0.95))
