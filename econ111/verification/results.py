"""Tests of what comes out (R): increments, discounting, horizons, parts and totals, tables against draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.economics import TOTAL
from econ111.economics.cost_consequence_table import ALL_VALUED, VALUED
from econ111.verification.finding import (
    Finding,
    NotApplicableError,
    all_hold,
    compare,
    listed,
    none_of,
    spread_gap,
    within,
)
from econ111.verification.flow import ATTENDED, WITH, WITHOUT
from econ111.verification.subject import Subject, changed
from econ111.verification.tables import again, largest_table_gap

THIRD = 3
EXTREME_RATE = 1e6
WORDS = ("fewer", "more", "no evidence of a difference", "not identifiable", "")


def effect_within_evidence(s: Subject) -> Finding:
    """R1: per call, no more ED attendances are avoided than the likeliest attendance after any advice."""
    names = [n for n in map(str, s.parameters.data_vars) if n.startswith(ATTENDED) and n.endswith(".ed_attendance")]
    if not names:
        raise NotApplicableError("no probability of attending after advice is drawn")
    highest = np.max([s.parameters[name].to_numpy() for name in names], axis=0)
    chosen = s.outcomes.sel(estimand="same_calls", consequence="ed_attendance", drop=True)
    per_call = (chosen[WITHOUT] - chosen[WITH]) / s.outcomes["calls"]
    found = np.abs(per_call.transpose("sample", "trust").to_numpy())
    wrong = int((found > highest[:, None] * (1 + s.rounding)).sum())
    note = f"At most {found.max():.3f} a call; likeliest attendance up to {highest.max():.3f}."
    return none_of(wrong, of=found.size, what="values above the evidence", note=note)


def cost_agrees_with_prices(s: Subject) -> Finding:
    """R2: stored costs are numbers times drawn prices, summed plainly."""
    stored = s.costs["cost_avoided"].isel(consequence=s.costs["valued"].to_numpy()).sum("consequence", skipna=False)
    plain = s.plain_value(s.outcomes)
    return compare(stored.transpose(*plain.dims), plain, rounding=s.rounding)


def undiscounted_is_more(s: Subject) -> Finding:
    """R4: the cost of the service is worth no less undiscounted."""
    stream = _stream(s)
    less = (stream * _factors(s, stream)).sum("year") > stream.sum("year") * (1 + s.rounding)
    return none_of(int(less.sum()), of=less.size, what="streams worth more when discounted")


def cost_per_consequence(s: Subject) -> Finding:
    """R5: cost avoided over consequences avoided is the drawn unit cost, so within its lowest and highest draw."""
    fewer, cost = s.costs["avoided"], s.costs["cost_avoided"]
    wrong = total = 0
    for consequence, name in s.unit_costs.items():
        price = s.parameters[name].to_numpy()
        number = fewer.sel(consequence=consequence).to_numpy()
        some = np.abs(number) > s.rounding
        ratio = cost.sel(consequence=consequence).to_numpy()[some] / number[some]
        slack = s.rounding * price.max()
        wrong += int(((ratio < price.min() - slack) | (ratio > price.max() + slack)).sum())
        total += ratio.size
    return none_of(wrong, of=total, what="costs per consequence outside the unit costs drawn")


def trusts_in_order(s: Subject) -> Finding:
    """R6: in every draw the trusts stand in the same order by cost of the service in the budget as by its calls."""
    s.one_price_of_call()
    spent = s.budget["service_cost"].sum("payer").isel(year=0).transpose("sample", "trust").to_numpy()
    calls = s.outcomes["calls"].transpose("sample", "trust").to_numpy() * s.plain_factor[:, :, 0]
    if spent.shape != calls.shape:
        return Finding(False, f"{spent.shape[1]} trusts in the budget, {calls.shape[1]} with calls", "the same")
    if not spent.any():
        raise NotApplicableError("the service costs nothing in the first year")
    wrong = int((np.argsort(spent, axis=1) != np.argsort(calls, axis=1)).any(axis=1).sum())
    return none_of(wrong, of=len(spent), what="draws in another order")


def tables_from_draws(s: Subject) -> Finding:
    """R7: every mean, interval and probability of the tables is made again from the draws."""
    found = {name: largest_table_gap(s, name) for name in again(s)}
    if not found:
        raise NotApplicableError("no table rests on draws that were kept")
    worst = max(found, key=lambda name: found[name])
    note = f"Tables made again: {', '.join(found)}."
    return within(found[worst], s.rounding, note=f"Worst: {worst}. {note}" if found[worst] > s.rounding else note)


def shorter_horizon(s: Subject) -> Finding:
    """R8: the cost of the service added up year by year never falls."""
    rising = _stream(s).cumsum("year").diff("year").to_numpy()
    return none_of(int((rising < 0).sum()), of=rising.size, what="years lower the total")


def verdict_words(s: Subject) -> Finding:
    """R9: a verdict of fewer or more has the sign and the probability it says; no ratio of cost to effect is shown."""
    table, problems = s.table("estimates"), []
    rule = s.rules["verdict_probability"].value
    for row in table.to_dict("records"):
        chance, word = row["probability_fewer"], str(row["verdict"])
        name = f"{row['estimand']} {row['item']} {row['trust']}"
        if word not in WORDS:
            problems.append(f"{name}: {word!r} is no verdict")
        if word == "fewer" and not (row["avoided"] > 0 and chance >= rule):
            problems.append(f"{name}: fewer, with {row['avoided']:,.0f} avoided and probability {chance:.3f}")
        if word == "more" and not (row["avoided"] < 0 and 1 - chance >= rule):
            problems.append(f"{name}: more, with {row['avoided']:,.0f} avoided and probability {1 - chance:.3f}")
    ratios = [f"{name}.{c}" for name, one in s.evaluation.tables.items() for c in one.columns if "icer" in str(c)]
    return listed(problems + ratios, looked_at=f"{len(table)} verdicts")


def _factor(s: Subject) -> xr.DataArray:
    """The plain factor with its labels (sample, trust, year)."""
    coords = {"trust": s.outcomes["trust"].values, "year": s.budget["year"].values}
    return xr.DataArray(s.plain_factor, coords=coords, dims=("sample", "trust", "year"))


def parts_and_totals(s: Subject) -> Finding:
    """R11: parts add up to totals over consequences and payers in every draw, and over trusts in the tables' means."""
    findings = []
    if s.evaluation.costs is not None:
        value = s.costs["cost_avoided"].isel(consequence=s.costs["valued"].to_numpy()).sum("consequence")
        findings.append(compare(value, s.as_drawn.value, rounding=s.rounding))
    if s.evaluation.costs is not None and s.evaluation.budget is not None:
        payers = s.budget["economic_value"].sum("payer")
        whole = s.base(value) * _factor(s)
        findings.append(compare(payers, whole, rounding=s.rounding))
    findings += _added_in_tables(s)
    if not findings:
        raise NotApplicableError("nothing is a total")
    return all_hold(*findings)


def third_year(s: Subject) -> Finding:
    """R13: an amount two years after the first is divided by one plus the rate, squared."""
    stream = _stream(s)
    if stream.sizes["year"] < THIRD:
        raise NotApplicableError("the budget has fewer than three years")
    rate = _rate(s)
    year = stream.isel(year=THIRD - 1)
    factor = e.discount_factors(rate, THIRD).isel(year=THIRD - 1)
    return compare(year * float(factor), year / (1 + rate) ** 2, rounding=s.rounding, note=f"Rate {rate:.1%} a year.")


def undiscounted_budget(s: Subject) -> Finding:
    """R14: at rate zero nothing changes, and the stored budget is an undiscounted stream summed plainly."""
    stored = s.budget["service_cost"].sum("payer").transpose("sample", "trust", "year")
    zero = e.discount_factors(0.0, stored.sizes["year"])
    calls = s.outcomes["calls"].transpose("sample", "trust").to_numpy()
    plain = calls[:, :, None] * s.price_of_call()[:, :, None] * s.plain_factor
    named = str(s.budget.attrs.get("discounting", ""))
    if named != "undiscounted":
        return Finding(False, f"budget marked {named!r}", "undiscounted")
    return all_hold(
        within(spread_gap(stored.to_numpy(), plain), s.rounding),
        within(spread_gap(stored.to_numpy(), (stored * zero.to_numpy()).to_numpy()), s.rounding),
    )


def no_cost_and_no_event(s: Subject) -> Finding:
    """R16: for each consequence, a unit cost of zero and no change in number come to the same value."""
    found = []
    base = s.outcomes.sel(estimand=[s.economics.estimand])
    avoided = s.costs["cost_avoided"].sel(estimand=[s.economics.estimand])
    for consequence, name in s.unit_costs.items():
        shared = [one for one, other in s.unit_costs.items() if other == name]
        free = s.priced(outcomes=base, parameters=changed(s.parameters, [name], 0.0))
        there = base["consequence"].isin(shared)
        still = s.priced(outcomes=base.assign({WITH: base[WITH].where(~there, base[WITHOUT])}))
        left = avoided.sel(consequence=[one for one in s.unit_costs if one not in shared]).sum("consequence")
        found += [compare(free.value, still.value, rounding=s.rounding)]
        found += [compare(free.value, left, rounding=s.rounding, note=f"{len(s.unit_costs)} consequences.")]
        if not all(one.holds for one in found):
            return Finding(False, f"{consequence}: {found[-1].found}", found[-1].allowed, found[-1].note)
    return all_hold(*found)


def cost_per_call(s: Subject) -> Finding:
    """R17: cost of the service over calls is the cost per call, on every basis, in the printed scenarios too."""
    bases = s.economics.service_cost_bases
    found = []
    table = s.table("scenarios")
    total = table[(table["trust"] == TOTAL) & (table["estimand"] == s.economics.estimand)].set_index("basis")
    for basis, name in bases.items():
        draws = s.as_drawn.service.sel(basis=basis, drop=True) / s.outcomes["calls"]
        price = s.parameters[name].to_numpy()[:, None] * np.ones((1, s.outcomes.sizes["trust"]))
        found.append(within(spread_gap(draws.transpose("sample", "trust").to_numpy(), price), s.rounding))
        spent = float((s.outcomes["calls"].sum("trust").to_numpy() * s.parameters[name].to_numpy()).mean())
        printed = float(total["service_cost"].to_dict()[basis])
        found.append(within(abs(printed - spent) / spent if spent else abs(printed), s.rounding))
    return all_hold(*found)


def higher_rate(s: Subject) -> Finding:
    """R18: at twice the rate the cost of the service is worth less."""
    stream, rate = _stream(s), _rate(s)
    one, two = ((stream * _at(rate * times, stream)).sum("year") for times in (1, 2))
    more = ((two > one) & (one > 0)).to_numpy()
    return none_of(int(more.sum()), of=more.size, what="streams worth more at twice the rate")


def extreme_rate(s: Subject) -> Finding:
    """R19: at an extreme rate only the first year is left."""
    stream = _stream(s)
    left = (stream * _at(EXTREME_RATE, stream)).sum("year")
    first = stream.isel(year=0, drop=True)
    found = gap_of_sums(left, first)
    return Finding(
        found <= 1 / EXTREME_RATE * 10, f"{found:.1e} from the first year", f"at most {10 / EXTREME_RATE:.0e}"
    )


def wholly_avoided(s: Subject) -> Finding:
    """R20: with a consequence wholly avoided its value rises to its whole cost without the service."""
    gone = s.priced(outcomes=s.outcomes.assign({WITH: s.outcomes[WITH] * 0}))
    valued = s.costs["cost_without"].isel(consequence=s.costs["valued"].to_numpy())
    return compare(gone.value, valued.sum("consequence"), rounding=s.rounding)


def twice_the_effect(s: Subject) -> Finding:
    """R21: twice the effect, twice the value."""
    return _scaled(s, 2.0)


def half_the_effect(s: Subject) -> Finding:
    """R22: half the effect, half the value."""
    return _scaled(s, 0.5)


def gap_of_sums(one: xr.DataArray, other: xr.DataArray) -> float:
    """Relative difference of two arrays of amounts."""
    return spread_gap(one.to_numpy(), other.transpose(*one.dims).to_numpy())


def _scaled(s: Subject, times: float) -> Finding:
    fewer = s.outcomes[WITHOUT] - s.outcomes[WITH]
    moved = s.outcomes[WITHOUT] - times * fewer
    declared = {**s.outcomes.attrs, "may_be_negative": f"{WITH} {WITHOUT}"}
    scaled = s.priced(outcomes=s.outcomes.assign({WITH: moved}).assign_attrs(declared))
    stored = s.costs["cost_avoided"].isel(consequence=s.costs["valued"].to_numpy()).sum("consequence")
    return compare(scaled.value, times * stored, rounding=s.rounding)


def _stream(s: Subject) -> xr.DataArray:
    return s.budget["service_cost"].sum("payer").transpose("sample", "trust", "year")


def _rate(s: Subject) -> float:
    return s.rules["discount_rate_costs"].value


def _factors(s: Subject, stream: xr.DataArray) -> xr.DataArray:
    return _at(_rate(s), stream)


def _at(rate: float, stream: xr.DataArray) -> xr.DataArray:
    return e.discount_factors(rate, stream.sizes["year"]).assign_coords(year=stream["year"].to_numpy())


def _added_in_tables(s: Subject) -> list[Finding]:
    """Means of the rows of trusts (and payers) against the row of their total."""
    found = []
    wanted: dict[str, tuple[list[str], list[str], str]] = {
        "estimates": (["estimand", "kind", "item"], ["avoided"], "trust"),
        "cost_consequence": (["estimand", "consequence"], ["avoided", "cost_avoided"], "trust"),
        "scenarios": (["estimand", "basis"], ["value_avoided", "service_cost", "net_value"], "trust"),
        "budget_impact": (["measure", "payer", "capacity", "year"], ["mean"], "trust"),
    }
    for name, (labels, columns, dim) in wanted.items():
        if name in s.evaluation.tables:
            keys = [key for key in labels if key in s.evaluation.tables[name]]
            found.append(_adds(s, s.evaluation.tables[name], keys, columns, dim, name))
    if "cost_consequence" in s.evaluation.tables:
        table = s.evaluation.tables["cost_consequence"]
        lines = table[table["status"] == VALUED].groupby(["estimand", "trust"], sort=True)["cost_avoided"].sum()
        total = table[table["consequence"] == ALL_VALUED].set_index(["estimand", "trust"])["cost_avoided"].sort_index()
        found.append(within(spread_gap(lines.to_numpy(float), total.to_numpy(float)), s.rounding))
    return found


def _adds(s: Subject, table: pd.DataFrame, keys: list[str], columns: list[str], dim: str, name: str) -> Finding:
    parts, totals = table[table[dim] != TOTAL], table[table[dim] == TOTAL]
    if totals.empty:
        return Finding(True, "no total", "parts add up")
    added = parts.groupby(keys, sort=True, dropna=False)[columns].sum(min_count=1)
    stated = totals.groupby(keys, sort=True, dropna=False)[columns].sum(min_count=1)
    if list(added.index) != list(stated.index):
        return Finding(False, f"{name}: totals of {len(stated)} rows for {len(added)}", "one each")
    worst = spread_gap(added.to_numpy(float), stated.to_numpy(float))
    return within(worst, s.rounding, note="" if worst <= s.rounding else f"In {name}.")


TESTS: dict[str, Any] = {
    "R1": effect_within_evidence,
    "R2": cost_agrees_with_prices,
    "R4": undiscounted_is_more,
    "R5": cost_per_consequence,
    "R6": trusts_in_order,
    "R7": tables_from_draws,
    "R8": shorter_horizon,
    "R9": verdict_words,
    "R11": parts_and_totals,
    "R13": third_year,
    "R14": undiscounted_budget,
    "R16": no_cost_and_no_event,
    "R17": cost_per_call,
    "R18": higher_rate,
    "R19": extreme_rate,
    "R20": wholly_avoided,
    "R21": twice_the_effect,
    "R22": half_the_effect,
}
