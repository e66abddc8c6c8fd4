"""The model workbook: inputs, draws, workings and results in one file, joined by formulas from end to end.

It is what the report's money tables do, laid open: a reader changes an input and every mean, interval and probability
follows. Each formula carries the value that it has in the run, so that viewers which do not calculate show numbers.
"""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from econ111.files import write_file
from econ111.report.labels import clean
from econ111.report.workbooks.book import Book, Check, made_at
from econ111.report.workbooks.cells import cell, put, put_row
from econ111.report.workbooks.check_sheet import write_checks
from econ111.report.workbooks.cover_sheet import write_cover
from econ111.report.workbooks.draw_sheets import write_draws, write_prices, write_workings
from econ111.report.workbooks.input_sheet import write_inputs, write_sources
from econ111.report.workbooks.layout import CHECKS, COVER, INPUTS, NAMES, USED_COLUMN, lay_out
from econ111.report.workbooks.original_sheet import write_original
from econ111.report.workbooks.priced import can_be_priced, price
from econ111.report.workbooks.result_sheets import write_results
from econ111.report.workbooks.styles import make_styles, set_page
from econ111.results import Evaluation

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_model_workbook(evaluation: Evaluation, path: Path) -> Path | None:
    """Write the model workbook of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        With economics; others have nothing to lay open.
    path : Path
        An .xlsx file; replaced only by a complete new one.

    Returns
    -------
    Path or None
        `path`, or None when the evaluation has no economics.

    Raises
    ------
    EnvironmentProblem
        When the file cannot be written.
    """
    if not can_be_priced(evaluation):
        return None
    return write_file(path, lambda place: _write(evaluation, place))


def _write(evaluation: Evaluation, place: Path) -> None:
    file = xlsxwriter.Workbook(str(place), SAFE)
    book = Book(file, make_styles(file), lay_out(price(evaluation)), evaluation)
    study = evaluation.spec.study
    file.set_properties(
        {
            "title": clean(study.title)[:250],
            "subject": "Model workbook: synthetic data" if evaluation.synthetic else "Model workbook",
            "author": "econ111",
            "created": made_at(evaluation),
        }
    )
    book.sheet(COVER, clean(study.title))
    book.sheet(CHECKS, "Checks", "Each total is compared with its parts, and the formulas with the run.")
    write_inputs(book)
    write_sources(book)
    write_draws(book)
    write_prices(book)
    write_workings(book)
    total = book.layout.total
    checks: list[Check] = write_results(book, total)
    for trust in range(total):
        checks += write_results(book, trust)
    write_original(book)
    _write_names(book)
    write_checks(book, checks)
    write_cover(book)
    file.close()


def _write_names(book: Book) -> None:
    """Index of the named cells, for readers who like names; no formula needs them."""
    sheet = book.sheet(
        NAMES, "Names of cells", "Formulas refer to cells by their place; each name below says the same place."
    )
    put_row(sheet, 3, [(words, book.styles["head"]) for words in ("Name", "Cell", "What it is")])
    row = 4
    found = [(one.key, f"{title}: {one.label}") for title, members in book.priced.inputs.sections for one in members]
    for key, label in [*found, ("basis", "Place of the base chosen for the cost of the service")]:
        put(sheet, row, 0, key, book.styles["text"])
        put(sheet, row, 1, cell(INPUTS, book.layout.rows[key], USED_COLUMN), book.styles["text"])
        put(sheet, row, 2, label, book.styles["text"])
        row += 1
    for column, width in enumerate((36, 24, 96)):
        sheet.set_column(column, column, width)
    set_page(sheet, repeat=(3, 3), synthetic=book.evaluation.synthetic, freeze=(4, 0))
