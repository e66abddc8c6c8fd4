"""National A&E tables by clinical field, source, arrival and discharge (ECDS), as CSV or workbook sheet.

A preamble stands above the column names. Each measure and period ends in a row of its total; one without has been cut
off. Attendances without a code (`NOT SUBMITTED`, `INVALID`) are part of the total, so every share depends on whether
they are in its base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from econ111.activity.national.sources import NamedRow, named_rows, read_cells, repeated_keys
from econ111.activity.numbers import parse_whole
from econ111.activity.reading import Reading, finish_reading, raise_if_errors
from econ111.activity.tabular import read_table
from econ111.errors import Issue

FIRST = "Reporting Period"
KEYS = ("reporting_period", "measure_type")
CLINICAL = (*KEYS, "code", "description", "attendances", "%_of_total_attendances")
ROUTES = (*KEYS, "measure", "attendances", "%_of_total_attendances")
NO_CODE = ("NOT SUBMITTED", "INVALID")


@dataclass(frozen=True)
class _Line:
    number: int
    period: str
    kind: str
    code: str
    description: str
    attendances: int | None

    @property
    def group(self) -> tuple[str, str]:
        return (self.period, self.kind)

    @property
    def is_total(self) -> bool:
        return self.code.casefold().replace("_", " ") == f"{self.kind} total".casefold()


def read_ecds_national(path: Path | str, *, sheet: str = "clinical", raise_errors: bool = True) -> Reading:
    """Read a national A&E table.

    Parameters
    ----------
    path : path
        CSV or Excel, with its preamble.
    sheet : str
        Sheet of a workbook with several.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (entry): `attendances`, NaN when not supplied, with the coordinates `period`, `measure`, `code` and
        `description`. Rows of totals are compared and left out; `complete` is false where there was none.

    Raises
    ------
    DataError
        On bad or repeated rows, and a total that its parts do not reach.
    """
    table = read_table(path, expected=(*CLINICAL, "measure"), sheet=sheet, header_begins=FIRST)
    columns = CLINICAL if "code" in table.header else ROUTES
    rows, issues = named_rows(table, columns)
    lines = [line for row in rows if (line := _line(row, columns, table.file, issues)) is not None]
    if not lines:
        raise_if_errors(issues)
    keys: list[tuple[int, tuple[object, ...]]] = [(line.number, (*line.group, line.code)) for line in lines]
    issues += repeated_keys(keys, file=table.file, column=columns[2])
    totals = {line.group: line for line in lines if line.is_total}
    parts = [line for line in lines if not line.is_total]
    issues += _group_issues(parts, totals, table.file)
    issues += _total_issues(list(totals.values()), table.file)
    issues += _no_code_issues(parts, totals, table.file)
    return finish_reading(_dataset(parts, totals, table.file), issues, raise_errors=raise_errors)


def _line(row: NamedRow, columns: Sequence[str], file: str, issues: list[Issue]) -> _Line | None:
    count = read_cells(row, ("attendances",), parse_whole, file=file, issues=issues)
    if count is None:
        return None
    code = row.words[columns[2]]
    described = row.words.get("description", code)
    period, kind = (row.words[name] for name in KEYS)
    return _Line(row.number, period, kind, code, described, count["attendances"])


def _group_issues(parts: Sequence[_Line], totals: Mapping[tuple[str, str], _Line], file: str) -> list[Issue]:
    """Each measure and period against its total; one without a total has been cut off."""
    groups: dict[tuple[str, str], list[_Line]] = {}
    for line in parts:
        groups.setdefault(line.group, []).append(line)
    issues = []
    for (period, kind), lines in groups.items():
        added = sum(line.attendances or 0 for line in lines)
        total = totals.get((period, kind))
        if total is None:
            what = f"{kind} of {period} has {len(lines)} rows and no total: it has been cut off."
            remedy = f"Do not take shares of it, nor a code that is absent as zero. Its last row is {lines[-1].code!r}."
            issues.append(Issue("warning", file, lines[-1].number, what, remedy, "measure_type", kind))
        elif total.attendances is not None and total.attendances != added:
            what = f"{kind} of {period}: the rows add up to {added:,}, the total is {total.attendances:,}."
            remedy = "Rows are missing or changed; use the publication as it was released."
            issues.append(Issue("error", file, total.number, what, remedy, "attendances", str(total.attendances)))
    if totals:
        what = f"{len(totals)} rows of totals were compared and left out."
        issues.append(Issue("note", file, None, what, "Nothing to do.", "measure_type"))
    return issues


def _total_issues(totals: Sequence[_Line], file: str) -> list[Issue]:
    """Totals of the same period must agree: every attendance has one source, one arrival and one discharge."""
    issues = []
    for period in dict.fromkeys(line.period for line in totals):
        mine = {line.kind: line.attendances for line in totals if line.period == period}
        if len(set(mine.values())) > 1:
            shown = ", ".join(f"{kind} {count:,}" for kind, count in mine.items() if count is not None)
            what = f"the totals of {period} differ: {shown}."
            issues.append(Issue("warning", file, None, what, "Say which base a share has.", "attendances"))
    periods = list(dict.fromkeys(line.period for line in totals))
    if len(periods) > 1:
        what = f"holds {len(periods)} periods, of which some lie within others: {', '.join(periods)}."
        issues.append(Issue("note", file, None, what, "Choose one before adding up.", "reporting_period"))
    return issues


def _no_code_issues(parts: Sequence[_Line], totals: Mapping[tuple[str, str], _Line], file: str) -> list[Issue]:
    issues = []
    for line in parts:
        total = totals.get(line.group)
        if line.code in NO_CODE and line.attendances and total and total.attendances:
            share = line.attendances / total.attendances
            what = (
                f"{line.kind} of {line.period} is {line.code} for {line.attendances:,} of {total.attendances:,} "
                f"attendances ({share:.2%})."
            )
            remedy = "Give shares of all attendances and of those with a code."
            issues.append(Issue("warning", file, line.number, what, remedy, "code", line.code))
    return issues


def _dataset(parts: Sequence[_Line], totals: Mapping[tuple[str, str], _Line], file: str) -> xr.Dataset:
    counts = [np.nan if line.attendances is None else float(line.attendances) for line in parts]
    return xr.Dataset(
        {
            "attendances": ("entry", counts, {"units": "attendances in the period"}),
            "complete": ("entry", [line.group in totals for line in parts]),
        },
        coords={
            "entry": np.arange(len(parts)),
            "period": ("entry", [line.period for line in parts]),
            "measure": ("entry", [line.kind for line in parts]),
            "code": ("entry", [line.code for line in parts]),
            "description": ("entry", [line.description for line in parts]),
        },
        attrs={"file": file},
    )
