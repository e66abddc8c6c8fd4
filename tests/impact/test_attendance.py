"""From advice to attendance: the normal formula by hand, and what evidence must and must not change."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.impact.attendance import direct_use, draw_attendance
from econ111.parameters import load_attendance_evidence, load_catalogue

SIX = ("ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other")
SAMPLES = 40_000
# So small a scale makes the studies one: what is left is the normal posterior of one logit.
NO_SPREAD = {"attendance_logit_sd": 1.5, "attendance_between_sd": 1e-9, "attendance_shared": 1.0}


def studies(*rows: tuple[float, float, float, float]) -> pd.DataFrame:
    """Evidence on ED attendance after ED advice: events, n, mean and sd of the bias."""
    columns = ["events", "n", "bias_logit_mean", "bias_logit_sd"]
    names = [f"study {place}" for place in range(len(rows))]
    return pd.DataFrame(rows, columns=columns).assign(disposition="ed", consequence="ed_attendance", source=names)


def logits(evidence: pd.DataFrame, priors: dict[str, float] = NO_SPREAD) -> np.ndarray:
    """Draws of the logit of ED attendance after ED advice."""
    draws = draw_attendance(evidence, dispositions=SIX, priors=priors, samples=SAMPLES, seed=1)
    chance = draws.sel(disposition="ed", consequence="ed_attendance").values
    return np.log(chance / (1 - chance))


def test_one_study_without_spread_is_the_normal_formula() -> None:
    """65 of 150: logit ln(65.5/85.5) = -0.2665, variance 1/65.5 + 1/85.5 + 0.7^2 = 0.51696.

    Prior variance 1.5^2 = 2.25: precision 1/0.51696 + 1/2.25 = 2.37883, so mean -0.2665/0.51696/2.37883 = -0.2167 and
    sd 2.37883^-0.5 = 0.6484.
    """
    found = logits(studies((65, 150, 0.0, 0.7)))
    assert found.mean() == pytest.approx(-0.2167, abs=0.01)
    assert found.std() == pytest.approx(0.6484, rel=0.02)


def test_a_source_is_moved_by_its_bias() -> None:
    """Subtracting a bias of 0.9 moves the mean by 0.9 x 0.51696^-1 / 2.37883 = 0.7318, and leaves the sd."""
    plain, moved = logits(studies((65, 150, 0.0, 0.7))), logits(studies((65, 150, 0.9, 0.7)))
    assert plain.mean() - moved.mean() == pytest.approx(0.7318, abs=1e-4)
    assert moved.std() == pytest.approx(plain.std(), rel=1e-6)


def test_more_sources_narrow_it_and_their_spread_widens_it() -> None:
    """Three equal studies: precision 3/0.51696 + 1/2.25 = 6.2476, sd 0.4001; with spread between them it is more."""
    three = studies(*[(65, 150, 0.0, 0.7)] * 3)
    assert logits(three).std() == pytest.approx(6.2476**-0.5, rel=0.02)
    assert logits(three, NO_SPREAD | {"attendance_between_sd": 0.3}).std() > logits(three).std() * 1.1


def test_the_bias_bounds_what_a_study_of_millions_can_tell() -> None:
    """1.9 of 3.9 million callers with a bias sd of 0.7: the sd is 0.7 against the prior, never that of the count."""
    found = logits(studies((1_893_537, 3_864_362, 0.0, 0.7)))
    assert found.std() == pytest.approx((1 / 0.49 + 1 / 2.25) ** -0.5, rel=0.02)


def test_a_pair_without_evidence_is_exactly_zero() -> None:
    """Nothing is assumed in silence: every other disposition has probability 0, and no number is out of range."""
    draws = draw_attendance(studies((65, 150, 0.0, 0.7)), dispositions=SIX, priors=NO_SPREAD, samples=50, seed=1)
    others = draws.drop_sel(disposition="ed")
    assert others.sizes["disposition"] == 6
    assert (others == 0).all()
    assert ((draws >= 0) & (draws <= 1)).all()


def test_each_consequence_has_a_stream_of_its_own() -> None:
    """Evidence on another consequence leaves these draws as they were."""
    one = studies((65, 150, 0.0, 0.7))
    both = pd.concat([one.assign(consequence="crisis_contact"), one])
    assert (logits(one) == logits(both)).all()


def test_what_a_study_shares_does_not_blur_the_difference_it_shows() -> None:
    """One study saw 65 of 150 after ED advice and 15 of 150 after self-care, with one bias of sd 0.7 for both.

    Its two logits differ by ln(65.5/85.5) - ln(15.5/135.5) = 1.9016; the bias cancels, so the sd of the difference is
    that of the counts, sqrt(1/65.5 + 1/85.5 + 1/15.5 + 1/135.5) = 0.3144. From two studies it is sqrt(0.3144^2 + 2 x
    0.49) = 1.0387. The prior is flat here.
    """
    flat = NO_SPREAD | {"attendance_logit_sd": 1000.0}
    rows = studies((65, 150, 0.0, 0.7), (15, 150, 0.0, 0.7)).assign(disposition=["ed", "self_care"])
    for evidence, sd in ((rows.assign(source="one"), 0.3144), (rows, 1.0387)):
        draws = draw_attendance(evidence, dispositions=SIX, priors=flat, samples=SAMPLES, seed=1)
        chance = draws.sel(consequence="ed_attendance", disposition=["ed", "self_care"]).values
        both = np.log(chance / (1 - chance))
        difference = both[:, 0] - both[:, 1]
        assert difference.mean() == pytest.approx(1.9016, abs=0.02)
        assert difference.std() == pytest.approx(sd, rel=0.02)


def test_the_shipped_evidence_speaks_of_thirds_to_halves_after_ed_advice() -> None:
    """Each changed ED disposition is worth about 0.3 to 0.75 attendances, and more than advice of self-care."""
    catalogue = load_catalogue()
    priors = {name: catalogue[f"prior_{name}"].value for name in NO_SPREAD}
    evidence = load_attendance_evidence()
    draws = draw_attendance(evidence, dispositions=SIX, priors=priors, samples=4000, seed=1)
    attended = draws.sel(consequence="ed_attendance").mean("sample")
    assert 0.3 < float(attended.sel(disposition="ed")) < 0.75
    assert float(attended.sel(disposition="ed")) > 3 * float(attended.sel(disposition="self_care"))
    assert (attended.sel(disposition=list(SIX)) > 0).all()


def test_who_goes_directly_arrives() -> None:
    """ED, primary care and crisis team are reached surely; `other` and `nothing` attend as those advised self-care."""
    consequences = ["ed_attendance", "ambulance_conveyance", "primary_care_contact", "crisis_contact"]
    given = xr.DataArray(
        np.linspace(0.01, 0.24, 24).reshape(1, 6, 4),
        dims=("sample", "disposition", "consequence"),
        coords={"disposition": list(SIX), "consequence": consequences},
    )
    direct = direct_use(given).isel(sample=0)
    assert direct.disposition.values.tolist() == [*SIX, "nothing"]
    for disposition, own in (("ed", 0), ("primary_care", 2), ("crisis_mh", 3)):
        expected = given.sel(disposition=disposition).values[0].copy()
        expected[own] = 1.0
        assert direct.sel(disposition=disposition).values.tolist() == expected.tolist()
    for disposition in ("other", "nothing", "self_care"):
        assert (
            direct.sel(disposition=disposition).values.tolist() == given.sel(disposition="self_care").values[0].tolist()
        )
    assert direct.sel(disposition="ambulance").values.tolist() == given.sel(disposition="ambulance").values[0].tolist()
    assert given.sel(disposition="ed").values[0].tolist() == pytest.approx([0.01, 0.02, 0.03, 0.04])


def test_hand_sums_of_this_file() -> None:
    """The figures of the docstrings above, from logarithms alone."""
    variance = 1 / 65.5 + 1 / 85.5 + 0.49
    precision = 1 / variance + 1 / 2.25
    assert variance == pytest.approx(0.51696, abs=1e-5)
    assert math.log(65.5 / 85.5) / variance / precision == pytest.approx(-0.2167, abs=1e-4)
    assert precision**-0.5 == pytest.approx(0.6484, abs=1e-4)
    assert 0.9 / variance / precision == pytest.approx(0.7318, abs=1e-4)
