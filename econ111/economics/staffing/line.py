"""The cost of a line from the people up.

    people on duty  by hour of the week, from calls, handling time and answer target          (erlang, week)
    equivalents     = hours on duty / (1 - time off the telephone) / hours worked a year       (pay)
    cost of a line  = equivalents x cost of employment x (1 + overheads)
    cost per call   = cost of a line / calls

Small lines cost more per call than large ones: somebody must be there when nobody calls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.display import Shown
from econ111.economics.joint import SAMPLE, check_joint
from econ111.economics.staffing.erlang import agents_needed
from econ111.economics.staffing.pay import PayTerms, WorkingTime, employment_cost, worked_hours
from econ111.economics.staffing.week import DAYS, DAYS_PER_YEAR, HOURS, MINUTES_PER_HOUR, CallWeek, duty_hours, loads
from econ111.errors import InputError
from econ111.passes import passes

SECONDS_PER_MINUTE = 60


@dataclass(frozen=True, repr=False)
class Line(Shown):
    """One line: its calls over the week, how fast it answers, who works there and what else it needs.

    `answer_target` is the longest acceptable average wait in seconds. `patience` in minutes, when given, lets callers
    give up (Erlang A); otherwise nobody does (Erlang C). `least_on_duty`: fewest people at any hour. `overheads`: cost
    of management, estate and systems over the cost of those who answer, as a proportion.
    """

    week: CallWeek
    terms: PayTerms
    time: WorkingTime
    answer_target: xr.DataArray
    least_on_duty: xr.DataArray
    overheads: xr.DataArray
    patience: xr.DataArray | None = None


def line_cost(calls_per_year: xr.DataArray, line: Line) -> xr.Dataset:
    """Staff and cost of a line, per trust.

    Parameters
    ----------
    calls_per_year : DataArray (sample, trust)
        Calls in a year; above 0. With Erlang A, calls offered.
    line : Line
        How it works; draws on the same sample index.

    Returns
    -------
    Dataset (sample, trust)
        `on_duty`: people on duty, mean over the year; `most_on_duty`: at the busiest hour; `busy_share`: share of
        their hours spent on calls; `whole_time_equivalents`; `employment_cost`: GBP a year for each; `line_cost`: GBP a
        year; `cost_per_call`: GBP per call. Attribute `price_year`.

    Raises
    ------
    InputError
        When calls are not above 0, a time or share is impossible, price years are mixed or draws do not match.
    """
    if not bool((np.isfinite(calls_per_year) & (calls_per_year > 0)).all()):
        raise InputError("Calls a year must be finite and above 0 in every draw and trust. Leave out trusts with none.")
    check_joint({"calls": calls_per_year} | _drawn(line))
    if not bool((line.overheads >= 0).all()):
        raise InputError("overheads must be a proportion of 0 or above in every draw. Check the parameter.")
    each = calls_per_year.size // max(calls_per_year.sizes["trust"], 1) * len(DAYS) * HOURS
    parts = [
        _cost_of_some(calls_per_year.isel(trust=some), line)
        for some in passes(calls_per_year.sizes["trust"], each=each)
    ]
    return parts[0] if len(parts) == 1 else xr.concat(parts, dim="trust")


def _cost_of_some(calls_per_year: xr.DataArray, line: Line) -> xr.Dataset:
    """The same for some trusts: each is staffed by itself, every hour of the week."""
    people = _on_duty(calls_per_year, line)
    hours = duty_hours(people, line.week)
    total = hours.sum("rate")
    busy = calls_per_year * line.week.handling_minutes / MINUTES_PER_HOUR
    employed = employment_cost(line.terms, hours / total)
    equivalents = total / (1 - line.time.off_phone) / worked_hours(line.time)
    cost = equivalents * employed * (1 + line.overheads)
    year = str(employed.attrs["price_year"])
    found = {
        "on_duty": (total / (DAYS_PER_YEAR * HOURS), "people"),
        "most_on_duty": (people.max(["day", "hour"]), "people"),
        "busy_share": (busy / total, "proportion"),
        "whole_time_equivalents": (equivalents, "whole-time equivalents"),
        "employment_cost": (employed, "GBP per year"),
        "line_cost": (cost, "GBP per year"),
        "cost_per_call": (cost / calls_per_year, "GBP per call"),
    }
    arrays = {
        name: amount.transpose(*calls_per_year.dims).drop_attrs(deep=False).assign_attrs(unit=unit, price_year=year)
        for name, (amount, unit) in found.items()
    }
    return xr.Dataset(arrays, attrs={"price_year": year})


def _on_duty(calls_per_year: xr.DataArray, line: Line) -> xr.DataArray:
    load = loads(calls_per_year, line.week)
    minutes = line.week.handling_minutes

    def on_load(draws: xr.DataArray) -> np.ndarray:
        """The same draws with empty dims of length 1, so that they broadcast against the load."""
        return draws.expand_dims({dim: 1 for dim in load.dims if dim not in draws.dims}).transpose(*load.dims).values

    people = agents_needed(
        load.values,
        handling=on_load(minutes),
        answer_target=on_load(line.answer_target / SECONDS_PER_MINUTE),
        patience=None if line.patience is None else on_load(line.patience),
        least=on_load(line.least_on_duty),
    )
    return load.copy(data=people.astype(float)).rename("people")


def _drawn(line: Line) -> dict[str, xr.DataArray]:
    parts = {**vars(line.week), **vars(line.terms), **vars(line.time)}
    parts |= {name: value for name, value in vars(line).items() if isinstance(value, xr.DataArray)}
    return {name: value for name, value in parts.items() if SAMPLE in value.dims}
