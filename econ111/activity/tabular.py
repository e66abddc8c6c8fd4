"""Reading a CSV or Excel file as text, with the row numbers the sender sees.

Nothing is converted here: `007`, `NA`, `1E5` and `Apr-24` stay as written, and each reader parses by declared rules.
The header is row 1. What can be mended without a doubt (a byte order mark, semicolons, blank rows) is mended and noted;
everything else is an error with its row.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from econ111.activity.csv_text import csv_rows
from econ111.activity.excel_text import excel_rows
from econ111.activity.reading import file_error
from econ111.activity.still_files import link_issues, unchanged
from econ111.errors import Issue, nearest

ZIP_MAGIC = b"PK\x03\x04"
OLD_OFFICE_MAGIC = b"\xd0\xcf\x11\xe0"
CSV_ENDINGS = (".csv", ".txt", ".tsv")
EXCEL_ENDINGS = (".xlsx", ".xlsm")
LARGEST_FILE = 200_000_000

_SPACES_AND_DASHES = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    }
)


@dataclass(frozen=True)
class TextRow:
    """One row: its number in the sender's editor, and its cells as text, as many as the header has."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class TextTable:
    """A file as text: `header` in comparable form, `printed` as the sender wrote it, and what was noticed."""

    file: str
    header: tuple[str, ...]
    printed: tuple[str, ...]
    rows: tuple[TextRow, ...]
    issues: tuple[Issue, ...]


def read_table(
    path: Path | str,
    *,
    expected: Sequence[str],
    sheet: str = "calls",
    repeated_headers: bool = False,
    header_begins: str | None = None,
) -> TextTable:
    """Read a CSV or Excel file as text.

    Parameters
    ----------
    path : path
        A `.csv`, `.txt`, `.tsv`, `.xlsx` or `.xlsm` file.
    expected : sequence of str
        Column names to look for; they decide between comma, semicolon and tab.
    sheet : str
        Sheet to read when a workbook has several.
    repeated_headers : bool
        Accept a name that heads several columns; the caller then goes by position.
    header_begins : str, optional
        Name of the first column, for publications with a preamble: the rows above the only row that begins so are
        left out, with a note. Without it the header is row 1.

    Returns
    -------
    TextTable
        Rows that can be read. Errors of single rows are among its `issues`, so that a caller can add its own.

    Raises
    ------
    DataError
        When the file as a whole cannot be read: missing, empty, header only, wrong kind, unsafe, not text.
    """
    path = Path(path)
    content = _content(path)
    _check_kind(path, content)
    label = path.name
    wanted = [column_key(name) for name in expected]
    issues: list[Issue] = link_issues(path)
    if path.suffix.casefold() in EXCEL_ENDINGS:
        label, raw = excel_rows(content, file=label, sheet=sheet, issues=issues)
    else:
        raw = csv_rows(content, file=label, wanted=wanted, key=column_key, issues=issues)
    if header_begins is not None:
        raw = _without_preamble(label, raw, issues, first=column_key(header_begins))
    return _assemble(label, raw, issues, repeated_headers=repeated_headers)


def column_key(name: str) -> str:
    """A column name in comparable form: case, spaces, hyphens and underscores do not matter.

    Examples
    --------
    >>> column_key(" Calls  Offered")
    'calls_offered'
    """
    return "_".join(unicodedata.normalize("NFKC", tidy(name)).casefold().replace("-", " ").replace("_", " ").split())


def tidy(text: str) -> str:
    """Text without outer blanks, with odd spaces and dashes made plain; letters and digits are left alone."""
    return text.translate(_SPACES_AND_DASHES).strip()


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise file_error(str(path), "is a folder, not a file.", "Name the file in it.")
    try:
        with unchanged(path):
            if path.stat().st_size > LARGEST_FILE:
                raise file_error(path.name, "is larger than 200 MB.", "Send monthly counts, not single calls.")
            return path.read_bytes()
    except FileNotFoundError as missing:
        beside = [other.name for other in path.parent.glob("*")] if path.parent.is_dir() else []
        remedy = nearest(path.name, beside) if beside else f"There is no folder {str(path.parent)!r}, or it is empty."
        raise file_error(str(path), "does not exist.", remedy) from missing
    except PermissionError as refused:
        what = f"cannot be opened ({refused.strerror}): another program holds it, or you may not read it."
        raise file_error(str(path), what, "Close it in Excel, or ask for the right to read it.") from refused
    except OSError as refused:
        raise file_error(str(path), f"cannot be opened ({refused.strerror}).", "Close it in Excel.") from refused


def _check_kind(path: Path, content: bytes) -> None:
    ending = path.suffix.casefold()
    if not content:
        raise file_error(path.name, "is empty (zero bytes).", "Export or download it again.")
    if ending in (".xls", ".xlsb") or ending not in CSV_ENDINGS + EXCEL_ENDINGS:
        raise file_error(path.name, f"files ending in {ending!r} are not read.", "Save it as .xlsx or as CSV (UTF-8).")
    if content.startswith(OLD_OFFICE_MAGIC):
        raise file_error(
            path.name, "is an old Excel file (.xls) or protected by a password.", "Save it as an unprotected .xlsx."
        )
    is_zip = content.startswith(ZIP_MAGIC)
    if is_zip and ending in CSV_ENDINGS:
        raise file_error(path.name, "is an Excel workbook named as CSV.", "Rename it to end in .xlsx.")
    if not is_zip and ending in EXCEL_ENDINGS:
        raise file_error(
            path.name, "is named as Excel but is not a workbook.", "If it is text, rename it to end in .csv."
        )


def _without_preamble(
    file: str, raw: list[tuple[int, list[str]]], issues: list[Issue], *, first: str
) -> list[tuple[int, list[str]]]:
    found = [place for place, (_, cells) in enumerate(raw) if cells and column_key(cells[0]) == first]
    if len(found) != 1:
        what = f"{len(found) or 'no'} rows begin with {first!r}; one must, and it holds the column names."
        raise file_error(file, what, "Use the publication as it was released.")
    if found[0]:
        number = raw[found[0]][0]
        what = f"the column names stand in row {number}; the rows above are a preamble."
        issues.append(Issue("note", file, number, what, "They were left out."))
    return raw[found[0] :]


def _assemble(file: str, raw: list[tuple[int, list[str]]], issues: list[Issue], *, repeated_headers: bool) -> TextTable:
    if not raw or not any(tidy(cell) for cell in raw[0][1]):
        raise file_error(file, "row 1 is blank; it must hold the column names.", "Delete the rows above them.")
    printed = _without_trailing_blanks([tidy(cell) for cell in raw[0][1]])
    header = tuple(column_key(name) for name in printed)
    if not repeated_headers:
        issues += _header_issues(file, header, printed)
    refused = {issue.row for issue in issues if issue.severity == "error"}
    rows: list[TextRow] = []
    blank: list[int] = []
    for number, cells in raw[1:]:
        kept = _without_trailing_blanks([tidy(cell) for cell in cells], at_least=len(header))
        if not any(kept):
            blank.append(number)
        elif len(kept) != len(header):
            issues.append(_ragged(file, number, kept, len(header)))
        elif number not in refused:
            rows.append(TextRow(number, tuple(kept)))
    if not rows and not any(issue.severity == "error" for issue in issues):
        raise file_error(file, "has column names but no rows.", "Add one row per count.")
    inside = [number for number in blank if rows and number < rows[-1].number]
    if inside:
        issues.append(
            Issue("note", file, inside[0], f"{len(inside)} blank rows inside the table.", "They were skipped.")
        )
    return TextTable(file, header, tuple(printed), tuple(rows), tuple(issues))


def _without_trailing_blanks(cells: list[str], *, at_least: int = 0) -> list[str]:
    while len(cells) > at_least and not cells[-1]:
        cells = cells[:-1]
    return cells


def _header_issues(file: str, header: tuple[str, ...], printed: Sequence[str]) -> list[Issue]:
    found = [
        Issue("error", file, 1, f"{times} columns are named {name!r}.", "Keep one of them.", column=name)
        for name, times in Counter(header).items()
        if times > 1 and name
    ]
    if "" in header:
        place = header.index("") + 1
        found.append(Issue("error", file, 1, f"column {place} has no name.", "Name it, or delete the column."))
    return found


def _ragged(file: str, number: int, cells: list[str], width: int) -> Issue:
    if len(cells) < width:
        remedy = "Fill every column; write - for a count that was not supplied."
    else:
        remedy = 'Put a value that holds the separator in quotes: "1,234".'
    return Issue("error", file, number, f"has {len(cells)} cells where the header has {width}.", remedy)
