"""Parameters and the evidence behind them: what is shown, what is behind a part that opens, and in which words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from econ111.report.blocks import Cell, Disclosure, Paragraphs, Row, TableView
from econ111.report.estimate_tables import estimates_table
from econ111.report.evidence_table import bias_words, evidence_blocks
from econ111.report.parameter_tables import parameter_blocks
from econ111.results import Evaluation

ROW = {
    "unit": "proportion", "value": 0.5, "distribution": "fixed", "standard_error": np.nan, "low": np.nan,
    "high": np.nan, "effective_n": np.nan, "price_year": "", "source": "key", "source_title": "A source",
    "locator": "Table 1", "licence": "MIT", "confidence": "low", "note": "A note.",
}  # fmt: skip
STUDY = {
    "population": "Callers of a line", "setting": "London", "year": "2024", "source": "survey_2024",
    "locator": "Text", "licence": "quoted-figure", "confidence": "low", "note": "Stated, not actual.",
}  # fmt: skip


def _with(evaluation: Evaluation, name: str, rows: Sequence[Mapping[Any, Any]]) -> Evaluation:
    return dataclasses.replace(evaluation, tables={**evaluation.tables, name: pd.DataFrame(rows)})


@pytest.fixture
def parameters(evaluation: Evaluation) -> Evaluation:
    """A cost, a basis of the service cost, an assumption of two shares, a prior and a rule."""
    money = {"unit": "GBP per call", "price_year": "2024/25", "distribution": "gamma", "low": 9.5, "high": 27.0}
    return _with(
        evaluation,
        "parameters",
        [
            ROW | {"name": "mix.ed", "description": "What a line advises: ed", "distribution": "dirichlet",
                   "value": 0.25, "effective_n": 40.0, "use": "mix of a line"},
            ROW | {"name": "mix.other", "description": "What a line advises: other", "distribution": "dirichlet",
                   "value": 0.75, "effective_n": 40.0, "use": "mix of a line"},
            ROW | {"name": "spread", "description": "A scale", "use": "prior of the model"},
            ROW | {"name": "line", "description": "A call", "value": 84.62, "use": "service cost, basis a"} | money,
            ROW | {"name": "call", "description": "Another call", "value": 17.8, "use": "unit cost of a call"} | money,
            ROW | {"name": "level", "description": "A level", "use": "rule of the verdicts"},
        ],
    )  # fmt: skip


@pytest.fixture
def studies(evaluation: Evaluation) -> Evaluation:
    """A survey of 79 callers and a study whose number of people was not published."""
    first = STUDY | {"disposition": "ed", "consequence": "ed_attendance", "events": 47.0, "n": 79.0}
    second = first | {"events": 133.0, "n": 200.0, "consequence": "crisis_contact"}
    return _with(
        evaluation,
        "evidence",
        [
            first | {"n_published": True, "bias_logit_mean": 0.9, "bias_logit_sd": 0.8, "window_hours": 24.0},
            second | {"n_published": False, "bias_logit_mean": 0.0, "bias_logit_sd": 0.7, "window_hours": np.nan},
        ],
    )


def _text(cell: str | Cell) -> str:
    return cell if isinstance(cell, str) else " | ".join((cell.text, *cell.small))


def _lines(view: object) -> list[list[str]]:
    assert isinstance(view, TableView)
    return [[_text(cell) for cell in row.cells] for row in view.rows]


def test_costs_come_first_and_priors_are_behind_a_part_that_opens(parameters: Evaluation) -> None:
    """Whatever the order of the file: unit costs, service cost, assumptions; then, closed, priors and rules."""
    table, closed = parameter_blocks(parameters)
    headings = [row.cells[0] for row in _rows(table) if row.heading]
    assert headings == ["Unit costs", "Cost of the service, one row per basis", "Assumptions and other inputs"]
    assert isinstance(closed, Disclosure)
    names = [row.cells[0] for row in _rows(closed.blocks[0]) if row.heading]
    assert names == ["Priors of the model", "Rules of the verdicts"]


def test_a_parameter_has_its_unit_range_source_and_note_in_its_row(parameters: Evaluation) -> None:
    """Name and use are small print under the description, the range under the value, the note under the source."""
    row = _lines(parameter_blocks(parameters)[0])[1]
    assert row[0] == "Another call | call | Use: unit cost of a call."
    assert row[1] == "17.80 GBP per call | 9.50 to 27.00"
    assert row[2:4] == ["2024/25", "gamma"]
    assert row[4] == "A source, Table 1. Licence MIT. Confidence low. | A note."


def test_the_shares_of_a_group_are_one_row(parameters: Evaluation) -> None:
    """25% and 75%, which add up to one and have one source, are not two rows with the same note."""
    row = _lines(parameter_blocks(parameters)[0])[-1]
    assert row[0] == "What a line advises | mix | Use: mix of a line."
    assert row[1] == "2 shares | ED dispositions: 0.25 | Other dispositions: 0.75"
    assert row[3] == "dirichlet, worth 40"


def test_the_page_says_that_no_linked_study_exists_before_it_shows_any(studies: Evaluation) -> None:
    """The sentence stands open; the studies are behind a part that opens."""
    said, closed = evidence_blocks(studies)
    assert isinstance(said, Paragraphs)
    assert said.texts[0].startswith("No linked study of mental-health callers exists")
    assert isinstance(closed, Disclosure)
    assert closed.summary == "Evidence that joins advice to what followed"


def test_a_study_shows_its_share_its_people_and_its_bias(studies: Evaluation) -> None:
    """47 of 79 is 59.5%; exp(0.9) = 2.46; 133 of 200 not published is 66.5%, taken as 200 people."""
    closed = evidence_blocks(studies)[1]
    assert isinstance(closed, Disclosure)
    first, survey, second, other = _lines(closed.blocks[0])
    assert first == ["After ED dispositions: ED attendances"]
    assert second == ["After ED dispositions: crisis-team contacts"]
    assert survey[:3] == ["Callers of a line | London, 2024", "59.5% | within 24 hours", "79"]
    assert survey[3] == "overstates, wide | logit 0.9, sd 0.8: odds 2.5 times as high"
    assert other[1:4] == ["66.5%", "not published | taken as 200", "either way | logit 0, sd 0.7"]


def test_a_bias_below_zero_understates() -> None:
    """A study that misses other departments shows too few."""
    assert bias_words(-0.8, 0.9) == "understates, wide"


def test_without_evidence_nothing_is_said_of_it(evaluation: Evaluation) -> None:
    """Designs that use no evidence on attendance have no such table."""
    assert evidence_blocks(evaluation) == ()


def test_why_is_said_only_where_a_change_is_not_identifiable(evaluation: Evaluation) -> None:
    """A probability and a share that stand in the row are not repeated in words, and an empty column is left out."""
    table = evaluation.tables["estimates"]
    plain = estimates_table(evaluation, kind="referral")
    assert plain is not None
    assert "Why" not in [column.head for column in plain.columns]
    open_sign = "the sign is open (probability of fewer 93.6%); assumptions own 97% of the variance"
    chosen = (table["item"] == "ed") & (table.estimand == "net_system")
    changed = table.assign(
        verdict=table.verdict.mask(chosen, "not identifiable"), reason=table.reason.mask(chosen, open_sign)
    )
    view = estimates_table(_with(evaluation, "estimates", changed.to_dict("records")), kind="referral")
    assert view is not None
    assert view.columns[-1].head == "Why"
    assert {row.cells[-1] for row in view.rows if not row.heading} == {"", "sign open; held by assumptions"}


def _rows(view: object) -> tuple[Row, ...]:
    assert isinstance(view, TableView)
    return view.rows
