"""Tables of unrecorded dispositions: the grid, its tipping points, and bounds that need no assumption.

The grid moves the odds of one disposition going unrecorded, on one line or both, and leaves the others at random.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from econ111.impact.attendance import AFTER_ATTENDANCE
from econ111.impact.estimands import EFFECTS, ESTIMANDS, FOLLOW_ATTENDANCE, avoided_referrals
from econ111.impact.tipping import LINE_WORDS, Tipping, odds_in_words, sign_tipping, verdict_tipping
from econ111.impact.unrecorded import avoided_bounds, bounds_per_call, change_per_call, odds_grid, shifted
from econ111.impact.verdicts import judge, variance_owned
from econ111.intervals import INTERVAL_LEVEL
from econ111.run.assumed import attendance_from
from econ111.run.estimates import UNITS, Judgement, with_joint_total
from econ111.run.weighing import Material, Weighed, assumed_columns, outcomes_of, weigh

NONE_OF_IT = 0.0
SHORT_WORDS = {"ed": "ED", "crisis_mh": "a crisis team", "self_care": "self-care", "other": "other advice"}
SHORT_WORDS |= {"ambulance": "an ambulance", "primary_care": "primary care"}


@dataclass(frozen=True)
class _Item:
    """Something counted: its kind and name, what each disposition is worth of it, and what was avoided at random."""

    kind: str
    name: str
    values: xr.DataArray
    at_random: xr.DataArray


def grid_tables(material: Material, drawn: xr.Dataset, judged: Judgement) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Avoided numbers along the grid, and the nearest points at which sign and verdict change.

    Parameters
    ----------
    material : Material
        From `gather`.
    drawn : Dataset (sample)
        Draws of all parameters, those of the structural choices among them.
    judged : Judgement
        By which rules.

    Returns
    -------
    rows, tipping : DataFrame
        Rows as in the table of structural choices, 41 for each disposition, line, estimand, item and trust; and one row
        each for the question of sign and that of verdict.
    """
    given = material.spec.structural
    limit = float(drawn[given.unrecorded_odds_limit][0])
    grid = odds_grid(limit)
    at_random = replace(material.base, unrecorded="at_random")
    weighed = weigh(material, drawn, at_random)
    of_referrals, of_consequences = assumed_columns(material, drawn, at_random)
    rows: list[pd.DataFrame] = []
    tipping: list[pd.DataFrame] = []
    items = _items(material, drawn, weighed)
    for disposition in given.tilted:
        for item in (item for item in items if item.name in (disposition, "ed_attendance")):
            assumptions = of_referrals if item.kind == "referral" else of_consequences
            for line, effects in _along_grid(material, weighed, item, disposition, grid):
                found = pd.concat(
                    [_grid_rows(avoided, name, assumptions[name], judged) for name, avoided in effects],
                    ignore_index=True,
                ).assign(
                    choice=f"unrecorded {SHORT_WORDS[disposition]} {LINE_WORDS[line]}", kind=item.kind, item=item.name
                )
                rows.append(found)
                tipping.append(_tipping_rows(found, disposition, line, limit, judged))
    table = pd.concat(rows, ignore_index=True)
    table = table.assign(
        assumed=[f"odds ratio {_ratio(value)}" for value in table.log_odds],
        base=np.isclose(table.log_odds, 0.0) & (material.base.unrecorded == "at_random"),
        code=[ESTIMANDS[name][0] for name in table.estimand],
        unit=[UNITS[kind] for kind in table.kind],
        level=INTERVAL_LEVEL,
        weight_to_flip=math.nan,
    )
    return table, pd.concat(tipping, ignore_index=True)


def bounds_table(material: Material, drawn: xr.Dataset) -> pd.DataFrame:
    """What can have been avoided whatever the unrecorded calls of each line were.

    Returns
    -------
    DataFrame
        code, estimand, kind, item, trust, unit, at_random, bound_low, bound_high (expected), low, high (interval of
        the lower bound's lower end and the upper bound's upper end), level, sign_whatever: `fewer`, `more` or `open`.
    """
    at_random = replace(material.base, unrecorded="at_random")
    weighed = weigh(material, drawn, at_random)
    tables = [_bounds_of(material, weighed, item) for item in _items(material, drawn, weighed)]
    table = pd.concat(tables, ignore_index=True)
    return table.assign(
        code=[ESTIMANDS[name][0] for name in table.estimand],
        unit=[UNITS[kind] for kind in table.kind],
        level=INTERVAL_LEVEL,
    )[
        [
            "code", "estimand", "kind", "item", "trust", "unit", "at_random", "bound_low", "bound_high", "low", "high",
            "level", "sign_whatever",
        ]
    ]  # fmt: skip


def _items(material: Material, drawn: xr.Dataset, weighed: Weighed) -> list[_Item]:
    """Every disposition, and every consequence that follows from dispositions."""
    dispositions = material.dispositions
    names = {"disposition": dispositions}
    pair = avoided_referrals(weighed.flows, weighed.shares, weighed.elsewhere)
    avoided = pair.without_service - pair.with_service
    found = []
    for place, name in enumerate(dispositions):
        one = xr.DataArray(np.eye(len(dispositions))[place], dims="disposition", coords=names)
        found.append(_Item("referral", name, one, avoided.sel(disposition=name, drop=True)))
    outcomes = outcomes_of(weighed, drawn, material.spec)
    follow = outcomes.without_service - outcomes.with_service
    for name, values in _chances(attendance_from(drawn), dispositions).items():
        if name in outcomes.consequence.values:
            found.append(_Item("consequence", name, values, follow.sel(consequence=name, drop=True)))
    return found


def _chances(attendance: xr.DataArray, dispositions: list[str]) -> dict[str, xr.DataArray]:
    """Chance of each consequence after each disposition; what follows an attendance is its chance times that."""
    advised = attendance.sel(disposition=dispositions)
    after = attendance.sel(disposition=AFTER_ATTENDANCE, drop=True)
    seen = advised.sel(consequence="ed_attendance", drop=True)
    return {
        str(name): seen * after.sel(consequence=name, drop=True)
        if name in FOLLOW_ATTENDANCE
        else advised.sel(consequence=name, drop=True)
        for name in attendance.consequence.values
    }


def _along_grid(
    material: Material, weighed: Weighed, item: _Item, disposition: str, grid: xr.DataArray
) -> Iterator[tuple[str, Iterator[tuple[str, xr.DataArray]]]]:
    """Avoided numbers (sample, trust, log_odds), trusts with their total: for each line and both, by estimand."""
    change = {
        stage: change_per_call(
            weighed.shares.sel(stage=stage, drop=True),
            material.unrecorded_share.sel(stage=stage, drop=True),
            item.values,
            disposition=disposition,
            log_odds=grid,
        )
        for stage in ("before", "mental")
    }
    nothing = xr.zeros_like(change["before"])
    lines = {
        "mental": (nothing, change["mental"]),
        "physical": (change["before"], nothing),
        "both": (change["before"], change["mental"]),
    }
    for line, (before, mental) in lines.items():
        yield line, _by_estimand(item.at_random, weighed.flows, before, mental)


def _by_estimand(
    at_random: xr.DataArray, flows: xr.Dataset, before: xr.DataArray, mental: xr.DataArray
) -> Iterator[tuple[str, xr.DataArray]]:
    """One estimand after another: all of them along the whole grid are more than a laptop holds."""
    for name in EFFECTS:
        avoided = shifted(at_random.sel(estimand=[name]), flows, before=before, mental=mental)
        yield name, with_joint_total(avoided.squeeze("estimand", drop=True)).transpose("sample", "trust", "log_odds")


def _grid_rows(avoided: xr.DataArray, estimand: str, assumptions: np.ndarray, judged: Judgement) -> pd.DataFrame:
    """One row per trust and point of the grid."""
    tail = (1 - INTERVAL_LEVEL) / 2
    draws = avoided.values.reshape(avoided.sizes["sample"], -1)
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    owned = variance_owned(draws, assumptions)
    words = [
        judge(values, rules=judged.rules, prior_share=share, diagnostics_fail=judged.diagnostics_fail).word
        for values, share in zip(draws.T, owned, strict=True)
    ]
    trusts, points = avoided.trust.values, avoided.log_odds.values
    return pd.DataFrame(
        {
            "estimand": estimand, "trust": np.repeat(trusts, len(points)), "log_odds": np.tile(points, len(trusts)),
            "avoided": draws.mean(axis=0), "avoided_low": low, "avoided_high": high,
            "probability_fewer": (draws > 0).mean(axis=0), "prior_share": owned, "verdict": words,
        }
    )  # fmt: skip


def _tipping_rows(rows: pd.DataFrame, disposition: str, line: str, limit: float, judged: Judgement) -> pd.DataFrame:
    """Where sign and verdict of each estimand and trust change along the grid."""
    found = []
    for (estimand, trust), mine in rows.groupby(["estimand", "trust"], sort=False):
        grid, expected = mine.log_odds.to_numpy(), mine.avoided.to_numpy()
        answers = {
            "sign": sign_tipping(expected, grid),
            "verdict": verdict_tipping(
                list(mine.verdict), mine.probability_fewer.to_numpy(), mine.prior_share.to_numpy(), grid,
                rules=judged.rules,
            ),
        }  # fmt: skip
        about = {
            "disposition": disposition, "line": line, "code": ESTIMANDS[str(estimand)][0], "estimand": estimand,
            "kind": mine.kind.iloc[0], "item": mine["item"].iloc[0], "trust": trust,
        }  # fmt: skip
        found += [
            about | {"question": question} | _answer(tipping, disposition, line, limit)
            for question, tipping in answers.items()
        ]
    return pd.DataFrame(found)


def _answer(tipping: Tipping, disposition: str, line: str, limit: float) -> dict[str, object]:
    return {
        "answer": tipping.answer,
        "becomes": tipping.becomes if tipping.found else "",
        "log_odds": tipping.log_odds,
        "odds_ratio": math.exp(tipping.log_odds) if tipping.found else math.nan,
        "limit": limit,
        "words": odds_in_words(tipping.log_odds, what=SHORT_WORDS[disposition], line=line, limit=limit),
    }


def _bounds_of(material: Material, weighed: Weighed, item: _Item) -> pd.DataFrame:
    per_call = {
        stage: bounds_per_call(
            weighed.shares.sel(stage=stage, drop=True),
            material.unrecorded_share.sel(stage=stage, drop=True),
            item.values,
        )
        for stage in ("before", "mental")
    }
    bounds = avoided_bounds(item.at_random, weighed.flows, before=per_call["before"], mental=per_call["mental"])
    whole = with_joint_total(bounds.assign(at_random=item.at_random)).transpose("sample", "estimand", "trust")
    tail = (1 - INTERVAL_LEVEL) / 2
    ends = {
        "at_random": whole.at_random.mean("sample"),
        "bound_low": whole.low.mean("sample"),
        "bound_high": whole.high.mean("sample"),
        "low": whole.low.quantile(tail, dim="sample").drop_vars("quantile"),
        "high": whole.high.quantile(1 - tail, dim="sample").drop_vars("quantile"),
    }
    table = xr.Dataset(ends).to_dataframe(dim_order=["estimand", "trust"]).reset_index()
    signs = np.select([table.low > NONE_OF_IT, table.high < NONE_OF_IT], ["fewer", "more"], default="open")
    return table.assign(kind=item.kind, item=item.name, sign_whatever=signs)


def _ratio(log_odds: float) -> str:
    """An odds ratio as it is read: 3.2, or 1/3.2."""
    ratio = f"{math.exp(abs(log_odds)):.3g}"
    return ratio if log_odds >= 0 or ratio == "1" else f"1/{ratio}"
