"""The log likelihood at named draws against the written-out densities, less their priors, at the same free vectors."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from econ111 import passes
from econ111.checks.call_calibration import _without_data, shipped_setting
from econ111.checks.call_worlds import RULES, CallWorld, make_world, returned_structure
from econ111.checks.likelihood import log_likelihood, log_likelihood_by_source, volume_cells
from econ111.checks.replicate import full_counts, published
from econ111.impact.calendar import build_calendar
from econ111.impact.density.call import call_densities
from econ111.impact.inputs import VolumeCells


@pytest.fixture(scope="module")
def service():  # type: ignore[no-untyped-def]
    """A synthetic service of which one trust hides and rounds, and the densities of its model."""
    rng = np.random.default_rng(5)
    inputs = returned_structure(0.1, rng)
    world, _ = make_world(CallWorld("any", 1), inputs, rng)
    returned = published(inputs, full_counts(inputs, world, rng), rng, rules=RULES)
    calendar = build_calendar(returned.timeline, harmonics=1)
    return returned, call_densities(returned, calendar, priors=shipped_setting().priors)


def test_the_likelihood_of_named_draws_is_that_of_the_densities(service) -> None:  # type: ignore[no-untyped-def]
    """Log density with the data less log density without them, at points near the middle: equal to 1e-8 a part."""
    inputs, densities = service
    rng = np.random.default_rng(2)
    sources = (("calls physical", "calls mental"), ("dispositions",), ("unrecorded",))
    for density, names in zip(densities, sources, strict=True):
        frees = np.array([density.start + 0.1 * rng.normal(size=density.size) for _ in range(3)])
        full, prior = density.log_density(), _without_data(density).log_density()
        wanted = [full(free)[0] - prior(free)[0] for free in frees]
        others = [other.expand(np.tile(other.start, (3, 1))) for other in densities if other is not density]
        found = log_likelihood(xr.merge([density.expand(frees), *others]), inputs)
        assert sum(found[name].sum(axis=1) for name in names) == pytest.approx(wanted, abs=1e-6)


def test_draws_taken_some_after_others_have_the_same_sums(service, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """Two chosen draws of three, each in a pass of its own, against all at one go: equal to the last digit."""
    inputs, densities = service
    rng = np.random.default_rng(4)
    parts = [each.expand(each.start + 0.1 * rng.normal(size=(3, each.size))) for each in densities]
    draws, chosen = xr.merge(parts), np.array([2, 0])
    wanted = {name: cells.sum(axis=1)[chosen] for name, cells in log_likelihood(draws, inputs).items()}
    monkeypatch.setattr(passes, "NUMBERS_AT_ONCE", 1)
    found = log_likelihood_by_source(draws, inputs, chosen)
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in wanted.items()
    }


def test_a_call_count_within_bounds_has_the_sum_of_its_probabilities() -> None:
    """SciPy's negative binomial with mean 50 and variance 50 + 0.04 x 2500, summed over 48 to 52."""
    draws = xr.Dataset(
        {
            "expected_mental": (("sample", "trust", "month"), np.full((1, 1, 1), 50.0)),
            "mental_relative_sd": ("sample", np.array([np.sqrt(0.04 - 1e-5)])),
        }
    )
    at = np.zeros(1, dtype=int)
    found = volume_cells(draws, VolumeCells(at, at, at + 48, at + 52), "mental")
    wanted = np.log(stats.nbinom(25.0, 25.0 / 75.0).pmf(np.arange(48, 53)).sum())
    assert found.item() == pytest.approx(wanted, abs=1e-9)
