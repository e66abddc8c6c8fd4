"""Tornado: the expected result when one parameter alone stands at the low or the high end of its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from econ111.report.numbers import MoneyUnit
from econ111.report.plots.row_labels import label_rows, row_places
from econ111.report.plots.style import BLUE, ORANGE, legend_above, number_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_one_way(rows: pd.DataFrame, axes: Axes, *, unit: MoneyUnit) -> Axes:
    """One bar per parameter, from the result at its low end to that at its high end.

    Parameters
    ----------
    rows : DataFrame
        Columns label, central, at_low, at_high in GBP, largest swing first.
    axes : Axes
        Drawn on and returned.
    unit : MoneyUnit
        Unit of the horizontal axis.
    """
    central = rows.central.iloc[0] / unit.size
    for end, colour, hatch in (("at_low", BLUE, ""), ("at_high", ORANGE, "////")):
        name = f"Parameter at its {'low' if end == 'at_low' else 'high'} end"
        lengths = rows[end] / unit.size - central
        axes.barh(
            row_places(list(rows.label)),
            lengths,
            left=central,
            height=0.6,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=name,
        )
    axes.axvline(central, color="#262626", linewidth=1.0)
    number_axis(axes, "x")
    label_rows(axes, list(rows.label))
    axes.set_xlabel(f"Expected net value, {unit.label}")
    legend_above(axes, columns=2)
    return axes
