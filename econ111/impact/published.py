"""A before/after comparison known only from print: percentages with their rounding, and what cannot be said.

A percentage printed to d decimals lies within half a unit of its last place. The change in referrals is then bounded,
not estimated: contacts * (before - after), at the ends of both bounds. Those bounds hold rounding only. A sampling
interval needs the number of people behind the earlier percentage; without it there is none to give, with it see
`published_changes`.
"""

from __future__ import annotations

import pandas as pd

from econ111.impact.verdicts import Verdict
from econ111.specs.schema import Published, PublishedShare


def published_change(published: Published) -> pd.DataFrame:
    """Bounds of the avoided referrals that the printed percentages allow.

    Parameters
    ----------
    published : Published
        Contacts after launch and the printed shares.

    Returns
    -------
    DataFrame
        One row per disposition: `after_low`, `after_high` (contacts), `avoided_low`, `avoided_high` (positive is fewer;
        NaN when a share was not published), `verdict`, `reason`.

    Examples
    --------
    >>> share = PublishedShare(disposition="primary_care", before_percent=69.0, after_percent=10.0)
    >>> table = published_change(Published(contacts_after=21697, shares=(share,), source="case study"))
    >>> table.loc[0, ["avoided_low", "avoided_high"]].round().tolist()
    [12584.0, 13018.0]
    """
    if published.contacts_after is None:
        raise TypeError("shares need the number of contacts that they are of")
    return pd.DataFrame([_row(share, published, published.contacts_after) for share in published.shares])


def rounding_bounds(percent: float | None, decimals: int) -> tuple[float, float]:
    """Lowest and highest share that print as this percentage; NaN when none was printed.

    Examples
    --------
    >>> rounding_bounds(18.0, 0)
    (0.175, 0.185)
    """
    if percent is None:
        return float("nan"), float("nan")
    half = 0.5 * 10.0**-decimals
    return max(round((percent - half) / 100, 10), 0.0), min(round((percent + half) / 100, 10), 1.0)


def _row(share: PublishedShare, published: Published, contacts: int) -> dict[str, object]:
    before = rounding_bounds(share.before_percent, share.before_decimals)
    after = rounding_bounds(share.after_percent, share.after_decimals)
    verdict = _verdict(share, published)
    return {
        "disposition": share.disposition,
        "before_low": before[0],
        "before_high": before[1],
        "after_low": contacts * after[0],
        "after_high": contacts * after[1],
        "avoided_low": contacts * (before[0] - after[1]),
        "avoided_high": contacts * (before[1] - after[0]),
        "verdict": verdict.word,
        "reason": verdict.reason,
    }


def _verdict(share: PublishedShare, published: Published) -> Verdict:
    if share.before_percent is None:
        return Verdict("not identifiable", "no share was published for the time before the service")
    if share.after_percent is None:
        return Verdict("not identifiable", "no share was published for the time with the service")
    if published.contacts_before is None:
        return Verdict(
            "not identifiable",
            "the number of contacts behind the earlier percentage was not published, so no interval can be given; the "
            "bounds are those of rounding, and hold only if every contact would otherwise have met the earlier shares",
        )
    return Verdict("not identifiable", "a comparison of two printed percentages has no control for other change")
