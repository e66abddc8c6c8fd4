"""How many of its calls the service must have drawn from the physical line to be worth its cost."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import xarray as xr

from econ111.economics.thresholds import Search, break_even
from econ111.run.values import value_only
from econ111.run.weighing import Material, Weighed, outcomes_of

DIVERTED = "diverted_share"


def diversion_row(material: Material, parameters: xr.Dataset, weighed: Weighed, service: xr.DataArray) -> pd.DataFrame:
    """The share of the service's calls that must have left the physical line for the expected net value to be 0.

    Every trust is put at the same share; of the rest, the share that came from crisis lines stays as drawn. No row when
    absorbed calls were estimated, or when another estimand than E3 is the base: then the share has no such meaning.

    Parameters
    ----------
    material, weighed
        The base weighing.
    parameters : Dataset (sample)
        As drawn.
    service : DataArray (sample, trust, basis)
        Service cost; it does not depend on where calls came from.

    Returns
    -------
    DataFrame
        One row as of `break_even`, or none.
    """
    economics, absorbed = material.spec.economics, weighed.elsewhere.absorbed_share
    if economics is None or absorbed is None or economics.estimand != "net_system":
        return pd.DataFrame()
    spent = service.sel(basis=economics.service_cost, drop=True).sum("trust")

    def result(given: xr.Dataset) -> xr.DataArray:
        mental = weighed.flows.mental
        displaced = (mental * given[DIVERTED]).transpose(*mental.dims)
        rest = mental - displaced
        kept = (rest * absorbed).transpose(*mental.dims)
        flows = weighed.flows.assign(displaced=displaced, absorbed=kept, induced=rest - kept)
        again = outcomes_of(replace(weighed, flows=flows), parameters, material.spec).sel(estimand=["net_system"])
        value = value_only(again, parameters, economics).sel(estimand="net_system", drop=True)
        net = value.sum("trust") - spent
        return net.reset_coords(drop=True).assign_attrs(unit="GBP", price_year=material.spec.study.price_year)

    flows = weighed.flows.sum("trust")
    share = (flows.displaced / flows.mental).drop_attrs().assign_attrs(unit="proportion")
    search = Search(DIVERTED, 0.0, 1.0, "Share of calls that left the physical line")
    return break_even(result, xr.Dataset({DIVERTED: share}), [search])
