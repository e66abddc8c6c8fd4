"""Published comparisons on the page: what changed, what it says of the service, and figures beside ours."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from econ111 import evaluate
from econ111.report.page import render_report
from econ111.report.prose import limits
from econ111.report.published_views import changes_figure, changes_table, figures_table
from econ111.report.published_words import agreement_sentence, change_sentences
from econ111.report.words import verdict_sentences
from econ111.results import Evaluation
from econ111.specs.schema import Spec


@pytest.fixture(scope="module")
def sussex() -> Evaluation:
    """Counts of two half-years."""
    return evaluate("sussex-street-triage-2016")


@pytest.fixture(scope="module")
def lambeth() -> Evaluation:
    """A published projection."""
    return evaluate("lambeth-hub-2021")


@pytest.fixture(scope="module")
def controlled(sussex: Evaluation) -> Evaluation:
    """The counts of Sussex beside an invented area that stayed at 200."""
    content = sussex.spec.model_dump()
    content["published"]["counts"] = [content["published"]["counts"][0] | {"control_before": 200, "control_after": 200}]
    content["published"] |= {"proportions": [], "figures": []}
    return evaluate(Spec.model_validate(content))


def text_of(cells: object) -> str:
    """All words of a row of cells."""
    return str(cells)


def test_the_lead_says_what_changed_and_that_it_has_no_cause(sussex: Evaluation) -> None:
    """The main count first with its interval and level; then no control; the open changes as open."""
    first, second, third = verdict_sentences(sussex)
    assert first.startswith(
        "Between the two periods, section 136 detentions fell from 194 to 118 over 6 months: 76 fewer"
    )
    assert "(95% interval 2" in first
    assert "no control, so the effect of the service is not identifiable" in first
    assert "there is no evidence of a change in section 136 detentions in hospital (from 75 to 62" in second
    assert (
        third == "Of 4 published figures, 2 agree with ours, 1 differs for a reason given and 1 cannot be recomputed."
    )


def test_the_lead_of_a_projection_rests_on_it(lambeth: Evaluation) -> None:
    """Fewer, more, fewer: each with its name, on the authors' projection; a share keeps its decimals."""
    first, second, third = verdict_sentences(lambeth)
    assert first.startswith(
        "Against the authors' projection, assessments in secondary care fell from 203 to 105 a month"
    )
    assert "It rests on that projection" in first
    assert "more for acceptances per assessment" in first
    assert "rose from 0.57 to 0.77: 0.20 more" in second
    assert "2 are what ours is made of" in third


def test_the_lead_beside_a_control_names_the_verdict(controlled: Evaluation) -> None:
    """194 to 118 beside 200 to 200: 76 fewer, and a verdict."""
    (first,) = verdict_sentences(controlled)
    assert first.startswith("Against the area without the service, section 136 detentions fell from 194 to 118")
    assert "The verdict on the service is fewer for section 136 detentions." in first
    assert "moved alike otherwise" in first


def test_the_table_of_changes_names_its_level_and_what_is_assumed(sussex: Evaluation) -> None:
    """Level in the heading, overdispersion under the table, the interval by chance alone beside each."""
    table = changes_table(sussex)
    assert table is not None
    assert [column.head for column in table.columns][3:5] == ["Fewer by", "95% interval"]
    assert "about 2 times the variance of chance alone" in " ".join(table.notes)
    shown = text_of(table.rows[0].cells)
    assert "by chance alone" in shown
    assert "holds up to 4.9 times the variance of chance alone" in shown
    assert "a fall would be called up to 1.5 times" in text_of(table.rows[3].cells)
    assert "Not identifiable" in shown


def test_a_published_estimate_has_no_overdispersion_of_ours(lambeth: Evaluation) -> None:
    """Its own interval stands; only the variance at which the direction is lost is said."""
    table = changes_table(lambeth)
    assert table is not None
    shown = text_of(table.rows[0].cells)
    assert "by chance alone" not in shown
    assert "times the variance printed" in shown
    assert "Counts are taken" not in " ".join(table.notes)


def test_published_figures_stand_beside_ours_with_their_source(sussex: Evaluation) -> None:
    """-39% beside -39.2%, a difference in points, the title and locator, and a dash where nothing is recomputed."""
    table = figures_table(sussex)
    assert table is not None
    first, *_, last = (row.cells for row in table.rows)
    assert "News of February 2016" in text_of(first[0])
    assert first[1] == "−39%"
    assert "−39.2%" in text_of(first[2])
    assert first[3] == "−0.2 points"
    assert last[1] == "£34"
    assert last[3] == "–"


def test_the_chart_is_relative_and_its_words_hold_every_interval(sussex: Evaluation) -> None:
    """Four outcomes of different size on one axis of percent."""
    figure = changes_figure(sussex)
    assert figure is not None
    assert figure.summary.count("95% interval") == 4
    assert "39.1% fewer" in figure.summary or "39.2% fewer" in figure.summary
    assert "another question" in figure.summary


@pytest.mark.parametrize("name", ["sussex", "lambeth", "controlled"])
def test_the_page_is_whole(name: str, request: pytest.FixtureRequest) -> None:
    """A chart, the tables, and no money."""
    evaluation = request.getfixturevalue(name)
    text = render_report(evaluation)
    assert text.count("<figure>") == 1
    assert "Changes between the published numbers" in text
    assert "nan" not in text.split("<main>")[1].split('id="record"')[0].lower().replace("finance", "")


def test_what_a_comparison_is_not_depends_on_what_it_is_with(
    sussex: Evaluation, lambeth: Evaluation, controlled: Evaluation
) -> None:
    """No effect without a control; nothing parallel shown with one; no projection checked."""
    assert any("not an effect of the service" in said for said in limits(sussex))
    assert any("moved alike" in said for said in limits(controlled))
    assert any("projection" in said for said in limits(lambeth))
    assert not any("bounds of rounding" in said for said in limits(sussex))


def test_an_unexplained_figure_is_counted_in_the_lead(sussex: Evaluation) -> None:
    """What nothing explains is said where everybody reads it."""
    figures = sussex.tables["published_figures"]
    changed = dataclasses.replace(
        sussex, tables={**sussex.tables, "published_figures": figures.assign(status="unexplained")}
    )
    assert verdict_sentences(changed)[-1] == "Of 4 published figures, 4 differ unexplained."


def test_nothing_published_says_nothing() -> None:
    """No table, no sentence."""
    assert change_sentences(None) == []
    assert change_sentences(pd.DataFrame()) == []
    assert agreement_sentence(None) == []
