"""Faults of a [published] section that no single key shows, each with its remedy."""

from __future__ import annotations

from econ111.errors import nearest
from econ111.specs.schema import Published, PublishedFigure

NEED_AN_OUTCOME = {"fewer", "change", "relative_change", "after", "share_after", "chi_squared"}


def published_faults(published: Published) -> list[tuple[str, str]]:
    """What is wrong with a section of published figures, and what to do about each.

    Examples
    --------
    >>> published_faults(Published(source="x"))
    [('[published] holds no figures.', 'Add shares, counts, rates, proportions or estimates.')]
    """
    names: list[str] = [share.disposition for share in published.shares]
    for group in (published.counts, published.rates, published.proportions, published.estimates, published.products):
        names += [each.outcome for each in group]
    found = []
    if not names:
        found.append(("[published] holds no figures.", "Add shares, counts, rates, proportions or estimates."))
    if published.shares and published.contacts_after is None:
        found.append(("[published] has shares and no contacts_after.", "Give the number of contacts that they share."))
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append((f"the outcome {name!r} is listed twice.", "Name each outcome once."))
    return found + _parts_above_totals(published) + _half_controls(published) + _loose_ends(published, names)


def _parts_above_totals(published: Published) -> list[tuple[str, str]]:
    return [
        (f"{part.outcome!r} counts a part above its total.", "Correct the part or the total.")
        for part in published.proportions
        if part.before > part.before_of or part.after > part.after_of
    ]


def _half_controls(published: Published) -> list[tuple[str, str]]:
    return [
        (f"{count.outcome!r} has a control for one period only.", "Give control_before and control_after, or neither.")
        for count in published.counts
        if (count.control_before is None) != (count.control_after is None)
    ]


def _loose_ends(published: Published, names: list[str]) -> list[tuple[str, str]]:
    """Names that lead nowhere, and quotients without their numbers."""
    estimates = [estimate.outcome for estimate in published.estimates]
    found = [
        (f"{product.outcome!r} multiplies the unknown estimate {name!r}.", nearest(name, estimates))
        for product in published.products
        for name in product.factors
        if name not in estimates
    ]
    for figure in published.figures:
        found += _figure_faults(figure, published, names)
    return found


def _figure_faults(figure: PublishedFigure, published: Published, names: list[str]) -> list[tuple[str, str]]:
    what, outcome = f"the figure {figure.what!r}", figure.outcome
    if figure.quantity in NEED_AN_OUTCOME and outcome not in names:
        return [(f"{what} is of the unknown outcome {outcome!r}.", nearest(outcome, names))]
    if figure.quantity == "chi_squared" and outcome not in [count.outcome for count in published.counts]:
        return [(f"{what} tests {outcome!r}, which is no count.", "Choose one of the counts.")]
    if figure.quantity == "share_after" and outcome not in [share.disposition for share in published.shares]:
        return [(f"{what} is the share of {outcome!r}, which is none.", "Choose one of the shares.")]
    if figure.quantity == "quotient" and (figure.numerator is None or not figure.denominator):
        return [(f"{what} is a quotient without its numbers.", "Give numerator and denominator.")]
    if (figure.quantity == "not_recomputed" or figure.taken_as_input) and not figure.explained:
        return [(f"{what} is not recomputed, without a reason.", "Say why in explained.")]
    return []
