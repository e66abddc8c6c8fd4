"""Everything wrong with a data file, whatever kind it is: what `econ111 check FILE` shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import xarray as xr

from econ111.activity.calls import CallLayout
from econ111.activity.emergency import BY_PROVIDER, MSITAE, read_ae_by_provider, read_ae_msitae
from econ111.activity.iucadc import COLUMNS as IUCADC_COLUMNS
from econ111.activity.iucadc import read_iucadc
from econ111.activity.reading import Reading, in_order, issue_table
from econ111.activity.tabular import column_key, read_table
from econ111.activity.template import COLUMNS as CALL_COLUMNS
from econ111.activity.template import read_calls
from econ111.activity.type1_series import COLUMNS as TYPE1_COLUMNS
from econ111.activity.type1_series import read_type1_series
from econ111.errors import DataError

_KINDS = {
    "calls": CALL_COLUMNS,
    "iucadc": IUCADC_COLUMNS,
    "type1_series": TYPE1_COLUMNS,
    "ae_by_provider": tuple(column_key(heading) for heading, _ in BY_PROVIDER),
    "ae_msitae": tuple(column_key(heading) for heading, _ in MSITAE),
}


def check_file(path: Path | str, layout: CallLayout | None = None) -> Reading:
    """Read a file of any kind that econ111 knows, and report on it instead of refusing it.

    Parameters
    ----------
    path : path
        A call file in the econ111 template, IUC ADC rows, a month of A&E in either layout, or the type 1 series. The
        kind is told by the column names.
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
        match kind:
            case "iucadc":
                reading = read_iucadc(path, raise_errors=False)
            case "type1_series":
                reading = read_type1_series(path, raise_errors=False)
            case "ae_by_provider":
                reading = read_ae_by_provider(path, raise_errors=False)
            case "ae_msitae":
                reading = read_ae_msitae(path, raise_errors=False)
            case _:
                reading = read_calls(path, layout, raise_errors=False)
    except DataError as unreadable:
        return Reading(xr.Dataset(), issue_table(unreadable.issues), tuple(in_order(unreadable.issues)))
    return replace(reading, data=reading.data.assign_attrs(kind=kind))


def file_kind(path: Path | str) -> str:
    """Kind of a file, by the column names it shares with each kind; a call file when nothing else fits better."""
    everything = [name for names in _KINDS.values() for name in names]
    header = set(read_table(path, expected=everything, repeated_headers=True).header)

    def shared(kind: str) -> float:
        return len(header & set(_KINDS[kind])) / len(set(_KINDS[kind]))

    best = max(_KINDS, key=shared)
    return best if shared(best) >= 0.5 else "calls"
