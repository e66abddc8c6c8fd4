"""Logs, assurance statement and reporting items: what the run knows is there, what people owe is asked for."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from econ111.economics import TOTAL
from econ111.report.page import render_report
from econ111.results import TABLES, Evaluation
from econ111.verification import checklists
from econ111.verification.cheers import FROM_RUN, FROM_SPECIFICATION, TO_WRITE, cheers_table
from econ111.verification.logs import TO_FILL, assumption_log, data_log, decision_log

ITEMS = 28
ONLY_PEOPLE = {"2", "3", "4", "19", "21", "25", "26", "27", "28"}


@pytest.fixture(scope="module")
def lists(sound: Evaluation) -> dict[str, pd.DataFrame]:
    """All checklists of the sound evaluation."""
    return checklists(sound)


def test_every_checklist_is_a_table_with_a_title(lists: dict[str, pd.DataFrame]) -> None:
    """`results.TABLES` names what is written and shown, so none of these may be missing there."""
    assert set(lists) <= set(TABLES)
    assert all(len(table) for table in lists.values())


def test_the_reporting_items_are_those_of_the_statement_and_none_is_blank(lists: dict[str, pd.DataFrame]) -> None:
    """CHEERS 2022 has 28 items; nine of them no run can know, and these say that they are to be written."""
    table = lists["cheers"]
    assert list(table["item"]) == [str(place) for place in range(1, ITEMS + 1)]
    assert (table["answer"].str.len() > 0).all()
    assert set(table.loc[table["status"] == TO_WRITE, "item"]) == ONLY_PEOPLE


def test_an_answer_in_the_specification_takes_the_place_of_its_prompt(sound: Evaluation) -> None:
    """Funding is item 27: once it is written in [reporting], it is shown as written, and only it has changed."""
    told = sound.spec.reporting.model_copy(update={"funding": "A grant of an integrated care board."})
    spec = sound.spec.model_copy(update={"reporting": told})
    before, after = (cheers_table(run).set_index("item") for run in (sound, replace(sound, spec=spec)))
    assert after.loc["27", "answer"] == "A grant of an integrated care board."
    assert after.loc["27", "status"] == FROM_SPECIFICATION
    assert after.drop("27").equals(before.drop("27"))


def test_the_main_result_is_that_of_the_tables_and_says_that_data_are_synthetic(sound: Evaluation) -> None:
    """Item 24 prints the base net value of the scenario table; items 23 and 24 open with the mark."""
    table = cheers_table(sound).set_index("item")
    scenarios = sound.tables["scenarios"]
    base = scenarios[(scenarios["trust"] == TOTAL) & scenarios["base"]].iloc[0]
    assert f"GBP {base['net_value']:,.0f}" in table.loc["24", "answer"]
    assert all(table.loc[item, "answer"].startswith("On synthetic data.") for item in ("23", "24"))
    assert table.loc["24", "status"] == FROM_RUN


def test_every_assumed_parameter_is_in_the_log_with_its_swing(sound: Evaluation) -> None:
    """The effect of `absorbed_share` is its swing in the one-way analysis, in pounds, to the penny."""
    table = assumption_log(sound)
    swing = sound.tables["one_way"].set_index("parameter").loc["absorbed_share", "swing"]
    row = table[table["assumption"].str.contains("(absorbed_share)", regex=False)].iloc[0]
    assert row["effect"] == pytest.approx(swing, abs=0.01)
    assert row["price_year"] == "2024/25"
    noted = sound.tables["parameters"]
    used = noted[
        noted["note"].fillna("").str.startswith("Assumed") & ~noted["use"].str.contains("scenario|prior of|rule")
    ]
    for name in {str(name).partition(".")[0] for name in used["name"]}:
        assert table["assumption"].str.contains(f"({name})", regex=False).any(), name


def test_the_largest_effect_stands_first(sound: Evaluation) -> None:
    """A reader who stops after three rows has seen the three assumptions that matter most."""
    effects = assumption_log(sound)["effect"].dropna()
    assert effects.is_monotonic_decreasing


def test_no_log_signs_itself(sound: Evaluation) -> None:
    """Who made, checked, approved and signed is for people: every such cell says that it is to be filled."""
    for table, columns in (
        (assumption_log(sound), ["made_by", "signed_by"]),
        (data_log(sound), ["checked_by"]),
        (decision_log(sound), ["approved_by", "approved_on"]),
    ):
        assert (table[columns] == TO_FILL).all().all()


def test_the_statement_counts_failures_and_does_not_hide_them(sound: Evaluation) -> None:
    """With one table of another run the statement names the failed tests."""
    stale = sound.tables["budget_impact"].assign(mean=lambda table: table["mean"] * 2)
    broken = replace(sound, tables={**sound.tables, "budget_impact": stale})
    statement = checklists(broken)["assurance"].set_index("item")["statement"]
    assert "R7" in statement["Verification of the sums"]


def test_the_page_shows_failures_before_anything_that_opens(sound: Evaluation) -> None:
    """A failed test stands in the open, with what was found; passed tests are behind a part that opens."""
    stale = sound.tables["budget_impact"].assign(mean=lambda table: table["mean"] * 2)
    broken = replace(sound, tables={**sound.tables, "budget_impact": stale})
    page = render_report(replace(broken, tables={**broken.tables, **checklists(broken)}))
    section = page[page.index('id="verification"') :]
    assert "Tests that failed" in section
    assert section.index("Tests that failed") < section.index("<details")


def test_the_page_has_every_test_and_every_reporting_item(sound: Evaluation, lists: dict[str, pd.DataFrame]) -> None:
    """Each number of the register and each prompt is on the page once it is rendered."""
    page = render_report(replace(sound, tables={**sound.tables, **lists}))
    section = page[page.index('id="verification"') : page.index('id="record"')]
    assert all(f">{number}<" in section for number in lists["verification"]["number"])
    assert section.count("TO BE WRITTEN") == len(ONLY_PEOPLE)
