"""The sheets of draws: what the model found (values), then prices and worth in each draw (formulas).

One row is one draw of everything. A mean or an interval is taken of a column, never of another mean or interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from econ111.report.labels import clean
from econ111.report.workbooks.book import SIGN, Book
from econ111.report.workbooks.cells import Live, across, cell, fit_row, put
from econ111.report.workbooks.inputs import Numbers
from econ111.report.workbooks.layout import CODE_ROW, DRAWS, FIRST_DRAW, HEAD_ROW, PRICES, WORKINGS, Layout
from econ111.report.workbooks.styles import set_page

CALLS, STAFFED, VOLUME = "calls", "staffed_calls", "volume"
STAFFED_HEAD = "Calls as staffed: calls x the trust's cost of a call / mean cost of all trusts"
GROUP_ROW = HEAD_ROW - 1
COLUMN_WIDTH, PRINTED_DRAWS, PRINTED_COLUMNS = 18, 40, 10


@dataclass(frozen=True)
class _Column:
    """A column of draws: its group, heading and code, its values, and its formula by row when it is worked out."""

    group: str
    head: str
    code: str
    values: Numbers
    style: str = "count"
    formula: tuple[str, ...] = ()


def write_draws(book: Book) -> None:
    """The draws themselves: calls and avoided numbers by trust, and the spread of every uncertain input."""
    priced = book.priced
    sheet = book.sheet(
        DRAWS,
        "Draws: what the model found, and how far each input may be off",
        f"{priced.size:,} of {priced.of:,} draws, evenly spaced. One row is one draw of everything: its cells belong "
        f"together. Numbers over the evaluated period. {SIGN}",
    )
    put(sheet, 3, 0, "Number of draws", book.styles["text"])
    put(sheet, 3, 1, Live(f"COUNT({book.layout.column(DRAWS, 0)})", float(priced.size)), book.styles["count"])
    columns = []
    for trust in range(book.layout.total):
        columns.append(_Column(book.name(trust), "Answered calls", CALLS, priced.calls[:, trust], "stored"))
        if priced.staffed is not None:
            columns.append(_Column(book.name(trust), STAFFED_HEAD, STAFFED, priced.staffed[:, trust], "stored"))
        columns += [
            _Column(
                book.name(trust),
                f"{clean(item.label)}, avoided",
                item.consequence,
                priced.avoided[:, trust, k],
                "stored",
            )
            for k, item in enumerate(priced.consequences)
        ]
    columns += [*_volumes(book), *_spreads(book)]
    _write(book, DRAWS, columns)


def write_prices(book: Book) -> None:
    """Every input in every draw: input times ratio (growth: plus shift), and the factor of each budget year."""
    inputs = book.priced.inputs
    book.sheet(
        PRICES,
        "Prices, capacities and yearly factors in each draw",
        f"Input (sheet Inputs) x ratio in the draw (sheet Draws). GBP in {book.price_year} prices; no discounting.",
    )
    columns = []
    for one, values in zip(inputs.unit_costs, book.priced.unit_costs.T, strict=True):
        columns.append(_product(book, one.key, f"Unit cost, {one.label}, GBP", values, "pence"))
    columns.append(_call_cost(book))
    for one, values in zip(inputs.capacities, book.priced.capacity_units.T, strict=True):
        columns.append(_product(book, one.key, f"{one.label}: {one.unit}", values, "factor"))
    columns += _factors(book)
    if inputs.set_up:
        columns.append(_product(book, inputs.set_up.key, "Set-up cost, GBP per trust", inputs.set_up.draws, "money"))
    _write(book, PRICES, columns)


def write_workings(book: Book) -> None:
    """Value, service cost and net value of each trust in each draw, then of all trusts together."""
    book.sheet(
        WORKINGS,
        "Workings: value, service cost and net value in each draw",
        "Value = sum over consequences of avoided x unit cost. Service cost = calls x cost per call on the base "
        f"chosen. Net value = value - service cost. GBP in {book.price_year} prices, over the evaluated period.",
        "The total of all trusts is added up in each draw. Intervals do not add: the interval of a total is not the "
        "sum of the intervals of its parts.",
    )
    columns: list[_Column] = []
    for trust in range(book.layout.total):
        columns += _worth(book, trust)
    columns += [*_totals(book), *_worth(book, book.layout.total), *_settled(book)]
    _write(book, WORKINGS, columns)


def _volumes(book: Book) -> list[_Column]:
    """Year 0 of the budget, where it is made of settled months: the volume of each trust in each draw."""
    volume = book.priced.volume
    if volume is None:
        return []
    head = "Calls of a settled month / calls of the evaluated period"
    return [
        _Column(book.name(trust), head, VOLUME, volume[:, trust], "stored_plain") for trust in range(book.layout.total)
    ]


def _settled(book: Book) -> list[_Column]:
    """All trusts over a settled month each: every trust's number times its own volume, added up in each draw."""
    layout, priced = book.layout, book.priced
    if priced.volume is None:
        return []
    settled, total = priced.settled, layout.total
    places = [
        (DRAWS, [layout.first_avoided(trust) + k for trust in range(total)]) for k in range(len(priced.consequences))
    ]
    places += [(WORKINGS, [layout.worked(trust, which) for trust in range(total)]) for which in (0, 1)]
    heads = [(f"{clean(item.label)}, avoided", item.consequence, "count") for item in priced.consequences]
    heads += [("Value avoided, GBP", "value", "money"), ("Service cost, GBP", "service_cost", "money")]
    values = [*settled.avoided[:, -1].T, settled.value[:, -1], settled.service_cost[:, -1]]
    name = f"{book.name(total)}, a settled month"
    return [
        _Column(name, head, code, numbers, style, tuple(_by_volume(layout, sheet, columns, row) for row in _rows(book)))
        for (head, code, style), numbers, (sheet, columns) in zip(heads, values, places, strict=True)
    ]


def _by_volume(layout: Layout, sheet: str, columns: Sequence[int], row: int) -> str:
    """A column of each trust times the volume of the trust, added up in one draw."""
    return "+".join(
        f"{cell(sheet, row, column, fixed_row=False)}*{cell(DRAWS, row, layout.volumes + trust, fixed_row=False)}"
        for trust, column in enumerate(columns)
    )


def _spreads(book: Book) -> list[_Column]:
    inputs = book.priced.inputs
    found = {"Unit costs: ratio to the input": inputs.unit_costs, "Cost of a call: ratio to the input": inputs.bases}
    found |= {"Capacity: ratio to the input": inputs.capacities}
    found |= {"Growth: points above the input": (inputs.growth,)} if inputs.growth else {}
    found |= {"Set-up cost: ratio to the input": (inputs.set_up,)} if inputs.set_up else {}
    return [
        _Column(group, one.label, one.key, book.priced.full(one.spread), "stored_plain")
        for group, members in found.items()
        for one in members
    ]


def _product(book: Book, key: str, head: str, values: Numbers, style: str) -> _Column:
    used, column = book.layout.used(key), book.layout.spread(key)
    formula = tuple(f"{used}*{cell(DRAWS, row, column, fixed_row=False)}" for row in _rows(book))
    return _Column("Input x ratio", head, key, book.priced.full(values), style, formula)


def _call_cost(book: Book) -> _Column:
    """Cost of a call on the base chosen: the place of the base on Inputs picks input and ratio."""
    layout, inputs = book.layout, book.priced.inputs
    first, last = (layout.used(inputs.bases[place].key) for place in (0, -1))
    listed, chosen = f"{first}:{last.partition('!')[2]}", layout.used("basis")
    start, count = layout.spread(inputs.bases[0].key), len(inputs.bases)
    formula = tuple(
        f"INDEX({listed},{chosen})*INDEX({across(DRAWS, row, start, count)},1,{chosen})" for row in _rows(book)
    )
    values = book.priced.call_costs[:, inputs.base]
    return _Column(
        "Input x ratio", "Cost of an answered call on the base chosen, GBP", "call_cost", values, "pence", formula
    )


def _factors(book: Book) -> list[_Column]:
    layout, inputs = book.layout, book.priced.inputs
    if inputs.growth is None:
        return []
    scale = layout.used(inputs.months_in_year.key)
    start = "Settled month" if inputs.settled else "Evaluated period"
    scale += "" if inputs.settled else f"/{layout.used(inputs.period_months.key)}"
    growth, column = layout.used(inputs.growth.key), layout.spread(inputs.growth.key)
    return [
        _Column(
            f"{start} to budget year", f"{book.priced.years[year - 1]} (year {year})", f"factor_{year}",
            book.priced.factors[:, year - 1], "factor",
            tuple(
                f"{scale}*(1+{growth}+{cell(DRAWS, row, column, fixed_row=False)})^{year}*{layout.used(one.key)}"
                for row in _rows(book)
            ),
        )
        for year, one in enumerate(inputs.uptake, start=1)
    ]  # fmt: skip


def _totals(book: Book) -> list[_Column]:
    """Calls and avoided numbers of all trusts: those of one code, added across the row."""
    layout, priced, name = book.layout, book.priced, book.name(book.layout.total)
    start, wide = layout.block(0), layout.total * layout.wide
    first = layout.block(layout.total)
    codes = across(DRAWS, CODE_ROW, start, wide, fixed_row=True)
    heads = [
        ("Answered calls", CALLS),
        *([(STAFFED_HEAD, STAFFED)] if priced.staffed is not None else []),
        *((f"{clean(item.label)}, avoided", item.consequence) for item in priced.consequences),
    ]
    values = [priced.calls[:, -1], *([] if priced.staffed is None else [priced.staffed[:, -1]])]
    values += [*priced.avoided[:, -1].T]
    wanted = [xl_rowcol_to_cell(CODE_ROW, first + place, row_abs=True) for place in range(len(heads))]
    return [
        _Column(
            name, head, code, numbers, "count",
            tuple(
                f"SUMIF({codes},{wanted[place]},{across(DRAWS, row, start, wide)})"
                for row in _rows(book)
            ),
        )
        for place, ((head, code), numbers) in enumerate(zip(heads, values, strict=True))
    ]  # fmt: skip


def _worth(book: Book, trust: int) -> list[_Column]:
    layout, priced, name = book.layout, book.priced, book.name(trust)
    price = layout.price_columns().index("call_cost") + 1
    wide = len(priced.valued)
    source = WORKINGS if trust == layout.total else DRAWS
    cost = tuple(
        f"{_charged(layout, trust, source, row)}*{cell(PRICES, row, price, fixed_row=False)}" for row in _rows(book)
    )
    value = tuple(
        f"SUMPRODUCT({layout.avoided_across(trust, row)},{across(PRICES, row, 1, wide)})" if wide else "0"
        for row in _rows(book)
    )
    first, second = (layout.worked(trust, which) for which in (0, 1))
    net = tuple(f"{xl_rowcol_to_cell(row, first)}-{xl_rowcol_to_cell(row, second)}" for row in _rows(book))
    worth, spent = priced.value[:, trust], priced.service_cost[:, trust]
    return [
        _Column(name, "Value avoided, GBP", "value", worth, "money", value),
        _Column(name, "Service cost, GBP", "service_cost", spent, "money", cost),
        _Column(name, "Net value, GBP", "net_value", worth - spent, "money", net),
    ]


def _charged(layout: Layout, trust: int, source: str, row: int) -> str:
    """Calls in one draw as the base chosen charges them: as staffed where that is the line from the people up."""
    last = len(layout.priced.inputs.bases) - 1
    plain, staffed = (cell(source, row, layout.charged(trust, base), fixed_row=False) for base in (0, last))
    if layout.priced.staffed is None:
        return plain
    return f"IF({layout.used('basis')}={last + 1},{staffed},{plain})"


def _write(book: Book, name: str, columns: Sequence[_Column]) -> None:
    sheet, styles = book.file.get_worksheet_by_name(name), book.styles
    put(sheet, HEAD_ROW, 0, "Draw", styles["head"])
    put(sheet, CODE_ROW, 0, "Code", styles["line"])
    for place, one in enumerate(book.priced.kept):
        sheet.write_number(FIRST_DRAW + place, 0, int(one) + 1, styles["plain"])
    for number, column in enumerate(columns, start=1):
        put(sheet, GROUP_ROW, number, column.group, styles["head"])
        put(sheet, HEAD_ROW, number, column.head, styles["head_number"])
        put(sheet, CODE_ROW, number, column.code, styles["code"])
        style, values = styles[column.style], column.values.tolist()
        if not column.formula:
            for place, value in enumerate(values):
                sheet.write_number(FIRST_DRAW + place, number, value, style)
            continue
        for place, (formula, value) in enumerate(zip(column.formula, values, strict=True)):
            sheet.write_formula(FIRST_DRAW + place, number, f"={formula}", style, value)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, len(columns), COLUMN_WIDTH)
    fit_row(sheet, GROUP_ROW, ((column.group, COLUMN_WIDTH) for column in columns))
    fit_row(sheet, HEAD_ROW, ((column.head, COLUMN_WIDTH) for column in columns))
    fit_row(sheet, CODE_ROW, ((column.code, COLUMN_WIDTH) for column in columns))
    put(sheet, HEAD_ROW - 2, 0, _printed(book.priced.size), styles["line"])
    sheet.print_area(0, 0, FIRST_DRAW + min(PRINTED_DRAWS, book.priced.size) - 1, len(columns))
    sheet.repeat_columns(0)
    set_page(
        sheet, synthetic=book.evaluation.synthetic, freeze=(FIRST_DRAW, 1), wide=1 + len(columns) // PRINTED_COLUMNS
    )


def _printed(size: int) -> str:
    """What a printed sheet leaves out; nothing where it is whole."""
    return f"Print shows the first {PRINTED_DRAWS} of {size:,} draws." if size > PRINTED_DRAWS else ""


def _rows(book: Book) -> range:
    return range(FIRST_DRAW, FIRST_DRAW + book.priced.size)
