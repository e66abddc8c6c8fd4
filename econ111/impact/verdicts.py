"""The four verdicts and their rules. The thresholds are parameters, `verdict.*`, so that they are argued about once.

In this order:

1. *not identifiable* when the fit's diagnostics fail: its draws say nothing.
2. *not identifiable* when the smallest effect that the design could detect exceeds the largest plausible one.
3. *fewer* or *more* when the probability of that direction reaches the set level (0.975, as a 95% interval that
   excludes zero).
4. *not identifiable* when assumptions, not data, own more than the set share of the variance: the sign is then open,
   and more calls would not settle it.
5. *no evidence of a difference* otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Word = Literal["fewer", "more", "no evidence of a difference", "not identifiable"]


@dataclass(frozen=True)
class Verdict:
    """A word and the rule that gave it, with its numbers."""

    word: Word
    reason: str


def judge(
    avoided: np.ndarray,
    *,
    rules: Mapping[str, float],
    prior_share: float = 0.0,
    diagnostics_fail: str = "",
    detectable: float | None = None,
    plausible: float | None = None,
) -> Verdict:
    """Verdict on one estimand.

    Parameters
    ----------
    avoided : array (sample)
        Draws; positive is fewer.
    rules : mapping
        `probability`: least probability of a direction. `prior_share`: largest share of variance that assumptions may
        own.
    prior_share : float
        Share of the variance of `avoided` owned by parameters that the data do not inform, 0 to 1.
    diagnostics_fail : str
        Why the fit cannot be used; empty when it can.
    detectable, plausible : float, optional
        Smallest detectable and largest plausible effect, in the same unit.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> rules = {"probability": 0.975, "prior_share": 0.5}
    >>> judge(np.full(100, 5.0), rules=rules).word
    'fewer'
    >>> judge(np.linspace(-1, 1, 100), rules=rules).word
    'no evidence of a difference'
    """
    if diagnostics_fail:
        return Verdict("not identifiable", f"the fit cannot be used: {diagnostics_fail}")
    if detectable is not None and plausible is not None and detectable > plausible:
        reason = (
            f"the smallest detectable effect, {detectable:,.0f}, exceeds the largest plausible one, {plausible:,.0f}"
        )
        return Verdict("not identifiable", reason)
    fewer = float(np.mean(avoided > 0))
    more = float(np.mean(avoided < 0))
    share = "over 99%" if prior_share > 0.99 else f"{prior_share:.0%}"
    owned = f"; assumptions own {share} of the variance" if prior_share >= 0.005 else ""
    if max(fewer, more) >= rules["probability"]:
        word: Word = "fewer" if fewer > more else "more"
        return Verdict(word, f"probability of {word} {_percent(max(fewer, more))}{owned}")
    if prior_share > rules["prior_share"]:
        return Verdict("not identifiable", f"the sign is open (probability of fewer {_percent(fewer)}){owned}")
    return Verdict("no evidence of a difference", f"probability of fewer {_percent(fewer)}{owned}")


def variance_owned(quantities: np.ndarray, assumptions: np.ndarray) -> np.ndarray:
    """Share of the variance of each quantity that a set of assumptions explains, by regression on their draws.

    Parameters
    ----------
    quantities : array (sample, quantity)
        Draws of the estimands.
    assumptions : array (sample, parameter)
        Draws of the parameters that the data do not inform; may have no column.

    Returns
    -------
    array (quantity)
        Between 0 and 1: R squared of a quadratic regression, adjusted for its number of terms (Jackson et al., JASA
        2019;114:1436, expected reduction of variance from learning the assumptions). 0 for a constant. With fewer than
        two draws a term, products of different assumptions are left out and the share may be somewhat too small.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> known, other = rng.normal(size=(2, 5000))
    >>> variance_owned((known + other)[:, None], known[:, None]).round(1)
    array([0.5])
    """
    count = len(quantities)
    spread = assumptions.std(axis=0)
    scaled = (assumptions - assumptions.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    width = scaled.shape[1]
    enough = 2 * (1 + width + width * (width + 1) // 2) <= count
    pairs = [scaled[:, i] * scaled[:, j] for i in range(width) for j in range(i, width if enough else i + 1)]
    terms = np.column_stack([np.ones(count), scaled, *pairs])
    centred = quantities - quantities.mean(axis=0)
    total = (centred**2).sum(axis=0)
    shadow = terms.T @ centred
    # Shares that sum to 1 make terms collinear; the smallest of ridges leaves the fitted values as they are.
    gram = terms.T @ terms + 1e-9 * count * np.eye(terms.shape[1])
    unexplained = total - (shadow * np.linalg.solve(gram, shadow)).sum(axis=0)
    left = (unexplained / np.where(total > 0, total, 1.0)) * (count - 1) / max(count - terms.shape[1], 1)
    return np.asarray(np.where(total > 0, np.clip(1.0 - left, 0.0, 1.0), 0.0))


def _percent(probability: float) -> str:
    """A probability that never prints as certain."""
    if probability > 0.999:
        return "over 99.9%"
    if probability < 0.001:
        return "under 0.1%"
    return f"{probability:.1%}"
