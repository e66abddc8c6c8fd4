"""Totals come from joint draws, and only of what adds up."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import tidy_table, with_total
from econ111.errors import InputError
from econ111.intervals import summarise


def draws(values: object, **attrs: str) -> xr.DataArray:
    return xr.DataArray(values, dims=("sample", "trust"), coords={"trust": ["A", "B"]}, attrs=attrs)


def test_the_interval_of_a_total_is_not_the_sum_of_interval_ends() -> None:
    """A rises as B falls, 1+9, 2+8, ... 9+1: every total is 10, while the interval ends add to about 2 and 18."""
    one = np.arange(1.0, 10.0)
    both = draws(np.stack([one, 10 - one], axis=1))
    summary = summarise(with_total(both), level=1.0)
    assert summary["low"].sel(trust="Total").item() == summary["high"].sel(trust="Total").item() == 10
    assert summary["low"].sel(trust=["A", "B"]).sum().item() == 2
    assert summary["high"].sel(trust=["A", "B"]).sum().item() == 18


def test_a_part_that_is_unknown_makes_the_total_unknown() -> None:
    """NaN + 2 is NaN, not 2."""
    assert np.isnan(with_total(draws([[np.nan, 2.0]])).sel(trust="Total").item())


def test_a_dataset_is_totalled_variable_by_variable() -> None:
    """Variables without the dim stay as they are."""
    both = xr.Dataset({"calls": draws([[1.0, 2.0]]), "price": ("sample", [5.0])})
    longer = with_total(both)
    assert longer["calls"].sel(trust="Total").item() == 3
    assert longer["price"].values.tolist() == [5.0]


@pytest.mark.parametrize(
    ("wrong", "dim", "said"),
    [
        (with_total(draws([[1.0, 2.0]])), "trust", "count everything twice"),
        (draws([[1.0, 2.0]]).mean("sample"), "trust", "never from summaries"),
        (draws([[1.0, 2.0]], unit="GBP per head"), "trust", "rates do not add up"),
        (draws([[1.0, 2.0]], unit="attendances").rename(trust="consequence"), "consequence", "never added"),
        (draws([[1.0, 2.0]]).rename(trust="estimand"), "estimand", "cannot be totalled"),
        (draws([[1.0, 2.0]]).rename(trust="basis"), "basis", "cannot be totalled"),
    ],
)
def test_what_does_not_add_up_is_refused(wrong: xr.DataArray, dim: str, said: str) -> None:
    """Totals of totals, of summaries, of rates, of different consequences, of scenarios."""
    with pytest.raises(InputError, match=said):
        with_total(wrong, dim)


def test_a_tidy_table_names_unit_price_year_and_comparator() -> None:
    """Three draws 1, 2, 3 of one number: mean 2, whole range 1 to 3."""
    about = {"unit": "GBP", "price_year": "2024/25", "comparator": "no service", "perspective": "NHS"}
    row = tidy_table(xr.DataArray([1.0, 2.0, 3.0], dims="sample", attrs=about), measure="net_cost", level=1.0).iloc[0]
    assert (row["mean"], row["low"], row["high"], row["level"]) == (2, 1, 3, 1)
    assert (row["unit"], row["price_year"], row["comparator"], row["perspective"]) == tuple(about.values())
    with pytest.raises(InputError, match="no comparator"):
        tidy_table(xr.DataArray([1.0], dims="sample"), measure="net_cost")
