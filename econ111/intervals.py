"""The one interval of the package: equal-tailed, its level a named constant, always printed.

A summary is taken over the `sample` dim after every transformation, never before.
"""

from __future__ import annotations

import xarray as xr

INTERVAL_LEVEL = 0.95
INTERVAL_KIND = "equal-tailed"


def interval_label(level: float = INTERVAL_LEVEL) -> str:
    """How a table heads its interval columns.

    Examples
    --------
    >>> interval_label()
    '95% interval'
    """
    return f"{level:.0%} interval"


def summarise(draws: xr.DataArray, *, level: float = INTERVAL_LEVEL) -> xr.Dataset:
    """Mean and equal-tailed interval over draws.

    Parameters
    ----------
    draws : DataArray (sample, ...)
        Any quantity, one value per draw.
    level : float
        Probability inside the interval, between 0 and 1.

    Returns
    -------
    Dataset (...)
        `mean`, `low` and `high` in the unit of `draws`; `level` is kept in the attributes.

    Examples
    --------
    >>> summarise(xr.DataArray([1.0, 2.0, 3.0], dims="sample"))["mean"].item()
    2.0
    """
    tail = (1 - level) / 2
    bounds = draws.quantile([tail, 1 - tail], dim="sample").drop_vars("quantile")
    summary = xr.Dataset(
        {"mean": draws.mean("sample"), "low": bounds.isel(quantile=0), "high": bounds.isel(quantile=1)}
    )
    return summary.assign_attrs(draws.attrs, level=level, kind=INTERVAL_KIND)
