"""A small evaluation worked by hand: two trusts, six months, one draw.

                  trust A               trust B
             with without avoided  with without avoided   unit cost
ed_attendance  60     100      40    20      35      15      280.17
crisis_contact 30      10     -20     8       4      -4      184.55
admission       5       6       1     2       2       0   not valued
calls         500                   100                       20.27 a call
"""

from __future__ import annotations

import pytest
import xarray as xr

from econ111.economics import BudgetPlan, ConsequenceDetail, cost_consequence, example_outcomes, service_cost

YEAR = "2024/25"


@pytest.fixture
def outcomes() -> xr.Dataset:
    return example_outcomes(
        with_service={"ed_attendance": [60.0, 20.0], "crisis_contact": [30.0, 8.0], "admission": [5.0, 2.0]},
        without_service={"ed_attendance": [100.0, 35.0], "crisis_contact": [10.0, 4.0], "admission": [6.0, 2.0]},
        calls=[500.0, 100.0],
        trusts=("A", "B"),
        period_months=6.0,
    )


@pytest.fixture
def unit_costs() -> xr.DataArray:
    names = ["ed_attendance", "crisis_contact"]
    return xr.DataArray([280.17, 184.55], coords={"consequence": names}, dims="consequence", attrs={"price_year": YEAR})


@pytest.fixture
def cost_per_call() -> xr.DataArray:
    names = ["recorded contact", "floor"]
    return xr.DataArray([184.55, 20.27], coords={"basis": names}, dims="basis", attrs={"price_year": YEAR})


@pytest.fixture
def costs(outcomes: xr.Dataset, unit_costs: xr.DataArray) -> xr.Dataset:
    return cost_consequence(outcomes, unit_costs)


@pytest.fixture
def service(outcomes: xr.Dataset, cost_per_call: xr.DataArray) -> xr.DataArray:
    return service_cost(outcomes["calls"], cost_per_call)


@pytest.fixture
def plan() -> BudgetPlan:
    payers = {"ed_attendance": "acute", "crisis_contact": "mental_health_trust", "admission": "acute"}
    return BudgetPlan("2025/26", (1.0, 0.5), payers, "mental_health_trust")


@pytest.fixture
def details() -> list[ConsequenceDetail]:
    return [
        ConsequenceDetail("ed_attendance", "acute", "non_cash_releasing", "moderate"),
        ConsequenceDetail("crisis_contact", "mental_health_trust", "non_cash_releasing", "low"),
        ConsequenceDetail("admission", "acute", "non_cash_releasing", "low"),
    ]
