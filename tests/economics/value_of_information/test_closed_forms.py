"""The estimators against closed forms: Gaussian cases of two and three options, and the beta-binomial.

With z standard normal, E max(0, m + s z) = s phi(m/s) + m Phi(m/s) =: gain(m, s).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import betainc, betaln, comb

from econ111.economics import evpi, evppi, evsi

DRAWS = 50_000
ERRORS = 2.0


def gain(mean: float, spread: float) -> float:
    z = mean / spread
    return spread * math.exp(-z * z / 2) / math.sqrt(2 * math.pi) + mean * (1 + math.erf(z / math.sqrt(2))) / 2


def _within(table: pd.DataFrame, name: str, truth: float) -> None:
    row = table.iloc[0]
    assert abs(row[name] - truth) <= ERRORS * row["standard_error"], f"{row[name]} against {truth}"
    assert row["standard_error"] < 0.1 * truth


@pytest.mark.parametrize("mean", [-0.4, 0.2])
def test_two_gaussian_options(mean: float) -> None:
    """Net benefit = mean + a + b, a ~ N(0, 1), b ~ N(0, 0.6^2); 4 observations of a with sd 1.5.

    evpi  = gain(mean, sqrt(1 + 0.36)) - max(0, mean)
    evppi = gain(mean, 1) - max(0, mean) for a
    evsi  = gain(mean, sqrt(1 / (1 + 1.5^2 / 4))) - max(0, mean)
    """
    rng = np.random.default_rng(11)
    a, b = rng.standard_normal(DRAWS), 0.6 * rng.standard_normal(DRAWS)
    net, known = mean + a + b, max(0.0, mean)
    _within(evpi(net), "evpi", gain(mean, math.sqrt(1.36)) - known)
    _within(evppi(net, {"a": a}), "evppi", gain(mean, 1.0) - known)
    _within(evppi(net, {"b": b}), "evppi", gain(mean, 0.6) - known)
    observed = a + 1.5 / 2 * rng.standard_normal(DRAWS)
    _within(evsi(net, {"mean of four": observed}), "evsi", gain(mean, 1 / math.sqrt(1 + 1.5**2 / 4)) - known)


def test_three_gaussian_options() -> None:
    """Options 0, a + e and 2 a - 0.5 + 2 e, with a ~ N(0.1, 1) and e ~ N(0, 0.5^2).

    For any normal t of mean 0.1 and spread s, max(0, t, 2 t - 0.5) = max(0, t) + max(0, t - 0.5), so its mean is
    gain(0.1, s) + gain(-0.4, s). Without information the best is a + e: 0.1.
    """
    rng = np.random.default_rng(12)
    a, e = 0.1 + rng.standard_normal(DRAWS), 0.5 * rng.standard_normal(DRAWS)
    net = pd.DataFrame({"none": 0.0, "one": a + e, "two": 2 * (a + e) - 0.5})

    def truth(spread: float) -> float:
        return gain(0.1, spread) + gain(-0.4, spread) - 0.1

    _within(evpi(net), "evpi", truth(math.sqrt(1.25)))
    _within(evppi(net, {"a": a}), "evppi", truth(1.0))
    _within(evsi(net, {"one look": a + rng.standard_normal(DRAWS)}), "evsi", truth(math.sqrt(0.5)))


@pytest.mark.parametrize("people", [20, 400])
def test_a_beta_binomial_study(people: int) -> None:
    """A share p ~ Beta(4, 6) attend; net benefit = 1000 p - 420; a study sees x of n attend.

    Given x the mean of p is (4 + x) / (10 + n), and x is beta-binomial:
    evsi = sum over x of P(x) max(0, 1000 (4 + x) / (10 + n) - 420), as without the study nothing is done.
    evpi = integral of max(0, 1000 p - 420) = 400 (1 - I(0.42; 5, 6)) - 420 (1 - I(0.42; 4, 6)).
    """
    rng = np.random.default_rng(13)
    share = rng.beta(4, 6, DRAWS)
    seen = rng.binomial(people, share)
    net = 1000 * share - 420
    x = np.arange(people + 1)
    chance = comb(people, x) * np.exp(betaln(4 + x, 6 + people - x) - betaln(4, 6))
    truth = float((chance * np.maximum(0, 1000 * (4 + x) / (10 + people) - 420)).sum())
    _within(evsi(net, {"attended": seen}), "evsi", truth)
    perfect = 400 * (1 - betainc(5, 6, 0.42)) - 420 * (1 - betainc(4, 6, 0.42))
    _within(evpi(net), "evpi", float(perfect))
    _within(evppi(net, {"share": share}), "evppi", float(perfect))


@pytest.mark.parametrize(
    ("shape", "truth"),
    [
        (lambda x, y: x**2 - 1, 2 * math.exp(-0.5) / math.sqrt(2 * math.pi)),
        (lambda x, y: np.sin(3 * x), 1 / math.pi),
        (lambda x, y: x * y, 1 / math.pi),
    ],
    ids=["curved", "wiggly", "interaction"],
)
def test_curved_wiggly_and_joint_cases_are_right_without_settings(shape: object, truth: float) -> None:
    """x^2 - 1, sin 3x and x y, of standard normals, hidden in noise: a straight line would find nothing in any.

    E max(0, x^2 - 1) = 2 phi(1); E max(0, sin 3x) = E|sin 3x| / 2, whose Fourier series 1/pi - sum of
    (2/pi) exp(-(6k)^2 / 2) / (4k^2 - 1) has no visible second term; E max(0, x y) = E|x| E|y| / 2 = 1/pi. Options tie
    exactly, so the draws are centred: otherwise the luck of one mean would be tested too.
    """
    rng = np.random.default_rng(14)
    x, y = rng.standard_normal((2, DRAWS))
    net = shape(x, y) + rng.standard_normal(DRAWS)  # type: ignore[operator]
    net -= net.mean()
    together = evppi(net, {"x": x, "y": y}, groups=["x", "y"])
    _within(together, "evppi", truth)
    assert bool(together.loc[0, "agrees"])
    alone = evppi(net, {"x": x, "y": y}).set_index("group")
    if np.corrcoef(x * y, net)[0, 1] > 0.3:
        assert (alone["evppi"] < 0.02).all(), "neither factor of a product tells anything alone"
    else:
        assert abs(alone.loc["x", "evppi"] - truth) <= ERRORS * alone.loc["x", "standard_error"]
