"""The plan behind a budget impact: which years, how much of the service, who bears what, what is freed.

Volumes move with one factor per year: 12 / period_months * (1 + call_growth) ** year * uptake[year], where the
evaluation period is year 0 and the budget's first year is year 1. Consequences follow calls in proportion. Where a
service was still starting up, its settled months give the volume of year 0 instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from econ111.display import Shown
from econ111.errors import InputError, nearest
from econ111.parameters.payment_rules import PaymentRule

MONTHS_PER_YEAR = 12
_FINANCIAL_YEAR = re.compile(r"(\d{4})/(\d{2})")


@dataclass(frozen=True, repr=False)
class BudgetPlan(Shown):
    """Years, uptake and payers of a budget impact.

    `first_year` is a financial year such as "2025/26". `uptake` has one number per year, relative to the evaluated
    period (1 is the same service). `payers` says who bears each consequence, `service_payer` who pays for the calls.
    `cash_shares` says which share of a consequence's value leaves (or adds to) its payer's budget in the year: what is
    not named is 0. A share above 0 needs `payment_rules` of its consequence: rows that together cover every budget
    year, each with a variable share that is known and no lower.
    """

    first_year: str
    uptake: tuple[float, ...]
    payers: Mapping[str, str]
    service_payer: str
    cash_shares: Mapping[str, float] = field(default_factory=dict)
    payment_rules: Mapping[str, Sequence[PaymentRule]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Stop at once on a plan that cannot be carried out, with every problem."""
        problems = [] if self.uptake else ["uptake is empty; give one number per year."]
        problems += [f"uptake {share!r} must be 0 or above." for share in self.uptake if not 0 <= share < np.inf]
        wrong = {name: share for name, share in self.cash_shares.items() if not 0 <= share <= 1}
        problems += [f"cash share of {name!r} is {share!r}; it must be from 0 to 1." for name, share in wrong.items()]
        unknown = [name for name in self.cash_shares if name not in self.payers]
        problems += [f"cash share for {name!r}, which has no payer. {nearest(name, self.payers)}" for name in unknown]
        first_calendar_year(self.first_year)
        problems += [problem for name, share in self.cash_shares.items() if share > 0 for problem in self._cash(name)]
        if problems:
            raise InputError("\n".join(["The budget plan cannot be used:", *(f"- {problem}" for problem in problems)]))

    def _cash(self, name: str) -> list[str]:
        """Why the cash share of one consequence cannot be claimed; nothing when it can."""
        share, rules = self.cash_shares[name], self.payment_rules.get(name, ())
        if not rules:
            return [
                f"{name!r} claims a cash share of {share:g} and names no payment rule. Under a fixed sum no cash "
                "leaves a budget in the year: name a rule of payment_rules.csv that follows activity, or set it to 0."
            ]
        found = []
        for year in self.financial_years:
            rule = next((one for one in rules if one.applies_in(year)), None)
            if rule is None:
                found.append(
                    f"{name!r}: no row of payment rule {rules[0].name!r} covers {year}. Add it, with its source."
                )
            elif rule.variable_share is None:
                found.append(
                    f"{name!r}: payment_rules.csv row {rule.row} ({rule.name}, {year}) has no variable share, as none "
                    "was seen. Fill it, with its source, before claiming cash."
                )
            elif rule.variable_share < share:
                found.append(
                    f"{name!r} claims a cash share of {share:g} in {year}, and payment_rules.csv row {rule.row} "
                    f"({rule.name}) lets {rule.variable_share:g} of the price follow activity. Claim no more than that."
                )
        return found

    @property
    def payer_names(self) -> list[str]:
        """All payers, each once, the payer of the service first."""
        return list(dict.fromkeys([self.service_payer, *self.payers.values()]))

    @property
    def financial_years(self) -> list[str]:
        """Financial years of the budget, in order."""
        start = first_calendar_year(self.first_year)
        return [financial_year(start + number) for number in range(len(self.uptake))]

    @property
    def years(self) -> list[int]:
        """Years of the budget, from 1."""
        return list(range(1, len(self.uptake) + 1))


@dataclass(frozen=True)
class Capacity(Shown):
    """What one unit of a consequence occupies: for example ED attendance hours per ED attendance.

    `per_unit` is a number or draws (sample). One `kind` belongs to one payer and has one unit.
    """

    consequence: str
    kind: str
    unit: str
    per_unit: float | xr.DataArray


def volume_factors(
    plan: BudgetPlan,
    *,
    call_growth: float | xr.DataArray,
    period_months: float,
    settled: xr.DataArray | None = None,
) -> xr.DataArray:
    """Factor from the evaluation period to each budget year.

    Parameters
    ----------
    plan : BudgetPlan
        Gives the years and the uptake.
    call_growth : float or DataArray (sample)
        Growth in calls a year, as a proportion: 0.02 is 2 %. The evaluation period is year 0.
    period_months : float
        Length of the evaluation period in months.
    settled : DataArray (sample, trust), optional
        Calls in a year once the service has settled, over the calls of the evaluation period: see `settled_volume`. In
        place of 12 / period_months, which takes the months of starting up for the usual ones.

    Returns
    -------
    DataArray (sample, year) or (sample, trust, year)
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
    yearly = MONTHS_PER_YEAR / period_months if settled is None else settled.drop_attrs()
    return yearly * ((1 + growth) ** year * uptake)


def year_index(plan: BudgetPlan) -> xr.DataArray:
    """Years from 1, with their financial year as a second coordinate."""
    coords = {"year": plan.years, "financial_year": ("year", plan.financial_years)}
    return xr.DataArray(plan.years, coords=coords, dims="year")


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
