"""Which cells to hide so that no hidden count can be worked out from the others.

Cells that the rule hides come first. Each must then be believable at both ends of the rule's range: there must be
another table, with the same published numbers, in which it has that value. The cheapest such table is a linear program
(Kelly, Golden and Assad, Networks 1992;22:397); every shown cell that has to differ in it is hidden too. A cell hidden
for another must be uncertain by at least the width of that range. Hiding more never makes a hidden cell easier to find,
and every table found stays one that looks the same, so that no cell has to be looked at twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from econ111.disclosure.margins import Cells
from econ111.disclosure.recovery import CLOSE, recoverable_bounds, shown_bounds
from econ111.disclosure.rule import DisclosureRule
from econ111.errors import InputError

# What hiding a cell costs, beside the logarithm of its count: totals are read most, so they are hidden last.
COST_OF_A_TOTAL = 4.0
# From so many small cells on, most are protected by two tables at once: faster, and some more cells are hidden.
MANY = 60


def cells_to_hide(cells: Cells, rule: DisclosureRule) -> np.ndarray:
    """Which known cells must not be shown.

    Parameters
    ----------
    cells : Cells
        A table with its totals.
    rule : DisclosureRule
        Which counts are hidden for themselves, and how the others are printed.

    Returns
    -------
    array of bool (cell)

    Raises
    ------
    InputError
        When a cell cannot be protected although everything else is hidden.

    Examples
    --------
    Of 3, 9 and 14, with their total of 26, the 3 is too small, and 9 must go with it.

    >>> from econ111.disclosure.margins import with_margins
    >>> cells_to_hide(with_margins(np.array([3.0, 9.0, 14.0])), DisclosureRule(below=5)).tolist()
    [True, True, False, False]
    """
    small = np.array([bool(np.isfinite(count)) and rule.hides(int(count)) for count in cells.counts], dtype=bool)
    search = _Search(cells, rule, hidden=small.copy(), reached=np.column_stack([cells.counts, cells.counts]))
    for targets in _opposite_patterns(cells, rule, small):
        search.allow(targets)
    checked: set[int] = set()
    while waiting := sorted(set(np.flatnonzero(search.hidden).tolist()) - checked):
        for place in waiting:
            search.protect(place, small=bool(small[place]))
            checked.add(place)
    return search.hidden


def protection_width(rule: DisclosureRule) -> int:
    """By how much any hidden count must stay uncertain: the width of the range that the rule hides, at least 1."""
    return max(rule.below - 1 - rule.first_hidden, 1)


@dataclass(frozen=True)
class _Search:
    """Which cells are hidden so far, and between which values each has been seen in tables that look the same."""

    cells: Cells
    rule: DisclosureRule
    hidden: np.ndarray
    reached: np.ndarray

    def protect(self, place: int, *, small: bool) -> None:
        """Hide what must be hidden so that one cell stays uncertain."""
        if small:
            for value in (self.rule.first_hidden, self.rule.below - 1):
                if not self.reached[place, 0] <= value <= self.reached[place, 1]:
                    self._must({place: float(value)})
            return
        width = protection_width(self.rule)
        low, high = self.reached[place]
        if high - low < width:
            low, high = recoverable_bounds(self.cells, self.hidden, rule=self.rule, of=[place])[0]
        if high - low < width:
            self._must({place: float(low + width)})

    def allow(self, targets: Mapping[int, float]) -> bool:
        """Hide what the cheapest table with these values prints differently; whether there is such a table."""
        zeros = (self.cells.counts == 0) & ~self.hidden & (self.rule.first_hidden > 0)
        for held in (zeros, np.zeros_like(zeros)):
            found = _cheapest(self.cells, self.hidden, self.rule, targets=targets, held=held)
            if found is not None:
                values, excess = found
                self.hidden[excess > CLOSE] = True
                self.reached[:, 0] = np.fmin(self.reached[:, 0], values)
                self.reached[:, 1] = np.fmax(self.reached[:, 1], values)
                return True
        return False

    def _must(self, targets: Mapping[int, float]) -> None:
        if not self.allow(targets):
            raise InputError(
                "A small count cannot be protected in a table of this shape. Publish coarser counts: whole years, or "
                "all trusts together."
            )


def _opposite_patterns(cells: Cells, rule: DisclosureRule, small: np.ndarray) -> tuple[Mapping[int, float], ...]:
    """Two tables that together allow every small cell both ends of the range, so that they protect most at once.

    In one, some of the small cells are at the greatest hidden count and the others at the least, so chosen that they
    nearly cancel in every sum; in the other the reverse.
    """
    places = np.flatnonzero(small & (cells.depth == 0))
    if len(places) < MANY:
        return ()
    by_cell = cells.sums.tocsc()
    out_of_balance = np.zeros(cells.sums.shape[0])
    ends = float(rule.first_hidden), float(rule.below - 1)
    one, other = {}, {}
    for place in places:
        sums = by_cell.indices[by_cell.indptr[place] : by_cell.indptr[place + 1]]
        moves = [end - cells.counts[place] for end in ends]
        chosen = int(np.argmin([np.sum((out_of_balance[sums] + move) ** 2) for move in moves]))
        out_of_balance[sums] += moves[chosen]
        one[int(place)], other[int(place)] = ends[chosen], ends[1 - chosen]
    return one, other


def _cheapest(
    cells: Cells, hidden: np.ndarray, rule: DisclosureRule, *, targets: Mapping[int, float], held: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Another table with the wanted values, and how far each cell leaves what is printed of it; None without one.

    The program has, for each known cell, its value in the other table and how far that lies below and above the counts
    for which it is printed. A held cell may not leave them.
    """
    known = np.flatnonzero(cells.known)
    size = len(known)
    ends = shown_bounds(cells, hidden, rule)[known]
    cost = 1.0 + np.log1p(cells.counts[known]) + COST_OF_A_TOTAL * cells.depth[known]
    one, none = sparse.eye_array(size, format="csr"), sparse.csr_array((cells.sums.shape[0], size))
    above = np.isfinite(ends[:, 1])
    within = sparse.vstack([sparse.hstack([-one, -one, 0 * one]), sparse.hstack([one, 0 * one, -one])[above]])
    slack = np.where(hidden[known] | held[known], 0.0, np.inf)
    values = np.column_stack([np.zeros(size), np.full(size, np.inf)])
    for place, value in targets.items():
        values[np.searchsorted(known, place)] = value
    solved = optimize.linprog(
        np.r_[np.zeros(size), cost, cost],
        A_ub=sparse.csr_array(within),
        b_ub=np.r_[-ends[:, 0], ends[above, 1]],
        A_eq=sparse.hstack([cells.sums[:, known], none, none], format="csr"),
        b_eq=np.zeros(cells.sums.shape[0]),
        bounds=np.r_[values, np.column_stack([np.zeros(2 * size), np.r_[slack, slack]])],
        method="highs",
    )
    if solved.status != 0:
        return None
    other, excess = np.full(cells.counts.size, np.nan), np.zeros(cells.counts.size)
    other[known], excess[known] = solved.x[:size], solved.x[size : 2 * size] + solved.x[2 * size :]
    return other, excess
