"""From trusts to areas: draws added up within each integrated care board, or each set of boards that cannot be split.

A trust that serves two boards does not say how its calls divide between them, so the two stand as one area; trusts that
share a board stand together too. Draws are added, never summaries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from econ111.economics.joint import SAMPLE
from econ111.errors import InputError


def areas_of(boards: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The area of each trust: its boards, joined to every board that some trust ties them to.

    Parameters
    ----------
    boards : mapping
        Trust to the codes of its integrated care boards.

    Returns
    -------
    dict
        Trust to area, named by its boards in the order in which they were met. A trust without a board is an area of
        its own, named as it is.

    Examples
    --------
    >>> areas_of({"SLP": ["QKK", "QWE"], "RKL": ["QRV"], "RV3": ["QRV"]})
    {'SLP': 'QKK + QWE', 'RKL': 'QRV', 'RV3': 'QRV'}
    """
    joined: list[list[str]] = []
    for given in boards.values():
        touching = [area for area in joined if set(area) & set(given)]
        merged = list(dict.fromkeys([*(code for area in touching for code in area), *given]))
        joined = [area for area in joined if area not in touching] + ([merged] if merged else [])
    name = {code: " + ".join(area) for area in joined for code in area}
    return {trust: name[given[0]] if given else trust for trust, given in boards.items()}


def by_area[Array: (xr.DataArray, xr.Dataset)](draws: Array, areas: Mapping[str, str]) -> Array:
    """Draws of trusts added up within areas; `trust` then names the areas.

    Parameters
    ----------
    draws : DataArray or Dataset (sample, trust, ...)
        Quantities that add up over trusts, without a total.
    areas : mapping
        Trust to area; see `areas_of`.

    Returns
    -------
    DataArray or Dataset
        The same dims and order. In a Dataset, variables without `trust` are left as they are.

    Raises
    ------
    InputError
        When a trust has no area, or there is no `sample` dim: summaries cannot be added.

    Examples
    --------
    >>> draws = xr.DataArray([[1.0, 2.0, 4.0]], dims=("sample", "trust"), coords={"trust": ["A", "B", "C"]})
    >>> by_area(draws, {"A": "north", "B": "south", "C": "north"}).values
    array([[5., 2.]])
    """
    missing = [str(name) for name in draws.indexes["trust"] if name not in areas]
    if missing:
        raise InputError(f"No area is named for: {', '.join(missing)}. Give each trust its boards.")
    names = list(dict.fromkeys(areas[str(name)] for name in draws.indexes["trust"]))
    belongs = np.array([[float(areas[str(trust)] == name) for name in names] for trust in draws.indexes["trust"]])
    table = xr.DataArray(belongs, dims=("trust", "_area"), coords={"trust": draws.indexes["trust"], "_area": names})
    if isinstance(draws, xr.DataArray):
        return _added(draws, table)
    parts = {name: _added(one, table) if "trust" in one.dims else one for name, one in draws.data_vars.items()}
    return xr.Dataset(parts, attrs=draws.attrs)


def _added(draws: xr.DataArray, table: xr.DataArray) -> xr.DataArray:
    if SAMPLE not in draws.dims:
        raise InputError(f"{draws.name or 'These numbers'} have no 'sample' dim: areas are added up from draws only.")
    plain = draws.drop_vars([name for name, coord in draws.coords.items() if "trust" in coord.dims and name != "trust"])
    summed: xr.DataArray = xr.dot(plain, table, dim="trust").rename(_area="trust")
    return summed.transpose(*draws.dims).assign_attrs(draws.attrs).rename(draws.name)
