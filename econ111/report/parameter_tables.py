"""The parameters of an evaluation for readers: what each is, its value and spread, and where a stranger finds it.

Costs and assumptions are shown; the priors of the model and the rules of the verdicts, which are the same in every
evaluation, are behind a part that opens. The shares of a Dirichlet group are one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import pandas as pd

from econ111.report.blocks import (
    Block,
    Cell,
    Disclosure,
    Row,
    TableView,
    grouped,
    marked,
    only,
    text_columns,
    wide_columns,
)
from econ111.report.labels import clean, in_words, item_words, sentence_start
from econ111.report.numbers import UNKNOWN, as_number, plain_value
from econ111.report.rows import rows_of
from econ111.results import ITEM_WORDS, Evaluation

COSTS = {"unit cost": "Unit costs", "service cost": "Cost of the service, one row per basis"}
RULES = {"prior of the model": "Priors of the model", "rule of the verdicts": "Rules of the verdicts"}
LEADING = ("in", "from", "of", "to", "at", "by", "that", "the")
ASSUMED = "Assumptions and other inputs"
ABOUT = (
    "Unit and price year: as named in each row, before any move to the study's prices. A range is what 95% of draws "
    "lie between; for a uniform distribution, its ends; for what is not drawn, the range as printed."
)


def parameter_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Costs, then assumptions, then a part to open with priors and rules; nothing when there is no table."""
    table = evaluation.tables.get("parameters")
    if table is None or table.empty:
        return ()
    groups = table.assign(group=[_group(use) for use in table["use"]])
    shown = [*COSTS.values(), ASSUMED]
    closed = _view(evaluation, groups, list(RULES.values()), "Priors and rules")
    opened = Disclosure("Priors of the model and rules of the verdicts", (closed,)) if closed else None
    return only(_view(evaluation, groups, shown, "Parameters used, with sources"), opened)


def _view(evaluation: Evaluation, table: pd.DataFrame, groups: list[str], title: str) -> TableView | None:
    chosen = [(name, table[table.group == name]) for name in groups]
    filled = [(name, list(_rows(rows))) for name, rows in chosen if len(rows)]
    columns = (
        *text_columns("Parameter", "Value and range", "Price year", "Distribution"),
        *wide_columns("Source and note"),
    )
    return TableView(marked(title, evaluation.spec.study), columns, grouped(filled), ABOUT) if filled else None


def _group(use: object) -> str:
    words = in_words(use)
    return next((name for start, name in (COSTS | RULES).items() if words.startswith(start)), ASSUMED)


def _rows(table: pd.DataFrame) -> Iterator[Row]:
    """One row per parameter, and one per Dirichlet group in the place of its first share."""
    shares: dict[str, list[dict[str, Any]]] = {}
    for found in rows_of(table):
        row = found._asdict()
        name = clean(row["name"])
        group = name.rpartition(".")[0] if clean(row.get("distribution")) == "dirichlet" else name
        shares.setdefault(group, []).append(row)
    for name, rows in shares.items():
        yield Row((_what(name, rows), _value(rows), *_year_and_distribution(rows[0]), _source(rows[0])))


def _what(name: str, rows: list[dict[str, Any]]) -> Cell:
    words = clean(rows[0].get("description")).rstrip(".")
    if len(rows) > 1:
        words = shared_words([clean(row.get("description")) for row in rows])
    use = in_words(rows[0].get("use"))
    small = (name, f"Use: {use}.") if use and use not in RULES else (name,)
    return Cell(words or sentence_start(in_words(name)), small)


def _value(rows: list[dict[str, Any]]) -> Cell:
    unit = clean(rows[0].get("unit"))
    if len(rows) > 1:
        start = len(_common_start([clean(row.get("description")) for row in rows]))
        parts = ((_share_name(row, start), plain_value(row.get("value"), unit)) for row in rows)
        return Cell(f"{len(rows)} shares", tuple(f"{sentence_start(name)}: {value}" for name, value in parts))
    return Cell(f"{plain_value(rows[0].get('value'), unit)} {unit}".strip(), _spread(rows[0], unit))


def shared_words(descriptions: Sequence[str]) -> str:
    """What the descriptions of a group of shares say in common, without the word that leads to each of them.

    Examples
    --------
    >>> shared_words(["Share of calls that begin from 00:00 to 00:59", "Share of calls that begin from 01:00 to 01:59"])
    'Share of calls that begin'
    >>> shared_words(["Share of staff who answer: band 4", "Share of staff who answer: band 6"])
    'Share of staff who answer'
    """
    words = _common_start(descriptions)
    while words and words[-1] in LEADING:
        words = words[:-1]
    return " ".join(words).rstrip(":.,")


def _common_start(descriptions: Sequence[str]) -> list[str]:
    """Words with which all of them begin, whole words only, up to a colon where there is one."""
    split = [text.split() for text in descriptions]
    same = takewhile(lambda found: len(set(found)) == 1, zip(*split, strict=False))
    words = [found[0] for found in same]
    ends = [place for place, word in enumerate(words, start=1) if word.endswith(":")]
    return words[: ends[-1]] if ends else words


def _share_name(row: dict[str, Any], start: int) -> str:
    """A disposition or service in the words of the page; any other share by what only its description says."""
    name = clean(row["name"]).rpartition(".")[2]
    rest = " ".join(clean(row.get("description")).rstrip(".").split()[start:])
    return item_words(name) if name in ITEM_WORDS or not rest else rest


def _spread(row: dict[str, Any], unit: str) -> tuple[str, ...]:
    low, high = (plain_value(row.get(key), unit) for key in ("low", "high"))
    error = plain_value(row.get("standard_error"), unit)
    if UNKNOWN not in (low, high):
        return (f"{low} to {high}",)
    return () if error == UNKNOWN else (f"standard error {error}",)


def _year_and_distribution(row: dict[str, Any]) -> tuple[str, str]:
    worth = as_number(row.get("effective_n"))
    name = clean(row.get("distribution"))
    return clean(row.get("price_year")) or UNKNOWN, f"{name}, worth {worth:.0f}" if worth > 0 else name


def _source(row: dict[str, Any]) -> Cell:
    title, locator = clean(row.get("source_title")) or clean(row.get("source")), clean(row.get("locator"))
    named = (title,) if locator in title else (title, locator)
    parts = [", ".join(text.rstrip(".") for text in named if text)]
    parts += [
        f"{label} {clean(row.get(key))}"
        for label, key in (("Licence", "licence"), ("Confidence", "confidence"))
        if clean(row.get(key))
    ]
    note = clean(row.get("note"))
    return Cell(" ".join(f"{text}." for text in parts if text), (note,) if note else ())
