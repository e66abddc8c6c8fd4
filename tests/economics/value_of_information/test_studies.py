"""Studies simulated from draws, their value, and what is left after their cost."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from econ111.economics import Scale, StudyCost, enbs, evppi, evsi, variance_explained
from econ111.economics.value_of_information import audit, completed_return, linked_attendances
from econ111.errors import InputError

DRAWS = 20_000


@pytest.fixture(scope="module")
def chances() -> pd.DataFrame:
    """Two probabilities of attending, after two kinds of advice."""
    rng = np.random.default_rng(31)
    return pd.DataFrame({"ed": rng.beta(6, 6, DRAWS), "self_care": rng.beta(2, 18, DRAWS)})


@pytest.fixture(scope="module")
def net(chances: pd.DataFrame) -> np.ndarray:
    """GBP a year: what attendances avoided are worth, less the line."""
    return (4e5 * (chances.ed - 2 * chances.self_care) - 1.2e5).to_numpy()


def _grid(chances: pd.DataFrame, spread: float = 0.3) -> dict[tuple[int, int], pd.DataFrame]:
    found = linked_attendances(
        chances, {"ed": 40.0, "self_care": 200.0}, providers=[1, 3, 8], months=[1, 12], linkage_rate=0.8,
        provider_spread=spread, seed=1,
    )  # fmt: skip
    return {(providers, months): table for providers, months, table in found}


def test_a_study_is_worth_less_than_knowing_and_a_larger_one_more(chances: pd.DataFrame, net: np.ndarray) -> None:
    """evsi <= evppi of what it measures, and grows with providers and with months, within two standard errors."""
    known = evppi(net, chances, groups=list(chances)).iloc[0]
    value = {size: evsi(net, table).iloc[0] for size, table in _grid(chances).items()}
    for row in value.values():
        assert row.evsi <= known.evppi + 2 * row.standard_error
    for small, large in (((1, 1), (1, 12)), ((1, 1), (3, 1)), ((1, 12), (8, 12)), ((3, 1), (8, 1))):
        assert value[large].evsi >= value[small].evsi - 2 * value[small].standard_error


def test_more_months_do_not_average_out_differences_between_providers(chances: pd.DataFrame) -> None:
    """One provider for ever shows its own log odds, so at best 1 / (1 + spread^2 / variance) of the variance is learnt.

    With log odds l ~ N(-0.5, 0.4^2) and a spread of 0.4 between providers: at best half, from one provider; of eight,
    8 / 9. A large number of calls comes near it.
    """
    log_odds = -0.5 + 0.4 * np.random.default_rng(5).standard_normal(DRAWS)
    drawn = pd.DataFrame({"attended": 1 / (1 + np.exp(-log_odds))})
    grid = linked_attendances(
        drawn, {"attended": 4000.0}, providers=[1, 8], months=[12], linkage_rate=1.0, provider_spread=0.4, seed=2
    )
    share = {providers: variance_explained(log_odds, table).iloc[0] for providers, _, table in grid}
    # Pooled counts are not exactly the mean of log odds: a part of a percent.
    assert share[1].variance_explained == pytest.approx(1 / 2, abs=0.02)
    assert share[8].variance_explained == pytest.approx(8 / 9, abs=0.02)


def test_a_linked_study_of_one_provider_is_a_binomial_study() -> None:
    """Without differences between providers, p ~ Beta(4, 6) and 50 x 0.8 x 1 = 40 linked people leave Var p x 40 / 50.

    Var(E[p | x]) / Var(p) = n / (a + b + n) = 40 / 50.
    """
    drawn = pd.DataFrame({"attended": np.random.default_rng(6).beta(4, 6, DRAWS)})
    ((_, _, table),) = linked_attendances(
        drawn, {"attended": 50.0}, providers=[1], months=[1], linkage_rate=0.8, provider_spread=0.0, seed=3
    )
    row = variance_explained(drawn.attended, table).iloc[0]
    assert row.variance_explained == pytest.approx(0.8, abs=2 * row.standard_error)
    assert row.spread_after == pytest.approx(row.spread_before * math.sqrt(1 - row.variance_explained))


def test_an_audit_of_calls_is_a_binomial_study() -> None:
    """100 calls looked into, half bear on the question: n / (a + b + n) = 50 / 60 of the variance of Beta(4, 6)."""
    drawn = pd.DataFrame({"from_crisis_line": np.random.default_rng(7).beta(4, 6, DRAWS)})
    ((size, table),) = audit(drawn, {"from_crisis_line": 0.5}, calls=[100], seed=4)
    assert size == 100
    row = variance_explained(drawn.from_crisis_line, table).iloc[0]
    assert row.variance_explained == pytest.approx(5 / 6, abs=2 * row.standard_error)


def test_a_completed_return_of_many_calls_tells_the_share() -> None:
    """Ten thousand calls given a disposition leave next to nothing of a Beta(4, 6): 10,000 / 10,010."""
    drawn = pd.DataFrame({"ed": np.random.default_rng(8).beta(4, 6, DRAWS)})
    table = completed_return(drawn, pd.DataFrame({"ed": np.full(DRAWS, 10_000.0)}), seed=5)
    assert variance_explained(drawn.ed, table).loc[0, "variance_explained"] > 0.99


def test_what_is_left_after_the_cost_by_hand() -> None:
    """Worth 10 a decision, 12 decisions a year for 2 years at 25 %, 80 % implemented, reporting after a year.

    12 x 0.8 x (0 + 1 / 1.25) x 10 = 76.8; a study of 2 providers for 6 months costs 20 + 2 x 5 + 6 x 1 = 36: 40.8 is
    left.
    """
    scale = Scale(decisions_per_year=12, years=2, discount_rate=0.25, implementation=0.8, delay=1.0)
    designs = pd.DataFrame({"providers": [2, 4], "months": [6, 6], "evsi": [10.0, 11.0], "standard_error": [1.0, 1.0]})
    table = enbs(designs, scale=scale, cost=StudyCost(set_up=20.0, per_provider=5.0, per_month=1.0))
    assert table.population_evsi.tolist() == pytest.approx([76.8, 84.48])
    assert table.enbs.tolist() == pytest.approx([40.8, 38.48])
    assert table.best.tolist() == [True, False]
    assert table.nearly_best.tolist() == [True, False]
    assert "2 years" in table.scale[0] and "80% implemented" in table.scale[0]


def test_a_cost_that_nobody_stated_is_not_nought() -> None:
    """enbs stays empty and says why; the population value is the most the study may cost."""
    designs = pd.DataFrame({"providers": [1], "months": [1], "evsi": [10.0], "standard_error": [1.0]})
    table = enbs(designs, scale=Scale(decisions_per_year=1, years=1, discount_rate=0.0), cost=StudyCost(set_up=5.0))
    assert table.enbs.isna().all() and table.study_cost.isna().all()
    assert table.cost_stated.tolist() == ["not stated"]
    assert table.population_evsi.tolist() == [10.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"linkage_rate": 0.0}, "linkage rate"), ({"provider_spread": -1.0}, "provider spread"),
        ({"providers": []}, "providers"), ({"months": [0]}, "months"), ({"calls": {"ed": 40.0}}, "self_care"),
    ],
)  # fmt: skip
def test_a_study_that_cannot_be_is_refused(chances: pd.DataFrame, change: dict[str, object], said: str) -> None:
    """No linkage, no provider, no month, a quantity nobody counted: each is named."""
    design: dict[str, object] = {"calls": {"ed": 40.0, "self_care": 9.0}, "providers": [1], "months": [1]}
    design |= {"linkage_rate": 0.8, "provider_spread": 0.3, "seed": 1} | change
    with pytest.raises(InputError, match=said):
        list(linked_attendances(chances, **design))  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"years": 0}, {"decisions_per_year": 0}, {"implementation": 1.5}, {"delay": -1}])
def test_a_population_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    """No year, no decision, more than everybody, a study that reports before it starts."""
    with pytest.raises(InputError, match="population scale"):
        Scale(**({"decisions_per_year": 1, "years": 1, "discount_rate": 0.0} | wrong))  # type: ignore[arg-type]
