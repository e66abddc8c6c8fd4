"""The calendar: partial months, leap years and time since opening, counted on one's fingers."""

from __future__ import annotations

import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.timeline import DAYS_PER_MONTH, build_timeline, pre_months


def calendar(first: str, count: int, **launches: date) -> xr.Dataset:
    """Timeline of consecutive months."""
    return build_timeline(pd.date_range(first, periods=count, freq="MS"), launches)


def test_months_have_their_own_lengths_and_leap_years_theirs() -> None:
    """January to April: 31, 29, 31, 30 days in 2024; 28 in February 2023."""
    assert calendar("2024-01-01", 4, A=date(2024, 1, 1)).days.values.tolist() == [31, 29, 31, 30]
    assert calendar("2023-02-01", 1, A=date(2023, 2, 1)).days.values.tolist() == [28]


def test_a_service_that_opens_on_the_seventh_of_may_is_open_25_of_31_days() -> None:
    """7 to 31 May, both counted; nothing in April, all of June."""
    found = calendar("2024-04-01", 3, RKL=date(2024, 5, 7))
    assert found.open_share.sel(trust="RKL").values == pytest.approx([0.0, 25 / 31, 1.0])
    assert found.after_launch.sel(trust="RKL").values.tolist() == [False, True, True]


@pytest.mark.parametrize(("day", "open_days"), [(1, 29), (2, 28), (29, 1)])
def test_the_first_and_last_day_of_a_leap_february_count(day: int, open_days: int) -> None:
    """Opened on 1, 2 or 29 February 2024: 29, 28 or 1 days."""
    found = calendar("2024-02-01", 1, A=date(2024, 2, day))
    assert found.open_share.values.ravel() == pytest.approx([open_days / 29])


def test_time_since_launch_is_the_mean_over_the_open_days() -> None:
    """Opened on 7 May: 25 days with mean 12.5; June's 30 days lie 25 to 55 days after opening, mean 40."""
    found = calendar("2024-04-01", 3, RKL=date(2024, 5, 7)).months_since_launch.values.ravel()
    assert found == pytest.approx([0.0, 12.5 / DAYS_PER_MONTH, 40 / DAYS_PER_MONTH])


def test_each_trust_has_its_own_launch() -> None:
    """A opens in February, B in April, C before the data: whole months before are 1, 3 and 0."""
    found = calendar("2024-01-01", 5, A=date(2024, 2, 10), B=date(2024, 4, 1), C=date(2020, 1, 1))
    assert pre_months(found).values.tolist() == [1, 3, 0]
    assert (found.open_share.sel(trust="C") == 1).all()


def test_the_year_is_a_circle() -> None:
    """Mid-January is 15.5 days of 365.25 along it; a year later the angle differs by less than two days."""
    angle = calendar("2023-01-01", 13, A=date(2023, 1, 1)).year_angle.values
    assert angle[0] == pytest.approx(2 * np.pi * 15.5 / 365.25)
    assert (np.diff(angle[:12]) > 0).all()
    assert abs(angle[12] - angle[0]) < 2 * np.pi * 2 / 365.25


def test_nothing_that_pandas_has_deprecated_is_used() -> None:
    """A calendar that warns today stops working with the next pandas."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calendar("2024-01-01", 2, A=date(2024, 1, 1))
