"""From a row of text to a parameter: every rule a row must meet, and rules across rows.

All faults of all rows are returned together; nothing is mended in silence.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from econ111.errors import Issue, nearest
from econ111.parameters.distributions import DISTRIBUTIONS, problems_of
from econ111.parameters.parameter import GROUP_MARK, Parameter
from econ111.parameters.sources import LICENCES, SHARE_ALIKE, Source
from econ111.parameters.text_table import NUMBER_REMEDY, TextRow, parse_number
from econ111.units import UNITS, unit_remedy

REQUIRED = (
    "name",
    "description",
    "unit",
    "value",
    "distribution",
    "standard_error",
    "low",
    "high",
    "effective_n",
    "price_year",
    "source",
    "locator",
    "licence",
    "confidence",
    "note",
)
OPTIONAL = ("year", "index", "edition", "status", "review_date")
NUMBERS = ("value", "standard_error", "low", "high", "effective_n")
CONFIDENCES = ("high", "medium", "low")
STATUSES = ("final", "provisional", "superseded", "derived")
SHARES_ADD_UP_TO = 1e-9

_NAME = re.compile(r"[a-z][A-Za-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_YEAR = re.compile(r"(\d{4})(/(\d{2}))?")


def parameter_from(row: TextRow, *, sources: dict[str, Source]) -> tuple[Parameter | None, list[Issue]]:
    """The parameter of one row, or None with everything that is wrong with it."""
    issues = [*_text_problems(row), *_source_problems(row, sources)]
    numbers = {column: _number(row, column, issues) for column in NUMBERS}
    review_date = _date(row, issues)
    value = numbers["value"]
    if value is None or any(row.cells[column] and numbers[column] is None for column in NUMBERS):
        return None, issues
    text = {column: row.cells.get(column, "") for column in (*REQUIRED, *OPTIONAL) if column not in NUMBERS}
    parameter = Parameter(
        **{column: word for column, word in text.items() if column != "review_date"},
        value=value,
        standard_error=numbers["standard_error"],
        low=numbers["low"],
        high=numbers["high"],
        effective_n=numbers["effective_n"],
        review_date=review_date,
        file=row.file,
        row=row.row,
    )
    issues += _number_problems(row, parameter)
    return (None if issues else parameter), issues


def cross_row_problems(parameters: Collection[Parameter]) -> list[Issue]:
    """Faults that only several rows together show: a name twice, shares that do not add up to one."""
    return [*_repeated_names(parameters), *_group_problems(parameters)]


def year_problem(text: str) -> str | None:
    """What is wrong with a year, or None: `2024/25` is a financial year, `2024` a calendar year.

    Examples
    --------
    >>> year_problem("2024/25"), year_problem("2024")
    (None, None)
    >>> year_problem("2024-25")
    'a year is written 2024/25 or 2024.'
    >>> year_problem("2024/26")
    'a financial year ends in the next year: 2024/25.'
    """
    match = _YEAR.fullmatch(text)
    if match is None:
        return "a year is written 2024/25 or 2024."
    start, end = int(match[1]), match[3]
    if end is not None and int(end) != (start + 1) % 100:
        return f"a financial year ends in the next year: {start}/{(start + 1) % 100:02d}."
    return None


def _text_problems(row: TextRow) -> Iterable[Issue]:
    for column in ("name", "description", "unit", "distribution", "locator", "licence", "confidence", "note", "source"):
        if not row.cells[column]:
            yield row.issue(column, f"{column} is blank.", "Every parameter needs one.")
    name = row.cells["name"]
    if name and not _NAME.fullmatch(name):
        yield row.issue("name", "a name has letters, digits and underscores, and at most one point.", "Rename it.")
    yield from _listed(row, "distribution", DISTRIBUTIONS)
    yield from _listed(row, "confidence", CONFIDENCES)
    yield from _listed(row, "licence", LICENCES)
    yield from _listed(row, "status", STATUSES)
    if row.cells["unit"] and row.cells["unit"] not in UNITS:
        yield row.issue("unit", "the unit is not known.", unit_remedy(row.cells["unit"]))
    yield from _year_problems(row)
    if (GROUP_MARK in name) != (row.cells["distribution"] == "dirichlet"):
        yield row.issue("distribution", "only a Dirichlet component has a point in its name.", "Use group.component.")


def _listed(row: TextRow, column: str, allowed: Collection[str]) -> Iterable[Issue]:
    word = row.cells.get(column, "")
    if word and word not in allowed:
        yield row.issue(column, f"{column} is not known.", nearest(word, allowed))


def _year_problems(row: TextRow) -> Iterable[Issue]:
    for column in ("price_year", "year"):
        problem = year_problem(row.cells[column]) if row.cells.get(column) else None
        if problem:
            yield row.issue(column, problem, "Write it so.")
    unit = UNITS.get(row.cells["unit"])
    if unit is not None and unit.money and not row.cells["price_year"]:
        yield row.issue("price_year", "money has no price year.", "Say which year's prices, such as 2024/25.")
    if unit is not None and not unit.money and row.cells["price_year"]:
        yield row.issue("price_year", "only money has a price year.", "Put the year it describes in the column 'year'.")


def _source_problems(row: TextRow, sources: dict[str, Source]) -> Iterable[Issue]:
    keys = [key.strip() for key in row.cells["source"].split(";")] if row.cells["source"] else []
    for key in keys:
        if key not in sources:
            yield row.issue("source", f"source {key!r} is not in sources.toml.", _source_remedy(key, sources))
    share_alike = {key for key in keys if key in sources and sources[key].licence in SHARE_ALIKE}
    if share_alike and row.cells["licence"] not in SHARE_ALIKE:
        what = f"what is derived from {', '.join(sorted(share_alike))} carries its licence."
        yield row.issue("licence", what, f"Write {' or '.join(sorted(SHARE_ALIKE))}.")
    if row.cells["licence"] in SHARE_ALIKE and "/" not in row.file:
        yield row.issue("licence", "a share-alike row stands among the open ones.", "Move it to its licence's folder.")
    if row.cells["licence"] in LICENCES and row.cells["licence"] not in SHARE_ALIKE and "/" in row.file:
        yield row.issue("licence", "an open row stands in a share-alike folder.", "Move it to the open files.")


def _source_remedy(key: str, sources: dict[str, Source]) -> str:
    remedy = nearest(key, sources)
    return remedy if remedy.startswith("Did") else "Add it there, with title, publisher, year, licence and url."


def _number(row: TextRow, column: str, issues: list[Issue]) -> float | None:
    text = row.cells[column]
    number = parse_number(text) if text else None
    if text and number is None:
        issues.append(row.issue(column, "this is not a number.", NUMBER_REMEDY))
    if not text and column == "value":
        issues.append(row.issue(column, "the value is blank.", "Give the mean; a range alone is not a parameter."))
    if number is not None and not math.isfinite(number):
        issues.append(row.issue(column, "this number is too large.", NUMBER_REMEDY))
    return number


def _date(row: TextRow, issues: list[Issue]) -> date | None:
    text = row.cells.get("review_date", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        issues.append(row.issue("review_date", "this is not a date.", "Write it as 2027-03-31."))
        return None


def _number_problems(row: TextRow, parameter: Parameter) -> Iterable[Issue]:
    unit = UNITS.get(parameter.unit)
    if unit is not None and not unit.low <= parameter.value <= unit.high:
        remedy = f"{unit.name} goes from {unit.low:g} to {unit.high:g}: check the scale and the sign."
        yield row.issue("value", "the value is outside what its unit allows.", remedy)
    if parameter.distribution in DISTRIBUTIONS:
        for column, what, remedy in problems_of(parameter):
            yield row.issue(column, what, remedy)


def _repeated_names(parameters: Collection[Parameter]) -> Iterable[Issue]:
    first: dict[str, Parameter] = {}
    for parameter in parameters:
        earlier = first.setdefault(parameter.name, parameter)
        if earlier is not parameter:
            what = f"{parameter.name}: this name stands already at {earlier.file} row {earlier.row}."
            yield _issue_at(parameter, "name", what, "One name, one row: rename or remove one.")
        if parameter.group and parameter.group in first:
            yield _issue_at(parameter, "name", f"{parameter.group} is a parameter too.", "Rename one of them.")


def _group_problems(parameters: Collection[Parameter]) -> Iterable[Issue]:
    groups: dict[str, list[Parameter]] = defaultdict(list)
    for parameter in parameters:
        if parameter.group:
            groups[parameter.group].append(parameter)
    for group, members in groups.items():
        total = math.fsum(member.value for member in members)
        if abs(total - 1) > SHARES_ADD_UP_TO:
            what = f"the shares of {group} add up to {total:.6g}, not to 1."
            yield _issue_at(members[0], "value", what, "Mend the shares of the group.")
        if len({member.effective_n for member in members}) > 1:
            what = f"the rows of {group} have different effective n."
            yield _issue_at(members[0], "effective_n", what, "A Dirichlet has one: write the same in each row.")


def _issue_at(parameter: Parameter, column: str, what: str, remedy: str) -> Issue:
    return Issue("error", parameter.file, parameter.row, what, remedy, column=column)
