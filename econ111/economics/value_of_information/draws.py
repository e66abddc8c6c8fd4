"""The door: net benefit and parameters from any model, as plain arrays with names, checked once.

Net benefit comes as one column per option, or as one column that is the intervention's over its comparator. Parameters
come as one column each. Both hold one draw a row, in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics.decision import COMPARATOR, INTERVENTION
from econ111.economics.joint import SAMPLE
from econ111.errors import InputError, nearest

FEWEST_DRAWS = 1000

type Table = pd.DataFrame | pd.Series[Any] | np.ndarray | xr.DataArray | xr.Dataset | Mapping[str, Any]


@dataclass(frozen=True)
class NetBenefit:
    """Net benefit of each option (sample, option) in one unit, positive better, and the names of the options."""

    values: np.ndarray
    options: tuple[str, ...]

    @property
    def best(self) -> int:
        """Place of the option that is best on the mean; the first of equals."""
        return int(np.argmax(self.values.mean(axis=0)))

    def over_best(self) -> np.ndarray:
        """Net benefit of every other option over the best on the mean (sample, option - 1)."""
        others = np.delete(self.values, self.best, axis=1)
        return np.asarray(others - self.values[:, [self.best]])


def read_net_benefit(net_benefit: Table) -> NetBenefit:
    """Net benefit as an array with options.

    Parameters
    ----------
    net_benefit : table or array
        (sample, option), one column per option; or (sample,), the intervention's net benefit over its comparator.
        Positive is better. GBP, or any one unit.

    Returns
    -------
    NetBenefit
        A single column becomes two options, the comparator at 0.

    Raises
    ------
    InputError
        For values that are not finite numbers, or fewer than two options.

    Examples
    --------
    >>> read_net_benefit([-100.0, 300.0]).options
    ('comparator', 'intervention')
    """
    values, names = _columns(net_benefit, "net benefit", "option")
    if values.shape[1] == 1 and np.ndim(_plain(net_benefit)) == 1:
        values, names = np.column_stack([np.zeros(len(values)), values]), [COMPARATOR, INTERVENTION]
    if values.shape[1] < 2:
        raise InputError("net benefit has one option. Give one column per option, or one series of differences.")
    _check_numbers(values, names, "net benefit")
    return NetBenefit(np.ascontiguousarray(values), tuple(names))


def read_parameters(parameters: Table, *, draws: int) -> tuple[np.ndarray, list[str]]:
    """Parameters as an array (sample, parameter) with names.

    Raises
    ------
    InputError
        With every problem found: fewer than 1,000 draws, another number of draws than the net benefit, values that
        are not finite numbers, a constant, a name twice.

    Examples
    --------
    >>> read_parameters({"x": [1.0, 2.0]}, draws=2)
    Traceback (most recent call last):
    econ111.errors.InputError: There are 2 draws; the value of information about parameters needs 1,000 or more...
    """
    values, names = _columns(parameters, "parameters", "parameter")
    if draws < FEWEST_DRAWS:
        remedy = "Draw more: with few draws a regression finds value in noise."
        raise InputError(
            f"There are {draws:,} draws; the value of information about parameters needs {FEWEST_DRAWS:,} or more. "
            f"{remedy}"
        )
    if len(values) != draws:
        raise InputError(f"parameters have {len(values):,} draws and net benefit has {draws:,}. Give the same draws.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"More than one parameter is named {', '.join(twice)}. Give each its own name.")
    _check_numbers(values, names, "parameter")
    constant = [name for name, column in zip(names, values.T, strict=True) if column.min() == column.max()]
    if constant:
        raise InputError(
            f"The same in every draw: {', '.join(constant)}. What is known has no value to learn; leave out."
        )
    return values, names


def read_groups(
    groups: Mapping[str, Sequence[str]] | Sequence[str] | None, names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Which parameters are learnt together: every one alone, one joint group, or groups by name.

    Examples
    --------
    >>> read_groups(["a", "b"], ["a", "b", "c"])
    {'a, b': ('a', 'b')}
    """
    if isinstance(groups, str):
        raise InputError(f"Groups come as a list or mapping; write [{groups!r}].")
    chosen: dict[str, tuple[str, ...]]
    if groups is None:
        chosen = {name: (name,) for name in names}
    elif isinstance(groups, Mapping):
        chosen = {str(name): tuple(members) for name, members in groups.items()}
    else:
        chosen = {", ".join(groups): tuple(groups)}
    empty = [name for name, members in chosen.items() if not members]
    unknown = [f"{one!r}. {nearest(one, names)}" for members in chosen.values() for one in members if one not in names]
    if empty or unknown or not chosen:
        problems = [f"No parameter is named {one}" for one in unknown] + [f"Group {name!r} is empty." for name in empty]
        raise InputError("\n".join(problems) or "No parameter is given. Name at least one.")
    return chosen


def _plain(table: Any) -> Any:
    return table if hasattr(table, "ndim") or isinstance(table, Mapping) else np.asarray(table)


def _columns(table: Any, what: str, dim: str) -> tuple[np.ndarray, list[str]]:
    table = _plain(table)
    if isinstance(table, xr.Dataset):
        return _columns({str(name): table[name].values for name in table.data_vars}, what, dim)
    if isinstance(table, xr.DataArray):
        return _of_labelled(table, what, dim)
    if isinstance(table, Mapping):
        table = pd.DataFrame({str(name): np.asarray(values) for name, values in table.items()})
    names = [str(name) for name in table.columns] if isinstance(table, pd.DataFrame) else []
    if isinstance(table, pd.Series):
        names = [str(table.name or dim)]
    try:
        values = np.asarray(table, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} has something that is not a number: {error}. Give numbers only.") from error
    if values.ndim not in (1, 2) or values.size == 0:
        raise InputError(f"{what} has shape {values.shape}; give one draw a row and one column per {dim}.")
    values = values.reshape(len(values), -1)
    return values, names or [f"{dim} {place + 1}" for place in range(values.shape[1])]


def _of_labelled(table: xr.DataArray, what: str, dim: str) -> tuple[np.ndarray, list[str]]:
    others = [str(name) for name in table.dims if name != SAMPLE]
    if SAMPLE not in table.dims or len(others) > 1:
        raise InputError(
            f"{what} has dims {list(table.dims)}; it needs 'sample' and at most one more. Select or total."
        )
    if not others:
        return np.asarray(table.values, dtype=float).reshape(-1, 1), [str(table.name or dim)]
    ordered = table.transpose(SAMPLE, others[0])
    labels = table[others[0]].values if others[0] in table.indexes else range(1, ordered.shape[1] + 1)
    return np.asarray(ordered.values, dtype=float), [str(label) for label in labels]


def _check_numbers(values: np.ndarray, names: Sequence[str], what: str) -> None:
    if np.isfinite(values.sum()):
        return
    wrong = ~np.isfinite(values)
    shown = [
        f"{what} {names[column]!r} has {wrong[:, column].sum()} draws that are not finite, the first in draw "
        f"{int(np.argmax(wrong[:, column])) + 1} ({values[np.argmax(wrong[:, column]), column]})."
        for column in map(int, np.flatnonzero(wrong.any(axis=0)))
    ]
    if shown:
        raise InputError("\n".join([*shown, "Find out why the model gave none; leaving such draws out would bias."]))
