"""The closed list of units a parameter may have, with the values each can take.

A unit is words, not algebra: `GBP per contact` and `GBP per call` are never converted into each other, because a
recorded contact and a call differ ninefold in cost. The bounds catch slips of scale: a share of 59 instead of 0.59, a
discount rate of 3.5 instead of 0.035, a cost in thousands of pounds. A new unit is a new line here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from econ111.errors import InputError, nearest


@dataclass(frozen=True)
class Unit:
    """One unit: the lowest and highest value that makes sense, and whether it is money (so has a price year)."""

    name: str
    low: float = 0.0
    high: float = math.inf
    money: bool = False


def _money(name: str, high: float) -> Unit:
    return Unit(f"GBP per {name}" if name else "GBP", high=high, money=True)


_ALL = (
    # What one use of a service costs.
    _money("attendance", 10_000),
    _money("call", 2_000),
    _money("case", 10_000),
    _money("consultation", 2_000),
    _money("contact", 10_000),
    _money("recorded contact", 10_000),
    _money("episode", 100_000),
    _money("incident", 10_000),
    _money("occupied bed day", 10_000),
    _money("unit of activity", 10_000),
    # What staff cost.
    _money("minute", 100),
    _money("hour", 1_000),
    _money("year", 1_000_000),
    # What an outcome is worth, and sums of money.
    _money("QALY", 1_000_000),
    _money("WELLBY", 1_000_000),
    _money("", 1e12),
    # Time and capacity.
    Unit("seconds", high=3_600),
    Unit("minutes", high=24 * 60),
    Unit("days", high=366),
    Unit("hours", high=24 * 366),
    Unit("months", high=12 * 100),
    Unit("hours per attendance", high=240),
    Unit("hours per contact", high=240),
    Unit("hours per conveyance", high=24),
    Unit("hours per visit", high=24),
    Unit("bed days per admission", high=366),
    # Counts.
    Unit("calls"),
    Unit("calls per month"),
    Unit("calls per year"),
    Unit("draws"),
    Unit("persons"),
    Unit("attendances per person", high=366.0),
    # Shares, rates and changes.
    Unit("proportion", high=1.0),
    Unit("proportion of basic pay", high=1.0),
    Unit("relative change", low=-1.0, high=10.0),
    Unit("per year", low=-0.5, high=0.5),
    Unit("percent", low=-50.0, high=100.0),
    Unit("rate ratio", high=100.0),
    Unit("variance ratio", low=1.0, high=1_000.0),
    Unit("odds ratio", high=1_000.0),
    Unit("index", high=10_000.0),
    # What the statistical model is told, on its own scales.
    Unit("log rate", low=-20.0, high=20.0),
    Unit("log odds", low=-20.0, high=20.0),
)
UNITS: dict[str, Unit] = {unit.name: unit for unit in _ALL}


def unit_named(name: str) -> Unit:
    """The unit of that name.

    Raises
    ------
    InputError
        When it is not on the list; the message names the nearest or all of them.

    Examples
    --------
    >>> unit_named("GBP per call").money
    True
    """
    if name not in UNITS:
        raise InputError(f"Unit {name!r} is not known. {unit_remedy(name)}")
    return UNITS[name]


def unit_remedy(name: str) -> str:
    """What to do about a unit that is not on the list: the nearest, or those that begin with the same word.

    Examples
    --------
    >>> unit_remedy("GBP per calls")
    "Did you mean 'GBP per call'? New units go in econ111/units.py."
    >>> unit_remedy("hours/visit")
    "Did you mean 'hours per visit'? New units go in econ111/units.py."
    """
    first_word = re.split(r"\W", name)[0]
    alike = [unit for unit in UNITS if first_word and re.split(r"\W", unit)[0] == first_word]
    close = nearest(name, UNITS)
    remedy = close if close.startswith("Did") or not alike else nearest("", alike)
    return f"{remedy} New units go in econ111/units.py."


def is_money(name: str) -> bool:
    """Whether a value in this unit must carry a price year.

    Examples
    --------
    >>> is_money("GBP per attendance"), is_money("hours per attendance")
    (True, False)
    """
    return unit_named(name).money
