"""Monthly A&E by provider and department type (2016 to 2019): all types, so not comparable with a type 1 series.

A provider that starts or stops inside the period is named, since a merger or a new code looks like an effect.
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
from econ111.activity.months import month_text, months_between, parse_month
from econ111.activity.national.sources import named_rows, read_cells, repeated_keys
from econ111.activity.numbers import parse_whole
from econ111.activity.reading import CELL_STATES, Reading, finish_reading, raise_if_errors
from econ111.activity.tabular import read_table
from econ111.errors import Issue, nearest

TYPES = ("1", "2", "other")
COUNTS = ("attendances", "breaches", "admissions")
COLUMNS = ("period", "org_code", "type", *COUNTS)


@dataclass(frozen=True)
class _Row:
    number: int
    month: date
    code: str
    kind: str
    counts: dict[str, int | None]


def read_ae_types(path: Path | str, *, raise_errors: bool = True) -> Reading:
    """Read monthly A&E by provider and department type.

    Parameters
    ----------
    path : path
        CSV or Excel with the columns period, org_code, type, attendances, breaches, admissions.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (provider, month, department): `attendances`, `breaches` (stays over four hours) and `admissions` per
        month, NaN where there is no row, and `attendances_state`. Select department "1" before any comparison with a
        type 1 series.

    Raises
    ------
    DataError
        On bad or repeated rows, an unknown type, and more breaches than attendances.
    """
    table = read_table(path, expected=COLUMNS)
    named, issues = named_rows(table, COLUMNS)
    rows: list[_Row] = []
    for each in named:
        month = read_cells(each, ("period",), parse_month, file=table.file, issues=issues)
        counts = read_cells(each, COUNTS, parse_whole, file=table.file, issues=issues)
        kind = each.words["type"].casefold()
        if kind not in TYPES:
            remedy = nearest(kind, TYPES)
            what = "this type of department is not known."
            issues.append(Issue("error", table.file, each.number, what, remedy, "type", each.words["type"]))
        elif month is not None and counts is not None:
            rows.append(_Row(each.number, month["period"], each.words["org_code"].upper(), kind, counts))
    if not rows:
        raise_if_errors(issues)
    keys: list[tuple[int, tuple[object, ...]]] = [(row.number, (row.code, row.month, row.kind)) for row in rows]
    issues += repeated_keys(keys, file=table.file, column="org_code")
    issues += _breach_issues(rows, table.file)
    issues += _type_issues(rows, table.file)
    issues += _coverage_issues(rows, table.file)
    return finish_reading(_dataset(rows, table.file), issues, raise_errors=raise_errors)


def _breach_issues(rows: Sequence[_Row], file: str) -> list[Issue]:
    return [
        Issue("error", file, row.number, f"{breaches:,} breaches of {attendances:,} attendances.",
              "Correct one of them.", "breaches", str(breaches))
        for row in rows
        if (breaches := row.counts["breaches"]) is not None
        and (attendances := row.counts["attendances"]) is not None
        and breaches > attendances
    ]  # fmt: skip


def _type_issues(rows: Sequence[_Row], file: str) -> list[Issue]:
    kinds = [kind for kind in TYPES if any(row.kind == kind for row in rows)]
    if kinds == ["1"]:
        return []
    shown = ", ".join(f"{kind} ({sum(row.kind == kind for row in rows):,} rows)" for kind in kinds)
    remedy = "Select department 1 before setting it beside a type 1 series."
    return [Issue("warning", file, None, f"holds department types {shown}.", remedy, "type")]


def _coverage_issues(rows: Sequence[_Row], file: str) -> list[Issue]:
    """Major departments that start or stop inside the period; one issue, since a table of them is the data's task."""
    first, last = min(row.month for row in rows), max(row.month for row in rows)
    spans: dict[str, list[date]] = {}
    for row in rows:
        if row.kind == "1":
            spans.setdefault(row.code, []).append(row.month)
    partial = {
        code: (min(months), max(months))
        for code, months in sorted(spans.items())
        if min(months) > first or max(months) < last
    }
    if not partial:
        return []
    shown = ", ".join(f"{code} {month_text(one)} to {month_text(other)}" for code, (one, other) in partial.items())
    what = f"{len(partial)} of {len(spans)} type 1 providers start or stop inside the period: {shown}."
    remedy = "Add the units of a merger together before any model of single providers."
    return [Issue("warning", file, None, what, remedy, "org_code")]


def _dataset(rows: Sequence[_Row], file: str) -> xr.Dataset:
    providers = sorted({row.code for row in rows})
    months = months_between(min(row.month for row in rows), max(row.month for row in rows))
    places = ({code: i for i, code in enumerate(providers)}, {month: i for i, month in enumerate(months)})
    values = {name: np.full((len(providers), len(months), len(TYPES)), np.nan) for name in COUNTS}
    for row in reversed(rows):
        place = (places[0][row.code], places[1][row.month], TYPES.index(row.kind))
        for name, value in row.counts.items():
            values[name][place] = np.nan if value is None else value
    state = np.where(np.isnan(values["attendances"]), CODE["not_supplied"], CODE["observed"]).astype(np.int8)
    dims = ("provider", "month", "department")
    return xr.Dataset(
        {
            **{name: (dims, array, {"units": "per month"}) for name, array in values.items()},
            "attendances_state": (dims, state, {"flag_meanings": " ".join(CELL_STATES)}),
        },
        coords={
            "provider": providers,
            "month": pd.DatetimeIndex(months).to_numpy().astype("datetime64[ns]"),
            "department": list(TYPES),
        },
        attrs={"file": file},
    )
