"""One sentence of reading for each table of structural choices, made from the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.intervals import interval_label
from econ111.report.labels import clean, estimand_code, item_words
from econ111.report.numbers import count, money_words
from econ111.report.rows import rows_of
from econ111.report.words import fewer_or_more, headline_estimand, interval_words
from econ111.results import Evaluation

ED = "ed"
ATTENDANCE = "ed_attendance"


def scenario_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Scenarios over all trusts, without the points of the grid."""
    return table[table.log_odds.isna() & (table.trust == TOTAL)]


def scenarios_sentence(evaluation: Evaluation) -> str:
    """How far the headline estimand's ED attendances, or dispositions, range over the scenarios."""
    rows = scenario_rows(evaluation.tables["structural"])
    mine = rows[rows.estimand == headline_estimand(evaluation.spec)]
    item = ATTENDANCE if (mine["item"] == ATTENDANCE).any() else ED
    found = sorted(rows_of(mine[mine["item"] == item]), key=lambda row: float(row.avoided))
    if not found:
        return ""
    low, high = found[0], found[-1]
    flips = int(mine[mine["item"] == item].weight_to_flip.notna().sum())
    turned = {0: "none changes its sign", 1: "one of them changes its sign"}.get(flips, f"{flips} change its sign")
    return (
        f"Taken one at a time, the choices move the expected {item_words(item)} avoided under "
        f"{estimand_code(low.estimand)} from {fewer_or_more(low.avoided)} ({_which(low)}) to "
        f"{fewer_or_more(high.avoided)} ({_which(high)}); {turned}. They are not averaged: no call data can weigh them."
    )


def value_sentence(table: pd.DataFrame, estimand: str) -> str:
    """Whether any choice turns the decision."""
    rows = table[(table.trust == TOTAL) & (table.estimand == estimand)]
    if rows.empty:
        return ""
    base = next(rows_of(rows[rows.base]))
    worth = "exceeds" if base.net_value > 0 else "falls short of"
    first = f"On the main choices expected value {worth} the cost of the service by {money_words(abs(base.net_value))}"
    flips = sorted(rows_of(rows.dropna(subset="weight_to_flip")), key=lambda row: float(row.weight_to_flip))
    if not flips:
        return f"{first}, and no choice alone turns that."
    return f"{first}; that turns first with {_which(flips[0])}, at a weight of {flips[0].weight_to_flip:.2f} beside it."


def tipping_sentences(table: pd.DataFrame) -> list[str]:
    """What would have to be true of unrecorded calls on the mental-health line for sign and verdict of E2 and E3."""
    rows = table[(table.trust == TOTAL) & (table.line == "mental") & (table["item"] == table.disposition)]
    rows = rows[rows.estimand.isin(["displaced", "net_system"])]
    return [
        f"{estimand_code(estimand)}, {item_words(item)}: {'; '.join(_tipping(row) for row in rows_of(mine))}."
        for (estimand, item), mine in rows.groupby(["estimand", "item"], sort=False)
    ]


def bounds_sentence(table: pd.DataFrame) -> str:
    """Whether the sign of E2's ED dispositions stands whatever the unrecorded calls were."""
    rows = table[(table.trust == TOTAL) & (table["item"] == ED) & (table.estimand == "displaced")]
    if rows.empty:
        return ""
    row = next(rows_of(rows))
    known = row.sign_whatever in ("fewer", "more")
    stands = f"{row.sign_whatever} whatever those calls were" if known else "the sign then depends on those calls"
    return (
        "With every unrecorded call of each line on its worst and on its best side, the bounds of the expected change "
        f"in {item_words(ED)} under {estimand_code(row.estimand)} are {_bounds(row)}: {stands}."
    )


def abandoned_sentence(table: pd.DataFrame) -> str:
    """How many more or fewer calls were given up before an answer."""
    rows = table[(table.trust == TOTAL) & (table.measure == "avoided")]
    if rows.empty:
        return ""
    row = next(rows_of(rows))
    span = f"{interval_label(row.level)} {interval_words(row.number_low, row.number_high)}"
    return (
        f"On the lines in the data {fewer_or_more(row.number)} calls were given up before an answer than without the "
        f"service ({span}); they are no part of what was avoided, and callers who are new to any line had nobody to "
        "wait for before."
    )


def repeat_sentence(table: pd.DataFrame, estimand: str) -> str:
    """How much a cap per person takes off when some callers call often."""
    rows = table[(table.trust == TOTAL) & (table.estimand == estimand)]
    if rows.empty:
        return ""
    callers, cap = clean(rows.callers.iloc[0]), int(rows.cap.iloc[0])
    number = {str(row.measure): float(row.number) for row in rows_of(rows[rows.callers == callers])}
    return (
        f"If {callers}, as on a crisis line, the {count(number['calls'])} calls come from about "
        f"{count(number['people'])} people; with at most {cap} attendances a person, "
        f"{fewer_or_more(number['avoided'])} ED attendances become {fewer_or_more(number['avoided_capped'])}, "
        f"in {count(abs(number['people_avoiding']))} people."
    )


def sentences(found: Sequence[str]) -> tuple[str, ...]:
    """Those that say something."""
    return tuple(text for text in found if text)


def _tipping(row: Any) -> str:
    what = "the sign" if row.question == "sign" else f"the verdict, {clean(row.answer)},"
    if not row.becomes:
        return f"{what} changes {clean(row.words).replace('none', 'nowhere')}"
    to = "changes" if row.question == "sign" else f"becomes {clean(row.becomes)}"
    return f"before {what} {to}, {clean(row.words)}"


def _bounds(row: Any) -> str:
    return interval_words(float(row.bound_low), float(row.bound_high)).removeprefix("from ").replace(" to ", " and ")


def _which(row: Any) -> str:
    return f"{clean(row.choice)}: {clean(row.assumed)}"
