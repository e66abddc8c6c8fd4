"""The section on better data, from small tables made by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from econ111.report.information_views import information_blocks
from econ111.report.information_words import information_sentences, settings
from econ111.report.sections import build_sections
from econ111.results import Evaluation

ABOUT = {"comparator": "before", "price_year": "2024/25", "perspective": "NHS", "discounting": "3.5% a year"}
BASES = (("floor", "Floor", False), ("wales", "Wales", True))


def _rows(values: dict[tuple[str, float], float], **columns: object) -> pd.DataFrame:
    named = {name: (label, base) for name, label, base in BASES}
    rows = [
        {"basis": name, "basis_label": named[name][0], "base": named[name][1], "threshold": at, "value": value}
        for (name, at), value in values.items()
    ]
    return pd.DataFrame(rows).assign(**ABOUT, **columns)  # type: ignore[arg-type]


@pytest.fixture
def informed(evaluation: Evaluation) -> Evaluation:
    """Floor: open at GBP 0. Wales: clear at 0, open at 1,000. Linked records worth half of everything."""
    everything = {("floor", 0.0): 200_000.0, ("floor", 1000.0): 50_000.0, ("wales", 0.0): 0.0, ("wales", 1000.0): 4e5}
    perfect = _rows(everything, learnt="everything", kind="perfect", standard_error=900.0)
    advice = _rows({key: 0.6 * value for key, value in everything.items()}, learnt="attendance after advice")
    advice = advice.assign(kind="group", standard_error=900.0, agrees=False)
    information = pd.concat([perfect, advice], ignore_index=True)
    information["population_value"] = 5 * information["value"]
    studies = []
    for providers, share in ((1, 0.4), (5, 0.5)):
        table = _rows({key: share * value for key, value in everything.items()}, study="linked records")
        studies.append(
            table.rename(columns={"value": "evsi"}).assign(
                design=f"{providers} providers, 1 month", providers=providers, months=1, cost_stated="not stated",
                standard_error=900.0, population_standard_error=4000.0, enbs=float("nan"), scale="for 5 years",
                assumes="80% of calls linked",
            )
        )  # fmt: skip
    linked = pd.concat(studies, ignore_index=True)
    linked["population_evsi"] = 4 * linked.evsi
    gains = pd.concat(
        [
            _rows({key: sign * share * value for key, value in everything.items()}, receiver=name, design="5 providers")
            for name, sign, share in (("mental_health_trust", 1, 0.8), ("acute", -1, 0.3))
        ]
    ).rename(columns={"value": "gain"})
    curve = _rows(everything, option="intervention", probability_best=0.6)
    quadrant = _rows({("floor", 0.0): 0.0, ("wales", 0.0): 0.0}, share=0.25, cost_per_avoided=float("nan"))
    quadrant = pd.concat([quadrant.assign(low=float("nan"), high=float("nan"), note="no ratio")] * 4)
    learnt = _rows({("wales", 0.0): 0.0}, learnt="attendance after advice", result="net value", variance_explained=0.5)
    both = pd.concat([learnt, learnt.assign(result="avoided ed_attendance")])
    tables = {
        "information": information, "studies": linked, "information_gains": gains, "decision_curve": curve,
        "quadrants": quadrant, "information_learnt": both,
    }  # fmt: skip
    return replace(evaluation, tables=dict(evaluation.tables) | tables)


def test_information_is_shown_where_the_decision_is_open(informed: Evaluation) -> None:
    """Where it is most open with no threshold, and where the main basis is most open."""
    assert [(one.basis, one.threshold) for one in settings(informed)] == [("floor", 0.0), ("wales", 1000.0)]


def test_the_page_says_what_records_are_worth_and_when_they_are_worth_nothing(informed: Evaluation) -> None:
    """Wales at GBP 0: nothing; floor at GBP 0: half of 200,000 four times over, GBP 400,000."""
    said = " ".join(information_sentences(informed))
    assert "worth £0 over the costs it avoids, linked attendance records would be worth nothing" in said
    assert "about £400,000" in said
    assert "from £1,000 on" in said
    assert "not stated" in said
    assert "not a NICE reference-case analysis" in said


def test_the_page_says_to_whom(informed: Evaluation) -> None:
    """Floor at GBP 0: plus 160,000 for the mental-health trust, minus 60,000 for acute trusts."""
    page = str(information_blocks(informed))
    assert "falls on the mental-health trust (£160,000), and the largest loss on the acute trusts (£60,000)" in page
    assert "What the records are worth" in page


def test_estimators_that_differ_are_marked(informed: Evaluation) -> None:
    """A star beside the figure, and a note of what it means."""
    page = str(information_blocks(informed))
    assert "120.0*" in page


def _of_trusts(evaluation: Evaluation, *, separable: bool) -> Evaluation:
    """East London holds 30,000 of everything at the floor and GBP 0, West London 5,000; records half."""
    table = evaluation.tables["information"]
    here = table[table.learnt == "everything"]
    parts = []
    for name, share in (("RWK", 0.15), ("RKL", 0.025), *((("Total", 0.175),) if separable else ())):
        for kind, learnt, part in (("perfect", "everything", 1.0), ("study", "5 providers", 0.5)):
            worth = here["value"] * share * part
            parts.append(
                here.assign(
                    trust=name, kind=kind, learnt=learnt, value=worth, population_value=5 * worth,
                    population_standard_error=900.0, agrees=None,
                )
            )  # fmt: skip
    return replace(evaluation, tables={**evaluation.tables, "information_trusts": pd.concat(parts)})


def test_each_trust_has_a_row_and_no_total_is_made(informed: Evaluation) -> None:
    """East London 5 x 30,000 = GBP 0.15m or 150.0 thousand; the page says why nothing is added up."""
    page = str(information_blocks(_of_trusts(informed, separable=False)))
    assert "To each trust that decides for itself" in page
    assert "'East London" in page
    assert "150.0" in page
    assert "These figures are not added up" in page
    assert "All trusts, each for itself" not in page


def test_a_total_of_trusts_is_shown_where_it_was_declared(informed: Evaluation) -> None:
    """35,000 five times over."""
    page = str(information_blocks(_of_trusts(informed, separable=True)))
    assert "All trusts, each for itself" in page
    assert "175.0" in page
    assert "not the gain from one decision for all" in page


def test_the_section_is_left_out_where_nothing_was_valued(evaluation: Evaluation, informed: Evaluation) -> None:
    """An evaluation without these tables has no such section; one with them has."""
    assert "information" not in [section.key for section in build_sections(evaluation)]
    assert "information" in [section.key for section in build_sections(informed)]
