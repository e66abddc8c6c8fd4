"""Units that decide apart: closed forms of normal net benefits, and one decision for all beside them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from econ111.economics import value_of_information as voi

MEANS, SPREADS = np.array([100.0, -200.0, 50.0]), np.array([300.0, 400.0, 100.0])


def _worth_of_normal(mean: float, spread: float) -> float:
    """spread * density(mean / spread) - |mean| * P(below -|mean| / spread): perfect information on a normal."""
    return float(spread * norm.pdf(mean / spread) - abs(mean) * norm.cdf(-abs(mean) / spread))


@pytest.mark.parametrize("shared", [True, False])
def test_the_worth_of_units_apart_is_the_sum_of_closed_forms(shared: bool) -> None:
    """76.3 + 79.1 + 19.8 = about 175, whether they share their luck or not; only the error knows."""
    rng = np.random.default_rng(7)
    size = 100_000
    luck = rng.standard_normal((size, 1 if shared else 3))
    net = MEANS + SPREADS * luck
    columns = [net[:, [place]] for place in range(3)]
    found = voi.value_apart(columns, [voi.Fit(one, one) for one in columns], np.array([[1.0]]))
    expected = sum(_worth_of_normal(mean, spread) for mean, spread in zip(MEANS, SPREADS, strict=True))
    assert found.value.item() == pytest.approx(expected, abs=3 * found.standard_error.item())
    gains = np.maximum(net, 0) - np.where(MEANS > 0, net, 0)
    assert found.standard_error.item() == pytest.approx(gains.sum(axis=1).std(ddof=1) / np.sqrt(size))


def test_one_decision_for_all_is_another_question() -> None:
    """With luck shared, all together are a normal of mean -50 and spread 800, worth 295; apart they hold 175."""
    net = MEANS + SPREADS * np.random.default_rng(8).standard_normal((200_000, 1))
    whole = voi.evpi(net.sum(axis=1))["evpi"].item()
    assert whole == pytest.approx(_worth_of_normal(-50, 800), rel=0.02)
    columns = [net[:, [place]] for place in range(3)]
    apart = voi.value_apart(columns, [voi.Fit(one, one) for one in columns], np.array([[1.0]])).value.item()
    assert apart == pytest.approx(175.2, rel=0.02)
