"""The templates on disk: all of them, or none, and never over an older file unless that is asked for."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from econ111.activity.template import COLUMNS
from econ111.errors import InputError
from econ111.files import write_file, write_text
from econ111.own_calls.asked import Asked
from econ111.own_calls.call_rows import example_row, rows_to_fill
from econ111.own_calls.call_workbook import write_call_workbook
from econ111.own_calls.evaluation import evaluation_text
from econ111.specs.loading import load_spec


def write_templates(asked: Asked, folder: Path, *, force: bool = False) -> list[Path]:
    """Write the evaluation and the call template as Excel and as CSV.

    Parameters
    ----------
    asked : Asked
        From `ask`.
    folder : Path
        Made when it is not there.
    force : bool
        Whether files of these names may be replaced.

    Returns
    -------
    list of Path
        The evaluation, the workbook, the CSV file.

    Raises
    ------
    InputError
        When one of them is there already and `force` is false; then nothing is written.
    EnvironmentProblem
        When the folder cannot be written.
    """
    evaluation, workbook, text = planned_files(asked, folder)
    there = [path.name for path in (evaluation, workbook, text) if path.exists()]
    if there and not force:
        raise InputError(
            f"{folder} already holds {', '.join(there)}, and nothing was written over. Name another folder with "
            "--out, or add --force to replace them."
        )
    made = evaluation_text(asked, data_file=workbook.name)
    write_file(workbook, lambda place: write_call_workbook(asked, place))
    write_text(text, call_csv(asked))
    write_text(evaluation, made, verify=load_spec)
    return [evaluation, workbook, text]


def planned_files(asked: Asked, folder: Path) -> tuple[Path, Path, Path]:
    """Where the evaluation, the workbook and the CSV file will stand."""
    name = asked.name
    return folder / f"{name}.toml", folder / f"{name}-calls.xlsx", folder / f"{name}-calls.csv"


def call_csv(asked: Asked) -> str:
    """The call template as CSV text, the worked row first."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(example_row(asked))
    writer.writerows(rows_to_fill(asked))
    return stream.getvalue()
