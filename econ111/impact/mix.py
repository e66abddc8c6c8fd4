"""Disposition shares by stage and trust: softmax of a stage's mean and zero-sum trust effects.

The trust effects sum to zero over trusts and over dispositions. That leaves no ridge between mean and effects and
takes a fifth of the sampler's steps; the stage's mean is then the mean of these trusts, not of a wider population.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from econ111.impact.priors import LEAST_VARIANCE, Priors


def disposition_shares(priors: Priors) -> TensorVariable:
    """Share of each disposition (stage, trust, disposition); sums to 1 over dispositions.

    Stage means are ZeroSumNormal(`mix_mean_sd`) on the log-odds scale. The sd of the trust effects is log-normal with
    median `mix_trust_sd` and log sd `mix_trust_log_sd`: trusts are never exactly alike, and a scale that may fall to
    zero cannot be sampled with effects that stand at their own place.
    """
    coords = pm.modelcontext(None).coords
    mean = pm.ZeroSumNormal("mix_mean", priors["mix_mean_sd"], dims=("stage", "disposition"), n_zerosum_axes=1)
    logits = mean[:, None, :]
    if len(coords["trust"]) > 1:
        sd = pm.LogNormal("mix_trust_sd", np.log(priors["mix_trust_sd"]), priors["mix_trust_log_sd"], dims="stage")
        effects = [
            pm.ZeroSumNormal(f"mix_trust_{stage}", sd[k], dims=("trust", "disposition"), n_zerosum_axes=2)
            for k, stage in enumerate(coords["stage"])
        ]
        logits = logits + pt.stack(effects)
    return pm.Deterministic("share", pt.special.softmax(logits, axis=-1), dims=("stage", "trust", "disposition"))


def concentration(priors: Priors) -> TensorVariable:
    """Dirichlet concentration of each stage (stage); its inverse square root is HalfNormal(`mix_scatter`)."""
    scatter = pm.HalfNormal("mix_scatter", priors["mix_scatter"], dims="stage")
    return from_scatter(scatter)


def lost_share(name: str, priors: Priors) -> tuple[TensorVariable, TensorVariable]:
    """Share of calls that are `name`, unrecorded or abandoned (stage, trust), and its concentration."""
    centre = pm.Normal(f"{name}_logit", priors[f"{name}_logit"], priors[f"{name}_logit_sd"], dims="stage")
    logits = centre[:, None]
    if len(pm.modelcontext(None).coords["trust"]) > 1:
        logits = logits + pm.ZeroSumNormal(
            f"{name}_logit_trust", priors[f"{name}_logit_trust_sd"], dims=("stage", "trust"), n_zerosum_axes=1
        )
    share = pm.Deterministic(f"{name}_share", pm.math.invlogit(logits), dims=("stage", "trust"))
    scatter = pm.HalfNormal(f"{name}_scatter", priors[f"{name}_scatter"])
    return share, from_scatter(scatter)


def from_scatter(scatter: TensorVariable) -> TensorVariable:
    """Concentration from its inverse square root, kept finite where a month varies no more than chance."""
    return 1.0 / (scatter**2 + LEAST_VARIANCE)
