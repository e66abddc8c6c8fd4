"""Tables of callers: those who gave up before an answer, and the people behind the calls."""

from __future__ import annotations

import math

import pandas as pd
import xarray as xr

from econ111.impact.abandoned import abandoned_calls
from econ111.impact.estimands import ESTIMANDS
from econ111.impact.repeat_callers import CallsPerPerson, capped, everyone_alike, people
from econ111.impact.unrecorded import WEIGHED_BY
from econ111.impact.verdicts import judge
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.run.estimates import Judgement, with_joint_total
from econ111.run.weighing import Material, outcomes_of, weigh
from econ111.specs.schema import Spec

SPREADS = {"frequent": "some callers call often", "alike": "all callers alike"}
_NAMES = {"mean": "number", "low": "number_low", "high": "number_high"}


def abandoned_table(material: Material, judged: Judgement) -> pd.DataFrame:
    """Calls given up before an answer, with and without the service, over the evaluated period.

    Returns
    -------
    DataFrame
        trust, measure, unit, number, number_low, number_high, level, probability_fewer, verdict; `avoided` positive
        when fewer callers gave up. Never part of avoided referrals.
    """
    found = with_joint_total(abandoned_calls(material.months).sum("month"))
    draws = found.to_dataarray("measure").transpose("sample", "trust", "measure")
    table = summarise(draws).to_dataframe(dim_order=["trust", "measure"]).reset_index().rename(columns=_NAMES)
    table = table[["trust", "measure", *_NAMES.values()]].assign(unit="calls in the period", level=INTERVAL_LEVEL)
    verdicts, chances = [], []
    for row in table.itertuples(index=False):
        values = draws.sel(trust=row.trust, measure=row.measure).values
        judgeable = row.measure == "avoided"
        verdict = judge(values, rules=judged.rules, diagnostics_fail=judged.diagnostics_fail) if judgeable else None
        verdicts.append(verdict.word if verdict else "")
        chances.append(float((values > 0).mean()) if judgeable else math.nan)
    return table.assign(probability_fewer=chances, verdict=verdicts)


def repeat_callers_table(material: Material, drawn: xr.Dataset, spread: CallsPerPerson, cap: int) -> pd.DataFrame:
    """People behind the calls, and ED attendances avoided when nobody avoids more than `cap`.

    Returns
    -------
    DataFrame
        callers, code, estimand, trust, measure, unit, cap, number, number_low, number_high, level. Measures: `calls`,
        `people`, `avoided` (without a cap), `avoided_capped`, `people_avoiding` (at least one); positive is fewer.
    """
    weighed = weigh(material, drawn, material.base)
    outcomes = outcomes_of(weighed, drawn, material.spec)
    if "ed_attendance" not in outcomes.consequence.values:
        return pd.DataFrame()
    avoided = (outcomes.without_service - outcomes.with_service).sel(consequence="ed_attendance", drop=True)
    calls = calls_behind(weighed.flows, avoided)
    tables = []
    for name, chosen in (("frequent", spread), ("alike", everyone_alike(spread))):
        parts = {
            "calls": calls,
            "people": people(calls, chosen),
            "avoided": avoided,
            "avoided_capped": capped(avoided, calls, chosen, cap=cap),
            "people_avoiding": capped(avoided, calls, chosen, cap=1),
        }
        draws = with_joint_total(xr.Dataset(parts)).to_dataarray("measure")
        keys = ["estimand", "trust", "measure"]
        table = summarise(draws.transpose("sample", *keys)).to_dataframe(dim_order=keys).reset_index()
        tables.append(table.rename(columns=_NAMES).assign(callers=SPREADS[name]))
    rows = pd.concat(tables, ignore_index=True)
    units = {"calls": "calls", "people": "people", "people_avoiding": "people"}
    rows = rows.assign(
        code=[ESTIMANDS[name][0] for name in rows.estimand],
        unit=[f"{units.get(name, 'ED attendances')} in the period" for name in rows.measure],
        cap=cap,
        level=INTERVAL_LEVEL,
    )
    columns = ["callers", "code", "estimand", "trust", "measure", "unit", "cap", *_NAMES.values(), "level"]
    return rows[columns]


def calls_behind(flows: xr.Dataset, avoided: xr.DataArray) -> xr.DataArray:
    """The calls from which each estimand's avoided numbers come: those displaced for E2, else the mental line's."""
    names = [WEIGHED_BY[str(name)][1] for name in avoided.estimand.values]
    found: xr.DataArray = xr.concat([flows[name] for name in names], dim=avoided.estimand)
    return found


def period_cap(spec: Spec, per_year: float) -> int:
    """A yearly cap over the evaluated period, rounded up to whole attendances."""
    study = spec.study
    months = (study.period_end.year - study.period_start.year) * 12 + study.period_end.month - study.period_start.month
    return max(1, math.ceil(per_year * (months + 1) / 12 - 1e-9))
