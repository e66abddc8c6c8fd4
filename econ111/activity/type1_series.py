"""The assembled monthly series of type 1 A&E attendances by trust, with mergers handled by the succession table.

Type 1 is a major, consultant-led department; single-specialty departments and urgent treatment centres are not in it,
so the series must not be set beside one of all types. Trailing blanks in the region names are the publisher's.
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
from econ111.activity.reading import CELL_STATES, Reading, finish_reading, raise_if_errors
from econ111.activity.succession import Grouped, Succession, apply_succession, read_succession
from econ111.activity.tabular import TextTable, read_table
from econ111.errors import Issue, nearest

COLUMNS = ("trust_code", "trust_region", "trust_name", "attendances_type1", "breaches_4hr_type1", "period")


@dataclass(frozen=True)
class _Row:
    number: int
    code: str
    region: str
    name: str
    month: date
    attendances: int | None
    breaches: int | None


def read_type1_series(
    path: Path | str,
    *,
    region: str | None = None,
    succession: Sequence[Succession] | None = None,
    raise_errors: bool = True,
    today: date | None = None,
) -> Reading:
    """Read monthly type 1 attendances by trust.

    Parameters
    ----------
    path : path
        CSV or Excel with the columns of the assembled series.
    region : str, optional
        Keep one region, for example `NHS England London`.
    succession : sequence of Succession, optional
        By default the table that ships; an empty sequence applies none.
    raise_errors : bool
        When false, errors are in the issues too.
    today : date, optional
        The day by which a month has come or not; the machine's when left out.

    Returns
    -------
    Reading
        Dataset (trust, month): `attendances_type1` in attendances per month, NaN where not supplied, and
        `attendances_type1_state`. Coordinates `trust_name` (the latest), `region`, and `members`, the codes added up.

    Raises
    ------
    DataError
        On bad rows, on a unit that starts or stops inside the period without a row in the succession table, and on an
        unknown region.
    """
    table = read_table(path, expected=COLUMNS, sheet="type1")
    rows, issues = _rows(table)
    refused = {issue.row for issue in issues if issue.severity == "error"}
    kept, found = _in_region(rows, region, table.file)
    issues += found
    if not kept:
        raise_if_errors([*issues, Issue("error", table.file, None, "no row could be used.", "Correct the rows above.")])
    issues += _duplicates(kept, table.file)
    issues += _breach_issues(kept, table.file)
    used = read_succession() if succession is None else succession
    grouped = apply_succession(_wide(kept), used, file=table.file)
    issues += _not_of_refused_rows(grouped.issues, table, refused)
    issues += _renamed(kept, table.file)
    given = [(row.month, row.number) for row in kept if row.attendances is not None]
    issues += outcome_alarms(grouped.counts, "attendances_type1", given, file=table.file, today=today)
    return finish_reading(_dataset(grouped, kept, table.file), issues, raise_errors=raise_errors)


def _rows(table: TextTable) -> tuple[list[_Row], list[Issue]]:
    absent = [name for name in COLUMNS if name not in table.header]
    issues = list(table.issues)
    for name in absent:
        remedy = f"Row 1 must hold: {', '.join(COLUMNS)}."
        issues.append(Issue("error", table.file, 1, f"there is no column {name!r}.", remedy, name))
    if absent:
        raise_if_errors(issues)
    rows = []
    for row in table.rows:
        words = {name: row.cells[table.header.index(name)] for name in COLUMNS}
        read = {
            "period": parse_month(words["period"]),
            "attendances_type1": parse_whole(words["attendances_type1"]),
            "breaches_4hr_type1": parse_whole(words["breaches_4hr_type1"]),
        }
        bad = {name: value for name, value in read.items() if isinstance(value, Problem)}
        for name, problem in bad.items():
            what = f"this value {problem.what}"
            issues.append(Issue("error", table.file, row.number, what, problem.remedy, name, words[name]))
        month, attendances, breaches = read.values()
        if isinstance(month, date) and not bad:
            text = (words["trust_code"].upper(), words["trust_region"], words["trust_name"])
            rows.append(_Row(row.number, *text, month, attendances, breaches))  # type: ignore[arg-type]
    return rows, issues


def _not_of_refused_rows(found: Sequence[Issue], table: TextTable, refused: set[int | None]) -> list[Issue]:
    """Leave out what follows from a refused row: a unit that seems to stop only because its last row is bad."""
    place = table.header.index("trust_code")
    codes = {row.cells[place].upper() for row in table.rows if row.number in refused}
    return [issue for issue in found if issue.severity != "error" or issue.value not in codes]


def _in_region(rows: Sequence[_Row], region: str | None, file: str) -> tuple[list[_Row], list[Issue]]:
    if region is None:
        return list(rows), []
    kept = [row for row in rows if row.region.casefold() == region.strip().casefold()]
    regions = {row.region for row in rows}
    if not kept:
        what = "this region is not in the data."
        return [], [Issue("error", file, None, what, nearest(region, regions), "trust_region", region)]
    left_out = {row.code for row in rows} - {row.code for row in kept}
    if not left_out:
        return kept, []
    return kept, [
        Issue("note", file, None, f"{len(left_out)} units of other regions were left out.", f"Kept: {region}.")
    ]


def _duplicates(rows: Sequence[_Row], file: str) -> list[Issue]:
    first: dict[tuple[str, date], _Row] = {}
    issues = []
    for row in rows:
        other = first.setdefault((row.code, row.month), row)
        if other is not row:
            what = f"{row.code} has a second row for {row.month:%Y-%m}; the first is row {other.number}."
            issues.append(Issue("error", file, row.number, what, "Keep one.", "trust_code", row.code))
    return issues


def _breach_issues(rows: Sequence[_Row], file: str) -> list[Issue]:
    """Missing four-hour counts: one note when they form one block, a warning when they are scattered."""
    missing = [row for row in rows if row.breaches is None]
    issues = [
        Issue("error", file, row.number, f"{row.code} has more breaches than attendances in {row.month:%Y-%m}.",
              "Correct one of them.", "breaches_4hr_type1", str(row.breaches))
        for row in rows
        if row.breaches is not None and row.attendances is not None and row.breaches > row.attendances
    ]  # fmt: skip
    if not missing:
        return issues
    codes = {row.code for row in missing}
    first, last = min(row.month for row in missing), max(row.month for row in missing)
    given_inside = [
        row for row in rows if row.code in codes and first <= row.month <= last and row.breaches is not None
    ]
    span = f"{len(missing)} four-hour breach counts are missing in {len(codes)} units, {first:%Y-%m} to {last:%Y-%m}"
    if given_inside:
        issues.append(Issue("warning", file, missing[0].number, f"{span}, scattered.", "They stay missing."))
    else:
        what = f"{span}: one block, so an exemption from reporting rather than chance loss."
        issues.append(Issue("note", file, missing[0].number, what, "They stay missing; attendances are complete."))
    return issues


def _renamed(rows: Sequence[_Row], file: str) -> list[Issue]:
    names: dict[str, dict[str, None]] = {}
    for row in sorted(rows, key=lambda row: row.month):
        names.setdefault(row.code, {})[row.name] = None
    return [
        Issue("note", file, None, f"{code} changed its name: {', then '.join(each)}.", "Codes are the keys, not names.")
        for code, each in sorted(names.items())
        if len(each) > 1
    ]


def _wide(rows: Sequence[_Row]) -> pd.DataFrame:
    unique = {(row.code, row.month): row.attendances for row in reversed(rows)}
    months = pd.date_range(min(row.month for row in rows), max(row.month for row in rows), freq="MS")
    codes = sorted({code for code, _ in unique})
    wide = pd.DataFrame(np.nan, index=months, columns=codes)
    for (code, month), count in unique.items():
        wide.at[pd.Timestamp(month), code] = np.nan if count is None else float(count)
    return wide


def _dataset(grouped: Grouped, rows: Sequence[_Row], file: str) -> xr.Dataset:
    latest = {row.code: row for row in sorted(rows, key=lambda row: row.month)}
    trusts = list(grouped.counts.columns)
    counts = grouped.counts.to_numpy().T
    state = np.where(np.isnan(counts), CODE["not_supplied"], CODE["observed"]).astype(np.int8)
    dims = ("trust", "month")
    return xr.Dataset(
        {
            "attendances_type1": (
                dims,
                counts,
                {"units": "attendances per month", "long_name": "type 1 A&E attendances"},
            ),
            "attendances_type1_state": (dims, state, {"flag_meanings": " ".join(CELL_STATES)}),
        },
        coords={
            "trust": trusts,
            "month": grouped.counts.index.to_numpy().astype("datetime64[ns]"),
            "trust_name": ("trust", [latest[code].name if code in latest else code for code in trusts]),
            "region": ("trust", [latest[code].region if code in latest else "" for code in trusts]),
            "members": ("trust", ["+".join(grouped.members[code]) for code in trusts]),
        },
        attrs={"file": file},
    )
