"""Plots: each takes a tidy table and an `Axes`, draws, and returns the `Axes`.

Matplotlib is imported here and in `report.svg` only, when something is drawn. Colour is never the only cue: every
series has its own line style, marker or hatching as well.
"""

from __future__ import annotations

from econ111.report.plots.avoided import plot_avoided_by_month, plot_avoided_in_series
from econ111.report.plots.budget import plot_budget_impact
from econ111.report.plots.calls import plot_calls
from econ111.report.plots.cells import plot_cell_states
from econ111.report.plots.costs import plot_cost_consequence
from econ111.report.plots.information import plot_information
from econ111.report.plots.intervals import plot_bounds, plot_intervals
from econ111.report.plots.mix import plot_disposition_mix
from econ111.report.plots.one_way import plot_one_way
from econ111.report.plots.scenarios import plot_scenarios
from econ111.report.plots.series import plot_series
from econ111.report.plots.structural_moves import plot_structural_moves

__all__ = [
    "plot_avoided_by_month",
    "plot_avoided_in_series",
    "plot_bounds",
    "plot_budget_impact",
    "plot_calls",
    "plot_cell_states",
    "plot_cost_consequence",
    "plot_disposition_mix",
    "plot_information",
    "plot_intervals",
    "plot_one_way",
    "plot_scenarios",
    "plot_series",
    "plot_structural_moves",
]
