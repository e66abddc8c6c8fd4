"""Decision curves: what each option is worth along the threshold, how sure that is, and what a wrong choice would lose.

    net benefit = threshold * effect - cost, draw by draw

The frontier follows the option with the highest MEAN net benefit, not the one that is best in most draws: with skewed
draws the two differ, and only the first maximises what is expected. No QALYs enter unless they are given as the effect.
Reference: Fenwick E, Claxton K, Sculpher M, Health Economics 2001;10:779; Barton GR et al., Value in Health
2008;11:886.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from econ111.economics.value_of_information.basis import Basis, basis_of
from econ111.economics.value_of_information.draws import Table, read_net_benefit
from econ111.economics.value_of_information.perfect import envelope_of
from econ111.errors import InputError
from econ111.intervals import INTERVAL_LEVEL

AVOIDED_ATTENDANCE = "avoided attendance"
NOT_REFERENCE_CASE = (
    "The threshold is GBP per avoided attendance. No QALYs are estimated: this is not a NICE reference-case analysis."
)
QUADRANTS = (
    "more effect, costs more",
    "more effect, costs no more",
    "no more effect, costs more",
    "no more effect, costs no more",
)


def decision_curve(
    costs: Table,
    effects: Table,
    thresholds: Sequence[float] | np.ndarray,
    *,
    effect: str = AVOIDED_ATTENDANCE,
    basis: Basis | None = None,
) -> pd.DataFrame:
    """Net benefit, acceptability, frontier and expected loss of every option at every threshold.

    Parameters
    ----------
    costs, effects : table or array
        (sample, option), or (sample,), incremental. Costs in GBP, positive spent; effects positive better.
    thresholds : sequence of float
        GBP per unit of effect, 0 or above.
    effect : str
        What one unit of effect is; "QALY" when QALYs are given.
    basis : Basis, optional
        Comparator, price year, perspective and discounting, for draws that do not carry them.

    Returns
    -------
    DataFrame
        One row per threshold and option: threshold, option, net_benefit (mean, GBP; positive better), probability_best,
        on_frontier (highest mean), expected_loss (GBP, 0 or above; the lowest belongs to the frontier and is the value
        of perfect information), evpi, effect, reference_case (what this analysis is not, empty for QALYs), and the
        words of the basis.

    Examples
    --------
    Nine draws of ten favour the service a little; one is a large loss. Best most often, it is not best on the mean.

    >>> table = decision_curve([-1.0] * 9 + [100.0], [0.0] * 10, [0])
    >>> table[["option", "probability_best", "on_frontier"]]
    The decision along the threshold
          option probability_best on_frontier
      comparator              0.1         yes
    intervention              0.9          no
    (not stated: price year, comparator, perspective, discounting)
    """
    envelope, options = envelope_of(costs, effects, thresholds)
    count, width = envelope.means.shape
    loss = (envelope.expected_maximum[:, None] - envelope.means).clip(min=0)
    table = pd.DataFrame(
        {
            "threshold": np.repeat(envelope.thresholds, width),
            "option": list(options) * count,
            "net_benefit": envelope.means.ravel(),
            "probability_best": envelope.shares.ravel(),
            "on_frontier": (np.arange(width) == envelope.best[:, None]).ravel(),
            "expected_loss": loss.ravel(),
            "evpi": np.repeat(loss.min(axis=1), width),
        }
    )
    reference = "" if effect == "QALY" else NOT_REFERENCE_CASE
    return basis_of(costs, basis).on(
        table.assign(effect=effect, reference_case=reference), "The decision along the threshold"
    )


def quadrants(incremental_cost: Table, incremental_effect: Table, *, basis: Basis | None = None) -> pd.DataFrame:
    """Share of draws in each quadrant of the cost-effectiveness plane, of the intervention against its comparator.

    Parameters
    ----------
    incremental_cost, incremental_effect : array (sample,)
        Positive costs more, positive has more effect. A draw with exactly 0 counts as no more.

    Returns
    -------
    DataFrame
        quadrant, share (from 0 to 1, together 1), and the words of the basis.

    Examples
    --------
    >>> quadrants([10.0, 10.0, -5.0, 10.0], [1.0, -1.0, 2.0, 3.0])["share"].tolist()
    [0.5, 0.25, 0.25, 0.0]
    """
    cost, gained = _increments(incremental_cost, incremental_effect)
    more, dearer = gained > 0, cost > 0
    shares = [(more & dearer).mean(), (more & ~dearer).mean(), (~more & dearer).mean(), (~more & ~dearer).mean()]
    return basis_of(incremental_cost, basis).on(
        pd.DataFrame({"quadrant": QUADRANTS, "share": shares}), "Where the draws lie"
    )


def cost_per_effect(
    incremental_cost: Table,
    incremental_effect: Table,
    *,
    level: float = INTERVAL_LEVEL,
    basis: Basis | None = None,
) -> pd.DataFrame:
    """Cost per unit of effect gained, with an interval only where one has a meaning.

    Parameters
    ----------
    incremental_cost, incremental_effect : array (sample,)
        Positive costs more, positive has more effect.
    level : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        One row: ratio (mean cost over mean effect, GBP per unit; empty unless the intervention both costs more and has
        more effect on the mean), low, high, level, note, and the words of the basis. When draws of the effect lie on
        both sides of 0 within its interval, or the cost's do, low and high are empty: a ratio of draws then jumps from
        plus to minus infinity, and the shares of the quadrants and the net benefit say what can be said.

    Examples
    --------
    >>> cost_per_effect([100.0, 120.0], [-1.0, 2.0])["note"].item()
    'no interval: the effect may be on either side of 0; see the quadrants and the net benefit'
    """
    cost, gained = _increments(incremental_cost, incremental_effect)
    if not 0 < level < 1:
        raise InputError(f"The level is {level!r}. Give a probability between 0 and 1, such as 0.95.")
    tails = [(1 - level) / 2, (1 + level) / 2]
    ratio, low, high = np.nan, np.nan, np.nan
    both_positive = cost.mean() > 0 and gained.mean() > 0
    ratio = cost.mean() / gained.mean() if both_positive else np.nan
    note = "" if both_positive else "no ratio: on the mean it does not both cost more and have more effect"
    for what, draws in (("effect", gained), ("cost", cost)):
        ends = np.quantile(draws, tails)
        if not note and ends[0] <= 0 <= ends[1]:
            note = f"no interval: the {what} may be on either side of 0; see the quadrants and the net benefit"
    if not note:
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = np.quantile(cost / gained, tails)
    row = {"ratio": ratio, "low": low, "high": high, "level": level, "note": note}
    return basis_of(incremental_cost, basis).on(pd.DataFrame([row]), "Cost of one unit of effect")


def _increments(incremental_cost: Table, incremental_effect: Table) -> tuple[np.ndarray, np.ndarray]:
    """Both as (sample,), intervention over comparator."""
    cost, gained = read_net_benefit(incremental_cost), read_net_benefit(incremental_effect)
    if cost.values.shape != gained.values.shape or cost.values.shape[1] != 2:
        raise InputError("Give incremental cost and effect of one intervention over one comparator, same draws.")
    return cost.values[:, 1] - cost.values[:, 0], gained.values[:, 1] - gained.values[:, 0]
