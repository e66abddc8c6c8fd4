"""Power scaling against the conjugate normal model, whose scaled posterior is known in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from econ111.checks.power_scaling import DATA, PRIOR, Part, power_scaling_table
from econ111.inference.reweighting import power_scaled, power_scaling_sensitivity

RULES = {"sensitivity": 0.05, "pareto_k": 0.7}


@pytest.fixture(scope="module")
def normal() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws of a mean with prior N(0, 2 squared) after one observation 2 of sd 1, and both log densities."""
    draws = 1.6 + np.sqrt(0.8) * np.random.default_rng(1).normal(size=4000)
    return draws, -0.5 * (2.0 - draws) ** 2, -0.125 * draws**2


@pytest.mark.parametrize("power", [0.8, 1.25])
def test_scaled_draws_have_the_mean_of_the_scaled_posterior(normal, power: float) -> None:  # type: ignore[no-untyped-def]
    """Likelihood scaled by a: precision 1/4 + a, mean 2a / (1/4 + a); prior scaled: mean 2 / (a/4 + 1)."""
    draws, likelihood, prior = normal
    assert power_scaled(likelihood, power)[0] @ draws == pytest.approx(2 * power / (0.25 + power), abs=0.03)
    assert power_scaled(prior, power)[0] @ draws == pytest.approx(2 / (power / 4 + 1), abs=0.03)


def test_a_shift_of_a_quarter_sd_a_doubling_is_a_sensitivity_of_five_hundredths() -> None:
    """A log density linear in a standard normal tilts its mean by (alpha - 1) times the slope, here 0.24 / log 2."""
    draws = np.random.default_rng(2).normal(size=20_000)
    assert power_scaling_sensitivity(draws[:, None], 0.24 / np.log(2) * draws)[0] == pytest.approx(0.05, abs=0.005)


def test_a_quantity_that_the_data_do_not_touch_leans_on_its_prior_alone(normal) -> None:  # type: ignore[no-untyped-def]
    """A second parameter, N(0, 1) and in no likelihood: its prior moves it, the data do not; the first moves with
    both."""
    draws, likelihood, prior = normal
    other = np.random.default_rng(3).normal(size=4000)
    parts = [
        Part("data", DATA, likelihood), Part("its prior", PRIOR, prior), Part("other prior", PRIOR, -0.5 * other**2)
    ]  # fmt: skip
    named = pd.DataFrame({"estimand": ["informed", "assumed"]})
    table = power_scaling_table(named, np.column_stack([draws, other]), parts, rules=RULES, seed=1)
    moves = table.pivot(index="estimand", columns="part", values="verdict").to_dict("index")
    assert moves["informed"] == {"data": "moves", "its prior": "moves", "other prior": "holds"}
    assert moves["assumed"] == {"data": "holds", "its prior": "holds", "other prior": "moves"}


def test_a_mean_that_reweighting_cannot_know_is_missing() -> None:
    """With a log density of sd 60, a power of 0.8 leaves a handful of draws with all the weight: no mean is given."""
    draws = np.random.default_rng(4).standard_cauchy(size=1000)
    table = power_scaling_table(
        pd.DataFrame({"estimand": ["any"]}), draws[:, None], [Part("data", DATA, 60.0 * draws)], rules=RULES, seed=1
    )
    assert table.mean_less.isna().all()
    assert (table.pareto_k > 0.7).all()


def test_a_movement_within_chance_is_not_called_one() -> None:
    """100 draws against a log density of sd 5 that has nothing to do with them: above 0.05, and yet it holds."""
    rng = np.random.default_rng(1)
    draws, part = rng.normal(size=(100, 1)), 5.0 * rng.normal(size=100)
    found = power_scaling_table(pd.DataFrame({"item": ["any"]}), draws, [Part("p", DATA, part)], rules=RULES, seed=1)
    assert found.sensitivity[0] > RULES["sensitivity"]
    assert found.verdict[0] == "holds"


def test_a_part_that_is_constant_moves_nothing() -> None:
    """A uniform prior has the same density everywhere: sensitivity 0, weights even."""
    draws = np.random.default_rng(5).normal(size=(100, 1))
    assert power_scaling_sensitivity(draws, np.zeros(100)).tolist() == [0.0]
    assert power_scaled(np.zeros(100), 0.8)[0].tolist() == [0.01] * 100
