"""The four verdicts: each by its rule, in the order of the rules, and never a certainty in print."""

from __future__ import annotations

import numpy as np
import pytest

from econ111.impact.verdicts import judge, variance_owned

RULES = {"probability": 0.975, "prior_share": 0.5}


def draws(*, positive: int, of: int = 1000) -> np.ndarray:
    """Draws of which this many are positive and the rest negative."""
    return np.array([1.0] * positive + [-1.0] * (of - positive))


def test_each_word_has_its_rule() -> None:
    """98% positive: fewer; 2%: more; 60%: no evidence; 60% with 80% owned by assumptions: not identifiable."""
    assert judge(draws(positive=980), rules=RULES).word == "fewer"
    assert judge(draws(positive=20), rules=RULES).word == "more"
    assert judge(draws(positive=600), rules=RULES).word == "no evidence of a difference"
    assert judge(draws(positive=600), rules=RULES, prior_share=0.8).word == "not identifiable"


def test_the_level_itself_is_enough() -> None:
    """975 of 1,000 is 0.975 and reaches the level; 974 does not."""
    assert judge(draws(positive=975), rules=RULES).word == "fewer"
    assert judge(draws(positive=974), rules=RULES).word == "no evidence of a difference"
    assert judge(draws(positive=25), rules=RULES).word == "more"


def test_the_set_share_itself_is_allowed() -> None:
    """Half of the variance is not more than half."""
    assert judge(draws(positive=600), rules=RULES, prior_share=0.5).word == "no evidence of a difference"
    assert judge(draws(positive=600), rules=RULES, prior_share=0.51).word == "not identifiable"


def test_a_fit_that_failed_overrules_everything() -> None:
    """All draws positive, and the reason is the diagnostics."""
    verdict = judge(draws(positive=1000), rules=RULES, diagnostics_fail="R-hat of E1 is 1.200, allowed 1.01")
    assert verdict.word == "not identifiable"
    assert "R-hat of E1 is 1.200" in verdict.reason


def test_an_effect_too_small_to_be_seen_overrules_a_direction() -> None:
    """Attendances in London: 11,900 a month could be seen, 6,727 calls are the most there could be."""
    verdict = judge(draws(positive=1000), rules=RULES, detectable=11_900, plausible=6_727)
    assert verdict.word == "not identifiable"
    assert "11,900" in verdict.reason
    assert "6,727" in verdict.reason
    assert judge(draws(positive=1000), rules=RULES, detectable=6_727, plausible=6_727).word == "fewer"


def test_a_clear_direction_stands_though_assumptions_own_the_spread() -> None:
    """The third rule comes before the fourth: the sign is not open, and the share is said."""
    verdict = judge(draws(positive=990), rules=RULES, prior_share=0.9)
    assert verdict.word == "fewer"
    assert "assumptions own 90%" in verdict.reason


def test_no_change_at_all_is_no_evidence() -> None:
    """Draws of exactly zero are neither fewer nor more."""
    assert judge(np.zeros(100), rules=RULES).word == "no evidence of a difference"


@pytest.mark.parametrize("positive", [0, 1, 4999, 9_999, 10_000])
def test_a_probability_never_prints_as_certain(positive: int) -> None:
    """Of 10,000 draws all, all but one and none: over 99.9% and under 0.1%, not 100% and 0%."""
    reason = judge(draws(positive=positive, of=10_000), rules=RULES).reason
    assert "100" not in reason
    assert " 0.0%" not in reason


def test_the_share_owned_is_a_known_r_squared() -> None:
    """y = 2a + b + e with unit variances: assumptions a and b own 5/6 = 0.833, a alone 4/6 = 0.667."""
    first, second, rest = np.random.default_rng(1).normal(size=(3, 20_000))
    total = (2 * first + second + rest)[:, None]
    assert variance_owned(total, np.column_stack([first, second])) == pytest.approx([5 / 6], abs=0.01)
    assert variance_owned(total, first[:, None]) == pytest.approx([4 / 6], abs=0.01)


def test_a_product_of_assumptions_is_owned_too() -> None:
    """y = a b with centred a and b has no linear part; the quadratic terms explain all of it."""
    first, second = np.random.default_rng(2).normal(size=(2, 5000))
    assert variance_owned((first * second)[:, None], np.column_stack([first, second])) == pytest.approx([1.0], abs=1e-9)


def test_chance_is_not_mistaken_for_ownership() -> None:
    """Twelve unrelated parameters give 91 terms for 800 draws: unadjusted, they would seem to explain 11%."""
    rng = np.random.default_rng(3)
    found = variance_owned(rng.normal(size=(800, 20)), rng.normal(size=(800, 12)))
    assert found.mean() < 0.03
    assert (found < 0.1).all()


def test_nothing_owns_a_constant_and_no_assumption_owns_nothing() -> None:
    """No column, a fixed parameter, a quantity without spread: 0 each, and no division by zero."""
    rng = np.random.default_rng(4)
    quantity = rng.normal(size=(500, 1))
    assert variance_owned(quantity, np.zeros((500, 0))) == pytest.approx([0.0])
    assert variance_owned(quantity, np.full((500, 1), 0.6)) == pytest.approx([0.0])
    assert variance_owned(np.zeros((500, 1)), quantity) == pytest.approx([0.0])
    assert variance_owned(quantity, quantity) == pytest.approx([1.0])


def test_few_draws_do_not_make_assumptions_own_everything() -> None:
    """40 assumptions own half of the variance, seen in 400 draws: a full quadratic would have 861 terms and fit all.

    From 0.4 to 0.6, and noise alone is owned by none of them, below 0.2.
    """
    rng = np.random.default_rng(0)
    assumed = rng.normal(size=(400, 40))
    noise = rng.normal(size=400)
    half = assumed.sum(axis=1) / np.sqrt(40) + noise
    owned = variance_owned(np.column_stack([half, noise]), assumed)
    assert 0.4 < owned[0] < 0.6
    assert owned[1] < 0.2
