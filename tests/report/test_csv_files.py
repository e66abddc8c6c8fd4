"""The CSV files hold every number, say whether the data are synthetic, and run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from econ111.report import summary_files
from econ111.report.csv_files import to_safe_csv
from econ111.results import Evaluation


def test_there_is_one_file_a_table_and_each_row_says_synthetic(evaluation: Evaluation, tmp_path: Path) -> None:
    """Names are those of the tables; the first column is `synthetic`, yes on every row."""
    paths = summary_files(evaluation, tmp_path)
    assert {path.stem for path in paths} == set(evaluation.tables)
    for path in paths:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert len(rows) == len(evaluation.tables[path.stem])
        assert all(next(iter(row.items())) == ("synthetic", "yes") for row in rows)


def test_numbers_come_back_whole(evaluation: Evaluation, tmp_path: Path) -> None:
    """What is written is not rounded: read back, the estimates are equal."""
    summary_files(evaluation, tmp_path)
    back = pd.read_csv(tmp_path / "estimates.csv")
    pd.testing.assert_series_equal(back.avoided, evaluation.estimates.avoided)
    assert (back.avoided < 0).sum() == (evaluation.estimates.avoided < 0).sum()


@pytest.mark.parametrize("text", ["=HYPERLINK('x')", "+44", "-1+1", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_made_inert(text: str) -> None:
    """= + - @ tab and carriage return get an apostrophe in cells and headings; numbers keep their sign."""
    table = pd.DataFrame({text: [text, "plain"], "number": [-1.5, 2.0]})
    with_marks = list(csv.reader(to_safe_csv(table, {"synthetic": "no"}).splitlines(keepends=True)))
    cells = [cell for row in with_marks for cell in row]
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in cells)
    assert [cell for cell in cells if cell.startswith("-")] == ["-1.5"]


def test_a_trust_named_like_a_formula_is_text(make_evaluation: Callable[..., Evaluation], tmp_path: Path) -> None:
    """The trust `=cmd()` is written as `'=cmd()` wherever it stands."""
    summary_files(make_evaluation([("=cmd()", "x"), ("B", "y")]), tmp_path)
    written = (tmp_path / "estimates.csv").read_text(encoding="utf-8")
    assert ",'=cmd()," in written
    assert ",=cmd()," not in written


def test_a_failed_fit_is_marked_on_every_row(evaluation: Evaluation, tmp_path: Path) -> None:
    """The second column says why the fit is not usable."""
    failed = dataclasses.replace(evaluation, diagnostics={"failure": "40 divergences"})
    summary_files(failed, tmp_path)
    assert set(pd.read_csv(tmp_path / "scenarios.csv")["fit"]) == {"not usable: 40 divergences"}
