"""The written-out densities against the PyMC model: the same log density and gradient, on every structure.

The PyMC model is evaluated without compiling. Free vectors agree part by part but for two: the weights of trusts' own
modes stand transposed, and the free mean of a fall is the fall less the drift of its line.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.special import digamma, gammaln, polygamma

from econ111.impact.calendar import Calendar, Marker, build_calendar
from econ111.impact.call_model import build_call_model
from econ111.impact.density import MixDensity, ShareDensity, VolumeDensity
from econ111.impact.density.call import CallDensity, call_densities
from econ111.impact.density.layout import zero_sum_basis
from econ111.impact.density.special import curvature, log_gamma_and_slope, rising_sum, rising_tables
from econ111.impact.inputs import CallInputs, MixCells, ShareCells, VolumeCells
from econ111.parameters import load_catalogue
from econ111.timeline import build_timeline

LAUNCHES = {"A": date(2023, 9, 1), "B": date(2023, 10, 7), "C": date(2023, 9, 18)}
MONTHS = 14
POINTS = 2
DISPOSITIONS = ("ed", "primary_care", "other")


@pytest.fixture(scope="module")
def priors() -> dict[str, float]:
    catalogue = load_catalogue()
    return {name.removeprefix("prior_"): catalogue[name].value for name in catalogue if name.startswith("prior_")}


def service(trusts: int, *, crisis: bool = False, markers: bool = False, start: str = "ramp", harmonics: int = 1):  # type: ignore[no-untyped-def]
    """A service with missing months, rounded and suppressed rows, merged categories, and what else is asked for."""
    rng = np.random.default_rng(1)
    launches = dict(list(LAUNCHES.items())[:trusts])
    timeline = build_timeline(pd.date_range("2023-01-01", periods=MONTHS, freq="MS"), launches)
    named = [
        Marker("publicity", "mental", np.eye(trusts, MONTHS, 10)),
        Marker("strike", "physical", np.ones((trusts, MONTHS))),
    ]
    calendar = build_calendar(timeline, harmonics=harmonics, start=start, markers=named if markers else ())  # type: ignore[arg-type]
    lines = ("physical", "crisis", "mental") if crisis else ("physical", "mental")
    volumes = {line: volume_cells(calendar, trusts, line, rng) for line in lines}
    mix = mix_cells(calendar, trusts, rng)
    lost = {
        name: ShareCells(mix.stage, mix.trust, mix.month, rng.integers(0, 20, len(mix.stage)), mix.total_high + 20)
        for name in ("unrecorded", "abandoned")
    }
    return CallInputs(tuple(launches), DISPOSITIONS, timeline, volumes, mix, lost), calendar


def volume_cells(calendar: Calendar, trusts: int, line: str, rng: np.random.Generator) -> VolumeCells:
    """Counts of a line, the last trust's rounded, one month in seven missing."""
    open_ = calendar.open_share > 0 if line == "mental" else np.ones((trusts, MONTHS), dtype=bool)
    trust, month = np.nonzero(open_ & (rng.random((trusts, MONTHS)) > 0.15))
    low = rng.integers(20, 90, len(trust))
    return VolumeCells(trust, month, low, low + np.where(trust == trusts - 1, 4, 0))


def mix_cells(calendar: Calendar, trusts: int, rng: np.random.Generator) -> MixCells:
    """Two rows a stage and trust; the first trust merges two categories, the last one's rows are bounded."""
    stage, trust, _ = (part.ravel() for part in np.indices((3, trusts, 2)))
    cells = len(stage)
    membership = np.tile(np.eye(3), (cells, 1, 1))
    merged = trust == 0
    membership[merged] = [[1, 0, 0], [0, 1, 1], [0, 0, 0]]
    low = rng.integers(0, 30, (cells, 3))
    low[merged, 2] = 0
    width = np.where((trust == trusts - 1) & ~merged, 1, 0)[:, None] * np.array([2, 4, 3])
    high = low + width
    loose = width.any(axis=1)
    total = low.sum(axis=1) + np.where(loose, 4, 0)
    return MixCells(stage, trust, stage, membership, low, high, total, total + np.where(loose, 2, 0))


STRUCTURES: dict[str, dict[str, Any]] = {
    "three trusts": {"trusts": 3},
    "one trust": {"trusts": 1},
    "crisis line and markers": {"trusts": 2, "crisis": True, "markers": True},
    "step without season": {"trusts": 2, "start": "step", "harmonics": 0},
}


@pytest.fixture(scope="module", params=list(STRUCTURES))
def both(
    request: pytest.FixtureRequest, priors: dict[str, float]
) -> tuple[CallInputs, tuple[CallDensity, ...], Any, Any]:
    """Inputs, written-out densities, the PyMC model and its log density as a function of a free point."""
    from pytensor.compile.mode import Mode

    inputs, calendar = service(**STRUCTURES[request.param])
    model = build_call_model(inputs, calendar, priors=priors)
    plain = Mode(linker="py", optimizer="fast_compile")
    names = [name for name in REPORTED if name in model.named_vars]
    compiled = model.compile_fn(
        [*model.logp(sum=False), *model.replace_rvs_by_values([model[name] for name in names])], mode=plain
    )
    return inputs, call_densities(inputs, calendar, priors=priors), model, (names, compiled)


REPORTED = (
    "expected_without", "expected_with", "expected_mental", "expected_crisis_without", "expected_crisis_with", "share",
    "displacement", "ramp_months", "unrecorded_share", "abandoned_share",
)  # fmt: skip


def point_of(model: Any, densities: tuple[CallDensity, ...], frees: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The free vectors as a point of the PyMC model."""
    parts: dict[str, np.ndarray] = {}
    for density, free in zip(densities, frees, strict=True):
        own = density.layout.split(free)
        parts |= own
        if isinstance(density, VolumeDensity):
            for line in density.falling:
                name = "displacement" if line == "physical" else f"{line}_displacement"
                drift = density.moved(own, line)
                parts[f"{name}_mean"] = own[f"{name}_mean"] + drift
            for line in density.cells:
                parts[f"{line}_trust_level_mode"] = own[f"{line}_trust_level_mode"].T
    shapes = {name: value.shape for name, value in model.initial_point().items()}
    return {
        value.name: np.asarray(parts[variable.name]).reshape(shapes[value.name])
        for variable, value in zip(model.free_RVs, model.value_vars, strict=True)
    }


def test_log_densities_and_quantities_are_those_of_the_pymc_model(both: Any) -> None:
    """About the middle of the prior: the sum of the densities to 1e-6, every reported quantity to 1e-9."""
    _, densities, model, (names, compiled) = both
    rng = np.random.default_rng(2)
    for _ in range(POINTS):
        frees = [density.start + 0.3 * rng.normal(size=density.size) for density in densities]
        whole = sum(density.log_density()(free)[0] for density, free in zip(densities, frees, strict=True))
        found = compiled(point_of(model, densities, frees))
        terms, values = found[: -len(names)], found[-len(names) :]
        assert whole == pytest.approx(sum(float(term.sum()) for term in terms), abs=1e-6)
        expanded = xr.merge([density.expand(free[None]) for density, free in zip(densities, frees, strict=True)])
        for name, value in zip(names, values, strict=True):
            assert expanded[name].values[0] == pytest.approx(value, rel=1e-9), name


def test_gradients_are_the_slopes_of_the_densities(both: Any) -> None:
    """Central differences in every direction: equal to 1e-5 of the largest slope."""
    _, densities, _, _ = both
    rng = np.random.default_rng(3)
    for density in densities:
        evaluate = density.log_density()
        free = density.start + 0.3 * rng.normal(size=density.size)
        _, gradient = evaluate(free)
        steps = 1e-5 * np.eye(density.size)
        slopes = np.array([(evaluate(free + step)[0] - evaluate(free - step)[0]) / 2e-5 for step in steps])
        assert slopes == pytest.approx(gradient, abs=1e-5 * np.abs(gradient).max()), type(density).__name__


@pytest.mark.parametrize("x", [1e-6, 0.3, 1.0, 7.9, 8.0, 55.5, 1e5])
def test_special_functions_agree_with_a_library(x: float) -> None:
    """Log-gamma, digamma and trigamma to 12 digits of their size, small and large."""
    value, slope = log_gamma_and_slope(x)
    assert value == pytest.approx(gammaln(x), rel=1e-12, abs=1e-12)
    assert slope == pytest.approx(digamma(x), rel=1e-12, abs=1e-12)
    assert curvature(x) == pytest.approx(polygamma(1, x), rel=1e-11)


@pytest.mark.parametrize("log_a", [-25.0, -17.99, -3.21, 0.0, 4.4, 11.5, 13.99])
def test_tabulated_sums_of_rising_factorials_agree_with_the_sum(log_a: float) -> None:
    """The sum of log G(y + a) - log G(a) over 0, 1, 7, 7 and 900, between the nodes and below them."""
    counts = np.array([0, 1, 7, 7, 900])
    a = np.exp(log_a)
    value, slope = rising_sum(rising_tables([counts])[0], log_a)
    assert value == pytest.approx((gammaln(counts + a) - gammaln(a)).sum(), rel=1e-9, abs=1e-7)
    assert slope == pytest.approx(a * (digamma(counts + a) - digamma(a)).sum(), rel=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_zero_sum_basis_is_orthonormal(count: int) -> None:
    """Columns of length 1, at right angles, each adding up to zero."""
    basis = zero_sum_basis(count)
    assert basis.T @ basis == pytest.approx(np.eye(count - 1))
    assert basis.sum(axis=0) == pytest.approx(np.zeros(count - 1))


def test_an_impossible_row_has_no_chance(priors: dict[str, float]) -> None:
    """Groups of at most 2 + 2 + 2 cannot add up to 9: a log density far below any other, and no error."""
    one = np.zeros(1, dtype=int)
    cells = MixCells(
        one, one, one, np.eye(3)[None], np.zeros((1, 3), int), np.full((1, 3), 2), np.array([9]), np.array([9])
    )
    density = MixDensity(("A",), DISPOSITIONS, cells, priors)
    assert density.log_density()(density.start)[0] < -1e29


def test_what_is_missing_changes_nothing_but_its_own_part(priors: dict[str, float]) -> None:
    """Without a trust's lost calls the density of shares is the sum over the other trusts."""
    inputs, _ = service(3)
    density = ShareDensity("unrecorded", inputs.trusts, inputs.lost["unrecorded"], priors)
    cells = density.cells
    keep = cells.trust != 1
    names = [field.name for field in dataclasses.fields(cells)]
    parts = [ShareCells(*(getattr(cells, name)[chosen] for name in names)) for chosen in (keep, ~keep)]
    free = density.start + 0.1
    prior_only = ShareCells(*(getattr(cells, name)[:0] for name in names))
    value: Callable[[ShareCells], float] = lambda part: dataclasses.replace(density, cells=part).log_density()(free)[0]  # noqa: E731
    assert value(cells) == pytest.approx(value(parts[0]) + value(parts[1]) - value(prior_only), abs=1e-7)
