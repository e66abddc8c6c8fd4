"""The folder that a run left, read back: what its record says and what its tables hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from econ111.display import SYNTHETIC, Card, Shown
from econ111.errors import InputError
from econ111.files import sha256_of
from econ111.report.outputs import RECORD_FILE
from econ111.results import FURTHER_TABLES, TABLES
from econ111.specs.loading import parse_spec
from econ111.specs.schema import Spec

NEEDED = ("evaluation", "spec", "checksums", "versions", "files")
# Every table that a run writes, with what it is; those that a run is asked for first come first.
CAPTIONS = TABLES | FURTHER_TABLES
_TABLES_IN_IT = ("spec", "checksums", "versions", "files")


@dataclass(frozen=True, repr=False)
class Recorded(Shown):
    """One run as it was written.

    Attributes
    ----------
    folder : Path
        Where it lies.
    record : mapping
        `record.json`.
    spec : Spec
        The specification inside the record.
    tables : mapping of str to DataFrame
        The CSV files, by their names, those of `econ111.results.TABLES` first; every cell of text as it stands.
    changed : tuple of str
        Files that are missing or no longer what the run wrote.
    """

    folder: Path
    record: Mapping[str, Any]
    spec: Spec
    tables: Mapping[str, pd.DataFrame]
    changed: tuple[str, ...]

    def _card(self) -> Card:
        study = self.spec.study
        facts = {
            "run at": str(self.record.get("run_at", "not recorded")),
            "seed": str(self.record.get("seed", "none")),
            "econ111": str(self.record.get("versions", {}).get("econ111", "not recorded")),
            "price year": study.price_year,
            "changed after the run": ", ".join(self.changed) or "nothing",
        }
        return Card(f"Recorded run: {study.title}", (SYNTHETIC,) if study.synthetic else (), facts, (), self.tables)

    @property
    def effective_draws(self) -> float:
        """Least bulk effective draws of what was reported; infinite when nothing was sampled."""
        diagnostics = self.record.get("diagnostics") or {}
        return float(diagnostics.get("bulk_effective_draws", float("inf")))


def read_run(place: Path) -> Recorded:
    """Read a run's folder.

    Parameters
    ----------
    place : Path
        The folder that `econ111 run` wrote, or the record.json in it.

    Returns
    -------
    Recorded

    Raises
    ------
    InputError
        When there is no record, it cannot be read, or it lacks what is needed.
    """
    path = place / RECORD_FILE if place.is_dir() else place
    if not path.is_file():
        raise InputError(f"There is no {RECORD_FILE} in {place}. Name the folder that `econ111 run` wrote.")
    record = _parse(path)
    missing = [name for name in NEEDED if name not in record]
    if missing:
        raise InputError(f"{path}: no {', '.join(missing)}. This is not a record of a run; run the evaluation again.")
    folder, files = path.parent, record["files"]
    changed = [name for name, checksum in files.items() if not _unchanged(folder, name, checksum)]
    tables = {name: read_table(folder / f"{name}.csv") for name in CAPTIONS if (folder / f"{name}.csv").is_file()}
    return Recorded(folder, record, parse_spec(record["spec"], str(path)), tables, tuple(changed))


def read_table(path: Path) -> pd.DataFrame:
    """One CSV file of a run; blank cells are missing numbers, text stays text."""
    text = path.read_text(encoding="utf-8")
    return pd.read_csv(StringIO(text)) if text.strip() else pd.DataFrame()


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by its columns' names."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _parse(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, nested too deeply
        raise InputError(f"{path} cannot be read as JSON: {error}. Run the evaluation again.") from error
    if not isinstance(record, dict) or any(not isinstance(record.get(name, {}), dict) for name in _TABLES_IN_IT):
        raise InputError(f"{path} holds no record. Run the evaluation again.")
    return record


def _unchanged(folder: Path, name: str, checksum: str) -> bool:
    path = folder / Path(name).name
    return path.is_file() and sha256_of(path) == checksum
