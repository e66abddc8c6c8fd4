"""Each published figure beside ours: the difference, and one sentence that explains it.

Ours is plain arithmetic on the published inputs, so that a difference is one of arithmetic, definition or rounding and
not of method; the interval of the change stands with it. A difference within half a unit of the last printed place is
rounding. Any other is explained by the specification, or is said to be unexplained.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from econ111.errors import InputError
from econ111.impact.published import rounding_bounds
from econ111.specs.schema import Published, PublishedFigure

UNEXPLAINED = "Not explained by rounding or by anything declared."


@dataclass(frozen=True)
class _Ours:
    """Our figure with the ends of its interval, or of its bounds when `level` is not a number."""

    value: float
    low: float = math.nan
    high: float = math.nan
    level: float = math.nan


def published_figures(published: Published, changes: pd.DataFrame) -> pd.DataFrame:
    """Published figures, ours, and why they differ.

    Parameters
    ----------
    published : Published
        Its `figures`, and the numbers from which ours are made.
    changes : DataFrame
        From `published_changes`; may be empty.

    Returns
    -------
    DataFrame
        One row per figure: `published`, `ours` with `ours_low` and `ours_high` (an interval of `level`, or bounds of
        rounding when `level` is NaN), `difference` (ours minus published), `status` (*agrees*, *explained*,
        *unexplained*, *taken as input*, *not recomputed*) and `why`.

    Examples
    --------
    >>> figure = PublishedFigure(
    ...     what="contacts per detention", value=4.7, decimals=1, unit="", locator="Abstract", quantity="quotient",
    ...     numerator=1623, denominator=403,
    ... )
    >>> table = published_figures(Published(source="x", figures=(figure,)), pd.DataFrame())
    >>> round(float(table.loc[0, "difference"]), 2), table.loc[0, "status"]
    (-0.67, 'unexplained')
    """
    return pd.DataFrame([_row(figure, published, changes) for figure in published.figures])


def explanation(figure: PublishedFigure, ours: float, low: float, high: float, *, rounding_only: bool) -> str:
    """Why the published figure and ours differ, in one sentence, or two where the specification adds one.

    Parameters
    ----------
    figure : PublishedFigure
        With what the specification declares.
    ours, low, high : float
        Our figure and the ends around it.
    rounding_only : bool
        Whether these ends are those of rounding, so that a figure between them is explained by it.
    """
    if not math.isfinite(ours) or figure.taken_as_input:
        return figure.explained
    if holds_as_printed(figure, ours):
        words = f"Ours is {figure.qualifier}" if figure.qualifier in ("fewer than", "more than") else ""
        agrees = f"{words} the published figure, as stated." if words else "Agrees within the figure's own rounding."
        return f"{agrees} {figure.explained}".strip()
    if rounding_only and low <= figure.value <= high:
        return f"Within what the rounding of the printed inputs allows. {figure.explained}".strip()
    return figure.explained or UNEXPLAINED


def holds_as_printed(figure: PublishedFigure, ours: float) -> bool:
    """Whether ours would print as the published figure, or keeps what its qualifier says.

    Examples
    --------
    >>> figure = PublishedFigure(what="fall", value=-39, unit="%", locator="x", quantity="relative_change")
    >>> holds_as_printed(figure, -39.2), holds_as_printed(figure, -39.6)
    (True, False)
    """
    if figure.qualifier in ("fewer than", "almost"):
        return ours < figure.value
    if figure.qualifier == "more than":
        return ours > figure.value
    return abs(ours - figure.value) <= 0.5 * 10.0**-figure.decimals + 1e-9


def _row(figure: PublishedFigure, published: Published, changes: pd.DataFrame) -> dict[str, object]:
    ours = _ours(figure, published, changes)
    why = explanation(figure, ours.value, ours.low, ours.high, rounding_only=not math.isfinite(ours.level))
    return {
        "what": figure.what, "outcome": figure.outcome, "quantity": figure.quantity, "unit": figure.unit,
        "qualifier": figure.qualifier, "decimals": figure.decimals, "published": figure.value,
        "ours": ours.value, "ours_low": ours.low, "ours_high": ours.high, "level": ours.level,
        "difference": ours.value - figure.value, "status": _status(figure, ours.value, why), "why": why,
        "source": figure.source or published.source, "locator": figure.locator,
    }  # fmt: skip


def _status(figure: PublishedFigure, ours: float, why: str) -> str:
    if not math.isfinite(ours):
        return "not recomputed"
    if figure.taken_as_input:
        return "taken as input"
    if holds_as_printed(figure, ours):
        return "agrees"
    return "unexplained" if why == UNEXPLAINED else "explained"


def _ours(figure: PublishedFigure, published: Published, changes: pd.DataFrame) -> _Ours:
    if figure.quantity == "not_recomputed":
        return _Ours(math.nan)
    if figure.quantity == "quotient":
        return _Ours((figure.numerator or math.nan) / (figure.denominator or math.nan))
    if figure.quantity == "chi_squared":
        return _Ours(_chi_squared(figure, published))
    if figure.quantity in ("after", "share_after"):
        return _after(figure, published, changes)
    if changes.empty or figure.outcome not in set(changes.outcome):
        what = f"The figure {figure.what!r} is a change of {figure.outcome!r}, for which the numbers give no interval."
        raise InputError(f"{what} Give the earlier number too, or set quantity = 'not_recomputed' and say why.")
    row: Mapping[Any, Any] = changes[changes.outcome == figure.outcome].to_dict("records")[0]
    fewer = row["compared_with"] - row["with_service"]
    if figure.quantity == "fewer":
        return _Ours(fewer, row["fewer_low"], row["fewer_high"], row["level"])
    if figure.quantity == "change":
        return _Ours(-fewer, -row["fewer_high"], -row["fewer_low"], row["level"])
    low, high = (100 * (row[f"ratio_{end}"] - 1) for end in ("low", "high"))
    return _Ours(100 * (row["with_service"] / row["compared_with"] - 1), low, high, row["level"])


def _after(figure: PublishedFigure, published: Published, changes: pd.DataFrame) -> _Ours:
    """The later number, or its share in %, with the bounds that a printed percentage allows."""
    shares = {share.disposition: share for share in published.shares}
    share, contacts = shares.get(figure.outcome), published.contacts_after  # type: ignore[call-overload]
    if share is None or share.after_percent is None or contacts is None:
        return _Ours(float(changes.with_service[changes.outcome == figure.outcome].iloc[0]))
    size = 100.0 if figure.quantity == "share_after" else float(contacts)
    low, high = rounding_bounds(share.after_percent, share.after_decimals)
    return _Ours(share.after_percent / 100 * size, low * size, high * size)


def _chi_squared(figure: PublishedFigure, published: Published) -> float:
    """Pearson's statistic of two counts against a constant rate."""
    count = next(each for each in published.counts if each.outcome == figure.outcome)
    months = count.before_months + count.after_months
    expected = [(count.before + count.after) * part / months for part in (count.before_months, count.after_months)]
    return sum(
        (seen - wanted) ** 2 / wanted for seen, wanted in zip((count.before, count.after), expected, strict=True)
    )
