"""A whole service simulated from expected quantities, published as the trusts of an evaluation publish.

Used to simulate from the prior, from a posterior (predictive checks) or from a world that the model does not know.
Counts are drawn in full first, then thinned and rounded, so that what is bounded is bounded as real returns are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from econ111.activity.cells import CellRule
from econ111.checks.likelihood import expected_name
from econ111.impact.inputs import STAGES, CallInputs, MixCells, ShareCells, VolumeCells
from econ111.impact.priors import LEAST_VARIANCE


@dataclass(frozen=True)
class FullCounts:
    """Every count of one simulated service by line: `answered`, `unrecorded` (trust, month) and `dispositions`."""

    answered: dict[str, np.ndarray]
    unrecorded: dict[str, np.ndarray]
    dispositions: dict[str, np.ndarray]


def replicate(
    inputs: CallInputs, world: xr.Dataset, rng: np.random.Generator, *, rules: Mapping[str, CellRule]
) -> CallInputs:
    """Inputs as they would have been returned by a service with these expected quantities.

    Parameters
    ----------
    inputs : CallInputs
        Whose cells are returned, with which groups; counts are replaced.
    world : Dataset
        One draw: `expected_with`, `expected_mental` (trust, month), `share` (stage, trust, disposition),
        `unrecorded_share` (stage, trust) and the scatters, as the densities expand to.
    rng : Generator
        Source of chance.
    rules : mapping of str to CellRule
        How each trust hides and rounds; a trust that is not named prints exact counts.

    Returns
    -------
    CallInputs
    """
    return published(inputs, full_counts(inputs, world, rng), rng, rules=rules)


def full_counts(inputs: CallInputs, world: xr.Dataset, rng: np.random.Generator) -> FullCounts:
    """Counts of every trust and month, before anything is hidden; see `replicate`."""
    after = inputs.timeline.after_launch.transpose("trust", "month").values.astype(int)
    stages = {"physical": after, "mental": np.full_like(after, STAGES.index("mental"))}
    trust = np.arange(len(inputs.trusts))[:, None]
    counts = FullCounts({}, {}, {})
    for line, stage in stages.items():
        expected = world[expected_name(line)].values
        answered = counted(expected, float(world[f"{line}_relative_sd"]), rng)
        missing = _lost(answered, world.unrecorded_share.values[stage, trust], float(world.unrecorded_scatter), rng)
        whole = 1 / (world.mix_scatter.values**2 + LEAST_VARIANCE)
        weights = rng.gamma(np.maximum(whole[stage][..., None] * world.share.values[stage, trust], 1e-12))
        total = weights.sum(axis=-1, keepdims=True)
        chances = np.where(total > 0, weights / np.where(total > 0, total, 1.0), world.share.values[stage, trust])
        counts.answered[line], counts.unrecorded[line] = answered, missing
        counts.dispositions[line] = rng.multinomial(answered - missing, chances)
    for line in inputs.volumes:
        if line not in stages:
            counts.answered[line] = counted(world[expected_name(line)].values, float(world[f"{line}_relative_sd"]), rng)
    return counts


def counted(expected: np.ndarray, relative_sd: np.ndarray | float, rng: np.random.Generator) -> np.ndarray:
    """Negative binomial counts about what is expected."""
    scatter = relative_sd**2 + LEAST_VARIANCE
    return np.asarray(rng.poisson(rng.gamma(1 / scatter, np.maximum(expected, 1e-300) * scatter)))


def _lost(total: np.ndarray, share: np.ndarray, scatter: float, rng: np.random.Generator) -> np.ndarray:
    tightness = 1 / (scatter**2 + LEAST_VARIANCE)
    chance = rng.beta(np.maximum(share * tightness, 1e-9), np.maximum((1 - share) * tightness, 1e-9))
    return np.asarray(rng.binomial(total, chance))


def published(
    inputs: CallInputs, counts: FullCounts, rng: np.random.Generator, *, rules: Mapping[str, CellRule]
) -> CallInputs:
    """What of the full counts is returned, each trust by its own rule; see `replicate`."""
    rounds = np.array([name in rules for name in inputs.trusts])

    def bounds(count: np.ndarray, trust: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        low, high = count.copy(), count.copy()
        for place, name in enumerate(inputs.trusts):
            if name in rules:
                own = trust == place
                low[own], high[own] = _printed(count[own], rules[name])
        return low, high

    volumes = {}
    for line, cells in inputs.volumes.items():
        low, high = bounds(counts.answered[line][cells.trust, cells.month], cells.trust)
        volumes[line] = VolumeCells(cells.trust, cells.month, low, high)
    lost = {"unrecorded": _unrecorded_cells(inputs.lost["unrecorded"], counts)}
    return replace(inputs, volumes=volumes, mix=_mix_cells(inputs.mix, counts, bounds, rounds, rng), lost=lost)


def _unrecorded_cells(cells: ShareCells, counts: FullCounts) -> ShareCells:
    found, total = np.empty_like(cells.count), np.empty_like(cells.total)
    for line in counts.unrecorded:
        own = (cells.stage == STAGES.index("mental")) == (line == "mental")
        at = cells.trust[own], cells.month[own]
        found[own], total[own] = counts.unrecorded[line][at], counts.answered[line][at]
    return replace(cells, count=found, total=total)


def _mix_cells(  # type: ignore[no-untyped-def]
    cells: MixCells, counts: FullCounts, bounds, rounds: np.ndarray, rng: np.random.Generator
) -> MixCells:
    full = np.empty((len(cells.stage), cells.membership.shape[2]), dtype=int)
    for line in counts.dispositions:
        own = (cells.stage == STAGES.index("mental")) == (line == "mental")
        full[own] = counts.dispositions[line][cells.trust[own], cells.month[own]]
    groups = np.einsum("cgd,cd->cg", cells.membership.astype(int), full)
    empty = ~cells.membership.any(axis=2)
    low, high = bounds(groups, cells.trust)
    total = full.sum(axis=1)
    # The total of a rounded trust is known to lie among five counts; which of them it is, is left to chance.
    slack = np.where(rounds[cells.trust], 2, 0)
    middle = total + rng.integers(-slack, slack + 1)
    total_low, total_high = np.maximum(middle - slack, 0), np.maximum(middle + slack, total)
    low, high = np.where(empty, 0, low), np.where(empty, 0, high)
    return replace(cells, low=low, high=high, total_low=total_low, total_high=total_high)


def _printed(count: np.ndarray, rule: CellRule) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of counts printed under a rule: small ones hidden, the others rounded as `activity.cells` reads them."""
    low, high = count, count
    if rule.rounds:
        up = rule.rounding == "up"
        shown = -(-count // rule.base) * rule.base if up else (count + rule.base // 2) // rule.base * rule.base
        low = np.maximum(shown - (rule.base - 1 if up else rule.base // 2), 0)
        high = shown + (0 if up else (rule.base - 1) // 2)
    hidden = (count < rule.below) & ((count > 0) | rule.zero_included)
    low = np.where(count > 0, np.maximum(low, rule.below), low)
    high = np.where(high < rule.below, count, high)
    return np.where(hidden, 0 if rule.zero_included else 1, low), np.where(hidden, rule.below - 1, high)
