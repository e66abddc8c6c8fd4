"""Each estimator against its plain form: means by bin and value, dense least squares, and sums worked by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.interpolate import BSpline
from scipy.special import legendre

from econ111.economics.value_of_information.bins import BinSmoother
from econ111.economics.value_of_information.estimate import Fit, shrunk, value_of
from econ111.economics.value_of_information.ordered import Ordered
from econ111.economics.value_of_information.polynomial import Form, PolynomialSmoother, _Axis, most_terms
from econ111.economics.value_of_information.regression import CHUNK, Sums, chunks, evaluate, sums_by_fold
from econ111.economics.value_of_information.spline import SplineSmoother, b_splines, interval_of, knots_at
from econ111.economics.value_of_information.tensor import TensorSmoother
from econ111.threads import one_thread

SEED = 41


def _plain(design: np.ndarray, values: np.ndarray, fold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least squares on all draws, and of each draw by the other folds."""
    with one_thread():
        fitted = design @ np.linalg.lstsq(design, values, rcond=None)[0]
        held_out = np.empty_like(fitted)
        for one in range(5):
            inside = fold == one
            held_out[inside] = design[inside] @ np.linalg.lstsq(design[~inside], values[~inside], rcond=None)[0]
    return fitted, held_out


def test_draws_are_sorted_once_and_given_back_in_their_own_order() -> None:
    """30, 10, 20, 10: sorted 10, 10, 20, 30, of which three are distinct; every fifth draw is one fold."""
    ordered = Ordered.of(np.array([30.0, 10.0, 20.0, 10.0, 40.0, 50.0]))
    assert ordered.values.tolist() == [10, 10, 20, 30, 40, 50]
    assert ordered.distinct().tolist() == [10, 20, 30, 40, 50]
    assert ordered.fold.tolist() == [0, 1, 2, 3, 4, 0]
    column = np.array([3.0, 1.0, 2.0, 1.5, 4.0, 5.0])
    arranged = ordered.arrange(column)
    assert sorted(arranged[:2].tolist()) == [1.0, 1.5]
    assert arranged[2:].tolist() == [2, 3, 4, 5]
    back = ordered.give_back([arranged, 2 * arranged], [arranged + 1, arranged + 2])
    assert back.fitted.tolist() == np.column_stack([column, 2 * column]).tolist()
    assert back.held_out.tolist() == np.column_stack([column + 1, column + 2]).tolist()


def test_bins_of_eight_draws_by_hand() -> None:
    """Eight draws make 2 x 2 = 4 bins of two; a draw's bin without its fold is the other draw of it.

    Columns are worked each for itself, and come back in the order of the draws: here the last stands first.
    """
    ordered = Ordered.of(np.arange(8.0)[::-1])
    columns = np.array([[1.0, 3.0, 10.0, 20.0, 5.0, 5.0, 0.0, 8.0], [2.0, 4.0, 0.0, 2.0, 1.0, 3.0, 6.0, 6.0]])
    fit = BinSmoother(ordered).fit(columns[:, ::-1].T)
    assert fit.fitted[::-1].T.tolist() == [[2, 2, 15, 15, 5, 5, 4, 4], [3, 3, 1, 1, 2, 2, 6, 6]]
    assert fit.held_out[::-1].T.tolist() == [[3, 1, 20, 10, 5, 5, 8, 0], [4, 2, 2, 0, 3, 1, 6, 6]]


def test_a_bin_that_is_one_fold_alone_falls_back_on_the_mean() -> None:
    """Two draws stand in two bins; without its own fold nothing is left of either, so 4 and 8 give 6 and 6."""
    fit = BinSmoother(Ordered.of(np.array([1.0, 2.0]))).fit(np.array([[4.0], [8.0]]))
    assert fit.fitted.ravel().tolist() == [4, 8]
    assert fit.held_out.ravel().tolist() == [6, 6]


def test_equal_values_are_never_cut_apart() -> None:
    """Of 27 draws, 2 x 3 = 6 bins would cut the thirteen zeros at places 4 and 9; they stay one bin, of mean 6.

    The others are cut at places 27 x 3 / 6 = 13, 18 and 22, so bins have the means 15, 19.5 and 24.
    """
    parameter = np.concatenate([np.zeros(13), np.arange(1.0, 15.0)])
    fitted = BinSmoother(Ordered.of(parameter)).fit(np.arange(27.0)[:, None]).fitted.ravel()
    assert fitted.tolist() == [6.0] * 13 + [15.0] * 5 + [19.5] * 4 + [24.0] * 5


def test_the_value_of_a_fit_by_hand() -> None:
    """Three draws of two options over the best.

    Plug-in: max(0, 2, 1) = 2, 0 (both are below), 5. Decision by the held-out fit: the second option (worth 4), none,
    the first (worth -1): 4, 0, -1. Half of each sum: 3, 0, 2, mean 5 / 3. The standard error is that
    of 4, 0, -1: variance 7, so sqrt(7 / 3).
    """
    gain = np.array([[1.0, 4.0], [7.0, 7.0], [-1.0, 9.0]])
    fit = Fit(np.array([[2.0, 1.0], [-1.0, -0.5], [5.0, 3.0]]), np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 3.0]]))
    found = value_of(gain, fit)
    assert found.value == pytest.approx(5 / 3)
    assert found.standard_error == pytest.approx(np.sqrt(7 / 3))
    assert found.gains.tolist() == [3, 0, 2]
    assert value_of(np.array([[-5.0], [-5.0]]), Fit(np.full((2, 1), 1.0), np.full((2, 1), 1.0))).value == 0.0


def test_weighted_sums_of_a_fit_are_the_fit_of_weighted_sums() -> None:
    """1 x 2 + 3 x 10 = 32 of what is fitted, 2 x 2 + 4 x 10 = 44 of what is held out."""
    fit = Fit(np.array([[1.0, 3.0]]), np.array([[2.0, 4.0]])) @ np.array([[2.0], [10.0]])
    assert (fit.fitted.tolist(), fit.held_out.tolist()) == ([[32.0]], [[44.0]])


def test_a_rough_fit_is_drawn_towards_the_mean_by_hand() -> None:
    """Values 10, 14 (mean 12), held out at 12, 16: slope (0 x -2 + 4 x 2) / 16 = 1/2, and its root for the fit.

    The second column is held out at its mean: no spread to shrink, so it stays. The third is held out the wrong way
    round, a slope below 0, and becomes its mean. The fourth is too flat, a slope of 2, and stays as it is. The fifth
    is small, and has a slope of (0.2 x 0.4 + 0.2 x 0.4) / 0.32 = 1/2 all the same.
    """
    values = np.array([[10.0, 0.0, 20.0, 0.0, 0.0], [14.0, 4.0, 24.0, 4.0, 0.4]])
    fitted = np.array([[10.0, 1.0, 21.0, 1.0, 0.2], [14.0, 3.0, 23.0, 3.0, 0.2]])
    held_out = np.array([[12.0, 2.0, 24.0, 1.0, -0.2], [16.0, 2.0, 20.0, 3.0, 0.6]])
    found = shrunk(Fit(fitted, held_out), values)
    root = np.sqrt(2)
    assert found.fitted == pytest.approx(np.array([[12 - root, 1, 22, 1, 0.2], [12 + root, 3, 22, 3, 0.2]]))
    assert found.held_out == pytest.approx(np.array([[12, 2, 22, 1, 0], [14, 2, 22, 3, 0.4]]))


def test_a_factor_of_forty_values_takes_means_and_one_of_forty_one_a_curve() -> None:
    """Each value of the parameter has its mean; without its own fold, the mean of the other draws of that value."""
    rng = np.random.default_rng(SEED)
    parameter = np.repeat(np.arange(40.0), 25)
    values = rng.standard_normal((1000, 2)) + 100
    smoother = SplineSmoother(Ordered.of(parameter))
    assert smoother.method == "mean at each value"
    fit = smoother.fit(values)
    means = values.reshape(40, 25, 2).mean(axis=1)
    assert fit.fitted == pytest.approx(np.repeat(means, 25, axis=0), abs=1e-6)
    # 25 equal draws stand in a row, so each fold holds five of them, and predicts with the other twenty.
    by_fold = values.reshape(40, 5, 5, 2).sum(axis=1)
    others = (25 * means[:, None] - by_fold) / 20
    assert fit.held_out == pytest.approx(np.tile(others, (1, 5, 1)).reshape(-1, 2), abs=1e-6)
    assert SplineSmoother(Ordered.of(np.append(parameter, 40.0))).method == "penalised cubic spline"


def _dense_spline(parameter: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The penalised spline with nothing quick about it: whole matrices, every penalty, every fold (sorted draws)."""
    count = len(parameter)
    knots = knots_at(parameter, round(2 * count**0.3))
    design = BSpline.design_matrix(parameter, knots, 3).toarray()
    size = design.shape[1]
    sites = np.array([knots[one + 1 : one + 4].mean() for one in range(size)])
    rough = np.zeros((size, size))
    for one in range(size - 2):
        before, after = sites[one + 1] - sites[one], sites[one + 2] - sites[one + 1]
        bend = np.zeros(size)
        bend[one : one + 3] = [1 / before, -1 / before - 1 / after, 1 / after]
        rough += np.outer(bend, bend) / ((sites[one + 2] - sites[one]) / 2)
    products = design.T @ design
    rough *= np.trace(products) / np.trace(rough)
    ridge = 1e-10 * np.trace(products) * np.eye(size)
    centred = column - column.mean()

    def coefficients(rows: np.ndarray, penalty: float) -> np.ndarray:
        part = design[rows]
        return np.linalg.solve(part.T @ part + penalty * rough + ridge, part.T @ centred[rows])

    every = np.ones(count, dtype=bool)
    scores = {}
    for penalty in (0.0, *np.logspace(-5, 8, 14)):
        error = ((centred - design @ coefficients(every, penalty)) ** 2).sum()
        free = np.trace(np.linalg.solve(products + penalty * rough + ridge, products))
        scores[penalty] = error / max(count - 1.4 * free, 1.0) ** 2
    chosen = min(scores, key=lambda one: scores[one])
    fold = np.arange(count) % 5
    held_out = np.empty(count)
    for one in range(5):
        held_out[fold == one] = design[fold == one] @ coefficients(fold != one, chosen)
    return design @ coefficients(every, chosen) + column.mean(), held_out + column.mean()


def test_the_spline_equals_its_dense_form() -> None:
    """Columns of every wiggliness, on a skewed parameter: banded sums by fold against whole matrices.

    From a straight line to sixty waves, so that the penalty is chosen anew for each, from none at all to the greatest.
    """
    rng = np.random.default_rng(SEED)
    parameter = np.sort(rng.gamma(2.0, size=400))
    columns = [np.sin(speed * parameter) for speed in (0.5, 1, 2, 4, 6, 9, 14, 20)] + [parameter, np.exp(-parameter)]
    noise = [0.5, 0.01, 0.3, 1.0, 0.1, 0.6, 0.01, 0.0, 0.5, 0.2]
    values = np.column_stack(columns) + rng.normal(0, noise, (400, 10)) + 7
    order = rng.permutation(400)
    fit = SplineSmoother(Ordered.of(parameter[order])).fit(values[order])
    for place in range(10):
        fitted, held_out = _dense_spline(parameter, values[:, place])
        assert fit.fitted[:, place] == pytest.approx(fitted[order], abs=1e-5)
        assert fit.held_out[:, place] == pytest.approx(held_out[order], abs=1e-5)


def test_basis_functions_are_those_of_the_published_recursion() -> None:
    """Against scipy: each draw touches four functions from its interval on; equal quantiles make one knot."""
    parameter = np.sort(np.concatenate([np.random.default_rng(SEED).uniform(0, 9, 60), np.full(40, 4.0)]))
    knots = knots_at(parameter, 10)
    assert knots[:4].tolist() == [parameter[0]] * 4
    assert knots[-4:].tolist() == [parameter[-1]] * 4
    assert (np.diff(knots[3:-3]) > 0).all()
    interval = interval_of(parameter, knots)
    functions = b_splines(parameter, knots, interval)
    made = np.zeros((100, len(knots) - 4))
    for step in range(4):
        made[np.arange(100), interval + step] = functions[step]
    assert made == pytest.approx(BSpline.design_matrix(parameter, knots, 3).toarray(), abs=1e-12)
    # Of 0 to 100 in ten steps the knots are the tens; a draw at a knot belongs to the interval that begins there.
    tens = knots_at(np.arange(101.0), 10)
    assert tens.tolist() == [0.0] * 3 + [10.0 * one for one in range(11)] + [100.0] * 3
    assert interval_of(np.array([0.0, 9.0, 10.0, 99.0, 100.0]), tens).tolist() == [0, 0, 1, 9, 9]


def _monomials(parameters: np.ndarray, degree: int) -> np.ndarray:
    x, y = parameters.T
    return np.column_stack([x**one * y**two for one in range(degree + 1) for two in range(degree + 1 - one)])


@pytest.mark.parametrize("pieces", [0, 6])
def test_a_polynomial_of_a_stated_form_is_plain_least_squares(pieces: int) -> None:
    """Products up to degree 3 span the same surfaces as monomials; a spline of each parameter stands beside them."""
    rng = np.random.default_rng(SEED)
    parameters = rng.uniform(0, 1, (600, 2)) * [1.0, 50.0] + [0.0, 200.0]
    x, y = ((parameters - parameters.mean(axis=0)) / parameters.std(axis=0)).T
    values = np.column_stack([x * y**2 + np.sin(4 * x) + 9, x**2 + 1000.0]) + rng.normal(0, 0.1, (600, 2))
    fit = PolynomialSmoother(parameters, form=Form(3, pieces)).fit(values)
    design = _monomials(np.column_stack([x, y]), 3)
    if pieces:
        for column in parameters.T:
            knots = knots_at(np.sort(column), pieces)
            design = np.hstack([design, BSpline.design_matrix(column, knots, 3).toarray()])
    centre = values.mean(axis=0)
    fitted, held_out = _plain(design, values - centre, np.arange(600) % 5)
    assert fit.fitted == pytest.approx(fitted + centre, abs=1e-5)
    assert fit.held_out == pytest.approx(held_out + centre, abs=1e-5)


def test_the_size_of_a_form_and_what_draws_can_bear_by_hand() -> None:
    """Three parameters up to degree 2: 1 + 3 + 6 = 10 terms; a spline of ten pieces of each adds 3 x 13.

    Twenty draws a term: 50 of 1,000. No more than 600, from 12,000 on; of a million, sqrt(6e10 / 1e6) = 244.9.
    """
    assert (Form(2).size(3), Form(2, 10).size(3), Form(1, 24).size(1)) == (10, 49, 29)
    assert [most_terms(draws) for draws in (1000, 11_980, 12_000, 100_000, 1_000_000)] == [50, 599, 600, 600, 244]


@pytest.mark.parametrize(
    ("surface", "most", "form"),
    [
        (lambda x, y: x + y, None, Form(1)),
        (lambda x, y: x * y, None, Form(2)),
        (lambda x, y: x + legendre(3)(x), None, Form(3)),
        # A product of degree 8 lies beyond two degrees that gain nothing.
        (lambda x, y: x + y + legendre(4)(x) * legendre(4)(y), None, Form(1)),
        # Every degree gains, to the highest tried; where a spline says as much, fewer products stand beside it.
        (lambda x, y: sum(y * legendre(degree)(x) for degree in range(1, 13)), None, Form(10)),
        (lambda x, y: sum(legendre(degree)(x) for degree in range(1, 13)), None, Form(8, 10)),
        # Many waves need 24 pieces; behind them a weak product is seen only once they are followed.
        (lambda x, y: np.sin(30 * x), None, Form(1, 24)),
        (lambda x, y: 2 * np.sin(30 * x) + x * y / 8, None, Form(2, 24)),
        # 6 + 2 x 13 = 32 terms: with 29 the product makes room for the waves, which are more.
        (lambda x, y: 0.6 * x * y + np.cos(18 * x), 32, Form(2, 10)),
        (lambda x, y: 0.6 * x * y + np.cos(18 * x), 29, Form(1, 10)),
        (lambda x, y: 0.6 * x * y * y + np.cos(18 * x), 29, Form(1, 10)),
    ],
)
def test_forms_are_chosen_by_what_was_not_seen(
    surface: Callable[[np.ndarray, np.ndarray], np.ndarray], most: int | None, form: Form
) -> None:
    """Surfaces over a square of 40 x 40 draws, in a little noise, of which the form is known."""
    rng = np.random.default_rng(SEED)
    even = np.linspace(-1, 1, 40)
    x, y = np.repeat(even, 40), np.tile(even, 40)
    order = rng.permutation(1600)
    column = (surface(x, y) + rng.normal(0, 0.05, 1600))[order]
    smoother = PolynomialSmoother(np.column_stack([x, y])[order], most=most)
    assert smoother.choose((column - column.mean())[:, None]) == [form]
    assert smoother.note == ""


def test_each_column_has_a_form_of_its_own() -> None:
    """A plane and a product, fitted at once: the plane is not given the noise of the product's terms."""
    rng = np.random.default_rng(SEED)
    x, y = rng.uniform(-1.7, 1.7, (2, 2000))
    values = np.column_stack([x - y, x * y]) + rng.normal(0, 0.5, (2000, 2)) + [5.0, -800.0]
    parameters = np.column_stack([x, y])
    assert PolynomialSmoother(parameters).choose(values - values.mean(axis=0)) == [Form(1), Form(2)]
    found = PolynomialSmoother(parameters).fit(values)
    for place in range(2):
        alone = PolynomialSmoother(parameters, form=Form(place + 1)).fit(values[:, [place]])
        assert found.fitted[:, place] == pytest.approx(alone.fitted[:, 0])
        assert found.held_out[:, place] == pytest.approx(alone.held_out[:, 0])


def test_polynomials_are_orthonormal_over_the_draws() -> None:
    """Mean products of degrees 0 to 10 are 1 with themselves and 0 with another, on a long tail far from 0."""
    column = 500 + np.random.default_rng(SEED).gamma(1.0, 20.0, 3000)
    made = np.array(_Axis(column).polynomials(column, 10))
    assert made @ made.T / 3000 == pytest.approx(np.eye(11), abs=1e-4)


def test_parameters_of_few_values_have_the_means_of_their_cells() -> None:
    """A coin and a die of three faces: all products of degree 4 make six cells, and no further polynomial is made up.

    Of a constant nothing but the 1 is left.
    """
    rng = np.random.default_rng(SEED)
    coin, die = rng.integers(0, 2, 1000), rng.integers(0, 3, 1000)
    values = rng.standard_normal(1000)
    fit = PolynomialSmoother(np.column_stack([coin, die]).astype(float), form=Form(4)).fit(values[:, None])
    for cell in range(6):
        inside = (coin == cell % 2) & (die == cell // 2)
        assert fit.fitted[inside, 0] == pytest.approx(np.full(inside.sum(), values[inside].mean()), abs=1e-6)
    made = _Axis(coin.astype(float)).polynomials(coin[:4].astype(float), 3)
    assert len(made) == 4
    assert not np.any(made[2:])
    assert [column.tolist() for column in _Axis(np.full(3, 7.0)).polynomials(np.array([7.0]), 1)] == [[1.0], [0.0]]


@pytest.mark.parametrize(
    ("most", "note"), [(6, ""), (5, "interactions left out: too few draws for so many parameters")]
)
def test_interactions_that_the_draws_cannot_bear_are_said_to_be_left_out(most: int, note: str) -> None:
    """Degree 2 of two parameters has six terms: allowed with six, left out with five, and then the note says so."""
    rng = np.random.default_rng(SEED)
    x, y = rng.standard_normal((2, 1000))
    smoother = PolynomialSmoother(np.column_stack([x, y]), most=most)
    fit = smoother.fit((x * y)[:, None])
    assert smoother.note == note
    assert (np.corrcoef(fit.held_out[:, 0], x * y)[0, 1] > 0.99) == (most == 6)
    alone = PolynomialSmoother(x[:, None], most=2)
    alone.fit(y[:, None])
    assert alone.note == "", "of one parameter there is nothing to interact with"


def test_sums_by_fold_solve_and_err_as_least_squares_do() -> None:
    """Coefficients of all draws and without each fold, and the squared error on the fold left out, over all squares."""
    rng = np.random.default_rng(SEED)
    terms, values = rng.standard_normal((103, 3)), rng.standard_normal((103, 2))
    values -= values.mean(axis=0)
    sums = sums_by_fold(lambda draws: terms[draws], values, count=3)
    apart = np.array([sums.solve(without=fold) for fold in range(5)])
    fit = evaluate(lambda draws: terms[draws], sums.solve(), apart, draws=103)
    fitted, held_out = _plain(terms, values, np.arange(103) % 5)
    assert fit.fitted == pytest.approx(fitted, abs=1e-7)
    assert fit.held_out == pytest.approx(held_out, abs=1e-7)
    error = ((values - held_out) ** 2).sum(axis=0) / (values**2).sum(axis=0)
    assert sums.held_out_error() == pytest.approx(error, abs=1e-7)


def test_terms_that_say_the_same_share_their_coefficient() -> None:
    """Two equal terms have no one solution; a billionth of their mean square, 4e-9, makes 2 / (4 + 4 + 4e-9) of it."""
    sums = Sums(np.full((5, 2, 2), 4 / 5), np.full((5, 2, 1), 2 / 5), np.full((5, 1), 1.0))
    assert sums.solve().ravel().tolist() == pytest.approx([2 / 8] * 2, rel=1e-6)
    alone = Sums(np.full((5, 1, 1), 4 / 5), np.full((5, 1, 1), 2 / 5), np.full((5, 1), 1.0))
    assert alone.solve().item() == pytest.approx(0.5 / (1 + 1e-9), rel=1e-13)


@pytest.mark.parametrize("draws", [1, 7, 5 * CHUNK, 5 * CHUNK + 3])
def test_chunks_take_every_draw_once_in_its_fold(draws: int) -> None:
    """Fold f holds draws f, f + 5, and so on, in pieces of at most the stated size."""
    fold = np.full(draws, -1)
    for one, chosen in chunks(draws):
        assert (fold[chosen] == -1).all()
        assert 0 < len(fold[chosen]) <= CHUNK
        fold[chosen] = one
    assert fold.tolist() == (np.arange(draws) % 5).tolist()


@pytest.mark.parametrize(
    ("width", "draws", "terms"),
    [
        # Fewer terms than the draws can bear: 12 lines and pairs of 4 x 4, 8 and 3 x 3, 4 and 2 x 2, 4 and 1 x 1.
        (2, 1000, 1 + 2 * 12 + 16), (3, 1020, 1 + 3 * 4 + 3 * 4), (3, 1040, 1 + 3 * 8 + 3 * 9),
        (3, 2000, 1 + 3 * 12 + 3 * 16), (5, 1000, 1 + 5 * 4 + 10), (10, 1000, 1 + 10 * 4), (20, 1000, 1 + 20 * 2),
        (25, 1000, 1 + 25), (24, 9000, 1 + 24 * 12), (25, 9000, 1 + 25 * 8),
    ],
)  # fmt: skip
def test_the_check_has_as_many_terms_as_the_draws_can_bear(width: int, draws: int, terms: int) -> None:
    """A constant, broken lines in each parameter, and products in each pair where there is room; never 300 or more."""
    parameters = np.random.default_rng(SEED).standard_normal((draws, width))
    assert TensorSmoother(parameters)(slice(0, 3)).shape == (3, terms)


def test_the_check_is_least_squares_on_broken_lines_and_their_products() -> None:
    """Twelve pieces of each parameter and four of each in the pair, between quantiles, by numpy's own interpolation."""
    rng = np.random.default_rng(SEED)
    parameters = rng.gamma(2.0, size=(1000, 2))
    values = np.column_stack([parameters.prod(axis=1), np.sin(parameters[:, 0])]) + rng.normal(7, 0.2, (1000, 2))

    def lines(column: np.ndarray, pieces: int) -> np.ndarray:
        knots = np.quantile(column, np.arange(pieces + 1) / pieces)
        return np.column_stack([np.interp(column, knots[one : one + 2], [-0.5, 0.5]) for one in range(pieces)])

    one, two = (lines(column, 4) for column in parameters.T)
    pairs = np.column_stack([one[:, [place]] * two for place in range(4)])
    design = np.column_stack([np.ones(1000), *(lines(column, 12) for column in parameters.T), pairs])
    centre = values.mean(axis=0)
    fitted, held_out = _plain(design, values - centre, np.arange(1000) % 5)
    fit = TensorSmoother(parameters).fit(values)
    assert fit.fitted == pytest.approx(fitted + centre, abs=1e-3)
    assert fit.held_out == pytest.approx(held_out + centre, abs=1e-3)
