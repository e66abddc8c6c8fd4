"""Costs and budget of very many draws, block by block, in memory that does not grow with them.

The plain functions hold every draw of every trust and consequence; a million draws of sixty trusts and six consequences
are 2.9 GB for one column. Here draws come in blocks, and of each block two sums are kept:

    by draw     sum over trusts of (without - with) x unit cost, for each consequence: everything that a total needs
    by trust    sum over draws of the same, for each consequence: everything that a mean needs

Intervals are of totals; trusts have means. Both are summed while a block is read once, so that the speed of memory is
what limits them. The plain functions are the reference that this must equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numba
import numpy as np
import xarray as xr

from econ111.economics.budget_plan import BudgetPlan, volume_factors, year_index
from econ111.errors import InputError


@dataclass(frozen=True)
class Block:
    """Some draws: numbers (consequence, trust, draw), calls (trust, draw), prices (consequence, draw) and (draw).

    All in one price year, over one evaluation period. Draws stand last, so that they are next to each other in memory.
    """

    without_service: np.ndarray
    with_service: np.ndarray
    calls: np.ndarray
    unit_cost: np.ndarray
    cost_per_call: np.ndarray
    call_growth: np.ndarray


@dataclass(frozen=True)
class LargeCosts:
    """What is kept: `value` (consequence, draw), `service_cost` (draw), `call_growth` (draw); means of trusts.

    `mean_value` (consequence, trust) and `mean_calls` (trust) are over all draws. GBP and calls of the period.
    """

    value: np.ndarray
    service_cost: np.ndarray
    call_growth: np.ndarray
    mean_value: np.ndarray
    mean_calls: np.ndarray


def cost_in_blocks(blocks: Iterable[Block], *, draws: int) -> LargeCosts:
    """Cost-consequence of all blocks together.

    Parameters
    ----------
    blocks : iterable of Block
        One after another, each used once; a generator keeps memory low.
    draws : int
        How many draws they hold together.

    Returns
    -------
    LargeCosts
        Value avoided is positive when less is spent.

    Raises
    ------
    InputError
        When there is no block, shapes differ between or within blocks, or the number of draws is not as said.

    Examples
    --------
    One consequence, one trust, two draws: 40 and 20 avoided at GBP 10 and 20.

    >>> block = Block(np.array([[[100.0, 80.0]]]), np.array([[[60.0, 60.0]]]), np.array([[5.0, 5.0]]),
    ...               np.array([[10.0, 20.0]]), np.array([2.0, 2.0]), np.array([0.0, 0.0]))
    >>> found = cost_in_blocks([block], draws=2)
    >>> found.value.tolist(), found.mean_value.tolist(), found.service_cost.tolist()
    ([[400.0, 400.0]], [[400.0]], [10.0, 10.0])
    """
    kept: LargeCosts | None = None
    start = 0
    for block in blocks:
        shape = _checked(block)
        if kept is None:
            consequences, trusts, _ = shape
            kept = LargeCosts(
                np.empty((consequences, draws)), np.empty(draws), np.empty(draws),
                np.zeros((consequences, trusts)), np.zeros(trusts),
            )  # fmt: skip
        stop = start + shape[2]
        if shape[:2] != kept.mean_value.shape or stop > draws:
            raise InputError(
                f"A block of shape {shape} does not go with {kept.mean_value.shape} consequences and trusts and "
                f"{draws} draws in all."
            )
        _add(block, kept, slice(start, stop))
        start = stop
    if kept is None or start != draws:
        raise InputError(f"The blocks hold {start} draws, not {draws}. Say how many there are.")
    kept.mean_value[:] /= draws
    kept.mean_calls[:] /= draws
    return kept


def budget_of_totals(
    costs: LargeCosts, plan: BudgetPlan, consequences: list[str], *, period_months: float
) -> xr.Dataset:
    """Budget impact of all trusts together, by payer and year, draw by draw.

    Parameters
    ----------
    costs : LargeCosts
        From `cost_in_blocks`.
    plan : BudgetPlan
        Years, uptake and payers.
    consequences : list of str
        Names, in the order of the blocks.
    period_months : float
        Length of the evaluation period.

    Returns
    -------
    Dataset (sample, payer, year)
        `economic_value` and `cash`, positive is freed; `service_cost` (sample, year), positive is spent, by the payer
        of the service. GBP, undiscounted, real.
    """
    growth = xr.DataArray(costs.call_growth, dims="sample")
    factor = volume_factors(plan, call_growth=growth, period_months=period_months).values
    shape = (len(costs.service_cost), len(plan.payer_names), len(plan.years))
    value, cash = np.zeros(shape), np.zeros(shape)
    for name, one in zip(consequences, costs.value, strict=True):
        payer = plan.payer_names.index(plan.payers[name])
        yearly = one[:, None] * factor
        value[:, payer] += yearly
        if plan.cash_shares.get(name, 0.0):
            cash[:, payer] += yearly * plan.cash_shares[name]
    dims = ("sample", "payer", "year")
    return xr.Dataset(
        {
            "economic_value": (dims, value),
            "cash": (dims, cash),
            "service_cost": (("sample", "year"), costs.service_cost[:, None] * factor),
        },
        coords={"payer": plan.payer_names, **year_index(plan).coords},
        attrs={"unit": "GBP", "price_basis": "real", "discounting": "undiscounted"},
    )


def _add(block: Block, kept: LargeCosts, place: slice) -> None:
    """One block: everything is read once; sums over trusts stay in the cache while the block passes."""
    value, calls = np.empty(block.unit_cost.shape), np.empty(block.cost_per_call.shape)
    _sum_values(block.without_service, block.with_service, block.unit_cost, value, kept.mean_value)
    _sum_calls(block.calls, calls, kept.mean_calls)
    kept.value[:, place] = value
    kept.service_cost[place] = calls * block.cost_per_call
    kept.call_growth[place] = block.call_growth


# Sums may be taken in any order, so that several draws are added at once.
@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _sum_values(without, with_service, price, value, mean):  # type: ignore[no-untyped-def]
    """Value by consequence and draw, and its sum over draws by consequence and trust, added to `mean`."""
    consequences, trusts, draws = without.shape
    for item in range(consequences):
        own, paid = value[item], price[item]
        own[:] = 0.0
        for trust in range(trusts):
            before, after = without[item, trust], with_service[item, trust]
            total = 0.0
            for draw in range(draws):
                avoided = before[draw] - after[draw]
                own[draw] += avoided
                total += avoided * paid[draw]
            mean[item, trust] += total
        for draw in range(draws):
            own[draw] *= paid[draw]


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _sum_calls(calls, together, mean):  # type: ignore[no-untyped-def]
    """Calls of all trusts by draw, and their sum over draws by trust, added to `mean`."""
    together[:] = 0.0
    for trust in range(calls.shape[0]):
        own, total = calls[trust], 0.0
        for draw in range(own.size):
            together[draw] += own[draw]
            total += own[draw]
        mean[trust] += total


def _checked(block: Block) -> tuple[int, int, int]:
    shape = block.without_service.shape
    consequences, trusts, draws = shape
    wanted = {
        "with_service": shape, "calls": (trusts, draws), "unit_cost": (consequences, draws),
        "cost_per_call": (draws,), "call_growth": (draws,),
    }  # fmt: skip
    wrong = [
        f"{name} {getattr(block, name).shape}, not {one}"
        for name, one in wanted.items()
        if getattr(block, name).shape != one
    ]
    if wrong:
        raise InputError(f"A block's arrays do not go together: {'; '.join(wrong)}.")
    return consequences, trusts, draws
