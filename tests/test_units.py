"""Units: a closed list whose bounds catch slips of scale."""

from __future__ import annotations

import pytest

from econ111.errors import InputError
from econ111.units import UNITS, is_money, unit_named


def test_an_unknown_unit_is_refused_with_the_nearest_known_one() -> None:
    """'GBP per vists' is one letter and a word away from nothing on the list; 'GBP per calls' is one from a call."""
    with pytest.raises(InputError, match="Did you mean 'GBP per call'"):
        unit_named("GBP per calls")


def test_all_and_only_pounds_are_money() -> None:
    """A unit that begins with GBP has a price year, any other has none."""
    assert all(is_money(name) == name.startswith("GBP") for name in UNITS)


def test_the_bounds_of_a_unit_catch_slips_of_scale() -> None:
    """59 for 59%, 3.5 for 3.5% a year, and 280,170 for GBP 280.17 in thousandths are all outside."""
    slips = {"proportion": 59.0, "per year": 3.5, "GBP per attendance": 280_170.0, "hours per contact": 600.0}
    assert all(value > unit_named(unit).high for unit, value in slips.items())


def test_a_cost_cannot_be_negative() -> None:
    """A saving is a difference of costs, never a negative unit cost."""
    assert all(unit.low == 0 for unit in UNITS.values() if unit.money)
