"""Calls by hour of the week, and hours on duty by rate of pay.

A year has 365.25 days, 5/7 of them weekdays. Public holidays are weekdays that are called, staffed and paid as Sundays.

    calls on a weekday = calls a year / (ordinary weekdays + weekend ratio x other days)
    load in an hour    = calls on that day x share of the hour x handling time in hours

Rates of pay (NHS terms and conditions, section 2): nights, 20:00 to 06:00 on weekdays, and all of Saturday; Sundays and
public holidays; the rest is plain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.display import Shown
from econ111.errors import InputError

DAYS_PER_YEAR = 365.25
WEEKDAYS, WEEKEND_DAYS = 5 / 7 * DAYS_PER_YEAR, 2 / 7 * DAYS_PER_YEAR
DAYS = ("weekday", "weekend")
RATES = ("plain", "night_saturday", "sunday_holiday")
HOURS = 24
FIRST_PLAIN_HOUR, FIRST_NIGHT_HOUR = 6, 20
MINUTES_PER_HOUR = 60


@dataclass(frozen=True, repr=False)
class CallWeek(Shown):
    """When calls come and how long each takes, as draws (sample) or constants.

    `hour_shares` (sample, hour): shares of a day's calls that begin in each of its 24 hours, adding up to 1.
    `weekend_ratio`: calls on a weekend day or public holiday over calls on a weekday. `handling_minutes`: time of one
    call with its notes.
    """

    hour_shares: xr.DataArray
    weekend_ratio: xr.DataArray
    handling_minutes: xr.DataArray
    public_holidays: xr.DataArray

    def __post_init__(self) -> None:
        """Stop at once on a week that cannot be."""
        problems = []
        if self.hour_shares.sizes.get("hour") != HOURS:
            problems.append(f"hour_shares has {self.hour_shares.sizes.get('hour', 0)} hours; a day has 24.")
        elif not bool(np.isclose(self.hour_shares.sum("hour"), 1.0).all()) or bool((self.hour_shares < 0).any()):
            problems.append("hour_shares do not add up to 1 over the hours, or one is negative.")
        if not bool((self.handling_minutes > 0).all()):
            problems.append("handling_minutes must be above 0.")
        if not bool((self.weekend_ratio >= 0).all()):
            problems.append("weekend_ratio must be 0 or above.")
        if not bool(((self.public_holidays >= 0) & (self.public_holidays < WEEKDAYS)).all()):
            problems.append("public_holidays must be 0 or above, and fewer than the weekdays of a year.")
        if problems:
            raise InputError("\n".join(["The week of calls cannot be used:", *(f"- {text}" for text in problems)]))


def loads(calls_per_year: xr.DataArray, week: CallWeek) -> xr.DataArray:
    """Load in each hour of a weekday and of a weekend day.

    Parameters
    ----------
    calls_per_year : DataArray (sample, trust)
        Calls in a year of 365.25 days.
    week : CallWeek
        When they come and how long they take.

    Returns
    -------
    DataArray (sample, trust, day, hour)
        Erlangs: people busy on average if nobody had to wait.

    Examples
    --------
    8,766 calls a year are 24 a day; spread evenly, one an hour; at 30 minutes each, half a person is busy.

    >>> even = xr.DataArray([1 / 24] * 24, dims="hour")
    >>> one, half, none = xr.DataArray(1.0), xr.DataArray(30.0), xr.DataArray(0.0)
    >>> found = loads(xr.DataArray([8766.0], dims="trust"), CallWeek(even, one, half, none))
    >>> round(found.max().item(), 12), round(found.min().item(), 12)
    (0.5, 0.5)
    """
    ordinary = WEEKDAYS - week.public_holidays
    others = WEEKEND_DAYS + week.public_holidays
    weekday = calls_per_year / (ordinary + week.weekend_ratio * others)
    per_day = xr.concat([weekday, weekday * week.weekend_ratio], dim="day", coords="minimal")
    busy = per_day * week.hour_shares * week.handling_minutes / MINUTES_PER_HOUR
    return busy.assign_coords(day=list(DAYS)).transpose(*calls_per_year.dims, ..., "day", "hour").rename("load")


def duty_hours(agents: xr.DataArray, week: CallWeek) -> xr.DataArray:
    """Hours on duty in a year, by rate of pay.

    Parameters
    ----------
    agents : DataArray (..., day, hour)
        People on duty in each hour of a weekday and of a weekend day.
    week : CallWeek
        For its public holidays.

    Returns
    -------
    DataArray (..., rate)
        Hours a year at the rates plain, night_saturday and sunday_holiday.

    Examples
    --------
    One person round the clock without holidays: 14/24 of 5/7 of 8,766 hours are plain, 1/7 are Sundays.

    >>> one = xr.DataArray(np.ones((2, 24)), dims=("day", "hour"), coords={"day": list(DAYS)})
    >>> even, none = xr.DataArray([1 / 24] * 24, dims="hour"), xr.DataArray(0.0)
    >>> duty_hours(one, CallWeek(even, none + 1, none + 1, none)).values.round(2)
    array([3652.5 , 3861.21, 1252.29])
    """
    hour = xr.DataArray(np.arange(HOURS), dims="hour")
    by_day = ((hour >= FIRST_PLAIN_HOUR) & (hour < FIRST_NIGHT_HOUR)).astype(float)
    weekday, weekend = (agents.sel(day=day, drop=True) for day in DAYS)
    ordinary = WEEKDAYS - week.public_holidays
    saturday = sunday = WEEKEND_DAYS / 2
    plain = xr.dot(weekday, by_day, dim="hour") * ordinary
    night = xr.dot(weekday, 1 - by_day, dim="hour") * ordinary + weekend.sum("hour") * saturday
    holiday = weekend.sum("hour") * (sunday + week.public_holidays)
    parts: list[xr.DataArray] = [plain, night, holiday]
    hours: xr.DataArray = xr.concat(parts, dim="rate", coords="minimal").assign_coords(rate=list(RATES))
    return hours.transpose(..., "rate").rename("duty_hours").assign_attrs(unit="hours per year")
