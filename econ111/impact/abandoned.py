"""Callers who gave up before an answer: an outcome of their own, never added to avoided referrals.

    offered   = answered / (1 - abandoned_share)
    abandoned = offered - answered

Without the service the physical line would have answered more calls, at its rate of giving up before launch; with it,
both lines have their own. What became of callers who gave up, nobody records; how many gave up on crisis lines is not
known either, so calls to those lines are on neither side and new demand counts against the service.
"""

from __future__ import annotations

import xarray as xr


def abandoned_calls(posterior: xr.Dataset) -> xr.Dataset:
    """Expected abandoned calls, with and without the service.

    Parameters
    ----------
    posterior : Dataset (sample, trust[, month])
        `expected_without`, `expected_with`, `expected_mental` in answered calls of the evaluated months, and
        `abandoned_share` (sample, stage, trust) of the calls offered, below 1.

    Returns
    -------
    Dataset (sample, trust[, month])
        `without_service`; `with_service`, the sum of `physical_line` and `mental_line`; `avoided`, positive when fewer
        callers gave up; `mental_line_offered`.

    Examples
    --------
    >>> stages = {"stage": ["before", "after", "mental"], "trust": ["A"]}
    >>> share = xr.DataArray([[[0.1], [0.2], [0.5]]], dims=("sample", "stage", "trust"), coords=stages)
    >>> calls = {"expected_without": 90.0, "expected_with": 80.0, "expected_mental": 30.0}
    >>> answered = {name: (("sample", "trust"), [[value]]) for name, value in calls.items()}
    >>> found = abandoned_calls(xr.Dataset(answered).assign(abandoned_share=share))
    >>> [round(found[name].item(), 9) for name in ("without_service", "with_service", "avoided")]
    [10.0, 50.0, -40.0]
    """
    odds = posterior.abandoned_share / (1 - posterior.abandoned_share)
    before, after, mental = (odds.sel(stage=stage, drop=True) for stage in ("before", "after", "mental"))
    without = posterior.expected_without * before
    physical, other = posterior.expected_with * after, posterior.expected_mental * mental
    found = {
        "without_service": without,
        "physical_line": physical,
        "mental_line": other,
        "with_service": physical + other,
        "avoided": without - physical - other,
        "mental_line_offered": posterior.expected_mental + other,
    }
    return xr.Dataset(found)
