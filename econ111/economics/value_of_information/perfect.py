"""The expected value of perfect information: what knowing everything before choosing would be worth.

evpi = E[max over options of net benefit] - max over options of E[net benefit]; never below 0. It is the ceiling of what
any study can be worth. Reference: Rothery C et al., Value in Health 2020 (ISPOR task force on value of information).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from econ111.economics.value_of_information.basis import Basis, basis_of
from econ111.economics.value_of_information.draws import Table, read_net_benefit
from econ111.economics.value_of_information.envelope import Envelope, upper_envelope
from econ111.errors import InputError


def evpi(net_benefit: Table, *, basis: Basis | None = None) -> pd.DataFrame:
    """Expected value of perfect information, with its standard error.

    Parameters
    ----------
    net_benefit : table or array
        (sample, option), positive better, or (sample,), the intervention's over its comparator.
    basis : Basis, optional
        Comparator, price year, perspective and discounting, for draws that do not carry them.

    Returns
    -------
    DataFrame
        One row: evpi and standard_error in the unit of the net benefit per decision, best_option (on the mean), draws,
        and the words of the basis. The standard error is that of a mean over independent draws.

    Raises
    ------
    InputError
        For values that are not finite numbers, or fewer than two options.

    Examples
    --------
    Half the draws lose 100 and half gain 300. On the mean the intervention is chosen; knowing, 100 is avoided half the
    time.

    >>> evpi([-100.0, 300.0])[["evpi", "best_option"]]
    Worth of knowing everything (evpi), a decision
    evpi  best_option
      50 intervention
    (not stated: price year, comparator, perspective, discounting)
    """
    given = read_net_benefit(net_benefit)
    gain = given.over_best().max(axis=1).clip(min=0)
    row = {
        "evpi": gain.mean(),
        "standard_error": gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.nan,
        "best_option": given.options[given.best],
        "draws": len(gain),
    }
    return basis_of(net_benefit, basis).on(pd.DataFrame([row]), "Worth of knowing everything (evpi), a decision")


def evpi_curve(
    costs: Table, effects: Table, thresholds: Sequence[float] | np.ndarray, *, basis: Basis | None = None
) -> pd.DataFrame:
    """Expected value of perfect information at each threshold, exactly, however many there are.

    Parameters
    ----------
    costs : table or array
        (sample, option) in GBP, or (sample,), incremental; positive is spent.
    effects : table or array
        As `costs`, in the unit that the threshold pays for; positive is better.
    thresholds : sequence of float
        GBP per unit of effect, 0 or above.
    basis : Basis, optional
        As in `evpi`.

    Returns
    -------
    DataFrame
        threshold, evpi, best_option, and the words of the basis; in the order of `thresholds`.

    Examples
    --------
    >>> evpi_curve([100.0, 100.0], [0.0, 1.0], [0, 50, 300])["evpi"].tolist()
    [0.0, 0.0, 50.0]
    """
    envelope, options = envelope_of(costs, effects, thresholds)
    value = envelope.expected_maximum - envelope.means.max(axis=1)
    table = pd.DataFrame(
        {
            "threshold": envelope.thresholds,
            "evpi": value.clip(min=0),
            "best_option": [options[place] for place in envelope.best],
        }
    )
    return basis_of(costs, basis).on(table, "Worth of knowing everything (evpi), by threshold")


def envelope_of(
    costs: Table, effects: Table, thresholds: Sequence[float] | np.ndarray
) -> tuple[Envelope, tuple[str, ...]]:
    """The best option along the thresholds, and the names of the options; checks costs, effects and thresholds.

    Raises
    ------
    InputError
        When costs and effects differ in shape or options, or a threshold is negative or not a number.
    """
    fixed, gained = read_net_benefit(costs), read_net_benefit(effects)
    if fixed.values.shape != gained.values.shape or fixed.options != gained.options:
        raise InputError(
            f"costs have {len(fixed.values)} draws of {', '.join(fixed.options)}; effects have {len(gained.values)} of "
            f"{', '.join(gained.options)}. Give the same draws and options, in one order."
        )
    return upper_envelope(-fixed.values, gained.values, check_thresholds(thresholds)), fixed.options


def check_thresholds(thresholds: Sequence[float] | np.ndarray) -> np.ndarray:
    """Thresholds as an array; finite and not negative."""
    levels = np.atleast_1d(np.asarray(thresholds, dtype=float))
    if levels.ndim != 1 or levels.size == 0 or not ((levels >= 0) & np.isfinite(levels)).all():
        wrong = levels[~((levels >= 0) & np.isfinite(levels))][:5].tolist()
        raise InputError(f"Thresholds must be numbers of 0 or above, at least one; these are not: {wrong}.")
    return levels
