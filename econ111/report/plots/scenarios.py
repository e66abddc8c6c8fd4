"""Net value of the service under each basis of its cost, with the probability that value exceeds cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from econ111.report.numbers import MoneyUnit, probability
from econ111.report.plots.intervals import plot_intervals

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_scenarios(rows: pd.DataFrame, axes: Axes, *, unit: MoneyUnit) -> Axes:
    """Net value with its interval, one line per basis.

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
    plot_intervals(scaled, axes, unit=f"Value avoided less service cost over the period, {unit.label}")
    beside = axes.get_yaxis_transform()
    axes.text(1.03, -0.75, "Value exceeds cost", transform=beside, ha="left", va="center", fontsize=9)
    for place, chance in enumerate(scaled.probability_value_exceeds_cost):
        axes.text(1.03, place, probability(float(chance)), transform=beside, ha="left", va="center", fontsize=9)
    return axes
