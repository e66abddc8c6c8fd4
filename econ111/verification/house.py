"""Tests of this house (H): what every result must name, who is in it, and how tables tie to each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from econ111.economics import TOTAL
from econ111.economics.cost_consequence_table import NOT_MEASURED
from econ111.verification.finding import Finding, NotApplicableError, all_hold, compare, listed, spread_gap, within
from econ111.verification.flow import WITH, WITHOUT
from econ111.verification.subject import Subject, changed
from econ111.verification.uncertainty import intervals_of

OF_ROUNDING = ("published", "published_figures")
OF_PERSPECTIVES, OF_EACH_YEAR = ("perspectives",), ("budget_nominal",)
ASKED = {
    "call_pathway": ("estimates", "monthly", "issues", "parameters", "checks"),
    "outcome_series": ("estimates", "issues", "parameters", "checks"),
    "published_shares": ("published_figures", "issues"),
}


def comparator_named(s: Subject) -> Finding:
    """H1: comparator and perspective are named, differ from the intervention, and are the same everywhere."""
    study = s.spec.study
    problems = [] if study.comparator.strip() and study.perspective.strip() else ["the specification names none"]
    problems += ["comparator and intervention are the same"] if study.comparator == study.intervention else []
    for name, draws in _datasets(s).items():
        for key in ("comparator", "perspective"):
            if name in ("outcomes", "costs", "budget") and draws.attrs.get(key) != getattr(study, key):
                problems.append(f"{name} names {key} {draws.attrs.get(key)!r}")
    for name, table in s.evaluation.tables.items():
        for key in ("comparator", "perspective"):
            if name in OF_PERSPECTIVES:
                continue
            if key in table and set(table[key].dropna().astype(str)) - {getattr(study, key)}:
                problems.append(f"table {name} names another {key}")
    return listed(problems, looked_at=f"{len(_datasets(s))} sets of draws and {len(s.evaluation.tables)} tables")


def one_price_year(s: Subject) -> Finding:
    """H2: drawn money, costs, budget and tables are all in the study's price year, but the table of nominal prices."""
    wanted, problems, looked = s.spec.study.price_year, [], 0
    drawn = s.evaluation.parameter_draws if s.evaluation.parameter_draws is not None else xr.Dataset()
    for name, draws in drawn.data_vars.items():
        if str(draws.attrs.get("unit", "")).startswith("GBP"):
            looked += 1
            year = draws.attrs.get("price_year")
            problems += [f"{name} is in {year!r} prices"] if year != wanted else []
    for name in ("costs", "budget"):
        found = _datasets(s).get(name)
        years = {found.attrs.get("price_year")} if found is not None else set()
        if found is not None:
            years |= {one.attrs["price_year"] for one in found.data_vars.values() if one.attrs.get("price_year")}
        looked += len(years)
        problems += [f"{name} is in {year!r} prices" for year in sorted(years - {wanted}, key=str)]
    for name, table in s.evaluation.tables.items():
        if "price_year" in table and "source" not in table and name not in OF_EACH_YEAR:
            looked += 1
            given = set(table["price_year"].dropna().astype(str)) - {"", wanted}
            problems += [f"table {name} is in {', '.join(sorted(given))} prices"] if given else []
    if not looked:
        raise NotApplicableError("nothing is in pounds")
    return listed(problems, looked_at=f"{looked} amounts and tables in {wanted} prices")


def synthetic_marked(s: Subject) -> Finding:
    """H3: draws say that the data are synthetic exactly when the specification does."""
    marks = {name: draws.attrs["synthetic"] for name, draws in _datasets(s).items() if "synthetic" in draws.attrs}
    if not marks:
        raise NotApplicableError("no draws were kept")
    wrong = [f"{name} says {mark}" for name, mark in marks.items() if bool(mark) != s.spec.study.synthetic]
    return listed(wrong, looked_at=f"{len(marks)} sets of draws")


def every_trust_once(s: Subject) -> Finding:
    """H4: every trust of the specification is in draws and tables, once."""
    wanted = sorted(trust.code for trust in s.spec.trusts)
    if not wanted:
        raise NotApplicableError("the specification lists no trust")
    problems = []
    for name in ("outcomes", "costs", "budget", "posterior"):
        found = _datasets(s).get(name)
        if found is not None and "trust" in found.dims:
            problems += _unlike(name, sorted(map(str, found["trust"].values)), wanted)
    for name in ("estimates", "cost_consequence", "budget_impact", "scenarios"):
        if name in s.evaluation.tables:
            there = set(s.evaluation.tables[name]["trust"].dropna().astype(str)) - {TOTAL}
            problems += _unlike(f"table {name}", sorted(there), wanted)
    for name in ("cost_consequence", "scenarios"):
        if name in s.evaluation.tables:
            table = s.evaluation.tables[name]
            keys = [key for key in ("estimand", "trust", "consequence", "basis") if key in table]
            twice = int(table.duplicated(keys).sum())
            problems += [f"table {name} has {twice} rows twice"] if twice else []
    return listed(problems, looked_at=f"{len(wanted)} trusts")


def year_one_ties(s: Subject) -> Finding:
    """H5: the budget's first year is the cost-consequence table's value, in months, growth and uptake of that year."""
    table = s.table("budget_impact")
    first = table[(table["measure"] == "economic_value") & (table["trust"] == TOTAL) & (table["payer"] == TOTAL)]
    printed = float(first.loc[first["year"].astype(int) == 1, "mean"].iloc[0])
    by_trust = s.base(s.plain_value(s.costs)).transpose("sample", "trust").to_numpy()
    value = by_trust.sum(axis=1)
    tied = float((by_trust * s.plain_factor[:, :, 0]).sum(axis=1).mean())
    whole = s.table("cost_consequence")
    base = whole[(whole["estimand"] == s.economics.estimand) & (whole["trust"] == TOTAL)]
    stated = float(base.loc[base["status"] == "total of costs", "cost_avoided"].iloc[0])
    size = max(abs(tied), float(np.abs(value).mean()), 1e-12)
    note = f"GBP {stated:,.0f} in the period, GBP {printed:,.0f} in the first year ({s.spec.study.price_year} prices)."
    return all_hold(
        within(abs(stated - float(value.mean())) / size, s.rounding),
        within(abs(printed - tied) / size, s.rounding, note=note),
    )


def proportional_to_calls(s: Subject) -> Finding:
    """H6: twice the calls cost twice as much, against the stored budget."""
    s.one_price_of_call()
    twice = s.priced(outcomes=s.base(s.outcomes).assign(calls=s.outcomes["calls"] * 2))
    found = compare(twice.service, 2 * s.as_drawn.service, rounding=s.rounding)
    if s.evaluation.budget is None or not s.spec.budget_impact:
        return found
    return all_hold(
        found, compare(s.budgeted(twice)["service_cost"], 2 * s.budget["service_cost"], rounding=s.rounding)
    )


def one_line_doubles(s: Subject) -> Finding:
    """H7: doubling a unit cost doubles its stored line and leaves the others."""
    found = []
    base = s.outcomes.sel(estimand=[s.economics.estimand])
    stored = s.costs["cost_avoided"].sel(estimand=[s.economics.estimand])
    for name in dict.fromkeys(s.unit_costs.values()):
        moved = s.priced(outcomes=base, parameters=changed(s.parameters, [name], 2.0)).costs["cost_avoided"]
        times = xr.DataArray(
            [2.0 if s.unit_costs.get(str(one)) == name else 1.0 for one in s.costs["consequence"].values],
            coords={"consequence": s.costs["consequence"].values},
            dims="consequence",
        )
        note = f"{len(s.unit_costs)} lines."
        found.append(compare(moved, stored * times, rounding=s.rounding, note=note))
    return all_hold(*found)


def levels_stated(s: Subject) -> Finding:
    """H8: a table with an interval states its level in every row; bounds of rounding have none."""
    wrong, looked = [], 0
    for name, table in s.evaluation.tables.items():
        shown = intervals_of(table)
        if not shown or name in OF_ROUNDING:
            continue
        looked += 1
        there = table[[low for low, _, _ in shown]].notna().any(axis=1)
        if "level" not in table or table.loc[there, "level"].isna().any():
            wrong.append(f"table {name}")
    if not looked:
        raise NotApplicableError("no table has an interval")
    return listed(wrong, looked_at=f"{looked} tables")


def cash_is_a_share(s: Subject) -> Finding:
    """H9: cash is each consequence's stated share of its value, by payer, draw and year."""
    stored = s.budget["cash"].transpose("sample", "trust", "payer", "year")
    plain = np.zeros(stored.shape)
    for place, payer in enumerate(map(str, stored["payer"].values)):
        for item in s.economics.consequences:
            if item.payer != payer or not item.unit_cost or not item.cash_share:
                continue
            number = s.base(s.outcomes).sel(consequence=item.consequence)
            value = (number[WITHOUT] - number[WITH]).transpose("sample", "trust").to_numpy()
            price = s.parameters[item.unit_cost].to_numpy()[:, None] * item.cash_share
            plain[:, :, place] += (value * price)[:, :, None] * s.plain_factor
    shares = {item.cash_share for item in s.economics.consequences}
    note = "Every stated share is zero." if shares == {0.0} else f"Shares from {min(shares):g} to {max(shares):g}."
    return within(spread_gap(stored.to_numpy(), plain), s.rounding, note=note)


def capacity_released(s: Subject) -> Finding:
    """H10: capacity is what was avoided times what one unit occupies, times the year's factor."""
    kinds: dict[str, np.ndarray] = {}
    for item in s.economics.consequences:
        if item.capacity:
            number = s.base(s.outcomes).sel(consequence=item.consequence)
            value = (number[WITHOUT] - number[WITH]).transpose("sample", "trust").to_numpy()
            held = value * s.parameters[item.capacity].to_numpy()[:, None]
            kinds[item.capacity_unit or ""] = kinds.get(item.capacity_unit or "", 0) + held
    if not kinds:
        raise NotApplicableError("no consequence occupies anything that is counted")
    stored = s.budget["capacity_released"].sel(capacity=list(kinds)).transpose("sample", "trust", "capacity", "year")
    plain = np.stack(list(kinds.values()), axis=2)[:, :, :, None] * s.plain_factor[:, :, None, :]
    return within(spread_gap(stored.to_numpy(), plain), s.rounding, note=f"{len(kinds)} kinds.")


def one_sample_index(s: Subject) -> Finding:
    """H11: all sets of draws have the same number of draws."""
    sizes = {name: draws.sizes["sample"] for name, draws in _datasets(s).items() if "sample" in draws.dims}
    if not sizes:
        raise NotApplicableError("no draws were kept")
    said = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    return Finding(len(set(sizes.values())) == 1, said, "the same number")


def unmeasured_listed(s: Subject) -> Finding:
    """H12: what the specification calls unmeasured is a row of every trust."""
    table = s.table("cost_consequence")
    rows = table[table["status"] == NOT_MEASURED]
    wanted = set(s.economics.unmeasured)
    groups = {trust: set(group["consequence"]) for trust, group in rows.groupby("trust")}
    wrong = [f"{trust}: {name}" for trust in table["trust"].unique() for name in wanted - groups.get(trust, set())]
    return listed(wrong, looked_at=f"{len(wanted)} consequences that nobody measured")


def complete(s: Subject) -> Finding:
    """H13: draws and tables that the design and the specification ask for are there."""
    wanted = list(ASKED[s.spec.design])
    draws: list[str] = []
    if s.spec.economics:
        wanted, draws = [*wanted, "cost_consequence", "scenarios", "one_way"], ["outcomes", "costs", "parameters"]
    if s.spec.budget_impact and s.spec.economics:
        wanted, draws = [*wanted, "budget_impact"], [*draws, "budget"]
    missing = [f"no table {name}" for name in wanted if name not in s.evaluation.tables]
    missing += [f"no draws of {name}" for name in draws if name not in _datasets(s)]
    return listed(missing, looked_at=f"{len(wanted)} tables and {len(draws)} sets of draws")


def months_add_up(s: Subject) -> Finding:
    """H14: printed changes by month add up to the printed change of the period."""
    months, table = s.table("monthly"), s.table("estimates")
    keys = ["estimand", "trust", "item"]
    added = months.groupby(keys, sort=True)["avoided"].sum()
    whole = table[table["kind"] == "referral"].set_index(keys)["avoided"].reindex(added.index)
    if whole.isna().any():
        raise NotApplicableError("the table by month has rows that the table of the period has not")
    return within(spread_gap(added.to_numpy(float), whole.to_numpy(float)), s.rounding, note=f"{len(added)} sums.")


def _datasets(s: Subject) -> dict[str, xr.Dataset]:
    evaluation = s.evaluation
    found = {
        "posterior": evaluation.posterior,
        "outcomes": evaluation.outcomes,
        "costs": evaluation.costs,
        "budget": evaluation.budget,
        "parameters": evaluation.parameter_draws,
    }
    return {name: draws for name, draws in found.items() if draws is not None}


def _unlike(name: str, found: list[str], wanted: list[str]) -> list[str]:
    if found == wanted:
        return []
    missing, twice = sorted(set(wanted) - set(found)), sorted({one for one in found if found.count(one) > 1})
    extra = sorted(set(found) - set(wanted))
    words = {"lacks": missing, "has twice": twice, "has besides": extra}
    return [f"{name} {word} {', '.join(some)}" for word, some in words.items() if some]


TESTS: dict[str, Any] = {
    "H1": comparator_named,
    "H2": one_price_year,
    "H3": synthetic_marked,
    "H4": every_trust_once,
    "H5": year_one_ties,
    "H6": proportional_to_calls,
    "H7": one_line_doubles,
    "H8": levels_stated,
    "H9": cash_is_a_share,
    "H10": capacity_released,
    "H11": one_sample_index,
    "H12": unmeasured_listed,
    "H13": complete,
    "H14": months_add_up,
}
