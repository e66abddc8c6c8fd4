"""Jumps of one trust's series that no row of the succession table explains: a merger, or a department that moved.

Mergers that the table names are added up from the first month, so that nothing jumps. What jumps all the same, by more
than a set share against the other trusts, is not the service's doing and would be read as its effect; a verdict on that
trust is then refused. A jump at the trust's own launch is what is asked about, and one across months left out has its
reason given: neither counts here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from econ111.errors import Issue
from econ111.impact.series_panel import Panel

FEWEST_TRUSTS = 3
NEARLY = 0.8


@dataclass(frozen=True)
class Break:
    """The first month after a jump, and its size as a share of what was before (-0.4 is a fall of 40%)."""

    trust: str
    month: pd.Timestamp
    change: float

    @property
    def words(self) -> str:
        """The jump in a few words.

        Examples
        --------
        >>> Break("RAL", pd.Timestamp("2025-01-01"), 0.41).words
        'its series rises by 41% in January 2025, against the other trusts'
        """
        verb = "rises" if self.change > 0 else "falls"
        return f"its series {verb} by {abs(self.change):.0%} in {self.month:%B %Y}, against the other trusts"


def find_breaks(panel: Panel, *, largest: float, months: int) -> dict[str, Break]:
    """The largest jump of each trust that exceeds what is allowed.

    Parameters
    ----------
    panel : Panel
        Used and counted cells are looked at.
    largest : float
        Largest allowed change, as a share: 0.3 is a rise of 30% or the fall that undoes it.
    months : int
        Months on either side, compared by their medians.

    Returns
    -------
    dict of str to Break
        Empty for fewer than three trusts: there is then no common movement to compare with.
    """
    trusts = len(panel.trusts)
    if trusts < FEWEST_TRUSTS:
        return {}
    kept = (panel.used | panel.counted)[:trusts]
    rates = np.where(kept, panel.log_rate[:trusts], np.nan)
    apart = rates - _common(rates)
    found = {}
    for place, name in enumerate(panel.trusts):
        jumps = [(at, _jump(apart[place], at, months)) for at in range(months, len(panel.steps) - months + 1)]
        launch = int(np.argmax(panel.open_share[place] > 0))
        clear = [(at, jump) for at, jump in jumps if np.isfinite(jump) and abs(at - launch) >= months]
        if not clear:
            continue
        largest_jump = max(abs(jump) for _, jump in clear)
        # Medians jump in neighbouring months too: the one with the largest step of its own is meant.
        near = [one for one in clear if abs(one[1]) >= NEARLY * largest_jump]
        at, jump = max(near, key=lambda one: abs(apart[place, one[0]] - apart[place, one[0] - 1]))
        if abs(jump) > np.log1p(largest):
            found[name] = Break(name, pd.Timestamp(panel.months[at]), float(np.expm1(jump)))
    return found


def break_issues(found: dict[str, Break], file: str) -> list[Issue]:
    """A warning for each jump."""
    remedy = "Add the merger to succession.csv, or the months to [[series.excluded]], or leave the trust out."
    return [
        Issue("warning", file, None, f"{name}: {one.words}; no effect is stated for it.", remedy, "trust_code", name)
        for name, one in found.items()
    ]


def _common(rates: np.ndarray) -> np.ndarray:
    """Movement shared by the trusts: median over trusts of each one's rate about its own median (month)."""
    about = rates - np.nanmedian(rates, axis=1, keepdims=True)
    seen = np.isfinite(about).any(axis=0)
    shared = np.full(rates.shape[1], np.nan)
    shared[seen] = np.nanmedian(about[:, seen], axis=0)
    return shared


def _jump(row: np.ndarray, at: int, months: int) -> float:
    """Change of the median from the months before a place to those from it on; NaN where one of them is not there."""
    return float(np.median(row[at : at + months]) - np.median(row[at - months : at]))
