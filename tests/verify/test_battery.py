"""The battery passes a sound evaluation and fails each broken one on the test that names the fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module

import pandas as pd
import pytest
import xarray as xr
from verify.broken import MUST_FAIL

from econ111 import economics, passes
from econ111.economics import unit_costs
from econ111.errors import InputError
from econ111.parameters import load_catalogue
from econ111.results import Evaluation
from econ111.run.budget import BudgetInputs
from econ111.run.money import evaluate_money
from econ111.verification import failures, verify
from econ111.verification.battery import FAIL, NOT_APPLICABLE, PASS, TESTS, register

budget_impact = import_module("econ111.economics.budget_impact")
WITHOUT_INFORMATION = {"U24", "U25", "U26", "U27"}
TECH_VER = {"P": 7, "E": 26, "R": 22, "U": 29}


@pytest.fixture(scope="module")
def table(sound: Evaluation) -> pd.DataFrame:
    """What the battery says of the sound evaluation."""
    return verify(sound)


def test_a_sound_evaluation_passes_every_test_that_applies(table: pd.DataFrame) -> None:
    """Nothing fails; and most of what can be looked at was looked at, so silence is not mistaken for a pass."""
    failed = table[table["result"] == FAIL]
    assert failed.empty, failed[["number", "found", "allowed", "note"]].to_string()
    assert set(TESTS) - set(table.loc[table["result"] == PASS, "number"]) == WITHOUT_INFORMATION


@pytest.mark.parametrize("fault", MUST_FAIL)
def test_a_broken_evaluation_fails_on_the_test_that_names_the_fault(sound: Evaluation, fault: str) -> None:
    """Each fault is put into a sound evaluation by itself, and the named tests notice it."""
    broken, numbers = MUST_FAIL[fault]
    assert failures(verify(broken(sound), only=numbers)) == sorted(numbers, key=list(register()["number"]).index)


def test_parameters_are_moved_trust_by_trust_where_trusts_are_many(
    sound: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one pass a trust U29 says the same of a sound evaluation, and still names a parameter that moves nothing."""
    whole = verify(sound, only=["U29"])
    monkeypatch.setattr(passes, "NUMBERS_AT_ONCE", 1)
    pd.testing.assert_frame_equal(verify(sound, only=["U29"]), whole)
    assert failures(verify(MUST_FAIL["dead parameter"][0](sound), only=["U29"])) == ["U29"]


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


def _priced_with(run: Evaluation) -> Evaluation:
    """The evaluation with its economics made again by the code as it is now, tables and draws alike."""
    budget_inputs = BudgetInputs(run.parameter_draws, run.monthly_calls, load_catalogue())
    money = evaluate_money(
        run.outcomes, run.parameter_draws, spec=run.spec, rebuild=run.reweigh, budget_inputs=budget_inputs
    )
    return replace(run, costs=money.costs, budget=money.budget, tables={**run.tables, **money.tables})


def test_a_slip_in_the_growth_of_the_budget_is_noticed_though_all_tables_agree(
    sound: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code forgets growth: draws and tables agree with each other, and the plain sums with neither."""
    kept = budget_impact.volume_factors
    monkeypatch.setattr(
        budget_impact, "volume_factors", lambda plan, *, call_growth, period_months, settled=None: kept(
            plan, call_growth=call_growth * 0.0, period_months=period_months, settled=settled
        )
    )  # fmt: skip
    found = failures(verify(_priced_with(sound)))
    assert {"R14", "R11", "H5", "H10", "U29"} <= set(found)
    assert "R7" not in found


def test_prices_joined_to_the_wrong_consequence_are_noticed_though_all_tables_agree(
    sound: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code puts each price one consequence further on; every table repeats the error."""
    kept = unit_costs.unit_costs_from

    def shifted(parameters: xr.Dataset, names: Mapping[str, str]) -> xr.DataArray:
        prices = kept(parameters, names)
        return prices.roll(consequence=1)

    monkeypatch.setattr(economics, "unit_costs_from", shifted)
    found = failures(verify(_priced_with(sound), only=["R2", "R5", "R7", "H5"]))
    assert found == ["R2", "R5", "H5"]


def test_a_line_from_the_people_up_as_the_base_passes_and_costs_are_not_in_proportion(staffed: Evaluation) -> None:
    """Tests of cost in proportion to calls do not apply, as a line has economies of scale; the others pass.

    U17 is a tendency: two small lines cost more per call than any public base, so no scenario lies on that side.
    """
    table = verify(staffed).set_index("number")
    assert [number for number, result in table["result"].items() if result == "fail"] == ["U17"]
    for number in ("E12", "R6", "H6"):
        assert "does not cost in proportion" in table.loc[number, "note"]
    assert table.loc[["P1", "E14", "E25", "R14", "U29"], "result"].eq("pass").all()


def test_a_line_priced_twice_is_noticed_where_it_is_the_base(staffed: Evaluation) -> None:
    """The budget's service cost doubled: twice the price no longer gives twice the cost, nor the plain sum."""
    budget = staffed.budget
    assert budget is not None
    twice = budget.assign(service_cost=2 * budget["service_cost"])
    assert {"P1", "R14"} <= set(failures(verify(replace(staffed, budget=twice), only=["P1", "R14"])))
