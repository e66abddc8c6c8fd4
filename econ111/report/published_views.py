"""Published numbers for readers: changes with their verdicts, and published figures beside ours."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from econ111.intervals import interval_label
from econ111.report import plots
from econ111.report.blocks import (
    Cell,
    FigureView,
    Row,
    TableView,
    basis,
    marked,
    number_columns,
    text_columns,
    wide_columns,
)
from econ111.report.estimate_tables import numbers_table
from econ111.report.labels import clean, item_words, sentence_start
from econ111.report.numbers import UNKNOWN, exact, interval
from econ111.report.panels import panel, row_size
from econ111.report.published_words import span_words
from econ111.report.rows import rows_of
from econ111.report.words import figure_words
from econ111.results import Evaluation

SIGN = "Fewer by is what it is compared with minus with the service: positive = fewer."
WHETHER = "Whether the service brought it about is another question: see the table."
COMPARED = {
    "before": "the earlier period",
    "control area": "the earlier period, moved as in the area without the service",
    "projection": "the authors' projection",
}


def changes_table(evaluation: Evaluation) -> TableView | None:
    """Every change with its interval, its direction, and what it says of the service."""
    table = evaluation.tables.get("published_changes")
    if table is None or table.empty:
        return None
    level = float(table.level.iloc[0])
    columns = (
        *text_columns("Outcome"),
        *number_columns("Compared with", "With the service", "Fewer by", interval_label(level), "Ratio"),
        *text_columns("Change"),
        *wide_columns("Effect of the service"),
    )
    study = evaluation.spec.study
    about = f"{basis(study, unit='as named in each row', level=level, signed=False)} {SIGN}"
    rows = tuple(Row(_change_cells(row)) for row in rows_of(table))
    return TableView(marked("Changes between the published numbers", study), columns, rows, about, _change_notes(table))


def figures_table(evaluation: Evaluation) -> TableView | None:
    """Each published figure, ours, the difference and why."""
    table = evaluation.tables.get("published_figures")
    if table is None or table.empty:
        return None
    columns = (
        *text_columns("Figure"),
        *number_columns("Published", "Ours", "Difference"),
        *wide_columns("Why they differ, or not"),
    )
    study = evaluation.spec.study
    about = (
        "Unit: as named in each row. Ours is arithmetic on the published inputs; difference is ours minus published."
    )
    levels = sorted({float(row.level) for row in rows_of(table) if math.isfinite(row.level)})
    if levels:
        about += f" Intervals: {' and '.join(interval_label(level) for level in levels)}, equal-tailed."
    rows = tuple(Row(_figure_cells(row)) for row in rows_of(table))
    notes = (
        f"{UNKNOWN} is not known. Bounds are what the rounding of a printed percentage allows; they have no level.",
    )
    return TableView(marked("Published figures beside ours", study), columns, rows, about, notes)


def changes_figure(evaluation: Evaluation) -> FigureView | None:
    """Relative changes, so that numbers of different units stand on one axis."""
    table = evaluation.tables.get("published_changes")
    if table is None or table.empty:
        return None
    rows = table.assign(
        label=[outcome_words(row) for row in rows_of(table)],
        avoided=100 * (1 - table.ratio),
        avoided_low=100 * (1 - table.ratio_high),
        avoided_high=100 * (1 - table.ratio_low),
    )
    title = "Changes relative to what they are compared with"
    shown = [f"{_percent(row.avoided)}, {interval_label(row.level)} {_relative(row)}" for row in rows_of(rows)]
    summary = f"{figure_words(list(rows.label), shown)}. {WHETHER}"
    plot = partial(plots.plot_intervals, rows, unit="Fewer, % (right of zero = fewer)")
    drawing = panel(evaluation, plot, key="changes", title=title, summary=summary, size=row_size(list(rows.label)))
    columns = (*text_columns("Outcome"), *number_columns("Fewer by", interval_label(float(table.level.iloc[0]))))
    cells = ((row.label, _percent(row.avoided), _relative(row)) for row in rows_of(rows))
    numbers = numbers_table(title, columns, cells, evaluation, unit="% of what it is compared with", signed=False)
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers)


def outcome_words(row: Any) -> str:
    """What is counted, with a capital."""
    return sentence_start(clean(row.label) or item_words(row.outcome))


def _change_cells(row: Any) -> tuple[str | Cell, ...]:
    show = partial(exact, decimals=int(row.decimals))
    plain = interval(row.fewer_by_chance_alone_low, row.fewer_by_chance_alone_high, show)
    counted = math.isfinite(row.overdispersion)
    return (
        Cell(outcome_words(row), (clean(row.unit),)),
        Cell(show(row.compared_with), (COMPARED.get(row.comparison, clean(row.comparison)),)),
        show(row.with_service),
        show(row.fewer),
        Cell(interval(row.fewer_low, row.fewer_high, show), (f"by chance alone {plain}",) if counted else ()),
        Cell(exact(row.ratio, 2), (interval(row.ratio_low, row.ratio_high, partial(exact, decimals=2)),)),
        Cell(sentence_start(clean(row.change)), _holds(row)),
        Cell(sentence_start(clean(row.verdict)), (sentence_start(f"{clean(row.reason)}."),)),
    )


def _holds(row: Any) -> tuple[str, ...]:
    """Up to which variance the direction holds; nothing when there is none to lose."""
    if not math.isfinite(row.largest_overdispersion):
        return ()
    of_what = "of chance alone" if math.isfinite(row.overdispersion) else "printed"
    called = "holds" if row.change in ("fell", "rose") else f"a {'fall' if row.fewer > 0 else 'rise'} would be called"
    return (f"{called} up to {exact(row.largest_overdispersion, 1)} times the variance {of_what}",)


def _change_notes(table: Any) -> tuple[str, ...]:
    notes = []
    factors = sorted({float(value) for value in table.overdispersion.dropna()})
    if factors:
        notes.append(
            f"Counts are taken to have about {factors[0]:.2g} times the variance of chance alone, an assumption that "
            "stands with its range under Parameters: two totals cannot estimate it. The interval by chance alone "
            "stands under each, and under each direction the largest variance at which it would still be called."
        )
    if "before" in set(table.comparison):
        notes.append(
            "A change between two periods holds everything that changed between them. Without an area or a series to "
            "compare with, no part of it can be given to the service."
        )
    return (*notes, f"Ratio: with the service over what it is compared with, median. {UNKNOWN} is none.")


def _figure_cells(row: Any) -> tuple[str | Cell, ...]:
    decimals = int(row.decimals)
    finer = decimals + 1 if row.unit == "%" else decimals
    place = clean(row.locator)
    small = [clean(row.source_title), f"Where: {place[:1].lower()}{place[1:]}" if place else ""]
    return (
        Cell(clean(row.what), tuple(f"{text}." for text in small if text)),
        f"{clean(row.qualifier)} {_with_unit(row.published, decimals, row.unit)}".strip(),
        Cell(_with_unit(row.ours, finer, row.unit), _around(row, finer)),
        _with_unit(row.difference, finer, row.unit).replace("%", " points"),
        clean(row.why),
    )


def _around(row: Any, decimals: int) -> tuple[str, ...]:
    if not (math.isfinite(row.ours_low) and math.isfinite(row.ours_high)):
        return ()
    span = interval(row.ours_low, row.ours_high, lambda value: _with_unit(value, decimals, row.unit))
    return (f"{interval_label(row.level)} {span}" if math.isfinite(row.level) else f"bounds {span}",)


def _with_unit(value: float, decimals: int, unit: str) -> str:
    text = exact(value, decimals)
    if text == UNKNOWN or not unit:
        return text
    if unit == "GBP":
        return f"£{text}"
    return f"{text}%" if unit == "%" else text


def _relative(row: Any) -> str:
    return span_words(row.avoided_low, row.avoided_high, _share)


def _percent(value: float) -> str:
    return f"{_share(abs(value))} {'fewer' if value >= 0 else 'more'}"


def _share(value: float) -> str:
    return f"{exact(value, 1)}%"
