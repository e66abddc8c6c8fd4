"""The door of the economics: expected consequences with and without the service, one value per draw.

avoided = without_service - with_service, so positive means fewer with the service. Draws from any model may enter,
as long as they keep the contract that `check_outcomes` states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from econ111.economics.joint import SAMPLE, STUDY_ATTRS, study_of
from econ111.economics.totals import TOTAL
from econ111.errors import InputError

COUNT_DIMS = {"with_service": "consequence", "without_service": "consequence", "calls": None}
LABELLED_DIMS = ("estimand", "trust", "consequence")
COUNT_UNIT = "number in the evaluation period"


def check_outcomes(outcomes: xr.Dataset) -> xr.Dataset:
    """Check the contract between the model and the economics, and give the outcomes back.

    Parameters
    ----------
    outcomes : Dataset (sample, estimand, trust, consequence)
        `with_service` and `without_service` (sample, estimand, trust, consequence): expected numbers of each
        consequence over the evaluation period; `calls` (sample, trust): expected answered calls in the same period.
        `estimand` may have been selected away. Attributes: comparator, intervention, perspective, period_start,
        period_end, period_months and synthetic (0 or 1). Numbers are finite and not negative, except in the variables
        that the attribute `may_be_negative` names, apart by spaces.

    Returns
    -------
    Dataset
        `outcomes`, untouched.

    Raises
    ------
    InputError
        With every problem found, not the first only.

    Examples
    --------
    >>> outcomes = example_outcomes(with_service={"ed_attendance": [60.0]}, without_service={"ed_attendance": [100.0]})
    >>> check_outcomes(outcomes) is outcomes
    True
    >>> check_outcomes(outcomes.drop_attrs().assign_attrs(outcomes.attrs, comparator=""))
    Traceback (most recent call last):
    econ111.errors.InputError: The outcomes cannot be used:
    - attribute 'comparator' is missing or empty.
    """
    problems = _shape_problems(outcomes) or _label_problems(outcomes) + _number_problems(outcomes)
    problems += _study_problems(outcomes)
    if problems:
        raise InputError("\n".join(["The outcomes cannot be used:", *(f"- {problem}" for problem in problems)]))
    return outcomes


def avoided(outcomes: xr.Dataset) -> xr.DataArray:
    """How many fewer of each consequence there are with the service.

    Parameters
    ----------
    outcomes : Dataset (sample, estimand, trust, consequence)
        See `check_outcomes`.

    Returns
    -------
    DataArray (sample, estimand, trust, consequence)
        Numbers in the evaluation period. Positive is fewer with the service, negative is more.

    Examples
    --------
    >>> outcomes = example_outcomes(with_service={"ed_attendance": [60.0]}, without_service={"ed_attendance": [100.0]})
    >>> avoided(outcomes).item()
    40.0
    """
    fewer = outcomes["without_service"] - outcomes["with_service"]
    return fewer.rename("avoided").assign_attrs({**study_of(outcomes), "unit": COUNT_UNIT, "sign": "positive is fewer"})


def example_outcomes(
    *,
    with_service: Mapping[str, Sequence[float] | Sequence[Sequence[float]]],
    without_service: Mapping[str, Sequence[float] | Sequence[Sequence[float]]],
    calls: Sequence[float] | Sequence[Sequence[float]] | None = None,
    trusts: Sequence[str] = ("A",),
    period_months: float = 12.0,
) -> xr.Dataset:
    """Small outcomes for examples and tests: per consequence, one number per draw (and per trust).

    Parameters
    ----------
    with_service, without_service : mapping
        Consequence to numbers, of shape (sample,) for one trust or (sample, trust).
    calls : sequence, optional
        Answered calls, of the same shape; 1,000 per trust and draw when not given.
    trusts : sequence of str
        Labels of the trusts.
    period_months : float
        Length of the evaluation period in months.

    Returns
    -------
    Dataset (sample, trust, consequence)
        Outcomes of the estimand `net_system` that pass `check_outcomes`.

    Examples
    --------
    >>> outcomes = example_outcomes(with_service={"admission": [6.0, 7.0]}, without_service={"admission": [9.0, 9.0]})
    >>> outcomes.sizes
    Frozen({'sample': 2, 'trust': 1, 'consequence': 1})
    """
    shape = (-1, len(trusts))
    columns = [np.asarray(without_service[name], dtype=float).reshape(shape) for name in with_service]
    without = np.stack(columns, axis=-1)
    with_it = np.stack([np.asarray(numbers, dtype=float).reshape(shape) for numbers in with_service.values()], axis=-1)
    answered = np.full(without.shape[:2], 1000.0) if calls is None else np.asarray(calls, dtype=float).reshape(shape)
    return xr.Dataset(
        {
            "with_service": ((SAMPLE, "trust", "consequence"), with_it),
            "without_service": ((SAMPLE, "trust", "consequence"), without),
            "calls": ((SAMPLE, "trust"), answered),
        },
        coords={"trust": list(trusts), "consequence": list(with_service), "estimand": "net_system"},
        attrs={
            "comparator": "physical-health line only",
            "intervention": "mental-health option",
            "perspective": "NHS",
            "period_start": "2024-04-01",
            "period_end": "2025-03-31",
            "period_months": period_months,
            "synthetic": 1,
        },
    )


def _shape_problems(outcomes: xr.Dataset) -> list[str]:
    problems = []
    for name, last in COUNT_DIMS.items():
        if name not in outcomes:
            problems.append(f"variable {name!r} is missing; there are: {', '.join(map(str, outcomes.data_vars))}.")
            continue
        wanted = {SAMPLE, "trust", last} - {None}
        came = {str(dim) for dim in outcomes[name].dims}
        if came - {"estimand" if last else ""} != wanted:
            problems.append(f"{name!r} has dims {sorted(came)}; it needs {sorted(map(str, wanted))}.")
    if not problems and outcomes.sizes[SAMPLE] < 1:
        problems.append("there is no draw: 'sample' has length 0.")
    return problems


def _label_problems(outcomes: xr.Dataset) -> list[str]:
    problems = []
    for dim in (dim for dim in LABELLED_DIMS if dim in outcomes.dims):
        if dim not in outcomes.indexes:
            problems.append(f"dim {dim!r} has no labels; give it coordinates.")
            continue
        labels = list(outcomes.indexes[dim])
        blank = [label for label in labels if not isinstance(label, str) or not label.strip()]
        twice = sorted({str(label) for label in labels if labels.count(label) > 1})
        problems += [f"{dim!r} has a label that is not a name: {label!r}." for label in blank]
        problems += [f"{dim!r} has {label!r} more than once." for label in twice]
        if TOTAL in labels:
            problems.append(f"{dim!r} already has {TOTAL!r}; totals are taken later, from the draws.")
    return problems


def _number_problems(outcomes: xr.Dataset) -> list[str]:
    allowed = str(outcomes.attrs.get("may_be_negative", "")).split()
    problems = []
    for name in COUNT_DIMS:
        numbers = outcomes[name]
        lowest, highest = float(numbers.min(skipna=False)), float(numbers.max(skipna=False))
        if not np.isfinite([lowest, highest]).all():
            place = _first(numbers, ~np.isfinite(numbers.to_numpy()))
            problems.append(f"{name!r} has values that are not finite, first at {place}.")
        elif lowest < 0 and name not in allowed:
            place = _first(numbers, numbers.to_numpy() < 0)
            problems.append(f"{name!r} has negative numbers, the lowest {lowest:g}, first at {place}.")
    return problems


def _first(numbers: xr.DataArray, wrong: NDArray[np.bool_]) -> str:
    place = zip(numbers.dims, np.argwhere(wrong)[0], strict=True)
    return ", ".join(f"{dim} {numbers[dim].values[index] if dim in numbers.indexes else index}" for dim, index in place)


def _study_problems(outcomes: xr.Dataset) -> list[str]:
    attrs = outcomes.attrs
    problems = [f"attribute {name!r} is missing or empty." for name in STUDY_ATTRS if attrs.get(name, "") in ("", None)]
    if attrs.get("comparator") and attrs.get("comparator") == attrs.get("intervention"):
        problems.append(f"comparator and intervention are both {attrs['comparator']!r}; name the two options apart.")
    months = attrs.get("period_months", 1.0)
    if not isinstance(months, int | float | np.number) or not np.isfinite(months) or months <= 0:
        problems.append(f"attribute 'period_months' is {months!r}; it must be a number above 0.")
    if attrs.get("synthetic", 0) not in (0, 1):
        problems.append(f"attribute 'synthetic' is {attrs['synthetic']!r}; it must be 0 or 1.")
    return problems
