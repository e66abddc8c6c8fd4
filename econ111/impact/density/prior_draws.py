"""Free vectors drawn from the priors: what simulation-based calibration starts from."""

from __future__ import annotations

import numpy as np

from econ111.impact.density.call import CallDensity
from econ111.impact.density.mix import MixDensity
from econ111.impact.density.recording import ShareDensity
from econ111.impact.density.volumes import VolumeDensity, displacement_name
from econ111.impact.inputs import STAGES


def draw_prior(density: CallDensity, rng: np.random.Generator) -> np.ndarray:
    """One free vector from the prior of a density; the PyMC model states the same priors."""
    if isinstance(density, VolumeDensity):
        return _volumes(density, rng)
    return _mix(density, rng) if isinstance(density, MixDensity) else _share(density, rng)


def _volumes(density: VolumeDensity, rng: np.random.Generator) -> np.ndarray:
    priors = density.priors
    shapes = density.layout.shapes
    # What is not named below is standard normal: modes, and trusts' departures in units of their sd.
    parts = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    parts["season_coefficient"] = priors["season_sd"] * parts["season_coefficient"]
    parts["log_ramp_months"] = np.log(priors["ramp_months"]) + priors["ramp_log_sd"] * parts["log_ramp_months"]
    parts["marker"] = priors["marker_sd"] * parts["marker"]
    for line, centre in density.centres.items():
        parts[f"{line}_level"] = centre + priors["level_sd"] * parts[f"{line}_level"]
        parts[f"{line}_level_sd"] = _log_half_normal(priors["level_step_sd"], (), rng)
        parts[f"{line}_trust_level_sd"] = _log_half_normal(priors["trust_level_step_sd"], (), rng)
        parts[f"{line}_relative_sd"] = (
            np.log(priors["relative_sd"]) + priors["relative_log_sd"] * parts[f"{line}_relative_sd"]
        )
    for line in density.falling:
        name = displacement_name(line)
        parts[f"{line}_slope"] = priors["level_slope_sd"] * parts[f"{line}_slope"]
        drift = density.moved(parts, line)
        parts[f"{name}_mean"] = priors["displacement_sd"] * parts[f"{name}_mean"] - drift
        parts[f"{name}_sd"] = (
            np.log(priors["displacement_trust_sd"]) + priors["displacement_trust_log_sd"] * parts[f"{name}_sd"]
        )
    return density.layout.join(parts)


def _mix(density: MixDensity, rng: np.random.Generator) -> np.ndarray:
    priors, shapes = density.priors, density.layout.shapes
    parts = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    parts["mix_mean"] = priors["mix_mean_sd"] * parts["mix_mean"]
    parts["mix_scatter"] = _log_half_normal(priors["mix_scatter"], (len(STAGES),), rng)
    if len(density.trusts) > 1:
        parts["mix_trust_sd"] = np.log(priors["mix_trust_sd"]) + priors["mix_trust_log_sd"] * parts["mix_trust_sd"]
        for place, stage in enumerate(STAGES):
            parts[f"mix_trust_{stage}"] = np.exp(parts["mix_trust_sd"][place]) * parts[f"mix_trust_{stage}"]
    return density.layout.join(parts)


def _share(density: ShareDensity, rng: np.random.Generator) -> np.ndarray:
    priors, name = density.priors, density.name
    shapes = density.layout.shapes
    parts = {
        f"{name}_logit": priors[f"{name}_logit"] + priors[f"{name}_logit_sd"] * rng.normal(size=len(STAGES)),
        f"{name}_logit_trust": priors[f"{name}_logit_trust_sd"] * rng.normal(size=shapes[f"{name}_logit_trust"]),
        f"{name}_scatter": _log_half_normal(priors[f"{name}_scatter"], (), rng),
    }
    return density.layout.join(parts)


def _log_half_normal(scale: float, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    return np.asarray(np.log(np.abs(scale * rng.normal(size=shape))))
