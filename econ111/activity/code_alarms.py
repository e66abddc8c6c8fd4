"""One trust under two codes in a call file: by the succession table, by site codes, by its counts, or by its months.

Its calls would be counted as those of two, with two launches and two levels, and a merger would look like an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from econ111.activity.calls import Entry
from econ111.activity.months import month_text, months_between
from econ111.activity.reading import CALL_MEASURES
from econ111.activity.succession import Succession, last_successor, read_succession
from econ111.errors import Issue

# Codes of organisations have three characters, and two more for a site of theirs.
CODE, SITE = 3, 5
SAME_COUNTS = 6
DIFFERENT_VALUES = 3
type _Calls = dict[tuple[date, str, str], tuple[int | None, int | None]]
_ONE = "If they are one trust, give its counts under one code, added up month by month."


def two_codes(entries: Sequence[Entry], *, file: str) -> list[Issue]:
    """A warning for each pair of codes that may be one trust, with why.

    Returns
    -------
    list of Issue
        At most one for each pair, in the order of the codes.
    """
    of_trust: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.cell.low is not None:
            of_trust.setdefault(entry.trust, []).append(entry)
    if len(of_trust) < 2:
        return []
    table, calls = read_succession(), {code: _calls(cells) for code, cells in of_trust.items()}
    ends = {code: last_successor(code, table) for code in of_trust}
    spans = {code: (min(e.month for e in cells), max(e.month for e in cells)) for code, cells in of_trust.items()}
    period = min(first for first, _ in spans.values()), max(last for _, last in spans.values())
    issues = []
    for one, other in combinations(sorted(of_trust), 2):
        why = _succeeds(one, other, table, period[1]) if ends[one] == ends[other] else None
        why = why or _site(one, other) or _same_counts(calls[one], calls[other])
        why = why or _hand_over({one: spans[one], other: spans[other]}, period)
        if why:
            row = min(entry.row for entry in of_trust[other])
            issues.append(Issue("warning", file, row, f"{one} and {other} may be one trust: {why}.", _ONE, "trust"))
    return issues


def _calls(cells: Sequence[Entry]) -> _Calls:
    return {(e.month, e.line, e.measure): (e.cell.low, e.cell.high) for e in cells if e.measure in CALL_MEASURES}


def _succeeds(one: str, other: str, table: Sequence[Succession], last: date) -> str | None:
    dates = [each.date for each in table if each.predecessor in (one, other)]
    return f"the succession table joins them from {min(dates)}" if dates and min(dates) <= last else None


def _site(one: str, other: str) -> str | None:
    trust, site = sorted((one, other), key=len)
    if len(trust) == CODE and len(site) == SITE and site.casefold().startswith(trust.casefold()):
        return f"{site} reads like the code of a site of {trust}"
    return None


def _same_counts(mine: _Calls, theirs: _Calls) -> str | None:
    """Whether two codes give the same calls in every month that both give."""
    common = mine.keys() & theirs.keys()
    if any(mine[key] != theirs[key] for key in common):
        return None
    months, values = {month for month, _, _ in common}, {mine[key] for key in common}
    if len(months) < SAME_COUNTS or len(values) < DIFFERENT_VALUES:
        return None
    return f"their calls are the same in each of {len(months)} months"


def _hand_over(spans: dict[str, tuple[date, date]], period: tuple[date, date]) -> str | None:
    before, after = sorted(spans, key=lambda code: spans[code][0])
    ends, begins = spans[before][1], spans[after][0]
    follows = begins > ends and len(months_between(ends, begins)) == 2
    if not follows or spans[before][0] != period[0] or spans[after][1] != period[1]:
        return None
    return f"{before} ends in {month_text(ends)} and {after} begins the month after"
