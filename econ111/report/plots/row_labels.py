"""Names of the rows of a chart, whole: beside the rows when all are short, otherwise above each row, wrapped.

A name above its row costs height and no width, so that a chart with long names still fits a narrow screen. Heights are
in units of one row of `ROW_INCHES`; a line of a name above takes `LINE_UNITS` of it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_INCHES = 0.3
LINE_UNITS = 0.55
LONGEST_BESIDE = 18
LINE_LENGTH = 62


def names_above(labels: Sequence[str]) -> bool:
    """Whether some name is too long to stand beside its row.

    Examples
    --------
    >>> names_above(["North London"]), names_above(["Central and North West London"])
    (False, True)
    """
    return max((len(label) for label in labels), default=0) > LONGEST_BESIDE


def row_places(labels: Sequence[str], *, line_length: int = LINE_LENGTH) -> np.ndarray:
    """Where each row stands, from the top down, with room for the names that stand above.

    Examples
    --------
    >>> row_places(["North", "South"])
    array([0., 1.])
    >>> row_places(["A name of more than eighteen letters", "South"])
    array([0.55, 2.1 ])
    """
    lines = [len(_wrapped(label, line_length)) if names_above(labels) else 0 for label in labels]
    return np.arange(len(labels)) + np.cumsum(lines) * LINE_UNITS


def rows_height(labels: Sequence[str], *, line_length: int = LINE_LENGTH) -> float:
    """Inches for a figure with one row per label; about three quarters of it are axes."""
    places = row_places(labels, line_length=line_length)
    return ROW_INCHES * (float(places[-1]) + 1.2 if len(places) else 1.0) / 0.77


def label_rows(axes: Axes, labels: Sequence[str], *, line_length: int = LINE_LENGTH) -> None:
    """Names of rows that stand at `row_places`, from the top down."""
    places = row_places(labels, line_length=line_length)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim((places[-1] if len(places) else 0) + 0.6, -0.6)
    if not names_above(labels):
        axes.set_yticks(places, list(labels))
        return
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.2}
    for place, label in zip(places, labels, strict=True):
        axes.text(
            0,
            place - 0.5,
            "\n".join(_wrapped(label, line_length)),
            transform=axes.get_yaxis_transform(),
            ha="left",
            va="bottom",
            fontsize=9,
            linespacing=1.1,
            bbox=paper,
            zorder=4,
            # The page's letters are narrower than those of the drawing, so that these may not set its width.
            in_layout=False,
        )


def _wrapped(label: str, line_length: int) -> list[str]:
    return textwrap.wrap(label, line_length) or [""]
