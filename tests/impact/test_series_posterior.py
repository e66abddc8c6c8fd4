"""The sampler of few parameters against densities whose moments are known, and what could be noticed beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from impact.series_worlds import PRIORS, make_panel
from scipy.stats import norm

from econ111.impact.series_model import build_series_model
from econ111.impact.series_posterior import fit_series, sample_density
from econ111.impact.series_power import counted_cells, detectable_effect, foreseen, monthly_means
from econ111.impact.series_projection import project


def standard(points: np.ndarray) -> np.ndarray:
    """Log density of the prior of the coordinates."""
    return np.asarray(-0.5 * (points**2).sum(axis=1))


def test_a_correlated_normal_is_given_back() -> None:
    """Mean (1, -0.5), sds 0.2 and 1.0, correlation 0.9: moments within four Monte Carlo errors of 8,000 draws."""
    cover = np.array([[0.04, 0.18], [0.18, 1.0]])
    precision, centre = np.linalg.inv(cover), np.array([1.0, -0.5])

    def density(points: np.ndarray) -> np.ndarray:
        apart = points - centre
        return np.asarray(-0.5 * np.einsum("si,ij,sj->s", apart, precision, apart))

    found = sample_density(density, 2, tune=500, draws=2000, chains=4, rng=np.random.default_rng(1)).free
    assert found.mean(axis=0) == pytest.approx(centre, abs=0.06)
    assert np.cov(found.T) == pytest.approx(cover, rel=0.08)


def test_two_far_hills_are_both_found_in_proportion() -> None:
    """Three quarters at -1.5 and a quarter at 1.5, sd 0.2 each: the mode search finds one, the prior part the other."""

    def density(points: np.ndarray) -> np.ndarray:
        hills = norm.logpdf(points[:, 0], [[-1.5], [1.5]], 0.2) + np.log([[0.75], [0.25]])
        return np.asarray(np.logaddexp.reduce(hills, axis=0) + standard(points[:, 1:]))

    found = sample_density(density, 3, tune=1000, draws=2000, chains=4, rng=np.random.default_rng(2)).free
    assert float((found[:, 0] > 0).mean()) == pytest.approx(0.25, abs=0.04)
    assert found[:, 1].std() == pytest.approx(1.0, abs=0.05)


def test_a_narrow_corner_is_not_missed_and_does_not_hold_a_chain() -> None:
    """A tenth of the mass in a corner a quarter as wide as the broad normal beside it: its share within 0.03."""

    def density(points: np.ndarray) -> np.ndarray:
        broad = norm.logpdf(points, 0, 0.6).sum(axis=1) + np.log(0.9)
        narrow = norm.logpdf(points, [-1.5, 1.0, 1.0], [0.3, 0.15, 0.15]).sum(axis=1) + np.log(0.1)
        return np.asarray(np.logaddexp(broad, narrow))

    found = sample_density(density, 3, tune=1000, draws=2000, chains=4, rng=np.random.default_rng(3)).free
    whole = np.random.default_rng(4)
    corner = whole.random(200_000) < 0.1
    spot, broad = whole.normal([-1.5, 1.0, 1.0], [0.3, 0.15, 0.15], (200_000, 3)), whole.normal(0, 0.6, (200_000, 3))
    true = np.where(corner[:, None], spot, broad)
    share, expected = (
        float(((np.abs(each[:, 1:] - 1.0) < 0.4).all(axis=1) & (each[:, 0] < -0.6)).mean()) for each in (found, true)
    )
    assert share == pytest.approx(expected, abs=0.03)
    same = np.diff(np.flatnonzero(np.any(np.diff(found, axis=0) != 0, axis=1)))
    assert same.max() < 40


def test_one_seed_one_result_and_chains_that_differ() -> None:
    """The same seed gives the same draws to the last digit; the chains of one run are not copies."""
    model = build_series_model(make_panel(np.random.default_rng(4).normal(5, 0.1, (1, 18)), [12]), PRIORS)
    first, second = (
        fit_series(model, tune=100, draws=50, chains=2, rng=np.random.default_rng(5)).values for _ in range(2)
    )
    assert all((first[name] == second[name]).all() for name in model.names)
    assert (first["series_level_sd"][:50] != first["series_level_sd"][50:]).any()


def test_a_long_steady_series_gives_its_noise_back() -> None:
    """60 months with independent noise of 0.05: its sd within a fifth, drift under 1.5% a month, memory under 0.3."""
    rates = 5 + np.random.default_rng(6).normal(0, 0.05, (1, 64))
    model = build_series_model(make_panel(rates, [60]), PRIORS)
    found = fit_series(model, tune=200, draws=300, chains=2, rng=np.random.default_rng(7)).values
    assert np.mean(found["series_relative_sd"]) == pytest.approx(0.05, rel=0.2)
    assert np.mean(found["series_level_sd"]) < 0.015
    assert np.mean(found["series_autocorrelation"]) < 0.3


@pytest.mark.parametrize(("power", "factor"), [(0.8, 2.8016), (0.9, 3.2415), (0.5, 1.9600)])
def test_the_detectable_effect_is_a_multiple_of_the_sd(power: float, factor: float) -> None:
    """1.95996 + 0.84162 = 2.8016 sd at power 0.8; 1.95996 + 1.28155 = 3.2415 at 0.9; 1.95996 at one half."""
    avoided = np.random.default_rng(1).normal(500.0, 4270.0, 1000)
    found = detectable_effect(avoided, power=power)
    assert found.effect == pytest.approx(factor * avoided.std(), rel=1e-4)
    assert detectable_effect(avoided + 10_000, power=power).effect == pytest.approx(found.effect)


def test_total_attendances_in_london_could_not_show_the_service() -> None:
    """A naive step has SE 4,270: 2.80 x 4,270 = 11,963 a month, beyond the 6,727 calls themselves."""
    avoided = np.random.default_rng(2).normal(size=4000)
    scaled = 4270 * (avoided - avoided.mean()) / avoided.std()
    assert detectable_effect(scaled, power=0.8).effect == pytest.approx(11_963, abs=1)


def test_what_could_be_noticed_does_not_look_past_the_launch() -> None:
    """Counts after launch, of the trust and its control, doubled: what was foreseen is the same to the last digit."""
    rng = np.random.default_rng(8)
    rates, beside = rng.normal(5, 0.05, (1, 30)), rng.normal(6, 0.05, (1, 30))
    later = np.log(2) * (np.arange(30) >= 24)
    sizes = {"tune": 100, "draws": 50, "chains": 1}
    found = [
        foreseen(
            make_panel(rates + jump, [24], controls=beside + jump), PRIORS, **sizes, rng=np.random.default_rng(9)
        ).total.values
        for jump in (0.0, later)
    ]
    assert (found[0] == found[1]).all()


def test_monthly_means_are_those_of_counted_cells() -> None:
    """A counted 3 months, B 1, of 10, 20, 30 and of 40: A 20, B 40, total (60 + 40) / 3 months = 33.3."""
    panel = make_panel(np.full((2, 9), 5.0), [6, 8])
    cells = counted_cells(panel)
    assert cells.sum("month").values.tolist() == [3, 1]
    given = cells.expand_dims(sample=[0]) * np.array([[10.0, 20.0, 30.0], [7.0, 7.0, 40.0]])
    found = monthly_means(given, panel)
    assert found.per_trust.values.tolist() == [[20.0, 40.0]]
    assert found.total.values == pytest.approx([100 / 3])


def test_a_true_fall_is_pooled_towards_the_others() -> None:
    """Three trusts fall by 20% and one by 40%: the mean is near, and the odd one is drawn towards the rest."""
    rng = np.random.default_rng(10)
    rates = 6 + rng.normal(0, 0.02, (4, 48))
    rates[:, 36:] += np.log([[0.8], [0.8], [0.8], [0.6]])
    model = build_series_model(make_panel(rates, [36] * 4).with_counted(), PRIORS, effects=True)
    fit = fit_series(model, tune=300, draws=300, chains=2, rng=np.random.default_rng(11))
    fall = 1 - np.exp(-project(model, fit.values, np.random.default_rng(12)).fall.values.mean(axis=0))
    assert fall[:3] == pytest.approx([0.2] * 3, abs=0.05)
    assert 0.3 < fall[3] < 0.41
