"""Definitions that may have changed with the launch, where counts can show it.

Two signs: a category that is used on one side of the launch only, and a recorded share (dispositions of answered
calls) whose months before and after do not meet. Either makes a change of recording look like an effect. The month of
the launch, which is part of both, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from econ111.activity.calls import CallLayout, Entry
from econ111.activity.months import month_text
from econ111.activity.reading import CALL_MEASURES
from econ111.errors import Issue

# Months that each side must have, and what is more than chance in them.
EACH_SIDE = 3
LEAST_MEAN = 10
SHARE_STEP = 0.15
_REMEDY = "If the definition changed, map both to one category, or say from when it holds; the counts are used as are."


def changed_definitions(entries: Sequence[Entry], layout: CallLayout, *, file: str) -> list[Issue]:
    """Warnings about categories and recording on the physical line that change at a trust's launch.

    Returns
    -------
    list of Issue
        None for a trust without a launch date, or with fewer than three months on either side.
    """
    issues = []
    for code, trust in layout.trusts.items():
        launch = trust.launch_month
        cells = [e for e in entries if e.trust == code and e.line == "physical" and e.cell.low is not None]
        if launch is None:
            continue
        sides = [[e for e in cells if e.month < launch], [e for e in cells if e.month > launch]]
        issues += _one_side_only(sides, code, file)
        issues += _recorded_share(sides, code, file)
    return issues


def _one_side_only(sides: Sequence[Sequence[Entry]], code: str, file: str) -> list[Issue]:
    """Categories that are used in every month of one side and in none of the other."""
    categories = sorted({e.measure for side in sides for e in side} - (set(CALL_MEASURES) - {"unrecorded"}))
    recorded = [{e.month for e in side if e.measure not in CALL_MEASURES} for side in sides]
    if min(map(len, recorded)) < EACH_SIDE:
        return []
    issues = []
    for category in categories:
        before, after = ([e for e in side if e.measure == category] for side in sides)
        for used, unused, words in ((before, after, "after"), (after, before, "before")):
            counts = [_middle(entry) for entry in used]
            if len(used) < EACH_SIDE or min(counts) == 0 or fmean(counts) < LEAST_MEAN:
                continue
            if any(_middle(entry) for entry in unused):
                continue
            none = "0 in" if unused else "left out of"
            what = (
                f"{category!r} of {code} on the physical line is used in {len(used)} months, "
                f"{fmean(counts):,.0f} calls a month, and {none} every month {words} the launch."
            )
            row = min(entry.row for entry in (unused or used))
            issues.append(Issue("warning", file, row, what, _REMEDY, "measure", category))
    return issues


def _recorded_share(sides: Sequence[Sequence[Entry]], code: str, file: str) -> list[Issue]:
    before, after = (_shares(side) for side in sides)
    if min(len(before), len(after)) < EACH_SIDE:
        return []
    low, high = sorted((list(before.values()), list(after.values())), key=fmean)
    if max(low) >= min(high) or fmean(high) - fmean(low) < SHARE_STEP:
        return []
    first = min(after, key=lambda entry: entry.month)
    what = (
        f"the recorded share of {code} on the physical line goes from {fmean(before.values()):.0%} of answered calls "
        f"before the launch to {fmean(after.values()):.0%} after it, month by month apart."
    )
    return [Issue("warning", file, first.row, what, _REMEDY, "month", month_text(first.month))]


def _shares(side: Sequence[Entry]) -> dict[Entry, float]:
    """Dispositions as a share of answered calls, by the entry of the answered calls of each month."""
    found = {}
    for answered in (e for e in side if e.measure == "calls_answered" and _middle(e) > 0):
        parts = [_middle(e) for e in side if e.month == answered.month and e.measure not in CALL_MEASURES]
        if parts:
            found[answered] = sum(parts) / _middle(answered)
    return found


def _middle(entry: Entry) -> float:
    """Middle of the counts that an entry may stand for; its least where no upper bound is known."""
    low = entry.cell.low or 0
    return (low + (low if entry.cell.high is None else entry.cell.high)) / 2
