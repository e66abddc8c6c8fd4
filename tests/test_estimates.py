"""Tables of estimates from draws by hand: what is judged, what is not, and how a change to more is worded."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.results import _change_line
from econ111.run.estimates import ZERO, Judgement, estimates_table

RULES = {"probability": 0.975, "prior_share": 0.5}


@pytest.fixture
def table() -> pd.DataFrame:
    """Two trusts, four draws: attendances fall, admissions stay as they are, crisis-line calls are not counted."""
    without = np.zeros((4, 1, 2, 3))
    without[..., 0], without[..., 1] = 100.0, 30.0
    with_service = without.copy()
    with_service[..., 0] = np.array([80.0, 85.0, 90.0, 95.0])[:, None, None]
    dims = ("sample", "estimand", "trust", "consequence")
    pair = xr.Dataset(
        {"without_service": (dims, without), "with_service": (dims, with_service)},
        coords={
            "estimand": ["displaced"], "trust": ["RKL", "RWK"],
            "consequence": ["ed_attendance", "admission", "crisis_line_call"],
        },
    )  # fmt: skip
    judged = Judgement(rules=RULES, diagnostics_fail="")
    nothing = {"displaced": np.zeros((4, 0))}
    return estimates_table(pair, item="consequence", kind="consequence", assumptions=nothing, judged=judged)


def test_what_an_estimand_does_not_count_has_no_verdict(table: pd.DataFrame) -> None:
    """Crisis-line calls under E2 are 0 with and without in every draw, for each trust and in total: by definition."""
    rows = table[table["item"] == "crisis_line_call"]
    assert len(rows) == 3
    assert (rows["verdict"] == "").all()
    assert (rows["reason"] == ZERO).all()
    assert rows["probability_fewer"].isna().all()


def test_a_difference_of_nothing_between_numbers_is_a_finding(table: pd.DataFrame) -> None:
    """Thirty admissions with and without the service: counted, and judged to be no evidence of a difference."""
    rows = table[table["item"] == "admission"]
    assert (rows["verdict"] == "no evidence of a difference").all()
    assert (table.loc[table["item"] == "ed_attendance", "verdict"] == "fewer").all()


def _change(fewer: float, low: float, high: float) -> str:
    row = {
        "fewer": fewer, "fewer_low": low, "fewer_high": high, "decimals": 2, "unit": "per 100 calls", "level": 0.95,
        "label": "Ambulance", "outcome": "ambulance", "change": "3.10% to 3.30%", "verdict": "not identifiable",
        "reason": "there is no control",
    }  # fmt: skip
    return _change_line(row)


def test_a_change_to_more_is_said_as_more() -> None:
    """0.20 more, between 0.05 more and 0.35 more: the interval turns with the word, and no number has a minus."""
    said = _change(-0.20, -0.35, -0.05)
    assert "more by 0.20 per 100 calls (95% interval 0.05 to 0.35)" in said
    assert "fewer" not in said


def test_a_change_to_fewer_keeps_its_interval_across_nothing() -> None:
    """1.50 fewer, from 0.50 more (minus) to 3.50 fewer."""
    assert "fewer by 1.50 per 100 calls (95% interval -0.50 to 3.50)" in _change(1.5, -0.5, 3.5)


def test_no_change_is_not_minus_nothing() -> None:
    """A fall of 0 is 0.00, also where the number comes as minus zero."""
    assert "fewer by 0.00 per" in _change(-0.0, -0.1, 0.1)
