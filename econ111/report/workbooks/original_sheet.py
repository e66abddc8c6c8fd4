"""The original results, from all draws and as values, beside the live results from the draws of the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from econ111.economics.cost_consequence_table import COSTS_ONLY, NOT_MEASURED
from econ111.report.labels import clean
from econ111.report.money_tables import consequence_labels
from econ111.report.rows import rows_of
from econ111.report.workbooks import quantities as q
from econ111.report.workbooks.book import Book
from econ111.report.workbooks.cells import Content, Live, fit_row, put, put_row
from econ111.report.workbooks.layout import ORIGINAL
from econ111.report.workbooks.result_place import interval_heads
from econ111.report.workbooks.styles import set_page

FIRST_ROW = 7
WIDTHS = (60, 50, 22, 15, 15, 15, 15, 15)
type _Line = tuple[str, str, str, tuple[float, float, float], Live | None, str]


def write_original(book: Book) -> None:
    """Results of the run for each trust and the total, with the live mean and its distance where there is one."""
    priced, styles = book.priced, book.styles
    sheet = book.sheet(
        ORIGINAL,
        "Original results of the run: values, from all draws",
        book.about(),
        f"These come from all {priced.of:,} draws, the results sheets from {priced.size:,} of them: they differ by "
        "Monte Carlo error, which the last column shows while the inputs are as in the run. An empty live mean is not "
        "worked out in this workbook.",
        "Intervals do not add: the interval of a total comes from its own draws, not from the intervals of its parts.",
    )
    low, high = interval_heads(book)
    heads: tuple[Content, ...] = (
        "Trust",
        "Quantity",
        "Unit",
        "Mean",
        str(low.value),
        str(high.value),
        "Live mean",
        "Live less original",
    )
    for column, head in enumerate(heads):
        put(sheet, FIRST_ROW - 1, column, head, styles["head" if column < 3 else "head_number"])
    row = FIRST_ROW
    for trust in (book.layout.total, *range(book.layout.total)):
        for name, what, unit, numbers, live, style in _lines(book, trust):
            words = [(text, styles["stored_text"]) for text in (name, what, unit)]
            put_row(sheet, row, [*words, *((number, styles[f"stored_{style}"]) for number in numbers)])
            if live is not None:
                shown = styles["money" if style == "money" else style]
                put(sheet, row, 6, live, shown)
                away = float(live.value) - numbers[0]
                put(
                    sheet,
                    row,
                    7,
                    Live(f"G{row + 1}-D{row + 1}", away),
                    styles["points" if style == "chance" else "money"],
                )
            fit_row(sheet, row, zip((name, what, unit), WIDTHS, strict=False))
            row += 1
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    set_page(sheet, repeat=(FIRST_ROW - 1,) * 2, synthetic=book.evaluation.synthetic, freeze=(FIRST_ROW, 2))


def _lines(book: Book, trust: int) -> Iterator[_Line]:
    yield from _worth(book, trust)
    yield from _counted(book, trust)


def _worth(book: Book, trust: int) -> Iterator[_Line]:
    layout, code, name = book.layout, book.priced.trusts[trust], book.name(trust)
    table = book.evaluation.tables.get("scenarios")
    if table is None:
        return
    for row in rows_of(table[(table.trust == code) & table.base.astype(bool)]):
        for what, column, quantity in (
            ("Value avoided", "value_avoided", q.value), ("Service cost", "service_cost", q.service_cost),
            ("Net value", "net_value", q.net_value),
        ):  # fmt: skip
            live = quantity(layout, trust).mean(layout)
            yield name, f"{what}, base of the run", "GBP", _bounds(row, column), live, "money"
        chance = (float(row.probability_value_exceeds_cost), np.nan, np.nan)
        live = q.net_value(layout, trust).chance_above_zero(layout)
        yield name, "Probability that value exceeds cost", "probability", chance, live, "chance"


def _counted(book: Book, trust: int) -> Iterator[_Line]:
    layout, code, name = book.layout, book.priced.trusts[trust], book.name(trust)
    table, labels = book.evaluation.tables.get("cost_consequence"), consequence_labels(book.evaluation)
    if table is None:
        return
    rows = table[(table.trust == code) & (table.estimand == book.priced.economics.estimand)]
    for row in rows_of(rows):
        if row.status in (COSTS_ONLY, NOT_MEASURED):
            continue
        label, place = labels.get(str(row.consequence), clean(row.consequence)), book.priced.place(str(row.consequence))
        for words in ("without_service", "with_service"):
            what = f"{label}, {words.replace('_service', ' the service')}"
            yield name, what, "number in the period", _bounds(row, words), None, "money"
        live = q.avoided(layout, trust, place).mean(layout)
        yield name, f"{label}, avoided", "number in the period", _bounds(row, "avoided"), live, "money"
        if place < len(book.priced.valued):
            cost = q.cost_avoided(layout, trust, [place]).mean(layout)
            yield name, f"{label}, cost avoided", "GBP", _bounds(row, "cost_avoided"), cost, "money"


def _bounds(row: Any, column: str) -> tuple[float, float, float]:
    return tuple(float(getattr(row, f"{column}{end}")) for end in ("", "_low", "_high"))  # type: ignore[return-value]
