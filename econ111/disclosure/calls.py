"""The observed calls of an evaluation as they may be published.

Answered calls, by trust and month and over all trusts, are published under the rule. Every other observed count is
taken out: nothing that is written for sharing needs it, and a count that is not there cannot be printed by mistake.
What is modelled is left as it is.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from econ111.activity.reading import CALL_MEASURES, CELL_STATES
from econ111.disclosure.rule import DisclosureRule
from econ111.disclosure.tables import ALL, protect

PUBLISHED = "calls_answered"
MARK = "disclosure"
_ENDS = ("low", "high")


def publishable_calls(calls: xr.Dataset, rule: DisclosureRule) -> xr.Dataset:
    """A call table without anything that the rule keeps back.

    Parameters
    ----------
    calls : Dataset (trust, month, line, category)
        As read; see `econ111.activity.calls.build_call_table`.
    rule : DisclosureRule
        What is hidden and how the rest is printed.

    Returns
    -------
    Dataset
        `calls_answered_low` and `_high` are what a reader may know, NaN where hidden; `calls_answered_printed` is the
        number to print, NaN where there is none; `calls_answered_total_...` are the same over all trusts (month, line).
        Counts of every other measure are NaN. States stay: they say what was sent, not how many. A count that came
        hidden or rounded keeps the bounds it came with.
    """
    low, high = (calls[f"{PUBLISHED}_{end}"].transpose("trust", "month", "line") for end in _ENDS)
    exact = (low == high) & (calls[f"{PUBLISHED}_state"].transpose(*low.dims) == CELL_STATES.index("observed"))
    counts = low.where(exact)
    lines = [protect(counts.sel(line=line, drop=True), rule, totals=["trust"]) for line in calls.line.values]
    found = {
        part: xr.concat([getattr(one, part) for one in lines], dim=calls.indexes["line"]).transpose(*low.dims)
        for part in ("printed", *_ENDS)
    }
    each = {part: values.isel(trust=slice(None, -1)) for part, values in found.items()}
    kept = {"printed": each["printed"], "low": each["low"].where(exact, low), "high": each["high"].where(exact, high)}
    whole = {part: values.sel(trust=ALL, drop=True) for part, values in found.items()}
    for end in _ENDS:  # a total of parts that came with bounds has bounds, made of those that are published
        whole[end] = whole[end].fillna(kept[end].sum("trust", skipna=False))
    # A total that is hidden to protect a part must not come back as the sum of the published parts: that sum is NaN,
    # because one of its parts is hidden too.
    public = calls.assign({name: xr.full_like(calls[name], np.nan) for name in _counts(calls)})
    named = {f"{PUBLISHED}_{part}": values for part, values in kept.items()}
    public = public.assign(named | {f"{PUBLISHED}_total_{part}": values for part, values in whole.items()})
    return public.assign_attrs({**calls.attrs, MARK: rule.words()})


def _counts(calls: xr.Dataset) -> list[str]:
    names = [f"{measure}_{end}" for measure in (*CALL_MEASURES, "dispositions") for end in _ENDS]
    return [name for name in names if name in calls]
