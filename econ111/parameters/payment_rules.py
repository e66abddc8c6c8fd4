"""How care is paid for, year by year: `payment_rules.csv`.

One row says, for one kind of activity and the years from `first_year` to `last_year`, which share of its price follows
activity within the year. Under a fixed sum that share is 0: an avoided attendance then releases no cash to whoever
pays. An empty share is one that nobody here has seen; cash cannot be claimed on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from econ111.display import Shown
from econ111.errors import DataError, Issue, nearest
from econ111.parameters.checks import year_problem
from econ111.parameters.sources import LICENCES, load_sources
from econ111.parameters.text_table import NUMBER_REMEDY, TextRow, parse_number, read_text_table
from econ111.resources import shipped_folder

PAYMENT_RULES_FILE = "payment_rules.csv"
COLUMNS = (
    "name", "covers", "first_year", "last_year", "variable_share", "status", "source", "locator", "licence",
    "confidence", "note",
)  # fmt: skip
STATUSES = ("in force", "proposed", "local")


@dataclass(frozen=True)
class PaymentRule(Shown):
    """One row: `variable_share` from 0 to 1, or None where it is not known; years are financial years."""

    name: str
    covers: str
    first_year: str
    last_year: str
    variable_share: float | None
    status: str
    source: str
    locator: str
    note: str
    row: int = 0

    def applies_in(self, year: str) -> bool:
        """Whether a financial year is one of its years."""
        return self.first_year <= year <= self.last_year


def load_payment_rules(folder: Path | None = None) -> dict[str, tuple[PaymentRule, ...]]:
    """Every payment rule by name, its rows in order of years.

    Parameters
    ----------
    folder : Path, optional
        A folder of parameter files; the shipped one when left out. A folder without the file has no rules.

    Returns
    -------
    dict
        Name to rows. At most one row of a name applies in a year.

    Raises
    ------
    DataError
        With every problem of the file: unknown source, licence or status, a share outside 0 to 1, years that overlap.

    Examples
    --------
    >>> [rule.variable_share for rule in load_payment_rules()["urgent_care"]]
    [0.0, None]
    """
    folder = shipped_folder("data/parameters") if folder is None else folder
    path = folder / PAYMENT_RULES_FILE
    if not path.is_file():
        return {}
    sources, issues = load_sources(folder)
    rows, faults = read_text_table(path, label=PAYMENT_RULES_FILE, required=COLUMNS)
    issues += faults
    for row in rows:
        issues += _problems(row, list(sources))
    if issues:
        raise DataError(issues)
    found: dict[str, list[PaymentRule]] = {}
    for row in rows:
        found.setdefault(row.cells["name"], []).append(_rule(row))
    ordered = {name: tuple(sorted(rules, key=lambda rule: rule.first_year)) for name, rules in found.items()}
    overlaps = [issue for rules in ordered.values() for issue in _overlaps(rules)]
    if overlaps:
        raise DataError(overlaps)
    return ordered


def _rule(row: TextRow) -> PaymentRule:
    cells = row.cells
    words = ("name", "covers", "first_year", "last_year", "status", "source", "locator", "note")
    share = parse_number(cells["variable_share"]) if cells["variable_share"] else None
    return PaymentRule(**{word: cells[word] for word in words}, variable_share=share, row=row.row)


def _problems(row: TextRow, sources: Sequence[str]) -> list[Issue]:
    cells = row.cells
    wanted = [column for column in COLUMNS if column != "variable_share" and not cells[column]]
    found = [row.issue(column, f"{column} is empty.", "Fill it.") for column in wanted]
    for column in ("first_year", "last_year"):
        problem = year_problem(cells[column]) or (None if "/" in cells[column] else "a financial year is needed.")
        found += [row.issue(column, problem, "Write it like 2025/26.")] if problem else []
    if not found and cells["last_year"] < cells["first_year"]:
        found.append(row.issue("last_year", "the last year comes before the first.", "Correct one of them."))
    if cells["variable_share"]:
        share = parse_number(cells["variable_share"])
        if share is None:
            found.append(row.issue("variable_share", "this is not a number.", NUMBER_REMEDY))
        elif not 0 <= share <= 1:
            found.append(row.issue("variable_share", "a share is from 0 to 1.", "Write 20 % as 0.2."))
    for column, allowed in (("status", STATUSES), ("licence", tuple(LICENCES)), ("source", tuple(sources))):
        if cells[column] and cells[column] not in allowed:
            found.append(row.issue(column, f"{column} is not known.", nearest(cells[column], allowed)))
    return found


def _overlaps(rules: Sequence[PaymentRule]) -> list[Issue]:
    return [
        Issue(
            "error", PAYMENT_RULES_FILE, later.row,
            f"{later.name}: {later.first_year} is within the years of row {earlier.row}.",
            "End the earlier row sooner.",
        )
        for earlier, later in pairwise(rules)
        if later.first_year <= earlier.last_year
    ]  # fmt: skip
