"""Estimates side by side, each with its interval, or bounds where there is no estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ111.report.plots.row_labels import LINE_LENGTH, label_rows, row_places
from econ111.report.plots.style import (
    BLUE,
    MARKERS,
    PALETTE,
    error_lengths,
    legend_above,
    number_axis,
    zero_line,
)
from econ111.report.rows import rows_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_intervals(
    rows: pd.DataFrame,
    axes: Axes,
    *,
    unit: str = "Avoided (right of zero = fewer)",
    line_length: int = LINE_LENGTH,
) -> Axes:
    """One line per label, one marker per series.

    Parameters
    ----------
    rows : DataFrame
        Columns label, avoided, avoided_low, avoided_high, and series when a label has more than one.
    axes : Axes
        Drawn on and returned.
    unit : str
        Label of the horizontal axis.
    line_length : int
        Letters in a line of a label that stands above its row.
    """
    labels = list(dict.fromkeys(rows.label))
    names = list(dict.fromkeys(rows["series"])) if "series" in rows else [""]
    for place, name in enumerate(names):
        chosen = rows[rows["series"] == name] if "series" in rows else rows
        chosen = chosen.set_index("label").reindex(labels)
        shift = (place - (len(names) - 1) / 2) * 0.24
        axes.errorbar(
            chosen.avoided,
            row_places(labels, line_length=line_length) + shift,
            xerr=error_lengths(chosen, "avoided", "avoided_low", "avoided_high"),
            color=PALETTE[place],
            marker=MARKERS[place],
            linestyle="",
            elinewidth=1.6,
            capsize=3,
            label=name,
        )
    zero_line(axes)
    number_axis(axes, "x")
    label_rows(axes, labels, line_length=line_length)
    axes.set_xlabel(unit)
    if len(names) > 1:
        legend_above(axes, columns=len(names))
    return axes


def plot_bounds(rows: pd.DataFrame, axes: Axes) -> Axes:
    """Bounds without an estimate inside them: a bar from the lowest to the highest value.

    Parameters
    ----------
    rows : DataFrame
        Columns label, avoided_low, avoided_high; NaN where no bounds can be given.
    axes : Axes
        Drawn on and returned.
    """
    for place, row in zip(row_places(list(rows.label)), rows_of(rows), strict=True):
        if np.isfinite(row.avoided_low) and np.isfinite(row.avoided_high):
            width = row.avoided_high - row.avoided_low
            axes.barh(place, width, left=row.avoided_low, height=0.5, color=BLUE, edgecolor=BLUE, linewidth=1.5)
        else:
            text = "no bounds can be given"
            axes.annotate(text, (0, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    zero_line(axes)
    number_axis(axes, "x")
    label_rows(axes, list(rows.label))
    axes.set_xlabel("Avoided, bounds of rounding (right of zero = fewer)")
    return axes
