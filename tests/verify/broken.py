"""Evaluations broken on purpose, each in one way that has happened to somebody, and the test that must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.economics import TOTAL
from econ111.results import Evaluation

type Breaks = Callable[[Evaluation], Evaluation]


def with_table(run: Evaluation, name: str, table: pd.DataFrame) -> Evaluation:
    """The evaluation with one table replaced."""
    return replace(run, tables={**run.tables, name: table})


def _study(run: Evaluation, **changed: Any) -> Evaluation:
    return replace(run, spec=run.spec.model_copy(update={"study": run.spec.study.model_copy(update=changed)}))


def _times(draws: xr.Dataset, name: str, factor: Any) -> xr.Dataset:
    moved = (draws[name] * factor).transpose(*draws[name].dims)
    return draws.assign({name: moved.assign_attrs(draws[name].attrs)})


def wrong_sign(run: Evaluation) -> Evaluation:
    """Avoided is with the service minus without it."""
    costs = _times(_times(run.costs, "avoided", -1.0), "cost_avoided", -1.0)
    return replace(run, costs=costs)


def double_discounting(run: Evaluation) -> Evaluation:
    """The budget, called undiscounted, has been discounted."""
    factors = e.discount_factors(0.035, run.budget.sizes["year"])
    return replace(run, budget=_times(_times(run.budget, "service_cost", factors), "economic_value", factors))


def dropped_trust(run: Evaluation) -> Evaluation:
    """Costs were joined on labels, and one trust fell out."""
    return replace(run, costs=run.costs.isel(trust=slice(1, None)))


def trust_twice(run: Evaluation) -> Evaluation:
    """A trust under its old and its new name is in the total twice."""
    doubled = xr.concat([run.outcomes, run.outcomes.isel(trust=[0])], dim="trust").transpose(*run.outcomes.dims)
    return replace(run, outcomes=doubled.assign_attrs(run.outcomes.attrs))


def dead_parameter(run: Evaluation) -> Evaluation:
    """The share of absorbed calls is drawn and shown, and the consequences never use it."""
    name = run.spec.assumptions.absorbed_share
    kept = run.parameter_draws[name]
    again = run.reweigh
    return replace(run, reweigh=lambda given: again(given.assign({name: kept})))


def unread_parameter(run: Evaluation) -> Evaluation:
    """A parameter is drawn for a cost that was taken out of the model."""
    spare = run.parameter_draws["ed_attendance_all"].copy()
    return replace(run, parameter_draws=run.parameter_draws.assign(police_hour=spare))


def unit_cost_twice(run: Evaluation) -> Evaluation:
    """Numbers were valued, and then valued again."""
    return replace(run, costs=_times(run.costs, "cost_avoided", run.costs["unit_cost"]))


def interval_of_means(run: Evaluation) -> Evaluation:
    """The interval is of the mean over draws, 1.96 standard errors either side, and not of the draws."""
    table = run.tables["cost_consequence"].copy()
    for name in ("avoided", "cost_avoided"):
        half = (table[f"{name}_high"] - table[f"{name}_low"]) / 2 / np.sqrt(run.costs.sizes["sample"])
        table[f"{name}_low"], table[f"{name}_high"] = table[name] - half, table[name] + half
    return with_table(run, "cost_consequence", table)


def added_interval_ends(run: Evaluation) -> Evaluation:
    """The interval of the total is the sum of the ends of the trusts' intervals."""
    table = run.tables["estimates"].copy()
    keys = ["estimand", "kind", "item"]
    parts = table[table["trust"] != TOTAL].groupby(keys)[["avoided_low", "avoided_high"]].sum()
    total = table["trust"] == TOTAL
    table.loc[total, ["avoided_low", "avoided_high"]] = parts.loc[
        pd.MultiIndex.from_frame(table.loc[total, keys])
    ].to_numpy()
    return with_table(run, "estimates", table)


def mixed_price_years(run: Evaluation) -> Evaluation:
    """One unit cost was left in the prices of another year."""
    price = run.parameter_draws["amb_see_convey"].assign_attrs(price_year="2021/22")
    return replace(run, parameter_draws=run.parameter_draws.assign(amb_see_convey=price))


def probability_above_one(run: Evaluation) -> Evaluation:
    """A share given in per cent went in as a proportion."""
    return replace(run, parameter_draws=_times(run.parameter_draws, "absorbed_share", 100.0))


def comparator_missing(run: Evaluation) -> Evaluation:
    """Draws lost what they are compared with."""
    return replace(run, costs=run.costs.assign_attrs(comparator=""))


def permuted_draws(run: Evaluation) -> Evaluation:
    """Two draws of one option changed places: means and intervals are the same, the pairing is not."""
    order = [1, 0, *range(2, run.outcomes.sizes["sample"])]
    return replace(run, outcomes=run.outcomes.assign(with_service=run.outcomes["with_service"].isel(sample=order)))


def other_months(run: Evaluation) -> Evaluation:
    """Calls of a month before the period are costed too."""
    return replace(run, outcomes=_times(run.outcomes, "calls", 12 / 11))


def wider_than_stated(run: Evaluation) -> Evaluation:
    """The standard deviation between patients was drawn in place of the standard error of the mean."""
    draws = run.parameter_draws["ed_attendance_all"]
    wide = (draws.mean() + 3 * (draws - draws.mean())).assign_attrs(draws.attrs)
    return replace(run, parameter_draws=run.parameter_draws.assign(ed_attendance_all=wide))


def cash_without_a_rule(run: Evaluation) -> Evaluation:
    """All value is called cash."""
    return replace(run, budget=run.budget.assign(cash=run.budget["economic_value"]))


def year_not_scaled(run: Evaluation) -> Evaluation:
    """Eleven months are budgeted as if they were twelve."""
    budget = run.budget
    for name in ("economic_value", "service_cost", "capacity_released"):
        budget = _times(budget, name, 11 / 12)
    return replace(run, budget=budget)


def stale_table(run: Evaluation) -> Evaluation:
    """The budget table is of an earlier run."""
    table = run.tables["budget_impact"].copy()
    table[["mean", "low", "high"]] *= 1.01
    return with_table(run, "budget_impact", table)


def unmeasured_dropped(run: Evaluation) -> Evaluation:
    """What nobody measured has vanished from the table."""
    table = run.tables["cost_consequence"]
    return with_table(run, "cost_consequence", table[table["status"] != "not measured"])


def verdict_turned(run: Evaluation) -> Evaluation:
    """A verdict says fewer where the numbers say more."""
    table = run.tables["estimates"].copy()
    table.loc[table["avoided"].idxmin(), "verdict"] = "fewer"
    return with_table(run, "estimates", table)


def other_level(run: Evaluation) -> Evaluation:
    """One table has 90% intervals among those of 95%."""
    return with_table(run, "scenarios", run.tables["scenarios"].assign(level=0.9))


def correlated_streams(run: Evaluation) -> Evaluation:
    """Two parameters share one stream of random numbers."""
    draws = run.parameter_draws
    one, two = draws["ed_attendance_all"], draws["amb_see_convey"]
    same = (one * float(two.mean() / one.mean())).assign_attrs(two.attrs)
    return replace(run, parameter_draws=draws.assign(amb_see_convey=same))


def renamed_comparator(run: Evaluation) -> Evaluation:
    """The options were named the wrong way round in the specification."""
    study = run.spec.study
    return _study(run, comparator=study.intervention, intervention=study.comparator)


MUST_FAIL: dict[str, tuple[Breaks, tuple[str, ...]]] = {
    "wrong sign": (wrong_sign, ("E13", "E15", "R2", "R21")),
    "double discounting": (double_discounting, ("R14", "R11")),
    "dropped trust": (dropped_trust, ("H4", "R11")),
    "trust counted twice": (trust_twice, ("H4", "R7")),
    "dead parameter": (dead_parameter, ("U29",)),
    "parameter that nothing reads": (unread_parameter, ("U29", "U1")),
    "unit cost applied twice": (unit_cost_twice, ("R5", "R2", "H7")),
    "interval of means": (interval_of_means, ("R7",)),
    "ends of intervals added": (added_interval_ends, ("E24", "R7")),
    "mixed price years": (mixed_price_years, ("H2",)),
    "probability above one": (probability_above_one, ("E3", "U21")),
    "comparator missing": (comparator_missing, ("H1",)),
    "options named the wrong way round": (renamed_comparator, ("H1",)),
    "draws permuted": (permuted_draws, ("E23",)),
    "months outside the period": (other_months, ("E19", "R14")),
    "standard deviation for standard error": (wider_than_stated, ("U6", "U21", "U13")),
    "cash without a rule": (cash_without_a_rule, ("H9",)),
    "year not scaled": (year_not_scaled, ("E21", "R14", "H10")),
    "stale table": (stale_table, ("R7", "H5")),
    "unmeasured consequences dropped": (unmeasured_dropped, ("H12",)),
    "verdict turned": (verdict_turned, ("R9",)),
    "another level": (other_level, ("U5",)),
    "one stream for two parameters": (correlated_streams, ("U19", "U13")),
}
