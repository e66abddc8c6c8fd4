"""What every reader returns: the data, and a table of everything noticed about them.

A cell is a state and an interval [low, high] of whole counts. The states are never mixed: a suppressed cell is a
small count that was hidden, a rounded one a count printed coarsely, `not_supplied` a count nobody sent,
`not_applicable` a count that cannot exist (the mental line before its launch). A zero is never inferred from a blank.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from econ111.display import Card, Shown, as_table, field_words
from econ111.errors import ISSUE_COLUMNS, DataError, Issue

CELL_STATES = ("observed", "suppressed", "rounded", "not_supplied", "not_applicable")
CALL_MEASURES = ("calls_offered", "calls_answered", "calls_abandoned", "transfers_in", "unrecorded")
DISPOSITIONS = ("ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other")


@dataclass(frozen=True, repr=False)
class Reading(Shown):
    """Data as read, with the issues that did not stop the reading (columns `ISSUE_COLUMNS`), also one by one."""

    data: xr.Dataset
    issues: pd.DataFrame
    found: tuple[Issue, ...] = ()

    def _card(self) -> Card:
        counts = {word: int((self.issues["severity"] == word).sum()) for word in ("error", "warning", "note")}
        said = ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for word, number in counts.items())
        months = [str(month)[:7] for month in self.data["month"].values] if "month" in self.data.indexes else []
        facts = {
            "file": str(self.data.attrs.get("file", "")) or "not named",
            "data": field_words(self.data),
            "months": f"{months[0]} to {months[-1]}" if months else "none",
            "noticed": said,
        }
        return Card("Data as read, with what was noticed about them", (), facts, (), {"Issues": self.issues})


def issue_table(issues: Iterable[Issue]) -> pd.DataFrame:
    """Issues as a table, one row each, errors first and then in file order.

    Examples
    --------
    >>> issue_table([Issue("note", "calls.csv", 4, "blank row.", "It was skipped.")])["what"].item()
    'blank row.'
    """
    rows = [[getattr(issue, column) for column in ISSUE_COLUMNS] for issue in in_order(issues)]
    table = pd.DataFrame(rows, columns=list(ISSUE_COLUMNS), dtype="object")
    return as_table(table.astype({"row": "Int64"}), "What was noticed about the data")


def in_order(issues: Iterable[Issue]) -> list[Issue]:
    """Issues sorted by severity, file and row, so that a shuffled file tells the same story in its own order."""
    rank = {"error": 0, "warning": 1, "note": 2}
    return sorted(issues, key=lambda issue: (rank[issue.severity], issue.file, issue.row or 0, issue.what))


def finish_reading(data: xr.Dataset, issues: Iterable[Issue], *, raise_errors: bool = True) -> Reading:
    """Close a reading: raise all its errors together, or hand over data and issues.

    Raises
    ------
    DataError
        With every error of the file, when there is one and `raise_errors` is true.
    """
    found = list(issues)
    if raise_errors:
        raise_if_errors(found)
    return Reading(data, issue_table(found), tuple(in_order(found)))


def raise_if_errors(issues: Iterable[Issue]) -> None:
    """Raise one `DataError` that holds every issue of severity error; do nothing when there is none."""
    errors = [issue for issue in in_order(issues) if issue.severity == "error"]
    if errors:
        raise DataError(errors)


def file_error(file: str, what: str, remedy: str, *, row: int | None = None) -> DataError:
    """The error for a file that cannot be read at all, so that nothing else can be said about it."""
    return DataError([Issue("error", file, row, what, remedy)])
