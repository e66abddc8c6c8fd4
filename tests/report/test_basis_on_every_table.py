"""Comparator, price year, perspective and discounting on every table of results: page, workbooks, summary and files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from report.basis_walk import WORDS, silent_files, silent_on_the_page, silent_sheets
from report.panel_draws import with_draws

from econ111.report.workbooks import write_workbooks
from econ111.results import Evaluation


@pytest.fixture(params=["calls", "series", "published"])
def any_evaluation(request: pytest.FixtureRequest) -> Evaluation:
    """One evaluation of each design."""
    if request.param == "calls":
        return with_draws(request.getfixturevalue("evaluation"))
    found: Evaluation = request.getfixturevalue(f"{request.param}_evaluation")
    return found


def test_every_table_of_the_page_says_what_it_rests_on(any_evaluation: Evaluation) -> None:
    """A table of results may be copied alone; what is compared, in which prices, for whom, goes with it."""
    assert silent_on_the_page(any_evaluation) == []


def test_every_file_of_results_carries_them_on_every_row(any_evaluation: Evaluation, tmp_path: Path) -> None:
    """Four columns, none of them blank in any row."""
    assert silent_files(any_evaluation, tmp_path) == []


def test_every_sheet_and_the_summary_carry_them(any_evaluation: Evaluation, tmp_path: Path) -> None:
    """Above each published table, and below each table of the summary."""
    write_workbooks(replace(any_evaluation, outcomes=None), tmp_path)
    assert silent_sheets(tmp_path / "tables.xlsx") == []
    document = Document(str(tmp_path / "summary.docx"))
    text = " ".join(paragraph.text for paragraph in document.paragraphs)
    for word in WORDS:
        assert text.count(word) >= len(document.tables), word
