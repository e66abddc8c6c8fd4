"""Price years and discounting against tests/truth/price_years.csv, where every figure has its sum beside it."""

from __future__ import annotations

import pytest
import xarray as xr
from economics.worked import PENNY, worked

from econ111.economics import present_value
from econ111.errors import InputError
from econ111.prices import move_price, move_price_split

HAND = worked("price_years.csv")
NHS = {
    "deflator": "gdp_deflator",
    "pay_and_prices": "nhscii_pay_prices",
    "pay": "nhscii_pay",
    "prices": "nhscii_prices",
}


def year(text: str) -> str:
    return text.replace("_", "/")


@pytest.mark.parametrize(("case", "step"), [key for key in HAND if key[0] in NHS])
def test_every_move_is_met_to_the_penny(case: str, step: str) -> None:
    """GBP 1,000 forwards and backwards by the deflator, and by each NHS index of edition 2025."""
    start, _, end = step.partition("_to_")
    edition = None if case == "deflator" else "2025"
    moved = move_price(1000.0, from_year=year(start), to_year=year(end), index=NHS[case], edition=edition)
    assert moved == pytest.approx(HAND[case, step], abs=PENNY)


def test_pay_and_prices_are_moved_apart_and_added() -> None:
    """70 % pay and 30 % prices: between the two indices, and neither of them."""
    moved = move_price_split(1000.0, from_year="2022/23", to_year="2024/25", pay_share=0.7, edition="2025")
    assert moved == pytest.approx(HAND["split", "70_pay_30_prices_2022_23_to_2024_25"], abs=PENNY)
    with pytest.raises(InputError, match="from 0 to 1"):
        move_price_split(1000.0, from_year="2022/23", to_year="2024/25", pay_share=70.0)


@pytest.mark.parametrize(("step", "rate"), [("3_5", 0.035), ("3_0", 0.03), ("1_5", 0.015)])
def test_an_amount_two_years_on_is_divided_twice(step: str, rate: float) -> None:
    """GBP 1,000 in year 3 at the three rates."""
    third = xr.DataArray([0.0, 0.0, 1000.0], coords={"year": [1, 2, 3]}, dims="year")
    assert present_value(third, rate=rate).item() == pytest.approx(HAND["discount", f"year_3_at_{step}"], abs=PENNY)


def test_five_years_of_the_same_amount() -> None:
    """GBP 1,000 a year for five years at 3.5 %; at 0 %, GBP 5,000."""
    yearly = xr.DataArray([1000.0] * 5, coords={"year": [1, 2, 3, 4, 5]}, dims="year")
    assert present_value(yearly, rate=0.035).item() == pytest.approx(HAND["discount", "five_years_at_3_5"], abs=PENNY)
    assert present_value(yearly, rate=0.0).item() == 5000.0


def test_money_of_each_year_is_not_discounted_at_a_real_rate() -> None:
    """Nominal amounts, and years with a gap, are refused."""
    nominal = xr.DataArray([1.0], coords={"year": [1]}, dims="year", attrs={"price_basis": "nominal"})
    with pytest.raises(InputError, match="money of each year"):
        present_value(nominal, rate=0.035)
    with pytest.raises(InputError, match="needs 1, 2, 3"):
        present_value(xr.DataArray([1.0, 1.0], coords={"year": [1, 3]}, dims="year"), rate=0.035)
