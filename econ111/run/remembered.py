"""Tables that an earlier run worked out from the same fit, data, parameters, specification and code.

The checks of the model, the structural choices and the value of information take most of a second run, and say the
same as long as nothing that they rest on has changed. They are kept beside the fits, under a checksum of all of it: one
Parquet file a table, read back and compared before it counts. What no file can hold exactly is worked out every time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from econ111.errors import EnvironmentProblem
from econ111.files import sha256_of, write_file, write_text
from econ111.resources import package_texts

type Tables = dict[str, pd.DataFrame]

PACKAGES = ("numpy", "pandas", "scipy", "xarray", "arviz-stats", "pyarrow")


@dataclass(frozen=True)
class Memory:
    """Where tables are kept, and the checksum of what they rest on; no folder, no memory."""

    folder: Path | None
    key: str

    def tables(self, name: str, make: Callable[[], Tables]) -> Tables:
        """The named tables as they were kept, or as they are made now and then kept.

        Parameters
        ----------
        name : str
            Which part of a run.
        make : callable
            Works them out; it must rest on nothing that the key does not cover.

        Returns
        -------
        dict of DataFrame
            The same whichever way they came.
        """
        if self.folder is None:
            return make()
        stem = self.folder / f"tables-{sha256_of(name, self.key)[:32]}"
        known = _read(stem)
        if known is not None:
            return known
        made = make()
        try:
            _write(stem, made)
        except (EnvironmentProblem, ValueError, TypeError):
            # Worked out again next time: a store that cannot be written has been reported with the fit.
            return made
        return made


NO_MEMORY = Memory(None, "")


def memory_key(*parts: str | bytes | np.ndarray, files: Sequence[Path] = ()) -> str:
    """Checksum of everything that tables rest on, with the code of this package and the versions of its libraries."""
    return sha256_of(*parts, *files, *package_texts(), *(f"{name} {version(name)}" for name in PACKAGES))


def _read(stem: Path) -> Tables | None:
    """What was kept under this name, or None when there is nothing, or nothing whole."""
    try:
        sums = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        places = {name: stem.with_name(f"{stem.name}-{name}.parquet") for name in sums}
        if any(sha256_of(places[name]) != wanted for name, wanted in sums.items()):
            return None
        return {name: pd.read_parquet(place) for name, place in places.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _write(stem: Path, tables: Tables) -> None:
    """Each table, compared with what can be read back, then their checksums: without these nothing counts."""
    sums = {}
    for name, table in tables.items():

        def save(place: Path, table: pd.DataFrame = table) -> None:
            table.to_parquet(place)

        def same(place: Path, table: pd.DataFrame = table) -> None:
            _compare(table, pd.read_parquet(place))

        place = write_file(stem.with_name(f"{stem.name}-{name}.parquet"), save, verify=same)
        sums[name] = sha256_of(place)
    write_text(stem.with_suffix(".json"), json.dumps(sums))


def _compare(table: pd.DataFrame, again: pd.DataFrame) -> None:
    """ValueError unless two tables print the same in every cell."""
    if list(table.columns) != list(again.columns) or len(table) != len(again) or table.attrs != again.attrs:
        raise ValueError("a table did not come back as it was")
    for place in range(table.shape[1]):
        pairs = zip(table.iloc[:, place].tolist(), again.iloc[:, place].tolist(), strict=True)
        if not all((type(one) is type(two) and one == two) or (_missing(one) and _missing(two)) for one, two in pairs):
            raise ValueError(f"column {table.columns[place]!r} did not come back as it was")


def _missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell))
