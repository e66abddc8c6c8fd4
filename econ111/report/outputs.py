"""Everything one run leaves in its folder: page, workbooks, tables, draws, record. Each file whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import xarray as xr

from econ111.disclosure.rule import disclosure_record
from econ111.files import sha256_of, write_file, write_text
from econ111.report.csv_files import summary_files
from econ111.report.page import write_report
from econ111.report.sharing import for_sharing, sharing_rule
from econ111.report.workbooks import write_workbooks
from econ111.results import DISCLOSURE, Evaluation
from econ111.string_storage import python_strings

DRAWS_FILE, RECORD_FILE, PAGE_FILE = "results.nc", "record.json", "report.html"


def write_outputs(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write the report, the workbooks, the tables, the draws and the record, under the evaluation's disclosure rule.

    Parameters
    ----------
    evaluation : Evaluation
        From `econ111.evaluate`.
    folder : Path
        Made when it is not there. Files of an earlier run are replaced one by one, each when its successor is whole.

    Returns
    -------
    list of Path
        What was written, the report first; the record last, with the checksum of every other file.

    Raises
    ------
    EnvironmentProblem
        When the folder cannot be written.
    """
    with python_strings():
        return _write(evaluation, folder)


def _write(evaluation: Evaluation, folder: Path) -> list[Path]:
    """The files one by one, the record of them last."""
    recorded = {DISCLOSURE: disclosure_record(sharing_rule(evaluation), applied=True)} | dict(evaluation.record)
    evaluation = for_sharing(replace(evaluation, record=recorded))
    written = [write_report(evaluation, folder / PAGE_FILE), *write_workbooks(evaluation, folder)]
    written += summary_files(evaluation, folder)
    draws = _draws(evaluation)
    if draws:
        study = evaluation.spec.study
        about: dict[str, str | int] = {
            "evaluation": study.name,
            "title": study.title,
            "synthetic": int(evaluation.synthetic),
        }
        written.append(write_file(folder / DRAWS_FILE, lambda place: _save(draws, about, place), verify=_read_back))
    checksums = {path.name: sha256_of(path) for path in written}
    record = {**evaluation.record, "diagnostics": evaluation.diagnostics, "files": checksums}
    written.append(
        write_text(folder / RECORD_FILE, json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n")
    )
    return written


def _draws(evaluation: Evaluation) -> dict[str, xr.Dataset]:
    """Every set of draws that the evaluation holds, each a group of one file."""
    groups = {
        "posterior": evaluation.posterior,
        "outcomes": evaluation.outcomes,
        "costs": evaluation.costs,
        "budget": evaluation.budget,
        "parameters": evaluation.parameter_draws,
    }
    return {name: draws for name, draws in groups.items() if draws is not None}


def _storable(draws: xr.Dataset) -> xr.Dataset:
    """The same draws with attributes that netCDF can hold, in single precision: draws carry no more than that."""
    plain = draws.copy()
    for variable in plain.variables.values():
        variable.attrs = {name: value for name, value in variable.attrs.items() if isinstance(value, str | int | float)}
    plain.attrs = {name: value for name, value in plain.attrs.items() if isinstance(value, str | int | float)}
    small = {name: values.astype("float32") for name, values in plain.data_vars.items() if values.dtype == "float64"}
    return plain.assign(small)


def _save(draws: dict[str, xr.Dataset], about: Mapping[str, str | int], place: Path) -> None:
    """One group after another, so that no more than one is held a second time."""
    xr.Dataset(attrs=about).to_netcdf(place, engine="h5netcdf")
    for name, group in draws.items():
        _storable(group).to_netcdf(place, mode="a", group=name, engine="h5netcdf")


def _read_back(place: Path) -> None:
    """Every number of every group, from the disk again: a file cut short or damaged raises here."""
    import h5py

    def read(_: str, held: object) -> None:
        if isinstance(held, h5py.Dataset) and held.shape is not None:
            held[()]

    with h5py.File(place, "r") as file:
        file.visititems(read)
