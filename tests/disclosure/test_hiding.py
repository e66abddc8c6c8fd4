"""No hidden count can be worked out: by hand, by trying every table, and by the attacker's own linear programs."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from econ111.disclosure import DisclosureRule, protect, recoverable_bounds
from econ111.disclosure import hiding as hiding_room
from econ111.disclosure.hiding import cells_to_hide, protection_width
from econ111.disclosure.margins import with_margins
from econ111.errors import InputError

PLAIN = DisclosureRule(below=5)
MHSDS = DisclosureRule(below=5, base=5, rounding="nearest")
HES = DisclosureRule(below=8, zero_included=False, base=5, rounding="nearest")
ZERO_SHOWN = DisclosureRule(below=5, zero_included=False)
RULES = {"plain": PLAIN, "mhsds": MHSDS, "hes": HES, "zero shown": ZERO_SHOWN}


def assert_safe(table: np.ndarray, rule: DisclosureRule) -> None:
    """Each small count could be anything that the rule hides; any other hidden one is as uncertain as that range."""
    cells = with_margins(table)
    hidden = cells_to_hide(cells, rule)
    bounds = recoverable_bounds(cells, hidden, rule=rule)
    for place, (low, high) in zip(np.flatnonzero(hidden), bounds, strict=True):
        count = cells.counts[place]
        assert low <= count <= high
        if rule.hides(int(count)):
            assert low <= rule.first_hidden
            assert high >= rule.below - 1
        assert high - low >= protection_width(rule) - 1e-6
    assert all(hidden[place] for place, count in enumerate(cells.counts) if rule.hides(int(count)))


def test_a_row_by_hand() -> None:
    """Of 3, 9, 14 and their total 26: without 3 and 9 the reader knows that they add to 12, so each is 0 to 12."""
    cells = with_margins(np.array([3.0, 9.0, 14.0]))
    hidden = cells_to_hide(cells, PLAIN)
    assert hidden.tolist() == [True, True, False, False]
    assert recoverable_bounds(cells, hidden, rule=PLAIN).tolist() == [[0, 12], [0, 12]]


def test_two_small_counts_that_tell_each_other_are_not_enough() -> None:
    """1 and 1 in a row of total 22: hidden alone they add to 2, so neither can be 3 or 4; the 20 must go too."""
    cells = with_margins(np.array([1.0, 1.0, 20.0]))
    two = np.array([True, True, False, False])
    assert recoverable_bounds(cells, two, rule=PLAIN).tolist() == [[0, 2], [0, 2]]
    assert cells_to_hide(cells, PLAIN).tolist() == [True, True, True, False]


def test_a_square_by_hand() -> None:
    """2 beside 20 and over 30: with 40 they make the rectangle of four that hides the 2 in its row and its column.

    The 2 is x; its row leaves 22 - x, its column 32 - x, and the corner 60 - (22 - x): all from 0 up when x is 0 to 22.
    """
    cells = with_margins(np.array([[2.0, 20.0, 90.0], [30.0, 40.0, 80.0], [70.0, 60.0, 99.0]]))
    hidden = cells_to_hide(cells, PLAIN).reshape(cells.shape)
    assert hidden.sum() == 4
    assert hidden[:2, :2].all()
    assert recoverable_bounds(cells, hidden.ravel(), rule=PLAIN).tolist() == [[0, 22], [0, 22], [10, 32], [38, 60]]


def test_rounding_alone_may_protect_a_count() -> None:
    """3, 50 and 100, each to the nearest 5, total 155 (153 to 157): 153 - 52 - 102 is below 0, 157 - 48 - 98 is 11."""
    cells = with_margins(np.array([3.0, 50.0, 100.0]))
    hidden = cells_to_hide(cells, MHSDS)
    assert hidden.tolist() == [True, False, False, False]
    assert recoverable_bounds(cells, hidden, rule=MHSDS).tolist() == [[0, 11]]


def test_rounding_does_not_always_protect() -> None:
    """2 and 60, total 62: printed *, 60 and 60, so * is 58 - 62 to 62 - 58: 0 to 4, which is all that it says."""
    cells = with_margins(np.array([2.0, 60.0]))
    assert recoverable_bounds(cells, np.array([True, False, False]), rule=MHSDS).tolist() == [[0, 4]]
    late = with_margins(np.array([4.0, 61.0]))  # *, 60 and 65: 63 - 62 to 67 - 58, so that 0 is ruled out
    assert recoverable_bounds(late, np.array([True, False, False]), rule=MHSDS).tolist() == [[1, 9]]
    assert cells_to_hide(late, MHSDS).sum() == 2


def test_every_other_table_was_tried() -> None:
    """Four hidden counts of a 3 by 3 table: of all 18 ** 4 tables those that print the same.

    By hand: 2 is x, its row leaves 10 - x, its column 9 - x, the corner 17 - (10 - x), so x is 0 to 9.
    """
    cells = with_margins(np.array([[2.0, 8.0, 90.0], [7.0, 9.0, 80.0], [70.0, 60.0, 99.0]]))
    hidden = cells_to_hide(cells, PLAIN)
    places = np.flatnonzero(hidden)
    assert len(places) == 4
    grid = np.stack(np.meshgrid(*[np.arange(18.0)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
    tables = np.repeat(cells.counts[None, :], len(grid), axis=0)
    tables[:, places] = grid
    same = tables[(cells.sums @ tables.T == 0).all(axis=0)][:, places]
    tried = np.column_stack([same.min(axis=0), same.max(axis=0)])
    assert tried.tolist() == [[0, 9], [1, 10], [0, 9], [7, 16]]
    assert recoverable_bounds(cells, hidden, rule=PLAIN).tolist() == tried.tolist()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("shape", [(6,), (4, 5), (3, 4, 3)])
def test_tables_of_trusts_months_and_dispositions_are_safe(shape: tuple[int, ...], rule: DisclosureRule) -> None:
    """Three tables of each shape, about a third of whose counts are small."""
    rng = np.random.default_rng(len(shape))
    for _ in range(3):
        assert_safe(rng.negative_binomial(1, 1 / 16, size=shape).astype(float), rule)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@settings(max_examples=25, deadline=None)
@given(
    table=arrays.arrays(np.int64, arrays.array_shapes(min_dims=2, max_dims=2, max_side=4), elements=st.integers(0, 30))
)
def test_any_small_table_is_safe_or_refused(rule: DisclosureRule, table: np.ndarray) -> None:
    """Whatever the counts: protected, or refused with what to do; never published in a way that gives one away."""
    try:
        assert_safe(table.astype(float), rule)
    except InputError as refused:
        assert "coarser" in str(refused)


def test_the_fast_way_is_as_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many small counts two tables protect most at once: the same guarantee, at most half as many cells more."""
    table = np.random.default_rng(3).negative_binomial(1, 1 / 12, size=(6, 8)).astype(float)
    one_by_one = cells_to_hide(with_margins(table), PLAIN).sum()
    monkeypatch.setattr(hiding_room, "MANY", 2)
    assert_safe(table, PLAIN)
    assert one_by_one <= cells_to_hide(with_margins(table), PLAIN).sum() <= 1.5 * one_by_one


def test_a_total_with_an_unknown_part_is_not_printed() -> None:
    """A month that nobody returned: its totals are NaN, and the other months protect each other as before."""
    counts = xr.DataArray(
        [[20.0, 3.0], [np.nan, 40.0]], dims=("trust", "month"), coords={"trust": ["A", "B"], "month": ["m1", "m2"]}
    )
    found = protect(counts, PLAIN)
    assert np.isnan(found.printed.sel(trust="Total", month="m1"))
    assert np.isnan(found.printed.sel(trust="B", month="Total"))
    assert bool(found.hidden.sel(trust="A", month="m2"))


def test_what_is_printed_is_read_back_as_what_is_known() -> None:
    """6 under the MHSDS rule is printed 5, which a reader takes for 5 to 7; 12 is printed 10, 8 to 12."""
    counts = xr.DataArray([6.0, 12.0, 500.0], dims="trust", coords={"trust": ["A", "B", "C"]})
    found = protect(counts, MHSDS)
    assert found.printed.values.tolist() == [5, 10, 500, 520]
    assert found.low.values.tolist() == [5, 8, 498, 518]
    assert found.high.values.tolist() == [7, 12, 502, 522]


def test_a_total_that_is_its_only_part_goes_with_it() -> None:
    """A single 3, whose total is 3: with the total shown nothing could move, so both go."""
    cells = with_margins(np.array([3.0]))
    assert cells_to_hide(cells, PLAIN).tolist() == [True, True]
