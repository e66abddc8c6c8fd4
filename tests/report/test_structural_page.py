"""The section on structural choices: a sentence of reading before each table, made from small tables by hand."""

from __future__ import annotations

import dataclasses
import html
import math
import re
from typing import Any

import pandas as pd
import pytest

from econ111.report import render_report
from econ111.report.structural_words import (
    abandoned_sentence,
    bounds_sentence,
    repeat_sentence,
    tipping_sentences,
    value_sentence,
)
from econ111.results import Evaluation

LEVELS = (("overlap", "none", True, 300.0), ("overlap", "all", False, 350.0), ("otherwise", "base", True, 300.0))
LEVELS = (*LEVELS, ("otherwise", "nothing", False, -100.0))


def scenario(choice: str, assumed: str, base: bool, avoided: float, **changed: Any) -> dict[str, Any]:
    """One row of the structural table."""
    row = {
        "choice": choice, "assumed": assumed, "log_odds": math.nan, "base": base, "code": "E3",
        "estimand": "net_system", "kind": "consequence", "item": "ed_attendance", "trust": "Total", "unit": "calls",
        "avoided": avoided, "avoided_low": avoided - 50, "avoided_high": avoided + 50, "level": 0.95,
        "probability_fewer": 0.5, "prior_share": 0.9, "verdict": "fewer" if avoided > 0 else "more",
        "weight_to_flip": 0.75 if avoided < 0 else math.nan,
    }  # fmt: skip
    return row | changed


def structural() -> pd.DataFrame:
    """Two choices of two levels, and one point of the grid that must not be taken for a scenario."""
    rows = [scenario(*level) for level in LEVELS]
    return pd.DataFrame([*rows, scenario("unrecorded ED", "odds ratio 20", False, -900.0, log_odds=3.0)])


def value(flip: float = math.nan) -> pd.DataFrame:
    """Net value of a base and one other level."""
    rows = [("overlap", "none", True, -2000.0, math.nan), ("overlap", "all", False, 6000.0, flip)]
    return pd.DataFrame(
        [
            {
                "choice": choice, "assumed": assumed, "base": base, "code": "E3", "estimand": "net_system",
                "basis": "middle", "trust": "Total", "net_value": net, "net_value_low": net - 10, "level": 0.95,
                "net_value_high": net + 10, "probability_value_exceeds_cost": float(net > 0), "weight_to_flip": weight,
                "price_year": "2024/25",
            }
            for choice, assumed, base, net, weight in rows
        ]
    )  # fmt: skip


def tipping() -> pd.DataFrame:
    """The sign tips at 3.2, the verdict nowhere."""
    about = {
        "disposition": "ed",
        "line": "mental",
        "code": "E2",
        "estimand": "displaced",
        "kind": "referral",
        "item": "ed",
    }
    words = "the odds of ED among unrecorded calls on the mental-health line would have to be 3.2 times those"
    rows = [
        {"question": "sign", "answer": "fewer", "becomes": "more", "odds_ratio": 3.2, "words": words},
        {
            "question": "verdict", "answer": "fewer", "becomes": "", "odds_ratio": math.nan,
            "words": "none within odds ratios of 1/20 to 20",
        },
    ]  # fmt: skip
    return pd.DataFrame([about | {"trust": "Total", "limit": 20.0, "log_odds": 0.0} | row for row in rows])


def bounds(low: float, high: float, sign: str) -> pd.DataFrame:
    """E2's ED dispositions, and the same of self-care advice, which is no headline."""
    row = {
        "code": "E2", "estimand": "displaced", "kind": "referral", "item": "ed", "trust": "Total", "unit": "calls",
        "at_random": 100.0, "bound_low": low, "bound_high": high, "low": low - 5, "high": high + 5, "level": 0.95,
        "sign_whatever": sign,
    }  # fmt: skip
    return pd.DataFrame([row, row | {"item": "self_care"}])


def measures(numbers: dict[str, float], **about: Any) -> pd.DataFrame:
    """Rows of a table of measures, over all trusts."""
    rows = [
        {"trust": "Total", "measure": name, "number": number, "number_low": number - 1, "number_high": number + 1}
        for name, number in numbers.items()
    ]
    return pd.DataFrame([row | {"level": 0.95, "unit": "calls", "verdict": ""} | about for row in rows])


GIVEN_UP = {
    "without_service": 50.0,
    "physical_line": 40.0,
    "mental_line": 120.0,
    "with_service": 160.0,
    "avoided": -110.0,
}
PEOPLE = {"calls": 1000.0, "people": 285.0, "avoided": 60.0, "avoided_capped": 45.0, "people_avoiding": 30.0}
CALLERS = {"callers": "some callers call often", "code": "E3", "estimand": "net_system", "cap": 5}


@pytest.fixture(scope="module")
def section(evaluation: Evaluation) -> str:
    """The section as plain text."""
    tables = {
        **evaluation.tables, "structural": structural(), "structural_value": value(), "tipping": tipping(),
        "bounds": bounds(-20.0, 120.0, "open"), "abandoned": measures(GIVEN_UP),
        "repeat_callers": measures(PEOPLE, **CALLERS),
    }  # fmt: skip
    page = render_report(dataclasses.replace(evaluation, tables=tables))
    start = page.index('id="structural"')
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[start : page.index("<section", start)])))


def test_every_table_of_choices_stands_on_the_page(section: str) -> None:
    """Six headings, each of seven captions says synthetic, and the grid is not among the scenarios."""
    for title in (
        "One choice at a time", "Value against cost under each choice", "Unrecorded calls: tipping points",
        "Unrecorded calls: bounds without an assumption", "Callers who gave up", "People behind the calls",
    ):  # fmt: skip
        assert title in section
    assert section.count("(synthetic data)") == 7
    assert "odds ratio 20 " not in section
    assert "(base)" in section


def test_the_range_over_the_choices_is_said_with_what_gives_it(section: str) -> None:
    """From 100 more (nothing) to 350 fewer (all); one level changes the sign, at weight .75."""
    assert "from 100 more (otherwise: nothing) to 350 fewer (overlap: all); one of them changes its sign" in section
    assert "sign turns at weight 0.75" in section


def test_the_decision_is_said_to_turn_or_not() -> None:
    """Value 2,000 short; without a weight nothing turns it, with .25 it turns first with `all`."""
    assert "falls short of the cost of the service by £2,000, and no choice alone turns that" in value_sentence(
        value(), "net_system"
    )
    assert "turns first with overlap: all, at a weight of 0.25" in value_sentence(value(0.25), "net_system")
    assert value_sentence(value(), "displaced") == ""


def test_tipping_points_are_one_sentence_an_item() -> None:
    """The sign tips at 3.2 times, the verdict nowhere."""
    (said,) = tipping_sentences(tipping())
    assert said.startswith("E2, ED dispositions: before the sign changes, the odds of ED among unrecorded calls")
    assert said.endswith("the verdict, fewer, changes nowhere within odds ratios of 1/20 to 20.")


def test_bounds_say_whether_the_sign_stands() -> None:
    """Both bounds fewer: fewer whatever those calls were; one of each: it depends."""
    assert "are 20 more and 120 fewer: the sign then depends on those calls" in bounds_sentence(
        bounds(-20.0, 120.0, "open")
    )
    assert "are 20 and 120 fewer: fewer whatever those calls were" in bounds_sentence(bounds(20.0, 120.0, "fewer"))


def test_callers_are_said_in_calls_and_people() -> None:
    """110 more given up; 1,000 calls of 285 people, 60 become 45 in 30 people; nothing of an estimand not there."""
    assert "110 more calls were given up" in abandoned_sentence(measures(GIVEN_UP))
    said = repeat_sentence(measures(PEOPLE, **CALLERS), "net_system")
    assert "the 1,000 calls come from about 285 people" in said
    assert "60 fewer ED attendances become 45 fewer, in 30 people" in said
    assert repeat_sentence(measures(PEOPLE, **CALLERS), "displaced") == ""
