"""What stays on a label through every step, what a refusal calls each part, and rows that keep their order."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from economics.refusals import refused

from econ111.economics import (
    BudgetPlan,
    Capacity,
    ConsequenceDetail,
    WiderCost,
    break_even_attendance_value,
    break_even_cost_per_call,
    break_even_share,
    budget_impact,
    budget_table,
    cost_consequence,
    cost_consequence_table,
    example_outcomes,
    expected_loss,
    in_nominal_prices,
    incremental_cost,
    net_value,
    one_way,
    perspectives_table,
    probability_value_exceeds_cost,
    service_cost,
    value_avoided,
    wider_value,
)
from econ111.economics.outcomes import check_outcomes

YEAR = {"price_year": "2024/25"}


def test_a_label_keeps_what_is_said_about_it(
    outcomes: xr.Dataset, unit_costs: xr.DataArray, cost_per_call: xr.DataArray, plan: BudgetPlan
) -> None:
    """Words on the coordinate `trust`, such as whose code it is, pass through every result; words on amounts do not."""
    said = {"code": "organisation data service"}
    outcomes = outcomes.assign_coords(trust=("trust", ["A", "B"], said))
    costs = cost_consequence(outcomes, unit_costs)
    service = service_cost(outcomes["calls"], cost_per_call.assign_attrs(note="made up"))
    value, fewer = value_avoided(costs), costs["avoided"].sel(consequence="ed_attendance", drop=True)
    net = net_value(value, service.assign_attrs(note="made up"))
    item = WiderCost("police", "police", "ed_attendance", xr.DataArray(1.0), xr.DataArray(6.0, attrs=YEAR))
    at = {"avoided_attendances": fewer, "thresholds": [0.0]}
    budget = budget_impact(costs, service, plan=plan, call_growth=0.0)
    results = [
        costs["cost_avoided"], service, value, incremental_cost(costs, service), net, expected_loss(net),
        expected_loss(net, **at), probability_value_exceeds_cost(net), probability_value_exceeds_cost(net, **at),
        break_even_attendance_value(service, fewer)["break_even_value"],
        break_even_attendance_value(service, fewer)["probability_fewer"], wider_value(costs, [item]),
        budget["economic_value"],
    ]  # fmt: skip
    assert [result["trust"].attrs for result in results] == [said] * len(results)
    assert not any("note" in result.attrs for result in results)
    share = break_even_share(
        cost_per_call.assign_coords(basis=("basis", ["a", "b"], said)), xr.DataArray([1.0], dims="bundle", attrs=YEAR)
    )
    assert share["basis"].attrs == said


def test_a_refusal_calls_each_part_by_its_name(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> None:
    """Two draws of one thing and one of another: both are named, as they are called in the text."""
    two = xr.DataArray([1.0, 1.0], dims="sample", attrs=YEAR)
    floor, value = service.sel(basis="floor", drop=True), value_avoided(costs)
    fewer = costs["avoided"].sel(consequence="ed_attendance", drop=True)
    prices = two.expand_dims(consequence=["ed_attendance"])
    outcomes = example_outcomes(with_service={"ed_attendance": [1.0]}, without_service={"ed_attendance": [1.0]})
    for call, one, other in (
        (lambda: cost_consequence(outcomes, prices), "outcomes", "unit costs"),
        (lambda: incremental_cost(costs, two), "value avoided", "service cost"),
        (lambda: net_value(value, two), "value avoided", "service cost"),
        (lambda: service_cost(outcomes["calls"], two), "calls", "cost per call"),
        (lambda: break_even_cost_per_call(value, two), "value avoided", "calls"),
        (lambda: break_even_attendance_value(floor, two), "service cost", "avoided attendances"),
        (lambda: break_even_attendance_value(floor, fewer, other_value=two), "service cost", "other value"),
        (lambda: expected_loss(value, avoided_attendances=two, thresholds=[1]), "net value", "avoided attendances"),
        (lambda: wider_value(costs, [WiderCost("police", "x", "ed_attendance", two, two)]), "avoided", "police"),
        (lambda: budget_impact(costs, two, plan=plan, call_growth=0.0), "costs", "service cost"),
        (lambda: budget_impact(costs, floor, plan=plan, call_growth=two), "costs", "call growth"),
        (lambda: budget_impact(costs, floor, plan=plan, call_growth=0.0, settled=two), "costs", "settled volume"),
        (lambda: in_nominal_prices(budget_impact(costs, floor, plan=plan, call_growth=0.0), price_growth=two - 1),
         "budget", "price growth"),
    ):  # fmt: skip
        assert refused(call)[0].startswith(f"'{one}' has 1 on 'sample' and '{other}' has 2.")
    bare = floor.drop_attrs()
    item = WiderCost("police", "x", "ed_attendance", xr.DataArray(1.0), xr.DataArray(-6.0, attrs=YEAR))
    for call, said in (
        (lambda: incremental_cost(costs, bare), "No price year on: service cost."),
        (lambda: perspectives_table(costs, bare), "No price year on: service cost."),
        (lambda: budget_impact(costs, bare, plan=plan, call_growth=0.0), "No price year on: service cost."),
        (lambda: budget_impact(costs, floor, plan=plan, call_growth=0.0, set_up_cost=bare), "No price year on: set-up"),
        (lambda: break_even_cost_per_call(value.drop_attrs(), floor), "No price year on: value avoided."),
        (lambda: wider_value(costs, [replace(item, unit_cost=xr.DataArray(6.0, attrs={"price_year": "2022/23"}))]),
         "Mixed price years: costs in 2024/25, police in 2022/23."),
        (lambda: wider_value(costs, [item]), "The unit cost of 'police' is negative"),
        (lambda: service_cost(outcomes["calls"], -two[:1]), "The cost per call is negative"),
        (lambda: cost_consequence(outcomes, -prices[:, :1]), "The unit cost of ed_attendance is negative"),
        (lambda: budget_impact(costs, floor, plan=plan, call_growth=0.0, set_up_cost=-two[0]), "The set-up cost is"),
    ):  # fmt: skip
        assert refused(call)[0].startswith(said)


def test_what_is_missing_is_said_once() -> None:
    """An attribute that is not there is missing, and not also wrong; two options without names are not called alike."""
    good = example_outcomes(with_service={"ed": [1.0]}, without_service={"ed": [1.0]})
    for names in (["period_months"], ["synthetic"], ["comparator", "intervention"]):
        left = {name: value for name, value in good.attrs.items() if name not in names}
        lines = refused(lambda left=left: check_outcomes(good.drop_attrs().assign_attrs(left)))
        assert lines[1:] == [f"- attribute {name!r} is missing or empty." for name in names]


def test_what_is_unknown_in_a_valued_consequence_is_unknown_in_the_sum(costs: xr.Dataset) -> None:
    """A price that is not known does not make an avoided attendance free."""
    unknown = costs.assign(cost_avoided=costs["cost_avoided"].where(costs["trust"] != "A"))
    found = value_avoided(unknown)
    assert math.isnan(found.sel(trust="A").item())
    assert found.sel(trust="B").item() == pytest.approx(3464.35)


def test_rows_of_many_trusts_stay_in_their_order() -> None:
    """Twelve trusts, not in the order of the alphabet, three rows each and three of the total; no gaps."""
    trusts = [f"R{number}" for number in range(12, 0, -1)]
    numbers = {"ed": [[2.0] * 12], "stay": [[1.0] * 12]}
    outcomes = example_outcomes(with_service=numbers, without_service=numbers, trusts=trusts)
    costs = cost_consequence(outcomes, xr.DataArray([1.0], coords={"consequence": ["stay"]}, attrs=YEAR))
    details = [ConsequenceDetail(name, "acute", "societal", "low") for name in ("ed", "stay")]
    table = cost_consequence_table(costs, details=details)
    assert table.trust.tolist() == [name for name in [*trusts, "Total"] for _ in range(3)]
    assert table.consequence.tolist() == ["ed", "stay", "All valued consequences"] * 13
    assert table.index.tolist() == list(range(39))


def test_equal_swings_stay_in_the_order_of_the_parameters() -> None:
    """Twenty parameters that move nothing, by two trusts that are not in the order of the alphabet."""
    names = [f"p{number}" for number in range(20)]
    draws = xr.Dataset({name: ("sample", [1.0, 2.0]) for name in names})
    worth = xr.DataArray([[1.0, 2.0], [3.0, 4.0]], dims=("sample", "trust"), coords={"trust": ["Z", "B"]})
    table = one_way(lambda given: worth, draws)
    assert table.parameter.tolist() == names * 2
    assert table.trust.tolist() == ["Z"] * 20 + ["B"] * 20


def test_whole_numbers_are_varied_between_ends_that_are_not() -> None:
    """1, 2, 3 and 4: the middle half is from 1.75 to 3.25, and the result is worked there and not at 1 and 3."""
    draws = xr.Dataset({"people": ("sample", [1, 2, 3, 4])})
    row = one_way(lambda given: 1.0 * given["people"], draws, level=0.5).iloc[0]
    assert (row.low_value, row.high_value, row.at_low, row.at_high, row.swing) == (1.75, 3.25, 1.75, 3.25, 1.5)


def test_capacity_of_two_kinds_is_kept_apart(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> None:
    """Hours of the emergency department, and minutes of a crisis team, which has 20 and 4 more contacts."""
    kinds = [Capacity("ed_attendance", "ED", "hours", 2.0), Capacity("crisis_contact", "crisis team", "minutes", 30.0)]
    budget = budget_impact(
        costs,
        service.sel(basis="floor", drop=True),
        plan=replace(plan, uptake=(1.0,)),
        call_growth=0.0,
        capacities=kinds,
    )
    released = budget["capacity_released"]
    assert released["capacity_payer"].values.tolist() == ["acute", "mental_health_trust"]
    assert released.values.ravel().tolist() == [160, -1200, 60, -240]
    table = budget_table(budget)
    rows = table[(table.measure == "capacity_released") & (table.trust == "Total")]
    assert rows[["capacity", "unit", "payer", "mean"]].to_numpy().tolist() == [
        ["ED", "hours", "acute", 220.0], ["crisis team", "minutes", "mental_health_trust", -1440.0],
    ]  # fmt: skip
    assert np.isfinite(rows.low).all()
