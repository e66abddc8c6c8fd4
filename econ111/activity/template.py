"""The econ111 call template: one row per trust, month, line and measure, as CSV or Excel.

Columns are trust, month, line, measure, value, in any order; rows too. A measure is a call measure, a canonical
disposition, several joined by + (`ambulance+ed`), or a category that the evaluation maps. Everything wrong with a file
is reported at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from econ111.activity.calendar_alarms import launch_with_season, months_to_come
from econ111.activity.call_alarms import alarms
from econ111.activity.call_checks import check_calls
from econ111.activity.calls import MERGED_BY, CallLayout, Entry, TrustLayout, build_call_table
from econ111.activity.cells import FORMULA_STARTS, Cell, Problem, parse_count
from econ111.activity.code_alarms import two_codes
from econ111.activity.definition_alarms import changed_definitions
from econ111.activity.months import months_between, parse_month
from econ111.activity.reading import CALL_MEASURES, DISPOSITIONS, Reading, finish_reading, raise_if_errors
from econ111.activity.tabular import TextRow, TextTable, column_key, read_table
from econ111.errors import Issue, nearest

COLUMNS = ("trust", "month", "line", "measure", "value")
LINES = ("physical", "mental", "crisis")
# The worked row of a file from `econ111 new` names this trust; the column of a marked copy names the problems.
EXAMPLE_TRUST = "EXAMPLE"
EXAMPLE_CELLS = ("mental", "ed", "12")
PROBLEM_COLUMN = "problem"
TOTAL_WORDS = ("total", "grand total", "all", "all trusts", "england", "london", "national", "region", "sum")
IDENTIFYING = (
    "nhs_number", "nhsnumber", "nhs_no", "nhs_num", "postcode", "post_code", "date_of_birth", "dob", "birth_date",
    "birthdate", "name", "surname", "forename", "first_name", "last_name", "patient", "patient_id", "patient_name",
    "caller_id", "phone", "telephone", "phone_number", "telephone_number", "address", "email",
)  # fmt: skip

_Refusals = dict[tuple[str, str, Problem], list[int]]


def read_calls(
    path: Path | str, layout: CallLayout | None = None, *, raise_errors: bool = True, today: date | None = None
) -> Reading:
    """Read a call file in the econ111 template.

    Parameters
    ----------
    path : path
        CSV or Excel; a workbook with several sheets is read from the one named `calls`.
    layout : CallLayout, optional
        Trusts, launch dates, suppression rules and categories of the evaluation. Without it, trusts and categories
        are taken from the file, a hidden count has no upper bound, and only the checks within the file are made.
    raise_errors : bool
        When false, errors of rows are in the issues too and the data hold what could be read.
    today : date, optional
        The day by which a month has come or not; the machine's when left out.

    Returns
    -------
    Reading
        The call table (see `build_call_table`) and the issues that are no errors.

    Raises
    ------
    DataError
        With every problem of the file. Always raised when the file as a whole cannot be read.
    """
    table = read_table(path, expected=COLUMNS)
    issues = [*table.issues, *_column_issues(table)]
    if not set(COLUMNS) <= set(table.header):
        raise_if_errors(issues)
    table, worked = _without_example(table)
    issues += worked
    if layout is None:
        layout, found = _layout_of_file(table)
        issues += found
    entries, seen, refused = _entries(table, layout)
    issues += refused or _nothing_filled_in(entries, file=table.file)
    if not entries:
        raise_if_errors(issues)
    unique, duplicates = _without_duplicates(entries, file=table.file)
    issues += duplicates
    months = _months(seen, layout)
    period = set(months)
    unique = [entry for entry in unique if entry.month in period]
    issues += _outside(seen, months, file=table.file)
    issues += check_calls(unique, layout, months=months, seen=seen, file=table.file)
    issues += alarms(unique, layout, file=table.file)
    issues += _history(unique, layout, months[0], file=table.file, today=today)
    data = build_call_table(unique, layout, months=months).assign_attrs(file=table.file)
    return finish_reading(data, issues, raise_errors=raise_errors)


def _history(entries: list[Entry], layout: CallLayout, first: date, *, file: str, today: date | None) -> list[Issue]:
    """What the whole of a file shows: months to come, codes, definitions, and launches with the season."""
    rows: dict[date, int | None] = {}
    for entry in sorted(entries, key=lambda entry: entry.row):
        if entry.cell.low is not None:
            rows.setdefault(entry.month, entry.row)
    launches = {code: trust.launch_date for code, trust in layout.trusts.items()}
    return [
        *months_to_come(rows, file=file, today=today),
        *launch_with_season(launches, first=first, file=file),
        *two_codes(entries, file=file),
        *changed_definitions(entries, layout, file=file),
    ]


def _without_example(table: TextTable) -> tuple[TextTable, list[Issue]]:
    """The table without the worked row of the template; one that was written over is refused, so no count is lost."""
    places = {column: table.header.index(column) for column in COLUMNS}
    kept, issues = [], []
    for row in table.rows:
        words = {column: row.cells[place] for column, place in places.items()}
        if words["trust"].casefold() != EXAMPLE_TRUST.casefold():
            kept.append(row)
        elif tuple(words[column] for column in ("line", "measure", "value")) == EXAMPLE_CELLS:
            what, remedy = "is the worked example of the template.", "It was not read; delete the row when you like."
            issues.append(Issue("note", table.file, row.number, what, remedy, "trust", words["trust"]))
        else:
            what = "the worked example of the template was written over."
            remedy = "Write the code of your trust, or delete the row."
            issues.append(Issue("error", table.file, row.number, what, remedy, "trust", words["trust"]))
    return replace(table, rows=tuple(kept)), issues


def _column_issues(table: TextTable) -> list[Issue]:
    issues = []
    for key, printed in zip(table.header, table.printed, strict=True):
        if key in COLUMNS or not key:
            continue
        if key == PROBLEM_COLUMN:
            what, remedy = "this column holds what a check found before.", "It was not read."
            issues.append(Issue("note", table.file, 1, what, remedy, column=printed))
            continue
        if key in IDENTIFYING:
            what, remedy = "this column may identify people.", "Delete it: econ111 takes counts only, never records."
        elif not isinstance(parse_month(printed), Problem):
            what, remedy = "months stand in columns.", "Give one row per month: trust, month, line, measure, value."
        else:
            what, remedy = "unknown column.", f"{nearest(key, COLUMNS)} Delete it if it is not needed."
        issues.append(Issue("error", table.file, 1, what, remedy, column=printed, value=printed))
    for column in COLUMNS:
        if column not in table.header:
            what, remedy = f"there is no column {column!r}.", f"Row 1 must hold: {', '.join(COLUMNS)}."
            issues.append(Issue("error", table.file, 1, what, remedy, column=column))
    return issues


def _entries(table: TextTable, layout: CallLayout) -> tuple[list[Entry], set[tuple[str, str, date]], list[Issue]]:
    """Readable counts; the trust, line and month of every row whose place is clear; and why others were refused."""
    entries: list[Entry] = []
    seen: set[tuple[str, str, date]] = set()
    refusals: _Refusals = {}
    for row in table.rows:
        words = {column: row.cells[table.header.index(column)] for column in COLUMNS}
        trust, line = _trust(words["trust"], layout), _line(words["line"], layout)
        month, measure = parse_month(words["month"]), find_measure(words["measure"], layout)
        cell = _cell(words["value"], trust, layout)
        for column, read in zip(COLUMNS, (trust, month, line, measure, cell), strict=True):
            if isinstance(read, Problem):
                refusals.setdefault((column, words[column], read), []).append(row.number)
        if isinstance(trust, str) and isinstance(line, str) and isinstance(month, date):
            seen.add((trust, line, month))
            if isinstance(measure, str) and isinstance(cell, Cell):
                entries.append(Entry(row.number, trust, month, line, measure, cell, words["value"]))
    return entries, seen, _refusal_issues(refusals, file=table.file)


def _nothing_filled_in(entries: Iterable[Entry], *, file: str) -> list[Issue]:
    """A template sent back as it came: rows, and not one count."""
    if any(entry.cell.state not in ("not_supplied", "not_applicable") for entry in entries):
        return []
    what = "holds no count: every value is blank, - or n/a."
    return [Issue("error", file, None, what, "Fill in the column value.", column="value")]


def _refusal_issues(refusals: _Refusals, *, file: str) -> list[Issue]:
    issues = []
    for (column, value, problem), rows in refusals.items():
        also = f" ({len(rows)} rows, of which this is the first)" if len(rows) > 1 else ""
        what = f"this {column} {problem.what}{also}"
        more = tuple(rows[1:])
        issues.append(Issue("error", file, rows[0], what, problem.remedy, column, value, more_rows=more))
    return issues


def _trust(text: str, layout: CallLayout) -> str | Problem:
    known = {code.casefold(): code for code in layout.trusts}
    if text.casefold() in known:
        return known[text.casefold()]
    if not text:
        return Problem("is blank.", "Write its code in every row.")
    if text.casefold() in TOTAL_WORDS:
        return Problem("is a total, which would count every call twice.", "Delete the rows of totals.")
    if text.startswith(FORMULA_STARTS):
        return Problem("begins like a formula, not like a code.", "Paste the code itself, as text.")
    return Problem("is not in this evaluation.", nearest(text, layout.trusts))


def _line(text: str, layout: CallLayout) -> str | Problem:
    key = column_key(text)
    if key in layout.lines:
        return key
    return Problem("is not in this evaluation." if text else "is blank.", nearest(key, layout.lines))


def find_measure(text: str, layout: CallLayout) -> str | Problem:
    """Name of the measure or category that a text means, or what is wrong with it.

    Examples
    --------
    >>> find_measure("ED + Ambulance", CallLayout({}))
    'ambulance+ed'
    """
    own = {name.casefold(): name for name in layout.categories}
    if text.casefold() in own:
        return own[text.casefold()]
    parts = [column_key(part) for part in text.split(MERGED_BY)]
    if len(parts) == 1 and parts[0] in CALL_MEASURES + DISPOSITIONS:
        return parts[0]
    if len(parts) > 1 and set(parts) <= set(DISPOSITIONS) and len(set(parts)) == len(parts):
        return MERGED_BY.join(sorted(parts))
    if not text:
        return Problem("is blank.", f"Use one of: {', '.join(CALL_MEASURES + DISPOSITIONS)}.")
    remedy = nearest(column_key(text), [*CALL_MEASURES, *DISPOSITIONS, *layout.categories])
    return Problem("is not known.", f"{remedy} Map a category of your own in [data.categories].")


def _cell(text: str, trust: str | Problem, layout: CallLayout) -> Cell | Problem:
    rule = layout.trusts[trust].rule if isinstance(trust, str) else None
    return parse_count(text, rule)


def _without_duplicates(entries: Iterable[Entry], *, file: str) -> tuple[list[Entry], list[Issue]]:
    first: dict[tuple[str, date, str, str], Entry] = {}
    issues = []
    for entry in entries:
        other = first.setdefault(entry.key, entry)
        if other is entry:
            continue
        if other.cell == entry.cell:
            what, remedy = f"repeats row {other.row} ({', '.join(_place(entry))}).", "Delete one of the two."
        else:
            what = f"gives {entry.text!r} where row {other.row} gives {other.text!r} ({', '.join(_place(entry))})."
            remedy = "Keep the right one of the two."
        issues.append(Issue("error", file, entry.row, what, remedy, column="value", value=entry.text))
    return list(first.values()), issues


def _place(entry: Entry) -> tuple[str, str, str, str]:
    return (entry.trust, f"{entry.month:%Y-%m}", entry.line, entry.measure)


def _months(seen: set[tuple[str, str, date]], layout: CallLayout) -> list[date]:
    if layout.months is not None:
        return months_between(*layout.months)
    months = [month for _, _, month in seen]
    return months_between(min(months), max(months))


def _outside(seen: set[tuple[str, str, date]], months: list[date], *, file: str) -> list[Issue]:
    outside = sorted({month for _, _, month in seen} - set(months))
    if not outside:
        return []
    what = f"{len(outside)} months are outside {months[0]:%Y-%m} to {months[-1]:%Y-%m}, the period of the evaluation."
    return [Issue("note", file, None, what, "Their rows were left out.", value=f"{outside[0]:%Y-%m}")]


def _layout_of_file(table: TextTable) -> tuple[CallLayout, list[Issue]]:
    """Trusts and categories as the file itself has them, for a check without an evaluation."""

    def column(name: str) -> list[tuple[TextRow, str]]:
        return [(row, row.cells[table.header.index(name)]) for row in table.rows]

    spellings: dict[str, str] = {}
    for _, text in column("trust"):
        if text and text.casefold() not in TOTAL_WORDS and not text.startswith(FORMULA_STARTS):
            spellings[text.casefold()] = min(text, spellings.get(text.casefold(), text))
    unmapped: dict[str, int] = {}
    for row, text in column("measure"):
        if (
            isinstance(find_measure(text, CallLayout({})), Problem)
            and text
            and not _misspelt(text)
            and not text.startswith(FORMULA_STARTS)
        ):
            unmapped.setdefault(text, row.number)
    lines = tuple(line for line in LINES if line != "crisis" or any(t.casefold() == line for _, t in column("line")))
    trusts = {code: TrustLayout(rule=None) for code in sorted(spellings.values())}
    issues = [_unmapped_issue(name, row, file=table.file) for name, row in unmapped.items()]
    issues += _undeclared(column("value"), file=table.file)
    return CallLayout(trusts, categories=dict.fromkeys(unmapped, ()), lines=lines), issues


def _misspelt(text: str) -> bool:
    return bool(difflib.get_close_matches(column_key(text), CALL_MEASURES + DISPOSITIONS, n=1, cutoff=0.8))


def _unmapped_issue(name: str, row: int, *, file: str) -> Issue:
    what = "is not one of our measures; it was read as a category of the source's own."
    return Issue(
        "warning", file, row, f"{name!r} {what}", "Map it in [data.categories] of the evaluation.", "measure", name
    )


def _undeclared(values: list[tuple[TextRow, str]], *, file: str) -> list[Issue]:
    hidden = [(row.number, text) for row, text in values if text == "*" or text.startswith("<")]
    if not hidden:
        return []
    what = f"{len(hidden)} hidden counts; their bounds depend on the rule of the source."
    return [
        Issue(
            "warning", file, hidden[0][0], what, "Declare it in [data.rules] of the evaluation.", "value", hidden[0][1]
        )
    ]
