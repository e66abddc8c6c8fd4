"""Decision curves: by hand, the frontier on the mean, and a ratio that is not given where it has no meaning."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import Basis, cost_per_effect, decision_curve, expected_loss, quadrants
from econ111.economics.value_of_information import NOT_REFERENCE_CASE
from econ111.errors import InputError

BASIS = Basis("no line", "2024/25", "NHS", "undiscounted")


def test_a_decision_curve_by_hand() -> None:
    """Costs 100 in both draws; avoids 2 or 0 attendances. At 150 each: gains +200 and -100.

    Mean 50, best in half the draws; choosing it loses 100 in one draw of two: 50. Doing nothing loses 200 / 2 = 100.
    """
    table = decision_curve([100.0, 100.0], [2.0, 0.0], [150], basis=BASIS).set_index("option")
    assert table.net_benefit.to_dict() == {"comparator": 0.0, "intervention": 50.0}
    assert table.probability_best.to_dict() == {"comparator": 0.5, "intervention": 0.5}
    assert table.expected_loss.to_dict() == {"comparator": 100.0, "intervention": 50.0}
    assert table.on_frontier.to_dict() == {"comparator": False, "intervention": True}
    assert (table.evpi == 50.0).all()
    assert (table.comparator == "no line").all() and (table.price_year == "2024/25").all()


def test_the_frontier_follows_the_mean_and_not_the_most_often_best() -> None:
    """Best in nine draws of ten by 1, worse in one by 100: the mean is -9.1, so the comparator stays."""
    table = decision_curve([-1.0] * 9 + [100.0], [0.0] * 10, [0, 500])
    chosen = table[table.on_frontier]
    assert chosen.option.tolist() == ["comparator"] * 2
    assert chosen.probability_best.tolist() == pytest.approx([0.1, 0.1])


def test_shares_add_up_and_losses_match_the_other_room() -> None:
    """Acceptability adds up to 1 over options; of two options, losses equal `expected_loss` threshold by threshold."""
    rng = np.random.default_rng(1)
    costs, effects = rng.normal(100, 300, (2000, 4)), rng.normal(1, 1, (2000, 4))
    table = decision_curve(costs, effects, np.linspace(0, 900, 10))
    assert np.allclose(table.groupby("threshold").probability_best.sum(), 1)
    assert (table.groupby("threshold").on_frontier.sum() == 1).all()
    cost, effect = rng.normal(100, 300, 500), rng.normal(1, 1, 500)
    two = decision_curve(cost, effect, [0, 100, 400]).pivot(index="threshold", columns="option", values="expected_loss")
    other = expected_loss(
        xr.DataArray(-cost, dims="sample"),
        avoided_attendances=xr.DataArray(effect, dims="sample"),
        thresholds=[0, 100, 400],
    )
    for option in ("intervention", "comparator"):
        assert two[option].to_numpy() == pytest.approx(other.sel(option=option).to_numpy())


def test_a_reversed_comparator_turns_the_curve_round() -> None:
    """Swapping intervention and comparator swaps their probabilities and losses, and leaves the value of knowing."""
    rng = np.random.default_rng(2)
    cost, effect = rng.normal(100, 300, 999), rng.normal(1, 1, 999)
    one = decision_curve(cost, effect, [200]).set_index("option")
    other = decision_curve(-cost, -effect, [200]).set_index("option")
    assert one.probability_best["intervention"] == pytest.approx(other.probability_best["comparator"])
    assert one.expected_loss["intervention"] == pytest.approx(other.expected_loss["comparator"])
    assert one.evpi.iloc[0] == pytest.approx(other.evpi.iloc[0])


def test_no_qalys_means_no_reference_case_and_says_so() -> None:
    """With GBP per avoided attendance the table says what it is not; with QALYs given it does not say it."""
    assert decision_curve([1.0, 2.0], [1.0, 2.0], [0]).reference_case.unique().tolist() == [NOT_REFERENCE_CASE]
    assert decision_curve([1.0, 2.0], [1.0, 2.0], [25_000], effect="QALY").reference_case.unique().tolist() == [""]


def test_quadrants_share_out_all_draws() -> None:
    """Shares of the four quadrants add up to 1; a draw on an axis counts as no more."""
    shares = quadrants([10.0, 10.0, -5.0, 0.0], [1.0, -1.0, 2.0, 0.0]).set_index("quadrant").share
    assert shares.sum() == 1
    assert shares["no more effect, costs no more"] == 0.25


def test_a_ratio_has_an_interval_only_away_from_zero() -> None:
    """Effects of 5 to 15 at costs of 50 to 150 have one; where either may be on both sides of 0 there is none."""
    rng = np.random.default_rng(3)
    cost, effect = rng.uniform(50, 150, 4000), rng.uniform(5, 15, 4000)
    row = cost_per_effect(cost, effect).iloc[0]
    assert row.low < row.ratio < row.high
    assert row.ratio == pytest.approx(10.0, rel=0.05)
    for costs, effects in ((cost, effect - 8), (cost - 90, effect)):
        none = cost_per_effect(costs, effects).iloc[0]
        assert np.isnan([none.low, none.high]).all()
        assert "either side of 0" in none.note


def test_a_dominated_or_dominant_intervention_has_no_ratio() -> None:
    """Cheaper and better, or dearer and worse, give the same sign of ratio: it would say nothing."""
    for cost, effect in ((-10.0, 1.0), (10.0, -1.0)):
        assert np.isnan(cost_per_effect(np.full(9, cost), np.full(9, effect)).iloc[0].ratio)


def test_three_options_have_no_one_plane() -> None:
    """Quadrants are of one intervention against one comparator."""
    with pytest.raises(InputError, match="one intervention over one comparator"):
        quadrants(np.ones((5, 3)), np.ones((5, 3)))
