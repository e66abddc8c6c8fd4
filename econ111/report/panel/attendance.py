"""Scenarios of attendance after advice, weighed again from the same posterior draws when the page is made.

The browser cannot weigh again, so the page carries the numbers avoided under each scenario of what follows advice:
every chance of attending ED at one end of its interval, or everybody told to go there going.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.intervals import INTERVAL_LEVEL
from econ111.results import Evaluation

AS_DRAWN = "as_drawn"
PREFIX, ATTENDING = "attended.", ".ed_attendance"
TOLD = "attended.ed.ed_attendance"


@dataclass(frozen=True)
class AttendanceScenarios:
    """`labels` by key, without the report's own; `avoided` (scenario, estimand, trust, consequence, sample)."""

    labels: Mapping[str, str]
    avoided: xr.DataArray


def attendance_scenarios(evaluation: Evaluation) -> AttendanceScenarios | None:
    """The scenarios of one evaluation, for the consequences that they move; None where it cannot be weighed again."""
    parameters, outcomes = evaluation.parameter_draws, evaluation.outcomes
    if evaluation.reweigh is None or parameters is None or outcomes is None:
        return None
    names = [str(name) for name in parameters if str(name).startswith(PREFIX) and str(name).endswith(ATTENDING)]
    if not names:
        return None
    tail = (1 - INTERVAL_LEVEL) / 2
    low, high = ({name: float(np.quantile(parameters[name], share)) for name in names} for share in (tail, 1 - tail))
    level = f"{INTERVAL_LEVEL:.0%}"
    fixed = {
        "low": (f"Each chance of attending ED at the low end of its {level} interval", low),
        "high": (f"Each chance of attending ED at the high end of its {level} interval", high),
    }
    if TOLD in names:
        fixed["all_told"] = ("Everybody told to go to ED goes", {TOLD: 1.0})
    base = _fewer(outcomes)
    found = [_fewer(evaluation.reweigh(_held(parameters, values))) for _, values in fixed.values()]
    avoided = xr.concat(found, dim="scenario").assign_coords(scenario=list(fixed))
    moved = [name for name in base["consequence"].values if bool((avoided != base).sel(consequence=name).any())]
    if not moved:
        return None
    return AttendanceScenarios({key: label for key, (label, _) in fixed.items()}, avoided.sel(consequence=moved))


def _held(parameters: xr.Dataset, values: Mapping[str, float]) -> xr.Dataset:
    return parameters.assign({name: xr.full_like(parameters[name], value) for name, value in values.items()})


def _fewer(outcomes: xr.Dataset) -> xr.DataArray:
    return outcomes["without_service"] - outcomes["with_service"]
