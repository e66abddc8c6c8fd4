"""The results sheets, one for all trusts and one for each, alike row by row; every number is a formula.

Value, capacity and cash describe the same avoided care in three ways. They stand side by side and are never added.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from econ111.economics.totals import TOTAL
from econ111.report.labels import CASH_WORDS, clean, payer_words, sentence_start
from econ111.report.money_tables import NEVER_ADDED, WHY_NO_CASH
from econ111.report.workbooks import quantities as q
from econ111.report.workbooks.book import SIGN, Book, Check
from econ111.report.workbooks.cells import Content, Live, cell, put
from econ111.report.workbooks.input_sheet import changed_inputs
from econ111.report.workbooks.layout import INPUT_COLUMN, INPUTS, Layout
from econ111.report.workbooks.quantities import Quantity
from econ111.report.workbooks.result_place import WIDTHS, Place, interval_heads, named
from econ111.report.workbooks.styles import set_page

FIRST_SECTION = 6
BESIDE_THE_INTERVAL = 5


def write_results(book: Book, trust: int) -> list[Check]:
    """The sheet of one trust, or of the total, with the checks on it."""
    name = book.layout.sheet(trust)
    shown = book.name(trust)
    sheet = book.sheet(name, f"Results: {shown}", book.about(), SIGN)
    changed = changed_inputs(book)
    note = Live(
        f'IF({changed}=0,"Inputs as in the run.","Inputs changed since the run: "&{changed}&".")',
        "Inputs as in the run.",
    )
    put(sheet, 4, 0, note, book.styles["warning"])
    place = Place(book, sheet, name, trust, [])
    row = _worth(place, FIRST_SECTION)
    row = _bases(place, row + 1)
    row = _consequences(place, row + 1)
    if book.priced.years:
        sheet.set_h_pagebreaks([row + 1])
        row = _budget(place, row + 1)
        row = _capacity(place, row + 1)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    set_page(sheet, synthetic=book.evaluation.synthetic, freeze=(2, 1))
    return place.checks


def _worth(place: Place, row: int) -> int:
    layout, trust = place.book.layout, place.trust
    row = place.head(
        row,
        _base_chosen(place.book),
        "Over the evaluated period",
        "Unit",
        "Mean",
        *interval_heads(place.book),
        "Check",
    )
    quantities = {"Value avoided": q.value, "Service cost": q.service_cost, "Net value": q.net_value}
    for what, quantity in quantities.items():
        summary = quantity(layout, trust).summary(layout)
        place.line(row, (what, "text"), ("GBP", "text"), *((live, "money") for live in summary))
        place.trusts_add_up(row, 2, what, at=BESIDE_THE_INTERVAL)
        row += 1
    net = q.net_value(layout, trust).chance_above_zero(layout)
    place.line(row, ("Probability that value exceeds cost", "text"), ("probability", "text"), (net, "chance"))
    worth, called = q.value(layout, trust), q.calls(layout, trust)
    even = Live(f"SUM({worth.expression})/SUM({called.expression})", float(worth.draws.sum() / called.draws.sum()))
    place.line(row + 1, ("Break-even cost of a call", "text"), ("GBP per call", "text"), (even, "pence"))
    place.line(
        row + 2, ("Answered calls", "text"), ("calls", "text"), *((live, "count") for live in called.summary(layout))
    )
    return row + 3


def _base_chosen(book: Book) -> Live:
    """Title of the first section, with the base of the service's cost as it is chosen on Inputs."""
    words, inputs = "Value against cost, base chosen: ", book.priced.inputs
    chosen = cell(INPUTS, book.layout.rows["basis"], INPUT_COLUMN)
    return Live(f'"{words}"&{chosen}', f"{words}{clean(inputs.bases[inputs.base].label)}")


def _bases(place: Place, row: int) -> int:
    book = place.book
    layout = book.layout
    low, high = interval_heads(book)
    heads = (
        "Basis",
        "Unit",
        *named("Net value", low, high),
        "Service cost, mean",
        "Cost of a call, mean",
        "Probability that value exceeds cost",
    )
    row = place.head(row, "Value against cost on each basis of the service's cost", *heads)
    for base, one in enumerate(book.priced.inputs.bases):
        cost, net = q.on_base(layout, place.trust, base)
        summary = ((live, "money") for live in net.summary(layout))
        spent, used = cost.mean(layout), Live(layout.used(one.key), one.used)
        place.line(
            row,
            (one.label, "text"),
            ("GBP", "text"),
            *summary,
            (spent, "money"),
            (used, "pence"),
            (net.chance_above_zero(layout), "chance"),
        )
        row += 1
    place.line(row, ("The bases are scenarios, side by side. They are never averaged.", "line"))
    return row + 1


def _consequences(place: Place, row: int) -> int:
    book, priced = place.book, place.book.priced
    layout, trust = book.layout, place.trust
    low, high = interval_heads(book)
    heads = (
        "Consequence", "Borne by", *named("Avoided", low, high), "Unit cost, mean, GBP",
        *named("Cost avoided, GBP", low, high), "Kind of gain", "Evidence", "Check",
    )  # fmt: skip
    row = first = place.head(row, "Cost-consequence: natural units and their costs", *heads, words=(0, 1, 9, 10))
    for k, item in enumerate(priced.consequences):
        kind = sentence_start(CASH_WORDS.get(item.cash_class, clean(item.cash_class)))
        grade = sentence_start(clean(item.evidence).partition(":")[0])
        fewer = q.avoided(layout, trust, k).summary(layout)
        place.line(row, (item.label, "text"), (payer_words(item.payer), "text"), *((live, "count") for live in fewer))
        place.trusts_add_up(row, 2, f"{clean(item.label)}, avoided")
        if item.unit_cost:
            cost = q.cost_avoided(layout, trust, [k]).summary(layout)
            priced_at = (q.unit_cost(layout, k).mean(layout), "pence")
            place.line(row, priced_at, *((live, "money") for live in cost), first=5)
        else:
            place.line(row, ("not valued", "word"), ("not valued", "word"), first=5)
        place.line(row, (kind, "unit"), (grade, "unit"), first=9)
        place.fit(row, [item.label, payer_words(item.payer), *[""] * 7, kind, grade])
        row += 1
    for words in priced.economics.unmeasured:
        place.line(row, (sentence_start(clean(words)), "text"), ("", "text"), ("not measured", "word"))
        row += 1
    total = q.value(layout, trust).summary(layout)
    place.line(row, ("All valued consequences: costs only", "text_total"), *[("", "text_total")] * 5)
    place.line(row, *((live, "money_total") for live in total), first=6)
    parts = [xl_rowcol_to_cell(first + k, 6) for k in range(len(priced.valued))]
    if parts:
        place.check(row, 6, f"{place.name}: costs avoided add up over consequences", parts)
    place.line(row + 1, ("Numbers of different consequences are never added; only their costs are.", "line"))
    return row + 2


def _budget(place: Place, row: int) -> int:
    book = place.book
    low, high = interval_heads(book)
    spans = [head for what in ("Economic value", "Service cost", "Cash released") for head in named(what, low, high)]
    title = f"Budget impact, GBP a year in {book.price_year} prices, undiscounted"
    row = place.head(row, title, "Year", "Payer", *spans, "Check")
    for year, words in enumerate(book.priced.years, start=1):
        first = row
        for payer in book.priced.payers:
            _budget_row(place, row, year, words, payer)
            row += 1
        parts = [xl_rowcol_to_cell(one, 2) for one in range(first, row - 1)]
        place.check(row - 1, 2, f"{place.name}: value of {words} adds up over payers", parts)
    for words in (NEVER_ADDED, WHY_NO_CASH):
        place.line(row, (words, "line"))
        row += 1
    if book.priced.inputs.set_up:
        row = _set_up(place, row)
    return row


def _budget_row(place: Place, row: int, year: int, words: str, payer: str) -> None:
    book = place.book
    layout, trust, total = book.layout, place.trust, payer == TOTAL
    style, text = ("money_total", "text_total") if total else ("money", "text")
    places = book.priced.borne_by(payer)
    worth = q.cost_avoided(layout, trust, places, settled=True) if places else None
    worth = q.value(layout, trust, settled=True) if total else worth
    pays = payer in (TOTAL, book.priced.economics.service_payer)
    spent = q.service_cost(layout, trust, settled=True) if pays else None
    freed = q.cash(layout, trust, places) if places else None
    contents: list[tuple[Content, str]] = [(f"{words} (year {year})", text), (payer_words(payer), text)]
    for quantity in (worth, spent, freed):
        contents += [(live, style) for live in _yearly(layout, quantity, year)]
    place.line(row, *contents)


def _yearly(layout: Layout, quantity: Quantity | None, year: int) -> Sequence[Content]:
    """Mean and interval in a year; 0 for who bears nothing of the kind."""
    return (0, 0, 0) if quantity is None else q.in_year(layout, quantity, year).summary(layout)


def _capacity(place: Place, row: int) -> int:
    book = place.book
    kinds = _kinds(book)
    if not kinds:
        return row
    row = place.head(
        row,
        "Capacity released a year: time and space for others, not money",
        "Year",
        "Kind",
        "Mean",
        *interval_heads(book),
        "Freed at",
        words=(0, 1, 5),
    )
    for year, words in enumerate(book.priced.years, start=1):
        for (kind, payer), pairs in kinds.items():
            released = q.in_year(book.layout, q.capacity(book.layout, place.trust, pairs), year)
            summary = ((live, "count") for live in released.summary(book.layout))
            place.line(row, (f"{words} (year {year})", "text"), (kind, "text"), *summary, (payer_words(payer), "unit"))
            row += 1
    return row


def _kinds(book: Book) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Kinds of capacity with the consequences that occupy it, as places of both."""
    kinds: dict[tuple[str, str], list[tuple[int, int]]] = {}
    occupying = [item for item in book.priced.economics.consequences if item.capacity]
    for which, item in enumerate(occupying):
        kinds.setdefault((item.capacity_unit or "", item.payer), []).append(
            (book.priced.place(item.consequence), which)
        )
    return kinds


def _set_up(place: Place, row: int) -> int:
    book, one = place.book, place.book.priced.inputs.set_up
    if one is None:
        return row
    trusts = book.layout.total if place.is_total else 1
    quantity = Quantity(f"{trusts}*{book.layout.price(one.key)}", trusts * book.priced.full(one.draws))
    summary = ((live, "money") for live in quantity.summary(book.layout))
    row = place.head(row + 1, "Set-up cost, in year 1", "Year", "Payer", "Mean, GBP", *interval_heads(book))
    payer = payer_words(book.priced.economics.service_payer)
    place.line(row, (f"{book.priced.years[0]} (year 1)", "text"), (payer, "text"), *summary)
    return row + 1
