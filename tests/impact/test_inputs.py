"""From a call file to the arrays of the model: which cells there are, what their groups are, and how they are bounded.

Trust AAA opens on 1 March 2024. A full return of 90 recorded calls of 100 answered, 10 unrecorded:
ed 20, ambulance 10, primary care 30, crisis 10, self-care 10, other 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from econ111.activity import CallLayout, CellRule, Reading, TrustLayout, read_calls
from econ111.errors import InputError
from econ111.impact.inputs import CallInputs, build_inputs
from econ111.timeline import build_timeline

DISPOSITIONS = ("ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other")
FULL: Mapping[str, object] = {
    "calls_answered": 100,
    "unrecorded": 10,
    **dict(zip(DISPOSITIONS, (20, 10, 30, 10, 10, 10), strict=True)),
}
MHSDS = CellRule(below=5, zero_included=True, base=5, rounding="nearest")
LAUNCH = date(2024, 3, 1)
BEFORE, AFTER, MENTAL = 0, 1, 2


def returned(counts: Mapping[str, object], *, month: str, line: str = "physical", trust: str = "AAA") -> list[str]:
    """Rows of a call file for one month."""
    return [f"{trust},{month},{line},{measure},{count}" for measure, count in counts.items()]


def without(*names: str) -> dict[str, object]:
    """The full return less some measures."""
    return {name: count for name, count in FULL.items() if name not in names}


def read(
    folder: Path,
    first: Sequence[str],
    *,
    launches: Mapping[str, date] | None = None,
    rule: CellRule | None = None,
    categories: Mapping[str, tuple[str, ...]] | None = None,
) -> Reading:
    """Read these rows of January 2024, with full returns of AAA for February and for March on both lines."""
    full = [row for month in ("2024-02", "2024-03") for row in returned(FULL, month=month)]
    rows = [*first, *full, *returned(FULL, month="2024-03", line="mental")]
    path = folder / "calls.csv"
    path.write_text("\n".join(["trust,month,line,measure,value", *rows]) + "\n", encoding="utf-8")
    trusts = {code: TrustLayout(launch, rule or CellRule()) for code, launch in (launches or {"AAA": LAUNCH}).items()}
    return read_calls(path, CallLayout(trusts, categories or {}))


def inputs_of(reading: Reading, launches: Mapping[str, date] | None = None) -> CallInputs:
    """The model's arrays of a reading."""
    return build_inputs(reading.data, build_timeline(reading.data.month.values, dict(launches or {"AAA": LAUNCH})))


def january(inputs: CallInputs) -> dict[str, np.ndarray]:
    """The one mix cell of January: its bounds and its groups."""
    cells = inputs.mix
    (place,) = np.flatnonzero((cells.month == 0) & (cells.trust == 0))
    named = {name: getattr(cells, name)[place] for name in ("stage", "low", "high", "membership", "exact")}
    return named | {"total": np.array([cells.total_low[place], cells.total_high[place]])}


def test_a_full_return_is_six_exact_groups_and_their_total(tmp_path: Path) -> None:
    """20 + 10 + 30 + 10 + 10 + 10 = 90 = 100 answered - 10 unrecorded."""
    inputs = inputs_of(read(tmp_path, returned(FULL, month="2024-01")))
    cell = january(inputs)
    assert cell["low"].tolist() == cell["high"].tolist() == [20, 10, 30, 10, 10, 10]
    assert cell["membership"].tolist() == np.eye(6).tolist()
    assert cell["total"].tolist() == [90, 90]
    assert cell["exact"]
    assert inputs.lost["unrecorded"].count.tolist() == [10] * 4
    assert inputs.lost["unrecorded"].total.tolist() == [100] * 4


def test_the_stage_of_a_cell_follows_line_and_launch_month(tmp_path: Path) -> None:
    """January and February are before 1 March; March is after on the physical line and `mental` on the other."""
    cells = inputs_of(read(tmp_path, returned(FULL, month="2024-01"))).mix
    found = sorted(zip(cells.month.tolist(), cells.stage.tolist(), strict=True))
    assert found == [(0, BEFORE), (1, BEFORE), (2, AFTER), (2, MENTAL)]


def test_a_launch_in_the_middle_of_a_month_makes_that_month_after(tmp_path: Path) -> None:
    """Opened on 20 February: that month's physical calls no longer count as before."""
    launches = {"AAA": date(2024, 2, 20)}
    rows = returned(FULL, month="2024-01") + returned(FULL, month="2024-02", line="mental")
    cells = inputs_of(read(tmp_path, rows, launches=launches), launches).mix
    found = sorted(zip(cells.month.tolist(), cells.stage.tolist(), strict=True))
    assert found == [(0, BEFORE), (1, AFTER), (1, MENTAL), (2, AFTER), (2, MENTAL)]


def test_ed_and_the_total_alone_make_two_groups(tmp_path: Path) -> None:
    """20 to ED; the other 100 - 10 - 20 = 70 are in one group of the five other dispositions."""
    cell = january(inputs_of(read(tmp_path, returned(without(*DISPOSITIONS[1:]), month="2024-01"))))
    assert cell["low"].tolist() == cell["high"].tolist() == [20, 70, 0, 0, 0, 0]
    assert cell["membership"][:2].tolist() == [[1, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1]]
    assert not cell["membership"][2:].any()
    assert cell["exact"]


def test_some_dispositions_without_unrecorded_calls_make_no_cell(tmp_path: Path) -> None:
    """Of 100 answered calls 20 went to ED; how many of the rest were recorded is unknown, so nothing is assumed."""
    inputs = inputs_of(read(tmp_path, returned({"calls_answered": 100, "ed": 20}, month="2024-01")))
    assert inputs.mix.month.tolist() == [1, 2, 2]
    assert inputs.volumes["physical"].low.tolist() == [100, 100, 100]


def test_all_dispositions_without_unrecorded_calls_are_their_own_total(tmp_path: Path) -> None:
    """Six counts that add to 90 are a whole row, whether or not the other 10 calls are explained."""
    cell = january(inputs_of(read(tmp_path, returned(without("unrecorded"), month="2024-01"))))
    assert cell["total"].tolist() == [90, 90]
    assert cell["exact"]


@pytest.mark.parametrize("missing", [("calls_answered",), ("calls_answered", "unrecorded")])
def test_all_dispositions_need_no_answered_calls(tmp_path: Path, missing: tuple[str, ...]) -> None:
    """Six counts that add to 90 say all there is to say of the mix, whatever else was not supplied."""
    cell = january(inputs_of(read(tmp_path, returned(without(*missing), month="2024-01"))))
    assert cell["total"].tolist() == [90, 90]
    assert cell["exact"]


def test_a_month_without_a_return_has_volumes_and_no_mix(tmp_path: Path) -> None:
    """Dispositions of January are `-`: no cell, and 100 answered calls all the same."""
    hidden = {name: "-" for name in (*DISPOSITIONS, "unrecorded")}
    inputs = inputs_of(read(tmp_path, returned({"calls_answered": 100} | hidden, month="2024-01")))
    assert inputs.mix.month.tolist() == [1, 2, 2]
    assert inputs.volumes["physical"].month.tolist() == [0, 1, 2]
    assert len(inputs.lost["unrecorded"].total) == 3


def test_rounded_counts_are_bounded_and_so_is_their_total(tmp_path: Path) -> None:
    """100 is 98 to 102 and 10 unrecorded 8 to 12, so 86 to 94 are recorded; the star is 0 to 4.

    The parts add to at least 18 + 0 + 28 + 8 + 8 + 8 = 70 and at most 22 + 4 + 32 + 12 + 12 + 12 = 94.
    """
    hidden = FULL | {"ambulance": "*"}
    inputs = inputs_of(read(tmp_path, returned(hidden, month="2024-01"), rule=MHSDS))
    cell = january(inputs)
    assert cell["low"].tolist() == [18, 0, 28, 8, 8, 8]
    assert cell["high"].tolist() == [22, 4, 32, 12, 12, 12]
    assert cell["total"].tolist() == [86, 94]
    assert not cell["exact"]
    assert not inputs.volumes["physical"].exact.any()
    assert (inputs.volumes["physical"].low[0], inputs.volumes["physical"].high[0]) == (98, 102)


def test_a_hidden_count_keeps_its_bounds_under_an_exact_total(tmp_path: Path) -> None:
    """Stars of 0 to 4 for ED; the rest of 90 is 86 to 90, and the total is exactly 90."""
    only_hides = CellRule(below=5)
    ed_and_total = {"calls_answered": 100, "unrecorded": 10, "ed": "*"}
    cell = january(inputs_of(read(tmp_path, returned(ed_and_total, month="2024-01"), rule=only_hides)))
    assert cell["low"][:2].tolist() == [0, 86]
    assert cell["high"][:2].tolist() == [4, 90]
    assert cell["total"].tolist() == [90, 90]


def test_categories_of_the_same_meaning_are_added(tmp_path: Path) -> None:
    """GP 12 and pharmacy 18 both mean primary care: one group of 30."""
    own = without("primary_care") | {"GP": 12, "Pharmacy": 18}
    categories = {"GP": ("primary_care",), "Pharmacy": ("primary_care",)}
    cell = january(inputs_of(read(tmp_path, returned(own, month="2024-01"), categories=categories)))
    groups = {
        tuple(row): (low, high) for row, low, high in zip(cell["membership"], cell["low"], cell["high"], strict=True)
    }
    assert groups[0, 0, 1, 0, 0, 0] == (30, 30)
    assert cell["total"].tolist() == [90, 90]


def test_a_sum_with_a_missing_part_is_not_known(tmp_path: Path) -> None:
    """AAA gives GP and pharmacy in January and GP alone in February: February's primary care joins the rest.

    Of February's 90 recorded calls 60 are in five known groups, so the rest, primary care, holds 30: not 12.
    """
    own = without("primary_care") | {"GP": 12, "Pharmacy": 18}
    part = without("primary_care") | {"GP": 12, "Pharmacy": "-"}
    categories = {"GP": ("primary_care",), "Pharmacy": ("primary_care",)}
    path = tmp_path / "calls.csv"
    rows = [*returned(own, month="2024-01"), *returned(part, month="2024-02"), *returned(own, month="2024-03")]
    rows += returned(own, month="2024-03", line="mental")
    path.write_text("\n".join(["trust,month,line,measure,value", *rows]) + "\n", encoding="utf-8")
    cells = inputs_of(read_calls(path, CallLayout({"AAA": TrustLayout(LAUNCH)}, categories))).mix
    (place,) = np.flatnonzero(cells.month == 1)
    of_primary_care = cells.membership[place][:, 2] == 1
    assert cells.low[place][of_primary_care].tolist() == [30]
    assert cells.total_low[place] == cells.total_high[place] == 90


def test_a_merged_category_is_one_group_and_overlaps_are_refused(tmp_path: Path) -> None:
    """`ambulance+ed` of 30 covers two dispositions; beside it `ed` cannot stand, and nobody can tell which is right."""
    merged = without("ed", "ambulance") | {"ambulance+ed": 30}
    cell = january(inputs_of(read(tmp_path, returned(merged, month="2024-01"))))
    place = cell["membership"].tolist().index([1, 1, 0, 0, 0, 0])
    assert cell["low"][place] == 30
    own = without("ed", "ambulance", "self_care") | {"Urgent": 25, "At home": 15}
    overlapping = {"Urgent": ("ed", "ambulance"), "At home": ("ambulance", "self_care")}
    with pytest.raises(InputError, match="cover the same disposition"):
        inputs_of(read(tmp_path, returned(own, month="2024-01"), categories=overlapping))


def test_counts_that_stop_short_of_their_total_are_announced(tmp_path: Path) -> None:
    """100 answered less 5 unrecorded is 95, the six dispositions add to 90: 5 calls are in neither."""
    reading = read(tmp_path, returned(FULL | {"unrecorded": 5}, month="2024-01"))
    assert january(inputs_of(reading))["total"].tolist() == [90, 90]
    assert reading.issues.what.str.contains("dispositions and unrecorded calls add to at most").sum() == 1


def test_a_line_without_volumes_is_refused(tmp_path: Path) -> None:
    """Dispositions alone on the mental line: no calls to multiply them with."""
    data = read(tmp_path, returned(FULL, month="2024-01")).data.copy(deep=True)
    for end in ("low", "high"):
        data[f"calls_answered_{end}"].loc[{"line": "mental"}] = np.nan
    timeline = build_timeline(data.month.values, {"AAA": LAUNCH})
    with pytest.raises(InputError, match="No answered calls were supplied on the mental line"):
        build_inputs(data, timeline)


def test_a_stage_without_dispositions_is_refused(tmp_path: Path) -> None:
    """No mix of the mental line: there is nothing to compare."""
    data = read(tmp_path, returned(FULL, month="2024-01")).data.copy(deep=True)
    for end in ("low", "high"):
        data[f"dispositions_{end}"].loc[{"line": "mental"}] = np.nan
    timeline = build_timeline(data.month.values, {"AAA": LAUNCH})
    with pytest.raises(InputError, match="No dispositions were returned for: mental"):
        build_inputs(data, timeline)
