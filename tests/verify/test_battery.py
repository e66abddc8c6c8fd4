"""The battery passes a sound evaluation and fails each broken one on the test that names the fault."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from verify.broken import MUST_FAIL

from econ111.errors import InputError
from econ111.results import Evaluation
from econ111.verification import failures, verify
from econ111.verification.battery import FAIL, NOT_APPLICABLE, PASS, TESTS, register

TECH_VER = {"P": 7, "E": 26, "R": 22, "U": 29}


@pytest.fixture(scope="module")
def table(sound: Evaluation) -> pd.DataFrame:
    """What the battery says of the sound evaluation."""
    return verify(sound)


def test_a_sound_evaluation_passes_every_test_that_applies(table: pd.DataFrame) -> None:
    """Nothing fails; and most of what can be looked at was looked at, so silence is not mistaken for a pass."""
    failed = table[table["result"] == FAIL]
    assert failed.empty, failed[["number", "found", "allowed", "note"]].to_string()
    assert (table["result"] == PASS).sum() >= len(TESTS) - 1


@pytest.mark.parametrize("fault", MUST_FAIL)
def test_a_broken_evaluation_fails_on_the_test_that_names_the_fault(sound: Evaluation, fault: str) -> None:
    """Each fault is put into a sound evaluation by itself, and the named tests notice it."""
    broken, numbers = MUST_FAIL[fault]
    assert failures(verify(broken(sound), only=numbers)) == sorted(numbers, key=list(register()["number"]).index)


def test_a_fault_never_stops_the_battery(sound: Evaluation) -> None:
    """An evaluation that lost a trust in its costs still gets a verdict on every row, and most of it stands."""
    table = verify(MUST_FAIL["dropped trust"][0](sound))
    assert len(table) == len(register())
    assert set(table["result"]) == {PASS, FAIL, NOT_APPLICABLE}


def test_a_test_that_does_not_exist_is_refused_with_the_nearest(sound: Evaluation) -> None:
    """`R111` is not in the register; the message says so."""
    with pytest.raises(InputError, match="R111"):
        verify(sound, only=["R111"])


def test_the_register_has_every_published_test_once_and_in_order(table: pd.DataFrame) -> None:
    """TECH-VER (2019) has 7, 26, 22 and 29 tests of inputs, flow, results and uncertainty; each is a row."""
    for stage, count in TECH_VER.items():
        numbers = [number for number in table["number"] if number[0] == stage]
        assert numbers == [f"{stage}{place}" for place in range(1, count + 1)]


def test_what_is_not_run_says_why(table: pd.DataFrame) -> None:
    """Not applicable always comes with a reason, and what was run with a figure and what was allowed."""
    left_out = table[table["result"] == NOT_APPLICABLE]
    assert (left_out["note"].str.len() > 10).all()
    done = table[table["result"] != NOT_APPLICABLE]
    assert (done["found"].str.len() > 0).all()
    assert (done["allowed"].str.len() > 0).all()


def test_every_test_is_in_the_register_and_every_automatic_one_is_written() -> None:
    """A row that says it is automated without a function behind it would be a promise."""
    listed = register()
    written = set(listed.loc[listed["use"] != "not applicable", "number"])
    assert written - {"U28"} == set(TESTS)


def test_without_a_posterior_the_consequences_are_taken_as_given(sound: Evaluation) -> None:
    """An evaluation whose draws came from elsewhere cannot be weighed again: its costs are tested all the same."""
    given = verify(replace(sound, reweigh=None, posterior=None)).set_index("number")["result"]
    assert not (given == FAIL).any()
    assert given["E23"] == NOT_APPLICABLE
    assert given["R2"] == PASS


def test_changed_parameter_files_leave_the_tests_against_them_out(sound: Evaluation) -> None:
    """When the files' checksum is not the recorded one, what they state says nothing about the draws."""
    record = {**sound.record, "checksums": {**sound.record["checksums"], "parameters": "of another time"}}
    given = verify(replace(sound, record=record)).set_index("number")["result"]
    assert given["U21"] == NOT_APPLICABLE
    assert given["E15"] == PASS


def test_a_published_comparison_has_nothing_to_price() -> None:
    """A design known only from print has no draws: the tests of costs do not apply, and none fails."""
    from econ111 import evaluate

    table = verify(evaluate("hampshire-2021"))
    assert not failures(table)
    assert table.set_index("number").loc["R2", "result"] == NOT_APPLICABLE
