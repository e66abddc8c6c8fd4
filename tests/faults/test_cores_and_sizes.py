"""The same seed on other numbers of cores, and counts of ten million and of one: on a small call model, sampled."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from econ111.activity import CallLayout, TrustLayout, read_calls
from econ111.impact.calendar import build_calendar
from econ111.impact.density.call import call_densities
from econ111.impact.inputs import build_inputs
from econ111.inference import Posterior, sample_densities
from econ111.parameters import load_catalogue
from econ111.specs.schema import Sampling
from econ111.timeline import build_timeline

LAUNCH = pd.Timestamp("2024-05-01").date()
MONTHS = [f"{month:%Y-%m}" for month in pd.date_range("2024-01-01", periods=8, freq="MS")]
SAMPLING = Sampling(tune=100, draws=100, chains=2, seed=3)


def _fitted(folder: object, size: int, *, cores: int) -> Posterior:
    """One trust whose physical line takes `size` calls a month and whose mental line takes `size` from May on."""
    rows = ["trust,month,line,measure,value"]
    for month in MONTHS:
        for line in ("physical", "mental") if month >= "2024-05" else ("physical",):
            counts = {
                "calls_offered": size,
                "calls_answered": size,
                "ed": size // 2,
                "self_care": size - size // 2,
                "unrecorded": 0,
            }
            rows += [f"RV5,{month},{line},{measure},{count}" for measure, count in counts.items()]
    path = folder / "calls.csv"  # type: ignore[operator]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    calls = read_calls(path, CallLayout({"RV5": TrustLayout(LAUNCH)})).data
    timeline = build_timeline(calls.month.values, {"RV5": LAUNCH})
    catalogue = load_catalogue()
    priors = {name.removeprefix("prior_"): catalogue[name].value for name in catalogue if name.startswith("prior_")}
    calendar = build_calendar(timeline, harmonics=0, start="step")
    densities = call_densities(build_inputs(calls, timeline), calendar, priors=priors)
    return sample_densities(densities, SAMPLING, cores=cores)


def test_the_same_seed_gives_the_same_draws_on_one_core_and_on_two(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Chains have seeds of their own, so that it does not matter which core draws them: every draw is the same."""
    one, two = (_fitted(tmp_path_factory.mktemp("cores"), 1_000, cores=cores).draws for cores in (1, 2))
    for name in one.data_vars:
        np.testing.assert_array_equal(one[name].values, two[name].values)


@pytest.mark.parametrize("size", [1, 10_000_000])
def test_counts_of_ten_million_and_of_one_are_fitted(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    """Finite draws about the counts themselves: a factor of 3 where there is one call a month, 5 % for ten million."""
    draws = _fitted(tmp_path_factory.mktemp("sizes"), size, cores=2).draws
    assert all(bool(np.isfinite(draws[name]).all()) for name in draws.data_vars)
    expected = draws.expected_without.isel(month=slice(0, 4)).median().item()
    assert size / (3 if size == 1 else 1.05) < expected < size * (3 if size == 1 else 1.05)
