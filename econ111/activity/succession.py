"""Organisations over time: which unit's activity went to which other unit, and when.

A series is made comparable by adding every predecessor to its last successor over the whole period, so that a merger
never looks like an effect. Completeness is then a property of the group: a month in which one expected member is
missing has no sum. A unit that starts or stops inside the period without a row in the table is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from econ111.activity.months import month_text
from econ111.activity.reading import raise_if_errors
from econ111.activity.tabular import TextRow, read_table
from econ111.display import Shown
from econ111.errors import Issue, nearest
from econ111.resources import shipped_folder

COLUMNS = ("predecessor", "successor", "date", "kind", "source", "note")
# merged_into: the successor existed before. new_organisation: it began that day. closed: nobody took over.
KINDS = ("merged_into", "new_organisation", "contract_move", "closed")
BEGINS_THEN = ("new_organisation", "contract_move")
FILE = "succession.csv"


@dataclass(frozen=True)
class Succession(Shown):
    """From `date` on, what the predecessor did is done (and counted) by the successor."""

    predecessor: str
    successor: str
    date: date
    kind: str
    source: str
    note: str = ""


@dataclass(frozen=True, repr=False)
class Grouped(Shown):
    """Counts (month x successor), the members of each successor's group, and what was noticed."""

    counts: pd.DataFrame
    members: Mapping[str, tuple[str, ...]]
    issues: tuple[Issue, ...]


def read_succession(path: Path | str | None = None) -> tuple[Succession, ...]:
    """Read a succession table, by default the one that ships.

    Raises
    ------
    DataError
        With every bad row: a code that is none, a unit that succeeds itself, two successors of one unit, a circle.
    """
    table = read_table(path or shipped_folder("data/activity") / FILE, expected=COLUMNS)
    absent = [name for name in COLUMNS if name not in table.header]
    issues = list(table.issues)
    for name in absent:
        remedy = f"Row 1 must hold: {', '.join(COLUMNS)}."
        issues.append(Issue("error", table.file, 1, f"there is no column {name!r}.", remedy, name))
    raise_if_errors(issues)
    read: list[tuple[int, Succession]] = []
    for row in table.rows:
        words = {name: row.cells[table.header.index(name)] for name in COLUMNS}
        found = _row_issues(words, row, table.file)
        issues += found
        if not found:
            read.append((row.number, Succession(**{**words, "date": date.fromisoformat(words["date"])})))  # type: ignore[arg-type]
    issues += _table_issues(read, table.file)
    raise_if_errors(issues)
    return tuple(entry for _, entry in read)


def last_successor(code: str, table: Sequence[Succession]) -> str:
    """The unit that holds a unit's activity at the end of all successions; itself when it was never succeeded.

    Examples
    --------
    >>> last_successor("RAP", [Succession("RAP", "RAL", date(2025, 1, 1), "merged_into", "example")])
    'RAL'
    """
    onward = {entry.predecessor: entry.successor for entry in table if entry.kind != "closed"}
    for _ in onward:
        code = onward.get(code, code)
    return code


def apply_succession(counts: pd.DataFrame, table: Sequence[Succession], *, file: str) -> Grouped:
    """Add predecessors to their successors, month by month.

    Parameters
    ----------
    counts : DataFrame (month x code)
        Index of month starts without gaps, one column per unit; NaN where the file has no row.
    table : sequence of Succession
        Rows about units that are not in the data are ignored.
    file : str
        Name for the messages.

    Returns
    -------
    Grouped
        One column per last successor. A month in which an expected member is missing is NaN, with a warning. Units
        that start or stop inside the period without a row in the table are errors among the issues.

    Examples
    --------
    >>> months = pd.to_datetime(["2024-12-01", "2025-01-01"])
    >>> counts = pd.DataFrame({"RAL": [100.0, 140.0], "RAP": [40.0, float("nan")]}, index=months)
    >>> merger = Succession("RAP", "RAL", date(2025, 1, 1), "merged_into", "example")
    >>> apply_succession(counts, [merger], file="example.csv").counts["RAL"].tolist()
    [140.0, 140.0]
    """
    issues = _dropped(counts, table, file)
    counts = counts.drop(columns=[entry.predecessor for entry in table if entry.kind == "closed"], errors="ignore")
    expected = _expected(counts, table)
    issues += _unhandled(counts, expected, file)
    groups: dict[str, list[str]] = {}
    for code in counts.columns:
        groups.setdefault(last_successor(code, table), []).append(code)
    sums: dict[str, pd.Series] = {}
    for successor, members in sorted(groups.items()):
        issues += _group_issues(successor, members, counts, expected, table, file)
        missing = (counts[members].isna() & expected[members]).any(axis=1)
        sums[successor] = counts[members].sum(axis=1, min_count=1).mask(missing)
    frame = pd.DataFrame(sums, index=counts.index)
    return Grouped(frame, {name: tuple(sorted(members)) for name, members in groups.items()}, tuple(issues))


def _row_issues(words: Mapping[str, str], row: TextRow, file: str) -> list[Issue]:
    problems: list[tuple[str, str, str]] = []
    for name in ("predecessor", "successor"):
        closed = name == "successor" and words["kind"] == "closed"
        if closed and words[name]:
            problems.append((name, "a closed unit has no successor.", "Leave it blank."))
        if not closed and not re.fullmatch(r"[A-Z0-9]{3,8}", words[name]):
            problems.append((name, "is not an organisation code.", "Write 3 to 8 capital letters and digits."))
    if words["kind"] not in KINDS:
        problems.append(("kind", "unknown kind.", nearest(words["kind"], KINDS)))
    if not words["source"]:
        problems.append(("source", "there is no source.", "Say where the change is recorded."))
    try:
        date.fromisoformat(words["date"])
    except ValueError:
        problems.append(("date", "is not a date.", "Write it as 2025-01-01."))
    return [Issue("error", file, row.number, what, remedy, name, words[name]) for name, what, remedy in problems]


def _table_issues(read: Sequence[tuple[int, Succession]], file: str) -> list[Issue]:
    issues = []
    first: dict[str, int] = {}
    onward = {entry.predecessor: entry.successor for _, entry in read}
    for number, entry in read:
        if entry.predecessor in first:
            what = f"a second successor of a unit (the first is in row {first[entry.predecessor]})."
            issues.append(Issue("error", file, number, what, "Keep one.", "predecessor", entry.predecessor))
        first.setdefault(entry.predecessor, number)
        passed, code = {entry.predecessor}, entry.successor
        while code in onward and code not in passed:
            passed.add(code)
            code = onward[code]
        if code in passed:
            what = "the successions go round in a circle."
            issues.append(Issue("error", file, number, what, "Delete one of them.", "successor", entry.successor))
    return issues


def _dropped(counts: pd.DataFrame, table: Iterable[Succession], file: str) -> list[Issue]:
    return [
        Issue("warning", file, None, f"{entry.predecessor} closed on {entry.date} and was dropped from every month.",
              "Its earlier activity is not counted anywhere.", "trust_code", entry.predecessor)
        for entry in table
        if entry.kind == "closed" and entry.predecessor in counts.columns
    ]  # fmt: skip


def _expected(counts: pd.DataFrame, table: Iterable[Succession]) -> pd.DataFrame:
    """True (month x code) where the table says that the unit should have counts."""
    expected = pd.DataFrame(True, index=counts.index, columns=counts.columns)
    for entry in table:
        start = pd.Timestamp(entry.date)
        if entry.predecessor in expected:
            expected.loc[expected.index >= start, entry.predecessor] = False
        if entry.kind in BEGINS_THEN and entry.successor in expected:
            begins = pd.Timestamp(start.year, start.month, 1)
            expected.loc[expected.index < begins, entry.successor] = False
    return expected


def _unhandled(counts: pd.DataFrame, expected: pd.DataFrame, file: str) -> list[Issue]:
    issues = []
    months = list(counts.index)
    for code in counts.columns:
        given = [i for i, known in enumerate(counts[code].notna()) if known]
        wanted = [i for i, needed in enumerate(expected[code]) if needed]
        if not given or not wanted:
            continue
        if given[-1] < wanted[-1]:
            what = f"{code} has no counts from {months[given[-1] + 1]:%Y-%m} on, and {FILE} does not say who took over."
            remedy = f"Add a row to {FILE}.{_likely_successor(counts, code, given[-1])}"
            issues.append(Issue("error", file, None, what, remedy, "trust_code", code))
        if given[0] > wanted[0]:
            what = f"{code} has no counts before {months[given[0]]:%Y-%m}, and {FILE} does not say whom it succeeds."
            issues.append(Issue("error", file, None, what, f"Add a row to {FILE}.", "trust_code", code))
    return issues


def _likely_successor(counts: pd.DataFrame, code: str, last: int) -> str:
    """Up to three units that rose by at least half of what was lost, when a unit stopped after row `last`."""
    others = [name for name in counts.columns if name != code]
    before, after = counts[others].to_numpy()[last], counts[others].to_numpy()[last + 1]
    rise = np.nan_to_num(after) - np.nan_to_num(before)
    lost = float(counts[code].to_numpy()[last])
    likely = [i for i in np.argsort(-rise, kind="stable") if rise[i] >= max(lost / 2, 1)][:3]
    if not likely:
        return ""
    shown = [f"{others[i]} from {np.nan_to_num(before[i]):,.0f} to {after[i]:,.0f}" for i in likely]
    return f" That month rose: {'; '.join(shown)}."


def _group_issues(
    successor: str, members: Sequence[str], counts: pd.DataFrame, expected: pd.DataFrame,
    table: Iterable[Succession], file: str,
) -> list[Issue]:  # fmt: skip
    issues = []
    if successor not in members:
        what = f"{', '.join(members)} went to {successor}, which is not in the data."
        remedy = f"Read the data that hold {successor}, or correct {FILE}."
        issues.append(Issue("error", file, None, what, remedy, "trust_code", successor))
    for code in members:
        gaps = counts.index[counts[code].isna() & expected[code]]
        given = counts.index[counts[code].notna()]
        inside = [month for month in gaps if not given.empty and given[0] < month < given[-1]]
        if inside:
            listed = ", ".join(month_text(month.date()) for month in inside)
            what = f"{code} has no counts in {listed}; the group of {successor} is not supplied then."
            issues.append(Issue("warning", file, None, what, "Nothing was filled in.", "trust_code", code))
        late = counts.index[counts[code].notna() & ~expected[code]]
        if len(late):
            what = (
                f"{code} has counts in {len(late)} months in which {FILE} says it did not exist, first {late[0]:%Y-%m}."
            )
            remedy = "They were added to the group; check the date."
            issues.append(Issue("warning", file, None, what, remedy, "trust_code", code))
    for entry in table:
        if entry.predecessor in members and entry.predecessor != successor:
            what = f"{entry.predecessor} is counted with {successor} in every month ({entry.kind}, {entry.date})."
            issues.append(Issue("note", file, None, what, f"See {FILE}.", "trust_code", entry.predecessor))
    return issues
