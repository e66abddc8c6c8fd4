"""What the national readers share: rows of a table by column name, and JSON whose every fault names its place."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from econ111.activity.cells import LARGEST_COUNT, CellRule, Problem, Rounding
from econ111.activity.months import FIRST_YEAR, LAST_YEAR
from econ111.activity.reading import file_error, raise_if_errors
from econ111.activity.tabular import TextTable
from econ111.errors import Issue, nearest
from econ111.resources import shipped_folder

LARGEST_JSON = 50_000_000
RULES = "source_rules.csv"


@dataclass(frozen=True)
class NamedRow:
    """One row: its number in the sender's editor, and its text by column."""

    number: int
    words: Mapping[str, str]


def named_rows(table: TextTable, columns: Sequence[str]) -> tuple[list[NamedRow], list[Issue]]:
    """Rows of a table by column name; other columns are left out.

    Raises
    ------
    DataError
        When a column is absent, with the nearest one that is there.
    """
    issues = list(table.issues)
    spare = [name for name in table.header if name not in columns]
    for name in columns:
        if name not in table.header:
            hint = nearest(name, spare) if spare else ""
            remedy = f"{hint} Row 1 must hold: {', '.join(columns)}." if hint.startswith("Did") else ""
            remedy = remedy or f"Row 1 must hold: {', '.join(columns)}."
            issues.append(Issue("error", table.file, 1, f"there is no column {name!r}.", remedy, name))
    if not set(columns) <= set(table.header):
        raise_if_errors(issues)
    places = {name: table.header.index(name) for name in columns}
    rows = [NamedRow(row.number, {name: row.cells[place] for name, place in places.items()}) for row in table.rows]
    return rows, issues


def read_cells[T](
    row: NamedRow, columns: Sequence[str], parse: Callable[[str], T | Problem], *, file: str, issues: list[Issue]
) -> dict[str, T] | None:
    """Cells of one row by a parsing rule; `None`, and an error for each bad one, when a cell cannot be read."""
    read: dict[str, T] = {}
    for name in columns:
        value = parse(row.words[name])
        if isinstance(value, Problem):
            what = f"this value {value.what}"
            issues.append(Issue("error", file, row.number, what, value.remedy, name, row.words[name]))
        else:
            read[name] = value
    return read if len(read) == len(columns) else None


def repeated_keys(keys: Sequence[tuple[int, tuple[object, ...]]], *, file: str, column: str) -> list[Issue]:
    """An error for every row whose key stood in an earlier row; `keys` are (row number, key)."""
    first: dict[tuple[object, ...], int] = {}
    issues = []
    for number, key in keys:
        if first.setdefault(key, number) != number:
            shown = ", ".join(str(part) for part in key)
            what = f"a second row for {shown}; the first is row {first[key]}."
            issues.append(Issue("error", file, number, what, "Keep one.", column))
    return issues


def source_rule(source: str) -> CellRule:
    """How a source hides and rounds, from the table that ships (with its reference).

    Where two references are in conflict, both have a row; the column `applied` says which a reader takes by itself,
    and the note why.

    Examples
    --------
    >>> source_rule("mhsds")
    CellRule(below=5, zero_included=True, base=5, rounding='nearest')
    >>> source_rule("ecds").below, source_rule("ecds_mirror_note").below
    (8, 5)
    """
    with (shipped_folder("data/activity") / RULES).open(encoding="utf-8", newline="") as stream:
        (row,) = [row for row in csv.DictReader(stream) if row["source"] == source]
    rounding: Rounding = "nearest" if row["rounding"] == "nearest" else "up" if row["rounding"] == "up" else "none"
    return CellRule(int(row["below"]), row["zero_included"] == "true", int(row["base"]), rounding)


def parse_day(text: str) -> date | Problem:
    """A day written `2025-11-24`, and in no other way.

    Examples
    --------
    >>> parse_day("2025-11-24")
    datetime.date(2025, 11, 24)
    >>> parse_day("24/11/2025").remedy
    'Write the day as 2025-11-24.'
    """
    try:
        if len(text.strip()) == 10:
            day = date.fromisoformat(text.strip())
            if FIRST_YEAR <= day.year <= LAST_YEAR:
                return day
            return Problem(f"has the year {day.year}, outside {FIRST_YEAR} to {LAST_YEAR}.", "Correct the year.")
    except ValueError:
        pass
    return Problem("is not a day in the accepted format.", "Write the day as 2025-11-24.")


@dataclass(frozen=True)
class Node:
    """A place in a JSON file. Reading it wrongly adds an error to `issues`, and reading goes on."""

    value: object
    place: str
    file: str
    issues: list[Issue]

    def child(self, name: str) -> Node:
        """Member of an object; an error when it is absent or this is no object."""
        place = f"{self.place}.{name}" if self.place else name
        if isinstance(self.value, dict) and name in self.value:
            return Node(self.value[name], place, self.file, self.issues)
        if isinstance(self.value, dict):
            self._fault(f"there is no {place!r}.", nearest(name, self.value) if self.value else "Use the file as sent.")
        elif self.value is not None:
            self._fault(f"{self.place or 'the top'} is not an object with names.", "Use the file as it was sent.")
        return Node(None, place, self.file, self.issues)

    def has(self, name: str) -> bool:
        """Whether this is an object with such a member."""
        return isinstance(self.value, dict) and name in self.value

    def names(self) -> list[str]:
        """Names of the members of an object."""
        return list(self.value) if isinstance(self.value, dict) else []

    def members(self) -> Iterator[Node]:
        """Members of a list, numbered from 1; an error when this is no list."""
        if not isinstance(self.value, list):
            if self.value is not None:
                self._fault(f"{self.place} is not a list.", "Use the file as it was sent.")
            return
        for number, value in enumerate(self.value, 1):
            yield Node(value, f"{self.place}[{number}]", self.file, self.issues)

    def text(self) -> str:
        """Text, without outer blanks; an error, and empty, when it is something else."""
        if isinstance(self.value, str):
            return self.value.strip()
        if self.value is not None:
            self._fault(f"{self.place} is not text.", "Put it in quotation marks.")
        return ""

    def whole(self) -> int | None:
        """A whole count from 0; `None` for null, and an error for anything else."""
        value = self.value
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_COUNT:
            self._fault(f"{self.place} is not a count.", "Write a whole number from 0, or null when not supplied.")
            return None
        return value

    def number(self) -> float | None:
        """A number; `None` for null, and an error for anything else."""
        value = self.value
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fault(f"{self.place} is not a number.", "Write a number, or null when not supplied.")
            return None
        return float(value)

    def flag(self) -> bool:
        """True or false; an error, and false, for anything else."""
        if isinstance(self.value, bool):
            return self.value
        if self.value is not None:
            self._fault(f"{self.place} is not true or false.", "Write true or false.")
        return False

    def _fault(self, what: str, remedy: str) -> None:
        shown = str(self.value)[:60] if isinstance(self.value, str | int | float) else None
        self.issues.append(Issue("error", self.file, None, what, remedy, self.place or None, shown))


def read_json(path: Path | str) -> Node:
    """Top of a JSON file.

    Raises
    ------
    DataError
        When there is no such file, it is larger than 50 MB, not UTF-8, not JSON, nested too deeply, or gives one name
        twice.
    """
    path = Path(path)
    file = path.name
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise file_error(file, "is larger than 50 MB.", "These publications are smaller; check the download.")
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as missing:
        raise file_error(str(path), "does not exist.", "Check the path.") from missing
    except UnicodeDecodeError as wrong:
        raise file_error(file, f"is not UTF-8 at byte {wrong.start}.", "Save it as UTF-8.") from wrong
    except OSError as refused:
        raise file_error(str(path), f"cannot be opened ({refused.strerror}).", "Check the path.") from refused
    try:
        value = json.loads(content, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except RecursionError as deep:
        raise file_error(file, "is nested too deeply.", "Use the file as it was sent.") from deep
    except ValueError as broken:
        raise file_error(file, f"is not valid JSON: {str(broken)[:200]}.", "Download it again.") from broken
    return Node(value, "", file, [])


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")
