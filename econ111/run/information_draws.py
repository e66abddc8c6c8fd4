"""Draws for valuing information: the fit's draws beside fresh draws of every parameter, as plain columns.

What is small in a value of information needs many draws. The fit's are repeated, each time beside new draws of the
parameters, which are independent of it; the first round is the one of the main tables. The net benefit is kept in
parts: costs avoided by each payer, the service under each basis of its cost, attendances avoided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.run.assumed import ATTENDANCE_PREFIX, draw_all_parameters, draw_structural
from econ111.run.context import Context
from econ111.run.money import named_parameters
from econ111.run.staffing import KnownLine, known_line
from econ111.run.values import value_and_cost
from econ111.run.weighing import Material, Weighed, outcomes_of, weigh
from econ111.specs.schema import Economics

ATTENDANCE = "ed_attendance"
PRICES = "prices"
CALLS = "calls"
ADVICE = "attendance after advice"
ORIGIN = "origin of calls"
_SEEDS_APART = 1_000_003


@dataclass(frozen=True)
class Parts:
    """Parts of the incremental net benefit over the evaluated period, all trusts (sample, part).

    `payers` name the first columns (GBP avoided, positive is less spent), `bases` the next (GBP of the service,
    positive is spent); the last is attendances avoided. `of_trusts` (sample, trust, part) are the same of each trust.
    """

    values: np.ndarray
    of_trusts: np.ndarray
    trusts: tuple[str, ...]
    payers: tuple[str, ...]
    bases: tuple[str, ...]

    def weights(self, basis: str, threshold: float) -> np.ndarray:
        """Of each part in the net benefit under one basis of the service cost, at one threshold (part,)."""
        chosen = [-1.0 if name == basis else 0.0 for name in self.bases]
        return np.array([*np.ones(len(self.payers)), *chosen, threshold])


@dataclass(frozen=True)
class Drawn:
    """Everything on one sample index: parts, parameters in columns and in groups, and the calls behind them.

    `alone` names the columns that are parameters of their own, and not one share of several that add up to one; `line`
    is what the line was found to cost from the people up, where the evaluation asks for it.
    """

    parts: Parts
    single: pd.DataFrame
    groups: dict[str, pd.DataFrame]
    weighed: Weighed
    recorded: xr.DataArray
    unrecorded_share: xr.DataArray
    alone: tuple[str, ...]
    line: KnownLine | None


def draw_for_information(
    context: Context,
    material: Material,
    parameters: xr.Dataset,
    *,
    elicited: bool = False,
    line: KnownLine | None = None,
) -> Drawn:
    """Everything on the draws of `parameters`, which are a whole number of rounds of the fit's draws.

    Parameters
    ----------
    context, material
        Of the run.
    parameters : Dataset (sample)
        From `drawn_again`.
    elicited : bool
        Whether a prior says what unrecorded calls were; as in the main results otherwise.
    line : KnownLine, optional
        The line as worked out before, for the same calls and parameters.
    """
    economics = context.spec.economics
    assert economics is not None  # the caller has it
    wider = _repeated(material, parameters.sizes["sample"] // material.recorded.sizes["sample"])
    choices = replace(material.base, unrecorded="elicited") if elicited else material.base
    if choices.unrecorded == "elicited":
        parameters = _with_structural(context, parameters, samples=material.recorded.sizes["sample"])
    weighed = weigh(wider, parameters, choices)
    outcomes = outcomes_of(weighed, parameters, context.spec).sel(estimand=[economics.estimand])
    priced = set(named_parameters(economics, None))
    idle = set(named_parameters(economics, context.spec.budget_impact)) - priced | _capacities(economics)
    of_calls = columns_of_calls(weighed)
    if line is None and economics.staffing:
        line = known_line(outcomes.calls.assign_attrs(outcomes.attrs), parameters, economics.staffing)
    single = _columns(parameters.drop_vars(idle, errors="ignore"))
    return Drawn(
        parts=_parts(outcomes, parameters, economics, line),
        single=single,
        groups=_groups(single, priced) | ({CALLS: of_calls} if len(of_calls.columns) else {}),
        weighed=weighed,
        recorded=wider.recorded,
        unrecorded_share=wider.unrecorded_share,
        alone=tuple(str(name) for name in single if name in parameters),
        line=line,
    )


def matching(names: list[str], patterns: tuple[str, ...]) -> list[str]:
    """Names that any pattern fits, in their own order; a star stands for anything.

    Examples
    --------
    >>> matching(["attended.ed.admission", "price"], ("attended.*",))
    ['attended.ed.admission']
    """
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def drawn_again(context: Context, parameters: xr.Dataset, *, draws: int, absorbed_estimated: bool) -> xr.Dataset:
    """Draws of all parameters: those of the main results first, then further rounds, each with a seed of its own.

    Parameters
    ----------
    context : Context
        Of the run.
    parameters : Dataset (sample)
        Of the main results.
    draws : int
        How many, about: a whole number of rounds.
    absorbed_estimated : bool
        Whether absorbed calls are estimated, and not a parameter.
    """
    samples = parameters.sizes["sample"]
    rounds = max(1, round(draws / samples))
    further = [
        draw_all_parameters(own, samples=samples, absorbed_estimated=absorbed_estimated)
        for own in _reseeded(context, rounds)[1:]
    ]
    return _joined([parameters, *further])


def _with_structural(context: Context, parameters: xr.Dataset, *, samples: int) -> xr.Dataset:
    """With the parameters of structural choices beside, in as many rounds."""
    rounds = parameters.sizes["sample"] // samples
    structural = _joined([draw_structural(own, samples=samples) for own in _reseeded(context, rounds)])
    return parameters.assign({name: structural[name] for name in structural.data_vars if name not in parameters})


def _reseeded(context: Context, rounds: int) -> list[Context]:
    """The context of each round: the run's own seed first."""
    seeds = [context.sampling.seed + place * _SEEDS_APART for place in range(rounds)]
    sampling = [context.sampling.model_copy(update={"seed": seed}) for seed in seeds]
    return [replace(context, spec=context.spec.model_copy(update={"sampling": own})) for own in sampling]


def _joined(rounds: list[xr.Dataset]) -> xr.Dataset:
    if len(rounds) == 1:
        return rounds[0]
    return xr.concat(rounds, dim="sample", data_vars="minimal", combine_attrs="override")


def _parts(outcomes: xr.Dataset, parameters: xr.Dataset, economics: Economics, line: KnownLine | None) -> Parts:
    costs, service = value_and_cost(outcomes, parameters, economics, line=line)
    avoided = costs.cost_avoided.isel(estimand=0).where(costs.valued, 0.0).transpose("sample", "trust", ...)
    payer_of = {item.consequence: item.payer for item in economics.consequences}
    payers = tuple(dict.fromkeys([*payer_of.values(), economics.service_payer]))
    by_payer = [
        avoided.sel(consequence=[name for name in avoided.consequence.values if payer_of[str(name)] == payer])
        .sum("consequence")
        .values[..., None]
        for payer in payers
    ]
    spent = service.transpose("sample", "trust", "basis").values
    fewer = e.avoided(outcomes).isel(estimand=0).sel(consequence=ATTENDANCE).transpose("sample", "trust")
    of_trusts = np.concatenate([*by_payer, spent, fewer.values[..., None]], axis=2)
    trusts, bases = (tuple(map(str, names)) for names in (fewer.trust.values, service.basis.values))
    return Parts(of_trusts.sum(axis=1), of_trusts, trusts, payers, bases)


def _groups(single: pd.DataFrame, priced: set[str]) -> dict[str, pd.DataFrame]:
    names = [str(name) for name in single]
    groups = {
        PRICES: [name for name in names if name in priced],
        ADVICE: [name for name in names if name.startswith(ATTENDANCE_PREFIX)],
        ORIGIN: [name for name in names if name not in priced and not name.startswith(ATTENDANCE_PREFIX)],
    }
    return {label: single.loc[:, members] for label, members in groups.items() if members}


def _capacities(economics: Economics) -> set[str]:
    """Parameters of hours and bed days, which no net benefit depends on."""
    return {item.capacity for item in economics.consequences if item.capacity}


def _columns(parameters: xr.Dataset) -> pd.DataFrame:
    """Every parameter that varies, a column each; a group of shares gives all but its last, which the others fix."""
    columns: dict[str, np.ndarray] = {}
    for name, draws in parameters.data_vars.items():
        others = [str(dim) for dim in draws.dims if dim != "sample"]
        if not others:
            columns[str(name)] = draws.values
            continue
        for label in draws[others[0]].values[:-1]:
            columns[f"{name}.{label}"] = draws.sel({others[0]: label}).values
    return pd.DataFrame({name: values for name, values in columns.items() if values.min() < values.max()})


def columns_of_calls(weighed: Weighed) -> pd.DataFrame:
    """The calls in few columns: how many, how many displaced, and the mix of each stage over all trusts."""
    flows = weighed.flows
    calls = flows.mental / flows.mental.sum("trust")
    mix = (weighed.shares * calls).sum("trust").transpose("sample", "stage", "disposition")
    columns = {"mental calls": flows.mental.sum("trust").values, "displaced": flows.displaced.sum("trust").values}
    for stage in ("before", "mental"):
        for disposition in mix.disposition.values[:-1]:
            columns[f"{stage}.{disposition}"] = mix.sel(stage=stage, disposition=disposition).values
    return pd.DataFrame({name: values for name, values in columns.items() if values.min() < values.max()})


def _repeated(material: Material, rounds: int) -> Material:
    def again[Draws: (xr.DataArray, xr.Dataset)](draws: Draws) -> Draws:
        return draws.isel(sample=np.tile(np.arange(draws.sizes["sample"]), rounds)).reset_coords(drop=True)

    return replace(
        material,
        months=material.months.isel(month=slice(0, 0)).pipe(again),
        period=again(material.period),
        recorded=again(material.recorded),
        unrecorded_share=again(material.unrecorded_share),
        matrices={name: again(matrix) for name, matrix in material.matrices.items()},
    )
