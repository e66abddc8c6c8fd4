"""Other ways to look at a budget impact: net cost, nominal terms, per head.

Each is made from the draws of `budget_impact`. Net cost counts either cash or economic value against what is spent,
never both: the value already holds the cash.
"""

from __future__ import annotations

from typing import Literal

import xarray as xr

from econ111.economics.budget_plan import check_growth, first_calendar_year
from econ111.economics.joint import check_joint
from econ111.economics.totals import TOTAL
from econ111.errors import InputError

GBP_VARIABLES = ("economic_value", "cash", "service_cost", "set_up_cost")


def net_cost(budget: xr.Dataset, *, counting: Literal["cash", "economic_value"]) -> xr.DataArray:
    """Running and set-up cost less what one of the two GBP columns counts as freed.

    Parameters
    ----------
    budget : Dataset (sample, estimand, trust, payer, year)
        Result of `budget_impact`.
    counting : 'cash' or 'economic_value'
        'cash' is the effect on the payer's budget in the year; 'economic_value' is the effect at average cost.

    Returns
    -------
    DataArray (sample, estimand, trust, payer, basis, year)
        GBP in the price basis of `budget`. Positive costs the payer more.

    Raises
    ------
    InputError
        When `counting` is neither.
    """
    if counting not in ("cash", "economic_value"):
        raise InputError(f"counting is {counting!r}. Use 'cash' or 'economic_value'; they are never counted together.")
    spent = budget["service_cost"] + budget["set_up_cost"] if "set_up_cost" in budget else budget["service_cost"]
    net = spent - budget[counting]
    attrs = {**budget["service_cost"].attrs, "counting": counting, "sign": "positive costs more"}
    return net.transpose(*budget[counting].dims[:-1], ..., "year").rename("net_cost").assign_attrs(attrs)


def in_nominal_prices(budget: xr.Dataset, *, price_growth: float | xr.DataArray) -> xr.Dataset:
    """The budget in the prices of each year.

    Parameters
    ----------
    budget : Dataset (sample, estimand, trust, payer, year)
        Result of `budget_impact`, in real terms.
    price_growth : float or DataArray (sample)
        Growth in prices a year as a proportion.

    Returns
    -------
    Dataset
        As `budget`; amounts in GBP times (1 + price_growth) to the power of the years from the price year to each
        budget year. Capacity is unchanged.

    Raises
    ------
    InputError
        When the budget is in nominal terms already, or growth is not finite or is -1 or below.

    Notes
    -----
    With price year 2024/25 and growth of 2 %, GBP 100.00 in 2026/27 is 100 * 1.02 ** 2 = GBP 104.04.
    """
    if budget.attrs.get("price_basis") != "real":
        raise InputError("The budget is not in real terms, so prices cannot be moved again. Start from budget_impact.")
    growth = check_growth(price_growth, name="price_growth")
    check_joint({"budget": budget["economic_value"], "price growth": growth})
    base = first_calendar_year(str(budget.attrs["price_year"]))
    starts = [first_calendar_year(str(name)) - base for name in budget["financial_year"].values]
    factor = (1 + growth) ** xr.DataArray(starts, dims="year")
    moved = {name: _times(budget[name], factor) for name in GBP_VARIABLES if name in budget}
    note = {"price_basis": "nominal", "price_year": "prices of each year"}
    moved = {name: amount.assign_attrs({**budget[name].attrs, **note}) for name, amount in moved.items()}
    return budget.assign(moved).assign_attrs(note)


def per_head(budget: xr.Dataset, *, population: xr.DataArray, denominator: str) -> xr.Dataset:
    """The GBP columns of a budget per head of a named population.

    Parameters
    ----------
    budget : Dataset (sample, estimand, trust, payer, year)
        Result of `budget_impact`, with or without the label 'Total' on `trust`.
    population : DataArray (trust)
        People in each trust's area. 'Total' is the sum of the trusts unless given.
    denominator : str
        Who is counted, where and when: for example "residents, Census 2021". Registered lists differ from residents
        by tens of per cent, so no figure per head stands without this name.

    Returns
    -------
    Dataset (sample, estimand, trust, payer, year)
        GBP per head; these are rates and cannot be totalled. Attribute `denominator`.

    Raises
    ------
    InputError
        When the denominator has no name, a trust has no population, or one is not above 0.
    """
    if not denominator.strip():
        raise InputError("A figure per head needs the name of its denominator, for example 'residents, Census 2021'.")
    heads = population.drop_attrs()
    if TOTAL in budget.indexes["trust"] and TOTAL not in heads.indexes["trust"]:
        heads = xr.concat([heads, heads.sum("trust").expand_dims(trust=[TOTAL])], dim="trust")
    missing = [str(name) for name in budget.indexes["trust"] if name not in heads.indexes["trust"]]
    heads = heads.reindex(trust=budget.indexes["trust"])
    if missing or not bool((heads > 0).all()):
        raise InputError(f"Population ({denominator}) is missing or not above 0. Without one: {missing or 'none'}.")
    note = {"unit": "GBP per head", "denominator": denominator}
    rates = {name: budget[name] / heads for name in GBP_VARIABLES if name in budget}
    rates = {name: rate.assign_attrs({**budget[name].attrs, **note}) for name, rate in rates.items()}
    return xr.Dataset(rates, attrs={**budget.attrs, **note})


def _times(amount: xr.DataArray, factor: xr.DataArray) -> xr.DataArray:
    return (amount * factor).transpose("sample", ..., "year")
