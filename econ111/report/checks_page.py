"""The page of the checks of one evaluation, and its tables as CSV files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from econ111.files import write_text
from econ111.report.blocks import Bullets, Section, only, with_blocks
from econ111.report.checks_views import power_view, predictive_view, refit_blocks
from econ111.report.checks_words import checks_sentences
from econ111.report.csv_files import summary_files
from econ111.report.page import render_page
from econ111.report.record_tables import checks_view, record_blocks
from econ111.report.series_views import placebo_view
from econ111.results import Evaluation

PAGE_FILE = "checks.html"
TABLES_OF_CHECKS = (
    "checks", "model_checks", "power_scaling", "placebo_launches", "leave_one_out", "forecast_scores",
    "placebo_outcome",
)  # fmt: skip


def write_checks(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write the page of checks and its tables.

    Parameters
    ----------
    evaluation : Evaluation
        From `econ111.run.check_model.check_model`.
    folder : Path
        Made when it is not there.

    Returns
    -------
    list of Path
        What was written, the page first.

    Raises
    ------
    EnvironmentProblem
        When the folder cannot be written.
    """
    page = write_text(folder / PAGE_FILE, render_page(evaluation, checks_sections(evaluation)))
    chosen = {name: evaluation.tables[name] for name in TABLES_OF_CHECKS if name in evaluation.tables}
    return [page, *summary_files(replace(evaluation, tables=chosen), folder)]


def checks_sections(evaluation: Evaluation) -> list[Section]:
    """Every section of the page that the evaluation can fill."""
    said = tuple(checks_sentences(evaluation))
    refits = [Section(key, title, blocks) for key, title, blocks in refit_blocks(evaluation)]
    return with_blocks(
        [
            Section("verdict", "What the checks say", (Bullets(said),) if said else (), short="Summary"),
            Section("replicated", "Replicated data", only(predictive_view(evaluation))),
            Section("sensitivity", "Data and priors", only(power_view(evaluation))),
            *refits,
            Section("placebo-outcome", "Placebo outcome", only(placebo_view(evaluation))),
            Section("fit", "Convergence", only(checks_view(evaluation))),
            Section("record", "Record of the run", record_blocks(evaluation.record), short="Record"),
        ]
    )
