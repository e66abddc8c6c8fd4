"""Two perspectives side by side: what the study's perspective counts, and what a wider one adds.

Costs outside the NHS follow its consequences in proportion where somebody has supplied the proportion:

    wider value = avoided consequence x units of the wider cost for each x unit cost          draw by draw

What nobody has supplied is named and stays unknown; it is never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from econ111.display import Shown, as_table
from econ111.economics.cost_consequence import value_avoided
from econ111.economics.joint import check_joint, common_price_year, study_of
from econ111.economics.tables import frame_of
from econ111.economics.totals import with_total
from econ111.economics.unit_costs import check_costs
from econ111.errors import InputError, nearest
from econ111.intervals import INTERVAL_LEVEL, summarise

WIDER = "Wider than the NHS and personal social services"
UNKNOWN_WITHOUT = tuple(f"{name}{end}" for name in ("value_avoided", "net_value") for end in ("", "_low", "_high"))


@dataclass(frozen=True)
class WiderCost(Shown):
    """A cost outside the perspective: `per_unit` for each unit of `follows`, at `unit_cost` GBP, as draws (sample)."""

    name: str
    borne_by: str
    follows: str
    per_unit: xr.DataArray
    unit_cost: xr.DataArray


def wider_value(costs: xr.Dataset, wider: Sequence[WiderCost]) -> xr.DataArray:
    """Value avoided outside the perspective, by item.

    Parameters
    ----------
    costs : Dataset (sample, estimand, trust, consequence)
        Result of `cost_consequence`.
    wider : sequence of WiderCost
        At least one; each follows a consequence of `costs`.

    Returns
    -------
    DataArray (sample, estimand, trust, item)
        GBP in the evaluation period; positive is less spent. Not part of the value of the study's own perspective.

    Raises
    ------
    InputError
        When an item follows no consequence, a unit cost is negative, or price years are mixed.
    """
    known = [str(name) for name in costs.indexes["consequence"]]
    for item in wider:
        if item.follows not in known:
            raise InputError(
                f"{item.name!r} follows {item.follows!r}, no such consequence. {nearest(item.follows, known)}"
            )
        check_costs(item.unit_cost, name=f"The unit cost of {item.name!r}")
    named = {item.name: item.unit_cost for item in wider}
    year = common_price_year({"costs": costs["cost_avoided"], **named})
    check_joint({"avoided": costs["avoided"], **named})
    parts = [
        costs["avoided"].sel(consequence=item.follows, drop=True)
        * item.per_unit.drop_attrs()
        * item.unit_cost.drop_attrs()
        for item in wider
    ]
    found = xr.concat(parts, dim="item", coords="minimal").assign_coords(item=[item.name for item in wider])
    attrs = {**study_of(costs), "unit": "GBP", "price_year": year, "perspective": WIDER}
    order = (*[dim for dim in costs["avoided"].dims if dim != "consequence"], "item")
    return found.transpose(*order).rename("wider_value").drop_attrs(deep=False).assign_attrs(attrs)


def perspectives_table(
    costs: xr.Dataset,
    service_cost: xr.DataArray,
    *,
    wider: Sequence[WiderCost] = (),
    unmeasured: Sequence[str] = (),
    level: float = INTERVAL_LEVEL,
) -> pd.DataFrame:
    """Value avoided, service cost and net value in the study's perspective and in a wider one, per trust and in total.

    Parameters
    ----------
    costs : Dataset (sample, estimand, trust, consequence)
        Result of `cost_consequence`.
    service_cost : DataArray (sample, trust)
        GBP over the same period, on one basis.
    wider : sequence of WiderCost
        Costs outside the perspective that were supplied.
    unmeasured : sequence of str
        Those that were not.
    level : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        perspective, estimand, trust, value_avoided and net_value with `_low` and `_high`, service_cost, not_measured,
        level, price_year, comparator. The wider figures are NaN when nothing wider was supplied: what is not measured
        is not 0.
    """
    year = common_price_year({"costs": costs["cost_avoided"], "service cost": service_cost})
    own = value_avoided(costs)
    study = _amounts(own, service_cost, level)
    more = study.assign(**dict.fromkeys(UNKNOWN_WITHOUT, float("nan")))
    if wider:
        more = _amounts(own + wider_value(costs, wider).sum("item"), service_cost, level)
    rows = [
        study.assign(perspective=str(costs.attrs.get("perspective", "")), not_measured=""),
        more.assign(perspective=WIDER, not_measured="; ".join(unmeasured)),
    ]
    ordered = pd.concat(rows, ignore_index=True)
    first = ["perspective", *[name for name in ordered if name != "perspective"]]
    found = ordered[first].assign(level=level, price_year=year, comparator=str(costs.attrs.get("comparator", "")))
    return as_table(found, "Value and cost from several perspectives")


def _amounts(value: xr.DataArray, service_cost: xr.DataArray, level: float) -> pd.DataFrame:
    total, spent = with_total(value.assign_attrs(unit="GBP")), with_total(service_cost)
    net = (total - spent).transpose(*total.dims)
    keys = [str(dim) for dim in total.dims if dim != "sample"]
    table = frame_of(summarise(spent, level=level))[["trust", "mean"]].rename(columns={"mean": "service_cost"})
    for name, draws in (("value_avoided", total), ("net_value", net)):
        found = frame_of(summarise(draws, level=level))[[*keys, "mean", "low", "high"]]
        found = found.rename(columns={"mean": name, "low": f"{name}_low", "high": f"{name}_high"})
        table = found.merge(table, on="trust" if name == "value_avoided" else keys)
    return table
