"""What the figures share: sizes, names that stay apart, and which trusts are drawn when there are many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.report.blocks import Drawing, marked
from econ111.report.svg import draw_svg
from econ111.results import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = 4.2
WIDE = 6.4
MOST_PANELS = 12


def panel(
    evaluation: Evaluation,
    plot: Callable[[Axes], Axes],
    *,
    key: str,
    title: str,
    summary: str,
    width: float = PANEL,
    height: float = 2.4,
    name: str = "",
) -> Drawing:
    """One drawing of a figure; `name` stands above it when the figure has several."""
    study = evaluation.spec.study
    size = (width, height)
    shown = marked(title, study)
    return Drawing(name, draw_svg(plot, key=key, title=shown, summary=summary, size=size, synthetic=study.synthetic))


def largest_trusts(frame: pd.DataFrame, column: str) -> list[str]:
    """The total, and as many trusts as are drawn, in their own order; a single trust stands for the total."""
    trusts = [str(code) for code in dict.fromkeys(frame.trust) if code != TOTAL]
    if len(trusts) == 1:
        return trusts
    size = frame.groupby("trust")[column].sum()
    kept = sorted(trusts, key=lambda code: -size[code])[:MOST_PANELS]
    return [TOTAL, *(code for code in trusts if code in kept)]


def panels_left_out(frame: pd.DataFrame, chosen: list[str]) -> str:
    """A sentence that says which trusts are not drawn; empty when all are."""
    hidden = len(set(frame.trust) - set(chosen) - {TOTAL})
    return f" The {hidden} smallest trusts are in the table and not drawn." if hidden else ""


def unique_labels(names: list[str]) -> list[str]:
    """Names that stay apart after shortening: a repeated one gets its place in the list.

    Examples
    --------
    >>> unique_labels(["North", "North", "South"])
    ['North #1', 'North #2', 'South']
    """
    return [name if names.count(name) == 1 else f"{name} #{place + 1}" for place, name in enumerate(names)]


def row_height(rows: int) -> float:
    """Inches for a chart with one line per row."""
    return 0.55 + 0.3 * rows
