"""The model of the calls: volumes, displacement, dispositions and unrecorded calls, as one `pm.Model`.

Everything that an estimand needs is a named deterministic: `expected_without`, `expected_with` (physical line),
`expected_mental` (calls), `share` (stage, trust, disposition) and `unrecorded_share` (stage, trust).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from econ111.impact.inputs import STAGES, CallInputs, VolumeCells
from econ111.impact.mix import concentration, disposition_shares, unrecorded_share
from econ111.impact.observation import observe_mix, observe_volumes
from econ111.impact.volumes import displacement, log_level, log_ramp, overdispersion, season


def build_call_model(inputs: CallInputs, *, harmonics: int, priors: Mapping[str, float]) -> pm.Model:
    """The joint model of all trusts' calls.

    Parameters
    ----------
    inputs : CallInputs
        From `build_inputs`.
    harmonics : int
        Annual harmonics, 0 to 2.
    priors : mapping
        Scales of the priors by name; see `data/parameters/priors.csv`.

    Returns
    -------
    pm.Model
        Deterministics `expected_without`, `expected_with`, `expected_mental` (trust, month) in answered calls,
        `displacement` (trust), `share` (stage, trust, disposition), `unrecorded_share` (stage, trust).
    """
    coords = {
        "trust": list(inputs.trusts),
        "month": [str(month)[:7] for month in inputs.timeline.month.values],
        "stage": list(STAGES),
        "disposition": list(inputs.dispositions),
    }
    with pm.Model(coords=coords) as model:
        _volumes(inputs, harmonics, priors)
        shares = disposition_shares(priors)
        cells = inputs.mix
        observe_mix(
            "dispositions",
            cells,
            shares=shares[cells.stage, cells.trust],
            concentration=concentration(priors)[cells.stage],
        )
        _unrecorded(inputs, priors)
    return model


def _volumes(inputs: CallInputs, harmonics: int, priors: Mapping[str, float]) -> None:
    timeline = inputs.timeline
    months = timeline.sizes["month"]
    log_days = np.log(timeline.days.values)
    pattern = season(timeline, harmonics, priors) + log_days
    ramp = log_ramp(timeline, priors)
    open_share = timeline.open_share.transpose("trust", "month").values
    opened = open_share > 0
    without = log_level("physical", centre=_centre(inputs, "physical"), months=months, priors=priors) + pattern
    fall = displacement(priors)[:, None] * pt.switch(opened, open_share * pt.exp(ramp), 0.0)
    first = int(np.argmax(opened.any(axis=0)))
    mental_level = log_level("mental", centre=_centre(inputs, "mental"), months=months - first, priors=priors)
    padded = pt.concatenate([pt.zeros((len(inputs.trusts), first)), mental_level], axis=1)
    mental = padded + pattern + ramp + np.log(np.where(opened, open_share, 1.0))
    dims = ("trust", "month")
    pm.Deterministic("expected_without", pt.exp(without), dims=dims)
    expected_with = pm.Deterministic("expected_with", pt.exp(without - fall), dims=dims)
    expected_mental = pm.Deterministic("expected_mental", pt.switch(opened, pt.exp(mental), 0.0), dims=dims)
    for line, expected in (("physical", expected_with), ("mental", expected_mental)):
        cells = inputs.volumes[line]
        observe_volumes(
            f"calls_{line}",
            cells,
            expected=expected[cells.trust, cells.month],
            overdispersion=overdispersion(line, priors),
        )


def _unrecorded(inputs: CallInputs, priors: Mapping[str, float]) -> None:
    cells = inputs.unrecorded
    share, tightness = unrecorded_share(priors)
    chance = share[cells.stage, cells.trust]
    pm.BetaBinomial(
        "unrecorded",
        n=cells.answered,
        alpha=chance * tightness,
        beta=(1 - chance) * tightness,
        observed=cells.unrecorded,
    )


def _centre(inputs: CallInputs, line: str) -> float:
    """Order of size of a line's calls per trust and day, on the log scale."""
    cells: VolumeCells = inputs.volumes[line]
    return float(np.log(np.median(np.maximum(cells.high, 1)) / inputs.timeline.days.values.mean()))
