"""The budget impact against good practice, point by point: met, and where to see it, or not met, and said so.

The points are those of the ISPOR task force of 2012 (Sullivan et al., Value in Health 2014;17:5-14) in our own words.
The status of each is worked out from the evaluation: a table that is not there does not count as met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from econ111.specs.schema import BudgetImpact, Economics, Spec

MET, PARTLY, ABSENT, NOT_APPLICABLE = "met", "partly met", "absent", "not applicable"
Tables = Mapping[str, pd.DataFrame]
Found = tuple[str, str]


@dataclass(frozen=True)
class _Given:
    """What the points are judged by."""

    spec: Spec
    economics: Economics
    budget: BudgetImpact
    tables: Tables

    def has(self, name: str) -> bool:
        return name in self.tables and not self.tables[name].empty


def checklist_table(spec: Spec, tables: Tables) -> pd.DataFrame:
    """Each point of good practice with its status and the ground for it.

    Parameters
    ----------
    spec : Spec
        With economics and budget impact.
    tables : mapping
        Tables of the run so far.

    Returns
    -------
    DataFrame
        number, point, status (met, partly met, absent, not applicable), how. No rows without a budget impact.
    """
    if spec.economics is None or spec.budget_impact is None:
        return pd.DataFrame(columns=["number", "point", "status", "how"])
    given = _Given(spec, spec.economics, spec.budget_impact, tables)
    rows = [(number, point, *judge(given)) for number, (point, judge) in enumerate(_POINTS, start=1)]
    return pd.DataFrame(rows, columns=["number", "point", "status", "how"])


def _holder(given: _Given) -> Found:
    payers = sorted({given.economics.service_payer, *(item.payer for item in given.economics.consequences)})
    return MET, f"{len(payers)} payers, each with its own rows: {', '.join(payers)}."


def _population(given: _Given) -> Found:
    if not given.has("budget_per_head"):
        return ABSENT, "No population is named (budget_impact.population), so nothing is shown per head."
    people = given.tables["budget_per_head"].people.max()
    return PARTLY, (
        f"Demand is counted in calls, not people. Per head of {given.budget.population_label}: {people:,.0f} people. "
        "How many people stand behind the calls is a scenario."
    )


def _forecast(given: _Given) -> Found:
    if not given.has("call_forecast"):
        return ABSENT, "No monthly calls were supplied; the evaluated period is made a year."
    months = given.budget.settled_months
    start = f"the last {months} evaluated months" if months else "the whole evaluated period, made a year"
    return (
        MET,
        f"From the posterior: {start}, growing by the parameter {given.budget.call_growth}; table call_forecast.",
    )


def _current_mix(given: _Given) -> Found:
    return MET, f"What is used without the service, by consequence: {given.spec.study.comparator}."


def _uptake(given: _Given) -> Found:
    shares = given.budget.uptake
    if len(set(shares)) == 1:
        return PARTLY, f"Stated by year and constant at {shares[0]:g}: the service is already running everywhere."
    return MET, f"Stated by year: {', '.join(f'{share:g}' for share in shares)}."


def _access(_: _Given) -> Found:
    return NOT_APPLICABLE, "The line is open to everybody; there is no restriction of access to model."


def _service_cost(given: _Given) -> Found:
    others = len(given.economics.service_cost_bases) - 1 + (given.economics.staffing is not None)
    return MET, f"On basis {given.economics.service_cost}; {others} other bases in the table of scenarios."


def _set_up(given: _Given) -> Found:
    if given.budget.set_up_cost:
        return MET, f"In year 1, from the parameter {given.budget.set_up_cost}."
    return ABSENT, "No set-up cost is in the figures: none was found for any provider. Year 1 is too low by it."


def _offsets(given: _Given) -> Found:
    valued = [item.label for item in given.economics.consequences if item.unit_cost]
    return MET, f"{len(valued)} consequences valued at unit costs; those not valued or not measured are listed."


def _indirect(given: _Given) -> Found:
    named = ", ".join(given.economics.wider_unmeasured) or "none named"
    return MET, f"Costs outside the perspective are kept out of the budget; not measured: {named}."


def _horizon(given: _Given) -> Found:
    years = len(given.budget.uptake)
    return MET, f"{years} years from {given.budget.first_year}, each shown by itself."


def _discounting(_: _Given) -> Found:
    return MET, "Undiscounted."


def _prices(given: _Given) -> Found:
    edition = given.economics.price_edition or "the newest edition"
    index = f"moved by {given.economics.price_index}, {edition}"
    if not given.has("budget_nominal"):
        return PARTLY, f"Real, in {given.spec.study.price_year} prices, {index}. Not shown in the money of each year."
    return MET, f"Real, in {given.spec.study.price_year} prices, {index}; in the money of each year in budget_nominal."


def _double_counting(_: _Given) -> Found:
    return MET, "Economic value, capacity released and cash are three columns that no function adds."


def _payment(given: _Given) -> Found:
    rules = given.tables.get("payment_rules", pd.DataFrame())
    claimed = sum(item.cash_share > 0 for item in given.economics.consequences)
    if rules.empty or not (rules["rule"] != "").any():
        return PARTLY, f"Cash is claimed for {claimed} consequences; no payment rule is named."
    open_years = sorted(set(rules.financial_year[rules.variable_share.isna()]))
    unknown = f" No share is known for {', '.join(open_years)}; nothing is claimed there." if open_years else ""
    return MET, f"Dated rules per consequence (table payment_rules); cash claimed for {claimed} of them.{unknown}"


def _capacity(given: _Given) -> Found:
    units = sorted(
        {item.capacity_unit for item in given.economics.consequences if item.capacity and item.capacity_unit}
    )
    return (MET, f"In {', '.join(units)}.") if units else (ABSENT, "No capacity is named for any consequence.")


def _regions(given: _Given) -> Found:
    if not given.has("budget_area"):
        return ABSENT, "Trusts name no integrated care board, so there is no table by area."
    areas = list(dict.fromkeys(given.tables["budget_area"].area))
    return MET, f"Per trust, by area ({', '.join(str(name) for name in areas if name != 'Total')}) and in total."


def _sources(_: _Given) -> Found:
    return MET, "Every input is a row with its source, locator, licence and spread (section on parameters)."


def _framework(_: _Given) -> Found:
    return MET, "A cost calculator on draws: volumes times shares times unit costs, as simple as the question allows."


def _uncertainty(given: _Given) -> Found:
    return MET, "Intervals from joint draws, one parameter at a time, and scenarios of every structural choice."


def _fixed_cost(given: _Given) -> Found:
    stepped = " The basis from the people up shows how it falls with volume." if given.economics.staffing else ""
    return PARTLY, f"Cost follows calls in proportion; a part that does not change with calls is not apart.{stepped}"


def _validation(_: _Given) -> Found:
    return ABSENT, "Not yet compared with what a budget holder spent, nor judged by one. To be done before use."


def _synthetic(given: _Given) -> Found:
    if given.spec.study.synthetic:
        return ABSENT, "The calls are SYNTHETIC: the figures show the method and are nobody's budget."
    return MET, "Local calls of the providers."


def _access_to_model(_: _Given) -> Found:
    return MET, "Code, parameters and record of the run are open; every figure can be made again."


_POINTS: tuple[tuple[str, Callable[[_Given], Found]], ...] = (
    ("The perspective is that of the budget holders", _holder),
    ("The eligible population and its size", _population),
    ("Volumes are forecast from local data", _forecast),
    ("Inputs are local to the budget holder", _synthetic),
    ("Use and cost without the service", _current_mix),
    ("Uptake year by year, with its reason", _uptake),
    ("Restrictions of access", _access),
    ("Cost of running the service", _service_cost),
    ("Cost of setting it up", _set_up),
    ("Cost that does not change with volume", _fixed_cost),
    ("Off-setting use of other services", _offsets),
    ("Costs that fall on nobody's health budget are kept out", _indirect),
    ("A horizon of the budget cycle, year by year", _horizon),
    ("No discounting", _discounting),
    ("Price year, and no inflation hidden", _prices),
    ("Nothing is counted twice", _double_counting),
    ("What is freed but is not cash is shown as capacity", _capacity),
    ("Cash follows the payment rules in force", _payment),
    ("Regions and parts of the budget", _regions),
    ("Sources of every input", _sources),
    ("The simplest framework that is credible", _framework),
    ("Uncertainty: ranges and scenarios", _uncertainty),
    ("Validation with the budget holder and against spending", _validation),
    ("Access to the model", _access_to_model),
)
