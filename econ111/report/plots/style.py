"""One restrained look: six colours that colour-blind readers tell apart, with a second cue beside each.

Colours of the Government Analysis Function's categorical palette; text is dark grey on white (contrast above 7 to 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, TURQUOISE, PINK, ORANGE, GREY, PURPLE = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
PALETTE = (BLUE, ORANGE, TURQUOISE, PINK, GREY, PURPLE)
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))
HATCHES = ("", "////", "||||", "xxxx", "----", "++++")  # not dots: as SVG, a dotted hatching is 250 KB
TEXT = "#262626"
FAINT = "#D9D9D9"

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.labelsize": 9.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "axes.edgecolor": "#767676",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
}


def thousands(value: float, _position: object = None) -> str:
    """A tick label with separators and a true minus.

    Examples
    --------
    >>> thousands(-12500.0), thousands(0.5)
    ('−12,500', '0.5')
    """
    text = f"{abs(value):,.0f}" if abs(value) >= 10 or value == int(value) else f"{abs(value):g}"
    return f"−{text}" if value < 0 else text


def number_axis(axes: Axes, which: str = "y") -> None:
    """Separators in the tick labels, few ticks, and grid lines across."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(thousands))
    axes.grid(visible=True, axis="y" if which == "y" else "x")


def month_axis(axes: Axes, months: Sequence[pd.Timestamp]) -> None:
    """At most seven month labels, of the form Apr 24, always with the first month."""
    step = max(1, -(-len(months) // 7))
    shown = list(range(0, len(months), step))
    axes.set_xticks(shown, [f"{months[i]:%b %y}" for i in shown])
    axes.set_xlim(-0.6, len(months) - 0.4)


def legend_above(axes: Axes, columns: int = 2) -> None:
    """A legend above the plot, where it hides nothing; none when nothing is named."""
    if axes.get_legend_handles_labels()[1]:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(-0.12, 1.04),
            ncols=columns,
            borderaxespad=0,
            handlelength=2.2,
            handletextpad=0.5,
            columnspacing=1.0,
        )


def zero_line(axes: Axes, which: str = "x") -> None:
    """The line of no change."""
    draw = axes.axvline if which == "x" else axes.axhline
    draw(0, color=TEXT, linewidth=1.0, zorder=1)


def error_lengths(frame: pd.DataFrame, mean: str, low: str, high: str) -> list[list[float]]:
    """Lengths of error bars on both sides; never negative, as rounding can make them."""
    below = (frame[mean] - frame[low]).clip(lower=0)
    above = (frame[high] - frame[mean]).clip(lower=0)
    return [below.tolist(), above.tolist()]
