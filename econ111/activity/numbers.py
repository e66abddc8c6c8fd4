"""Numbers as the official publications print them: thousands commas, percent signs, `-` for none.

These files hide and round nothing, so a number is itself or absent; call files go through `cells` instead.
"""

from __future__ import annotations

import re

from econ111.activity.cells import Cell, CellRule, Problem, parse_count

NOTHING_HIDDEN = CellRule()


def parse_whole(text: str) -> int | Problem | None:
    """A whole count, also as `11354.0`, the way a table with gaps is written; `None` when blank or `-`.

    Examples
    --------
    >>> parse_whole("11354.0"), parse_whole("17,502"), parse_whole("-")
    (11354, 17502, None)
    """
    plain = re.sub(r"^([0-9]+)\.0+$", r"\1", text.strip())
    read = parse_count(plain, NOTHING_HIDDEN)
    return read.low if isinstance(read, Cell) else read


def parse_percent(text: str) -> float | Problem | None:
    """A percentage as printed, in percent; `None` when blank or `-` (nothing to divide by).

    Examples
    --------
    >>> parse_percent("73.10%")
    73.1
    """
    plain = text.strip()
    if plain in ("", "-"):
        return None
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?%", plain) and float(plain[:-1]) <= 100:
        return float(plain[:-1])
    return Problem("is not a percentage from 0% to 100%.", "Write it as 73.1%.")
