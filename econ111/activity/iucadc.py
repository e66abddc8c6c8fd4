"""NHS 111 in the official monthly file: Integrated Urgent Care Aggregate Data Collection (IUC ADC).

Long rows of ITEM_NUMBER and VALUE by contract. Codes are the keys: names of contracts and suppliers change. `-` is not
supplied. Items B06, B09 and B11 are total seconds, not calls. None of the items is about mental health alone.

Arithmetic: B02 = B03 + B04 + B05 must hold (abandoned calls by waiting time). C01 <= A03 and A01 = A03 + B02 are
reported as warnings, because the official figures break them (calls triaged for another provider, lost in menus).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.calls import CODE
from econ111.activity.cells import Problem
from econ111.activity.months import months_between, parse_month
from econ111.activity.national.iucadc_items import item_issues, with_meanings
from econ111.activity.numbers import parse_whole
from econ111.activity.reading import CELL_STATES, Reading, finish_reading, raise_if_errors
from econ111.activity.tabular import TextTable, read_table
from econ111.errors import Issue, Severity

COLUMNS = (
    "reporting_period", "org_code", "org_name", "contract_code", "contract_name",
    "item_number", "value", "region_code", "region_name",
)  # fmt: skip
_Items = Mapping[str, int | None]


@dataclass(frozen=True)
class _Row:
    number: int
    words: Mapping[str, str]
    month: date
    value: int | None

    @property
    def key(self) -> tuple[str, date, str]:
        return (self.words["contract_code"], self.month, self.words["item_number"])


@dataclass(frozen=True)
class _Identity:
    """A rule between items of one contract and month; `broken` is only asked when every item was supplied."""

    items: tuple[str, ...]
    words: str
    severity: Severity
    broken: Callable[[Sequence[int]], bool]
    remedy: str


_IDENTITIES = (
    _Identity(
        ("B02", "B03", "B04", "B05"), "B02 (abandoned) is not B03 + B04 + B05", "error",
        lambda v: v[0] != v[1] + v[2] + v[3], "Check the source; a column may have been summed twice.",
    ),
    _Identity(
        ("C01", "A03"), "C01 (triaged) is more than A03 (answered)", "warning",
        lambda v: v[0] > v[1], "Do not use answered calls as the base of triage outcomes here.",
    ),
    _Identity(
        ("A01", "A03", "B02"), "A01 (received) is not A03 (answered) + B02 (abandoned)", "warning",
        lambda v: v[0] != v[1] + v[2], "Do not derive one of the three from the other two.",
    ),
)  # fmt: skip


def read_iucadc(path: Path | str, *, raise_errors: bool = True) -> Reading:
    """Read rows of the official IUC ADC monthly file.

    Parameters
    ----------
    path : path
        The official CSV, or any selection of its rows.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (contract, month, item): `value` (calls, or seconds for B06, B09 and B11; NaN when not supplied) and
        `value_state`; `supplier` (contract, month) is the code of the organisation that reported. Coordinates
        `contract_name` (the latest), `region` (contract), `item_meaning` and `item_unit` (item), where they have a
        source.

    Raises
    ------
    DataError
        With every bad row, duplicate and broken identity.
    """
    table = read_table(path, expected=COLUMNS)
    rows, issues = _rows(table)
    if not rows:
        raise_if_errors(issues)
    first: dict[tuple[str, date, str], _Row] = {}
    for row in rows:
        other = first.setdefault(row.key, row)
        if other is not row:
            what = f"repeats {row.key[2]} of {row.key[0]} in {row.month:%Y-%m}, given in row {other.number}."
            issues.append(Issue("error", table.file, row.number, what, "Keep one.", "ITEM_NUMBER", row.key[2]))
    issues += _identity_issues(first, table.file)
    issues += _renamed(rows, table.file)
    data = _dataset(first, table.file)
    issues += item_issues(data, table.file)
    return finish_reading(with_meanings(data), issues, raise_errors=raise_errors)


def _rows(table: TextTable) -> tuple[list[_Row], list[Issue]]:
    absent = [name for name in COLUMNS if name not in table.header]
    issues = list(table.issues)
    for name in absent:
        remedy = f"Row 1 must hold: {', '.join(COLUMNS).upper()}."
        issues.append(Issue("error", table.file, 1, f"there is no column {name.upper()!r}.", remedy, name.upper()))
    if absent:
        raise_if_errors(issues)
    rows = []
    for row in table.rows:
        words = {name: row.cells[table.header.index(name)] for name in COLUMNS}
        month, value = parse_month(words["reporting_period"]), parse_whole(words["value"])
        for name, read in (("reporting_period", month), ("value", value)):
            if isinstance(read, Problem):
                what = f"this value {read.what}"
                issues.append(Issue("error", table.file, row.number, what, read.remedy, name.upper(), words[name]))
        if not isinstance(month, Problem) and not isinstance(value, Problem):
            rows.append(_Row(row.number, words, month, value))
    return rows, issues


def _identity_issues(first: Mapping[tuple[str, date, str], _Row], file: str) -> list[Issue]:
    """One issue per contract and identity, with the number of months and the first of them."""
    issues = []
    cells: dict[str, dict[date, dict[str, _Row]]] = {}
    for (contract, month, item), row in first.items():
        cells.setdefault(contract, {}).setdefault(month, {})[item] = row
    for contract, months in sorted(cells.items()):
        for identity in _IDENTITIES:
            broken = [month for month, items in sorted(months.items()) if _broken(identity, items)]
            if broken:
                rows = [months[broken[0]][item] for item in identity.items]
                shown = ", ".join(f"{row.key[2]} {row.value:,}" for row in rows)
                often = f"{len(broken)} of {len(months)} months of {contract}, first {broken[0]:%Y-%m}"
                what = f"{identity.words} in {often}: {shown}."
                issue = (identity.severity, file, rows[0].number, what, identity.remedy, "VALUE", str(rows[0].value))
                issues.append(Issue(*issue))
    return issues


def _broken(identity: _Identity, items: Mapping[str, _Row]) -> bool:
    values = [items[item].value if item in items else None for item in identity.items]
    known = [value for value in values if value is not None]
    return len(known) == len(values) and identity.broken(known)


def _renamed(rows: Sequence[_Row], file: str) -> list[Issue]:
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(row.words["contract_code"], set()).add(row.words["contract_name"])
    return [
        Issue("note", file, None, f"contract {code} has {len(each)} names: {', '.join(sorted(each))}.",
              "Codes are the keys, not names.", "CONTRACT_NAME", code)
        for code, each in sorted(names.items())
        if len(each) > 1
    ]  # fmt: skip


def _dataset(first: Mapping[tuple[str, date, str], _Row], file: str) -> xr.Dataset:
    contracts = sorted({key[0] for key in first})
    months = months_between(min(key[1] for key in first), max(key[1] for key in first))
    items = sorted({key[2] for key in first})
    value = np.full((len(contracts), len(months), len(items)), np.nan)
    supplier = np.full((len(contracts), len(months)), "", dtype=object)
    where = [{key: i for i, key in enumerate(keys)} for keys in (contracts, months, items)]
    latest: dict[str, _Row] = {}
    for (contract, month, item), row in sorted(first.items(), key=lambda pair: pair[0]):
        i, j, k = where[0][contract], where[1][month], where[2][item]
        value[i, j, k] = np.nan if row.value is None else row.value
        supplier[i, j] = row.words["org_code"]
        latest[contract] = row
    state = np.where(np.isnan(value), CODE["not_supplied"], CODE["observed"]).astype(np.int8)
    dims = ("contract", "month", "item")
    return xr.Dataset(
        {
            "value": (dims, value, {"units": "calls; seconds for B06, B09 and B11"}),
            "value_state": (dims, state, {"flag_meanings": " ".join(CELL_STATES)}),
            "supplier": (dims[:2], supplier.astype(str)),
        },
        coords={
            "contract": contracts,
            "month": pd.DatetimeIndex(months).to_numpy().astype("datetime64[ns]"),
            "item": items,
            "contract_name": ("contract", [latest[code].words["contract_name"] for code in contracts]),
            "region": ("contract", [latest[code].words["region_code"] for code in contracts]),
        },
        attrs={"file": file},
    )
