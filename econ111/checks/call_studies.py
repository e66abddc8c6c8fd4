"""Two studies of data that are not whole: unrecorded calls unlike the recorded ones, and counts hidden and rounded."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import DISPOSITIONS
from econ111.activity.cells import CellRule
from econ111.checks.call_calibration import (
    ITEMS,
    PERIOD,
    Setting,
    avoided,
    data_densities,
    draw_elsewhere,
    sample_with_free,
)
from econ111.checks.call_worlds import CallWorld, complete, make_world, returned_structure
from econ111.checks.replicate import FullCounts, full_counts, published
from econ111.impact.inputs import CallInputs
from econ111.impact.unrecorded import recorded_shares, recovery
from econ111.specs.schema import Sampling

WORLD = CallWorld("not whole", 1)
RULE = CellRule(below=5, zero_included=True, base=5, rounding="nearest")
# Odds of going unrecorded against self-care, by line: advice to attend is written down least often on the mental line.
TRUE_ODDS = {"before": {"ed": 0.5, "primary_care": 1.5}, "mental": {"ed": 3.0, "primary_care": 2.0}}


def unrecorded_study(number: int, setting: Setting) -> pd.DataFrame:
    """How well E1 is recovered when calls go unrecorded by disposition.

    Parameters
    ----------
    number : int
        Which simulation; also its seed.
    setting : Setting
        Priors and sampling.

    Returns
    -------
    DataFrame
        By disposition (ED and primary care): number, truth, with_true_log_odds and at_random (estimates),
        bias_with_true_log_odds and bias_at_random (shares of the truth), low, high (no-assumption bounds),
        within_bounds.
    """
    rng = np.random.default_rng([*b"unrecorded", number])
    structure = complete(returned_structure(WORLD.missing, rng))
    made, truth = make_world(WORLD, structure, rng)
    everyone, log_odds = truth["share"], _true_log_odds(truth)
    made = made.assign(share=recorded_shares(everyone, made.unrecorded_share, log_odds).transpose(*everyone.dims))
    returned = published(structure, full_counts(structure, made, rng), rng, rules={})
    draws = _fitted(returned, setting, rng)
    open_ = _in_period(returned)
    calls = draws.expected_mental.isel(month=open_).sum("month")
    contrast = everyone.sel(stage="before", drop=True) - everyone.sel(stage="mental", drop=True)
    true = (truth.expected_mental.isel(month=open_).sum("month") * contrast).sum("trust")
    found = recovery(true, calls, draws.share, draws.unrecorded_share, log_odds)
    return found.sel(disposition=list(ITEMS)).to_dataframe().reset_index().assign(number=number)


def bounded_study(number: int, setting: Setting) -> pd.DataFrame:
    """How far hiding and rounding every count moves each estimand, beside the same service returned in full.

    Parameters
    ----------
    number : int
        Which simulation; also its seed.
    setting : Setting
        Priors and sampling.

    Returns
    -------
    DataFrame
        By quantity: number, mean and sd from the complete data, bounded_mean and bounded_sd, moved (the difference of
        means in sds of the complete data's posterior), and its Monte Carlo error at a quarter of the draws effective.
    """
    rng = np.random.default_rng([*b"bounded", number])
    structure = complete(returned_structure(WORLD.missing, rng))
    made, _ = make_world(WORLD, structure, rng)
    counts, seed = full_counts(structure, made, rng), int(rng.integers(2**31))
    found = {
        name: _estimands(structure, counts, rules, setting, seed)
        for name, rules in (("complete", {}), ("bounded", dict.fromkeys(structure.trusts, RULE)))
    }
    return moved_rows(found["complete"], found["bounded"]).assign(number=number)


def moved_rows(complete: Mapping[str, np.ndarray], bounded: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """How far each quantity's mean moves between two posteriors, in sds of the first; columns as in `bounded_study`."""
    rows = []
    for quantity, whole in complete.items():
        other = bounded[quantity]
        error = np.sqrt((1 + (other.std() / whole.std()) ** 2) / (len(whole) / 4))
        rows.append({
            "quantity": quantity, "mean": whole.mean(), "sd": whole.std(), "bounded_mean": other.mean(),
            "bounded_sd": other.std(), "moved": (other.mean() - whole.mean()) / whole.std(), "moved_error": error,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _true_log_odds(truth: xr.Dataset) -> xr.DataArray:
    """The stages of the physical line alike (stage, disposition)."""
    found = xr.zeros_like(truth["share"].isel(trust=0, drop=True))
    for stage in truth.stage.values:
        line = "mental" if stage == "mental" else "before"
        for disposition, odds in TRUE_ODDS[line].items():
            found.loc[{"stage": stage, "disposition": disposition}] = np.log(odds)
    return found.reindex(disposition=list(DISPOSITIONS))


def _in_period(inputs: CallInputs) -> np.ndarray:
    months = inputs.timeline.month.values
    return np.asarray((months >= np.datetime64(PERIOD[0])) & (months <= np.datetime64(PERIOD[1])))


def _estimands(
    structure: CallInputs, counts: FullCounts, rules: dict[str, CellRule], setting: Setting, seed: int
) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return fitted_totals(published(structure, counts, rng, rules=rules), setting, seed)


def fitted_totals(inputs: CallInputs, setting: Setting, seed: int) -> dict[str, np.ndarray]:
    """Draws of every total over trusts; one seed draws the same assumptions for every form of the data."""
    draws = _fitted(inputs, setting, np.random.default_rng(seed))
    elsewhere = draw_elsewhere(setting.catalogue, draws.sizes["sample"], seed=seed)
    return {name: values for name, values in avoided(draws, elsewhere, inputs).items() if name.endswith("Total")}


def _fitted(inputs: CallInputs, setting: Setting, rng: np.random.Generator) -> xr.Dataset:
    sampling = Sampling(tune=setting.tune, draws=setting.draws, chains=setting.chains, seed=int(rng.integers(2**31)))
    return sample_with_free(data_densities(inputs, setting.priors), sampling)[0]
