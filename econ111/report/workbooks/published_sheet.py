"""One published table, and how a sheet is made of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from econ111.report.blocks import marked
from econ111.report.workbooks.published_text import safe_text
from econ111.results import Evaluation

WHOLE, PENCE, ONE_DECIMAL = "#,##0", "#,##0.00", "0.0"


@dataclass(frozen=True)
class PublishedSheet:
    """One table: its label, title, what the numbers are, its cells, and number formats and notes by column.

    `is_rounded` is False where the numbers stand as they were given.
    """

    label: str
    title: str
    about: str
    frame: pd.DataFrame
    formats: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    is_rounded: bool = True


def found_table(evaluation: Evaluation, name: str) -> pd.DataFrame | None:
    """A table of the evaluation; None where it has none, or one without rows."""
    table = evaluation.tables.get(name)
    return None if table is None or table.empty else table


def make_sheet(
    evaluation: Evaluation,
    label: str,
    title: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    about: str,
    formats: Mapping[str, str],
    notes: Mapping[str, str],
) -> PublishedSheet:
    """A sheet of rows whose texts are sanitised already, its title marked where the data are synthetic."""
    shown = safe_text(marked(title, evaluation.spec.study))
    return PublishedSheet(label, shown, safe_text(about), pd.DataFrame(list(rows)).astype(object), formats, notes)
