"""The cover: what the workbook is for, whether it may be used, what each sheet holds, and what it does not say."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from econ111.report.labels import clean, run_time
from econ111.report.money_tables import NEVER_ADDED
from econ111.report.page import fit_failure
from econ111.report.prose import limits, study_pairs
from econ111.report.value_words import value_sentences
from econ111.report.words import assumptions_note, verdict_sentences
from econ111.report.workbooks.book import SIGN, SYNTHETIC, Book
from econ111.report.workbooks.cells import Content, Live, cell, fit_row, put
from econ111.report.workbooks.check_sheet import OVERALL, PASSED
from econ111.report.workbooks.input_sheet import changed_inputs
from econ111.report.workbooks.inputs import live_budget
from econ111.report.workbooks.layout import (
    CHECKS,
    COVER,
    DRAWS,
    INPUTS,
    NAMES,
    ORIGINAL,
    PRICES,
    SOURCES,
    TOTALS,
    WORKINGS,
)
from econ111.report.workbooks.styles import set_page

PURPOSE = (
    "To let a reader follow every pound from an input to a result, and see what other unit costs, service costs, cash "
    "shares or growth would give. It prices again; it does not fit again."
)
SHEETS = {
    CHECKS: "Control: every check, with one answer on top",
    INPUTS: "Foundation: values, units, price years and sources; yellow cells may be changed",
    SOURCES: "Foundation: where each input comes from, its range, licence and notes",
    DRAWS: "Foundation: draws of the model, and the spread of each input",
    PRICES: "Workings: each input in each draw",
    WORKINGS: "Workings: value, service cost and net value in each draw",
    TOTALS: "Results: all trusts together",
    ORIGINAL: "Results of the run from all draws, as values",
    NAMES: "Control: index of the named cells",
}
TEXT_WIDTH = 110
KEY = (
    ("input_number", "Yellow, blue letters, border: an input, which may be changed"),
    ("stored_plain", "Grey: a value that the run stored; not to be changed"),
    ("money", "White: a formula"),
    ("check", "Bold at the right: a check, which says OK or CHECK"),
)

NOT_LIVE = (
    "The budget impact starts from settled months, and calls by month were not kept. It is not worked out here: see "
    "tables.xlsx and the page."
)
SETTLED = (
    "Year 0 of the budget impact is made of the last {months} evaluated months of each trust, when its service had "
    "settled; the results of the evaluated period are not. The volume of each trust stands on the sheet Draws."
)


def write_cover(book: Book) -> None:
    """Status and caveats first, then the study, the sheets and the key."""
    sheet, styles = book.file.get_worksheet_by_name(COVER), book.styles
    row = _status(book, sheet, 3)
    row = _list(
        book,
        sheet,
        row + 1,
        "What the run found",
        [*verdict_sentences(book.evaluation), *value_sentences(book.evaluation)],
    )
    row = _list(book, sheet, row + 1, "Caveats", _caveats(book))
    row = _pairs(book, sheet, row + 1, "What was evaluated", study_pairs(book.evaluation))
    row = _contents(book, sheet, row + 1)
    put(sheet, row + 1, 0, "Key", styles["section"])
    for offset, (style, words) in enumerate(KEY, start=2):
        put(sheet, row + offset, 0, 1234.0 if style != "check" else "OK", styles[style])
        put(sheet, row + offset, 1, words, styles["unit"])
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, TEXT_WIDTH)
    set_page(sheet, synthetic=book.evaluation.synthetic)
    sheet.activate()


def _status(book: Book, sheet: Worksheet, row: int) -> int:
    evaluation, record = book.evaluation, book.evaluation.record
    failure = fit_failure(evaluation)
    changed = changed_inputs(book)
    state = f"NOT USABLE: {failure}" if failure else "The fit met its checks"
    pairs: list[tuple[str, Content]] = [
        ("Purpose", PURPOSE),
        ("Status", f"{state}. {SYNTHETIC if evaluation.synthetic else ''}".strip()),
        ("Checks of the workbook", Live(cell(CHECKS, *OVERALL), PASSED)),
        ("Inputs", Live(f'IF({changed}=0,"as in the run",{changed}&" changed since the run")', "as in the run")),
        ("Price year", f"{book.price_year}; budget impact in real terms, undiscounted"),
        ("Draws", f"{book.priced.size:,} of {book.priced.of:,}, evenly spaced"),
        (
            "Made by",
            f"econ111 {clean(record.get('versions', {}).get('econ111', ''))}, {run_time(evaluation)}",
        ),
        ("Code and seed", f"commit {clean(record.get('code', {}).get('commit', ''))}; seed {record.get('seed', '')}"),
    ]
    for label, content in pairs:
        put(sheet, row, 0, label, book.styles["strong" if label == "Status" else "text"])
        put(sheet, row, 1, content, book.styles["strong_after" if label == "Status" else "unit"])
        fit_row(sheet, row, [(content, TEXT_WIDTH)])
        row += 1
    return row


def _caveats(book: Book) -> list[str]:
    evaluation, priced = book.evaluation, book.priced
    plan = evaluation.spec.budget_impact
    return [
        *limits(evaluation),
        *assumptions_note(evaluation),
        NEVER_ADDED,
        "Intervals do not add: the interval of a total is taken of the draws of the total.",
        f"Means and intervals come from {priced.size:,} draws; those of the run, from {priced.of:,}, stand under "
        f"{ORIGINAL} and differ by Monte Carlo error.",
        SIGN,
        *([SETTLED.format(months=plan.settled_months)] if plan and priced.volume is not None else []),
        *([NOT_LIVE] if plan and live_budget(evaluation) is None else []),
    ]


def _list(book: Book, sheet: Worksheet, row: int, title: str, texts: list[str]) -> int:
    put(sheet, row, 0, title, book.styles["section"])
    for offset, text in enumerate(texts, start=1):
        put(sheet, row + offset, 0, f"{offset}", book.styles["word"])
        put(sheet, row + offset, 1, text, book.styles["unit"])
        fit_row(sheet, row + offset, [(text, TEXT_WIDTH)])
    return row + len(texts) + 1


def _pairs(book: Book, sheet: Worksheet, row: int, title: str, pairs: tuple[tuple[str, str], ...]) -> int:
    put(sheet, row, 0, title, book.styles["section"])
    for offset, (term, text) in enumerate(pairs, start=1):
        put(sheet, row + offset, 0, term, book.styles["text"])
        put(sheet, row + offset, 1, text, book.styles["unit"])
        fit_row(sheet, row + offset, [(text, TEXT_WIDTH)])
    return row + len(pairs) + 1


def _contents(book: Book, sheet: Worksheet, row: int) -> int:
    put(sheet, row, 0, "Sheets", book.styles["section"])
    about = dict(SHEETS)
    trusts = {name: f"Results: {book.name(trust)}" for trust, name in enumerate(book.layout.trust_sheets)}
    ordered = [name for name in book.file.sheetnames if name != COVER]
    for name in ordered:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", book.styles["link"], name)
        put(sheet, row, 1, about.get(name, trusts.get(name, "")), book.styles["unit"])
    return row + 1
