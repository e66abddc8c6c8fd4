"""Everything wrong with a data file, whatever kind it is: what `econ111 check FILE` shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import xarray as xr

from econ111.activity.calls import CallLayout
from econ111.activity.emergency import BY_PROVIDER, MSITAE, read_ae_by_provider, read_ae_msitae
from econ111.activity.iucadc import COLUMNS as IUCADC_COLUMNS
from econ111.activity.iucadc import read_iucadc
from econ111.activity.national import (
    read_ae_types,
    read_ambulance,
    read_borough_trusts,
    read_ecds_national,
    read_ecds_routes,
    read_iucadc_areas,
    read_iucadc_daily,
    read_mhsds,
    read_provider_icbs,
)
from econ111.activity.national.ae_types import COLUMNS as AE_TYPE_COLUMNS
from econ111.activity.national.ecds_national import CLINICAL, FIRST
from econ111.activity.national.geography import BOROUGH_COLUMNS, ICB_COLUMNS
from econ111.activity.national.iucadc_daily import COLUMNS as DAILY_COLUMNS
from econ111.activity.national.mhsds import COLUMNS as MHSDS_COLUMNS
from econ111.activity.national.sources import read_json
from econ111.activity.reading import Reading, file_error, in_order, issue_table
from econ111.activity.tabular import column_key, read_table
from econ111.activity.template import COLUMNS as CALL_COLUMNS
from econ111.activity.template import read_calls
from econ111.activity.type1_series import COLUMNS as TYPE1_COLUMNS
from econ111.activity.type1_series import read_type1_series
from econ111.errors import DataError

_Reader = Callable[..., Reading]
# What tells a kind of table apart (its columns), and what reads it. Call files have a layout besides.
_TABLES: Mapping[str, tuple[tuple[str, ...], _Reader]] = {
    "iucadc": (IUCADC_COLUMNS, read_iucadc),
    "type1_series": (TYPE1_COLUMNS, read_type1_series),
    "ae_by_provider": (tuple(column_key(heading) for heading, _ in BY_PROVIDER), read_ae_by_provider),
    "ae_msitae": (tuple(column_key(heading) for heading, _ in MSITAE), read_ae_msitae),
    "ae_types": (AE_TYPE_COLUMNS, read_ae_types),
    "iucadc_daily": (DAILY_COLUMNS, read_iucadc_daily),
    "mhsds": (MHSDS_COLUMNS, read_mhsds),
    "provider_icbs": (ICB_COLUMNS, read_provider_icbs),
    "borough_trusts": (BOROUGH_COLUMNS, read_borough_trusts),
}
# What tells a kind of JSON file apart: the list in it.
_JSON: Mapping[str, tuple[str, _Reader]] = {
    "iucadc_areas": ("areas", read_iucadc_areas),
    "ecds_routes": ("providers", read_ecds_routes),
    "ambulance": ("trusts", read_ambulance),
}
_PREAMBLE = "ecds_national"
_SHARE_OF_COLUMNS = 0.5


def check_file(path: Path | str, layout: CallLayout | None = None) -> Reading:
    """Read a file of any kind that econ111 knows, and report on it instead of refusing it.

    Parameters
    ----------
    path : path
        A call file in the econ111 template, or a national file that econ111 reads: NHS 111 monthly, daily or annual,
        A&E in any layout, ECDS tables, ambulance, MHSDS, and the two mappings. The kind is told by the column names,
        or by the names in a JSON file.
    layout : CallLayout, optional
        Trusts, launch dates and rules of an evaluation, for a call file.

    Returns
    -------
    Reading
        `issues` holds everything found, errors too; `data` what could be read (empty when nothing could). The kind of
        file is `data.attrs["kind"]`.
    """
    try:
        kind = file_kind(path)
        readers = {name: reader for name, (_, reader) in {**_TABLES, **_JSON}.items()}
        readers[_PREAMBLE] = read_ecds_national
        if kind in readers:
            reading = readers[kind](path, raise_errors=False)
        else:
            reading = read_calls(path, layout, raise_errors=False)
    except DataError as unreadable:
        return Reading(xr.Dataset(), issue_table(unreadable.issues), tuple(in_order(unreadable.issues)))
    return replace(reading, data=reading.data.assign_attrs(kind=kind))


def file_kind(path: Path | str) -> str:
    """Kind of a file, by the names it shares with each kind; a call file when nothing else fits better.

    Raises
    ------
    DataError
        When the file as a whole cannot be read, or is a JSON file of no known kind.
    """
    if Path(path).suffix.casefold() == ".json":
        return _json_kind(path)
    kinds = {"calls": CALL_COLUMNS, **{name: columns for name, (columns, _) in _TABLES.items()}}
    everything = [name for names in kinds.values() for name in names]
    try:
        header = set(read_table(path, expected=everything, repeated_headers=True).header)
    except DataError:
        if _has_preamble(path):
            return _PREAMBLE
        raise

    def shared(kind: str) -> float:
        return len(header & set(kinds[kind])) / len(set(kinds[kind]))

    best = max(kinds, key=shared)
    return best if shared(best) >= _SHARE_OF_COLUMNS else "calls"


def _has_preamble(path: Path | str) -> bool:
    try:
        header = read_table(path, expected=CLINICAL, sheet="clinical", header_begins=FIRST).header
    except DataError:
        return False
    return {"measure_type", "attendances"} <= set(header)


def _json_kind(path: Path | str) -> str:
    top = read_json(path)
    for kind, (name, _) in _JSON.items():
        if top.has(name):
            return kind
    known = ", ".join(repr(name) for name, _ in _JSON.values())
    raise file_error(Path(path).name, "is a JSON file of no known kind.", f"It must hold one of {known}.")
