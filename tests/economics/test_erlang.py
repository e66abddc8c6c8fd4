"""Queues against published tables, closed forms and a chain of states added up."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from economics.worked import TRUTH
from hypothesis import given, settings
from hypothesis import strategies as st

from econ111.economics.staffing import (
    agents_needed,
    answered_within,
    average_wait,
    erlang_b,
    probability_of_waiting,
    share_giving_up,
)
from econ111.errors import InputError

with (TRUTH / "erlang.csv").open(encoding="utf-8", newline="") as _stream:
    PUBLISHED = list(csv.DictReader(_stream))


def computed(row: dict[str, str]) -> tuple[float, float]:
    """Ours and the printed figure; for Erlang B the blocking at the printed load, and the blocking of the table."""
    people, printed = int(row["agents"]), float(row["printed"])
    if row["model"] == "erlang_b":
        return float(erlang_b(people, printed)), float(row["measure"].split("_")[2]) / 100
    handling = float(row["handling_seconds"])
    load = float(row["calls_per_hour"]) * handling / 3600
    if row["model"] == "erlang_a":
        patience = float(row["patience_seconds"])
        share = float(share_giving_up(people, load, handling=handling, patience=patience))
        return (share, printed) if row["measure"] == "share_giving_up" else (share * patience, printed)
    match row["measure"]:
        case "probability_of_waiting":
            return float(probability_of_waiting(people, load)), printed
        case "answered_within":
            return float(answered_within(people, load, handling=handling, within=float(row["within_seconds"]))), printed
        case _:
            return float(average_wait(people, load, handling=handling)), printed


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['model']}-{row['agents']}-{row['measure']}")
def test_every_published_figure_is_met_to_its_last_place(row: dict[str, str]) -> None:
    """tests/truth/erlang.csv: tables of Erlang B, a worked example of Erlang C, and the comparison with Erlang A."""
    ours, printed = computed(row)
    slack = float(row["half_last_place"])
    if row["model"] == "erlang_b":
        people, load = int(row["agents"]), float(row["printed"])
        assert erlang_b(people, load - slack) <= printed <= erlang_b(people, load + slack)
    else:
        assert ours == pytest.approx(printed, abs=slack)


def test_the_closed_form_of_erlang_b_equals_its_recursion() -> None:
    """B(n) = a B(n-1) / (n + a B(n-1)) from B(0) = 1, to 60 people at loads from 0.01 to 50."""
    loads = np.array([0.01, 0.5, 3.0, 20.0, 50.0])
    blocked = np.ones_like(loads)
    for people in range(1, 61):
        blocked = loads * blocked / (people + loads * blocked)
        assert erlang_b(people, loads) == pytest.approx(blocked, rel=1e-10)


def giving_up_by_states(people: int, load: float, patience: float) -> float:
    """Erlang A by its states one after another, handling time 1: the mean queue over patience, per call offered."""
    weights, total = [1.0], 1.0
    for number in range(1, 3000):
        leaving = min(number, people) + max(number - people, 0) / patience
        weights.append(weights[-1] * load / leaving)
        total += weights[-1]
    queue = sum(max(number - people, 0) * weight for number, weight in enumerate(weights)) / total
    return queue / patience / load


@pytest.mark.parametrize(
    ("people", "load", "patience"), [(1, 0.05, 0.1), (5, 3.0, 0.2), (5, 9.0, 0.2), (3, 0.01, 5.0), (40, 35.0, 1.0)]
)
def test_erlang_a_equals_its_states_added_up(people: int, load: float, patience: float) -> None:
    """Small, overloaded, hardly loaded and large lines: the formula and 3,000 states of the chain agree."""
    ours = float(share_giving_up(people, load, handling=1.0, patience=patience))
    assert ours == pytest.approx(giving_up_by_states(people, load, patience), rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(load=st.floats(0.0, 30.0), ratio=st.floats(0.002, 0.5), patience=st.floats(0.05, 5.0))
def test_the_number_needed_is_enough_and_one_fewer_is_not(load: float, ratio: float, patience: float) -> None:
    """With n the average wait is within the target; with n - 1 it is not, with and without callers who give up."""
    people = int(agents_needed(load, handling=1.0, answer_target=ratio))
    assert average_wait(people, load, handling=1.0) <= ratio * (1 + 1e-9)
    if people > 1:
        assert average_wait(people - 1, load, handling=1.0) > ratio * (1 - 1e-9)
    fewer = int(agents_needed(load, handling=1.0, answer_target=ratio, patience=patience))
    assert fewer <= people
    assert share_giving_up(fewer, load, handling=1.0, patience=patience) * patience <= ratio * (1 + 1e-9)
    if fewer > 1:
        less = share_giving_up(fewer - 1, load, handling=1.0, patience=patience) * patience
        assert less > ratio * (1 - 1e-9)


def test_an_array_is_answered_like_each_of_its_members() -> None:
    """The search over many hours at once gives what it gives for each hour alone."""
    loads = np.random.default_rng(3).gamma(2.0, 1.5, size=(40, 3))
    handling = np.linspace(5.0, 30.0, 40)[:, None]
    together = agents_needed(loads, handling=handling, answer_target=0.5, least=2)
    alone = [
        [int(agents_needed(load, handling=one, answer_target=0.5, least=2)) for load in row]
        for row, one in zip(loads, handling.ravel(), strict=True)
    ]
    assert together.tolist() == alone


def test_a_queue_that_only_grows_never_answers() -> None:
    """Two people and two erlangs: everybody waits, for ever; with none to answer, all are lost."""
    assert probability_of_waiting(2, 2.0) == 1.0
    assert average_wait(2, 2.0, handling=10.0) == np.inf
    assert erlang_b(0, 2.0) == 1.0


@pytest.mark.parametrize(
    ("load", "given", "named"),
    [(-1.0, {}, "load"), (np.nan, {}, "load"), (1.0, {"handling": 0.0}, "handling"), (1.0, {"patience": -1.0}, "pati")],
)
def test_impossible_lines_are_refused_by_name(load: float, given: dict[str, float], named: str) -> None:
    """A negative load, a load that is not a number, no handling time and negative patience each say which it is."""
    with pytest.raises(InputError, match=named):
        agents_needed(load, **({"handling": 10.0, "answer_target": 1.0} | given))
