"""Call volume of future years, from draws of the months behind.

A service that started within the evaluated period has months of growth in it, so twelve elevenths of the period is too
few for a usual year. The last months, once every trust has settled, are taken instead:

    settled = 12 x mean calls of the last months / calls of the evaluated period          draw by draw, trust by trust

The season of those months goes with them; with fewer than twelve it is not averaged out.
"""

from __future__ import annotations

import xarray as xr

from econ111.economics.budget_plan import MONTHS_PER_YEAR
from econ111.errors import InputError


def settled_volume(monthly_calls: xr.DataArray, *, months: int) -> xr.DataArray:
    """Calls of a settled year over calls of the evaluated period.

    Parameters
    ----------
    monthly_calls : DataArray (sample, trust, month)
        Expected calls of the service in every evaluated month, in order.
    months : int
        How many of the last months are settled, from 1 to all of them.

    Returns
    -------
    DataArray (sample, trust)
        A ratio; 12 over the number of months for a service that never changed.

    Raises
    ------
    InputError
        When there are not so many months, or a trust has no calls in the period.

    Examples
    --------
    Ten calls, then twenty in each of two months: a settled year has 240, the period had 50.

    >>> monthly = xr.DataArray([[[10.0, 20.0, 20.0]]], dims=("sample", "trust", "month"))
    >>> settled_volume(monthly, months=2).item()
    4.8
    """
    available = monthly_calls.sizes["month"]
    if not 1 <= months <= available:
        raise InputError(
            f"settled_months is {months}, and {available} months were evaluated. Give from 1 to {available}."
        )
    period = monthly_calls.sum("month")
    if not bool((period > 0).all()):
        raise InputError("A trust has no calls in the evaluated period, so no forecast can be made. Leave it out.")
    last = monthly_calls.isel(month=slice(available - months, None)).mean("month")
    return (MONTHS_PER_YEAR * last / period).rename("settled_volume").drop_attrs(deep=False)
