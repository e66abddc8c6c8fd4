"""Break-even values and two-way tables: exact re-evaluations, against sums worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics.thresholds import Search, break_even, two_way
from econ111.errors import InputError

DRAWS = xr.Dataset(
    {
        "price": ("sample", [8.0, 12.0], {"unit": "GBP per call"}),
        "number": ("sample", [1.0, 3.0]),
        "idle": ("sample", [1.0, 2.0]),
        "mix": (("sample", "part"), [[0.5, 0.5], [0.4, 0.6]]),
    }
)


def net(given: xr.Dataset) -> xr.DataArray:
    return (60 - given["price"] * given["number"]).assign_attrs(unit="GBP", price_year="2024/25")


def only(name: str, low: float, high: float) -> dict[str, object]:
    return break_even(net, DRAWS, [Search(name, low, high, name)]).iloc[0].to_dict()


def test_a_break_even_price_is_that_of_the_expected_result() -> None:
    """Mean of 60 - p x number is 60 - 2 p: 0 at GBP 30. Not the mean of 60 / number, which is 40."""
    found = only("price", 0, 100)
    assert found["status"] == "found"
    assert found["break_even"] == pytest.approx(30.0)
    assert (found["at_low"], found["at_high"], found["expected"]) == (60.0, -140.0, 10.0)
    assert (found["unit"], found["result_unit"], found["price_year"]) == ("GBP per call", "GBP", "2024/25")


def test_a_curved_result_is_followed_to_its_crossing() -> None:
    """Mean of 50 - p^2 over draws is 0 at the square root of 50, found by halving."""
    found = break_even(lambda p: 50 - p["price"] ** 2 + 0 * p["number"], DRAWS, [Search("price", 0, 100, "Price")])
    assert found.break_even.item() == pytest.approx(np.sqrt(50), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "low", "high", "status"),
    [("price", 40, 100, "below 0 at both ends"), ("price", 0, 20, "above 0 at both ends"), ("idle", 0, 9, "no effect")],
)
def test_no_break_even_is_made_up(name: str, low: float, high: float, status: str) -> None:
    """Where the expected result keeps its sign, or does not move, there is no value and the table says why."""
    found = only(name, low, high)
    assert found["status"] == status
    assert np.isnan(found["break_even"])  # type: ignore[call-overload]


def test_a_two_way_table_is_every_pair_worked_again() -> None:
    """60 - p x n at p of 10, 20, 31 and n of 1, 2, 4, and the share of draws above 0 with the rest as drawn."""
    table = two_way(net, DRAWS, across={"price": [10.0, 20.0, 31.0], "number": [1.0, 2.0, 4.0]})
    assert table.expected.tolist() == pytest.approx([50, 40, 20, 40, 20, -20, 29, -2, -64])
    assert table.probability.tolist() == [1, 1, 1, 1, 1, 0, 1, 0, 0]


def test_a_result_that_is_not_bilinear_is_worked_pair_by_pair() -> None:
    """p^2 n: the four corners say nothing of the middle, and the table is right all the same."""
    table = two_way(
        lambda given: given["price"] ** 2 * given["number"],
        DRAWS,
        across={"price": [1.0, 2.0, 3.0], "number": [1.0, 2.0]},
    )
    assert table.expected.tolist() == pytest.approx([1, 2, 4, 8, 9, 18])


@pytest.mark.parametrize(
    ("search", "message"),
    [
        (Search("prise", 0, 1, "x"), "Did you mean 'price'"),
        (Search("mix", 0, 1, "x"), "group of shares"),
        (Search("price", 2, 1, "x"), "lower first"),
    ],
)
def test_a_search_that_cannot_be_made_is_refused(search: Search, message: str) -> None:
    """An unknown parameter, shares that add up to one, ends the wrong way round."""
    with pytest.raises(InputError, match=message):
        break_even(net, DRAWS, [search])
