"""Queues of a telephone line: how long callers wait with so many people answering.

Load a (in erlangs) = calls per unit of time x handling time; n people answer.

    Erlang B   share of calls that find all n busy, if none waited:  B(n, a), B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1))
    Erlang C   nobody gives up:  C = n B / (n - a (1 - B));  average wait = C x handling time / (n - a)
    Erlang A   callers give up after an exponential time with mean `patience` (Palm 1957; Mandelbaum and Zeltyn 2004):
               with x = n patience / handling, y = a patience / handling,
               A = x exp(y) y**-x gamma(x, y) = 1 + y/(x+1) + y**2/((x+1)(x+2)) + ...;  P(wait) = A B / (1 + (A - 1) B)
               share giving up = P(wait) (1 / (r A) + 1 - 1 / r), r = a / n;  average wait = share giving up x patience

Erlang C needs more people than load; Erlang A does not. Times are in one unit throughout, whichever it is.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from econ111.errors import InputError

Queue = Literal["erlang_c", "erlang_a"]
# Below this a line is idle for all that can be computed.
NO_LOAD = 1e-100


def erlang_b(agents: ArrayLike, load: ArrayLike) -> np.ndarray:
    """Share of calls that find everybody busy when nobody waits.

    Parameters
    ----------
    agents : array of whole numbers
        People answering, 0 or above.
    load : array
        Erlangs, 0 or above; broadcast with `agents`.

    Returns
    -------
    array
        From 0 to 1.

    Examples
    --------
    One person and one erlang: the state is busy half of the time.

    >>> float(erlang_b(1, 1.0))
    0.5
    """
    from scipy.special import gammaincc, gammaln, xlogy

    people, offered = _checked(agents, load)
    # Poisson probability of n over that of n or fewer.
    return np.asarray(np.exp(xlogy(people, offered) - offered - gammaln(people + 1)) / gammaincc(people + 1, offered))


def probability_of_waiting(agents: ArrayLike, load: ArrayLike) -> np.ndarray:
    """Erlang C: share of calls that wait when nobody gives up; 1 when the load is not below the number of people.

    Examples
    --------
    One person: the share that waits is the share of time busy.

    >>> round(float(probability_of_waiting(1, 0.25)), 12)
    0.25
    """
    people, offered = _checked(agents, load)
    return _waiting(people, offered, erlang_b(people, offered))


def average_wait(agents: ArrayLike, load: ArrayLike, *, handling: ArrayLike) -> np.ndarray:
    """Erlang C: average time to answer over all calls, in the unit of `handling`; infinite when the queue only grows.

    Examples
    --------
    One person half busy, calls of 10 minutes: 0.5 x 10 / (1 - 0.5).

    >>> round(float(average_wait(1, 0.5, handling=10.0)), 12)
    10.0
    """
    people, offered = _checked(agents, load)
    return np.asarray(_over(probability_of_waiting(people, offered), people - offered) * np.asarray(handling))


def answered_within(agents: ArrayLike, load: ArrayLike, *, handling: ArrayLike, within: ArrayLike) -> np.ndarray:
    """Erlang C: share of calls answered within a time: 1 - C exp(-(n - a) within / handling).

    Examples
    --------
    >>> round(float(answered_within(1, 0.5, handling=10.0, within=0.0)), 12)
    0.5
    """
    people, offered = _checked(agents, load)
    spare = np.maximum(people - offered, 0.0) * np.asarray(within) / np.asarray(handling)
    return np.asarray(1 - probability_of_waiting(people, offered) * np.exp(-spare))


def share_giving_up(agents: ArrayLike, load: ArrayLike, *, handling: ArrayLike, patience: ArrayLike) -> np.ndarray:
    """Erlang A: share of calls whose caller gives up before an answer.

    Parameters
    ----------
    agents, load
        As for `erlang_b`; at least one person.
    handling, patience : array
        Average handling time, and average time that a caller would wait, in one unit, above 0.

    Returns
    -------
    array
        From 0 to 1. The average wait of all callers is this times `patience`.

    Examples
    --------
    With patience equal to the handling time the number in the system is Poisson. One person, one erlang: of calls, the
    share answered is the chance of being busy, 1 - exp(-1).

    >>> round(float(share_giving_up(1, 1.0, handling=5.0, patience=5.0)), 6) == round(float(np.exp(-1)), 6)
    True
    """
    people, offered = _checked(agents, load)
    busy = np.where(offered > NO_LOAD, offered, 1.0) / people
    factor = _inverse_palm(people, busy * people, np.asarray(patience) / np.asarray(handling))
    blocked = erlang_b(people, busy * people)
    waits = blocked / (factor + (1 - factor) * blocked)
    share = waits * (factor / busy + 1 - 1 / busy)
    return np.asarray(np.where(offered > NO_LOAD, np.clip(share, 0.0, 1.0), 0.0))


def agents_needed(
    load: ArrayLike,
    *,
    handling: ArrayLike,
    answer_target: ArrayLike,
    patience: ArrayLike | None = None,
    least: ArrayLike = 1,
) -> np.ndarray:
    """Fewest people with whom the average wait is within the target.

    Parameters
    ----------
    load : array
        Erlangs, 0 or above, any shape.
    handling, answer_target : array
        Average handling time and longest acceptable average wait, in one unit, above 0; broadcast with `load`.
    patience : array, optional
        Average time that a caller would wait, in the same unit. Given, callers give up (Erlang A); left out, nobody
        does (Erlang C).
    least : array
        Fewest people on duty whatever the load.

    Returns
    -------
    array
        Whole numbers, shape of the broadcast.

    Raises
    ------
    InputError
        When a load is negative or not finite, or a time is not above 0.

    Examples
    --------
    0.5 erlang, calls of 10 minutes, target 1 minute: one person waits 10 minutes, two wait 40 seconds.

    >>> int(agents_needed(0.5, handling=10.0, answer_target=1.0))
    2
    """
    for name, given in (("handling", handling), ("answer_target", answer_target), ("patience", patience)):
        if given is not None and not bool(np.all(np.isfinite(given)) and np.all(np.asarray(given) > 0)):
            raise InputError(f"{name} must be a finite time above 0 in every draw. Check the parameter.")
    _checked(1, load)
    allowed = np.asarray(answer_target, dtype=float) / np.asarray(handling, dtype=float)
    offered, ratio, least = np.broadcast_arrays(np.asarray(load, dtype=float), allowed, least)
    needed = _enough_without_loss(offered, ratio)
    if patience is not None:
        patient = np.broadcast_to(np.asarray(patience, dtype=float) / np.asarray(handling, dtype=float), needed.shape)
        needed = _enough_with_loss(offered, ratio, patient, needed)
    return np.asarray(np.maximum(needed, least).astype(np.int64))


def _enough_without_loss(offered: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """From the first number above the load upwards; only what still waits too long is counted on."""
    people = np.floor(offered) + 1.0
    blocked = erlang_b(people, offered)
    waiting = np.flatnonzero(_too_slow(people, offered, blocked, ratio))
    flat, loads, ratios = people.ravel(), offered.ravel(), ratio.ravel()
    chance = blocked.ravel()[waiting]
    while waiting.size:
        flat[waiting] += 1
        moved = loads[waiting] * chance
        chance = moved / (flat[waiting] + moved)
        slow = _too_slow(flat[waiting], loads[waiting], chance, ratios[waiting])
        waiting, chance = waiting[slow], chance[slow]
    return flat.reshape(people.shape)


def _enough_with_loss(offered: np.ndarray, ratio: np.ndarray, patient: np.ndarray, enough: np.ndarray) -> np.ndarray:
    """By halving: the wait falls with every person, and nobody waits longer than if nobody gave up."""
    low, high = np.zeros_like(enough), enough.copy()
    while bool((high - low > 1).any()):
        middle = np.maximum(np.floor((low + high) / 2), 1.0)
        wait = share_giving_up(middle, offered, handling=1.0, patience=patient) * patient
        good = wait <= ratio
        high, low = np.where(good, np.minimum(middle, high), high), np.where(good, low, np.minimum(middle, high - 1))
    return high


def _too_slow(people: np.ndarray, offered: np.ndarray, blocked: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    return np.asarray(_waiting(people, offered, blocked) > ratio * (people - offered))


def _waiting(people: np.ndarray, offered: np.ndarray, blocked: np.ndarray) -> np.ndarray:
    spare = people - offered * (1 - blocked)
    return np.asarray(np.where(people > offered, people * blocked / np.where(spare > 0, spare, 1.0), 1.0))


def _inverse_palm(people: np.ndarray, offered: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """1 / A, by its series while that is short and by the gamma function where A may be very large."""
    from scipy.special import gammainc, gammaln, hyp1f1

    x, y = np.broadcast_arrays(people * ratio, offered * ratio)
    few = y <= x
    series = hyp1f1(1.0, x + 1.0, np.where(few, y, 0.0))
    far = np.where(few, x, y)
    logarithm = np.log(x) + far - x * np.log(far) + gammaln(x) + np.log(gammainc(x, far))
    return np.asarray(np.where(few, 1 / series, np.exp(-logarithm)))


def _over(chance: np.ndarray, spare: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(spare > 0, chance / np.where(spare > 0, spare, 1.0), np.inf))


def _checked(agents: ArrayLike, load: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    people, offered = np.asarray(agents, dtype=float), np.asarray(load, dtype=float)
    if not bool(np.all(np.isfinite(offered)) and np.all(offered >= 0)):
        raise InputError("A load is negative or not finite. Load is calls per hour times hours per call, 0 or above.")
    if bool((people < 0).any()):
        raise InputError("The number of people answering is negative. Give 0 or above.")
    return people, offered
