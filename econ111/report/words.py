"""Every sentence that states a result, made from the result.

Two sentences lead the page: E2, what the data identify, and E3, what a payer needs, with what it assumes. An estimate
is worded by its verdict (*fewer*, *more*, *no evidence of a difference*, *not identifiable*), so that no number can
appear without it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.impact.estimands import ESTIMANDS
from econ111.intervals import INTERVAL_LEVEL, interval_label
from econ111.report.labels import clean, item_words, sentence_start
from econ111.report.numbers import as_number, count, percent
from econ111.report.published_words import agreement_sentence, change_sentences
from econ111.report.rows import rows_of
from econ111.results import Evaluation
from econ111.specs.schema import Spec

LEADS = {
    "same_calls": "If every call to the mental-health line would otherwise have gone to the physical-health line (E1)",
    "displaced": "Counting only the calls that left the physical-health line (E2, what the data can identify)",
    "net_system": "Counting every call to the mental-health line (E3, what a payer needs)",
    "outcome_series": "Comparing attendances with those projected from the months before launch (E4)",
}
PAIRS = {
    "displaced": (("ed", "primary_care"),),
    "net_system": (("ed_attendance", "primary_care_contact"), ("ed", "primary_care")),
}
LARGE_COUNT = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,]*\d)")
# Both numbers stand in the sentence after it.
SAID_NEXT = re.compile(
    r"(the smallest detectable effect), [\d,]+,( exceeds the largest plausible one), [\d,]+ \([^)]*\)"
)
VERDICTS = ("fewer", "more", "no evidence of a difference", "not identifiable")


@dataclass(frozen=True)
class Estimate:
    """One estimate with its verdict; `avoided` is positive when there are fewer."""

    item: str
    verdict: str
    avoided: float
    low: float
    high: float
    reason: str = ""
    level: float = INTERVAL_LEVEL


def period(start: date, end: date) -> str:
    """The months of an evaluation.

    Examples
    --------
    >>> period(date(2024, 4, 1), date(2025, 2, 28))
    'April 2024 to February 2025'
    """
    first, last = f"{start:%B %Y}", f"{end:%B %Y}"
    return first if first == last else f"{first} to {last}"


def fewer_or_more(value: float) -> str:
    """An avoided number as a person would say it.

    Examples
    --------
    >>> fewer_or_more(120.0), fewer_or_more(-80.0)
    ('120 fewer', '80 more')
    """
    shown = count(abs(value))
    return shown if shown == "0" else f"{shown} {'fewer' if value > 0 else 'more'}"


def interval_words(low: float, high: float) -> str:
    """An interval of avoided numbers as a person would say it.

    Examples
    --------
    >>> interval_words(900.0, 1600.0), interval_words(-1600.0, -900.0), interval_words(-80.0, 120.0)
    ('900 to 1,600 fewer', '900 to 1,600 more', 'from 80 more to 120 fewer')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return "no interval can be given"
    if low >= 0:
        return f"{count(low)} to {count(high)} fewer"
    if high <= 0:
        return f"{count(-high)} to {count(-low)} more"
    return f"from {fewer_or_more(low)} to {fewer_or_more(high)}"


def clause(estimate: Estimate) -> str:
    """What may be said of one estimate, by its verdict.

    Examples
    --------
    >>> clause(Estimate("ed", "fewer", 1240.0, 900.0, 1600.0))
    'there were fewer ED dispositions, about 1,240 avoided (95% interval 900 to 1,600 fewer)'
    >>> clause(Estimate("ed", "not identifiable", 5.0, -80.0, 120.0, "the fit cannot be used"))
    'the change in ED dispositions is not identifiable, because the fit cannot be used'
    """
    what = item_words(estimate.item)
    span = f"{interval_label(estimate.level)} {interval_words(estimate.low, estimate.high)}"
    if estimate.verdict == "fewer":
        return f"there were fewer {what}, about {count(estimate.avoided)} avoided ({span})"
    if estimate.verdict == "more":
        return f"there were more {what}, about {count(-estimate.avoided)} added ({span})"
    if estimate.verdict == "no evidence of a difference":
        about = fewer_or_more(estimate.avoided)
        return f"there is no evidence of a difference in {what} (estimate {about}; {span})"
    if estimate.verdict == "not identifiable":
        reason = rounded_reason(estimate.reason).rstrip(".").replace("; ", ", and ") or "no reason was recorded"
        return f"the change in {what} is not identifiable, because {reason}"
    return f"no verdict was reached on {what}"


def rounded_reason(reason: object) -> str:
    """The reason of a verdict with its counts as every other table and sentence shows them.

    Examples
    --------
    >>> rounded_reason("the smallest detectable effect, 33,055, exceeds the largest plausible one, 672")
    'the smallest detectable effect, 33,100, exceeds the largest plausible one, 672'
    """
    return LARGE_COUNT.sub(lambda found: count(as_number(found.group())), clean(reason))


def estimand_sentence(estimand: str, estimates: Sequence[Estimate], *, opening: str = "", given: str = "") -> str:
    """One sentence on one estimand.

    Parameters
    ----------
    estimand : str
        One of `LEADS`.
    estimates : sequence of Estimate
        Usually ED and primary care.
    opening : str
        Said first, such as the period or that the data are synthetic.
    given : str
        What the estimand assumes.
    """
    lead = LEADS[estimand] + (f" {given}" if given else "")
    text = f"{opening}, {lead[0].lower()}{lead[1:]}" if opening else lead
    return f"{text}, {'; '.join(clause(estimate) for estimate in estimates)}."


def verdict_sentences(evaluation: Evaluation) -> list[str]:
    """The two sentences that lead the page, for any design."""
    table = evaluation.tables.get("estimates")
    if table is None or table.empty:
        return _print_sentences(evaluation)
    opening = _opening(evaluation)
    sentences = []
    for estimand in ("displaced", "net_system", "outcome_series"):
        found = _total_estimates(table, estimand)
        if found:
            given = _assumed(evaluation) if estimand == "net_system" else ""
            sentences.append(estimand_sentence(estimand, found, opening=opening, given=given))
            opening = _opening(evaluation, again=True)
    detectable = detectable_sentence(evaluation.tables.get("checks"))
    if detectable:
        sentences = [SAID_NEXT.sub(r"\1\2", sentence) for sentence in sentences]
    return sentences + detectable


def detectable_sentence(checks: pd.DataFrame | None) -> list[str]:
    """What the series design could have noticed, against what the service could have done."""
    detectable, plausible = detectable_and_plausible(checks)
    if not (math.isfinite(detectable) and math.isfinite(plausible)):
        return []
    relation = "larger" if detectable > plausible else "no larger"
    return [
        f"The smallest change that this series could show is {count(detectable)} attendances a month, {relation} than "
        f"the {count(plausible)} a month that the service could plausibly have had an effect on."
    ]


def detectable_and_plausible(checks: pd.DataFrame | None) -> tuple[float, float]:
    """Smallest detectable and largest plausible effect a month, from the table of checks; NaN when not there."""
    found = {} if checks is None else {str(row.check): as_number(row.value) for row in rows_of(checks)}

    def first(start: str) -> float:
        return next((value for name, value in found.items() if name.startswith(start)), math.nan)

    return first("smallest detectable effect a month"), first("largest plausible effect a month")


def _print_sentences(evaluation: Evaluation) -> list[str]:
    """Changes first, then bounds where percentages allow no more, then how the published figures fare."""
    tables = evaluation.tables
    changes, bounds = tables.get("published_changes"), tables.get("published")
    said = change_sentences(changes)
    if changes is not None and bounds is not None:
        bounds = bounds[~bounds.disposition.isin(changes.outcome)]
    if not said or (bounds is not None and len(bounds)):
        said += published_sentences(bounds)
    return said + agreement_sentence(tables.get("published_figures"))


def published_sentences(table: pd.DataFrame | None) -> list[str]:
    """What printed percentages allow, and what they do not."""
    if table is None or table.empty:
        return ["No estimate was made."]
    bounded = table[table.avoided_low.notna() & table.avoided_high.notna()]
    said = [f"{item_words(row.disposition)}: {_bounds(row.avoided_low, row.avoided_high)}" for row in rows_of(bounded)]
    none = [item_words(row.disposition) for row in rows_of(table) if row.disposition not in set(bounded.disposition)]
    first = (
        f"If every contact would otherwise have met the earlier percentages, their rounding alone allows "
        f"{'; '.join(said)}."
        if said
        else "The printed percentages do not bound any change."
    )
    judged = {str(verdict) for verdict in table.verdict}
    second = f"The verdict is {' and '.join(sorted(judged))}: these are bounds of rounding, not intervals of an effect"
    return [first, second + (f", and for {_and(none)} not even bounds can be given." if none else ".")]


def assumptions_note(evaluation: Evaluation) -> list[str]:
    """What E3 takes as given besides, said under the sentences; nothing when E3 was not estimated."""
    table = evaluation.tables.get("estimates")
    if table is None or evaluation.spec.assumptions is None or "net_system" not in set(table.estimand):
        return []
    return [
        "New to NHS 111 are the calls that the physical-health line did not lose. Those that did not come from crisis "
        "lines either are taken to be calls that no line would have answered. What these callers would otherwise have "
        "done is assumed too; every share stands under Parameters and sources."
    ]


def headline_estimand(spec: Spec) -> str:
    """The estimand on which the economics lead."""
    return spec.economics.estimand if spec.economics else "net_system"


def figure_words(labels: Sequence[str], shown: Sequence[str]) -> str:
    """Labels with their numbers, as a text alternative says them."""
    return "; ".join(f"{label}: {value}" for label, value in zip(labels, shown, strict=True))


def _opening(evaluation: Evaluation, *, again: bool = False) -> str:
    """Said before the first sentence; the second need not repeat the months."""
    study = evaluation.spec.study
    when = "" if again else f"for {period(study.period_start, study.period_end)}"
    return f"In these synthetic data {when}".strip() if study.synthetic else sentence_start(when)


def _total_estimates(table: pd.DataFrame, estimand: str) -> list[Estimate]:
    rows = table[(table.estimand == estimand) & (table.trust == TOTAL)]
    by_item = {str(row.item): row for row in rows_of(rows)}
    for pair in PAIRS.get(estimand, (tuple(by_item),)):
        found = [item for item in pair if item in by_item]
        if found:
            return [_estimate(by_item[item]) for item in found]
    return []


def _estimate(row: Any) -> Estimate:
    numbers = (float(row.avoided), float(row.avoided_low), float(row.avoided_high))
    return Estimate(str(row.item), str(row.verdict), *numbers, reason=clean(row.reason), level=float(row.level))


def _assumed(evaluation: Evaluation) -> str:
    """What E3 assumes of calls that are new to NHS 111, with the absorbed share if the parameters name it.

    Nothing is assumed of their number where the crisis lines' own calls were counted.
    """
    if evaluation.posterior is not None and "expected_crisis_without" in evaluation.posterior:
        return "with those from crisis lines counted by the fall of these lines' own calls"
    assumptions, table = evaluation.spec.assumptions, evaluation.tables.get("parameters")
    share = math.nan
    if assumptions is not None and table is not None:
        match = table[table["name"] == assumptions.absorbed_share]
        share = as_number(match["value"].iloc[0]) if len(match) else math.nan
    if not math.isfinite(share):
        return "and assuming where those new to NHS 111 came from"
    return f"and assuming that {percent(share).replace('.0%', '%')} of those new to NHS 111 came from crisis lines"


def _bounds(low: float, high: float) -> str:
    return interval_words(min(low, high), max(low, high))


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def estimand_definition(estimand: object) -> str:
    """One line that says what an estimand counts."""
    return ESTIMANDS.get(str(estimand), ("", clean(estimand)))[1]
