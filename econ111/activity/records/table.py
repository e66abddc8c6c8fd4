"""Counted groups to the call table: codes translated, what is unknown listed, every call left out accounted for.

A month in which a trust's line has calls is complete: a disposition that nobody was given is 0. A month without any
call is written as not supplied, since silence is no zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from econ111.activity.months import FIRST_YEAR, LAST_YEAR, month_text, months_in_words
from econ111.activity.records.spec import LEFT_OUT, RecordsSpec
from econ111.errors import Issue, nearest

COLUMNS = ("trust", "month", "line", "measure", "value")
RESOLVED = ("trust", "month", "line", "calls", "transfers_in", "repeats", "without_caller")
NOT_SUPPLIED = "-"


@dataclass(frozen=True)
class Group:
    """Calls alike in every code, month and flag; codes as they stand in the extract, blank for none."""

    trust: str
    year: int | None
    month: int | None
    line: str
    outcome: str
    disposition: str
    transfer: bool
    repeat: bool
    has_caller: bool
    handling: str
    calls: int


@dataclass(frozen=True)
class _Counted:
    """A group in our own words."""

    trust: str
    month: date
    line: str
    answered: bool
    disposition: str | None
    group: Group


def check_groups(groups: Sequence[Group], spec: RecordsSpec, *, file: str) -> list[Issue]:
    """Errors that forbid any count: unknown codes, times that are absent or outside any period, bad handling times."""
    issues = _unknown_codes(groups, spec, file)
    started, handling = spec.columns.started, spec.columns.handling_seconds
    blank = sum(group.calls for group in groups if group.year is None)
    if blank:
        what = f"is blank in {blank:,} calls."
        issues.append(Issue("error", file, None, what, "Give every call its start, or leave the call out.", started))
    years = _tally((str(group.year), group.calls) for group in groups if _is_odd(group.year))
    for year, calls in years.items():
        what = f"{calls:,} calls have a year outside {FIRST_YEAR} to {LAST_YEAR}."
        issues.append(Issue("error", file, None, what, "Correct the year; write it with four digits.", started, year))
    for fault, what in (("negative", "is negative in"), ("not a number", "is not a number in")):
        calls = sum(group.calls for group in groups if group.handling == fault)
        if calls:
            remedy = "Write seconds as 245 or 245.5, without separators; a negative time means that a clock is wrong."
            issues.append(Issue("error", file, None, f"{what} {calls:,} calls.", remedy, handling))
    return issues


def _code_tables(spec: RecordsSpec) -> list[tuple[str, Mapping[str, str]]]:
    return [
        ("trust", spec.trusts), ("line", spec.lines), ("outcome", spec.outcomes), ("disposition", spec.dispositions)
    ]  # fmt: skip


def _is_odd(year: int | None) -> bool:
    return year is not None and not FIRST_YEAR <= year <= LAST_YEAR


def _unknown_codes(groups: Sequence[Group], spec: RecordsSpec, file: str) -> list[Issue]:
    issues = []
    for column, meanings in _code_tables(spec):
        codes = [(str(getattr(group, column)), group.calls) for group in groups]
        unknown = _tally((code, calls) for code, calls in codes if code not in meanings)
        if column == "disposition":
            unknown.pop("", None)  # answered calls whose disposition nobody wrote down are `unrecorded`
        for code, calls in unknown.items():
            add = f'Add it to [{column}s], or write "left_out" there to count and drop it.'
            name = getattr(spec.columns, column)
            if code:
                what = f"this {column} is not in the specification ({calls:,} calls)."
                issues.append(Issue("error", file, None, what, f"{nearest(code, meanings)} {add}", name, code))
            else:
                what = f"is blank in {calls:,} calls."
                issues.append(Issue("error", file, None, what, f'{add} A blank is written "".', name))
    return issues


def _tally(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Calls by a word, in the order of the words."""
    found: dict[str, int] = {}
    for word, calls in pairs:
        found[word] = found.get(word, 0) + calls
    return dict(sorted(found.items()))


def call_rows(
    groups: Sequence[Group], spec: RecordsSpec, *, file: str
) -> tuple[list[dict[str, str]], list[dict[str, object]], list[Issue]]:
    """Rows of the call template, what was resolved per trust, month and line, and where every other call went.

    Parameters
    ----------
    groups : sequence of Group
        That passed `check_groups`.
    spec : RecordsSpec
        Meanings, period and windows.
    file : str
        Name of the extract, for the issues.
    """
    counted, issues = _translated(groups, spec, file)
    kept, found = _without_repeats(counted, spec, file)
    issues += found
    everything, rest = _by_place(counted), _by_place(kept)
    rows: list[dict[str, str]] = []
    resolved: list[dict[str, object]] = []
    silent: dict[tuple[str, str], list[date]] = {}
    for trust in dict.fromkeys(code for code in spec.trusts.values() if code != LEFT_OUT):
        for month in spec.period.months:
            for line in dict.fromkeys(line for line in spec.lines.values() if line != LEFT_OUT):
                place = (trust, month, line)
                supplied = place in everything
                if not supplied:
                    silent.setdefault((trust, line), []).append(month)
                resolved.append(_resolved(place, everything.get(place, [])))
                for measure, value in _measures(line, rest.get(place, []), spec, supplied=supplied).items():
                    words = (trust, month_text(month), line, measure, value)
                    rows.append(dict(zip(COLUMNS, words, strict=True)))
    issues += _silent_issues(silent, file)
    issues += _notes(counted, spec, file)
    return rows, resolved, issues


def _by_place(counted: Iterable[_Counted]) -> dict[tuple[str, date, str], list[_Counted]]:
    places: dict[tuple[str, date, str], list[_Counted]] = {}
    for each in counted:
        places.setdefault((each.trust, each.month, each.line), []).append(each)
    return places


def _translated(groups: Sequence[Group], spec: RecordsSpec, file: str) -> tuple[list[_Counted], list[Issue]]:
    months = set(spec.period.months)
    dropped: dict[str, int] = {}
    counted = []
    for group in groups:
        assert group.year is not None
        assert group.month is not None
        month = date(group.year, group.month, 1)
        out = [name for name, table in _code_tables(spec) if table.get(getattr(group, name)) == LEFT_OUT]
        if out:
            reason = f"{out[0]} {getattr(group, out[0])!r} is marked as left out"
        elif month not in months:
            reason = f"they began {'before' if month < min(months) else 'after'} the period"
        else:
            answered = spec.outcomes[group.outcome] == "answered"
            advice = spec.dispositions.get(group.disposition)
            counted.append(_Counted(spec.trusts[group.trust], month, spec.lines[group.line], answered, advice, group))
            continue
        dropped[reason] = dropped.get(reason, 0) + group.calls
    issues = [
        Issue("warning", file, None, f"{calls:,} calls were left out: {reason}.", "Nothing to do, if that is meant.")
        for reason, calls in sorted(dropped.items())
    ]
    return counted, issues


def _without_repeats(counted: Sequence[_Counted], spec: RecordsSpec, file: str) -> tuple[list[_Counted], list[Issue]]:
    repeats = sum(each.group.calls for each in counted if each.group.repeat)
    window = f"{spec.windows.repeat_hours} hours after the caller's previous call on the same line"
    if spec.windows.repeats == "count" or not repeats:
        what = f"{repeats:,} calls began within {window}; they are counted as calls."
        return list(counted), [Issue("note", file, None, what, "Their number is in the table of what was resolved.")]
    what = f"{repeats:,} calls were left out: they began within {window}."
    issue = Issue("warning", file, None, what, 'Write repeats = "count" to keep them.')
    return [each for each in counted if not each.group.repeat], [issue]


def _measures(line: str, mine: Sequence[_Counted], spec: RecordsSpec, *, supplied: bool) -> dict[str, str]:
    def calls(chosen: Iterable[_Counted]) -> str:
        return str(sum(each.group.calls for each in chosen)) if supplied else NOT_SUPPLIED

    answered = [each for each in mine if each.answered]
    measures = {
        "calls_offered": calls(mine),
        "calls_answered": calls(answered),
        "calls_abandoned": calls(each for each in mine if not each.answered),
        "unrecorded": calls(each for each in answered if each.disposition is None),
    }
    if line == "mental":
        anyone = any(each.group.has_caller for each in mine)
        moved = calls(each for each in mine if each.group.transfer)
        measures["transfers_in"] = moved if anyone else NOT_SUPPLIED
    for meaning in sorted({meaning for meaning in spec.dispositions.values() if meaning != LEFT_OUT}):
        measures[meaning] = calls(each for each in answered if each.disposition == meaning)
    return measures


def _resolved(place: tuple[str, date, str], mine: Sequence[_Counted]) -> dict[str, object]:
    def calls(chosen: Iterable[_Counted]) -> int:
        return sum(each.group.calls for each in chosen)

    trust, month, line = place
    values = (
        trust, month_text(month), line, calls(mine), calls(each for each in mine if each.group.transfer),
        calls(each for each in mine if each.group.repeat), calls(each for each in mine if not each.group.has_caller),
    )  # fmt: skip
    return dict(zip(RESOLVED, values, strict=True))


def _silent_issues(silent: Mapping[tuple[str, str], Sequence[date]], file: str) -> list[Issue]:
    issues = []
    for (trust, line), months in silent.items():
        what = f"{trust} has no call on the {line} line in {months_in_words(months)}: written as not supplied."
        issues.append(Issue("warning", file, None, what, "If nobody called, write 0 there yourself."))
    return issues


def _notes(counted: Sequence[_Counted], spec: RecordsSpec, file: str) -> list[Issue]:
    issues = []
    transfers = sum(each.group.calls for each in counted if each.group.transfer)
    what = (
        f"{transfers:,} calls on the mental line began within {spec.windows.transfer_minutes} minutes after a call on "
        "the physical line by the same caller: transfers_in."
    )
    issues.append(Issue("note", file, None, what, "The call on the physical line stays counted there."))
    alone = sum(each.group.calls for each in counted if not each.group.has_caller)
    if alone:
        total = sum(each.group.calls for each in counted)
        what = f"{alone:,} of {total:,} calls have no caller, so that they can be neither transfers nor repeats."
        remedy = "Transfers and repeats are at least what is counted."
        issues.append(Issue("warning", file, None, what, remedy, spec.columns.caller))
    advised = sum(each.group.calls for each in counted if not each.answered and each.disposition is not None)
    if advised:
        what = f"{advised:,} abandoned calls have a disposition, which was not counted."
        issues.append(
            Issue("warning", file, None, what, "Check what the outcome codes mean.", spec.columns.disposition)
        )
    return issues
