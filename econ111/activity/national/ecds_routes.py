"""How people came to A&E, by provider (ECDS annual tables): counts rounded to 5, small ones hidden.

A route may be a sum of cells of the source, of which some were starred. How many cells were added is not in the file,
so a count has a state but no bounds: they would be a guess. A zero with a hidden part is not a zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from econ111.activity.calls import CODE
from econ111.activity.cells import CellRule
from econ111.activity.national.sources import Node, read_json, source_rule
from econ111.activity.reading import CELL_STATES, Reading, finish_reading
from econ111.errors import Issue

WHOLE = "ae-attendance"
UNKNOWN = "unknown-route"
VIA_111 = "nhs111-ae-route"


@dataclass(frozen=True)
class _Provider:
    code: str
    name: str
    total: int | None
    derived: bool
    counts: Mapping[str, int | None]
    hidden: Mapping[str, bool]


def read_ecds_routes(path: Path | str, *, rule: CellRule | None = None, raise_errors: bool = True) -> Reading:
    """Read A&E attendances by route and provider.

    Parameters
    ----------
    path : path
        JSON with a list of `providers`, each with its `routes`.
    rule : CellRule, optional
        How the source hides and rounds; by default as `source_rules.csv` has it for `ecds`.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (provider, route): `count` as printed, in attendances per year, and `count_state` (`rounded`,
        `suppressed` when a hidden cell is part of it, `not_supplied`). `total` (provider) is the publisher's sum of
        rounded parts.

    Raises
    ------
    DataError
        When the file is not as the layout has it, a provider stands twice, a count is no multiple of the base, or
        the routes do not add up to the total.
    """
    rule = source_rule("ecds") if rule is None else rule
    top = read_json(path)
    providers = [_provider(node) for node in top.child("providers").members()]
    issues = top.issues
    stated = top.child("provider_count").whole()
    if stated is not None and stated != len(providers):
        what = f"says it has {stated} providers and has {len(providers)}."
        issues.append(Issue("error", top.file, None, what, "Use the file as it was sent.", "provider_count"))
    routes = sorted({route for each in providers for route in each.counts})
    issues += _provider_issues(providers, rule, top.file)
    issues += _rule_issues(providers, rule, top.file)
    data = _dataset(providers, routes).assign_attrs(file=top.file, period=top.child("period").text())
    return finish_reading(data, issues, raise_errors=raise_errors)


def _provider(node: Node) -> _Provider:
    routes = node.child("routes")
    counts: dict[str, int | None] = {}
    hidden: dict[str, bool] = {}
    for name in routes.names():
        route = routes.child(name)
        counts[name] = route.child("count").whole()
        hidden[name] = route.child("suppressed_component").flag()
    return _Provider(
        node.child("code").text(), node.child("name").text(), node.child("total").whole(),
        node.child("denominator_derived").flag(), counts, hidden,
    )  # fmt: skip


def _provider_issues(providers: Sequence[_Provider], rule: CellRule, file: str) -> list[Issue]:
    issues = []
    seen: set[str] = set()
    for each in providers:
        if each.code in seen:
            issues.append(Issue("error", file, None, "a provider stands twice.", "Keep one.", "code", each.code))
        seen.add(each.code)
        for route, count in each.counts.items():
            if rule.rounds and count is not None and count % rule.base:
                what = f"{route} of {each.code} is not a multiple of {rule.base}, to which the declared rule rounds."
                issues.append(Issue("error", file, None, what, "Correct it, or the rule.", route, str(count)))
        parts = [count for route, count in each.counts.items() if route != WHOLE]
        known = [count for count in parts if count is not None]
        if each.total is not None and len(known) == len(parts) and sum(known) != each.total:
            what = f"the routes of {each.code} add up to {sum(known):,}, its total is {each.total:,}."
            issues.append(Issue("error", file, None, what, "A route is missing or counted twice.", "total", each.code))
        if each.total and each.counts.get(UNKNOWN) == each.total:
            what = f"{each.name} ({each.code}) has no source of attendance for any of its {each.total:,} attendances."
            remedy = "Its other routes are zero because nobody recorded them: leave it out of any share."
            issues.append(Issue("warning", file, None, what, remedy, UNKNOWN, each.code))
    return issues


def _rule_issues(providers: Sequence[_Provider], rule: CellRule, file: str) -> list[Issue]:
    cells = [(each, route) for each in providers for route in each.counts]
    hidden = [(each, route) for each, route in cells if each.hidden[route]]
    zeros = sum(each.counts[route] == 0 for each, route in hidden)
    issues = []
    if rule.rounds and cells:
        what = f"all {len(cells):,} counts are multiples of {rule.base}: they were rounded."
        remedy = "Their bounds are not identifiable, since it is not said how many cells were added."
        issues.append(Issue("note", file, None, what, remedy, "count"))
    if hidden:
        owners = len({each.code for each, _ in hidden})
        what = (
            f"{len(hidden)} counts of {owners} providers have a hidden part; {zeros} of them are printed as 0 and are "
            "not zero."
        )
        issues.append(Issue("warning", file, None, what, "They have the state `suppressed`.", "suppressed_component"))
    derived = sum(each.derived for each in providers)
    if derived:
        what = f"{derived} totals were added up from rounded and hidden parts."
        issues.append(Issue("note", file, None, what, "They are near the truth, not equal to it.", "total"))
    total = sum(each.total or 0 for each in providers)
    via = sum(each.counts.get(VIA_111) or 0 for each in providers)
    if total:
        what = f"{via / total:.1%} of attendances are recorded as sent by NHS 111; recording differs between providers."
        issues.append(Issue("note", file, None, what, "Do not use it to link calls to attendances.", VIA_111))
    return issues


def _dataset(providers: Sequence[_Provider], routes: Sequence[str]) -> xr.Dataset:
    count = np.full((len(providers), len(routes)), np.nan)
    state = np.full(count.shape, CODE["not_supplied"], dtype=np.int8)
    for i, each in enumerate(providers):
        for j, route in enumerate(routes):
            value = each.counts.get(route)
            if value is not None:
                count[i, j] = value
                state[i, j] = CODE["suppressed" if each.hidden[route] else "rounded"]
    dims = ("provider", "route")
    return xr.Dataset(
        {
            "count": (dims, count, {"units": "attendances per year, as printed"}),
            "count_state": (dims, state, {"flag_meanings": " ".join(CELL_STATES)}),
            "total": ("provider", [np.nan if each.total is None else float(each.total) for each in providers]),
        },
        coords={
            "provider": [each.code for each in providers],
            "route": list(routes),
            "provider_name": ("provider", [each.name for each in providers]),
        },
    )
