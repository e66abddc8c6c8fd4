"""Monthly outcome counts by trust, one column per outcome, with mergers handled by the succession table.

Any CSV or Excel file with `trust_code`, `period` (a month) and columns of whole counts; `trust_name` and `trust_region`
are read when they are there. The assembled type 1 series is such a file. Every outcome is added up over predecessors
alike, so that a merger never looks like an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.calls import CODE
from econ111.activity.cells import Problem
from econ111.activity.months import parse_month
from econ111.activity.numbers import parse_whole
from econ111.activity.outcome_alarms import outcome_alarms
from econ111.activity.reading import Reading, finish_reading, raise_if_errors
from econ111.activity.succession import Grouped, Succession, apply_succession, last_successor, read_succession
from econ111.activity.tabular import TextTable, read_table
from econ111.errors import InputError, Issue, nearest

KEYS = ("trust_code", "period")
WORDS = ("trust_name", "trust_region")


@dataclass(frozen=True)
class _Row:
    number: int
    code: str
    month: date
    name: str
    counts: tuple[int | None, ...]


def read_outcome_columns(
    path: Path | str,
    measures: Sequence[str],
    *,
    trusts: Sequence[str] = (),
    region: str | None = None,
    succession: Sequence[Succession] | None = None,
    today: date | None = None,
) -> Reading:
    """Read outcomes by trust and month.

    Parameters
    ----------
    path : path
        CSV or Excel with `trust_code`, `period` and the measures as columns.
    measures : sequence of str
        Names of columns of whole counts; a blank is not supplied, never zero.
    trusts : sequence of str
        Codes to keep, with all that were merged into them; every code when empty.
    region : str, optional
        Keep one region of the column `trust_region`.
    succession : sequence of Succession, optional
        By default the table that ships; an empty sequence applies none.
    today : date, optional
        The day by which a month has come or not; the machine's when left out.

    Returns
    -------
    Reading
        Dataset (trust, month): each measure in counts a month, NaN where not supplied, with its state. Coordinates
        `trust_name` and `members`, the codes added up.

    Raises
    ------
    InputError
        When a measure or a trust is not in the file.
    DataError
        On bad or repeated rows, and on a unit that starts or stops without a row in the succession table.
    """
    table = read_table(path, expected=(*KEYS, *measures), sheet="outcomes")
    _check_columns(table, measures)
    used = read_succession() if succession is None else succession
    rows, issues = _rows(table, measures)
    raise_if_errors(issues)
    kept = _chosen(rows, table, trusts, region, used)
    issues += _repeated(kept, table.file)
    raise_if_errors(issues)
    grouped = [apply_succession(_wide(kept, place), used, file=table.file) for place in range(len(measures))]
    for measure, one in zip(measures, grouped, strict=True):
        # Where a further column starts late, its recording does and not the organisation: its cells are then missing.
        issues += [issue for issue in one.issues if measure == measures[0] or issue.severity == "warning"]
    for place, (measure, one) in enumerate(zip(measures, grouped, strict=True)):
        given = [(row.month, row.number) for row in kept if place == 0]
        issues += outcome_alarms(one.counts, measure, given, file=table.file, today=today)
    return finish_reading(_dataset(measures, grouped, kept, table.file), issues)


def _check_columns(table: TextTable, measures: Sequence[str]) -> None:
    for name in (*KEYS, *measures):
        if name not in table.header:
            known = [column for column in table.header if column not in (*KEYS, *WORDS)]
            what = f"{table.file} row 1: there is no column {name!r}."
            raise InputError(f"{what} {nearest(name, known) if name in measures else 'Add it.'}")


def _rows(table: TextTable, measures: Sequence[str]) -> tuple[list[_Row], list[Issue]]:
    place = {name: table.header.index(name) for name in (*KEYS, *measures)}
    name_at = table.header.index("trust_name") if "trust_name" in table.header else None
    rows, issues = [], list(table.issues)
    for row in table.rows:
        month = parse_month(row.cells[place["period"]])
        counts = [parse_whole(row.cells[place[name]]) for name in measures]
        for name, read in zip(("period", *measures), (month, *counts), strict=True):
            if isinstance(read, Problem):
                what, value = f"this value {read.what}", row.cells[place[name]]
                issues.append(Issue("error", table.file, row.number, what, read.remedy, name, value))
        if not isinstance(month, Problem) and not any(isinstance(read, Problem) for read in counts):
            code = row.cells[place["trust_code"]].strip().upper()
            name = row.cells[name_at].strip() if name_at is not None else code
            rows.append(_Row(row.number, code, month, name, tuple(counts)))  # type: ignore[arg-type]
    return rows, issues


def _chosen(
    rows: Sequence[_Row], table: TextTable, trusts: Sequence[str], region: str | None, succession: Sequence[Succession]
) -> list[_Row]:
    """Rows of the wanted trusts and region."""
    kept = list(rows)
    if region is not None:
        if "trust_region" not in table.header:
            raise InputError(f"{table.file} has no column 'trust_region', and data.region asks for {region!r}.")
        at = table.header.index("trust_region")
        regions = {row.number: row.cells[at].strip() for row in table.rows}
        kept = [row for row in rows if regions[row.number].casefold() == region.strip().casefold()]
        if not kept:
            raise InputError(f"{table.file} has no region {region!r}. {nearest(region, set(regions.values()))}")
    if not trusts:
        return kept
    successors = {code: last_successor(code, succession) for code in {row.code for row in kept}}
    for code in trusts:
        if code not in successors.values():
            raise InputError(f"{table.file} has no trust {code!r}. {nearest(code, set(successors.values()))}")
    return [row for row in kept if successors[row.code] in trusts]


def _repeated(rows: Sequence[_Row], file: str) -> list[Issue]:
    first: dict[tuple[str, date], int] = {}
    issues = []
    for row in rows:
        other = first.setdefault((row.code, row.month), row.number)
        if other != row.number:
            what = f"{row.code} has a second row for {row.month:%Y-%m}; the first is row {other}."
            issues.append(Issue("error", file, row.number, what, "Keep one.", "trust_code", row.code))
    return issues


def _wide(rows: Sequence[_Row], place: int) -> pd.DataFrame:
    months = pd.date_range(min(row.month for row in rows), max(row.month for row in rows), freq="MS")
    wide = pd.DataFrame(np.nan, index=months, columns=sorted({row.code for row in rows}))
    for row in rows:
        count = row.counts[place]
        wide.at[pd.Timestamp(row.month), row.code] = np.nan if count is None else float(count)
    return wide


def _dataset(measures: Sequence[str], grouped: Sequence[Grouped], rows: Sequence[_Row], file: str) -> xr.Dataset:
    names = {row.code: row.name for row in sorted(rows, key=lambda row: row.month)}
    trusts = list(grouped[0].counts.columns)
    data: dict[str, tuple[tuple[str, str], np.ndarray]] = {}
    dims = ("trust", "month")
    for measure, one in zip(measures, grouped, strict=True):
        counts = one.counts[trusts].to_numpy().T
        state = np.where(np.isnan(counts), CODE["not_supplied"], CODE["observed"]).astype(np.int8)
        data |= {measure: (dims, counts), f"{measure}_state": (dims, state)}
    return xr.Dataset(
        data,
        coords={
            "trust": trusts,
            "month": grouped[0].counts.index.to_numpy().astype("datetime64[ns]"),
            "trust_name": ("trust", [names.get(code, code) for code in trusts]),
            "members": ("trust", ["+".join(grouped[0].members[code]) for code in trusts]),
        },
        attrs={"file": file},
    )
