"""Discount factors, for results over several years. Budget impacts are not discounted.

Year 1 is the present and is not discounted: the factor of year t is 1 / (1 + rate) ** (t - 1), so that an amount two
years after the first is divided by (1 + rate) ** 2.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from econ111.errors import InputError


def present_value(amounts: xr.DataArray, *, rate: float) -> xr.DataArray:
    """Amounts of several years as one amount in year 1.

    Parameters
    ----------
    amounts : DataArray (..., year)
        GBP in real terms, years from 1 without a gap.
    rate : float
        Discount rate a year as a proportion.

    Returns
    -------
    DataArray (...)
        GBP in the same price year.

    Raises
    ------
    InputError
        When the years are not 1, 2, 3 and so on, or the amounts are nominal: a real rate goes with real amounts.

    Examples
    --------
    >>> yearly = xr.DataArray([1000.0, 1000.0], coords={"year": [1, 2]}, dims="year")
    >>> round(present_value(yearly, rate=0.035).item(), 2)
    1966.18
    """
    years = [int(year) for year in amounts["year"].values]
    if years != list(range(1, len(years) + 1)):
        raise InputError(f"The years are {years}; a present value needs 1, 2, 3 and so on.")
    if amounts.attrs.get("price_basis") == "nominal":
        raise InputError("The amounts are in the money of each year. Discount real amounts: the rate is real.")
    total = (amounts * discount_factors(rate, len(years))).sum("year", skipna=False)
    return total.assign_attrs(amounts.attrs, discount_rate=rate)


def discount_factors(rate: float, years: int) -> xr.DataArray:
    """Factor by which an amount in each year is multiplied to be worth as much as in year 1.

    Parameters
    ----------
    rate : float
        Discount rate a year as a proportion, 0 or above.
    years : int
        How many years, at least 1.

    Returns
    -------
    DataArray (year)
        From 1 in year 1 downwards.

    Raises
    ------
    InputError
        When the rate is negative or not finite, or there is no year.

    Examples
    --------
    >>> discount_factors(0.25, 3).values
    array([1.  , 0.8 , 0.64])
    """
    if not 0 <= rate < np.inf:
        raise InputError(f"The discount rate is {rate!r}. Give a proportion of 0 or above, such as 0.035 for 3.5 %.")
    if years < 1:
        raise InputError(f"The number of years is {years!r}. Give 1 or more.")
    year = xr.DataArray(np.arange(1, years + 1), dims="year")
    factors = (1 + rate) ** (1 - year.astype(float))
    return factors.assign_coords(year=year).rename("discount_factor").assign_attrs(rate=rate, present="year 1")
