"""The open model workbook: the file, its styles, its places and its evaluation, handed from sheet to sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from econ111.report.labels import clean, estimand_words, trust_name
from econ111.report.workbooks.cells import put
from econ111.report.workbooks.layout import Layout
from econ111.report.workbooks.priced import Priced
from econ111.results import NOT_DISCOUNTED, Evaluation

SYNTHETIC = "SYNTHETIC DATA: the figures show how the method works, not what happened. Do not quote them."
SIGN = (
    "Sign: avoided = without the service - with it; positive = fewer. Positive value, capacity and cash = freed; "
    "positive cost = spent; positive net value favours the service."
)


class PlainFormulas(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas use only functions that every spreadsheet has had for decades.

    The library looks into each formula for some forty newer functions, which takes two thirds of the time of writing
    the draws. Without this method it would do so again and write the same file.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("{").removesuffix("}").removeprefix("=")


@dataclass(frozen=True)
class Check:
    """A difference that must be nothing: `row` and `column` of the cell that holds it."""

    what: str
    sheet: str
    row: int
    column: int
    value: float = 0.0


@dataclass(frozen=True)
class Book:
    """What every sheet needs."""

    file: xlsxwriter.Workbook
    styles: Mapping[str, Format]
    layout: Layout
    evaluation: Evaluation

    @property
    def priced(self) -> Priced:
        """The draws and inputs of the workbook."""
        return self.layout.priced

    @property
    def price_year(self) -> str:
        """Price year of every amount that is not marked otherwise."""
        return clean(self.evaluation.spec.study.price_year)

    def name(self, trust: int) -> str:
        """What a trust, or the total, is called."""
        return trust_name(self.evaluation, self.priced.trusts[trust])

    def sheet(self, name: str, title: str, *notes: str) -> Worksheet:
        """A new sheet with its title, the synthetic mark, and lines of notes from the third row."""
        sheet = self.file.add_worksheet(name, PlainFormulas)
        put(sheet, 0, 0, title, self.styles["title"])
        put(sheet, 1, 0, SYNTHETIC if self.evaluation.synthetic else "", self.styles["warning"])
        for row, note in enumerate(notes, start=2):
            put(sheet, row, 0, note, self.styles["line"])
        return sheet

    def about(self) -> str:
        """Unit, price year, estimand, comparator, perspective and discounting, in one line."""
        study = self.evaluation.spec.study
        return (
            f"GBP in {self.price_year} prices. {estimand_words(self.priced.economics.estimand)}. "
            f"Comparator: {clean(study.comparator)}. Perspective: {clean(study.perspective)}. "
            f"Discounting: {NOT_DISCOUNTED}."
        )


def made_at(evaluation: Evaluation) -> datetime:
    """When the run was made, so that the same run gives the same file."""
    try:
        return datetime.fromisoformat(str(evaluation.record.get("run_at", ""))).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return datetime(2000, 1, 1)
