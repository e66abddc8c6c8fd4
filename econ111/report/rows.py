"""Going through a table row by row, where the type of a column is known to its table and not to the type checker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows with one attribute per column.

    Examples
    --------
    >>> [row.avoided for row in rows_of(pd.DataFrame({"avoided": [1.0, 2.0]}))]
    [1.0, 2.0]
    """
    return iter(frame.itertuples(index=False))
