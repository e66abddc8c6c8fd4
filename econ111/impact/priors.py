"""Scales of the priors, by name; values and reasons stand in `data/parameters/priors.csv`."""

from __future__ import annotations

from collections.abc import Mapping

Priors = Mapping[str, float]
# Scatter so small that it adds a thousandth to the sd of a count of 200 leaves differences of log-gammas accurate.
LEAST_VARIANCE = 1e-5
