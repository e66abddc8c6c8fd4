"""What small faults in the economics went unnoticed by: labels, signs, orders and the short way of two-way tables."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import (
    BudgetPlan,
    ConsequenceDetail,
    budget_impact,
    cost_consequence,
    cost_consequence_table,
    cost_per_effect,
    one_way,
    with_total,
)
from econ111.economics.staffing.week import CallWeek, loads
from econ111.economics.thresholds import Search, break_even, two_way
from econ111.economics.wider import WIDER, WiderCost, perspectives_table, wider_value
from econ111.errors import InputError

DRAWS = xr.Dataset(
    {"price": ("sample", [8.0, 12.0]), "number": ("sample", [1.0, 3.0]), "still": ("sample", [2.0, 2.0])}
)


def test_a_product_is_worked_at_its_corners_and_one_pair_within() -> None:
    """A result that is straight in each parameter is known from 5 pairs: 10 x 10 pairs are not worked one by one."""
    worked = []

    def net(given: xr.Dataset) -> xr.DataArray:
        worked.append(1)
        return 60 - given["price"] * given["number"]

    ends = [float(value) for value in range(1, 11)]
    table = two_way(net, DRAWS, across={"price": ends, "number": ends})
    assert len(worked) <= 6
    by_hand = [60 - one * other for one in ends for other in ends]
    assert table.expected.tolist() == pytest.approx(by_hand)


def test_a_two_way_table_says_its_level_unit_and_price_year() -> None:
    """As the result has them, in every row."""

    def net(given: xr.Dataset) -> xr.DataArray:
        return (60 - given["price"] * given["number"]).assign_attrs(unit="GBP", price_year="2024/25")

    table = two_way(net, DRAWS, across={"price": [1.0, 2.0], "number": [1.0, 2.0]}, level=0.9)
    assert set(table.level) == {0.9}
    assert set(table.result_unit) == {"GBP"}
    assert set(table.price_year) == {"2024/25"}


def test_a_break_even_says_between_which_ends_it_was_sought() -> None:
    """From 0 to 100, as asked, beside the value."""
    found = break_even(lambda given: 60 - given["price"] * given["number"], DRAWS, [Search("price", 0, 100, "Price")])
    assert (found["low"].item(), found["high"].item(), found["label"].item()) == (0, 100, "Price")


def test_what_does_not_vary_comes_last_in_a_tornado() -> None:
    """The widest swing first; a parameter of no spread has none and stands below."""
    table = one_way(lambda given: given["price"] * given["number"] + given["still"], DRAWS, level=1.0)
    assert table.parameter.tolist() == ["number", "price", "still"]
    assert table.status.tolist() == ["varied", "varied", "fixed"]


def test_public_holidays_are_weekend_days_to_the_line() -> None:
    """8 holidays, twice the calls at weekends and on holidays: 8,766 calls over 260.89 - 8 + 2 (104.36 + 8) days.

    A year has 365.25 days: 260.892857 weekdays and 104.357143 of the weekend. 8766 / (252.892857 + 224.714286) = 18.354
    calls on a weekday, each of 30 minutes: 18.354 / 24 x 0.5 = 0.382371 of a person in each hour, twice that on a
    weekend day.
    """
    even = xr.DataArray([1 / 24] * 24, dims="hour")
    week = CallWeek(even, xr.DataArray(2.0), xr.DataArray(30.0), xr.DataArray(8.0))
    found = loads(xr.DataArray([8766.0], dims="trust"), week)
    assert found.isel(trust=0, hour=0).values.tolist() == pytest.approx([0.3823717, 0.7647434], rel=1e-5)


@pytest.mark.parametrize("dim", ["icb", "region", "payer"])
def test_areas_and_payers_add_up_like_trusts(dim: str) -> None:
    """1 and 2 are 3, whatever money or counts are divided by."""
    parts = xr.DataArray([[1.0, 2.0]], dims=("sample", dim), coords={dim: ["A", "B"]})
    assert with_total(parts, dim).sel({dim: "Total"}).item() == 3.0


def test_the_interval_of_a_cost_per_effect_is_that_of_the_draws() -> None:
    """Costs 100, 110, ... 190 for one effect each: at 80 %, 10 % and 90 % of the draws are GBP 109 and GBP 181."""
    row = cost_per_effect(np.arange(100.0, 200.0, 10.0), np.ones(10), level=0.8).iloc[0]
    assert (row.low, row.high) == pytest.approx((109.0, 181.0))
    assert row.ratio == pytest.approx(145.0)


def test_an_effect_whose_interval_begins_at_nothing_has_no_interval_of_a_ratio() -> None:
    """Effects 0, 0, 0 and 8 at 50 %: the lower end is exactly 0, which may be either side."""
    row = cost_per_effect([10.0] * 4, [0.0, 0.0, 0.0, 8.0], level=0.5).iloc[0]
    assert np.isnan([row.low, row.high]).all()
    assert "either side of 0" in row.note


def test_a_consequence_priced_twice_is_refused(outcomes: xr.Dataset, unit_costs: xr.DataArray) -> None:
    """Two unit costs of one consequence, and unit costs of none."""
    twice = xr.concat([unit_costs, unit_costs], dim="consequence").assign_attrs(unit_costs.attrs)
    for wrong in (twice, unit_costs.rename(consequence="item")):
        with pytest.raises(InputError, match="each consequence named once"):
            cost_consequence(outcomes, wrong)


def test_costs_say_their_sign(costs: xr.Dataset) -> None:
    """Positive is fewer and less spent, in words beside the numbers."""
    assert costs.attrs["sign"] == "avoided and cost_avoided: positive is fewer, less spent"


def test_the_table_names_what_was_not_measured_in_every_trust(
    costs: xr.Dataset, details: list[ConsequenceDetail]
) -> None:
    """One row a trust and one of the total for police time; rows are numbered without gaps."""
    table = cost_consequence_table(costs, details=details, unmeasured=["police time"])
    rows = table[table.consequence == "police time"]
    assert rows.trust.tolist() == ["A", "B", "Total"]
    assert (rows.status == "not measured").all()
    assert table.index.tolist() == list(range(len(table)))


def test_a_wider_value_has_its_name_items_and_order(costs: xr.Dataset) -> None:
    """Named, in GBP of its price year, with one item for each wider cost, last."""
    item = WiderCost(
        "police time", "police", "ed_attendance", xr.DataArray(0.5),
        xr.DataArray(60.0, attrs={"price_year": "2024/25", "unit": "GBP per hour"}),
    )  # fmt: skip
    found = wider_value(costs, [item])
    assert found.name == "wider_value"
    assert found.dims[-1] == "item"
    assert found["item"].values.tolist() == ["police time"]
    assert (found.attrs["unit"], found.attrs["price_year"]) == ("GBP", "2024/25")
    assert found.attrs["perspective"] == WIDER


def test_a_view_of_perspectives_has_bounds_and_rows_without_gaps(costs: xr.Dataset, service: xr.DataArray) -> None:
    """Of one draw, both bounds are the value; rows are numbered from 0."""
    table = perspectives_table(costs, service.sel(basis="floor", drop=True), unmeasured=["police time"])
    study = table[table.not_measured == ""]
    for name in ("value_avoided", "net_value"):
        assert study[f"{name}_low"].tolist() == pytest.approx(study[name].tolist())
        assert study[f"{name}_high"].tolist() == pytest.approx(study[name].tolist())
    assert table.index.tolist() == list(range(len(table)))


def test_a_set_up_cost_is_doubled_when_its_price_is(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> None:
    """GBP 500 and GBP 1,000 in each trust, in the first year alone."""
    basis = service.sel(basis="floor", drop=True)
    found = [
        budget_impact(
            costs, basis, plan=plan, call_growth=0.0,
            set_up_cost=xr.DataArray(price, attrs={"price_year": "2024/25"}),
        )["set_up_cost"].sel(payer="mental_health_trust")
        for price in (500.0, 1000.0)
    ]  # fmt: skip
    assert found[0].sum("year").values.ravel().tolist() == [500.0, 500.0]
    assert found[1].values.tolist() == (2 * found[0]).values.tolist()
