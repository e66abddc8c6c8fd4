"""Evaluations known only from print: bounds, and what cannot be said."""

from __future__ import annotations

from econ111.activity.reading import issue_table
from econ111.impact.published import published_change
from econ111.results import Evaluation, make_record
from econ111.run.context import Context


def evaluate_published(context: Context) -> Evaluation:
    """Bounds of the change that printed percentages allow; no model is fitted and no cost is computed."""
    context.announce("Bounding the change by the rounding of the printed percentages")
    if context.spec.published is None:
        raise TypeError("a published_shares design has a [published] section")
    tables = {"published": published_change(context.spec.published), "issues": issue_table([])}
    checksum = context.catalogue.checksum()
    record = make_record(context.spec, data_file=None, parameters_checksum=checksum, seed=None)
    return Evaluation(spec=context.spec, tables=tables, record=record)
