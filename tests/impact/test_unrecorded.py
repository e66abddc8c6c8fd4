"""Unrecorded dispositions: the tilt is exact, the grid equals it, the bounds hold, and a known truth comes back."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.impact.unrecorded import (
    avoided_bounds,
    bounds_per_call,
    change_per_call,
    elicited_log_odds,
    log_odds_names,
    odds_grid,
    recorded_shares,
    recovery,
    shifted,
    tilt,
)

DISPOSITIONS = ["ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other"]
STAGES = ["before", "after", "mental"]
BEFORE = [0.10, 0.10, 0.40, 0.05, 0.15, 0.20]
MENTAL = [0.02, 0.03, 0.10, 0.30, 0.35, 0.20]
TRUE_LOG_ODDS = [1.2, 0.8, -0.4, 0.3, 0.0, -0.2]


def of_disposition(values: list[float]) -> xr.DataArray:
    """One number for each disposition."""
    return xr.DataArray(values, dims="disposition", coords={"disposition": DISPOSITIONS})


@pytest.fixture
def shares() -> xr.DataArray:
    """Two draws of the mixes of two trusts, all different."""
    rng = np.random.default_rng(1)
    draws = rng.dirichlet(20 * np.array(MENTAL), size=(2, 3, 2))
    coords = {"stage": STAGES, "trust": ["A", "B"], "disposition": DISPOSITIONS}
    return xr.DataArray(draws, dims=("sample", "stage", "trust", "disposition"), coords=coords)


@pytest.fixture
def unrecorded(shares: xr.DataArray) -> xr.DataArray:
    """A share of each stage and trust without a disposition."""
    share = xr.DataArray([[0.05, 0.1], [0.06, 0.1], [0.3, 0.12]], dims=("stage", "trust"))
    return xr.zeros_like(shares.isel(disposition=0, drop=True)) + share.assign_coords(stage=STAGES, trust=["A", "B"])


def hidden(everyone: np.ndarray, *, level: float) -> tuple[np.ndarray, float]:
    """Shares of recorded calls and the share unrecorded, when each call is unrecorded with its own probability.

    P(unrecorded | d) = 1 / (1 + exp(-(level + log odds[d]))), worked from calls and not from the tilt.
    """
    lost = 1 / (1 + np.exp(-(level + np.array(TRUE_LOG_ODDS))))
    share = float(everyone @ lost)
    return everyone * (1 - lost) / (1 - share), share


def test_missing_at_random_returns_what_was_recorded(shares: xr.DataArray) -> None:
    """Log odds ratio 0: the unrecorded calls have the recorded mix, however many they are."""
    share = xr.full_like(shares.isel(disposition=0, drop=True), 0.4)
    xr.testing.assert_allclose(tilt(shares, share), shares)


def test_the_tilt_is_the_log_odds_ratio_of_being_unrecorded_against_self_care() -> None:
    """Recorded ED .2 and self-care .8, half unrecorded, odds ratio 3: missing .2 x 3 : .8 = .6/1.4 : .8/1.4.

    All: ED .1 + .5 x 3/7 = .314286. Odds of being unrecorded: ED .214286/.1 = 2.142857, self-care .285714/.4 = .714286;
    their ratio is 3.
    """
    names = {"disposition": ["ed", "self_care"]}
    recorded = xr.DataArray([0.2, 0.8], dims="disposition", coords=names)
    found = tilt(recorded, xr.DataArray(0.5), xr.DataArray([np.log(3), 0.0], dims="disposition", coords=names))
    assert found.values == pytest.approx([0.1 + 0.5 * 3 / 7, 0.4 + 0.5 * 4 / 7])
    kept = 0.5 * recorded
    odds = (found - kept) / kept
    assert float(odds.sel(disposition="ed") / odds.sel(disposition="self_care")) == pytest.approx(3.0)


def test_the_tilt_stays_within_the_bounds_that_need_no_assumption(shares: xr.DataArray) -> None:
    """(1 - m) p <= tilted <= (1 - m) p + m for any log odds ratio, here -8 to 8, and the shares still sum to 1."""
    share = xr.full_like(shares.isel(disposition=0, drop=True), 0.12)
    for odds in (-8.0, 8.0):
        found = tilt(shares, share, of_disposition([odds, 0, 0, 0, 0, 0]))
        assert (found >= 0.88 * shares - 1e-12).all()
        assert (found <= 0.88 * shares + 0.12 + 1e-12).all()
        assert found.sum("disposition").values.ravel() == pytest.approx(np.ones(12))


def test_calls_that_hide_by_disposition_are_found_again() -> None:
    """Each call unrecorded with a probability of its own, by log odds: the tilt gives the mix of all calls exactly."""
    everyone = np.array(MENTAL)
    recorded, share = hidden(everyone, level=-1.0)
    found = tilt(of_disposition(recorded.tolist()), xr.DataArray(share), of_disposition(TRUE_LOG_ODDS))
    assert found.values == pytest.approx(everyone, abs=1e-12)


def test_the_inverse_of_the_tilt_hides_the_calls_as_each_call_would_hide() -> None:
    """The same recorded mix as by going through the calls."""
    everyone = np.array(MENTAL)
    recorded, share = hidden(everyone, level=-1.0)
    found = recorded_shares(of_disposition(MENTAL), xr.DataArray(share), of_disposition(TRUE_LOG_ODDS))
    assert found.values == pytest.approx(recorded, abs=1e-12)


def test_the_elicited_log_odds_stand_at_their_line_and_disposition() -> None:
    """The physical line's hold before and after launch, the mental line's on the mental line, self-care is 0."""
    names = log_odds_names("stem", DISPOSITIONS)
    assert len(names) == 10
    drawn = xr.Dataset({name: ("sample", [float(place)]) for place, name in enumerate(names.values())})
    found = elicited_log_odds(drawn, "stem", DISPOSITIONS).isel(sample=0)
    assert found.sel(stage="before").values.tolist() == [0, 1, 2, 3, 0, 4]
    assert found.sel(stage="after").values.tolist() == found.sel(stage="before").values.tolist()
    assert found.sel(stage="mental", disposition="ed").item() == float(drawn.stem_mental_ed[0])


@pytest.mark.parametrize("disposition", ["ed", "self_care"])
def test_the_grid_is_the_tilt_at_each_of_its_points(
    shares: xr.DataArray, unrecorded: xr.DataArray, disposition: str
) -> None:
    """Its formula without a table of shares against the tilt, for a count of one disposition and for a probability."""
    mental, share = shares.sel(stage="mental"), unrecorded.sel(stage="mental")
    grid = odds_grid(20.0)
    for values in (of_disposition([1, 0, 0, 0, 0, 0]), of_disposition([0.5, 0.6, 0.1, 0.2, 0.05, 0.15])):
        found = change_per_call(mental, share, values, disposition=disposition, log_odds=grid)
        for point in grid.values:
            moved = of_disposition([point * (name == disposition) for name in DISPOSITIONS])
            by_tilt = xr.dot(tilt(mental, share, moved) - mental, values, dim="disposition")
            np.testing.assert_allclose(found.sel(log_odds=point).values, by_tilt.values, atol=1e-12)


def one_draw(values: dict[str, float]) -> xr.Dataset:
    """Calls of one trust in one draw."""
    return xr.Dataset({name: (("sample", "trust"), [[value]]) for name, value in values.items()}, {"trust": ["A"]})


def estimates(values: list[float]) -> xr.DataArray:
    """Avoided under E1, E2 and E3, one draw and one trust."""
    coords = {"estimand": ["same_calls", "displaced", "net_system"], "trust": ["A"]}
    return xr.DataArray(
        np.reshape(values, (1, 3, 1)).astype(float), dims=("sample", "estimand", "trust"), coords=coords
    )


def per_call(share: float, lost: float) -> xr.Dataset:
    """Bounds of the share of one disposition, recorded in `share` of calls, `lost` of them unrecorded."""
    names = {"disposition": ["ed", "self_care"]}
    recorded = xr.DataArray(
        [[[share, 1 - share]]], dims=("sample", "trust", "disposition"), coords=names | {"trust": ["A"]}
    )
    values = xr.DataArray([1.0, 0.0], dims="disposition", coords=names)
    return bounds_per_call(recorded, xr.DataArray([[lost]], dims=("sample", "trust")), values)


def test_bounds_by_hand_with_each_line_on_its_worst_side() -> None:
    """Before: ED .10 of the recorded, .2 unrecorded, so from .08 to .28. Mental: .02, half unrecorded, from .01 to .51.

    100 mental calls, 40 displaced. E1 from 100 x (.08 - .51) = -43 to 100 x (.28 - .01) = 27; E2 from -17.2 to 10.8.
    E3 at random 5: before moves from 40 x -.02 to 40 x .18, mental from 100 x -.01 to 100 x .49: from
    5 - .8 - 49 = -44.8 to 5 + 7.2 + 1 = 13.2.
    """
    flows = one_draw({"mental": 100.0, "displaced": 40.0})
    at_random = estimates([8.0, 3.2, 5.0])
    found = avoided_bounds(at_random, flows, before=per_call(0.10, 0.2), mental=per_call(0.02, 0.5))
    assert found.low.values.ravel() == pytest.approx([-43.0, -17.2, -44.8])
    assert found.high.values.ravel() == pytest.approx([27.0, 10.8, 13.2])


def test_calls_that_the_physical_line_gained_swap_the_sides() -> None:
    """Displaced -10 in a draw: E2 from -10 x (.28 - .01) = -2.7 to -10 x (.08 - .51) = 4.3."""
    flows = one_draw({"mental": 100.0, "displaced": -10.0})
    found = avoided_bounds(
        estimates([8.0, -0.8, 0.0]), flows, before=per_call(0.10, 0.2), mental=per_call(0.02, 0.5)
    ).sel(estimand="displaced")
    assert found.low.item() == pytest.approx(-2.7)
    assert found.high.item() == pytest.approx(4.3)


def test_the_bounds_are_where_the_grid_goes_without_end() -> None:
    """Odds ratios of e40 and e-40 on the two lines reach the bounds; at every finite point they are not passed."""
    names = {"disposition": ["ed", "self_care"], "trust": ["A"]}
    flows = one_draw({"mental": 100.0, "displaced": 40.0})
    values = xr.DataArray([1.0, 0.0], dims="disposition", coords={"disposition": ["ed", "self_care"]})
    shares = {
        stage: xr.DataArray([[[share, 1 - share]]], dims=("sample", "trust", "disposition"), coords=names)
        for stage, share in (("before", 0.10), ("mental", 0.02))
    }
    lost = {
        "before": xr.DataArray([[0.2]], dims=("sample", "trust")),
        "mental": xr.DataArray([[0.5]], dims=("sample", "trust")),
    }
    ends = xr.DataArray([-40.0, 40.0], dims="log_odds", coords={"log_odds": [-40.0, 40.0]})
    change = {
        stage: change_per_call(shares[stage], lost[stage], values, disposition="ed", log_odds=ends) for stage in shares
    }
    bounds = avoided_bounds(
        estimates([8.0, 3.2, 5.0]), flows,
        before=bounds_per_call(shares["before"], lost["before"], values),
        mental=bounds_per_call(shares["mental"], lost["mental"], values),
    )  # fmt: skip
    for end, before, mental in (("low", -40.0, 40.0), ("high", 40.0, -40.0)):
        found = shifted(
            estimates([8.0, 3.2, 5.0]), flows,
            before=change["before"].sel(log_odds=before, drop=True),
            mental=change["mental"].sel(log_odds=mental, drop=True),
        )  # fmt: skip
        assert found.transpose("sample", "estimand", "trust").values.ravel() == pytest.approx(
            bounds[end].transpose("sample", "estimand", "trust").values.ravel()
        )


def test_the_true_log_odds_recover_e1_and_random_missingness_is_biased() -> None:
    """Simulated counts of two trusts; on the mental line about a sixth are hidden by disposition (ED odds ratio 3.3).

    Truth: E1 ED = 5,000 x (.10 - .02) = 400 a trust. With the true log odds the bias is below 2% on every disposition
    with more than a hundred avoided or added; taken at random, ED on the mental line is too low, so that E1 is
    overstated by more than 5%; and the truth lies within the bounds.
    """
    rng = np.random.default_rng(7)
    samples, everyone = 2000, 400_000
    draws, lost = np.empty((samples, 3, 2, 6)), np.empty((samples, 3, 2))
    by_stage = (BEFORE, [0.0] * 6, -3.0), (BEFORE, [0.0] * 6, -3.0), (MENTAL, TRUE_LOG_ODDS, -1.8)
    for stage, (mix, log_odds, level) in enumerate(by_stage):
        for trust in range(2):
            calls = rng.multinomial(everyone, mix)
            missing = rng.binomial(calls, 1 / (1 + np.exp(-(level + np.array(log_odds)))))
            draws[:, stage, trust] = rng.dirichlet(calls - missing + 0.5, size=samples)
            lost[:, stage, trust] = rng.beta(missing.sum() + 0.5, everyone - missing.sum() + 0.5, size=samples)
    coords = {"stage": STAGES, "trust": ["A", "B"], "disposition": DISPOSITIONS}
    shares = xr.DataArray(draws, dims=("sample", "stage", "trust", "disposition"), coords=coords)
    unrecorded = xr.DataArray(lost, dims=("sample", "stage", "trust"), coords={"stage": STAGES, "trust": ["A", "B"]})
    answered = xr.DataArray(np.full((samples, 2), 5000.0), dims=("sample", "trust"), coords={"trust": ["A", "B"]})
    truth = of_disposition([10_000 * (old - new) for old, new in zip(BEFORE, MENTAL, strict=True)])
    true = xr.concat([of_disposition(log_odds) for _, log_odds, _ in by_stage], dim="stage").assign_coords(stage=STAGES)
    found = recovery(truth, answered, shares, unrecorded, true)
    large = found.sel(disposition=DISPOSITIONS[:5])
    assert (abs(large.bias_with_true_log_odds) < 0.02).all()
    assert float(found.bias_at_random.sel(disposition="ed")) > 0.05
    assert bool(found.within_bounds.all())
