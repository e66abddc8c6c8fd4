"""Map of what was returned: one row per trust, one place per month, one colour and hatching per state of the cell."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from econ111.report.plots.row_labels import label_rows, row_places
from econ111.report.plots.style import BLUE, GREY, ORANGE, PINK, PURPLE, TURQUOISE, legend_above, month_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {
    "observed": (BLUE, ""),
    "rounded": (TURQUOISE, "||||"),
    "suppressed": (ORANGE, "////"),
    "partly_supplied": (PURPLE, "----"),
    "not_supplied": (PINK, "xxxx"),
    "not_applicable": ("#F2F2F2", ""),
}


def plot_cell_states(states: pd.DataFrame, axes: Axes, *, words: dict[str, str]) -> Axes:
    """One bar per run of months in the same state.

    Parameters
    ----------
    states : DataFrame
        Columns label (trust), month, state; every trust has every month.
    axes : Axes
        Drawn on and returned.
    words : dict
        What to call each state.
    """
    labels = list(dict.fromkeys(states.label))
    months = sorted(states.month.unique())
    named: set[str] = set()
    for place, label in zip(row_places(labels), labels, strict=True):
        row = states[states.label == label].sort_values("month").state.tolist()
        start = 0
        for state, run in groupby(row):
            length = len(list(run))
            colour, hatch = LOOKS.get(state, (GREY, ""))
            name = None if state in named else words.get(state, state)
            named.add(state)
            axes.barh(
                place,
                length,
                left=start - 0.5,
                height=0.66,
                color=colour,
                hatch=hatch,
                edgecolor="white" if state != "not_applicable" else "#BFBFBF",
                linewidth=0.5,
                label=name,
            )
            start += length
    month_axis(axes, [pd.Timestamp(month) for month in months])
    label_rows(axes, labels)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    legend_above(axes, columns=2)
    return axes
