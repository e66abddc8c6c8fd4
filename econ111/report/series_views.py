"""Tables of the series design for readers: what could be noticed, falls pooled over trusts, and the placebo beside."""

from __future__ import annotations

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.intervals import interval_label
from econ111.report.blocks import Block, Row, TableView, basis, marked, number_columns, only, text_columns
from econ111.report.labels import clean, item_words, sentence_start, trust_name
from econ111.report.numbers import count, interval, percent
from econ111.report.rows import rows_of
from econ111.results import Evaluation

BEFOREHAND = "Found before the fit, from months before launch and the design alone; no count after launch enters."
POOLED = (
    "Pooled: one model of all months, in which trusts' falls scatter about a common one, once the service is fully "
    "used. By itself: each trust against its own projection, the mean over the counted months. Positive is fewer."
)
PLACEBO = "The placebo is an outcome that the service should not touch, analysed in the same way. Positive is fewer."


def series_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Every table of the series design that the evaluation can fill."""
    return only(detectable_view(evaluation), placebo_view(evaluation), effects_view(evaluation))


def detectable_view(evaluation: Evaluation) -> TableView | None:
    """The smallest effect that could be noticed, against the largest plausible one."""
    table = _table(evaluation, "detectable")
    if table is None:
        return None
    power = percent(float(table.power.iloc[0])).replace(".0%", "%")
    columns = (
        *text_columns("Trust"),
        *number_columns("Months before", "Months counted", "Expected a month", f"Detectable (power {power})"),
        *number_columns("As a share", "Largest plausible"),
        *text_columns("The effect"),
    )
    rows = tuple(
        Row(
            (
                _name(evaluation, row.trust), f"{row.months_before:,}", f"{row.months_counted:,}",
                count(row.expected_monthly), count(row.detectable), share(row.detectable_share), count(row.plausible),
                clean(row.verdict).lower(),
            ),
            total=row.trust == TOTAL,
        )
        for row in rows_of(table)
    )  # fmt: skip
    unit = clean(table.unit.iloc[0])
    about = f"{basis(evaluation.spec.study, unit=unit, level=float(table.level.iloc[0]), signed=False)} {BEFOREHAND}"
    return TableView(marked("What could be noticed", evaluation.spec.study), columns, rows, about)


def placebo_view(evaluation: Evaluation) -> TableView | None:
    """The outcome and the placebo, side by side."""
    table = _table(evaluation, "placebo_outcome")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    label = interval_label(level)
    columns = (
        *text_columns("Series", "Role"),
        *number_columns("Avoided", f"Avoided, {label}", "As a share", f"Share, {label}"),
        *text_columns("Reading"),
    )
    rows = tuple(
        Row(
            (
                sentence_start(item_words(row.outcome)), clean(row.role), count(row.avoided),
                interval(row.avoided_low, row.avoided_high), share(row.relative),
                interval(row.relative_low, row.relative_high, share), clean(row.reading),
            )
        )
        for row in rows_of(table)
    )  # fmt: skip
    unit = f"number over {int(table.months_counted.iloc[0])} months"
    about = f"{basis(evaluation.spec.study, unit=unit, level=level, signed=False)} {PLACEBO}"
    return TableView(marked("Placebo outcome beside the outcome", evaluation.spec.study), columns, rows, about)


def effects_view(evaluation: Evaluation) -> TableView | None:
    """Relative falls by trust, pooled and by itself."""
    table = _table(evaluation, "series_effects")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    label = interval_label(level)
    columns = (
        *text_columns("Trust"),
        *number_columns("Fall, pooled", f"Pooled, {label}", "Fall, by itself", f"By itself, {label}"),
    )
    rows = tuple(
        Row(
            (
                _name(evaluation, row.trust), share(row.fall), interval(row.fall_low, row.fall_high, share),
                share(row.projected_fall), interval(row.projected_low, row.projected_high, share),
            )
        )
        for row in rows_of(table)
    )  # fmt: skip
    about = f"{basis(evaluation.spec.study, unit=clean(table.unit.iloc[0]), level=level, signed=False)} {POOLED}"
    return TableView(marked("Falls by trust, pooled and each by itself", evaluation.spec.study), columns, rows, about)


def share(value: float) -> str:
    """A share of either sign.

    Examples
    --------
    >>> share(-0.0123), share(0.2), share(float("nan"))
    ('−1.2%', '20.0%', '–')
    """
    return percent(value).replace("-", "−")


def _name(evaluation: Evaluation, trust: object) -> str:
    return trust_name(evaluation, str(trust)) if str(trust) != MEAN else MEAN


def _table(evaluation: Evaluation, name: str) -> pd.DataFrame | None:
    table = evaluation.tables.get(name)
    return None if table is None or table.empty else table


MEAN = "Mean of trusts"
