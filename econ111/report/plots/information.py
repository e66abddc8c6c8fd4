"""What information is worth along the threshold: everything, what follows advice, and a study of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from econ111.report.numbers import MoneyUnit
from econ111.report.plots.style import LINES, MARKERS, PALETTE, legend_above, number_axis, thousands

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_information(rows: pd.DataFrame, axes: Axes, *, unit: MoneyUnit, highest: float | None = None) -> Axes:
    """One line per kind of knowledge, under one basis of the service cost.

    Parameters
    ----------
    rows : DataFrame
        Columns label, threshold (GBP per avoided attendance) and value (GBP), in the order of the legend.
    axes : Axes
        Drawn on and returned.
    unit : MoneyUnit
        Unit of the vertical axis.
    highest : float, optional
        Top of the vertical axis in GBP, so that drawings beside each other compare.
    """
    from matplotlib.ticker import FuncFormatter

    for place, (label, line) in enumerate(rows.groupby("label", sort=False)):
        style = place % len(PALETTE)
        axes.plot(
            line.threshold, line["value"] / unit.size, color=PALETTE[style], linestyle=LINES[style],
            marker=MARKERS[style], label=str(label),
        )  # fmt: skip
    number_axis(axes)
    axes.xaxis.set_major_formatter(FuncFormatter(thousands))
    axes.set_xlabel("£ that an avoided attendance is worth")
    axes.set_ylabel(f"Worth, {unit.label}")
    top = rows["value"].max() if highest is None else highest
    axes.set_ylim(0, max(float(top) / unit.size * 1.05, 1e-9))
    legend_above(axes, columns=1)
    return axes
