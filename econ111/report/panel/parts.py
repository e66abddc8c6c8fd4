"""What the what-if panel is made of: choices, fields for numbers, rows of results. Plain text, like other blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup


@dataclass(frozen=True)
class Choice:
    """A list to choose from: keys and labels, and the one chosen by the report."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str
    hint: str = ""


@dataclass(frozen=True)
class Number:
    """A field for a number: as the report has it, its ends, and whether it may be left empty."""

    name: str
    label: str
    value: str
    highest: int
    unit: str
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True)
class PricedRow:
    """One consequence: its label and its two fields."""

    label: str
    cost: Number
    cash: Number


@dataclass(frozen=True)
class ShownNumber:
    """A number for a person and for a machine; nothing for a machine when it is not known."""

    text: str
    value: str = ""


@dataclass(frozen=True)
class ResultRow:
    """One row of results: `keys` name its cells for the script."""

    label: str
    keys: tuple[str, ...]
    cells: tuple[ShownNumber, ...]
    total: bool = False


@dataclass(frozen=True)
class PanelView:
    """The panel: what it does, its fields, its results under the report's settings, and the data behind it."""

    kind: ClassVar[str] = "panel"
    about: tuple[str, ...]
    choices: tuple[Choice, ...]
    numbers: tuple[Number, ...]
    priced: tuple[PricedRow, ...]
    results: tuple[ResultRow, ...]
    counts: tuple[ResultRow, ...]
    caption: str
    counts_caption: str
    basis: str
    interval: str
    money_unit: str
    headline: str
    payload: Markup
