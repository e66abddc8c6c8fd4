"""Files as text: what is mended, what is refused, and with which row number."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from econ111.activity.tabular import TextTable, read_table
from econ111.errors import DataError

COLUMNS = ("trust", "month", "value")
TEXT = "trust,month,value\nRV5,Apr-24,007\nRWK,2024-05,1E5\n"
CELLS = [("RV5", "Apr-24", "007"), ("RWK", "2024-05", "1E5")]


def _read(folder: Path, content: bytes | str, name: str = "calls.csv") -> TextTable:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_table(path, expected=COLUMNS)


def _refused(folder: Path, content: bytes | str, name: str = "calls.csv") -> str:
    with pytest.raises(DataError) as caught:
        _read(folder, content, name)
    (issue,) = caught.value.issues
    assert issue.remedy
    assert Path(issue.file).name == name
    return str(issue)


def _cells(table: TextTable) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def _whats(table: TextTable) -> str:
    return " | ".join(f"{issue.severity}: {issue.what}" for issue in table.issues)


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        (TEXT.encode("utf-8"), ""),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.replace(",", ";").encode(), "semicolons"),
        (TEXT.replace(",", "\t").encode(), "tabs"),
        (TEXT.replace("\n", "\r\n").encode(), ""),
        (TEXT.replace("\n", "\r", 1).encode(), "mixes line ends"),
        (TEXT.replace("trust,month", "Trust , MONTH").encode(), ""),
        (TEXT.replace("RV5", " RV5\u00a0").encode(), ""),
        (TEXT.replace("RWK", "\nRWK").encode(), "blank rows"),
        ((TEXT + ",,\n\n").encode(), ""),
    ],
)
def test_what_is_beyond_doubt_is_mended_and_noted(tmp_path: Path, content: bytes, noted: str) -> None:
    """Marks, delimiters, line ends and blank rows do not change what is read; codes and numbers stay text."""
    table = _read(tmp_path, content)
    assert table.header == COLUMNS
    assert _cells(table) == CELLS
    assert noted in _whats(table)


def test_rows_are_numbered_as_the_sender_sees_them(tmp_path: Path) -> None:
    """Header row 1, first row 2; a blank row 3 counts, so the next is row 4."""
    table = _read(tmp_path, TEXT.replace("RWK", "\nRWK"))
    assert [row.number for row in table.rows] == [2, 4]


def test_windows_text_is_read_only_when_it_can_be_nothing_else(tmp_path: Path) -> None:
    """0x92 is a curly apostrophe in Windows-1252 and nothing in UTF-8; beside UTF-8 letters it is a mixture."""
    table = _read(tmp_path, b"trust,month,value\nGuy\x92s,2024-04,\xa35\n")
    assert _cells(table) == [("Guy\u2019s", "2024-04", "£5")]
    assert "Windows-1252" in _whats(table)
    assert "mixes two encodings" in _refused(tmp_path, b"trust,month,value\nGuy\x92s,\xc2\xa35,1\n")
    assert "neither UTF-8 nor" in _refused(tmp_path, b"trust,month,value\nGuy\x81s,2024-04,1\n")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "calls.csv", "empty"),
        (b"trust,month,value\n", "calls.csv", "no rows"),
        (b"\n\ntrust,month,value\n", "calls.csv", "row 1 is blank"),
        (b"trust,month\nRV5,\x00\n", "calls.csv", "row 2: holds NUL"),
        (b'trust,month,value\nRV5,2024-04,"1\nRWK,2024-04,2\n', "calls.csv", "row 2: a quotation mark"),
        (b"PK\x03\x04rest", "calls.csv", "named as CSV"),
        (TEXT.encode(), "calls.xlsx", "named as Excel"),
        (b"\xd0\xcf\x11\xe0rest", "calls.xlsx", "password"),
        (b"\xd0\xcf\x11\xe0rest", "calls.xls", "'.xls'"),
        (b"PK\x03\x04rest", "calls.xlsx", "damaged"),
        (TEXT.encode(), "calls.docx", "'.docx'"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_clear_message(
    tmp_path: Path, content: bytes, name: str, words: str
) -> None:
    """The message names the file and what to do; a row where there is one."""
    assert words in _refused(tmp_path, content, name)


def test_a_missing_file_suggests_its_neighbour_and_a_folder_is_refused(tmp_path: Path) -> None:
    """`cals.csv` beside `calls.csv`."""
    (tmp_path / "calls.csv").write_text(TEXT)
    with pytest.raises(DataError, match=r"Did you mean 'calls\.csv'"):
        read_table(tmp_path / "cals.csv", expected=COLUMNS)
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path, expected=COLUMNS)


def test_faults_of_single_rows_are_collected_with_their_rows(tmp_path: Path) -> None:
    """Row 2 is short, row 3 has an unquoted comma, and two columns share a name: three errors at once."""
    table = _read(tmp_path, "trust,month,value,Value\nRV5,2024-04\nRWK,2024-04,1,234,5\n")
    errors = [(issue.row, issue.what) for issue in table.issues if issue.severity == "error"]
    assert [row for row, _ in errors] == [1, 2, 3]
    assert "2 columns are named 'value'" in errors[0][1]


def _workbook(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "calls.xlsx"
    book.save(path)
    return path


def test_excel_dates_become_iso_text_and_whole_numbers_stay_whole(tmp_path: Path) -> None:
    """A real date cell is 2024-04-01, 5 is 5 and not 5.0, 10.5 stays a fraction, text codes stay text."""
    rows = [["Trust", "Month", "Value"], ["RV5", datetime(2024, 4, 1), 5], [], ["007", "Apr-24", 10.5]]
    table = read_table(_workbook(tmp_path, {"anything": rows}), expected=COLUMNS)
    assert _cells(table) == [("RV5", "2024-04-01", "5"), ("007", "Apr-24", "10.5")]
    assert [row.number for row in table.rows] == [2, 4]


def test_of_several_sheets_the_one_named_calls_is_read(tmp_path: Path) -> None:
    """With `notes` and `Calls`, the second; with `a` and `b`, a question."""
    rows: list[list[object]] = [list(COLUMNS), ["RV5", "2024-04", 1]]
    table = read_table(_workbook(tmp_path, {"notes": [["hello"]], "Calls": rows}), expected=COLUMNS)
    assert table.file == "calls.xlsx sheet 'Calls'"
    with pytest.raises(DataError, match=r"2 sheets .* Name the one to read 'calls'"):
        read_table(_workbook(tmp_path, {"a": rows, "b": rows}), expected=COLUMNS)


def test_formulas_without_results_and_error_values_are_errors(tmp_path: Path) -> None:
    """openpyxl stores no result for a formula; #REF! is Excel's own error. Both in one report."""
    rows: list[list[object]] = [list(COLUMNS), ["RV5", "2024-04", "=1+1"], ["RV5", "2024-05", "#REF!"]]
    path = _workbook(tmp_path, {"calls": rows})
    table = read_table(path, expected=COLUMNS)
    assert [(issue.row, issue.column) for issue in table.issues] == [(2, "column C"), (3, "column C")]


def test_a_zip_bomb_and_an_entity_bomb_are_refused_unopened(tmp_path: Path) -> None:
    """1 MB of blanks packs more than a hundredfold; entities have no place in a workbook."""
    path = tmp_path / "calls.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", " " * 1_000_000)
    with pytest.raises(DataError, match="too dense to be safe"):
        read_table(path, expected=COLUMNS)
    _add_entities(_workbook(tmp_path, {"calls": [list(COLUMNS), ["RV5", "2024-04", 1]]}))
    with pytest.raises(DataError, match="XML entities"):
        read_table(path, expected=COLUMNS)


def _add_entities(path: Path) -> None:
    packed = io.BytesIO(path.read_bytes())
    bomb = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, _, rest = content.partition(b"<worksheet")
                content = head + bomb + b"<worksheet" + rest
            new.writestr(name, content)
