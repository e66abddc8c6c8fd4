"""Tables of structural choices for readers: scenarios, decision, tipping points, bounds, callers.

All of them re-weigh the draws of one fit. Per trust they stand in the CSV files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.impact.tipping import LINE_WORDS
from econ111.intervals import INTERVAL_LEVEL, interval_label
from econ111.report.blocks import (
    Block,
    Cell,
    Column,
    Disclosure,
    Heading,
    Paragraphs,
    Row,
    TableView,
    basis,
    grouped,
    marked,
    number_columns,
    text_columns,
)
from econ111.report.estimate_tables import ROUNDING
from econ111.report.labels import clean, estimand_code, estimand_words, in_words, item_words, sentence_start, trust_name
from econ111.report.numbers import UNKNOWN, count, interval, money, money_unit, probability
from econ111.report.rows import rows_of
from econ111.report.structural_words import (
    abandoned_sentence,
    bounds_sentence,
    repeat_sentence,
    scenario_rows,
    scenarios_sentence,
    sentences,
    tipping_sentences,
    value_sentence,
)
from econ111.report.words import headline_estimand
from econ111.results import HEADLINE_ITEMS, Evaluation

SHOWN = (("displaced", "ed"), ("net_system", "ed"), ("net_system", "ed_attendance"), ("net_system", "primary_care"))
NEVER_AVERAGED = "One choice at a time departs from the base. Scenarios are never averaged."
WEIGHT = "The weight is what the choice would need beside the base for the sign of the mixture to change; none is none."
MEASURES = {
    "avoided": "Avoided without a cap",
    "calls": "Calls they come from",
    "people": "People behind these calls",
    "avoided_capped": "Avoided, with the cap",
    "people_avoiding": "People who avoid any",
}


def structural_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Every table of structural choices that the evaluation has, each after a sentence of reading."""
    parts = (
        ("One choice at a time", _scenarios(evaluation)),
        ("Value against cost under each choice", _value(evaluation)),
        ("Unrecorded calls: tipping points", _tipping(evaluation)),
        ("Unrecorded calls: bounds without an assumption", _bounds(evaluation)),
        ("Callers who gave up", _abandoned(evaluation)),
        ("People behind the calls", _repeat(evaluation)),
    )
    return tuple(block for title, blocks in parts if blocks for block in (Heading(title), *blocks))


def _scenarios(evaluation: Evaluation) -> tuple[Block, ...]:
    table = _filled(evaluation, "structural")
    if table is None:
        return ()
    rows = scenario_rows(table)
    shown = [pair for pair in SHOWN if ((rows.estimand == pair[0]) & (rows["item"] == pair[1])).any()]
    by_pair = {(row.choice, row.assumed, row.estimand, row.item): row for row in rows_of(rows)}
    levels = rows[["choice", "assumed", "base"]].drop_duplicates(["choice", "assumed"])
    groups = (
        (sentence_start(clean(choice)), [_scenario(row, by_pair, shown) for row in rows_of(mine)])
        for choice, mine in levels.groupby("choice", sort=False)
    )
    level = float(rows["level"].iloc[0])
    heads = [f"{sentence_start(item_words(item))}, {estimand_code(estimand)}" for estimand, item in shown]
    columns = (*text_columns("What is assumed"), *(Column(head, numeric=True) for head in heads))
    about = basis(evaluation.spec.study, unit="avoided over the evaluated period, all trusts", level=level)
    title = marked("Avoided under each structural choice, all trusts", evaluation.spec.study)
    view = TableView(title, columns, grouped(groups), about, (NEVER_AVERAGED, ROUNDING))
    return (*_said(scenarios_sentence(evaluation)), view)


def _scenario(row: Any, by_pair: Mapping[tuple[Any, Any, Any, Any], Any], shown: Iterable[tuple[str, str]]) -> Row:
    cells: list[str | Cell] = []
    for pair in shown:
        found = by_pair.get((row.choice, row.assumed, *pair))
        if found is None:
            cells.append(UNKNOWN)
            continue
        small = (interval(found.avoided_low, found.avoided_high), clean(found.verdict))
        flips = f"sign turns at weight {found.weight_to_flip:.2f}" if pd.notna(found.weight_to_flip) else ""
        cells.append(Cell(count(found.avoided), tuple(text for text in (*small, flips) if text)))
    return Row((f"{sentence_start(clean(row.assumed))}{' (base)' if row.base else ''}", *cells))


def _value(evaluation: Evaluation) -> tuple[Block, ...]:
    table = _filled(evaluation, "structural_value")
    if table is None:
        return ()
    estimand = headline_estimand(evaluation.spec)
    rows = table[(table.trust == TOTAL) & (table.estimand == estimand)]
    unit, level = money_unit(rows.net_value), float(rows["level"].iloc[0])
    columns = (
        *text_columns("What is assumed"),
        *number_columns(
            f"Net value, {unit.label}", interval_label(level), "Probability that value exceeds cost",
            "Weight that turns the decision",
        ),
    )  # fmt: skip
    groups = (
        (
            sentence_start(clean(choice)),
            [
                Row(
                    (
                        f"{sentence_start(clean(row.assumed))}{' (base)' if row.base else ''}",
                        money(row.net_value, unit),
                        interval(row.net_value_low, row.net_value_high, lambda value: money(value, unit)),
                        probability(row.probability_value_exceeds_cost),
                        f"{row.weight_to_flip:.2f}" if pd.notna(row.weight_to_flip) else "none",
                    )
                )
                for row in rows_of(mine)
            ],
        )
        for choice, mine in rows.groupby("choice", sort=False)
    )
    about = basis(
        evaluation.spec.study, unit=f"{unit.label} over the evaluated period", level=level,
        price_year=clean(rows.price_year.iloc[0]), signed=False,
    )  # fmt: skip
    title = marked(f"Value less cost under each structural choice, {estimand_words(estimand)}", evaluation.spec.study)
    view = TableView(
        title, columns, grouped(groups), about, ("Positive net value favours the service.", WEIGHT, ROUNDING)
    )
    return (*_said(value_sentence(table, estimand)), view)


def _tipping(evaluation: Evaluation) -> tuple[Block, ...]:
    table = _filled(evaluation, "tipping")
    if table is None:
        return ()
    rows = table[(table.trust == TOTAL) & table.estimand.isin(["displaced", "net_system"])]
    columns = (
        *text_columns("Estimand and item", "Sign"),
        *number_columns("Odds ratio at which the sign changes"),
        *text_columns("Verdict"),
        *number_columns("Odds ratio at which the verdict changes"),
    )
    keys = ["estimand", "item"]
    groups = (
        (
            f"Unrecorded {item_words(disposition)} {LINE_WORDS.get(str(line), clean(line))}",
            [_tips(pair) for _, pair in mine.groupby(keys, sort=False)],
        )
        for (disposition, line), mine in rows.groupby(["disposition", "line"], sort=False)
    )
    limit = f"{float(rows.limit.iloc[0]):g}"
    about = basis(
        evaluation.spec.study, unit="odds of the disposition among unrecorded calls over those among recorded ones",
        level=None, signed=False,
    )  # fmt: skip
    title = marked("Tipping points of unrecorded dispositions, all trusts", evaluation.spec.study)
    notes = (f"None: not within odds ratios of 1/{limit} to {limit}.", "The other dispositions stay missing at random.")
    view = TableView(title, columns, grouped(groups), about, notes)
    return (*_said(*tipping_sentences(table)), view)


def _tips(pair: pd.DataFrame) -> Row:
    """Sign and verdict of one estimand and item, each with where it changes and to what."""
    found = {str(row.question): row for row in rows_of(pair)}
    cells: list[str | Cell] = []
    for question in ("sign", "verdict"):
        row = found.get(question)
        cells.append(clean(row.answer) if row else UNKNOWN)
        ratio = f"{float(row.odds_ratio):.3g}" if row and row.becomes else "none"
        cells.append(Cell(ratio, (f"to {clean(row.becomes)}",)) if row and row.becomes else ratio)
    first = next(iter(found.values()))
    return Row((f"{estimand_code(first.estimand)}, {item_words(first.item)}", *cells))


def _bounds(evaluation: Evaluation) -> tuple[Block, ...]:
    table = _filled(evaluation, "bounds")
    if table is None:
        return ()
    rows = table[table.trust == TOTAL]
    headline = rows["item"].isin(HEADLINE_ITEMS)
    others = _bounds_view(evaluation, rows[~headline], "Other items avoided whatever the unrecorded calls were")
    return (
        *_said(bounds_sentence(table)),
        _bounds_view(evaluation, rows[headline], "Avoided whatever the unrecorded calls were, all trusts"),
        Disclosure("Bounds of the other items", (others,)),
    )


def _bounds_view(evaluation: Evaluation, rows: pd.DataFrame, title: str) -> TableView:
    level = float(rows["level"].iloc[0]) if len(rows) else INTERVAL_LEVEL
    columns = (
        *text_columns("Estimand"),
        *number_columns("At random", "Bounds", f"Bounds with their {interval_label(level)}"),
        *text_columns("Sign whatever they were"),
    )
    groups = (
        (sentence_start(item_words(item)), [_bounded(row) for row in rows_of(mine)])
        for item, mine in rows.groupby("item", sort=False)
    )
    about = basis(evaluation.spec.study, unit="avoided over the evaluated period, all trusts", level=level)
    note = "Each line's unrecorded calls are taken on the side that is worst, and best, for the service."
    return TableView(marked(title, evaluation.spec.study), columns, grouped(groups), about, (note, ROUNDING))


def _bounded(row: Any) -> Row:
    bounds, whole = interval(row.bound_low, row.bound_high), interval(row.low, row.high)
    return Row((estimand_words(row.estimand), count(row.at_random), bounds, whole, clean(row.sign_whatever)))


def _abandoned(evaluation: Evaluation) -> tuple[Block, ...]:
    table = _filled(evaluation, "abandoned")
    if table is None:
        return ()
    level = float(table["level"].iloc[0])
    columns = (
        *text_columns("Trust"),
        *number_columns(
            "Without the service", "With it, physical-health line", "With it, mental-health line", "Avoided",
            f"Avoided, {interval_label(level)}",
        ),
        *text_columns("Verdict"),
    )  # fmt: skip
    rows = tuple(
        _given_up(evaluation, trust, {str(row.measure): row for row in rows_of(mine)})
        for trust, mine in table.groupby("trust", sort=False)
    )
    about = basis(evaluation.spec.study, unit="calls over the evaluated period", level=level)
    title = marked("Calls given up before an answer", evaluation.spec.study)
    notes = ("Never added to avoided referrals. Calls given up on crisis lines are on neither side.", ROUNDING)
    return (*_said(abandoned_sentence(table)), TableView(title, columns, rows, about, notes))


def _given_up(evaluation: Evaluation, trust: object, found: Mapping[str, Any]) -> Row:
    numbers = (count(found[name].number) for name in ("without_service", "physical_line", "mental_line", "avoided"))
    avoided = found["avoided"]
    span = interval(avoided.number_low, avoided.number_high)
    return Row((trust_name(evaluation, trust), *numbers, span, clean(avoided.verdict)), total=trust == TOTAL)


def _repeat(evaluation: Evaluation) -> tuple[Block, ...]:
    table = _filled(evaluation, "repeat_callers")
    if table is None:
        return ()
    rows = table[table.trust == TOTAL]
    level = float(rows["level"].iloc[0])
    columns = (*text_columns("Measure"), *number_columns("Number", interval_label(level)))
    groups = (
        (
            f"{estimand_words(estimand)}, {clean(callers)}",
            [
                Row((_measure(row.measure), count(row.number), interval(row.number_low, row.number_high)))
                for row in rows_of(mine)
            ],
        )
        for (callers, estimand), mine in rows.groupby(["callers", "estimand"], sort=False)
    )
    cap = int(rows.cap.iloc[0])
    about = basis(evaluation.spec.study, unit="calls, people or ED attendances over the evaluated period", level=level)
    title = marked(f"ED attendances avoided with at most {cap} a person, all trusts", evaluation.spec.study)
    estimand = headline_estimand(evaluation.spec)
    view = TableView(title, columns, grouped(groups), about, (ROUNDING,))
    return (*_said(repeat_sentence(table, estimand)), view)


def _said(*found: str) -> tuple[Block, ...]:
    texts = sentences(found)
    return (Paragraphs(texts),) if texts else ()


def _measure(name: object) -> str:
    return MEASURES.get(str(name), sentence_start(in_words(name)))


def _filled(evaluation: Evaluation, name: str) -> pd.DataFrame | None:
    table = evaluation.tables.get(name)
    return None if table is None or table.empty else table
