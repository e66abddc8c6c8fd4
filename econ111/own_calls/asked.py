"""What a trust says when it asks for templates, checked before anything is written.

A trust's name may be anything a person can type: it is written as text wherever it stands. Its code goes into file
cells and lists, so it is letters and digits as the NHS writes codes. The name of the evaluation becomes a file name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from econ111.activity.cells import Problem
from econ111.activity.months import first_of_month, month_text, months_between, parse_month
from econ111.activity.template import EXAMPLE_TRUST, TOTAL_WORDS
from econ111.display import Shown
from econ111.errors import InputError

LONGEST_NAME = 60
LONGEST_CODE = 20
LONGEST_TRUST_NAME = 200
PRE_MONTHS = 24
MOST_MONTHS = 120
MOST_TRUSTS = 200
# Names that Windows keeps for its devices, whatever ending follows.
DEVICES = ("con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10)))

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_CODE = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True)
class AskedTrust(Shown):
    """One trust: its code in the data, its name for readers, and the day its line started."""

    code: str
    name: str
    launch_date: date


@dataclass(frozen=True, repr=False)
class Asked(Shown):
    """What the templates are for; `launch_stated` is false where a date was filled in for want of one."""

    name: str
    trusts: tuple[AskedTrust, ...]
    months: tuple[date, ...]
    launch_stated: bool


def ask(name: str, *, trusts: Sequence[str], months: str, launches: Sequence[str] = ()) -> Asked:
    """What was asked for, with every fault named at once.

    Parameters
    ----------
    name : str
        Of the evaluation: small letters, digits, hyphens and underscores.
    trusts : sequence of str
        Each `CODE:Name`, or a code alone.
    months : str
        `FROM:TO`, first and last month of the data.
    launches : sequence of str
        A date for all trusts, or `CODE:DATE` for one of them. Left out, the line is taken to start after 24 months of
        data, or halfway through shorter data.

    Returns
    -------
    Asked

    Raises
    ------
    InputError
        With every fault.

    Examples
    --------
    >>> asked = ask("my-trust", trusts=["RV5:South London"], months="2022-04:2025-03")
    >>> asked.trusts[0].launch_date, len(asked.months)
    (datetime.date(2024, 4, 1), 36)
    """
    faults = _name_faults(name)
    named = [_code_and_name(text, faults) for text in trusts]
    faults += _code_faults([code for code, _ in named])
    period = _period(months, faults)
    dates = _launches(launches, [code for code, _ in named], faults)
    outside = [day for day in dates.values() if period and not period[0] <= first_of_month(day) <= period[-1]]
    if outside:
        faults.append(
            f"--launch {outside[0]} is outside the months {month_text(period[0])} to {month_text(period[-1])}."
        )
    if faults:
        raise InputError("\n".join(faults))
    usual = dates.get("", _usual_launch(period))
    return Asked(
        name=name,
        trusts=tuple(AskedTrust(code, title, dates.get(code, usual)) for code, title in named),
        months=tuple(period),
        launch_stated=all(code in dates or "" in dates for code, _ in named),
    )


def _name_faults(name: str) -> list[str]:
    rule = "Use small letters, digits, - and _, for example south-london-2025."
    if not _NAME.fullmatch(name):
        return [f"{name[:80]!r} cannot name an evaluation. {rule}"]
    if len(name) > LONGEST_NAME:
        return [f"The name has {len(name)} letters; at most {LONGEST_NAME} are allowed. {rule}"]
    return [f"{name!r} is a name that Windows keeps for itself. {rule}"] if name in DEVICES else []


def _code_and_name(text: str, faults: list[str]) -> tuple[str, str]:
    code, _, name = (part.strip() for part in text.partition(":"))
    name = _one_line(name) or code
    if not _CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        faults.append(
            f"--trusts {text[:80]!r}: {code[:40]!r} is not a code. Write CODE:Name, the code in letters and digits "
            f"(at most {LONGEST_CODE}), as in RV5:South London."
        )
    elif code.casefold() == EXAMPLE_TRUST.casefold() or code.casefold() in TOTAL_WORDS:
        faults.append(f"--trusts {text[:80]!r}: the code {code!r} has another meaning here. Use the trust's own code.")
    if len(name) > LONGEST_TRUST_NAME:
        faults.append(f"--trusts {code}: the name has {len(name)} letters; at most {LONGEST_TRUST_NAME} are allowed.")
    return code, name


def _one_line(text: str) -> str:
    """The text without control characters, line ends or other letters that nobody sees."""
    seen = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return " ".join("".join(letter for letter in seen if unicodedata.category(letter) not in ("Cs", "Co")).split())


def _code_faults(codes: Sequence[str]) -> list[str]:
    if not codes:
        return ["Name at least one trust: --trusts CODE:Name."]
    if len(codes) > MOST_TRUSTS:
        return [f"{len(codes)} trusts were named; at most {MOST_TRUSTS} are allowed. Make several evaluations."]
    same = sorted({code for code in codes if sum(code.casefold() == other.casefold() for other in codes) > 1})
    return [f"The trust {code!r} is named more than once. Name each code once." for code in same]


def _period(text: str, faults: list[str]) -> list[date]:
    first, found, last = (part.strip() for part in text.partition(":"))
    ends = [parse_month(part) for part in (first, last)]
    if not found or any(isinstance(end, Problem) for end in ends):
        faults.append(f"--months {text[:60]!r} is not a period. Write FROM:TO, as in 2022-04:2025-03.")
        return []
    start, end = (value for value in ends if isinstance(value, date))
    months = months_between(start, end)
    if not 2 <= len(months) <= MOST_MONTHS:
        faults.append(f"--months {text!r} holds {len(months)} months. Give 2 to {MOST_MONTHS}, the earlier first.")
        return []
    return months


def _launches(texts: Iterable[str], codes: Sequence[str], faults: list[str]) -> Mapping[str, date]:
    """Launch date by code; under the empty code, that of every other trust."""
    dates: dict[str, date] = {}
    for text in texts:
        code, found, day = (part.strip() for part in text.rpartition(":"))
        if found and code not in codes:
            faults.append(f"--launch {text[:60]!r} names a trust that --trusts does not.")
        try:
            dates[code] = date.fromisoformat(day)
        except ValueError:
            faults.append(f"--launch {text[:60]!r} is not a date. Write 2024-04-22, or CODE:2024-04-22 for one trust.")
    return dates


def _usual_launch(months: Sequence[date]) -> date:
    return months[PRE_MONTHS] if len(months) > PRE_MONTHS else months[len(months) // 2]
