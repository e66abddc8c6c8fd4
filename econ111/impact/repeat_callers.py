"""Repeat callers: calls are not people, and one person can only avoid so many attendances.

A person who calls at all calls K times in the period. Callers are of two kinds, frequent (a share f, who make a share g
of the calls) and others; within each kind K is geometric, P(K = k) = s (1 - s)**(k - 1) for k = 1, 2, ... with mean
1/s. For others s is the share who call once; the mean of frequent callers follows from f and g:

    mean calls a person = (1 - f) / (s (1 - g)),   1 / s_frequent = (g / f) * mean calls a person

Each call avoids an attendance with the same chance r, of itself. A person's avoided attendances B, given K, are then
binomial, and over K (with q = 1 - s)

    P(B >= j) = a b**(j - 1),   a = r / (s + q r),   b = q r / (s + q r)
    E[min(B, cap)] = a (1 - b**cap) / (1 - b)

so that a is the share of people with any attendance avoided, and without a cap the mean is r / s, as many as calls
times r. Where r is negative, attendances are added, and the same holds of them. That frequent callers have the same r a
call as others is an assumption: if their calls lead to ED less often, the cap takes off less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr


@dataclass(frozen=True)
class CallsPerPerson:
    """How calls fall on people, as draws (sample): see the formulas of this module. No frequent caller when f is 0."""

    called_once: xr.DataArray
    frequent_callers: xr.DataArray
    frequent_calls: xr.DataArray

    @property
    def mean(self) -> xr.DataArray:
        """Calls a person (sample)."""
        return (1 - self.frequent_callers) / (self.called_once * (1 - self.frequent_calls))

    def kinds(self) -> tuple[tuple[xr.DataArray, xr.DataArray], ...]:
        """For others and frequent callers: their share of people, and the share of them who call once."""
        per_frequent = self.frequent_calls / self.frequent_callers.where(self.frequent_callers > 0) * self.mean
        once_frequent = 1 / xr.ufuncs.maximum(per_frequent.fillna(1.0), 1.0)
        return (1 - self.frequent_callers, self.called_once), (self.frequent_callers, once_frequent)


def everyone_alike(spread: CallsPerPerson) -> CallsPerPerson:
    """The same without frequent callers: the share who call once is of everyone."""
    nobody = xr.zeros_like(spread.frequent_callers)
    return CallsPerPerson(spread.called_once, nobody, nobody)


def people(calls: xr.DataArray, spread: CallsPerPerson) -> xr.DataArray:
    """Callers behind a number of calls (sample, ...)."""
    found: xr.DataArray = calls / spread.mean
    return found


def capped(avoided: xr.DataArray, calls: xr.DataArray, spread: CallsPerPerson, *, cap: int) -> xr.DataArray:
    """Avoided attendances when nobody avoids more than `cap`.

    Parameters
    ----------
    avoided : DataArray (sample, ...)
        Expected avoided attendances, positive is fewer.
    calls : DataArray (sample, ...)
        The calls that they come from; a draw may be negative.
    spread : CallsPerPerson
        How these calls fall on people.
    cap : int
        Most attendances that one person avoids, at least 1. With 1 the result is the number of people who avoid any.

    Returns
    -------
    DataArray (sample, ...)
        Of the sign of `avoided`, and never further from 0. A chance per call beyond 1, which only a draw of next to no
        calls can give, is taken as 1.

    Examples
    --------
    Half of the people call once, the mean is 2 calls: 1,000 calls come from 500. Each call avoids 0.1, so 100 in all;
    of the people 0.1 / (0.5 + 0.05) = 2/11 avoid any.

    >>> half, none = xr.DataArray([0.5], dims="sample"), xr.DataArray([0.0], dims="sample")
    >>> spread = CallsPerPerson(half, none, none)
    >>> calls, avoided = xr.DataArray([1000.0], dims="sample"), xr.DataArray([100.0], dims="sample")
    >>> round(capped(avoided, calls, spread, cap=1).item(), 6)
    90.909091
    """
    chance = (avoided / calls.where(calls != 0)).fillna(0.0)
    size = xr.ufuncs.minimum(abs(chance), 1.0)
    per_person = sum(share * _per_person(size, once, cap) for share, once in spread.kinds())
    found: xr.DataArray = people(calls, spread) * np.sign(chance) * per_person
    return found.transpose(*avoided.dims)


def _per_person(chance: xr.DataArray, once: xr.DataArray, cap: int) -> xr.DataArray:
    """Expected avoided attendances a person of one kind, at most `cap`: a (1 - b**cap) / (1 - b)."""
    again = 1 - once
    reached = chance / (once + again * chance)
    one_more = again * chance / (once + again * chance)
    total: xr.DataArray = reached * sum(one_more**count for count in range(cap))
    return total
