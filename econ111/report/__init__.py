"""What readers get from an evaluation: a page, tidy CSV files, and plots.

words         sentences that state results
prose         words that do not depend on results
*_tables      tables for readers, with captions
*figures      drawings with text alternatives and the numbers behind them
plots         functions of a tidy table and an `Axes`
sections      the page in reading order
page          writes it
outputs       everything that a run leaves in its folder
"""

from __future__ import annotations

from econ111.report.csv_files import summary_files
from econ111.report.outputs import write_outputs
from econ111.report.page import render_report, write_report

__all__ = ["render_report", "summary_files", "write_outputs", "write_report"]
