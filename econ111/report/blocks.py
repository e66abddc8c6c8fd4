"""What a page is made of: sections of paragraphs, lists, tables, figures and parts that open.

Everything here is plain text until the template escapes it; only a figure's SVG is marked as safe, by `svg`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from markupsafe import Markup

from econ111.intervals import INTERVAL_KIND, INTERVAL_LEVEL, interval_label
from econ111.report.labels import clean
from econ111.results import NOT_DISCOUNTED
from econ111.specs.schema import Study

if TYPE_CHECKING:
    from econ111.report.panel.parts import PanelView

SIGN = "Avoided is without the service minus with it: positive = fewer."


@dataclass(frozen=True)
class Column:
    """Heading of a column; numbers stand to the right, and long texts get room."""

    head: str
    numeric: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Cell:
    """A text with lines of small print under it."""

    text: str
    small: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """Cells of one row, the first of which names it; a total is set apart, and a heading names the rows after it."""

    cells: tuple[str | Cell, ...]
    total: bool = False
    heading: bool = False


@dataclass(frozen=True)
class TableView:
    """A table for readers: `basis` is the part of the caption that says what the numbers are."""

    kind: ClassVar[str] = "table"
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    basis: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """One drawing of a figure, named when there are several; the leading one has a row to itself."""

    name: str
    svg: Markup
    lead: bool = False


@dataclass(frozen=True)
class LegendEntry:
    """What one line style, marker or hatching means."""

    label: str
    swatch: Markup


@dataclass(frozen=True)
class FigureView:
    """A figure: one drawing or several under one legend, what it shows in words, and the numbers behind it."""

    kind: ClassVar[str] = "figure"
    title: str
    summary: str
    drawings: tuple[Drawing, ...]
    numbers: TableView
    legend: tuple[LegendEntry, ...] = ()


@dataclass(frozen=True)
class Paragraphs:
    """Paragraphs of plain text."""

    kind: ClassVar[str] = "paragraphs"
    texts: tuple[str, ...]
    lead: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A heading under the section's own."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Definitions:
    """Terms and what they mean, or keys and their values."""

    kind: ClassVar[str] = "definitions"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Preformatted:
    """Text whose line ends count."""

    kind: ClassVar[str] = "preformatted"
    text: str


@dataclass(frozen=True)
class Disclosure:
    """A part that the reader opens; a link to its `key` opens it too."""

    kind: ClassVar[str] = "disclosure"
    summary: str
    blocks: tuple[Block, ...]
    key: str = ""


type Words = Paragraphs | Bullets | Heading | Definitions | Preformatted
type Block = TableView | FigureView | Words | Disclosure | PanelView


@dataclass(frozen=True)
class Section:
    """One section of the page; one without blocks is left out."""

    key: str
    title: str
    blocks: tuple[Block, ...] = field(default=())
    short: str = ""

    @property
    def link(self) -> str:
        """What the navigation calls it."""
        return self.short or self.title


def text_columns(*heads: str) -> tuple[Column, ...]:
    """Columns of words."""
    return tuple(Column(head) for head in heads)


def number_columns(*heads: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(head, numeric=True) for head in heads)


def wide_columns(*heads: str) -> tuple[Column, ...]:
    """Columns of long texts."""
    return tuple(Column(head, wide=True) for head in heads)


def grouped(groups: Iterable[tuple[str, Iterable[Row]]]) -> tuple[Row, ...]:
    """Rows under the heading of their group, which is named once."""
    return tuple(row for name, rows in groups for row in (Row((name,), heading=True), *rows))


def marked(title: str, study: Study) -> str:
    """A title that says when the data are synthetic."""
    return f"{title} (synthetic data)" if study.synthetic else title


def basis(
    study: Study,
    *,
    unit: str,
    level: float | None = INTERVAL_LEVEL,
    price_year: str = "",
    discounting: str = NOT_DISCOUNTED,
    signed: bool = True,
) -> str:
    """The part of a caption without which a table of results may not stand.

    Parameters
    ----------
    study : Study
        Names comparator and perspective.
    unit : str
        Of the numbers.
    level : float, optional
        Of the intervals; None when the table has none.
    price_year : str
        Of the money, when it is not the study's.
    discounting : str
        Of the money, where there is any.
    signed : bool
        Whether to say what the sign of `avoided` means.
    """
    parts = [f"Unit: {unit}."]
    if level is not None:
        parts.append(f"Intervals: {interval_label(level)}, {INTERVAL_KIND}.")
    parts.append(f"Price year: {clean(price_year or study.price_year)}.")
    parts.append(f"Comparator: {clean(study.comparator).rstrip('.')}.")
    parts.append(f"Perspective: {clean(study.perspective).rstrip('.')}.")
    parts.append(f"Discounting: {clean(discounting).rstrip('.')}.")
    return " ".join([*parts, SIGN] if signed else parts)


def figure_basis(study: Study, *, marks: str = "", level: float = INTERVAL_LEVEL, price_year: str | None = None) -> str:
    """The part of a figure's caption that says what its marks are and in whose prices its money is.

    Parameters
    ----------
    study : Study
        Whose price year holds when none is given.
    marks : str
        What in the drawing is an interval, such as `Lines`; empty when nothing is.
    level : float
        Of those intervals.
    price_year : str, optional
        Of the money, an empty one being the study's; None when the figure has no money.
    """
    parts = [f"{marks}: {interval_label(level)}, {INTERVAL_KIND}."] if marks else []
    if price_year is not None:
        parts.append(f"Price year: {clean(price_year or study.price_year)}.")
    return " ".join(parts)


def part_keys(kind: str, names: Sequence[str]) -> list[str]:
    """Identifiers of parts of the page: readable, safe in an address, and each one of its kind.

    Examples
    --------
    >>> part_keys("trust", ["RWK", "=cmd()", "=CMD()", "(())"])
    ['trust-rwk', 'trust-cmd', 'trust-cmd-3', 'trust-4']
    """
    found: list[str] = []
    for place, name in enumerate(names, start=1):
        plain = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
        key = f"{kind}-{plain}" if plain else f"{kind}-{place}"
        found.append(f"{key}-{place}" if key in found else key)
    return found


def only(*blocks: Block | None) -> tuple[Block, ...]:
    """The blocks that there is something to show in."""
    return tuple(block for block in blocks if block is not None)


def with_blocks(sections: Sequence[Section]) -> list[Section]:
    """The sections that have something to show."""
    return [section for section in sections if section.blocks]
