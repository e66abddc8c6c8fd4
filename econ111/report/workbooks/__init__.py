"""Workbooks and the summary for boards.

model      live formulas from inputs to results, for finance and for whoever checks a number
published  tables by the rules of accessible spreadsheets, without a model
summary    two pages in words and tables
"""

from __future__ import annotations

from pathlib import Path

from econ111.report.workbooks.model import write_model_workbook
from econ111.report.workbooks.published import write_published_tables
from econ111.report.workbooks.summary import write_summary
from econ111.results import Evaluation

__all__ = ["write_workbooks"]
MODEL_FILE, TABLES_FILE, SUMMARY_FILE = "model.xlsx", "tables.xlsx", "summary.docx"


def write_workbooks(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write the summary and the workbooks of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        From `econ111.evaluate`.
    folder : Path
        Made if it is not there.

    Returns
    -------
    list of Path
        What was written; no model workbook for an evaluation without economics.

    Raises
    ------
    EnvironmentProblem
        When the folder cannot be written.
    """
    model = write_model_workbook(evaluation, folder / MODEL_FILE)
    tables = write_published_tables(evaluation, folder / TABLES_FILE)
    summary = write_summary(evaluation, folder / SUMMARY_FILE)
    return [path for path in (summary, model, tables) if path is not None]
