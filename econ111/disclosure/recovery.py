"""What an attacker could learn: the least and the greatest value of a hidden count that fit everything published.

The attacker knows every sum, reads each shown number as all counts that would be printed so, and knows of a hidden
count only that it is not negative: cells hidden for themselves and cells hidden for others bear the same mark. Both
ends are linear programs. They allow fractions, so that with three dims or more whole counts may be bounded a little
more tightly.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy import optimize

from econ111.disclosure.margins import Cells
from econ111.disclosure.rule import DisclosureRule

# Of a cell whose value nobody knows there is no upper bound; a finite one keeps the programs bounded.
UNBOUNDED = np.inf
CLOSE = 1e-6


def shown_bounds(cells: Cells, hidden: np.ndarray, rule: DisclosureRule) -> np.ndarray:
    """Bounds that a reader puts on each cell by itself (cell, end); NaN for a cell without a count."""
    ends = np.full((cells.counts.size, 2), np.nan)
    for place in np.flatnonzero(cells.known):
        ends[place] = (0, UNBOUNDED) if hidden[place] else rule.bounds(int(cells.counts[place]))
    return ends


def recoverable_bounds(
    cells: Cells, hidden: np.ndarray, *, rule: DisclosureRule, of: Iterable[int] | None = None
) -> np.ndarray:
    """Least and greatest value of hidden cells, given all that is shown.

    Parameters
    ----------
    cells : Cells
        From `with_margins`.
    hidden : array of bool (cell)
        Which known cells are hidden.
    rule : DisclosureRule
        How the others are printed.
    of : iterable of int, optional
        Cells to look at; all hidden ones when left out.

    Returns
    -------
    array (cell looked at, end)
        A cell is recovered when both ends are equal. The greatest value may be infinite.

    Examples
    --------
    Of 3 + 9 = 12 only the first is hidden, and the total gives it away.

    >>> from econ111.disclosure.margins import with_margins
    >>> cells = with_margins(np.array([3.0, 9.0]))
    >>> recoverable_bounds(cells, np.array([True, False, False]), rule=DisclosureRule(below=5)).tolist()
    [[3.0, 3.0]]
    """
    wanted = [int(place) for place in np.flatnonzero(hidden & cells.known)] if of is None else list(of)
    known = np.flatnonzero(cells.known)
    column = {int(place): number for number, place in enumerate(known)}
    ends = shown_bounds(cells, hidden, rule)[known]
    sums = cells.sums[:, known]
    found = np.full((len(wanted), 2), np.nan)
    for number, place in enumerate(wanted):
        for end, sign in enumerate((1.0, -1.0)):
            goal = np.zeros(len(known))
            goal[column[place]] = sign
            solved = optimize.linprog(goal, A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=ends, method="highs")
            found[number, end] = sign * solved.fun if solved.status == 0 else -sign * np.inf
    return np.where(np.isclose(found, np.round(found), rtol=0, atol=CLOSE), np.round(found), found)
