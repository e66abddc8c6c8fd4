"""Studies of what people did after advice, for readers, with the bias that is assumed of each.

A bias is how far the logit of a study's probability lies above that of callers to the mental-health line; its
exponential is the factor by which the study's odds are too high.
"""

from __future__ import annotations

import math
from typing import Any

from econ111.report.blocks import (
    Block,
    Cell,
    Disclosure,
    Paragraphs,
    Row,
    TableView,
    grouped,
    marked,
    number_columns,
    text_columns,
    wide_columns,
)
from econ111.report.labels import clean, item_words
from econ111.report.numbers import MINUS, UNKNOWN, percent
from econ111.report.rows import rows_of
from econ111.results import TABLES, Evaluation

NO_LINKED_STUDY = (
    "No linked study of mental-health callers exists: none follows people who called about their mental health to what "
    "they did next. Every figure below is borrowed from other callers or patients, and a bias is assumed for each."
)
SOMEWHAT_BELOW, WIDE_FROM = 0.5, 0.8
ABOUT = (
    "Unit: share of the people given the advice, or of those who attended, in whom the consequence followed. Assumed "
    f"bias on the logit scale, positive when the study overstates: 'somewhat' is under {SOMEWHAT_BELOW}, 'wide' has a "
    f"standard deviation of {WIDE_FROM} or more."
)


def evidence_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """A sentence on what is missing, and a part to open with the studies; nothing when there are none."""
    table = evaluation.tables.get("evidence")
    if table is None or table.empty:
        return ()
    columns = (
        *text_columns("Population"),
        *number_columns("Estimate", "Number of people"),
        *text_columns("Assumed bias"),
        *wide_columns("Source and note"),
    )
    groups = (
        (f"After {item_words(before)}: {item_words(after)}", [_study(row) for row in rows_of(rows)])
        for (before, after), rows in table.groupby(["disposition", "consequence"], sort=False)
    )
    view = TableView(marked(TABLES["evidence"], evaluation.spec.study), columns, grouped(groups), ABOUT)
    return Paragraphs((NO_LINKED_STUDY,)), Disclosure(TABLES["evidence"], (view,))


def bias_words(mean: float, sd: float) -> str:
    """The direction of an assumed bias, and whether it is held loosely.

    Examples
    --------
    >>> bias_words(0.9, 0.8), bias_words(0.0, 0.7), bias_words(-0.4, 1.0)
    ('overstates, wide', 'either way', 'understates somewhat, wide')
    """
    words = "either way" if mean == 0 else "overstates" if mean > 0 else "understates"
    if 0 < abs(mean) < SOMEWHAT_BELOW:
        words += " somewhat"
    return f"{words}, wide" if sd >= WIDE_FROM else words


def _study(row: Any) -> Row:
    setting, year = clean(row.setting), clean(row.year)
    where = setting if year[:4] in setting else ", ".join(text for text in (setting, year) if text)
    hours = float(row.window_hours)
    window = (f"within {hours:.0f} hours",) if math.isfinite(hours) else ()
    share = percent(row.events / row.n) if row.n else UNKNOWN
    people = f"{row.n:,.0f}" if row.n_published else Cell("not published", (f"taken as {row.n:,.0f}",))
    mean, sd = float(row.bias_logit_mean), float(row.bias_logit_sd)
    numbers = f"logit {MINUS if mean < 0 else ''}{abs(mean):.2g}, sd {sd:.2g}"
    numbers += f": odds {math.exp(mean):.2g} times as high" if mean else ""
    return Row(
        (
            Cell(clean(row.population), (where,) if where else ()),
            Cell(share, window),
            people,
            Cell(bias_words(mean, sd), (numbers,)),
            _source(row),
        )
    )


def _source(row: Any) -> Cell:
    title = clean(getattr(row, "source_title", "")) or clean(row.source)
    text = f"{title}, {clean(row.locator)}".rstrip(", .")
    note = clean(row.note)
    return Cell(f"{text}. Licence {clean(row.licence)}. Confidence {clean(row.confidence)}.", (note,) if note else ())
