"""The outcome series: exact likelihood, levels and projection, against one dense normal and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from impact.series_worlds import PRIORS, dense, make_panel, values_of
from scipy.stats import multivariate_normal, norm

from econ111.impact.series_model import Hyper, SeriesModel, build_series_model, log_density, log_likelihood, weigh
from econ111.impact.series_projection import project

SAMPLES = 8000


def uneven(*, controls: int = 0, effects: bool = False, seed: int = 1) -> SeriesModel:
    """Three trusts over nine months, launched in months 5, 6 and 6, with controls or none."""
    rng = np.random.default_rng(seed)
    beside = rng.normal(6, 0.1, (controls, 9)) if controls else None
    panel = make_panel(rng.normal(5, 0.1, (3, 9)), [5, 6, 6], controls=beside, harmonics=1)
    return build_series_model(panel.with_counted() if effects else panel, PRIORS, effects=effects, start="ramp")


def flat(months: int, launch: int, **scales: float) -> tuple[SeriesModel, dict[str, np.ndarray]]:
    """One trust of 10 a day in every month, and fixed scales; neither season nor slope."""
    panel = make_panel(np.full((1, months), np.log(10.0)), [launch])
    model = build_series_model(panel, PRIORS | {"series_slope_sd": 0.0})
    given = {"series_level_sd": 1e-6, "series_autocorrelation": 0.0} | scales
    return model, values_of(model, SAMPLES, **given)


@pytest.mark.parametrize("controls", [0, 1, 2])
@pytest.mark.parametrize("effects", [False, True])
def test_the_likelihood_is_that_of_one_dense_normal(controls: int, effects: bool) -> None:
    """Covariance of every pair of cells written out, launches uneven: the two log densities agree to 1e-8."""
    model = uneven(controls=controls, effects=effects)
    values = values_of(model)
    full, _, used = dense(model, values)
    seen = (model.panel.log_rate - model.panel.centre[:, None]).ravel()[used]
    expected = multivariate_normal.logpdf(seen, np.zeros(used.sum()), full[np.ix_(used, used)])
    assert log_likelihood(model, values)[0] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(("controls", "effects"), [(0, False), (2, False), (1, True)])
def test_weights_are_those_of_the_dense_inverse(controls: int, effects: bool) -> None:
    """Inverse covariance times what was seen, cell by cell; 0 where a cell is not used."""
    model = uneven(controls=controls, effects=effects)
    values = values_of(model)
    full, _, used = dense(model, values)
    seen = np.where(model.panel.used, model.panel.log_rate - model.panel.centre[:, None], 0.0)
    expected = np.zeros(used.size)
    expected[used] = np.linalg.solve(full[np.ix_(used, used)], seen.ravel()[used])
    assert weigh(model, values, seen[None])[0].ravel() == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(("controls", "effects"), [(0, False), (2, False), (1, True)])
def test_the_projection_has_the_moments_of_the_dense_conditional(controls: int, effects: bool) -> None:
    """Mean and sd of the log of expected counts after launch, given all used cells, within Monte Carlo error."""
    model = uneven(controls=controls, effects=effects)
    full, level, used = dense(model, values_of(model))
    panel = model.panel
    cells = [i * 9 + t for i in range(3) for t in range(5, 9)]
    gain = level[cells][:, used] @ np.linalg.inv(full[np.ix_(used, used)])
    mean = gain @ (panel.log_rate - panel.centre[:, None]).ravel()[used]
    spread = np.sqrt(np.diag(level[np.ix_(cells, cells)] - gain @ level[cells][:, used].T))
    drawn = project(model, values_of(model, SAMPLES), np.random.default_rng(2)).expected_without
    logs = (np.log(drawn.values / panel.days[5:]) - panel.centre[:3, None]).reshape(SAMPLES, -1)
    assert np.abs((logs.mean(axis=0) - mean) / spread).max() < 5 / SAMPLES**0.5
    assert logs.std(axis=0) == pytest.approx(spread, rel=0.05)


def test_with_effects_what_was_seen_and_the_fall_make_what_would_have_been() -> None:
    """In counted cells log predicted - log seen = fall x share reached, in every draw: nothing else can differ."""
    model = uneven(effects=True)
    values = values_of(model, 50)
    drawn = project(model, values, np.random.default_rng(3))
    panel = model.panel
    reached = panel.open_share[:, 5:] * -np.expm1(-panel.since[:, 5:] / 2.0)
    apart = np.log(drawn.predicted_without.values / panel.days[5:]) - panel.log_rate[:, 5:]
    made = drawn.fall.values[:, :, None] * reached
    counted = panel.counted[:, 5:]
    assert apart[:, counted] == pytest.approx(made[:, counted], abs=1e-6)


def test_a_level_that_does_not_wander_goes_on_as_it_was() -> None:
    """24 months of 10 a day and next to no noise: 10 x 31 in January 2022 and 10 x 28 in February."""
    model, values = flat(26, 24, series_relative_sd=0.001)
    found = project(model, values, np.random.default_rng(1)).expected_without
    assert found.dims == ("sample", "trust", "month")
    assert found.mean("sample").values == pytest.approx(np.array([[310.0, 280.0]]), rel=1e-3)


def test_the_last_level_is_known_as_well_as_its_months_allow() -> None:
    """24 months with independent noise of 0.1 and no steps: the level has sd 0.1 x sqrt(1/24) = 0.02041."""
    model, values = flat(25, 24, series_relative_sd=0.1)
    found = np.log(project(model, values, np.random.default_rng(1)).expected_without)
    assert float(found.std("sample").item()) == pytest.approx(0.02041, rel=0.03)


def test_the_projection_widens_with_the_square_root_of_time() -> None:
    """Steps of 0.1 and next to no noise: k months ahead the log rate has sd 0.1 x sqrt(k), 0.2 after four."""
    model, values = flat(28, 24, series_level_sd=0.1, series_relative_sd=0.001)
    found = np.log(project(model, values, np.random.default_rng(1)).expected_without).std("sample")
    assert found.values.ravel() == pytest.approx(0.1 * np.sqrt([1, 2, 3, 4]), rel=0.04)


def test_noise_that_remembers_is_part_of_what_is_predicted() -> None:
    """Noise of 0.1 with memory 0.5 about a known level: predicted sd in month k is 0.1 x sqrt(1 - 0.25^k).

    The last month before launch is seen and its noise known when the level is: 0.0866, 0.0968, 0.0992.
    """
    model, values = flat(27, 24, series_relative_sd=0.1, series_autocorrelation=0.5)
    tight = PRIORS | {"series_slope_sd": 0.0, "level_sd": 1e-4}
    known = build_series_model(model.panel, tight)
    found = np.log(project(known, values, np.random.default_rng(1)).predicted_without).std("sample")
    assert found.values.ravel() == pytest.approx(0.1 * np.sqrt(1 - 0.25 ** np.arange(1, 4)), rel=0.03)


def test_a_control_that_shares_the_drift_takes_most_of_its_spread_away() -> None:
    """Drift of 0.1 a month: after 12 months sd 0.35 alone; with a control of correlation 0.99 and no noise, 0.05.

    By hand: steps given the control's have variance 0.01 x (1 - 0.99^2) = 0.000199, times 12 months, sd 0.0489.
    """
    rng = np.random.default_rng(4)
    rates = np.cumsum(rng.normal(0, 0.1, (1, 36)), axis=1)
    spread = {}
    for name, beside in (("alone", None), ("beside", rates + 1.0)):
        panel = make_panel(rates, [24], controls=beside)
        model = build_series_model(panel, PRIORS | {"series_slope_sd": 0.0})
        scales = {"series_level_sd": 0.1, "control_level_sd": 0.1, "control_correlation": 0.99}
        noise = {"series_relative_sd": 1e-3, "control_relative_sd": 1e-3, "series_autocorrelation": 0.0}
        values = values_of(model, 2000, **scales, **noise)
        drawn = np.log(project(model, values, np.random.default_rng(5)).expected_without)
        spread[name] = float(drawn.isel(month=-1).std("sample").item())
    assert spread["alone"] == pytest.approx(0.1 * 12**0.5, rel=0.05)
    assert spread["beside"] == pytest.approx(0.0489, rel=0.06)


def test_what_is_not_yet_known_moves_nothing_and_narrows_all_the_same() -> None:
    """Controls that double after launch: the foreseen counts do not move, their spread is that of the design."""
    rng = np.random.default_rng(6)
    rates = np.cumsum(rng.normal(0, 0.05, (1, 36)), axis=1)
    found = []
    for jump in (0.0, 0.7):
        panel = make_panel(rates, [24], controls=rates + 1.0 + jump * (np.arange(36) >= 24))
        design, known = (build_series_model(one, PRIORS) for one in (panel, panel.before_launch()))
        values = values_of(design, 500, series_level_sd=0.05, control_level_sd=0.05, control_correlation=0.95)
        found.append(np.log(project(design, values, np.random.default_rng(7), known=known).predicted_without))
        told = np.log(project(design, values, np.random.default_rng(7)).predicted_without)
    assert found[1].mean("sample").values == pytest.approx(found[0].mean("sample").values, abs=1e-9)
    assert found[1].std("sample").values == pytest.approx(told.std("sample").values, rel=0.01)
    assert float((told.mean("sample") - found[1].mean("sample")).isel(month=-1).item()) > 0.5


@pytest.mark.parametrize(
    ("hyper", "distribution"),
    [
        (Hyper("a", "scale", 0.0, 0.3), lambda p: 0.3 * norm.ppf((1 + p) / 2)),
        (Hyper("b", "share", -1.0, 1.0), lambda p: 1 / (1 + np.exp(1 - norm.ppf(p)))),
        (Hyper("c", "positive", 1.5, 0.7), lambda p: 1.5 * np.exp(0.7 * norm.ppf(p))),
    ],
)
def test_coordinates_that_are_standard_normal_give_each_prior(hyper: Hyper, distribution: Any) -> None:
    """Quantiles of half-normal, logit-normal and log-normal at 5, 50 and 95 in 100, to a thousandth of the scale."""
    shares = np.array([0.05, 0.5, 0.95])
    assert hyper.value(norm.ppf(shares)) == pytest.approx(distribution(shares), abs=1.01e-3 * hyper.spread)


def test_a_point_far_out_has_no_density_instead_of_an_error() -> None:
    """Coordinates of 50 or of not a number: minus infinity."""
    model = uneven()
    points = np.zeros((3, len(model.names)))
    points[1], points[2, 0] = 50.0, np.nan
    found = log_density(model, points)
    assert np.isfinite(found[0])
    assert (found[1:] == -np.inf).all()


def test_every_model_has_the_scales_of_its_series() -> None:
    """One trust: three. Several trusts add two, one control three, several controls two more; effects add two."""
    one = build_series_model(make_panel(np.zeros((1, 9)) + 5, [5]), PRIORS)
    assert one.names == ("series_level_sd", "series_relative_sd", "series_autocorrelation")
    assert [len(uneven(controls=count).names) for count in (0, 1, 2)] == [5, 8, 10]
    assert set(uneven(effects=True).names) - set(uneven().names) == {"fall_trust_sd", "ramp_months"}


def test_a_projection_says_its_trusts_and_months() -> None:
    """From the first launch on, the three trusts by name."""
    model = uneven(controls=1)
    found: xr.Dataset = project(model, values_of(model, 3), np.random.default_rng(1))
    assert list(found.trust.values) == ["A", "B", "C"]
    assert [str(month)[:7] for month in found.month.values] == ["2020-06", "2020-07", "2020-08", "2020-09"]
