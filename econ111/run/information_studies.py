"""The studies that an evaluation values: linked records on a grid, audits of some sizes, a completed return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from econ111.economics import value_of_information as voi
from econ111.errors import InputError
from econ111.run.context import Context
from econ111.run.information_draws import ATTENDANCE, Drawn, matching
from econ111.specs.information import ValueOfInformation

LINKED, AUDIT, RETURN = "linked records", "audit of calls", "completed return"
_MENTAL = "mental"
# What is expected after a study is nearly a straight line in each share it reports; products of two come beside it.
# One form for all, so that designs compare.
_FORM = voi.Form(2)


@dataclass(frozen=True)
class Study:
    """One design and what it would report in each draw (sample, result)."""

    kind: str
    label: str
    results: pd.DataFrame
    providers: float
    months: float
    calls: float
    delay: float
    assumes: str

    def fit(self, values: np.ndarray) -> voi.Fit:
        """Smooth each column of `values` on what the study reports."""
        if self.results.shape[1] == 1:
            return voi.smoother_of(self.results.to_numpy()).fit(values)
        return voi.PolynomialSmoother(self.results.to_numpy(), form=_FORM).fit(values)


def linked_studies(drawn: Drawn, given: ValueOfInformation, context: Context) -> list[Study]:
    """Linked records of so many providers for so many months, the smallest first.

    Raises
    ------
    InputError
        When no parameter fits what linked records are said to show.
    """
    names = matching([str(name) for name in drawn.single], given.linked)
    if not names:
        raise InputError(
            f"{context.spec.study.name}: no parameter fits value_of_information.linked = {list(given.linked)}. "
            f"Name probabilities such as 'attended.*.{ATTENDANCE}'."
        )
    rate, spread = (context.catalogue[name].value for name in (given.linkage_rate, given.provider_spread))
    assumes = f"{rate:.0%} of calls linked, the others alike; log odds differ by {spread:g} between providers"
    chances = drawn.single[names]
    grid = voi.linked_attendances(
        chances, calls_behind(drawn, names, context), providers=given.providers, months=given.months,
        linkage_rate=rate, provider_spread=spread, seed=context.sampling.seed,
    )  # fmt: skip
    report = context.catalogue[given.reporting].value
    found = [
        Study(
            kind=LINKED, label=_grid_label(providers, months), results=results, providers=providers, months=months,
            calls=np.nan, delay=(months + report) / 12, assumes=assumes,
        )
        for providers, months, results in grid
    ]  # fmt: skip
    return found


def audit_studies(drawn: Drawn, given: ValueOfInformation, context: Context) -> list[Study]:
    """Calls looked into one by one: where they came from, and what their callers would otherwise have done."""
    assumed = context.spec.assumptions
    if assumed is None or not given.audit_calls:
        return []
    flows = drawn.weighed.flows.sum("trust").mean("sample")
    chances: dict[str, pd.Series[float]] = {}
    bearing: dict[str, float] = {}
    if assumed.absorbed_share in drawn.single:
        chances[assumed.absorbed_share] = drawn.single[assumed.absorbed_share]
        bearing[assumed.absorbed_share] = float(((flows.absorbed + flows.induced) / flows.mental).clip(0, 1))
    left = pd.Series(1.0, index=drawn.single.index)
    for name in matching(list(map(str, drawn.single)), (f"{assumed.induced_otherwise}.*",)):
        # Category after category, of those not in an earlier one: together the draws of one multinomial.
        chances[name] = (drawn.single[name] / left).clip(0, 1)
        bearing[name] = float((flows.induced / flows.mental).clip(0, 1)) * float(left.mean())
        left = (left - drawn.single[name]).clip(lower=1e-12)
    if not chances:
        return []
    report = context.catalogue[given.reporting].value
    grid = voi.audit(pd.DataFrame(chances), bearing, calls=given.audit_calls, seed=context.sampling.seed)
    found = [
        Study(
            kind=AUDIT, label=f"audit of {size:,} calls", results=results, providers=np.nan, months=np.nan, calls=size,
            delay=report / 12, assumes="callers say truly where they came from and what they would otherwise have done",
        )
        for size, results in grid
    ]  # fmt: skip
    return found


def return_study(drawn: Drawn, context: Context) -> Study:
    """Dispositions given to the mental line's calls that have none; draws rest on the prior of what those were."""
    weighed, given = drawn.weighed, context.spec.value_of_information
    assert given is not None  # the caller has it
    calls = weighed.flows.mental
    share = weighed.shares.sel(stage=_MENTAL, drop=True)
    recorded, unrecorded = drawn.recorded.sel(stage=_MENTAL), drawn.unrecorded_share.sel(stage=_MENTAL)
    blank = (calls * unrecorded).sum("trust")
    each = ((calls * (share - (1 - unrecorded) * recorded)).sum("trust") / blank).clip(0, 1)
    names = [str(name) for name in each.disposition.values[:-1]]
    among = pd.DataFrame({name: each.sel(disposition=name).values for name in names})
    people = pd.DataFrame(dict.fromkeys(names, blank.values))
    results = voi.completed_return(among, people, seed=context.sampling.seed)
    return Study(
        kind=RETURN, label="completed return, mental-health line", results=results, providers=np.nan, months=np.nan,
        calls=float(blank.mean()), delay=context.catalogue[given.reporting].value / 12,
        assumes="elicited prior on unrecorded calls, not the base; the physical line's past stays as recorded",
    )  # fmt: skip


def calls_behind(drawn: Drawn, names: list[str], context: Context) -> dict[str, float]:
    """Expected calls, or attendances, that bear on each linked probability, in one provider and month."""
    flows, shares = drawn.weighed.flows, drawn.weighed.shares.sel(stage=_MENTAL, drop=True)
    study = context.spec.study
    months = (study.period_end.year - study.period_start.year) * 12 + study.period_end.month - study.period_start.month
    each = (flows.mental * shares).mean("trust") / (months + 1)
    advised = {str(name): float(each.sel(disposition=name).mean()) for name in each.disposition.values}
    attended = sum(
        float((each.sel(disposition=name).values * drawn.single[key]).mean())
        for name in advised
        if (key := f"attended.{name}.{ATTENDANCE}") in drawn.single
    )
    return {name: advised.get(name.split(".")[1], attended) for name in names}


def _grid_label(providers: int, months: int) -> str:
    return f"{providers} provider{'s' * (providers > 1)}, {months} month{'s' * (months > 1)}"
