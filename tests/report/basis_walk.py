"""A walk through every table that an evaluation leaves, and which of them do not say what they rest on."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import openpyxl

from econ111.report.blocks import Block, Disclosure, FigureView, TableView
from econ111.report.csv_files import summary_files
from econ111.report.panel.parts import PanelView
from econ111.report.sections import build_sections
from econ111.results import NOT_RESULTS, Evaluation

WORDS = ("Comparator:", "Price year:", "Perspective:", "Discounting:")
COLUMNS = {"comparator", "price_year", "perspective", "discounting"}
# Tables of what went in, of tests and of lists to fill: nothing is compared in them.
WITHOUT = (
    "Parameters used", "Priors and rules", "Evidence", "Tests that", "Assumption log", "Decision log", "Data log",
    "CHEERS", "Reporting items", "Checks", "Issues", "How prices were moved", "Payment rules",
    "The budget impact against", "The data beside", "What each estimand leans on",
    "State of the data", "Convergence", "What was noticed",
)  # fmt: skip
INPUT_SHEETS = {
    "Cover", "Contents", "Notes", "Checks", "Data_issues", "Price_years", "Payment_rules", "Parameters",
    "Published_figures",
}  # fmt: skip


def tables_in(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """Title and basis of every table, also those behind figures, in parts that open, and of the panel."""
    for block in blocks:
        if isinstance(block, TableView):
            yield block.title, block.basis
        elif isinstance(block, FigureView):
            yield block.numbers.title, block.numbers.basis
        elif isinstance(block, Disclosure):
            yield from tables_in(block.blocks)
        elif isinstance(block, PanelView):
            yield block.caption, block.basis
            yield block.counts_caption, block.basis


def silent_on_the_page(evaluation: Evaluation) -> list[str]:
    """Titles of tables of results whose caption lacks one of the four."""
    found = [pair for section in build_sections(evaluation) for pair in tables_in(section.blocks)]
    assert found
    return [
        title for title, basis in found
        if not title.startswith(WITHOUT) and not all(word in basis for word in WORDS)
    ]  # fmt: skip


def silent_files(evaluation: Evaluation, folder: Path) -> list[str]:
    """CSV files of results, with the first row in which one of the four is missing or blank."""
    silent = []
    for path in summary_files(evaluation, folder):
        if path.stem in NOT_RESULTS:
            continue
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            # Hours have no price year; all else is said on every row.
            needed = COLUMNS - (set() if "GBP" in row.get("unit", "GBP") else {"price_year"})
            if not all(row.get(name, "").strip() for name in needed):
                silent.append(f"{path.name}: {row}")
                break
    return silent


def silent_sheets(path: Path) -> list[str]:
    """Names of sheets of published results without the four above their table."""
    silent = []
    for sheet in openpyxl.load_workbook(path):
        top = " ".join(str(cell.value) for row in sheet.iter_rows(max_row=8) for cell in row if cell.value)
        if sheet.title not in INPUT_SHEETS and not all(word in top for word in WORDS):
            silent.append(sheet.title)
    return silent
