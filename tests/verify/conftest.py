"""A small evaluation made through the real economics, from a posterior drawn by hand: two trusts, nothing sampled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.activity.reading import DISPOSITIONS, issue_table
from econ111.impact.estimands import avoided_referrals
from econ111.parameters import load_catalogue
from econ111.results import Evaluation, make_record
from econ111.run.assumed import draw_all_parameters, parameters_used
from econ111.run.budget import BudgetInputs
from econ111.run.context import Context, silent
from econ111.run.estimates import Judgement, estimates_table, monthly_table
from econ111.run.money import evaluate_money
from econ111.run.staffing import staffed_cost
from econ111.run.weighing import Material, assumed_columns, outcomes_again, outcomes_of, weigh
from econ111.specs.loading import load_spec
from econ111.specs.schema import Spec

DRAWS, SEED = 600, 20240401
TRUSTS = 2
MONTHS = pd.period_range("2023-10", "2025-02", freq="M")


def make_spec() -> Spec:
    """The London specification with its first two trusts, so that every section is one that ships."""
    whole = load_spec("london-2024")
    return whole.model_copy(update={"trusts": whole.trusts[:TRUSTS]})


def make_posterior(spec: Spec) -> xr.Dataset:
    """Calls and shares by hand: about 900 a month without the service, 600 with it, 500 on the mental line."""
    rng = np.random.default_rng(SEED)
    shape = (DRAWS, len(spec.trusts), len(MONTHS))
    after = np.array([month >= pd.Period(date(2024, 4, 1), "M") for month in MONTHS])
    without = 900 * rng.lognormal(0, 0.05, shape)
    left = rng.beta(40, 80, (DRAWS, len(spec.trusts), 1)) * without
    mental = 500 * rng.lognormal(0, 0.05, shape)
    mixes = {
        "before": (0.30, 0.10, 0.40, 0.05, 0.10, 0.05),
        "after": (0.28, 0.10, 0.40, 0.05, 0.12, 0.05),
        "mental": (0.05, 0.05, 0.10, 0.50, 0.25, 0.05),
    }
    share = np.stack([rng.dirichlet(400 * np.array(mix), shape[:2]) for mix in mixes.values()], axis=1)
    return xr.Dataset(
        {
            "expected_without": (("sample", "trust", "month"), without),
            "expected_with": (("sample", "trust", "month"), np.where(after, without - left, without)),
            "expected_mental": (("sample", "trust", "month"), np.where(after, mental, 0.0)),
            "share": (("sample", "stage", "trust", "disposition"), share),
        },
        coords={
            "trust": [trust.code for trust in spec.trusts],
            "month": [str(month) for month in MONTHS],
            "stage": list(mixes),
            "disposition": list(DISPOSITIONS),
        },
    )


def make_material(spec: Spec, posterior: xr.Dataset) -> Material:
    """What weighing needs, without a file of calls."""
    study = spec.study
    wanted = [str(month) for month in pd.period_range(study.period_start, study.period_end, freq="M")]
    months = posterior[["expected_without", "expected_with", "expected_mental"]].sel(month=wanted)
    return Material(
        spec=spec,
        months=months,
        period=months.sum("month"),
        recorded=posterior["share"],
        unrecorded_share=xr.zeros_like(posterior["share"].isel(disposition=0, drop=True)),
        returned=xr.DataArray(np.zeros(TRUSTS), coords={"trust": posterior["trust"].values}, dims="trust"),
        matrices={},
    )


@pytest.fixture(scope="session")
def context() -> Context:
    """The shipped parameters and the small specification."""
    return Context(
        spec=make_spec(), spec_path=None, catalogue=load_catalogue(), parameters_folder=None, store=None,
        use_store=False, accept_unconverged=False, announce=silent, progress=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def sound(context: Context) -> Evaluation:
    """The evaluation with nothing wrong."""
    return assembled(context)


@pytest.fixture(scope="session")
def staffed(context: Context) -> Evaluation:
    """The same with the line costed from the people up as the base of its service cost."""
    content = context.spec.model_dump()
    content["economics"]["service_cost"] = "staffing"
    return assembled(replace(context, spec=Spec.model_validate(content)))


def assembled(context: Context) -> Evaluation:
    """An evaluation put together through the real economics."""
    spec = context.spec
    posterior = make_posterior(spec)
    material = make_material(spec, posterior)
    parameters = draw_all_parameters(context, samples=DRAWS)
    weighed = weigh(material, parameters, material.base)
    outcomes = outcomes_of(weighed, parameters, spec)

    def reweigh(given: xr.Dataset) -> xr.Dataset:
        return outcomes_again(given, material=material)

    budget_inputs = BudgetInputs(parameters, material.months.expected_mental, context.catalogue)
    money = evaluate_money(outcomes, parameters, spec=spec, rebuild=reweigh, budget_inputs=budget_inputs)
    judged = Judgement(rules=context.rules, diagnostics_fail="")
    of_referrals, of_consequences = assumed_columns(material, parameters, material.base)
    pair = avoided_referrals(weighed.flows, weighed.shares, weighed.elsewhere)
    by_month = weigh(material, parameters, material.base, monthly=True)
    monthly = avoided_referrals(by_month.flows, by_month.shares, by_month.elsewhere)
    estimates = [
        estimates_table(pair, item="disposition", kind="referral", assumptions=of_referrals, judged=judged),
        estimates_table(outcomes, item="consequence", kind="consequence", assumptions=of_consequences, judged=judged),
    ]
    tables = {
        "estimates": pd.concat(estimates, ignore_index=True),
        "monthly": monthly_table([monthly], [str(month) for month in material.months.month.values]),
        **money.tables,
        "issues": issue_table([]),
        "parameters": parameters_used(context),
        "checks": pd.DataFrame([("by hand", 1.0, "1", "pass")], columns=["check", "value", "allowed", "verdict"]),
    }
    record = make_record(spec, data_file=None, parameters_checksum=context.catalogue.checksum(), seed=SEED)
    return Evaluation(
        spec=spec, tables=tables, record=record, posterior=posterior, outcomes=outcomes, costs=money.costs,
        budget=money.budget, parameter_draws=parameters, diagnostics={"failure": ""}, reweigh=reweigh,
        staffed=partial(staffed_cost, line=money.line) if money.line else None,
    )  # fmt: skip
