"""A published before/after or controlled comparison as a table of changes: an interval, a direction, a verdict.

Two things are judged apart. `change` says whether the later period differs from what it is compared with: *fell*,
*rose*, *no evidence of a change*. `verdict` says what that tells of the service: without a control it is *not
identifiable*, however clear the change; with one, or with the authors' projection, the usual rules apply. `fewer` is
what it is compared with minus what was, per draw: positive is fewer. Decision record 0012 gives the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from econ111.errors import InputError
from econ111.impact.before_after import (
    Tally,
    allowed_counts,
    largest_overdispersion,
    posterior_draws,
    probability_fell,
    probability_fell_more,
)
from econ111.impact.verdicts import Verdict, judge
from econ111.intervals import INTERVAL_LEVEL
from econ111.specs.schema import (
    Published,
    PublishedCount,
    PublishedEstimate,
    PublishedProduct,
    PublishedProportion,
    PublishedRate,
    PublishedShare,
)

type Factor = float | np.ndarray

BEFORE, CONTROL, PROJECTION = "before", "control area", "projection"
CHANGE_WORDS = {"fewer": "fell", "more": "rose", "no evidence of a difference": "no evidence of a change"}


@dataclass(frozen=True)
class _Compared:
    """One outcome: what stands on either side as printed, and how to draw both."""

    outcome: str
    label: str
    unit: str
    comparison: str
    printed: tuple[float, float]
    draw: Callable[[Factor], tuple[np.ndarray, np.ndarray]]
    probability_at: Callable[[float], float] | None = None
    decimals: int = 0


def published_changes(published: Published, *, overdispersion: Factor, rules: Mapping[str, float]) -> pd.DataFrame:
    """Every change that the published numbers allow an interval for.

    Parameters
    ----------
    published : Published
        Counts, rates, proportions and estimates as printed; percentages count when both numbers of contacts are there.
    overdispersion : float or array (as many draws as the section asks for)
        Variance of counts over that of chance alone, 1 or more. Published estimates keep their own interval.
    rules : mapping
        As for `judge`.

    Returns
    -------
    DataFrame
        One row per outcome: `compared_with` and `with_service` as printed; `fewer` (positive is fewer) and `ratio`
        (median) with intervals of `level`; the interval of `fewer` at an overdispersion of 1; `largest_overdispersion`,
        the variance over that of chance alone, or for a published estimate over that of its own interval, up to which
        the direction holds (NaN when there is none to lose); `change`, `verdict`, `reason`.

    Raises
    ------
    InputError
        For a rounded figure that no whole count gives, or an interval that does not hold its estimate.

    Examples
    --------
    >>> count = PublishedCount(
    ...     outcome="custody", label="detentions in custody", before=119, after=56, before_months=6, after_months=6
    ... )
    >>> table = published_changes(
    ...     Published(source="x", counts=(count,)), overdispersion=1.0, rules={"probability": 0.975, "prior_share": 0.5}
    ... )
    >>> table.loc[0, ["change", "verdict"]].tolist()
    ['fell', 'not identifiable']
    """
    return pd.DataFrame([_row(each, published, overdispersion, rules) for each in _everything(published)])


def _row(each: _Compared, published: Published, factor: Factor, rules: Mapping[str, float]) -> dict[str, object]:
    compared, service = each.draw(factor)
    fewer, ratio = compared - service, service / compared
    counted = each.probability_at is not None
    plain = np.subtract(*each.draw(1.0)) if counted else fewer
    judged = judge(fewer, rules=rules)
    verdict = _verdict(each, judged)
    threshold = rules["probability"]
    largest = (
        largest_overdispersion(each.probability_at, threshold) if each.probability_at else _largest(fewer, threshold)
    )
    return {
        "outcome": each.outcome, "label": each.label, "unit": each.unit, "decimals": each.decimals,
        "comparison": each.comparison, "compared_with": float(each.printed[0]), "with_service": float(each.printed[1]),
        "fewer": float(fewer.mean()), **_ends(fewer, "fewer"),
        "ratio": float(np.median(ratio)), **_ends(ratio, "ratio"), "level": INTERVAL_LEVEL,
        "overdispersion": float(np.mean(factor)) if counted else np.nan, **_ends(plain, "fewer_by_chance_alone"),
        "largest_overdispersion": largest, "probability_fewer": float(np.mean(fewer > 0)),
        "change": CHANGE_WORDS[judged.word], "verdict": verdict.word, "reason": verdict.reason,
        "source": published.source,
    }  # fmt: skip


def _largest(fewer: np.ndarray, threshold: float) -> float:
    """How many times as large the variance of normal draws may be before their direction loses its probability."""
    times = float((fewer.mean() / fewer.std() / special.ndtri(threshold)) ** 2)
    return times if times >= 1 else np.nan


def _verdict(each: _Compared, judged: Verdict) -> Verdict:
    """What a change tells of the service, by what it was compared with."""
    if each.comparison == CONTROL:
        assumed = "both areas are taken to have moved alike otherwise, which totals of two periods cannot show"
        return Verdict(judged.word, f"{judged.reason}; {assumed}")
    if each.comparison == PROJECTION:
        assumed = "it rests on the authors' projection of earlier months, with no area that went without"
        return Verdict(judged.word, f"{judged.reason}; {assumed}")
    if judged.word == "no evidence of a difference":
        return Verdict("not identifiable", f"there was no control, and the change itself is open ({judged.reason})")
    share = each.printed[1] / each.printed[0] - 1
    other = (
        f"anything else that {'lowered' if share < 0 else 'raised'} them by {abs(share):.0%} would explain all of it"
    )
    return Verdict("not identifiable", f"there was no control: {other}")


def _everything(published: Published) -> Iterator[_Compared]:
    for count in published.counts:
        yield _of_counts(count, published)
    for rate in published.rates:
        yield _of_rates(rate, published)
    for proportion in published.proportions:
        yield _of_proportion(proportion, published)
    for share in published.shares:
        if share.before_percent is not None and share.after_percent is not None and published.contacts_before:
            yield _of_percentages(share, published)
    estimates = {each.outcome: _of_estimate(each, published) for each in published.estimates}
    yield from estimates.values()
    for product in published.products:
        yield _of_product(product, estimates)


def _of_counts(count: PublishedCount, published: Published) -> _Compared:
    before, after = Tally((count.before,), count.before_months), Tally((count.after,), count.after_months)
    months = count.after_months
    unit = f"over {months:g} months"
    if count.control_before is None or count.control_after is None:
        printed = (count.before * months / count.before_months, count.after)
        return _two_periods(count.outcome, count.label, unit, printed, before, after, published)
    control = Tally((count.control_before,), count.before_months), Tally((count.control_after,), months)
    tallies = (before, after, *control)
    expected = count.before * count.control_after / count.control_before if count.control_before else np.nan
    return _Compared(
        count.outcome, count.label, unit, CONTROL, (expected, count.after),
        partial(_draw_controlled, tallies, count.outcome, published),
        lambda factor: probability_fell_more(*tallies, overdispersion=factor),
    )  # fmt: skip


def _of_rates(rate: PublishedRate, published: Published) -> _Compared:
    """Events of a year in the whole population, of which each printed rate allows a few counts."""
    find = partial(allowed_counts, decimals=rate.decimals, scale=rate.per / rate.population)
    before, after = (Tally(find(value), 1.0) for value in (rate.before, rate.after))
    printed = (rate.before * rate.population / rate.per, rate.after * rate.population / rate.per)
    return _two_periods(rate.outcome, rate.label, "a year", printed, before, after, published)


def _of_proportion(part: PublishedProportion, published: Published) -> _Compared:
    before = Tally((part.before,), part.before_of, share=True)
    after = Tally((part.after,), part.after_of, share=True)
    printed = (part.before / part.before_of * part.after_of, float(part.after))
    unit = f"of {part.after_of:,}"
    return _two_periods(part.outcome, part.label, unit, printed, before, after, published)


def _of_percentages(share: PublishedShare, published: Published) -> _Compared:
    """Percentages as printed, each with the number of contacts behind it."""
    if published.contacts_before is None or published.contacts_after is None:
        raise TypeError("both numbers of contacts are needed")
    sides = (
        (share.before_percent or 0.0, share.before_decimals, published.contacts_before),
        (share.after_percent or 0.0, share.after_decimals, published.contacts_after),
    )
    before, after = (
        Tally(allowed_counts(percent, decimals=decimals, scale=100 / people), people, share=True)
        for percent, decimals, people in sides
    )
    contacts = published.contacts_after
    printed = (sides[0][0] / 100 * contacts, sides[1][0] / 100 * contacts)
    return _two_periods(share.disposition, "", f"of {contacts:,} contacts", printed, before, after, published)


def _two_periods(
    outcome: str,
    label: str,
    unit: str,
    printed: tuple[float, float],
    before: Tally,
    after: Tally,
    published: Published,
) -> _Compared:
    """A comparison with the earlier period and nothing else, at the size of the later one."""

    def draw(factor: Factor) -> tuple[np.ndarray, np.ndarray]:
        first, second = (
            posterior_draws(
                tally, overdispersion=factor, draws=published.draws, seed=published.seed, name=f"{outcome} {when}"
            )
            for when, tally in (("before", before), ("after", after))
        )
        return first * after.size, second * after.size

    def probability(factor: float) -> float:
        return probability_fell(before, after, overdispersion=factor)

    return _Compared(outcome, label, unit, BEFORE, printed, draw, probability)


def _draw_controlled(
    tallies: tuple[Tally, ...], outcome: str, published: Published, factor: Factor
) -> tuple[np.ndarray, np.ndarray]:
    """Difference in differences on the log scale: the earlier rate, moved as the control's did."""
    names = ("before", "after", "control before", "control after")
    before, after, control_before, control_after = (
        posterior_draws(
            tally, overdispersion=factor, draws=published.draws, seed=published.seed, name=f"{outcome} {name}"
        )
        for name, tally in zip(names, tallies, strict=True)
    )
    months = tallies[1].size
    return before * control_after / control_before * months, after * months


def _of_estimate(estimate: PublishedEstimate, published: Published) -> _Compared:
    """A published change as a normal distribution with the width of its interval, and each figure's rounding."""
    if not estimate.change_low <= estimate.change <= estimate.change_high:
        raise InputError(f"{estimate.outcome}: {estimate.change:g} does not lie in its own interval. Correct it.")
    error = (estimate.change_high - estimate.change_low) / (2 * special.ndtri((1 + estimate.level) / 2))

    def draw(_factor: Factor) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng([published.seed, *estimate.outcome.encode()])
        half = 0.5 * 10.0**-estimate.decimals
        without = estimate.without + rng.uniform(-half, half, published.draws)
        change = rng.normal(estimate.change, error, published.draws) + rng.uniform(-half, half, published.draws)
        return without, without + change

    return _Compared(
        outcome=estimate.outcome,
        label=estimate.label,
        unit=estimate.unit,
        comparison=estimate.comparison,
        printed=(estimate.without, estimate.without + estimate.change),
        draw=draw,
        decimals=estimate.decimals,
    )


def _of_product(product: PublishedProduct, estimates: Mapping[str, _Compared]) -> _Compared:
    """Two estimates multiplied draw by draw, as if they were independent."""
    first, second = (estimates[name] for name in product.factors)

    def draw(factor: Factor) -> tuple[np.ndarray, np.ndarray]:
        sides = zip(first.draw(factor), second.draw(factor), strict=True)
        compared, service = (one * other for one, other in sides)
        return compared, service

    printed = (first.printed[0] * second.printed[0], first.printed[1] * second.printed[1])
    return _Compared(product.outcome, product.label, product.unit, first.comparison, printed, draw)


def _ends(draws: np.ndarray, name: str) -> dict[str, float]:
    """Equal-tailed interval of the package's level."""
    tail = (1 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return {f"{name}_low": float(low), f"{name}_high": float(high)}
