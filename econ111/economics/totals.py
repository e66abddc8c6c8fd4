"""Totals, always from joint draws: each draw is added up, then the sums are summarised.

The interval of a total is not the sum of the ends of its parts' intervals. So a total can be taken of draws only, and
only of what may be added: never of rates, never of counts of different consequences, never over estimands or bases.
"""

from __future__ import annotations

import xarray as xr

from econ111.economics.joint import SAMPLE
from econ111.errors import InputError

TOTAL = "Total"
ADDED_DIMS = ("trust", "icb", "region", "payer", "consequence")


def with_total[Array: (xr.DataArray, xr.Dataset)](draws: Array, dim: str = "trust") -> Array:
    """Append the label 'Total' along a dim, summed draw by draw.

    Parameters
    ----------
    draws : DataArray or Dataset (sample, ...)
        Quantities that add up. In a Dataset, variables without `dim` are left as they are. Other coordinates along
        `dim` are dropped, as they have no value for the total.
    dim : str
        One of trust, icb, region, payer; or consequence, for amounts in GBP only.

    Returns
    -------
    DataArray or Dataset
        The same dims, one label longer on `dim`. A part that is NaN makes the total NaN: unknown is not zero.

    Raises
    ------
    InputError
        When there is no `sample` dim (a summary cannot be totalled), the total is there already, or the parts do not
        add up.

    Examples
    --------
    >>> draws = xr.DataArray([[1.0, 2.0], [3.0, 5.0]], dims=("sample", "trust"), coords={"trust": ["A", "B"]})
    >>> with_total(draws).sel(trust="Total").values
    array([3., 8.])
    """
    if isinstance(draws, xr.DataArray):
        return _append(draws, dim)
    longer = {name: _append(array, dim) if dim in array.dims else array for name, array in draws.data_vars.items()}
    return xr.Dataset(longer, attrs=draws.attrs)


def _append(draws: xr.DataArray, dim: str) -> xr.DataArray:
    _refuse(draws, dim)
    along = [name for name, coord in draws.coords.items() if dim in coord.dims and name != dim]
    parts = draws.drop_vars(along)
    total = parts.sum(dim, skipna=False).expand_dims({dim: [TOTAL]})
    return xr.concat([parts, total], dim=dim).transpose(*draws.dims).assign_attrs(draws.attrs)


def _refuse(draws: xr.DataArray, dim: str) -> None:
    name = draws.name or "these draws"
    unit = str(draws.attrs.get("unit", ""))
    if dim not in ADDED_DIMS or dim not in draws.dims:
        raise InputError(f"{name} cannot be totalled over {dim!r}. Dims that add up: {', '.join(ADDED_DIMS)}.")
    if SAMPLE not in draws.dims:
        raise InputError(f"{name} has no 'sample' dim: a total comes from draws, never from summaries.")
    if dim in draws.indexes and TOTAL in draws.indexes[dim]:
        raise InputError(f"{name} has {TOTAL!r} on {dim!r} already; adding it again would count everything twice.")
    if " per " in unit:
        raise InputError(f"{name} is in {unit!r}: rates do not add up. Total what they were made from.")
    if dim == "consequence" and unit != "GBP":
        raise InputError(f"{name} is in {unit!r}: different consequences are never added, only their costs in GBP.")
