"""Which month a text means, by a closed list of formats and never by a library's guess.

Guessing is how `Apr-24` becomes April of the year 1 and `20240401` the fourth of January. A month is written as its
first day; any other day is a partial month or another date, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from econ111.activity.cells import Problem

FIRST_YEAR = 2010
LAST_YEAR = 2035
ACCEPTED = "Write the month as 2024-04, 2024-04-01, 01/04/2024, Apr-24, Apr 2024, April 2024 or 20240401."

_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBER = {name: i for i, name in enumerate(_NAMES, 1)} | {name[:3]: i for i, name in enumerate(_NAMES, 1)}

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})(-(?P<d>\d{2})([ t]00:00(:00(\.0+)?)?)?)?", re.ASCII)
_BRITISH = re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})( 00:00(:00)?)?", re.ASCII)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII)
_NAMED = re.compile(r"(?P<name>[a-z]+)(-(?P<yy>\d{2})|[- ](?P<y>\d{4}))", re.ASCII)
_RELEASE = re.compile(r"(iucadc-monthly|msitae)-(?P<name>[a-z]+)-(?P<y>\d{4})", re.ASCII)


def parse_month(text: str) -> date | Problem:
    """First day of the month a text means.

    Returns
    -------
    date or Problem
        The first of the month, or what is wrong with the text and what to write.

    Examples
    --------
    >>> parse_month("Apr-24")
    datetime.date(2024, 4, 1)
    >>> parse_month("MSitAE-FEBRUARY-2026")
    datetime.date(2026, 2, 1)
    >>> parse_month("15/04/2024").what
    'is day 15 of a month, not its first day.'
    """
    plain = text.strip().casefold()
    for pattern in (_ISO, _BRITISH, _COMPACT):
        found = pattern.fullmatch(plain)
        if found:
            return _from_numbers(found, british=pattern is _BRITISH)
    for pattern in (_NAMED, _RELEASE):
        found = pattern.fullmatch(plain)
        if found and found["name"] in _NUMBER:
            short = found.groupdict().get("yy")
            return _month(2000 + int(short) if short else int(found["y"]), _NUMBER[found["name"]])
    if re.fullmatch(r"[0-9]{5}", plain):
        return Problem("is a spreadsheet's day number, not a date.", f"Format the column as a date. {ACCEPTED}")
    return Problem("is not written in an accepted format.", ACCEPTED)


def month_text(month: date) -> str:
    """A month as messages print it, for example `2024-04`.

    Examples
    --------
    >>> month_text(date(2024, 4, 1))
    '2024-04'
    """
    return f"{month:%Y-%m}"


def number_of_months(number: int) -> str:
    """A number of months in a sentence.

    Examples
    --------
    >>> number_of_months(1), number_of_months(3)
    ('1 month', '3 months')
    """
    return f"{number} month{'' if number == 1 else 's'}"


def months_in_words(months: Sequence[date], *, shown: int = 6) -> str:
    """How many months and which, the first few by name.

    Examples
    --------
    >>> months_in_words([date(2024, 4, 1)]), months_in_words([date(2024, month, 1) for month in (4, 5, 6)], shown=2)
    ('1 month (2024-04)', '3 months (2024-04, 2024-05, ...)')
    """
    named = [month_text(month) for month in months[:shown]] + (["..."] if len(months) > shown else [])
    return f"{number_of_months(len(months))} ({', '.join(named)})"


def months_between(first: date, last: date) -> list[date]:
    """Every month from the first to the last, both included.

    Examples
    --------
    >>> len(months_between(date(2024, 11, 1), date(2025, 2, 1)))
    4
    """
    start, end = _index(first), _index(last)
    return [date(n // 12, n % 12 + 1, 1) for n in range(start, end + 1)]


def first_of_month(day: date) -> date:
    """First day of the month that holds a day."""
    return date(day.year, day.month, 1)


def _index(month: date) -> int:
    return month.year * 12 + month.month - 1


def _from_numbers(found: re.Match[str], *, british: bool) -> date | Problem:
    year, month, day = int(found["y"]), int(found["m"]), int(found["d"] or 1)
    if month > 12 and british:
        return Problem("has no such month; it looks like month/day/year.", f"Use day/month/year. {ACCEPTED}")
    try:
        date(year, month, day)
    except ValueError:
        return Problem("is not a date in the calendar.", ACCEPTED)
    if day != 1:
        american = " If it is month/day/year, write it as 2024-04." if british and day <= 12 else ""
        return Problem(
            f"is day {day} of a month, not its first day.",
            f"Give whole months, each by its first day; leave a partial month out.{american} {ACCEPTED}",
        )
    return _month(year, month)


def _month(year: int, month: int) -> date | Problem:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Problem(f"has the year {year}, outside {FIRST_YEAR} to {LAST_YEAR}.", f"Correct the year. {ACCEPTED}")
    return date(year, month, 1)
