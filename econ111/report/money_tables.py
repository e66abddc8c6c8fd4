"""Tables of money for readers: cost-consequence, budget impact, scenarios, one-way sensitivity.

The three columns of a budget impact (economic value, capacity, cash) describe one thing in three ways and are never
added. Consequences that nobody valued or measured are rows, and say so.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from econ111.economics.cost_consequence_table import COSTS_ONLY, NOT_MEASURED, NOT_VALUED
from econ111.economics.one_way import VARIED
from econ111.economics.totals import TOTAL
from econ111.intervals import interval_label
from econ111.report.blocks import Cell, Row, TableView, basis, grouped, marked, number_columns, text_columns
from econ111.report.estimate_tables import ROUNDING
from econ111.report.labels import (
    CASH_WORDS,
    clean,
    estimand_words,
    in_words,
    item_words,
    parameter_words,
    payer_words,
    sentence_start,
    trust_name,
)
from econ111.report.numbers import UNKNOWN, MoneyUnit, count, interval, money, money_unit, plain_value, probability
from econ111.report.rows import rows_of
from econ111.report.value_words import NOT_IDENTIFIABLE, consequence_verdicts
from econ111.report.words import headline_estimand
from econ111.results import Evaluation

NEVER_ADDED = (
    "Economic value, capacity released and cash are three descriptions of the same avoided care and are never added: "
    "value is at average unit cost, capacity is time and space for other patients, cash is what leaves a budget line."
)
WHY_NO_CASH = (
    "Cash is 0 unless the specification states a share: most urgent and emergency care is paid for in fixed sums, so "
    "that an avoided attendance releases no money in the year."
)


UNIT_COSTS = (
    "Unit costs are means of the draws in the study's price year, within Monte Carlo error of the values and sources "
    "under Parameters and sources."
)
UNDECIDED = (
    "Where a change is not identifiable, its cost is what the model expects under its assumptions, and is in the total."
)


def cost_consequence_view(evaluation: Evaluation, trust: str = TOTAL) -> TableView | None:
    """Consequences of one trust under the headline estimand, in natural units and in money."""
    rows = headline_rows(evaluation, "cost_consequence", trust)
    if rows.empty:
        return None
    spec, level = evaluation.spec, float(rows.level.iloc[0])
    unit = money_unit(rows.cost_avoided)
    estimand = estimand_words(headline_estimand(spec))
    names, verdicts = consequence_labels(evaluation), consequence_verdicts(evaluation, trust)
    columns = (
        *text_columns("Consequence"),
        *number_columns(
            "Without the service", "With the service", "Avoided, verdict", f"Avoided, {interval_label(level)}"
        ),
        *number_columns("Unit cost, £", f"Cost avoided, {unit.label}", f"Cost avoided, {interval_label(level)}"),
        *text_columns("Borne by, kind of gain, evidence"),
    )
    return TableView(
        marked(f"Cost-consequence, {estimand}: {trust_name(evaluation, trust)}", spec.study),
        columns,
        tuple(_consequence_row(row, unit, names, verdicts) for row in rows_of(rows)),
        basis(
            spec.study,
            unit=f"numbers over the evaluated period; unit costs in £, costs in {unit.label}",
            level=level,
            price_year=clean(rows.price_year.iloc[0]),
        ),
        (
            "Numbers of different consequences are never added; only their costs are.",
            "Positive cost avoided = less spent.",
            *((UNDECIDED,) if NOT_IDENTIFIABLE in verdicts.values() else ()),
            UNIT_COSTS,
            ROUNDING,
        ),
    )


def budget_view(evaluation: Evaluation, trust: str = TOTAL) -> TableView | None:
    """Budget impact of one trust: years by payers, with value, capacity and cash apart."""
    rows = headline_rows(evaluation, "budget_impact", trust)
    if rows.empty:
        return None
    spec, level = evaluation.spec, float(rows.level.iloc[0])
    unit = money_unit(rows[rows.measure != "capacity_released"]["mean"])
    set_up = "set_up_cost" in set(rows.measure)
    columns = (
        *text_columns("Year and payer"),
        *number_columns(f"Economic value, {unit.label}", f"Value, {interval_label(level)}"),
        *text_columns("Capacity released"),
        *number_columns(
            f"Cash released, {unit.label}", f"Service cost, {unit.label}", f"Service cost, {interval_label(level)}"
        ),
        *(number_columns(f"Set-up cost, {unit.label}") if set_up else ()),
    )
    cells: dict[str, dict[str, dict[str, list[Any]]]] = {}
    for row in rows_of(rows.sort_values("year", kind="stable")):
        cells.setdefault(year_words(row), {}).setdefault(row.payer, {}).setdefault(row.measure, []).append(row)
    body = grouped(
        (year, [_budget_row(found, payer, unit, set_up) for payer, found in payers.items()])
        for year, payers in cells.items()
    )
    prices = f"{clean(rows.price_year.iloc[0])}, {clean(rows.price_basis.iloc[0])}"
    title = f"Budget impact, {estimand_words(headline_estimand(spec))}: {trust_name(evaluation, trust)}"
    about = basis(
        spec.study,
        unit=f"{unit.label} a year; capacity in its own units a year",
        level=level,
        price_year=prices,
        discounting=clean(rows.discounting.iloc[0]),
    )
    notes = (NEVER_ADDED, WHY_NO_CASH, "Positive value, capacity and cash = freed; positive cost = spent.", ROUNDING)
    return TableView(marked(title, spec.study), columns, body, about, notes)


def scenarios_view(evaluation: Evaluation) -> TableView | None:
    """Value, cost and their difference under each estimand and service-cost basis, all trusts."""
    table = evaluation.tables.get("scenarios")
    if table is None or table.empty:
        return None
    rows = table[table.trust == TOTAL]
    if rows.empty:
        return None
    study, level = evaluation.spec.study, float(rows.level.iloc[0])
    unit = money_unit(pd.concat([rows.value_avoided, rows.service_cost, rows.net_value]))
    columns = (
        *text_columns("Estimand and basis of the service cost"),
        *number_columns(f"Value avoided, {unit.label}", f"Service cost, {unit.label}", f"Net value, {unit.label}"),
        *number_columns(
            f"Net value, {interval_label(level)}", "Probability that value exceeds cost", "Break-even, £ per call"
        ),
    )
    body = grouped(
        (estimand_words(estimand), [_scenario_row(row, unit) for row in rows_of(mine)])
        for estimand, mine in rows.groupby("estimand", sort=False)
    )
    about = basis(
        study, unit=f"{unit.label} over the evaluated period", level=level, price_year=clean(rows.price_year.iloc[0])
    )
    notes = (
        "The public bases of the cost differ so much that they are scenarios, side by side, and are never averaged.",
        "Break-even is the highest cost per answered call that the expected value covers; below 0, no cost does.",
        ROUNDING,
    )
    return TableView(marked("Value against cost, all trusts", study), columns, body, about, notes)


def one_way_view(evaluation: Evaluation) -> TableView | None:
    """Expected result when one parameter alone moves; those that could not be varied alone are named below."""
    rows = one_way_rows(evaluation)
    if rows.empty:
        return None
    study, level = evaluation.spec.study, float(rows.level.iloc[0])
    varied = rows[rows.status == VARIED]
    unit = money_unit(pd.concat([rows.central, varied.at_low, varied.at_high]))
    columns = (
        *text_columns("Parameter", "Its unit"),
        *number_columns(
            "Low", "High", f"Result at low, {unit.label}", f"Result at high, {unit.label}", f"Swing, {unit.label}"
        ),
    )
    body = tuple(
        Row(
            (
                parameter_words(evaluation, row.parameter),
                clean(row.unit),
                plain_value(row.low_value, row.unit),
                plain_value(row.high_value, row.unit),
                money(row.at_low, unit),
                money(row.at_high, unit),
                money(row.swing, unit),
            )
        )
        for row in rows_of(varied)
    )
    others = [
        f"{sentence_start(in_words(status))}, so not varied alone: "
        f"{'; '.join(parameter_words(evaluation, name) for name in group.parameter)}."
        for status, group in rows[rows.status != VARIED].groupby("status", sort=False)
    ]
    about = basis(
        study,
        unit=f"{unit.label}, expected net value over the period",
        level=level,
        price_year=clean(rows.price_year.iloc[0]),
    )
    return TableView(marked("One parameter at a time, all trusts", study), columns, body, about, (*others, ROUNDING))


def headline_rows(evaluation: Evaluation, name: str, trust: str) -> pd.DataFrame:
    """Rows of a table for one trust under the headline estimand; no rows when there is no such table."""
    table = evaluation.tables.get(name)
    if table is None or table.empty:
        return pd.DataFrame()
    rows = table[table.trust == trust]
    return rows[rows.estimand == headline_estimand(evaluation.spec)] if "estimand" in rows else rows


def one_way_rows(evaluation: Evaluation) -> pd.DataFrame:
    """One-way rows of the headline: of the labels that the result has, its estimand, all trusts and the base cost."""
    table = evaluation.tables.get("one_way")
    if table is None or table.empty:
        return pd.DataFrame()
    spec = evaluation.spec
    wanted = {"estimand": headline_estimand(spec), "trust": TOTAL}
    wanted |= {"basis": spec.economics.service_cost} if spec.economics else {}
    for label, value in wanted.items():
        if label in table and (table[label] == value).any():
            table = table[table[label] == value]
    return table.drop_duplicates("parameter")


def consequence_labels(evaluation: Evaluation) -> dict[str, str]:
    """What the specification calls each consequence."""
    economics = evaluation.spec.economics
    return {} if economics is None else {item.consequence: clean(item.label) for item in economics.consequences}


def year_words(row: Any) -> str:
    """Year of a budget as finance names it, for example `2025/26 (year 1)`."""
    named, year = clean(getattr(row, "financial_year", "")), getattr(row, "year", "")
    return f"{named} (year {year})" if named else f"Year {year}"


def _scenario_row(row: Any, unit: MoneyUnit) -> Row:
    return Row(
        (
            clean(row.basis_label) + (" (base)" if row.base else ""),
            money(row.value_avoided, unit),
            money(row.service_cost, unit),
            money(row.net_value, unit),
            interval(row.net_value_low, row.net_value_high, lambda value: money(value, unit)),
            probability(row.probability_value_exceeds_cost),
            plain_value(row.break_even_cost_per_call, "GBP"),
        )
    )


def _consequence_row(row: Any, unit: MoneyUnit, labels: dict[str, str], verdicts: dict[str, str]) -> Row:
    def cell(name: str) -> float:
        return float(getattr(row, name))

    status, consequence = str(row.status), str(row.consequence)
    name = labels.get(consequence, sentence_start(item_words(consequence)))
    cost = {NOT_VALUED: "not valued", NOT_MEASURED: "not measured"}.get(status, money(cell("cost_avoided"), unit))
    return Row(
        (
            f"{name}: costs only" if status == COSTS_ONLY else name,
            *(count(cell(which)) for which in ("without_service", "with_service")),
            _judged(count(cell("avoided")), verdicts.get(consequence, "")),
            interval(cell("avoided_low"), cell("avoided_high")),
            plain_value(cell("unit_cost"), "GBP"),
            cost,
            interval(cell("cost_avoided_low"), cell("cost_avoided_high"), lambda value: money(value, unit)),
            _borne_by(row),
        ),
        total=status == COSTS_ONLY,
    )


def _judged(text: str, verdict: str) -> str | Cell:
    return Cell(text, (verdict,)) if verdict else text


def _borne_by(row: Any) -> Cell:
    kind, grade = CASH_WORDS.get(clean(row.cash_class), clean(row.cash_class)), clean(row.evidence_grade)
    small = (sentence_start(kind), f"Evidence {grade}" if grade else "")
    return Cell(payer_words(row.borne_by) if clean(row.borne_by) else UNKNOWN, tuple(text for text in small if text))


def _budget_row(found: dict[str, list[Any]], payer: str, unit: MoneyUnit, set_up: bool) -> Row:
    def mean(measure: str) -> str:
        return money(found[measure][0].mean, unit) if measure in found else UNKNOWN

    def span(measure: str) -> str:
        if measure not in found:
            return UNKNOWN
        return interval(found[measure][0].low, found[measure][0].high, lambda value: money(value, unit))

    capacity = "; ".join(f"{count(row.mean)} {clean(row.unit)}" for row in found.get("capacity_released", []))
    value = (payer_words(payer), mean("economic_value"), span("economic_value"), capacity or UNKNOWN)
    spent = (mean("cash"), mean("service_cost"), span("service_cost"), *([mean("set_up_cost")] if set_up else []))
    return Row((*value, *spent), total=payer == TOTAL)
