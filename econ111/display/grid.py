"""A table of values as HTML or text.

Columns on which figures stand (level, price year, perspective and the like) repeat one word in every row; they are said
once below the table instead, so that the table is narrow enough to be read and says no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import pandas as pd

MISSING = "–"
MOST_ROWS = 60
FIRST_ROWS = 20
TEXT_ROWS = 12
TEXT_WIDTH = 44
LARGE = 10_000
# Columns that say on what a figure stands, and how each is said once.
GROUNDS: Mapping[str, str] = {
    "level": "{} intervals",
    "price_year": "money in {} prices",
    "price_basis": "{} prices",
    "unit": "unit: {}",
    "result_unit": "unit of the result: {}",
    "comparator": "compared with: {}",
    "perspective": "perspective: {}",
    "discounting": "{}",
    "reference_case": "{}",
    "synthetic": "",
}
NOT_STATED = "not stated"
LONG_WORDS = 36
_CELL = "border-bottom:1px solid #bbb;padding:2px 8px;vertical-align:top;"
_HEAD = f"{_CELL}vertical-align:bottom;text-align:"
_SHORT = f"{_CELL}text-align:left;white-space:nowrap"
_LONG = f"{_CELL}text-align:left;white-space:normal;min-width:16em;max-width:34em;overflow-wrap:break-word"
_RIGHT = f"{_CELL}text-align:right;white-space:nowrap"


def words_of(value: Any, *, whole: bool = False) -> str:
    """One value for a reader: separators in large numbers, four figures in small ones, or none behind the point.

    Examples
    --------
    >>> [words_of(value) for value in (12345.678, 0.123456, 2024, True, None, float("nan"), "E1")]
    ['12,346', '0.1235', '2024', 'yes', '–', '–', 'E1']
    """
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | dict | set | np.ndarray):
        return str(value)
    if value is None or pd.isna(value):
        return MISSING
    if isinstance(value, int | np.integer):
        value = int(value)
        return f"{value:,}" if abs(value) >= LARGE else str(value)
    if isinstance(value, float | np.floating):
        value = float(value)
        return f"{value:,.0f}" if np.isfinite(value) and abs(value) >= (10 if whole else 1000) else f"{value:,.4g}"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return str(value)


def said_once(frame: pd.DataFrame) -> dict[str, Any]:
    """The columns of grounds that are the same in every row, each with its value.

    Examples
    --------
    >>> said_once(pd.DataFrame({"avoided": [1.0, 2.0], "level": 0.95, "price_year": "2024/25"}))
    {'level': 0.95, 'price_year': '2024/25'}
    """
    found: dict[str, Any] = {}
    for name in (name for name in frame.columns if name in GROUNDS and len(frame)):
        column = frame[name]
        if name == "level" and not pd.api.types.is_numeric_dtype(column):
            continue  # the level of a factor, not of an interval
        if isinstance(column, pd.Series) and column.nunique(dropna=False) == 1:
            value = column.iloc[0]
            found[str(name)] = value.item() if isinstance(value, np.generic) else value
    return found


def ground_words(grounds: Mapping[str, Any]) -> str:
    """Grounds in one line; those that nobody stated are named together.

    Examples
    --------
    >>> ground_words({"level": 0.95, "price_year": "2024/25", "comparator": "not stated", "perspective": "NHS"})
    '95% intervals; money in 2024/25 prices; perspective: NHS; not stated: comparator'
    """
    said, unsaid = [], []
    for name, value in grounds.items():
        text = f"{value:.0%}" if name == "level" and isinstance(value, float) else words_of(value)
        if text == NOT_STATED:
            unsaid.append(name.replace("_", " "))
        elif GROUNDS[name] and text not in ("", MISSING):
            said.append(GROUNDS[name].format(text))
    return "; ".join([*said, *([f"{NOT_STATED}: {', '.join(unsaid)}"] if unsaid else [])])


def html_grid(frame: pd.DataFrame, *, caption: str = "", first: int = FIRST_ROWS, most: int = MOST_ROWS) -> str:
    """The rows as an HTML table, everything escaped; a long table shows its first rows and says how many there are."""
    shown = frame if len(frame) <= most else frame.head(first)
    shown, frame = with_labels(shown), with_labels(frame)
    numbers = [whole_numbers(frame.iloc[:, place]) for place in range(frame.shape[1])]
    numeric = [pd.api.types.is_numeric_dtype(frame.iloc[:, place]) for place in range(frame.shape[1])]
    head = "".join(
        f'<th scope="col" style="{_HEAD}{"right" if number else "left"}">{_breakable(words_of(name))}</th>'
        for name, number in zip(frame.columns, numeric, strict=True)
    )
    body = []
    for row in shown.itertuples(index=False, name=None):
        cells = "".join(
            _td(words_of(value, whole=whole), number=number)
            for value, number, whole in zip(row, numeric, numbers, strict=True)
        )
        body.append(f"<tr>{cells}</tr>")
    named = (
        f'<caption style="text-align:left;white-space:nowrap;color:inherit"><b>{escape(caption)}</b></caption>'
        if caption
        else ""
    )
    return (
        f'<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:inherit">{named}'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
        f"{_left_out(len(shown), len(frame))}"
    )


def _breakable(name: str) -> str:
    """A column's name that may be broken after each of its parts."""
    return escape(name).replace("_", "_<wbr>")


def _td(words: str, *, number: bool) -> str:
    style = _RIGHT if number else _LONG if len(words) > LONG_WORDS else _SHORT
    return f'<td style="{style}">{escape(words)}</td>'


def whole_numbers(column: pd.Series[Any]) -> bool:
    """Whether a column holds numbers so large that nobody reads what stands behind the point of any of them."""
    return pd.api.types.is_float_dtype(column) and bool(column.abs().max() >= 1000)


def text_grid(frame: pd.DataFrame) -> str:
    """The first rows as plain text, long words cut short."""
    frame = with_labels(frame)
    shown = frame.head(TEXT_ROWS)
    whole = [whole_numbers(frame.iloc[:, place]) for place in range(frame.shape[1])]
    rows = [
        [_cut(words_of(value, whole=each)) for value, each in zip(row, whole, strict=True)]
        for row in shown.itertuples(index=False, name=None)
    ]
    words = pd.DataFrame(rows, index=shown.index, columns=[words_of(name) for name in shown.columns], dtype=object)
    text = words.to_string(index=False, max_rows=None, line_width=118) if frame.shape[1] else ""
    more = len(frame) - len(shown)
    return text + (f"\n... and {more:,} more rows" if more > 0 else "") if len(frame) else "no rows"


def with_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with their labels as columns, where the index says something: plain row numbers do not.

    Examples
    --------
    >>> table = pd.DataFrame({"trust": ["A", "A"], "year": [1, 2], "cost": [3.0, 4.0]})
    >>> list(with_labels(table.pivot(index="trust", columns="year", values="cost")).columns)
    ['trust, by year', 1, 2]
    """
    if pd.api.types.is_integer_dtype(frame.index) and frame.index.name is None:
        return frame
    levels = [frame.index.get_level_values(place) for place in range(frame.index.nlevels)]
    across = f", by {frame.columns.name}" if frame.columns.name is not None else ""
    heads = [str(level.name) if level.name is not None else "row" for level in levels]
    heads[-1] += across
    labels = pd.DataFrame(dict(enumerate(levels)))
    labels.columns = pd.Index(heads)
    plain = pd.DataFrame(frame.reset_index(drop=True))
    plain.columns = pd.Index(list(plain.columns), dtype=object)
    return pd.concat([labels, plain], axis=1)


def _left_out(shown: int, rows: int) -> str:
    if rows == 0:
        return "<p>No rows.</p>"
    return "" if shown == rows else f"<p>The first {shown:,} of {rows:,} rows.</p>"


def _cut(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= TEXT_WIDTH else f"{one[: TEXT_WIDTH - 3]}..."
