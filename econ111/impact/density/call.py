"""The call model as its independent densities."""

from __future__ import annotations

from econ111.impact.calendar import Calendar
from econ111.impact.density.mix import MixDensity
from econ111.impact.density.recording import ShareDensity
from econ111.impact.density.volumes import VolumeDensity
from econ111.impact.inputs import CallInputs, order_of_size
from econ111.impact.priors import Priors

CallDensity = VolumeDensity | MixDensity | ShareDensity


def call_densities(inputs: CallInputs, calendar: Calendar, *, priors: Priors) -> tuple[CallDensity, ...]:
    """Densities whose product is the posterior of `build_call_model`; see there for the parameters."""
    trusts = inputs.trusts
    volumes = VolumeDensity(
        trusts, calendar, inputs.volumes, {line: order_of_size(inputs, line) for line in inputs.volumes}, priors
    )
    mix = MixDensity(trusts, inputs.dispositions, inputs.mix, priors)
    lost = [ShareDensity(name, trusts, cells, priors) for name, cells in inputs.lost.items()]
    return (volumes, mix, *lost)
