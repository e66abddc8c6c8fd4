"""What draws must agree on before they are combined: one sample index, the same labels, one price year.

Xarray joins arrays by the labels they have in common and drops the rest without a word. A dropped trust or a draw
matched with another draw would give a plausible wrong answer, so every meeting of arrays is checked here first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xarray as xr

from econ111.errors import InputError

SAMPLE = "sample"
STUDY_ATTRS = ("comparator", "intervention", "perspective", "period_start", "period_end", "period_months", "synthetic")

type Draws = xr.DataArray | xr.Dataset


def check_joint(arrays: Mapping[str, Draws]) -> None:
    """Stop unless all arrays share one sample index and the same labels on every dim they share.

    Parameters
    ----------
    arrays : mapping
        Name to show in the message, and the array. An array without a `sample` dim is a constant and always agrees.

    Raises
    ------
    InputError
        With every disagreement found.

    Examples
    --------
    >>> check_joint({"calls": xr.DataArray([1.0, 2.0], dims="sample"), "cost": xr.DataArray([3.0], dims="sample")})
    Traceback (most recent call last):
    econ111.errors.InputError: 'calls' has 2 on 'sample' and 'cost' has 1. Draw both on the same index.
    """
    first: dict[str, str] = {}
    problems: list[str] = []
    for name, array in arrays.items():
        for dim in map(str, array.dims):
            other = first.setdefault(dim, name)
            problems.extend(_disagreement(other, arrays[other], name, array, dim))
    if problems:
        raise InputError("\n".join(problems))


def common_price_year(arrays: Mapping[str, Draws]) -> str:
    """The one price year that all arrays state.

    Raises
    ------
    InputError
        When one states none, or two differ.

    Examples
    --------
    >>> cost = xr.DataArray([3.0], dims="sample", attrs={"price_year": "2024/25"})
    >>> common_price_year({"cost": cost})
    '2024/25'
    """
    years = {name: str(array.attrs.get("price_year") or "") for name, array in arrays.items()}
    missing = [name for name, year in years.items() if not year]
    if missing:
        raise InputError(f"No price year on: {', '.join(missing)}. Set attrs['price_year'], for example '2024/25'.")
    if len(set(years.values())) > 1:
        shown = ", ".join(f"{name} in {year}" for name, year in years.items())
        raise InputError(f"Mixed price years: {shown}. Move them to one year first, with econ111.prices.")
    return next(iter(years.values()))


def study_of(draws: Draws) -> dict[str, Any]:
    """What is compared with what, seen by whom and when: the attributes every result carries."""
    return {name: draws.attrs[name] for name in STUDY_ATTRS if name in draws.attrs}


def _disagreement(one: str, first: Draws, two: str, second: Draws, dim: str) -> list[str]:
    sizes = first.sizes[dim], second.sizes[dim]
    if dim == SAMPLE and sizes[0] != sizes[1]:
        return [f"'{one}' has {sizes[0]} on '{dim}' and '{two}' has {sizes[1]}. Draw both on the same index."]
    if dim not in first.indexes or dim not in second.indexes:
        return [] if sizes[0] == sizes[1] else [f"'{one}' and '{two}' differ in length on '{dim}'."]
    alone = sorted(map(str, set(first.indexes[dim]) ^ set(second.indexes[dim])))
    if not alone:
        return []
    shown = ", ".join(alone[:5]) + (" and more" if len(alone) > 5 else "")
    return [f"'{one}' and '{two}' do not have the same labels on '{dim}': {shown} in only one. Give both all labels."]
