"""Tidy tables from draws: one row per label, with mean, interval, unit and price year.

Words and layout belong to the report. Here each quantity is summarised last, after every transformation and total.
"""

from __future__ import annotations

import pandas as pd
import xarray as xr

from econ111.display import as_table
from econ111.economics.budget_views import GBP_VARIABLES
from econ111.economics.joint import SAMPLE, study_of
from econ111.economics.totals import with_total
from econ111.errors import InputError
from econ111.intervals import INTERVAL_LEVEL, summarise

NAMED_ON_EVERY_ROW = ("unit", "price_year", "comparator", "perspective")


def tidy_table(
    draws: xr.DataArray, *, measure: str, level: float = INTERVAL_LEVEL, study: xr.Dataset | None = None
) -> pd.DataFrame:
    """One row per label with mean and equal-tailed interval over draws.

    Parameters
    ----------
    draws : DataArray (sample, ...)
        Any quantity with attribute `unit`.
    measure : str
        What it is, for the first column.
    level : float
        Probability inside the interval.
    study : Dataset, optional
        Where comparator and perspective are named, when `draws` does not carry them.

    Returns
    -------
    DataFrame
        measure, one column per dim, mean, low, high, level, unit, price_year, comparator, perspective.

    Raises
    ------
    InputError
        When no comparator or perspective is named: no result stands without them.

    Examples
    --------
    >>> about = {"unit": "GBP", "price_year": "2024/25", "comparator": "no service", "perspective": "NHS"}
    >>> tidy_table(xr.DataArray([1.0, 2.0, 3.0], dims="sample", attrs=about), measure="net_cost")["mean"].item()
    2.0
    """
    about = {**(study_of(study) if study is not None else {}), **draws.attrs}
    missing = [name for name in ("comparator", "perspective") if not about.get(name)]
    if missing:
        raise InputError(f"{measure} names no {' and no '.join(missing)}. Give the costs it came from as `study`.")
    if SAMPLE not in draws.dims:
        raise InputError(f"{measure} has no 'sample' dim, so it has no interval. Pass draws.")
    table = frame_of(summarise(draws, level=level))
    table.insert(0, "measure", measure)
    return as_table(table.assign(level=level, **{name: str(about.get(name, "")) for name in NAMED_ON_EVERY_ROW}))


def budget_table(budget: xr.Dataset, *, level: float = INTERVAL_LEVEL) -> pd.DataFrame:
    """All columns of a budget impact, per trust and in total, per payer and in total, by year.

    Parameters
    ----------
    budget : Dataset (sample, estimand, trust, payer, year)
        Result of `budget_impact`, without totals.
    level : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        As `tidy_table`, with the measures economic_value, cash, service_cost, set_up_cost and, in the unit of each
        kind of capacity, capacity_released. The measures are never added.
    """
    amounts = [name for name in GBP_VARIABLES if name in budget]
    parts = [
        tidy_table(with_total(with_total(budget[name], "payer"), "trust"), measure=name, level=level)
        for name in amounts
    ]
    released = budget["capacity_released"]
    if released.sizes["capacity"]:
        about = released.drop_attrs(deep=False).assign_attrs(study_of(released), unit="")
        freed = tidy_table(with_total(about), measure="capacity_released", level=level)
        parts.append(freed.assign(unit=freed["capacity_unit"]).rename(columns={"capacity_payer": "payer"}))
    table = pd.concat(parts, ignore_index=True).drop(columns="capacity_unit", errors="ignore")
    whole = table.assign(price_basis=budget.attrs["price_basis"], discounting=budget.attrs["discounting"])
    return as_table(whole, "Budget impact: value, capacity, cash and cost apart")


def frame_of(summary: xr.Dataset) -> pd.DataFrame:
    """A Dataset as a table with one column per coordinate and variable, also when it has no dims."""
    return summary.expand_dims("_row").to_dataframe().reset_index().drop(columns="_row")
