"""Ambulance calls, incidents and conveyance by trust (Ambulance Quality Indicators, AmbSYS items, annual JSON).

A56 (face to face) is A53 + A54 + A55 and A7 (incidents) is A17 + A56. A7 may exceed A1: incidents also come from
NHS 111 without an emergency call, so A1 is not their base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from econ111.activity.national.sources import Node, read_json
from econ111.activity.reading import Reading, finish_reading
from econ111.errors import Issue

ITEMS = ("A1", "A7", "A17", "A53", "A54", "A55", "A56")
_SUMS = (("A56", ("A53", "A54", "A55")), ("A7", ("A17", "A56")))
MONTHS_IN_YEAR = 12


@dataclass(frozen=True)
class _Trust:
    code: str
    name: str
    months: int | None
    values: Mapping[str, int | None]


def read_ambulance(path: Path | str, *, raise_errors: bool = True) -> Reading:
    """Read annual ambulance counts by trust.

    Parameters
    ----------
    path : path
        JSON with `england` and a list of `trusts`, each with metrics that name their AmbSYS item.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (trust, item): `value` in calls (A1) or incidents per year, NaN when not supplied; `england` (item) as
        printed. Coordinates `trust_name` and `item_label`.

    Raises
    ------
    DataError
        When the file is not as the layout has it, an item or a trust stands twice, parts do not add up, or the
        trusts do not add up to England.
    """
    top = read_json(path)
    issues = top.issues
    labels: dict[str, str] = {}
    trusts = [_trust(node, labels) for node in top.child("trusts").members()]
    england = _trust(top.child("england"), labels)
    stated = top.child("trust_count").whole()
    if stated is not None and stated != len(trusts):
        what = f"says it has {stated} trusts and has {len(trusts)}."
        issues.append(Issue("error", top.file, None, what, "Use the file as it was sent.", "trust_count"))
    for each in [*trusts, england]:
        issues += _sum_issues(each, top.file)
    issues += _trust_issues(trusts, england, top.file)
    data = _dataset(trusts, england, labels).assign_attrs(file=top.file, period=top.child("period").text())
    return finish_reading(data, issues, raise_errors=raise_errors)


def _trust(node: Node, labels: dict[str, str]) -> _Trust:
    metrics = node.child("metrics")
    values: dict[str, int | None] = {}
    for name in metrics.names():
        metric = metrics.child(name)
        item = metric.child("indicator").text()
        if item in values:
            node.issues.append(Issue("error", node.file, None, "an item stands twice.", "Keep one.", node.place, item))
        values[item] = metric.child("count").whole()
        labels[item] = metric.child("label").text()
    for item in ITEMS:
        if item not in values:
            what = f"{node.place} has no item {item}."
            node.issues.append(Issue("error", node.file, None, what, "Use the file as it was sent.", node.place, item))
    known = {item: values.get(item) for item in ITEMS}
    return _Trust(node.child("code").text(), node.child("name").text(), node.child("months").whole(), known)


def _sum_issues(each: _Trust, file: str) -> list[Issue]:
    issues = []
    for whole, parts in _SUMS:
        total, values = each.values[whole], [each.values[part] for part in parts]
        known = [value for value in values if value is not None]
        if total is not None and len(known) == len(values) and sum(known) != total:
            what = f"{whole} of {each.code} is {total:,}, but {' + '.join(parts)} is {sum(known):,}."
            issues.append(Issue("error", file, None, what, "Check the source; an item has changed.", whole, str(total)))
    calls, incidents = each.values["A1"], each.values["A7"]
    if calls is not None and incidents is not None and incidents > calls:
        what = f"{each.name} ({each.code}) has more incidents (A7 {incidents:,}) than emergency calls (A1 {calls:,})."
        remedy = "Incidents also come from NHS 111: do not use A1 as their base."
        issues.append(Issue("warning", file, None, what, remedy, "A7", str(incidents)))
    if each.months is not None and each.months != MONTHS_IN_YEAR:
        what = f"{each.name} ({each.code}): {each.months} of {MONTHS_IN_YEAR} months were reported."
        issues.append(Issue("warning", file, None, what, "Do not compare its totals with those of a year.", "months"))
    return issues


def _trust_issues(trusts: Sequence[_Trust], england: _Trust, file: str) -> list[Issue]:
    issues = []
    codes = [each.code for each in trusts]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        issues.append(Issue("error", file, None, "a trust stands twice.", "Keep one.", "code", code))
    for item in ITEMS:
        added, total = sum(each.values[item] or 0 for each in trusts), england.values[item]
        if total is not None and total != added:
            what = f"{item}: the trusts add up to {added:,}, England is {total:,} ({added - total:+,})."
            issues.append(Issue("error", file, None, what, "A trust is missing or changed.", item, str(total)))
    return issues


def _dataset(trusts: Sequence[_Trust], england: _Trust, labels: Mapping[str, str]) -> xr.Dataset:
    def column(each: _Trust) -> list[float]:
        return [np.nan if (value := each.values[item]) is None else float(value) for item in ITEMS]

    values = np.array([column(each) for each in trusts]).reshape(-1, len(ITEMS))
    return xr.Dataset(
        {
            "value": (("trust", "item"), values, {"units": "per year"}),
            "england": ("item", column(england), {"units": "per year"}),
        },
        coords={
            "trust": [each.code for each in trusts],
            "item": list(ITEMS),
            "trust_name": ("trust", [each.name for each in trusts]),
            "item_label": ("item", [labels.get(item, "") for item in ITEMS]),
        },
    )
