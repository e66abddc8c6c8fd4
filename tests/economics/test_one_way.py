"""One-way sensitivity: exact re-evaluations on the same draws."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import one_way
from econ111.errors import InputError


@pytest.fixture
def parameters() -> xr.Dataset:
    """Five draws each; the mix is drawn jointly."""
    return xr.Dataset(
        {
            "small": ("sample", [1.0, 2.0, 3.0, 4.0, 5.0], {"unit": "GBP per call"}),
            "large": ("sample", [10.0, 20.0, 30.0, 40.0, 50.0]),
            "unused": ("sample", [1.0, 2.0, 3.0, 4.0, 5.0]),
            "constant": ("sample", [7.0] * 5),
            "given": 2.0,
            "mix": (("sample", "component"), [[0.5, 0.5], [0.4, 0.6], [0.3, 0.7], [0.6, 0.4], [0.5, 0.5]]),
        }
    )


def total(given: xr.Dataset) -> xr.DataArray:
    amount = given["small"] + given["large"] * given["given"] + given["constant"]
    return amount.drop_attrs().assign_attrs(unit="GBP", price_year="2024/25")


def test_each_parameter_is_fixed_at_its_own_bounds(parameters: xr.Dataset) -> None:
    """The result is small + 2 large + 7, with mean 3 + 60 + 7 = 70.

    Large at 10 gives 30 and at 50 gives 110; small at 1 gives 68 and at 5 gives 72.
    """
    table = one_way(total, parameters, level=1.0).set_index("parameter")
    assert table.loc["large", ["low_value", "high_value", "at_low", "at_high", "swing"]].tolist() == [
        10,
        50,
        30,
        110,
        80,
    ]
    assert table.loc["small", ["low_value", "high_value", "at_low", "at_high", "swing"]].tolist() == [1, 5, 68, 72, 4]
    assert (table["central"] == 70).all()
    assert (table["result_unit"] == "GBP").all() and (table["price_year"] == "2024/25").all()


def test_rows_are_sorted_by_swing_and_none_is_dropped(parameters: xr.Dataset) -> None:
    """The largest swing leads; what changes nothing, is constant or is drawn jointly is listed with its reason."""
    table = one_way(total, parameters)
    assert table["parameter"].tolist()[:3] == ["large", "small", "unused"]
    assert table.set_index("parameter")["status"].to_dict() == {
        "large": "varied",
        "small": "varied",
        "unused": "no effect",
        "constant": "fixed",
        "given": "fixed",
        "mix": "joint",
    }


def test_bounds_are_quantiles_of_the_parameters_own_draws() -> None:
    """0 to 1,000 in steps of 1: the 95 % bounds are 25 and 975."""
    draws = xr.Dataset({"a": ("sample", np.arange(1001.0))})
    row = one_way(lambda given: given["a"] * 3, draws, level=0.95).iloc[0]
    assert (row["low_value"], row["high_value"]) == pytest.approx((25, 975))
    assert (row["at_low"], row["at_high"]) == pytest.approx((75, 2925))


def test_a_product_is_evaluated_on_the_same_draws_exactly() -> None:
    """a is 1, 2, 3 and b is 10, 0, 2: a at 1 gives the mean of b, 4, and a at 3 gives 12; as drawn it is 16 / 3."""
    draws = xr.Dataset({"a": ("sample", [1.0, 2.0, 3.0]), "b": ("sample", [10.0, 0.0, 2.0])})
    row = one_way(lambda given: given["a"] * given["b"], draws, level=1.0).set_index("parameter").loc["a"]
    assert (row["at_low"], row["at_high"]) == (4, 12)
    assert row["central"] == pytest.approx(16 / 3)


def test_a_turning_point_does_not_hide_a_parameter() -> None:
    """a squared over -2 .. 2 is 4 at both ends and 2 on average: swing 2, not 0, and not called 'no effect'."""
    draws = xr.Dataset({"a": ("sample", [-2.0, -1.0, 0.0, 1.0, 2.0])})
    row = one_way(lambda given: given["a"] ** 2, draws, level=1.0).iloc[0]
    assert (row["status"], row["at_low"], row["at_high"], row["swing"]) == ("varied", 4, 4, 2)


def test_a_result_by_trust_is_ranked_within_each_trust(parameters: xr.Dataset) -> None:
    """For trust A only large matters, for B only small."""

    def by_trust(given: xr.Dataset) -> xr.DataArray:
        return xr.concat([given["large"], given["small"]], dim="trust").assign_coords(trust=["A", "B"])

    table = one_way(by_trust, parameters)
    first = table.groupby("trust", sort=False)["parameter"].first()
    assert first.to_dict() == {"A": "large", "B": "small"}
    assert len(table) == 12


def test_a_result_without_draws_or_draws_that_are_not_finite_are_refused() -> None:
    """The mean is taken here, after the transformation; NaN is not a parameter."""
    draws = xr.Dataset({"a": ("sample", [1.0, 2.0])})
    with pytest.raises(InputError, match="no 'sample' dim"):
        one_way(lambda given: given["a"].mean("sample"), draws)
    with pytest.raises(InputError, match="not finite: a"):
        one_way(lambda given: given["a"], draws * np.nan)
    with pytest.raises(InputError, match="no parameter"):
        one_way(lambda given: xr.DataArray([1.0], dims="sample"), xr.Dataset())
