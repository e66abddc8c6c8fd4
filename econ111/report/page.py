"""The report page: one HTML file that needs no network, no script and no other file.

Names from data and specifications are escaped by the template; a content policy in the page forbids every request.
"""

from __future__ import annotations

from functools import cache
from itertools import count
from pathlib import Path

import jinja2
from markupsafe import Markup

from econ111.files import write_text
from econ111.report.labels import clean
from econ111.report.sections import build_sections
from econ111.report.sharing import for_sharing
from econ111.report.words import period
from econ111.results import Evaluation

TEMPLATES = Path(__file__).resolve().parent / "templates"


def write_report(evaluation: Evaluation, path: Path) -> Path:
    """Write the report page of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        Whatever it lacks, the page leaves out.
    path : Path
        File to write; replaced only by a complete new one.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    EnvironmentProblem
        When the file cannot be written.
    """
    return write_text(path, render_report(evaluation))


def render_report(evaluation: Evaluation) -> str:
    """The report page as HTML."""
    evaluation = for_sharing(evaluation)
    study = evaluation.spec.study
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=clean(study.title),
            subtitle=f"{clean(study.intervention)}, {period(study.period_start, study.period_end)}",
            question=clean(study.question),
            synthetic=study.synthetic,
            failure=fit_failure(evaluation),
            sections=build_sections(evaluation),
            version=clean(evaluation.record.get("versions", {}).get("econ111", "")),
            run_at=clean(evaluation.record.get("run_at", "")),
            style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
            next_table=count(1).__next__,
            next_figure=count(1).__next__,
        )
    )


def fit_failure(evaluation: Evaluation) -> str:
    """Why the fit should not have been used; empty when it may be, or when nothing was fitted."""
    return clean((evaluation.diagnostics or {}).get("failure", ""))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
