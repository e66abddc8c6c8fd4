"""An outcome series against its projected counterfactual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ111.report.plots.style import BLUE, GREY, legend_above, month_axis, number_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_series(series: pd.DataFrame, axes: Axes, *, launch: pd.Timestamp | None = None) -> Axes:
    """Observed attendances, and those expected without the service.

    Parameters
    ----------
    series : DataFrame
        One row per month from `series_by_month`, of one trust.
    axes : Axes
        Drawn on and returned.
    launch : Timestamp, optional
        Marked by a line before its month.
    """
    place = np.arange(len(series))
    axes.fill_between(place, series.without_low, series.without_high, color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(place, series.without, color=BLUE, linestyle="--", label="Expected without the service (model)")
    axes.plot(place, series.observed, color=GREY, marker="o", markersize=2.5, linewidth=1.0, label="Observed")
    months = [pd.Timestamp(month) for month in series.month]
    if launch is not None and launch in months:
        axes.axvline(months.index(launch) - 0.5, color=GREY, linestyle=":", linewidth=1.4, label="Service starts")
    number_axis(axes)
    axes.set_ylabel("Attendances a month")
    month_axis(axes, months)
    legend_above(axes, columns=1)
    return axes
