"""What an object says of itself: a title, marks that come before any number, facts, lines and tables.

A class that inherits `Shown` shows its fields with their units; where it has more to say it gives its own `_card`.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.display.grid import html_grid, words_of

LONGEST = 160
MOST_NAMES = 8
ROWS_IN_CARD = 20
CELL = "text-align:left;vertical-align:top;padding:2px 8px;white-space:pre-line;max-width:46em;overflow-wrap:break-word"


@dataclass(frozen=True)
class Card:
    """What is shown. `marks` are said first and in bold; a table is its caption and its rows."""

    title: str
    marks: tuple[str, ...] = ()
    facts: Mapping[str, str] | None = None
    lines: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] | None = None

    def text(self) -> str:
        """As plain text, a fact a line; tables are counted, not printed.

        Examples
        --------
        >>> print(Card("A service", marks=("Synthetic data.",), facts={"prices of": "2024/25"}).text())
        A service
        Synthetic data.
          prices of: 2024/25
        """
        facts = [f"  {name}: {words}" for name, words in (self.facts or {}).items()]
        rows = [f"  {name}: {len(table):,} rows" for name, table in (self.tables or {}).items()]
        return "\n".join([self.title, *self.marks, *facts, *self.lines, *rows])

    def html(self) -> str:
        """As HTML, every word escaped.

        Examples
        --------
        >>> "<script>" in Card("<script>").html()
        False
        """
        marks = "".join(f"<p><strong>{escape(mark)}</strong></p>" for mark in self.marks)
        facts = "".join(
            f"<tr>{_cell('th', name)}{_cell('td', words)}</tr>" for name, words in (self.facts or {}).items()
        )
        table = (
            f'<table style="border-collapse:collapse;font-size:inherit"><tbody>{facts}</tbody></table>' if facts else ""
        )
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        listed = f"<ul>{lines}</ul>" if lines else ""
        shown = "".join(_folded(name, rows) for name, rows in (self.tables or {}).items())
        return f"<div><p><strong>{escape(self.title)}</strong></p>{marks}{listed}{table}{shown}</div>"


class Shown:
    """Gives a class its look in a notebook, and a short text with the same words in it."""

    __slots__ = ()

    def _card(self) -> Card:
        return card_of(self)

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()


def card_of(shown: Any, *, title: str = "", marks: Iterable[str] = ()) -> Card:
    """The card of a dataclass or a section of a specification: what it is, and each field in words.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Price:
    ...     '''A price.'''
    ...     value: float
    ...     unit: str
    >>> print(card_of(Price(280.17, "GBP per attendance")).text())
    Price: A price
      value: 280.2
      unit: GBP per attendance
    """
    facts = {name.replace("_", " "): field_words(value) for name, value in _fields(shown).items()}
    name, first = type(shown).__name__, (inspect.getdoc(shown) or "").splitlines()[:1]
    said = f"{name}: {first[0].rstrip('.')}" if first else name
    return Card(title or said, tuple(marks), {name: words for name, words in facts.items() if words})


def field_words(value: Any) -> str:
    """A field in a few words: a number, a text, or what an array or a collection holds.

    Examples
    --------
    >>> field_words(xr.DataArray([1.0, 2.0], dims="sample", attrs={"unit": "GBP", "price_year": "2024/25"}))
    'sample 2; GBP, 2024/25 prices'
    >>> field_words({"a": 1, "b": 2})
    '2: a, b'
    """
    if isinstance(value, xr.DataArray | xr.Dataset):
        return array_words(value)
    if isinstance(value, pd.DataFrame):
        return f"{len(value):,} rows: {_some(map(str, value.columns))}"
    if isinstance(value, np.ndarray):
        return f"array of {' x '.join(map(str, value.shape))}" if value.ndim else words_of(value.item())
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str | bytes | date) or not isinstance(value, Collection):
        one = value.words() if hasattr(value, "words") else _plain(value)
        return one if len(one) <= LONGEST else f"{one[: LONGEST - 3]}..."
    if not value:
        return "none"
    simple = all(isinstance(item, str | int | float | date) for item in value)
    return f"{len(value)}: {_some(map(words_of, value))}" if simple else f"{len(value)} of them"


def array_words(value: xr.DataArray | xr.Dataset) -> str:
    """Dims and sizes, and the unit and price year if it says them."""
    sizes = ", ".join(f"{dim} {size:,}" for dim, size in value.sizes.items()) or "one number"
    names = f": {_some(map(str, value.data_vars))}" if isinstance(value, xr.Dataset) else ""
    unit = value.attrs.get("units") or value.attrs.get("unit") or ""
    year = f"{value.attrs['price_year']} prices" if value.attrs.get("price_year") else ""
    on = ", ".join(word for word in (str(unit), year) if word)
    return f"{sizes}{names}" + (f"; {on}" if on else "")


def _fields(shown: Any) -> dict[str, Any]:
    if is_dataclass(shown):
        return {field.name: getattr(shown, field.name) for field in fields(shown) if not field.name.startswith("_")}
    names = getattr(type(shown), "model_fields", None) or [name for name in vars(shown) if not name.startswith("_")]
    return {name: getattr(shown, name) for name in names}


def _plain(value: Any) -> str:
    """A value in words; of another object its class, and of a function its name, never an address in memory."""
    if value is None or isinstance(value, str | bytes | int | float | date | np.generic):
        return words_of(value)
    return str(getattr(value, "__name__", type(value).__name__))


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - MOST_NAMES} more" if len(every) > MOST_NAMES else ""
    return ", ".join(every[:MOST_NAMES]) + more


def _cell(tag: str, words: str) -> str:
    scope = ' scope="row"' if tag == "th" else ""
    return f'<{tag}{scope} style="{CELL}">{escape(words)}</{tag}>'


def _folded(name: str, rows: pd.DataFrame) -> str:
    return (
        f"<details><summary>{escape(name)} ({len(rows):,} rows)</summary>"
        f"{html_grid(rows, first=ROWS_IN_CARD, most=ROWS_IN_CARD)}</details>"
    )
