"""The expected value of partial perfect information: what knowing some parameters before choosing would be worth.

evppi = E over the parameters of max over options of E[net benefit | parameters] - max over options of E[net benefit].
The inner expectation is a regression of net benefit on the parameters (Strong M et al., Medical Decision Making
2014;34:311): one parameter by a spline, several by polynomials with interactions. A second estimator that shares only
the draws checks each figure, and a warning is given when the two differ by more than two standard errors.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from econ111.display import Shown
from econ111.economics.value_of_information.basis import Basis, basis_of
from econ111.economics.value_of_information.bins import BinSmoother
from econ111.economics.value_of_information.draws import Table, read_groups, read_net_benefit, read_parameters
from econ111.economics.value_of_information.estimate import Estimate, Fit, Smoother, shrunk, value_of
from econ111.economics.value_of_information.ordered import Ordered
from econ111.economics.value_of_information.perfect import check_thresholds
from econ111.economics.value_of_information.polynomial import PolynomialSmoother
from econ111.economics.value_of_information.spline import SplineSmoother
from econ111.economics.value_of_information.tensor import TensorSmoother
from econ111.errors import InputError
from econ111.threads import one_thread

CHECKED_ON = 100_000
ALLOWED_ERRORS = 2.0
# Two estimates this near, as a share of perfect information, are the same to any reader.
IMMATERIAL = 0.002


class EstimatesDiffer(UserWarning):
    """Two estimators of one value of information differ by more than their error allows."""


def evppi(
    net_benefit: Table,
    parameters: Table,
    *,
    groups: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    basis: Basis | None = None,
) -> pd.DataFrame:
    """Expected value of partial perfect information, with its standard error and a check.

    Parameters
    ----------
    net_benefit : table or array
        (sample, option), positive better; or (sample,), the intervention's over its comparator. From any model.
    parameters : table
        (sample, parameter): the draws from which the net benefit came, in the same order.
    groups : mapping or sequence of str, optional
        Parameters learnt together: by name of the group, or one group. Every parameter alone when left out.
    basis : Basis, optional
        Comparator, price year, perspective and discounting, for draws that do not carry them.

    Returns
    -------
    DataFrame
        One row per group: group, parameters (how many), evppi, standard_error, check, check_standard_error (in the unit
        of the net benefit, per decision), agrees, method, check_method, note, share_of_evpi, draws, and the words of
        the basis. Sorted by evppi, largest first.

    Raises
    ------
    InputError
        For fewer than 1,000 draws, a constant parameter, values that are not finite numbers, or an unknown name.

    Warns
    -----
    EstimatesDiffer
        When estimate and check differ by more than two standard errors.

    Examples
    --------
    The net benefit is the parameter itself, so knowing the one is knowing the other; of a standard normal that is
    1 / sqrt(2 pi) = 0.399.

    >>> rng = np.random.default_rng(1)
    >>> x, y = rng.standard_normal((2, 20_000))
    >>> evppi(x, {"x": x, "y": y})[["group", "evppi"]].round(1)
    Worth of knowing some parameters (evppi), a decision
    group evppi
        x   0.4
        y     0
    (not stated: price year, comparator, perspective, discounting)
    """
    given = read_net_benefit(net_benefit)
    values, names = read_parameters(parameters, draws=len(given.values))
    chosen = read_groups(groups, names)
    gain = given.over_best()
    perfect = float(gain.max(axis=1).clip(min=0).mean())
    with one_thread():
        rows = [
            _row(label, _smoothed(label, gain, _columns(values, names, members))) for label, members in chosen.items()
        ]
    table = pd.DataFrame(rows).sort_values("evppi", ascending=False, kind="stable", ignore_index=True)
    table["share_of_evpi"] = table["evppi"] / perfect if perfect > 0 else np.nan
    return basis_of(net_benefit, basis).on(
        table.assign(draws=len(gain)), "Worth of knowing some parameters (evppi), a decision"
    )


def evppi_curve(
    costs: Table,
    effects: Table,
    parameters: Table,
    thresholds: Sequence[float] | np.ndarray,
    *,
    groups: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    basis: Basis | None = None,
) -> pd.DataFrame:
    """Expected value of partial perfect information at each threshold, from one regression of costs and of effects.

    Parameters
    ----------
    costs, effects : table or array
        (sample, option), or (sample,), incremental. Costs in GBP, positive spent; effects positive better.
    parameters, groups, basis
        As for `evppi`.
    thresholds : sequence of float
        GBP per unit of effect, 0 or above.

    Returns
    -------
    DataFrame
        One row per group and threshold: group, threshold, evppi, standard_error, and the words of the basis.

    Examples
    --------
    The cost is known, and an effect of 1 or 0 equally likely; at 100 per unit the decision is on the edge.

    >>> effect = np.tile([0.0, 1.0], 1000)
    >>> evppi_curve(np.full(2000, 50.0), effect, {"effect": effect}, [0, 100])["evppi"].round(6).tolist()
    [0.0, 25.0]
    """
    fixed, effect = read_net_benefit(costs), read_net_benefit(effects)
    if fixed.values.shape != effect.values.shape:
        raise InputError("costs and effects differ in draws or options. Give both for the same.")
    values, names = read_parameters(parameters, draws=len(fixed.values))
    levels = check_thresholds(thresholds)
    both = np.hstack([-_over_first(fixed.values), _over_first(effect.values)])
    rows = []
    with one_thread():
        for label, members in read_groups(groups, names).items():
            fit = smoother_of(_columns(values, names, members)).fit(both)
            for level in levels:
                found = value_at(both, fit, level)
                rows.append((label, level, found.value, found.standard_error))
    table = pd.DataFrame(rows, columns=["group", "threshold", "evppi", "standard_error"])
    return basis_of(costs, basis).on(table, "Worth of knowing some parameters (evppi), by threshold")


def agree(estimate: Estimate, check: Estimate, some: slice, *, allowed: float = 0.0) -> bool:
    """Whether two estimates differ, on the draws they share, by no more than two standard errors of the rougher."""
    apart = abs(float((estimate.gains[some] - check.gains).mean()))
    error = max(estimate.standard_error * np.sqrt(len(estimate.gains) / len(check.gains)), check.standard_error)
    return bool(apart <= ALLOWED_ERRORS * error + allowed)


def smoother_of(parameters: np.ndarray) -> Smoother:
    """The estimator for one parameter or for several (sample, parameter)."""
    if parameters.shape[1] == 1:
        return SplineSmoother(Ordered.of(parameters[:, 0]))
    return PolynomialSmoother(parameters)


def value_at(both: np.ndarray, fit: Fit, threshold: float) -> Estimate:
    """Value at one threshold, from columns of fixed worth and then of effects, each over the first option."""
    count = both.shape[1] // 2
    weights = np.vstack([np.eye(count), threshold * np.eye(count)])
    worth = both @ weights
    best = int(np.argmax(np.concatenate([[0.0], worth.mean(axis=0)])))
    at = fit @ weights
    return value_of(_over(worth, best), Fit(_over(at.fitted, best), _over(at.held_out, best)))


@dataclass(frozen=True)
class Checked:
    """An estimate, its check, and whether they agree."""

    count: int
    estimate: Estimate
    check: Estimate
    agrees: bool
    method: str
    check_method: str
    note: str


def _smoothed(label: str, gain: np.ndarray, parameters: np.ndarray) -> Checked:
    smoother = Pair.of(parameters)
    estimate = value_of(gain, smoother.main.fit(gain))
    some = smoother.checked_on
    check = value_of(gain[some], shrunk(smoother.check.fit(gain[some]), gain[some]))
    agrees = agree(estimate, check, some, allowed=IMMATERIAL * float(gain.max(axis=1).clip(min=0).mean()))
    if not agrees:
        warnings.warn(
            f"evppi of {label}: {smoother.main.method} gives {estimate.value:,.6g} and {smoother.check.method} "
            f"{check.value:,.6g}, more than {ALLOWED_ERRORS:g} standard errors apart. Draw more, or split the group.",
            EstimatesDiffer,
            stacklevel=3,
        )
    note = getattr(smoother.main, "note", "")
    return Checked(parameters.shape[1], estimate, check, agrees, smoother.main.method, smoother.check.method, str(note))


@dataclass(frozen=True, repr=False)
class Pair(Shown):
    """The estimator and its check on the same parameters, and the draws on which the check is made."""

    main: Smoother
    check: Smoother
    checked_on: slice

    @classmethod
    def of(cls, parameters: np.ndarray, *, most: int | None = None) -> Pair:
        """For one parameter or several (sample, parameter), with at most so many terms when that is said."""
        if parameters.shape[1] == 1:
            ordered = Ordered.of(parameters[:, 0])
            return cls(SplineSmoother(ordered), BinSmoother(ordered), slice(None))
        # The check of a group costs as much as the estimate; on very many draws a part of them tells as well.
        some = slice(None, None, max(1, -(-len(parameters) // CHECKED_ON)))
        return cls(PolynomialSmoother(parameters, most=most), TensorSmoother(parameters[some]), some)


def _row(label: str, found: Checked) -> dict[str, object]:
    return {
        "group": label,
        "parameters": found.count,
        "evppi": found.estimate.value,
        "standard_error": found.estimate.standard_error,
        "check": found.check.value,
        "check_standard_error": found.check.standard_error,
        "agrees": found.agrees,
        "method": found.method,
        "check_method": found.check_method,
        "note": found.note,
    }


def _columns(values: np.ndarray, names: Sequence[str], members: Sequence[str]) -> np.ndarray:
    return values[:, [list(names).index(name) for name in members]]


def _over_first(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[:, 1:] - values[:, [0]])


def _over(worth: np.ndarray, best: int) -> np.ndarray:
    """Worth of the other options over the best, from worth over the first (sample, option - 1)."""
    if best == 0:
        return worth
    every = np.column_stack([np.zeros(len(worth)), worth])
    return np.asarray(np.delete(every - every[:, [best]], best, axis=1))
