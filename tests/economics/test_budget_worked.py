"""The budget impact, its nominal and per-head views, forecast and areas, against tests/truth/budget.csv."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from economics.worked import PENNY, worked

from econ111.economics import (
    BudgetPlan,
    Capacity,
    areas_of,
    budget_impact,
    by_area,
    in_nominal_prices,
    per_head,
    settled_volume,
    volume_factors,
    with_total,
)
from econ111.errors import InputError

HAND = worked("budget.csv")


@pytest.fixture
def budget(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> xr.Dataset:
    hours = Capacity("ed_attendance", "ED hours", "attendance hours", 3.5)
    set_up = xr.DataArray(1000.0, attrs={"price_year": "2024/25"})
    basis = service.sel(basis="floor", drop=True)
    return budget_impact(costs, basis, plan=plan, call_growth=0.1, capacities=[hours], set_up_cost=set_up)


def summed(amount: xr.DataArray, **labels: object) -> float:
    return float(amount.sel(labels).isel(sample=0).sum("trust"))


@pytest.mark.parametrize("year", [1, 2])
def test_every_column_of_the_budget_is_met_to_the_penny(budget: xr.Dataset, plan: BudgetPlan, year: int) -> None:
    """Value by payer, service cost and factors of both years; set-up and hours in the first."""
    factors = volume_factors(plan, call_growth=0.1, period_months=6.0)
    assert factors.sel(year=year).item() == pytest.approx(HAND["volume", f"year_{year}"])
    for payer in ("acute", "mental_health_trust"):
        value = summed(budget["economic_value"], payer=payer, year=year)
        assert value == pytest.approx(HAND["value", f"{payer}_year_{year}"], abs=PENNY)
    spent = summed(budget["service_cost"], payer="mental_health_trust", year=year)
    assert spent == pytest.approx(HAND["spent", f"service_year_{year}"], abs=PENNY)
    set_up = summed(budget["set_up_cost"], payer="mental_health_trust", year=year)
    assert set_up == pytest.approx(HAND["spent", "set_up_year_1"] if year == 1 else 0.0, abs=PENNY)
    if year == 1:
        hours = summed(budget["capacity_released"], capacity="ED hours", year=1)
        assert hours == pytest.approx(HAND["capacity", "ed_hours_year_1"], abs=PENNY)


@pytest.mark.parametrize("year", [1, 2])
def test_the_money_of_each_year_grows_from_the_price_year(budget: xr.Dataset, year: int) -> None:
    """At 2 % from 2024/25: one year to 2025/26, two to 2026/27."""
    nominal = in_nominal_prices(budget, price_growth=0.02)
    spent = summed(nominal["service_cost"], payer="mental_health_trust", year=year)
    assert spent == pytest.approx(HAND["nominal", f"service_year_{year}"], abs=PENNY)


def test_a_figure_per_head_divides_by_all_heads(budget: xr.Dataset) -> None:
    """GBP 26,756.40 over 50,000 people; the total is not the mean of two rates."""
    people = xr.DataArray([30_000.0, 20_000.0], dims="trust", coords={"trust": ["A", "B"]})
    rates = per_head(with_total(budget), population=people, denominator="residents, an example")
    found = rates["service_cost"].sel(trust="Total", payer="mental_health_trust", year=1).item()
    assert found == pytest.approx(HAND["head", "service_year_1"], abs=5e-7)


def test_areas_are_boards_that_no_trust_ties_together() -> None:
    """A trust of two boards joins them; two trusts of one board share it; a chain of ties is one area."""
    assert areas_of({"A": ["N"], "B": ["S", "W"], "C": ["W", "E"], "D": []}) == {
        "A": "N", "B": "S + W + E", "C": "S + W + E", "D": "D",
    }  # fmt: skip


def test_areas_add_draws_up_and_keep_the_total() -> None:
    """Draw by draw: A + C and B. The total of areas is the total of trusts, and a summary cannot be added."""
    draws = xr.DataArray(
        [[1.0, 2.0, 4.0], [8.0, 1.0, 1.0]], dims=("sample", "trust"), coords={"trust": ["A", "B", "C"]}
    )
    areas = by_area(draws, {"A": "north", "B": "south", "C": "north"})
    assert areas.sel(trust="north").values.tolist() == [5.0, 9.0]
    assert with_total(areas).sel(trust="Total").values.tolist() == [7.0, 10.0]
    with pytest.raises(InputError, match="from draws only"):
        by_area(draws.mean("sample"), {"A": "north", "B": "south", "C": "north"})
    with pytest.raises(InputError, match="No area is named for: C"):
        by_area(draws, {"A": "north", "B": "south"})


def test_a_settled_year_is_twelve_of_the_last_months() -> None:
    """A: 10, 20, 20 settles at 240 a year of 50; B never changed: 12 / 3 = 4."""
    monthly = xr.DataArray(
        [[[10.0, 20.0, 20.0], [5.0, 5.0, 5.0]]], dims=("sample", "trust", "month"), coords={"trust": ["A", "B"]}
    )
    assert settled_volume(monthly, months=2).values.tolist() == [[4.8, 4.0]]
    with pytest.raises(InputError, match="from 1 to 3"):
        settled_volume(monthly, months=4)
    with pytest.raises(InputError, match="no calls"):
        settled_volume(xr.zeros_like(monthly), months=1)


def test_no_area_or_total_comes_from_interval_ends(budget: xr.Dataset) -> None:
    """The way from summaries to a total does not exist: both roads ask for draws."""
    summary = budget["service_cost"].quantile([0.025, 0.975], dim="sample")
    with pytest.raises(InputError, match="a total comes from draws"):
        with_total(summary)
    with pytest.raises(InputError, match="from draws only"):
        by_area(summary, {"A": "north", "B": "north"})
    assert np.isfinite(budget["service_cost"]).all()
