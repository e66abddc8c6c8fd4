"""A recorded run made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from econ111.display import SYNTHETIC, Card, Shown
from econ111.report.csv_files import summary_files
from econ111.reproduce.comparison import CLOSE, DIFFERENT, LOST, SAME, UNJUDGED, compare_tables
from econ111.reproduce.differences import differences
from econ111.reproduce.recorded import read_run, read_table
from econ111.results import DISCLOSURE
from econ111.run import evaluate
from econ111.specs.schema import Spec

SHOWN = 20


@dataclass(frozen=True, repr=False)
class Reproduction(Shown):
    """What came of making a run again.

    Attributes
    ----------
    name : str
        Of the evaluation.
    synthetic : bool
        Whether its data are made up.
    changed : tuple of str
        Files of the recorded run that are no longer what it wrote.
    differences : DataFrame
        What is not as it was; see `econ111.reproduce.differences`.
    figures : DataFrame
        Every figure of both; see `econ111.reproduce.comparison`.
    """

    name: str
    synthetic: bool
    changed: tuple[str, ...]
    differences: pd.DataFrame
    figures: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether every figure was made again, the same or within Monte Carlo error."""
        return not self.figures.verdict.isin([DIFFERENT, LOST]).any()

    def summary(self) -> str:
        """What differs, how many figures agree, and the first that do not, as plain text."""
        synthetic = " (synthetic data)" if self.synthetic else ""
        counts = self.figures.verdict.value_counts()
        lines = [f"{self.name}{synthetic}: {'reproduced' if self.holds else 'NOT reproduced'}."]
        lines += [
            f"{counts[word]:,} figures: {word}" for word in (SAME, CLOSE, UNJUDGED, DIFFERENT, LOST) if word in counts
        ]
        lines += [f"Changed after the run: {name}" for name in self.changed]
        if len(self.differences):
            lines.append("Not as it was when the run was recorded:")
            lines += [f"  {row.what}: {row.recorded}, now {row.now}" for row in self.differences.itertuples()]
        bad = self.figures[self.figures.verdict.isin([DIFFERENT, LOST])]
        lines += [
            f"  {row.table}, {row.row}, {row.figure}: recorded {row.recorded:,.6g}, now {row.now:,.6g}, "
            f"allowed {row.allowed:,.3g}"
            for row in bad.head(SHOWN).itertuples()
        ]
        return "\n".join(lines + ([f"  and {len(bad) - SHOWN:,} more"] if len(bad) > SHOWN else []))

    def __repr__(self) -> str:
        return self.summary()

    def _card(self) -> Card:
        marks = (SYNTHETIC,) if self.synthetic else ()
        title, *lines = self.summary().splitlines()
        return Card(title, marks, None, tuple(lines), {"Not as it was": self.differences, "Every figure": self.figures})


def reproduce(
    place: Path, *, data: Path | None = None, parameters: Path | None = None, seed: int | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> Reproduction:  # fmt: skip
    """Make a recorded run again and compare every figure.

    Parameters
    ----------
    place : Path
        The folder that a run wrote, or its record.json.
    data : Path, optional
        Folder of the data files, when they do not ship with the package.
    parameters : Path, optional
        Folder of parameter files; the shipped one when left out.
    seed : int, optional
        Another seed than the recorded one: a harder test, of which no figure is the same to the last digit.
    announce : callable
        Told of each stage.

    Returns
    -------
    Reproduction

    Raises
    ------
    InputError
        When the record cannot be read or its data file is not found.
    FitError
        When the fit made again cannot be used.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import econ111
    >>> from econ111.report import write_outputs
    >>> with TemporaryDirectory() as folder:
    ...     _ = write_outputs(econ111.evaluate("hampshire-2021"), Path(folder))
    ...     found = reproduce(Path(folder))
    >>> found.holds, set(found.figures.verdict)
    (True, {'same'})
    """
    recorded = read_run(place)
    spec = _seeded(recorded.spec, seed)
    fresh = evaluate(
        spec, folder=data, parameters=parameters, use_store=False, announce=announce,
        accept_unconverged=bool((recorded.record.get("diagnostics") or {}).get("accepted", False)),
        disclosure_control=bool((recorded.record.get(DISCLOSURE) or {}).get("applied", True)),
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        tables = {path.stem: read_table(path) for path in summary_files(fresh, Path(folder))}
    now = float((fresh.diagnostics or {}).get("bulk_effective_draws", float("inf")))
    figures = compare_tables(recorded.tables, tables, effective_draws=min(now, recorded.effective_draws))
    return Reproduction(
        name=spec.study.name, synthetic=spec.study.synthetic, changed=recorded.changed,
        differences=differences(recorded.record, fresh.record), figures=figures,
    )  # fmt: skip


def _seeded(spec: Spec, seed: int | None) -> Spec:
    if seed is None or spec.sampling is None:
        return spec
    return spec.model_copy(update={"sampling": spec.sampling.model_copy(update={"seed": seed})})
