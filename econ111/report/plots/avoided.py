"""Avoided referrals or attendances by month, with intervals; above zero is fewer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ111.report.plots.style import (
    BLUE,
    GREY,
    MARKERS,
    PALETTE,
    PINK,
    error_lengths,
    legend_above,
    month_axis,
    number_axis,
    zero_line,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_avoided_by_month(monthly: pd.DataFrame, axes: Axes, *, unit: str = "Avoided a month") -> Axes:
    """Avoided referrals a month, one marker per estimand.

    Parameters
    ----------
    monthly : DataFrame
        Columns series (name of the estimand), month, avoided, avoided_low, avoided_high; of one item and trust.
    axes : Axes
        Drawn on and returned.
    unit : str
        Label of the vertical axis.
    """
    months = sorted(monthly.month.unique())
    names = list(dict.fromkeys(monthly.series))
    for place, name in enumerate(names):
        rows = monthly[monthly.series == name].set_index("month").reindex(months)
        shift = (place - (len(names) - 1) / 2) * 0.22
        axes.errorbar(
            np.arange(len(months)) + shift,
            rows.avoided,
            yerr=error_lengths(rows, "avoided", "avoided_low", "avoided_high"),
            color=PALETTE[place],
            marker=MARKERS[place],
            linestyle="",
            elinewidth=1.4,
            label=name,
        )
    zero_line(axes, "y")
    number_axis(axes)
    axes.set_ylabel(unit)
    month_axis(axes, [pd.Timestamp(month) for month in months])
    legend_above(axes, columns=len(names))
    return axes


def plot_avoided_in_series(
    monthly: pd.DataFrame, axes: Axes, *, detectable: float = math.nan, plausible: float = math.nan
) -> Axes:
    """Predicted minus observed attendances a month, with what could be noticed and what is plausible.

    Parameters
    ----------
    monthly : DataFrame
        As in `plot_avoided_by_month`.
    axes : Axes
        Drawn on and returned.
    detectable : float
        Smallest detectable change of the monthly mean, drawn as a band about zero.
    plausible : float
        Largest plausible effect, drawn as two lines.
    """
    if math.isfinite(detectable):
        axes.axhspan(-detectable, detectable, color=GREY, alpha=0.13, linewidth=0, label="Too small to detect")
    if math.isfinite(plausible):
        axes.axhline(plausible, color=PINK, linestyle="--", linewidth=1.4, label="Largest plausible effect")
        axes.axhline(-plausible, color=PINK, linestyle="--", linewidth=1.4)
    plot_avoided_by_month(monthly, axes, unit="Predicted less observed a month")
    for line in axes.lines:
        if line.get_marker() == MARKERS[0]:
            line.set_color(BLUE)
    legend_above(axes, columns=1)
    return axes
