"""Net value of the service under each basis of its cost, with the probability that value exceeds cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from econ111.report.numbers import MoneyUnit, probability
from econ111.report.plots.intervals import plot_intervals
from econ111.report.plots.row_labels import names_above, row_places

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE_LENGTH = 44


def plot_scenarios(rows: pd.DataFrame, axes: Axes, *, unit: MoneyUnit) -> Axes:
    """Net value with its interval, one line per basis, and the probability at the right.

    Parameters
    ----------
    rows : DataFrame
        Columns label, net_value, net_value_low, net_value_high in GBP, and probability_value_exceeds_cost.
    axes : Axes
        Drawn on and returned.
    unit : MoneyUnit
        Unit of the horizontal axis.
    """
    ends = {"avoided": "net_value", "avoided_low": "net_value_low", "avoided_high": "net_value_high"}
    scaled = rows.assign(**{name: rows[column] / unit.size for name, column in ends.items()})
    about = f"Value avoided less service cost over the period, {unit.label}"
    plot_intervals(scaled, axes, unit=about, line_length=LINE_LENGTH)
    labels = list(dict.fromkeys(rows.label))
    places = row_places(labels, line_length=LINE_LENGTH)
    drop = 0.5 if names_above(labels) else 0.2
    across = axes.get_yaxis_transform()
    axes.annotate(
        "Probability that value exceeds cost",
        xy=(1, 1),
        xycoords="axes fraction",
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=9,
    )
    for place, chance in zip(places, scaled.probability_value_exceeds_cost, strict=True):
        words = probability(float(chance))
        axes.text(1, place - drop, words, transform=across, ha="right", va="bottom", fontsize=9, weight="bold")
    return axes
