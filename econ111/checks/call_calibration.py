"""One simulated service, fitted and compared with what made it; many of them say whether intervals can be trusted.

Simulation-based calibration: truths from the prior, ranks of the truth among posterior draws uniform (Talts S et al.,
arXiv 1804.06788; Modrak M et al., Bayesian Analysis 2023, on adding the log likelihood). Coverage: truths from fixed
worlds, some of which the model does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import DISPOSITIONS
from econ111.checks.call_worlds import RULES, CallWorld, make_world, returned_structure
from econ111.checks.replicate import full_counts, published
from econ111.impact.calendar import build_calendar
from econ111.impact.density import MixDensity, ShareDensity, VolumeDensity
from econ111.impact.density.call import CallDensity, call_densities
from econ111.impact.density.prior_draws import draw_prior
from econ111.impact.estimands import Elsewhere, avoided_referrals, call_flows
from econ111.impact.inputs import CallInputs, MixCells, ShareCells, VolumeCells
from econ111.impact.priors import Priors
from econ111.impact.verdicts import judge, variance_owned
from econ111.inference import sample_densities
from econ111.intervals import INTERVAL_LEVEL
from econ111.parameters import Catalogue, draw_group, draw_parameters, load_catalogue
from econ111.specs.schema import Sampling

ITEMS = ("ed", "primary_care")
PERIOD = (date(2024, 4, 1), date(2025, 1, 31))
THINNED = 100
# Levels of calls are known to an order of size in every real evaluation; services of one call a month teach nothing.
NARROWED = {"level_sd": 0.4, "mix_mean_sd": 0.8, "displacement_sd": 0.5}
# Daily calls about which levels are drawn, on the log scale.
CENTRES = {"physical": np.log(40.0), "mental": np.log(30.0)}


@dataclass(frozen=True)
class Setting:
    """Numbers that every simulation shares: `breakage` spoils the fit on purpose, to see the checks fail."""

    priors: Priors
    rules: Mapping[str, float]
    catalogue: Catalogue
    tune: int = 300
    draws: int = 400
    chains: int = 2
    breakage: str = ""


def shipped_setting(*, tune: int = 300, draws: int = 400, chains: int = 2, breakage: str = "") -> Setting:
    """Priors, rules and parameters as they ship."""
    catalogue = load_catalogue()

    def named(prefix: str) -> dict[str, float]:
        names = [name for name in catalogue if name.startswith(prefix)]
        return {name.removeprefix(prefix): catalogue[name].value for name in names}

    return Setting(named("prior_"), named("verdict_"), catalogue, tune, draws, chains, breakage)


def simulate_once(world: CallWorld, number: int, setting: Setting) -> pd.DataFrame:
    """Simulate, fit and compare one service.

    Parameters
    ----------
    world : CallWorld
        What makes the service.
    number : int
        Which simulation; with the world's name it is the seed.
    setting : Setting
        Priors, rules and sampling.

    Returns
    -------
    DataFrame
        One row per quantity: world, number, quantity, truth, mean, sd, low, high (the interval's ends), rank (draws
        below the truth, of `THINNED`), verdict.
    """
    rng = np.random.default_rng([*world.name.encode(), number])
    inputs = returned_structure(world.missing, rng)
    priors = dict(setting.priors) | (NARROWED if world.from_prior else {})
    if world.from_prior:
        blank = prior_densities(inputs, priors)
        frees = [draw_prior(density, rng) for density in blank]
        truth = xr.merge([part.expand(free[None]) for part, free in zip(blank, frees, strict=True)]).isel(sample=0)
        made = truth
    else:
        made, truth = make_world(world, inputs, rng)
        frees = None
    returned = published(inputs, full_counts(inputs, made, rng), rng, rules=RULES)
    service = _Service(returned, truth, frees, priors)
    return _compared(world, service, setting, rng).assign(world=world.name, number=number)


@dataclass(frozen=True)
class _Service:
    """One simulated service: what was returned, the truth, the free vectors behind it when they came from the prior."""

    returned: CallInputs
    truth: xr.Dataset
    frees: list[np.ndarray] | None
    priors: Priors


def _compared(world: CallWorld, service: _Service, setting: Setting, rng: np.random.Generator) -> pd.DataFrame:
    returned, truth, frees, priors = service.returned, service.truth, service.frees, service.priors
    inputs, held = broken_inputs(returned, setting.breakage), broken_priors(priors, setting.breakage)
    densities = prior_densities(inputs, held) if world.from_prior else data_densities(inputs, held)
    sampling = Sampling(tune=setting.tune, draws=setting.draws, chains=setting.chains, seed=int(rng.integers(2**31)))
    posterior, drawn = sample_with_free(densities, sampling)
    samples = posterior.sizes["sample"]
    elsewhere = draw_elsewhere(setting.catalogue, samples + 1, seed=int(rng.integers(2**31)))
    ours, theirs = (_at(elsewhere, slice(0, samples)), _at(elsewhere, slice(samples, samples + 1)))
    found = avoided(posterior, ours, returned)
    true = avoided(truth.expand_dims(sample=1), theirs, returned)
    assumed = np.column_stack([part.values for part in _parts(ours)])
    rows = []
    for name, draws in found.items():
        owned = float(variance_owned(draws[:, None], assumed)[0]) if name.startswith("E3") else 0.0
        verdict = judge(draws, rules=setting.rules, prior_share=owned).word
        rows.append(_row(name, float(true[name][0]), draws, verdict))
    if frees is not None:
        likelihood, at_truth = log_likelihoods(densities, drawn, frees)
        rows.append(_row("log likelihood", at_truth, likelihood, ""))
    return pd.DataFrame(rows)


def _row(name: str, truth: float, draws: np.ndarray, verdict: str) -> dict[str, Any]:
    tail = (1 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    thin = draws[:: max(len(draws) // THINNED, 1)][:THINNED]
    return {
        "quantity": name, "truth": truth, "mean": draws.mean(), "sd": draws.std(), "low": low, "high": high,
        "rank": int((thin < truth).sum()), "verdict": verdict,
    }  # fmt: skip


def prior_densities(
    inputs: CallInputs, priors: Priors, centres: Mapping[str, float] = CENTRES
) -> tuple[CallDensity, ...]:
    """The model of a service from the prior: about the same centres whatever was returned."""
    calendar = build_calendar(inputs.timeline, harmonics=1)
    trusts = inputs.trusts
    return (
        VolumeDensity(trusts, calendar, inputs.volumes, dict(centres), priors),
        MixDensity(trusts, inputs.dispositions, inputs.mix, priors),
        ShareDensity("unrecorded", trusts, inputs.lost["unrecorded"], priors),
    )


def data_densities(inputs: CallInputs, priors: Priors) -> tuple[CallDensity, ...]:
    """The model of a service about the order of size of its own data, as an evaluation has it."""
    return call_densities(inputs, build_calendar(inputs.timeline, harmonics=1), priors=priors)


def sample_with_free(densities: tuple[CallDensity, ...], sampling: Sampling) -> tuple[xr.Dataset, list[np.ndarray]]:
    """Draws, and the free vectors of each density behind them."""
    drawn: list[np.ndarray] = []

    @dataclass(frozen=True)
    class Kept:
        inner: CallDensity

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def expand(self, free: np.ndarray) -> xr.Dataset:
            drawn.append(free)
            return self.inner.expand(free)

    posterior = sample_densities([Kept(density) for density in densities], sampling, cores=1)
    return posterior.draws, drawn


def log_likelihoods(
    densities: tuple[CallDensity, ...], drawn: list[np.ndarray], truth: list[np.ndarray]
) -> tuple[np.ndarray, float]:
    """Log likelihood of every draw and of the truth: the log density less that of the same density without data."""
    whole, at_truth = np.zeros(len(drawn[0])), 0.0
    for density, frees, true in zip(densities, drawn, truth, strict=True):
        full, prior = density.log_density(), _without_data(density).log_density()
        whole += [full(free)[0] - prior(free)[0] for free in frees]
        at_truth += full(true)[0] - prior(true)[0]
    return whole, at_truth


def _without_data(density: CallDensity) -> CallDensity:
    """The same density of a service that returned nothing: its prior."""
    if isinstance(density, VolumeDensity):
        return replace(density, cells={line: _head(cells, 0) for line, cells in density.cells.items()})
    if isinstance(density, MixDensity):
        # A row of no calls is certain, whatever the shares.
        first = _head(density.cells, 1)
        blank, none = np.zeros_like(first.low), np.zeros_like(first.total_low)
        return replace(density, cells=replace(first, low=blank, high=blank, total_low=none, total_high=none))
    return replace(density, cells=_head(density.cells, 0))


def _head[Cells: (VolumeCells, MixCells, ShareCells)](cells: Cells, count: int) -> Cells:
    return type(cells)(*(getattr(cells, field.name)[:count] for field in fields(cells)))


def avoided(draws: xr.Dataset, elsewhere: Elsewhere, inputs: CallInputs) -> dict[str, np.ndarray]:
    """E1 to E3 of ED and primary care by trust and in total, and the displaced share of physical-line calls."""
    labelled = draws.assign_coords(month=inputs.timeline.month.values)
    flows = call_flows(labelled, elsewhere, timeline=inputs.timeline, start=PERIOD[0], end=PERIOD[1]).sum("month")
    pair = avoided_referrals(flows, draws.share, elsewhere)
    by_trust = (pair.without_service - pair.with_service).sel(disposition=list(ITEMS)).transpose("sample", ...)
    found: dict[str, np.ndarray] = {}
    for code, estimand in (("E1", "same_calls"), ("E2", "displaced"), ("E3", "net_system")):
        for item in ITEMS:
            values = by_trust.sel(estimand=estimand, disposition=item).transpose("sample", "trust").values
            found[f"{code} {item} Total"] = values.sum(axis=1)
            found |= {f"{code} {item} {name}": values[:, place] for place, name in enumerate(inputs.trusts)}
    without = labelled.expected_without.sel(month=slice(*map(str, PERIOD))).sum(["trust", "month"])
    found["displaced share Total"] = (flows.displaced.sum("trust") / without).values
    return found


def draw_elsewhere(catalogue: Catalogue, samples: int, *, seed: int) -> Elsewhere:
    """What call data cannot tell, from its own prior."""
    share = draw_parameters(catalogue, ["absorbed_share"], samples=samples, seed=seed)["absorbed_share"]
    mixes = [
        draw_group(catalogue, name, samples=samples, seed=seed)
        .rename(component="disposition")
        .sel(disposition=list(DISPOSITIONS))
        for name in ("crisis_line_mix", "induced_otherwise")
    ]
    return Elsewhere(share, *mixes)


def _at(elsewhere: Elsewhere, chosen: slice) -> Elsewhere:
    return Elsewhere(*(part.isel(sample=chosen) for part in _parts(elsewhere)))


def _parts(elsewhere: Elsewhere) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray]:
    if elsewhere.absorbed_share is None:
        raise TypeError("the absorbed share of a calibration is a prior")
    return elsewhere.absorbed_share, elsewhere.crisis_line_mix, elsewhere.induced_otherwise


def broken_inputs(inputs: CallInputs, breakage: str) -> CallInputs:
    """The inputs as a careless analyst would take them: hidden and rounded counts at face value."""
    if breakage != "no observation operator":
        return inputs
    mix = inputs.mix
    face = np.where(mix.low == 0, 0, (mix.low + mix.high) // 2)
    total = face.sum(axis=1)
    return replace(inputs, mix=replace(mix, low=face, high=face, total_low=total, total_high=total))


def broken_priors(priors: Priors, breakage: str) -> Priors:
    """The priors with one of them doubled, as in "double displacement_trust_sd"."""
    name = breakage.removeprefix("double ")
    return dict(priors) | {name: 2 * priors[name]} if name != breakage else priors
