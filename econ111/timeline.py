"""Calendar of an evaluation: month lengths, the open share of a month, and time since each trust's launch.

A service that opens on 7 May is open 25 of 31 days of that month. `months_since_launch` is the mean, over the open
days of a month, of the time since opening, so that a ramp needs no further calendar arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

DAYS_PER_MONTH = 365.25 / 12


def build_timeline(months: Iterable[Any], launch_dates: dict[str, date]) -> xr.Dataset:
    """Exposure of each trust in each month.

    Parameters
    ----------
    months : iterable of datetime-like
        First days of consecutive months.
    launch_dates : dict
        Trust code to the day its service opened.

    Returns
    -------
    Dataset (trust, month)
        `days` (month) in the month; `open_share` between 0 and 1; `months_since_launch` (0 before launch);
        `after_launch`, true from the launch month on; `year_angle` (month), radians of the year at mid-month.

    Examples
    --------
    >>> timeline = build_timeline(pd.date_range("2024-04-01", periods=3, freq="MS"), {"RKL": date(2024, 5, 7)})
    >>> timeline.open_share.sel(trust="RKL").round(3).values.tolist()
    [0.0, 0.806, 1.0]
    """
    first = pd.DatetimeIndex(pd.to_datetime(list(months)))
    days = first.days_in_month.to_numpy().astype(float)
    start = np.array([(first - pd.Timestamp(launch)).days.to_numpy() for launch in launch_dates.values()], dtype=float)
    open_days = np.clip(start + days, 0, days)
    middle_of_open = start + days - open_days / 2
    since = np.where(open_days > 0, middle_of_open / DAYS_PER_MONTH, 0.0)
    middle_of_year = (first.day_of_year.to_numpy() - 1 + days / 2) / 365.25
    return xr.Dataset(
        {
            "days": ("month", days),
            "open_share": (("trust", "month"), open_days / days),
            "months_since_launch": (("trust", "month"), since),
            "after_launch": (("trust", "month"), open_days > 0),
            "year_angle": ("month", 2 * np.pi * middle_of_year),
        },
        coords={"trust": list(launch_dates), "month": first},
    )


def pre_months(timeline: xr.Dataset) -> xr.DataArray:
    """Number of whole months before each trust's launch, within the data (trust)."""
    before: xr.DataArray = ~timeline.after_launch
    return before.sum("month")
