"""The model of the calls: its quantities under given parameters, without sampling and without compiling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr

from econ111.activity import DISPOSITIONS
from econ111.impact.calendar import build_calendar, season_waves
from econ111.impact.call_model import build_call_model
from econ111.impact.inputs import CallInputs, MixCells, ShareCells, VolumeCells
from econ111.impact.volumes import log_level, log_ramp
from econ111.parameters import load_catalogue
from econ111.timeline import build_timeline

Evaluator = Callable[..., Any]
LAUNCHES = {"A": date(2024, 4, 1), "B": date(2024, 5, 7)}
MONTHS = 6
NEEDED = {
    "expected_without": ("trust", "month"),
    "expected_with": ("trust", "month"),
    "expected_mental": ("trust", "month"),
    "displacement": ("trust",),
    "ramp_months": ("trust",),
    "share": ("stage", "trust", "disposition"),
    "unrecorded_share": ("stage", "trust"),
}


@pytest.fixture(scope="module")
def timeline() -> xr.Dataset:
    """January to June 2024; A opens on 1 April, B on 7 May."""
    return build_timeline(pd.date_range("2024-01-01", periods=MONTHS, freq="MS"), LAUNCHES)


@pytest.fixture(scope="module")
def priors() -> dict[str, float]:
    catalogue = load_catalogue()
    return {name.removeprefix("prior_"): catalogue[name].value for name in catalogue if name.startswith("prior_")}


@pytest.fixture(scope="module")
def model(timeline: xr.Dataset, priors: dict[str, float]) -> pm.Model:
    return build_call_model(inputs(timeline), build_calendar(timeline, harmonics=1), priors=priors)


def inputs(timeline: xr.Dataset) -> CallInputs:
    """One exact mix cell a stage and trust, one rounded volume, everything else exact."""
    trust, month = (part.ravel() for part in np.indices((2, MONTHS)))
    calls = np.full(2 * MONTHS, 1000)
    stage, of_trust = (part.ravel() for part in np.indices((3, 2)))
    rows = np.tile([20, 10, 30, 10, 10, 10], (6, 1))
    everything = np.tile(np.eye(6), (6, 1, 1))
    open_months = (np.array([0, 0, 0, 1, 1]), np.array([3, 4, 5, 4, 5]))
    few = np.full(5, 100)
    return CallInputs(
        trusts=("A", "B"),
        dispositions=DISPOSITIONS,
        timeline=timeline,
        volumes={
            "physical": VolumeCells(trust, month, calls, calls),
            "mental": VolumeCells(*open_months, few, few + np.array([0, 0, 4, 0, 0])),
        },
        mix=MixCells(stage, of_trust, stage, everything, rows, rows, np.full(6, 90), np.full(6, 90)),
        lost={"unrecorded": ShareCells(stage, of_trust, stage, np.full(6, 10), np.full(6, 100))},
    )


def at_zero(model: pm.Model, **changes: object) -> list[tuple[Any, np.ndarray]]:
    """Every free variable at zero (scales at one), except those named."""
    given = []
    for variable in model.free_RVs:
        dims = model.named_vars_to_dims.get(variable.name)
        shape = [len(model.coords[dim]) for dim in dims] if dims else list(variable.type.shape)
        scale = variable.name.endswith(("_sd", "_scatter"))
        value = changes.get(variable.name, np.full(shape, 1.0 if scale else 0.0))
        given.append((variable, np.asarray(value, dtype=float)))
    return given


def quantities(model: pm.Model, value_of: Evaluator, **changes: object) -> dict[str, np.ndarray]:
    """The named quantities with every free variable at zero, except those named."""
    return dict(zip(NEEDED, value_of([model[name] for name in NEEDED], *at_zero(model, **changes)), strict=True))


def test_every_quantity_that_an_estimand_needs_has_its_name_and_dims(model: pm.Model) -> None:
    """The names that later floors read; a month of the model is a label such as 2024-04."""
    assert {name: model.named_vars_to_dims[name] for name in NEEDED} == NEEDED
    assert model.coords["month"][3] == "2024-04"
    assert model.coords["stage"] == ("before", "after", "mental")


def test_hidden_counts_are_observed_variables(model: pm.Model) -> None:
    """Everything returned is an observed variable, so that it is seen by the log likelihood; nothing is a potential."""
    names = {variable.name for variable in model.observed_RVs}
    expected = {
        "calls_physical_exact",
        "calls_mental_exact",
        "calls_mental_bounded",
        "dispositions_exact",
        "unrecorded",
    }
    assert names == expected
    assert not model.potentials


def test_expected_calls_follow_the_formulas(model: pm.Model, timeline: xr.Dataset, value_of: Evaluator) -> None:
    """Daily rate 30 on the physical line, 10 on the mental; ramp of e = 2.718 months; displacement 0.5; no season.

    With f = open x (1 - exp(-since / e)): without = 30 x days, with = without x exp(-f / 2), mental = 10 x days x f.
    """
    found = quantities(
        model,
        value_of,
        physical_level=[np.log(30.0)] * 2,
        mental_level=[np.log(10.0)] * 2,
        log_ramp_months=1.0,
        displacement_mean=0.5,
    )
    days = timeline.days.values
    factor = timeline.open_share.values * (1 - np.exp(-timeline.months_since_launch.values / np.e))
    assert found["expected_without"] == pytest.approx(np.tile(30 * days, (2, 1)))
    assert found["expected_with"] == pytest.approx(30 * days * np.exp(-0.5 * factor))
    assert found["expected_mental"] == pytest.approx(10 * days * factor)
    assert (found["expected_with"][0, :3] == found["expected_without"][0, :3]).all()
    assert (found["expected_mental"][1, :4] == 0).all()


def test_shares_are_a_softmax_and_sum_to_one(model: pm.Model, value_of: Evaluator) -> None:
    """Log odds ln 6 for one disposition and 0 for five others: 6/11 and 1/11 each; equal without an effect."""
    mean = np.zeros((3, 6))
    mean[2, 0] = np.log(6.0)
    found = quantities(model, value_of, mix_mean=mean)
    assert found["share"].sum(axis=-1) == pytest.approx(np.ones((3, 2)))
    assert found["share"][2, 1] == pytest.approx([6 / 11, *[1 / 11] * 5])
    assert found["share"][0] == pytest.approx(np.full((2, 6), 1 / 6))
    assert found["unrecorded_share"] == pytest.approx(np.full((3, 2), 0.5))


def test_a_service_that_attracts_calls_is_an_ordinary_value(model: pm.Model, value_of: Evaluator) -> None:
    """Displacement -0.2 means more physical-line calls after launch, as many before; nothing is cut off at zero."""
    found = quantities(model, value_of, physical_level=[3.0, 3.0], displacement_mean=-0.2)
    assert (found["expected_with"][0, 3:] > found["expected_without"][0, 3:]).all()
    assert found["expected_with"][0, :3] == pytest.approx(found["expected_without"][0, :3])


def test_the_ramp_is_one_less_an_exponential(
    timeline: xr.Dataset, priors: dict[str, float], value_of: Evaluator
) -> None:
    """A month that opened on its first day is half a month old on average: 1 - exp(-0.493/1.5) = 0.28; before, 0."""
    with pm.Model(coords={"trust": ["A", "B"]}) as model:
        ramp = log_ramp(build_calendar(timeline, harmonics=0), priors)
    constant = np.log(1.5)
    found = value_of(ramp, (model["log_ramp_months"], constant), (model["log_ramp_months_trust"], np.zeros(2)))
    since = float(timeline.months_since_launch.sel(trust="A", month="2024-04-01"))
    assert found[0, 3] == pytest.approx(np.log(1 - np.exp(-since / 1.5)))
    assert since == pytest.approx(15 / 30.4375)
    assert (found[0, :3] == 0).all()


def test_a_walk_is_zero_in_the_mean_of_the_months_about_which_it_stands(
    priors: dict[str, float], value_of: Evaluator
) -> None:
    """Three months, modes of size 1 / (2 sin(k pi / 6)) = 1 and 0.577: the slow one falls by 1/sqrt 2 a month.

    About its mean in all months it runs 0.707, 0, -0.707 (signs are free); about the first month it starts at 0.
    """
    for about, expected in ((None, 0.0), (np.array([True, False, False]), -1 / np.sqrt(2))):
        with pm.Model(coords={"trust": ["A"]}) as model:
            level = log_level("x", centre=2.0, months=3, priors=priors, about=about)
        given = ((model["x_level"], [2.0]), (model["x_level_sd"], 1.0), (model["x_level_mode"], [1.0, 0.0]))
        found = value_of(level, *given)[0] - 2.0
        assert abs(found[1]) == pytest.approx(abs(expected), abs=1e-12)
        assert abs(found[2] - found[0]) == pytest.approx(np.sqrt(2))


def test_harmonics_are_pairs_of_waves_of_the_year(timeline: xr.Dataset) -> None:
    """None gives no wave, two give sine and cosine once and twice a year."""
    assert season_waves(timeline, 0).shape == (0, MONTHS)
    angle = timeline.year_angle.values
    expected = [np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)]
    assert season_waves(timeline, 2) == pytest.approx(np.array(expected))


def test_one_trust_alone_has_a_model_too(priors: dict[str, float]) -> None:
    """With a single trust nothing is pooled: the same quantities, and no effect between trusts."""
    one = build_timeline(pd.date_range("2024-01-01", periods=MONTHS, freq="MS"), {"A": LAUNCHES["A"]})
    whole = inputs(build_timeline(pd.date_range("2024-01-01", periods=MONTHS, freq="MS"), LAUNCHES))
    first = whole.mix.where(whole.mix.trust == 0)
    counts = np.full(MONTHS, 1000)
    none = np.zeros(3, dtype=int)
    alone = CallInputs(
        trusts=("A",),
        dispositions=DISPOSITIONS,
        timeline=one,
        volumes={
            "physical": VolumeCells(np.zeros(MONTHS, dtype=int), np.arange(MONTHS), counts, counts),
            "mental": VolumeCells(none, np.arange(3, 6), np.full(3, 100), np.full(3, 100)),
        },
        mix=first,
        lost={"unrecorded": ShareCells(np.arange(3), none, none, np.full(3, 10), np.full(3, 100))},
    )
    model = build_call_model(alone, build_calendar(one, harmonics=0), priors=priors)
    assert set(NEEDED) <= set(model.named_vars)
    assert not [name for name in model.named_vars if name.startswith("mix_trust")]
