"""An outcome series against its projected counterfactual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ111.report.plots.style import BLUE, FAINT, GREY, legend_above, month_axis, number_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_series(
    series: pd.DataFrame,
    axes: Axes,
    *,
    launch: pd.Timestamp | None = None,
    left_out: Sequence[tuple[pd.Timestamp, pd.Timestamp]] = (),
) -> Axes:
    """Observed attendances, and those expected without the service.

    The vertical axis follows the lines, not the band: a band that is many times wider than what was observed would
    flatten it, so that it is cut off where it leaves the drawing.

    Parameters
    ----------
    series : DataFrame
        One row per month from `series_by_month`, of one trust.
    axes : Axes
        Drawn on and returned.
    launch : Timestamp, optional
        Marked by a line before its month.
    left_out : sequence of (Timestamp, Timestamp)
        First and last months that the fit did not use, shaded.
    """
    place = np.arange(len(series))
    months = [pd.Timestamp(month) for month in series.month]
    axes.fill_between(place, series.without_low, series.without_high, color=BLUE, alpha=0.18, linewidth=0)
    axes.plot(place, series.without, color=BLUE, linestyle="--", label="Expected without the service (model)")
    axes.plot(place, series.observed, color=GREY, marker="o", markersize=2.5, linewidth=1.0, label="Observed")
    spans = [[at for at, month in enumerate(months) if first <= month <= last] for first, last in left_out]
    for number, hidden in enumerate([span for span in spans if span]):
        band = axes.axvspan(hidden[0] - 0.5, hidden[-1] + 0.5, facecolor=FAINT, edgecolor="white", hatch="////")
        band.set(linewidth=0.0, zorder=0.5, label="_" * (number > 0) + "Left out of the fit")
    if launch is not None and launch in months:
        axes.axvline(months.index(launch) - 0.5, color=GREY, linestyle=":", linewidth=1.4, label="Service starts")
    number_axis(axes)
    axes.set_ylim(*line_limits(series))
    axes.set_ylabel("Attendances a month")
    month_axis(axes, months)
    legend_above(axes, columns=1)
    return axes


def line_limits(series: pd.DataFrame) -> tuple[float, float]:
    """Ends of the vertical axis: the lines, and a third of their range on either side; never below zero.

    Examples
    --------
    >>> line_limits(pd.DataFrame({"observed": [100.0, 130.0], "without": [110.0, 160.0]}))
    (80.0, 180.0)
    """
    lines = np.concatenate([series.observed.to_numpy(dtype=float), series.without.to_numpy(dtype=float)])
    lines = lines[np.isfinite(lines)]
    if not len(lines):
        return 0.0, 1.0
    room = max((lines.max() - lines.min()) / 3, abs(lines.max()) / 50, 1.0)
    return max(0.0, float(lines.min() - room)), float(lines.max() + room)
