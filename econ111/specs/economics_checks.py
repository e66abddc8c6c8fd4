"""Faults of an [economics] section that no single key shows: who pays, which basis, and the thresholds."""

from __future__ import annotations

import math
from itertools import pairwise

from econ111.errors import nearest
from econ111.specs.schema import Economics
from econ111.specs.staffing import STAFFING

# Payers that every report has words for; the payer of any consequence of the evaluation is known besides.
PAYERS = ("mental_health_trust", "icb", "acute", "ambulance", "primary_care", "nhs_england")

type Fault = tuple[str, str, str]


def economics_faults(economics: Economics) -> list[Fault]:
    """What is wrong with a section of economics: the key, what is wrong with it, and what to do.

    Parameters
    ----------
    economics : Economics
        As read; every single key of it is allowed.

    Returns
    -------
    list of (key, what, remedy)
        Empty when nothing is wrong.

    Examples
    --------
    >>> _threshold_faults((0.0, 200.0, 100.0))[0][1]
    'economics.thresholds come in another order than from small to large: 100 after 200.'
    """
    bases = [*economics.service_cost_bases, *([STAFFING] if economics.staffing else [])]
    found: list[Fault] = []
    if economics.service_cost not in bases:
        what = f"economics.service_cost {economics.service_cost!r} is not one of the bases."
        found.append(("service_cost", what, nearest(economics.service_cost, bases)))
    payers = {*PAYERS, *(item.payer for item in economics.consequences)}
    if economics.service_payer not in payers:
        what = f"economics.service_payer {economics.service_payer!r} is no payer that is known."
        found.append(("service_payer", what, nearest(economics.service_payer, payers)))
    return found + _threshold_faults(economics.thresholds)


def _threshold_faults(thresholds: tuple[float, ...]) -> list[Fault]:
    """A curve along thresholds needs them in order, each once, finite and none below 0."""
    remedy = "Give numbers in GBP from small to large, 0 or above, each once."
    found = [
        ("thresholds", f"economics.thresholds hold {value:g}, which nobody can be willing to pay.", remedy)
        for value in thresholds
        if not (math.isfinite(value) and value >= 0)
    ]
    for before, after in [] if found else pairwise(thresholds):
        if after == before:
            found.append(("thresholds", f"economics.thresholds hold {after:g} twice.", remedy))
        elif after < before:
            what = "economics.thresholds come in another order than from small to large:"
            found.append(("thresholds", f"{what} {after:g} after {before:g}.", remedy))
    return found
