"""Writing a results sheet section by section: headings, rows that fit their texts, and a check beside each total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from econ111.intervals import interval_label
from econ111.report.workbooks.book import Book, Check
from econ111.report.workbooks.cells import Content, Live, cell, fit_row, put, put_row

WIDTHS = (42, 26, *[18] * 9, 8)
FIRST_NUMBER, CHECK_COLUMN = 2, 11
FITS = "OK"
TOLERANCE = "0.005"


@dataclass(frozen=True)
class Place:
    """Where one results sheet stands while it is written: its trust, and the checks found so far."""

    book: Book
    sheet: Worksheet
    name: str
    trust: int
    checks: list[Check]

    @property
    def is_total(self) -> bool:
        """Whether this is the sheet of all trusts."""
        return self.trust == self.book.layout.total

    def head(self, row: int, title: Content, *heads: Content, words: Sequence[int] = (0, 1)) -> int:
        """Title of a section and its headings, those above words to the left; the row after them."""
        styles = self.book.styles
        put(self.sheet, row, 0, title, styles["section"])
        for column, head in enumerate(heads):
            put(self.sheet, row + 1, column, head, styles[_head_style(column, words)])
        self.fit(row + 1, heads)
        return row + 2

    def fit(self, row: int, contents: Sequence[Content]) -> None:
        """Make a row high enough for its wrapped texts."""
        fit_row(self.sheet, row, zip(contents, WIDTHS, strict=False))

    def line(self, row: int, *contents: tuple[Content, str], first: int = 0) -> None:
        """One row of cells, each with the name of its style; high enough when it starts at the first column."""
        put_row(self.sheet, row, [(content, self.book.styles[style]) for content, style in contents], first=first)
        if first == 0 and len(contents) > 1:
            self.fit(row, [content for content, _ in contents])

    def check(self, row: int, column: int, what: str, parts: Sequence[str], *, at: int = CHECK_COLUMN) -> None:
        """A check beside a total: the total less its parts is less than half a penny."""
        total = xl_rowcol_to_cell(row, column)
        difference = f"{total}-({'+'.join(parts)})"
        live = Live(f'IF(ABS({difference})<={TOLERANCE},"{FITS}","CHECK")', FITS)
        put(self.sheet, row, at, live, self.book.styles["check"])
        self.checks.append(Check(what, self.name, row, at))

    def trusts_add_up(self, row: int, column: int, what: str, *, at: int = CHECK_COLUMN) -> None:
        """On the sheet of all trusts: that the sheets of the trusts add up to it."""
        if self.is_total:
            layout = self.book.layout
            parts = [cell(layout.sheet(trust), row, column) for trust in range(layout.total)]
            self.check(row, column, f"{what}: trusts add up", parts, at=at)


def interval_heads(book: Book) -> tuple[Live, Live]:
    """Headings of the ends of an interval, with its level as it is set."""
    level = book.layout.used(book.priced.inputs.level.key)
    label = interval_label(book.priced.inputs.level.used)

    def head(words: str) -> Live:
        return Live(f'TEXT({level},"0%")&" interval, {words}"', f"{label}, {words}")

    return head("low"), head("high")


def named(what: str, low: Live, high: Live) -> tuple[str, Live, Live]:
    """Headings of a mean and the ends of its interval, each saying what it is of."""
    first, last = (Live(f'"{what},"&CHAR(10)&{end.formula}', f"{what},\n{end.value}") for end in (low, high))
    return f"{what}, mean", first, last


def _head_style(column: int, words: Sequence[int]) -> str:
    """Headings above words stand left, and apart from a number before them."""
    if column not in words:
        return "head_number"
    return "head" if column < FIRST_NUMBER else "head_after"
