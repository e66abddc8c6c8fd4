"""From the value of one decision to what a study is worth to those it is for: population, horizon, cost.

    population value = value a year * implementation * sum over years of the discounted part after the study reports
    enbs             = population value - what the study costs

The expected net benefit of sampling (enbs) says whether to buy a study, and which. A cost that nobody has stated is not
0: enbs is then empty, and the population value is the most that the study may cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from econ111.display import Shown, as_table
from econ111.economics.value_of_information.basis import NOT_STATED
from econ111.errors import InputError

NEARLY_BEST = 0.95


@dataclass(frozen=True)
class Scale(Shown):
    """For how many decisions a year, how long, and how far they would follow the study.

    `decisions_per_year` turns the unit of the net benefit into years: 1 when it is a year of the whole service.
    `implementation` is the share of the decision that follows the evidence. `delay` is years until the study reports.
    """

    decisions_per_year: float
    years: int
    discount_rate: float
    implementation: float = 1.0
    delay: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        faults = [] if 0 < self.decisions_per_year < np.inf else [f"decisions a year {self.decisions_per_year!r}"]
        faults += [] if self.years >= 1 else [f"years {self.years!r}"]
        faults += [] if 0 <= self.discount_rate < np.inf else [f"discount rate {self.discount_rate!r}"]
        faults += [] if 0 <= self.implementation <= 1 else [f"implementation {self.implementation!r}"]
        faults += [] if self.delay >= 0 else [f"delay {self.delay!r}"]
        if faults:
            raise InputError(f"The population scale cannot be used: {'; '.join(faults)}.")

    @property
    def factor(self) -> float:
        """By what the value of one decision is multiplied; year 1 is not discounted.

        Examples
        --------
        Two years of one decision a year at 25 %, the study reporting after half a year: 0.5 + 1 / 1.25.

        >>> Scale(decisions_per_year=1, years=2, discount_rate=0.25, delay=0.5).factor
        1.3
        """
        year = np.arange(self.years)
        left = np.clip(year + 1 - self.delay, 0, 1)
        return float(self.decisions_per_year * self.implementation * (left / (1 + self.discount_rate) ** year).sum())

    def words(self) -> str:
        """Population, horizon, discounting and implementation in one sentence."""
        return (
            f"{self.decisions_per_year:.3g} such decisions a year for {self.years} years, discounted at "
            f"{self.discount_rate:.1%} a year, {self.implementation:.0%} implemented, from {12 * self.delay:.3g} "
            f"months after the start of the study"
        )


@dataclass(frozen=True)
class StudyCost(Shown):
    """GBP of a study: once, for each provider, and for each month; None where nobody has stated it."""

    set_up: float | None = None
    per_provider: float | None = None
    per_month: float | None = None

    @property
    def stated(self) -> bool:
        """Whether every part is stated."""
        return None not in (self.set_up, self.per_provider, self.per_month)

    def of(self, providers: float, months: float) -> float:
        """Cost of one design, empty when not stated.

        Examples
        --------
        >>> StudyCost(set_up=1000.0, per_provider=200.0, per_month=50.0).of(3, 12)
        2200.0
        """
        if self.set_up is None or self.per_provider is None or self.per_month is None:
            return float("nan")
        return self.set_up + providers * self.per_provider + months * self.per_month


def enbs(table: pd.DataFrame, *, scale: Scale, cost: StudyCost | None = None) -> pd.DataFrame:
    """Expected net benefit of sampling of each design, and which designs are as good as the best.

    Parameters
    ----------
    table : DataFrame
        One row per design with evsi and standard_error (GBP per decision), and providers and months where the cost
        depends on them.
    scale : Scale
        Population, horizon and implementation.
    cost : StudyCost, optional
        Not stated when left out.

    Returns
    -------
    DataFrame
        `table` with population_evsi and population_standard_error (GBP over the horizon), study_cost and enbs (GBP;
        empty when the cost is not stated), best, nearly_best (at least 95 % of the best enbs above 0, or of the best
        population value when no cost is stated), cost_stated and scale in words.

    Examples
    --------
    >>> designs = pd.DataFrame({"providers": [1, 5], "months": 12, "evsi": [10.0, 12.0], "standard_error": 0.1})
    >>> scale = Scale(decisions_per_year=1, years=1, discount_rate=0.0)
    >>> enbs(designs, scale=scale, cost=StudyCost(set_up=1.0, per_provider=1.0, per_month=0.0))["enbs"].tolist()
    [8.0, 6.0]
    """
    cost = cost or StudyCost()
    names = [name for name in ("providers", "months") if name in table]
    sizes = [table[name] if name in names else pd.Series(0.0, index=table.index) for name in ("providers", "months")]
    worth = table["evsi"] * scale.factor
    spent = pd.Series([cost.of(*size) for size in zip(*sizes, strict=True)], index=table.index, dtype=float)
    judged = worth - spent if cost.stated else worth
    top = float(judged.max())
    found = table.assign(
        population_evsi=worth,
        population_standard_error=table["standard_error"] * scale.factor,
        study_cost=spent,
        enbs=worth - spent,
        best=(judged == top) & (top > 0),
        nearly_best=(judged >= NEARLY_BEST * top) & (top > 0),
        cost_stated="stated" if cost.stated else NOT_STATED,
        scale=scale.words(),
    )
    return as_table(found, "Worth of each study over the horizon, and less its cost")
