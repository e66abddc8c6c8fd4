"""Draws of parameters: they are what the table says, and each depends on nothing but the seed and its own name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from econ111.errors import InputError
from econ111.parameters import Catalogue, draw_group, draw_parameters, example_parameter, load_catalogue
from econ111.parameters.distributions import problems_of, quantile, standard_deviation

SAMPLES = 100_000


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped parameters."""
    return load_catalogue()


def test_draws_do_not_depend_on_order_or_company(catalogue: Catalogue) -> None:
    """Reversing the names, or asking for one alone, gives the same draws to the last bit."""
    names = ["ed_attendance_all", "absorbed_share", "induced_otherwise.nothing", "call_growth"]
    together = draw_parameters(catalogue, names, samples=500, seed=7)
    backwards = draw_parameters(catalogue, names[::-1], samples=500, seed=7)
    alone = draw_parameters(catalogue, names[1:2], samples=500, seed=7)
    assert all((together[name] == backwards[name]).all() for name in names)
    assert (together.absorbed_share == alone.absorbed_share).all()


def test_adding_a_parameter_leaves_the_others_untouched(catalogue: Catalogue) -> None:
    """A new row above all others changes no draw of theirs, and has draws of its own."""
    names = ["example_contact", "ed_attendance_all", "crisis_line_mix.ed"]
    longer = dataclasses.replace(catalogue, parameters={names[0]: example_parameter(), **catalogue.parameters})
    before = draw_parameters(catalogue, names[1:], samples=2000, seed=1)
    after = draw_parameters(longer, names, samples=2000, seed=1)
    assert all((before[name] == after[name]).all() for name in names[1:])
    # Under independence the correlation of 2,000 pairs has standard deviation 0.022.
    assert abs(np.corrcoef(after.example_contact, after.ed_attendance_all)[0, 1]) < 0.1


def test_more_samples_keep_the_earlier_ones(catalogue: Catalogue) -> None:
    """A run extended to more draws is the same run."""
    few, many = (draw_group(catalogue, "crisis_line_mix", samples=n, seed=3) for n in (10, 1000))
    assert (few.values == many.values[:10]).all()


def test_seeds_differ_and_repeat(catalogue: Catalogue) -> None:
    """One seed repeats to the bit; another gives other draws."""
    first, again, other = (
        draw_parameters(catalogue, ["ed_attendance_all"], samples=50, seed=seed).ed_attendance_all for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert not (first == other).any()


def test_every_drawn_parameter_averages_to_its_table_value(catalogue: Catalogue) -> None:
    """Within four Monte Carlo standard errors of the value, for every row and distribution in the files."""
    names = [name for name, p in catalogue.parameters.items() if p.drawn]
    draws = draw_parameters(catalogue, names, samples=20_000, seed=11)
    tolerance = {name: 4 * float(draws[name].std()) / np.sqrt(20_000) for name in names}
    # A uniform's value may be rounded by up to 1% of its width.
    rounding = {name: 0.01 * ((catalogue[name].high or 0) - (catalogue[name].low or 0)) for name in names}
    off = {
        name: float(draws[name].mean()) - catalogue[name].value
        for name in names
        if abs(float(draws[name].mean()) - catalogue[name].value)
        > tolerance[name] + (rounding[name] if catalogue[name].distribution == "uniform" else 0)
    }
    assert off == {}


@pytest.mark.parametrize(
    ("distribution", "given", "expected"),
    [
        # mean 100, sd 10; 95% of a normal lies within 19.6.
        ("normal", {"value": 100.0, "standard_error": 10.0}, {0.025: 80.4, 0.5: 100.0, 0.975: 119.6}),
        # Shape 1 makes an exponential: median 100 log 2.
        ("gamma", {"value": 100.0, "standard_error": 100.0}, {0.5: 69.315, 0.95: 299.573}),
        # sd 1/sqrt(12) at mean 1/2 makes a uniform.
        ("beta", {"value": 0.5, "standard_error": 0.288675}, {0.1: 0.1, 0.5: 0.5, 0.9: 0.9}),
        # a + b = 2 at mean 1/2 makes a uniform too.
        ("beta", {"value": 0.5, "effective_n": 2.0}, {0.25: 0.25, 0.75: 0.75}),
        # Bounds e^-1.96 to e^1.96 make a log sd of 1, so the median is mean x e^-1/2.
        ("lognormal", {"value": 1.0, "low": 0.140858, "high": 7.09933}, {0.5: 0.606531}),
        ("uniform", {"value": 30.0, "low": 20.0, "high": 40.0}, {0.1: 22.0, 0.9: 38.0}),
        # Ends 0 and 3, mean 4/3, so mode 1: P(x < 1) = 1/3, and half lies below 3 - sqrt(3).
        ("triangular", {"value": 4 / 3, "low": 0.0, "high": 3.0}, {1 / 3: 1.0, 0.5: 1.267949}),
        ("fixed", {"value": 5.0}, {0.025: 5.0, 0.975: 5.0}),
        ("scenario", {"value": 5.0, "low": 1.0, "high": 9.0}, {0.025: 5.0, 0.975: 5.0}),
    ],
)
def test_quantiles_are_those_worked_by_hand(
    distribution: str, given: dict[str, float], expected: dict[float, float]
) -> None:
    """Each distribution has a case with a closed form."""
    parameter = example_parameter(distribution=distribution, **given)  # type: ignore[arg-type]
    assert problems_of(parameter) == []
    assert quantile(parameter, list(expected)) == pytest.approx(list(expected.values()), rel=1e-4)


def test_sample_quantiles_meet_those_of_the_distribution(catalogue: Catalogue) -> None:
    """2.5%, 50% and 97.5% of 100,000 draws stand where the distribution has them, within four standard errors."""
    probabilities = np.array([0.025, 0.5, 0.975])
    error = 4 * np.sqrt(probabilities * (1 - probabilities) / SAMPLES)
    for name in ("ed_attendance_all", "absorbed_share", "call_growth", "primary_care_contact_open", "wellby_value"):
        draws = draw_parameters(catalogue, [name], samples=SAMPLES, seed=5)[name].values
        below = [(draws < bound).mean() for bound in quantile(catalogue[name], probabilities)]
        assert (np.abs(np.array(below) - probabilities) < error).all(), name


def test_a_lognormal_from_its_standard_error_has_that_standard_error() -> None:
    """Mean 2, standard error 1: log variance log(1 + 1/4); the draws have both back."""
    parameter = example_parameter(distribution="lognormal", value=2.0, standard_error=1.0)
    draws = quantile(parameter, (np.arange(200_000) + 0.5) / 200_000)
    assert draws.mean() == pytest.approx(2.0, rel=1e-3)
    assert draws.std() == pytest.approx(1.0, rel=1e-2)


def test_a_conventional_range_is_read_as_95_percent_bounds(catalogue: Catalogue) -> None:
    """280.17 -/+ 20% is 224.14 to 336.21, so the standard deviation is 112.07 / 3.92 = 28.59."""
    assert standard_deviation(catalogue["ed_attendance_all"]) == pytest.approx(28.59, abs=0.01)


def test_a_dirichlet_group_adds_up_and_has_the_right_spread(catalogue: Catalogue) -> None:
    """Each draw adds to one; with n = 40 a share of 0.3 has standard deviation sqrt(0.3 x 0.7 / 41) = 0.0716."""
    shares = draw_group(catalogue, "crisis_line_mix", samples=SAMPLES, seed=2)
    assert shares.sum("component").values == pytest.approx(np.ones(SAMPLES))
    crisis = shares.sel(component="crisis_mh")
    assert float(crisis.mean()) == pytest.approx(0.3, abs=0.001)
    assert float(crisis.std()) == pytest.approx(0.0716, rel=0.02)
    ed_and_ambulance = np.corrcoef(shares.sel(component="ed"), shares.sel(component="ambulance"))[0, 1]
    # Shares compete: correlation -sqrt(0.04 x 0.03 / (0.96 x 0.97)) = -0.0359.
    assert ed_and_ambulance == pytest.approx(-0.0359, abs=0.013)


def test_a_component_drawn_alone_is_the_one_drawn_with_its_group(catalogue: Catalogue) -> None:
    """Named with its point among other parameters, or with the whole group: the same numbers."""
    alone = draw_parameters(catalogue, ["crisis_line_mix.ed"], samples=100, seed=9)["crisis_line_mix.ed"]
    assert (
        alone.values == draw_group(catalogue, "crisis_line_mix", samples=100, seed=9).sel(component="ed").values
    ).all()


def test_draws_carry_unit_price_year_and_source(catalogue: Catalogue) -> None:
    """So that a cost cannot lose its price year on the way to a table."""
    draws = draw_parameters(catalogue, ["line_cost_cambs", "absorbed_share"], samples=3, seed=0)
    assert draws.line_cost_cambs.attrs["price_year"] == "2017/18"
    assert draws.line_cost_cambs.attrs["unit"] == "GBP per call"
    assert draws.line_cost_cambs.values.tolist() == [206.90] * 3
    assert draws.absorbed_share.attrs["price_year"] == ""
    assert all(variable.attrs["source"] for variable in draws.values())


def test_a_wider_standard_error_stretches_the_same_draws(catalogue: Catalogue) -> None:
    """One stream of uniforms per name: the order of the draws stays, so scenarios share their random numbers."""
    growth = catalogue["call_growth"]
    wider = dataclasses.replace(growth, standard_error=0.06)
    changed = dataclasses.replace(catalogue, parameters={**catalogue.parameters, "call_growth": wider})
    narrow, wide = (draw_parameters(c, ["call_growth"], samples=200, seed=4).call_growth for c in (catalogue, changed))
    assert (wide - 0.03).values == pytest.approx(2 * (narrow - 0.03).values)


@pytest.mark.parametrize(
    ("names", "samples", "seed", "expected"),
    [
        (["ed_attendance_all"], 0, 1, "samples is 0"),
        (["ed_attendance_all"], 10, -1, "seed is -1"),
        ("ed_attendance_all", 10, 1, "Names come as a list"),
        (["ed_attendance"], 10, 1, "There is no parameter named 'ed_attendance'"),
    ],
)
def test_requests_that_make_no_sense_are_refused(
    catalogue: Catalogue, names: list[str], samples: int, seed: int, expected: str
) -> None:
    """No draws, a negative seed, a bare name, an unknown one."""
    with pytest.raises(InputError, match=expected):
        draw_parameters(catalogue, names, samples=samples, seed=seed)
