"""Net value, probabilities, losses and discounting, on numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import (
    discount_factors,
    expected_loss,
    incremental_cost,
    net_value,
    probability_value_exceeds_cost,
    value_avoided,
)
from econ111.errors import InputError


def test_net_value_is_incremental_cost_with_its_sign_turned(costs: xr.Dataset, service: xr.DataArray) -> None:
    """Trust A on the floor basis: 7,515.80 - 10,135.00 = -2,619.20."""
    net = net_value(value_avoided(costs), service)
    assert round(net.sel(trust="A", basis="floor").item(), 2) == -2_619.20
    assert (net == -incremental_cost(costs, service)).all()


def test_probability_is_the_share_of_draws_by_basis() -> None:
    """Values 1, 2, 3, 4 against 2.5 and 0.5: 2 of 4 draws and 4 of 4."""
    value = xr.DataArray([1.0, 2.0, 3.0, 4.0], dims="sample", attrs={"price_year": "2024/25"})
    cost = xr.DataArray([2.5, 0.5], coords={"basis": ["high", "low"]}, dims="basis", attrs={"price_year": "2024/25"})
    share = probability_value_exceeds_cost(net_value(value, cost))
    assert share.sel(basis="high").item() == 0.5
    assert share.sel(basis="low").item() == 1.0


def test_a_draw_in_which_nothing_is_gained_does_not_count() -> None:
    """No effect and no cost is no reason to say that value exceeds cost."""
    assert probability_value_exceeds_cost(xr.DataArray([0.0, 0.0], dims="sample")).item() == 0


def test_thresholds_value_each_avoided_attendance_on_top_of_its_cost() -> None:
    """Net -100 with 1 fewer, -300 with 1 fewer, -50 with 1 more.

    At 0: none. At 200: 100, -100, -250, so 1 in 3. At 400: 300, 100, -450, so 2 in 3.
    """
    net = xr.DataArray([-100.0, -300.0, -50.0], dims="sample")
    fewer = xr.DataArray([1.0, 1.0, -1.0], dims="sample")
    share = probability_value_exceeds_cost(net, avoided_attendances=fewer, thresholds=[0, 200, 400])
    np.testing.assert_allclose(share, [0, 1 / 3, 2 / 3])
    assert share["threshold"].values.tolist() == [0, 200, 400]


def test_curves_equal_a_plain_loop_over_draws() -> None:
    """200 draws, 2 trusts, 2 bases, 5 thresholds, for the probability and for both losses."""
    random = np.random.default_rng(7)
    net = xr.DataArray(random.normal(-50, 200, (200, 2, 2)), dims=("sample", "trust", "basis"))
    fewer = xr.DataArray(random.normal(1, 2, (200, 2)), dims=("sample", "trust"))
    thresholds = [0.0, 25.0, 50.0, 100.0, 400.0]
    share = probability_value_exceeds_cost(net, avoided_attendances=fewer, thresholds=thresholds)
    loss = expected_loss(net, avoided_attendances=fewer, thresholds=thresholds)
    for trust in range(2):
        for basis in range(2):
            for index, threshold in enumerate(thresholds):
                here = [net.values[draw, trust, basis] + threshold * fewer.values[draw, trust] for draw in range(200)]
                place = {"trust": trust, "basis": basis, "threshold": index}
                assert share.isel(place).item() == sum(worth > 0 for worth in here) / 200
                losses = loss.isel(place)
                assert losses.sel(option="intervention").item() == pytest.approx(sum(max(0, -w) for w in here) / 200)
                assert losses.sel(option="comparator").item() == pytest.approx(sum(max(0, w) for w in here) / 200)


def test_expected_losses_differ_by_the_expected_net_value() -> None:
    """-100 and 300: choosing the service loses 50 on average, not choosing it 150, and 150 - 50 = 100 is the mean."""
    loss = expected_loss(xr.DataArray([-100.0, 300.0], dims="sample"))
    assert loss.sel(option="intervention").item() == 50
    assert loss.sel(option="comparator").item() == 150


@pytest.mark.parametrize("thresholds", [[], [-1.0], [np.inf], [np.nan]])
def test_impossible_thresholds_are_refused(thresholds: list[float]) -> None:
    """None, negative, infinite or unknown."""
    net = xr.DataArray([1.0], dims="sample")
    with pytest.raises(InputError, match="0 or above"):
        probability_value_exceeds_cost(net, avoided_attendances=net, thresholds=thresholds)


def test_thresholds_need_avoided_attendances() -> None:
    """A threshold per attendance means nothing without attendances."""
    with pytest.raises(InputError, match="give both"):
        probability_value_exceeds_cost(xr.DataArray([1.0], dims="sample"), thresholds=[1.0])


def test_an_amount_two_years_on_is_divided_by_one_plus_rate_squared() -> None:
    """At 3.5 %, 100.00 in year 3 is 100 / 1.035 ** 2 = 100 / 1.071225 = 93.35; year 1 is not discounted."""
    factors = discount_factors(0.035, 5)
    assert round(100 * factors.sel(year=3).item(), 2) == 93.35
    assert factors.sel(year=1).item() == 1


def test_discounting_at_zero_changes_nothing_and_higher_rates_lower_totals() -> None:
    """Rate 0 gives 1 in every year; 3.5 % totals less than 1.5 %; an extreme rate leaves the first year only."""
    assert (discount_factors(0.0, 5) == 1).all()
    assert discount_factors(0.035, 5).sum() < discount_factors(0.015, 5).sum()
    assert discount_factors(1e12, 5).sum().item() == pytest.approx(1)


@pytest.mark.parametrize(("rate", "years"), [(-0.01, 5), (np.nan, 5), (0.035, 0)])
def test_impossible_discounting_is_refused(rate: float, years: int) -> None:
    """A negative or unknown rate, or no year."""
    with pytest.raises(InputError):
        discount_factors(rate, years)
