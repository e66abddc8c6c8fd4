"""Structural choices, side by side: every scenario is the same fit, weighed again, and none is averaged with another.

One choice at a time departs from the levels on which the main results rest. Beside each estimate stands the weight that
the scenario would need, in a mixture with the base, for the sign of the expected number to change; beside each net
value, for the decision to change.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.impact.estimands import ESTIMANDS, avoided_referrals
from econ111.impact.repeat_callers import CallsPerPerson, capped, everyone_alike
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.run.assumed import draw_structural
from econ111.run.caller_tables import abandoned_table, calls_behind, period_cap, repeat_callers_table
from econ111.run.context import Context
from econ111.run.estimates import Judgement, estimates_table, with_joint_total
from econ111.run.unrecorded_tables import bounds_table, grid_tables
from econ111.run.values import service_only, value_only
from econ111.run.weighing import ABANDONED, Choices, Material, assumed_columns, outcomes_of, weigh
from econ111.specs.schema import Economics

KEYS = ["code", "estimand", "kind", "item", "trust"]
COLUMNS = [
    "choice", "assumed", "log_odds", "base", *KEYS, "unit", "avoided", "avoided_low", "avoided_high", "level",
    "probability_fewer", "prior_share", "verdict", "weight_to_flip",
]  # fmt: skip
VALUE_COLUMNS = [
    "estimand", "trust", "net_value", "net_value_low", "net_value_high", "choice", "assumed", "base", "code", "basis",
    "probability_value_exceeds_cost",
]  # fmt: skip
# What each choice is, and what each of its levels assumes.
CHOICES = {
    "unrecorded": (
        "unrecorded dispositions",
        {"at_random": "like recorded ones", "elicited": "elicited odds of going unrecorded"},
    ),
    "crosswalk": (
        "categories of the mental-health line",
        {
            "as_recorded": "mean the same on both lines",
            "stated": "stated crosswalk",
            "audited": "crosswalk with double-coded calls",
        },
    ),
    "overlap": (
        "transferred calls counted on both lines",
        {"none": "none", "stated": "a stated part", "full": "all"},
    ),
    "absorbed": (
        "other calls that came from crisis lines",
        {"estimated": "estimated from the crisis lines", "stated": "assumed share", "none": "none", "all": "all"},
    ),
    "otherwise": (
        "what induced callers would have used",
        {"stated": "assumed shares", "survey": "as 111 users said in surveys", "nothing": "nothing"},
    ),
}
REPEAT = "repeat callers"
UNCAPPED = "every call avoids by itself"


@dataclass(frozen=True)
class Scenario:
    """One level of one choice, all others at base."""

    choice: str
    assumed: str
    choices: Choices
    base: bool


def structural_tables(
    material: Material, parameters: xr.Dataset, context: Context, judged: Judgement
) -> dict[str, pd.DataFrame]:
    """Every table of structural choices, from the draws of one fit.

    Parameters
    ----------
    material : Material
        From `gather`.
    parameters : Dataset (sample)
        Draws on which the main results rest; those of the scenarios are added here.
    context : Context
        For parameters and seed.
    judged : Judgement
        By which rules.

    Returns
    -------
    dict of DataFrame
        `structural`, `structural_value` (with economics), `tipping`, `bounds`, `repeat_callers`, and `abandoned` where
        calls offered and abandoned were supplied. `avoided` positive is fewer.
    """
    samples = parameters.sizes["sample"]
    extra = draw_structural(context, samples=samples)
    drawn = parameters.assign({name: extra[name] for name in extra.data_vars if name not in parameters})
    found = list(_evaluated(material, drawn, judged))
    grid, tipping = grid_tables(material, drawn, judged)
    spread = calls_per_person(drawn, material)
    cap = period_cap(material.spec, context.catalogue[material.spec.structural.avoided_cap].value)
    repeat = _repeat_rows(material, drawn, spread, cap, judged)
    tables = {
        "structural": pd.concat([_with_weights([table for table, _ in found]), repeat, grid], ignore_index=True)[
            COLUMNS
        ],
        "tipping": tipping,
        "bounds": bounds_table(material, drawn),
        "repeat_callers": repeat_callers_table(material, drawn, spread, cap),
    }
    economics = material.spec.economics
    if economics is not None:
        tables["structural_value"] = _value_table([net for _, net in found], economics, material)
    if ABANDONED in material.months:
        tables["abandoned"] = abandoned_table(material, judged)
    return tables


def scenarios(material: Material) -> Iterator[Scenario]:
    """Every level of every choice that the evaluation can make, the base among them."""
    base = material.base
    possible = {
        "unrecorded": ("at_random", "elicited"),
        "crosswalk": ("as_recorded", *material.matrices),
        "overlap": ("none", "stated", "full"),
        "absorbed": (*(("estimated",) if base.absorbed == "estimated" else ()), "stated", "none", "all"),
        "otherwise": ("stated", "survey", "nothing"),
    }
    for choice, levels in possible.items():
        if len(levels) < 2:
            continue
        words, meanings = CHOICES[choice]
        for level in levels:
            chosen = replace(base, **{choice: level})
            yield Scenario(words, meanings[level], chosen, chosen == base)


def calls_per_person(drawn: xr.Dataset, material: Material) -> CallsPerPerson:
    """How calls fall on people, from the draws of its parameters."""
    given = material.spec.structural
    return CallsPerPerson(
        drawn[given.called_once_share], drawn[given.frequent_caller_share], drawn[given.frequent_call_share]
    )


def weight_to_flip(base: float, other: float) -> float:
    """Weight of a scenario, mixed with the base, at which the sign of an expected number changes; NaN when it cannot.

    Examples
    --------
    >>> weight_to_flip(30.0, -10.0), weight_to_flip(30.0, 10.0)
    (0.75, nan)
    """
    if base * other >= 0:
        return math.nan
    return base / (base - other)


def _evaluated(material: Material, drawn: xr.Dataset, judged: Judgement) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Every scenario's estimates and net values; the base, which belongs to every choice, is weighed once."""
    known: dict[Choices, tuple[pd.DataFrame, pd.DataFrame]] = {}
    for scenario in scenarios(material):
        if scenario.choices not in known:
            known[scenario.choices] = _of_choices(material, drawn, scenario.choices, judged)
        table, net = (
            each.assign(choice=scenario.choice, assumed=scenario.assumed, base=scenario.base)
            for each in known[scenario.choices]
        )
        yield table.assign(log_odds=math.nan), net


def _of_choices(
    material: Material, drawn: xr.Dataset, choices: Choices, judged: Judgement
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates under one set of choices, dispositions and consequences, and net values where there is a price."""
    weighed = weigh(material, drawn, choices)
    outcomes = outcomes_of(weighed, drawn, material.spec)
    of_referrals, of_consequences = assumed_columns(material, drawn, choices)
    pair = avoided_referrals(weighed.flows, weighed.shares, weighed.elsewhere)
    table = pd.concat(
        [
            estimates_table(pair, item="disposition", kind="referral", assumptions=of_referrals, judged=judged),
            estimates_table(
                outcomes, item="consequence", kind="consequence", assumptions=of_consequences, judged=judged
            ),
        ],
        ignore_index=True,
    )
    economics = material.spec.economics
    return table, pd.DataFrame() if economics is None else _net_value(outcomes, drawn, economics)


def _with_weights(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all scenarios, each with the weight at which its sign would win over the base of its choice."""
    rows = pd.concat(tables, ignore_index=True)
    base = rows[rows.base].set_index(["choice", *KEYS]).avoided
    paired = base.reindex(pd.MultiIndex.from_frame(rows[["choice", *KEYS]])).to_numpy()
    weights = [weight_to_flip(one, other) for one, other in zip(paired, rows.avoided, strict=True)]
    return rows.assign(weight_to_flip=weights)


def _repeat_rows(
    material: Material, drawn: xr.Dataset, spread: CallsPerPerson, cap: int, judged: Judgement
) -> pd.DataFrame:
    """ED attendances when nobody can avoid more than a number of them."""
    weighed = weigh(material, drawn, material.base)
    outcomes = outcomes_of(weighed, drawn, material.spec)
    if "ed_attendance" not in outcomes.consequence.values:
        return pd.DataFrame(columns=COLUMNS)
    avoided = (outcomes.without_service - outcomes.with_service).sel(consequence=["ed_attendance"])
    calls = calls_behind(weighed.flows, avoided)
    levels = {
        UNCAPPED: avoided,
        f"at most {cap} a person, all callers alike": capped(avoided, calls, everyone_alike(spread), cap=cap),
        f"at most {cap} a person, some calling often": capped(avoided, calls, spread, cap=cap),
    }
    _, columns = assumed_columns(material, drawn, material.base)
    given = np.column_stack([spread.called_once, spread.frequent_callers, spread.frequent_calls])
    tables = []
    for assumed, found in levels.items():
        base = assumed == UNCAPPED
        assumptions = columns if base else {name: np.column_stack([own, given]) for name, own in columns.items()}
        pair = xr.Dataset({"without_service": found, "with_service": xr.zeros_like(found)})
        table = estimates_table(pair, item="consequence", kind="consequence", assumptions=assumptions, judged=judged)
        tables.append(table.assign(choice=REPEAT, assumed=assumed, log_odds=math.nan, base=base))
    return _with_weights(tables)


def _value_table(tables: list[pd.DataFrame], economics: Economics, material: Material) -> pd.DataFrame:
    """Net value of each scenario on the base chosen for the service's cost, and the weight that flips the decision."""
    rows = pd.concat(tables, ignore_index=True)[VALUE_COLUMNS]
    keys = ["choice", "estimand", "trust"]
    base = rows[rows.base].set_index(keys).net_value.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy()
    study = material.spec.study
    return rows.assign(
        weight_to_flip=[weight_to_flip(one, other) for one, other in zip(base, rows.net_value, strict=True)],
        level=INTERVAL_LEVEL,
        price_year=study.price_year,
        comparator=study.comparator,
        perspective=study.perspective,
    )


def _net_value(outcomes: xr.Dataset, drawn: xr.Dataset, economics: Economics) -> pd.DataFrame:
    service = service_only(outcomes, drawn, economics, bases=[economics.service_cost])
    price = service.sel(basis=economics.service_cost).reset_coords(drop=True)
    value = value_only(outcomes, drawn, economics)
    net = with_joint_total(e.net_value(value, price)).transpose("sample", "estimand", "trust")
    table = summarise(net).to_dataframe(dim_order=["estimand", "trust"]).reset_index()
    table = table.rename(columns={"mean": "net_value", "low": "net_value_low", "high": "net_value_high"})
    table = table[["estimand", "trust", "net_value", "net_value_low", "net_value_high"]]
    return table.assign(
        code=[ESTIMANDS[name][0] for name in table.estimand],
        basis=economics.service_cost,
        probability_value_exceeds_cost=(net > 0).mean("sample").values.ravel(),
    )
