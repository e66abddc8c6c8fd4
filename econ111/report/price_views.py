"""How prices came into one price year, and under which payment rules cash could follow: two short tables."""

from __future__ import annotations

import pandas as pd

from econ111.report.blocks import Cell, Row, TableView, marked, number_columns, text_columns, wide_columns
from econ111.report.labels import clean, index_words, payer_words, sentence_start
from econ111.report.numbers import UNKNOWN, percent
from econ111.report.rows import rows_of
from econ111.results import Evaluation

NOT_SEEN, NO_ROW = "not known", "no row for these years"
RULE_NOTE = (
    "Share of the price that follows activity in the year, as far as it was seen. Cash needs a rule whose share is "
    "known and at least as large as the claim; without a claim nothing here changes a figure."
)


def price_years_view(evaluation: Evaluation) -> TableView | None:
    """Each move between price years that was made: factor, index, edition and source, and what it leans on."""
    table = evaluation.tables.get("price_years")
    if table is None or table.empty:
        return None
    moves = ["from_year", "to_year", "index", "edition"]
    rows = tuple(_move(same) for _, same in table.groupby(moves, sort=True, dropna=False))
    columns = (
        *text_columns("Price years"), *wide_columns("Index, edition and source"),
        *number_columns("Factor", "NHS pay and prices instead"), *text_columns("Provisional or derived", "Prices"),
    )  # fmt: skip
    about = (
        "Factor: what a price of the first year is multiplied by. A provisional year is one that its office revises."
    )
    return TableView(marked("How prices were moved to one year", evaluation.spec.study), columns, rows, about)


def _move(same: pd.DataFrame) -> Row:
    one = next(rows_of(same))
    count = f"{len(same)} price{'s' * (len(same) != 1)}"
    if clean(one.from_year) == clean(one.to_year):
        return Row((clean(one.to_year), "none: not moved", "1", UNKNOWN, "", count))
    source = clean(getattr(one, "source", ""))
    return Row(
        (
            f"{clean(one.from_year)} to {clean(one.to_year)}",
            Cell(f"{index_words(one.index)}, edition {clean(one.edition)}", (source,) if source else ()),
            f"{one.factor:.4f}",
            f"{one.alternative:.4f}" if pd.notna(one.alternative) else UNKNOWN,
            _leans_on(one),
            Cell(count, (", ".join(map(clean, same["parameter"])),)),
        )
    )


def _leans_on(row: object) -> str:
    parts = [f"{name}: {years}" for name in ("provisional", "derived") if (years := clean(getattr(row, name, "")))]
    return "; ".join(parts) or "final"


def payment_rules_view(evaluation: Evaluation) -> TableView | None:
    """Each row of each rule: years, payers, the share that follows activity, status, the cash claimed, and source."""
    table = evaluation.tables.get("payment_rules")
    if table is None or table.empty:
        return None
    same = ["rule", "variable_share", "status", "locator", "source"]
    plain = table.assign(**{name: table[name].map(clean) for name in ("rule", "status", "locator", "source")})
    rows = tuple(_rule(rows) for _, rows in plain.groupby(same, sort=False, dropna=False))
    columns = (
        *text_columns("Payment rule", "Years", "Payers"), *number_columns("Follows activity"),
        *text_columns("Status"), *number_columns("Cash claimed"), *text_columns("Source"),
    )  # fmt: skip
    title = marked("Payment rules, and the cash claimed under them", evaluation.spec.study)
    return TableView(title, columns, rows, RULE_NOTE)


def _rule(same: pd.DataFrame) -> Row:
    one = next(rows_of(same))
    years = list(dict.fromkeys(same["financial_year"]))
    known = pd.notna(one.variable_share)
    return Row(
        (
            sentence_start(one.rule.replace("_", " ")) or "No rule named",
            years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}",
            ", ".join(payer_words(payer) for payer in dict.fromkeys(same["payer"])),
            percent(float(one.variable_share)) if known else NOT_SEEN,
            one.status or NO_ROW,
            percent(float(same["cash_share"].max())),
            Cell(one.locator, (one.source,) if one.source else ()),
        )
    )
