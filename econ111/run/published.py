"""Evaluations known only from print: bounds, changes with intervals, and published figures beside ours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from econ111.activity.reading import issue_table
from econ111.errors import InputError, Issue
from econ111.impact.before_after import check_overdispersion
from econ111.impact.published import published_change
from econ111.impact.published_changes import published_changes
from econ111.impact.published_figures import published_figures
from econ111.parameters import Catalogue, draw_parameters
from econ111.results import Evaluation, make_record
from econ111.run.context import Context
from econ111.specs.schema import Published

VERDICT_RULES = ("verdict_probability", "verdict_prior_share")


def evaluate_published(context: Context) -> Evaluation:
    """What published numbers allow; no model is fitted and no cost is computed."""
    published = context.spec.published
    if published is None:
        raise TypeError("a published_shares design has a [published] section")
    _check_sources(published, context.catalogue)
    context.announce("Recomputing the published figures")
    changes = published_changes(published, overdispersion=_overdispersion(published, context), rules=context.rules)
    figures = published_figures(published, changes)
    tables = {
        "published": published_change(published) if published.shares else pd.DataFrame(),
        "published_changes": changes,
        "published_figures": _with_titles(figures, context.catalogue),
    }
    kept = {name: table for name, table in tables.items() if not table.empty}
    kept["issues"] = issue_table(_unexplained(figures, context.spec.study.name))
    if not changes.empty:
        kept["parameters"] = _used(published, changes, context.catalogue)
    record = make_record(
        context.spec,
        data_file=None,
        parameters_checksum=context.catalogue.checksum(),
        seed=None if changes.empty else published.seed,
    )
    return Evaluation(spec=context.spec, tables=kept, record=record)


def _overdispersion(published: Published, context: Context) -> float | np.ndarray:
    """Draws of the factor of counts; 1, unused, where none are published."""
    if not (published.counts or published.rates or published.proportions or published.contacts_before):
        return 1.0
    name = published.overdispersion
    drawn = draw_parameters(context.catalogue, [name], samples=published.draws, seed=published.seed)
    check_overdispersion(drawn[name].values)
    return np.asarray(drawn[name].values)


def _check_sources(published: Published, catalogue: Catalogue) -> None:
    keys = [published.source, *(figure.source for figure in published.figures if figure.source)]
    unknown = sorted({key for key in keys if key not in catalogue.sources})
    if unknown:
        remedy = "Add it to sources.toml, with title, publisher, year, licence and url."
        raise InputError(f"[published] names the source {', '.join(map(repr, unknown))}, which is not known. {remedy}")


def _with_titles(figures: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    if figures.empty:
        return figures
    titles = [catalogue.sources[key].title for key in figures.source]
    return figures.assign(source_title=titles, licence=[catalogue.sources[key].licence for key in figures.source])


def _unexplained(figures: pd.DataFrame, name: str) -> Iterator[Issue]:
    """A warning for each figure that neither rounding nor the specification explains."""
    for row in figures.to_dict("records"):
        if row["status"] == "unexplained":
            what = f"{row['what']}: published {row['published']:g}, ours {row['ours']:.6g}, and nothing explains it."
            yield Issue("warning", f"{name}.toml", None, what, "Write the reason in explained, or correct the input.")


def _used(published: Published, changes: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The overdispersion, where counts were judged, and the rules of the verdicts."""
    uses = {published.overdispersion: "spread of counts"} if changes.overdispersion.notna().any() else {}
    uses |= dict.fromkeys(VERDICT_RULES, "rule of the verdicts")
    frame = catalogue.to_frame()
    chosen = frame[frame.name.isin(list(uses))]
    return chosen.assign(use=chosen.name.map(uses)).reset_index(drop=True)
