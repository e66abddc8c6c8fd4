"""The sheet of checks: every check of the workbook in one list, with one answer on top."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell

from econ111.report.workbooks import quantities as q
from econ111.report.workbooks.book import Book, Check
from econ111.report.workbooks.cells import Content, Live, across, cell, put, put_row
from econ111.report.workbooks.input_sheet import changed_inputs
from econ111.report.workbooks.layout import CHECKS, DRAWS, FIRST_DRAW, PRICES, WORKINGS
from econ111.report.workbooks.styles import set_page

FIRST_CHECK = 6
OVERALL = (3, 1)
PASSED = "All checks pass"
HEADS = (("Check", "head"), ("Sheet", "head"), ("Answer", "head_number"), ("What is compared", "head_after"))


def write_checks(book: Book, found: Sequence[Check]) -> None:
    """All checks: those of the draws first, then that of the run, then every total of the results sheets."""
    sheet, styles = book.file.get_worksheet_by_name(CHECKS), book.styles
    put_row(sheet, FIRST_CHECK - 1, [(words, styles[style]) for words, style in HEADS])
    rows = [*_of_draws(book), *_of_run(book)]
    rows += [
        (
            one.what,
            one.sheet,
            Live(cell(one.sheet, one.row, one.column), "OK"),
            "Total less its parts, to half a penny.",
        )
        for one in found
    ]
    for row, (what, where, answer, holds) in enumerate(rows, start=FIRST_CHECK):
        contents: tuple[Content, ...] = (what, where, answer, holds)
        names = ("text", "text", "check", "unit")
        put_row(sheet, row, [(content, styles[name]) for content, name in zip(contents, names, strict=True)])
    answers = f"{xl_rowcol_to_cell(FIRST_CHECK, 2)}:{xl_rowcol_to_cell(FIRST_CHECK + len(rows) - 1, 2)}"
    failing = f'ROWS({answers})-COUNTIF({answers},"OK")-COUNTIF({answers},"not asked")'
    put(sheet, OVERALL[0], 0, "Answer", styles["text_total"])
    overall = Live(f'IF({failing}=0,"{PASSED}",{failing}&" checks fail")', PASSED)
    put(sheet, *OVERALL, overall, styles["strong"])
    for column, width in enumerate((60, 24, 16, 90)):
        sheet.set_column(column, column, width)
    set_page(sheet, repeat=(FIRST_CHECK - 1,) * 2, synthetic=book.evaluation.synthetic, freeze=(FIRST_CHECK, 1))


type _Row = tuple[str, str, Live, str]


def _of_draws(book: Book) -> list[_Row]:
    """That no draw is missing and no worked cell is an error."""
    layout, size = book.layout, book.priced.size
    last = layout.spread_keys[-1]
    columns = {
        DRAWS: layout.spread(last),
        PRICES: len(layout.price_columns()),
        WORKINGS: layout.workings,
    }
    rows: list[_Row] = []
    for name, wide in columns.items():
        first = across(name, FIRST_DRAW, 1, wide, fixed_row=True)
        corner = cell(name, FIRST_DRAW + size - 1, wide)
        block = f"{first.partition(':')[0]}:{corner.partition('!')[2]}"
        live = Live(f'IF(COUNT({block})={layout.draws}*{wide},"OK","CHECK")', "OK")
        rows.append(
            (f"Every draw of {wide} columns is a number", name, live, "Numbers counted, against draws x columns.")
        )
    return rows


def _of_run(book: Book) -> list[_Row]:
    """That the formulas give what the run computed, asked only while the inputs are as in the run."""
    layout, total = book.layout, book.layout.total
    changed = changed_inputs(book)
    rows: list[_Row] = []
    for what, quantity in {"value avoided": q.value, "service cost": q.service_cost, "net value": q.net_value}.items():
        found = quantity(layout, total)
        mean, low, high = (float(live.value) for live in found.summary(layout))
        live = Live(
            f'IF({changed}>0,"not asked",IF(ABS({found.mean(layout).formula}-({mean!r}))<=0.005,"OK","CHECK"))', "OK"
        )
        holds = f"Mean of these draws as computed in Python: {mean:,.2f} GBP ({low:,.2f} to {high:,.2f})."
        rows.append((f"Mean {what} of all trusts is that of the run", WORKINGS, live, holds))
    below = float(np.round((1 - book.priced.inputs.level.used) / 2, 6))
    rows.append(
        (
            "The interval is equal-tailed", "Inputs",
            Live(f'IF(ABS({layout.used("low_tail")}+{layout.used("high_tail")}-1)<0.000001,"OK","CHECK")', "OK"),
            f"Shares below and above are the same, {below:g} in the run.",
        )
    )  # fmt: skip
    return rows
