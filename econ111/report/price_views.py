"""How prices came into one price year, and under which payment rules cash could follow: two short tables."""

from __future__ import annotations

import pandas as pd

from econ111.report.blocks import Cell, Row, TableView, marked, number_columns, text_columns, wide_columns
from econ111.report.labels import clean, payer_words, sentence_start
from econ111.report.numbers import UNKNOWN, percent
from econ111.report.rows import rows_of
from econ111.results import Evaluation

NOT_SEEN = "not known"
ALTERNATIVE = "NHS pay and prices instead"
RULE_NOTE = (
    "Share of the price that follows activity in the year, as far as it was seen. Cash needs a rule whose share is "
    "known and at least as large as the claim; without a claim nothing here changes a figure."
)


def price_years_view(evaluation: Evaluation) -> TableView | None:
    """Each move between price years that was made: factor, index, edition, what it leans on, and its source."""
    table = evaluation.tables.get("price_years")
    if table is None or table.empty:
        return None
    moves = ["from_year", "to_year", "index", "edition"]
    rows = []
    for _, same in table.groupby(moves, sort=True, dropna=False):
        one = next(rows_of(same))
        moved = clean(one.from_year) != clean(one.to_year)
        years = f"{clean(one.from_year)} to {clean(one.to_year)}" if moved else f"{clean(one.to_year)}, not moved"
        index = (clean(one.index), f"edition {clean(one.edition)}") if moved else ("none", "")
        rows.append(
            Row(
                (
                    years,
                    Cell(index[0], (index[1],) if index[1] else ()),
                    f"{one.factor:.4f}" if moved else "1",
                    f"{one.alternative:.4f}" if moved and pd.notna(one.alternative) else UNKNOWN,
                    _leans_on(one) if moved else "",
                    Cell(f"{len(same)} prices", (", ".join(map(clean, same["parameter"])),)),
                    clean(getattr(one, "source", "")),
                )
            )
        )
    columns = (
        *text_columns("Price years", "Index"), *number_columns("Factor", ALTERNATIVE),
        *text_columns("Provisional or derived"), *wide_columns("Prices", "Source of the index"),
    )  # fmt: skip
    about = (
        "Factor: what a price of the first year is multiplied by. A provisional year is one that its office revises."
    )
    return TableView(marked("How prices were moved to one year", evaluation.spec.study), columns, tuple(rows), about)


def _leans_on(row: object) -> str:
    parts = [f"{name}: {years}" for name in ("provisional", "derived") if (years := clean(getattr(row, name, "")))]
    return "; ".join(parts) or "final"


def payment_rules_view(evaluation: Evaluation) -> TableView | None:
    """For each rule and year: the share that follows activity, its status, the cash claimed, and the source."""
    table = evaluation.tables.get("payment_rules")
    if table is None or table.empty:
        return None
    rows = []
    for _, same in table.groupby(["rule", "financial_year", "payer"], sort=False):
        one = next(rows_of(same))
        named = bool(clean(one.rule))
        share = percent(float(one.variable_share)) if pd.notna(one.variable_share) else NOT_SEEN
        claims = sorted({float(value) for value in same["cash_share"]})
        rows.append(
            Row(
                (
                    Cell(sentence_start(clean(one.rule).replace("_", " ")) if named else "No rule named"),
                    clean(one.financial_year),
                    payer_words(one.payer),
                    share if named else UNKNOWN,
                    clean(one.status) if named else "",
                    ", ".join(percent(value) for value in claims),
                    Cell(clean(one.locator), (clean(one.source),) if clean(one.source) else ()),
                )
            )
        )
    columns = (
        *text_columns("Payment rule", "Year", "Payer"), *number_columns("Follows activity"), *text_columns("Status"),
        *number_columns("Cash claimed"), *wide_columns("Source"),
    )  # fmt: skip
    title = marked("Payment rules, and the cash claimed under them", evaluation.spec.study)
    return TableView(title, columns, tuple(rows), RULE_NOTE)
