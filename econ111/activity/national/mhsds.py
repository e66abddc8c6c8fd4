"""Mental Health Services Data Set, monthly CSV: counts below 5 are `*` and the rest are rounded to 5.

So `*` is 0 to 4, `5` is 5 to 7 and any other printed v is v - 2 to v + 2; `-` is no count. The same month may be
published as provisional, then final: which one is meant must be said. Percentages and means are not counts and are
left out with a note.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.calls import CODE
from econ111.activity.cells import Cell, CellRule, Problem, parse_count
from econ111.activity.months import months_between, parse_month
from econ111.activity.national.sources import NamedRow, named_rows, read_cells, repeated_keys, source_rule
from econ111.activity.reading import CELL_STATES, Reading, finish_reading, raise_if_errors
from econ111.activity.tabular import read_table
from econ111.errors import Issue, nearest

KEYS = ("breakdown", "primary_level", "secondary_level", "measure_id")
COLUMNS = (
    "reporting_period_start", "reporting_period_end", "status", "breakdown", "primary_level",
    "primary_level_description", "secondary_level", "secondary_level_description", "measure_id", "measure_name",
    "measure_value",
)  # fmt: skip


@dataclass(frozen=True)
class _Row:
    number: int
    month: date
    status: str
    words: dict[str, str]
    cell: Cell


def read_mhsds(
    path: Path | str,
    *,
    breakdown: str = "Provider",
    status: str | None = None,
    rule: CellRule | None = None,
    raise_errors: bool = True,
) -> Reading:
    """Read counts of the monthly MHSDS file for one breakdown.

    Parameters
    ----------
    path : path
        CSV in the published layout of eleven columns.
    breakdown : str
        Value of BREAKDOWN to keep; rows of others are left out with a note.
    status : str, optional
        `Provisional`, `Performance` or `Final`. Needed when a month has several.
    rule : CellRule, optional
        How the source hides and rounds; by default as `source_rules.csv` has it for `mhsds`.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (unit, month, measure): `count_low`, `count_high` and `count_state`; coordinates `unit_name` and
        `measure_name`.

    Raises
    ------
    DataError
        On bad rows, a number the rule could not have printed, several statuses of one month, a row given twice, and
        an unknown breakdown.
    """
    rule = source_rule("mhsds") if rule is None else rule
    table = read_table(path, expected=COLUMNS)
    named, issues = named_rows(table, COLUMNS)
    chosen, found = _chosen(named, breakdown, status, table.file)
    issues += found
    rows = [read for row in chosen if (read := _row(row, rule, table.file, issues)) is not None]
    if not rows:
        raise_if_errors([*issues, Issue("error", table.file, None, "no row could be used.", "Correct the rows above.")])
    issues += _version_issues(rows, table.file)
    keys: list[tuple[int, tuple[object, ...]]] = [
        (row.number, (row.words["primary_level"], row.words["measure_id"], row.month, row.status)) for row in rows
    ]
    issues += repeated_keys(keys, file=table.file, column="MEASURE_ID")
    hidden = sum(row.cell.state == "suppressed" for row in rows)
    if hidden:
        least = 0 if rule.zero_included else 1
        what = f"{hidden} of {len(rows)} counts are hidden (*): each is {least} to {rule.below - 1}."
        issues.append(Issue("note", table.file, None, what, "They are kept as intervals, never as 0.", "MEASURE_VALUE"))
    return finish_reading(_dataset(rows, table.file), issues, raise_errors=raise_errors)


def _chosen(
    rows: Sequence[NamedRow], breakdown: str, status: str | None, file: str
) -> tuple[list[NamedRow], list[Issue]]:
    """Rows of the breakdown and status, without those that hold no counts."""
    issues = []
    kept = list(rows)
    for column, wanted in (("breakdown", breakdown), ("status", status)):
        if wanted is None:
            continue
        present = {row.words[column] for row in kept}
        same = [row for row in kept if row.words[column].casefold() == wanted.casefold()]
        if not same:
            what = f"there is no row with this {column}."
            raise_if_errors([Issue("error", file, None, what, nearest(wanted, present), column.upper(), wanted)])
        if len(same) < len(kept):
            what = f"{len(kept) - len(same)} rows with another {column} than {wanted!r} were left out."
            issues.append(Issue("note", file, None, what, "Name another to read them.", column.upper()))
        kept = same
    detail = [row for row in kept if row.words["secondary_level"].upper() not in ("", "NONE", "NULL")]
    if detail:
        what = f"{len(detail)} rows are split by a secondary level and were left out."
        issues.append(Issue("note", file, detail[0].number, what, "Totals are kept.", "SECONDARY_LEVEL"))
    return [row for row in kept if row not in detail], issues


def _row(row: NamedRow, rule: CellRule, file: str, issues: list[Issue]) -> _Row | None:
    value = row.words["measure_value"]
    if re.fullmatch(r"[0-9]*\.[0-9]+%?|[0-9.]+%", value):
        what = "is not a count; the row was left out."
        issues.append(Issue("note", file, row.number, what, "Read counts only.", "MEASURE_VALUE", value))
        return None
    start = read_cells(row, ("reporting_period_start",), parse_month, file=file, issues=issues)
    if start is not None and not _ends_month(row.words["reporting_period_end"], start["reporting_period_start"]):
        what, remedy = "this period is not one month.", "Read the monthly file, not the quarterly or the rolling one."
        end = row.words["reporting_period_end"]
        issues.append(Issue("error", file, row.number, what, remedy, "REPORTING_PERIOD_END", end))
    cell = parse_count(value, rule)
    if isinstance(cell, Problem):
        what = f"this value {cell.what}"
        issues.append(Issue("error", file, row.number, what, cell.remedy, "MEASURE_VALUE", value))
    if start is None or isinstance(cell, Problem):
        return None
    return _Row(row.number, start["reporting_period_start"], row.words["status"], dict(row.words), cell)


def _ends_month(text: str, month: date) -> bool:
    """Whether a text is the last day of a month, written as either form of the publication writes it."""
    last = date(month.year, month.month, monthrange(month.year, month.month)[1])
    return text in (f"{last:%d/%m/%Y}", f"{last:%Y-%m-%d}")


def _version_issues(rows: Sequence[_Row], file: str) -> list[Issue]:
    versions: dict[date, dict[str, int]] = {}
    for row in rows:
        versions.setdefault(row.month, {}).setdefault(row.status, row.number)
    return [
        Issue("error", file, max(each.values()), f"{month:%Y-%m} is given as {', '.join(sorted(each))}.",
              "Name the status to read.", "STATUS")
        for month, each in sorted(versions.items())
        if len(each) > 1
    ]  # fmt: skip


def _dataset(rows: Sequence[_Row], file: str) -> xr.Dataset:
    units = sorted({row.words["primary_level"] for row in rows})
    measures = sorted({row.words["measure_id"] for row in rows})
    months = months_between(min(row.month for row in rows), max(row.month for row in rows))
    shape = (len(units), len(months), len(measures))
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    state = np.full(shape, CODE["not_supplied"], dtype=np.int8)
    names: dict[str, str] = {}
    for row in reversed(rows):
        unit, measure = row.words["primary_level"], row.words["measure_id"]
        place = (units.index(unit), months.index(row.month), measures.index(measure))
        state[place] = CODE[row.cell.state]
        low[place] = np.nan if row.cell.low is None else row.cell.low
        high[place] = np.nan if row.cell.high is None else row.cell.high
        names[f"unit {unit}"] = row.words["primary_level_description"]
        names[f"measure {measure}"] = row.words["measure_name"]
    dims = ("unit", "month", "measure")
    return xr.Dataset(
        {
            "count_low": (dims, low, {"units": "per month"}),
            "count_high": (dims, high, {"units": "per month"}),
            "count_state": (dims, state, {"flag_meanings": " ".join(CELL_STATES)}),
        },
        coords={
            "unit": units,
            "month": pd.DatetimeIndex(months).to_numpy().astype("datetime64[ns]"),
            "measure": measures,
            "unit_name": ("unit", [names[f"unit {unit}"] for unit in units]),
            "measure_name": ("measure", [names[f"measure {measure}"] for measure in measures]),
        },
        attrs={"file": file},
    )
