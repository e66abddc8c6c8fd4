"""The likelihood of what was published against every allowed row, counted one by one with scipy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from scipy.stats import dirichlet_multinomial, nbinom

from econ111.impact.inputs import MixCells, VolumeCells
from econ111.impact.observation import bounded_mix_logp, observe_mix, observe_volumes

Evaluator = Callable[..., Any]


@dataclass(frozen=True)
class Table:
    """One published row: Dirichlet parameters, bounds of each count, bounds of the total."""

    alpha: list[float]
    low: list[int]
    high: list[int]
    total: tuple[int, int]


STARS = Table([2.0, 0.7, 5.0, 9.0], [0, 0, 12, 20], [4, 4, 12, 20], (37, 37))
ONE_STAR = Table([2.0, 0.7, 5.0], [0, 7, 12], [4, 7, 12], (21, 21))
ROUNDED = Table([3.0, 1.5, 8.0], [8, 3, 28], [12, 7, 32], (45, 45))
ROUNDED_TOTAL = Table([3.0, 1.5, 8.0], [8, 0, 28], [12, 4, 32], (38, 42))
ECDS = Table([1.2, 0.4, 6.0], [1, 1, 30], [7, 7, 30], (36, 36))
WIDE = Table([40.0, 4.0, 11.0, 60.0], [150, 0, 30, 210], [160, 9, 40, 220], (405, 412))
THREE_GROUPS = (ONE_STAR, ROUNDED, ROUNDED_TOTAL, ECDS)
FOUR_GROUPS = (STARS, WIDE)


def log_probability(table: Table) -> float:
    """Mean over the allowed totals of the sum over all allowed rows with that total, row by row."""
    steps = [np.arange(low, high + 1) for low, high in zip(table.low, table.high, strict=True)]
    rows = np.array(list(product(*steps)))
    rows = rows[(rows.sum(axis=1) >= table.total[0]) & (rows.sum(axis=1) <= table.total[1])]
    each = dirichlet_multinomial.pmf(rows, np.array(table.alpha), rows.sum(axis=1))
    return float(np.log(each.sum() / (table.total[1] - table.total[0] + 1)))


def moved(table: Table, group: int, step: float) -> Table:
    """The table with one Dirichlet parameter changed."""
    alpha = [value + step * (k == group) for k, value in enumerate(table.alpha)]
    return replace(table, alpha=alpha)


def alphas(*tables: Table) -> Any:
    """Dirichlet parameters as a tensor (cell, group), in double precision."""
    return pt.as_tensor(np.array([table.alpha for table in tables]))


def together(*tables: Table) -> dict[str, np.ndarray]:
    """Bounds of tables with the same number of groups, as the arguments of `bounded_mix_logp`."""
    return {
        "low": np.array([table.low for table in tables]),
        "high": np.array([table.high for table in tables]),
        "total_low": np.array([table.total[0] for table in tables]),
        "total_high": np.array([table.total[1] for table in tables]),
    }


def cells_of(membership: list[list[list[int]]], bounds: dict[str, np.ndarray]) -> MixCells:
    """Cells of one trust and stage with these groups and bounds."""
    count = len(membership)
    nothing = np.zeros(count, dtype=int)
    return MixCells(nothing, nothing, np.arange(count), np.array(membership, dtype=float), **bounds)


def log_likelihood(cells: MixCells, shares: np.ndarray, concentration: np.ndarray, value_of: Evaluator) -> np.ndarray:
    """Log likelihood of each cell as `observe_mix` gives it to the model, exact cells before bounded ones."""
    with pm.Model() as model:
        observe_mix("mix", cells, shares=pt.as_tensor(shares), concentration=pt.as_tensor(concentration))
    terms = value_of([pm.logp(variable, model.rvs_to_values[variable]) for variable in model.observed_RVs])
    return np.concatenate([np.asarray(term) for term in terms])


@pytest.mark.parametrize("tables", [THREE_GROUPS, FOUR_GROUPS], ids=["three groups", "four groups"])
def test_a_bounded_row_is_the_sum_of_all_allowed_rows(tables: tuple[Table, ...], value_of: Evaluator) -> None:
    """log of the mean over totals of the sum over rows of the Dirichlet-multinomial, each row by scipy.

    Stars of 0 to 4 and of 1 to 7, one star that the total gives away, counts and totals rounded to 5; rows of different
    widths stand in one call, and each is as it is alone.
    """
    found = value_of(bounded_mix_logp(alphas(*tables), **together(*tables)))
    assert found == pytest.approx([log_probability(table) for table in tables], abs=1e-10)


def test_what_is_certain_has_logarithm_zero(value_of: Evaluator) -> None:
    """Counts of 0 to 6 with a total of 6 leave out no row; a row of zeros is the only one without calls."""
    everything = Table([0.3, 2.0, 7.0], [0, 0, 0], [6, 6, 6], (6, 6))
    silent = Table([2.0, 0.7, 5.0], [0, 0, 0], [0, 0, 0], (0, 0))
    found = value_of(bounded_mix_logp(alphas(everything, silent), **together(everything, silent)))
    assert found == pytest.approx([0.0, 0.0], abs=1e-10)


def test_the_gradient_of_a_bounded_row_agrees_with_differences(value_of: Evaluator) -> None:
    """(f(a + h) - f(a - h)) / 2h with h = 1e-5 for each Dirichlet parameter, by scipy; every one is finite."""
    alpha = pt.dmatrix()
    total = bounded_mix_logp(alpha, **together(*THREE_GROUPS)).sum()
    gradient = value_of(pytensor.grad(total, alpha), (alpha, [table.alpha for table in THREE_GROUPS]))
    differences = [
        [(log_probability(moved(table, k, 1e-5)) - log_probability(moved(table, k, -1e-5))) / 2e-5 for k in range(3)]
        for table in THREE_GROUPS
    ]
    assert gradient.ravel() == pytest.approx(np.ravel(differences), rel=1e-5, abs=1e-7)


def test_bounds_that_no_row_meets_are_next_to_impossible_and_never_nan(value_of: Evaluator) -> None:
    """Counts of at most 4 + 7 + 12 = 23 cannot add to 40, nor at least 19 to 10; the gradient is finite."""
    too_few, too_many = (Table([2.0, 0.7, 5.0], [0, 7, 12], [4, 7, 12], (n, n)) for n in (40, 10))
    alpha = pt.dmatrix()
    graph = bounded_mix_logp(alpha, **together(too_few, too_many, ONE_STAR))
    at = [too_few.alpha, too_many.alpha, ONE_STAR.alpha]
    found, gradient = value_of([graph, pytensor.grad(graph.sum(), alpha)], (alpha, at))
    assert np.isfinite(found).all()
    assert (found[:2] < -1e6).all()
    assert found[2] == pytest.approx(log_probability(ONE_STAR), abs=1e-10)
    assert np.isfinite(gradient).all()


def test_an_exact_row_is_dirichlet_multinomial(value_of: Evaluator) -> None:
    """Shares 0.2, 0.3, 0.5 and concentration 20 give alpha 4, 6, 10; counts 3, 9, 8; scipy's logpmf."""
    everything = np.eye(3, dtype=int).tolist()
    exact = Table([4.0, 6.0, 10.0], [3, 9, 8], [3, 9, 8], (20, 20))
    cells = cells_of([everything], together(exact))
    found = log_likelihood(cells, np.array([[0.2, 0.3, 0.5]]), np.array([20.0]), value_of)
    assert found == pytest.approx([dirichlet_multinomial.logpmf([3, 9, 8], [4, 6, 10], 20)], abs=1e-10)


def test_merging_categories_adds_their_alphas(value_of: Evaluator) -> None:
    """Groups {1, 2} and {3} with counts 12 and 8: alpha 10 and 10; the same as summing over all 13 splits of the 12."""
    merged = Table([10.0, 10.0], [12, 8], [12, 8], (20, 20))
    cells = cells_of([[[1, 1, 0], [0, 0, 1]]], together(merged))
    found = log_likelihood(cells, np.array([[0.2, 0.3, 0.5]]), np.array([20.0]), value_of)
    splits = [dirichlet_multinomial.pmf([first, 12 - first, 8], [4, 6, 10], 20) for first in range(13)]
    assert found == pytest.approx([np.log(np.sum(splits))], abs=1e-10)


def test_empty_groups_at_the_end_change_nothing(value_of: Evaluator) -> None:
    """ED and the rest, padded with an empty group beside a full row: beta-binomial, alpha 4 and 16, 3 of 20."""
    bounds = together(Table([], [3, 17, 0], [3, 17, 0], (20, 20)), Table([], [3, 9, 8], [3, 9, 8], (20, 20)))
    cells = cells_of([[[1, 0, 0], [0, 1, 1], [0, 0, 0]], np.eye(3, dtype=int).tolist()], bounds)
    found = log_likelihood(cells, np.tile([0.2, 0.3, 0.5], (2, 1)), np.full(2, 20.0), value_of)
    expected = [
        dirichlet_multinomial.logpmf([3, 17], [4, 16], 20),
        dirichlet_multinomial.logpmf([3, 9, 8], [4, 6, 10], 20),
    ]
    assert found == pytest.approx(expected, abs=1e-10)


def test_a_bounded_row_with_merged_and_empty_groups_keeps_its_sum(value_of: Evaluator) -> None:
    """A star of 0 to 4 for ED and 16 to 20 for the rest, 20 in all, padded: the sum over ED = 0 to 4."""
    bounds = together(Table([], [0, 16, 0], [4, 20, 0], (20, 20)))
    cells = cells_of([[[1, 0, 0], [0, 1, 1], [0, 0, 0]]], bounds)
    found = log_likelihood(cells, np.array([[0.2, 0.3, 0.5]]), np.array([20.0]), value_of)
    splits = [dirichlet_multinomial.pmf([ed, 20 - ed], [4, 16], 20) for ed in range(5)]
    assert found == pytest.approx([np.log(np.sum(splits))], abs=1e-10)


def test_exact_and_bounded_cells_share_one_likelihood(value_of: Evaluator) -> None:
    """One cell of each kind in one call: both terms appear, each with its own shares and concentration."""
    bounds = together(Table([], [0, 7, 12], [4, 7, 12], (21, 21)), Table([], [3, 9, 8], [3, 9, 8], (20, 20)))
    cells = cells_of([np.eye(3, dtype=int).tolist()] * 2, bounds)
    shares = np.array([[0.1, 0.4, 0.5], [0.2, 0.3, 0.5]])
    found = log_likelihood(cells, shares, np.array([30.0, 20.0]), value_of)
    hidden = log_probability(Table([3.0, 12.0, 15.0], [0, 7, 12], [4, 7, 12], (21, 21)))
    assert found == pytest.approx([dirichlet_multinomial.logpmf([3, 9, 8], [4, 6, 10], 20), hidden], abs=1e-10)


def test_volumes_are_negative_binomial_or_the_sum_over_their_bounds(value_of: Evaluator) -> None:
    """Exact 40 with mean 45; 5 to 7 with mean 8; 0 to 4 with mean 2; shape 12 throughout, by scipy."""
    cells = VolumeCells(*(np.array(part) for part in ([0, 0, 0], [0, 1, 2], [40, 5, 0], [40, 7, 4])))
    shape = pt.as_tensor(np.array(12.0))
    with pm.Model() as model:
        observe_volumes("calls", cells, expected=pt.as_tensor(np.array([45.0, 8.0, 2.0])), overdispersion=shape)
    exact, bounded = value_of([pm.logp(one, model.rvs_to_values[one]) for one in model.observed_RVs])
    assert exact == pytest.approx([nbinom.logpmf(40, 12, 12 / 57)], abs=1e-10)
    first = nbinom.pmf(np.arange(5, 8), 12, 12 / 20).sum()
    second = nbinom.pmf(np.arange(0, 5), 12, 12 / 14).sum()
    assert bounded == pytest.approx(np.log([first, second]), abs=1e-10)


def test_predictive_rows_have_the_mean_and_spread_of_a_dirichlet_multinomial() -> None:
    """n = 20, alpha 4, 6, 10: mean 4, 6, 10; variance n p (1 - p) (n + A) / (1 + A), for ED 3.2 x 40 / 21 = 6.095."""
    exact = Table([], [3, 9, 8], [3, 9, 8], (20, 20))
    with pm.Model() as model:
        cells = cells_of([np.eye(3, dtype=int).tolist()], together(exact))
        observe_mix(
            "mix", cells, shares=pt.as_tensor(np.array([[0.2, 0.3, 0.5]])), concentration=pt.as_tensor(np.array([20.0]))
        )
    drawn = pm.draw(model.observed_RVs[0], draws=4000, random_seed=1, mode="FAST_COMPILE").reshape(-1, 3)
    assert (drawn.sum(axis=1) == 20).all()
    assert drawn.mean(axis=0) == pytest.approx([4, 6, 10], abs=0.2)
    assert drawn[:, 0].var() == pytest.approx(3.2 * 40 / 21, rel=0.1)
