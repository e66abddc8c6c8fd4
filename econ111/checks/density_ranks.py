"""Ranks of the truth in one density of the call model alone: the small form of calibration, which tests can afford.

A mistake in a prior, a kernel or the observation operator shows here in a minute; `call_report` says what it means for
the estimands.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import norm

from econ111.activity.cells import CellRule
from econ111.checks.call_calibration import (
    NARROWED,
    Setting,
    broken_inputs,
    broken_priors,
    log_likelihoods,
    prior_densities,
    sample_with_free,
)
from econ111.checks.call_worlds import returned_structure
from econ111.checks.replicate import full_counts, published
from econ111.impact.density.call import CallDensity
from econ111.impact.density.prior_draws import draw_prior
from econ111.specs.schema import Sampling

type Part = Literal["volumes", "mix", "unrecorded"]
PARTS: tuple[Part, ...] = ("volumes", "mix", "unrecorded")
# A small service, every trust of which hides and rounds: here the observation operator matters most.
CENTRES = {"physical": np.log(4.0), "mental": np.log(3.0)}
RULE = CellRule(below=5, zero_included=True, base=5, rounding="nearest")
MISSING = 0.3


def density_ranks(part: Part, number: int, setting: Setting) -> pd.DataFrame:
    """Draw a service from the prior, fit one density to what it returned, and rank the truth among the draws.

    Parameters
    ----------
    part : {"volumes", "mix", "unrecorded"}
        Which density is fitted.
    number : int
        Which simulation; with the part's name it is the seed, whatever the breakage.
    setting : Setting
        Priors, sampling, and what is broken on purpose.

    Returns
    -------
    DataFrame
        number, quantity, rank (draws below the truth, of all) and draws: of every scale and scatter, of every expanded
        quantity's mean over trusts and months, and of the log likelihood.
    """
    rng = np.random.default_rng([*part.encode(), number])
    structure = returned_structure(MISSING, rng)
    priors = dict(setting.priors) | NARROWED
    blank = prior_densities(structure, priors, CENTRES)
    frees = [draw_prior(density, rng) for density in blank]
    truth = xr.merge([density.expand(free[None]) for density, free in zip(blank, frees, strict=True)]).isel(sample=0)
    rules = dict.fromkeys(structure.trusts, RULE)
    returned = published(structure, full_counts(structure, truth, rng), rng, rules=rules)
    place, breakage = PARTS.index(part), setting.breakage
    density = prior_densities(broken_inputs(returned, breakage), broken_priors(priors, breakage), CENTRES)[place]
    sampling = Sampling(tune=setting.tune, draws=setting.draws, chains=setting.chains, seed=int(rng.integers(2**31)))
    posterior, (drawn,) = sample_with_free((density,), sampling)
    true = blank[place].expand(frees[place][None])
    found = _scales(density, drawn) | _means(posterior)
    at_truth = _scales(density, frees[place][None]) | _means(true)
    likelihood, likelihood_at_truth = log_likelihoods((density,), [drawn], [frees[place]])
    found["log likelihood"], at_truth["log likelihood"] = likelihood, np.array([likelihood_at_truth])
    rows = [(number, name, int((draws < at_truth[name][0]).sum()), len(draws)) for name, draws in found.items()]
    return pd.DataFrame(rows, columns=["number", "quantity", "rank", "draws"])


def _scales(density: CallDensity, free: np.ndarray) -> dict[str, np.ndarray]:
    """Every scale and scatter, on the log scale as the sampler has it."""
    parts = density.layout.split(free)
    scales = {
        name: values.reshape(len(free), -1) for name, values in parts.items() if name.endswith(("_sd", "scatter"))
    }
    return {f"{name} {at}": values[:, at] for name, values in scales.items() for at in range(values.shape[1])}


def _means(draws: xr.Dataset) -> dict[str, np.ndarray]:
    """Expanded quantities of every trust: means over months, shares one by one."""
    found: dict[str, np.ndarray] = {}
    for name in ("expected_with", "expected_mental", "displacement", "share", "unrecorded_share"):
        if name in draws:
            values = draws[name].mean("month") if "month" in draws[name].dims else draws[name]
            columns = values.transpose("sample", ...).values.reshape(values.sizes["sample"], -1)
            found |= {f"{name} {at}": columns[:, at] for at in range(columns.shape[1])}
    return found


def rank_moments(rows: pd.DataFrame) -> pd.DataFrame:
    """Whether the ranks of each quantity lie evenly, by two moments: few simulations tell a tilt or a hump, not more.

    Parameters
    ----------
    rows : DataFrame
        From `density_ranks` of several simulations.

    Returns
    -------
    DataFrame
        quantity, simulations, mean (of the rank as a share; one half), spread (mean distance from one half; a quarter),
        p_value (two-sided, of the further of the two, doubled) and even: whether that is at least 0.05 over the number
        of quantities, so that one table in twenty of a sound model has a row that is not.
    """
    share = (rows["rank"] + 0.5) / (rows["draws"] + 1)
    placed = pd.DataFrame({"quantity": rows.quantity, "share": share, "distance": (share - 0.5).abs()})
    table = placed.groupby("quantity", sort=False).agg(
        simulations=("share", "size"), mean=("share", "mean"), spread=("distance", "mean")
    )
    # A uniform share has sd 1 / sqrt(12), its distance from one half 1 / sqrt(48).
    tilt = (table["mean"] - 0.5).abs() * np.sqrt(12 * table.simulations)
    hump = (table.spread - 0.25).abs() * np.sqrt(48 * table.simulations)
    table["p_value"] = np.minimum(4 * norm.sf(np.maximum(tilt, hump)), 1.0)
    table["even"] = table.p_value >= 0.05 / len(table)
    return table.reset_index()
