"""Calls as a line costed from the people up charges them: each trust's cost per call over the mean of all.

On the public bases one price stands for every call. A line from the people up costs each trust its own, so what page
and workbook multiply by one price are calls weighted by how dear they are: weighted calls x mean price = cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from econ111.display import Shown
from econ111.results import Evaluation
from econ111.specs.staffing import STAFFING

__all__ = ["STAFFING", "StaffedCalls", "staffed_calls"]


@dataclass(frozen=True)
class StaffedCalls(Shown):
    """`rate`: GBP of a call, mean over all trusts and draws. `calls` (sample, trust): GBP of the line over `rate`."""

    rate: float
    calls: xr.DataArray


def staffed_calls(evaluation: Evaluation) -> StaffedCalls | None:
    """Weighted calls of one evaluation; None where it does not cost the line so, or no draws were kept."""
    economics, outcomes, parameters = evaluation.spec.economics, evaluation.outcomes, evaluation.parameter_draws
    if economics is None or economics.staffing is None or outcomes is None or parameters is None:
        return None
    if evaluation.staffed is None:
        return None
    spent = (outcomes["calls"] * evaluation.staffed(outcomes, parameters)).reset_coords(drop=True).drop_attrs()
    rate = float(spent.sum() / outcomes["calls"].sum())
    return StaffedCalls(rate, (spent / rate).transpose("sample", "trust"))
