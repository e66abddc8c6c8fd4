"""Work in passes gives what work at one go gives, to the last digit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from economics.test_staffing import LINE

from econ111 import passes as rooms
from econ111.economics.staffing import line_cost
from econ111.passes import passes
from econ111.run.estimates import monthly_table


@pytest.mark.parametrize(("length", "each"), [(41, 700_000), (12, 3_999_999), (1, 5_000_000), (200, 96_000), (7, 1)])
def test_passes_cover_a_dim_once_and_keep_to_the_limit(length: int, each: int) -> None:
    """In order, without gap or overlap; more than the limit only where a single place is."""
    some = list(passes(length, each=each))
    assert [place for one in some for place in range(length)[one]] == list(range(length))
    assert all((one.stop - one.start) * each <= rooms.NUMBERS_AT_ONCE or one.stop - one.start == 1 for one in some)
    assert max(one.stop - one.start for one in some) - min(one.stop - one.start for one in some) <= 1


def test_a_line_staffed_trust_by_trust_costs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three trusts in three passes, against one pass: every figure, unit and price year."""
    calls = xr.DataArray([[9000.0, 20000.0, 500.0]], coords={"trust": ["A", "B", "C"]}, dims=("sample", "trust"))
    whole = line_cost(calls, LINE)
    monkeypatch.setattr(rooms, "NUMBERS_AT_ONCE", 1)
    xr.testing.assert_identical(line_cost(calls, LINE), whole)


def test_months_summed_up_one_by_one_make_the_same_table() -> None:
    """Twelve months at one go, and in twelve parts."""
    rng = np.random.default_rng(3)
    coords = {
        "estimand": ["same_calls", "displaced"], "trust": ["A", "B", "C"], "month": np.arange(12),
        "disposition": ["ed", "other"],
    }  # fmt: skip
    shape = (50, *map(len, coords.values()))
    pair = xr.Dataset(
        {name: (("sample", *coords), rng.normal(size=shape)) for name in ("without_service", "with_service")}, coords
    )
    months = [f"2024-{month:02d}" for month in range(1, 13)]
    parts = (pair.isel(month=[place]) for place in range(12))
    pd.testing.assert_frame_equal(monthly_table(parts, months), monthly_table([pair], months), check_exact=True)
