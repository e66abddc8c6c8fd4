"""Tables, headings and shading for the Word summary: what python-docx has no words for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from econ111.report.blocks import Cell, TableView
from econ111.report.labels import clean

LETTERS, SMALL_LETTERS = 8.5, 7.0
HEAD_COLOUR = "E8EDEE"
LANGUAGE = "en-GB"


def add_table(document: Document, view: TableView, *, widths: Sequence[float], keep: Sequence[int]) -> None:
    """A table with its caption above and its basis and notes below.

    Parameters
    ----------
    document : Document
        To add to.
    view : TableView
        As on the page.
    widths : sequence of float
        Centimetres, one for each column kept.
    keep : sequence of int
        Places of the columns of `view` that the summary has room for.
    """
    caption = document.add_paragraph(clean(view.title), style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(keep), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    numeric = [view.columns[place].numeric for place in keep]
    for cell, place in zip(table.rows[0].cells, keep, strict=True):
        _fill(cell, view.columns[place].head, bold=True, right=view.columns[place].numeric)
        _shade(cell)
    _repeat(table.rows[0])
    for row in view.rows:
        cells = table.add_row().cells
        if row.heading:
            _fill(cells[0].merge(cells[-1]), _text(row.cells[0]), bold=True)
            continue
        for cell, place, right in zip(cells, keep, numeric, strict=True):
            _fill(cell, _text(row.cells[place]), bold=row.total, right=right)
            for line in _small_print(row.cells[place]):
                _fill(cell, line, right=right, more=True)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        _whole(row)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    small(document, " ".join((view.basis, *view.notes)))


def small(document: Document, text: str) -> None:
    """A line of small print."""
    run = document.add_paragraph(style="Normal").add_run(clean(text))
    run.font.size = Pt(7.5)
    run.font.italic = True


def set_letters(document: Document, *, font: str, styles: Sequence[str]) -> None:
    """One font for text and headings, in place of the theme's."""
    for name in styles:
        properties = document.styles[name].element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        fonts.attrib.clear()
        for use in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(use), font)


def set_language(document: Document) -> None:
    """British English for the whole document, so that it is read aloud and spelt so."""
    properties = document.styles["Normal"].element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    properties.append(language)
    document.core_properties.language = LANGUAGE


def _text(cell: str | Cell) -> str:
    return clean(cell.text if isinstance(cell, Cell) else cell)


def _small_print(cell: str | Cell) -> tuple[str, ...]:
    """What stands under a number, such as its verdict, without which it may not be read."""
    return cell.small if isinstance(cell, Cell) else ()


def _fill(cell: Any, text: str, *, bold: bool = False, right: bool = False, more: bool = False) -> None:
    """A line of a cell: its first, or one `more` in small letters under it."""
    paragraph = cell.add_paragraph() if more else cell.paragraphs[0]
    run = paragraph.add_run(clean(text))
    run.font.size, run.font.bold = Pt(SMALL_LETTERS if more else LETTERS), bold
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT


def _shade(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", HEAD_COLOUR)):
        shading.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _repeat(row: Any) -> None:
    """The heading row stands on every page of its table."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _whole(row: Any) -> None:
    """No row is split between pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
