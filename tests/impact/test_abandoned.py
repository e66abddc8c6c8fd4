"""Abandoned calls: offered is answered over the share not given up, and new demand counts against the service."""

from __future__ import annotations

import pytest
import xarray as xr

from econ111.impact.abandoned import abandoned_calls


def calls(without: float, with_: float, mental: float, shares: list[float]) -> xr.Dataset:
    """One draw of one trust."""
    stages = {"stage": ["before", "after", "mental"], "trust": ["A"]}
    share = xr.DataArray([[[one] for one in shares]], dims=("sample", "stage", "trust"), coords=stages)
    answered = {"expected_without": without, "expected_with": with_, "expected_mental": mental}
    given = {name: (("sample", "trust"), [[value]]) for name, value in answered.items()}
    return xr.Dataset(given, coords={"trust": ["A"]}).assign(abandoned_share=share)


def test_abandoned_calls_by_hand() -> None:
    """950 answered at 5% given up: 1,000 offered, 50 given up. With the service 760 at 5%, 40; and 880 at 12%, 120.

    160 instead of 50: 110 more.
    """
    found = abandoned_calls(calls(950.0, 760.0, 880.0, [0.05, 0.05, 0.12]))
    assert found.without_service.item() == pytest.approx(50)
    assert found.physical_line.item() == pytest.approx(40)
    assert found.mental_line.item() == pytest.approx(120)
    assert found.mental_line_offered.item() == pytest.approx(1000)
    assert found.avoided.item() == pytest.approx(-110)


def test_calls_that_move_to_a_line_with_the_same_rate_change_nothing() -> None:
    """All displaced, none new, 10% on both lines: none avoided."""
    assert abandoned_calls(calls(900.0, 400.0, 500.0, [0.1, 0.1, 0.1])).avoided.item() == pytest.approx(0)


def test_nobody_gives_up_where_nobody_does() -> None:
    """A share of 0 on every line."""
    found = abandoned_calls(calls(900.0, 400.0, 700.0, [0.0, 0.0, 0.0]))
    assert float(abs(found[["without_service", "with_service", "avoided"]].to_dataarray()).max()) == 0.0
