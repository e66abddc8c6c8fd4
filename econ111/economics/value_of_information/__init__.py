"""Decisions under uncertainty: decision curves, and what better information would be worth.

Plain draws in, tidy tables out, with standard errors and the basis on every row. Nothing here knows where draws come
from: a table of net benefit and one of parameters from any model will do.
"""

from __future__ import annotations

from econ111.economics.value_of_information.apart import value_apart
from econ111.economics.value_of_information.basis import Basis
from econ111.economics.value_of_information.curves import (
    NOT_REFERENCE_CASE,
    cost_per_effect,
    decision_curve,
    quadrants,
)
from econ111.economics.value_of_information.estimate import Fit
from econ111.economics.value_of_information.layouts import DrawTables, read_draws, write_draws
from econ111.economics.value_of_information.partial import EstimatesDiffer, Pair, evppi, evppi_curve, smoother_of
from econ111.economics.value_of_information.perfect import evpi, evpi_curve
from econ111.economics.value_of_information.polynomial import Form, PolynomialSmoother
from econ111.economics.value_of_information.population import Scale, StudyCost, enbs
from econ111.economics.value_of_information.receivers import compared, gains_by_part, value_of_learning
from econ111.economics.value_of_information.sample_information import evsi
from econ111.economics.value_of_information.studies import audit, completed_return, linked_attendances
from econ111.economics.value_of_information.variance import share_explained, variance_explained

__all__ = [
    "NOT_REFERENCE_CASE",
    "Basis",
    "DrawTables",
    "EstimatesDiffer",
    "Fit",
    "Form",
    "Pair",
    "PolynomialSmoother",
    "Scale",
    "StudyCost",
    "audit",
    "compared",
    "completed_return",
    "cost_per_effect",
    "decision_curve",
    "enbs",
    "evpi",
    "evpi_curve",
    "evppi",
    "evppi_curve",
    "evsi",
    "gains_by_part",
    "linked_attendances",
    "quadrants",
    "read_draws",
    "share_explained",
    "smoother_of",
    "value_apart",
    "value_of_learning",
    "variance_explained",
    "write_draws",
]
