"""The workbook of published tables, by the government's rules for accessible spreadsheets, through gptables.

Cover, contents and notes come first, then one table a sheet. There are no formulas: the model workbook has those.
Texts are sanitised before the library sees them, and the library is told to make no formula or link of any text.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from econ111.files import write_file
from econ111.report.labels import clean, run_time
from econ111.report.money_tables import NEVER_ADDED, WHY_NO_CASH
from econ111.report.page import fit_failure
from econ111.report.prose import GLOSSARY, limits, study_pairs
from econ111.report.value_words import value_sentences
from econ111.report.words import verdict_sentences
from econ111.report.workbooks.book import SYNTHETIC, made_at
from econ111.report.workbooks.cells import fit_row
from econ111.report.workbooks.published_sheet import PublishedSheet
from econ111.report.workbooks.published_sheets import published_sheets
from econ111.report.workbooks.published_text import LEGEND, safe_text
from econ111.results import Evaluation

if TYPE_CHECKING:
    from gptables import Cover, GPTable, GPWorkbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet

NARROWEST, WIDEST, COVER_WIDTH, NOTE_WIDTH, FIRST_NOTE, LETTERS = 10, 40, 100, 110, 3, 12.0
AFTER_A_NUMBER = {"align": "left", "indent": 1}
LONG_TEXT = 160
NOTE_MARK = " [note 10]"
_WORDS = dict(GLOSSARY)
NOTES = MappingProxyType(
    {
        "estimands": "E0 to E4 count different things and are not averaged. E2 is what the data can identify, E3 what "
        "a payer needs; each is defined in the report.",
        "sign": "Avoided is without the service minus with it: positive is fewer, negative is more.",
        "verdicts": f"No evidence of a difference: {_WORDS['No evidence of a difference']} Not identifiable: "
        f"{_WORDS['Not identifiable']}",
        "costs": "Numbers of different consequences are never added; only their costs are. What was not valued or not "
        "measured is a row too, and is not zero.",
        "never_added": f"{NEVER_ADDED} {WHY_NO_CASH}",
        "intervals": "Intervals do not add: the interval of a total is taken of the draws of the total.",
        "bases": "Public bases of the cost of a call differ severalfold. They are scenarios and are never averaged.",
        "net_value": "Net value is value avoided minus service cost; positive favours the service.",
        "rounding": "Numbers of 1,000 and more are rounded to three significant figures, so that parts may not add to "
        "a total. The model workbook and the CSV files hold them whole.",
    }
)


def write_published_tables(evaluation: Evaluation, path: Path) -> Path:
    """Write the published tables of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        Of any design; what it lacks has no sheet.
    path : Path
        An .xlsx file; replaced only by a complete new one.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    EnvironmentProblem
        When the file cannot be written.
    """
    return write_file(path, lambda place: _write(evaluation, place))


def _write(evaluation: Evaluation, place: Path) -> None:
    sheets = published_sheets(evaluation)
    with warnings.catch_warnings():
        # The library uses parts of pandas that pandas means to change, and leaves its theme's file to be closed.
        warnings.simplefilter("ignore")
        import gptables

        tables, cover = {sheet.label: _table(sheet) for sheet in sheets}, _cover(evaluation)
        book = gptables.produce_workbook(
            filename=str(place),
            sheets=tables,
            cover=cover,
            notes_table=_notes(sheets),
            auto_width=False,
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
    _finish(book, evaluation, sheets, tables, cover)
    book.close()


def _table(sheet: PublishedSheet) -> GPTable:
    from gptables import GPTable

    return GPTable(
        table=sheet.frame.copy(),
        table_name=f"table_{sheet.label.lower()}",
        title=f"{sheet.title} $$rounding$$" if sheet.formats and sheet.is_rounded else sheet.title,
        subtitles=[f"{part.rstrip('.')}." for part in sheet.about.split(". ")],
        instructions=f"This worksheet contains one table. {LEGEND} Notes are on the notes worksheet.",
        table_notes={column: f"$${note}$$" for column, note in sheet.notes.items()} or None,
        index_columns={},
        additional_formatting=[
            {"column": {"columns": [list(sheet.frame).index(column)], "format": look, "include_names": True}}
            for column, shown in sheet.formats.items()
            for look in ({"num_format": shown, "align": "right"},)
        ]
        + [{"column": {"columns": _words_after_numbers(sheet), "format": AFTER_A_NUMBER, "include_names": True}}],
    )


def _words_after_numbers(sheet: PublishedSheet) -> list[int]:
    """Places of the columns of words that stand right of a number, and would touch it."""
    names = list(sheet.frame)
    pairs = enumerate(pairwise(names), start=1)
    return [place for place, (before, here) in pairs if before in sheet.formats and here not in sheet.formats]


def _cover(evaluation: Evaluation) -> Cover:
    from gptables import Cover

    study, failure, record = evaluation.spec.study, fit_failure(evaluation), evaluation.record
    marks = [SYNTHETIC] if evaluation.synthetic else []
    marks += [f"NOT USABLE: {failure}"] if failure else []
    found = [*verdict_sentences(evaluation), *value_sentences(evaluation)]
    about = [f"{term}: {text}" for term, text in study_pairs(evaluation)]
    made = f"Made by econ111 {clean(record.get('versions', {}).get('econ111', ''))}, {run_time(evaluation)}."
    return Cover(
        cover_label="Cover",
        title=safe_text(study.title),
        intro=[safe_text(text) for text in (*marks, *found)],
        about=[safe_text(text) for text in (*about, *limits(evaluation), LEGEND, made)],
        width=COVER_WIDTH,
    )


def _notes(sheets: list[PublishedSheet]) -> pd.DataFrame | None:
    """The notes that some table refers to."""
    used = {note for sheet in sheets for note in sheet.notes.values()}
    used |= {"rounding"} if any(sheet.formats and sheet.is_rounded for sheet in sheets) else set()
    rows = [(name, safe_text(text)) for name, text in NOTES.items() if name in used]
    return pd.DataFrame(rows, columns=["Note reference", "Note text"]) if rows else None


def _finish(
    book: GPWorkbook,
    evaluation: Evaluation,
    sheets: list[PublishedSheet],
    tables: Mapping[str, GPTable],
    cover: Cover,
) -> None:
    """Document information, widths by content with wrapping, and landscape pages one sheet wide."""
    study = evaluation.spec.study
    book.set_properties(
        {
            "title": clean(study.title)[:250], "author": "econ111",
            "subject": "Published tables: synthetic data" if evaluation.synthetic else "Published tables",
            "comments": "Language: en-GB", "created": made_at(evaluation),
        }
    )  # fmt: skip
    for sheet in sheets:
        _fit_table(book.get_worksheet_by_name(sheet.label), sheet, tables[sheet.label].data_range[0])
    for row, text in enumerate(_cover_texts(cover)):
        fit_row(book.get_worksheet_by_name("Cover"), row, [(text, COVER_WIDTH)], size=LETTERS)
    longest = max(NOTES.values(), key=len)
    for name, width in (("Contents", 90), ("Notes", NOTE_WIDTH)):
        if (page := book.get_worksheet_by_name(name)) is not None:
            page.set_column(0, 0, 22)
            page.set_column(1, 1, width)
    if (page := book.get_worksheet_by_name("Notes")) is not None:
        for row in range(FIRST_NOTE, FIRST_NOTE + len(NOTES)):
            fit_row(page, row, [(longest, NOTE_WIDTH)], size=LETTERS)
    for page in book.worksheets():
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)


def _fit_table(page: Worksheet, sheet: PublishedSheet, head_row: int) -> None:
    """Widths by content up to a limit; rows as high as their wrapped texts need."""
    widths = []
    for place, column in enumerate(sheet.frame.columns):
        longest = max(len(str(value)) for value in sheet.frame[column])
        most = WIDEST if longest < LONG_TEXT else 2 * WIDEST
        word = max(map(len, str(column).split()))
        least = max(len(str(column)) / 2 * LETTERS / 10 + 2, word * LETTERS / 10 + 1, NARROWEST)
        widths.append(min(max(longest * LETTERS / 10 + 1, least), most))
        page.set_column(place, place, widths[-1])
    heads = [f"{column}{NOTE_MARK}" for column in sheet.frame.columns]
    fit_row(page, head_row, zip(heads, widths, strict=True), size=LETTERS)
    for row, values in enumerate(sheet.frame.itertuples(index=False), start=head_row + 1):
        fit_row(page, row, zip(values, widths, strict=True), size=LETTERS)


def _cover_texts(cover: Cover) -> Iterator[str]:
    """Texts of the cover in the order of its rows; a heading stands before each part."""
    yield str(cover.title)
    for part in (cover.intro, cover.about):
        yield ""
        yield from (str(text) for text in part)
