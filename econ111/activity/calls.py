"""The call table: what a trust returned, per trust, month and line, each count with its state and interval.

For each call measure m the table holds `m_low`, `m_high` and `m_state` (trust, month, line); for dispositions the same
with a `category` dim. `membership` (category, disposition) says which canonical dispositions a source's category may
hold: a category such as `ambulance+ed` merges two, and its count is the count of either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.cells import Cell, CellRule
from econ111.activity.months import first_of_month
from econ111.activity.reading import CALL_MEASURES, CELL_STATES, DISPOSITIONS
from econ111.display import Shown, as_table

CODE = {state: code for code, state in enumerate(CELL_STATES)}
MERGED_BY = "+"
PARTS = ("low", "high", "state")


@dataclass(frozen=True)
class TrustLayout(Shown):
    """One trust in the file: when its mental line started and how it hides small counts (`None`: not known)."""

    launch_date: date | None = None
    rule: CellRule | None = field(default_factory=CellRule)

    @property
    def launch_month(self) -> date | None:
        """First day of the month of the launch; the line's counts are not applicable before it."""
        return None if self.launch_date is None else first_of_month(self.launch_date)


@dataclass(frozen=True, repr=False)
class CallLayout(Shown):
    """How the words of a call file map to ours; `months` (first, last) fixes the period when it is given."""

    trusts: Mapping[str, TrustLayout]
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[str, ...] = ("physical", "mental")
    months: tuple[date, date] | None = None


@dataclass(frozen=True)
class Entry(Shown):
    """One count of the file, with the row it stands in and the text that stood there."""

    row: int
    trust: str
    month: date
    line: str
    measure: str
    cell: Cell
    text: str

    @property
    def key(self) -> tuple[str, date, str, str]:
        """What must be unique in a file."""
        return (self.trust, self.month, self.line, self.measure)


def build_call_table(entries: Iterable[Entry], layout: CallLayout, *, months: Sequence[date]) -> xr.Dataset:
    """Lay entries out as the call table.

    Parameters
    ----------
    entries : iterable of Entry
        At most one per trust, month, line and measure; their order does not matter.
    layout : CallLayout
        Gives the order of trusts and lines, launch dates and the meaning of categories.
    months : sequence of date
        Every month of the table, first days, in order.

    Returns
    -------
    Dataset (trust, month, line, category, disposition)
        Counts of calls, float so that NaN can mark "no count"; states are indices into `CELL_STATES`. A cell without
        an entry is `not_supplied`; the mental line before its launch month is `not_applicable`.

    Examples
    --------
    >>> entry = Entry(2, "RV5", date(2024, 4, 1), "mental", "calls_answered", Cell("observed", 12, 12), "12")
    >>> layout = CallLayout({"RV5": TrustLayout()}, lines=("mental",))
    >>> build_call_table([entry], layout, months=[date(2024, 4, 1)])["calls_answered_low"].item()
    12.0
    """
    period = set(months)
    kept = [entry for entry in entries if entry.month in period]
    categories = sort_categories({entry.measure for entry in kept} - set(CALL_MEASURES))
    coords = {
        "trust": list(layout.trusts),
        "month": np.array(months, dtype="datetime64[ns]"),
        "line": list(layout.lines),
        "category": categories,
        "disposition": list(DISPOSITIONS),
    }
    named: dict[str, Sequence[object]] = {
        "trust": list(layout.trusts), "month": months, "line": layout.lines, "category": categories,
    }  # fmt: skip
    places = {dim: {value: i for i, value in enumerate(values)} for dim, values in named.items()}
    variables: dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]] = {}
    before_launch = _before_launch(layout, months)
    for measure in CALL_MEASURES:
        mine = [entry for entry in kept if entry.measure == measure]
        variables |= _variables(measure, ("trust", "month", "line"), mine, places, before_launch)
    mine = [entry for entry in kept if entry.measure not in CALL_MEASURES]
    dims = ("trust", "month", "line", "category")
    variables |= _variables("dispositions", dims, mine, places, before_launch[..., None])
    membership = [[int(name in members_of(category, layout)) for name in DISPOSITIONS] for category in categories]
    variables["membership"] = (
        ("category", "disposition"),
        np.array(membership, dtype=np.int8).reshape(len(categories), len(DISPOSITIONS)),
        {"long_name": "1 when the category may hold the disposition"},
    )
    return xr.Dataset(variables, coords=coords)


def members_of(category: str, layout: CallLayout) -> tuple[str, ...]:
    """Canonical dispositions that a category may hold; none when it is not mapped.

    Examples
    --------
    >>> members_of("ambulance+ed", CallLayout({}))
    ('ambulance', 'ed')
    """
    if category in layout.categories:
        return tuple(layout.categories[category])
    return tuple(part for part in category.split(MERGED_BY) if part in DISPOSITIONS)


def sort_categories(categories: Iterable[str]) -> list[str]:
    """Canonical dispositions in their own order, then every other category by name."""
    return sorted(categories, key=lambda name: (DISPOSITIONS.index(name) if name in DISPOSITIONS else 99, name))


def _before_launch(layout: CallLayout, months: Sequence[date]) -> np.ndarray:
    """True (trust, month, line) where the mental line did not exist yet."""
    early = np.zeros((len(layout.trusts), len(months), len(layout.lines)), dtype=bool)
    if "mental" in layout.lines:
        for i, trust in enumerate(layout.trusts.values()):
            launch = trust.launch_month
            early[i, :, layout.lines.index("mental")] = [launch is not None and month < launch for month in months]
    return early


def _variables(
    name: str,
    dims: tuple[str, ...],
    entries: Iterable[Entry],
    places: Mapping[str, Mapping[object, int]],
    before_launch: np.ndarray,
) -> dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]]:
    shape = tuple(len(places[dim]) for dim in dims)
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    state = np.full(shape, CODE["not_supplied"], dtype=np.int8)
    for entry in entries:
        words = {"trust": entry.trust, "month": entry.month, "line": entry.line, "category": entry.measure}
        where = tuple(places[dim][words[dim]] for dim in dims)
        state[where] = CODE[entry.cell.state]
        low[where] = np.nan if entry.cell.low is None else entry.cell.low
        high[where] = np.nan if entry.cell.high is None else entry.cell.high
    early = np.broadcast_to(before_launch, shape)
    low[early], high[early], state[early] = np.nan, np.nan, CODE["not_applicable"]
    count = {"units": "calls"}
    meaning = {"flag_meanings": " ".join(CELL_STATES)}
    return {
        f"{name}_low": (dims, low, count),
        f"{name}_high": (dims, high, count),
        f"{name}_state": (dims, state, meaning),
    }


def call_table_to_frame(data: xr.Dataset) -> pd.DataFrame:
    """The call table as one tidy row per trust, month, line and measure, for display.

    Returns
    -------
    DataFrame
        Columns trust, month, line, measure, value, low, high, state. `value` is given only where the count is known
        exactly; a hidden or rounded count shows its bounds, a missing one neither.
    """
    pieces = [_tidy(data, name).assign(measure=name) for name in CALL_MEASURES]
    pieces.append(_tidy(data, "dispositions").rename(columns={"category": "measure"}))
    frame = pd.concat(pieces, ignore_index=True)
    frame["value"] = frame["low"].where(frame["low"] == frame["high"])
    frame["state"] = [CELL_STATES[code] for code in frame["state"]]
    columns = ["trust", "month", "line", "measure", "value", "low", "high", "state"]
    return as_table(frame[columns], "Calls as read, a count a row")


def state_counts(data: xr.Dataset) -> pd.DataFrame:
    """How many cells of each measure are in each state.

    Returns
    -------
    DataFrame
        One row per trust, line and measure (categories by name); one column per cell state.
    """
    frame = call_table_to_frame(data)
    counts = frame.groupby(["trust", "line", "measure", "state"], sort=False).size().unstack("state", fill_value=0)
    wide = counts.reindex(columns=list(CELL_STATES), fill_value=0).rename_axis(columns=None).reset_index()
    return as_table(wide, "How many counts are in each state")


def _tidy(data: xr.Dataset, name: str) -> pd.DataFrame:
    part = data[[f"{name}_{part}" for part in PARTS]].rename({f"{name}_{part}": part for part in PARTS})
    return part.to_dataframe().reset_index()
