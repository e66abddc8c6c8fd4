"""Searches, two-way tables and break-even values at their edges: how many results are worked, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from economics.refusals import refused

from econ111.economics import (
    BudgetPlan,
    break_even_attendance_value,
    break_even_cost_per_call,
    break_even_share,
    budget_impact,
    expected_loss,
    in_nominal_prices,
    net_cost,
    one_way,
    per_head,
    service_cost,
    tidy_table,
    with_total,
)
from econ111.economics.large import Block, budget_of_totals, cost_in_blocks
from econ111.economics.thresholds import Search, break_even, two_way
from econ111.parameters import PaymentRule

YEAR = {"price_year": "2024/25"}


DRAWS = xr.Dataset(
    {
        "price": ("sample", [8.0, 12.0]), "number": ("sample", [1.0, 3.0]), "idle": ("sample", [1.0, 2.0]),
        "mix": (("sample", "part"), np.eye(2)),
    }
)  # fmt: skip


def _at(result: Callable[[xr.Dataset], xr.DataArray], low: float, high: float) -> tuple[str, float]:
    found = break_even(result, DRAWS, [Search("price", low, high, "Price")]).iloc[0]
    return found.status, found.break_even


def test_a_search_at_its_edges() -> None:
    """A crossing at an end is found; a flat result, however small or large, has none; the ends come in order.

    A straight line takes one step; a steep curve, 1 - (p / 100)^9 x 2, is halved to (1 / 2)^(1 / 9) x 100 = 92.587;
    a step from 1 to -1 at 37 is closed in on, though no value gives 0.
    """
    assert _at(lambda given: given["price"], 0, 10) == ("found", 0)
    assert _at(lambda given: given["price"] - 10, 0, 10) == ("found", 10)
    for size in (1e-200, 1.0, 1e200):
        assert _at(lambda given, size=size: given["price"] * size - 5 * size, 0, 10) == ("found", 5)
        status, value = _at(lambda given, size=size: 0 * given["price"] + size, 0, 10)
        assert (status, math.isnan(value)) == ("no effect", True)
    assert _at(lambda given: 0 * given["price"], 0, 10)[0] == "no effect"
    assert _at(lambda given: -1 - given["price"], 0, 10)[0] == "below 0 at both ends"
    assert _at(lambda given: 1 + given["price"], 0, 10)[0] == "above 0 at both ends"
    worked: list[float] = []

    def straight(given: xr.Dataset) -> xr.DataArray:
        worked.append(given["price"].values[0])
        return 3 - given["price"]

    assert _at(straight, 0, 10) == ("found", 3) and worked == [0, 10, 3]
    status, value = _at(lambda given: 1 - 2 * (given["price"] / 100) ** 9, 0, 100)
    assert (status, value) == ("found", pytest.approx(92.5875, abs=1e-4))
    status, value = _at(lambda given: xr.where(given["price"] < 37, 1.0, -1.0), 0, 100)
    assert (status, value) == ("found", pytest.approx(37, abs=1e-6))
    for name, low, high, said in (
        ("price", 5, 5, "The ends of 'price' are 5 and 5; give the lower first."),
        ("prize", 0, 5, "'prize' was not drawn. Did you mean 'price'?"),
        ("mix", 0, 5, "'mix' is a group of shares and cannot be put at one value. Choose a single parameter."),
    ):
        search = [Search(name, low, high, "x")]
        assert refused(lambda search=search: break_even(lambda given: given["price"], DRAWS, search)) == [said]
    assert refused(
        lambda: break_even(lambda given: given["mix"] * given["price"], DRAWS, [Search("price", 0, 1, "x")])
    ) == ["The result needs the dim 'sample' and no other. Choose or total the rest first."]
    for names in ({"price": [1.0]}, {"price": [1.0], "number": [1.0], "idle": [1.0]}):
        assert refused(lambda names=names: two_way(lambda given: given["price"], DRAWS, across=names)) == [
            f"A two-way table is of two parameters; {len(names)} are named."
        ]


def test_a_two_way_table_of_one_value_or_few_is_worked_pair_by_pair() -> None:
    """Six pairs are worked from four corners and the middle; five or fewer, or one value of either, each for itself."""
    for ones, others, calls in (
        ([1.0, 2.0, 3.0], [1.0, 2.0], 5),
        ([1.0, 2.0], [1.0, 2.0], 4),
        ([2.0] * 6, [1.0, 2.0], 12),
        ([1.0, 2.0], [1.0] * 3, 6),
        ([2.0] * 5, [1.0], 5),
    ):
        worked: list[int] = []

        def product(given: xr.Dataset, worked: list[int] = worked) -> xr.DataArray:
            worked.append(1)
            return given["price"] * given["number"] - 2

        table = two_way(product, DRAWS, across={"price": ones, "number": others})
        assert len(worked) == calls
        assert table.expected.tolist() == pytest.approx([one * other - 2 for one in ones for other in others])
        assert table.probability.tolist() == [float(one * other > 2) for one in ones for other in others]


def test_break_even_values_have_their_order_and_words(costs: xr.Dataset, service: xr.DataArray) -> None:
    """GBP 7,515.80 over 500 calls; 92,275 and 10,135 over 40 attendances; 184.55 and 20.27 over a bundle of 100."""
    value = costs["cost_avoided"].isel(consequence=[0, 1]).sum("consequence").assign_attrs(YEAR)
    calls = service.sel(basis="floor", drop=True) / 20.27
    found = break_even_cost_per_call(value, calls)
    assert (found.name, found.sel(trust="A").item()) == ("break_even_cost_per_call", pytest.approx(7515.80 / 500))
    assert {"unit": "GBP per call", **YEAR}.items() <= found.attrs.items()
    fewer = costs["avoided"].sel(consequence="ed_attendance", drop=True)
    two = break_even_attendance_value(service, fewer, other_value=value * 0)
    assert two.attrs == YEAR
    assert two["break_even_value"].dims == ("trust", "basis")
    assert two["break_even_value"].values[0] == pytest.approx([92_275 / 40, 10_135 / 40])
    assert two["break_even_value"].attrs == {"unit": "GBP per avoided attendance", **YEAR}
    assert (two["probability_fewer"].attrs, two["probability_fewer"].values.tolist()) == (
        {"unit": "probability"},
        [1, 1],
    )
    none = break_even_attendance_value(service, fewer * 0)
    assert none["break_even_value"].isnull().all() and not none["probability_fewer"].any()
    price = xr.DataArray([184.55, 20.27], {"basis": ["contact", "floor"]}, "basis", attrs=YEAR)
    bundle = xr.DataArray([[100.0], [300.0]], {"bundle": ["ED"]}, ("sample", "bundle"), attrs=YEAR)
    share = break_even_share(price, bundle)
    assert (share.dims, share.name) == (("bundle", "basis"), "break_even_share")
    assert (share.attrs, share.values.tolist()) == ({"unit": "share of calls", **YEAR}, [[184.55 / 200, 20.27 / 200]])
    assert (service.name, service.dims) == ("service_cost", ("sample", "trust", "basis"))
    own = xr.DataArray([[2.0]], coords={"trust": ["A"]}, dims=("sample", "trust"), attrs={"perspective": "NHS", "x": 1})
    assert service_cost(own, price).attrs == {"unit": "GBP", "perspective": "NHS", **YEAR}
    # Half a call, half an attendance, half a pound: little is not nothing.
    half, pound = xr.DataArray([0.5], dims="sample", attrs=YEAR), xr.DataArray([1.0], dims="sample", attrs=YEAR)
    assert break_even_cost_per_call(pound, half).item() == break_even_share(pound, half).item() == 2.0
    little = break_even_attendance_value(pound, half)
    assert (little["break_even_value"].item(), little["probability_fewer"].item()) == (2.0, 1.0)
    assert refused(lambda: break_even_cost_per_call(value, calls * 0))[0].startswith("A trust has no expected calls")
    assert refused(lambda: break_even_share(price, (bundle * 0).assign_attrs(YEAR)))[0].startswith(
        "A bundle is worth noth"
    )


def test_totals_refuse_what_does_not_add_up() -> None:
    """Rates, counts of different things, summaries, other dims and a second total; a Dataset keeps what has no dim."""
    parts = xr.DataArray(
        [[1.0, 2.0]],
        {"trust": ["A", "B"], "board": ("trust", ["q", "r"])},
        ("sample", "trust"),
        "calls",
        {"unit": "GBP"},
    )
    found = with_total(parts)
    assert (found.name, found.attrs, found.dims) == ("calls", {"unit": "GBP"}, ("sample", "trust"))
    assert (found.values.tolist(), found["trust"].values.tolist()) == ([[1, 2, 3]], ["A", "B", "Total"])
    assert "board" not in found.coords
    both = with_total(xr.Dataset({"calls": parts, "rate": ("sample", [0.5])}, attrs={"x": 1}))
    assert both.attrs == {"x": 1} and both["rate"].item() == 0.5 and both.sizes["trust"] == 3
    assert math.isnan(with_total(parts.where(parts > 1)).sel(trust="Total").item())
    kinds = parts.rename(trust="consequence")
    assert with_total(kinds, "consequence").values.tolist() == [[1, 2, 3]]
    for call, said in (
        (lambda: with_total(parts.rename(trust="year"), "year"), "calls cannot be totalled over 'year'. Dims that add"),
        (lambda: with_total(parts, "payer"), "calls cannot be totalled over 'payer'."),
        (lambda: with_total(parts.isel(sample=0)), "calls has no 'sample' dim: a total comes from draws"),
        (lambda: with_total(found), "calls has 'Total' on 'trust' already"),
        (lambda: with_total(parts.assign_attrs(unit="GBP per head")), "calls is in 'GBP per head': rates do not"),
        (lambda: with_total(kinds.assign_attrs(unit="calls"), "consequence"), "calls is in 'calls': different conseq"),
        (lambda: with_total(parts.rename(None).isel(sample=0)), "these draws has no 'sample' dim"),
    ):  # fmt: skip
        assert refused(call)[0].startswith(said)


def test_views_that_cannot_be_taken_say_why(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> None:
    """Counting neither, prices moved twice, heads of nobody or of nobody named, tables of no draws or without words."""
    budget = budget_impact(costs, service.sel(basis="floor", drop=True), plan=plan, call_growth=0.0)
    heads = xr.DataArray([1.0, 0.0], coords={"trust": ["A", "B"]}, dims="trust")
    net = xr.DataArray([1.0, -1.0], dims="sample")
    bare = {"unit": "GBP", "perspective": "NHS"}
    for call, said in (
        (lambda: net_cost(budget, counting="both"), "counting is 'both'. Use 'cash' or 'economic_value'"),
        (lambda: in_nominal_prices(in_nominal_prices(budget, price_growth=0.0), price_growth=0.0), "The budget is not"),
        (lambda: in_nominal_prices(budget, price_growth=-1.0), "price_growth must be a finite proportion above -1"),
        (lambda: per_head(budget, population=heads + 1, denominator=" "), "A figure per head needs the name"),
        (lambda: per_head(budget, population=heads, denominator="all"), "Population (all) is missing or not"),
        (lambda: per_head(budget, population=heads.isel(trust=[0]), denominator="all"), "Population (all) is missing"),
        (lambda: tidy_table(net, measure="net"), "net names no comparator and no perspective. Give the costs"),
        (lambda: tidy_table(net.assign_attrs(bare), measure="net"), "net names no comparator. Give"),
        (lambda: tidy_table(net.mean().assign_attrs(bare, comparator="none"), measure="net"), "net has no 'sam"),
        (lambda: one_way(lambda given: given["a"], xr.Dataset()), "There is no parameter to vary."),
        (lambda: one_way(lambda given: given["a"], xr.Dataset({"a": net * np.nan, "b": net})), "Draws that are not"),
        (lambda: one_way(lambda given: given["a"].mean(), xr.Dataset({"a": net})), "The result has no 'sample' dim."),
        (lambda: expected_loss(net, thresholds=[1.0]), "Thresholds are GBP per avoided attendance: give both"),
        (lambda: expected_loss(net, avoided_attendances=net), "Thresholds are GBP per avoided attendance: give both"),
        (lambda: expected_loss(net, avoided_attendances=net, thresholds=[]), "Thresholds are []; give one or more"),
        (lambda: expected_loss(net, avoided_attendances=net, thresholds=[math.inf]), "Thresholds are [inf]; give one"),
        (lambda: expected_loss(net, avoided_attendances=net, thresholds=[0, -1]), "Thresholds are [0, -1]; give one"),
    ):  # fmt: skip
        assert refused(call)[0].startswith(said)
    assert "Without one: ['B']" in refused(
        lambda: per_head(budget, population=heads.isel(trust=[0]), denominator="all")
    )[0]  # fmt: skip


def test_blocks_by_hand_and_what_does_not_go_together() -> None:
    """Two trusts, two draws: 3 and 1 avoided, then 5 and 2, at GBP 10 and 20; 8 calls at GBP 2, then 12 at GBP 3.

    Totals of value 40 and 140, of cost 16 and 36. The first trust has (3 x 10 + 5 x 20) / 2 = 65 on the mean, the
    second (10 + 40) / 2 = 25. A half of it is cash; 12 / 6 months and no growth, then growth of 100 %, double it.
    """
    before = np.array([[[4.0, 6.0], [2.0, 4.0]]])
    block = Block(
        before, np.array([[[1.0, 1.0], [1.0, 2.0]]]), np.array([[5.0, 7.0], [3.0, 5.0]]), np.array([[10.0, 20.0]]),
        np.array([2.0, 3.0]), np.array([0.0, 1.0]),
    )  # fmt: skip
    found = cost_in_blocks([block], draws=2)
    assert {name: value.tolist() for name, value in vars(found).items()} == {
        "value": [[40, 140]], "service_cost": [16, 36], "call_growth": [0, 1], "mean_value": [[65, 25]],
        "mean_calls": [6, 4],
    }  # fmt: skip
    words = dict.fromkeys(("covers", "source", "locator", "note"), "an example")
    rule = PaymentRule("x", first_year="2025/26", last_year="2026/27", variable_share=1.0, status="local", **words)
    plan = BudgetPlan("2025/26", (1.0, 0.5), {"ed": "acute"}, "community", {"ed": 0.5}, {"ed": [rule]})
    budget = budget_of_totals(found, plan, ["ed"], period_months=6.0)
    assert budget.attrs == {"unit": "GBP", "price_basis": "real", "discounting": "undiscounted"}
    assert budget["payer"].values.tolist() == ["community", "acute"]
    assert budget["financial_year"].values.tolist() == ["2025/26", "2026/27"]
    assert budget["economic_value"].dims == budget["cash"].dims == ("sample", "payer", "year")
    assert budget["economic_value"].values.tolist() == [[[0, 0], [80, 40]], [[0, 0], [560, 560]]]
    assert budget["cash"].values.tolist() == [[[0, 0], [40, 20]], [[0, 0], [280, 280]]]
    assert (budget["service_cost"].dims, budget["service_cost"].values.tolist()) == (
        ("sample", "year"), [[32, 16], [144, 144]],
    )  # fmt: skip
    for blocks, draws, said in (
        ([], 2, "The blocks hold 0 draws, not 2."), ([block], 3, "The blocks hold 2 draws, not 3."),
        ([block, block], 3, "A block of shape (1, 2, 2) does not go with (1, 2) consequences and trusts and 3 draws"),
        ([replace(block, calls=np.ones((2, 3)))], 2, "A block's arrays do not go together: calls (2, 3), not (2, 2)."),
        ([replace(block, call_growth=np.ones(1), unit_cost=np.ones((2, 2)))], 2,
         "A block's arrays do not go together: unit_cost (2, 2), not (1, 2); call_growth (1,), not (2,)."),
        ([replace(block, with_service=before[:, :1])], 2, "A block's arrays do not go together: with_service (1"),
    ):  # fmt: skip
        assert refused(lambda blocks=blocks, draws=draws: cost_in_blocks(blocks, draws=draws))[0].startswith(said)
