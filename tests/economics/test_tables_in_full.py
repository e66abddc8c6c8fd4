"""Results to the last label: every column, unit, order and attribute of the worked case of conftest.py."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.economics import (
    BudgetPlan,
    Capacity,
    ConsequenceDetail,
    WiderCost,
    budget_impact,
    budget_table,
    cost_consequence,
    cost_consequence_table,
    expected_loss,
    in_nominal_prices,
    incremental_cost,
    net_cost,
    net_value,
    one_way,
    per_head,
    perspectives_table,
    probability_value_exceeds_cost,
    tidy_table,
    value_avoided,
    wider_value,
    with_total,
)
from econ111.economics.outcomes import avoided, example_outcomes
from econ111.economics.thresholds import Search, break_even, two_way
from econ111.economics.wider import WIDER

STUDY = {
    "comparator": "physical-health line only", "intervention": "mental-health option", "perspective": "NHS",
    "period_start": "2024-04-01", "period_end": "2025-03-31", "period_months": 6.0, "synthetic": 1,
}  # fmt: skip
GBP = {**STUDY, "unit": "GBP", "price_year": "2024/25"}
COUNT = {**STUDY, "unit": "number in the evaluation period"}
YEAR = {"price_year": "2024/25"}


@pytest.fixture
def floor(service: xr.DataArray) -> xr.DataArray:
    """GBP 10,135 and GBP 2,027 at 20.27 a call."""
    return service.sel(basis="floor", drop=True)


@pytest.fixture
def budget(costs: xr.Dataset, floor: xr.DataArray, plan: BudgetPlan) -> xr.Dataset:
    """Growth of 10 % a year: factors 2 x 1.1 x 1 = 2.2 and 2 x 1.21 x 0.5 = 1.21."""
    return budget_impact(
        costs, floor, plan=plan, call_growth=0.1, set_up_cost=xr.DataArray(500.0, attrs=YEAR),
        capacities=[Capacity("ed_attendance", "ED hours", "hours", 6.0), Capacity("admission", "ED hours", "hours", 1)],
    )  # fmt: skip


def _draws() -> tuple[xr.Dataset, xr.DataArray]:
    """Costs of one consequence in two draws: 10 and 30 avoided at GBP 100; and a service of GBP 1,000 and GBP 3,000."""
    outcomes = example_outcomes(with_service={"ed": [90.0, 70.0]}, without_service={"ed": [100.0, 100.0]})
    price = xr.DataArray([100.0], coords={"consequence": ["ed"]}, dims="consequence", attrs=YEAR)
    service = xr.DataArray([[1000.0], [3000.0]], coords={"trust": ["A"]}, dims=("sample", "trust"), attrs=YEAR)
    return cost_consequence(outcomes, price), service


def test_costs_carry_the_study_their_unit_and_their_price_year(outcomes: xr.Dataset, costs: xr.Dataset) -> None:
    """Counts in numbers, costs in GBP; what stands in the columns is what they are called."""
    assert costs.attrs == STUDY | YEAR | {"sign": "avoided and cost_avoided: positive is fewer, less spent"}
    for name in ("with_service", "without_service"):
        assert costs[name].attrs == COUNT
    assert costs["avoided"].attrs == COUNT | {"sign": "positive is fewer"}
    for name in ("cost_with", "cost_without", "cost_avoided"):
        assert costs[name].attrs == GBP
        assert costs[name].dims == ("sample", "trust", "consequence")
    apart = (costs["cost_without"] - costs["cost_with"]).values
    assert apart == pytest.approx(costs["cost_avoided"].values, nan_ok=True)
    assert costs["unit_cost"].values.tolist()[:2] == [280.17, 184.55]
    assert math.isnan(costs["unit_cost"].values[2])
    assert (avoided(outcomes).name, value_avoided(costs).name) == ("avoided", "value_avoided")
    assert value_avoided(costs).attrs == GBP


def test_increments_have_the_order_and_words_of_what_they_came_from(costs: xr.Dataset, service: xr.DataArray) -> None:
    """A reversed difference, the same numbers: GBP 7,515.80 - 10,135.00 = -2,619.20 for trust A at the floor."""
    own, increment = value_avoided(costs), incremental_cost(costs, service)
    assert increment.dims == ("sample", "trust", "basis")
    assert (increment.name, increment.attrs) == ("incremental_cost", GBP)
    net = net_value(own, service)
    assert net.dims == increment.dims
    assert (net.name, net.attrs) == ("net_value", GBP | {"sign": "positive favours the service"})
    assert net.values == pytest.approx(-increment.values)
    fewer = costs["avoided"].sel(consequence="ed_attendance", drop=True)
    share = probability_value_exceeds_cost(net, avoided_attendances=fewer, thresholds=[0, 100])
    loss = expected_loss(net, avoided_attendances=fewer, thresholds=[0, 100])
    assert (share.name, share.attrs) == ("probability_value_exceeds_cost", GBP | {"unit": "probability"})
    assert (loss.name, loss.attrs) == ("expected_loss", GBP)
    assert share.dims == ("threshold", "trust", "basis")
    assert loss.dims == ("threshold", "trust", "basis", "option")
    assert share["threshold"].values.tolist() == [0.0, 100.0]
    # A at the floor: -2,619.20 + 100 x 40 = 1,380.80; B: 1,437.35 + 100 x 15.
    assert share.sel(basis="floor").values.tolist() == [[0, 1], [1, 1]]
    assert loss.sel(basis="floor", option="comparator").values == pytest.approx(
        np.array([[0, 1437.35], [1380.8, 2937.35]])
    )
    assert loss.sel(basis="floor", option="intervention").values == pytest.approx(np.array([[2619.2, 0], [0, 0]]))
    alone = expected_loss(net.drop_attrs())
    assert (alone.attrs, alone.dims) == ({"unit": "GBP"}, ("trust", "basis", "option"))
    assert probability_value_exceeds_cost(net * 0).max() == 0, "value that equals cost does not exceed it"


def test_the_cost_consequence_table_in_full(costs: xr.Dataset, details: list[ConsequenceDetail]) -> None:
    """Trust A measured, priced or not; what was not measured; and the total of costs: 7,515.80."""
    table = cost_consequence_table(costs, details=details, unmeasured=["police time"], level=0.9)
    three = [f"{name}{end}" for name in ("with_service", "without_service", "avoided") for end in ("", "_low", "_high")]
    money = [f"{name}{end}" for name in ("cost_avoided", "unit_cost") for end in ("", "_low", "_high")]
    kept = ["cost_unit", "borne_by", "cash_class", "evidence_grade", "level", "price_year", "comparator", "perspective"]
    assert table.columns.tolist() == ["estimand", "trust", "consequence", *three, "status", *money, *kept]
    assert table.attrs["about"] == "Costs and consequences"
    said = {"level": 0.9, "price_year": "2024/25", "comparator": STUDY["comparator"], "perspective": "NHS"}
    for name, value in said.items():
        assert set(table[name]) == {value}
    assert table["trust"].tolist() == ["A"] * 5 + ["B"] * 5 + ["Total"] * 5
    names = ["ed_attendance", "crisis_contact", "admission", "police time", "All valued consequences"]
    status = ["valued", "valued", "not valued", "not measured", "total of costs"]
    assert (table["consequence"].tolist(), table["status"].tolist()) == (names * 3, status * 3)
    first = table.iloc[0]
    assert first[three].tolist() == [60] * 3 + [100] * 3 + [40] * 3
    assert first[money].tolist() == pytest.approx([11_206.80] * 3 + [280.17] * 3)
    assert first[["cost_unit", "borne_by", "cash_class", "evidence_grade"]].tolist() == [
        "GBP per unit of consequence", "acute", "non_cash_releasing", "moderate",
    ]  # fmt: skip
    assert table.loc[2, money].isna().all() and table.loc[2, "borne_by"] == "acute"
    assert table.loc[3, [*three, *money, "borne_by"]].isna().all()
    assert table.loc[4, [*three, *money[3:], "borne_by"]].isna().all()
    assert table["cost_avoided"][[4, 9, 14]].tolist() == pytest.approx([7515.80, 3464.35, 10_980.15])


def test_intervals_of_a_table_are_those_of_the_level_asked_for() -> None:
    """10 and 30 avoided at GBP 100: the middle half lies from 15 to 25, so from GBP 1,500 to 2,500; the price is fixed.

    Without a price there is no column of money but the total, and it is 0.
    """
    costs, _ = _draws()
    detail = [ConsequenceDetail("ed", "acute", "non_cash_releasing", "low")]
    row = cost_consequence_table(costs, details=detail, level=0.5).iloc[0]
    for name, bounds in (
        ("with_service", [80, 75, 85]), ("without_service", [100, 100, 100]), ("avoided", [20, 15, 25]),
        ("cost_avoided", [2000, 1500, 2500]), ("unit_cost", [100, 100, 100]),
    ):  # fmt: skip
        assert row[[name, f"{name}_low", f"{name}_high"]].tolist() == bounds
    outcomes = example_outcomes(with_service={"ed": [90.0, 70.0]}, without_service={"ed": [100.0, 100.0]})
    drawn = xr.DataArray([[100.0], [200.0]], {"consequence": ["ed"]}, ("sample", "consequence"), attrs=YEAR)
    dear = cost_consequence_table(cost_consequence(outcomes, drawn), details=detail, level=0.5).iloc[0]
    assert dear[["unit_cost", "unit_cost_low", "unit_cost_high"]].tolist() == [150, 125, 175]
    assert dear[["cost_avoided", "cost_avoided_low", "cost_avoided_high"]].tolist() == [3500, 2250, 4750]
    total = cost_consequence_table(costs, details=detail, level=0.5).iloc[-1]
    assert total[["cost_avoided", "cost_avoided_low", "cost_avoided_high"]].tolist() == [2000, 1500, 2500]
    free = costs.assign(valued=~costs["valued"])
    assert cost_consequence_table(free, details=detail)["cost_avoided"].dropna().tolist() == [0, 0]


def test_a_budget_carries_its_words_and_order(budget: xr.Dataset) -> None:
    """GBP in real terms and undiscounted; capacity in its own unit; set-up in the first year, by who pays the calls."""
    real = {"price_basis": "real"}
    assert budget.attrs == GBP | real | {"unit": "", "discounting": "undiscounted", "evaluation_period": "year 0"}
    for name in ("economic_value", "cash", "service_cost", "set_up_cost"):
        assert (budget[name].attrs, budget[name].dims) == (GBP | real, ("sample", "trust", "payer", "year"))
    released = budget["capacity_released"]
    assert released.attrs == STUDY | {"unit": "see capacity_unit"}
    assert released.dims == ("sample", "trust", "capacity", "year")
    assert {name: released[name].item() for name in ("capacity", "capacity_unit", "capacity_payer")} == {
        "capacity": "ED hours", "capacity_unit": "hours", "capacity_payer": "acute",
    }  # fmt: skip
    assert "consequence" not in released.coords
    # 40 x 6 + 1 and 15 x 6 + 0 hours, at 2.2 and 1.21.
    assert released.values.ravel() == pytest.approx([530.2, 291.61, 198, 108.9])
    assert budget["financial_year"].values.tolist() == ["2025/26", "2026/27"]
    assert budget["payer"].values.tolist() == ["mental_health_trust", "acute"]
    value = budget["economic_value"].isel(sample=0)
    assert value.sel(trust="A", payer="acute").values == pytest.approx([11_206.80 * 2.2, 11_206.80 * 1.21])
    assert value.sel(trust="A", payer="mental_health_trust").values == pytest.approx([-3691 * 2.2, -3691 * 1.21])
    assert budget["service_cost"].sel(trust="B").values.ravel() == pytest.approx([2027 * 2.2, 2027 * 1.21, 0, 0])
    assert budget["set_up_cost"].values.ravel().tolist() == [500, 0, 0, 0] * 2
    assert not budget["cash"].any()


def test_a_budget_of_nothing_countable_has_no_kind_of_capacity(
    costs: xr.Dataset, floor: xr.DataArray, service: xr.DataArray, plan: BudgetPlan
) -> None:
    """An empty dim, not an absent column; and no row of it in the table."""
    bare = budget_impact(costs, floor, plan=plan, call_growth=0.0)
    assert bare["capacity_released"].sizes == {"sample": 1, "trust": 2, "capacity": 0, "year": 2}
    assert "set_up_cost" not in bare
    every = budget_impact(costs, service, plan=plan, call_growth=0.0)["service_cost"]
    assert every.dims == ("sample", "trust", "payer", "basis", "year")
    assert set(budget_table(bare)["measure"]) == {"economic_value", "cash", "service_cost"}


def test_a_table_of_a_budget_in_full(budget: xr.Dataset) -> None:
    """Four measures for 3 trusts, 3 payers and 2 years, and hours for 3 trusts and 2 years: 72 + 6 rows."""
    table = budget_table(budget, level=0.5)
    assert table.columns.tolist() == [
        "measure", "trust", "payer", "year", "estimand", "financial_year", "mean", "low", "high", "level", "unit",
        "price_year", "comparator", "perspective", "capacity", "price_basis", "discounting",
    ]  # fmt: skip
    assert table.attrs["about"] == "Budget impact: value, capacity, cash and cost apart"
    assert len(table) == 78 and table.index.tolist() == list(range(78))
    assert (set(table.level), set(table.price_basis), set(table.discounting)) == ({0.5}, {"real"}, {"undiscounted"})
    hours = table[table.measure == "capacity_released"]
    assert (set(hours.unit), set(hours.payer), set(hours.capacity)) == ({"hours"}, {"acute"}, {"ED hours"})
    assert set(hours.price_year) == {""} and set(hours.comparator) == {STUDY["comparator"]}
    assert hours[hours.trust == "Total"]["mean"].tolist() == pytest.approx([728.2, 400.51])
    pounds = table[(table.measure == "service_cost") & (table.trust == "Total") & (table.payer == "Total")]
    assert pounds["mean"].tolist() == pytest.approx([12_162 * 2.2, 12_162 * 1.21])
    assert (set(pounds.unit), set(pounds.price_year)) == ({"GBP"}, {"2024/25"})


def test_views_of_a_budget_carry_what_they_counted(budget: xr.Dataset) -> None:
    """Net of value: 10,135 x 2.2 + 500 + 3,691 x 2.2 for trust A in year 1, by the payer of the service.

    In the money of each year at 2 %: prices of 2024/25, so 1.02 in 2025/26 and 1.0404 in 2026/27.
    """
    net = net_cost(budget, counting="economic_value")
    assert net.dims == ("sample", "trust", "payer", "year")
    real = GBP | {"price_basis": "real"}
    assert (net.name, net.attrs) == ("net_cost", real | {"counting": "economic_value", "sign": "positive costs more"})
    first = net.isel(sample=0).sel(trust="A", payer="mental_health_trust", year=1).item()
    assert first == pytest.approx(10_135 * 2.2 + 500 + 3691 * 2.2)
    two = budget.assign(cash=budget["cash"].drop_vars("estimand").expand_dims(estimand=["net", "gross"]))
    assert net_cost(two.transpose("sample", "estimand", ...), counting="cash").dims[:3] == (
        "sample",
        "estimand",
        "trust",
    )
    bare = net_cost(budget.drop_vars("set_up_cost"), counting="cash")
    assert bare.sel(trust="A", payer="mental_health_trust", year=1).item() == pytest.approx(10_135 * 2.2)
    money = in_nominal_prices(budget, price_growth=0.02)
    words = {"price_basis": "nominal", "price_year": "prices of each year"}
    assert money.attrs == budget.attrs | words
    for name in ("economic_value", "cash", "service_cost", "set_up_cost"):
        assert (money[name].attrs, money[name].dims) == (real | words, ("sample", "trust", "payer", "year"))
        assert money[name].values == pytest.approx(budget[name].values * [1.02, 1.0404])
    assert money["capacity_released"].identical(budget["capacity_released"])


def test_a_budget_per_head_names_its_denominator(budget: xr.Dataset) -> None:
    """1,000 and 4,000 residents: the total is over 5,000 of them, unless another number is given."""
    heads = xr.DataArray([1000.0, 4000.0], coords={"trust": ["A", "B"]}, dims="trust", attrs={"unit": "people"})
    whole = with_total(budget.drop_vars("capacity_released"))
    rates = per_head(whole, population=heads, denominator="residents")
    note = {"unit": "GBP per head", "denominator": "residents"}
    assert rates.attrs == budget.attrs | note
    assert list(rates.data_vars) == ["economic_value", "cash", "service_cost", "set_up_cost"]
    for name in rates.data_vars:
        assert rates[name].attrs == GBP | {"price_basis": "real"} | note
    spent = rates["service_cost"].isel(sample=0).sel(payer="mental_health_trust", year=1)
    assert spent.values == pytest.approx([22.297, 2027 * 2.2 / 4000, 12_162 * 2.2 / 5000])
    given = xr.concat([heads, xr.DataArray([10.0], coords={"trust": ["Total"]}, dims="trust")], dim="trust")
    other = per_head(whole, population=given, denominator="residents")["service_cost"]
    assert other.sel(trust="Total", payer="mental_health_trust", year=1).item() == pytest.approx(12_162 * 2.2 / 10)


def test_a_tidy_table_in_full() -> None:
    """Draws 1, 2 and 3 of trust A: mean 2, and the middle half from 1.5 to 2.5; words of the study it came from."""
    draws = xr.DataArray([[1.0], [2.0], [3.0]], dims=("sample", "trust"), coords={"trust": ["A"]})
    given = tidy_table(draws.assign_attrs(unit="beds"), measure="beds", level=0.5, study=xr.Dataset(attrs=STUDY))
    assert given.to_dict("records") == [
        {
            "measure": "beds", "trust": "A", "mean": 2.0, "low": 1.5, "high": 2.5, "level": 0.5, "unit": "beds",
            "price_year": "", "comparator": "physical-health line only", "perspective": "NHS",
        }
    ]  # fmt: skip
    about = {"comparator": "none", "perspective": "trust", "price_year": "2022/23"}
    own = tidy_table(draws.assign_attrs(about), measure="x", study=xr.Dataset(attrs=STUDY)).iloc[0]
    assert own[[*about, "unit", "level"]].tolist() == ["none", "trust", "2022/23", "", 0.95]


def test_two_perspectives_in_full() -> None:
    """Value 1,000 and 3,000, cost the same, an hour of police at GBP 6 for each attendance: 60 and 180 more."""
    costs, service = _draws()
    item = WiderCost("police", "police", "ed", xr.DataArray(1.0), xr.DataArray(6.0, attrs=YEAR))
    found = wider_value(costs, [item])
    assert found.values.ravel().tolist() == [60, 180]
    assert (found.name, found.dims) == ("wider_value", ("sample", "trust", "item"))
    assert found.attrs == GBP | {"perspective": WIDER, "period_months": 12.0}
    table = perspectives_table(costs, service, wider=[item], unmeasured=["carers", "work"], level=0.5)
    numbers = [f"{name}{end}" for name in ("net_value", "value_avoided") for end in ("", "_low", "_high")]
    said = ["not_measured", "level", "price_year", "comparator"]
    assert table.columns.tolist() == ["perspective", "trust", *numbers, "service_cost", *said]
    assert table.attrs["about"] == "Value and cost from several perspectives"
    assert table[["perspective", "trust", "not_measured"]].to_numpy().tolist() == [
        ["NHS", "A", ""], ["NHS", "Total", ""], [WIDER, "A", "carers; work"], [WIDER, "Total", "carers; work"],
    ]  # fmt: skip
    assert table[numbers].to_numpy()[::2].tolist() == [[0, 0, 0, 2000, 1500, 2500], [120, 90, 150, 2120, 1590, 2650]]
    assert table["service_cost"].tolist() == [2000] * 4
    assert (set(table.level), set(table.price_year), set(table.comparator)) == (
        {0.5}, {"2024/25"}, {"physical-health line only"},
    )  # fmt: skip
    alone = perspectives_table(costs, service)
    assert set(alone.level) == {0.95} and set(alone.not_measured) == {""}
    assert alone[numbers].iloc[2:].isna().all(axis=None)


def test_a_tornado_in_full() -> None:
    """small + 2 large by two trusts, the second tenfold: central 3 + 60 = 63 and 630, at ends 43 to 83 and 61 to 65."""
    draws = xr.Dataset(
        {
            "small": ("sample", [1.0, 3.0, 5.0], {"unit": "GBP"}), "idle": ("sample", [1.0, 2.0, 3.0]),
            "large": ("sample", [20.0, 30.0, 40.0]), "given": 2.0, "mix": (("sample", "part"), np.eye(3)),
        }
    )  # fmt: skip
    size = xr.DataArray([1.0, 10.0], coords={"trust": ["A", "B"]}, dims="trust")

    def result(given: xr.Dataset) -> xr.DataArray:
        worth = (given["small"] + given["given"] * given["large"]) * size
        return worth.assign_attrs(unit="GBP", price_year="2024/25")

    table = one_way(result, draws, level=1.0)
    assert table.columns.tolist() == [
        "parameter", "unit", "status", "low_value", "high_value", "trust", "central", "at_low", "at_high", "swing",
        "level", "result_unit", "price_year",
    ]  # fmt: skip
    assert table.attrs["about"] == "The result when one parameter alone is at its low or high end"
    assert table["parameter"].tolist() == ["large", "small", "idle", "given", "mix"] * 2
    assert table["trust"].tolist() == ["A"] * 5 + ["B"] * 5
    assert table["status"].tolist() == ["varied", "varied", "no effect", "fixed", "joint"] * 2
    assert table["unit"].tolist() == ["", "GBP", "", "", ""] * 2
    assert table.iloc[0, 3:5].tolist() == [20, 40] and table.iloc[1, 3:5].tolist() == [1, 5]
    assert table.iloc[5, 6:10].tolist() == [630, 430, 830, 400]
    assert table.iloc[2, 6:10].tolist() == [63, 63, 63, 0]
    assert table.iloc[3:5, 7:10].isna().all(axis=None) and table.iloc[3:5, 3:5].isna().all(axis=None)
    assert table.index.tolist() == list(range(10))
    words = table[["level", "result_unit", "price_year"]].drop_duplicates()
    assert words.to_numpy().tolist() == [[1.0, "GBP", "2024/25"]]
    plain = one_way(lambda given: given["small"].drop_attrs(), draws[["small"]])
    assert (set(plain.level), set(plain.result_unit), set(plain.price_year)) == ({0.95}, {""}, {""})


def test_a_break_even_and_a_two_way_table_in_full() -> None:
    """60 - price x number with number 1 and 3: at prices 0 and 100, 60 and -140; 0 at 30. Each pair has its share."""
    draws = xr.Dataset({"price": ("sample", [8.0, 12.0], {"unit": "GBP"}), "number": ("sample", [1.0, 3.0])})

    def net(given: xr.Dataset) -> xr.DataArray:
        return (60 - given["price"] * given["number"]).assign_attrs(unit="GBP a week", price_year="2024/25")

    (row,) = break_even(net, draws, [Search("price", 0, 100, "Price")]).to_dict("records")
    assert row == {
        "label": "Price", "parameter": "price", "unit": "GBP", "status": "found", "break_even": pytest.approx(30.0),
        "expected": 10.0, "low": 0, "high": 100, "at_low": 60.0, "at_high": -140.0, "result_unit": "GBP a week",
        "price_year": "2024/25",
    }  # fmt: skip
    bare = break_even(lambda given: net(given).drop_attrs(), draws, [Search("number", 1, 2, "Number")])
    assert bare[["unit", "result_unit", "price_year"]].iloc[0].tolist() == ["", "", ""]
    table = two_way(net, draws, across={"price": [30.0, 60.0], "number": [1.0, 2.0]}, level=0.8)
    pairs = [
        ["price", 30, "number", 1, 30, 1], ["price", 30, "number", 2, 0, 0], ["price", 60, "number", 1, 0, 0],
        ["price", 60, "number", 2, -60, 0],
    ]  # fmt: skip
    assert table.to_numpy().tolist() == [[*pair, 0.8, "GBP a week", "2024/25"] for pair in pairs]
    assert table.columns.tolist() == [
        "first", "first_value", "second", "second_value", "expected", "probability", "level", "result_unit",
        "price_year",
    ]  # fmt: skip
    plain = two_way(lambda given: net(given).drop_attrs(), draws, across={"price": [1.0], "number": [1.0]})
    assert pd.isna(plain.level).all()
    assert plain[["result_unit", "price_year"]].to_numpy().tolist() == [["", ""]]
