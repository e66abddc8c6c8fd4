"""The summary for boards: two pages of Word with the verdicts, the two tables of money and what they do not say.

Every sentence comes from the result, as on the page; a reader who wants more is sent to the report and the workbook.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from econ111.files import write_file
from econ111.report.blocks import Cell, Row, TableView
from econ111.report.estimate_tables import key_figures, published_table
from econ111.report.labels import clean
from econ111.report.money_tables import budget_view, cost_consequence_view
from econ111.report.page import fit_failure
from econ111.report.prose import limits
from econ111.report.value_words import value_sentences
from econ111.report.words import assumptions_note, period, verdict_sentences
from econ111.report.workbooks.book import SYNTHETIC, made_at
from econ111.report.workbooks.priced import can_be_priced
from econ111.results import Evaluation

if TYPE_CHECKING:
    from docx.document import Document

CONSEQUENCE_COLUMNS, CONSEQUENCE_WIDTHS = (0, 3, 4, 5, 6, 7), (4.6, 2.5, 3.2, 1.9, 2.3, 3.1)
BUDGET_COLUMNS, BUDGET_WIDTHS = (0, 1, 2, 3, 4, 5, 6), (3.3, 1.9, 2.8, 3.4, 1.9, 1.7, 2.6)
MOST_YEARS = 2
MORE, LIVE = "More: report.html holds every table, source and check;", " model.xlsx holds the live model;"
PAGE_WIDTH, LEAST_MARKS, MOST_MARKS = 17.6, 14, 45


def write_summary(evaluation: Evaluation, path: Path) -> Path:
    """Write the Word summary of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        Of any design; tables that it lacks are left out.
    path : Path
        A .docx file; replaced only by a complete new one.

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
    document = _blank(evaluation)
    study = evaluation.spec.study
    document.add_heading(clean(study.title), level=1)
    document.add_paragraph(f"{clean(study.intervention)}, {period(study.period_start, study.period_end)}")
    for mark in _marks(evaluation):
        document.add_paragraph().add_run(mark).bold = True
    document.add_heading("What was found", level=2)
    for sentence in (*verdict_sentences(evaluation), *value_sentences(evaluation)):
        document.add_paragraph(clean(sentence), style="List Bullet")
    _tables(evaluation, document)
    document.add_heading("What this does not say", level=2)
    for text in (*limits(evaluation), *assumptions_note(evaluation)):
        document.add_paragraph(clean(text), style="List Bullet")
    live = LIVE if can_be_priced(evaluation) else ""
    document.add_paragraph(f"{MORE}{live} tables.xlsx the tables.")
    document.save(str(place))


def _marks(evaluation: Evaluation) -> list[str]:
    failure = fit_failure(evaluation)
    marks = [SYNTHETIC] if evaluation.synthetic else []
    return marks + ([f"NOT USABLE: {failure}"] if failure else [])


def _tables(evaluation: Evaluation, document: Document) -> None:
    from econ111.report.workbooks.word_cells import add_table

    consequences, budget = cost_consequence_view(evaluation), budget_view(evaluation)
    if consequences:
        document.add_heading("Consequences and their costs", level=2)
        add_table(document, consequences, keep=CONSEQUENCE_COLUMNS, widths=CONSEQUENCE_WIDTHS)
    if budget:
        document.add_heading("Budget impact", level=2).paragraph_format.page_break_before = True
        add_table(document, _first_years(budget), keep=BUDGET_COLUMNS, widths=BUDGET_WIDTHS)
    published = published_table(evaluation)
    figures = None if consequences or published else key_figures(evaluation)
    if figures:
        document.add_heading("Key figures", level=2)
        add_table(document, figures, keep=range(len(figures.columns)), widths=_widths(figures))
    if published:
        document.add_heading("What the published numbers allow", level=2)
        add_table(document, published, keep=range(len(published.columns)), widths=_widths(published))


def _widths(view: TableView) -> list[float]:
    """Centimetres of each column by its longest text, so that a reason has more room than a number."""
    columns = zip([column.head for column in view.columns], *(row.cells for row in view.rows), strict=True)
    marks = [min(max(map(_marks_of, cells), default=0), MOST_MARKS) for cells in columns]
    wide = [max(one, LEAST_MARKS) for one in marks]
    return [PAGE_WIDTH * one / sum(wide) for one in wide]


def _marks_of(cell: str | Cell) -> int:
    return max(map(len, (cell.text, *cell.small))) if isinstance(cell, Cell) else len(cell)


def _first_years(budget: TableView) -> TableView:
    """The first and the last year of a budget: those between stand in the report."""
    starts = [place for place, row in enumerate(budget.rows) if row.heading]
    if len(starts) <= MOST_YEARS:
        return budget
    rows: tuple[Row, ...] = (*budget.rows[: starts[1]], *budget.rows[starts[-1] :])
    left_out = f"Years 2 to {len(starts) - 1} are in the report and the workbook."
    return TableView(budget.title, budget.columns, rows, budget.basis, (*budget.notes, left_out))


def _blank(evaluation: Evaluation) -> Document:
    """An empty document of A4 pages with the synthetic mark on each, and its own title and language."""
    import docx
    from docx.shared import Cm, Pt

    from econ111.report.workbooks.word_cells import set_language, set_letters

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.7)
    page.top_margin = page.bottom_margin = Cm(1.4)
    normal = document.styles["Normal"]
    normal.font.size = Pt(9.5)
    set_letters(document, font="Arial", styles=("Normal", "Heading 1", "Heading 2", "Caption"))
    normal.paragraph_format.space_after = Pt(3)
    if evaluation.synthetic:
        page.header.paragraphs[0].text = "SYNTHETIC DATA: do not quote"
    about = document.core_properties
    about.title, about.author = clean(evaluation.spec.study.title)[:250], "econ111"
    about.subject = "Summary: synthetic data" if evaluation.synthetic else "Summary"
    about.created = about.modified = made_at(evaluation)
    set_language(document)
    return document
