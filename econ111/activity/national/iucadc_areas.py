"""A year of NHS 111 by contract area (IUC ADC annual totals as JSON), with the national block beside it.

Areas and the national block are two sources: the areas are sums of monthly returns, the national figures come from a
flow chart that rounds counts to 100 and percentages to whole ones. An area that changed its contract during the year
may be absent altogether, so that a sum of areas is not a region. The groups of dispositions do not exhaust E01.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from econ111.activity.national.sources import Node, read_json
from econ111.activity.reading import Reading, finish_reading
from econ111.errors import Issue
from econ111.resources import shipped_folder

MONTHS_IN_YEAR = 12
CONTRACTS = "iucadc_contracts.csv"
_CALLS = {"received": "A01", "answered": "A03", "abandoned": "B02", "triaged": "C01", "final_dispositions": "E01"}
_GROUPS = {
    "ambulance": "E02",
    "emergency_department": "E04",
    "primary_care": "E07+E08+E10+E11",
    "dental": "E12",
    "self_care": "E16",
}
_BOOKINGS = {"gp": "G03", "iuc": "G05", "utc": "G07", "ed": "G09", "sdec": "G11", "other": "G14"}
ITEMS = (*_CALLS.values(), *_GROUPS.values(), "G01", *_BOOKINGS.values())


@dataclass(frozen=True)
class _Area:
    code: str
    name: str
    months: int | None
    suppliers: tuple[str, ...]
    values: Mapping[str, int | None]

    def known(self, items: Sequence[str]) -> list[int] | None:
        """Values of some items, or nothing when one was not supplied."""
        found = [value for item in items if (value := self.values[item]) is not None]
        return found if len(found) == len(items) else None

    @property
    def listed(self) -> int | None:
        """Final dispositions in the groups that the file lists."""
        parts = self.known(list(_GROUPS.values()))
        return None if parts is None else sum(parts)


def read_iucadc_areas(path: Path | str, *, raise_errors: bool = True) -> Reading:
    """Read annual totals of NHS 111 by contract area.

    Parameters
    ----------
    path : path
        JSON with `england` and a list of `areas`.
    raise_errors : bool
        When false, errors are in the issues too.

    Returns
    -------
    Reading
        Dataset (contract, item): `value` in calls, dispositions or bookings per year, NaN when not supplied;
        `england` (item), from another source and rounded; `unlisted` (contract), final dispositions outside the
        listed groups; `months` (contract) reported. Coordinates `contract_name` and `supplier`.

    Raises
    ------
    DataError
        On anything that is not as the layout has it, an area given twice, or a stated number of areas that is wrong.
    """
    top = read_json(path)
    areas = [_area(node) for node in top.child("areas").members()]
    england = _area(top.child("england"))
    issues = top.issues
    issues += _count_issues(areas, top)
    for area in areas:
        issues += _area_issues(area, top.file)
    issues += _total_issues(areas, england, top.file)
    issues += _geography_issues(areas, top.file)
    data = _dataset(areas, england).assign_attrs(file=top.file, period=top.child("period").text())
    return finish_reading(data, issues, raise_errors=raise_errors)


def _area(node: Node) -> _Area:
    calls, groups, bookings = node.child("calls"), node.child("dispositions"), node.child("bookings")
    values = {item: calls.child(name).whole() for name, item in _CALLS.items()}
    values |= {item: groups.child(name).child("count").whole() for name, item in _GROUPS.items()}
    values["G01"] = bookings.child("total").whole()
    parts = bookings.child("breakdown")
    values |= {item: parts.child(name).child("count").whole() for name, item in _BOOKINGS.items()}
    suppliers = tuple(each.text() for each in node.child("lead_suppliers").members())
    return _Area(
        node.child("code").text(), node.child("name").text(), node.child("months").whole(), suppliers, values
    )  # fmt: skip


def _count_issues(areas: Sequence[_Area], top: Node) -> list[Issue]:
    issues = []
    stated = top.child("contract_area_count").whole()
    if stated is not None and stated != len(areas):
        what = f"says it has {stated} contract areas and has {len(areas)}."
        issues.append(Issue("error", top.file, None, what, "Use the file as it was sent.", "contract_area_count"))
    codes = [area.code for area in areas]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        issues.append(Issue("error", top.file, None, "an area stands twice.", "Keep one.", "code", code))
    return issues


def _area_issues(area: _Area, file: str) -> list[Issue]:
    issues = []

    def warn(what: str, remedy: str, column: str) -> None:
        issues.append(Issue("warning", file, None, f"{area.name} ({area.code}): {what}", remedy, column))

    if area.months is not None and area.months != MONTHS_IN_YEAR:
        what = f"{area.months} of {MONTHS_IN_YEAR} months were reported."
        warn(what, "Do not compare its totals with those of a year.", "months")
    if (calls := area.known(("A01", "A03", "B02"))) and calls[0] != calls[1] + calls[2]:
        short = calls[0] - calls[1] - calls[2]
        share = f" ({abs(short) / calls[0]:.1%} of received)" if calls[0] else ""
        side = "short of" if short > 0 else "more than"
        what = f"answered {calls[1]:,} + abandoned {calls[2]:,} are {abs(short):,} {side} received {calls[0]:,}{share}."
        warn(what, "Do not derive one of the three from the other two.", "A01")
    if (ends := area.known(("E01", "C01"))) and ends[0] != ends[1]:
        ratio = f"{ends[0] / ends[1]:.3f}" if ends[1] else "undefined"
        what = f"final dispositions (E01) {ends[0]:,} are not calls triaged (C01) {ends[1]:,}: ratio {ratio}."
        warn(what, "Say which of the two a share is of.", "E01")
    if area.listed is not None and (total := area.values["E01"]) is not None and area.listed > total:
        what = f"the listed groups hold {area.listed:,} dispositions, more than E01 {total:,}."
        issues.append(Issue("error", file, None, f"{area.code}: {what}", "A group is counted twice.", "E01"))
    return issues


def _total_issues(areas: Sequence[_Area], england: _Area, file: str) -> list[Issue]:
    remedy = "Use the areas or England, never one to complete the other."
    issues = []
    added = {item: sum(area.values[item] or 0 for area in areas) for item in _CALLS.values()}
    apart = [item for item, value in added.items() if (whole := england.values[item]) is not None and whole != value]
    if apart:
        shown = ", ".join(f"{item} {added[item]:,} against {england.values[item]:,}" for item in apart)
        what = f"the areas do not add up to England, which is another source: {shown}."
        issues.append(Issue("warning", file, None, what, remedy, "england"))
    same = [item for item, value in added.items() if england.values[item] == value]
    if apart and same:
        what = f"England's {', '.join(same)} equals the sum of the areas, while its other figures do not."
        remedy = "Its ratios mix two sources; do not form them."
        issues.append(Issue("warning", file, None, what, remedy, "england"))
    coarse = [item for item in ITEMS if (value := england.values[item]) is not None and value and value % 100 == 0]
    if coarse:
        what = f"England's {', '.join(coarse)} are rounded to 100."
        issues.append(Issue("note", file, None, what, "Treat each as within 50 of the printed count.", "england"))
    shares = _unlisted_shares(areas)
    if shares:
        low, high = min(shares.values()), max(shares.values())
        what = (
            f"the listed groups leave {low:.1%} to {high:.1%} of an area's final dispositions unlisted (urgent "
            "treatment centres, other services, repeat prescriptions)."
        )
        issues.append(Issue("warning", file, None, what, "Do not take the groups as a whole.", "dispositions"))
    return issues


def _unlisted_shares(areas: Sequence[_Area]) -> dict[str, float]:
    shares = {}
    for area in areas:
        total = area.values["E01"]
        if total and area.listed is not None:
            shares[area.code] = 1 - area.listed / total
    return shares


def _geography_issues(areas: Sequence[_Area], file: str) -> list[Issue]:
    """Areas of the known regions that have none of their contracts in the file."""
    codes = {area.code for area in areas}
    issues = []
    for region, expected in _known_contracts().items():
        present = {name: each for name, each in expected.items() if each & codes}
        absent = {name: each for name, each in expected.items() if not each & codes}
        if present and absent:
            shown = "; ".join(f"{name} ({', then '.join(sorted(each))})" for name, each in absent.items())
            what = f"{region} is {len(present)} of {len(expected)} contract areas here; absent: {shown}."
            remedy = (
                "Do not call the sum of the others the region. A contract that moved in the year is often left out."
            )
            issues.append(Issue("warning", file, None, what, remedy, "areas"))
            issues += _region_note(
                region, [area for area in areas if area.code in set().union(*present.values())], file
            )
    return issues


def _region_note(region: str, areas: Sequence[_Area], file: str) -> list[Issue]:
    total = sum(area.values["E01"] or 0 for area in areas)
    listed = [area.listed for area in areas]
    if not total or any(each is None for each in listed):
        return []
    share = 1 - sum(each for each in listed if each is not None) / total
    what = f"in the {len(areas)} areas of {region}, {share:.1%} of final dispositions are unlisted."
    return [Issue("note", file, None, what, "They are in `unlisted`.", "dispositions")]


def _known_contracts() -> dict[str, dict[str, set[str]]]:
    """Contracts by region and area, from the table that ships."""
    known: dict[str, dict[str, set[str]]] = {}
    with (shipped_folder("data/activity") / CONTRACTS).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            known.setdefault(row["region"], {}).setdefault(row["area"], set()).add(row["contract"])
    return known


def _dataset(areas: Sequence[_Area], england: _Area) -> xr.Dataset:
    def column(area: _Area) -> list[float]:
        return [np.nan if (value := area.values[item]) is None else float(value) for item in ITEMS]

    def rest(area: _Area) -> float:
        total = area.values["E01"]
        return np.nan if total is None or area.listed is None else float(total - area.listed)

    unit = {"units": "per year"}
    return xr.Dataset(
        {
            "value": (("contract", "item"), np.array([column(area) for area in areas]).reshape(-1, len(ITEMS)), unit),
            "england": ("item", column(england), {"units": "per year", "comment": "another source; rounded"}),
            "unlisted": ("contract", [rest(area) for area in areas], {"units": "final dispositions per year"}),
            "months": ("contract", [np.nan if area.months is None else float(area.months) for area in areas]),
        },
        coords={
            "contract": [area.code for area in areas],
            "item": list(ITEMS),
            "contract_name": ("contract", [area.name for area in areas]),
            "supplier": ("contract", ["; ".join(area.suppliers) for area in areas]),
        },
    )
