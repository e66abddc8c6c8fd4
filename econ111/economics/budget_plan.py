"""The plan behind a budget impact: which years, how much of the service, who bears what, what is freed.

Volumes move with one factor per year: 12 / period_months * (1 + call_growth) ** year * uptake[year], where the
evaluation period is year 0 and the budget's first year is year 1. Consequences follow calls in proportion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from econ111.errors import InputError, nearest

MONTHS_PER_YEAR = 12
_FINANCIAL_YEAR = re.compile(r"(\d{4})/(\d{2})")


@dataclass(frozen=True)
class BudgetPlan:
    """Years, uptake and payers of a budget impact.

    `first_year` is a financial year such as "2025/26". `uptake` has one number per year, relative to the evaluated
    period (1 is the same service). `payers` says who bears each consequence, `service_payer` who pays for the calls.
    `cash_shares` says which share of a consequence's value leaves (or adds to) its payer's budget in the year: what is
    not named is 0.
    """

    first_year: str
    uptake: tuple[float, ...]
    payers: Mapping[str, str]
    service_payer: str
    cash_shares: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Stop at once on a plan that cannot be carried out, with every problem."""
        problems = [] if self.uptake else ["uptake is empty; give one number per year."]
        problems += [f"uptake {share!r} must be 0 or above." for share in self.uptake if not 0 <= share < np.inf]
        wrong = {name: share for name, share in self.cash_shares.items() if not 0 <= share <= 1}
        problems += [f"cash share of {name!r} is {share!r}; it must be from 0 to 1." for name, share in wrong.items()]
        unknown = [name for name in self.cash_shares if name not in self.payers]
        problems += [f"cash share for {name!r}, which has no payer. {nearest(name, self.payers)}" for name in unknown]
        if problems:
            raise InputError("\n".join(["The budget plan cannot be used:", *(f"- {problem}" for problem in problems)]))
        first_calendar_year(self.first_year)

    @property
    def payer_names(self) -> list[str]:
        """All payers, each once, the payer of the service first."""
        return list(dict.fromkeys([self.service_payer, *self.payers.values()]))

    @property
    def years(self) -> list[int]:
        """Years of the budget, from 1."""
        return list(range(1, len(self.uptake) + 1))


@dataclass(frozen=True)
class Capacity:
    """What one unit of a consequence occupies: for example ED attendance hours per ED attendance.

    `per_unit` is a number or draws (sample). One `kind` belongs to one payer and has one unit.
    """

    consequence: str
    kind: str
    unit: str
    per_unit: float | xr.DataArray


def volume_factors(plan: BudgetPlan, *, call_growth: float | xr.DataArray, period_months: float) -> xr.DataArray:
    """Factor from the evaluation period to each budget year.

    Parameters
    ----------
    plan : BudgetPlan
        Gives the years and the uptake.
    call_growth : float or DataArray (sample)
        Growth in calls a year, as a proportion: 0.02 is 2 %. The evaluation period is year 0.
    period_months : float
        Length of the evaluation period in months.

    Returns
    -------
    DataArray (sample, year)
        12 / period_months * (1 + call_growth) ** year * uptake[year]; without `sample` when growth is a number.

    Raises
    ------
    InputError
        When growth is not finite, or is -1 or below.

    Examples
    --------
    >>> plan = BudgetPlan("2025/26", (1.0, 0.5), {}, "mental_health_trust")
    >>> volume_factors(plan, call_growth=0.1, period_months=6.0).values.round(3)
    array([2.2 , 1.21])
    """
    growth = check_growth(call_growth, name="call_growth")
    year = year_index(plan)
    uptake = xr.DataArray(list(plan.uptake), coords=year.coords)
    return MONTHS_PER_YEAR / period_months * (1 + growth) ** year * uptake


def year_index(plan: BudgetPlan) -> xr.DataArray:
    """Years from 1, with their financial year as a second coordinate."""
    start = first_calendar_year(plan.first_year)
    names = [financial_year(start + year - 1) for year in plan.years]
    return xr.DataArray(plan.years, coords={"year": plan.years, "financial_year": ("year", names)}, dims="year")


def check_growth(growth: float | xr.DataArray, *, name: str) -> xr.DataArray:
    """Growth as an array, once every value is known to be finite and above -1."""
    rate = growth if isinstance(growth, xr.DataArray) else xr.DataArray(float(growth))
    if not bool((np.isfinite(rate) & (rate > -1)).all()):
        raise InputError(f"{name} must be a finite proportion above -1, such as 0.02 for 2 % a year, in every draw.")
    return rate.drop_attrs()


def first_calendar_year(year: str) -> int:
    """Calendar year in which a financial year starts.

    Examples
    --------
    >>> first_calendar_year("2024/25")
    2024
    """
    match = _FINANCIAL_YEAR.fullmatch(year)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise InputError(f"{year!r} is not a financial year. Write it like '2024/25'.")
    return int(match[1])


def financial_year(start: int) -> str:
    """Name of the financial year that starts in a calendar year.

    Examples
    --------
    >>> financial_year(2024)
    '2024/25'
    """
    return f"{start}/{(start + 1) % 100:02d}"
