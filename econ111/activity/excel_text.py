"""The text of one sheet of an Excel workbook, read without ever unpacking an unsafe one.

The zip directory tells the unpacked size before anything is unpacked; entities in its XML are refused by defusedxml.
Real dates become ISO text, whole numbers stay whole. A formula is read by its stored value, with a warning; without
one, or with an error value such as #REF!, the cell is an error. Macros are never read. What is hidden is named in
`excel_hidden`.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException

from econ111.activity.excel_hidden import hidden_issues
from econ111.activity.reading import file_error
from econ111.errors import DataError, EnvironmentProblem, Issue

LARGEST_UNZIPPED = 200_000_000
LARGEST_RATIO = 100
MOST_ROWS = 300_000
MOST_COLUMNS = 200
ENTITIES = "holds XML entities, which a workbook never needs."


def excel_rows(
    content: bytes, *, file: str, sheet: str, issues: list[Issue]
) -> tuple[str, list[tuple[int, list[str]]]]:
    """Label and rows of the only sheet, or of the sheet with the given name, numbered as Excel numbers them.

    Raises
    ------
    DataError
        When the workbook is broken, unsafe, too large, or none of its several sheets has the name.
    """
    _check_zip(content, file=file, issues=issues)
    if not openpyxl.DEFUSEDXML:
        raise EnvironmentProblem("Excel files are only read with defusedxml. Install econ111 again.")
    try:
        with warnings.catch_warnings():
            # openpyxl warns of drop-down lists and styles it does not keep; neither matters to the text.
            warnings.simplefilter("ignore")
            _refuse_entities(content, file=file)
            return _read(content, file=file, sheet=sheet, issues=issues)
    except DataError:
        raise
    except Exception as broken:  # openpyxl raises whatever its XML leads it to
        if _unsafe(broken):
            raise file_error(file, ENTITIES, "Do not open it.") from broken
        raise file_error(file, f"is damaged ({type(broken).__name__}).", "Save it again in Excel as .xlsx.") from broken


def _unsafe(error: BaseException | None) -> bool:
    """Whether defusedxml stopped the reading, at whatever depth openpyxl has wrapped it."""
    return error is not None and (isinstance(error, DefusedXmlException) or _unsafe(error.__cause__))


def _check_zip(content: bytes, *, file: str, issues: list[Issue]) -> None:
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as broken:
        # A directory that is no directory, of a version to come, with names that are no text, or that ends too early.
        raise file_error(file, "is a damaged workbook.", "Save it again in Excel as .xlsx.") from broken
    if any(member.filename.casefold().endswith("vbaproject.bin") for member in members):
        issues.append(
            Issue(
                "warning", file, None, "holds macros.", "They were neither run nor read; save it as .xlsx without them."
            )
        )
    unzipped = sum(member.file_size for member in members)
    if unzipped > LARGEST_UNZIPPED or unzipped > LARGEST_RATIO * max(len(content), 1):
        raise file_error(
            file,
            f"unpacks to {unzipped:,} bytes, too large or too dense to be safe.",
            "Save the one sheet as CSV (UTF-8).",
        )
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise file_error(file, "is a zip file but not an .xlsx workbook.", "Save it in Excel as .xlsx.")


def _read(content: bytes, *, file: str, sheet: str, issues: list[Issue]) -> tuple[str, list[tuple[int, list[str]]]]:
    values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    # Where no cell holds a formula, the stored values are all there is, and the second reading is spared.
    formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True) if _has_formulas(content) else values
    try:
        name = sheet_named([each.title for each in values.worksheets], file=file, sheet=sheet)
        label = file if len(values.worksheets) == 1 else f"{file} sheet {name!r}"
        rows = []
        formulas_at: list[tuple[int, str]] = []
        shown_rows = _cells(values[name])
        alone = ((row, row) for row in shown_rows)
        pairs = alone if formulas is values else zip(shown_rows, _cells(formulas[name]), strict=True)
        for number, (shown, written) in enumerate(pairs, 1):
            if number > MOST_ROWS or len(shown) > MOST_COLUMNS:
                raise file_error(
                    label, f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns.", "Save it as CSV (UTF-8)."
                )
            rows.append((number, [_text(cell.value) for cell in shown]))
            issues += _cell_issues(label, number, shown, written)
            formulas_at += [
                (number, source.coordinate)
                for value, source in zip(shown, written, strict=True)
                if source.data_type == "f" and value.value is not None and value.data_type != "e"
            ]
    finally:
        values.close()
        formulas.close()
    if not any(any(cells) for _, cells in rows):
        raise file_error(label, "the sheet is empty.", "Put the column names in row 1.")
    if formulas_at:
        issues.append(_formulas_issue(label, formulas_at))
    issues += hidden_issues(content, sheet=name, label=label, file=file, rows=rows)
    return label, rows


def sheet_named(names: list[str], *, file: str, sheet: str) -> str:
    """The sheet to read: the only one, or the one of that name whatever its capitals.

    Raises
    ------
    DataError
        When there are several and none has the name.
    """
    if len(names) == 1:
        return names[0]
    for name in names:
        if name.strip().casefold() == sheet.casefold():
            return name
    shown = ", ".join(repr(name) for name in names)
    what = f"has {len(names)} sheets ({shown}), none of them named {sheet!r}."
    raise file_error(file, what, f"Name the one to read {sheet!r}.")


def _formulas_issue(label: str, places: Sequence[tuple[int, str]]) -> Issue:
    """One warning for all formulas: what they show may be older than what they were made from."""
    (first, cell), *others = places
    what = f"{len(places)} cells hold formulas ({cell} is the first); the values last stored in them were read."
    remedy = "Copy them and paste values only."
    return Issue("warning", label, first, what, remedy, more_rows=tuple(sorted({row for row, _ in others} - {first})))


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.endswith(".xml") and "sheets/" in name]
        return any(re.search(rb"<(\w+:)?f[\s/>]", archive.read(name)) for name in sheets)


def _refuse_entities(content: bytes, *, file: str) -> None:
    """No part of a workbook declares a document type; one that does means to expand it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name) if name.endswith((".xml", ".rels")) else b""
            if any("<!DOCTYPE".encode(code) in part for code in ("utf-8", "utf-16-le", "utf-16-be")):
                raise file_error(file, ENTITIES, "Do not open it.")


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # The stored size of a sheet may be wrong; without it every row is read as it comes.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def _cell_issues(file: str, number: int, shown: tuple[Any, ...], written: tuple[Any, ...]) -> Iterator[Issue]:
    for value, source in zip(shown, written, strict=True):
        if source.value is None and value.value is None:
            continue
        column = f"column {value.column_letter}" if hasattr(value, "column_letter") else None
        if source.data_type == "f" and value.value is None:
            what = "holds a formula without a stored result."
            yield Issue("error", file, number, what, "Open it in Excel, recalculate, and save.", column=column)
        elif value.data_type == "e":
            what = "holds an Excel error."
            yield Issue(
                "error",
                file,
                number,
                what,
                "Mend the formula or type the number.",
                column=column,
                value=str(value.value),
            )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
