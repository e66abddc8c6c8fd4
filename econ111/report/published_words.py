"""Sentences on changes between published numbers: what changed, what that says of the service, how our figures fare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from econ111.intervals import interval_label
from econ111.report.labels import clean, item_words
from econ111.report.numbers import exact
from econ111.report.rows import rows_of

OPENINGS = {
    "before": "Between the two periods",
    "control area": "Against the area without the service",
    "projection": "Against the authors' projection",
}
CAVEATS = {
    "control area": "It takes both areas to have moved alike otherwise.",
    "projection": "It rests on that projection: no area went without the service.",
}
AGREEMENT = {
    "agrees": ("agrees with ours", "agree with ours"),
    "explained": ("differs for a reason given", "differ for a reason given"),
    "unexplained": ("differs unexplained", "differ unexplained"),
    "taken as input": ("is what ours is made of", "are what ours is made of"),
    "not recomputed": ("cannot be recomputed", "cannot be recomputed"),
}
NO_CONTROL = (
    "There was no control, so the effect of the service is not identifiable: these numbers say what changed, not why."
)


def change_sentences(table: pd.DataFrame | None) -> list[str]:
    """The first change and what it says of the service, then the others, by what the numbers are compared with."""
    if table is None or table.empty:
        return []
    said = []
    for comparison, rows in table.groupby("comparison", sort=False):
        first, *others = (change_clause(row) for row in rows_of(rows))
        caveat = NO_CONTROL if comparison == "before" else f"{_verdicts(rows)} {CAVEATS[str(comparison)]}"
        said.append(f"{OPENINGS[str(comparison)]}, {first}. {caveat}")
        said += [f"Besides, {'; '.join(others)}."] if others else []
    return said


def change_clause(row: Any) -> str:
    """One change, worded by its direction, with its interval."""
    show = partial(exact, decimals=int(row.decimals))
    what, unit = clean(row.label) or item_words(row.outcome), clean(row.unit)
    size = f"{show(abs(row.fewer))} {'fewer' if row.fewer >= 0 else 'more'}"
    span = f"{interval_label(row.level)} {span_words(row.fewer_low, row.fewer_high, show)}"
    moved = f"from {show(row.compared_with)} to {show(row.with_service)} {unit}".strip()
    if row.change in ("fell", "rose"):
        return f"{what} {row.change} {moved}: {size} ({span})"
    return f"there is no evidence of a change in {what} ({moved}: {size}, {span})"


def agreement_sentence(table: pd.DataFrame | None) -> list[str]:
    """How many published figures ours agree with, and whether the others are explained."""
    if table is None or table.empty:
        return []
    counts = table.status.value_counts()
    parts = [
        f"{counts[status]} {one if counts[status] == 1 else several}"
        for status, (one, several) in AGREEMENT.items()
        if status in counts
    ]
    total = len(table)
    return [f"Of {total} published {'figure' if total == 1 else 'figures'}, {_and(parts)}."]


def _verdicts(rows: pd.DataFrame) -> str:
    judged = [f"{clean(row.verdict)} for {clean(row.label) or item_words(row.outcome)}" for row in rows_of(rows)]
    return f"The verdict on the service is {_and(judged)}."


def span_words(low: float, high: float, show: Callable[[float], str]) -> str:
    """An interval of fewer as a person would say it.

    Examples
    --------
    >>> span_words(-20.0, 46.0, exact)
    'from 20 more to 46 fewer'
    """
    if low >= 0:
        return f"{show(low)} to {show(high)} fewer"
    if high <= 0:
        return f"{show(-high)} to {show(-low)} more"
    return f"from {show(-low)} more to {show(high)} fewer"


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
