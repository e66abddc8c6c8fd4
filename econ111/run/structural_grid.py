"""The structural grid: what would have been x what unrecorded calls were x what a call costs x trust.

Every cell is the same fit weighed again. Nothing is averaged over the grid: it shows how far each choice moves the net
value, at the base of the others and over all of them, and in how many cells value exceeds cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.economics.joint import SAMPLE
from econ111.economics.totals import TOTAL
from econ111.impact.estimands import ESTIMANDS
from econ111.impact.unrecorded import tilt
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.run.assumed import draw_structural
from econ111.run.context import Context
from econ111.run.values import value_only
from econ111.run.weighing import Choices, Material, Weighed, outcomes_of, weigh
from econ111.specs.schema import Economics

FACTORS = {
    "counterfactual": "What callers would have done",
    "missing": "What unrecorded calls were",
    "basis": "What a call costs",
}
OTHERWISE: dict[Literal["stated", "survey", "nothing"], str] = {
    "stated": "",
    "survey": ", new callers as surveys say",
    "nothing": ", new callers nowhere",
}
NET = "net_system"
AT_RANDOM, ELICITED = "like recorded ones", "elicited odds"


@dataclass(frozen=True)
class _Cell:
    counterfactual: str
    estimand: str
    missing: str
    base: bool
    value: xr.DataArray


def structural_grid(
    material: Material, parameters: xr.Dataset, service: xr.DataArray, context: Context
) -> dict[str, pd.DataFrame]:
    """The whole grid, and which choice moves the answer.

    Parameters
    ----------
    material : Material
        From `gather`.
    parameters : Dataset (sample)
        Draws on which the main results rest; those of the scenarios are added here.
    service : DataArray (sample, trust, basis)
        Service cost on every basis.
    context : Context
        For parameters and seed.

    Returns
    -------
    dict of DataFrame
        `structural_grid`: counterfactual, code, missing, basis, basis_label, trust, value_avoided, service_cost,
        net_value with `_low` and `_high`, probability_value_exceeds_cost, base, level, price_year, comparator,
        perspective. `structural_moves`: factor, label, level, net_value at the base of the other choices, lowest and
        highest over all of theirs, cells and cells_above_0, base. Both over trusts and in total, from joint draws.
    """
    economics = material.spec.economics
    if economics is None:
        return {}
    extra = draw_structural(context, samples=parameters.sizes[SAMPLE])
    drawn = parameters.assign({name: extra[name] for name in extra.data_vars if name not in parameters})
    spent = e.with_total(service)
    labels = economics.bases
    grid = pd.concat([_rows(cell, spent, economics) for cell in _cells(material, drawn, economics)], ignore_index=True)
    study = material.spec.study
    grid = grid.assign(
        basis_label=[labels[name] for name in grid.basis], level=INTERVAL_LEVEL, price_year=study.price_year,
        comparator=study.comparator, perspective=study.perspective,
    )  # fmt: skip
    return {"structural_grid": grid, "structural_moves": moves_table(grid)}


def moves_table(grid: pd.DataFrame) -> pd.DataFrame:
    """How far each choice moves the expected net value; see `structural_grid`.

    All figures are of the total over trusts, added up draw by draw.
    """
    total = grid[grid.trust == TOTAL]
    base = total[total.base].iloc[0]
    names = ("counterfactual", "missing", "basis")
    rows = []
    for factor in names:
        others = [name for name in names if name != factor]
        for level, cells in total.groupby(factor, sort=False):
            own = cells[(cells[others] == base[others]).all(axis=1)].iloc[0]
            rows.append({
                "factor": factor, "label": FACTORS[factor],
                "level": own.basis_label if factor == "basis" else level, "net_value": own.net_value,
                "lowest": cells.net_value.min(), "highest": cells.net_value.max(), "cells": len(cells),
                "cells_above_0": int((cells.net_value > 0).sum()), "base": bool(own.base),
            })  # fmt: skip
    table = pd.DataFrame(rows)
    spread = table.groupby("factor", sort=False).net_value.agg(lambda values: values.max() - values.min())
    return table.assign(
        swing_at_base=table.factor.map(spread), unit="GBP in the evaluated period", price_year=str(base.price_year)
    )


def _cells(material: Material, drawn: xr.Dataset, economics: Economics) -> Iterator[_Cell]:
    """Every counterfactual under every missing-data assumption; estimands that one weighing gives are taken from it."""
    base = material.base
    for otherwise, words in OTHERWISE.items():
        for missing, weighed in _missing(material, drawn, replace(base, otherwise=otherwise)):
            outcomes = outcomes_of(weighed, drawn, material.spec)
            if otherwise != base.otherwise:
                outcomes = outcomes.sel(estimand=[NET])
            values = value_only(outcomes, drawn, economics)
            wanted = [str(name) for name in values.estimand.values]
            for estimand in wanted:
                code = ESTIMANDS[estimand][0]
                name = f"{code} {ESTIMANDS[estimand][1]}{words if estimand == 'net_system' else ''}"
                is_base = (
                    otherwise == base.otherwise and estimand == economics.estimand and missing == _base_words(material)
                )
                yield _Cell(name, estimand, missing, is_base, values.sel(estimand=estimand, drop=True))


def _missing(material: Material, drawn: xr.Dataset, choices: Choices) -> Iterator[tuple[str, Weighed]]:
    """At random, elicited, and the first tilted disposition at the limit of the odds on one line and on the other."""
    at_random = weigh(material, drawn, replace(choices, unrecorded="at_random"))
    yield AT_RANDOM, at_random
    yield ELICITED, weigh(material, drawn, replace(choices, unrecorded="elicited"))
    given = material.spec.structural
    limit = float(drawn[given.unrecorded_odds_limit][0])
    name = given.tilted[0]
    stages = [str(stage) for stage in at_random.shares.stage.values]
    for line, on in (("mental-health", ["mental"]), ("physical-health", [one for one in stages if one != "mental"])):
        odds = xr.DataArray(
            [[math.log(limit) if stage in on and one == name else 0.0 for one in material.dispositions]
             for stage in stages],
            dims=("stage", "disposition"), coords={"stage": stages, "disposition": material.dispositions},
        )  # fmt: skip
        shares = tilt(at_random.shares, material.unrecorded_share, odds).transpose(*at_random.shares.dims)
        yield f"{name.upper()} {limit:g} times likelier, {line} line", replace(at_random, shares=shares)


def _base_words(material: Material) -> str:
    return AT_RANDOM if material.base.unrecorded == "at_random" else ELICITED


def _rows(cell: _Cell, spent: xr.DataArray, economics: Economics) -> pd.DataFrame:
    value = e.with_total(cell.value)
    net = (value - spent).transpose(SAMPLE, "basis", "trust")
    table = summarise(net).to_dataframe(dim_order=["basis", "trust"]).reset_index()
    table = table.rename(columns={"mean": "net_value", "low": "net_value_low", "high": "net_value_high"})
    table = table[["basis", "trust", "net_value", "net_value_low", "net_value_high"]]
    means = spent.mean(SAMPLE).transpose("basis", "trust").to_numpy().ravel()
    avoided = value.mean(SAMPLE).to_series()
    return table.assign(
        counterfactual=cell.counterfactual,
        code=ESTIMANDS[cell.estimand][0],
        estimand=cell.estimand,
        missing=cell.missing,
        value_avoided=table.trust.map(avoided),
        service_cost=means,
        probability_value_exceeds_cost=(net > 0).mean(SAMPLE).to_numpy().ravel(),
        base=cell.base & (table.basis == economics.service_cost),
    )
