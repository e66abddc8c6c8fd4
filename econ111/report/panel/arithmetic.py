"""What the browser computes, in Python: the same draws under other prices.

    cost avoided = avoided * unit cost            per consequence; positive is less spent
    value        = sum of cost avoided            over valued consequences
    worth        = threshold * avoided attendances
    spent        = calls * cost per call          on a line from the people up, calls weighted by each trust's cost
    net value    = value + worth - spent          positive favours the service

all draw by draw, then summarised. A price that the reader enters multiplies every draw of the report's price by
entered / stated, so that its relative uncertainty stays; where there was none to multiply, it is the same in each draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from econ111.display import Shown
from econ111.economics.totals import TOTAL
from econ111.errors import InputError
from econ111.report.panel.attendance import AS_DRAWN
from econ111.report.panel.payload import unpack

type Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Settings(Shown):
    """What a reader may change. Costs in GBP per unit, None where not valued; `cash_share` 0 to 1 by consequence."""

    trust: str
    estimand: str
    basis: str
    cost_per_call: float
    threshold: float
    unit_cost: Mapping[str, float | None] = field(default_factory=dict)
    cash_share: Mapping[str, float] = field(default_factory=dict)
    attending: str = AS_DRAWN


@dataclass(frozen=True)
class Amount(Shown):
    """Mean and ends of the interval of one quantity."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, repr=False)
class Repriced(Shown):
    """One setting's results: amounts in GBP over the evaluated period, `avoided` in natural units, positive = fewer."""

    amounts: Mapping[str, Amount]
    avoided: Mapping[str, Amount]
    cost_avoided: Mapping[str, Amount | None]
    probability: float
    break_even: float


def default_settings(payload: Mapping[str, Any]) -> Settings:
    """The settings under which the report's tables were made."""
    chosen = payload["chosen"]
    return Settings(
        trust=chosen["trust"],
        estimand=chosen["estimand"],
        basis=chosen["basis"],
        cost_per_call=payload["cost_per_call"][chosen["basis"]],
        threshold=chosen["threshold"],
        unit_cost=payload["unit_cost"],
        cash_share={name: payload["cash_share"].get(name, 0.0) for name, _ in payload["consequences"]},
        attending=chosen["attending"],
    )


def reprice(payload: Mapping[str, Any], settings: Settings) -> Repriced:
    """Results of the embedded draws under some settings.

    Parameters
    ----------
    payload : mapping
        From `panel_payload`.
    settings : Settings
        Names must be among the payload's.

    Returns
    -------
    Repriced
        `amounts`: value, worth, spent, net and cash.

    Raises
    ------
    InputError
        When a name is not among the payload's choices.
    """
    names = [name for name, _ in payload["consequences"]]
    numbers = {name: unpack(packed) for name, packed in payload["numbers"].items()}
    place = _place(settings.estimand, payload["estimands"], "estimand")
    trusts = _trusts(settings.trust, payload["trust_order"])
    avoided = dict(zip(names, numbers["avoided"][place][trusts].sum(axis=0), strict=True))
    attending = _place(settings.attending, payload["attending"], "attendance scenario")
    if attending:
        moved = numbers["moved"][attending - 1][place][trusts].sum(axis=0)
        avoided |= dict(zip(payload["moved"], moved, strict=True))
    calls = numbers["calls"][trusts].sum(axis=0)
    basis = _place(settings.basis, payload["bases"], "basis")
    per_call = _priced(
        numbers["cost_per_call"][basis], payload["cost_per_call"][settings.basis], settings.cost_per_call
    )
    cost = {
        name: avoided[name] * _priced(numbers["unit_cost"][at], payload["unit_cost"][name], price)
        for at, name in enumerate(names)
        if (price := settings.unit_cost.get(name)) is not None
    }
    nothing = np.zeros_like(calls)
    value = sum(cost.values(), nothing)
    cash = sum((settings.cash_share.get(name, 0.0) * draws for name, draws in cost.items()), nothing)
    worth = settings.threshold * avoided.get(payload["attendance"], nothing)
    charged = numbers["staffed_calls"][trusts].sum(axis=0) if settings.basis == payload["staffed_basis"] else calls
    spent = charged * per_call
    net = value + worth - spent
    level = payload["level"]
    drawn = {"value": value, "worth": worth, "spent": spent, "net": net, "cash": cash}
    return Repriced(
        amounts={name: _amount(draws, level) for name, draws in drawn.items()},
        avoided={name: _amount(draws, level) for name, draws in avoided.items()},
        cost_avoided={name: _amount(cost[name], level) if name in cost else None for name in names},
        probability=float((net > 0).mean()),
        break_even=float((value + worth).mean() / calls.mean()) if calls.mean() > 0 else float("nan"),
    )


def _priced(draws: Draws, stated: float | None, entered: float) -> Draws:
    return draws * (entered / stated) if stated else np.full_like(draws, entered)


def _trusts(trust: str, order: list[str]) -> list[int]:
    if trust == TOTAL:
        return list(range(len(order)))
    return [_place(trust, [(code, code) for code in order], "trust")]


def _place(name: str, choices: list[tuple[str, str]], what: str) -> int:
    keys = [key for key, _ in choices]
    if name not in keys:
        raise InputError(f"The panel has no {what} {name!r}. Use one of: {', '.join(keys)}.")
    return keys.index(name)


def _amount(draws: Draws, level: float) -> Amount:
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Amount(float(draws.mean()), float(low), float(high))
