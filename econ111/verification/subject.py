"""What the tests look at: an evaluation's own draws, and its economics computed again from them.

`priced` and `budgeted` go through `econ111.economics` with whatever was changed; `plain_value` and `plain_budget` are
the same sums written out in numpy, so that the economics is also held against something that is not itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.parameters import Catalogue, PaymentRule, load_payment_rules
from econ111.results import Evaluation
from econ111.specs.schema import BudgetImpact, Economics, Spec
from econ111.specs.staffing import STAFFING
from econ111.verification.finding import NotApplicableError

ROUNDING, ERRORS = "verification_rounding", "verification_errors"


@dataclass(frozen=True)
class Priced:
    """Economics of one set of outcomes and parameters; the service is priced when it is asked for."""

    costs: xr.Dataset
    calls: xr.DataArray
    cost_per_call: Callable[[], xr.DataArray]

    @cached_property
    def service(self) -> xr.DataArray:
        """Cost of the service (sample, trust, basis), GBP."""
        return e.service_cost(self.calls, self.cost_per_call())

    @cached_property
    def value(self) -> xr.DataArray:
        """Value avoided (sample, estimand, trust), GBP."""
        return e.value_avoided(self.costs)

    @cached_property
    def net(self) -> xr.DataArray:
        """Value avoided less cost of the service (sample, estimand, trust, basis), GBP."""
        return e.net_value(self.value, self.service)


@dataclass(frozen=True)
class Subject:
    """An evaluation under test, with the parameter files it was made from (None when they have changed since)."""

    evaluation: Evaluation
    rules: Catalogue
    catalogue: Catalogue | None
    parameters_folder: Path | None = None

    @property
    def rounding(self) -> float:
        """Largest relative difference that rounding explains."""
        return self.rules[ROUNDING].value

    @property
    def errors(self) -> float:
        """Monte Carlo errors by which draws may lie from what is stated."""
        return self.rules[ERRORS].value

    @property
    def spec(self) -> Spec:
        """What was evaluated."""
        return self.evaluation.spec

    @property
    def economics(self) -> Economics:
        """The economics of the specification."""
        return _there(self.spec.economics, "the specification has no economics")

    @property
    def plan(self) -> BudgetImpact:
        """The budget impact of the specification."""
        return _there(self.spec.budget_impact, "the specification asks for no budget impact")

    @property
    def stated(self) -> Catalogue:
        """The parameter files behind the draws."""
        return _there(self.catalogue, "the parameter files have changed since the run, so what they state is unknown")

    @property
    def outcomes(self) -> xr.Dataset:
        """Consequences with and without the service."""
        return _there(self.evaluation.outcomes, "this design has no draws of consequences")

    @property
    def costs(self) -> xr.Dataset:
        """Draws behind the cost-consequence table."""
        return _there(self.evaluation.costs, "this design has no draws of costs")

    @property
    def budget(self) -> xr.Dataset:
        """Draws behind the budget impact."""
        return _there(self.evaluation.budget, "this evaluation has no budget impact")

    @property
    def parameters(self) -> xr.Dataset:
        """Draws of the parameters."""
        return _there(self.evaluation.parameter_draws, "this design draws no parameters")

    @property
    def posterior(self) -> xr.Dataset:
        """Draws of the model."""
        return _there(self.evaluation.posterior, "nothing was fitted")

    @property
    def reweigh(self) -> Callable[[xr.Dataset], xr.Dataset]:
        """Outcomes under other parameters."""
        return _there(self.evaluation.reweigh, "the posterior cannot be weighed again from this object")

    def of_trusts(self, some: slice) -> Subject:
        """The same evaluation with some of its trusts only, for tests that hold much for each."""
        if some == slice(0, self.outcomes.sizes["trust"]):
            return self
        held = {name: getattr(self.evaluation, name) for name in ("posterior", "outcomes", "costs", "budget")}
        fewer = {name: draws.isel(trust=some) for name, draws in held.items() if draws is not None}
        return replace(self, evaluation=replace(self.evaluation, **fewer))

    def table(self, name: str) -> pd.DataFrame:
        """A table that has rows."""
        found = self.evaluation.tables.get(name)
        if found is None or found.empty:
            raise NotApplicableError(f"there is no table {name!r}")
        return found

    @cached_property
    def as_drawn(self) -> Priced:
        """The economics again, with nothing changed."""
        return self.priced()

    @cached_property
    def weighed_again(self) -> xr.Dataset:
        """The outcomes again, with nothing changed."""
        return self.reweigh(self.parameters)

    def priced(
        self, *, outcomes: xr.Dataset | None = None, parameters: xr.Dataset | None = None, staff_times: float = 1.0
    ) -> Priced:
        """The economics through `econ111.economics`, with outcomes or parameters changed.

        `staff_times` multiplies the cost of a call from the people up, which no single parameter does.
        """
        chosen = self.outcomes if outcomes is None else outcomes
        given = self.parameters if parameters is None else parameters
        prices = self.prices if parameters is None else e.unit_costs_from(parameters, self.unit_costs)
        return Priced(
            costs=e.cost_consequence(chosen, prices),
            calls=chosen["calls"],
            cost_per_call=lambda: self._rates(chosen, given, staff_times),
        )

    def _rates(self, outcomes: xr.Dataset, parameters: xr.Dataset, staff_times: float) -> xr.DataArray:
        """GBP per call on the public bases, and on staffing where the main results rest on it."""
        public = self.rates if parameters is self.parameters else self._public(parameters)
        if self.economics.service_cost != STAFFING:
            return public
        own = (self.staffed(outcomes, parameters) * staff_times).expand_dims(basis=[STAFFING], axis=-1)
        plain = public.drop_vars(["cost_unit", "parameter"], errors="ignore")
        both = xr.broadcast(plain, own, exclude=["basis"])
        return xr.concat(both, dim="basis", coords="minimal", compat="override").assign_attrs(public.attrs)

    @property
    def staffed(self) -> Callable[[xr.Dataset, xr.Dataset], xr.DataArray]:
        """Cost of a call from the people up."""
        return _there(self.evaluation.staffed, "the line cannot be costed again from this object")

    def price_of_call(self, parameters: xr.Dataset | None = None) -> np.ndarray:
        """GBP per call on the base (sample, trust); from the drawn parameter alone where the base is a public one."""
        given, base = self.parameters if parameters is None else parameters, self.economics.service_cost
        if base == STAFFING:
            return self.staffed(self.outcomes, given).transpose("sample", "trust").to_numpy()
        price = given[self.economics.service_cost_bases[base]].to_numpy()
        return np.asarray(price[:, None] * np.ones((1, self.outcomes.sizes["trust"])))

    @cached_property
    def prices(self) -> xr.DataArray:
        """Unit costs as drawn (sample, consequence)."""
        return e.unit_costs_from(self.parameters, self.unit_costs)

    @cached_property
    def rates(self) -> xr.DataArray:
        """Costs per call as drawn (sample, basis)."""
        return self._public(self.parameters)

    def _public(self, parameters: xr.Dataset) -> xr.DataArray:
        return e.cost_per_call_from(parameters, self.economics.service_cost_bases)

    def budgeted(self, priced: Priced, *, parameters: xr.Dataset | None = None) -> xr.Dataset:
        """The budget impact through `econ111.economics` on the base estimand and basis."""
        given = self.parameters if parameters is None else parameters
        economics, plan = self.economics, self.plan
        return e.budget_impact(
            self.base(priced.costs),
            priced.service.sel(basis=economics.service_cost).reset_coords(drop=True),
            plan=e.BudgetPlan(
                first_year=plan.first_year,
                uptake=plan.uptake,
                payers={item.consequence: item.payer for item in economics.consequences},
                service_payer=economics.service_payer,
                cash_shares={item.consequence: item.cash_share for item in economics.consequences},
                payment_rules=self._payment_rules,
            ),
            call_growth=given[plan.call_growth],
            capacities=[
                e.Capacity(item.consequence, item.capacity_unit or "", item.capacity_unit or "", given[item.capacity])
                for item in economics.consequences
                if item.capacity
            ],
            set_up_cost=given[plan.set_up_cost] if plan.set_up_cost else None,
            settled=self._settled,
        )

    @property
    def _settled(self) -> xr.DataArray | None:
        months = self.plan.settled_months
        return None if months is None else e.settled_volume(self.monthly_calls, months=months)

    @property
    def _payment_rules(self) -> dict[str, tuple[PaymentRule, ...]]:
        known = load_payment_rules(self.parameters_folder)
        named = {item.consequence: item.payment_rule for item in self.economics.consequences if item.payment_rule}
        return {name: known[rule] for name, rule in named.items() if rule in known}

    @cached_property
    def numbers_avoided(self) -> dict[str, np.ndarray]:
        """Numbers avoided (sample) over all trusts on the base estimand, by consequence."""
        base = self.base(self.outcomes)
        fewer = (base["without_service"] - base["with_service"]).sum("trust").transpose("consequence", "sample")
        return dict(zip(map(str, base["consequence"].values), fewer.to_numpy(), strict=True))

    @property
    def unit_costs(self) -> dict[str, str]:
        """Parameter that values each valued consequence."""
        return {item.consequence: item.unit_cost for item in self.economics.consequences if item.unit_cost}

    def base[Draws: (xr.Dataset, xr.DataArray)](self, draws: Draws) -> Draws:
        """The estimand on which budget and decision rest."""
        return draws.sel(estimand=self.economics.estimand) if "estimand" in draws.dims else draws

    def plain_value(self, costs: xr.Dataset) -> xr.DataArray:
        """Value avoided (sample, estimand, trust), summed in numpy from numbers and drawn prices."""
        total = np.zeros(1)
        dims = ("sample", *(dim for dim in ("estimand", "trust") if dim in costs["with_service"].dims))
        for consequence, name in self.unit_costs.items():
            pair = [
                costs[side].sel(consequence=consequence, drop=True).transpose(*dims)
                for side in ("without_service", "with_service")
            ]
            price = self.parameters[name].to_numpy().reshape(-1, *[1] * (len(dims) - 1))
            total = total + (pair[0].to_numpy() - pair[1].to_numpy()) * price
        coords = {dim: costs.indexes[dim] for dim in dims[1:]}
        return xr.DataArray(total, dims=dims, coords=coords)

    @property
    def plain_factor(self) -> np.ndarray:
        """Factor (sample, trust, year) from the evaluated period to each budget year, in numpy from the specification.

        A year of settled months over the period where the budget starts from them, else twelve over its months.
        """
        plan = self.plan
        year = np.arange(1, len(plan.uptake) + 1)
        growth = self.parameters[plan.call_growth].to_numpy()[:, None, None]
        return np.asarray(self._year_zero[:, :, None] * (1 + growth) ** year * np.array(plan.uptake))

    @property
    def _year_zero(self) -> np.ndarray:
        """Volume of budget year 0 over that of the period (sample, trust)."""
        study, settled = self.spec.study, self.plan.settled_months
        start, end = study.period_start, study.period_end
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        trusts = self.outcomes["trust"].values
        if settled is None:
            return np.full((self.parameters.sizes["sample"], len(trusts)), 12 / months)
        by_month = self.monthly_calls.sel(trust=trusts).transpose("sample", "trust", "month").to_numpy()
        return np.asarray(12 * by_month[:, :, -settled:].mean(axis=2) / by_month.sum(axis=2))

    @property
    def monthly_calls(self) -> xr.DataArray:
        """Expected calls of the mental-health line in each evaluated month (sample, trust, month)."""
        return _there(self.evaluation.monthly_calls, "calls by month were not kept")

    @property
    def aside(self) -> frozenset[str]:
        """Parameters of the staffing of a line that is only a scenario: no base result rests on them."""
        staffing = self.economics.staffing
        if staffing is None or self.economics.service_cost == STAFFING:
            return frozenset()
        return frozenset([*staffing.names, *staffing.groups])

    @property
    def may_not_bind(self) -> frozenset[str]:
        """Of a line that is the base: a least number on duty below what calls ask for, patience that nobody reads."""
        staffing = self.economics.staffing
        if staffing is None:
            return frozenset()
        return frozenset([staffing.least_on_duty, *([staffing.patience] if staffing.queue == "erlang_c" else [])])

    def one_price_of_call(self) -> None:
        """Stop a test of costs in proportion to calls, where a line from the people up has economies of scale."""
        if self.economics.service_cost == STAFFING:
            raise NotApplicableError("a line costed from the people up does not cost in proportion to its calls")

    @property
    def behind_base(self) -> list[str]:
        """Drawn parameters on which base results may rest."""
        return [str(name) for name in self.parameters.data_vars if str(name) not in self.aside]


def changed(parameters: xr.Dataset, names: Any, times: float) -> xr.Dataset:
    """The parameters with the named ones multiplied."""
    return parameters.assign({name: (parameters[name] * times).assign_attrs(parameters[name].attrs) for name in names})


def _there[Thing](thing: Thing | None, otherwise: str) -> Thing:
    if thing is None:
        raise NotApplicableError(otherwise)
    return thing
