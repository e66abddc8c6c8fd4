"""What a member of staff on Agenda for Change costs in a year, and how many hours of it are worked.

    supplement = share x basic, not below its floor and not above its cap                          (Annex 9)
    gross      = basic x (1 + enhancements) + supplement; the supplement is not enhanced           (sections 2 and 4)
    cost       = gross + insurance rate x (gross - threshold) + (pension + levy) x gross
    worked     = (paid hours - days away x hours of a day) x (1 - sickness)

Staff are an average of bands and of zones of London. Caps and floors bind before averaging, never after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.display import Shown
from econ111.economics.joint import common_price_year
from econ111.errors import InputError


@dataclass(frozen=True, repr=False)
class PayTerms(Shown):
    """Pay and on-costs, as draws (sample) or constants; money in one price year.

    `basic` (band) and `band_share` (band) with shares that add up to 1; `supplement_share`, `supplement_floor`,
    `supplement_cap` and `zone_share` (zone) in the same way. Enhancements are proportions of basic pay.
    """

    basic: xr.DataArray
    band_share: xr.DataArray
    supplement_share: xr.DataArray
    supplement_floor: xr.DataArray
    supplement_cap: xr.DataArray
    zone_share: xr.DataArray
    night_enhancement: xr.DataArray
    sunday_enhancement: xr.DataArray
    insurance_rate: xr.DataArray
    insurance_threshold: xr.DataArray
    pension_rate: xr.DataArray
    levy_rate: xr.DataArray

    def __post_init__(self) -> None:
        """Stop at once on shares that do not add up, or a cap below its floor."""
        problems = []
        for name, dim in (("band_share", "band"), ("zone_share", "zone")):
            share = getattr(self, name)
            if not bool(np.isclose(share.sum(dim), 1.0).all()) or bool((share < 0).any()):
                problems.append(f"{name} does not add up to 1 over {dim}, or a share is negative.")
        if bool((self.supplement_cap < self.supplement_floor).any()):
            problems.append("a London supplement has its cap below its floor.")
        if problems:
            raise InputError("\n".join(["The pay terms cannot be used:", *(f"- {text}" for text in problems)]))

    @property
    def price_year(self) -> str:
        """The one price year of all money here."""
        money = ("basic", "supplement_floor", "supplement_cap", "insurance_threshold")
        return common_price_year({name: getattr(self, name) for name in money})


@dataclass(frozen=True, repr=False)
class WorkingTime(Shown):
    """How much of a paid year is worked and answering; days and hours as draws (sample) or constants."""

    paid_hours: xr.DataArray
    week_hours: xr.DataArray
    leave_days: xr.DataArray
    public_holidays: xr.DataArray
    training_days: xr.DataArray
    sickness: xr.DataArray
    off_phone: xr.DataArray


def london_supplement(
    basic: xr.DataArray, *, share: xr.DataArray, floor: xr.DataArray, cap: xr.DataArray
) -> xr.DataArray:
    """High cost area supplement of a full-time year.

    Parameters
    ----------
    basic : DataArray (band)
        GBP a year.
    share, floor, cap : DataArray (zone)
        Proportion of basic pay, and the least and most that is paid, GBP a year.

    Returns
    -------
    DataArray (band, zone)
        GBP a year.

    Examples
    --------
    20 % of 42,631 is 8,526.20, above the cap of 8,465; of 25,768, 5,153.60, below the floor of 5,609.

    >>> pay = xr.DataArray([25_768.0, 38_682.0, 42_631.0], dims="band")
    >>> terms = [xr.DataArray([value], dims="zone") for value in (0.20, 5_609.0, 8_465.0)]
    >>> london_supplement(pay, share=terms[0], floor=terms[1], cap=terms[2]).values.ravel()
    array([5609. , 7736.4, 8465. ])
    """
    return (basic * share).clip(min=floor, max=cap)


def employment_cost(terms: PayTerms, rate_shares: xr.DataArray) -> xr.DataArray:
    """What one whole-time member of staff costs the employer in a year, over bands and zones.

    Parameters
    ----------
    terms : PayTerms
        Pay and on-costs.
    rate_shares : DataArray (..., rate)
        Shares of the hours on duty at the rates plain, night_saturday and sunday_holiday.

    Returns
    -------
    DataArray (...)
        GBP a year, in attribute `price_year`. Enhancements are paid in leave and sickness as if at work.
    """
    extra = terms.night_enhancement * rate_shares.sel(rate="night_saturday", drop=True)
    extra = extra + terms.sunday_enhancement * rate_shares.sel(rate="sunday_holiday", drop=True)
    supplement = london_supplement(
        terms.basic, share=terms.supplement_share, floor=terms.supplement_floor, cap=terms.supplement_cap
    )
    gross = terms.basic * (1 + extra) + supplement
    insured = (gross - terms.insurance_threshold).clip(min=0.0)
    cost = gross * (1 + terms.pension_rate + terms.levy_rate) + terms.insurance_rate * insured
    mean = (cost * terms.band_share * terms.zone_share).sum(["band", "zone"])
    return mean.drop_attrs(deep=False).assign_attrs(unit="GBP per year", price_year=terms.price_year)


def worked_hours(time: WorkingTime) -> xr.DataArray:
    """Hours that a whole-time member of staff works in a year.

    Raises
    ------
    InputError
        When a proportion is outside 0 to 1, or no hour is left.

    Examples
    --------
    42 days of 7.5 hours away leave 1,957.5 - 315 = 1,642.5 hours, of which 5 % are lost to sickness.

    >>> days = (29.0, 8.0, 5.0)
    >>> time = WorkingTime(*map(xr.DataArray, (1957.5, 37.5, *days, 0.05, 0.15)))
    >>> round(worked_hours(time).item(), 3)
    1560.375
    """
    for name in ("sickness", "off_phone"):
        share = getattr(time, name)
        if not bool(((share >= 0) & (share < 1)).all()):
            raise InputError(f"{name} must be a proportion from 0 to below 1 in every draw. Check the parameter.")
    away = (time.leave_days + time.public_holidays + time.training_days) * time.week_hours / 5
    hours = (time.paid_hours - away) * (1 - time.sickness)
    if not bool((hours > 0).all()):
        raise InputError("No hour of the year is left to work. Check leave, holidays and training, which are in days.")
    return hours.drop_attrs()
