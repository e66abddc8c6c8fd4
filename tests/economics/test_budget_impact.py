"""Budget impact by payer and year, worked by hand from conftest.py.

Six months are doubled to a year; calls grow 10 % a year; uptake is 1 then 0.5. Factors: 2 x 1.1 x 1 = 2.2 in year 1 and
2 x 1.21 x 0.5 = 1.21 in year 2. In six months ED attendances avoided are worth 11,206.80 + 4,202.55 = 15,409.35 to the
acute payer, crisis contacts -3,691.00 - 738.20 = -4,429.20 to the mental-health trust, and the service costs 12,162.00.
"""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import (
    BudgetPlan,
    Capacity,
    budget_impact,
    budget_table,
    cost_consequence,
    example_outcomes,
    in_nominal_prices,
    net_cost,
    per_head,
    service_cost,
    with_total,
)
from econ111.errors import InputError
from econ111.parameters import PaymentRule

ED_HOURS = Capacity("ed_attendance", "ED hours", "attendance hours", 3.5)


@pytest.fixture
def budget(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> xr.Dataset:
    set_up = xr.DataArray(1000.0, attrs={"price_year": "2024/25"})
    basis = service.sel(basis="floor", drop=True)
    return budget_impact(costs, basis, plan=plan, call_growth=0.1, capacities=[ED_HOURS], set_up_cost=set_up)


def local_rule(share: float | None, *, last_year: str = "2026/27") -> PaymentRule:
    words = dict.fromkeys(("covers", "source", "locator", "note"), "a local contract")
    return PaymentRule(
        "local", first_year="2025/26", last_year=last_year, variable_share=share, status="local", row=9, **words
    )


def over_trusts(amount: xr.DataArray) -> xr.DataArray:
    return amount.isel(sample=0).sum("trust").round(2)


def test_economic_value_by_payer_and_year(budget: xr.Dataset) -> None:
    """Years 1 and 2, by the factors 2.2 and 1.21.

    Acute: 15,409.35 x 2.2 = 33,900.57 and x 1.21 = 18,645.31.
    Mental-health trust: -4,429.20 x 2.2 = -9,744.24 and x 1.21 = -5,359.33.
    """
    value = over_trusts(budget["economic_value"])
    assert value.sel(payer="acute").values.tolist() == [33_900.57, 18_645.31]
    assert value.sel(payer="mental_health_trust").values.tolist() == [-9_744.24, -5_359.33]


def test_service_and_set_up_cost_fall_on_the_payer_of_the_service(budget: xr.Dataset) -> None:
    """12,162.00 x 2.2 = 26,756.40, x 1.21 = 14,716.02; set-up 1,000.00 for each of two trusts, in year 1 only."""
    assert over_trusts(budget["service_cost"]).sel(payer="mental_health_trust").values.tolist() == [
        26_756.40,
        14_716.02,
    ]
    assert over_trusts(budget["service_cost"]).sel(payer="acute").values.tolist() == [0, 0]
    assert over_trusts(budget["set_up_cost"]).sel(payer="mental_health_trust").values.tolist() == [2000, 0]
    assert over_trusts(budget["set_up_cost"]).sel(payer="acute").values.tolist() == [0, 0]


def test_capacity_is_in_its_own_unit(budget: xr.Dataset) -> None:
    """55 attendances x 3.5 hours x 2.2 = 423.50 hours, x 1.21 = 232.93 (232.925)."""
    hours = budget["capacity_released"].sel(capacity="ED hours").isel(sample=0).sum("trust")
    np.testing.assert_allclose(hours, [423.5, 232.925])
    assert hours["capacity_unit"].item() == "attendance hours"
    assert hours["capacity_payer"].item() == "acute"


def test_cash_is_zero_everywhere_unless_a_share_is_given(budget: xr.Dataset) -> None:
    """Under block payment an avoided attendance releases no cash, so the default is exactly 0."""
    assert (budget["cash"] == 0).all()


def test_a_cash_share_applies_to_its_consequence_alone(
    costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan
) -> None:
    """10 % of ED value: 3,390.06 (3,390.057) in year 1 for acute, still 0 for the mental-health trust."""
    rules = {"ed_attendance": [local_rule(0.1)]}
    shared = BudgetPlan(plan.first_year, plan.uptake, plan.payers, plan.service_payer, {"ed_attendance": 0.1}, rules)
    cash = over_trusts(budget_impact(costs, service, plan=shared, call_growth=0.1)["cash"]).sel(year=1)
    assert cash.sel(payer="acute").item() == 3_390.06
    assert cash.sel(payer="mental_health_trust").item() == 0


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([], "names no payment rule"),
        ([local_rule(0.1, last_year="2025/26")], "covers 2026/27"),
        ([local_rule(None)], r"row 9 .* has no variable share"),
        ([local_rule(0.05)], r"row 9 .* lets 0.05 of the price follow activity"),
    ],
)
def test_cash_without_a_payment_rule_that_allows_it_is_refused(
    plan: BudgetPlan, rules: list[PaymentRule], message: str
) -> None:
    """No rule, a year without one, a share nobody has seen, and more than the rule lets follow activity."""
    with pytest.raises(InputError, match=message):
        BudgetPlan(
            plan.first_year, plan.uptake, plan.payers, plan.service_payer, {"ed_attendance": 0.1},
            {"ed_attendance": rules},
        )  # fmt: skip


def test_a_settled_year_replaces_twelve_elevenths_of_a_starting_one(
    costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan
) -> None:
    """Trust A settles at 3 times its period, trust B at 2: A's 10,135.00 of GBP 20.27 a call x 3 x 1.1 in year 1.

    500 calls x 20.27 = 10,135.00; x 3.3 = 33,445.50. B: 100 x 20.27 = 2,027.00; x 2 x 1.1 = 4,459.40.
    """
    settled = xr.DataArray([[3.0, 2.0]], dims=("sample", "trust"), coords={"trust": ["A", "B"]})
    basis = service.sel(basis="floor", drop=True)
    out = budget_impact(costs, basis, plan=plan, call_growth=0.1, settled=settled)
    paid = out["service_cost"].sel(payer="mental_health_trust", year=1).isel(sample=0)
    assert paid.values.round(2).tolist() == [33_445.50, 4_459.40]


def test_net_cost_counts_cash_or_value_and_never_both(budget: xr.Dataset) -> None:
    """Year 1, counting cash: 26,756.40 + 2,000.00 - 0 = 28,756.40 for the mental-health trust.

    Counting value: 28,756.40 + 9,744.24 = 38,500.64 for the mental-health trust, -33,900.57 for acute.
    """
    in_cash = over_trusts(net_cost(budget, counting="cash")).sel(year=1)
    in_value = over_trusts(net_cost(budget, counting="economic_value")).sel(year=1)
    assert in_cash.sel(payer="mental_health_trust").item() == 28_756.40
    assert in_value.sel(payer="mental_health_trust").item() == 38_500.64
    assert in_value.sel(payer="acute").item() == -33_900.57
    with pytest.raises(InputError, match="never counted together"):
        net_cost(budget, counting="both")  # type: ignore[arg-type]


def test_no_variable_adds_value_capacity_and_cash(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> None:
    """With every cash share 1, cash equals value; nothing in the output equals any sum of two of the three columns."""
    all_cash = dict.fromkeys(plan.payers, 1.0)
    rules = {name: [local_rule(1.0)] for name in plan.payers}
    full = BudgetPlan(plan.first_year, plan.uptake, plan.payers, plan.service_payer, all_cash, rules)
    out = budget_impact(costs, service, plan=full, call_growth=0.1, capacities=[ED_HOURS])
    assert set(out.data_vars) == {"economic_value", "cash", "capacity_released", "service_cost"}
    assert (out["economic_value"] == out["cash"]).all()
    both = (out["economic_value"] + out["cash"]).sum().item()
    assert all(not np.isclose(out[name].sum().item(), both) for name in out.data_vars)


def test_parts_sum_to_totals_by_trust_payer_and_year(budget: xr.Dataset) -> None:
    """Over trusts, payers and years in any order: (15,409.35 - 4,429.20) x (2.2 + 1.21) = 37,442.31."""
    value = budget["economic_value"]
    one = with_total(with_total(value, "payer"), "trust").sel(payer="Total", trust="Total").sum("year")
    other = with_total(with_total(value.sum("year"), "trust"), "payer").sel(payer="Total", trust="Total")
    assert round(one.item(), 2) == round(other.item(), 2) == 37_442.31


def test_the_budget_equals_a_plain_loop_over_draws(plan: BudgetPlan) -> None:
    """300 draws, with growth, prices and effects all uncertain, against loops over everything."""
    random = np.random.default_rng(5)
    with_it, without = random.gamma(5, 4, (300, 2)), random.gamma(5, 5, (300, 2))
    prices, growth = random.gamma(100, 2, 300), random.normal(0.02, 0.05, 300)
    outcomes = example_outcomes(
        with_service={"ed_attendance": with_it.tolist()},
        without_service={"ed_attendance": without.tolist()},
        calls=np.full((300, 2), 10.0).tolist(),
        trusts=("A", "B"),
        period_months=11.0,
    )
    year = {"price_year": "2024/25"}
    unit_cost = xr.DataArray(prices[:, None], dims=("sample", "consequence"), coords={"consequence": ["ed_attendance"]})
    one_payer = BudgetPlan("2025/26", (1.0, 0.5), {"ed_attendance": "acute"}, "mental_health_trust")
    out = budget_impact(
        cost_consequence(outcomes, unit_cost.assign_attrs(year)),
        service_cost(outcomes["calls"], xr.DataArray(20.0, attrs=year)),
        plan=one_payer,
        call_growth=xr.DataArray(growth, dims="sample"),
    )
    found = out["economic_value"].sel(payer="acute").transpose("sample", "trust", "year").values
    for draw in range(300):
        for trust in range(2):
            for index, uptake in enumerate(plan.uptake):
                factor = 12 / 11 * (1 + growth[draw]) ** (index + 1) * uptake
                plain = (without[draw, trust] - with_it[draw, trust]) * prices[draw] * factor
                assert found[draw, trust, index] == pytest.approx(plain, rel=1e-12, abs=1e-9)


def test_nominal_amounts_grow_from_the_price_year(budget: xr.Dataset) -> None:
    """Prices of 2024/25 growing 2 % a year.

    2025/26: 33,900.57 x 1.02 = 34,578.58. 2026/27: 18,645.3135 x 1.0404 = 19,398.58.
    """
    nominal = in_nominal_prices(budget, price_growth=0.02)
    assert over_trusts(nominal["economic_value"]).sel(payer="acute").values.tolist() == [34_578.58, 19_398.58]
    assert (nominal["capacity_released"] == budget["capacity_released"]).all()
    assert nominal.attrs["price_basis"] == "nominal"
    with pytest.raises(InputError, match="not in real terms"):
        in_nominal_prices(nominal, price_growth=0.02)


def test_per_head_names_its_denominator_and_cannot_be_totalled(budget: xr.Dataset) -> None:
    """26,756.40 over 1,000 + 3,000 people is 6.6891 a head; the two trusts' rates do not add to it."""
    people = xr.DataArray([1000.0, 3000.0], coords={"trust": ["A", "B"]}, dims="trust")
    rates = per_head(with_total(budget), population=people, denominator="residents, Census 2021")
    rate = rates["service_cost"].sel(trust="Total", payer="mental_health_trust", year=1)
    assert rate.item() == pytest.approx(6.6891)
    assert rates.attrs["denominator"] == "residents, Census 2021"
    with pytest.raises(InputError, match="rates do not add up"):
        with_total(per_head(budget, population=people, denominator="residents, Census 2021"))
    with pytest.raises(InputError, match="needs the name"):
        per_head(budget, population=people, denominator=" ")
    with pytest.raises(InputError, match="missing or not above 0"):
        per_head(budget, population=people.sel(trust=["A"]), denominator="residents, Census 2021")


def test_the_budget_says_what_it_is(budget: xr.Dataset) -> None:
    """Undiscounted, real, with price year, perspective, comparator and financial years."""
    assert (budget.attrs["discounting"], budget.attrs["price_basis"]) == ("undiscounted", "real")
    assert (budget.attrs["price_year"], budget.attrs["perspective"]) == ("2024/25", "NHS")
    assert budget.attrs["comparator"] == "physical-health line only"
    assert budget["financial_year"].values.tolist() == ["2025/26", "2026/27"]
    assert budget["economic_value"].dims == ("sample", "trust", "payer", "year")


def test_a_set_up_cost_not_given_is_absent_and_not_zero(
    costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan
) -> None:
    """Unknown is not 0; the bases of the service cost stay apart as a dim."""
    out = budget_impact(costs, service, plan=plan, call_growth=0.0)
    assert "set_up_cost" not in out
    assert set(net_cost(out, counting="cash").dims) == {"sample", "trust", "payer", "basis", "year"}


def test_the_budget_table_has_all_measures_with_totals(budget: xr.Dataset) -> None:
    """Five measures; the total of service cost in year 1 is 26,756.40 and the hours keep their unit."""
    table = budget_table(budget)
    assert set(table["measure"]) == {"economic_value", "cash", "service_cost", "set_up_cost", "capacity_released"}
    row = table.query("measure == 'service_cost' and trust == 'Total' and payer == 'Total' and year == 1").iloc[0]
    assert (round(row["mean"], 2), row["unit"], row["discounting"]) == (26_756.40, "GBP", "undiscounted")
    hours = table.query("measure == 'capacity_released' and trust == 'Total' and year == 1").iloc[0]
    assert (round(hours["mean"], 2), hours["unit"], hours["payer"]) == (423.5, "attendance hours", "acute")


def test_all_problems_of_a_plan_are_reported_together(
    costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan
) -> None:
    """A share above 1 with a negative uptake; a consequence without payer, a payer too many, a capacity for nothing."""
    with pytest.raises(InputError) as error:
        BudgetPlan("2025/26", (1.0, -0.5), plan.payers, "mental_health_trust", {"ed_attendance": 1.5})
    assert "uptake -0.5" in str(error.value) and "from 0 to 1" in str(error.value)
    payers = {"ed_attendance": "acute", "crisis_contact": "mental_health_trust", "admision": "acute"}
    with pytest.raises(InputError) as error:
        budget_impact(
            costs,
            service,
            plan=BudgetPlan("2025/26", (1.0,), payers, "mental_health_trust"),
            call_growth=0.0,
            capacities=[Capacity("police", "hours", "hours", 1.0)],
        )
    message = str(error.value)
    assert "'admission' has no payer" in message
    assert "Did you mean 'admission'" in message
    assert "'police'" in message


@pytest.mark.parametrize("year", ["2025", "2025-26", "2025/27", "25/26"])
def test_a_first_year_that_is_not_a_financial_year_is_refused(year: str) -> None:
    """Only the form 2025/26 is a financial year."""
    with pytest.raises(InputError, match="not a financial year"):
        BudgetPlan(year, (1.0,), {}, "mental_health_trust")
