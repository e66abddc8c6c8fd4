"""What the model workbook computes, computed here first: its formulas' stored values come from these arrays.

The workbook holds some of the draws, evenly spaced. Everything here is made from exactly those, in the order in which
the sheets do it: price in each draw, value in each draw, and only then means and intervals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from econ111.economics.budget_plan import BudgetPlan, financial_year, first_calendar_year
from econ111.economics.forecast import settled_volume
from econ111.economics.totals import TOTAL
from econ111.report.staffed import staffed_calls
from econ111.report.workbooks.inputs import MONTHS_IN_YEAR, Inputs, Numbers, live_budget, read_inputs
from econ111.results import Evaluation
from econ111.specs.schema import Consequence, Economics

MOST_DRAWS, FEWEST_DRAWS, DRAWS_TIMES_TRUSTS = 1_000, 500, 12_000


@dataclass(frozen=True)
class Priced:
    """Thinned draws of one evaluation under its base estimand, with everything that prices them.

    `avoided` (sample, trust, consequence), `calls` (sample, trust): the last trust is the total, the valued
    consequences come first. `kept` (sample): places of the draws among all `of` draws. `volume` (sample, trust),
    without the total: calls of a settled month over the calls of the period, where year 0 is made of settled months.
    `staffed` (sample, trust): calls weighted by what each trust's line costs from the people up, see `StaffedCalls`.
    """

    economics: Economics
    inputs: Inputs
    trusts: tuple[str, ...]
    consequences: tuple[Consequence, ...]
    payers: tuple[str, ...]
    years: tuple[str, ...]
    kept: NDArray[np.intp]
    of: int
    avoided: Numbers
    calls: Numbers
    volume: Numbers | None = None
    staffed: Numbers | None = None

    @property
    def size(self) -> int:
        """Number of draws in the workbook."""
        return len(self.kept)

    @property
    def valued(self) -> tuple[Consequence, ...]:
        """Consequences with a unit cost."""
        return tuple(item for item in self.consequences if item.unit_cost)

    @cached_property
    def unit_costs(self) -> Numbers:
        """GBP per unit in each draw (sample, valued consequence)."""
        return np.column_stack([np.zeros((self.size, 0)), *(self.full(one.draws) for one in self.inputs.unit_costs)])

    @cached_property
    def call_costs(self) -> Numbers:
        """GBP per call in each draw (sample, basis)."""
        return np.column_stack([self.full(one.draws) for one in self.inputs.bases])

    @cached_property
    def capacity_units(self) -> Numbers:
        """Capacity per consequence in each draw (sample, capacity)."""
        return np.column_stack([np.zeros((self.size, 0)), *(self.full(one.draws) for one in self.inputs.capacities)])

    @cached_property
    def factors(self) -> Numbers:
        """From the evaluated period, or a settled month, to each budget year (sample, year)."""
        inputs = self.inputs
        if inputs.growth is None:
            return np.zeros((self.size, 0))
        growth = self.full(inputs.growth.draws)
        scale = inputs.months_in_year.used / (1.0 if inputs.settled else inputs.period_months.used)
        years = [scale * (1 + growth) ** year * one.used for year, one in enumerate(inputs.uptake, start=1)]
        return np.column_stack(years)

    @cached_property
    def value(self) -> Numbers:
        """GBP that the avoided consequences are worth in each draw (sample, trust); positive is less spent."""
        return np.asarray(np.einsum("stc,sc->st", self.avoided[:, :, : len(self.valued)], self.unit_costs))

    @cached_property
    def service_cost(self) -> Numbers:
        """GBP that the service costs on the base chosen (sample, trust)."""
        return self.cost_on(self.inputs.base)

    def charged(self, base: int) -> Numbers:
        """Calls as one of the bases charges them (sample, trust): weighted where each trust's line has its own cost."""
        return self.staffed if self.staffed is not None and base == len(self.inputs.bases) - 1 else self.calls

    def cost_on(self, base: int) -> Numbers:
        """GBP that the service costs on one of the bases (sample, trust)."""
        return self.charged(base) * self.call_costs[:, [base]]

    @cached_property
    def settled(self) -> Priced:
        """The same over a settled month of each trust in place of the evaluated period; the total added up anew."""
        if self.volume is None:
            return self
        avoided = self.avoided[:, :-1] * self.volume[:, :, None]
        calls = with_sum(self.calls[:, :-1] * self.volume)
        staffed = None if self.staffed is None else with_sum(self.staffed[:, :-1] * self.volume)
        return replace(self, avoided=with_sum(avoided), calls=calls, staffed=staffed, volume=None)

    def place(self, consequence: str) -> int:
        """Place of a consequence on the last axis of `avoided`."""
        return [item.consequence for item in self.consequences].index(consequence)

    def borne_by(self, payer: str) -> tuple[int, ...]:
        """Places of the valued consequences that a payer bears; all of them for the total."""
        return tuple(k for k, item in enumerate(self.valued) if payer in (TOTAL, item.payer))

    def full(self, draws: Numbers) -> Numbers:
        """The same number in every draw, where there is one only."""
        return np.broadcast_to(draws, (self.size,))


def can_be_priced(evaluation: Evaluation) -> bool:
    """Whether an evaluation has what the model workbook needs: consequences, their costs, and the draws of both."""
    parts = (evaluation.spec.economics, evaluation.outcomes, evaluation.costs, evaluation.parameter_draws)
    return all(part is not None for part in parts)


def price(evaluation: Evaluation) -> Priced:
    """The draws that the workbook holds, with their inputs.

    Parameters
    ----------
    evaluation : Evaluation
        One that `can_be_priced`.
    """
    economics, outcomes = evaluation.spec.economics, evaluation.outcomes
    if economics is None or outcomes is None:
        raise ValueError("This evaluation has no economics; ask can_be_priced first.")
    trusts = [str(code) for code in outcomes["trust"].values]
    kept = kept_draws(outcomes.sizes["sample"], len(trusts))
    ordered = sorted(economics.consequences, key=lambda item: item.unit_cost is None)
    chosen = outcomes.sel(estimand=economics.estimand, consequence=[item.consequence for item in ordered])
    fewer = (chosen["without_service"] - chosen["with_service"]).transpose("sample", "trust", "consequence")
    calls = outcomes["calls"].transpose("sample", "trust").values[kept]
    avoided = fewer.values[kept]
    budget, staffed = live_budget(evaluation), staffed_calls(evaluation)
    start = first_calendar_year(budget.first_year) if budget else 0
    return Priced(
        economics=economics,
        inputs=read_inputs(evaluation, economics, kept),
        trusts=(*trusts, TOTAL),
        consequences=tuple(ordered),
        payers=_payers(economics),
        years=tuple(financial_year(start + year) for year in range(len(budget.uptake))) if budget else (),
        kept=kept,
        of=outcomes.sizes["sample"],
        avoided=with_sum(avoided),
        calls=with_sum(calls),
        volume=_volume(evaluation, kept),
        staffed=None if staffed is None else with_sum(staffed.calls.transpose("sample", "trust").values[kept]),
    )


def with_sum(draws: Numbers) -> Numbers:
    """Draws (sample, trust, ...) with the sum over trusts as a last trust."""
    return np.concatenate([draws, draws.sum(axis=1, keepdims=True)], axis=1)


def _volume(evaluation: Evaluation, kept: NDArray[np.intp]) -> Numbers | None:
    """Calls of a settled month over those of the period (sample, trust); None where year 0 is the period itself."""
    budget, outcomes, monthly = live_budget(evaluation), evaluation.outcomes, evaluation.monthly_calls
    if budget is None or budget.settled_months is None or outcomes is None or monthly is None:
        return None
    chosen = monthly.sel(trust=outcomes["trust"].values).isel(sample=kept)
    yearly = settled_volume(chosen, months=budget.settled_months).transpose("sample", "trust")
    return np.asarray(yearly.values / MONTHS_IN_YEAR)


def kept_draws(samples: int, trusts: int) -> NDArray[np.intp]:
    """Places of evenly spaced draws, fewer where there are many trusts, so that the file can be opened anywhere.

    Examples
    --------
    >>> kept_draws(4000, 5)[:3], len(kept_draws(4000, 60)), len(kept_draws(1, 60))
    (array([0, 4, 8]), 500, 1)
    """
    wanted = min(samples, MOST_DRAWS, max(FEWEST_DRAWS, DRAWS_TIMES_TRUSTS // max(trusts, 1)))
    return np.asarray(np.arange(wanted) * samples // wanted, dtype=np.intp)


def _payers(economics: Economics) -> tuple[str, ...]:
    payers = {item.consequence: item.payer for item in economics.consequences}
    return (*BudgetPlan("2000/01", (1.0,), payers, economics.service_payer).payer_names, TOTAL)
