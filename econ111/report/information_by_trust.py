"""What better data would be worth to each trust that decides for itself, for readers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.report.blocks import (
    Block,
    Cell,
    Heading,
    Paragraphs,
    Row,
    TableView,
    basis,
    marked,
    number_columns,
    text_columns,
)
from econ111.report.information_words import EVERYTHING, Setting
from econ111.report.labels import clean, trust_name
from econ111.report.numbers import UNKNOWN, money, money_unit
from econ111.report.rows import rows_of
from econ111.results import Evaluation

GROUP, STUDY = "group", "study"
NOT_ADDED = (
    "Here each trust decides for itself, on its own value and cost. These figures are not added up: what one decision "
    "for all trusts would gain is in the tables above, and may be more or less than their sum. A study that serves "
    "several trusts is also paid for once."
)
ADDED = (
    "Here each trust decides for itself, on its own value and cost. The evaluation declares that no trust's decision "
    "touches another's, so the total is theirs added up, draw by draw. It is not the gain from one decision for all, "
    "which is in the tables above."
)
COMMON_RATES = (
    "A trust's own rates of attending are taken to be the common ones, and a study's providers to be of average size."
)


def by_trust_blocks(evaluation: Evaluation, shown: list[Setting]) -> tuple[Block, ...]:
    """A table of trusts for each setting; nothing for one trust alone, whose decision is the one already shown."""
    table = evaluation.tables.get("information_trusts", pd.DataFrame())
    if table.empty or table.loc[table.trust != TOTAL, "trust"].nunique() < 2:
        return ()
    said = ADDED if (table.trust == TOTAL).any() else NOT_ADDED
    views = [_view(evaluation, table, one) for one in shown]
    return (Heading("To each trust that decides for itself"), Paragraphs((said,)), *views)


def _view(evaluation: Evaluation, table: pd.DataFrame, setting: Setting) -> TableView:
    """One decision: everything, each group and each study, over the horizon, a row for each trust."""
    here = table[(table["basis"] == setting.basis) & (table.threshold == setting.threshold)]
    learnt = list(dict.fromkeys(here.learnt))
    unit = money_unit(here.population_value)
    by_pair = {(row.trust, row.learnt): row for row in rows_of(here)}
    rows = tuple(
        Row(
            (
                "All trusts, each for itself" if trust == TOTAL else trust_name(evaluation, trust),
                *(_cell(by_pair.get((trust, name)), unit) for name in learnt),
            ),
            total=trust == TOTAL,
        )
        for trust in dict.fromkeys(here.trust)
    )
    title = marked(f"Worth of knowing to each trust over the horizon: {setting.words}", evaluation.spec.study)
    rate = clean(here.discounting.iloc[0])
    about = basis(evaluation.spec.study, unit=unit.label, level=None, discounting=rate, signed=False)
    columns = (*text_columns("Trust"), *number_columns(*(_head(here, name) for name in learnt)))
    errors = "In brackets the standard error. * marks a figure whose second estimator differs by more than 2 of them."
    return TableView(title, columns, rows, about, (errors, COMMON_RATES))


def _head(here: pd.DataFrame, name: str) -> str:
    kind = str(here[here.learnt == name].kind.iloc[0])
    if name == EVERYTHING:
        return "Everything"
    return f"Linked records: {clean(name)}" if kind == STUDY else clean(name).capitalize()


def _cell(row: Any, unit: Any) -> Cell:
    if row is None:
        return Cell(UNKNOWN)
    doubt = "*" if row.kind == GROUP and pd.notna(row.agrees) and not bool(row.agrees) else ""
    return Cell(money(row.population_value, unit) + doubt, (f"({money(row.population_standard_error, unit)})",))
