"""The inputs of the model workbook: each with its value, unit, price year, source, and the draws of its spread.

An input is one number that a reader may change. Its uncertainty stays with it: money and capacity keep their spread in
proportion (`ratio`, draw / input), a growth rate keeps it in points (`shift`, draw - input).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from econ111.intervals import INTERVAL_LEVEL
from econ111.report.labels import clean
from econ111.report.numbers import as_number, plain_value
from econ111.report.rows import rows_of
from econ111.report.staffed import STAFFING, StaffedCalls, staffed_calls
from econ111.results import Evaluation
from econ111.specs.schema import BudgetImpact, Economics

Numbers = NDArray[np.float64]
Kind = Literal["money", "number", "share", "growth"]
MONTHS_IN_YEAR = 12.0
FROM_SPECIFICATION = "Specification of the evaluation"


@dataclass(frozen=True)
class Input:
    """One input: `used` = value * factor is what formulas take; `spread` (sample) is a ratio or, for growth, a shift.

    `key` is its name in the workbook: a letter first, then letters, digits and underscores.
    """

    key: str
    label: str
    value: float
    unit: str
    kind: Kind
    factor: float = 1.0
    price_year: str = ""
    moved_by: str = ""
    spread: Numbers = field(default_factory=lambda: np.ones(1))
    about: tuple[tuple[str, str], ...] = ()

    @property
    def used(self) -> float:
        """The value in the prices of the study."""
        return self.value * self.factor

    @property
    def draws(self) -> Numbers:
        """The input in each draw, as the workbook's formulas compute it."""
        return self.used + self.spread if self.kind == "growth" else self.used * self.spread


@dataclass(frozen=True)
class Inputs:
    """All inputs of one workbook, by their section, in the order of the sheet.

    `settled`: year 0 of the budget is made of settled months, so that the length of the period plays no part.
    """

    level: Input
    unit_costs: tuple[Input, ...]
    bases: tuple[Input, ...]
    base: int
    cash_shares: tuple[Input, ...]
    capacities: tuple[Input, ...]
    period_months: Input
    months_in_year: Input
    growth: Input | None
    uptake: tuple[Input, ...]
    set_up: Input | None
    settled: bool = False

    @property
    def sections(self) -> tuple[tuple[str, tuple[Input, ...]], ...]:
        """Sections of the sheet that have anything in them."""
        period = () if self.settled else (self.period_months,)
        volume = (*period, self.months_in_year, *((self.growth,) if self.growth else ()), *self.uptake)
        found = (
            ("Interval", (self.level,)),
            ("Unit costs of the consequences", self.unit_costs),
            ("Cost of an answered call, by basis", self.bases),
            ("Share of the value that leaves a budget line as cash", self.cash_shares),
            ("Capacity that one consequence occupies", self.capacities),
            ("Budget impact", volume if self.uptake else ()),
            ("Set-up cost of each trust", (self.set_up,) if self.set_up else ()),
        )
        return tuple(section for section in found if section[1])


def read_inputs(evaluation: Evaluation, economics: Economics, kept: NDArray[np.intp]) -> Inputs:
    """Inputs of the economics of one evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        With its parameter draws and its table of parameters.
    economics : Economics
        Of its specification.
    kept : array (sample)
        Places of the draws that the workbook holds.
    """
    reader = _Reader(evaluation, kept)
    valued = [item for item in economics.consequences if item.unit_cost]
    labels, budget = _choosable(economics), live_budget(evaluation)
    staffed = staffed_calls(evaluation)
    names = [*economics.service_cost_bases, *([STAFFING] if staffed else [])]
    chosen = economics.consequences if budget else ()
    uptake = budget.uptake if budget else ()
    months = float(evaluation.costs.attrs["period_months"]) if evaluation.costs is not None else MONTHS_IN_YEAR
    return Inputs(
        level=_plain("interval_level", "Probability inside every interval", INTERVAL_LEVEL, "probability", "share"),
        unit_costs=tuple(
            reader.drawn(item.unit_cost or "", f"unit_cost_{item.consequence}", item.label) for item in valued
        ),
        bases=tuple(
            reader.drawn(name, f"call_cost_{basis}", labels[basis])
            for basis, name in economics.service_cost_bases.items()
        )
        + ((_staffed(staffed, labels[STAFFING], evaluation.spec.study.price_year),) if staffed else ()),
        base=names.index(economics.service_cost),
        cash_shares=tuple(
            _plain(f"cash_share_{item.consequence}", item.label, item.cash_share, "share of the value", "share")
            for item in (valued if budget else ())
        ),
        capacities=tuple(
            reader.drawn(item.capacity, f"capacity_{item.consequence}", item.label, kind="number")
            for item in chosen
            if item.capacity
        ),
        period_months=_plain("period_months", "Length of the evaluated period", months, "months", "number"),
        months_in_year=_plain("months_in_year", "Length of a budget year", MONTHS_IN_YEAR, "months", "number"),
        growth=reader.drawn(budget.call_growth, "call_growth", "Growth in calls a year", kind="growth")
        if budget
        else None,
        uptake=tuple(
            _plain(f"uptake_year_{year}", f"Uptake in year {year}", share, "times the evaluated calls", "number")
            for year, share in enumerate(uptake, start=1)
        ),
        set_up=reader.drawn(budget.set_up_cost, "set_up_cost", "Set-up cost of each trust")
        if budget and budget.set_up_cost
        else None,
        settled=budget is not None and budget.settled_months is not None,
    )


def _plain(key: str, label: str, value: float, unit: str, kind: Kind) -> Input:
    about = (("source", FROM_SPECIFICATION if key != "months_in_year" else "Calendar"),)
    return Input(key, label, float(value), unit, kind, about=about)


def _staffed(found: StaffedCalls, label: str, price_year: str) -> Input:
    """A line from the people up: one price, the mean over all trusts; each trust's own is in its weighted calls."""
    note = "Mean over all trusts and draws. What each trust's line costs beside it stands in its calls as staffed."
    about = (("source", "Worked out from calls, staff and pay: table staffing of the run"), ("note", note))
    return Input(
        f"call_cost_{STAFFING}", label, found.rate, "GBP per call", "money", price_year=price_year, about=about
    )


def live_budget(evaluation: Evaluation) -> BudgetImpact | None:
    """The plan whose budget the workbook works out live; None without one.

    Nor is there one where the budget starts from settled months and calls by month were not kept: settled months give
    each trust its own volume in each draw.
    """
    plan = evaluation.spec.budget_impact
    missing = plan is not None and plan.settled_months is not None and evaluation.monthly_calls is None
    return None if missing else plan


@dataclass(frozen=True)
class _Reader:
    """Finds a parameter's draws and its row in the table of parameters."""

    evaluation: Evaluation
    kept: NDArray[np.intp]

    def drawn(self, name: str, key: str, label: str, *, kind: Kind = "money") -> Input:
        draw = self._draws()[name]
        sample = np.broadcast_to(draw.values.astype(float), (self._samples(),))[self.kept]
        row, year = self._row(name), str(draw.attrs.get("price_year", ""))
        value, factor = as_number(row.get("value")), float(draw.attrs.get("price_factor", 1.0))
        money = kind == "money"
        published = clean(row.get("price_year")) or year
        if not np.isfinite(value) or (money and published != year and factor == 1.0):
            value, factor, published = float(sample.mean()), 1.0, year  # no row to start from: the mean of the draws
        unit = clean(row.get("unit")) or str(draw.attrs.get("unit", ""))
        spread = sample - value if kind == "growth" else _in_proportion(sample, value * factor)
        return Input(
            _safe_key(key), clean(label), value, unit, kind, factor, published if money else "",
            clean(draw.attrs.get("price_index", "")), spread, _about(name, row, unit),
        )  # fmt: skip

    def _draws(self) -> xr.Dataset:
        draws = self.evaluation.parameter_draws
        return xr.Dataset() if draws is None else draws

    def _samples(self) -> int:
        return int(self._draws().sizes["sample"])

    def _row(self, name: str) -> dict[str, Any]:
        table = self.evaluation.tables.get("parameters", pd.DataFrame())
        found = table[table["name"] == name] if "name" in table else table
        return next(rows_of(found))._asdict() if len(found) else {}


def _in_proportion(sample: Numbers, used: float) -> Numbers:
    """Each draw divided by the input; where the input is 0, as it has no spread, all ones."""
    return sample / used if used else np.ones_like(sample)


def _about(name: str, row: dict[str, Any], unit: str) -> tuple[tuple[str, str], ...]:
    low, high = plain_value(row.get("low"), unit), plain_value(row.get("high"), unit)
    error = plain_value(row.get("standard_error"), unit)
    spread = f"{low} to {high}" if np.isfinite(as_number(row.get("low"))) else ""
    if not spread and np.isfinite(as_number(row.get("standard_error"))):
        spread = f"standard error {error}"
    kind = clean(row.get("distribution"))
    return (
        ("spread", "; ".join(text for text in (kind, spread) if text)),
        ("source", clean(row.get("source_title")) or clean(row.get("source"))),
        ("locator", clean(row.get("locator"))),
        ("licence", clean(row.get("licence"))),
        ("confidence", clean(row.get("confidence"))),
        ("review", clean(row.get("review_date"))),
        ("note", clean(row.get("note"))),
        ("parameter", name),
    )


def _choosable(economics: Economics) -> dict[str, str]:
    """Labels of the bases, each once, short and without the marks that a search in a spreadsheet reads as any text."""
    given = {basis: clean(label) for basis, label in economics.bases.items()}
    plain = {basis: "".join(mark for mark in label if mark not in "*?~")[:200] for basis, label in given.items()}
    folded = [label.casefold() for label in plain.values()]
    return {
        basis: label if folded.count(label.casefold()) == 1 else f"{label} #{place}"
        for place, (basis, label) in enumerate(plain.items(), start=1)
    }


def _safe_key(key: str) -> str:
    """A name that a spreadsheet allows: letters, digits and underscores."""
    return "".join(mark if mark.isascii() and mark.isalnum() else "_" for mark in key)
