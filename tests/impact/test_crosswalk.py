"""Re-expressing the mental line's mix: sums by hand, Dirichlet moments, and the gate on what is left unmapped."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.activity.crosswalk import TARGETS, Crosswalk
from econ111.activity.reading import DISPOSITIONS
from econ111.errors import InputError
from econ111.impact.crosswalk import check_unmapped, draw_crosswalk, re_expressed

MENTAL = [0.02, 0.03, 0.10, 0.30, 0.35, 0.20]
BEFORE = [0.10, 0.10, 0.40, 0.05, 0.15, 0.20]


def crosswalk(changes: dict[str, dict[str, float]], *, audit: dict[tuple[str, str], float] | None = None) -> Crosswalk:
    """Every category keeps its meaning but for the changes; worth 40 calls."""
    shares, counts = np.eye(6, 7), np.zeros((6, 7))
    for category, row in changes.items():
        shares[DISPOSITIONS.index(category)] = [row.get(name, 0.0) for name in TARGETS]
    for (category, disposition), calls in (audit or {}).items():
        counts[DISPOSITIONS.index(category), TARGETS.index(disposition)] = calls
    return Crosswalk(shares, np.full(6, 40.0), counts, "crosswalk.csv")


def mixes(samples: int) -> xr.DataArray:
    """The same mixes in every draw, of two trusts."""
    stages = np.array([[BEFORE] * 2, [BEFORE] * 2, [MENTAL] * 2])
    coords = {"stage": ["before", "after", "mental"], "trust": ["A", "B"], "disposition": list(DISPOSITIONS)}
    dims = ("sample", "stage", "trust", "disposition")
    return xr.DataArray(np.repeat(stages[None], samples, axis=0), dims=dims, coords=coords)


def test_the_same_meaning_changes_nothing() -> None:
    """Each category to itself: no uncertainty, no change."""
    matrix = draw_crosswalk(crosswalk({}), samples=10, seed=1)
    xr.testing.assert_allclose(re_expressed(mixes(10), matrix), mixes(10))


def test_a_mix_by_hand() -> None:
    """Half of crisis-team advice is primary care: .30 becomes .15 and .10 becomes .25, on average; the rest stays.

    Only the mental line is re-expressed, and every mix still adds up to 1.
    """
    matrix = draw_crosswalk(crosswalk({"crisis_mh": {"crisis_mh": 0.5, "primary_care": 0.5}}), samples=4000, seed=1)
    found = re_expressed(mixes(4000), matrix)
    mental = found.sel(stage="mental", trust="A").mean("sample")
    assert mental.values == pytest.approx([0.02, 0.03, 0.25, 0.15, 0.35, 0.20], abs=0.002)
    assert mental.values[[0, 1, 4, 5]] == pytest.approx([0.02, 0.03, 0.35, 0.20])
    xr.testing.assert_allclose(found.sel(stage="before"), mixes(4000).sel(stage="before"))
    np.testing.assert_allclose(found.sum("disposition"), 1.0)


def test_the_spread_is_that_of_a_beta_worth_forty_calls() -> None:
    """Share .9 worth 40: sd sqrt(.9 x .1 / 41) = .046852; the sd of 20,000 draws is within 2%."""
    matrix = draw_crosswalk(crosswalk({"ed": {"ed": 0.9, "ambulance": 0.1}}), samples=20_000, seed=1)
    kept = matrix.sel(category="ed", disposition="ed")
    assert float(kept.mean()) == pytest.approx(0.9, abs=0.002)
    assert float(kept.std()) == pytest.approx(0.046852, rel=0.02)


def test_an_audit_updates_by_counting() -> None:
    """.9 and .1 worth 40 are 36 and 4; 60 calls coded both ways, 30 of each: 66 and 34 of 100, mean .66, sd .04713."""
    given = crosswalk({"ed": {"ed": 0.9, "ambulance": 0.1}}, audit={("ed", "ed"): 30, ("ed", "ambulance"): 30})
    drawn = {name: draw_crosswalk(given, samples=20_000, seed=1, audited=name) for name in (True, False)}
    kept = {name: matrix.sel(category="ed", disposition="ed") for name, matrix in drawn.items()}
    assert float(kept[True].mean()) == pytest.approx(0.66, abs=0.002)
    assert float(kept[True].std()) == pytest.approx(np.sqrt(0.66 * 0.34 / 101), rel=0.02)
    assert float(kept[False].mean()) == pytest.approx(0.9, abs=0.002)


def test_a_share_of_nothing_stays_nothing_unless_the_audit_saw_it() -> None:
    """ED is never stated as self-care; the audit saw it once in a hundred."""
    given = crosswalk({"ed": {"ed": 1.0}}, audit={("ed", "ed"): 99, ("ed", "self_care"): 1})
    stated, audited = (draw_crosswalk(given, samples=2000, seed=1, audited=use) for use in (False, True))
    assert float(stated.sel(category="ed", disposition="self_care").max()) == 0.0
    assert 0 < float(audited.sel(category="ed", disposition="self_care").mean()) < 0.02


def test_changing_one_category_leaves_the_others_draws() -> None:
    """Rows have streams of their own: editing ED does not move the draws of crisis_mh."""
    row = {"crisis_mh": 0.8, "other": 0.2}
    one, other = (
        draw_crosswalk(crosswalk({"crisis_mh": row, "ed": {"ed": share, "ambulance": 1 - share}}), samples=5, seed=1)
        for share in (0.9, 0.7)
    )
    xr.testing.assert_equal(one.sel(category="crisis_mh"), other.sel(category="crisis_mh"))


def test_what_has_no_counterpart_is_other_and_is_gated() -> None:
    """All of self-care, .35, has no counterpart: other is .55. Above a limit of .5 nothing is computed."""
    matrix = draw_crosswalk(crosswalk({"self_care": {"unmapped": 1.0}}), samples=10, seed=1)
    mental = re_expressed(mixes(10), matrix).sel(stage="mental", trust="A").isel(sample=0)
    assert mental.sel(disposition="other").item() == pytest.approx(0.55)
    assert mental.sel(disposition="self_care").item() == 0.0
    check_unmapped(mixes(10), matrix, limit=0.6, file="crosswalk.csv")
    with pytest.raises(InputError, match=r"crosswalk.csv: more than 50% .* A 55% \(35% without a counterpart\)"):
        check_unmapped(mixes(10), matrix, limit=0.5, file="crosswalk.csv")
