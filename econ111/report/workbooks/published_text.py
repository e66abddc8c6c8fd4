"""Texts and numbers for accessible tables: sanitised before the library sees them, and rounded as on the page.

The library reads `$$name$$` as a reference to a note and `[text](address)` as a link, and refuses cells without a
letter or digit. None of that may come from a name in the data.
"""

from __future__ import annotations

import math
import re
from numbers import Real

from econ111.report.csv_files import inert
from econ111.report.labels import clean

NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"
LEGEND = "Some cells hold shorthand: [x] = not available, [z] = not applicable."
LONGEST_CELL = 2_000
_PLAIN = re.compile("[a-zA-Z0-9]")


def safe_text(text: object) -> str:
    """A text that neither the library nor a spreadsheet takes for anything else; shorthand where there is none.

    Examples
    --------
    >>> safe_text("=cmd()"), safe_text("$$x$$"), safe_text("[a](b)"), safe_text("★"), safe_text("")
    ("'=cmd()", '$ $x$ $', '[a] (b)', 'text: ★', '[z]')
    """
    plain = clean(text).strip()[:LONGEST_CELL]
    if not plain:
        return NOT_APPLICABLE
    while "$$" in plain:
        plain = plain.replace("$$", "$ $")
    plain = str(inert(plain.replace("](", "] (")))
    return plain if _PLAIN.search(plain) else f"text: {plain}"


def rounded(value: object, *, decimals: int = 0) -> float | str:
    """A number with three significant figures from 1,000 up, else with some decimals; shorthand where it is unknown.

    Examples
    --------
    >>> rounded(12_345.6), rounded(-3.4), rounded(280.174, decimals=2), rounded(float("nan"))
    (12300.0, -3.0, 280.17, '[x]')
    """
    number = float(value) if isinstance(value, Real) else math.nan
    if not math.isfinite(number):
        return NOT_AVAILABLE
    return float(f"{number:.3g}") if abs(number) >= 1000 else round(number, decimals) + 0.0


def chance(value: object) -> float | str:
    """A probability as a percentage to one decimal, never certain.

    Examples
    --------
    >>> chance(0.126), chance(1.0), chance(float("nan"))
    (12.6, 'over 99.9', '[z]')
    """
    number = float(value) if isinstance(value, Real) else math.nan
    if not math.isfinite(number):
        return NOT_APPLICABLE
    if number > 0.999:
        return "over 99.9"
    return "under 0.1" if number < 0.001 else round(100 * number, 1)
