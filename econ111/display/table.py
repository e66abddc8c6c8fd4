"""A pandas table that remembers what it is: caption, interval level, price year, and whether its data are made up.

`Table` is a DataFrame in every way. It differs in how it shows itself, and what it says is kept in `attrs`, so that a
selection of rows and columns still says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Self

import pandas as pd

from econ111.display.grid import GROUNDS, ground_words, html_grid, said_once, text_grid

SYNTHETIC = "Synthetic data: the figures show how the method works, not what happened."
KEPT = ("level", "price_year", "perspective", "comparator", "discounting")


class Table(pd.DataFrame):
    """A DataFrame that shows its caption, its grounds, and the word synthetic."""

    @property
    def _constructor(self) -> Callable[..., Table]:
        return Table

    def __finalize__(self, other: object, method: str | None = None, **options: object) -> Self:
        """What pandas calls after each operation: made-up data joined to anything make up part of the result."""
        joined: Self = super().__finalize__(other, method=method, **options)  # type: ignore[misc]
        if any(getattr(part, "attrs", {}).get("synthetic") for part in getattr(other, "input_objs", ())):
            joined.attrs["synthetic"] = True
        return joined

    def pivot(self, **laid_out: Any) -> Table:
        """As in pandas; what the table says of itself is kept."""
        return as_table(pd.DataFrame.pivot(self, **laid_out)).__finalize__(self)

    def pivot_table(self, **laid_out: Any) -> Table:  # type: ignore[override]
        """As in pandas; what the table says of itself is kept."""
        return as_table(pd.DataFrame.pivot_table(self, **laid_out)).__finalize__(self)

    def __repr__(self) -> str:
        body = self.drop(columns=list(said_once(self)))
        heads = [line for line in (self._about(), SYNTHETIC if self.attrs.get("synthetic") else "") if line]
        return "\n".join([*heads, text_grid(body), *([f"({self._grounds()})"] if self._grounds() else [])])

    def _repr_html_(self) -> str:
        mark = f"<p><strong>{SYNTHETIC}</strong></p>" if self.attrs.get("synthetic") else ""
        below = f"<p>{escape(self._grounds())}</p>" if self._grounds() else ""
        return f"<div>{mark}{html_grid(self.drop(columns=list(said_once(self))), caption=self._about())}{below}</div>"

    def _about(self) -> str:
        return str(self.attrs.get("about") or "")

    def _grounds(self) -> str:
        """What the rows stand on, in one line: from the columns, or from what the whole table said."""
        kept = {name: self.attrs[name] for name in KEPT if name not in self.columns and self.attrs.get(name)}
        found = said_once(self) | kept
        return ground_words({name: found[name] for name in GROUNDS if name in found})


def as_table(frame: pd.DataFrame, about: str = "", *, synthetic: bool = False) -> Table:
    """The same table with its caption, showing itself as `Table` does.

    Parameters
    ----------
    frame : DataFrame
        Not changed.
    about : str
        What it is, in a few words; what it said before is kept when left out.
    synthetic : bool
        Whether the data behind it are made up.

    Examples
    --------
    >>> table = pd.DataFrame({"trust": ["RKL"], "avoided": [1234.5], "level": 0.95})
    >>> as_table(table, "Avoided calls", synthetic=True)
    Avoided calls
    Synthetic data: the figures show how the method works, not what happened.
    trust avoided
      RKL   1,234
    (95% intervals)
    """
    table = Table(frame)
    table.attrs.update(frame.attrs | {name: said for name, said in said_once(frame).items() if name in KEPT})
    years = set(frame["price_year"].dropna()) - {""} if "price_year" in frame else set()
    if len(years) == 1:  # rows in hours or beds have no price year; those in pounds all have this one
        table.attrs["price_year"] = str(*years)
    table.attrs["about"] = about or frame.attrs.get("about", "")
    if synthetic:
        table.attrs["synthetic"] = True
    return table


class Tables(Mapping[str, pd.DataFrame]):
    """Tables by name, which list themselves with captions and completions; each is a `Table`."""

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], *, captions: Mapping[str, str], synthetic: bool = False
    ) -> None:
        self._synthetic = synthetic
        self._tables = {
            name: as_table(frame, captions.get(name, ""), synthetic=synthetic) for name, frame in tables.items()
        }

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            raise KeyError(f"no table {name!r}; there are: {', '.join(self._tables)}")
        return self._tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._tables)

    def _listed(self) -> Table:
        rows = [(name, len(frame), frame.attrs.get("about", "")) for name, frame in self._tables.items()]
        listed = pd.DataFrame(rows, columns=["name", "rows", "what it holds"])
        return as_table(listed, f"{len(self)} tables, each by its name", synthetic=self._synthetic)

    def __repr__(self) -> str:
        return "\n".join(
            [f"{len(self)} tables{', from synthetic data' if self._synthetic else ''}:"]
            + [f"  {name} ({len(frame):,} rows)" for name, frame in self._tables.items()]
        )

    def _repr_html_(self) -> str:
        return self._listed()._repr_html_()
