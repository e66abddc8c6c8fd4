"""Tables of estimates for readers: key figures, dispositions, consequences, months, bounds from print."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.intervals import INTERVAL_LEVEL, interval_label
from econ111.report.blocks import Column, Row, TableView, basis, grouped, marked, number_columns, text_columns
from econ111.report.labels import clean, estimand_words, in_words, item_words, sentence_start, trust_name
from econ111.report.numbers import UNKNOWN, count, interval, money, money_unit, percent, probability
from econ111.report.rows import rows_of
from econ111.report.value_words import base_scenario, headline_scenarios
from econ111.report.words import rounded_reason
from econ111.results import HEADLINE_ITEMS, Evaluation
from econ111.specs.schema import Spec

ROUNDING = (
    "Rounded for reading, so that parts may not add up to totals; the CSV files hold the numbers in full. "
    "– is not known or does not apply."
)
DESCRIPTIVE = "E0 is before minus after: it describes, and credits the service with nothing."
NONE_COUNTED = "none counted"
UNITS = {
    "referral": "calls ending in the disposition, over the evaluated period",
    "consequence": "expected number over the evaluated period",
    "series": "attendances over the evaluated period",
}
TITLES = {
    "referral": "Avoided dispositions and referrals",
    "consequence": "Avoided attendances, contacts and admissions",
    "series": "Avoided attendances against the projection",
}


def estimates_table(evaluation: Evaluation, *, kind: str, trust: str = TOTAL) -> TableView | None:
    """Every estimate of one kind for one trust, item by item; None when there is none."""
    table = evaluation.tables.get("estimates")
    if table is None or table.empty:
        return None
    rows = table[(table.kind == kind) & (table.trust == trust)]
    if rows.empty:
        return None
    spec, level = evaluation.spec, _level(rows)
    place = trust_name(evaluation, trust)
    columns = (
        *text_columns("Estimand"),
        *number_columns("Avoided", interval_label(level)),
        *text_columns("Verdict"),
        *number_columns("Without the service", "With the service"),
        *number_columns("Probability of fewer", "Variance owned by assumptions"),
        *text_columns("Why"),
    )
    filled = [place for place in range(len(columns)) if _says_something(rows, place)]
    groups = (
        (sentence_start(item_words(item)), [_estimate_row(row, filled) for row in rows_of(mine.sort_values("code"))])
        for item, mine in rows.groupby("item", sort=False)
    )
    notes = (ROUNDING, DESCRIPTIVE) if "referrals_fell" in set(rows.estimand) else (ROUNDING,)
    return TableView(
        marked(f"{TITLES.get(kind, sentence_start(in_words(kind)))}: {place}", spec.study),
        tuple(columns[place] for place in filled),
        grouped(groups),
        basis(spec.study, unit=UNITS.get(kind, "number over the evaluated period"), level=level),
        notes,
    )


def why_not(verdict: str, reason: object) -> str:
    """Why a change is not identifiable, without the numbers that stand in the same row; nothing for other verdicts.

    Examples
    --------
    >>> why_not("not identifiable", "the sign is open (probability of fewer 94%); assumptions own 97% of the variance")
    'sign open; held by assumptions'
    >>> why_not("fewer", "probability of fewer 99.0%")
    ''
    """
    if verdict != "not identifiable":
        return ""
    words = re.sub(r" \(probability[^)]*\)", "", rounded_reason(reason)).replace("the sign is open", "sign open")
    return re.sub(r"assumptions own .*% of the variance", "held by assumptions", words)


def key_figures(evaluation: Evaluation) -> TableView | None:
    """The numbers that most readers come for, over all trusts."""
    table = evaluation.tables.get("estimates")
    if table is None or table.empty:
        return None
    spec = evaluation.spec
    wanted = table[(table.trust == TOTAL) & (table["item"].isin(HEADLINE_ITEMS) | (table["kind"] == "series"))]
    wanted = wanted[wanted.estimand.isin(["displaced", "net_system", "outcome_series"])]
    rows = [
        Row(
            (
                f"{sentence_start(item_words(row.item))} avoided, {estimand_words(row.estimand)}",
                count(row.avoided),
                interval(row.avoided_low, row.avoided_high),
                clean(row.verdict),
            )
        )
        for row in rows_of(wanted.sort_values("code", kind="stable"))
    ]
    money_rows, price_year = _money_rows(evaluation)
    if not rows and not money_rows:
        return None
    level = _level(table)
    columns = (
        *text_columns("Figure and estimand"),
        *number_columns("Value", interval_label(level)),
        *text_columns("Verdict"),
    )
    unit = "numbers over the evaluated period" + ("; money as stated in each row" if money_rows else "")
    return TableView(
        marked("Key figures, all trusts", spec.study),
        columns,
        (*rows, *money_rows),
        basis(spec.study, unit=unit, level=level, price_year=price_year),
        (ROUNDING,),
    )


def monthly_table(rows: pd.DataFrame, evaluation: Evaluation, *, unit: str) -> TableView:
    """The numbers behind a figure of avoided counts by month."""
    level = _level(rows)
    columns = (*text_columns("Month", "Item", "Estimand"), *number_columns("Avoided", interval_label(level)))
    cells = (
        (
            f"{row.month:%B %Y}",
            sentence_start(item_words(row.item)),
            clean(row.series),
            count(row.avoided),
            interval(row.avoided_low, row.avoided_high),
        )
        for row in rows_of(rows)
    )
    return numbers_table("Avoided by month", columns, cells, evaluation, unit=unit, level=level)


def published_table(evaluation: Evaluation) -> TableView | None:
    """Bounds that printed percentages allow."""
    table = evaluation.tables.get("published")
    if table is None or table.empty:
        return None
    columns = (
        *text_columns("Disposition"),
        *number_columns("Share before, bounds", "Contacts after, bounds", "Avoided, bounds"),
        *text_columns("Verdict", "Why"),
    )
    cells = (
        (
            sentence_start(item_words(row.disposition)),
            interval(row.before_low, row.before_high, percent),
            interval(row.after_low, row.after_high),
            interval(row.avoided_low, row.avoided_high),
            clean(row.verdict),
            clean(row.reason),
        )
        for row in rows_of(table)
    )
    unit = "contacts; bounds of rounding, not intervals (no interval level applies)"
    return numbers_table("Bounds from printed percentages", columns, cells, evaluation, unit=unit, level=None)


def numbers_table(
    title: str,
    columns: tuple[Column, ...],
    cells: Iterable[tuple[str, ...]],
    evaluation: Evaluation,
    *,
    unit: str,
    level: float | None = INTERVAL_LEVEL,
    price_year: str = "",
    signed: bool = True,
    by_first: bool = False,
) -> TableView:
    """A table with the caption that every table of results carries; `by_first` names what is in the first column once.

    A name that stands in each of hundreds of rows, such as a trust's, is heard with each, and weighs more than they do.
    """
    study = evaluation.spec.study
    about = basis(study, unit=unit, level=level, price_year=price_year, signed=signed)
    if not by_first:
        return TableView(marked(title, study), columns, tuple(Row(each) for each in cells), about)
    groups = ((name, [Row(each[1:]) for each in mine]) for name, mine in groupby(cells, key=itemgetter(0)))
    return TableView(marked(title, study), columns[1:], grouped(groups), about)


def trusts_of(spec: Spec, table: pd.DataFrame | None) -> list[str]:
    """Trusts of a table, without the total: in the order of the specification, then as they come."""
    if table is None or "trust" not in table:
        return []
    found = [str(code) for code in dict.fromkeys(table.trust) if code != TOTAL]
    order = {trust.code: place for place, trust in enumerate(spec.trusts)}
    return sorted(found, key=lambda code: order.get(code, len(order)))


def _estimate_row(row: Any, filled: list[int]) -> Row:
    cells = _estimate_cells(row)
    return Row(tuple(cells[place] for place in filled))


def _says_something(rows: pd.DataFrame, place: int) -> bool:
    """Whether a column holds anything for any of the rows."""
    return any(_estimate_cells(row)[place] not in ("", UNKNOWN) for row in rows_of(rows))


def _estimate_cells(row: Any) -> tuple[str, ...]:
    if none_counted(row):
        zeros = (estimand_words(row.estimand), count(0), count(0), NONE_COUNTED, count(0), count(0))
        return (*zeros, UNKNOWN, UNKNOWN, "")
    return (
        estimand_words(row.estimand),
        count(row.avoided),
        interval(row.avoided_low, row.avoided_high),
        clean(row.verdict) or "descriptive",
        count(row.without_service),
        count(row.with_service),
        probability(row.probability_fewer),
        percent(row.prior_share),
        why_not(row.verdict, row.reason),
    )


def _money_rows(evaluation: Evaluation) -> tuple[list[Row], str]:
    scenarios = headline_scenarios(evaluation)
    if scenarios.empty:
        return [], ""
    base = base_scenario(scenarios)
    unit = money_unit([base.value_avoided, base.service_cost, base.net_value])
    words = {
        "value_avoided": "Value avoided at average unit cost",
        "service_cost": f"Service cost ({clean(base.basis_label)})",
        "net_value": "Value avoided less service cost",
    }
    estimand = estimand_words(base.estimand)
    rows = [
        Row(
            (
                f"{label}, {unit.label}, {estimand}",
                money(base[name], unit),
                interval(base[f"{name}_low"], base[f"{name}_high"], lambda value: money(value, unit)),
                "",
            )
        )
        for name, label in words.items()
    ]
    chance = probability(base.probability_value_exceeds_cost)
    rows.append(Row((f"Probability that value exceeds cost, {estimand}", chance, "", "")))
    even = f"{base.break_even_cost_per_call:,.2f}".replace("-", "−")
    rows.append(Row((f"Break-even cost per answered call, £, {estimand}", even, "", "")))
    return rows, clean(base.price_year)


def none_counted(row: Any) -> bool:
    """Whether an estimand counts none of something, with or without the service: a definition and no finding."""
    numbers = (row.avoided, row.avoided_low, row.avoided_high, row.without_service, row.with_service)
    return all(number == 0 for number in numbers)


def _level(rows: pd.DataFrame) -> float:
    return float(rows["level"].iloc[0]) if "level" in rows and len(rows) else INTERVAL_LEVEL
