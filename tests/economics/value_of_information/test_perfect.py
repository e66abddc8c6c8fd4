"""Expected value of perfect information: by hand, by the plain loop over draws, and by closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.economics import Basis, evpi, evpi_curve, expected_loss
from econ111.errors import InputError


def _loop(costs: np.ndarray, effects: np.ndarray, threshold: float) -> float:
    worth = threshold * effects - costs
    return float(np.mean([max(row) for row in worth]) - max(worth.mean(axis=0)))


def test_perfect_information_by_hand() -> None:
    """Three draws of three options: maxima 5, 4, 9 average 6; means 3, 4, 3; so knowing is worth 2."""
    table = evpi(pd.DataFrame({"a": [5.0, 4.0, 0.0], "b": [4.0, 4.0, 4.0], "c": [0.0, 0.0, 9.0]}))
    assert table.loc[0, "evpi"] == pytest.approx(2.0)
    assert table.loc[0, "best_option"] == "b"


def test_the_smaller_expected_loss_is_the_perfect_information() -> None:
    """Of two options, what the better one on the mean is expected to lose is what knowing would gain."""
    net = np.random.default_rng(1).normal(20.0, 100.0, 5000)
    loss = expected_loss(xr.DataArray(net, dims="sample"))
    assert evpi(net).loc[0, "evpi"] == pytest.approx(float(loss.min()))


@pytest.mark.parametrize("options", [2, 3, 6])
def test_the_curve_equals_the_loop_over_draws_and_thresholds(options: int) -> None:
    """One pass along the thresholds gives what a loop over draws gives at each, in any order of thresholds."""
    rng = np.random.default_rng(options)
    costs, effects = rng.normal(100, 300, (400, options)), rng.normal(0.5, 1.0, (400, options))
    thresholds = rng.permutation(np.concatenate([[0.0, 1e6], rng.uniform(0, 2000, 20)]))
    found = evpi_curve(costs, effects, thresholds)["evpi"]
    assert found.tolist() == pytest.approx([_loop(costs, effects, one) for one in thresholds], abs=1e-6)


def test_the_curve_survives_ties_and_equal_lines() -> None:
    """Options that are equal in a draw, in cost, in effect or in both, and a threshold at a break-even."""
    costs = np.array([[0.0, 0.0, 100.0], [0.0, 100.0, 100.0], [0.0, 50.0, 0.0]])
    effects = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    thresholds = [0.0, 50.0, 100.0, 100.0, 150.0]
    expected = [_loop(costs, effects, one) for one in thresholds]
    assert evpi_curve(costs, effects, thresholds)["evpi"].tolist() == pytest.approx(expected)


def test_two_options_take_one_pass_however_many_thresholds() -> None:
    """A hundred thousand thresholds of two thousand draws would be 200 million numbers; the last equals the loop's."""
    rng = np.random.default_rng(5)
    costs, effects = rng.normal(100, 300, 2000), rng.normal(0.5, 1.0, 2000)
    found = evpi_curve(costs, effects, np.linspace(0, 1000, 100_001))["evpi"].iloc[-1]
    both = np.column_stack([np.zeros(2000), costs]), np.column_stack([np.zeros(2000), effects])
    assert found == pytest.approx(_loop(*both, 1000.0))


def test_every_table_names_its_basis() -> None:
    """Comparator, price year, perspective and discounting are on every row: from the draws, by hand, or not stated."""
    about = {"comparator": "no line", "price_year": "2024/25", "perspective": "NHS", "discounting": "undiscounted"}
    draws = xr.DataArray([-100.0, 300.0], dims="sample", attrs=about)
    assert evpi(draws)[list(about)].iloc[0].to_dict() == about
    assert about.items() <= evpi(draws).attrs.items()
    assert evpi([-100.0, 300.0], basis=Basis(**about))[list(about)].iloc[0].to_dict() == about
    assert evpi([-100.0, 300.0]).loc[0, "comparator"] == "not stated"


@pytest.mark.parametrize("wrong", [[-1.0], [np.nan], []])
def test_a_threshold_that_is_no_price_is_refused(wrong: list[float]) -> None:
    """Nobody pays a negative or unknown amount for an attendance avoided."""
    with pytest.raises(InputError, match="Thresholds"):
        evpi_curve([1.0, 2.0], [1.0, 2.0], wrong)


def test_costs_and_effects_of_other_options_are_refused() -> None:
    """Matching columns by place would set one option's effect against another's cost."""
    with pytest.raises(InputError, match="a, b"):
        evpi_curve(pd.DataFrame({"a": [1.0], "b": [2.0]}), pd.DataFrame({"b": [1.0], "a": [2.0]}), [100.0])
