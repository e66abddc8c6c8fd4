"""Tests of the flow from calls to consequences (P3 to P7, E): probabilities, balances, equal options, common draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics import TOTAL
from econ111.verification.finding import Finding, NotApplicableError, all_hold, compare, listed, none_of, within
from econ111.verification.subject import Subject, changed

ATTENDED = "attended."
LIKELIER = 0.1
WITHOUT, WITH = "without_service", "with_service"
CALLS = ("expected_without", "expected_with", "expected_mental")


def likelier_attendance(s: Subject) -> Finding:
    """P3: when every consequence of advice is made likelier, calls to either line have no fewer consequences."""
    names = [name for name in map(str, s.parameters.data_vars) if name.startswith(ATTENDED)]
    if not names:
        raise NotApplicableError("no probability of a consequence after advice is drawn")
    raised = {name: s.parameters[name] + LIKELIER * (1 - s.parameters[name]) for name in names}
    again = s.reweigh(s.parameters.assign(raised))
    wrong = total = rose = 0
    for side in (WITHOUT, WITH):
        before, after = (one[side].sel(estimand="same_calls") for one in (s.outcomes, again))
        fell = (after - before).to_numpy() < -s.rounding * np.abs(before.to_numpy()).max()
        wrong, total, rose = wrong + int(fell.sum()), total + fell.size, rose + int((after > before).sum())
    found = none_of(wrong, of=total, what="numbers became rarer", note=f"{rose / total:.0%} rose.")
    return found if rose else Finding(False, "nothing rose", "a rise", found.note)


def one_posterior(s: Subject) -> Finding:
    """P6: what left the physical line, by the posterior, are the calls avoided on it, draw by draw."""
    if s.spec.structural.base_overlap != "none":
        raise NotApplicableError("the base takes some calls as counted on both lines, so the two differ by intent")
    months = _evaluated(s)
    fell = (months["expected_without"] - months["expected_with"]).sum("month").transpose("sample", "trust")
    line = s.outcomes.sel(consequence="physical_line_call", estimand="displaced", drop=True)
    return compare((line[WITHOUT] - line[WITH]).transpose("sample", "trust"), fell, rounding=s.rounding)


def relative_effects(s: Subject) -> Finding:
    """P7: calls with over calls without the service are not negative, and printed means are means of draws."""
    months = _evaluated(s)
    ratio = (months["expected_with"] / months["expected_without"]).to_numpy()
    signs = none_of(int((~(ratio >= 0)).sum()), of=ratio.size, what="ratios negative or unknown")
    table = _of_consequences(s)
    fewer = (s.outcomes[WITHOUT] - s.outcomes[WITH]).rename("avoided")
    means = fewer.mean("sample").to_series()
    stated = table[table["trust"] != TOTAL].set_index(["estimand", "trust", "item"])["avoided"]
    wanted = means.reset_index().set_index(["estimand", "trust", "consequence"])[means.name].sort_index()
    stated = stated.sort_index()
    if list(stated.index) != list(wanted.index):
        return Finding(False, f"{len(stated)} printed means for {len(wanted)} draws", "one each")
    apart = float(np.abs(stated.to_numpy() - wanted.to_numpy()).max() / np.abs(wanted.to_numpy()).max())
    return all_hold(signs, within(apart, s.rounding, note=f"Ratios from {ratio.min():.2f} to {ratio.max():.2f}."))


def shares_add_up(s: Subject) -> Finding:
    """E1: shares of dispositions add up to one in every draw; answered and abandoned calls were offered."""
    if "share" not in s.posterior:
        raise NotApplicableError("the posterior holds no shares of dispositions")
    total = s.posterior["share"].sum("disposition").to_numpy()
    shares = within(float(np.abs(total - 1).max()), s.rounding)
    calls = s.evaluation.calls
    names = ("calls_offered_high", "calls_answered_low", "calls_abandoned_low")
    if calls is None or not set(names[:2]) <= set(map(str, calls.data_vars)):
        return shares
    offered, answered = (calls[name].to_numpy() for name in names[:2])
    abandoned = np.nan_to_num(calls[names[2]].to_numpy()) if names[2] in calls else 0.0
    over = answered + abandoned > offered
    return all_hold(shares, none_of(int(over.sum()), of=over.size, what="months of a line above the calls offered"))


def nothing_negative(s: Subject) -> Finding:
    """E2: expected calls, shares and, unless declared a difference, consequences are not negative."""
    arrays = [s.posterior[name] for name in (*CALLS, "share") if name in s.posterior]
    declared = str(s.outcomes.attrs.get("may_be_negative", "")).split()
    arrays += [s.outcomes[name] for name in ("calls", WITHOUT, WITH) if name not in declared]
    wrong = [int((~(array.to_numpy() >= 0)).sum()) for array in arrays]
    note = ""
    if declared:
        below = [float((s.outcomes[name] < 0).mean()) for name in declared if name in s.outcomes]
        note = f"Declared differences are below zero in {max(below):.1%} of their values at most."
    return none_of(sum(wrong), of=sum(array.size for array in arrays), what="values negative or unknown", note=note)


def probabilities_inside(s: Subject) -> Finding:
    """E3: drawn proportions and printed probabilities lie between zero and one."""
    problems, looked = [], 0
    for name, draws in (s.evaluation.parameter_draws or xr.Dataset()).data_vars.items():
        if draws.attrs.get("unit") == "proportion" or str(name).startswith(ATTENDED):
            looked += 1
            problems += _outside(str(name), draws.to_numpy())
    for title, table in s.evaluation.tables.items():
        for column in (str(column) for column in table.columns if str(column).startswith(("probability", "prior_sh"))):
            looked += 1
            problems += _outside(f"{title}.{column}", pd.to_numeric(table[column], errors="coerce").to_numpy(float))
    if not looked:
        raise NotApplicableError("there is no probability")
    return listed(problems, looked_at=f"{looked} parameters and columns")


def cumulative_calls(s: Subject) -> Finding:
    """E4: calls added up over months never fall."""
    falls = [s.posterior[name].cumsum("month").diff("month").to_numpy() < 0 for name in CALLS if name in s.posterior]
    if not falls:
        raise NotApplicableError("the posterior holds no expected calls")
    return none_of(sum(int(one.sum()) for one in falls), of=sum(one.size for one in falls), what="steps fell")


def zero_costs(s: Subject) -> Finding:
    """E10: with every unit cost at zero nothing costs anything, and the stored costs are linear in them."""
    names = {*s.unit_costs.values(), *s.economics.service_cost_bases.values()}
    free = s.priced(parameters=changed(s.parameters, names, 0.0), staff_times=0.0)
    return _all_zero(free.net, free.costs["cost_with"], free.costs["cost_without"], free.service)


def no_calls(s: Subject) -> Finding:
    """E12: when no call is answered there is no consequence and no cost."""
    s.one_price_of_call()
    empty = s.outcomes.assign({name: s.outcomes[name] * 0 for name in (WITHOUT, WITH, "calls")})
    priced = s.priced(outcomes=empty.assign_attrs(s.outcomes.attrs))
    return _all_zero(priced.net, priced.service, priced.costs["avoided"])


def equal_effects(s: Subject) -> Finding:
    """E13: with the same numbers in both options nothing is avoided, and the value is exactly zero."""
    same = s.priced(outcomes=s.outcomes.assign({WITH: s.outcomes[WITHOUT]}))
    zero = _all_zero(same.value, same.costs["avoided"])
    stored = compare(s.costs["avoided"], s.costs[WITHOUT] - s.costs[WITH], rounding=s.rounding)
    return all_hold(stored, zero)


def equal_everything(s: Subject) -> Finding:
    """E14: as E13 and free of charge: no increment, in any budget year."""
    free = changed(s.parameters, s.economics.service_cost_bases.values(), 0.0)
    same = s.priced(outcomes=s.outcomes.assign({WITH: s.outcomes[WITHOUT]}), parameters=free, staff_times=0.0)
    amounts = [same.net]
    if s.spec.budget_impact:
        budget = s.budgeted(same, parameters=free)
        amounts += [budget[name] for name in ("economic_value", "cash", "service_cost", "capacity_released")]
    return _all_zero(*amounts)


def swapped(s: Subject) -> Finding:
    """E15: with the options swapped, avoided numbers and costs are the stored ones with the sign turned."""
    turned = s.priced(outcomes=s.outcomes.assign({WITH: s.outcomes[WITHOUT], WITHOUT: s.outcomes[WITH]}))
    pairs = [(turned.costs[name], -s.costs[name]) for name in ("avoided", "cost_avoided")]
    if s.evaluation.budget is not None:
        pairs.append((s.budgeted(turned)["economic_value"], -s.budget["economic_value"]))
    return all_hold(*(compare(one, other, rounding=s.rounding) for one, other in pairs))


def no_more_than_happens(s: Subject) -> Finding:
    """E16: no more is avoided than would have happened without the service, where that is a number of events."""
    fewer, without = s.outcomes[WITHOUT] - s.outcomes[WITH], s.outcomes[WITHOUT]
    counted = (without >= 0) & (s.outcomes[WITH] >= 0)
    over = ((fewer > without * (1 + s.rounding)) & counted).to_numpy()
    note = f"{float(counted.mean()):.1%} of values are numbers of events; the rest are differences of calls."
    return none_of(int(over.sum()), of=int(counted.sum()), what="values avoid more than happens", note=note)


def month_balance(s: Subject) -> Finding:
    """E19: calls answered in the evaluated months are the calls that are costed, trust by trust and draw by draw."""
    calls = _evaluated(s)["expected_mental"].sum("month").transpose("sample", "trust")
    return compare(s.outcomes["calls"].transpose("sample", "trust"), calls, rounding=s.rounding)


def calendar(s: Subject) -> Finding:
    """E21: the period has as many months as the calendar between its ends, and the budget is scaled to twelve."""
    start, end = s.spec.study.period_start, s.spec.study.period_end
    months = len(pd.period_range(start, end, freq="M"))
    stated = float(s.outcomes.attrs.get("period_months", np.nan))
    if s.spec.budget_impact and s.evaluation.budget is not None:
        year_one = s.budget["service_cost"].sum("payer").isel(year=0).transpose("sample", "trust").to_numpy()
        whole = s.as_drawn.service.sel(basis=s.economics.service_cost).transpose("sample", "trust").to_numpy()
        rate = year_one.sum() / (whole * s.plain_factor[:, :, 0]).sum()
        note = f"The budget's first year is {rate:.6g} times the period's cost scaled to twelve months."
        return Finding(months == stated and abs(rate - 1) <= s.rounding, f"{stated:g} months", f"{months}", note)
    return Finding(months == stated, f"{stated:g} months", f"{months}")


def terminal_probabilities(s: Subject) -> Finding:
    """E22: every group of shares adds up to one in every draw."""
    groups = [draws for draws in s.parameters.data_vars.values() if len(draws.dims) > 1]
    if not groups:
        raise NotApplicableError("no group of shares is drawn")
    worst = max(float(np.abs(group.sum([dim for dim in group.dims if dim != "sample"]) - 1).max()) for group in groups)
    return within(worst, s.rounding, note=f"{len(groups)} groups.")


def common_draws(s: Subject) -> Finding:
    """E23: weighed again from the same draws, both options are the stored ones; so are their costs."""
    again = s.weighed_again
    pairs = [(s.outcomes[name], again[name]) for name in (WITHOUT, WITH, "calls")]
    pairs += [(s.costs[name], s.outcomes[name]) for name in (WITHOUT, WITH)] if s.evaluation.costs is not None else []
    return all_hold(*(compare(one, other, rounding=s.rounding) for one, other in pairs))


def joint_totals(s: Subject) -> Finding:
    """E24: printed intervals of totals are those of sums taken draw by draw."""
    table = _of_consequences(s)
    fewer = (s.outcomes[WITHOUT] - s.outcomes[WITH]).sum("trust").transpose("sample", "estimand", "consequence")
    worst = 0.0
    for row in table[table["trust"] == TOTAL].to_dict("records"):
        draws = fewer.sel(estimand=row["estimand"], consequence=row["item"]).to_numpy()
        tail = (1 - float(row["level"])) / 2
        ends = np.quantile(draws, [tail, 1 - tail])
        size = max(float(np.abs(draws).max()), 1e-12)
        worst = max(worst, float(np.abs(ends - [row["avoided_low"], row["avoided_high"]]).max()) / size)
    by_trust = table[table["trust"] != TOTAL]
    wide = (by_trust["avoided_high"] - by_trust["avoided_low"]).sum()
    joint = table.loc[table["trust"] == TOTAL, "avoided_high"] - table.loc[table["trust"] == TOTAL, "avoided_low"]
    note = f"Ends of the trusts' intervals added up would be {wide / joint.sum():.2f} times as wide."
    return within(worst, s.rounding, note=note if joint.sum() else "")


def dearer_while_used(s: Subject) -> Finding:
    """E25: a higher cost per call raises the cost in each year with uptake, and in no other."""
    dearer = changed(s.parameters, s.economics.service_cost_bases.values(), 1.5)
    priced = s.priced(outcomes=s.base(s.outcomes), parameters=dearer, staff_times=1.5)
    again = s.budgeted(priced, parameters=dearer)["service_cost"].sum("payer")
    rose = (again > s.budget["service_cost"].sum("payer")).transpose("sample", "trust", "year").to_numpy()
    used = np.array(s.plan.uptake) > 0
    wrong = int((rose != used).sum())
    return none_of(wrong, of=rose.size, what="draws by year")


def _evaluated(s: Subject) -> xr.Dataset:
    """Expected calls of the evaluated months."""
    names = [name for name in CALLS if name in s.posterior]
    if len(names) < len(CALLS):
        raise NotApplicableError("the posterior holds no expected calls of both lines")
    start, end = s.spec.study.period_start, s.spec.study.period_end
    wanted = [str(month) for month in pd.period_range(start, end, freq="M")]
    labels = [str(month)[:7] for month in s.posterior["month"].values]
    return s.posterior[names].isel(month=[label in wanted for label in labels])


def _of_consequences(s: Subject) -> pd.DataFrame:
    table = s.table("estimates")
    names = list(map(str, s.outcomes["consequence"].values))
    return table[table["item"].isin(names) & table["estimand"].isin([str(n) for n in s.outcomes["estimand"].values])]


def _outside(name: str, values: np.ndarray) -> list[str]:
    known = values[~np.isnan(values)]
    wrong = int(((known < 0) | (known > 1)).sum())
    return [f"{name}: {wrong} values from {known.min():.4g} to {known.max():.4g}"] if wrong else []


def _all_zero(*arrays: xr.DataArray) -> Finding:
    worst = max((float(np.abs(np.nan_to_num(array.to_numpy())).max()) for array in arrays if array.size), default=0.0)
    return Finding(worst == 0.0, f"largest {worst:.3g}", "exactly 0")


TESTS: dict[str, Any] = {
    "P3": likelier_attendance,
    "P6": one_posterior,
    "P7": relative_effects,
    "E1": shares_add_up,
    "E2": nothing_negative,
    "E3": probabilities_inside,
    "E4": cumulative_calls,
    "E10": zero_costs,
    "E12": no_calls,
    "E13": equal_effects,
    "E14": equal_everything,
    "E15": swapped,
    "E16": no_more_than_happens,
    "E19": month_balance,
    "E21": calendar,
    "E22": terminal_probabilities,
    "E23": common_draws,
    "E24": joint_totals,
    "E25": dearer_while_used,
}
