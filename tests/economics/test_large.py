"""Block by block equals the plain functions; and what does not go together is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from econ111.economics import BudgetPlan, budget_impact, cost_consequence, example_outcomes, service_cost
from econ111.economics.large import Block, budget_of_totals, cost_in_blocks
from econ111.errors import InputError
from econ111.parameters import PaymentRule

NAMES = ["ed_attendance", "crisis_contact", "admission"]
DRAWS, TRUSTS = 70, 4
PAYERS = {"ed_attendance": "acute", "crisis_contact": "mental_health_trust", "admission": "acute"}
WORDS = dict.fromkeys(("covers", "source", "locator", "note"), "an example")
RULE = PaymentRule("x", first_year="2025/26", last_year="2027/28", variable_share=1.0, status="local", **WORDS)
PLAN = BudgetPlan("2025/26", (1.0, 0.9, 0.8), PAYERS, "mental_health_trust", {"admission": 0.25}, {"admission": [RULE]})


def whole() -> Block:
    rng = np.random.default_rng(5)
    counts = rng.gamma(4.0, 20.0, size=(2, len(NAMES), TRUSTS, DRAWS))
    return Block(
        counts[0], counts[1], rng.gamma(9.0, 100.0, size=(TRUSTS, DRAWS)),
        rng.gamma(20.0, 10.0, size=(len(NAMES), DRAWS)), rng.gamma(30.0, 3.0, size=DRAWS), 0.05 * rng.random(DRAWS),
    )  # fmt: skip


def in_parts(block: Block, size: int) -> list[Block]:
    parts = []
    for start in range(0, DRAWS, size):
        cut = {name: value[..., start : start + size] for name, value in vars(block).items()}
        parts.append(Block(**cut))
    return parts


def plain(block: Block) -> tuple[xr.Dataset, xr.Dataset]:
    """Costs and budget by the package's plain functions."""
    dims = ("consequence", "trust", "sample")
    coords = {"consequence": NAMES, "trust": list("ABCD")}
    order = ("sample", "estimand", "trust", "consequence")
    counts = xr.Dataset({"with_service": (dims, block.with_service), "without_service": (dims, block.without_service)})
    outcomes = counts.expand_dims(estimand=["net_system"]).transpose(*order).assign_coords(coords)
    outcomes["calls"] = (("sample", "trust"), block.calls.T)
    example = example_outcomes(with_service={"a": [1.0]}, without_service={"a": [1.0]})
    year = {"price_year": "2024/25"}
    prices = xr.DataArray(block.unit_cost.T, dims=("sample", "consequence"), coords={"consequence": NAMES}, attrs=year)
    costs = cost_consequence(outcomes.assign_attrs(example.attrs, period_months=11.0), prices)
    spent = service_cost(outcomes.calls, xr.DataArray(block.cost_per_call, dims="sample", attrs=year))
    growth = xr.DataArray(block.call_growth, dims="sample")
    return costs, budget_impact(costs, spent, plan=PLAN, call_growth=growth).sel(estimand="net_system")


@pytest.mark.parametrize("size", [1, 16, 70])
def test_blocks_of_any_size_equal_the_plain_functions(size: int) -> None:
    """Value, cash and service cost by draw, payer and year, and means of trusts: to twelve digits."""
    block = whole()
    found = cost_in_blocks(iter(in_parts(block, size)), draws=DRAWS)
    costs, budget = plain(block)
    ours = budget_of_totals(found, PLAN, NAMES, period_months=11.0)
    for name in ("economic_value", "cash"):
        theirs = budget[name].sum("trust").sel(payer=ours.payer).transpose(*ours[name].dims)
        np.testing.assert_allclose(ours[name], theirs, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(ours["service_cost"], budget["service_cost"].sum(["trust", "payer"]), rtol=1e-12)
    means = costs["cost_avoided"].sel(estimand="net_system").mean("sample").transpose("consequence", "trust")
    np.testing.assert_allclose(found.mean_value, means, rtol=1e-11)


@pytest.mark.parametrize(
    ("blocks", "draws", "message"),
    [
        (lambda: [], 5, "hold 0 draws"),
        (lambda: [whole()], 71, "hold 70 draws, not 71"),
        (lambda: [whole(), whole()], 80, "does not go with"),
        (lambda: [replace(whole(), cost_per_call=np.ones(3))], 70, "cost_per_call"),
    ],
)
def test_blocks_that_do_not_go_together_are_refused(blocks, draws: int, message: str) -> None:  # type: ignore[no-untyped-def]
    """None at all, too few, too many, and an array of another length."""
    with pytest.raises(InputError, match=message):
        cost_in_blocks(blocks(), draws=draws)
