"""The plain files in which draws are exchanged: costs, effects and parameters, one row per draw, one column each.

Three CSV files with a header; no index column, numbers only. Costs and effects have one column per option, the
comparator first, in GBP and in the effect's unit; parameters one column per parameter. This is what spreadsheets and
the packages of other languages read and write. The basis travels beside them in `basis.csv` (name, value), as a CSV has
no attributes.
"""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from econ111.display import Card, Shown
from econ111.economics.value_of_information.basis import Basis
from econ111.economics.value_of_information.draws import read_net_benefit
from econ111.errors import DataError, InputError, Issue

FILES = ("costs", "effects", "parameters")


@dataclass(frozen=True, repr=False)
class DrawTables(Shown):
    """Draws of costs and effects (sample, option) and of parameters (sample, parameter), and their basis."""

    costs: pd.DataFrame
    effects: pd.DataFrame
    parameters: pd.DataFrame
    basis: Basis

    def _card(self) -> Card:
        facts = {"draws": f"{len(self.costs):,}", "options, the comparator first": ", ".join(map(str, self.costs))}
        facts |= {name.replace("_", " "): words for name, words in asdict(self.basis).items()}
        shown = {"Costs, GBP": self.costs, "Effects": self.effects, "Parameters": self.parameters}
        return Card("Draws of a decision", (), facts, (), shown)


def write_draws(tables: DrawTables, folder: Path) -> list[Path]:
    """Write the draws as CSV files.

    Parameters
    ----------
    tables : DrawTables
        Checked before anything is written.
    folder : Path
        Made when absent; files of the same names are replaced.

    Returns
    -------
    list of Path
        costs.csv, effects.csv, parameters.csv and basis.csv. Numbers are written so that they read back exactly.
    """
    _check(tables)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.csv" for name in FILES]
    for name, path in zip(FILES, paths, strict=True):
        getattr(tables, name).to_csv(path, index=False)
    about = folder / "basis.csv"
    pd.DataFrame({"name": list(asdict(tables.basis)), "value": list(asdict(tables.basis).values())}).to_csv(
        about, index=False
    )
    return [*paths, about]


def read_draws(folder: Path) -> DrawTables:
    """Read draws that this or another program wrote.

    Parameters
    ----------
    folder : Path
        With costs.csv, effects.csv, parameters.csv and, if there is one, basis.csv.

    Returns
    -------
    DrawTables
        What the basis does not say is "not stated".

    Raises
    ------
    DataError
        With every cell that is not a finite number, by file, row and column; for a file that is no table, is not UTF-8,
        or names a column twice.
    InputError
        For a file that is absent, or tables of different lengths or options.
    """
    found = {name: _table(folder / f"{name}.csv") for name in FILES}
    faults = [issue for name, table in found.items() for issue in _faults(f"{name}.csv", table)]
    if faults:
        raise DataError(faults)
    tables = DrawTables(
        costs=found["costs"].astype(float),
        effects=found["effects"].astype(float),
        parameters=found["parameters"].astype(float),
        basis=_basis(folder / "basis.csv"),
    )
    _check(tables)
    return tables


def _table(path: Path) -> pd.DataFrame:
    """A file of draws as pandas reads it; whatever pandas stumbles over is told as a fault of the file."""
    if not path.is_file():
        raise InputError(f"{path.name} is not in {path.parent.name}. Give one row per draw and a header.")
    text = _text(path)
    if not text.partition("\n")[0].strip():
        remedy = "Put the names of the columns there."
        raise DataError([Issue("error", path.name, 1, "the first line is blank.", remedy)])
    names = [str(name).strip() for name in _parsed(path, text, header=None, nrows=1, dtype=str).iloc[0]]
    wrong = [name for name in names if names.count(name) > 1 or name in ("", "nan")]
    if wrong:
        what = "a column has no name." if wrong[0] in ("", "nan") else "two columns have one name."
        raise DataError([Issue("error", path.name, 1, what, "Give each column its own name.", value=wrong[0])])
    table = _parsed(path, text, skip_blank_lines=False)
    table.columns = pd.Index(names)
    last = table.dropna(how="all").index.max()
    if pd.isna(last):
        raise DataError([Issue("error", path.name, None, "has column names but no draws.", "Give one row per draw.")])
    return table.loc[:last]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise DataError([Issue("error", path.name, None, "is not UTF-8.", "Save it as CSV (UTF-8).")]) from wrong
    except OSError as refused:
        raise InputError(f"{path} cannot be opened ({refused.strerror}). Close it in other programs.") from refused


def _parsed(path: Path, text: str, **how: Any) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
            table: pd.DataFrame = pd.read_csv(StringIO(text), index_col=False, low_memory=False, **how)
            return table
    except (ValueError, OverflowError, pd.errors.ParserWarning) as broken:  # pandas' own errors are among them
        what = f"is not a table that can be read ({str(broken).splitlines()[0][:160]})."
        remedy = "Give a header, then one row per draw with as many cells."
        raise DataError([Issue("error", path.name, None, what, remedy)]) from broken


def _faults(file: str, table: pd.DataFrame) -> list[Issue]:
    faults = []
    for name in table:
        numbers = _finite(table[name])
        for place in numbers.index[numbers.isna()]:
            value = "" if pd.isna(table[name][place]) else str(table[name][place])
            what, remedy = "a draw must be a number.", "Give every draw; leaving one out would bias the result."
            faults.append(Issue("error", file, int(place) + 2, what, remedy, column=str(name), value=value))
    return faults


def _finite(column: pd.Series[Any]) -> pd.Series[float]:
    """The numbers of a column; missing where a cell is none, is infinite, or is true or false."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_complex_dtype(column):
        return pd.Series(np.nan, index=column.index)
    try:
        numbers = pd.to_numeric(column, errors="coerce")
    except (OverflowError, ValueError):
        numbers = pd.Series(np.nan, index=column.index)
    return numbers.astype(float).where(np.isfinite(numbers.astype(float)))


def _basis(path: Path) -> Basis:
    if not path.is_file():
        return Basis()
    rows = _parsed(path, _text(path), dtype=str, keep_default_na=False)
    if not {"name", "value"} <= set(rows.columns):
        raise DataError([Issue("error", path.name, 1, "needs the columns name and value.", "Name them so in row 1.")])
    given = dict(zip(rows["name"], rows["value"], strict=True))
    return Basis(**{name: given[name] for name in asdict(Basis()) if given.get(name)})


def _check(tables: DrawTables) -> None:
    lengths = {name: len(getattr(tables, name)) for name in FILES}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {count:,}" for name, count in lengths.items())
        raise InputError(f"The tables differ in draws: {shown}. One row must be one draw in all three.")
    if list(tables.costs) != list(tables.effects):
        raise InputError(
            f"costs have the options {list(tables.costs)} and effects {list(tables.effects)}. Give them in one order."
        )
    read_net_benefit(tables.costs)
    read_net_benefit(tables.effects)
