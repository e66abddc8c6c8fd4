"""Months are read by a closed list of formats."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ111.activity import Problem, parse_month

APRIL = date(2024, 4, 1)


@pytest.mark.parametrize(
    "text",
    ["2024-04", "2024-04-01", "2024-04-01 00:00:00", "01/04/2024", "1/4/2024", "Apr-24", "apr-24", "Apr 2024",
     "Apr-2024", "April 2024", "20240401", "IUCADC-MONTHLY-APR-2024", "MSitAE-APRIL-2024"],
)  # fmt: skip
def test_every_accepted_format_means_april_2024(text: str) -> None:
    """`Apr-24` is not 24 April of year 1, `20240401` not 4 January, `01/04/2024` not 4 January."""
    assert parse_month(text) == APRIL


@pytest.mark.parametrize(
    "text",
    ["2024-04-02", "15/04/2024", "04/13/2024", "2023-02-29", "30/02/2024", "2024/25", "Q1 2024", "Apr 24", "24-Apr",
     "202404", "45383", "Apr-0001", "2999-01", "0001-04-24", "2009-12", "2036-01", "",
     "soon", "2024-13", "2024-04-01 12:00:00"],
)  # fmt: skip
def test_everything_else_is_refused_with_the_accepted_formats(text: str) -> None:
    """A partial month, a financial year, a day number and an impossible date each get a remedy."""
    read = parse_month(text)
    assert isinstance(read, Problem)
    assert "2024-04" in read.remedy or "year" in read.remedy


def test_a_month_before_the_day_is_recognised() -> None:
    """04/13/2024 has no month 13, so it was written as month/day/year."""
    read = parse_month("04/13/2024")
    assert isinstance(read, Problem)
    assert "month/day/year" in read.what


@given(st.dates(date(2010, 1, 1), date(2035, 12, 31)).map(lambda day: day.replace(day=1)))
def test_each_month_is_read_back_from_each_way_of_writing_it(month: date) -> None:
    """Written in eight ways by the standard library, read as the same month."""
    for style in ("%Y-%m", "%Y-%m-%d", "%d/%m/%Y", "%b-%y", "%b %Y", "%B %Y", "%Y%m%d", "IUCADC-MONTHLY-%b-%Y"):
        assert parse_month(month.strftime(style)) == month
