"""Which integrated care board a provider belongs to, and which mental-health trust serves a London authority."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xarray as xr

from econ111.activity.national.sources import NamedRow, named_rows, repeated_keys
from econ111.activity.reading import Reading, finish_reading
from econ111.activity.tabular import read_table
from econ111.errors import Issue
from econ111.resources import shipped_folder

ICB_COLUMNS = ("code", "name", "icb_code", "icb_name", "region_name")
BOROUGH_COLUMNS = (
    "la_code", "borough", "ics_by_geography", "mh_trust_short", "mh_trust_ods_2024", "ics_in_source", "source_note",
)  # fmt: skip
LONDON_AUTHORITIES = 33
BOROUGHS = "london_borough_trust_ics.csv"


def read_provider_icbs(path: Path | str, *, raise_errors: bool = True) -> Reading:
    """Read the mapping of providers to integrated care boards and regions.

    Parameters
    ----------
    path : path
        CSV or Excel with the columns Code, Name, ICB Code, ICB Name, Region Name.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (provider): `icb`, `icb_name`, `region` and `provider_name`. A row given twice with the same boards is
        noted and kept once.

    Raises
    ------
    DataError
        When a provider has two boards, a board two names or regions, or a code is blank.
    """
    table = read_table(path, expected=ICB_COLUMNS)
    rows, issues = named_rows(table, ICB_COLUMNS)
    kept: dict[str, NamedRow] = {}
    for row in rows:
        code = row.words["code"].upper()
        issues += [
            Issue("error", table.file, row.number, "is blank.", "Write it in every row.", name)
            for name in ICB_COLUMNS
            if not row.words[name]
        ]
        first = kept.setdefault(code, row)
        if first is not row:
            issues.append(_second_row(first, row, table.file))
    issues += _board_issues(rows, table.file)
    columns = {"provider_name": "name", "icb": "icb_code", "icb_name": "icb_name", "region": "region_name"}
    data = {name: ("provider", [row.words[source] for row in kept.values()]) for name, source in columns.items()}
    reading = xr.Dataset(data, coords={"provider": list(kept)}, attrs={"file": table.file})
    return finish_reading(reading, issues, raise_errors=raise_errors)


def _second_row(first: NamedRow, row: NamedRow, file: str) -> Issue:
    code = row.words["code"]
    if dict(first.words) == dict(row.words):
        what = f"repeats row {first.number} word for word."
        return Issue("note", file, row.number, what, "It was kept once.", "code", code)
    what = f"says of this provider something else than row {first.number}."
    return Issue("error", file, row.number, what, "Keep one.", "code", code)


def _board_issues(rows: Sequence[NamedRow], file: str) -> list[Issue]:
    issues = []
    first: dict[str, NamedRow] = {}
    for row in rows:
        other = first.setdefault(row.words["icb_code"], row)
        for name in ("icb_name", "region_name"):
            if other.words[name] != row.words[name]:
                what = f"this board has {other.words[name]!r} in row {other.number}."
                issues.append(Issue("error", file, row.number, what, "Correct one.", name, row.words[name]))
    return issues


def read_borough_trusts(path: Path | str | None = None, *, raise_errors: bool = True) -> Reading:
    """Read which mental-health trust and care system serve each London authority.

    Parameters
    ----------
    path : path, optional
        By default the table that ships.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (borough): `trust` (code), `ics` (by geography), `ics_in_source` and `authority` (code).

    Raises
    ------
    DataError
        When there are not 33 authorities, one stands twice, or one has no trust or system.
    """
    table = read_table(path or shipped_folder("data/activity") / BOROUGHS, expected=BOROUGH_COLUMNS)
    rows, issues = named_rows(table, BOROUGH_COLUMNS)
    for column in ("borough", "la_code"):
        keys: list[tuple[int, tuple[object, ...]]] = [(row.number, (row.words[column],)) for row in rows]
        issues += repeated_keys(keys, file=table.file, column=column)
    if len(rows) != LONDON_AUTHORITIES:
        what = f"has {len(rows)} authorities; London has {LONDON_AUTHORITIES}."
        issues.append(Issue("error", table.file, None, what, "Add or delete rows.", "borough"))
    for row in rows:
        issues += _borough_issues(row, table.file)
    columns = {
        "authority": "la_code", "trust": "mh_trust_ods_2024", "ics": "ics_by_geography",
        "ics_in_source": "ics_in_source",
    }  # fmt: skip
    data = {name: ("borough", [row.words[source] for row in rows]) for name, source in columns.items()}
    coords = {"borough": [row.words["borough"] for row in rows]}
    return finish_reading(xr.Dataset(data, coords, {"file": table.file}), issues, raise_errors=raise_errors)


def _borough_issues(row: NamedRow, file: str) -> list[Issue]:
    borough = row.words["borough"]
    issues = [
        Issue("error", file, row.number, f"{borough} has no {name}.", "Write it in every row.", name)
        for name in ("mh_trust_ods_2024", "ics_by_geography")
        if not row.words[name]
    ]
    ours, theirs = row.words["ics_by_geography"], row.words["ics_in_source"]
    if not theirs:
        what = f"{borough} is absent from the source; its trust here rests on the note: {row.words['source_note']}."
        issues.append(Issue("warning", file, row.number, what, "Confirm it locally.", "ics_in_source", borough))
    elif ours != theirs:
        what = f"{borough} lies in {ours}, the source says {theirs}: {row.words['source_note']}."
        issues.append(Issue("warning", file, row.number, what, "`ics` follows geography.", "ics_in_source", theirs))
    return issues
