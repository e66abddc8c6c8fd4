"""Price years: hand-worked chains, editions, and what is refused."""

from __future__ import annotations

import dataclasses

import pytest
import xarray as xr

from econ111.errors import InputError
from econ111.parameters import Catalogue, load_catalogue
from econ111.prices import move_price, price_index, price_indices, price_move

NHSCII = "nhscii_pay_prices"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped parameters."""
    return load_catalogue()


@pytest.mark.parametrize(
    ("from_year", "factor"),
    [
        ("2014/15", 1.2951),
        ("2017/18", 1.2480),
        ("2019/20", 1.2026),
        ("2021/22", 1.1439),
        ("2022/23", 1.0659),
        ("2023/24", 1.0402),
    ],
)
def test_nhs_pay_and_prices_chain_as_worked_by_hand(from_year: str, factor: float) -> None:
    """From 2017/18: 1.016 x 1.0214 x 1.0249 x 1.0258 x 1.0732 x 1.0247 x 1.0402 = 1.2480; the others likewise."""
    move = price_move(from_year=from_year, to_year="2024/25", index=NHSCII, edition="2025")
    assert round(move.factor, 4) == factor


def test_the_deflator_moves_2022_23_to_2024_25_by_the_ratio_of_levels() -> None:
    """100 / 91.2996 = 1.0953, against 1.0659 by the NHS index: the choice is worth 2.8%."""
    moved = move_price(1000.0, from_year="2022/23", to_year="2024/25", index="gdp_deflator")
    assert round(moved, 2) == round(1000 * 100 / 91.2996, 2) == 1095.30
    by_nhs = move_price(1000.0, from_year="2022/23", to_year="2024/25", index=NHSCII)
    assert round(moved / by_nhs - 1, 3) == 0.028


def test_the_older_edition_makes_2023_24_dearer_by_1_8_percent() -> None:
    """4.31% was printed first and 2.47% a year later: 1.0431 / 1.0247 = 1.0180."""
    older, newer = (
        move_price(1.0, from_year="2022/23", to_year="2023/24", index=NHSCII, edition=edition)
        for edition in ("2024", "2025")
    )
    assert round(older / newer, 4) == 1.0180


@pytest.mark.parametrize(("index", "first", "revised"), [("nhscii_pay", 4.79, 2.18), ("nhscii_prices", 3.45, 2.98)])
def test_pay_and_prices_are_kept_apart_in_both_editions(index: str, first: float, revised: float) -> None:
    """Pay was first 4.79%, then 2.18%; prices 3.45%, then 2.98%."""
    for edition, change in (("2024", first), ("2025", revised)):
        move = price_move(from_year="2022/23", to_year="2023/24", index=index, edition=edition)
        assert move.factor == pytest.approx(1 + change / 100, abs=1e-12)


def test_the_newest_edition_is_used_when_none_is_named() -> None:
    """And the result says which it was."""
    assert price_move(from_year="2023/24", to_year="2024/25", index=NHSCII).edition == "2025"


def test_a_move_over_a_provisional_year_says_so() -> None:
    """2024/25 is provisional; a move that ends in 2023/24 does not lean on it."""
    assert price_move(from_year="2022/23", to_year="2024/25", index=NHSCII).provisional == ("2024/25",)
    assert price_move(from_year="2019/20", to_year="2023/24", index=NHSCII).provisional == ()
    assert "provisional: 2024/25" in str(price_move(from_year="2022/23", to_year="2024/25", index=NHSCII))


def test_moving_there_and_back_gives_the_same_amount() -> None:
    """The two factors are each other's inverse, and no move is a factor of one."""
    there = move_price(84.62, from_year="2017/18", to_year="2024/25", index="gdp_deflator")
    assert move_price(there, from_year="2024/25", to_year="2017/18", index="gdp_deflator") == pytest.approx(84.62)
    assert price_move(from_year="2023/24", to_year="2023/24", index=NHSCII).factor == 1.0


def test_derived_financial_years_follow_the_stated_rule(catalogue: Catalogue) -> None:
    """2023/24: 9/12 x 96.2507 + 3/12 x 100 = 97.1880; 2022/23 is published as 91.2996 over a mix of 91.9381: 96.5131.

    2017/18: 0.75 x 77.6367 + 0.25 x 79.1606 = 78.0177; the ratio is two thirds of the way from 0.98809 (2015/16) to
    0.98929 (2018/19), 0.98889: 77.151.
    """
    assert catalogue["gdp_deflator_fy_2023_24"].value == pytest.approx(97.188025 * 91.2996 / 91.93805, abs=1e-4)
    assert catalogue["gdp_deflator_fy_2017_18"].value == pytest.approx(77.151, abs=1e-3)
    derived = [p for p in catalogue.parameters.values() if p.index == "gdp_deflator" and p.status == "derived"]
    assert all(p.note.startswith("Derived") and p.confidence == "low" for p in derived)
    assert price_move(from_year="2023/24", to_year="2024/25", index="gdp_deflator").derived == ("2023/24",)


def test_every_year_from_2008_09_to_2024_25_has_a_deflator() -> None:
    """Seventeen financial years without a gap, so no shipped price year lacks one."""
    assert price_index("gdp_deflator").years == [f"{year}/{(year + 1) % 100:02d}" for year in range(2008, 2025)]


def test_draws_move_with_their_labels_and_say_their_new_price_year() -> None:
    """An array keeps its dims, unit and source; only the price year changes."""
    draws = xr.DataArray([100.0, 200.0], dims="sample", attrs={"unit": "GBP per call", "price_year": "2023/24"})
    moved = move_price(draws, from_year="2023/24", to_year="2024/25", index=NHSCII)
    assert moved.values == pytest.approx([104.02, 208.04])
    assert (moved.dims, moved.attrs["unit"], moved.attrs["price_year"]) == (("sample",), "GBP per call", "2024/25")
    assert moved.attrs["price_index"] == "nhscii_pay_prices, edition 2025"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"index": "gdp_deflater"}, "Did you mean 'gdp_deflator'?"),
        ({"edition": "2019"}, "Its editions are: 2026-03."),
        ({"to_year": "2031/32"}, "has no level for '2031/32'. Its years are: 2008/09"),
        ({"from_year": "2022-23"}, "a year is written 2024/25 or 2024"),
        ({"from_year": "2022/24"}, "a financial year ends in the next year: 2022/23"),
        ({"from_year": ""}, "a year is written"),
    ],
)
def test_what_is_not_there_is_refused_naming_what_is(change: dict[str, str], expected: str) -> None:
    """An index, an edition, a year outside the series, or a year written otherwise."""
    asked = {"from_year": "2022/23", "to_year": "2024/25", "index": "gdp_deflator", "edition": "2026-03"} | change
    with pytest.raises(InputError, match=r".") as caught:
        price_move(
            from_year=asked["from_year"], to_year=asked["to_year"], index=asked["index"], edition=asked["edition"]
        )
    assert expected in str(caught.value)


def test_a_chain_with_a_year_missing_is_refused_naming_the_year(catalogue: Catalogue) -> None:
    """A chained index cannot skip 2020/21 and pretend nothing happened."""
    kept = {name: p for name, p in catalogue.parameters.items() if name != "nhscii_pay_prices_2020_21"}
    with pytest.raises(InputError, match="has no change into 2020/21"):
        price_indices(dataclasses.replace(catalogue, parameters=kept))


def test_an_index_that_mixes_levels_and_changes_is_refused(catalogue: Catalogue) -> None:
    """One unit throughout an edition."""
    odd = dataclasses.replace(catalogue["gdp_deflator_fy_2022_23"], unit="percent")
    with pytest.raises(InputError, match="'percent' throughout"):
        price_indices(dataclasses.replace(catalogue, parameters={**catalogue.parameters, odd.name: odd}))
