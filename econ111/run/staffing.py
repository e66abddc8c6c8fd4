"""The service-cost basis from the people up: named draws -> a line -> cost per call of each trust.

The line is worked again only when its calls or its parameters have changed, so that moving a unit cost does not queue
every hour of the week again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics.staffing import CallWeek, Line, PayTerms, WorkingTime, line_cost
from econ111.economics.tables import frame_of
from econ111.economics.totals import TOTAL
from econ111.errors import InputError
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.parameters import Catalogue, draw_group
from econ111.specs.schema import Economics, Spec
from econ111.specs.staffing import Staffing

MONTHS_PER_YEAR = 12
COMPARED = 500
POOLED = "One line for all"
MEASURES = {
    "calls_per_year": "Calls a year",
    "on_duty": "People on duty, mean over the year",
    "most_on_duty": "People on duty, busiest hour",
    "busy_share": "Share of their time spent on calls",
    "whole_time_equivalents": "Whole-time equivalents",
    "employment_cost": "Cost of one whole-time equivalent a year",
    "line_cost": "Cost of the line a year",
    "cost_per_call": "Cost per call",
}
QUEUES = {"erlang_c": "callers wait (Erlang C)", "erlang_a": "callers may give up (Erlang A)"}


@dataclass(frozen=True)
class KnownLine:
    """What a line was found to cost, and from what: calls a year (sample, trust) and parameters (sample)."""

    calls_per_year: xr.DataArray
    parameters: xr.Dataset
    staffing: Staffing
    found: xr.Dataset

    def cost_per_call(self, calls_per_year: xr.DataArray, parameters: xr.Dataset) -> xr.DataArray:
        """GBP per call (sample, trust), worked again only where calls or parameters differ from the known ones."""
        names = [*self.staffing.names, *self.staffing.groups]
        same = calls_per_year.equals(self.calls_per_year) and all(
            np.array_equal(parameters[name], self.parameters[name]) for name in names
        )
        found = self.found if same else line_cost(calls_per_year, line_of(parameters, self.staffing))
        return found["cost_per_call"]


def known_line(calls: xr.DataArray, parameters: xr.Dataset, staffing: Staffing) -> KnownLine:
    """Work a line once; `calls` (sample, trust) over the evaluated period."""
    yearly = calls_per_year(calls)
    return KnownLine(yearly, parameters, staffing, line_cost(yearly, line_of(parameters, staffing)))


def staffed_cost(outcomes: xr.Dataset, parameters: xr.Dataset, *, line: KnownLine) -> xr.DataArray:
    """GBP per call of the line (sample, trust) for the calls of some outcomes and some parameters (sample)."""
    calls = outcomes.calls.assign_attrs(period_months=outcomes.attrs["period_months"])
    return line.cost_per_call(calls_per_year(calls), parameters)


def calls_per_year(calls: xr.DataArray) -> xr.DataArray:
    """Calls of the evaluated period as calls of a year."""
    return calls * (MONTHS_PER_YEAR / float(calls.attrs["period_months"]))


def draw_staffing_groups(
    catalogue: Catalogue, staffing: Staffing, *, samples: int, seed: int
) -> dict[str, xr.DataArray]:
    """Shares that are drawn together (sample, component), each under the name of its group."""
    return {
        name: draw_group(catalogue, name, samples=samples, seed=seed).rename(component=f"{name}_component")
        for name in staffing.groups
    }


def line_of(parameters: xr.Dataset, staffing: Staffing, *, queue: str | None = None) -> Line:
    """A line from named draws.

    Raises
    ------
    InputError
        When a band or zone has a share and no pay, or pay and no share, or a parameter is impossible.
    """

    def one(role: str) -> xr.DataArray:
        name: str = getattr(staffing, role)
        return parameters[name]

    def group(role: str, dim: str) -> xr.DataArray:
        name: str = getattr(staffing, role)
        return parameters[name].rename({f"{name}_component": dim})

    bands, zones = list(staffing.pay), list(staffing.supplements)
    hours = group("calls_by_hour", "hour")
    week = CallWeek(hours.drop_vars("hour"), one("weekend_ratio"), one("handling_minutes"), one("public_holidays"))
    supplement = {
        part: _side_by_side(parameters, {zone: getattr(staffing.supplements[zone], part) for zone in zones}, "zone")
        for part in ("share", "floor", "cap")
    }
    terms = PayTerms(
        basic=_side_by_side(parameters, staffing.pay, "band"),
        band_share=_matching(group("band_share", "band"), bands, staffing.band_share),
        supplement_share=supplement["share"],
        supplement_floor=supplement["floor"],
        supplement_cap=supplement["cap"],
        zone_share=_matching(group("zone_share", "zone"), zones, staffing.zone_share),
        **{role: one(role) for role in (
            "night_enhancement", "sunday_enhancement", "insurance_rate", "insurance_threshold", "pension_rate",
            "levy_rate",
        )},
    )  # fmt: skip
    roles = ("paid_hours", "week_hours", "leave_days", "public_holidays", "training_days", "sickness", "off_phone")
    line = Line(
        week=week,
        terms=terms,
        time=WorkingTime(**{role: one(role) for role in roles}),
        answer_target=one("answer_target"),
        least_on_duty=one("least_on_duty"),
        overheads=one("overheads"),
    )
    return replace(line, patience=one("patience")) if (queue or staffing.queue) == "erlang_a" else line


def staffing_table(known: KnownLine, spec: Spec) -> pd.DataFrame:
    """Staff and cost of each trust's line, of all together, and of one line for all; nobody giving up and some.

    Returns
    -------
    DataFrame
        queue, line, measure, label, mean, low, high, unit, draws, level, price_year, perspective. The queue that is not
        the base is worked on the first draws alone, as many as `draws` says. 'Total' adds the trusts' lines up;
        'One line for all' answers the same calls in one place, which needs fewer people.
    """
    parts = []
    for queue, words in QUEUES.items():
        first = slice(None) if queue == known.staffing.queue else slice(COMPARED)
        calls, parameters = known.calls_per_year.isel(sample=first), known.parameters.isel(sample=first)
        line = line_of(parameters, known.staffing, queue=queue)
        own = known.found if queue == known.staffing.queue else line_cost(calls, line)
        pooled = line_cost(calls.sum("trust").expand_dims(trust=[POOLED], axis=1), line)
        found = xr.concat(
            [own.assign(calls_per_year=calls), _added(own, calls), pooled.assign(calls_per_year=_pooled(calls))],
            dim="trust",
        )
        parts += [_measure(found[name], name).assign(queue=words, draws=found.sizes["sample"]) for name in MEASURES]
    table = pd.concat(parts, ignore_index=True).rename(columns={"trust": "line"})
    ordered = table[["queue", "line", "measure", "label", "mean", "low", "high", "unit", "draws"]]
    return ordered.assign(
        level=INTERVAL_LEVEL, price_year=str(known.found.attrs["price_year"]), perspective=spec.study.perspective
    )


def staffing_needed(economics: Economics) -> Staffing:
    """The staffing section; an error when there is none."""
    if economics.staffing is None:
        raise InputError("The basis 'staffing' needs the section [economics.staffing]. Add it; it may be empty.")
    return economics.staffing


def _added(own: xr.Dataset, calls: xr.DataArray) -> xr.Dataset:
    """All trusts' lines added up draw by draw; shares and costs per unit from the sums."""
    total = own[["on_duty", "most_on_duty", "whole_time_equivalents", "line_cost"]].sum("trust", keep_attrs=True)
    busy = (own["busy_share"] * own["on_duty"]).sum("trust") / total["on_duty"]
    staff = (own["employment_cost"] * own["whole_time_equivalents"]).sum("trust") / total["whole_time_equivalents"]
    total = total.assign(
        busy_share=busy, employment_cost=staff, calls_per_year=calls.sum("trust"),
        cost_per_call=total["line_cost"] / calls.sum("trust"),
    )  # fmt: skip
    return total.expand_dims(trust=[TOTAL], axis=1)


def _pooled(calls: xr.DataArray) -> xr.DataArray:
    return calls.sum("trust").expand_dims(trust=[POOLED], axis=1)


def _measure(draws: xr.DataArray, name: str) -> pd.DataFrame:
    table = frame_of(summarise(draws))[["trust", "mean", "low", "high"]]
    units = {"calls_per_year": "calls per year", "on_duty": "people", "most_on_duty": "people"}
    units |= {"busy_share": "proportion", "whole_time_equivalents": "whole-time equivalents"}
    units |= {"cost_per_call": "GBP per call"}
    return table.assign(measure=name, label=MEASURES[name], unit=units.get(name, "GBP per year"))


def _side_by_side(parameters: xr.Dataset, names: dict[str, str], dim: str) -> xr.DataArray:
    parts = [parameters[name] for name in names.values()]
    years = {str(part.attrs.get("price_year", "")) for part in parts}
    joined = xr.concat([part.drop_attrs() for part in parts], dim=dim, coords="minimal").assign_coords(
        {dim: list(names)}
    )
    return joined.assign_attrs(price_year=years.pop() if len(years) == 1 else "")


def _matching(shares: xr.DataArray, wanted: list[str], name: str) -> xr.DataArray:
    dim = next(str(dim) for dim in shares.dims if dim != "sample")
    if sorted(map(str, shares[dim].values)) != sorted(wanted):
        found = ", ".join(map(str, shares[dim].values))
        raise InputError(f"{name} has shares of {found}, and pay is given for {', '.join(wanted)}. Name the same ones.")
    return shares.sel({dim: wanted})
