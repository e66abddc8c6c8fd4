"""Sentences about money: value against cost, and whether any of it is cash."""

from __future__ import annotations

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.intervals import interval_label
from econ111.report.labels import clean, estimand_code, item_words
from econ111.report.numbers import money_span, money_words, probability
from econ111.report.words import headline_estimand
from econ111.results import Evaluation

NO_CASH = (
    "None of it is cash: most urgent care is paid for in fixed sums, so that fewer or more attendances change the time "
    "and space in use, and no money leaves or enters a budget in the year."
)


NOT_IDENTIFIABLE = "not identifiable"


def value_sentences(evaluation: Evaluation) -> list[str]:
    """Value against cost over the evaluated period, and whether any of it is cash; nothing when no cost was counted."""
    rows = headline_scenarios(evaluation)
    if rows.empty:
        return []
    base = base_scenario(rows)
    prices = f" in {clean(base.price_year)} prices" if clean(base.price_year) else ""
    worth = f"Over the period, {worth_words(base)} at average unit costs{prices}"
    basis = clean(base.basis_label)
    cost = f"the service costs {money_words(base.service_cost)} on the base chosen ({basis})"
    chance = f"the probability that value exceeds cost is {probability(base.probability_value_exceeds_cost)}"
    return [
        f"{worth}; {cost}; {chance}{_across(rows)}.",
        *undecided_sentence(evaluation),
        *cash_sentence(evaluation.tables.get("budget_impact")),
    ]


def worth_words(base: pd.Series) -> str:
    """The value of what was avoided, or the cost of what was added, with its interval."""
    code, label = estimand_code(base.estimand), interval_label(base.level)
    low, value, high = base.value_avoided_low, base.value_avoided, base.value_avoided_high
    if value >= 0:
        return f"what was avoided under {code} is worth {money_words(value)} ({label} {money_span(low, high)})"
    return (
        f"more was used than avoided under {code}, which adds {money_words(-value)} ({label} {money_span(-high, -low)})"
    )


def undecided_sentence(evaluation: Evaluation) -> list[str]:
    """Which valued consequences have a change that the data cannot tell; nothing when all are told."""
    economics, verdicts = evaluation.spec.economics, consequence_verdicts(evaluation)
    if economics is None:
        return []
    priced = [item.consequence for item in economics.consequences if item.unit_cost]
    undecided = [item_words(name) for name in priced if verdicts.get(name) == NOT_IDENTIFIABLE]
    if not undecided:
        return []
    some = " and ".join([", ".join(undecided[:-1]), undecided[-1]] if len(undecided) > 1 else undecided)
    return [
        f"The change in {some} is not identifiable, yet its expected cost is part of this value: to that extent the "
        "value rests on assumptions and not on these data."
    ]


def consequence_verdicts(evaluation: Evaluation, trust: str = TOTAL) -> dict[str, str]:
    """Verdict on each consequence of one trust under the headline estimand."""
    table = evaluation.tables.get("estimates")
    if table is None or table.empty:
        return {}
    rows = table[(table.kind == "consequence") & (table.trust == trust)]
    rows = rows[rows.estimand == headline_estimand(evaluation.spec)]
    return {str(row["item"]): clean(row["verdict"]) for row in rows.to_dict("records")}


def cash_sentence(budget: pd.DataFrame | None) -> list[str]:
    """Whether any of the value leaves a budget line."""
    if budget is None or budget.empty:
        return []
    cash = budget[(budget.measure == "cash") & (budget.payer == TOTAL) & (budget.trust == TOTAL)]
    if cash.empty:
        return []
    if (cash["mean"] == 0).all():
        return [NO_CASH]
    first = cash.sort_values("year").iloc[0]
    return [f"The cash part of it is {money_words(first['mean'])} in year {first['year']}; the rest is capacity."]


def headline_scenarios(evaluation: Evaluation) -> pd.DataFrame:
    """Scenarios of the headline estimand over all trusts; no rows when there are none."""
    table = evaluation.tables.get("scenarios")
    if table is None or table.empty:
        return pd.DataFrame()
    return table[(table.estimand == headline_estimand(evaluation.spec)) & (table.trust == TOTAL)]


def base_scenario(rows: pd.DataFrame) -> pd.Series:
    """The scenario on the base chosen for the cost of the service; the first when none is marked."""
    marked = rows[rows.base.astype(bool)]
    return (marked if len(marked) else rows).iloc[0]


def _across(rows: pd.DataFrame) -> str:
    if len(rows) < 2:
        return ""
    lowest, highest = (probability(end) for end in rows.probability_value_exceeds_cost.agg(["min", "max"]))
    if lowest == highest:
        return f", and the same on each of {len(rows)} bases of the cost"
    return f", and from {lowest} to {highest} across {len(rows)} bases of the cost"
