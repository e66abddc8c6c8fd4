"""Checks that need no refit, as part of every run: posterior predictive, and what each estimand leans on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity import CellRule
from econ111.checks.likelihood import log_likelihood_by_source
from econ111.checks.power_scaling import DATA, PRIOR, Part, power_scaling_table
from econ111.checks.predictive import predictive_checks
from econ111.impact.estimands import ESTIMANDS, avoided_referrals
from econ111.impact.inputs import CallInputs
from econ111.impact.verdicts import variance_owned
from econ111.parameters.densities import log_density, log_density_of_group
from econ111.run.assumed import prior_only_names
from econ111.run.call_data import call_layout
from econ111.run.context import Context
from econ111.run.weighing import Material, Weighed, assumed_columns

EVERY_PRIOR = "identification priors, all"


def model_checks(
    context: Context,
    inputs: CallInputs,
    posterior: xr.Dataset,
    material: Material,
    weighed: Weighed,
    outcomes: xr.Dataset,
    parameters: xr.Dataset,
) -> dict[str, pd.DataFrame]:
    """Tables `model_checks` and `power_scaling` of a fitted call evaluation.

    Parameters
    ----------
    context : Context
        For rules, priors and seed.
    inputs : CallInputs
        What was returned.
    posterior : Dataset (sample, ...)
        Named draws of the call model.
    material, weighed, outcomes, parameters
        As the main results were weighed; avoided is without the service minus with it, positive is fewer.
    """
    rules = context.check_rules
    predictive = predictive_checks(
        posterior, inputs, rules=rules_of(context),
        replicates=int(rules["replicates"]), least_probability=rules["tail_probability"], seed=context.sampling.seed,
    )  # fmt: skip
    named, draws = estimand_totals(weighed, outcomes)
    named["prior_share"] = _owned(named, draws, material, parameters)
    chosen = np.linspace(0, len(draws) - 1, min(int(rules["draws"]), len(draws))).astype(int)
    parts = _parts(context, inputs, posterior, chosen, material, parameters.isel(sample=chosen))
    return {
        "model_checks": predictive,
        "power_scaling": power_scaling_table(named, draws[chosen], parts, rules=rules, seed=context.sampling.seed),
    }


def estimand_totals(weighed: Weighed, outcomes: xr.Dataset) -> tuple[pd.DataFrame, np.ndarray]:
    """Avoided dispositions and consequences over all trusts.

    Returns
    -------
    DataFrame, array (sample, quantity)
        One row a quantity (code, estimand, kind, item), and its draws in the same order; positive is fewer.
    """
    pair = avoided_referrals(weighed.flows, weighed.shares, weighed.elsewhere)
    rows, columns = [], []
    for kind, item, both in (("referral", "disposition", pair), ("consequence", "consequence", outcomes)):
        avoided = (both.without_service - both.with_service).sum("trust", skipna=False)
        for estimand in avoided.estimand.values:
            for name in avoided[item].values:
                values = avoided.sel({"estimand": estimand, item: name}).values
                if np.isfinite(values).all() and values.std() > 0:
                    code = ESTIMANDS[str(estimand)][0]
                    rows.append({"code": code, "estimand": str(estimand), "kind": kind, "item": str(name)})
                    columns.append(values)
    return pd.DataFrame(rows), np.column_stack(columns)


def rules_of(context: Context) -> dict[str, CellRule]:
    """How each trust hides and rounds, where that is declared."""
    trusts = call_layout(context.spec).trusts
    return {name: trust.rule for name, trust in trusts.items() if trust.rule is not None}


def _owned(named: pd.DataFrame, draws: np.ndarray, material: Material, parameters: xr.Dataset) -> list[float]:
    """Share of each quantity's variance that parameters without data own."""
    of_kind = dict(zip(("referral", "consequence"), assumed_columns(material, parameters, material.base), strict=True))
    found = np.zeros(len(named))
    for (kind, estimand), group in named.groupby(["kind", "estimand"]):
        places = group.index.to_numpy()
        found[places] = variance_owned(draws[:, places], of_kind[str(kind)][str(estimand)])
    return found.tolist()


def _parts(
    context: Context,
    inputs: CallInputs,
    posterior: xr.Dataset,
    chosen: np.ndarray,
    material: Material,
    parameters: xr.Dataset,
) -> list[Part]:
    """The data by source, then each identification prior, then all of these together."""
    sources = log_likelihood_by_source(posterior, inputs, chosen)
    calls = [values for name, values in sources.items() if name.startswith("calls ")]
    parts = [
        Part("calls by month", DATA, np.sum(calls, axis=0)),
        Part("dispositions", DATA, sources["dispositions"]),
    ]
    scales = posterior.drop_dims("month").isel(sample=chosen)
    priors = _model_priors(context, scales) | _assumed(context, material, parameters)
    parts += [Part(name, PRIOR, values) for name, values in priors.items()]
    return [*parts, Part(EVERY_PRIOR, PRIOR, np.sum(list(priors.values()), axis=0))]


def _model_priors(context: Context, posterior: xr.Dataset) -> dict[str, np.ndarray]:
    """Priors of the model on which identification rests: the size of a fall, and how much levels move by themselves."""
    scales = context.priors
    found = {}
    for name in ("displacement", "crisis_displacement"):
        if name in posterior:
            mean = posterior[name].mean("trust").values
            found[name.replace("_", " ")] = -0.5 * (mean / scales["displacement_sd"]) ** 2
    steps = [str(name) for name in posterior.data_vars if str(name).endswith("_level_sd")]
    found["monthly steps of the levels"] = np.sum(
        [-0.5 * (posterior[name].values / scales["level_step_sd"]) ** 2 for name in steps], axis=0
    )
    return found


def _assumed(context: Context, material: Material, parameters: xr.Dataset) -> dict[str, np.ndarray]:
    """Log densities of what no call data inform."""
    singles, groups = prior_only_names(context.spec, absorbed_estimated=material.base.absorbed == "estimated")
    found = {name.replace("_", " "): log_density(context.catalogue[name], parameters[name].values) for name in singles}
    for group in groups:
        members = context.catalogue.group(group)
        shares = parameters[group].sel({f"{group}_component": [member.component for member in members]})
        found[group.replace("_", " ")] = log_density_of_group(members, shares.transpose("sample", ...).values)
    return {name: values for name, values in found.items() if values.std() > 0}
