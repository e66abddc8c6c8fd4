"""Reporting items of the value of information, on tables by hand: filled where the run knows, asked for elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from econ111.report.page import render_report
from econ111.results import TABLES, Evaluation
from econ111.verification import checklists
from econ111.verification.cheers import FROM_RUN, FROM_SPECIFICATION, TO_WRITE, items
from econ111.verification.cheers_voi import cheers_voi_table, voi_items

ONLY_PEOPLE = {"V2", "V12", "V16"}
BASES = {"floor": ("Floor", False), "wales": ("Wales", True)}
ABOUT = {"comparator": "before", "price_year": "2024/25", "perspective": "NHS", "discounting": "3.5% a year"}


def _information() -> pd.DataFrame:
    """Wales: nothing at GBP 0 and 900 at GBP 500; floor: 4,000 and 100. A group holds two thirds of everything."""
    everything = {("floor", 0.0): 4000.0, ("floor", 500.0): 100.0, ("wales", 0.0): 0.0, ("wales", 500.0): 900.0}
    rows = [
        (basis, at, kind, learnt, value * share, agrees)
        for (basis, at), value in everything.items()
        for kind, learnt, share, agrees in (
            ("perfect", "everything", 1, True), ("group", "advice", 2 / 3, True), ("single", "price", 0.1, at == 0),
        )
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["basis", "threshold", "kind", "learnt", "value", "agrees"])
    table[["basis_label", "base"]] = [BASES[name] for name in table["basis"]]
    return table.assign(
        standard_error=7.0, parameters=3, draws=8000, scale="1.09 decisions a year for 5 years", **ABOUT
    )


def _studies() -> pd.DataFrame:
    rows = [
        (basis, at, kind, design, worth, *BASES[basis])
        for basis in BASES
        for at in (0.0, 500.0)
        for kind, design, worth in (("linked records", "5 providers", 450.0), ("audit of calls", "audit of 50", 20.0))
    ]
    columns = ["basis", "threshold", "study", "design", "evsi", "basis_label", "base"]
    return pd.DataFrame(rows, columns=columns).assign(
        standard_error=9.0, cost_stated="not stated", assumes="80% linked", **ABOUT
    )


@pytest.fixture(scope="module")
def informed(sound: Evaluation) -> Evaluation:
    """The sound evaluation with tables of the value of information; its specification is that of London."""
    return replace(sound, tables={**sound.tables, "information": _information(), "studies": _studies()})


def test_every_topic_is_answered_or_asked_for(informed: Evaluation) -> None:
    """Three of sixteen no run can know; these say which key of [reporting] holds the answer."""
    table = cheers_voi_table(informed)
    assert list(table["item"]) == [f"V{place}" for place in range(1, 17)]
    assert set(table.loc[table["status"] == TO_WRITE, "item"]) == ONLY_PEOPLE
    assert set(table.loc[table["status"] == FROM_RUN, "item"]) == set(table["item"]) - ONLY_PEOPLE
    asked = table.set_index("item").loc[sorted(ONLY_PEOPLE), "answer"]
    assert asked.str.contains(r"information_decision|study_choice|information_findings").all()


def test_a_topic_widens_an_item_of_the_statement_or_is_new() -> None:
    """Seven of the 28 are widened by the statement, ten topics here name one; the section is that item's own."""
    known = items().set_index("item")["section"]
    widened = voi_items()[voi_items()["extends"] != "new"]
    assert list(widened["section"]) == list(known.loc[widened["extends"]])


def test_results_are_those_of_the_tables_on_the_base(informed: Evaluation) -> None:
    """Wales at GBP 500: everything 900, the group 600, the linked study 450; the floor's 4,000 is not the base."""
    said = cheers_voi_table(informed).set_index("item")["answer"]["V14"]
    assert said.startswith("On synthetic data. Basis 'Wales'")
    assert "GBP 500 per avoided attendance: everything GBP 900 (standard error 7); advice GBP 600" in said
    assert "5 providers GBP 450 (standard error 9)" in said
    assert "4,000" not in said


def test_the_range_over_thresholds_is_given_for_each_basis(informed: Evaluation) -> None:
    """Floor 100 to 4,000, Wales 0 to 900."""
    said = cheers_voi_table(informed).set_index("item")["answer"]["V15"]
    assert "Floor GBP 100 to 4,000" in said
    assert "Wales GBP 0 to 900" in said


def test_estimators_that_differ_are_counted(informed: Evaluation) -> None:
    """Eight figures have a check (a group and a parameter at four decisions); two of them differ."""
    assert "in 2 of 8 figures" in cheers_voi_table(informed).set_index("item")["answer"]["V9"]


def test_horizon_and_implementation_are_the_parameters_of_the_run(informed: Evaluation) -> None:
    """Sixty months and 1 in the parameter files; a cost that nobody stated is said to be so."""
    answers = cheers_voi_table(informed).set_index("item")["answer"]
    assert answers["V5"].startswith("60 months.")
    assert "NOT stated" in answers["V13"]
    assert "follow: 1." in answers["V13"]


def test_an_answer_in_the_specification_takes_the_place_of_its_prompt(informed: Evaluation) -> None:
    """Only the topic that was answered changes."""
    told = informed.spec.reporting.model_copy(update={"study_choice": "Both trusts can link records within a year."})
    spec = informed.spec.model_copy(update={"reporting": told})
    before, after = (cheers_voi_table(run).set_index("item") for run in (informed, replace(informed, spec=spec)))
    assert after.loc["V12", "status"] == FROM_SPECIFICATION
    assert after.drop("V12").equals(before.drop("V12"))


def test_the_table_is_there_where_information_is_valued_and_nowhere_else(
    sound: Evaluation, informed: Evaluation
) -> None:
    """It is one of the checklists, has a title, and its open topics count as open in the assurance statement."""
    without, with_it = checklists(sound), checklists(informed)
    assert "cheers_voi" not in without
    assert {"cheers", "cheers_voi"} <= set(with_it) & set(TABLES)
    reporting = with_it["assurance"].set_index("item")["statement"]["Reporting"]
    assert reporting.startswith("12 of 44 ")


def test_the_page_shows_the_topics_beside_the_items(sound: Evaluation, informed: Evaluation) -> None:
    """Numbers, what each widens, and that the wording was not compared."""
    shown = replace(sound, tables={**sound.tables, **checklists(informed)})
    page = render_report(shown)
    section = page[page.index('id="verification"') : page.index('id="record"')]
    assert all(f">{number}<" in section for number in voi_items()["item"])
    assert "widens 23" in section
    assert "not set against the wording" in section
