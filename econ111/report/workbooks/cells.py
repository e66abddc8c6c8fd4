"""Writing cells: text that is never a formula, numbers as numbers, and formulas that carry their stored value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from econ111.report.labels import clean
from econ111.report.numbers import UNKNOWN

LONGEST_TEXT = 32_000
LONGEST_SHEET_NAME = 31
LONGEST_COLUMN_NAME = 3
HEIGHT_OF_LINE, HIGHEST_ROW, MARKS_PER_WIDTH = 13.5, 405.0, 1.1
NOT_IN_A_SHEET_NAME = "[]:*?/\\'"


@dataclass(frozen=True)
class Live:
    """A formula and the value it has when nothing was changed; `array` for one that works on whole columns."""

    formula: str
    value: float | str
    array: bool = False


type Content = str | float | int | Live


def put(sheet: Worksheet, row: int, column: int, content: Content, style: Format) -> None:
    """Write one cell by what it holds; an unknown number is a dash, never 0."""
    match content:
        case Live(formula, value, True):
            sheet.write_array_formula(row, column, row, column, f"{{={formula}}}", style, value)
        case Live(formula, value, _):
            sheet.write_formula(row, column, f"={formula}", style, value)
        case str():
            sheet.write_string(row, column, clean(content)[:LONGEST_TEXT], style)
        case number if math.isfinite(number):
            sheet.write_number(row, column, number, style)
        case _:
            sheet.write_string(row, column, UNKNOWN, style)


def put_row(sheet: Worksheet, row: int, contents: Iterable[tuple[Content, Format]], *, first: int = 0) -> None:
    """Write neighbouring cells."""
    for column, (content, style) in enumerate(contents, start=first):
        put(sheet, row, column, content, style)


def fit_row(sheet: Worksheet, row: int, cells: Iterable[tuple[Content, float]], *, size: float = 10.0) -> None:
    """Make a row high enough for texts that wrap in columns of the given widths; single lines are left alone.

    `size` is the size of the letters, in points.
    """
    shown = ((content.value if isinstance(content, Live) else content, width) for content, width in cells)
    texts = [(clean(text), width * MARKS_PER_WIDTH * 10.0 / size) for text, width in shown if isinstance(text, str)]
    lines = max((sum(math.ceil(len(line) / width) for line in text.splitlines()) for text, width in texts), default=1)
    if lines > 1:
        sheet.set_row(row, min(HEIGHT_OF_LINE * size / 10.0 * lines, HIGHEST_ROW))


def cell(sheet: str, row: int, column: int, *, fixed_row: bool = True) -> str:
    """A reference to one cell of another sheet; the row moves with the formula unless fixed.

    Examples
    --------
    >>> cell("Inputs", 4, 6), cell("All trusts", 0, 0)
    ('Inputs!$G$5', "'All trusts'!$A$1")
    """
    return f"{_quoted(sheet)}!{xl_rowcol_to_cell(row, column, row_abs=fixed_row, col_abs=True)}"


def down(sheet: str, first_row: int, rows: int, column: int) -> str:
    """A fixed reference to a column of draws.

    Examples
    --------
    >>> down("Draws", 8, 1000, 2)
    'Draws!$C$9:$C$1008'
    """
    return f"{_quoted(sheet)}!{xl_range_abs(first_row, column, first_row + rows - 1, column)}"


def across(sheet: str, row: int, first_column: int, columns: int, *, fixed_row: bool = False) -> str:
    """A reference to neighbouring cells of one row; the row moves with the formula unless fixed.

    Examples
    --------
    >>> across("Draws", 8, 1, 3), across("Draws", 6, 1, 3, fixed_row=True)
    ('Draws!$B9:$D9', 'Draws!$B$7:$D$7')
    """
    ends = (first_column, first_column + columns - 1)
    first, last = (xl_rowcol_to_cell(row, end, row_abs=fixed_row, col_abs=True) for end in ends)
    return f"{_quoted(sheet)}!{first}:{last}"


def sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """A name that a spreadsheet allows and no other sheet has, whatever its case.

    Examples
    --------
    >>> sheet_name("RWK", []), sheet_name("a/b:*", ["a_b__"]), len(sheet_name("x" * 200, []))
    ('RWK', 'a_b__ 2', 31)
    """
    plain = "".join("_" if mark in NOT_IN_A_SHEET_NAME else mark for mark in clean(wanted)).strip() or "Trust"
    used = {name.casefold() for name in taken} | {"history"}
    name, number = plain[:LONGEST_SHEET_NAME], 1
    while name.casefold() in used:
        number += 1
        ending = f" {number}"
        name = plain[: LONGEST_SHEET_NAME - len(ending)] + ending
    return name


def _quoted(sheet: str) -> str:
    plain = sheet.isascii() and sheet.isalpha() and len(sheet) > LONGEST_COLUMN_NAME
    return sheet if plain else f"'{sheet}'"
