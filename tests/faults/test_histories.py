"""What only the whole of a call file or a series shows: months to come, codes, definitions, zeros, and the season."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from reader_files import CALL_LINES, READERS

from econ111.activity import CallLayout, TrustLayout, read_calls
from econ111.activity.months import months_between
from econ111.activity.outcome_columns import read_outcome_columns
from econ111.errors import DataError
from faults.commands import Tell

HEADER = CALL_LINES[0]
TODAY = date(2024, 6, 3)
MONTHS = [f"{month:%Y-%m}" for month in months_between(date(2023, 1, 1), date(2024, 3, 1))]
LAUNCH = date(2023, 8, 9)


def _lines(code: str, *, months: list[str] = MONTHS, level: int = 100, **parts: list[int]) -> list[str]:
    """Calls that vary from month to month, half of them answered with advice; `parts` replace or add a measure."""
    counts = {
        "calls_answered": [level + 7 * (place % 5) for place in range(len(months))],
        "ed": [level // 5 + place % 3 for place in range(len(months))],
        "self_care": [level // 5 + place % 4 for place in range(len(months))],
    } | parts
    return [
        f"{code},{month},physical,{measure},{value}"
        for measure, values in counts.items()
        for month, value in zip(months, values, strict=True)
    ]


def _said(folder: Path, lines: list[str], *, launch: date | None = LAUNCH, today: date = TODAY) -> list[str]:
    """Warnings about a call file, but for those that its lack of a mental line makes."""
    (folder / "calls.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    codes = dict.fromkeys(line.split(",")[0] for line in lines)
    layout = CallLayout({code: TrustLayout(launch) for code in codes}, lines=("physical",))
    found = read_calls(folder / "calls.csv", layout, today=today).found
    assert {issue.severity for issue in found} <= {"warning"}
    return [str(issue) for issue in found if "every launch is in" not in issue.what]


def test_a_good_history_is_taken_in_silence(tmp_path: Path) -> None:
    """Two trusts of different levels with a launch in the middle: what every alarm below is compared with."""
    assert _said(tmp_path, [*_lines("RV5"), *_lines("RWK", level=160)]) == []


def test_a_month_that_has_not_come_is_said(tmp_path: Path, tell: Tell) -> None:
    """On 3 March 2024 a count of that month is of a part; on 3 November 2023 four months are still to come."""
    (part,) = _said(tmp_path, _lines("RV5"), today=date(2024, 3, 3))
    assert part == (
        "calls.csv row 16 (month): 2024-03 is not over on 2024-03-03, so that its counts are those of a part. Value: "
        "'2024-03'. Leave the month out until it is whole."
    )
    _, later = _said(tmp_path, _lines("RV5"), today=date(2023, 11, 3))
    assert "row 13 (month): 4 months with counts have not begun on 2023-11-03, the first 2023-12." in later
    path = READERS["calls"].put(tmp_path, "\n".join(CALL_LINES).replace("2024-03", "2035-12").encode())
    assert "have not begun on" in tell("check", path, "--no-copy").said


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([*_lines("RAL"), *_lines("RAP", level=160)], None),
        ([*_lines("RRP"), *_lines("TAF", level=160)], None),
        ([*_lines("RV5"), *_lines("RV501", level=160)], "RV501 reads like the code of a site of RV5"),
        ([*_lines("RV5"), *_lines("RWK")], "their calls are the same in each of 15 months"),
        (
            [*_lines("RV5", months=MONTHS[:9]), *_lines("RWK", months=MONTHS[9:], level=160)],
            "RV5 ends in 2023-09 and RWK begins the month after",
        ),
    ],
)
def test_one_trust_under_two_codes_is_an_alarm(tmp_path: Path, lines: list[str], why: str | None) -> None:
    """A site, the same counts, or a hand-over; a merger after the last month, in January 2025, is none yet."""
    said = [line for line in _said(tmp_path, lines) if "may be one trust" in line]
    assert len(said) == (why is not None)
    assert why is None or why in said[0]


def test_a_merger_within_the_data_is_an_alarm(tmp_path: Path) -> None:
    """North Middlesex (RAP) joined Royal Free (RAL) on 1 January 2025 by the table that ships."""
    months = [f"{month:%Y-%m}" for month in months_between(date(2024, 1, 1), date(2025, 3, 1))]
    lines = [*_lines("RAL", months=months), *_lines("RAP", months=months, level=160)]
    (said,) = _said(tmp_path, lines, launch=date(2024, 8, 1), today=date(2025, 6, 1))
    assert "RAL and RAP may be one trust: the succession table joins them from 2025-01-01." in said


def test_a_category_on_one_side_of_the_launch_only_is_an_alarm(tmp_path: Path) -> None:
    """`crisis_mh` is 30 to 32 a month after August 2023 and 0, or left out, before: the row and the mean are said."""
    used = [0 if month < "2023-09" else 30 + place % 3 for place, month in enumerate(MONTHS)]
    (zero,) = _said(tmp_path, _lines("RV5", level=300, crisis_mh=used))
    assert (
        "'crisis_mh' of RV5 on the physical line is used in 7 months, 31 calls a month, and 0 in every month " in zero
    )
    assert "before the launch. Value: 'crisis_mh'" in zero
    absent = [line for line in _lines("RV5", level=300, crisis_mh=used) if not line.endswith("crisis_mh,0")]
    assert "left out of every month before the launch" in _said(tmp_path, absent)[0]


def test_a_jump_of_the_recorded_share_at_launch_is_an_alarm(tmp_path: Path) -> None:
    """Advice is recorded for some 40 of 100 answered calls before, and for some 80 after; for 45, nothing is said."""
    for extra, alarmed in ((40, True), (5, False)):
        more = [(20 if month < "2023-08" else 20 + extra) + place % 4 for place, month in enumerate(MONTHS)]
        said = _said(tmp_path, _lines("RV5", self_care=more))
        assert [("the recorded share of RV5 on the physical line goes from" in line) for line in said] == [
            True
        ] * alarmed


def test_launches_with_the_season_are_said_unless_the_season_was_seen_twice(tmp_path: Path) -> None:
    """Both launches in April; 23 months before cannot tell, 24 can; nor is it said when one launch is in May."""
    for first, launches, alarmed in (
        (date(2022, 5, 1), (date(2024, 4, 2), date(2024, 4, 29)), True),
        (date(2022, 4, 1), (date(2024, 4, 2), date(2024, 4, 29)), False),
        (date(2022, 5, 1), (date(2024, 4, 2), date(2024, 5, 1)), False),
    ):
        months = [f"{month:%Y-%m}" for month in months_between(first, date(2024, 9, 1))]
        lines = [*_lines("RV5", months=months), *_lines("RWK", months=months, level=160)]
        (tmp_path / "calls.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        trusts = dict(zip(("RV5", "RWK"), map(TrustLayout, launches), strict=True))
        found = read_calls(tmp_path / "calls.csv", CallLayout(trusts, lines=("physical",))).found
        said = [issue.what for issue in found if "cannot be told from the effect" in issue.what]
        assert len(said) == alarmed
        assert all(what.startswith("every launch is in April and the data begin 23 months before") for what in said)


ONE_TRUST = [
    f"RV5,{month},{line},{measure},0"
    for month in ("2024-01", "2024-02", "2024-03")
    for line in ("physical", "mental")
    if line == "physical" or month == "2024-03"
    for measure in ("calls_offered", "calls_answered", "ed", "self_care", "unrecorded")
]


def test_one_provider_one_month_after_launch_and_nothing_but_zeros_is_refused(tmp_path: Path, tell: Tell) -> None:
    """By the reader with the launch and by the command line without: exit code 2, and why no model is fitted."""
    path = tmp_path / "calls.csv"
    path.write_text("\n".join([HEADER, *ONE_TRUST]) + "\n", encoding="utf-8")
    says = "row 2 (value): every count is 0 (20 counts), so that nothing can be estimated and no model is fitted."
    with pytest.raises(DataError, match="every count is 0"):
        read_calls(path, CallLayout({"RV5": TrustLayout(date(2024, 3, 1))}))
    told = tell("check", path, "--no-copy")
    assert told.code == 2
    assert says in told.said


@pytest.mark.parametrize(
    ("changed", "says"),
    [("mental,calls", "the physical line has no call in any trust and month"), ("calls", "every disposition is 0")],
)
def test_zeros_wherever_something_would_be_estimated_from_are_refused(tmp_path: Path, changed: str, says: str) -> None:
    """Calls on the mental line alone have nothing to be compared with; calls without advice say nothing of advice."""
    lines = [line[:-1] + "70" if changed in line else line for line in ONE_TRUST]
    (tmp_path / "calls.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=says):
        read_calls(tmp_path / "calls.csv")


def test_an_outcome_series_that_never_changes_is_said(tmp_path: Path) -> None:
    """Seventy attendances in each of eight months are more often a copied figure than a quiet department."""
    months = [f"2024-{month:02d}" for month in range(1, 9)]
    rows = [f"RV5,{month},70,{50 + place}" for place, month in enumerate(months)]
    path = tmp_path / "outcomes.csv"
    path.write_text("\n".join(["trust_code,period,ed,burns", *rows]) + "\n", encoding="utf-8")
    found = read_outcome_columns(path, ["ed", "burns"], succession=(), today=date(2024, 8, 20)).found
    assert {issue.what for issue in found} == {
        "2024-08 is not over on 2024-08-20, so that its counts are those of a part.",
        "ed of RV5 never changes: 70 in each of 8 months, 2024-01 to 2024-08.",
    }
