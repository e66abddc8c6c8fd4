"""What each consequence avoided is worth at its average unit cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from econ111.report.numbers import MoneyUnit
from econ111.report.plots.row_labels import label_rows, row_places
from econ111.report.plots.style import BLUE, ORANGE, TEXT, error_lengths, number_axis, zero_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_cost_consequence(rows: pd.DataFrame, axes: Axes, *, unit: MoneyUnit) -> Axes:
    """Value avoided by consequence, with intervals; what adds cost is hatched.

    Parameters
    ----------
    rows : DataFrame
        Columns label, cost_avoided, cost_avoided_low, cost_avoided_high, in GBP.
    axes : Axes
        Drawn on and returned.
    unit : MoneyUnit
        Unit of the horizontal axis.
    """
    names = ["cost_avoided", "cost_avoided_low", "cost_avoided_high"]
    scaled = rows.assign(**{name: rows[name] / unit.size for name in names})
    places = row_places(list(rows.label))
    for place, value in zip(places, scaled.cost_avoided, strict=True):
        worse = value < 0
        axes.barh(
            place, value, height=0.6, color=ORANGE if worse else BLUE, hatch="////" if worse else "", edgecolor="white"
        )
    axes.errorbar(
        scaled.cost_avoided,
        places,
        xerr=error_lengths(scaled, *names),
        color=TEXT,
        linestyle="",
        elinewidth=1.4,
        capsize=3,
    )
    zero_line(axes)
    number_axis(axes, "x")
    label_rows(axes, list(rows.label))
    axes.set_xlabel(f"Value avoided over the period, {unit.label}\n(left of zero, hatched = cost added)")
    return axes
