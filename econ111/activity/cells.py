"""One printed count: what state it is in, and between which whole numbers the true count lies.

Sources hide and round small counts, each by its own rule, so the rule is an input. With `below = 5`, `base = 5`,
`rounding = nearest` (MHSDS) `*` is 0 to 4, `5` is 5 to 7 and any other printed v is v - 2 to v + 2. With `below = 8`
and `zero_included = false` (ECDS) `*` is 1 to 7. Rounded up to 5, `5` is 1 to 5. A printed v stands for every count
that the rule would print as v; for a `0` that the rule could not print, the zero is believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from econ111.display import Shown

State = Literal["observed", "suppressed", "rounded", "not_supplied", "not_applicable"]
Rounding = Literal["nearest", "up", "none"]

# No count of calls or attendances in any English publication comes near this; a larger one is a slipped decimal.
LARGEST_COUNT = 1_000_000_000
NOT_SUPPLIED_MARKS = ("", "-", "..", "not supplied")
NOT_APPLICABLE_MARKS = ("n/a", "not applicable")

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@")

_COUNT = re.compile(r"[0-9]+|[0-9]{1,3}(,[0-9]{3})+", re.ASCII)
_BELOW = re.compile(r"<\s*([0-9]{1,10})", re.ASCII)
_PLAIN = "Write a whole number such as 1234 or 1,234."


@dataclass(frozen=True)
class Problem(Shown):
    """Why a text was refused, and what to write instead."""

    what: str
    remedy: str


@dataclass(frozen=True)
class CellRule(Shown):
    """How a source hides and rounds: counts under `below` are starred, the rest rounded to `base`."""

    below: int = 0
    zero_included: bool = True
    base: int = 1
    rounding: Rounding = "none"

    @property
    def rounds(self) -> bool:
        """Whether printed counts stand for a range."""
        return self.rounding != "none" and self.base > 1


@dataclass(frozen=True)
class Cell(Shown):
    """State of one count and the whole numbers it lies between; no bounds when there is no count."""

    state: State
    low: int | None = None
    high: int | None = None


def parse_count(text: str, rule: CellRule | None) -> Cell | Problem:
    """Read one printed count under the rule of its source.

    Parameters
    ----------
    text : str
        The cell as printed.
    rule : CellRule or None
        `None` when the rule is not known yet, as in a check of a file alone: a hidden count is then kept without an
        upper bound.

    Returns
    -------
    Cell or Problem
        A cell, or what is wrong with the text and what to do.

    Examples
    --------
    >>> mhsds = CellRule(below=5, base=5, rounding="nearest")
    >>> parse_count("5", mhsds)
    Cell(state='rounded', low=5, high=7)
    >>> parse_count("*", mhsds)
    Cell(state='suppressed', low=0, high=4)
    >>> parse_count("1,234", CellRule())
    Cell(state='observed', low=1234, high=1234)
    """
    mark = text.strip().casefold()
    if mark in NOT_SUPPLIED_MARKS:
        return Cell("not_supplied")
    if mark in NOT_APPLICABLE_MARKS:
        return Cell("not_applicable")
    if mark == "*" or _BELOW.fullmatch(mark):
        return _hidden(mark, rule)
    if not _COUNT.fullmatch(mark):
        return _refused(mark)
    digits = mark.replace(",", "").lstrip("0") or "0"
    if len(digits) > len(str(LARGEST_COUNT)) or (count := int(digits)) > LARGEST_COUNT:
        return Problem("is larger than any count of calls can be.", "Check the number and its unit.")
    return _printed(count, rule or CellRule())


def _hidden(mark: str, rule: CellRule | None) -> Cell | Problem:
    stated = _BELOW.fullmatch(mark)
    limit = int(stated[1]) if stated else None
    if rule is None:
        return Cell("suppressed", 0)
    declare = (
        "Declare how this source hides counts ([data.rules], for example below = 5) and name the rule at its trust."
    )
    if rule.below == 0:
        return Problem("is a hidden count, and no suppression rule is declared for this trust.", declare)
    if limit is not None and limit != rule.below:
        return Problem(f"does not agree with the declared rule, which hides counts below {rule.below}.", declare)
    return Cell("suppressed", 0 if rule.zero_included else 1, rule.below - 1)


def _printed(count: int, rule: CellRule) -> Cell | Problem:
    correct = "Correct the number, or the rule of this trust in [data.rules]."
    if rule.rounds and count % rule.base:
        return Problem(f"is not a multiple of {rule.base}, to which the declared rule rounds.", correct)
    low, high = _before_rounding(count, rule)
    first_hidden = 0 if rule.zero_included else 1
    possible = [n for n in range(low, high + 1) if not first_hidden <= n < rule.below]
    if count == 0 and not possible:
        return Cell("observed", 0, 0)
    if not possible:
        return Problem(f"should have been hidden: the declared rule stars counts below {rule.below}.", correct)
    low, high = possible[0], possible[-1]
    return Cell("rounded" if low < high else "observed", low, high)


def _before_rounding(count: int, rule: CellRule) -> tuple[int, int]:
    """Every count that rounds to the printed one, before any is hidden; a tie rounds up."""
    if not rule.rounds:
        return count, count
    if rule.rounding == "up":
        return max(count - rule.base + 1, 0), count
    return max(count - rule.base // 2, 0), count + (rule.base - 1) // 2


def _refused(mark: str) -> Problem:
    whole = re.fullmatch(r"([0-9]+)\.0+", mark)
    if whole:
        return Problem("is written with a decimal point.", f"Write {whole[1]}.")
    if re.fullmatch(r"-[0-9.,]+|\([0-9.,]+\)|[0-9.,]+-", mark):
        return Problem("is negative; a count cannot be.", f"{_PLAIN} A hidden count is *, a missing one is -.")
    if mark.startswith(FORMULA_STARTS):
        return Problem("begins like a formula.", f"Paste its value. {_PLAIN}")
    if mark.endswith("%"):
        return Problem("is a percentage, not a count.", f"{_PLAIN} Give the count behind the percentage.")
    if re.fullmatch(r"[0-9]*\.[0-9]+", mark):
        return Problem("is a fraction; a count is whole.", _PLAIN)
    if re.fullmatch(r"[0-9]+(,[0-9]+)+", mark):
        return Problem("has a comma that does not mark thousands.", f"{_PLAIN} A decimal comma is not accepted.")
    if mark.startswith(("£", "$", "€")):
        return Problem("is an amount of money, not a count.", _PLAIN)
    return Problem("is not a count.", f"{_PLAIN} A hidden count is *, a missing one is -, an impossible one is n/a.")
