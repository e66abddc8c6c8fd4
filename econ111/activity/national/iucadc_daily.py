"""Daily NHS 111 telephony by contract area, from the weekly collection: provisional management counts.

The column `calls_abandoned` of the assembled file contradicts the others on most rows, so it is kept as printed and
never as a count of abandoned calls. Zeros that look like missing returns stay zero and are flagged `doubtful`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.national.sources import named_rows, parse_day, read_cells, repeated_keys
from econ111.activity.numbers import parse_whole
from econ111.activity.reading import Reading, finish_reading, raise_if_errors
from econ111.activity.tabular import read_table
from econ111.errors import Issue

WORDS = ("contract_code", "contract_name", "region_code")
DAYS = ("date", "week_ending")
COUNTS = ("calls_received", "calls_answered", "calls_answered_60s", "calls_abandoned", "calls_triaged")
COLUMNS = ("date", *WORDS, *COUNTS, "week_ending")
DAYS_IN_WEEK = 7


@dataclass(frozen=True)
class _Day:
    number: int
    day: date
    week_ending: date
    words: Mapping[str, str]
    counts: Mapping[str, int | None]

    @property
    def contract(self) -> str:
        return self.words["contract_code"]

    def pair(self, one: str, other: str) -> tuple[int, int] | None:
        """Two counts, or nothing when either was not supplied."""
        first, second = self.counts[one], self.counts[other]
        return None if first is None or second is None else (first, second)


def read_iucadc_daily(path: Path | str, *, raise_errors: bool = True) -> Reading:
    """Read daily telephony by contract area.

    Parameters
    ----------
    path : path
        CSV with one row per day and contract.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (contract, day), calls per day, NaN where there is no row: `calls_received`, `calls_answered`,
        `calls_answered_60s`, `calls_triaged`, and `abandoned_as_printed`, which is not a count of abandoned calls when
        the issues say so. `doubtful` marks zeros that look like returns nobody sent.

    Raises
    ------
    DataError
        On bad rows, a contract and day given twice, and more calls answered than received.
    """
    table = read_table(path, expected=COLUMNS)
    rows, issues = named_rows(table, COLUMNS)
    days: list[_Day] = []
    for row in rows:
        when = read_cells(row, DAYS, parse_day, file=table.file, issues=issues)
        counts = read_cells(row, COUNTS, parse_whole, file=table.file, issues=issues)
        if when is not None and counts is not None:
            words = {name: row.words[name] for name in WORDS}
            days.append(_Day(row.number, when["date"], when["week_ending"], words, counts))
    if not days:
        raise_if_errors(issues)
    keys: list[tuple[int, tuple[object, ...]]] = [(each.number, (each.contract, each.day)) for each in days]
    issues += repeated_keys(keys, file=table.file, column="contract_code")
    issues += _row_issues(days, table.file)
    issues += _abandoned_issues(days, table.file)
    issues += _triage_issues(days, table.file)
    doubtful, found = _zeros(days, table.file)
    issues += found
    return finish_reading(_dataset(days, doubtful, table.file), issues, raise_errors=raise_errors)


def _row_issues(days: Sequence[_Day], file: str) -> list[Issue]:
    issues = []
    for each in days:
        for part in ("calls_answered", "calls_triaged", "calls_answered_60s"):
            whole = "calls_answered" if part == "calls_answered_60s" else "calls_received"
            pair = each.pair(part, whole)
            if part != "calls_triaged" and pair and pair[0] > pair[1]:
                what = f"{part} {pair[0]:,} is more than {whole} {pair[1]:,}."
                issues.append(Issue("error", file, each.number, what, "Correct one of them.", part, str(pair[0])))
        if not timedelta(0) <= each.week_ending - each.day < timedelta(DAYS_IN_WEEK):
            what = f"{each.day} is not in the week that ends on {each.week_ending}."
            issues.append(Issue("error", file, each.number, what, "Correct one of them.", "week_ending"))
    named = [each for each in days if len(each.words["region_code"]) > 3]
    if named:
        what = f"the column holds names of regions, not codes, in {len(named):,} rows."
        shown = named[0].words["region_code"]
        issues.append(Issue("note", file, named[0].number, what, "They were kept as names.", "region_code", shown))
    return issues


def _abandoned_issues(days: Sequence[_Day], file: str) -> list[Issue]:
    """Answered and abandoned calls cannot be more than were received; how the column went wrong, if that shows."""
    known = [
        (each, received, answered, abandoned)
        for each in days
        if (received := each.counts["calls_received"]) is not None
        and (answered := each.counts["calls_answered"]) is not None
        and (abandoned := each.counts["calls_abandoned"]) is not None
    ]
    broken = [one for one in known if one[2] + one[3] > one[1]]
    if not broken:
        return []
    abandoned, both = sum(one[3] for one in known), sum(one[2] + one[3] for one in known)
    what = (
        f"answered + abandoned is more than received in {len(broken):,} of {len(known):,} rows; taken at its word, "
        f"{abandoned / both:.0%} of calls would have been abandoned."
    )
    if all(0 <= one[3] - one[2] <= one[1] - one[2] for one in known):
        equal = sum(one[3] == one[1] for one in known)
        what += (
            f" In every row abandoned - answered lies between 0 and received - answered, and in {equal:,} it equals "
            "it, as if answered calls had been added in (an inference)."
        )
    remedy = "Do not use calls_abandoned or pct_abandoned; take abandoned calls from the monthly file."
    first = broken[0]
    return [Issue("warning", file, first[0].number, what, remedy, "calls_abandoned", str(first[3]))]


def _triage_issues(days: Sequence[_Day], file: str) -> list[Issue]:
    """Contracts with more calls triaged than answered, and on what share of their days with calls."""
    issues = []
    for contract, mine in _by(days, lambda each: each.contract).items():
        pairs = [pair for each in mine if each.counts["calls_received"] and (pair := _triaged_and_answered(each))]
        more = sum(triaged > answered for triaged, answered in pairs)
        if more:
            name = mine[0].words["contract_name"]
            what = (
                f"{name} ({contract}) has more calls triaged than answered on {more} of {len(pairs)} days "
                f"({more / len(pairs):.0%})."
            )
            remedy = "Calls of other providers are triaged there: do not use answered calls as the base of triage."
            issues.append(Issue("warning", file, None, what, remedy, "calls_triaged", contract))
    return issues


def _triaged_and_answered(each: _Day) -> tuple[int, int] | None:
    return each.pair("calls_triaged", "calls_answered")


def _zeros(days: Sequence[_Day], file: str) -> tuple[set[tuple[str, date]], list[Issue]]:
    """Zeros that look like returns nobody sent: all contracts on one day, or one contract for a whole week."""
    issues = []
    remedy = "The zeros are kept and flagged `doubtful`; leave them out unless the publisher confirms them."
    empty = [
        day
        for day, mine in sorted(_by(days, lambda each: str(each.day)).items())
        if len(mine) > 1 and all(each.counts["calls_received"] == 0 for each in mine)
    ]
    doubtful = {(each.contract, each.day) for each in days if str(each.day) in set(empty)}
    if empty:
        areas = len({contract for contract, day in doubtful if str(day) == empty[0]})
        what = f"all {areas} contracts have no calls on {len(empty)} days, {empty[0]} to {empty[-1]}: a placeholder."
        issues.append(Issue("warning", file, None, what, remedy, "calls_received", "0"))
    for contract, mine in _by(days, lambda each: each.contract).items():
        for week, inside in _by(mine, lambda each: str(each.week_ending)).items():
            alone = [each for each in inside if each.counts["calls_received"] == 0 and str(each.day) not in set(empty)]
            if len(alone) == len(inside) == DAYS_IN_WEEK:
                doubtful |= {(contract, each.day) for each in alone}
                name = alone[0].words["contract_name"]
                what = f"{name} ({contract}) has no calls in the whole week to {week}, while others have: not reported."
                issues.append(Issue("warning", file, alone[0].number, what, remedy, "calls_received", "0"))
    return doubtful, issues


def _by(days: Sequence[_Day], key: Callable[[_Day], str]) -> dict[str, list[_Day]]:
    groups: dict[str, list[_Day]] = {}
    for each in days:
        groups.setdefault(key(each), []).append(each)
    return groups


def _dataset(days: Sequence[_Day], doubtful: set[tuple[str, date]], file: str) -> xr.Dataset:
    contracts = sorted({each.contract for each in days})
    first, last = min(each.day for each in days), max(each.day for each in days)
    shape = (len(contracts), (last - first).days + 1)
    values = {name: np.full(shape, np.nan) for name in COUNTS}
    flags = np.zeros(shape, dtype=bool)
    latest = {each.contract: each for each in sorted(days, key=lambda each: each.day)}
    for each in reversed(days):
        place = (contracts.index(each.contract), (each.day - first).days)
        flags[place] = (each.contract, each.day) in doubtful
        for name, value in each.counts.items():
            values[name][place] = np.nan if value is None else value
    named = {"abandoned_as_printed" if name == "calls_abandoned" else name: values[name] for name in COUNTS}
    dims = ("contract", "day")
    return xr.Dataset(
        {
            **{name: (dims, array, {"units": "calls per day"}) for name, array in named.items()},
            "doubtful": (dims, flags, {"long_name": "a zero that looks like a return nobody sent"}),
        },
        coords={
            "contract": contracts,
            "day": pd.date_range(first, last).to_numpy().astype("datetime64[ns]"),
            "contract_name": ("contract", [latest[code].words["contract_name"] for code in contracts]),
            "region": ("contract", [latest[code].words["region_code"] for code in contracts]),
        },
        attrs={"file": file, "status": "provisional"},
    )
