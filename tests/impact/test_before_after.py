"""Counts of two periods: posteriors against closed forms, brute force and simulated periods."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from econ111.errors import InputError
from econ111.impact.before_after import (
    Tally,
    allowed_counts,
    count_weights,
    largest_overdispersion,
    posterior_draws,
    probability_fell,
    probability_fell_more,
)

DRAWS = 200_000


def draw(tally: Tally, name: str, *, factor: float = 1.0, seed: int = 1) -> np.ndarray:
    """Many draws of one tally."""
    return posterior_draws(tally, overdispersion=factor, draws=DRAWS, seed=seed, name=name)


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_ratio_of_rates_is_an_f_distribution(factor: float) -> None:
    """(g1 / E1) / (g0 / E0) of independent gammas is a1 E0 / (a0 E1) times F with 2 a1 and 2 a0 degrees of freedom."""
    before, after = Tally((194,), 6.0), Tally((118,), 4.0)
    ratio = draw(after, "after", factor=factor) / draw(before, "before", factor=factor)
    shapes = 118 / factor + 0.5, 194 / factor + 0.5
    scale = shapes[0] * 6.0 / (shapes[1] * 4.0)
    expected = scale * stats.f.ppf([0.025, 0.5, 0.975], 2 * shapes[0], 2 * shapes[1])
    assert np.quantile(ratio, [0.025, 0.5, 0.975]) == pytest.approx(expected, rel=5e-3)
    chance = stats.f.cdf(1 / scale, 2 * shapes[0], 2 * shapes[1])
    assert probability_fell(before, after, overdispersion=factor) == pytest.approx(chance, abs=1e-10)


def test_the_usual_rate_ratio_of_the_textbook_comes_out() -> None:
    """118 over 194 is 0.608; exp(log 0.608 -/+ 1.96 sqrt(1/194 + 1/118)) is 0.484 to 0.765."""
    ratio = draw(Tally((118,), 6.0), "after") / draw(Tally((194,), 6.0), "before")
    assert np.quantile(ratio, [0.025, 0.5, 0.975]) == pytest.approx([0.484, 0.608, 0.765], abs=0.004)


def test_overdispersion_multiplies_the_variance() -> None:
    """At a factor of 2 the variance of a rate of 400 events is doubled, and its mean hardly moves."""
    tally = Tally((400,), 12.0)
    plain, wide = draw(tally, "a"), draw(tally, "a", factor=2.0)
    assert wide.var() / plain.var() == pytest.approx(2.0, rel=0.02)
    assert wide.mean() == pytest.approx(plain.mean(), rel=5e-3)


def test_an_uncertain_overdispersion_widens_by_its_mean() -> None:
    """Var = E[Var | f] + Var(E | f): with f uniform from 1 to 3 the variance of a rate is twice the plain one."""
    tally = Tally((400,), 12.0)
    factors = np.random.default_rng(3).uniform(1, 3, DRAWS)
    mixed = posterior_draws(tally, overdispersion=factors, draws=DRAWS, seed=1, name="a")
    assert mixed.var() / draw(tally, "b").var() == pytest.approx(2.0, rel=0.02)


def test_overdispersion_below_one_is_refused() -> None:
    """Counts do not vary less than by chance."""
    with pytest.raises(InputError, match=r"overdispersion is 0\.5"):
        draw(Tally((4,), 1.0), "a", factor=0.5)


def test_the_probability_of_a_lower_share_agrees_with_counting_draws() -> None:
    """119 of 194 to 56 of 118: by quadrature and by simulation."""
    before, after = Tally((119,), 194, share=True), Tally((56,), 118, share=True)
    for factor in (1.0, 2.0):
        counted = np.mean(draw(after, "after", factor=factor) < draw(before, "before", factor=factor))
        assert probability_fell(before, after, overdispersion=factor) == pytest.approx(counted, abs=0.002)


def test_allowed_counts_are_all_that_print_so() -> None:
    """Every percentage of every total up to 60, against printing each count with both ways of breaking a tie."""
    for people in range(1, 61):
        for printed in range(101):
            prints = [k for k in range(people + 1) if abs(100 * k / people - printed) <= 0.5 + 1e-9]
            if prints:
                assert allowed_counts(printed, decimals=0, scale=100 / people) == tuple(prints)
            else:
                with pytest.raises(InputError, match="No whole count prints as"):
                    allowed_counts(printed, decimals=0, scale=100 / people)


def test_sixty_percent_of_79_people_is_refused() -> None:
    """47 of 79 prints as 59% and 48 as 61%: a survey that prints 60% of 79 had another denominator."""
    with pytest.raises(InputError, match=r"No whole count prints as 60: one event is 1\.266"):
        allowed_counts(60, decimals=0, scale=100 / 79)


def test_the_rates_of_tyne_and_wear_leave_two_counts_and_one() -> None:
    """59.8 per 100,000 of 1,420,800 is 848.93 to 850.35; 26.4 is 374.38 to 375.80."""
    scale = 100_000 / 1_420_800
    assert allowed_counts(59.8, decimals=1, scale=scale) == (849, 850)
    assert allowed_counts(26.4, decimals=1, scale=scale) == (375,)


def test_rounding_is_summed_over_exactly() -> None:
    """25% to 35% of 40 people is 10 to 14 of them: against a grid of the five binomial likelihoods added up."""
    share = np.linspace(0.0005, 0.9995, 1000)
    tally = Tally((10, 11, 12, 13, 14), 40, share=True)
    likelihood = sum(stats.binom.pmf(k, 40, share) for k in tally.counts)
    density = likelihood * share**-0.5 * (1 - share) ** -0.5
    cumulative = np.cumsum(density) / density.sum()
    expected = np.interp([0.025, 0.5, 0.975], cumulative, share)
    found = np.quantile(draw(tally, "rounded"), [0.025, 0.5, 0.975])
    assert found == pytest.approx(expected, abs=2e-3)


def test_rounded_rates_are_summed_over_exactly() -> None:
    """A rate of 3 to 7 events, against a grid of Poisson likelihoods under the prior rate ** -0.5."""
    rate = np.linspace(0.001, 30, 30_000)
    tally = Tally((3, 4, 5, 6, 7), 1.0)
    density = sum(stats.poisson.pmf(k, rate) for k in tally.counts) * rate**-0.5
    cumulative = np.cumsum(density) / density.sum()
    expected = np.interp([0.025, 0.5, 0.975], cumulative, rate)
    assert np.quantile(draw(tally, "rounded"), [0.025, 0.5, 0.975]) == pytest.approx(expected, rel=0.01)
    assert count_weights(tally).sum() == pytest.approx(1.0)


def test_a_direction_is_lost_just_where_its_probability_is() -> None:
    """At the largest overdispersion the probability is 0.975 exactly; a change that is open has none to lose."""
    before, after = Tally((194,), 6.0), Tally((118,), 6.0)
    largest = largest_overdispersion(lambda factor: probability_fell(before, after, overdispersion=factor), 0.975)
    assert probability_fell(before, after, overdispersion=largest) == pytest.approx(0.975, abs=1e-4)
    risen = largest_overdispersion(lambda factor: probability_fell(after, before, overdispersion=factor), 0.975)
    assert risen == pytest.approx(largest, abs=0.01)
    open_ = Tally((75,), 6.0), Tally((62,), 6.0)
    assert np.isnan(largest_overdispersion(lambda factor: probability_fell(*open_, overdispersion=factor), 0.975))


def test_against_a_control_only_the_difference_counts() -> None:
    """A fall by half beside a control that fell by half is no fall; probabilities agree with counting draws."""
    tallies = Tally((400,), 12.0), Tally((100,), 6.0), Tally((800,), 12.0), Tally((200,), 6.0)
    assert probability_fell_more(*tallies) == pytest.approx(0.5, abs=0.01)
    better = Tally((400,), 12.0), Tally((80,), 6.0), Tally((800,), 12.0), Tally((200,), 6.0)
    before, after, control_before, control_after = (draw(tally, str(place)) for place, tally in enumerate(better))
    counted = np.mean(after / before < control_after / control_before)
    assert probability_fell_more(*better) == pytest.approx(counted, abs=0.004)


def test_intervals_cover_when_the_overdispersion_is_right_and_not_when_it_is_ignored() -> None:
    """Periods with variance twice their mean and no change: 95% intervals cover in 93% or more; by chance alone in
    less than 90%. Standard error of each share over 2,000 simulated pairs: 0.005."""
    rng = np.random.default_rng(7)
    mean = 150.0
    counts = rng.negative_binomial(mean, 0.5, size=(2000, 2))
    covered = {}
    for factor in (1.0, 2.0):
        probabilities = np.array([
            probability_fell(Tally((int(one),), 6.0), Tally((int(other),), 6.0), overdispersion=factor)
            for one, other in counts
        ])  # fmt: skip
        covered[factor] = np.mean((probabilities > 0.025) & (probabilities < 0.975))
    assert 0.93 <= covered[2.0] <= 0.97
    assert covered[1.0] < 0.90


def test_each_tally_has_a_stream_of_its_own() -> None:
    """Same seed and name, same draws; another name, other draws."""
    tally = Tally((12,), 1.0)
    assert (draw(tally, "a") == draw(tally, "a")).all()
    assert abs(np.corrcoef(draw(tally, "a"), draw(tally, "b"))[0, 1]) < 0.02
    assert (draw(tally, "a", seed=2) != draw(tally, "a")).any()
