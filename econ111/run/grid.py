"""Many evaluations at once: every provider or system of a country, or one service under many specifications.

Each writes its own folder as `econ111 run` does; one table gathers the totals. An evaluation that is refused, or whose
fit cannot be used, is a row that says why: the others go on. What was finished is not done again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.errors import FitError, InputError
from econ111.files import write_text
from econ111.parameters import load_catalogue
from econ111.report import write_outputs
from econ111.report.csv_files import to_safe_csv
from econ111.report.outputs import RECORD_FILE
from econ111.results import HEADLINE_ITEMS, Evaluation
from econ111.run import evaluate
from econ111.run.context import silent
from econ111.run.remembered import memory_key
from econ111.scheduling import Scheduler, run_many
from econ111.specs.loading import find_named_file, load_spec, spec_file

DONE, REFUSED = "done", "refused"
GRID_FILE, PIECES = "grid.csv", ".grid"
# Signs of the checksum in the name of a piece.
KEY = 16
COLUMNS = (
    "evaluation", "synthetic", "status", "message", "code", "quantity", "unit", "estimate", "low", "high", "level",
    "verdict", "reason", "price_year",
)  # fmt: skip
_DATA = (".csv", ".xlsx", ".parquet")
_BOUNDS = {"avoided": "estimate", "avoided_low": "low", "avoided_high": "high"}
_NET = {"net_value": "estimate", "net_value_low": "low", "net_value_high": "high"}


@dataclass(frozen=True)
class GridTask:
    """One evaluation of a grid, as text and paths that any worker of a shared file system understands."""

    evaluation: str
    out: Path
    parameters: Path | None = None
    store: Path | None = None
    use_store: bool = True
    name: str = ""

    @property
    def folder(self) -> Path:
        """Where its results are written."""
        return self.out / self.name


def evaluate_grid(
    evaluations: Sequence[str | Path],
    *,
    out: Path,
    parameters: Path | None = None,
    store: Path | None = None,
    use_store: bool = True,
    scheduler: Scheduler | None = None,
    announce: Callable[[str], None] = silent,
) -> pd.DataFrame:
    """Run several evaluations side by side, each into its own folder, and gather their totals.

    Parameters
    ----------
    evaluations : sequence of str or Path
        Names of shipped evaluations, TOML files, or folders of TOML files.
    out : Path
        Where each evaluation gets its folder, and where `grid.csv` is written.
    parameters, store, use_store
        As for `econ111.run.evaluate`.
    scheduler : Scheduler, optional
        Who does the work; processes of this machine when left out. Workers of a cluster must see the same folders.
    announce : callable
        Told how many are finished.

    Returns
    -------
    DataFrame
        One row per total: evaluation, synthetic, status (done, refused), message, code, quantity, unit, estimate, low
        and high (95% interval; positive is fewer), level, verdict, reason, price_year. A refused evaluation is one row.
        The rows of different evaluations must not be added: their intervals do not add.

    Raises
    ------
    InputError
        When no evaluation is found, or two have one name.
    EnvironmentProblem
        When the folder cannot be written, or workers die again and again.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from econ111.scheduling import Here
    >>> with TemporaryDirectory() as folder:
    ...     table = evaluate_grid(["hampshire-2021"], out=Path(folder), scheduler=Here())
    >>> set(table["verdict"])
    {'not identifiable'}
    """
    tasks = _tasks(evaluations, GridTask("", out, parameters, store, use_store))
    _drop_stale(tasks, out / PIECES)
    table = run_many(_evaluate_one, tasks, folder=out / PIECES, scheduler=scheduler, announce=announce)
    table = table.assign(**{name: pd.to_numeric(table[name]) for name in ("estimate", "low", "high", "level")})
    write_text(out / GRID_FILE, to_safe_csv(table))
    return table


def _tasks(evaluations: Sequence[str | Path], common: GridTask) -> list[tuple[str, GridTask]]:
    """Each evaluation under a name that changes with all that its figures rest on, so that a changed one is redone."""
    files = [file for given in evaluations for file in _files(given)]
    if not files:
        raise InputError("There is no evaluation to run. Give names, TOML files, or folders of TOML files.")
    rest = load_catalogue(common.parameters).checksum()
    tasks = []
    for file in files:
        name, data = _name_and_data(file)
        key = memory_key(file.read_bytes(), rest, files=data)[:KEY]
        tasks.append((f"{name}-{key}", replace(common, evaluation=str(file), name=name)))
    twice = [name for name, count in Counter(task.name for _, task in tasks).items() if count > 1]
    if twice:
        raise InputError(
            f"Several evaluations are called {', '.join(twice)}. Each needs a folder of its own: rename one."
        )
    return tasks


def _drop_stale(tasks: Sequence[tuple[str, GridTask]], pieces: Path) -> None:
    """A piece stands for the folder that was written with it: without that, or when it was written anew, it goes."""
    for name, task in tasks:
        for piece in pieces.glob(f"{task.name}-{'?' * KEY}.csv"):
            if piece.stem != name or not (task.folder / RECORD_FILE).exists():
                piece.unlink()


def _files(given: str | Path) -> list[Path]:
    folder = Path(given)
    return sorted(folder.glob("*.toml")) if folder.is_dir() else [spec_file(given)]


def _name_and_data(file: Path) -> tuple[str, list[Path]]:
    """Name of an evaluation and every file that it names; what cannot be read goes by its file's name."""
    try:
        spec = load_spec(file)
    except InputError:
        return file.stem, []
    found = []
    for word in _words(spec.model_dump()):
        if Path(word).suffix.casefold() in _DATA:
            with suppress(InputError):
                found.append(find_named_file("", word, file))
    return spec.study.name, found


def _words(held: object) -> Iterator[str]:
    """Every text in a tree of tables and lists."""
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        for part in held.values():
            yield from _words(part)
    elif isinstance(held, list | tuple):
        for part in held:
            yield from _words(part)


def _evaluate_one(task: GridTask) -> pd.DataFrame:
    """One evaluation written, or why not."""
    try:
        found = evaluate(task.evaluation, parameters=task.parameters, store=task.store, use_store=task.use_store)
        write_outputs(found, task.folder)
    except (InputError, FitError) as error:
        row = {"evaluation": task.name, "status": REFUSED, "message": " ".join(str(error).split())}
        return pd.DataFrame([row]).reindex(columns=list(COLUMNS))
    about: dict[str, Any] = {
        "evaluation": found.spec.study.name, "synthetic": "yes" if found.synthetic else "no", "status": DONE,
        "price_year": found.spec.study.price_year,
    }  # fmt: skip
    return pd.DataFrame([about | row for row in _totals(found)]).reindex(columns=list(COLUMNS))


def _totals(found: Evaluation) -> list[dict[str, Any]]:
    """Effects on emergency departments and primary care, and net value, of all trusts together."""
    rows: list[dict[str, Any]] = []
    for table in (found.tables[name] for name in ("estimates", "published") if name in found.tables):
        wanted = table.assign(unit="contacts in the period") if "unit" not in table else table
        if "code" in table:
            headline = table["item"].isin(HEADLINE_ITEMS) | (table["kind"] == "series")
            wanted = table[(table["trust"] == TOTAL) & headline & (table["code"] != "E0")]
        named = wanted.rename(columns=_BOUNDS | {"item": "quantity", "disposition": "quantity"})
        rows += _records(named)
    if "scenarios" in found.tables:
        table = found.tables["scenarios"]
        chosen = table[table["base"] & (table["trust"] == TOTAL)].rename(columns=_NET)
        rows += _records(chosen.assign(quantity="net value on the base chosen", unit="GBP"))
    return rows


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): cell for key, cell in row.items() if key in COLUMNS} for row in table.to_dict("records")]
