"""What calls end in, before and after launch and on the mental-health line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from econ111.report.plots.row_labels import label_rows, row_places
from econ111.report.plots.style import MARKERS, PALETTE, error_lengths, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_disposition_mix(mix: pd.DataFrame, axes: Axes) -> Axes:
    """Share of calls that end in each disposition, with intervals.

    Parameters
    ----------
    mix : DataFrame
        From `disposition_mix`, of one trust: stage, disposition (both as words), share, share_low, share_high.
    axes : Axes
        Drawn on and returned.
    """
    from matplotlib.ticker import PercentFormatter

    dispositions = list(dict.fromkeys(mix.disposition))
    stages = list(dict.fromkeys(mix.stage))
    for place, stage in enumerate(stages):
        rows = mix[mix.stage == stage].set_index("disposition").reindex(dispositions)
        shift = (place - (len(stages) - 1) / 2) * 0.24
        axes.errorbar(
            rows.share,
            row_places(dispositions) + shift,
            xerr=error_lengths(rows, "share", "share_low", "share_high"),
            color=PALETTE[place],
            marker=MARKERS[place],
            linestyle="",
            elinewidth=1.4,
            label=stage,
        )
    label_rows(axes, dispositions)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(visible=True, axis="x")
    axes.set_xlabel("Share of recorded dispositions")
    legend_above(axes, columns=1)
    return axes
