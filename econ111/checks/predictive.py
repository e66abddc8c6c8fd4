"""Posterior predictive checks: whether a service like the fitted one would have returned data like these.

For each of many posterior draws a whole service is simulated and published by the same rules, and the same statistics
are taken of the simulated and of the real returns. Statistics about what a draw expects (residual correlation, scatter)
are taken of both about that same draw's expectation (realised discrepancies: Gelman A, Meng X-L, Stern H, Statistica
Sinica 1996;6:733). The data are used twice, so that tail probabilities are drawn towards one half: a flag means more
than its number says, and no flag means less.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.cells import CellRule
from econ111.checks.likelihood import expected_name
from econ111.checks.replicate import replicate
from econ111.impact.inputs import STAGES, CallInputs, MixCells, VolumeCells
from econ111.impact.priors import LEAST_VARIANCE
from econ111.intervals import INTERVAL_LEVEL

TOTAL = "Total"
CALLS, LAG, SCATTER, JUMP = "calls", "lag-1 correlation of residuals", "variance over mean", "largest monthly change"
SHARE, MIX_SCATTER, LOST, HIDDEN = "share", "scatter of shares", "unrecorded share", "hidden counts"
# What the data show when the observed statistic is above, and below, what the model makes.
READINGS = {
    CALLS: ("more calls than the model makes", "fewer calls than the model makes"),
    LAG: (
        "neighbouring months are more alike than the model allows: intervals may be too narrow",
        "neighbouring months alternate more than the model allows",
    ),
    SCATTER: (
        "months scatter more than the model makes: intervals may be too narrow",
        "months scatter less than the model makes: intervals may be wider than need be",
    ),
    JUMP: (
        "a sharper change between two months than the model makes: look for an event that has no marker",
        "months follow each other more smoothly than the model makes",
    ),
    SHARE: ("a larger share than the model makes", "a smaller share than the model makes"),
    MIX_SCATTER: (
        "shares scatter more between months than the model makes: intervals may be too narrow",
        "shares scatter less between months than the model makes",
    ),
    LOST: ("more calls without a disposition than the model makes", "fewer calls without a disposition"),
    HIDDEN: ("more hidden counts than the model makes", "fewer hidden counts than the model makes"),
}
AS_EXPECTED = "as the model expects"
type Key = tuple[str, str, str, str]


def predictive_checks(
    draws: xr.Dataset,
    inputs: CallInputs,
    *,
    rules: Mapping[str, CellRule],
    replicates: int,
    least_probability: float,
    seed: int,
) -> pd.DataFrame:
    """Statistics of the returned data beside those of replicated data.

    Parameters
    ----------
    draws : Dataset (sample, ...)
        Named draws of the call model; as many as `replicates` are used, evenly spaced.
    inputs : CallInputs
        What was returned.
    rules : mapping of str to CellRule
        How each trust hides and rounds.
    replicates : int
        Simulated services.
    least_probability : float
        Two-sided tail probability below which a row is flagged.
    seed : int
        Of the simulated services.

    Returns
    -------
    DataFrame
        One row a statistic: `check`, `part` (line or stage), `item`, `trust`, `observed`, `replicated` with its
        interval, `tail_probability` (two-sided), `verdict` ("pass" or "look") and `reading`.
    """
    rng = np.random.default_rng(seed)
    count = min(replicates, draws.sizes["sample"])
    places = np.linspace(0, draws.sizes["sample"] - 1, count).astype(int)
    observed: dict[Key, list[float]] = {}
    replicated: dict[Key, list[float]] = {}
    for place in places:
        world = draws.isel(sample=int(place))
        for found, returned in ((observed, inputs), (replicated, replicate(inputs, world, rng, rules=rules))):
            for key, value in _statistics(returned, world, rules).items():
                found.setdefault(key, []).append(value)
    rows = [_row(key, np.array(observed[key]), np.array(replicated[key]), least_probability) for key in observed]
    return pd.DataFrame(rows)


def _row(key: Key, observed: np.ndarray, replicated: np.ndarray, least: float) -> dict[str, Any]:
    above = float(np.mean(observed > replicated) + 0.5 * np.mean(observed == replicated))
    tail = 2.0 * min(above, 1.0 - above)
    edge = (1.0 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(replicated, [edge, 1.0 - edge])
    check, part, item, trust = key
    flagged = tail < least
    return {
        "check": check, "part": part, "item": item, "trust": trust, "observed": float(observed.mean()),
        "replicated": float(replicated.mean()), "replicated_low": float(low), "replicated_high": float(high),
        "level": INTERVAL_LEVEL, "tail_probability": tail, "replicates": len(replicated),
        "verdict": "look" if flagged else "pass",
        "reading": READINGS[check][0 if above > 0.5 else 1] if flagged else AS_EXPECTED,
    }  # fmt: skip


def _statistics(inputs: CallInputs, world: xr.Dataset, rules: Mapping[str, CellRule]) -> dict[Key, float]:
    """Every statistic that these returns have."""
    found: dict[Key, float] = {}
    for line, cells in inputs.volumes.items():
        found |= _of_volumes(cells, world, line, inputs)
    for place, stage in enumerate(STAGES):
        chosen = inputs.mix.stage == place
        if chosen.any():
            found |= _of_mix(inputs.mix.where(chosen), world, stage, inputs.dispositions)
        lost = inputs.lost["unrecorded"]
        own = lost.stage == place
        if lost.total[own].sum():
            found[LOST, stage, "", TOTAL] = float(lost.count[own].sum() / lost.total[own].sum())
    return found | _hidden(inputs, rules)


def _of_volumes(cells: VolumeCells, world: xr.Dataset, line: str, inputs: CallInputs) -> dict[Key, float]:
    part, trusts = f"{line} line", inputs.trusts
    count = (cells.low + cells.high) / 2
    expected = world[expected_name(line)].values[cells.trust, cells.month]
    scatter = float(world[f"{line}_relative_sd"]) ** 2 + LEAST_VARIANCE
    residual = (count - expected) / np.sqrt(expected + scatter * expected**2)
    by_trust = np.bincount(cells.trust, weights=count, minlength=len(trusts))
    found: dict[Key, float] = {(CALLS, part, "", name): float(n) for name, n in zip(trusts, by_trust, strict=True)}
    found[CALLS, part, "", TOTAL] = float(count.sum())
    shape = len(trusts), int(cells.month.max()) + 1
    departures, logs = _grid(cells, residual, shape), _grid(cells, np.log(count + 0.5), shape)
    neighbours = departures[:, 1:] * departures[:, :-1]
    if np.isfinite(neighbours).any():
        found[LAG, part, "", TOTAL] = float(np.nansum(neighbours) / np.nansum(departures**2))
    changes = np.abs(np.diff(logs, axis=1))
    if line == "mental":
        # A service that has just opened must grow: no change from its launch month counts.
        opened = inputs.timeline.after_launch.transpose("trust", "month").values.astype(bool)[:, : shape[1] - 2]
        changes[:, 1:] = np.where(opened, changes[:, 1:], np.nan)
        changes[:, :1] = np.nan
    if np.isfinite(changes).any():
        found[JUMP, part, "", TOTAL] = float(np.expm1(np.nanmax(changes)))
    found[SCATTER, part, "", TOTAL] = float(np.mean((count - expected) ** 2 / expected))
    return found


def _grid(cells: VolumeCells, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Values by trust and month, NaN where nothing was returned."""
    grid = np.full(shape, np.nan)
    grid[cells.trust, cells.month] = values
    return grid


def _of_mix(cells: MixCells, world: xr.Dataset, stage: str, dispositions: tuple[str, ...]) -> dict[Key, float]:
    """Shares of the dispositions that were returned by themselves, and how groups scatter about what is expected."""
    found: dict[Key, float] = {}
    count, total = (cells.low + cells.high) / 2, (cells.total_low + cells.total_high) / 2
    alone = cells.membership.sum(axis=2) == 1
    for place, name in enumerate(dispositions):
        own = alone & (cells.membership[:, :, place] > 0)
        whole = total[own.any(axis=1)].sum()
        if whole > 0:
            found[SHARE, stage, name, TOTAL] = float(count[own].sum() / whole)
    shares = world.share.values[STAGES.index(stage)][cells.trust]
    expected = np.einsum("cgd,cd->cg", cells.membership, shares) * total[:, None]
    used = cells.membership.any(axis=2) & (expected > 0)
    departures = np.where(used, (count - expected) ** 2 / np.where(used, expected, 1.0), 0.0).sum(axis=1)
    found[MIX_SCATTER, stage, "", TOTAL] = float(np.mean(departures / np.maximum(used.sum(axis=1) - 1, 1)))
    return found


def _hidden(inputs: CallInputs, rules: Mapping[str, CellRule]) -> dict[Key, float]:
    """Stars: calls by line, and dispositions returned by themselves, of trusts whose rule hides."""
    found: dict[Key, float] = {}
    hiding = [(place, rules[name]) for place, name in enumerate(inputs.trusts) if name in rules and rules[name].below]
    if not hiding:
        return found
    mix = inputs.mix
    alone = mix.membership.sum(axis=2) == 1
    stars = sum(int((_starred(mix.high, rule) & alone)[mix.trust == place].sum()) for place, rule in hiding)
    found[HIDDEN, "dispositions", "", TOTAL] = float(stars)
    for line, cells in inputs.volumes.items():
        stars = sum(int(_starred(cells.high, rule)[cells.trust == place].sum()) for place, rule in hiding)
        found[HIDDEN, f"{line} line", "", TOTAL] = float(stars)
    return found


def _starred(high: np.ndarray, rule: CellRule) -> np.ndarray:
    """A hidden count is bounded just below the rule's limit; a printed one never is."""
    return np.asarray(high == rule.below - 1)
