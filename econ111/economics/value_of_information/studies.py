"""Studies that one could buy, simulated from each draw: linked attendance records, an audit of calls, a fuller return.

A study sees counts. In a provider whose own chance differs from the common one, on the logit scale by a normal with the
stated spread, x of n linked people attend, n = linkage rate x calls x months. More providers average the differences
out; more months of the same ones do not. Studies of a grid are nested: the second month is added to the first, the
second provider to the first, so that a larger study never looks worse by the luck of the draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from econ111.errors import InputError


def linked_attendances(
    chances: pd.DataFrame,
    calls: Mapping[str, float],
    *,
    providers: Sequence[int],
    months: Sequence[int],
    linkage_rate: float,
    provider_spread: float,
    seed: int,
) -> Iterator[tuple[int, int, pd.DataFrame]]:
    """Results of linking call records to attendance records, for every number of providers and months.

    Parameters
    ----------
    chances : DataFrame (sample, quantity)
        Draws of each probability that linked records would show, such as attending after advice to attend.
    calls : mapping
        Quantity to calls, or people, that bear on it in one provider and month.
    providers, months : sequence of int
        The grid; each 1 or more.
    linkage_rate : float
        Share of calls whose record is found, from 0 to 1. Those not found are taken to be like the others.
    provider_spread : float
        Standard deviation between providers of the log odds of each probability, 0 or above.
    seed : int
        One seed gives the same studies.

    Yields
    ------
    int, int, DataFrame (sample, quantity)
        Providers, months, and the share that the study would report of each quantity. Quantities on which fewer than
        one person bears are left out.

    Examples
    --------
    >>> chances = pd.DataFrame({"attended": np.full(3, 0.5)})
    >>> grid = linked_attendances(chances, {"attended": 50.0}, providers=[1, 2], months=[1], linkage_rate=0.8,
    ...     provider_spread=0.3, seed=1)
    >>> [(one, two, table.shape) for one, two, table in grid]
    [(1, 1, (3, 1)), (2, 1, (3, 1))]
    """
    _check_design(chances, calls, providers, months, linkage_rate, provider_spread)
    most = linkage_rate * max(providers) * max(months)
    names = [name for name in map(str, chances) if calls[name] * most >= 1]
    odds = _log_odds(chances[names].to_numpy(dtype=float))
    ends = np.array([round(month) for month in sorted(months)])
    steps = np.diff(np.concatenate([[0], ends]))
    each = np.array([calls[name] * linkage_rate for name in names])
    seen, of = np.zeros((len(ends), *odds.shape)), np.zeros((len(ends), len(names)))
    for provider in range(1, max(providers) + 1):
        rng = np.random.default_rng([seed, provider])
        own = 1 / (1 + np.exp(-odds - provider_spread * rng.standard_normal(odds.shape)))
        people = np.rint(np.multiply.outer(ends, each)).astype(int)
        added = np.diff(np.vstack([np.zeros((1, len(names)), dtype=int), people]), axis=0)
        seen += np.cumsum([rng.binomial(added[step], own) for step in range(len(steps))], axis=0)
        of += people
        if provider in providers:
            for place, month in enumerate(ends):
                yield provider, int(month), _reported(seen[place], of[place], names)


def audit(
    chances: pd.DataFrame, bearing: Mapping[str, float], *, calls: Sequence[int], seed: int
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Results of looking into a number of calls one by one.

    Parameters
    ----------
    chances : DataFrame (sample, quantity)
        Draws of each probability that a call looked into would show.
    bearing : mapping
        Quantity to the share of audited calls that bear on it, from 0 to 1.
    calls : sequence of int
        Sizes of the audit.
    seed : int
        One seed gives the same audits.

    Yields
    ------
    int, DataFrame (sample, quantity)
        Size, and the share that the audit would report of each quantity.
    """
    grid = linked_attendances(
        chances, bearing, providers=[1], months=calls, linkage_rate=1.0, provider_spread=0.0, seed=seed
    )
    for _, size, table in grid:
        yield size, table


def completed_return(recorded: pd.DataFrame, unrecorded: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """What a return would show if the calls without a disposition had one.

    Parameters
    ----------
    recorded : DataFrame (sample, quantity)
        Draws of the share of UNRECORDED calls that ended in each disposition.
    unrecorded : DataFrame (sample, quantity)
        Expected numbers of unrecorded calls behind each share.
    seed : int
        One seed gives the same returns.

    Returns
    -------
    DataFrame (sample, quantity)
        Each share among the calls completed.
    """
    people = np.rint(unrecorded.to_numpy(dtype=float)).astype(int)
    seen = np.random.default_rng(seed).binomial(people, recorded.to_numpy(dtype=float))
    return _reported(seen, people, [str(name) for name in recorded])


def _reported(seen: np.ndarray, of: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """Shares: what is expected after a study is nearer to a straight line in them than in their log odds."""
    return pd.DataFrame(seen / np.maximum(of, 1), columns=list(names))


def _log_odds(chances: np.ndarray) -> np.ndarray:
    inside = chances.clip(1e-12, 1 - 1e-12)
    return np.asarray(np.log(inside / (1 - inside)))


def _check_design(
    chances: pd.DataFrame,
    calls: Mapping[str, float],
    providers: Sequence[int],
    months: Sequence[int],
    linkage_rate: float,
    provider_spread: float,
) -> None:
    problems = [f"no number of calls for {name!r}" for name in chances if name not in calls]
    problems += [f"{name!r} bears on {count!r} calls" for name, count in calls.items() if not 0 <= count < np.inf]
    sizes = {"providers": providers, "months": months}
    problems += [f"{label} {list(size)}, each 1 or more" for label, size in sizes.items() if _bad(size)]
    problems += [] if 0 < linkage_rate <= 1 else [f"linkage rate {linkage_rate!r} (above 0, at most 1)"]
    problems += [] if 0 <= provider_spread < np.inf else [f"provider spread {provider_spread!r} (0 or above)"]
    wrong = [str(name) for name in chances if not chances[name].between(0, 1).all()]
    problems += [f"{name!r} has draws outside 0 to 1" for name in wrong]
    if problems:
        raise InputError("The study cannot be simulated:\n" + "\n".join(f"- {problem}." for problem in problems))


def _bad(size: Sequence[int]) -> bool:
    return len(size) == 0 or min(size) < 1
