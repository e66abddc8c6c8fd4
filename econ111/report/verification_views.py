"""Verification and reporting checklists for readers: what was tested and assumed, and what people have still to say."""

from __future__ import annotations

import pandas as pd

from econ111.report.blocks import (
    Block,
    Cell,
    Definitions,
    Disclosure,
    Heading,
    Paragraphs,
    Row,
    TableView,
    grouped,
    marked,
    number_columns,
    only,
    text_columns,
    wide_columns,
)
from econ111.report.labels import clean, sentence_start
from econ111.report.numbers import UNKNOWN, as_number
from econ111.report.rows import rows_of
from econ111.report.verification_words import FAILED, LEFT_OUT, PASSED, tally
from econ111.results import Evaluation

STAGES = {
    "inputs": "What goes in",
    "flow": "From calls to consequences",
    "results": "Results",
    "uncertainty": "Uncertainty",
    "house": "Rules of this house",
}
MEANING = (
    "The tests compute the economics again from the draws of this run, with inputs changed, and hold it against the "
    "stored draws and the tables of this page. A test that passes says that the sums are right. Whether the "
    "assumptions are right is for people to judge: the logs below are for that."
)
MEANING_WITHOUT_MONEY = (
    "The tests compute figures again from what this run holds, and hold them against the tables of this page; those "
    "about money do not apply, as no money is counted. A test that passes says that the sums are right. Whether the "
    "assumptions are right is for people to judge: the logs below are for that."
)
SYNTHETIC_MARK = " (synthetic data)"
OPEN = ("to be written", "to be filled")
REPORTING = {
    "cheers": ("CHEERS 2022 reporting items", "Items of CHEERS 2022 (Husereau 2022) in our own words."),
    "cheers_voi": (
        "Reporting items for the value of information",
        "Topics of CHEERS-VOI (Kunst 2023) in our own words, under numbers of our own; they were not set against the "
        "wording of that statement. Each widens an item of CHEERS 2022, by its number, or is new.",
    ),
}


def verification_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Tests, assurance statement, logs and reporting items; nothing when the battery was not run."""
    tests = evaluation.tables.get("verification")
    if tests is None or tests.empty:
        return ()
    failed = tests[tests["result"] == FAILED]
    meaning = MEANING if evaluation.spec.economics is not None else MEANING_WITHOUT_MONEY
    blocks: tuple[Block, ...] = (Paragraphs((tally(tests),), lead=True), Paragraphs((meaning,)))
    if len(failed):
        blocks += (_tests_view(evaluation, failed, "Tests that failed"),)
    return blocks + only(
        _opened(_tests_view(evaluation, tests[tests["result"] == PASSED], "Tests that passed")),
        _opened(_left_out(evaluation, tests[tests["result"] == LEFT_OUT])),
        *_statement(evaluation),
        _opened(_assumptions(evaluation)),
        _opened(_decisions(evaluation)),
        _opened(_data(evaluation)),
        *_reporting(evaluation),
    )


def _opened(view: TableView | None) -> Disclosure | None:
    return Disclosure(_heading(view), (view,)) if view else None


def _heading(view: TableView) -> str:
    count = sum(not row.heading for row in view.rows)
    return f"{view.title.removesuffix(SYNTHETIC_MARK)} ({count} row{'' if count == 1 else 's'})"


def _tests_view(evaluation: Evaluation, table: pd.DataFrame, title: str) -> TableView:
    columns = (*text_columns("Number"), *wide_columns("Test, and how it is made"), *text_columns("Found", "Allowed"))
    groups = [
        (
            words,
            [
                Row((row.number, Cell(clean(row.test), (clean(row.how),)), _found(row), clean(row.allowed)))
                for row in rows_of(table[table["stage"] == stage])
            ],
        )
        for stage, words in STAGES.items()
    ]
    about = (
        "P, E, R and U: published tests of health-economic models (TECH-VER, Büyükkaramikli 2019), in our own words. "
        "H: tests of this house. Relative differences are of the largest value compared."
    )
    filled = grouped([(words, rows) for words, rows in groups if rows])
    return TableView(marked(title, evaluation.spec.study), columns, filled, about)


def _found(row: object) -> Cell:
    note = clean(getattr(row, "note", ""))
    return Cell(clean(getattr(row, "found", "")), (note,) if note else ())


def _left_out(evaluation: Evaluation, table: pd.DataFrame) -> TableView | None:
    if table.empty:
        return None
    columns = (*text_columns("Number"), *wide_columns("Test", "Why it does not apply"))
    rows = tuple(Row((row.number, clean(row.test), clean(row.note))) for row in rows_of(table))
    return TableView(marked("Tests that do not apply", evaluation.spec.study), columns, rows)


def _statement(evaluation: Evaluation) -> tuple[Block, ...]:
    table = evaluation.tables.get("assurance")
    if table is None:
        return ()
    pairs = tuple((sentence_start(clean(row.item)), clean(row.statement)) for row in rows_of(table))
    missing = int((table["status"] == "to be filled").sum())
    note = f"{missing} of {len(table)} statements are still to be made by people; until then nothing is assured."
    return (Heading("Assurance statement"), *((Paragraphs((note,)),) if missing else ()), Definitions(pairs))


def _assumptions(evaluation: Evaluation) -> TableView | None:
    table = evaluation.tables.get("assumption_log")
    if table is None or table.empty:
        return None
    columns = (
        *text_columns("Number"), *wide_columns("Assumption, and why"), *text_columns("Value"),
        *number_columns("Effect"), *wide_columns("Reliability, source and place"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                row.number,
                Cell(sentence_start(clean(row.assumption)), only_text(row.why)),
                clean(row.value),
                _effect(row.effect, row.effect_unit),
                Cell(sentence_start(clean(row.reliability)), _source(row.source, row.where, row.review_date)),
            )
        )
        for row in rows_of(table)
    )
    year = evaluation.spec.study.price_year
    about = (
        f"Effect: range of expected net value in pounds, {year} prices, over all trusts, when this alone changes: for "
        "a choice over its alternatives, for a parameter from the low to the high end of its 95% interval. Who made "
        "each and who signs it is to be filled in assumption_log.csv."
    )
    return TableView(marked("Assumption log", evaluation.spec.study), columns, rows, about)


def only_text(*values: object) -> tuple[str, ...]:
    """The values that say something."""
    return tuple(text for text in (clean(value) for value in values) if text)


def _effect(value: object, unit: object) -> Cell:
    number = as_number(value)
    known = number == number  # noqa: PLR0124 - NaN differs from itself
    return Cell(f"£{number:,.0f}" if known else UNKNOWN, () if known and number else only_text(unit))


def _source(source: object, where: object, review: object) -> tuple[str, ...]:
    return only_text(source, where, f"Review by {clean(review)}." if clean(review) else "")


def _decisions(evaluation: Evaluation) -> TableView | None:
    table = evaluation.tables.get("decision_log")
    if table is None or table.empty:
        return None
    columns = (*text_columns("Number", "Decision"), *wide_columns("Chosen", "Instead of"), *text_columns("Approved by"))
    rows = tuple(
        Row(
            (
                row.number,
                Cell(clean(row.decision), (clean(row.where),)),
                clean(row.chosen),
                clean(row.instead_of),
                clean(row.approved_by),
            )
        )
        for row in rows_of(table)
    )
    return TableView(marked("Decision log", evaluation.spec.study), columns, rows)


def _data(evaluation: Evaluation) -> TableView | None:
    table = evaluation.tables.get("data_log")
    if table is None or table.empty:
        return None
    columns = (
        *text_columns("Number"), *wide_columns("What"), *text_columns("Holds", "Quality", "Issues", "Review"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                row.number,
                Cell(clean(row.what), only_text(row.licence, _short(row.checksum))),
                clean(row.holds),
                clean(row.quality),
                clean(row.issues),
                clean(row.review_date),
            )
        )
        for row in rows_of(table)
    )
    about = (
        "Quality: confidence of the inputs that rest on each source. Who checked each is to be filled in "
        "data_log.csv; checksums are whole there."
    )
    return TableView(marked("Data log", evaluation.spec.study), columns, rows, about)


def _short(checksum: object) -> str:
    text = clean(checksum)
    return f"checksum {text[:12]}" if text else ""


def _reporting(evaluation: Evaluation) -> tuple[Block, ...]:
    found = {name: evaluation.tables[name] for name in REPORTING if name in evaluation.tables}
    if not found:
        return ()
    blocks: list[Block] = [Heading("Reporting items")]
    for name, table in found.items():
        title, about = REPORTING[name]
        view = _items_view(evaluation, table, title, about)
        missing = int(table["status"].isin(OPEN).sum())
        note = (
            f"{title}: {len(table) - missing} of {len(table)} are filled; {missing} are still to be written by people."
        )
        blocks += [Paragraphs((note,)), Disclosure(_heading(view), (view,))]
    return tuple(blocks)


def _items_view(evaluation: Evaluation, table: pd.DataFrame, title: str, about: str) -> TableView:
    columns = (*text_columns("Item"), *wide_columns("Asks", "Answer"), *text_columns("Where"))
    groups = [
        (
            str(section),
            [
                Row(
                    (
                        _numbered(row),
                        clean(row.asks),
                        Cell(clean(row.answer), (clean(row.status),)),
                        clean(row.where),
                    )
                )
                for row in rows_of(some)
            ],
        )
        for section, some in table.groupby("section", sort=False)
    ]
    return TableView(marked(title, evaluation.spec.study), columns, grouped(groups), about)


def _numbered(row: object) -> Cell:
    """The number of an item, and of the item that it widens."""
    widens = clean(getattr(row, "extends", ""))
    said = {"": (), "new": ("new",)}.get(widens, (f"widens {widens}",))
    return Cell(clean(getattr(row, "item", "")), said)
