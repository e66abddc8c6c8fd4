"""Crosswalk files: what the mental-health line's categories would be called on the physical-health line.

One row says which share of the calls that the mental line records as `category` the physical line would have recorded
as `disposition`; a category may go to several dispositions and a disposition may come from several categories. The
shares of a category add up to 1; what has no counterpart is `unmapped`. `concentration` is what the stated shares of a
category are worth in double-coded calls. An audit file holds calls that were coded both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from econ111.activity.reading import DISPOSITIONS, file_error, raise_if_errors
from econ111.activity.tabular import TextRow, TextTable, column_key, read_table
from econ111.errors import Issue, nearest

COLUMNS = ("category", "disposition", "share", "concentration", "note")
AUDIT_COLUMNS = ("category", "disposition", "calls")
UNMAPPED = "unmapped"
TARGETS = (*DISPOSITIONS, UNMAPPED)
_ADD_UP_TO = 1e-6


@dataclass(frozen=True)
class Crosswalk:
    """Stated shares (category, target), their worth in calls (category), and double-coded calls (category, target).

    Categories are the six dispositions as the mental line records them, targets the same as the physical line does,
    and `unmapped`. Without an audit `audit` holds zeros.
    """

    shares: np.ndarray
    concentration: np.ndarray
    audit: np.ndarray
    file: str

    @property
    def audited(self) -> bool:
        """Whether any call was coded both ways."""
        return bool(self.audit.any())


def read_crosswalk(path: Path | str, *, audit: Path | str | None = None) -> Crosswalk:
    """Read a crosswalk, and the calls that were coded both ways.

    Parameters
    ----------
    path : path
        Columns category, disposition, share, concentration, note.
    audit : path, optional
        Columns category, disposition, calls.

    Raises
    ------
    DataError
        With every fault of both files: a category or disposition that is not known, a category that is lost, shares
        that do not add up to 1, a concentration that is none, a pair twice, an audit without calls.
    """
    table, rows, issues = _rows(path, COLUMNS)
    shares = _cells(rows, "share", _share, issues, table.file)
    worth = {row.number: _concentration(row, words, issues, table.file) for row, words in rows}
    issues += _lost(shares, table.file) or _sums(shares, table.file)
    concentration = _one_each(rows, worth, issues, table.file)
    counts = np.zeros_like(shares)
    if audit is not None:
        audited, audit_rows, audit_issues = _rows(audit, AUDIT_COLUMNS)
        counts = _cells(audit_rows, "calls", _calls, audit_issues, audited.file)
        issues += audit_issues
        if not audit_issues and not counts.any():
            issues.append(
                _issue(audited.file, None, "no call was coded both ways.", "Leave the audit out, or fill it.")
            )
    raise_if_errors(issues)
    return Crosswalk(shares=shares, concentration=concentration, audit=counts, file=table.file)


def _rows(
    path: Path | str, columns: Sequence[str]
) -> tuple[TextTable, list[tuple[TextRow, dict[str, str]]], list[Issue]]:
    """Rows of a file by column, and what is wrong with its shape and its words."""
    table = read_table(path, expected=columns)
    absent = [name for name in columns if name not in table.header]
    if absent:
        remedy = f"Row 1 must hold: {', '.join(columns)}."
        raise file_error(table.file, f"there is no column {', '.join(map(repr, absent))}.", remedy, row=1)
    if not table.rows:
        raise file_error(table.file, "has a header and no rows.", "Fill it, or do not name it in the specification.")
    named = [(row, {name: row.cells[table.header.index(name)] for name in columns}) for row in table.rows]
    issues = list(table.issues)
    for row, words in named:
        for column, allowed in (("category", DISPOSITIONS), ("disposition", TARGETS)):
            words[column] = column_key(words[column])
            if words[column] not in allowed:
                what = f"unknown {column}."
                issues.append(_issue(table.file, row.number, what, nearest(words[column], allowed), column, words))
    return table, named, issues


def _cells(
    rows: Iterable[tuple[TextRow, dict[str, str]]],
    column: str,
    parse: Callable[[str], float | None],
    issues: list[Issue],
    file: str,
) -> np.ndarray:
    """One number per category and target, 0 where there is no row; faults are added to `issues`."""
    found = np.zeros((len(DISPOSITIONS), len(TARGETS)))
    first: dict[tuple[str, str], int] = {}
    for row, words in rows:
        pair = (words["category"], words["disposition"])
        number = parse(words[column])
        if number is None:
            what, remedy = _NUMBER_FAULTS[column]
            issues.append(_issue(file, row.number, what, remedy, column, words))
        elif pair in first:
            what = f"this pair stands in row {first[pair]} already."
            issues.append(_issue(file, row.number, what, "Keep one row of each pair.", "disposition", words))
        elif pair[0] in DISPOSITIONS and pair[1] in TARGETS:
            found[DISPOSITIONS.index(pair[0]), TARGETS.index(pair[1])] = number
        first.setdefault(pair, row.number)
    return found


def _lost(shares: np.ndarray, file: str) -> list[Issue]:
    """A category without a row: its calls would go nowhere."""
    return [
        _issue(
            file, None, f"the category {name!r} has no row, so its calls would be lost.",
            f"Add its rows: '{name},{name},1' keeps it as it is, '{name},{UNMAPPED},1' gives it no counterpart.",
        )
        for name, row in zip(DISPOSITIONS, shares, strict=True)
        if not row.any()
    ]  # fmt: skip


def _sums(shares: np.ndarray, file: str) -> list[Issue]:
    return [
        _issue(
            file, None, f"the shares of {name!r} add up to {row.sum():.4g}, not to 1.",
            f"Correct them; what has no counterpart is a row '{name},{UNMAPPED}'.",
        )
        for name, row in zip(DISPOSITIONS, shares, strict=True)
        if abs(row.sum() - 1) > _ADD_UP_TO
    ]  # fmt: skip


def _one_each(
    rows: Iterable[tuple[TextRow, dict[str, str]]], worth: dict[int, float], issues: list[Issue], file: str
) -> np.ndarray:
    """The concentration of each category; two rows of one category must agree."""
    found = np.ones(len(DISPOSITIONS))
    first: dict[str, float] = {}
    for row, words in rows:
        value = worth[row.number]
        if first.setdefault(words["category"], value) != value:
            what = f"{words['category']!r} has concentration {first[words['category']]:g} in an earlier row."
            issues.append(_issue(file, row.number, what, "Give a category one concentration.", "concentration", words))
        if words["category"] in DISPOSITIONS:
            found[DISPOSITIONS.index(words["category"])] = first[words["category"]]
    return found


def _concentration(row: TextRow, words: dict[str, str], issues: list[Issue], file: str) -> float:
    value = _number(words["concentration"])
    if value is None or value <= 0:
        what = "the concentration is not a number above 0."
        remedy = "Say how many double-coded calls the stated shares are worth, such as 40."
        issues.append(_issue(file, row.number, what, remedy, "concentration", words))
        return 1.0
    return value


def _share(text: str) -> float | None:
    value = _number(text)
    return value if value is not None and 0 <= value <= 1 else None


def _calls(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,10}", text) else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


_NUMBER_FAULTS = {
    "share": ("the share is not a number from 0 to 1.", "Write 0.9 for 90%."),
    "calls": ("the calls are not a whole number.", "Count the double-coded calls."),
}


def _issue(
    file: str, row: int | None, what: str, remedy: str, column: str | None = None, words: dict[str, str] | None = None
) -> Issue:
    return Issue("error", file, row, what, remedy, column, words[column] if words and column else None)
