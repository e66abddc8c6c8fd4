"""An evaluation as it may be shared: its observed counts under the disclosure rule, everything modelled as it is.

Estimates are not counts of people in cells, so they are not hidden. Observed counts are: in figures and the tables
behind them, and in what was noticed about the data, where the numbers are taken out of the sentences.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from econ111.disclosure import DisclosureRule, publishable_calls, publishing_rule
from econ111.disclosure.calls import MARK
from econ111.economics.totals import TOTAL
from econ111.parameters import load_catalogue
from econ111.results import DISCLOSURE, Evaluation

WITHHELD = "withheld"
OFF = "Disclosure control was switched off for this run: observed counts are shown as they came. Check before sharing."
NOT_NEEDED = "No disclosure control is needed: no counts of its own data are shown, or they were published before."
_COUNTS = re.compile(r"(?<![-\w.])\d[\d,]*(?![-\w])(?! (?:months?|trusts?|rows?|sheets?)\b)")
_ROWS = re.compile(r"\(rows? [^)]*\)")


def for_sharing(evaluation: Evaluation) -> Evaluation:
    """The same evaluation with nothing in it that its disclosure rule keeps back.

    Parameters
    ----------
    evaluation : Evaluation
        As it came from the run. One that is protected already, or whose run switched the control off, is returned.

    Returns
    -------
    Evaluation
        Observed calls hidden and rounded, months of a small outcome series withheld, counts taken out of the issues.
    """
    rule = sharing_rule(evaluation)
    if rule is None or (evaluation.calls is not None and MARK in evaluation.calls.attrs):
        return evaluation
    tables = dict(evaluation.tables)
    if "issues" in tables:
        tables["issues"] = without_counts(tables["issues"])
    data = evaluation.calls
    outcome = evaluation.spec.series.outcome if evaluation.spec.series else ""
    if data is not None and "calls_answered_low" in data:
        data = publishable_calls(data, rule)
    elif data is not None and outcome in data:
        public = publishable_series(data[outcome], rule)
        if "monthly" in tables:
            tables["monthly"] = _monthly_as_printed(tables["monthly"], data[outcome], public)
        others = {name: xr.full_like(data[name], np.nan) for name in data if data[name].dtype.kind == "f"}
        data = data.assign(others | {outcome: public}).assign_attrs({**data.attrs, MARK: rule.words()})
    return replace(evaluation, calls=data, tables=tables)


def sharing_rule(evaluation: Evaluation) -> DisclosureRule | None:
    """The rule to apply; None when the run switched it off or when there is nothing to protect."""
    recorded = evaluation.record.get(DISCLOSURE)
    if recorded is not None:
        return DisclosureRule(**recorded["rule"]) if recorded["applied"] and recorded["rule"] else None
    return publishing_rule(evaluation.spec, load_catalogue())


def sharing_words(evaluation: Evaluation) -> str:
    """What the page says of disclosure control."""
    recorded = evaluation.record.get(DISCLOSURE)
    if recorded is not None and recorded["rule"] and not recorded["applied"]:
        return OFF
    rule = sharing_rule(evaluation)
    return NOT_NEEDED if rule is None else f"{rule.words()} Estimates are not counts of people and are not hidden."


def without_counts(issues: pd.DataFrame) -> pd.DataFrame:
    """A table of issues whose sentences and values hold no counts; rows, months and codes stay.

    Examples
    --------
    >>> one = {"value": "3", "what": "ed of RV5 goes from 3 in 2024-05 to 1,200.", "row": 4}
    >>> without_counts(pd.DataFrame([one])).loc[0, ["value", "what"]].tolist()
    ['withheld', 'ed of RV5 goes from … in 2024-05 to ….']
    """
    counts = [bool(re.fullmatch(r"[\d,]+", str(value))) for value in issues["value"]]
    words = [_blanked(str(text)) if hit else text for text, hit in zip(issues["what"], counts, strict=True)]
    values = [WITHHELD if hit else value for value, hit in zip(issues["value"], counts, strict=True)]
    return issues.assign(what=words, value=values)


def publishable_series(counts: xr.DataArray, rule: DisclosureRule) -> xr.DataArray:
    """An outcome series rounded, and NaN in every month of a trust that has a small one.

    The series is also told by its total over the evaluated period, so that one hidden month could be worked out from
    the others: all months of that trust go, and with them the total of the trusts.
    """
    known = counts.notnull()
    small = known & (counts >= rule.first_hidden) & (counts < rule.below)
    numbers = [count if np.isnan(count) else float(rule.printed(int(count))) for count in counts.values.ravel()]
    printed = counts.copy(data=np.array(numbers).reshape(counts.shape))
    found: xr.DataArray = printed.where(~small.any("month"))
    return found.assign_attrs(counts.attrs)


def _blanked(text: str) -> str:
    return _COUNTS.sub("…", _ROWS.sub("", text))


def _monthly_as_printed(table: pd.DataFrame, counts: xr.DataArray, public: xr.DataArray) -> pd.DataFrame:
    """Predicted less observed, with the observed count as it is printed: otherwise it could be read off."""
    trusts = [name for name in counts["trust"].values if name in set(table.trust)]
    moved = (counts - public).where(counts.notnull(), 0.0).sel(trust=trusts).reset_coords(drop=True)
    total = moved.sum("trust", skipna=False).expand_dims(trust=[TOTAL])
    rows = xr.concat([moved, total], dim="trust").rename("moved").to_dataframe().reset_index()
    rows = rows.assign(month=[str(month)[:7] for month in rows["month"]])[["trust", "month", "moved"]]
    shift = table.merge(rows, on=["trust", "month"], how="left")["moved"].to_numpy()
    columns = ["avoided", "avoided_low", "avoided_high"]
    return table.assign(**{name: table[name].to_numpy() + shift for name in columns})
