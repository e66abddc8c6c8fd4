"""The report page: one HTML file that needs no network and no other file; without script it loses the panel's fields.

Names from data and specifications are escaped by the template; a content policy in the page forbids every request, and
every script but the panel's own, known by its checksum.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path

import jinja2
from markupsafe import Markup

from econ111.files import write_text
from econ111.report.blocks import Section
from econ111.report.labels import clean, run_time
from econ111.report.prose import definitions
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
    return render_page(evaluation, build_sections(evaluation))


def render_page(evaluation: Evaluation, sections: Sequence[Section]) -> str:
    """A page of these sections as HTML, with the banners that every page of an evaluation bears."""
    study = evaluation.spec.study
    has_panel = any(block.kind == "panel" for section in sections for block in section.blocks)
    script = (TEMPLATES / "panel.js").read_text(encoding="utf-8") if has_panel else ""
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=clean(study.title),
            subtitle=f"{clean(study.intervention)}, {period(study.period_start, study.period_end)}",
            question=clean(study.question),
            synthetic=study.synthetic,
            failure=fit_failure(evaluation),
            sections=sections,
            version=clean(evaluation.record.get("versions", {}).get("econ111", "")),
            run_at=run_time(evaluation),
            style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
            script=Markup(script),
            script_checksum=Markup(_checksum(script)),
            next_table=count(1).__next__,
            next_figure=count(1).__next__,
            next_caption=count(1).__next__,
        )
    )


def fit_failure(evaluation: Evaluation) -> str:
    """Why the fit should not have been used; empty when it may be, or when nothing was fitted."""
    return clean((evaluation.diagnostics or {}).get("failure", ""))


def column_labels(heads: Sequence[str]) -> str:
    r"""Headings of a table's columns after the first, for the style of a narrow screen, which stacks each row's cells.

    Examples
    --------
    >>> column_labels(["Figure", "Value, £", 'A "quoted" one'])
    '--c2:"Value, £";--c3:"A \\"quoted\\" one"'
    """
    quoted = (head.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") for head in heads)
    return ";".join(f'--c{place}:"{head}"' for place, head in enumerate(quoted, start=1) if place > 1)


def defined_term(text: str) -> Markup | str:
    """A text as it is or, when the whole of it is a term of the glossary, with its definition to hover over.

    Examples
    --------
    >>> defined_term("Displaced call")
    Markup('<abbr title="A call to the mental-health line that would otherwise have gone to the physical-health line.">\
Displaced call</abbr>')
    >>> defined_term("Ambulance")
    'Ambulance'
    """
    meaning = definitions().get(text.lower())
    return Markup('<abbr title="{}">{}</abbr>').format(meaning, text) if meaning else text


def _checksum(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"column_labels": column_labels, "defined_term": defined_term}
    return environment
