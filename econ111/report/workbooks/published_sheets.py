"""The tables of the published workbook: one a sheet, tidy, numbers as numbers, every row named.

Each sheet says the unit, the interval's level, the price year, comparator and perspective above its table, because a
sheet is often copied alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from econ111.intervals import INTERVAL_KIND, interval_label
from econ111.report.blocks import basis, marked
from econ111.report.labels import (
    clean,
    estimand_words,
    in_words,
    index_words,
    item_words,
    payer_words,
    sentence_start,
    trust_name,
)
from econ111.report.money_tables import consequence_labels, year_words
from econ111.report.rows import rows_of
from econ111.report.words import headline_estimand
from econ111.report.workbooks.published_text import chance, rounded, safe_text
from econ111.results import FURTHER_TABLES, NOT_DISCOUNTED, NOT_RESULTS, TABLES, Evaluation

MEASURE_WORDS = {
    "economic_value": "Economic value", "cash": "Cash released", "service_cost": "Service cost",
    "set_up_cost": "Set-up cost", "capacity_released": "Capacity released",
}  # fmt: skip
WHOLE, PENCE, ONE_DECIMAL = "#,##0", "#,##0.00", "0.0"
AS_GIVEN = {
    "series_effects": "Series", "published_changes": "Changes", "published": "Bounds",
    "published_figures": "Published_figures", "price_years": "Price_years", "payment_rules": "Payment_rules",
    "checks": "Checks", "issues": "Data_issues",
}  # fmt: skip
DECIMALS = {"factor": 4, "moved_value": 2, "alternative": 4, "difference": 4}
NAMES: dict[str, Callable[[object], str]] = {
    "consequence": lambda name: sentence_start(item_words(name)), "payer": payer_words, "index": index_words,
    "rule": lambda name: sentence_start(in_words(name)),
}  # fmt: skip


@dataclass(frozen=True)
class PublishedSheet:
    """One table: its label, title, what the numbers are, its cells, and number formats and notes by column."""

    label: str
    title: str
    about: str
    frame: pd.DataFrame
    formats: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def published_sheets(evaluation: Evaluation) -> list[PublishedSheet]:
    """Every table that the evaluation can fill, results first."""
    makers = (_avoided, _consequences, _budget, _value, _information_by_trust)
    made = [sheet for sheet in (make(evaluation) for make in makers) if sheet is not None]
    made += [
        _as_given(evaluation, name, label) for name, label in AS_GIVEN.items() if _table(evaluation, name) is not None
    ]
    parameters = _parameters(evaluation)
    return [*made, *([parameters] if parameters else [])]


def _table(evaluation: Evaluation, name: str) -> pd.DataFrame | None:
    table = evaluation.tables.get(name)
    return None if table is None or table.empty else table


def _sheet(
    evaluation: Evaluation,
    label: str,
    title: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    about: str,
    formats: Mapping[str, str],
    notes: Mapping[str, str],
) -> PublishedSheet:
    shown = safe_text(marked(title, evaluation.spec.study))
    return PublishedSheet(label, shown, safe_text(about), pd.DataFrame(list(rows)).astype(object), formats, notes)


def _interval(level: float) -> tuple[str, str]:
    label = interval_label(level)
    return f"{label}, low", f"{label}, high"


def _avoided(evaluation: Evaluation) -> PublishedSheet | None:
    table = _table(evaluation, "estimates")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    low, high = _interval(level)
    rows = [
        {
            "Estimand": safe_text(estimand_words(row.estimand)),
            "What": safe_text(sentence_start(item_words(row.item))),
            "Trust": safe_text(trust_name(evaluation, row.trust)), "Avoided": rounded(row.avoided),
            low: rounded(row.avoided_low), high: rounded(row.avoided_high),
            "Probability of fewer, percent": chance(row.probability_fewer), "Verdict": safe_text(row.verdict),
            "Reason": safe_text(row.reason),
        }
        for row in rows_of(table)
    ]  # fmt: skip
    about = basis(evaluation.spec.study, unit="numbers over the evaluated period", level=level)
    formats = {name: WHOLE for name in ("Avoided", low, high)} | {"Probability of fewer, percent": ONE_DECIMAL}
    notes = {"Estimand": "estimands", "Avoided": "sign", "Verdict": "verdicts"}
    return _sheet(evaluation, "Avoided", TABLES["estimates"], rows, about=about, formats=formats, notes=notes)


def _consequences(evaluation: Evaluation) -> PublishedSheet | None:
    table = _table(evaluation, "cost_consequence")
    if table is None:
        return None
    table = table[table.estimand == headline_estimand(evaluation.spec)] if "estimand" in table else table
    level, labels = float(table.level.iloc[0]), consequence_labels(evaluation)
    low, high = _interval(level)
    rows = [
        {
            "Trust": safe_text(trust_name(evaluation, row.trust)),
            "Consequence": safe_text(labels.get(str(row.consequence), sentence_start(item_words(row.consequence)))),
            "Status": safe_text(row.status),
            "Without the service": rounded(row.without_service), "With the service": rounded(row.with_service),
            "Avoided": rounded(row.avoided), f"Avoided, {low}": rounded(row.avoided_low),
            f"Avoided, {high}": rounded(row.avoided_high), "Unit cost, GBP": rounded(row.unit_cost, decimals=2),
            "Cost avoided, GBP": rounded(row.cost_avoided), f"Cost avoided, {low}, GBP": rounded(row.cost_avoided_low),
            f"Cost avoided, {high}, GBP": rounded(row.cost_avoided_high),
            "Borne by": safe_text(payer_words(row.borne_by) if clean(row.borne_by) else ""),
            "Evidence": safe_text(row.evidence_grade),
        }
        for row in rows_of(table)
    ]  # fmt: skip
    words = estimand_words(headline_estimand(evaluation.spec))
    about = basis(
        evaluation.spec.study,
        unit=f"numbers and GBP over the evaluated period, under {words}",
        level=level,
        price_year=clean(table.price_year.iloc[0]),
    )
    texts = ("Trust", "Consequence", "Status", "Borne by", "Evidence")
    formats = {name: WHOLE for name in rows[0] if name not in texts} | {"Unit cost, GBP": PENCE}
    notes = {"Avoided": "sign", "Cost avoided, GBP": "costs"}
    title = f"Cost-consequence, {words}"
    return _sheet(evaluation, "Cost_consequence", title, rows, about=about, formats=formats, notes=notes)


def _budget(evaluation: Evaluation) -> PublishedSheet | None:
    table = _table(evaluation, "budget_impact")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    low, high = _interval(level)
    rows = [
        {
            "Trust": safe_text(trust_name(evaluation, row.trust)), "Year": safe_text(year_words(row)),
            "Payer": safe_text(payer_words(row.payer)),
            "Measure": MEASURE_WORDS.get(str(row.measure), safe_text(in_words(row.measure))),
            "Unit": safe_text(row.unit), "Mean": rounded(row.mean), low: rounded(row.low), high: rounded(row.high),
        }
        for row in rows_of(table)
    ]  # fmt: skip
    prices = f"{clean(table.price_year.iloc[0])}, {clean(table.price_basis.iloc[0])}"
    about = basis(
        evaluation.spec.study, unit="as named in each row, a year", level=level, price_year=prices,
        discounting=clean(table.discounting.iloc[0]),
    )  # fmt: skip
    title = f"Budget impact, {estimand_words(headline_estimand(evaluation.spec))}"
    formats = dict.fromkeys(("Mean", low, high), WHOLE)
    return _sheet(
        evaluation, "Budget_impact", title, rows, about=about, formats=formats,
        notes={"Measure": "never_added", "Payer": "intervals"},
    )  # fmt: skip


def _value(evaluation: Evaluation) -> PublishedSheet | None:
    table = _table(evaluation, "scenarios")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    low, high = _interval(level)
    rows = [
        {
            "Estimand": safe_text(estimand_words(row.estimand)), "Trust": safe_text(trust_name(evaluation, row.trust)),
            "Basis of the service cost": safe_text(row.basis_label), "Base case": "yes" if row.base else "no",
            "Value avoided, GBP": rounded(row.value_avoided), "Service cost, GBP": rounded(row.service_cost),
            "Net value, GBP": rounded(row.net_value), f"Net value, {low}, GBP": rounded(row.net_value_low),
            f"Net value, {high}, GBP": rounded(row.net_value_high),
            "Probability that value exceeds cost, percent": chance(row.probability_value_exceeds_cost),
            "Break-even cost of a call, GBP": rounded(row.break_even_cost_per_call, decimals=2),
        }
        for row in rows_of(table)
    ]  # fmt: skip
    about = basis(
        evaluation.spec.study,
        unit="GBP over the evaluated period",
        level=level,
        price_year=clean(table.price_year.iloc[0]),
    )
    formats = {name: WHOLE for name in rows[0] if name.endswith("GBP")}
    formats |= {"Break-even cost of a call, GBP": PENCE, "Probability that value exceeds cost, percent": ONE_DECIMAL}
    notes = {"Estimand": "estimands", "Basis of the service cost": "bases", "Net value, GBP": "net_value"}
    return _sheet(evaluation, "Value_and_cost", "Value against cost", rows, about=about, formats=formats, notes=notes)


def _information_by_trust(evaluation: Evaluation) -> PublishedSheet | None:
    table = _table(evaluation, "information_trusts")
    if table is None:
        return None
    value, whole = "Worth of one decision, GBP", "Worth over the horizon, GBP"
    rows = [
        {
            "Trust": safe_text(trust_name(evaluation, row.trust)),
            "Basis of the service cost": safe_text(row.basis_label),
            "GBP per avoided attendance": rounded(row.threshold), "If this were known": safe_text(row.learnt),
            value: rounded(row.value), "Standard error, GBP": rounded(row.standard_error),
            whole: rounded(row.population_value), "Who decides": safe_text(row.decided),
        }
        for row in rows_of(table)
    ]  # fmt: skip
    rate = clean(table.discounting.iloc[0])
    about = basis(evaluation.spec.study, unit="GBP", level=None, discounting=rate, signed=False)
    formats = {name: WHOLE for name in rows[0] if "GBP" in name}
    title = TABLES["information_trusts"]
    return _sheet(evaluation, "Better_data_by_trust", title, rows, about=about, formats=formats, notes={})


def _parameters(evaluation: Evaluation) -> PublishedSheet | None:
    table = _table(evaluation, "parameters")
    if table is None:
        return None
    wanted: dict[str, tuple[str, Callable[[Any], object]]] = {
        "name": ("Parameter", safe_text), "description": ("What it is", safe_text), "value": ("Value", _given),
        "unit": ("Unit", safe_text), "price_year": ("Price year", safe_text),
        "distribution": ("Distribution", safe_text), "low": ("Low", _given), "high": ("High", _given),
        "use": ("Used for", lambda text: safe_text(in_words(text))),
        "source_title": ("Source", safe_text), "locator": ("Where in the source", safe_text),
        "licence": ("Licence", safe_text), "confidence": ("Confidence", safe_text), "note": ("Remark", safe_text),
    }  # fmt: skip
    columns = {name: found for name, found in wanted.items() if name in table}
    rows = [{head: show(row[name]) for name, (head, show) in columns.items()} for row in table.to_dict("records")]
    about = "Unit and price year: as named in each row, before any move to the prices of the study."
    return _sheet(evaluation, "Parameters", TABLES["parameters"], rows, about=about, formats={}, notes={})


def _as_given(evaluation: Evaluation, name: str, label: str) -> PublishedSheet:
    """A table with its own columns, headings and names in words; counts and prices as they are, factors shortened."""
    table = evaluation.tables[name]
    heads = {column: safe_text(sentence_start(in_words(column))) for column in table.columns}
    rows = [
        {heads[str(column)]: _in_words(str(column), value) for column, value in row.items()}
        for row in table.to_dict("records")
    ]
    levels = sorted({float(level) for level in table["level"].dropna()}) if "level" in table else []
    spans = f" Intervals: {', '.join(interval_label(level) for level in levels)}, {INTERVAL_KIND}." if levels else ""
    about = f"Unit: as named in each row.{spans}"
    if name not in NOT_RESULTS:
        one = set(table["discounting"].map(clean)) if "discounting" in table else {NOT_DISCOUNTED}
        said = one.pop() if len(one) == 1 else "as named in each row"
        words = basis(evaluation.spec.study, unit="as named in each row", level=None, discounting=said, signed=False)
        about = f"{words}{spans}"
    title = (TABLES | FURTHER_TABLES).get(name, sentence_start(in_words(name)))
    return _sheet(evaluation, label, title, rows, about=about, formats={}, notes={})


def _in_words(column: str, value: object) -> object:
    """A value of a table as it stands, with the names of the code in words and no endless decimals."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and math.isfinite(value):
        return round(value, DECIMALS[column]) if column in DECIMALS else float(f"{value:.6g}")
    show = NAMES.get(column)
    return safe_text(show(value)) if show is not None and clean(value) else _given(value)


def _given(value: object) -> object:
    """A number as it is, everything else as text."""
    if isinstance(value, bool) or not isinstance(value, int | float) or pd.isna(value):
        return safe_text(value)
    return value
