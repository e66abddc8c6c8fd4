"""Tables made a second time: means and intervals in numpy from the stored draws, keyed as the printed rows are.

Written apart from the code that makes the tables, so that a slip in one is not repeated in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics import TOTAL
from econ111.verification.flow import WITH, WITHOUT
from econ111.verification.subject import Subject

type Draws = dict[tuple[str, ...], np.ndarray]
COLUMNS = ("trust", "payer")


def again(s: Subject) -> dict[str, Callable[[Subject], list[tuple[list[str], str, Draws]]]]:
    """Tables that can be made again from what was kept, with the function that does it."""
    tables, evaluation = s.evaluation.tables, s.evaluation
    found: dict[str, Any] = {}
    if evaluation.outcomes is not None and "estimates" in tables:
        found["estimates"] = _estimates
    if evaluation.costs is not None and "cost_consequence" in tables:
        found["cost_consequence"] = _cost_consequence
    if evaluation.costs is not None and "scenarios" in tables:
        found["scenarios"] = _scenarios
    if evaluation.budget is not None and "budget_impact" in tables:
        found["budget_impact"] = _budget
    return found


def largest_table_gap(s: Subject, name: str) -> float:
    """Largest difference between a printed table and the draws, relative to the largest draw of each row."""
    table = s.evaluation.tables[name]
    return max((_gap(table, *part) for part in again(s)[name](s)), default=0.0)


def _estimates(s: Subject) -> list[tuple[list[str], str, Draws]]:
    fewer = s.outcomes[WITHOUT] - s.outcomes[WITH]
    return [(["estimand", "trust", "item"], "avoided", _keyed(fewer, ("estimand", "trust", "consequence")))]


def _cost_consequence(s: Subject) -> list[tuple[list[str], str, Draws]]:
    labels = ("estimand", "trust", "consequence")
    parts = [(list(labels), name, _keyed(s.costs[name], labels)) for name in ("avoided", WITH, WITHOUT)]
    valued = s.costs["cost_avoided"].isel(consequence=s.costs["valued"].to_numpy())
    return [*parts, (list(labels), "cost_avoided", _keyed(valued, labels))]


def _scenarios(s: Subject) -> list[tuple[list[str], str, Draws]]:
    labels = ("estimand", "trust", "basis")
    net = s.as_drawn.net
    value = s.costs["cost_avoided"].isel(consequence=s.costs["valued"].to_numpy()).sum("consequence")
    stored = value.expand_dims(basis=net["basis"].values)
    return [(list(labels), "net_value", _keyed(net, labels)), (list(labels), "value_avoided", _keyed(stored, labels))]


def _budget(s: Subject) -> list[tuple[list[str], str, Draws]]:
    parts: list[tuple[list[str], str, Draws]] = []
    for measure in ("economic_value", "cash", "service_cost", "set_up_cost"):
        if measure in s.budget:
            draws = _keyed(s.budget[measure], ("trust", "payer", "year"))
            parts.append((["measure", "trust", "payer", "year"], "mean", _under(measure, draws)))
    released = s.budget["capacity_released"]
    if released.sizes.get("capacity"):
        draws = _keyed(released, ("trust", "capacity", "year"))
        parts.append((["measure", "trust", "capacity", "year"], "mean", _under("capacity_released", draws)))
    return parts


def _under(measure: str, draws: Draws) -> Draws:
    return {(measure, *key): values for key, values in draws.items()}


def _keyed(draws: xr.DataArray, labels: tuple[str, ...]) -> Draws:
    """Draws by label, with the total over trusts (and payers) summed draw by draw."""
    values = draws.expand_dims([dim for dim in labels if dim not in draws.dims]).transpose("sample", *labels)
    names = [[str(name) for name in np.atleast_1d(values[dim].values)] for dim in labels]
    array = values.to_numpy()
    for axis, dim in enumerate(labels, start=1):
        if dim in COLUMNS:
            array = np.concatenate([array, array.sum(axis=axis, keepdims=True)], axis=axis)
            names[axis - 1].append(TOTAL)
    return dict(_walk(array, names))


def _walk(array: np.ndarray, names: list[list[str]]) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    for place in np.ndindex(*(len(some) for some in names)):
        yield tuple(some[index] for some, index in zip(names, place, strict=True)), array[(slice(None), *place)]


def _gap(table: pd.DataFrame, keys: list[str], column: str, draws: Draws) -> float:
    """One printed column, with its interval, against its draws; infinite when a row is missing or there twice."""
    low, high = ("low", "high") if column == "mean" else (f"{column}_low", f"{column}_high")
    rows: dict[tuple[str, ...], Any] = {}
    for row in table.to_dict("records"):
        key = tuple(str(row[name]) for name in keys)
        if key in draws:
            if key in rows:
                return np.inf
            rows[key] = row
    if set(rows) != set(draws):
        return np.inf
    wide = next(iter(rows.values())).get(low) is not None
    stacked = np.array(list(draws.values()))
    level = float(next(iter(rows.values()))["level"])
    made = [stacked.mean(axis=1)]
    made += list(np.quantile(stacked, [(1 - level) / 2, (1 + level) / 2], axis=1)) if wide else []
    printed = np.array([[rows[key][name] for name in ([column, low, high] if wide else [column])] for key in draws])
    size = np.maximum(np.abs(stacked).max(axis=1), 1e-12)[:, None]
    apart = np.abs(np.array(made).T - printed.astype(float)) / size
    return np.inf if np.isnan(apart).any() else float(apart.max())
