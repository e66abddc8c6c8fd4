"""Posterior predictive checks: statistics worked by hand, a right model that passes, wrong ones that are flagged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.activity.cells import CellRule
from econ111.checks.call_worlds import RULES, CallWorld, make_world, returned_structure
from econ111.checks.predictive import (
    HIDDEN,
    JUMP,
    LAG,
    SCATTER,
    SHARE,
    _hidden,
    _of_mix,
    _of_volumes,
    predictive_checks,
)
from econ111.checks.replicate import replicate
from econ111.impact.inputs import CallInputs, MixCells, VolumeCells
from econ111.timeline import build_timeline

SETTING = {"rules": RULES, "replicates": 200, "least_probability": 0.01, "seed": 1}


@pytest.fixture(scope="module")
def service() -> tuple[CallInputs, xr.Dataset]:
    """A structure of returned cells, and the expected quantities of one service."""
    inputs = returned_structure(0.1, np.random.default_rng(1))
    world, _ = make_world(CallWorld("any", 1), inputs, np.random.default_rng(2))
    return inputs, world


def checked(inputs: CallInputs, world: xr.Dataset, made: xr.Dataset) -> pd.DataFrame:
    """Checks of a model that knows `world`, of data that `made` made."""
    returned = replicate(inputs, made, np.random.default_rng(3), rules=RULES)
    draws = xr.concat([world] * SETTING["replicates"], dim="sample")
    return predictive_checks(draws, returned, **SETTING)  # type: ignore[arg-type]


def one_trust() -> CallInputs:
    """A structure of one trust and three months, for statistics by hand."""
    timeline = build_timeline(pd.date_range("2024-01-01", periods=3, freq="MS"), {"A": date(2024, 1, 20)})
    whole = returned_structure(0.0, np.random.default_rng(1))
    return replace(whole, trusts=("A",), timeline=timeline)


def flagged(table: pd.DataFrame) -> set[tuple[str, str]]:
    """What was flagged, by check and part."""
    chosen = table[table.verdict == "look"]
    return set(zip(chosen.check, chosen.part, strict=True))


def test_data_that_the_model_made_pass(service) -> None:  # type: ignore[no-untyped-def]
    """Of some forty checks at 1%, at most two are flagged when data and replicates have the same maker."""
    inputs, world = service
    table = checked(inputs, world, world)
    assert len(table) > 30
    assert len(flagged(table)) <= 2
    assert not {check for check, _ in flagged(table)} & {SCATTER, LAG, JUMP}


def test_volumes_that_scatter_threefold_are_flagged(service) -> None:  # type: ignore[no-untyped-def]
    """Months with three times the sd that the model knows: scatter of both lines is flagged as too large."""
    inputs, world = service
    wild = world.assign({f"{line}_relative_sd": 3 * world[f"{line}_relative_sd"] for line in ("physical", "mental")})
    table = checked(inputs, world, wild)
    found = table[(table.check == SCATTER)].set_index("part")
    assert set(found.verdict) == {"look"}
    assert (found.observed > found.replicated_high).all()
    assert found.reading.str.contains("scatter more").all()


def test_a_mix_that_moves_and_months_that_hang_together_are_flagged(service) -> None:  # type: ignore[no-untyped-def]
    """ED advice on the mental line one and a half times what the model knows; a slow wave of 20% in the calls."""
    inputs, world = service
    share = world.share.copy()
    share.loc[{"stage": "mental", "disposition": "ed"}] *= 1.5
    wave = 1 + 0.2 * np.sin(np.arange(world.sizes["month"]) / 3)
    moved = world.assign(
        share=share / share.sum("disposition"), expected_with=world.expected_with * xr.DataArray(wave, dims="month")
    )
    table = checked(inputs, world, moved)
    assert (LAG, "physical line") in flagged(table)
    row = table[(table.check == SHARE) & (table.part == "mental") & (table["item"] == "ed")].iloc[0]
    assert row.verdict == "look"
    assert "larger share" in row.reading


def test_statistics_of_calls_are_the_sums_by_hand() -> None:
    """Counts 100, 120, 80 about 100, 100, 100: departures 0, 20, -20 in units of one sd, so lag-1 correlation
    (0 x 20 + 20 x -20) / (0 + 400 + 400) = -0.5; variance over mean (0 + 4 + 4) / 3; largest change 120.5 / 80.5 - 1.
    """
    trust = np.zeros(3, dtype=int)
    counts = np.array([100, 120, 80])
    cells = VolumeCells(trust, np.arange(3), counts, counts)
    world = xr.Dataset(
        {"expected_with": (("trust", "month"), np.full((1, 3), 100.0)), "physical_relative_sd": ((), 0.1)}
    )
    found = _of_volumes(cells, world, "physical", one_trust())
    assert found[LAG, "physical line", "", "Total"] == pytest.approx(-0.5)
    assert found[SCATTER, "physical line", "", "Total"] == pytest.approx(8 / 3)
    assert found[JUMP, "physical line", "", "Total"] == pytest.approx(120.5 / 80.5 - 1)


def test_the_growth_of_a_service_that_has_just_opened_is_no_jump() -> None:
    """Open from 20 January: calls 50, 400, 440 grow eightfold from the launch month, which is not counted; the change
    from February to March is: 440.5 / 400.5 - 1."""
    counts = np.array([50, 400, 440])
    cells = VolumeCells(np.zeros(3, dtype=int), np.arange(3), counts, counts)
    world = xr.Dataset(
        {"expected_mental": (("trust", "month"), np.full((1, 3), 400.0)), "mental_relative_sd": ((), 0.1)}
    )
    found = _of_volumes(cells, world, "mental", one_trust())
    assert found[JUMP, "mental line", "", "Total"] == pytest.approx(440.5 / 400.5 - 1)


def test_months_apart_are_no_neighbours() -> None:
    """With the middle month missing there is neither a lag-1 correlation nor a monthly change."""
    counts = np.array([100, 80])
    cells = VolumeCells(np.zeros(2, dtype=int), np.array([0, 2]), counts, counts)
    world = xr.Dataset(
        {"expected_with": (("trust", "month"), np.full((1, 3), 100.0)), "physical_relative_sd": ((), 0.1)}
    )
    assert {key[0] for key in _of_volumes(cells, world, "physical", one_trust())} == {"calls", SCATTER}


def test_stars_and_shares_are_counted_where_a_disposition_was_returned_alone(service) -> None:  # type: ignore[no-untyped-def]
    """One row of 3 hidden, 10 exact and a merged group of 20: one star, and shares 2 and 10 of 32 calls."""
    inputs, world = service
    at = np.zeros(1, dtype=int)
    membership = np.zeros((1, 3, 6))
    membership[0, 0, 0] = membership[0, 1, 1] = 1.0
    membership[0, 2, 2:] = 1.0
    low, high = np.array([[0, 10, 20]]), np.array([[4, 10, 20]])
    mix = MixCells(at, at, at, membership, low, high, at + 30, at + 34)
    shares = _of_mix(mix, world, "before", inputs.dispositions)
    assert shares[SHARE, "before", "ed", "Total"] == pytest.approx(2 / 32)
    assert shares[SHARE, "before", "ambulance", "Total"] == pytest.approx(10 / 32)
    assert len(shares) == 3
    first = inputs.trusts[0]
    found = _hidden(replace(inputs, mix=mix, volumes={}), {first: CellRule(below=5, base=5, rounding="nearest")})
    assert found == {(HIDDEN, "dispositions", "", "Total"): 1.0}
