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
from econ111.activity.succession import last_successor, read_succession
from econ111.errors import Issue

# Codes of organisations have three characters, and two more for a site of theirs.
CODE, SITE = 3, 5
SAME_COUNTS = 6
DIFFERENT_VALUES = 3
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
    first, last = min(e.month for e in entries), max(e.month for e in entries)
    issues = []
    for one, other in combinations(sorted(of_trust), 2):
        mine, theirs = of_trust[one], of_trust[other]
        why = _succeeds(one, other, last) or _site(one, other) or _same_counts(mine, theirs)
        why = why or _hand_over(one, mine, other, theirs, (first, last))
        if why:
            row = min(entry.row for entry in theirs)
            issues.append(Issue("warning", file, row, f"{one} and {other} may be one trust: {why}.", _ONE, "trust"))
    return issues


def _succeeds(one: str, other: str, last: date) -> str | None:
    table = read_succession()
    if last_successor(one, table) != last_successor(other, table):
        return None
    dates = [each.date for each in table if each.predecessor in (one, other)]
    return f"the succession table joins them from {min(dates)}" if dates and min(dates) <= last else None


def _site(one: str, other: str) -> str | None:
    trust, site = sorted((one, other), key=len)
    if len(trust) == CODE and len(site) == SITE and site.casefold().startswith(trust.casefold()):
        return f"{site} reads like the code of a site of {trust}"
    return None


def _same_counts(mine: Sequence[Entry], theirs: Sequence[Entry]) -> str | None:
    """Whether two codes give the same calls in every month that both give."""
    counts = [
        {(e.month, e.line, e.measure): (e.cell.low, e.cell.high) for e in cells if e.measure in CALL_MEASURES}
        for cells in (mine, theirs)
    ]
    common = counts[0].keys() & counts[1].keys()
    months, values = {month for month, _, _ in common}, {counts[0][key] for key in common}
    if len(months) < SAME_COUNTS or len(values) < DIFFERENT_VALUES:
        return None
    same = all(counts[0][key] == counts[1][key] for key in common)
    return f"their calls are the same in each of {len(months)} months" if same else None


def _hand_over(
    one: str, mine: Sequence[Entry], other: str, theirs: Sequence[Entry], period: tuple[date, date]
) -> str | None:
    spans = {code: [e.month for e in cells] for code, cells in ((one, mine), (other, theirs))}
    before, after = sorted(spans, key=lambda code: min(spans[code]))
    ends, begins = max(spans[before]), min(spans[after])
    follows = begins > ends and len(months_between(ends, begins)) == 2
    if not follows or min(spans[before]) != period[0] or max(spans[after]) != period[1]:
        return None
    return f"{before} ends in {month_text(ends)} and {after} begins the month after"
