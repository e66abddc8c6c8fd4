"""A CSV file read as text, with the row numbers an editor shows and every fault of its shape.

Nothing is guessed: numbers have digits and a point, nothing else; a blank is a blank.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from econ111.errors import Issue, nearest

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
NUMBER_REMEDY = "Write digits with a decimal point: no thousands separators, signs of money or percent."


@dataclass(frozen=True)
class TextRow:
    """One line of a file: `row` counts as an editor does, the header being row 1."""

    file: str
    row: int
    cells: dict[str, str]

    def issue(self, column: str, what: str, remedy: str) -> Issue:
        """A fault in one cell of this row."""
        named = self.cells.get("name", "")
        return Issue(
            "error", self.file, self.row, f"{named}: {what}", remedy, column=column, value=self.cells.get(column, "")
        )


def read_text_table(
    path: Path, *, label: str, required: Collection[str], optional: Collection[str] = ()
) -> tuple[list[TextRow], list[Issue]]:
    """Rows of a CSV file as stripped text, and what is wrong with its shape.

    Parameters
    ----------
    path : Path
        The file, in UTF-8, with or without a byte order mark.
    label : str
        What to call the file in messages.
    required, optional : names of columns
        Any other column is an error, as is a missing required one.

    Returns
    -------
    rows, issues
        No rows when the header is wrong: every row would then fail for the same reason.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"it is not UTF-8 text (byte {error.start})."
        return [], [Issue("error", label, None, what, "Save it as 'CSV UTF-8'.")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader]
    except csv.Error as error:
        what = f"the line cannot be read: {error}."
        return [], [Issue("error", label, reader.line_num, what, "Look for an unclosed quotation mark.")]
    if not lines:
        return [], [Issue("error", label, None, "the file is empty.", f"Its header must be: {', '.join(required)}.")]
    header = [cell.strip() for cell in lines[0][1]]
    issues = list(_header_problems(header, label, required, optional))
    if issues:
        return [], issues
    return _rows(lines[1:], header, label)


def parse_number(text: str) -> float | None:
    """The number a cell holds, or None when it holds something else.

    Examples
    --------
    >>> parse_number("184.55"), parse_number("1,179.98"), parse_number("59%"), parse_number("nan")
    (184.55, None, None, None)
    """
    return float(text) if _NUMBER.fullmatch(text) else None


def _header_problems(
    header: list[str], label: str, required: Collection[str], optional: Collection[str]
) -> Iterable[Issue]:
    for column in sorted({name for name in header if header.count(name) > 1}):
        yield Issue("error", label, 1, f"column {column!r} stands more than once.", "Keep one of them.", column=column)
    for column in header:
        if column not in required and column not in optional:
            remedy = nearest(column, [*required, *optional])
            yield Issue("error", label, 1, f"column {column!r} is not known.", remedy, column=column)
    for column in required:
        if column not in header:
            yield Issue("error", label, 1, f"column {column!r} is missing.", "Add it to the header.", column=column)


def _rows(lines: list[tuple[int, list[str]]], header: list[str], label: str) -> tuple[list[TextRow], list[Issue]]:
    rows, issues = [], []
    for number, line in lines:
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(header):
            what = f"the row has {len(line)} cells and the header has {len(header)}."
            issues.append(Issue("error", label, number, what, "Quote a text that holds a comma."))
            continue
        rows.append(TextRow(label, number, dict(zip(header, (cell.strip() for cell in line), strict=True))))
    return rows, issues
