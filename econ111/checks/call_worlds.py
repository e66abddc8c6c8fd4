"""Synthetic services for calibration: a returned structure, and the worlds that fill it.

The structure is a small London: three trusts with 24 months before launch and ten after. One returns everything, one
ED and the total only, one hides and rounds as the Mental Health Services Data Set does; a share of referral months is
missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import DISPOSITIONS
from econ111.activity.cells import CellRule
from econ111.impact.inputs import STAGES, CallInputs, MixCells, ShareCells, VolumeCells
from econ111.timeline import build_timeline

FIRST_MONTH, MONTHS = "2022-04-01", 34
LAUNCHES = {"FULL": date(2024, 4, 1), "EDONLY": date(2024, 4, 22), "ROUNDED": date(2024, 5, 7)}
RULES = {"ROUNDED": CellRule(below=5, zero_included=True, base=5, rounding="nearest")}
CALLS = (1500.0, 1100.0, 800.0)
BEFORE_MIX = (0.10, 0.13, 0.36, 0.05, 0.08, 0.28)
MENTAL_MIX = (0.02, 0.025, 0.12, 0.27, 0.285, 0.28)


@dataclass(frozen=True)
class CallWorld:
    """What makes a synthetic service; a world `from_prior` is drawn from the model's own prior instead.

    `drift` is the growth of the log rate a month; `residual_sd`, `residual_correlation` those of the months' own
    departures (AR(1)); `missing` the share of referral months that are not returned; `kept_share` how much of ED and of
    primary-care advice remains on the mental-health line, None for the mix of a crisis service; `more_calls` those of
    the mental-health line that did not come from the physical line, as a share of those that did.
    """

    name: str
    simulations: int
    from_prior: bool = False
    drift: float = 0.0
    residual_sd: float = 0.0
    residual_correlation: float = 0.0
    level_step_sd: float = 0.01
    relative_sd: float = 0.06
    missing: float = 0.1
    kept_share: float | None = None
    more_calls: float = 0.8
    trust_mix_sd: float = 0.1


def returned_structure(missing: float, rng: np.random.Generator) -> CallInputs:
    """Which cells are returned; their counts are blank."""
    timeline = build_timeline(pd.date_range(FIRST_MONTH, periods=MONTHS, freq="MS"), LAUNCHES)
    after = timeline.after_launch.values
    trusts = len(LAUNCHES)
    volumes = {line: _blank(*np.nonzero(after | (line == "physical"))) for line in ("physical", "mental")}
    stage, trust, month = _rows(after)
    keep = rng.random(len(stage)) >= missing
    # Each stage and trust keeps a row, so that no part of the structure vanishes.
    keep[np.unique(stage * trusts + trust, return_index=True)[1]] = True
    stage, trust, month = stage[keep], trust[keep], month[keep]
    membership = np.tile(np.eye(len(DISPOSITIONS)), (len(stage), 1, 1))
    partly = trust == list(LAUNCHES).index("EDONLY")
    membership[partly] = 0.0
    membership[partly, 0, 0] = 1.0
    membership[partly, 1, 1:] = 1.0
    zeros = np.zeros(len(stage), dtype=int)
    blank = np.zeros((len(stage), len(DISPOSITIONS)), dtype=int)
    mix = MixCells(stage, trust, month, membership, blank, blank, zeros, zeros)
    lost = {"unrecorded": ShareCells(stage, trust, month, zeros, zeros)}
    return CallInputs(tuple(LAUNCHES), DISPOSITIONS, timeline, volumes, mix, lost)


def make_world(world: CallWorld, inputs: CallInputs, rng: np.random.Generator) -> tuple[xr.Dataset, xr.Dataset]:
    """Expected quantities that make the counts, and the true ones without the months' own departures."""
    timeline = inputs.timeline
    trusts, months = len(inputs.trusts), timeline.sizes["month"]
    ramp_months = np.array([1.0, 2.0, 1.5])[:, None]
    use = timeline.open_share.values * (1 - np.exp(-timeline.months_since_launch.values / ramp_months))
    walk = np.cumsum(np.append(0.0, rng.normal(0.0, world.level_step_sd, months - 1)))
    log_rate = 0.04 * np.cos(timeline.year_angle.values) + walk + world.drift * (np.arange(months) - months / 2)
    without = np.array(CALLS)[:, None] * timeline.days.values * 12 / 365.25 * np.exp(log_rate)
    displaced = without * np.array([0.45, 0.4, 0.5])[:, None] * use
    mental = displaced * (1 + world.more_calls)
    shares = _mixes(world, trusts, rng)
    smooth = _world(without, without - displaced, mental, shares, inputs, world)
    noise = [np.exp(_residual(world, (trusts, months), rng)) for _ in range(2)]
    rough = smooth.assign(
        expected_with=smooth.expected_with * noise[0], expected_mental=smooth.expected_mental * noise[1]
    )
    return rough, smooth


def _mixes(world: CallWorld, trusts: int, rng: np.random.Generator) -> np.ndarray:
    """Shares by stage and trust; with `kept_share` what ED and primary care lose goes to self-care, trust by trust."""
    before = _scattered(BEFORE_MIX, trusts, world.trust_mix_sd, rng)
    if world.kept_share is None:
        return np.array([before, before, _scattered(MENTAL_MIX, trusts, world.trust_mix_sd, rng)])
    mental = before.copy()
    for name in ("ed", "primary_care"):
        place = DISPOSITIONS.index(name)
        mental[:, place] *= world.kept_share
        mental[:, DISPOSITIONS.index("self_care")] += before[:, place] - mental[:, place]
    return np.array([before, before, mental])


def _scattered(mix: tuple[float, ...], trusts: int, sd: float, rng: np.random.Generator) -> np.ndarray:
    weights = np.array(mix) * np.exp(rng.normal(0.0, sd, (trusts, len(mix))))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _world(
    without: np.ndarray, with_service: np.ndarray, mental: np.ndarray, shares: np.ndarray, inputs: CallInputs,
    world: CallWorld,
) -> xr.Dataset:  # fmt: skip
    by_month = ("trust", "month")
    unrecorded = np.array([0.06, 0.06, 0.12])[:, None] + np.zeros(len(inputs.trusts))
    variables = {
        "expected_without": (by_month, without),
        "expected_with": (by_month, with_service),
        "expected_mental": (by_month, mental),
        "share": (("stage", "trust", "disposition"), shares),
        "unrecorded_share": (("stage", "trust"), unrecorded),
        "mix_scatter": (("stage",), np.full(len(STAGES), 250**-0.5)),
        "unrecorded_scatter": ((), 0.02),
        "physical_relative_sd": ((), world.relative_sd),
        "mental_relative_sd": ((), world.relative_sd),
    }
    coords = {"trust": list(inputs.trusts), "stage": list(STAGES), "disposition": list(inputs.dispositions)}
    return xr.Dataset(variables, coords=coords)


def _residual(world: CallWorld, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Stationary AR(1) departures (trust, month)."""
    found = np.zeros(shape)
    if world.residual_sd == 0.0:
        return found
    rho = world.residual_correlation
    found[:, 0] = rng.normal(0.0, world.residual_sd, shape[0])
    for month in range(1, shape[1]):
        fresh = rng.normal(0.0, world.residual_sd * np.sqrt(1 - rho**2), shape[0])
        found[:, month] = rho * found[:, month - 1] + fresh
    return found


def _rows(after: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stage, trust and month of every row that a complete return would hold."""
    trust, month = np.nonzero(np.ones_like(after))
    physical = after[trust, month].astype(int)
    late = np.nonzero(after)
    stage = np.concatenate([physical, np.full(len(late[0]), STAGES.index("mental"))])
    return stage, np.concatenate([trust, late[0]]), np.concatenate([month, late[1]])


def _blank(trust: np.ndarray, month: np.ndarray) -> VolumeCells:
    zeros = np.zeros(len(trust), dtype=int)
    return VolumeCells(trust, month, zeros, zeros)


def complete(inputs: CallInputs) -> CallInputs:
    """The same structure with every disposition of every row returned one by one."""
    membership = np.tile(np.eye(len(inputs.dispositions)), (len(inputs.mix.stage), 1, 1))
    return replace(inputs, mix=replace(inputs.mix, membership=membership))
