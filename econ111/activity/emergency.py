"""One month of A&E by provider, in the two layouts of the official statistics.

`by provider` heads three blocks of columns (all attendances, within four hours, over four hours) with the same three
names, so columns are taken by position once the header has been compared. `MSitAE` names each column once and ends in
a row TOTAL, which is compared with the sum of the providers and left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import xarray as xr

from econ111.activity.cells import Problem
from econ111.activity.months import parse_month
from econ111.activity.numbers import parse_percent, parse_whole
from econ111.activity.reading import Reading, finish_reading, raise_if_errors
from econ111.activity.tabular import TextTable, column_key, read_table
from econ111.errors import Issue

_DEPARTMENTS = (
    ("Type 1 Departments - Major A&E", "type1"),
    ("Type 2 Departments - Single Specialty", "type2"),
    ("Type 3 Departments - Other A&E/Minor Injury Unit", "type3"),
)
_BLOCKS = (
    ("attendances", "Total attendances"),
    ("within_4h", "Total Attendances < 4 hours"),
    ("over_4h", "Total Attendances > 4 hours"),
)
# (heading as printed, our name), in the order of the file.
BY_PROVIDER = (
    ("Code", "provider"), ("Region", "region"), ("Name", "provider_name"),
    *[
        pair
        for block, total in _BLOCKS
        for pair in [*[(heading, f"{block}_{kind}") for heading, kind in _DEPARTMENTS], (total, f"{block}_total")]
    ],
    ("Percentage in 4 hours or less (all)", "percent_within_4h_total"),
    ("Percentage in 4 hours or less (type 1)", "percent_within_4h_type1"),
    ("Percentage in 4 hours or less (type 2)", "percent_within_4h_type2"),
    ("Percentage in 4 hours or less (type 3)", "percent_within_4h_type3"),
    ("Emergency Admissions via Type 1 A&E", "admissions_type1"),
    ("Emergency Admissions via Type 2 A&E", "admissions_type2"),
    ("Emergency Admissions via Type 3 and 4 A&E", "admissions_type3"),
    ("Total Emergency Admissions via A&E", "admissions_via_ae"),
    ("Other Emergency admissions (i.e not via A&E)", "admissions_other"),
    ("Total Emergency Admissions", "admissions_total"),
    ("Number of patients spending >4 hours from decision to admit to admission", "waits_4h_from_decision"),
    ("Number of patients spending >12 hours from decision to admit to admission", "waits_12h_from_decision"),
)  # fmt: skip
MSITAE = (
    ("Period", "period"), ("Org Code", "provider"), ("Parent Org", "region"), ("Org name", "provider_name"),
    ("A&E attendances Type 1", "attendances_type1"),
    ("A&E attendances Type 2", "attendances_type2"),
    ("A&E attendances Other A&E Department", "attendances_other"),
    ("A&E attendances Booked Appointments Type 1", "booked_type1"),
    ("A&E attendances Booked Appointments Type 2", "booked_type2"),
    ("A&E attendances Booked Appointments Other Department", "booked_other"),
    ("Attendances over 4hrs Type 1", "over_4h_type1"),
    ("Attendances over 4hrs Type 2", "over_4h_type2"),
    ("Attendances over 4hrs Other Department", "over_4h_other"),
    ("Attendances over 4hrs Booked Appointments Type 1", "over_4h_booked_type1"),
    ("Attendances over 4hrs Booked Appointments Type 2", "over_4h_booked_type2"),
    ("Attendances over 4hrs Booked Appointments Other Department", "over_4h_booked_other"),
    ("Patients who have waited 4-12 hs from DTA to admission", "waits_4_to_12h_from_decision"),
    ("Patients who have waited 12+ hrs from DTA to admission", "waits_12h_from_decision"),
    ("Emergency admissions via A&E - Type 1", "admissions_type1"),
    ("Emergency admissions via A&E - Type 2", "admissions_type2"),
    ("Emergency admissions via A&E - Other A&E department", "admissions_other_ae"),
    ("Other emergency admissions", "admissions_other"),
)  # fmt: skip
_WORDS = ("period", "provider", "region", "provider_name")
_SUMS = (
    *[(f"{block}_total", tuple(f"{block}_type{n}" for n in (1, 2, 3))) for block, _ in _BLOCKS],
    *[
        (f"attendances_{kind}", (f"within_4h_{kind}", f"over_4h_{kind}"))
        for kind in ("type1", "type2", "type3", "total")
    ],
    ("admissions_via_ae", ("admissions_type1", "admissions_type2", "admissions_type3")),
    ("admissions_total", ("admissions_via_ae", "admissions_other")),
)


@dataclass(frozen=True)
class _Provider:
    number: int
    words: Mapping[str, str]
    values: Mapping[str, float | None]


def read_ae_by_provider(path: Path | str, *, month: date | None = None, raise_errors: bool = True) -> Reading:
    """Read one month in the `by provider` layout.

    Parameters
    ----------
    path : path
        The official CSV. The file itself does not say its month.
    month : date, optional
        Month of the file, kept as a coordinate.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (provider): attendances, within and over four hours by department type and in total, percentages as
        printed (in percent), emergency admissions. NaN where the file has `-`.

    Raises
    ------
    DataError
        When the header is another layout, or on bad or repeated rows.
    """
    table = read_table(path, expected=[heading for heading, _ in BY_PROVIDER], repeated_headers=True)
    rows, issues = _rows(table, BY_PROVIDER)
    issues += _sum_issues(rows, table.file)
    data = _dataset(rows, [name for _, name in BY_PROVIDER if name not in _WORDS], table.file)
    if month is not None:
        data = data.assign_coords(month=np.datetime64(month, "ns"))
    return finish_reading(data, issues, raise_errors=raise_errors)


def read_ae_msitae(path: Path | str, *, raise_errors: bool = True) -> Reading:
    """Read one month in the MSitAE layout.

    Returns
    -------
    Reading
        Dataset (provider) with the scalar coordinate `month`: 18 counts. The row TOTAL is compared and left out.

    Raises
    ------
    DataError
        When the header is another layout, on bad or repeated rows, on several months, and when TOTAL is not the sum.
    """
    table = read_table(path, expected=[heading for heading, _ in MSITAE])
    rows, issues = _rows(table, MSITAE)
    names = [name for _, name in MSITAE if name not in _WORDS]
    providers = [row for row in rows if row.words["provider"].upper() != "TOTAL"]
    totals = [row for row in rows if row.words["provider"].upper() == "TOTAL"]
    issues += _total_issues(providers, totals, names, table.file)
    month, found = _only_month(rows, table.file)
    issues += found
    data = _dataset(providers, names, table.file)
    if month is not None:
        data = data.assign_coords(month=np.datetime64(month, "ns"))
    return finish_reading(data, issues, raise_errors=raise_errors)


def _rows(table: TextTable, layout: Sequence[tuple[str, str]]) -> tuple[list[_Provider], list[Issue]]:
    issues = [*table.issues, *_header_issues(table, layout)]
    raise_if_errors(issues)
    rows: list[_Provider] = []
    first: dict[str, int] = {}
    for row in table.rows:
        cells = dict(zip([name for _, name in layout], row.cells, strict=True))
        values: dict[str, float | None] = {}
        for (heading, name), text in zip(layout, row.cells, strict=True):
            if name in _WORDS:
                continue
            read = parse_percent(text) if name.startswith("percent") else parse_whole(text)
            if isinstance(read, Problem):
                what = f"this value {read.what}"
                issues.append(Issue("error", table.file, row.number, what, read.remedy, heading, text))
            else:
                values[name] = read
        code = cells["provider"]
        if code in first:
            what = f"a second row for this provider; the first is row {first[code]}."
            issues.append(Issue("error", table.file, row.number, what, "Keep one.", "provider", code))
        first.setdefault(code, row.number)
        rows.append(_Provider(row.number, {name: cells[name] for name in _WORDS if name in cells}, values))
    return rows, issues


def _header_issues(table: TextTable, layout: Sequence[tuple[str, str]]) -> list[Issue]:
    wanted = [heading for heading, _ in layout]
    if len(table.header) != len(wanted):
        what = f"has {len(table.header)} columns where this layout has {len(wanted)}."
        return [Issue("error", table.file, 1, what, "Use the official file as it is, or the reader of its layout.")]
    return [
        Issue("error", table.file, 1, f"column {i} is {printed!r}.", f"This layout has {heading!r} there.", printed)
        for i, (printed, heading) in enumerate(zip(table.printed, wanted, strict=True), 1)
        if column_key(printed) != column_key(heading)
    ]


def _sum_issues(rows: Sequence[_Provider], file: str) -> list[Issue]:
    issues = []
    for row in rows:
        for whole, parts in _SUMS:
            total, values = row.values.get(whole), [row.values.get(part) for part in parts]
            known = [value for value in values if value is not None]
            if total is not None and len(known) == len(values) and sum(known) != total:
                what = f"{whole} of {row.words['provider']} is {total:,.0f}, but its parts add to {sum(known):,.0f}."
                remedy = "Check the source; both are kept as they are."
                issues.append(Issue("warning", file, row.number, what, remedy, whole, f"{total:.0f}"))
    return issues


def _total_issues(
    providers: Sequence[_Provider], totals: Sequence[_Provider], names: Sequence[str], file: str
) -> list[Issue]:
    if not totals:
        what = "there is no row TOTAL, so that rows may be missing."
        return [Issue("warning", file, None, what, "Compare with the official file.")]
    row = totals[0]
    issues = [
        Issue("note", file, row.number, "the row TOTAL was compared and left out.", "Nothing to do.", value="TOTAL")
    ]
    for name in names:
        total, added = row.values.get(name), sum(one.values.get(name) or 0 for one in providers)
        if total is not None and total != added:
            what = f"{name}: TOTAL is {total:,.0f}, the providers add to {added:,.0f} ({added - total:+,.0f})."
            remedy = "Rows are missing or changed; use the official file."
            issues.append(Issue("error", file, row.number, what, remedy, name, f"{total:.0f}"))
    return issues


def _only_month(rows: Sequence[_Provider], file: str) -> tuple[date | None, list[Issue]]:
    texts = {row.words["period"]: row.number for row in reversed(rows)}
    months = {text: parse_month(text) for text in texts}
    issues = []
    for text, month in months.items():
        if isinstance(month, Problem):
            what = f"this value {month.what}"
            issues.append(Issue("error", file, texts[text], what, month.remedy, "Period", text))
    found = {month for month in months.values() if isinstance(month, date)}
    if len(found) > 1:
        what = f"holds {len(found)} months."
        issues.append(Issue("error", file, None, what, "Read one month at a time.", "Period"))
    return (min(found) if found else None), issues


def _dataset(rows: Sequence[_Provider], names: Sequence[str], file: str) -> xr.Dataset:
    def column(name: str) -> list[float]:
        values = [row.values.get(name) for row in rows]
        return [np.nan if value is None else float(value) for value in values]

    def unit(name: str) -> dict[str, str]:
        return {"units": "percent" if name.startswith("percent") else "per month"}

    return xr.Dataset(
        {name: ("provider", column(name), unit(name)) for name in names},
        coords={
            "provider": [row.words["provider"] for row in rows],
            "provider_name": ("provider", [row.words["provider_name"] for row in rows]),
            "region": ("provider", [row.words["region"] for row in rows]),
        },
        attrs={"file": file},
    )
