"""What the figures share: sizes, names that stay apart, and which trusts are drawn when there are many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.report.blocks import Drawing, marked
from econ111.report.plots.row_labels import LINE_LENGTH, names_above, rows_height
from econ111.report.svg import draw_svg
from econ111.results import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = 4.5
BESIDE, ABOVE = 4.1, 5.2
MOST_PANELS = 12


def panel(
    evaluation: Evaluation,
    plot: Callable[[Axes], Axes],
    *,
    key: str,
    title: str,
    summary: str,
    size: tuple[float, float] = (PANEL, 2.4),
    name: str = "",
    lead: bool = False,
) -> Drawing:
    """One drawing of a figure, of some inches; `name` stands above it when the figure has several.

    `PANEL` inches leave room for the numbers of a vertical axis, `BESIDE` for short names beside their rows, and
    `ABOVE` is for names above them: all come out at about four inches, which a phone can show without making the
    letters too small to read.
    """
    study = evaluation.spec.study
    shown = marked(title, study)
    svg = draw_svg(plot, key=key, title=shown, summary=summary, size=size, synthetic=study.synthetic)
    return Drawing(name, svg, lead)


def row_size(labels: Sequence[str], *, line_length: int = LINE_LENGTH, more: float = 0.0) -> tuple[float, float]:
    """Inches of a chart with one row per name, and `more` of height."""
    return ABOVE if names_above(labels) else BESIDE, rows_height(labels, line_length=line_length) + more


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
    """Names that stay apart: a repeated one gets its place in the list.

    Examples
    --------
    >>> unique_labels(["North", "North", "South"])
    ['North #1', 'North #2', 'South']
    """
    return [name if names.count(name) == 1 else f"{name} #{place + 1}" for place, name in enumerate(names)]
