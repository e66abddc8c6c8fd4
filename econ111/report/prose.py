"""Words of the page that do not depend on the result: what it is not, what was evaluated, what the words mean."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from econ111.impact.estimands import ESTIMANDS
from econ111.report.labels import DESIGN_WORDS, clean, estimand_words
from econ111.report.sharing import OFF, sharing_words
from econ111.report.words import headline_estimand, period
from econ111.results import Evaluation

NOT_STATED = (
    "Funding, conflicts of interest and involvement of patients are not part of the specification (CHEERS 2022, items "
    "21, 25, 27 and 28)."
)

GLOSSARY = (
    ("Avoided", "Without the service minus with it. Positive is fewer, negative is more."),
    ("Disposition", "The advice at the end of a call. It is not yet a referral made, and not an attendance."),
    ("Referral", "A caller sent on to another service at the end of a call."),
    ("Attendance", "A person seen. A person advised to attend may not, and a person advised otherwise may."),
    ("Physical-health line, mental-health line", "NHS 111 as before, and its mental-health option (press 2)."),
    ("Counterfactual", "What would have been without the service. Never observed; estimated."),
    ("Comparator", "The way of working with which the service is compared."),
    ("Displaced call", "A call to the mental-health line that would otherwise have gone to the physical-health line."),
    ("Absorbed call", "A call that would otherwise have gone to a local crisis line."),
    ("Induced call", "A call that no line would otherwise have answered."),
    ("Expected and predicted", "An expected count has no month-to-month noise, a predicted one has."),
    ("Fewer, more", "Verdicts: the probability of that direction reaches the set level."),
    ("Fell, rose", "How a published number moved from one period to the next. It does not say why."),
    (
        "No evidence of a difference",
        "Verdict: the data could have shown a direction and do not. It is not evidence of none.",
    ),
    (
        "Not identifiable",
        "Verdict: these data cannot tell. The smallest effect that could be noticed exceeds any plausible one, or "
        "assumptions rather than data hold the answer, or the fit failed its checks.",
    ),
    (
        "Interval",
        "Equal-tailed: the quantity lies between both ends with the level stated, given model and assumptions.",
    ),
    ("Variance owned by assumptions", "Share of the spread of a result that more data of this kind would not narrow."),
    (
        "Structural choice",
        "Something that call data cannot judge, such as what unrecorded calls were. Its levels stand side by side.",
    ),
    ("Tipping point", "How unlike recorded calls unrecorded ones would have to be for a sign or a verdict to change."),
    ("Economic value", "Avoided numbers times average unit costs. Not money that anyone has."),
    ("Capacity released", "Time and space freed for others: hours, bed days. It leaves no budget."),
    ("Cash released", "What leaves a budget line in the year. Zero unless a share is stated."),
    ("Basis of the service cost", "One public way of saying what a call costs. Such ways differ severalfold."),
    ("Break-even", "The cost per call at which the expected value just covers the service."),
    ("Price year", "The year whose prices the money is in."),
)


def limits(evaluation: Evaluation) -> tuple[str, ...]:
    """What the page does not say, for this evaluation's design."""
    study = evaluation.spec.study
    said = ["It is not evidence about any real service: the call data are made up."] if study.synthetic else []
    if sharing_words(evaluation) == OFF:
        said.append(f"It is not cleared for sharing. {OFF}")
    if evaluation.spec.design == "call_pathway":
        said += [
            "It does not count attendances that were seen to be avoided: advice is followed through to attendances "
            "with evidence from other callers.",
            "It does not say that the service caused a change in all attendances at emergency departments.",
            "It is not one answer: each estimand counts something else, and they are not averaged.",
        ]
    if evaluation.spec.design == "outcome_series":
        said.append("It does not isolate mental-health attendances: the service is a small part of what is counted.")
    if evaluation.spec.design == "published_shares":
        said += _limits_of_print(evaluation)
    if evaluation.spec.economics is not None:
        said += [
            "It is not a saving: value at average cost, capacity and cash are kept apart, and are never added.",
            "It gives no cost per QALY and no recommendation. What was not measured is listed, and counts too.",
        ]
    if evaluation.spec.design != "published_shares":
        said.append(
            "Its intervals hold what the model and its parameters leave open, and not that the model may be wrong."
        )
    return tuple(said)


def _limits_of_print(evaluation: Evaluation) -> list[str]:
    """What published numbers do not say, by what was published."""
    said = []
    changes, bounds = evaluation.tables.get("published_changes"), evaluation.tables.get("published")
    compared, judged = (set(), set()) if changes is None else (set(changes.comparison), set(changes.outcome))
    if bounds is not None and set(bounds.disposition) - judged:
        said.append(
            "It gives bounds of rounding, not estimates: no number of contacts behind a percentage means no interval."
        )
    if "before" in compared:
        said += [
            "It is not an effect of the service: comparing two periods takes in everything that changed between them.",
            "It does not know how much such counts vary from one period to the next: that is an assumption, stated.",
        ]
    if "control area" in compared:
        said.append("It does not show that both areas would have moved alike: totals of two periods cannot.")
    if "projection" in compared:
        said.append(
            "It does not check the authors' projection: the monthly numbers behind it are not among its inputs."
        )
    return [*said, "It is a recomputation of what was printed, and can be no better than that."]


def study_pairs(evaluation: Evaluation) -> tuple[tuple[str, str], ...]:
    """What was evaluated, in CHEERS order."""
    spec = evaluation.spec
    study = spec.study
    pairs = [
        ("Question", study.question),
        ("Population", study.population),
        ("Setting", study.setting),
        ("Intervention", study.intervention),
        ("Comparator", study.comparator),
        ("Perspective", study.perspective),
        ("Time horizon", period(study.period_start, study.period_end)),
        ("Design", DESIGN_WORDS.get(spec.design, spec.design)),
        ("Currency and price year", "no money is counted" if spec.economics is None else f"GBP, {study.price_year}"),
    ]
    if spec.economics is not None:
        pairs.append(("Estimand of the economics", estimand_words(headline_estimand(spec))))
        pairs.append(("Discounting", "none: the budget impact is undiscounted, in real terms"))
    pairs += [("Note", note) for note in study.notes]
    pairs.append(("Not stated", NOT_STATED))
    return tuple((term, clean(text)) for term, text in pairs)


def glossary() -> tuple[tuple[str, str], ...]:
    """Terms of the page, with every estimand."""
    estimands = tuple((estimand_words(name), f"{text[0].upper()}{text[1:]}.") for name, (_, text) in ESTIMANDS.items())
    return (*estimands, *GLOSSARY)


@cache
def definitions() -> MappingProxyType[str, str]:
    """What each term of the glossary means, by the lower-case words that tables use for it.

    Examples
    --------
    >>> definitions()["fewer"] == definitions()["more"]
    True
    """
    whole = {term.lower(): text for term, text in glossary()}
    parts = {part: text for term, text in whole.items() for part in term.split(", ") if ", " in term}
    also = {"probability of fewer": "Share of draws in which the avoided number is above zero."}
    also |= {"descriptive": whole["e0 referrals fell"]}
    return MappingProxyType({**parts, **whole, **also})
