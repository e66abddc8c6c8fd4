"""Sections on staffing, structural moves, turning points and the grounds of a budget, from small tables by hand."""

from __future__ import annotations

import dataclasses
import html
import math
import re

import pandas as pd
import pytest

from econ111.report import render_report
from econ111.report.economics_views import NEVER_ADD_ENDS, grid_blocks, staffing_blocks, turning_blocks
from econ111.results import Evaluation

ABOUT = {"level": 0.95, "price_year": "2024/25"}


def staffing() -> pd.DataFrame:
    """One trust, the total and one line for all, callers waiting."""
    per_line = {"AAA": 142.0, "Total": 169.0, "One line for all": 76.0}
    measures = {"on_duty": 4.0, "busy_share": 0.24, "whole_time_equivalents": 28.8, "line_cost": 2.9e6}
    rows = [
        {"queue": "callers wait (Erlang C)", "line": line, "measure": measure, "mean": mean, "low": mean, "high": mean}
        for line, price in per_line.items()
        for measure, mean in (measures | {"cost_per_call": price}).items()
    ]
    return pd.DataFrame(rows).assign(**ABOUT, draws=500, unit="")


def moves() -> pd.DataFrame:
    """Two choices; the basis moves the answer three times as far."""
    rows = [
        ("counterfactual", "What callers would have done", "E2", -4e6, -9e6, 1e6, False, 2e6),
        ("counterfactual", "What callers would have done", "E3", -2e6, -8e6, 2e6, True, 2e6),
        ("basis", "What a call costs", "Floor", 1e6, -1e6, 3e6, False, 6e6),
        ("basis", "What a call costs", "Wales", -5e6, -9e6, -3e6, True, 6e6),
    ]
    names = ["factor", "label", "level", "net_value", "lowest", "highest", "base", "swing_at_base"]
    return pd.DataFrame(rows, columns=names).assign(cells=2, cells_above_0=[0, 1, 1, 0], price_year="2024/25")


def thresholds() -> pd.DataFrame:
    rows = [
        ("Cost per call", "GBP per call", "found", 28.48, 87.68, 0.0, 2000.0),
        ("Chance of attending", "proportion", "below 0 at both ends", math.nan, 0.55, 0.0, 1.0),
    ]
    return pd.DataFrame(rows, columns=["label", "unit", "status", "break_even", "expected", "low", "high"])


@pytest.fixture
def rich(evaluation: Evaluation) -> Evaluation:
    tables = {"staffing": staffing(), "structural_moves": moves(), "thresholds": thresholds()}
    return dataclasses.replace(evaluation, tables={**evaluation.tables, **tables})


def words(evaluation: Evaluation) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", render_report(evaluation)))


def test_the_page_says_what_one_line_for_all_would_cost(rich: Evaluation) -> None:
    """£169 for lines of their own, £76 for one: the sentence has both, and staff are said to be shared."""
    text = words(rich)
    assert "a call costs about £169; if one line answered all of them, about £76" in text
    assert "direct crisis lines and the 111 option often share staff" in text


def test_the_page_names_the_choice_that_moves_the_answer_first(rich: Evaluation) -> None:
    """The basis (£6m) comes before the counterfactual (£2m); one of four combinations of bases is above 0."""
    text = words(rich)
    assert text.index("what a call costs moves it by £6") < text.index("what callers would have done moves it by")
    assert "value exceeds cost on average in 1 of 4" in text


def test_the_page_warns_against_adding_the_ends_of_intervals(rich: Evaluation) -> None:
    """A reader with two trusts in hand is told that their intervals do not add up."""
    assert NEVER_ADD_ENDS in words(rich)


def test_a_break_even_that_does_not_exist_is_said_so(rich: Evaluation) -> None:
    """28.48 where there is one; in words where the sign is kept."""
    text = words(rich)
    assert "28.48" in text
    assert "none: below 0 at both ends" in text


def test_without_these_tables_there_are_no_such_parts(evaluation: Evaluation) -> None:
    """An evaluation made before has no empty headings."""
    assert staffing_blocks(evaluation) == grid_blocks(evaluation) == turning_blocks(evaluation) == ()
