"""Tests of how uncertainty is carried (U): one-way analysis, intervals, acceptability, no dead parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.economics import TOTAL
from econ111.economics.one_way import FIXED, JOINT, NO_EFFECT
from econ111.intervals import INTERVAL_LEVEL
from econ111.passes import passes
from econ111.verification.finding import Finding, NotApplicableError, listed, within
from econ111.verification.flow import ATTENDED, WITH, WITHOUT
from econ111.verification.subject import Priced, Subject

STEP = 0.1
DEEP = 2
# Numbers and costs, each with the service, without it and avoided.
COST_TABLES = 6


def all_in_one_way(s: Subject) -> Finding:
    """U1: every drawn parameter is a row of the one-way analysis, and no other."""
    listed_names = set(s.table("one_way")["parameter"])
    names = set(s.behind_base)
    problems = [f"{name} is drawn but not in the one-way analysis" for name in sorted(names - listed_names)]
    problems += [f"{name} is in the one-way analysis but not drawn" for name in sorted(listed_names - names)]
    return listed(problems, looked_at=f"{len(names)} parameters")


def joint_apart(s: Subject) -> Finding:
    """U2: groups of shares are listed as joint and not varied."""
    table = s.table("one_way").set_index("parameter")["status"].map(str)
    groups = [name for name in s.behind_base if set(s.parameters[name].dims) != {"sample"}]
    if not groups:
        raise NotApplicableError("nothing is drawn jointly as a group")
    wrong = [f"{name} is {table[name]}" for name in groups if table[name] != JOINT]
    found = listed(wrong, looked_at=f"{len(groups)} groups")
    evidence = sum(str(name).startswith(ATTENDED) for name in s.parameters.data_vars)
    note = (
        f"{evidence} probabilities of attendance, drawn jointly within a study, are varied one at a time, as each "
        "stays possible by itself."
    )
    return Finding(found.holds, found.found, found.allowed, note if evidence else "")


def own_bounds(s: Subject) -> Finding:
    """U3: bounds of the one-way analysis are the quantiles of the parameter's own draws at the stated level."""
    worst, name = 0.0, ""
    for row in _varied(s):
        draws = s.parameters[row["parameter"]].to_numpy()
        tail = (1 - row["level"]) / 2
        ends = np.quantile(draws, [tail, 1 - tail])
        apart = float(np.abs(ends - [row["low_value"], row["high_value"]]).max() / np.abs(draws).max())
        if apart > worst:
            worst, name = apart, row["parameter"]
    return within(worst, s.rounding, note=f"Worst: {name}." if worst > s.rounding else "")


def results_at_bounds(s: Subject) -> Finding:
    """U4: parameters set to their bounds again give the printed expected net value.

    All that price or scale what was counted, summed plainly; and the assumptions with the largest swings, weighed
    again.
    """
    priced = _priced_names(s)
    rows = sorted(_varied(s), key=lambda row: -row["swing"])
    behind = [row for row in rows if row["parameter"] not in priced][: DEEP if s.evaluation.reweigh else 0]
    gaps = {"as drawn": (_plain_net(s, {}), float(s.table("one_way")["central"].iloc[0]))}
    for row in [*(row for row in rows if row["parameter"] in priced), *behind]:
        name = row["parameter"]
        for end in ("low", "high"):
            again = _net_at if row in behind else _plain_net
            gaps[f"{name} at its {end}"] = (again(s, {name: row[f"{end}_value"]}), row[f"at_{end}"])
    size = max(abs(value) for pair in gaps.values() for value in pair) or 1.0
    worst = max(gaps, key=lambda name: abs(gaps[name][0] - gaps[name][1]))
    apart = abs(gaps[worst][0] - gaps[worst][1]) / size
    note = f"{len(gaps) - 1} bounds set again." + (f" Worst: {worst}." if apart > s.rounding else "")
    return within(apart, s.rounding, note=note)


def intervals_in_order(s: Subject) -> Finding:
    """U5: every low is at most its mean, every mean at most its high, and the level is the stated one."""
    problems, looked = [], 0
    for title, table in s.evaluation.tables.items():
        for low, middle, high in intervals_of(table):
            ends = table[[low, high]].apply(pd.to_numeric, errors="coerce").to_numpy(float)
            centre = pd.to_numeric(table[middle], errors="coerce").to_numpy(float) if middle else ends.mean(axis=1)
            slack = s.rounding * np.abs(ends).max(initial=0.0, where=~np.isnan(ends))
            wrong = (ends[:, 0] > centre + slack) | (centre > ends[:, 1] + slack)
            looked += len(table)
            problems += [f"{title}: {int(wrong.sum())} rows of {middle or low} out of order"] if wrong.any() else []
        if "level" in table:
            levels = pd.to_numeric(table["level"], errors="coerce").dropna()
            other = levels[(levels - INTERVAL_LEVEL).abs() > s.rounding]
            problems += [f"{title}: {len(other)} rows at level {other.iloc[0]:g}"] if len(other) else []
    if not looked:
        raise NotApplicableError("no table has an interval")
    return listed(problems, looked_at=f"{looked:,} intervals")


def mean_near_deterministic(s: Subject) -> Finding:
    """U12: expected net value against that at the mean parameters, on the same posterior draws."""
    means = xr.Dataset({name: _at_mean(draws) for name, draws in s.parameters.data_vars.items()})
    outcomes = s.reweigh(means) if s.evaluation.reweigh else s.outcomes
    drawn, fixed = _net(s, s.parameters, None), _net(s, means, outcomes)
    error = float((drawn - fixed).std()) / np.sqrt(drawn.sizes["sample"])
    apart = abs(float(drawn.mean()) - float(fixed.mean()))
    in_errors = apart / error if error else 0.0
    note = f"GBP {float(drawn.mean()):,.0f} over draws; GBP {float(fixed.mean()):,.0f} at the mean parameters "
    note += f"({s.spec.study.price_year} prices)."
    return Finding(in_errors <= s.errors, f"{in_errors:.1f} Monte Carlo errors", f"at most {s.errors:g}", note)


def acceptability(s: Subject) -> Finding:
    """U14: the printed probability that value exceeds cost is the share of draws in which it does."""
    return within(_acceptability_gap(s, lambda net: (net > 0).mean(axis=0), complement=False), s.rounding)


def acceptability_adds_up(s: Subject) -> Finding:
    """U16: that probability and the share of draws in which the comparator is at least as good add up to one."""
    return within(_acceptability_gap(s, lambda net: (net <= 0).mean(axis=0), complement=True), s.rounding)


def shape_of_cloud(s: Subject) -> Finding:
    """U15: net value is finite and varies, and the fit met its rules."""
    net = s.as_drawn.net.to_numpy()
    failure = str((s.evaluation.diagnostics or {}).get("failure", "") or "")
    problems = ["net value is not finite"] if not np.isfinite(net).all() else []
    problems += ["net value is the same in every draw"] if not (net.std(axis=0) > 0).all() else []
    problems += [f"the fit: {failure}"] if failure else []
    return listed(problems, looked_at=f"{net.shape[0]:,} draws")


def balanced_scenarios(s: Subject) -> Finding:
    """U17: beside the base there is a scenario with a higher net value and one with a lower."""
    table = s.table("scenarios")
    total = table[table["trust"] == TOTAL]
    base = float(total.loc[total["base"], "net_value"].iloc[0])
    above, below = int((total["net_value"] > base).sum()), int((total["net_value"] < base).sum())
    return Finding(above > 0 and below > 0, f"{above} above the base, {below} below", "at least one of each")


def one_base(s: Subject) -> Finding:
    """U18: each trust has one base scenario, and every figure is finite."""
    table = s.table("scenarios")
    counts = table.groupby("trust")["base"].sum()
    problems = [f"{trust} has {int(n)} base scenarios" for trust, n in counts.items() if n != 1]
    figures = table[["value_avoided", "service_cost", "net_value"]].to_numpy(float)
    problems += ["a figure is not finite"] if not np.isfinite(figures).all() else []
    return listed(problems, looked_at=f"{len(table)} scenarios")


def structure_is_no_parameter(s: Subject) -> Finding:
    """U22: fixed values and scenarios have no interval in the one-way analysis."""
    table = s.table("one_way").set_index("parameter")
    names = [n for n in table.index if n in s.stated and not s.stated[n].drawn]
    wrong = [f"{name} is {table.loc[name, 'status']}" for name in names if table.loc[name, "status"] != FIXED]
    return listed(wrong, looked_at=f"{len(names)} fixed values and scenarios")


def perfect_information(s: Subject) -> Finding:
    """U23: the smaller expected loss is the value of always choosing right less that of choosing once."""
    net = s.base(s.as_drawn.net).sum("trust").assign_attrs(s.as_drawn.net.attrs)
    losses = e.expected_loss(net).min("option")
    plain = net.clip(min=0).mean("sample") - net.mean("sample").clip(min=0)
    size = max(float(np.abs(net).mean()), 1e-12)
    worst = float(np.abs(losses - plain).max()) / size
    base = float(plain.sel(basis=s.economics.service_cost))
    return within(worst, s.rounding, note=f"GBP {base:,.0f} on the base, {s.spec.study.price_year} prices, period.")


def no_dead_parameter(s: Subject) -> Finding:
    """U29: each parameter, moved in a block of draws of its own, changes a result there; the other draws stay."""
    names = [name for name in s.behind_base if name not in s.may_not_bind]
    if s.evaluation.reweigh is None:
        names = [name for name in names if name in _priced_names(s)]
    blocks = np.arange(s.parameters.sizes["sample"]) % (len(names) + 1)
    given = xr.Dataset({name: _moved(draws, _own(blocks, names, str(name))) for name, draws in s.parameters.items()})
    outcomes = s.reweigh(given) if s.evaluation.reweigh else s.outcomes
    changed = np.zeros(len(blocks), dtype=bool)
    each = COST_TABLES * outcomes[WITH].size // outcomes.sizes["trust"]
    for some in passes(outcomes.sizes["trust"], each=each):
        changed |= _changed(s.of_trusts(some), outcomes.isel(trust=some), given)
    dead = [name for place, name in enumerate(names, start=1) if not changed[blocks == place].any()]
    dead += (
        [f"{int(changed[blocks == 0].sum())} draws in which nothing was moved"] if changed[blocks == 0].any() else []
    )
    status = s.table("one_way").set_index("parameter")["status"] if "one_way" in s.evaluation.tables else pd.Series()
    quiet = [name for name in names if status.get(name) == NO_EFFECT]
    note = f"{len(quiet)} of them move capacity or later years only, not net value." if quiet else ""
    found = listed([f"{name} moves nothing" for name in dead], looked_at=f"{len(names)} parameters moved")
    return Finding(found.holds, found.found, "every parameter moves a result", note)


def _own(blocks: np.ndarray, names: list[str], name: str) -> np.ndarray:
    return np.asarray(blocks == (names.index(name) + 1 if name in names else -1))


def _moved(draws: xr.DataArray, here: np.ndarray) -> xr.DataArray:
    """The draws with those `here` moved: shares of a whole change places, proportions shrink, all else grows."""
    given = draws.transpose("sample", ...).to_numpy()
    if given.ndim > 1:
        other = np.roll(given, 1, axis=1)
    elif draws.attrs.get("unit") == "proportion":
        other = given * (1 - STEP)
    else:
        other = np.where(given == 0, STEP, given * (1 + STEP))
    mask = here.reshape(-1, *[1] * (given.ndim - 1))
    return draws.transpose("sample", ...).copy(data=np.where(mask, other, given))


def _changed(s: Subject, outcomes: xr.Dataset, given: xr.Dataset) -> np.ndarray:
    """Draws in which any result is another under these parameters (sample)."""
    moved = _results(s, s.priced(outcomes=outcomes, parameters=given), given)
    still = _results(s, s.as_drawn, s.parameters)
    pairs = zip(moved, still, strict=True)
    return np.any([(one != other).any(axis=1) for one, other in pairs], axis=0)


def _results(s: Subject, priced: Priced, parameters: xr.Dataset) -> Iterator[np.ndarray]:
    """Everything that a parameter may reach, part by part, one row per draw."""
    parts = [priced.costs[name] for name in (WITH, WITHOUT, "cost_with", "cost_without")] + [priced.service]
    if s.spec.budget_impact:
        budget = s.budgeted(priced, parameters=parameters)
        parts += [budget[name] for name in ("economic_value", "service_cost", "capacity_released", "set_up_cost")
                  if name in budget]  # fmt: skip
        if s.plan.price_growth:
            nominal = e.in_nominal_prices(budget, price_growth=parameters[s.plan.price_growth])
            parts.append(nominal["service_cost"])
    for part in parts:
        flat = np.nan_to_num(part.transpose("sample", ...).to_numpy())
        yield flat.reshape(len(flat), -1)


def _net(s: Subject, parameters: xr.Dataset, outcomes: xr.Dataset | None) -> xr.DataArray:
    """Net value over all trusts on the base estimand and basis."""
    chosen = s.outcomes if outcomes is None else outcomes
    priced = s.priced(outcomes=chosen.sel(estimand=[s.economics.estimand]), parameters=parameters)
    net: xr.DataArray = priced.net.sel(basis=s.economics.service_cost).sum("trust").squeeze("estimand")
    return net


def _net_at(s: Subject, fixed: dict[str, float]) -> float:
    """Expected net value with parameters fixed, the consequences weighed again."""
    held = {
        name: (s.parameters[name] * 0 + value).assign_attrs(s.parameters[name].attrs) for name, value in fixed.items()
    }
    given = s.parameters.assign(held)
    return float(_net(s, given, s.reweigh(given)).mean())


def _plain_net(s: Subject, fixed: dict[str, float]) -> float:
    """Expected net value with prices fixed, over all trusts, in numpy."""
    numbers, calls = s.numbers_avoided, s.outcomes["calls"].transpose("sample", "trust").to_numpy()
    held = s.parameters.assign({name: s.parameters[name] * 0 + value for name, value in fixed.items()})

    def price(name: str) -> Any:
        return fixed[name] if name in fixed else s.parameters[name].to_numpy()

    value = sum(numbers[consequence] * price(name) for consequence, name in s.unit_costs.items())
    return float(np.mean(value - (calls * s.price_of_call(held)).sum(axis=1)))


def _varied(s: Subject) -> list[dict[str, Any]]:
    table = s.table("one_way")
    return [{str(key): value for key, value in row.items()} for row in
            table[table["low_value"].notna()].to_dict("records")]  # fmt: skip


def _priced_names(s: Subject) -> set[str]:
    """Parameters that price or scale what was counted, and leave the counts as they are."""
    economics, plan = s.economics, s.spec.budget_impact
    names = {*economics.service_cost_bases.values(), *s.unit_costs.values()}
    names |= {item.capacity for item in economics.consequences if item.capacity}
    names |= {*economics.staffing.names, *economics.staffing.groups} if economics.staffing else set()
    return names | ({plan.call_growth, plan.set_up_cost or plan.call_growth} if plan else set())


def _at_mean(draws: xr.DataArray) -> xr.DataArray:
    return (draws * 0 + draws.mean("sample")).transpose(*draws.dims).assign_attrs(draws.attrs)


def _acceptability_gap(s: Subject, share: Any, *, complement: bool) -> float:
    table = s.table("scenarios").set_index(["estimand", "trust", "basis"])["probability_value_exceeds_cost"]
    net = s.as_drawn.net.transpose("sample", "estimand", "trust", "basis")
    whole = xr.concat([net, net.sum("trust").expand_dims(trust=[TOTAL])], dim="trust")
    found = share(whole.transpose("sample", "estimand", "trust", "basis").to_numpy())
    worst = 0.0
    for (i, estimand), (j, trust), (k, basis) in (
        (a, b, c)
        for a in enumerate(whole["estimand"].values)
        for b in enumerate(whole["trust"].values)
        for c in enumerate(whole["basis"].values)
    ):
        printed = float(table.loc[(str(estimand), str(trust), str(basis))])
        worst = max(worst, abs((1 - printed if complement else printed) - float(found[i, j, k])))
    return worst


def intervals_of(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Columns that are the low end, the middle and the high end of one interval; an empty name has no middle."""
    names = list(map(str, table.columns))
    found = [(f"{name}_low", name, f"{name}_high") for name in names if f"{name}_low" in names]
    # Ends of a distribution, or of a search for the value at which the answer turns, are no interval.
    if {"low", "high"} <= set(names) and not {"distribution", "break_even"} & set(names):
        found.append(("low", "mean" if "mean" in names else "", "high"))
    return [one for one in found if one[2] in names]


TESTS: dict[str, Any] = {
    "U1": all_in_one_way,
    "U2": joint_apart,
    "U3": own_bounds,
    "U4": results_at_bounds,
    "U5": intervals_in_order,
    "U12": mean_near_deterministic,
    "U14": acceptability,
    "U15": shape_of_cloud,
    "U16": acceptability_adds_up,
    "U17": balanced_scenarios,
    "U18": one_base,
    "U22": structure_is_no_parameter,
    "U23": perfect_information,
    "U29": no_dead_parameter,
}
