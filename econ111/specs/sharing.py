"""What an evaluation says of its report: how observed counts are published, and what only people can say."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from econ111.specs.closed import Closed


class Disclosure(Closed):
    """How observed counts are published: those under `below` hidden, the others rounded; `source`: whose rule it is.

    Left out, the strictest rule by which the data came, or that of the Mental Health Services Data Set.
    """

    below: int = Field(ge=0)
    zero_included: bool = True
    base: int = Field(default=1, ge=1)
    rounding: Literal["nearest", "up", "none"] = "none"
    source: str = ""


class Reporting(Closed):
    """What only people can say of a study, for its checklists and assurance statement; an empty answer is asked for.

    The first nine are CHEERS 2022 items, the next three ask about better data, the rest are the roles and statements of
    an assurance statement.
    """

    abstract: str = ""
    background: str = ""
    analysis_plan: str = ""
    distributional_effects: str = ""
    engagement: str = ""
    effect_of_engagement: str = ""
    findings: str = ""
    funding: str = ""
    conflicts_of_interest: str = ""
    information_decision: str = ""
    study_choice: str = ""
    information_findings: str = ""
    intended_use: str = ""
    commissioner: str = ""
    analyst: str = ""
    assurer: str = ""
    approver: str = ""
    independent_review: str = ""
    risk_and_complexity: str = ""
