"""The study's perspective and a wider one, side by side."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import WiderCost, perspectives_table, wider_value
from econ111.economics.wider import WIDER
from econ111.errors import InputError


def police(**given: object) -> WiderCost:
    words: dict[str, object] = {
        "name": "police time", "borne_by": "police", "follows": "ed_attendance", "per_unit": xr.DataArray(0.5),
        "unit_cost": xr.DataArray(60.0, attrs={"price_year": "2024/25", "unit": "GBP per hour"}),
    }  # fmt: skip
    return WiderCost(**(words | given))  # type: ignore[arg-type]


def test_a_wider_cost_follows_its_consequence(costs: xr.Dataset) -> None:
    """40 and 15 attendances avoided, half an hour of police each, GBP 60 an hour: 1,200 and 450."""
    assert wider_value(costs, [police()]).values.ravel().tolist() == [1200.0, 450.0]


def test_the_wider_view_adds_what_was_supplied_and_names_what_was_not(costs: xr.Dataset, service: xr.DataArray) -> None:
    """NHS: 15,409.35 - 4,429.20 = 10,980.15 in total; wider 1,650 more; carers' time is named."""
    basis = service.sel(basis="floor", drop=True)
    table = perspectives_table(costs, basis, wider=[police()], unmeasured=["carers' time"])
    total = table[table.trust == "Total"].set_index("perspective")
    assert total.value_avoided.round(2).tolist() == [10_980.15, 12_630.15]
    assert total.net_value.round(2).tolist() == [round(10_980.15 - 12_162.0, 2), round(12_630.15 - 12_162.0, 2)]
    assert total.not_measured.tolist() == ["", "carers' time"]


def test_what_nobody_supplied_is_unknown_and_not_nothing(costs: xr.Dataset, service: xr.DataArray) -> None:
    """Without a wider cost the wider figures are empty: writing the NHS figure there would say police time is 0."""
    table = perspectives_table(costs, service.sel(basis="floor", drop=True), unmeasured=["police time"])
    wider = table[table.perspective == WIDER]
    assert wider.value_avoided.isna().all()
    assert wider.net_value.isna().all()
    assert np.isfinite(wider.service_cost).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"follows": "ed_attendances"}, "Did you mean 'ed_attendance'"),
        ({"unit_cost": xr.DataArray(-1.0, attrs={"price_year": "2024/25"})}, "negative"),
        ({"unit_cost": xr.DataArray(60.0)}, "No price year on: police time"),
        ({"unit_cost": xr.DataArray(60.0, attrs={"price_year": "2022/23"})}, "Mixed price years"),
    ],
)
def test_a_wider_cost_that_cannot_be_counted_is_refused(
    costs: xr.Dataset, given: dict[str, object], message: str
) -> None:
    """An unknown consequence, a negative price, no price year, another price year."""
    with pytest.raises(InputError, match=message):
        wider_value(costs, [police(**given)])
