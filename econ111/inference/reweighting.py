"""Draws weighed as if a part of the model had counted for more or less, without another fit.

Power-scaling: a part's log density is multiplied by alpha; the draws get weights exp((alpha - 1) x log density), their
tails smoothed by a generalised Pareto distribution (Vehtari A et al., JMLR 2024;25(72)). How fast the distribution of a
quantity moves with log2 alpha, as a distance between cumulative distributions, is its sensitivity to the part
(Kallioinen N et al., Statistics and Computing 2024;34:57).
"""

from __future__ import annotations

import numpy as np

# So close to 1 that the distance is a slope.
SLOPE_POWERS = (0.99, 1.01)


def power_scaled(log_part: np.ndarray, power: float) -> tuple[np.ndarray, float]:
    """Weights of draws as if a part's log density had been multiplied by a power.

    Parameters
    ----------
    log_part : array (sample)
        Log density of the part at each draw, up to a constant.
    power : float
        1 leaves the draws as they are; below 1 the part counts for less.

    Returns
    -------
    array (sample), float
        Weights that sum to 1, and Pareto's k: above 0.7 too few draws carry the weight for it to be trusted.
    """
    from arviz_stats.base import array_stats

    centred = log_part - log_part.mean()
    if power == 1.0 or not centred.any():
        return np.full(len(log_part), 1.0 / len(log_part)), 0.0
    log_weights = array_stats.power_scale_lw(centred, alpha=power)
    weights = np.exp(log_weights - log_weights.max())
    _, pareto_k = array_stats.psislw((1.0 - power) * centred)
    return np.asarray(weights / weights.sum()), float(pareto_k) if np.isfinite(pareto_k) else np.inf


def power_scaling_sensitivity(quantities: np.ndarray, log_part: np.ndarray) -> np.ndarray:
    """How fast quantities move when one part counts for more or less.

    Parameters
    ----------
    quantities : array (sample, quantity)
        Draws of the estimands.
    log_part : array (sample)
        Log density of the part at each draw, up to a constant.

    Returns
    -------
    array (quantity)
        0 when the part does not matter; 0.05 is about a shift of the mean by 0.24 sd a doubling.
    """
    from arviz_stats.base import array_stats

    if not (log_part - log_part.mean()).any():
        return np.zeros(quantities.shape[1])
    low, high = (power_scaled(log_part, power)[0] for power in SLOPE_POWERS)
    return np.array([
        float(
            array_stats.power_scale_sense(
                values[None], low[None], high[None], lower_alpha=SLOPE_POWERS[0], upper_alpha=SLOPE_POWERS[1]
            )
        )
        if values.std() > 0
        else 0.0
        for values in quantities.T
    ])  # fmt: skip
