"""Tests of value of information, on small tables by hand: what is learnt is never worth more than everything."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from econ111.results import Evaluation
from econ111.verification import failures, verify

NUMBERS = ["U24", "U25", "U26", "U27"]


def _information(base: str, swings: pd.Series) -> pd.DataFrame:
    """Everything is worth GBP 1,000; a group 600; each parameter its swing's share of 500."""
    rows = [("perfect", "everything", 1000.0), ("group", "attendance", 600.0)]
    rows += [("single", str(name), 500.0 * swing / swings.max()) for name, swing in swings.items()]
    table = pd.DataFrame(rows, columns=["kind", "learnt", "value"])
    return table.assign(basis=base, threshold=0.0, standard_error=5.0, unit="GBP in the evaluated period", draws=1000)


@pytest.fixture(scope="module")
def informed(sound: Evaluation) -> Evaluation:
    """The sound evaluation with tables of value of information."""
    swings = sound.tables["one_way"].dropna(subset=["swing"]).set_index("parameter")["swing"]
    base = sound.spec.economics.service_cost
    studies = pd.DataFrame(
        {"design": ["1 provider, 6 months", "completed return"], "evsi": [400.0, 3000.0], "basis": base}
    ).assign(threshold=0.0, standard_error=5.0)
    return replace(sound, tables={**sound.tables, "information": _information(base, swings), "studies": studies})


def _with(run: Evaluation, name: str, table: pd.DataFrame) -> Evaluation:
    return replace(run, tables={**run.tables, name: table})


def test_values_in_order_pass(informed: Evaluation) -> None:
    """600 of 1,000 for the group, 400 for the study; the completed return rests on draws of its own."""
    assert failures(verify(informed, only=NUMBERS)) == []


def test_a_parameter_worth_more_than_everything_fails(informed: Evaluation) -> None:
    """1,100 against 1,000 with errors of 5 each: the difference is 14 errors of sqrt(50)."""
    table = informed.tables["information"].copy()
    table.loc[1, "value"] = 1100.0
    assert failures(verify(_with(informed, "information", table), only=NUMBERS)) == ["U25"]


def test_a_difference_within_error_is_no_fault(informed: Evaluation) -> None:
    """1,020 against 1,000 is 2.8 errors of sqrt(50): an estimate, not a contradiction."""
    table = informed.tables["information"].copy()
    table.loc[1, "value"] = 1020.0
    assert failures(verify(_with(informed, "information", table), only=["U25"])) == []


def test_a_study_worth_more_than_everything_fails(informed: Evaluation) -> None:
    """A sample cannot teach more than there is to know."""
    table = informed.tables["studies"].assign(evsi=[1500.0, 3000.0])
    assert failures(verify(_with(informed, "studies", table), only=NUMBERS)) == ["U26"]


def test_a_value_without_its_error_or_in_the_opposite_order_fails(informed: Evaluation) -> None:
    """No standard error: U24. The parameter with the least swing worth the most, and so on: U27."""
    table = informed.tables["information"]
    assert failures(verify(_with(informed, "information", table.drop(columns="draws")), only=["U24"])) == ["U24"]
    turned = table.assign(value=table["value"].where(table["kind"] != "single", 500.0 - table["value"]))
    assert failures(verify(_with(informed, "information", turned), only=["U27"])) == ["U27"]


def test_a_trust_that_holds_more_than_its_own_perfect_information_fails(informed: Evaluation) -> None:
    """A group is worth 600 to a trust for which everything is worth 200, though to all it is below their 1,000."""
    whole = informed.tables["information"]
    each = whole[whole["kind"] != "single"].assign(trust="RWK")
    each.loc[each["kind"] == "perfect", "value"] = 200.0
    assert failures(verify(_with(informed, "information_trusts", each), only=NUMBERS)) == ["U25"]
