"""What the service costs on each public basis, and what would break even."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import (
    break_even_attendance_value,
    break_even_cost_per_call,
    break_even_share,
    cost_per_call_from,
    service_cost,
)
from econ111.errors import InputError

BASES = {"recorded contact": 184.55, "Wales 111 press 2": 84.62, "floor": 20.27}
BUNDLES = {
    "ED low-complexity": 190.64,
    "ED average": 280.17,
    "ED with liaison": 626.18,
    "ED with liaison and ambulance": 1_115.57,
}


def labelled(values: dict[str, float], dim: str) -> xr.DataArray:
    attrs = {"price_year": "2024/25", "unit": f"GBP per {dim}"}
    return xr.DataArray(list(values.values()), coords={dim: list(values)}, dims=dim, attrs=attrs)


def test_london_costs_on_three_public_bases() -> None:
    """80,700 calls a year: x 184.55 = 14.9m, x 84.62 = 6.8m, x 20.27 = 1.6m (GBP 14,893,185; 6,828,834; 1,635,789)."""
    calls = xr.DataArray([[80_700.0]], dims=("sample", "trust"), coords={"trust": ["London"]})
    cost = service_cost(calls, labelled(BASES, "basis"))
    assert cost.dims == ("sample", "trust", "basis")
    assert cost.values.ravel().round(2).tolist() == [14_893_185.00, 6_828_834.00, 1_635_789.00]
    assert (cost.values.ravel() / 1e6).round(1).tolist() == [14.9, 6.8, 1.6]


def test_service_cost_over_calls_is_the_cost_per_call() -> None:
    """Divide again and the price comes back, on every basis and draw."""
    calls = xr.DataArray(np.linspace(10, 90, 12).reshape(6, 2), dims=("sample", "trust"))
    np.testing.assert_allclose(
        (service_cost(calls, labelled(BASES, "basis")) / calls).isel(trust=1)[3], [*BASES.values()]
    )


def test_break_even_shares_reproduce_the_table_of_public_costs() -> None:
    """Cost per unit over bundle, for example 184.55 / 190.64 = 0.97 and 184.55 / 1,115.57 = 0.17."""
    share = break_even_share(labelled(BASES, "basis"), labelled(BUNDLES, "bundle"))
    expected = [[0.97, 0.44, 0.11], [0.66, 0.30, 0.07], [0.29, 0.14, 0.03], [0.17, 0.08, 0.02]]
    assert share.transpose("bundle", "basis").values.round(2).tolist() == expected


def test_break_even_cost_per_call_is_expected_value_over_expected_calls() -> None:
    """Values 90 and 110 over 4 and 6 calls: 100 / 5 = 20.00, where the mean of the two ratios would be 20.42."""
    value = xr.DataArray([[90.0], [110.0]], dims=("sample", "trust"), attrs={"price_year": "2024/25"})
    calls = xr.DataArray([[4.0], [6.0]], dims=("sample", "trust"))
    assert break_even_cost_per_call(value, calls).item() == 20
    with pytest.raises(InputError, match="no expected calls"):
        break_even_cost_per_call(value, calls * 0)


def test_at_break_even_the_expected_net_value_is_zero() -> None:
    """Pay exactly the break-even cost per call and nothing is left, on average."""
    random = np.random.default_rng(3)
    value = xr.DataArray(random.normal(500, 200, (400, 2)), dims=("sample", "trust"), attrs={"price_year": "2024/25"})
    calls = xr.DataArray(random.gamma(20, 5, (400, 2)), dims=("sample", "trust"))
    spent = calls * break_even_cost_per_call(value, calls)
    np.testing.assert_allclose((value - spent).mean("sample"), 0, atol=1e-9)


def test_break_even_attendance_value_credits_other_value_first() -> None:
    """Service 1,000, other value 400, 4 and 6 attendances avoided: 600 / 5 = 120.00; without credit 200.00."""
    attrs = {"price_year": "2024/25"}
    cost = xr.DataArray([[1000.0], [1000.0]], dims=("sample", "trust"), attrs=attrs)
    other = xr.DataArray([[300.0], [500.0]], dims=("sample", "trust"), attrs=attrs)
    fewer = xr.DataArray([[4.0], [6.0]], dims=("sample", "trust"))
    assert break_even_attendance_value(cost, fewer, other_value=other)["break_even_value"].item() == 120
    assert break_even_attendance_value(cost, fewer)["break_even_value"].item() == 200


def test_no_value_breaks_even_when_nothing_is_avoided() -> None:
    """Avoided -3 and 1: more attendances on average, so there is no break-even value, and 1 draw in 2 had fewer."""
    cost = xr.DataArray([[1000.0], [1000.0]], dims=("sample", "trust"), attrs={"price_year": "2024/25"})
    found = break_even_attendance_value(cost, xr.DataArray([[-3.0], [1.0]], dims=("sample", "trust")))
    assert np.isnan(found["break_even_value"].item())
    assert found["probability_fewer"].item() == 0.5


def test_bases_in_different_price_years_are_refused() -> None:
    """A funding figure of 2017/18 must be moved to 2024/25 before it stands beside the others."""
    now = xr.DataArray([184.55], dims="sample", attrs={"unit": "GBP per care contact", "price_year": "2024/25"})
    then = xr.DataArray([206.90], dims="sample", attrs={"unit": "GBP per call", "price_year": "2017/18"})
    with pytest.raises(InputError, match="Mixed price years"):
        cost_per_call_from(xr.Dataset({"a19": now, "cambs": then}), {"recorded contact": "a19", "funding": "cambs"})
