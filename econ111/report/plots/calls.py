"""Calls by month: what was observed, what would have been expected without the service, and the mental-health line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ111.report.plots.style import BLUE, GREY, ORANGE, TURQUOISE, legend_above, month_axis, number_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_calls(calls: pd.DataFrame, axes: Axes) -> Axes:
    """Answered calls of one trust, or of all.

    Parameters
    ----------
    calls : DataFrame
        One row per month from `calls_by_month`, of one trust.
    axes : Axes
        Drawn on and returned.
    """
    place = np.arange(len(calls))
    axes.fill_between(place, calls.without_low, calls.without_high, color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(place, calls.without, color=BLUE, linestyle="--", label="Physical, without service")
    axes.plot(place, calls.with_service, color=TURQUOISE, label="Physical, with service")
    middle = (calls.physical_low + calls.physical_high) / 2
    axes.plot(place, middle, linestyle="", marker="o", color=GREY, label="Physical line, observed")
    axes.vlines(place, calls.physical_low, calls.physical_high, color=GREY, linewidth=1.2)
    open_months = (calls.mental > 0).to_numpy()
    axes.plot(
        place[open_months], calls.mental[open_months], color=ORANGE, linestyle="-.", label="Mental line, expected"
    )
    observed = (calls.mental_low + calls.mental_high) / 2
    axes.plot(place, observed, linestyle="", marker="^", color=ORANGE, label="Mental line, observed")
    number_axis(axes)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Answered calls a month")
    month_axis(axes, list(calls.month))
    legend_above(axes, columns=2)
    return axes
