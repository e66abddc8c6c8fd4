"""The Word summary: what it says, that it is two pages, and that names stay text."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from econ111.files import sha256_of
from econ111.report.blocks import Cell
from econ111.report.money_tables import cost_consequence_view
from econ111.report.outputs import write_outputs
from econ111.report.value_words import value_sentences
from econ111.report.words import verdict_sentences
from econ111.report.workbooks.summary import write_summary
from econ111.results import Evaluation


def _text(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_summary_says_what_the_page_says(evaluation: Evaluation, tmp_path: Path) -> None:
    """Verdicts and sentences on value are those of the page, word for word; both tables and the mark are there."""
    path = write_summary(evaluation, tmp_path / "summary.docx")
    text = _text(path)
    for sentence in (*verdict_sentences(evaluation), *value_sentences(evaluation)):
        assert sentence in text
    assert len(docx.Document(str(path)).tables) == 2
    for words in ("SYNTHETIC DATA", "All valued consequences", "All payers", "Price year: 2024/25", "95% interval"):
        assert words in text


def test_no_number_stands_in_the_summary_without_its_verdict(evaluation: Evaluation, tmp_path: Path) -> None:
    """Each consequence of the page's table has its verdict under its number, as there."""
    table = docx.Document(str(write_summary(evaluation, tmp_path / "summary.docx"))).tables[0]
    view = cost_consequence_view(evaluation)
    assert view is not None
    verdicts = {str(row.cells[0]): row.cells[3].small for row in view.rows if isinstance(row.cells[3], Cell)}
    assert verdicts
    for row in table.rows:
        for verdict in verdicts.get(row.cells[0].text, ()):
            assert row.cells[1].text.split("\n")[1:] == [verdict]


def test_the_summary_of_real_data_has_no_synthetic_mark(
    make_evaluation: Callable[..., Evaluation], tmp_path: Path
) -> None:
    """The mark follows the data."""
    path = write_summary(make_evaluation(synthetic=False), tmp_path / "summary.docx")
    assert "SYNTHETIC" not in _text(path)
    assert docx.Document(str(path)).sections[0].header.paragraphs[0].text == ""


def test_the_summary_fits_two_pages(evaluation: Evaluation, tmp_path: Path) -> None:
    """LibreOffice sets it on two pages."""
    program, counter = shutil.which("soffice"), shutil.which("pdfinfo")
    if program is None or counter is None:
        pytest.skip("LibreOffice (soffice) and pdfinfo are not both on this machine, so no page was counted.")
    path = write_summary(evaluation, tmp_path / "summary.docx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    told = subprocess.run([counter, str(tmp_path / "summary.pdf")], check=True, capture_output=True, text=True).stdout
    assert "Pages:           2" in told


def test_every_design_has_a_summary_and_hostile_names_stay_text(
    series_evaluation: Evaluation,
    published_evaluation: Evaluation,
    make_evaluation: Callable[..., Evaluation],
    tmp_path: Path,
) -> None:
    """A verdict of not identifiable and bounds from print are worded as on the page; a script is only letters."""
    series = write_summary(series_evaluation, tmp_path / "series.docx")
    assert "not identifiable" in _text(series)
    assert "95% interval" in _text(series), "its one result stands with its interval"
    printed = write_summary(published_evaluation, tmp_path / "published.docx")
    assert verdict_sentences(published_evaluation)[0] in _text(printed)
    assert "model.xlsx" not in _text(printed), "no such file is written for it"
    widths = [column.width for column in docx.Document(str(printed)).tables[0].columns]
    assert max(widths) == widths[-1] > 1.5 * min(widths), "the reason stands in the widest column"
    lone = [("=cmd()", "<script>alert(1)</script>\x0b🚑" + "long " * 40)]
    assert "All payers" in _text(write_summary(make_evaluation(lone), tmp_path / "hostile.docx"))


def test_the_record_holds_the_checksums_of_the_workbooks(priced_evaluation: Evaluation, tmp_path: Path) -> None:
    """What a run leaves in its folder is named in its record, the three files for office programs among it."""
    write_outputs(priced_evaluation, tmp_path)
    files = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))["files"]
    for name in ("summary.docx", "model.xlsx", "tables.xlsx"):
        assert files[name] == sha256_of(tmp_path / name)
