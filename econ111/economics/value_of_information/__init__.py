"""Decisions under uncertainty: decision curves, and what better information would be worth.

Plain draws in, tidy tables out, with standard errors and the basis on every row. Nothing here knows where draws come
from: a table of net benefit and one of parameters from any model will do.
"""

from __future__ import annotations

from econ111.economics.value_of_information.partial import EstimatesDiffer, evppi, evppi_curve
from econ111.economics.value_of_information.perfect import evpi, evpi_curve
from econ111.economics.value_of_information.sample_information import evsi
from econ111.economics.value_of_information.study import Basis

__all__ = [
    "Basis",
    "EstimatesDiffer",
    "evpi",
    "evpi_curve",
    "evppi",
    "evppi_curve",
    "evsi",
]
