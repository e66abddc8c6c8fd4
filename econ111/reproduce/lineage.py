"""One figure, back to where it came from: draws, data, parameters, sources, code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from econ111.display import Card, Shown
from econ111.errors import InputError
from econ111.reproduce.recorded import CAPTIONS, Recorded, read_run, rows_of
from econ111.specs.schema import Economics
from econ111.specs.staffing import STAFFING

# Which words name a row, and which columns are the figure, are told apart by kind: words are text, figures numbers.
ASKED_FIRST = ("estimates", "scenarios", "budget_impact", "cost_consequence")
UNASKED = ("issues", "parameters", "evidence", "checks")
CANDIDATES = 12
SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "bn": 1e9}
NUMBER = re.compile(r"^[£]?([-−]?[\d,]*\.?\d+)(k|m|bn|%)?$")
DRAWS_GROUPS = {
    "estimates": "outcomes", "cost_consequence": "costs", "scenarios": "costs", "budget_impact": "budget",
    "monthly": "posterior",
}  # fmt: skip
NET_SYSTEM = ("absorbed_share", "crisis_line_mix", "induced_otherwise")


@dataclass(frozen=True, repr=False)
class Lineage(Shown):
    """Where one figure comes from, a heading and its lines at a time."""

    parts: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        return "\n".join(
            line for head, lines in self.parts.items() for line in (f"{head}:", *(f"  {x}" for x in lines))
        )

    __repr__ = __str__

    def _card(self) -> Card:
        return Card("Where a figure comes from", (), {head: "\n".join(lines) for head, lines in self.parts.items()})


def lineage(place: Path, quantity: str) -> Lineage:
    """Follow a printed figure of a run back to its parameters and sources.

    Parameters
    ----------
    place : Path
        The folder that a run wrote.
    quantity : str
        Words of the row ("E3 ed_attendance total", "net value wales E3"), the figure as printed ("3,271", "-£4.1m"), or
        both. Words may stand in any order and match any part of the row's words or its table's name.

    Returns
    -------
    Lineage

    Raises
    ------
    InputError
        When nothing matches; when several rows do, with the first of them to choose from.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import econ111
    >>> from econ111.report import write_outputs
    >>> with TemporaryDirectory() as folder:
    ...     _ = write_outputs(econ111.evaluate("sussex-street-triage-2016"), Path(folder))
    ...     found = lineage(Path(folder), "published_changes custody")
    >>> found.parts["Figure"][0]
    'published_changes: Changes between published numbers, with intervals'
    """
    recorded = read_run(place)
    table, row = _find(recorded, quantity)
    parts: dict[str, tuple[str, ...]] = {
        "Figure": (f"{table}: {CAPTIONS[table]}", *_words(row)),
        "Draws": tuple(_draws(recorded, table)),
        "Data": tuple(_data(recorded)),
        "Parameters": tuple(_parameters(recorded, table, row)),
        "Evidence": tuple(_evidence(recorded, table, row)),
        "Made by": tuple(_code(recorded)),
    }
    return Lineage({head: lines for head, lines in parts.items() if lines})


def _find(recorded: Recorded, quantity: str) -> tuple[str, dict[str, Any]]:
    """The one row that every word matches: of the tables asked first, if any of those has it."""
    words = quantity.split()
    if not words:
        raise InputError('Name a figure: words of its row, such as "E3 ed total", or the figure as printed.')
    order = [*ASKED_FIRST, *(name for name in recorded.tables if name not in ASKED_FIRST)]
    found = [
        (name, row)
        for name in order
        if name in recorded.tables and name not in UNASKED
        for row in rows_of(recorded.tables[name])
        if all(_matches(word, name, row) for word in words)
    ]
    if not found:
        raise InputError(f'No figure matches "{quantity}". The tables are: {", ".join(recorded.tables)}.')
    exact = [(name, row) for name, row in found if all(_whole(word, name, row) for word in words)]
    chosen = exact if exact else found
    first = [pair for pair in chosen if pair[0] == chosen[0][0]]
    if len(first) > 1:
        shown = "\n".join(f"  {name}: {_label(row)}" for name, row in first[:CANDIDATES])
        more = f"\n  and {len(first) - CANDIDATES} more" if len(first) > CANDIDATES else ""
        raise InputError(f'{len(first)} figures match "{quantity}". Add a word that only one has:\n{shown}{more}')
    return first[0]


def _matches(word: str, table: str, row: Mapping[str, Any]) -> bool:
    """Whether a word is part of the row's words, or the row holds it as a printed number."""
    asked = word.casefold()
    if any(asked in text.casefold() for text in (table, *_texts(row))):
        return True
    return _printed(word, row)


def _whole(word: str, table: str, row: Mapping[str, Any]) -> bool:
    """Whether a word is a whole cell of the row, its table's name or one of its numbers."""
    asked = word.casefold()
    return asked in {text.casefold() for text in (table, *_texts(row))} or _printed(word, row)


def _texts(row: Mapping[str, Any]) -> Iterator[str]:
    """The row's words, and the names of its figures."""
    for name, value in row.items():
        if isinstance(value, str) and name not in ("reason", "synthetic"):
            yield value
        elif isinstance(value, float) and not pd.isna(value):
            yield name


def _printed(word: str, row: Mapping[str, Any]) -> bool:
    """Whether some figure of the row would be printed as this number."""
    given = NUMBER.match(word.replace("−", "-").replace("-£", "£-"))
    if given is None:
        return False
    text, suffix = given.group(1).replace(",", ""), given.group(2) or ""
    decimals = len(text.partition(".")[2])
    scale = 0.01 if suffix == "%" else SCALES[suffix]
    figures = (value for value in row.values() if isinstance(value, float) and not pd.isna(value))
    return any(f"{value / scale:.{decimals}f}" == text for value in figures)


def _label(row: Mapping[str, Any]) -> str:
    return " · ".join(text for text in row.values() if isinstance(text, str) and len(text) < 40)


def _words(row: Mapping[str, Any]) -> Iterator[str]:
    """Every cell of the row that says something."""
    for name, value in row.items():
        if isinstance(value, str) and value:
            yield f"{name}: {value}"
        elif isinstance(value, int | float) and not pd.isna(value):
            yield f"{name}: {value:,.10g}"


def _draws(recorded: Recorded, table: str) -> Iterator[str]:
    diagnostics = recorded.record.get("diagnostics") or {}
    group = DRAWS_GROUPS.get(table)
    if group and "results.nc" in recorded.record["files"]:
        yield f'results.nc, group "{group}": the row is the mean and the quantiles of its draws'
    if "draws" in diagnostics:
        least, seed = diagnostics["bulk_effective_draws"], recorded.record["seed"]
        yield f"{diagnostics['draws']:,} draws of {diagnostics['chains']} chains, at least {least:,.0f} effective"
        yield f"largest R-hat {diagnostics['r_hat']:.3f}; seed {seed}"


def _data(recorded: Recorded) -> Iterator[str]:
    made = " (synthetic)" if recorded.spec.study.synthetic else ""
    for name, checksum in recorded.record["checksums"]["data"].items():
        yield f"{name}{made}, SHA-256 {checksum[:16]}"
    issues = recorded.tables.get("issues", pd.DataFrame())
    if len(issues):
        yield f"{len(issues)} remarks about it in issues.csv"


def _parameters(recorded: Recorded, table: str, row: Mapping[str, Any]) -> Iterator[str]:
    """The parameters that this row rests on, each with its place and source."""
    rows = recorded.tables.get("parameters", pd.DataFrame())
    if rows.empty:
        return
    named = list(_named(recorded, table, row))
    for each in rows[rows["name"].map(lambda name: name in named or name.split(".")[0] in named)].to_dict("records"):
        year = "" if pd.isna(each["price_year"]) else f", {each['price_year']} prices"
        where = "" if pd.isna(each["locator"]) else f", {each['locator']}"
        yield (
            f"{each['name']} = {each['value']:,.6g} {each['unit']}{year} [{each['file']} row {each['row']}] "
            f"{each['source_title']}{where}; licence {each['licence']}"
        )
    priors = rows[rows.use == "prior of the model"]
    if len(priors):
        yield f"{len(priors)} priors of the model [{priors.file.iloc[0]} rows {priors.row.min()} to {priors.row.max()}]"


def _named(recorded: Recorded, table: str, row: Mapping[str, Any]) -> Iterator[str]:
    economics = recorded.spec.economics
    if row.get("estimand") == "net_system" or table.startswith("structural"):
        yield from NET_SYSTEM
    if table.startswith("published"):
        yield from recorded.tables["parameters"]["name"]
    if economics is None or table not in (
        "cost_consequence",
        "scenarios",
        "budget_impact",
        "one_way",
        "structural_value",
    ):
        return
    yield from _priced(economics, row)
    if recorded.spec.budget_impact and table == "budget_impact":
        yield recorded.spec.budget_impact.call_growth
        if recorded.spec.budget_impact.set_up_cost:
            yield recorded.spec.budget_impact.set_up_cost


def _priced(economics: Economics, row: Mapping[str, Any]) -> Iterator[str]:
    own = [item for item in economics.consequences if row.get("consequence") in (None, item.consequence)]
    for item in own or economics.consequences:
        yield from (name for name in (item.unit_cost, item.capacity) if name)
    if not row.get("consequence"):
        basis = str(row.get("basis"))
        chosen = basis if basis in economics.bases else economics.service_cost
        yield from [economics.service_cost_bases[chosen]] if chosen != STAFFING else _staffed(economics)


def _staffed(economics: Economics) -> Iterator[str]:
    """Single parameters behind a line costed from the people up; groups of shares stand under their members."""
    if economics.staffing:
        yield from economics.staffing.names


def _evidence(recorded: Recorded, table: str, row: Mapping[str, Any]) -> Iterator[str]:
    """Studies that join a disposition to what followed, for a row about what followed."""
    rows = recorded.tables.get("evidence", pd.DataFrame())
    if rows.empty or row.get("kind") == "referral":
        return
    asked = row.get("item") or row.get("consequence")
    chosen = rows[rows.consequence == asked] if asked in set(rows.consequence) else rows
    for each in chosen.to_dict("records"):
        percent = 100 * each["events"] / each["n"] if pd.isna(each["percent"]) else each["percent"]
        yield (
            f"{each['name']}: {each['consequence']} after {each['disposition']}, {percent:.1f}% of "
            f"{each['n']:,.0f} ({each['confidence']} confidence) {each['source_title']}; licence {each['licence']}"
        )


def _code(recorded: Recorded) -> Iterator[str]:
    record = recorded.record
    code = record.get("code") or {}
    changed = ", changed since" if code.get("changed") == "yes" else ""
    yield f"econ111 {record['versions'].get('econ111')}, commit {code.get('commit', 'not recorded')}{changed}"
    yield ", ".join(f"{name} {number}" for name, number in record["versions"].items() if name != "econ111")
    if recorded.changed:
        yield f"Changed after the run: {', '.join(recorded.changed)}"
