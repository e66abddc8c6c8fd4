"""Errors a user can act on, and the table of issues that travels beside data.

Every message names the thing, shows what came, says what is allowed and what to do next. A file's problems are
collected and reported together, never one at a time.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
ISSUE_COLUMNS = ("severity", "file", "row", "column", "value", "what", "remedy")
MESSAGES_SHOWN = 20
OPTIONS_SHOWN = 30
LONGEST_VALUE = 200


class Econ111Error(Exception):
    """Any failure that econ111 explains itself; `exit_code` is what the command line returns."""

    exit_code = 1


class InputError(Econ111Error):
    """Bad data, parameters or specification: nothing was computed and nothing written."""

    exit_code = 2


class FitError(Econ111Error):
    """A fit that is incomplete or has not converged, so its draws must not be used."""

    exit_code = 3


class EnvironmentProblem(Econ111Error):
    """A fault of the machine: a full disk, a read-only folder, a missing program."""

    exit_code = 4


@dataclass(frozen=True)
class Issue:
    """One thing noticed about a file: where it is, what it is, and what to do about it.

    `row` counts as the user's editor does: the header is row 1. It is `None` when the whole file is meant. `more_rows`
    are the other rows of the same problem, for a copy that marks them all.
    """

    severity: Severity
    file: str
    row: int | None
    what: str
    remedy: str
    column: str | None = None
    value: str | None = None
    more_rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file} row {self.row}"
        about = f" ({self.column})" if self.column else ""
        shown = f" Value: {_short(self.value)!r}." if self.value is not None else ""
        return f"{place}{about}: {self.what}{shown} {self.remedy}".strip()


def _short(value: str) -> str:
    """A value as a message shows it: a cell may hold a book."""
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}..."


class DataError(InputError):
    """A file that cannot be used, with every problem found in it.

    Examples
    --------
    >>> problem = Issue("error", "calls.csv", 14, "unknown trust 'RV6'.", "Did you mean 'RV5'?")
    >>> print(DataError([problem]))
    calls.csv row 14: unknown trust 'RV6'. Did you mean 'RV5'?
    """

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        shown = [str(issue) for issue in self.issues[:MESSAGES_SHOWN]]
        hidden = len(self.issues) - len(shown)
        if hidden > 0:
            shown.append(f"... and {hidden} more problems; `econ111 check` lists them all.")
        super().__init__("\n".join(shown))


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A remedy that suggests the nearest allowed word, or lists them all.

    Examples
    --------
    >>> nearest("pyhsical", ["physical", "mental"])
    "Did you mean 'physical'?"
    >>> nearest("xyz", ["physical", "mental"])
    'Use one of: mental, physical.'
    """
    options = sorted(str(option) for option in allowed)
    close = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    more = f" and {len(options) - OPTIONS_SHOWN} more" if len(options) > OPTIONS_SHOWN else ""
    return f"Use one of: {', '.join(options[:OPTIONS_SHOWN])}{more}."
