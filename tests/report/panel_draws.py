"""Draws for the what-if panel: a hand-made evaluation with the outcomes, costs and prices of some hundred draws.

The panel needs draws that differ, so that an interval has ends worth comparing; these come from a seeded generator and
mean nothing.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import xarray as xr

from econ111 import economics as e
from econ111.results import Evaluation
from econ111.specs.schema import Spec

EFFECTS = ("same_calls", "displaced", "net_system")
TOLD = "attended.ed.ed_attendance"
ABOUT = {"price_year": "2024/25"}
PRICES = {"ed_attendance": 280.0, "primary_care_contact": 44.0, "crisis_contact": 357.0}
BASES = {"line_cost_low": 20.27, "line_cost_middle": 87.68, "line_cost_high": 184.55}


def with_draws(evaluation: Evaluation, *, samples: int = 600, seed: int = 3) -> Evaluation:
    """The same evaluation with draws; calls to the physical line are counted and have no unit cost."""
    economics = evaluation.spec.economics
    assert economics is not None
    names = [item.consequence for item in economics.consequences]
    codes = [trust.code for trust in evaluation.spec.trusts]
    outcomes = _outcomes(evaluation, codes, names, samples=samples, seed=seed)
    chance = np.random.default_rng(seed + 1)
    prices = xr.DataArray(
        np.stack([price * chance.gamma(25.0, 1 / 25.0, samples) for price in PRICES.values()], axis=1),
        coords={"consequence": list(PRICES)},
        dims=("sample", "consequence"),
        attrs=ABOUT,
    )
    bases = {
        name: ("sample", price * chance.gamma(60.0, 1 / 60.0, samples), {**ABOUT, "unit": "GBP per call"})
        for name, price in BASES.items()
    }
    costs = e.cost_consequence(outcomes, prices)
    parameters = xr.Dataset(bases)
    parameters[TOLD] = ("sample", chance.beta(20.0, 20.0, samples), {"unit": "proportion"})

    def reweigh(given: xr.Dataset) -> xr.Dataset:
        """Avoided attendances in proportion to the chance of attending; the rest as it was."""
        times = (given[TOLD] / parameters[TOLD]).where(outcomes["consequence"] == "ed_attendance", 1.0)
        fewer = (outcomes["without_service"] - outcomes["with_service"]) * times
        again = outcomes.assign(with_service=outcomes["without_service"] - fewer)
        return again.transpose(*outcomes["with_service"].dims)

    def staffed(given: xr.Dataset, _: xr.Dataset) -> xr.DataArray:
        """GBP 400,000 for the first trust and GBP 200,000 for each other one, whatever the calls."""
        spent = np.where(np.arange(given.sizes["trust"]) == 0, 400_000.0, 200_000.0)
        return xr.DataArray(spent, dims="trust", coords={"trust": given["trust"]}) / given["calls"]

    content = evaluation.spec.model_dump()
    content["economics"]["staffing"] = {"label": "From the people up"}
    return dataclasses.replace(
        evaluation, spec=Spec.model_validate(content), outcomes=outcomes, costs=costs, parameter_draws=parameters,
        reweigh=reweigh, staffed=staffed,
    )  # fmt: skip


def _outcomes(evaluation: Evaluation, codes: list[str], names: list[str], *, samples: int, seed: int) -> xr.Dataset:
    chance, study = np.random.default_rng(seed), evaluation.spec.study
    shape = (samples, len(EFFECTS), len(codes), len(names))
    middle = np.array([300.0, 160.0, 60.0])[None, :, None, None] * np.linspace(1.0, -0.4, len(names))
    fewer = middle + chance.normal(0.0, 90.0, shape)
    calls = 4000.0 + chance.normal(0.0, 80.0, (samples, len(codes)))
    return xr.Dataset(
        {
            "without_service": (("sample", "estimand", "trust", "consequence"), 1000.0 + np.maximum(fewer, -900.0)),
            "with_service": (("sample", "estimand", "trust", "consequence"), np.full(shape, 1000.0)),
            "calls": (("sample", "trust"), calls),
        },
        coords={"estimand": list(EFFECTS), "trust": codes, "consequence": names},
        attrs={
            "comparator": study.comparator, "intervention": study.intervention, "perspective": study.perspective,
            "period_start": "2024-04-01", "period_end": "2024-11-30", "period_months": 8.0,
            "synthetic": int(study.synthetic),
        },
    )  # fmt: skip
