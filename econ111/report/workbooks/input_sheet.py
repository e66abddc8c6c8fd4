"""The sheet of inputs: yellow cells that a reader may change, each with its unit, price year, source and run value."""

from __future__ import annotations

from types import MappingProxyType

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from econ111.report.workbooks.book import Book
from econ111.report.workbooks.cells import Content, Live, cell, fit_row, put, put_row
from econ111.report.workbooks.inputs import Input
from econ111.report.workbooks.layout import (
    CHANGED_COLUMN,
    FIRST_INPUT,
    INPUT_COLUMN,
    INPUTS,
    RUN_COLUMN,
    SOURCES,
    USED_COLUMN,
)
from econ111.report.workbooks.styles import set_page

HEADS = (
    "Input", "Name of the cell", "Value (change here)", "Unit", "Price year of the value",
    "Factor to the study's prices", "Value used", "Value in the run", "Changed?", "Source",
)  # fmt: skip
WIDTHS = (36, 34, 18, 26, 12, 12, 13, 13, 10, 60)
NUMBERS = (INPUT_COLUMN, *range(INPUT_COLUMN + 2, CHANGED_COLUMN + 1))
SOURCE_HEADS = MappingProxyType(
    {
        "spread": "Distribution and range", "moved_by": "Moved between price years by", "source": "Source",
        "locator": "Where in the source", "licence": "Licence", "confidence": "Confidence", "review": "Review by",
        "note": "Note",
    }
)  # fmt: skip
SOURCE_WIDTHS = (36, 24, 20, 40, 36, 14, 11, 12, 80)
CHANGED, SAME = "changed", ""
MONTHS = "months"
TAIL_WORDS = (("low_tail", "Share of draws below an interval"), ("high_tail", "Share of draws up to its upper end"))


def write_inputs(book: Book) -> None:
    """Every input, by section; below the costs of a call, the base chosen for the service."""
    sheet = book.sheet(
        INPUTS,
        "Inputs",
        "Yellow cells may be changed: every result follows. The draws are not fitted again: counts stay as they are, "
        "and an input keeps its spread (in proportion; growth in points).",
        f"Money is moved to {book.price_year} prices by the factor shown. Ranges, licences and notes: sheet {SOURCES}.",
    )
    for column, head in enumerate(HEADS):
        put(sheet, FIRST_INPUT - 1, column, head, book.styles[_head(column)])
    for title, inputs in book.priced.inputs.sections:
        put(sheet, book.layout.rows[inputs[0].key] - 1, 0, title, book.styles["section"])
        for one in inputs:
            _write_input(book, sheet, one)
    _write_tails(book, sheet)
    _write_choice(book, sheet)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    fit_row(sheet, FIRST_INPUT - 1, zip(HEADS, WIDTHS, strict=True))
    set_page(sheet, repeat=(FIRST_INPUT - 1,) * 2, synthetic=book.evaluation.synthetic, freeze=(FIRST_INPUT, 1))


def _head(column: int) -> str:
    """Headings above words stand left, and apart from a number before them."""
    if column in NUMBERS:
        return "head_number"
    return "head" if column < INPUT_COLUMN else "head_after"


def write_sources(book: Book) -> None:
    """Where each input comes from, how far it may be off, and what to know of it; in the order of the inputs."""
    sheet = book.sheet(SOURCES, "Sources of the inputs", "Ranges are in the unit and price year of the value.")
    top = FIRST_INPUT - 1
    put_row(sheet, top, [(words, book.styles["head"]) for words in ("Input", *SOURCE_HEADS.values())])
    row = top + 1
    for title, inputs in book.priced.inputs.sections:
        put(sheet, row, 0, title, book.styles["section"])
        for one in inputs:
            row += 1
            about = dict(one.about) | {"moved_by": one.moved_by}
            texts = [one.label, *(about.get(name, "") for name in SOURCE_HEADS)]
            put_row(sheet, row, [(text, book.styles["text"]) for text in texts])
            fit_row(sheet, row, zip(texts, SOURCE_WIDTHS, strict=True))
        row += 2
    for column, width in enumerate(SOURCE_WIDTHS):
        sheet.set_column(column, column, width)
    set_page(sheet, repeat=(top, top), synthetic=book.evaluation.synthetic, freeze=(top + 1, 1))


def changed_inputs(book: Book) -> str:
    """Formula that counts the inputs that are not as in the run."""
    rows = book.layout.rows.values()
    ends = (cell(INPUTS, row, CHANGED_COLUMN) for row in (min(rows), max(rows)))
    first, last = ends
    return f'COUNTIF({first}:{last.partition("!")[2]},"{CHANGED}")'


def _write_input(book: Book, sheet: Worksheet, one: Input) -> None:
    styles, row = book.styles, book.layout.rows[one.key]
    here, run = (xl_rowcol_to_cell(row, column) for column in (INPUT_COLUMN, RUN_COLUMN))
    shown = {"money": "pence", "number": "plain", "share": "share", "growth": "share"}[one.kind]
    money = one.kind == "money"
    factor: Content = one.factor if money else ""
    used = Live(f"{here}*{xl_rowcol_to_cell(row, INPUT_COLUMN + 3)}" if money else here, one.used)
    source = dict(one.about).get("source", "")
    put_row(
        sheet,
        row,
        [
            (one.label, styles["text"]), (one.key, styles["text"]), (one.value, styles[f"input_{one.kind}"]),
            (one.unit, styles["unit"]), (one.price_year, styles["word"]),
            (factor, styles["input_factor" if money else "text"]),
            (used, styles[shown]), (one.used, styles["stored" if money else f"stored_{shown}"]),
            (_changed(used_cell(row), run), styles["word"]), (source, styles["unit"]),
        ],
    )  # fmt: skip
    fit_row(sheet, row, ((one.label, WIDTHS[0]), (one.unit, WIDTHS[3]), (source, WIDTHS[-1])))
    _allow(sheet, row, one)
    book.file.define_name(one.key, f"={cell(INPUTS, row, USED_COLUMN)}")


def used_cell(row: int) -> str:
    """The cell of the value used, as formulas of its own row name it."""
    return str(xl_rowcol_to_cell(row, USED_COLUMN))


def _changed(used: str, run: str) -> Live:
    return Live(f'IF({used}={run},"{SAME}","{CHANGED}")', SAME)


def _allow(sheet: Worksheet, row: int, one: Input) -> None:
    """What may be typed into an input, with a message that says so."""
    ranges = {"money": (0.0, 1e9), "number": (0.0, 1e6), "share": (0.0, 1.0), "growth": (-0.99, 10.0)}
    low, high = ranges[one.kind]
    if one.unit == MONTHS:
        low = 1.0
    words = {"share": "a proportion from 0 to 1", "growth": "a proportion a year above -0.99, such as 0.03"}
    message = f"Give {words.get(one.kind, 'a number of 0 or above')}."
    sheet.data_validation(
        row, INPUT_COLUMN, row, INPUT_COLUMN,
        {
            "validate": "decimal", "criteria": "between", "minimum": low, "maximum": high,
            "error_title": "Not possible here", "error_message": message,
        },
    )  # fmt: skip


def _write_tails(book: Book, sheet: Worksheet) -> None:
    level = book.priced.inputs.level
    used, tail = used_cell(book.layout.rows[level.key]), (1 - level.used) / 2
    formulas = (Live(f"(1-{used})/2", tail), Live(f"1-(1-{used})/2", 1 - tail))
    for (key, words), live in zip(TAIL_WORDS, formulas, strict=True):
        row = book.layout.rows[key]
        put(sheet, row, 0, words, book.styles["text"])
        put(sheet, row, 3, "proportion of draws", book.styles["unit"])
        put(sheet, row, USED_COLUMN, live, book.styles["share"])


def _write_choice(book: Book, sheet: Worksheet) -> None:
    """The base chosen for the cost of the service: one of the labels above it."""
    styles, inputs, row = book.styles, book.priced.inputs, book.layout.rows["basis"]
    first, last = (book.layout.rows[inputs.bases[place].key] for place in (0, -1))
    labels, here, run = (
        xl_range_abs(first, 0, last, 0),
        *(xl_rowcol_to_cell(row, k) for k in (INPUT_COLUMN, RUN_COLUMN)),
    )
    put(sheet, row, 0, "Base chosen for the cost of the service", styles["text"])
    put(sheet, row, 1, "basis", styles["text"])
    put(sheet, row, INPUT_COLUMN, inputs.bases[inputs.base].label, styles["input_text"])
    put(sheet, row, 3, "one of the labels above, counted from the top", styles["unit"])
    fit_row(sheet, row, [(inputs.bases[inputs.base].label, WIDTHS[2])])
    place = float(inputs.base + 1)
    put(sheet, row, USED_COLUMN, Live(f"MATCH({here},{labels},0)", place), styles["plain"])
    put(sheet, row, RUN_COLUMN, place, styles["stored_plain"])
    put(sheet, row, CHANGED_COLUMN, _changed(used_cell(row), run), styles["word"])
    sheet.data_validation(
        row, INPUT_COLUMN, row, INPUT_COLUMN,
        {"validate": "list", "source": f"={labels}", "error_message": "Choose one of the labels of the bases above."},
    )  # fmt: skip
    book.file.define_name("basis", f"={cell(INPUTS, row, USED_COLUMN)}")
