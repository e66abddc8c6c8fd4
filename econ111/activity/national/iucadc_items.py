"""The full item set of the monthly IUC ADC file: what each item counts, where parts exceed wholes, what is missing.

Only items whose meaning has a source are in the table that ships; of any other the reader keeps the numbers and says
that it does not know what they count. About 4 % of a year's values are `-`, by blocks of items, so completeness is
reported by block and by contract, never as one figure.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from econ111.errors import Issue
from econ111.resources import shipped_folder

FILE = "iucadc_items.csv"
UNKNOWN = "not known here"


@dataclass(frozen=True)
class Item:
    """What one item counts, in which unit, and of which other item it is a part (empty: of none)."""

    meaning: str
    unit: str
    part_of: str


def read_items() -> dict[str, Item]:
    """Items of the IUC ADC whose meaning has a source.

    Examples
    --------
    >>> read_items()["E04"].meaning
    'attend an emergency department of type 1 or 2'
    """
    with (shipped_folder("data/activity") / FILE).open(encoding="utf-8", newline="") as stream:
        return {row["item"]: Item(row["meaning"], row["unit"], row["part_of"]) for row in csv.DictReader(stream)}


def with_meanings(data: xr.Dataset) -> xr.Dataset:
    """The monthly data with coordinates `item_meaning` and `item_unit`."""
    items = read_items()
    known = [items.get(str(code), Item(UNKNOWN, UNKNOWN, "")) for code in data["item"].values]
    return data.assign_coords(
        item_meaning=("item", [item.meaning for item in known]), item_unit=("item", [item.unit for item in known])
    )


def item_issues(data: xr.Dataset, file: str) -> list[Issue]:
    """Unknown items, parts that exceed their whole, values not supplied by block, and contracts without some months.

    Parameters
    ----------
    data : Dataset (contract, month, item)
        As `read_iucadc` lays it out.
    file : str
        Name of the file, for the issues.
    """
    items = read_items()
    issues = _unknown_items(data, items, file)
    issues += _parts_over_whole(data, items, file)
    issues += _not_supplied(data, file)
    issues += _partial_contracts(data, file)
    return issues


def _unknown_items(data: xr.Dataset, items: Mapping[str, Item], file: str) -> list[Issue]:
    unknown = [str(code) for code in data["item"].values if str(code) not in items]
    if not unknown:
        return []
    what = f"{len(unknown)} items have no meaning known here: {', '.join(unknown)}."
    return [Issue("note", file, None, what, "Read the specification of their year before using them.", "ITEM_NUMBER")]


def _parts_over_whole(data: xr.Dataset, items: Mapping[str, Item], file: str) -> list[Issue]:
    """Parts of each whole, added up where supplied: more than the whole is wrong whatever else was not supplied."""
    issues = []
    codes = [str(code) for code in data["item"].values]
    wholes = sorted({item.part_of for code, item in items.items() if item.part_of and code in codes} & set(codes))
    for whole in wholes:
        parts = [code for code in codes if code in items and items[code].part_of == whole]
        added = data["value"].sel(item=parts).sum("item", skipna=True)
        if whole == "A01":  # a call from another provider may also have been answered
            added = data["value"].sel(item=[code for code in parts if code != "A07"]).sum("item", skipna=True)
            parts = [code for code in parts if code != "A07"]
        total = data["value"].sel(item=whole, drop=True)
        over = (added > total).to_numpy()
        for contract, row in zip(data["contract"].values, over, strict=True):
            if row.any():
                where = np.flatnonzero(row)
                month = str(data["month"].values[where[0]])[:7]
                shown = int(added.sel(contract=contract)[where[0]]), int(total.sel(contract=contract)[where[0]])
                what = (
                    f"{' + '.join(parts)} is more than {whole} in {len(where)} months of {contract}, first {month}: "
                    f"{shown[0]:,} against {shown[1]:,}."
                )
                remedy = "Do not take shares of that whole here."
                issues.append(Issue("warning", file, None, what, remedy, whole, str(contract)))
    return issues


def _not_supplied(data: xr.Dataset, file: str) -> list[Issue]:
    """Values printed as `-` or left out, by block of items, among the months in which a contract reported at all."""
    missing = np.isnan(data["value"].to_numpy())
    reported = ~missing.all(axis=2, keepdims=True)
    gaps = missing & reported
    total = int(np.broadcast_to(reported, missing.shape).sum())
    if not gaps.any():
        return []
    blocks: dict[str, int] = {}
    for code, number in zip(data["item"].values, gaps.sum(axis=(0, 1)), strict=True):
        blocks[str(code)[:1]] = blocks.get(str(code)[:1], 0) + int(number)
    shown = ", ".join(f"{block} {number:,}" for block, number in sorted(blocks.items()) if number)
    what = f"{int(gaps.sum()):,} of {total:,} values were not supplied ({gaps.sum() / total:.1%}), by block: {shown}."
    return [Issue("note", file, None, what, "They stay missing; none is a zero.", "VALUE", "-")]


def _partial_contracts(data: xr.Dataset, file: str) -> list[Issue]:
    reported = ~np.isnan(data["value"].to_numpy()).all(axis=2)
    issues = []
    for contract, name, row in zip(
        data["contract"].values, data["contract_name"].values, reported, strict=True
    ):  # fmt: skip
        if not row.all():
            where = np.flatnonzero(row)
            span = "none" if not len(where) else " to ".join(str(data["month"].values[i])[:7] for i in where[[0, -1]])
            what = f"{name} ({contract}) reported in {len(where)} of {row.size} months ({span})."
            remedy = "If its contract moved, join it with its successor before asking for complete years."
            issues.append(Issue("warning", file, None, what, remedy, "CONTRACT_CODE", str(contract)))
    return issues
