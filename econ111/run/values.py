"""Value avoided of outcomes under given parameters: what every re-evaluation needs, and nothing else."""

from __future__ import annotations

import xarray as xr

from econ111 import economics as e
from econ111.specs.schema import Economics


def value_only(outcomes: xr.Dataset, parameters: xr.Dataset, economics: Economics) -> xr.DataArray:
    """Value avoided (sample, estimand, trust), without any service cost."""
    names = {item.consequence: item.unit_cost for item in economics.consequences if item.unit_cost}
    return e.value_avoided(e.cost_consequence(outcomes, e.unit_costs_from(parameters, names)))
