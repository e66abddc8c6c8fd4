"""The model of the calls: volumes, displacement, dispositions and lost calls, as one `pm.Model`.

Everything that an estimand needs is a named deterministic: `expected_without`, `expected_with` (physical line),
`expected_mental` (calls), `share` (stage, trust, disposition) and `unrecorded_share` (stage, trust). This is what is
fitted; `econ111.impact.density` evaluates the same log density faster, and the tests hold the two equal.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from econ111.impact.calendar import Calendar
from econ111.impact.inputs import STAGES, CallInputs, ShareCells, order_of_size
from econ111.impact.mix import concentration, disposition_shares, lost_share
from econ111.impact.observation import observe_mix, observe_volumes
from econ111.impact.priors import Priors
from econ111.impact.volumes import displacement, log_level, log_ramp, marked, overdispersion, season_pattern


def build_call_model(inputs: CallInputs, calendar: Calendar, *, priors: Priors) -> pm.Model:
    """The joint model of all trusts' calls.

    Parameters
    ----------
    inputs : CallInputs
        From `build_inputs`.
    calendar : Calendar
        From `build_calendar`, for the same trusts and months.
    priors : mapping
        Scales of the priors by name; see `data/parameters/priors.csv`.

    Returns
    -------
    pm.Model
        Deterministics `expected_without`, `expected_with`, `expected_mental` (trust, month) in answered calls,
        `displacement` (trust), `share` (stage, trust, disposition), `unrecorded_share` and, where it was supplied,
        `abandoned_share` (stage, trust); `expected_crisis_without` and `_with` where a crisis line was supplied.
    """
    coords = {
        "trust": list(inputs.trusts),
        "month": list(calendar.labels),
        "stage": list(STAGES),
        "disposition": list(inputs.dispositions),
    }
    with pm.Model(coords=coords) as model:
        _volumes(inputs, calendar, priors)
        shares = disposition_shares(priors)
        cells = inputs.mix
        observe_mix(
            "dispositions",
            cells,
            shares=shares[cells.stage, cells.trust],
            concentration=concentration(priors)[cells.stage],
        )
        for name, lost in inputs.lost.items():
            _lost(name, lost, priors)
    return model


def _volumes(inputs: CallInputs, calendar: Calendar, priors: Priors) -> None:
    pattern = season_pattern(calendar.waves, priors) + calendar.log_days
    ramp = log_ramp(calendar, priors)
    markers = len(calendar.markers)
    coefficients = pm.Normal("marker", 0.0, priors["marker_sd"], shape=markers) if markers else pt.zeros(0)
    opened = calendar.open_share > 0
    use = pt.switch(opened, calendar.open_share * pt.exp(ramp), 0.0)
    for line in inputs.volumes:
        more = pattern + marked(calendar, line, coefficients)
        if line == "mental":
            expected = _mental_line(inputs, calendar, more + ramp, priors)
        else:
            expected = _falling_line(inputs, calendar, line, more, use, priors)
        cells = inputs.volumes[line]
        observe_volumes(
            f"calls_{line}",
            cells,
            expected=expected[cells.trust, cells.month],
            overdispersion=overdispersion(line, priors),
        )


def _falling_line(
    inputs: CallInputs, calendar: Calendar, line: str, more: TensorVariable, use: TensorVariable, priors: Priors
) -> TensorVariable:
    """Expected calls of a line that may lose some to the service (trust, month)."""
    level = log_level(
        line, centre=order_of_size(inputs, line), months=calendar.months, priors=priors, about=calendar.before,
        trend=calendar.trend,
    )  # fmt: skip
    fall = displacement("displacement" if line == "physical" else f"{line}_displacement", priors)
    stem = "expected" if line == "physical" else f"expected_{line}"
    without = level + more
    pm.Deterministic(f"{stem}_without", pt.exp(without), dims=("trust", "month"))
    return pm.Deterministic(f"{stem}_with", pt.exp(without - fall[:, None] * use), dims=("trust", "month"))


def _mental_line(inputs: CallInputs, calendar: Calendar, more: TensorVariable, priors: Priors) -> TensorVariable:
    """Expected calls of the mental line, none before it opened (trust, month)."""
    first, opened = calendar.first_open, calendar.open_share > 0
    level = log_level("mental", centre=order_of_size(inputs, "mental"), months=calendar.months - first, priors=priors)
    padded = pt.concatenate([pt.zeros((len(inputs.trusts), first)), level], axis=1)
    log_rate = padded + more + np.log(np.where(opened, calendar.open_share, 1.0))
    return pm.Deterministic("expected_mental", pt.switch(opened, pt.exp(log_rate), 0.0), dims=("trust", "month"))


def _lost(name: str, cells: ShareCells, priors: Priors) -> None:
    share, tightness = lost_share(name, priors)
    chance = share[cells.stage, cells.trust]
    pm.BetaBinomial(
        name,
        n=cells.total,
        alpha=chance * tightness,
        beta=(1 - chance) * tightness,
        observed=cells.count,
    )
