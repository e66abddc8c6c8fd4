"""Months that have not come, and launches that nobody could tell from the season.

Both are warnings: the clock of a machine may be wrong, and whoever knows the service may know its season otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from econ111.activity.months import first_of_month, month_text, months_between
from econ111.errors import Issue

# Each calendar month twice before the launch: once can be chance.
SEASON_MONTHS = 24


def months_to_come(rows: Mapping[date, int | None], *, file: str, today: date | None = None) -> list[Issue]:
    """A warning for counts of months that are not over on a day.

    Parameters
    ----------
    rows : mapping of month to row
        First days of months that hold a count, and the first row of each.
    file : str
        Name for the messages.
    today : date, optional
        The day to judge by; the machine's when left out.

    Returns
    -------
    list of Issue
        One for months that have not begun, one for the month that is not over.

    Examples
    --------
    >>> months_to_come({date(2025, 1, 1): 2, date(2025, 3, 1): 4}, file="calls.csv", today=date(2025, 2, 3))[0].row
    4
    """
    day = today or date.today()
    begun, issues = first_of_month(day), []
    later = sorted(month for month in rows if month > begun)
    if later:
        what = f"{len(later)} months with counts have not begun on {day}, the first {month_text(later[0])}."
        remedy = "Correct the year, or leave forecasts and budgets out: only what was counted is data."
        issues.append(Issue("warning", file, rows[later[0]], what, remedy, "month", month_text(later[0])))
    if begun in rows:
        what = f"{month_text(begun)} is not over on {day}, so that its counts are those of a part."
        remedy = "Leave the month out until it is whole."
        issues.append(Issue("warning", file, rows[begun], what, remedy, "month", month_text(begun)))
    return issues


def launch_with_season(launches: Mapping[str, date | None], *, first: date, file: str) -> list[Issue]:
    """A warning when every launch falls on one month of the year and the season before was not seen twice.

    Parameters
    ----------
    launches : mapping of trust to date
        `None` where it is not known; nothing is said when none is.
    first : date
        First month of the data.
    file : str
        Name for the message.

    Returns
    -------
    list of Issue
        At most one.

    Examples
    --------
    >>> launch_with_season({"RV5": date(2024, 4, 2)}, first=date(2022, 4, 1), file="calls.csv")
    []
    >>> launch_with_season({"RV5": date(2024, 4, 2)}, first=date(2022, 5, 1), file="calls.csv")[0].value
    '2024-04-02'
    """
    known = sorted(launch for launch in launches.values() if launch is not None)
    if not known or len({launch.month for launch in known}) > 1:
        return []
    before = len(months_between(first, known[-1])) - 1
    if before >= SEASON_MONTHS:
        return []
    what = (
        f"every launch is in {known[0]:%B} and the data begin {before} months before, so that what comes with the "
        "season at that time of year cannot be told from the effect of the launch."
    )
    remedy = f"Supply {SEASON_MONTHS} months before the launch, or a trust or series without the service."
    return [Issue("warning", file, None, what, remedy, "launch_date", str(known[0]))]
