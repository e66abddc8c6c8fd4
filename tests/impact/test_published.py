"""Printed percentages: what their rounding allows, against sums anyone can repeat."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from econ111.impact.published import published_change, rounding_bounds
from econ111.specs.loading import load_spec
from econ111.specs.schema import Published, PublishedShare


def change(published: Published | None) -> pd.DataFrame:
    """Table of bounds by disposition."""
    assert published is not None
    return published_change(published).set_index("disposition")


def test_hampshire_gives_its_sums_back() -> None:
    """0.59 x 21,697 = 12,801 primary-care referrals; 0.003 x 21,697 = 65 to ED; 0.019 x 21,697 = 412 ambulances.

    69% is 68.5 to 69.5% and 10% is 9.5 to 10.5%, so between 0.58 and 0.60 x 21,697 = 12,584 to 13,018.
    """
    table = change(load_spec("hampshire-2021").published)
    care = table.loc["primary_care"]
    assert care.avoided_low < 12_801 < care.avoided_high
    assert (care.avoided_low, care.avoided_high) == pytest.approx((12_584.26, 13_018.2))
    assert table.loc["ed", "after_low"] < 65 < table.loc["ed", "after_high"]
    assert table.loc["ambulance", "after_low"] < 412 < table.loc["ambulance", "after_high"]
    assert (table.verdict == "not identifiable").all()


def test_more_self_care_is_a_negative_number_avoided() -> None:
    """11% to 88%: 0.77 x 21,697 = 16,707 more calls ended in self-care."""
    row = change(load_spec("hampshire-2021").published).loc["self_care"]
    assert row.avoided_low < -16_707 < row.avoided_high < 0


def test_what_was_not_printed_before_is_not_bounded() -> None:
    """No earlier ED share: no bound, and the reason says so."""
    row = change(load_spec("hampshire-2021").published).loc["ed"]
    assert math.isnan(row.avoided_low)
    assert math.isnan(row.avoided_high)
    assert "before" in row.reason


def test_the_claims_of_2015_sit_inside_their_rounding_only() -> None:
    """11.3 million triaged; "would have" 28.3% ED and 18% ambulance, sent 8.4% and 11.6%.

    More than 2.25 million and more than 0.75 million were claimed. Points: 0.199 x 11.3m = 2.249m and 0.064 x 11.3m =
    0.723m, both below the claim; bounds 2.237 to 2.260m and 0.661 to 0.785m, which hold it.
    """
    shares = (
        PublishedShare(disposition="ed", before_percent=28.3, after_percent=8.4, before_decimals=1, after_decimals=1),
        PublishedShare(disposition="ambulance", before_percent=18, after_percent=11.6, after_decimals=1),
    )
    table = change(Published(contacts_after=11_300_000, shares=shares, source="pq"))
    bounds = table[["avoided_low", "avoided_high"]] / 1e6
    assert bounds.loc["ed"].tolist() == pytest.approx([2.2374, 2.26])
    assert bounds.loc["ambulance"].tolist() == pytest.approx([0.66105, 0.78535])
    for name, claim, point in (("ed", 2.25, 2.249), ("ambulance", 0.75, 0.723)):
        assert bounds.loc[name, "avoided_low"] < point < claim < bounds.loc[name, "avoided_high"]


def test_a_percentage_stands_for_half_a_unit_either_way() -> None:
    """0.3 to one decimal is 0.25 to 0.35%; 0 and 100 do not go beyond themselves; a blank has no bounds."""
    assert rounding_bounds(0.3, 1) == pytest.approx((0.0025, 0.0035))
    assert rounding_bounds(0.0, 0) == pytest.approx((0.0, 0.005))
    assert rounding_bounds(100.0, 0) == pytest.approx((0.995, 1.0))
    assert all(math.isnan(end) for end in rounding_bounds(None, 0))


def test_two_printed_shares_are_no_evidence_even_with_both_counts() -> None:
    """With the earlier count printed too, there is still no control for whatever else changed."""
    share = PublishedShare(disposition="ed", before_percent=10, after_percent=5)
    row = change(Published(contacts_after=1000, contacts_before=900, shares=(share,), source="x")).loc["ed"]
    assert row.verdict == "not identifiable"
    assert "control" in row.reason
