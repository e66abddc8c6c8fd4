"""Going through a table row by row, where the type of a column is known to its table and not to the type checker."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows with one attribute per column.

    Examples
    --------
    >>> [row.avoided for row in rows_of(pd.DataFrame({"avoided": [1.0, 2.0]}))]
    [1.0, 2.0]
    """
    columns = [column.tolist() for _, column in frame.items()]
    return map(_row(tuple(map(str, frame.columns))), *columns) if columns else iter(())


@cache
def _row(names: tuple[str, ...]) -> Callable[..., Any]:
    """The kind of row that a table of these columns has: pandas makes a new one each time it is asked for rows."""
    return namedtuple("Row", names, rename=True)
