"""Opening an extract of calls in DuckDB: CSV and Parquet as streams, Excel through the checked reader, or a table.

The database runs inside this process with a stated memory limit and a folder for what does not fit; it loads no
extensions and opens the file to read only. Every cell of a CSV stays text.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa  # type: ignore[import-untyped]

from econ111.activity.reading import file_error
from econ111.activity.records.spec import RecordsSpec
from econ111.activity.still_files import link_issues
from econ111.activity.tabular import OLD_OFFICE_MAGIC, ZIP_MAGIC, column_key, read_table
from econ111.errors import EnvironmentProblem, Issue, nearest

DATABASES = (".duckdb", ".db")
EXCEL = (".xlsx", ".xlsm")
CSV = (".csv", ".txt", ".tsv")
PARQUET = ".parquet"
DELIMITERS = (",", ";", "\t", "|")
LONGEST_HEADER = 100_000


@dataclass(frozen=True)
class Extract:
    """An opened extract: its file's name, its columns as written, its rows, and what was noticed on opening."""

    file: str
    columns: tuple[str, ...]
    records: nw.LazyFrame[Any]
    issues: tuple[Issue, ...]


@contextmanager
def open_extract(path: Path | str, spec: RecordsSpec) -> Iterator[Extract]:
    """Open an extract of calls for the time of a `with` block.

    Parameters
    ----------
    path : path
        `.csv`, `.txt`, `.tsv`, `.parquet`, `.xlsx`, `.xlsm`, or a DuckDB database (`.duckdb`, `.db`).
    spec : RecordsSpec
        Its `engine` limits memory and threads; its `table` names the table of a database.

    Raises
    ------
    DataError
        When the file is missing, empty, of another kind than its ending says, or lacks the table.
    EnvironmentProblem
        When the work does not fit in the memory and disk allowed.
    """
    path = Path(path)
    _check(path)
    with tempfile.TemporaryDirectory(prefix="econ111-") as spill:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": spec.engine.memory_limit,
            "threads": spec.engine.threads,
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        database = path.suffix.casefold() in DATABASES
        try:
            connection = duckdb.connect(str(path) if database else ":memory:", read_only=database, config=settings)
        except duckdb.Error as refused:
            raise file_error(
                path.name, "is not a DuckDB database that can be opened.", _first_line(refused)
            ) from refused
        try:
            yield _extract(path, spec, connection)
        except duckdb.OutOfMemoryException as full:
            remedy = "Give more in [engine] memory_limit, or free space for temporary files."
            limit = spec.engine.memory_limit
            raise EnvironmentProblem(f"Counting {path.name} does not fit in {limit}. {remedy}") from full
        finally:
            connection.close()


def _extract(path: Path, spec: RecordsSpec, connection: duckdb.DuckDBPyConnection) -> Extract:
    ending = path.suffix.casefold()
    issues: list[Issue]
    if ending in DATABASES:
        relation, issues = _table(path.name, spec, connection), []
    elif ending == PARQUET:
        try:
            relation, issues = connection.read_parquet(_literal(path), hive_partitioning=False), []
            tuple(relation.columns)
        except (duckdb.Error, RuntimeError, UnicodeError) as broken:  # names of columns may be no text
            raise file_error(path.name, "is not a Parquet file that can be read.", "Export it again.") from broken
    elif ending in EXCEL:
        relation, issues = _workbook(path, spec, connection)
    else:
        relation, issues = _csv(path, spec, connection)
    if ending not in EXCEL:  # the reader of workbooks says so itself
        issues = [*link_issues(path), *issues]
    frame: nw.LazyFrame[Any] = nw.from_native(relation)
    return Extract(path.name, tuple(relation.columns), frame, tuple(issues))


def _check(path: Path) -> None:
    ending = path.suffix.casefold()
    known = (*CSV, PARQUET, *EXCEL, *DATABASES)
    if not path.exists():
        beside = [other.name for other in path.parent.glob("*")] if path.parent.is_dir() else []
        raise file_error(str(path), "does not exist.", nearest(path.name, beside) if beside else "Check the path.")
    if not path.is_file():
        raise file_error(str(path), "is a folder, not a file.", "Name the file in it.")
    if ending not in known:
        remedy = f"Give a file that ends in {', '.join(known)}."
        raise file_error(path.name, f"files ending in {ending!r} are not read.", remedy)
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as refused:
        raise file_error(
            str(path), f"cannot be opened ({refused.strerror}).", "Close it in other programs."
        ) from refused
    if not head:
        raise file_error(path.name, "is empty (zero bytes).", "Export it again.")
    if ending in CSV and head.startswith((ZIP_MAGIC, OLD_OFFICE_MAGIC)):
        raise file_error(path.name, "is an Excel workbook named as CSV.", "Rename it to end in .xlsx.")
    if ending == PARQUET and not head.startswith(b"PAR1"):
        raise file_error(path.name, "is named as Parquet and is not.", "Export it again, or correct its ending.")


def _table(file: str, spec: RecordsSpec, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    names = [str(row[0]) for row in connection.execute("SHOW TABLES").fetchall()]
    if spec.table in names:
        return connection.table(f'"{spec.table.replace(chr(34), chr(34) * 2)}"')
    shown = nearest(spec.table or "", names) if names else "It has no tables."
    what = "the specification names no table." if spec.table is None else "there is no such table."
    raise file_error(file, what, f'Write table = "..." in the specification. {shown}')


def _workbook(
    path: Path, spec: RecordsSpec, connection: duckdb.DuckDBPyConnection
) -> tuple[duckdb.DuckDBPyRelation, list[Issue]]:
    """A sheet as text. Excel stores midnight as a date alone, so that its time is put back for the stated format."""
    table = read_table(path, expected=list(spec.columns.named().values()))
    started = column_key(spec.columns.started)
    columns: dict[str, list[str]] = {}
    for place, (key, printed) in enumerate(zip(table.header, table.printed, strict=True)):
        cells = [row.cells[place] for row in table.rows]
        if key == started and spec.time_format == "YYYY-MM-DD hh:mm:ss":
            cells = [f"{text} 00:00:00" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text for text in cells]
        columns[printed] = cells
    return connection.from_arrow(pa.table(columns)), list(table.issues)


def _csv(
    path: Path, spec: RecordsSpec, connection: duckdb.DuckDBPyConnection
) -> tuple[duckdb.DuckDBPyRelation, list[Issue]]:
    header, delimiter = _header(path, list(spec.columns.named().values()))
    issues = []
    twice = [name for name, times in Counter(column_key(name) for name in header).items() if times > 1]
    if twice:
        what = f"{len(twice)} column names stand more than once."
        raise file_error(path.name, what, f"Keep one of each: {', '.join(twice)}.", row=1)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]
        issues.append(Issue("note", path.name, None, f"columns are separated by {name}.", "It was read so."))
    relation = connection.read_csv(
        _literal(path), header=True, delimiter=delimiter, quotechar='"', escapechar='"', encoding="utf-8",
        columns=dict.fromkeys(header, "VARCHAR"), auto_detect=False, strict_mode=True, null_padding=False,
        ignore_errors=False, hive_partitioning=False,
    )  # fmt: skip
    return relation, issues


def _header(path: Path, wanted: Sequence[str]) -> tuple[list[str], str]:
    with path.open("rb") as stream:
        first = stream.readline(LONGEST_HEADER)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in first:
        raise file_error(path.name, "is in UTF-16 or is not text.", "Save it as CSV (UTF-8).", row=1)
    try:
        text = first.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as wrong:
        raise not_utf8(path.name, 1, wrong.start) from wrong
    keys = {column_key(name) for name in wanted}

    def matches(delimiter: str) -> tuple[int, int]:
        names = {column_key(name) for name in _cells(text, delimiter)}
        return len(keys & names), text.count(delimiter)

    delimiter = max(DELIMITERS, key=matches)
    header = _cells(text, delimiter)
    if text.strip() and not header:
        what = "row 1 holds an open quotation mark or an old line end (CR)."
        raise file_error(path.name, what, "Save it again as CSV (UTF-8).", row=1)
    if not any(name.strip() for name in header):
        raise file_error(path.name, "row 1 is blank; it must hold the column names.", "Delete the rows above them.")
    blank = [place for place, name in enumerate(header, 1) if not name.strip()]
    if blank:
        raise file_error(path.name, f"column {blank[0]} has no name.", "Name it, or delete the column.", row=1)
    return header, delimiter


def _cells(text: str, delimiter: str) -> list[str]:
    """Cells of one row; none when it is not a row."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def not_utf8(file: str, row: int, byte: int) -> Exception:
    """The error for a file that is not UTF-8: at this size it is not converted by guess."""
    what = f"is not UTF-8 (byte {byte} of this row)."
    return file_error(file, what, "Save it as CSV (UTF-8); Windows-1252 is not guessed for records.", row=row)


def _literal(path: Path) -> str:
    """A path in which brackets, stars and question marks are letters of a name, not a pattern for several files."""
    return re.sub(r"[\[*?]", lambda found: f"[{found[0]}]", str(path))


def _first_line(error: Exception) -> str:
    return f"{str(error).splitlines()[0][:200]}."
