"""Outcome series that are possible but unlikely: frozen figures, and months that have not come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from econ111.activity.calendar_alarms import months_to_come
from econ111.activity.call_alarms import CONSTANT_MONTHS
from econ111.errors import Issue


def outcome_alarms(
    counts: pd.DataFrame, measure: str, rows: Iterable[tuple[date, int]], *, file: str, today: date | None = None
) -> list[Issue]:
    """Warnings about one outcome of all trusts.

    Parameters
    ----------
    counts : DataFrame (month x trust)
        Counts a month, NaN where not supplied.
    measure : str
        Name of the outcome.
    rows : iterable of (month, row)
        Where a count was given, in the order of the file.
    file : str
        Name for the messages.
    today : date, optional
        The day by which a month has come or not; the machine's when left out.

    Returns
    -------
    list of Issue

    Examples
    --------
    >>> frozen = pd.DataFrame({"RV5": [70.0] * 6}, index=pd.date_range("2024-01-01", periods=6, freq="MS"))
    >>> outcome_alarms(frozen, "ed", [], file="counts.csv")[0].what
    'ed of RV5 never changes: 70 in each of 6 months, 2024-01 to 2024-06.'
    """
    first: dict[date, int | None] = {}
    for month, row in rows:
        first.setdefault(month, row)
    issues = months_to_come(first, file=file, today=today)
    for trust in counts.columns:
        series = counts[trust].dropna()
        if len(series) < CONSTANT_MONTHS or series.min() != series.max():
            continue
        span = f"{series.index[0]:%Y-%m} to {series.index[-1]:%Y-%m}"
        what = f"{measure} of {trust} never changes: {series.iloc[0]:,.0f} in each of {len(series)} months, {span}."
        remedy = "Check that they are counts and not a carried-forward figure; where none were made, leave blanks."
        issues.append(Issue("warning", file, None, what, remedy, measure, f"{series.iloc[0]:.0f}"))
    return issues
