"""A copy of a checked file in which each problem stands beside the cell that it is about.

In a workbook the cell is filled, red for what must be mended and amber for what should be looked at, and its comment
says what and how; a sheet `problems` lists everything. In a CSV file a column `problem` says it. The file itself is
never touched, and no older copy is written over: somebody may be mending it.

A copy is opened by whoever gets it, so nothing in it runs: formulas are replaced by the values stored in them, text
that a spreadsheet would run is written as text, and macros and links to other files are left out.
"""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.properties import PageSetupProperties

from econ111.activity.cells import FORMULA_STARTS
from econ111.activity.csv_text import csv_rows
from econ111.activity.excel_text import sheet_named
from econ111.activity.tabular import EXCEL_ENDINGS, column_key
from econ111.activity.template import COLUMNS, IDENTIFYING, PROBLEM_COLUMN
from econ111.errors import ISSUE_COLUMNS, Issue
from econ111.files import write_file, write_text

AUTHOR = "econ111 check"
PROBLEMS_SHEET = "problems"
PROBLEM_WIDTHS, HEIGHT_OF_LINE = (10, 8, 14, 24, 70, 70), 15.0
# A larger workbook takes too much memory to be marked cell by cell.
LARGEST_MARKED = 20_000_000
MOST_CELLS = 3_000_000
LONGEST_COMMENT = 1_500
_COLOURS = {"error": "F4B6A6", "warning": "FFE08A"}
# The starts that matter when a CSV file is opened; a number with a sign and the mark - are harmless.
_RUNS = (*FORMULA_STARTS, "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_HARMLESS = re.compile(r"[-+]?[0-9][0-9.,]*|-")


def write_marked_copy(path: Path, issues: Iterable[Issue], *, folder: Path | None = None) -> Path | None:
    """Write the marked copy of a file.

    Parameters
    ----------
    path : Path
        The file that was checked.
    issues : iterable of Issue
        What was found in it. Notes are not marked.
    folder : Path, optional
        Where the copy goes; beside the file when left out.

    Returns
    -------
    Path or None
        The copy, named `NAME-checked`, with a number when there is one already. None when there is nothing to mark,
        when the file cannot be read as a table at all, and when a column of it may identify people.

    Raises
    ------
    EnvironmentProblem
        When the folder cannot be written.
    """
    marked = [issue for issue in issues if issue.severity != "note"]
    if not marked or not path.is_file() or any(_identifying(issue) for issue in marked):
        return None
    excel = path.suffix.casefold() in EXCEL_ENDINGS
    try:
        made = _marked_book(path.read_bytes(), marked) if excel else _marked_csv(path, marked)
    except Exception:
        # Whatever makes a file unreadable has been reported already; openpyxl raises what its XML leads it to.
        return None
    if isinstance(made, str):
        return write_text(_free_name(path, folder, ".csv"), made)
    return None if made is None else write_file(_free_name(path, folder, ".xlsx"), made.save)


def inert_text(text: str) -> str:
    """A text of a CSV cell that no spreadsheet runs; numbers and marks stay as they are.

    Examples
    --------
    >>> inert_text("=cmd()"), inert_text("-"), inert_text("-5"), inert_text("RV5")
    ("'=cmd()", '-', '-5', 'RV5')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_RUNS) and not _HARMLESS.fullmatch(text.strip()) else text


def problem_words(issue: Issue) -> str:
    """What is said beside a cell.

    Examples
    --------
    >>> problem_words(Issue("error", "calls.csv", 3, "this value is a fraction.", "Write a whole number."))
    'ERROR: this value is a fraction. Write a whole number.'
    """
    return f"{issue.severity.upper()}: {issue.what} {issue.remedy}".strip()


def _identifying(issue: Issue) -> bool:
    """Whether a column may hold what identifies people: then one copy of the file is already one too many."""
    return issue.row == 1 and column_key(issue.column or "") in IDENTIFYING


def _free_name(path: Path, folder: Path | None, ending: str) -> Path:
    stem = re.sub(r"-checked(-[0-9]+)?$", "", path.stem)
    home = folder if folder is not None else path.parent
    names = (f"{stem}-checked{'' if number == 1 else f'-{number}'}{ending}" for number in range(1, 10_000))
    return next(home / name for name in names if not (home / name).exists())


def _by_row(issues: Sequence[Issue]) -> Mapping[int | None, list[Issue]]:
    rows: dict[int | None, list[Issue]] = {}
    for issue in issues:
        for row in (issue.row, *issue.more_rows):
            rows.setdefault(row, []).append(issue)
    return rows


def _marked_csv(path: Path, issues: Sequence[Issue]) -> str:
    wanted = [*COLUMNS, *sorted({column_key(issue.column) for issue in issues if issue.column})]
    rows = csv_rows(path.read_bytes(), file=path.name, wanted=wanted, key=column_key, issues=[])
    by_row = _by_row(issues)
    header = rows[0][1]
    kept = [place for place, name in enumerate(header) if column_key(name) != PROBLEM_COLUMN]
    width = len(kept)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    whole = [f"Whole file: {problem_words(issue)}" for issue in (*by_row.get(None, ()), *by_row.get(1, ()))]
    for number, cells in rows:
        own = [cells[place] if place < len(cells) else "" for place in kept] + list(cells[len(header) :])
        said = [problem_words(issue) for issue in by_row.get(number, ())] if number > 1 else [PROBLEM_COLUMN]
        if number > 1:
            said, whole = [*whole, *said], []
        own += [""] * (width - len(own))
        writer.writerow([inert_text(text) for text in own] + ["  ".join(said)])
    return "\ufeff" + stream.getvalue()


def _marked_book(content: bytes, issues: Sequence[Issue]) -> Any:
    """The workbook, marked; None when it is too large for that."""
    if sum(member.file_size for member in zipfile.ZipFile(io.BytesIO(content)).infolist()) > LARGEST_MARKED:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    if sum(sheet.max_row * sheet.max_column for sheet in book.worksheets) > MOST_CELLS:
        return None
    if PROBLEMS_SHEET in book.sheetnames:
        del book[PROBLEMS_SHEET]
    name = sheet_named([sheet.title for sheet in book.worksheets], file="", sheet="calls")
    for sheet in book.worksheets:
        _make_inert(sheet, values[sheet.title])
    _unmark(book[name])
    _mark(book[name], issues)
    _list_problems(book.create_sheet(PROBLEMS_SHEET), issues)
    return book


def _make_inert(sheet: Any, values: Any) -> None:
    """Formulas replaced by what is stored in them, and texts that look like formulas kept as texts."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.value = values[cell.coordinate].value
            if isinstance(cell.value, str) and cell.value.startswith(_RUNS):
                _as_text(cell, cell.value)


def _as_text(cell: Any, text: str) -> None:
    cell.value = text
    if text.startswith(_RUNS):
        cell.data_type = "s"
        cell.quotePrefix = True


def _unmark(sheet: Any) -> None:
    """Away with the marks of an earlier check."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _mark(sheet: Any, issues: Sequence[Issue]) -> None:
    columns = {column_key(str(cell.value)): cell.column for cell in sheet[1] if cell.value is not None}
    marks: dict[tuple[int, int], list[Issue]] = {}
    for row, found in _by_row(issues).items():
        for issue in found:
            marks.setdefault((row or 1, _place(issue.column, columns)), []).append(issue)
    for (row, column), found in marks.items():
        cell = sheet.cell(row, column)
        severity = "error" if any(issue.severity == "error" for issue in found) else "warning"
        cell.fill = PatternFill("solid", fgColor=_COLOURS[severity])
        cell.font = _readable(cell.font)
        said = "\n".join(dict.fromkeys(problem_words(issue) for issue in found))
        earlier = f"{cell.comment.text}\n" if cell.comment is not None else ""
        cell.comment = Comment((earlier + said)[:LONGEST_COMMENT], AUTHOR, width=360, height=140)


def _readable(font: Font) -> Font:
    """The font of a cell in black: headings may be white, which no mark lets through."""
    return Font(name=font.name, size=font.size, bold=font.bold, italic=font.italic, color="FF000000")


def _place(column: str | None, columns: Mapping[str, int]) -> int:
    """Number of the column that an issue names by heading or by letter; the first when it names none."""
    lettered = re.fullmatch(r"column ([A-Z]{1,3})", column or "")
    if lettered:
        return int(column_index_from_string(lettered[1]))
    return columns.get(column_key(column or ""), 1)


def _lines(values: Iterable[object]) -> int:
    """Lines that the longest text of a row of problems takes in its column."""
    return max(math.ceil(len(str(value)) / width) or 1 for value, width in zip(values, PROBLEM_WIDTHS, strict=True))


def _list_problems(sheet: Any, issues: Sequence[Issue]) -> None:
    columns = [name for name in ISSUE_COLUMNS if name != "file"]
    for place, (name, width) in enumerate(zip(columns, PROBLEM_WIDTHS, strict=True), start=1):
        sheet.cell(1, place, name).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = width
    for number, issue in enumerate(issues, start=2):
        for place, name in enumerate(columns, start=1):
            value = getattr(issue, name)
            if isinstance(value, str):
                _as_text(sheet.cell(number, place), openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value))
            elif value is not None:
                sheet.cell(number, place, value)
            sheet.cell(number, place).alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        sheet.row_dimensions[number].height = HEIGHT_OF_LINE * _lines(getattr(issue, name) for name in columns)
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
