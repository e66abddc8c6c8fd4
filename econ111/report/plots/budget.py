"""Budget impact by payer and year: value at average cost above zero, money spent on the service below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ111.report.numbers import MoneyUnit
from econ111.report.plots.style import GREY, HATCHES, PALETTE, legend_above, number_axis, zero_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPENT = "Service cost (spent)"


def plot_budget_impact(budget: pd.DataFrame, axes: Axes, *, unit: MoneyUnit) -> Axes:
    """One group of bars a year, one bar a payer, and the cost of the service apart.

    Parameters
    ----------
    budget : DataFrame
        Columns year (as shown; what is in brackets goes on a second line), series (payer as words, or `SPENT`), mean
        in GBP; spent is negative.
    axes : Axes
        Drawn on and returned.
    unit : MoneyUnit
        Unit of the vertical axis.
    """
    years = list(dict.fromkeys(budget.year))
    names = list(dict.fromkeys(budget.series))
    width = 0.8 / max(len(names), 1)
    for place, name in enumerate(names):
        rows = budget[budget.series == name].set_index("year").reindex(years)
        look = (GREY, "\\\\\\\\") if name == SPENT else (PALETTE[place % 4], HATCHES[place % len(HATCHES)])
        where = np.arange(len(years)) + (place - (len(names) - 1) / 2) * width
        axes.bar(where, rows["mean"] / unit.size, width, color=look[0], hatch=look[1], edgecolor="white", label=name)
    zero_line(axes, "y")
    number_axis(axes)
    axes.set_xticks(range(len(years)), [year.replace(" (", "\n").rstrip(")") for year in years])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel(f"{unit.label} a year")
    legend_above(axes, columns=2)
    return axes
