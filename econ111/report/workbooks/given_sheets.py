"""Published tables whose numbers stand as they were given: parameters, prices, payment rules, checks, issues."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from econ111.intervals import INTERVAL_KIND, interval_label
from econ111.report.blocks import basis
from econ111.report.labels import clean, in_words, index_words, item_words, payer_words, sentence_start
from econ111.report.workbooks.published_sheet import PENCE, WHOLE, PublishedSheet, found_table, make_sheet
from econ111.report.workbooks.published_text import NOT_APPLICABLE, NOT_AVAILABLE, safe_text
from econ111.results import FURTHER_TABLES, NOT_DISCOUNTED, NOT_RESULTS, TABLES, Evaluation

AS_GIVEN = {
    "series_effects": "Series", "published_changes": "Changes", "published": "Bounds",
    "published_figures": "Published_figures", "price_years": "Price_years", "payment_rules": "Payment_rules",
    "checks": "Checks", "issues": "Data_issues",
}  # fmt: skip
MIXED, FACTORS, PRICES = "General", ("Factor", "Alternative", "Difference"), ("Moved value",)
DECIMALS = {"factor": 4, "moved_value": 2, "alternative": 4, "difference": 4}
NAMES: dict[str, Callable[[object], str]] = {
    "consequence": lambda name: sentence_start(item_words(name)), "payer": payer_words, "index": index_words,
    "rule": lambda name: sentence_start(in_words(name)),
}  # fmt: skip


def given_sheets(evaluation: Evaluation) -> list[PublishedSheet]:
    """Every such table that the evaluation has, the parameters last."""
    made = [
        _as_given(evaluation, name, label)
        for name, label in AS_GIVEN.items()
        if found_table(evaluation, name) is not None
    ]
    parameters = _parameters(evaluation)
    return [*made, *([parameters] if parameters else [])]


def _parameters(evaluation: Evaluation) -> PublishedSheet | None:
    table = found_table(evaluation, "parameters")
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
    return _unrounded(evaluation, "Parameters", TABLES["parameters"], rows, about)


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
    return _unrounded(evaluation, label, title, rows, about)


def _unrounded(
    evaluation: Evaluation, label: str, title: str, rows: Sequence[Mapping[str, Any]], about: str
) -> PublishedSheet:
    """A sheet whose numbers stand as given: those of one kind alike, those of many kinds each as it is."""
    all_money = all(str(row.get("Unit", "")).startswith("GBP") for row in rows)
    money = ("Value", *PRICES) if all_money else PRICES
    formats = {
        column: shown for column in rows[0] if (shown := _shown(column, [row[column] for row in rows], money=money))
    }
    made = make_sheet(evaluation, label, title, rows, about=about, formats=formats, notes={})
    return replace(made, is_rounded=False)


def _shown(column: str, values: Sequence[object], *, money: Sequence[str]) -> str:
    """How the numbers of a column look; nothing where it holds words."""
    known = [value for value in values if value not in (NOT_APPLICABLE, NOT_AVAILABLE)]
    numbers = [value for value in known if isinstance(value, int | float)]
    if not numbers or len(numbers) < len(known):
        return ""
    if column in FACTORS:
        return "0.0000"
    if column in money:
        return PENCE
    return WHOLE if all(float(value).is_integer() for value in numbers) else MIXED


def _in_words(column: str, value: object) -> object:
    """A value of a table as it stands, with the names of the code in words and no endless decimals."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and math.isfinite(value):
        if column in DECIMALS:
            return round(value, DECIMALS[column])
        return round(value, 0) if abs(value) >= 1000 else float(f"{value:.6g}")
    show = NAMES.get(column)
    return safe_text(show(value)) if show is not None and clean(value) else _given(value)


def _given(value: object) -> object:
    """A number as it is, everything else as text."""
    if isinstance(value, bool) or not isinstance(value, int | float) or pd.isna(value):
        return safe_text(value)
    return value
