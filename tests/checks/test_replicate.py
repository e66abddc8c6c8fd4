"""Simulated services: what is published stands in bounds of what was counted, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from econ111.activity.cells import Cell, CellRule, parse_count
from econ111.checks.call_report import coverage_table, rank_table
from econ111.checks.call_worlds import LAUNCHES, RULES, CallWorld, make_world, returned_structure
from econ111.checks.replicate import _printed, full_counts, published
from econ111.impact.inputs import STAGES


@pytest.fixture(scope="module")
def service():  # type: ignore[no-untyped-def]
    """Structure, full counts and what of them was returned, of one synthetic service."""
    rng = np.random.default_rng(1)
    inputs = returned_structure(0.1, rng)
    rough, _ = make_world(CallWorld("any", 1), inputs, rng)
    counts = full_counts(inputs, rough, rng)
    return inputs, counts, published(inputs, counts, rng, rules=RULES)


def test_published_counts_hold_the_true_ones(service) -> None:  # type: ignore[no-untyped-def]
    """Volumes and groups lie within their bounds, exactly so for trusts that do not round."""
    _, counts, found = service
    rounds = list(LAUNCHES).index("ROUNDED")
    for line, cells in found.volumes.items():
        true = counts.answered[line][cells.trust, cells.month]
        assert ((cells.low <= true) & (true <= cells.high)).all()
        assert (cells.exact == (cells.trust != rounds)).all()
    mix = found.mix
    line = np.where(mix.stage == STAGES.index("mental"), "mental", "physical")
    true = np.array([counts.dispositions[name][i, m] for name, i, m in zip(line, mix.trust, mix.month, strict=True)])
    groups = np.einsum("cgd,cd->cg", mix.membership.astype(int), true)
    assert ((mix.low <= groups) & (groups <= mix.high)).all()
    assert ((mix.total_low <= true.sum(axis=1)) & (true.sum(axis=1) <= mix.total_high)).all()


def test_every_stage_and_trust_returns_something(service) -> None:  # type: ignore[no-untyped-def]
    """Three stages of three trusts, and no row of the mental-health line before it opened."""
    inputs, _, _ = service
    pairs = set(zip(inputs.mix.stage.tolist(), inputs.mix.trust.tolist(), strict=True))
    assert pairs == {(k, i) for k in range(3) for i in range(3)}
    late = inputs.mix.month[inputs.mix.stage == STAGES.index("mental")]
    assert late.min() >= 24


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 4), (4, 0, 4), (5, 5, 7), (7, 5, 7), (8, 8, 12), (21, 18, 22)]
)
def test_rounding_is_that_of_the_mental_health_services_data_set(count: int, low: int, high: int) -> None:
    """0 to 4 is a star, 5 is 5 to 7, any other v is v - 2 to v + 2."""
    found = _printed(np.array([count]), CellRule(below=5, base=5, rounding="nearest"))
    assert (int(found[0][0]), int(found[1][0])) == (low, high)


@pytest.mark.parametrize(
    "rule",
    [
        CellRule(below=5, base=5, rounding="nearest"),
        CellRule(below=8, zero_included=False),
        CellRule(below=8, zero_included=False, base=5, rounding="nearest"),
        CellRule(below=3, base=10, rounding="up"),
        CellRule(),
    ],
)
def test_counts_are_bounded_as_the_reader_of_files_bounds_what_is_printed(rule: CellRule) -> None:
    """Counts 0 to 40 printed by hand, a star or the rounded number, and read by `parse_count`: the same bounds."""
    for count in range(41):
        hidden = count < rule.below and (count > 0 or rule.zero_included)
        half = 0 if rule.rounding == "none" else rule.base // 2
        shown = -(-count // rule.base) * rule.base if rule.rounding == "up" else (count + half) // rule.base * rule.base
        cell = parse_count("*" if hidden else str(shown), rule)
        low, high = _printed(np.array([count]), rule)
        assert isinstance(cell, Cell)
        assert (int(low[0]), int(high[0])) == (cell.low, cell.high), count


def test_uniform_ranks_pass_and_ranks_of_narrow_posteriors_do_not() -> None:
    """500 ranks: even ones are uniform; those of a posterior with half the sd it should have are not."""
    rng = np.random.default_rng(3)
    truth = rng.normal(size=500)
    draws = rng.normal(size=(500, 100))
    even = (draws < truth[:, None]).sum(axis=1)
    narrow = (0.5 * draws < truth[:, None]).sum(axis=1)
    table = rank_table(
        pd.concat([pd.DataFrame({"quantity": n, "rank": r}) for n, r in (("even", even), ("narrow", narrow))])
    )
    assert table.set_index("quantity").uniform.to_dict() == {"even": True, "narrow": False}


def test_coverage_is_the_share_of_intervals_that_hold_the_truth() -> None:
    """Three of four hold it: 0.75, Monte Carlo error sqrt(.75 x .25 / 4) = 0.217; one of four says fewer."""
    rows = pd.DataFrame(
        {
            "world": "w", "quantity": "E1 ed Total", "truth": [1.0, 2.0, 3.0, 9.0], "mean": 2.0, "sd": 1.0, "low": 0.0,
            "high": 4.0, "verdict": ["fewer", "", "", ""],
        }
    )  # fmt: skip
    found = coverage_table(rows).iloc[0]
    assert (found.coverage, found.fewer) == (0.75, 0.25)
    assert found.monte_carlo_error == pytest.approx(0.2165, abs=1e-4)
