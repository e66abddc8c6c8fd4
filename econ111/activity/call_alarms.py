"""Counts that are possible but unlikely: zeros that mean missing, sudden jumps, frozen series, calls counted twice.

A block of zeros across trusts is more often a failed return than a silent month; a tenfold step is more often a changed
definition than a change in calls. Nothing is altered: the person who knows the service decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from econ111.activity.calls import MERGED_BY, CallLayout, Entry
from econ111.activity.months import month_text
from econ111.activity.reading import CALL_MEASURES
from econ111.errors import Issue

JUMP_FACTOR = 10
# Below this size a tenfold step is ordinary chance.
JUMP_SIZE = 100
CONSTANT_MONTHS = 6
ANSWER_MEASURES = ("calls_offered", "calls_answered")


def alarms(entries: Iterable[Entry], layout: CallLayout, *, file: str) -> list[Issue]:
    """Warnings about a call file; cells before a launch are left out.

    Returns
    -------
    list of Issue
        Warnings; an error where the same calls may stand in two categories.
    """
    counted = [entry for entry in entries if entry.cell.low is not None and entry.cell.high is not None]
    launched = [entry for entry in counted if not _early(entry, layout)]
    launched.sort(key=lambda entry: (entry.trust, entry.line, entry.measure, entry.month))
    series: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in launched:
        series.setdefault((entry.trust, entry.line, entry.measure), []).append(entry)
    issues = _simultaneous_zeros(launched, file)
    for cells in series.values():
        issues += _jumps([entry for entry in cells if not _launching(entry, layout)], file)
        issues += _constant(cells, file)
    return issues + _counted_twice(launched, file)


def _early(entry: Entry, layout: CallLayout) -> bool:
    launch = layout.trusts[entry.trust].launch_month
    return entry.line == "mental" and launch is not None and entry.month < launch


def _launching(entry: Entry, layout: CallLayout) -> bool:
    """The mental line's first month, which may be a few days long: a jump after it is the launch itself."""
    return entry.line == "mental" and entry.month == layout.trusts[entry.trust].launch_month


def _simultaneous_zeros(entries: Sequence[Entry], file: str) -> list[Issue]:
    issues = []
    for line in sorted({entry.line for entry in entries}):
        for measure in ANSWER_MEASURES:
            cells = [entry for entry in entries if entry.line == line and entry.measure == measure]
            for month in sorted({entry.month for entry in cells if entry.cell.high == 0}):
                here = [entry for entry in cells if entry.month == month]
                if len(here) > 1 and all(entry.cell.high == 0 for entry in here) and len(here) < len(cells):
                    what = f"{measure} on the {line} line is 0 in all {len(here)} trusts in {month_text(month)}."
                    remedy = "If no returns were made, write - instead of 0."
                    row = min(entry.row for entry in here)
                    issues.append(Issue("warning", file, row, what, remedy, "value", "0"))
    return issues


def _jumps(cells: Sequence[Entry], file: str) -> list[Issue]:
    issues = []
    for before, after in pairwise(cells):
        small, large = sorted((_middle(before), _middle(after)))
        if large >= JUMP_SIZE and large >= JUMP_FACTOR * small:
            what = f"{_named(after)} goes from {before.text} in {month_text(before.month)} to {after.text}."
            remedy = "Check the unit and the definition; the counts are used as they are."
            issues.append(Issue("warning", file, after.row, what, remedy, "value", after.text))
    return issues


def _constant(cells: Sequence[Entry], file: str) -> list[Issue]:
    values = {(entry.cell.low, entry.cell.high) for entry in cells}
    if len(cells) < CONSTANT_MONTHS or len(values) > 1:
        return []
    first = cells[0]
    small = first.cell.state == "suppressed" or (first.cell.low == 0 and first.measure not in ANSWER_MEASURES)
    if small:
        return []
    what = f"{_named(first)} and the {len(cells) - 1} months after it are all {first.text}."
    remedy = "Check that they are counts and not a carried-forward figure."
    return [Issue("warning", file, first.row, what, remedy, "value", first.text)]


def _counted_twice(entries: Sequence[Entry], file: str) -> list[Issue]:
    """A disposition given alone and again inside a merged category, in one month."""
    given: dict[tuple[str, str, str], dict[str, Entry]] = {}
    for entry in entries:
        if entry.measure not in CALL_MEASURES:
            given.setdefault((entry.trust, entry.line, month_text(entry.month)), {})[entry.measure] = entry
    issues: dict[tuple[str, str, str], Issue] = {}
    for (trust, line, month), cells in sorted(given.items()):
        for merged in sorted(name for name in cells if MERGED_BY in name):
            alone = [part for part in merged.split(MERGED_BY) if part in cells]
            if alone and (trust, line, merged) not in issues:
                what = f"{trust} gives {', '.join(alone)} alone and in {merged!r} on the {line} line in {month}."
                remedy = "Nobody can tell which calls are counted twice; give each disposition in one category only."
                issues[trust, line, merged] = Issue("error", file, cells[merged].row, what, remedy, "measure", merged)
    return list(issues.values())


def _middle(entry: Entry) -> float:
    return ((entry.cell.low or 0) + (entry.cell.high or 0)) / 2


def _named(entry: Entry) -> str:
    return f"{entry.measure} of {entry.trust} on the {entry.line} line in {month_text(entry.month)}"
