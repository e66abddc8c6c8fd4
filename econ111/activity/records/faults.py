"""Why an extract could not be counted, in the sender's words.

It is looked for only after a query has failed, so that it costs a good file nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
import narwhals as nw

from econ111.activity.reading import file_error
from econ111.activity.records.sources import CSV, Extract, not_utf8
from econ111.activity.records.spec import RecordsSpec
from econ111.errors import DataError, Issue

SHOWN = 5
_DAY = r"((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-9]))"
_LEAP = r"(..(0[48]|[2468][048]|[13579][26])|(0[048]|[2468][048]|[13579][26])00)"
_CLOCK = {"hh:mm:ss": r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", "hh:mm": r"([01]\d|2[0-3]):[0-5]\d"}


def is_time(text: str, time_format: str) -> bool:
    """Whether a text is a time in exactly one format, and in the calendar.

    Examples
    --------
    >>> is_time("2024-02-29 23:59:59", "YYYY-MM-DD hh:mm:ss"), is_time("2023-02-29 10:00:00", "YYYY-MM-DD hh:mm:ss")
    (True, False)
    >>> is_time("Apr-24", "YYYY-MM-DD hh:mm:ss")
    False
    """
    between = "T" if "DDT" in time_format else " "
    day, _, clock = time_format.partition(between)
    read_day, _, read_clock = text.partition(between)
    if day == "DD/MM/YYYY" and re.fullmatch(r"\d{2}/\d{2}/\d{4}", read_day, re.ASCII):
        read_day = f"{read_day[6:]}-{read_day[3:5]}-{read_day[:2]}"
    elif day == "DD/MM/YYYY":
        return False
    if not re.fullmatch(r"\d{4}-" + _DAY, read_day, re.ASCII) or not re.fullmatch(_CLOCK[clock], read_clock, re.ASCII):
        return False
    return not read_day.endswith("-02-29") or bool(re.fullmatch(_LEAP, read_day[:4]))


def explain(path: Path | str, extract: Extract, spec: RecordsSpec, error: Exception) -> DataError:
    """The error to raise for a failed query."""
    times = _bad_times(extract, spec, path)
    if times:
        return DataError(times)
    if Path(path).suffix.casefold() in CSV:
        return _bad_csv(Path(path), error)
    what = f"could not be counted ({type(error).__name__}: {str(error).splitlines()[0][:160]})."
    return file_error(extract.file, what, "Export it again; if that does not help, send this message.")


def _bad_times(extract: Extract, spec: RecordsSpec, path: Path | str) -> list[Issue]:
    started = spec.columns.started
    if extract.records.collect_schema().get(started) != nw.String:
        return []
    try:
        texts = extract.records.select(text=nw.col(started)).group_by("text").agg(calls=nw.len()).collect("pyarrow")
    except duckdb.Error:
        return []
    counts = zip(texts["text"].to_list(), texts["calls"].to_list(), strict=True)
    bad = {text or "": calls for text, calls in counts if not is_time(text or "", spec.time_format)}
    if not bad:
        return []
    rows = first_rows(path, started, bad)
    shown = sorted(bad, key=lambda text: (rows.get(text) or 0, text))[:SHOWN]
    issues = []
    for text in shown:
        what = f"this time is not written as {spec.time_format} ({sum(bad.values()):,} calls in all are not)."
        remedy = "Write every time in the one format that time_format states; a date is never guessed."
        issues.append(Issue("error", extract.file, rows.get(text), what, remedy, started, text))
    return issues


def first_rows(path: Path | str, column: str, values: Iterable[str]) -> dict[str, int]:
    """Row of a CSV in which each value stands first, numbered as an editor does; nothing for other kinds of file."""
    path = Path(path)
    wanted = set(values)
    found: dict[str, int] = {}
    if path.suffix.casefold() not in CSV:
        return found
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            delimiter = max((",", ";", "\t", "|"), key=first.count)
            header = next(csv.reader([first], delimiter=delimiter))
            place = header.index(column)
            for number, cells in enumerate(csv.reader(stream, delimiter=delimiter), 2):
                if place < len(cells) and cells[place] in wanted - found.keys():
                    found[cells[place]] = number
                    if len(found) == len(wanted):
                        break
    except (OSError, ValueError, csv.Error):
        return found
    return found


def _bad_csv(path: Path, error: Exception) -> DataError:
    """Which row of a CSV an engine stumbled over: its encoding, its number of cells, or an open quotation mark."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as wrong:
                found = not_utf8(path.name, number, wrong.start)
                assert isinstance(found, DataError)
                return found
    told = str(error)
    row = re.search(r"Line: (\d+)", told)
    cells = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", told)
    number_or_none = int(row[1]) if row else None
    if cells:
        what = f"has {cells[2]} cells where the header has {cells[1]}."
        remedy = 'Fill every column, and put a value that holds the separator in quotes: "1,234".'
        return file_error(path.name, what, remedy, row=number_or_none)
    if "quote" in told.casefold():
        what = "a quotation mark opens or closes here and is not matched."
        return file_error(path.name, what, "Close it, or delete it.", row=number_or_none)
    what = f"cannot be read as CSV: {told.splitlines()[0][:160]}."
    return file_error(path.name, what, "Export it again.", row=number_or_none)
