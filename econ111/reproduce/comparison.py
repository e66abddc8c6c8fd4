"""Figure by figure, whether two runs agree within what chance between two samples allows.

A mean of n effective draws has Monte Carlo error sd / sqrt(n); the end of a 95 % interval of a normal quantity
2.7 sd / sqrt(n), from the density there. Two runs differ by the root of the sum of two squares; five such errors are
allowed, so that the 44,000 figures of London that can be judged agree in 97 of 100 runs that should. A figure that
states its standard error is judged by it, and a count of people, which goes in steps, may be one step further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from econ111.intervals import INTERVAL_LEVEL
from econ111.reproduce.recorded import rows_of

ERRORS_ALLOWED = 5.0
COLUMNS = ("table", "row", "figure", "recorded", "now", "allowed", "verdict")
SAME, CLOSE, DIFFERENT, UNJUDGED, LOST = (
    "same", "within Monte Carlo error", "differs", "differs, with no interval to judge it by", "not made again",
)  # fmt: skip
# Tables that tell of the run or of what went in, not of results.
NOT_RESULTS = ("issues", "parameters", "evidence", "checks")
DIGITS = 1e-9


def compare_tables(
    recorded: Mapping[str, pd.DataFrame], fresh: Mapping[str, pd.DataFrame], *, effective_draws: float
) -> pd.DataFrame:
    """Compare every number of every table of results.

    Parameters
    ----------
    recorded, fresh : mapping of str to DataFrame
        Tables of the two runs as read from their files.
    effective_draws : float
        The lesser of the two runs' effective draws.

    Returns
    -------
    DataFrame
        table, row (its words), figure (column), recorded, now, allowed (largest difference), verdict.
    """
    rows: list[tuple[object, ...]] = []
    for name, old in recorded.items():
        if name in NOT_RESULTS:
            continue
        rows += _table(name, old, fresh.get(name, pd.DataFrame()), effective_draws)
    return pd.DataFrame(rows, columns=COLUMNS)


def _table(name: str, old: pd.DataFrame, new: pd.DataFrame, draws: float) -> Iterator[tuple[object, ...]]:
    numbers = [column for column in old.columns if pd.api.types.is_numeric_dtype(old[column])]
    words = [column for column in old.columns if column not in numbers or column in NAMING_NUMBERS]
    words = [column for column in words if column in new.columns]
    keys = _keys(old, words)
    found = {} if new.empty else dict(zip(_keys(new, words), rows_of(new), strict=True))
    for key, row in zip(keys, rows_of(old), strict=True):
        other = found.get(key)
        for column in numbers:
            if pd.isna(row[column]):
                continue
            if other is None:
                yield name, key, column, row[column], np.nan, np.nan, LOST
            else:
                yield name, key, column, row[column], other.get(column, np.nan), *_judge(column, row, other, draws)


def _keys(table: pd.DataFrame, words: list[str]) -> list[str]:
    """A row by the words that name it; rows that share them are counted."""
    named = [column for column in words if column not in RESULT_WORDS and table[column].nunique() > 1]
    texts = [" · ".join(str(value) for value in row if not pd.isna(value)) for row in table[named].values]
    seen: dict[str, int] = {}
    keys = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        keys.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return keys


# Words that say what was found, which may change between two runs; they name no row.
RESULT_WORDS = (
    "verdict", "reason", "change", "answer", "becomes", "words", "status", "synthetic", "fit", "reading", "agrees",
    "decided", "sign_whatever",
)  # fmt: skip
# Numbers that name a row: what was asked, not what was found.
NAMING_NUMBERS = ("threshold",)
STANDARD_ERRORS = {
    "value": "standard_error", "evsi": "standard_error", "check": "check_standard_error",
    "population_value": "population_standard_error", "population_evsi": "population_standard_error",
}  # fmt: skip


def _judge(column: str, row: Mapping[str, Any], other: Mapping[str, Any], draws: float) -> tuple[float, str]:
    """The largest difference allowed to a figure, and what is found."""
    old, value = float(row[column]), float(other.get(column, np.nan))
    allowed = _allowed(column, row, other, draws)
    if pd.isna(value):
        return allowed, UNJUDGED if np.isnan(allowed) else LOST
    difference = abs(old - value)
    if difference <= DIGITS * max(abs(old), 1.0):
        return allowed, SAME
    if np.isnan(allowed):
        return allowed, UNJUDGED
    return allowed, CLOSE if difference <= allowed else DIFFERENT


def _stated(column: str, row: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """From the standard errors that both runs state; where one is 0, its draws hold no doubt: no judgement."""
    errors = [float(one.get(STANDARD_ERRORS[column], np.nan)) for one in (row, other)]
    return ERRORS_ALLOWED * float(np.hypot(errors[0], errors[1])) if min(errors) > 0 else float("nan")


def _allowed(column: str, row: Mapping[str, Any], other: Mapping[str, Any], draws: float) -> float:
    if not np.isfinite(draws):
        return 0.0
    if STANDARD_ERRORS.get(column) in row:
        return _stated(column, row, other)
    error = ERRORS_ALLOWED * np.sqrt(2 / min(draws, float(row.get("replicates", draws))))
    if column.startswith("probability"):
        chance = float(row[column])
        return float(error * max(np.sqrt(chance * (1 - chance)), 1 / np.sqrt(draws)))
    stem = "mean" if column in ("low", "high") else column.removesuffix("_low").removesuffix("_high")
    ends = ("low", "high") if stem == "mean" else (f"{stem}_low", f"{stem}_high")
    low, high = (float(row.get(end, np.nan)) for end in ends)
    if stem not in row or np.isnan(low) or np.isnan(high):
        return float("nan")
    half = norm.ppf((1 + INTERVAL_LEVEL) / 2)
    sd = (high - low) / (2 * half)
    if column == stem:
        return float(error * sd)
    tail = (1 - INTERVAL_LEVEL) / 2
    step = 1.0 if row.get("unit") == "people" else 0.0
    return float(error * sd * np.sqrt(tail * (1 - tail)) / norm.pdf(half)) + step
