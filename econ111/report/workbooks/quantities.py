"""Results as formulas over columns of draws, each with the value that these draws give.

mean = SUMPRODUCT(draws) / number of draws; an end of an interval = PERCENTILE(draws, share below it), which is the
equal-tailed quantile with linear interpolation that the package uses everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from econ111.report.workbooks.cells import Live
from econ111.report.workbooks.inputs import Numbers
from econ111.report.workbooks.layout import WORKINGS, Layout


@dataclass(frozen=True)
class Quantity:
    """One quantity in every draw: the expression that a spreadsheet evaluates, and the draws themselves."""

    expression: str
    draws: Numbers

    def mean(self, layout: Layout) -> Live:
        """Mean over the draws."""
        return Live(f"SUMPRODUCT({self.expression})/{layout.draws}", float(self.draws.mean()))

    def chance_above_zero(self, layout: Layout) -> Live:
        """Share of the draws above 0."""
        value = float((self.draws > 0).mean())
        return Live(f"SUMPRODUCT(--(({self.expression})>0))/{layout.draws}", value)

    def ends(self, layout: Layout) -> tuple[Live, Live]:
        """Lower and upper end of the interval."""
        tail = (1 - layout.priced.inputs.level.used) / 2
        low, high = np.percentile(self.draws, [100 * tail, 100 * (1 - tail)])
        return (
            Live(f"PERCENTILE({self.expression},{layout.used('low_tail')})", float(low), array=True),
            Live(f"PERCENTILE({self.expression},{layout.used('high_tail')})", float(high), array=True),
        )

    def summary(self, layout: Layout) -> tuple[Live, Live, Live]:
        """Mean, lower and upper end."""
        return (self.mean(layout), *self.ends(layout))


def value(layout: Layout, trust: int, *, settled: bool = False) -> Quantity:
    """What the avoided consequences are worth over the evaluated period; `settled`: over what a year is made from.

    That is a settled month of each trust where the budget starts from settled months, and else the period itself.
    """
    if settled and layout.priced.volume is not None:
        which = layout.settled_total + len(layout.priced.consequences)
        return Quantity(_settled(layout, trust, layout.value(trust), which), layout.priced.settled.value[:, trust])
    return Quantity(layout.value(trust), layout.priced.value[:, trust])


def service_cost(layout: Layout, trust: int, *, settled: bool = False) -> Quantity:
    """What the service costs on the base chosen; `settled` as for `value`."""
    if settled and layout.priced.volume is not None:
        which = layout.settled_total + len(layout.priced.consequences) + 1
        draws = layout.priced.settled.service_cost[:, trust]
        return Quantity(_settled(layout, trust, layout.service_cost(trust), which), draws)
    return Quantity(layout.service_cost(trust), layout.priced.service_cost[:, trust])


def _settled(layout: Layout, trust: int, expression: str, total: int) -> str:
    """Of a trust: the period times the trust's volume. Of the total: its own column, added up over trusts."""
    if trust == layout.total:
        return layout.column(WORKINGS, total)
    return f"{expression}*{layout.volume(trust)}"


def net_value(layout: Layout, trust: int) -> Quantity:
    """Value less cost on the base chosen; positive favours the service."""
    priced = layout.priced
    return Quantity(layout.net_value(trust), priced.value[:, trust] - priced.service_cost[:, trust])


def calls(layout: Layout, trust: int) -> Quantity:
    """Answered calls."""
    return Quantity(layout.calls(trust), layout.priced.calls[:, trust])


def avoided(layout: Layout, trust: int, place: int, *, settled: bool = False) -> Quantity:
    """How many fewer of one consequence; `settled` as for `value`."""
    if settled and layout.priced.volume is not None:
        expression = _settled(layout, trust, layout.avoided(trust, place), layout.settled_total + place)
        return Quantity(expression, layout.priced.settled.avoided[:, trust, place])
    return Quantity(layout.avoided(trust, place), layout.priced.avoided[:, trust, place])


def unit_cost(layout: Layout, place: int) -> Quantity:
    """Unit cost of a valued consequence."""
    return Quantity(layout.price(layout.priced.inputs.unit_costs[place].key), layout.priced.unit_costs[:, place])


def cost_avoided(layout: Layout, trust: int, places: Sequence[int], *, settled: bool = False) -> Quantity:
    """Cost avoided, added over some valued consequences; `settled` as for `value`."""
    parts = [(avoided(layout, trust, place, settled=settled), unit_cost(layout, place)) for place in places]
    expression = "+".join(f"{fewer.expression}*{cost.expression}" for fewer, cost in parts)
    return Quantity(expression, np.sum([fewer.draws * cost.draws for fewer, cost in parts], axis=0))


def on_base(layout: Layout, trust: int, base: int) -> tuple[Quantity, Quantity]:
    """Service cost and net value on one of the bases, whichever is chosen."""
    priced = layout.priced
    one = priced.inputs.bases[base]
    spent = priced.cost_on(base)[:, trust]
    cost = f"{layout.charged_calls(trust, base)}*{layout.spread_column(one.key)}*{layout.used(one.key)}"
    return Quantity(cost, spent), Quantity(f"{layout.value(trust)}-{cost}", priced.value[:, trust] - spent)


def in_year(layout: Layout, quantity: Quantity, year: int) -> Quantity:
    """A quantity of what a year is made from (see `value`) over one budget year."""
    factor = layout.priced.factors[:, year - 1]
    within = quantity.expression if "+" not in quantity.expression else f"({quantity.expression})"
    return Quantity(f"{within}*{layout.price(f'factor_{year}')}", quantity.draws * factor)


def cash(layout: Layout, trust: int, places: Sequence[int]) -> Quantity:
    """The part of some costs avoided, over what a year is made from, that leaves a budget line."""
    shares = layout.priced.inputs.cash_shares
    parts = [(cost_avoided(layout, trust, [place], settled=True), shares[place]) for place in places]
    expression = "+".join(f"{cost.expression}*{layout.used(share.key)}" for cost, share in parts)
    return Quantity(expression, np.sum([cost.draws * share.used for cost, share in parts], axis=0))


def capacity(layout: Layout, trust: int, keys: Sequence[tuple[int, int]]) -> Quantity:
    """Capacity released over what a year is made from, added over pairs of places of a consequence and its capacity."""
    parts = [
        (avoided(layout, trust, place, settled=True), layout.price(layout.priced.inputs.capacities[which].key), which)
        for place, which in keys
    ]
    expression = "+".join(f"{fewer.expression}*{price}" for fewer, price, _ in parts)
    units = layout.priced.capacity_units
    return Quantity(expression, np.sum([fewer.draws * units[:, which] for fewer, _, which in parts], axis=0))
