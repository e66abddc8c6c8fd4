"""What every table of a decision says about itself: comparator, price year, perspective, discounting.

A reversed comparator turns every sign, and is the costliest mistake of the field; so no table goes without these words.
Draws of this package carry them as attributes. For a plain table of draws they are given by hand, or the table says
"not stated".
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import xarray as xr

from econ111.display import Shown, as_table

NOT_STATED = "not stated"
UNDISCOUNTED = "undiscounted"


@dataclass(frozen=True)
class Basis(Shown):
    """On what basis figures stand: each is words, and NOT_STATED when nobody gave it."""

    comparator: str = NOT_STATED
    price_year: str = NOT_STATED
    perspective: str = NOT_STATED
    discounting: str = NOT_STATED

    def on(self, table: pd.DataFrame, about: str = "") -> pd.DataFrame:
        """The table with these words in columns on every row, and in its attributes; `about` is its caption.

        Examples
        --------
        >>> Basis(comparator="no line").on(pd.DataFrame({"evpi": [1.0]})).loc[0, "comparator"]
        'no line'
        """
        marked = as_table(table.assign(**asdict(self)), about)
        marked.attrs.update(asdict(self))
        return marked


def basis_of(net_benefit: Any, basis: Basis | None = None) -> Basis:
    """The basis given or, for arrays of this package, the one they carry.

    Examples
    --------
    >>> basis_of(xr.DataArray([1.0], dims="sample", attrs={"price_year": "2024/25"})).price_year
    '2024/25'
    """
    if basis is not None:
        return basis
    carried = net_benefit.attrs if isinstance(net_benefit, xr.DataArray | pd.DataFrame | pd.Series) else {}
    found = {name: str(carried[name]) for name in asdict(Basis()) if carried.get(name)}
    return Basis(**found)
