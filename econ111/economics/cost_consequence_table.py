"""The cost-consequence table: one row per consequence, per trust and in total, with nothing left out.

Consequences that nobody measured are rows too, as are those without a unit cost. Only costs are totalled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
import xarray as xr

from econ111.display import Shown, as_table
from econ111.economics.cost_consequence import value_avoided
from econ111.economics.tables import NAMED_ON_EVERY_ROW, frame_of
from econ111.economics.totals import with_total
from econ111.errors import InputError
from econ111.intervals import INTERVAL_LEVEL, summarise

CashClass = Literal["cash_releasing", "non_cash_releasing", "societal", "unmonetisable"]
VALUED, NOT_VALUED, NOT_MEASURED, COSTS_ONLY = "valued", "not valued", "not measured", "total of costs"
ALL_VALUED = "All valued consequences"


@dataclass(frozen=True)
class ConsequenceDetail(Shown):
    """Who bears a consequence, what kind of gain avoiding one is, and how good the evidence is."""

    consequence: str
    borne_by: str
    cash_class: CashClass
    evidence_grade: str


def cost_consequence_table(
    costs: xr.Dataset,
    *,
    details: Sequence[ConsequenceDetail],
    unmeasured: Sequence[str] = (),
    level: float = INTERVAL_LEVEL,
) -> pd.DataFrame:
    """One row per consequence, per trust and in total, and one row for the total of costs.

    Parameters
    ----------
    costs : Dataset (sample, estimand, trust, consequence)
        Result of `cost_consequence`, without totals.
    details : sequence of ConsequenceDetail
        One for each consequence of `costs`.
    unmeasured : sequence of str
        Consequences that may matter and were not measured. Each is a row of every trust.
    level : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        estimand, trust, consequence, status (valued, not valued, not measured, total of costs), then mean with `_low`
        and `_high` of with_service, without_service, avoided, unit_cost and cost_avoided; cost_unit, borne_by,
        cash_class, evidence_grade, level, price_year, comparator, perspective. `avoided` and `cost_avoided` are
        positive when there are fewer and when less is spent. What is unknown is NaN, never 0.

    Raises
    ------
    InputError
        When a consequence has no detail, a detail's cash class is unknown, or an unmeasured consequence was measured.
    """
    consequences = [str(name) for name in costs.indexes["consequence"]]
    _check_details(consequences, details, unmeasured)
    keys = [name for name in ("estimand", "trust", "consequence") if name in costs.coords]
    rows = _measured(costs, keys, level)
    labels = rows[keys[:-1]].drop_duplicates(ignore_index=True)
    totals = _spread(summarise(with_total(value_avoided(costs)), level=level), "cost_avoided")
    parts = [rows, *(labels.assign(consequence=name, status=NOT_MEASURED) for name in unmeasured)]
    parts.append(totals[[*keys[:-1], *_bounds("cost_avoided")]].assign(consequence=ALL_VALUED, status=COSTS_ONLY))
    table = pd.concat(parts, ignore_index=True)
    table = table.merge(pd.DataFrame([vars(detail) for detail in details]), on="consequence", how="left")
    named = {name: str(costs.attrs.get(name, "")) for name in NAMED_ON_EVERY_ROW if name != "unit"}
    return as_table(_in_label_order(table, labels).assign(level=level, **named), "Costs and consequences")


def _measured(costs: xr.Dataset, keys: list[str], level: float) -> pd.DataFrame:
    counts = [
        _spread(summarise(with_total(costs[name]), level=level), name)[[*keys, *_bounds(name)]]
        for name in ("with_service", "without_service", "avoided")
    ]
    valued = costs.isel(consequence=costs["valued"].to_numpy())
    rows = counts[0]
    for other in counts[1:]:
        rows = rows.merge(other, on=keys)
    rows["status"] = np.where(rows["consequence"].isin(valued.indexes["consequence"]), VALUED, NOT_VALUED)
    if not valued.sizes["consequence"]:
        return rows
    money = _spread(summarise(with_total(valued["cost_avoided"]), level=level), "cost_avoided")
    rows = rows.merge(money[[*keys, *_bounds("cost_avoided")]], on=keys, how="left")
    return rows.merge(_unit_costs(valued["unit_cost"], level), on="consequence", how="left")


def _unit_costs(unit_cost: xr.DataArray, level: float) -> pd.DataFrame:
    if "cost_unit" not in unit_cost.coords:
        unit_cost = unit_cost.assign_coords(cost_unit=str(unit_cost.attrs.get("unit", "GBP per unit of consequence")))
    draws = unit_cost if "sample" in unit_cost.dims else unit_cost.expand_dims("sample")
    return _spread(summarise(draws, level=level), "unit_cost")[["consequence", *_bounds("unit_cost"), "cost_unit"]]


def _spread(summary: xr.Dataset, name: str) -> pd.DataFrame:
    mean, low, high = _bounds(name)
    return frame_of(summary).rename(columns={"mean": mean, "low": low, "high": high})


def _bounds(name: str) -> list[str]:
    return [name, f"{name}_low", f"{name}_high"]


def _in_label_order(table: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Rows by estimand and trust in their own order; within one, measured, then unmeasured, then the total."""
    place = labels.assign(_place=range(len(labels)))
    ordered = table.merge(place, on=list(labels.columns), how="left").sort_values("_place", kind="stable")
    return ordered.drop(columns="_place").reset_index(drop=True)


def _check_details(consequences: list[str], details: Sequence[ConsequenceDetail], unmeasured: Sequence[str]) -> None:
    named = [detail.consequence for detail in details]
    problems = [f"{name!r} has no detail of who bears it." for name in consequences if name not in named]
    problems += [f"{name!r} has more than one detail." for name in sorted(set(named)) if named.count(name) > 1]
    problems += [f"{name!r} is listed as not measured, but it was." for name in unmeasured if name in consequences]
    allowed = get_args(CashClass)
    problems += [
        f"{detail.consequence!r} has cash class {detail.cash_class!r}; use one of: {', '.join(allowed)}."
        for detail in details
        if detail.cash_class not in allowed
    ]
    if problems:
        raise InputError("\n".join(["The cost-consequence table cannot be made:", *(f"- {text}" for text in problems)]))
