"""How far each structural choice moves the net value: a mark at the base of the others, a bar over all of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ111.report.numbers import MoneyUnit
from econ111.report.plots.row_labels import label_rows, names_above, row_places
from econ111.report.plots.style import MARKERS, PALETTE, number_axis, zero_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_structural_moves(rows: pd.DataFrame, axes: Axes, *, unit: MoneyUnit) -> Axes:
    """One row per level of each choice.

    Parameters
    ----------
    rows : DataFrame
        Columns factor, label, net_value, lowest, highest in GBP and base, in the order of the choices.
    axes : Axes
        Drawn on and returned.
    unit : MoneyUnit
        Unit of the horizontal axis.
    """
    labels = list(rows.label)
    places = row_places(labels)
    for number, (_, mine) in enumerate(rows.reset_index(drop=True).groupby("factor", sort=False)):
        at = places[np.asarray(mine.index)]
        axes.hlines(at, mine.lowest / unit.size, mine.highest / unit.size, color="#BDBDBD", linewidth=5)
        axes.plot(
            mine.net_value / unit.size, at, linestyle="", marker=MARKERS[number % len(MARKERS)],
            color=PALETTE[number % len(PALETTE)], markersize=7,
        )  # fmt: skip
        if number:
            before = float(places[mine.index[0] - 1])
            axes.axhline(before + (0.36 if names_above(labels) else 0.5), color="#D0D0D0", linewidth=0.8)
    zero_line(axes)
    number_axis(axes, "x")
    label_rows(axes, labels)
    axes.set_xlabel(f"Expected net value, {unit.label}\nmark: other choices at base; bar: over all of theirs")
    return axes
