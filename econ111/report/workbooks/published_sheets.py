"""The tables of the published workbook: one a sheet, tidy, numbers as numbers, every row named.

Each sheet says the unit, the interval's level, the price year, comparator and perspective above its table, because a
sheet is often copied alone.
"""

from __future__ import annotations

from econ111.intervals import interval_label
from econ111.report.blocks import basis
from econ111.report.labels import clean, estimand_words, in_words, item_words, payer_words, sentence_start, trust_name
from econ111.report.money_tables import consequence_labels, year_words
from econ111.report.rows import rows_of
from econ111.report.words import headline_estimand
from econ111.report.workbooks.given_sheets import given_sheets
from econ111.report.workbooks.published_sheet import (
    ONE_DECIMAL,
    PENCE,
    WHOLE,
    PublishedSheet,
    found_table,
    make_sheet,
)
from econ111.report.workbooks.published_text import chance, rounded, safe_text
from econ111.results import TABLES, Evaluation

MEASURE_WORDS = {
    "economic_value": "Economic value", "cash": "Cash released", "service_cost": "Service cost",
    "set_up_cost": "Set-up cost", "capacity_released": "Capacity released",
}  # fmt: skip


def published_sheets(evaluation: Evaluation) -> list[PublishedSheet]:
    """Every table that the evaluation can fill, results first."""
    makers = (_avoided, _consequences, _budget, _value, _information_by_trust)
    made = [sheet for sheet in (make(evaluation) for make in makers) if sheet is not None]
    return [*made, *given_sheets(evaluation)]


def _interval(level: float) -> tuple[str, str]:
    label = interval_label(level)
    return f"{label}, low", f"{label}, high"


def _avoided(evaluation: Evaluation) -> PublishedSheet | None:
    table = found_table(evaluation, "estimates")
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
    return make_sheet(evaluation, "Avoided", TABLES["estimates"], rows, about=about, formats=formats, notes=notes)


def _consequences(evaluation: Evaluation) -> PublishedSheet | None:
    table = found_table(evaluation, "cost_consequence")
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
    return make_sheet(evaluation, "Cost_consequence", title, rows, about=about, formats=formats, notes=notes)


def _budget(evaluation: Evaluation) -> PublishedSheet | None:
    table = found_table(evaluation, "budget_impact")
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
    return make_sheet(
        evaluation, "Budget_impact", title, rows, about=about, formats=formats,
        notes={"Measure": "never_added", "Payer": "intervals"},
    )  # fmt: skip


def _value(evaluation: Evaluation) -> PublishedSheet | None:
    table = found_table(evaluation, "scenarios")
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
    return make_sheet(
        evaluation, "Value_and_cost", "Value against cost", rows, about=about, formats=formats, notes=notes
    )


def _information_by_trust(evaluation: Evaluation) -> PublishedSheet | None:
    table = found_table(evaluation, "information_trusts")
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
    return make_sheet(evaluation, "Better_data_by_trust", title, rows, about=about, formats=formats, notes={})
