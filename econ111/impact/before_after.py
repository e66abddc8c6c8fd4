"""What counts of two periods say about a change: exact posteriors of rates and shares, rounding and all.

Events in a period are Poisson with a rate, a part of a total is binomial with a share; each has its Jeffreys prior:

    rate  | k ~ Gamma(k / f + 1/2, exposure / f)
    share | k ~ Beta(k / f + 1/2, (n - k) / f + 1/2)

`f` is the overdispersion: the likelihood is raised to 1 / f, which multiplies every variance by f. Two totals cannot
estimate it (McCullagh and Nelder 1989, section 6.2), so it comes from outside. Where a rate or percentage was printed
rounded, the posterior is the sum over every whole count that prints so, each weighted by its marginal probability.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from econ111.errors import InputError

JEFFREYS = 0.5
LARGEST_FACTOR = 1_000.0
QUADRATURE_POINTS = 2_000


@dataclass(frozen=True)
class Tally:
    """One period in one area: the whole counts that what was printed may stand for, and what they are counted over.

    `size` is the exposure of a rate (months, person-years) or, for a `share`, the total of which they are a part.
    """

    counts: tuple[int, ...]
    size: float
    share: bool = False


def allowed_counts(printed: float, *, decimals: int, scale: float) -> tuple[int, ...]:
    """Whole counts k for which k * scale prints as `printed`; a tie may have been rounded either way.

    Parameters
    ----------
    printed : float
        A rate or percentage.
    decimals : int
        With which it was printed.
    scale : float
        What one event adds to it: 100 / n for a percentage of n, per / population for a rate.

    Raises
    ------
    InputError
        When no whole count prints so.

    Examples
    --------
    59.8 per 100,000 of 1,420,800 people is 848.9 to 850.3 events; 59% of 79 people is 47 of them.

    >>> allowed_counts(59.8, decimals=1, scale=100_000 / 1_420_800)
    (849, 850)
    >>> allowed_counts(59.0, decimals=0, scale=100 / 79)
    (47,)
    """
    half = 0.5 * 10.0**-decimals
    slack = 1e-9 * (abs(printed) + 1)
    low = max(int(np.ceil((printed - half - slack) / scale)), 0)
    high = int(np.floor((printed + half + slack) / scale))
    if high < low:
        what = f"No whole count prints as {printed:.{decimals}f}: one event is {scale:.4g}."
        raise InputError(f"{what} Check the figure, its decimals and the number of people behind it.")
    return tuple(range(low, high + 1))


def posterior_draws(
    tally: Tally, *, overdispersion: float | np.ndarray, draws: int, seed: int, name: str
) -> np.ndarray:
    """Draws of the rate (events per unit of exposure) or share behind a tally.

    Parameters
    ----------
    tally : Tally
        What was printed.
    overdispersion : float or array (draws)
        Variance over that of pure chance, 1 or more; draws of it carry its own uncertainty along.
    draws, seed : int
        Size and seed; `name` gives the tally a stream of its own.

    Returns
    -------
    array (draws)

    Examples
    --------
    >>> rate = posterior_draws(Tally((194,), 6.0), overdispersion=1.0, draws=10_000, seed=1, name="before")
    >>> round(float(rate.mean()))  # (194 + 1/2) / 6 = 32.4
    32
    """
    check_overdispersion(overdispersion)
    rng = np.random.default_rng([seed, int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])])
    counts = np.asarray(tally.counts, dtype=float)
    chosen = counts[rng.choice(len(counts), size=draws, p=count_weights(tally))] if len(counts) > 1 else counts[0]
    first, second = _shapes(tally, np.broadcast_to(chosen, draws), overdispersion)
    if tally.share:
        return np.asarray(rng.beta(first, second))
    return np.asarray(rng.gamma(first) / second)


def count_weights(tally: Tally) -> np.ndarray:
    """Probability of each allowed count before the others are ruled out: its marginal under the Jeffreys prior.

    Examples
    --------
    >>> count_weights(Tally((849, 850), 1.0)).round(3)
    array([0.5, 0.5])
    """
    counts = np.asarray(tally.counts, dtype=float)
    if tally.share:
        rest = tally.size - counts
        ways = -special.betaln(counts + 1, rest + 1)
        log_weight = ways + special.betaln(counts + JEFFREYS, rest + JEFFREYS)
    else:
        log_weight = special.gammaln(counts + JEFFREYS) - special.gammaln(counts + 1)
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def probability_fell(before: Tally, after: Tally, *, overdispersion: float = 1.0) -> float:
    """Probability that the later rate or share is below the earlier one, without simulation.

    For two rates, X / (X + Y) of independent gammas is beta; for two shares, the earlier one is gone through by its
    quantiles.

    Examples
    --------
    >>> round(probability_fell(Tally((75,), 6.0), Tally((62,), 6.0)), 3)
    0.867
    """
    total = 0.0
    for weight, count in zip(count_weights(before), before.counts, strict=True):
        first = _shapes(before, np.asarray(float(count)), overdispersion)
        second = _shapes(after, np.asarray(after.counts, dtype=float), overdispersion)
        total += float(weight) * float(count_weights(after) @ _lower(first, second, share=before.share))
    return total


def probability_fell_more(
    before: Tally, after: Tally, control_before: Tally, control_after: Tally, *, overdispersion: float = 1.0
) -> float:
    """Probability that a rate fell by a larger factor than the control's; log rates taken as normal.

    Examples
    --------
    >>> tally = Tally((400,), 12.0)
    >>> probability_fell_more(tally, tally, tally, tally)
    0.5
    """
    mean = variance = 0.0
    for sign, tally in ((1, before), (-1, after), (-1, control_before), (1, control_after)):
        shape, rate = _shapes(tally, np.asarray(float(np.mean(tally.counts))), overdispersion)
        mean += sign * float(special.digamma(shape) - np.log(rate))
        variance += float(special.polygamma(1, shape))
    return float(special.ndtr(mean / np.sqrt(variance)))


def largest_overdispersion(probability_at: Callable[[float], float], threshold: float) -> float:
    """Overdispersion up to which a direction keeps its probability; NaN when even 1 is too much.

    Parameters
    ----------
    probability_at : function
        Probability of a fall at an overdispersion, such as `probability_fell`.
    threshold : float
        Least probability of a direction, above one half.

    Examples
    --------
    >>> before, after = Tally((194,), 6.0), Tally((118,), 6.0)
    >>> round(largest_overdispersion(lambda f: probability_fell(before, after, overdispersion=f), 0.975), 1)
    4.9
    """

    def spare(factor: float) -> float:
        fell = probability_at(factor)
        return max(fell, 1 - fell) - threshold

    if spare(1.0) < 0:
        return float("nan")
    if spare(LARGEST_FACTOR) > 0:
        return LARGEST_FACTOR
    return float(optimize.brentq(spare, 1.0, LARGEST_FACTOR, xtol=1e-3))


def check_overdispersion(factor: float | np.ndarray) -> None:
    """Refuse a factor below 1: counts do not vary less than by chance.

    Raises
    ------
    InputError
        Naming the factor.
    """
    least = float(np.min(factor))
    if not least >= 1:
        raise InputError(f"The overdispersion is {least:g}. It must be 1 (chance alone) or more.")


def _shapes(tally: Tally, counts: np.ndarray, factor: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both parameters of the gamma (shape, rate) or beta of a count."""
    first = counts / factor + JEFFREYS
    if tally.share:
        return first, (tally.size - counts) / factor + JEFFREYS
    return first, np.broadcast_to(np.asarray(tally.size / factor), first.shape)


def _lower(first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray], *, share: bool) -> np.ndarray:
    """Probability, for each count after, that the second is below the first."""
    if not share:
        return np.asarray(special.betainc(second[0], first[0], second[1] / (first[1] + second[1])))
    places = (np.arange(QUADRATURE_POINTS) + 0.5) / QUADRATURE_POINTS
    earlier = stats.beta.ppf(places, *first)
    return np.asarray(special.betainc(second[0][:, None], second[1][:, None], earlier).mean(axis=1))
