"""How numbers are written for readers; the CSV files keep them whole.

Counts of 1,000 and more are rounded to three significant figures, smaller ones to the nearest 1. Money is in one unit
per table, named in its heading. What is not known is a dash, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

UNKNOWN = "–"
MINUS = "−"
# What three significant figures make a million of.
MILLIONS_FROM = 999_500


@dataclass(frozen=True)
class MoneyUnit:
    """Unit of the money in one table: its sign, how many GBP it is, and the decimals shown."""

    label: str
    size: float
    decimals: int


def count(value: float) -> str:
    """A count for readers.

    Examples
    --------
    >>> count(12_345.6), count(-3.4), count(float("nan"))
    ('12,300', '−3', '–')
    """
    return figure(value, decimals=0)


def figure(value: float, *, decimals: int) -> str:
    """A number with three significant figures from 1,000 up, and a fixed number of decimals below.

    Examples
    --------
    >>> figure(0.26, decimals=1), figure(98_765, decimals=1)
    ('0.3', '98,800')
    """
    if not math.isfinite(value):
        return UNKNOWN
    rounded = float(f"{value:.3g}") if abs(value) >= 1000 else round(value, decimals)
    text = f"{abs(rounded):,.{0 if abs(rounded) >= 1000 else decimals}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def exact(value: float, decimals: int = 0) -> str:
    """A published number, which is not rounded further.

    Examples
    --------
    >>> exact(1234.0), exact(-0.2, 2), exact(float("nan"))
    ('1,234', '−0.20', '–')
    """
    if not math.isfinite(value):
        return UNKNOWN
    rounded = round(value, decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def interval(low: float, high: float, show: Callable[[float], str] = count) -> str:
    """Both ends of an interval.

    Examples
    --------
    >>> interval(-12.0, 340.2), interval(0.0, 0.0)
    ('−12 to 340', '0')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNKNOWN
    first, last = show(low), show(high)
    return first if first == last else f"{first} to {last}"


def money_unit(values: Iterable[float]) -> MoneyUnit:
    """The unit in which the largest of some amounts of GBP reads best.

    Examples
    --------
    >>> money_unit([1_250_000.0]).label, money_unit([980.0]).label
    ('£000', '£')
    """
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest < 10_000:
        return MoneyUnit("£", 1.0, 0)
    if largest < 100_000_000:
        return MoneyUnit("£000", 1_000.0, 0 if largest >= 1_000_000 else 1)
    return MoneyUnit("£m", 1_000_000.0, 0 if largest >= 1_000_000_000 else 1)


def money(value: float, unit: MoneyUnit) -> str:
    """An amount of GBP in a table's unit, without the unit.

    Examples
    --------
    >>> money(1_250_400.0, MoneyUnit("£000", 1_000.0, 0))
    '1,250'
    """
    return figure(value / unit.size, decimals=unit.decimals)


def money_words(value: float) -> str:
    """An amount of GBP inside a sentence.

    Examples
    --------
    >>> money_words(1_254_000.0), money_words(-83_210.0), money_words(17.8)
    ('£1.25m', '−£83,200', '£17.80')
    """
    if not math.isfinite(value):
        return "an unknown sum"
    sign, size = (MINUS if value < 0 else ""), abs(value)
    if size >= MILLIONS_FROM:
        return f"{sign}£{float(f'{size / 1e6:.3g}'):,.4g}m"
    if size >= 1000:
        return f"{sign}£{float(f'{size:.3g}'):,.0f}"
    return f"{sign}£{size:,.2f}"


def money_span(low: float, high: float) -> str:
    """Both ends of an interval in GBP inside a sentence, in one unit: that of the end further from nothing.

    Examples
    --------
    >>> money_span(-890_000.0, 4_853_000.0), money_span(12.3, 4_853.0), money_span(-1.0, 17.8)
    ('−£0.89m to £4.85m', '£12 to £4,850', '−£1.00 to £17.80')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{money_words(low)} to {money_words(high)}"
    largest = max(abs(low), abs(high))
    size, ending = (1e6, "m") if largest >= MILLIONS_FROM else (1.0, "")
    decimals = max(2 - math.floor(math.log10(float(f"{largest / size:.3g}"))), 0) if ending else 0
    decimals = decimals if largest >= 1000 else 2
    ends = []
    for end in (low, high):
        shown = round(float(f"{end / size:.3g}") if largest >= 1000 else end, decimals)
        ends.append(f"{MINUS if shown < 0 else ''}£{abs(shown):,.{decimals}f}{ending}")
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def probability(value: float) -> str:
    """A probability, which never prints as certain.

    Examples
    --------
    >>> probability(0.99995), probability(0.126)
    ('over 99.9%', '12.6%')
    """
    if not math.isfinite(value):
        return UNKNOWN
    if value > 0.999:
        return "over 99.9%"
    if value < 0.001:
        return "under 0.1%"
    return f"{value:.1%}"


def percent(value: float) -> str:
    """A share, to one decimal.

    Examples
    --------
    >>> percent(0.3456)
    '34.6%'
    """
    return f"{value:.1%}" if math.isfinite(value) else UNKNOWN


def plain_value(value: object, unit: str = "") -> str:
    """A parameter's value: pence for GBP, otherwise up to four significant figures.

    Examples
    --------
    >>> plain_value(280.17, "GBP per attendance"), plain_value(0.166666, "hours"), plain_value(263631.0)
    ('280.17', '0.1667', '263,631')
    """
    number = as_number(value)
    if not math.isfinite(number):
        return UNKNOWN
    if unit.startswith("GBP") and abs(number) < 1e6:
        return f"{number:,.2f}".replace("-", MINUS)
    return f"{number:,.0f}".replace("-", MINUS) if abs(number) >= 1000 else f"{number:.4g}".replace("-", MINUS)


def as_number(value: object) -> float:
    """A number from a table cell that may hold text; NaN when it holds none.

    Examples
    --------
    >>> as_number("4,270"), as_number("")
    (4270.0, nan)
    """
    try:
        return float(str(value).replace(",", ""))
    except ValueError:
        return float("nan")
