"""Checks that make a call file unusable when they fail: launch dates, missing months, parts beyond their whole.

Comparisons are made on intervals, so a hidden or rounded count is only refused when no count it stands for would do:
low(answered) + low(abandoned) <= high(offered), and sum of low(dispositions) + low(unrecorded) <= high(answered).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from econ111.activity.calls import CallLayout, Entry, members_of
from econ111.activity.months import month_text, months_in_words, number_of_months
from econ111.activity.reading import CALL_MEASURES, DISPOSITIONS
from econ111.errors import Issue

Seen = set[tuple[str, str, date]]


def check_calls(
    entries: Sequence[Entry], layout: CallLayout, *, months: Sequence[date], seen: Seen, file: str
) -> list[Issue]:
    """Every cross-row problem of a call file.

    Parameters
    ----------
    entries : sequence of Entry
        One per trust, month, line and measure.
    layout : CallLayout
        Launch dates and lines.
    months : sequence of date
        Months of the table.
    seen : set of (trust, line, month)
        Rows whose place was clear, also those whose value was refused: they do not count as missing.
    file : str
        Name for the messages.

    Returns
    -------
    list of Issue
        Errors and warnings, in no particular order.
    """
    in_order = sorted(entries, key=lambda entry: (entry.trust, entry.line, entry.month, entry.measure))
    issues = _launches_outside(layout, months, file)
    issues += _before_launch(in_order, layout, file)
    issues += _absent_trusts(layout, seen, file)
    issues += _missing_months(in_order, layout, months, seen, file)
    issues += _missing_measures(in_order, file)
    issues += _nothing_but_zeros(in_order, file)
    for _, cells in groupby(in_order, key=lambda entry: (entry.trust, entry.line, entry.month)):
        of_month = list(cells)
        issues += _parts_beyond_whole(of_month, file)
        issues += _calls_unaccounted(of_month, layout, file)
    return issues


def _launches_outside(layout: CallLayout, months: Sequence[date], file: str) -> list[Issue]:
    issues = []
    for code, trust in layout.trusts.items():
        if trust.launch_month is not None and not months[0] <= trust.launch_month <= months[-1]:
            what = (
                f"the launch date of {code} is outside the data, {month_text(months[0])} to {month_text(months[-1])}."
            )
            remedy = "Correct launch_date in the evaluation, or send the months around it."
            issues.append(Issue("error", file, None, what, remedy, "launch_date", str(trust.launch_date)))
    return issues


def _before_launch(entries: Iterable[Entry], layout: CallLayout, file: str) -> list[Issue]:
    issues = []
    for entry in entries:
        launch = layout.trusts[entry.trust].launch_month
        if entry.line != "mental" or launch is None or entry.month >= launch or entry.cell.low is None:
            continue
        what = f"{entry.measure} of {entry.trust} on the mental line in {month_text(entry.month)}, before its launch in"
        if entry.cell.low > 0:
            remedy = "Correct the month, the line, or launch_date; calls to an older line are line 'crisis'."
            issues.append(Issue("error", file, entry.row, f"{what} {month_text(launch)}.", remedy, "value", entry.text))
        elif entry.cell.state == "suppressed":
            remedy = "It was read as not applicable."
            issues.append(
                Issue("warning", file, entry.row, f"{what} {month_text(launch)}.", remedy, "value", entry.text)
            )
    return issues


def _absent_trusts(layout: CallLayout, seen: Seen, file: str) -> list[Issue]:
    present = {trust for trust, _, _ in seen}
    remedy = "Add them; if it made no return, add rows whose value is - (not supplied)."
    return [
        Issue("error", file, None, "this trust of the evaluation has no rows.", remedy, "trust", code)
        for code in layout.trusts
        if code not in present
    ]


def _missing_months(
    entries: Sequence[Entry], layout: CallLayout, months: Sequence[date], seen: Seen, file: str
) -> list[Issue]:
    issues = []
    rows = {(entry.trust, entry.line, entry.month): entry.row for entry in entries}
    for code in sorted({trust for trust, _, _ in seen}):
        for line in layout.lines:
            launch = layout.trusts[code].launch_month if line == "mental" else None
            expected = [month for month in months if launch is None or month >= launch]
            given = [month for month in expected if (code, line, month) in seen]
            if given and launch is None and line != "physical":
                # Without a launch date, the first rows of a newer line are taken for its beginning.
                expected = [month for month in expected if month >= given[0]]
            if not given:
                if line == "physical" or launch is not None:
                    issues.append(_edge(file, code, line, expected))
                continue
            absent = [month for month in expected if month not in given]
            inside = [month for month in absent if given[0] < month < given[-1]]
            if inside:
                last_before = max(month for month in given if month < inside[0])
                issues.append(_gap(file, rows.get((code, line, last_before)), code, line, inside))
            outside = [month for month in absent if month not in inside]
            if outside:
                issues.append(_edge(file, code, line, outside))
    return issues


def _gap(file: str, row: int | None, code: str, line: str, months: Sequence[date]) -> Issue:
    what = f"{code} has no rows on the {line} line in the middle: {months_in_words(months, shown=len(months))}."
    remedy = "Add them; for a month without a return add a row per measure whose value is - (not supplied)."
    return Issue("error", file, row, what, remedy, "month", month_text(months[0]))


def _edge(file: str, code: str, line: str, months: Sequence[date]) -> Issue:
    span = f"{month_text(months[0])} to {month_text(months[-1])}" if months else "the whole period"
    what = f"{code} has no rows on the {line} line in {number_of_months(len(months))} ({span})."
    return Issue("warning", file, None, what, "They count as not supplied.", "month", span)


def _missing_measures(entries: Sequence[Entry], file: str) -> list[Issue]:
    """Measures that a trust gives in some months of a line and leaves out in others."""
    issues = []
    for (code, line), group in groupby(entries, key=lambda entry: (entry.trust, entry.line)):
        cells = list(group)
        months = sorted({entry.month for entry in cells})
        for measure in sorted({entry.measure for entry in cells}):
            given = sorted(entry.month for entry in cells if entry.measure == measure)
            absent = [month for month in months if given[0] < month < given[-1] and month not in given]
            if absent:
                what = f"{measure} of {code} on the {line} line is left out in {months_in_words(absent)} of its span."
                remedy = "They count as not supplied; write 0 where there were none."
                row = next(entry.row for entry in cells if entry.month == absent[0])
                issues.append(Issue("warning", file, row, what, remedy, "month", month_text(absent[0])))
    return issues


def _nothing_but_zeros(entries: Sequence[Entry], file: str) -> list[Issue]:
    """Zeros wherever something would be estimated from: all counts, the physical line, or every disposition."""
    given = [entry for entry in entries if entry.cell.low is not None]
    physical = [e for e in given if e.line == "physical" and e.measure in ("calls_offered", "calls_answered")]
    advice = [entry for entry in given if entry.measure not in CALL_MEASURES]
    remedy = "Where no return was made, write - instead of 0; otherwise leave the months or the trusts out."
    for cells, words in (
        (given, "every count is 0"),
        (physical, "the physical line has no call in any trust and month"),
        (advice, "every disposition is 0"),
    ):
        if cells and all(entry.cell.high == 0 for entry in cells):
            what = f"{words} ({len(cells):,} counts), so that nothing can be estimated and no model is fitted."
            return [Issue("error", file, min(entry.row for entry in cells), what, remedy, "value", "0")]
    return []


def _parts_beyond_whole(cells: Sequence[Entry], file: str) -> list[Issue]:
    """Checks within one trust, line and month."""
    calls = {entry.measure: entry for entry in cells if entry.measure in CALL_MEASURES and entry.cell.low is not None}
    referrals = [
        e for e in cells if e.cell.low is not None and (e.measure not in CALL_MEASURES or e.measure == "unrecorded")
    ]
    issues = []
    handled = [calls[name] for name in ("calls_answered", "calls_abandoned") if name in calls]
    if "calls_offered" in calls and handled:
        issues += _exceeds(handled, calls["calls_offered"], "answered and abandoned calls", file)
    whole = calls.get("calls_answered") or calls.get("calls_offered")
    if whole and referrals:
        issues += _exceeds(referrals, whole, "dispositions and unrecorded calls", file)
    return issues


def _calls_unaccounted(cells: Sequence[Entry], layout: CallLayout, file: str) -> list[Issue]:
    """Answered calls that are neither in a disposition nor unrecorded, where all dispositions were given."""
    known = {entry.measure: entry for entry in cells if entry.cell.low is not None and entry.cell.high is not None}
    parts = [entry for measure, entry in known.items() if measure not in CALL_MEASURES]
    covered = {name for entry in parts for name in members_of(entry.measure, layout)}
    if not {"calls_answered", "unrecorded"} <= set(known) or covered != set(DISPOSITIONS):
        return []
    answered, unrecorded = known["calls_answered"], known["unrecorded"]
    at_most = sum(entry.cell.high or 0 for entry in (*parts, unrecorded))
    if at_most >= (answered.cell.low or 0):
        return []
    place = f"{answered.trust}, {month_text(answered.month)}, {answered.line} line"
    what = f"dispositions and unrecorded calls add to at most {at_most:,}, of {answered.text} answered ({place})."
    remedy = "The dispositions are taken as all that were recorded; count the others as unrecorded."
    return [Issue("warning", file, answered.row, what, remedy, "value", answered.text)]


def _exceeds(parts: Sequence[Entry], whole: Entry, words: str, file: str) -> list[Issue]:
    total = sum(part.cell.low or 0 for part in parts)
    if whole.cell.high is None or total <= whole.cell.high:
        return []
    place = f"{whole.trust}, {month_text(whole.month)}, {whole.line} line"
    rows = ", ".join(str(row) for row in sorted(part.row for part in parts))
    what = f"{words} add to at least {total:,} (rows {rows}), more than {whole.measure} of {whole.text} ({place})."
    return [Issue("error", file, whole.row, what, "Correct one of these counts.", "value", whole.text)]
