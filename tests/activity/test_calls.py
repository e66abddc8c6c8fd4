"""The call file: every bad input is named with file, row, value and remedy, all of a file at once."""

from __future__ import annotations

import random
import tempfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from econ111.activity import (
    CELL_STATES,
    CallLayout,
    CellRule,
    TrustLayout,
    call_table_to_frame,
    check_file,
    read_calls,
    state_counts,
)
from econ111.errors import DataError, Issue

HEADER = "trust,month,line,measure,value"
MHSDS = CellRule(below=5, base=5, rounding="nearest")
LAYOUT = CallLayout(
    trusts={
        "RV5": TrustLayout(date(2024, 3, 15)),
        "RWK": TrustLayout(date(2024, 4, 2), rule=CellRule(below=5)),
    },
    categories={"GP urgent": ("primary_care",), "Signposted": ("self_care", "other")},
)
ROWS = [
    f"{trust},{month},{line},{measure},{value}"
    for trust in ("RV5", "RWK")
    for month in ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05")
    for line in ("physical", "mental")
    if line == "physical" or month >= ("2024-03" if trust == "RV5" else "2024-04")
    for measure, value in (
        ("calls_offered", 120),
        ("calls_answered", 100),
        ("calls_abandoned", 15),
        ("ed", 20),
        ("GP urgent", 30),
        ("Signposted", 25),
        ("unrecorded", 5),
    )
]


def _write(folder: Path, rows: list[str], header: str = HEADER) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def _errors(folder: Path, rows: list[str], header: str = HEADER, layout: CallLayout = LAYOUT) -> list[Issue]:
    with pytest.raises(DataError) as caught:
        read_calls(_write(folder, rows, header), layout)
    for issue in caught.value.issues:
        assert issue.file == "calls.csv"
        assert issue.remedy
    return list(caught.value.issues)


def _changed(row: int, old: str, new: str) -> list[str]:
    """The good rows with one file row (header is 1) changed."""
    rows = list(ROWS)
    assert old in rows[row - 2]
    before, _, after = rows[row - 2].rpartition(old)
    rows[row - 2] = before + new + after
    return rows


def test_a_good_file_becomes_the_call_table_without_issues(tmp_path: Path) -> None:
    """Two trusts, five months, two lines; before launch the mental line is not applicable."""
    reading = read_calls(_write(tmp_path, ROWS), LAYOUT)
    data = reading.data
    assert reading.issues.empty
    assert list(data["category"].values) == ["ed", "GP urgent", "Signposted"]
    assert data["month"].dtype == np.dtype("datetime64[ns]")
    assert data["calls_answered_state"].dtype == np.int8
    cell = {"trust": "RWK", "month": "2024-03-01", "line": "mental"}
    assert CELL_STATES[data["calls_answered_state"].sel(cell).item()] == "not_applicable"
    assert (
        CELL_STATES[data["transfers_in_state"].sel(trust="RV5", month="2024-01-01", line="physical").item()]
        == "not_supplied"
    )
    assert data["dispositions_low"].sel(trust="RV5", month="2024-04-01", line="mental", category="ed").item() == 20
    assert data["membership"].sel(category="Signposted").values.tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("row", "old", "new", "column", "words"),
    [
        (2, "RV5", "RV6", "trust", "Did you mean 'RV5'"),
        (2, "physical", "pyhsical", "line", "Did you mean 'physical'"),
        (2, "calls_offered", "calls_ofered", "measure", "Did you mean 'calls_offered'"),
        (2, "2024-01", "2024-01-15", "month", "day 15"),
        (2, "2024-01", "01/13/2024", "month", "month/day/year"),
        (2, ",120", ",-120", "value", "negative"),
        (2, ",120", ",120.5", "value", "fraction"),
        (2, ",120", ",59%", "value", "percentage"),
        (2, ",120", ',"1,20"', "value", "comma"),
        (2, ",120", ",*", "value", "[data.rules]"),
        (2, ",120", ",<5", "value", "[data.rules]"),
        (2, ",120", ",inf", "value", "not a count"),
        (2, "RV5", "England", "trust", "total"),
    ],
)
def test_a_bad_cell_is_named_with_row_column_value_and_remedy(
    tmp_path: Path, row: int, old: str, new: str, column: str, words: str
) -> None:
    """One changed cell gives one error, in its row and column, showing what stood there."""
    (issue,) = _errors(tmp_path, _changed(row, old, new))
    assert (issue.row, issue.column) == (row, column)
    assert issue.value == new.strip(',"')
    assert words in str(issue)


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    """A misspelt trust, a negative count, a bad month, a duplicate and referrals above calls: at once."""
    rows = list(ROWS)
    rows[0] = rows[0].replace("RV5", "RV6")
    rows[1] = rows[1].replace(",100", ",-100")
    rows[7] = rows[7].replace("2024-02", "Febuary")
    rows[17] = rows[17].replace("ed,20", "ed,400")
    rows.append(ROWS[20])
    found = _errors(tmp_path, rows)
    assert sorted(issue.row or 0 for issue in found) == [2, 3, 9, 17, len(rows) + 1]


def test_what_can_be_read_is_read(tmp_path: Path) -> None:
    """Thousands separators, `-`, other names of the month and the case of codes are no errors."""
    rows = _changed(2, ",120", ',"1,120"')
    rows[2] = rows[2].replace(",15", ",-")
    rows[0] = rows[0].replace("2024-01", "Jan-24").replace("RV5", "rv5")
    data = read_calls(_write(tmp_path, rows), LAYOUT).data.sel(trust="RV5", month="2024-01-01", line="physical")
    assert data["calls_offered_low"].item() == 1120
    assert CELL_STATES[data["calls_abandoned_state"].item()] == "not_supplied"


def test_a_hidden_count_keeps_its_bounds_under_a_declared_rule(tmp_path: Path) -> None:
    """RWK hides below 5: `*` is 0 to 4 and no zero is put in its place."""
    rows = [row.replace("ed,20", "ed,*") if row.startswith("RWK,2024-05,mental,ed") else row for row in ROWS]
    data = read_calls(_write(tmp_path, rows), LAYOUT).data.sel(
        trust="RWK", month="2024-05-01", line="mental", category="ed"
    )
    assert (data["dispositions_low"].item(), data["dispositions_high"].item()) == (0, 4)
    assert CELL_STATES[data["dispositions_state"].item()] == "suppressed"


def test_unknown_and_identifying_columns_are_refused(tmp_path: Path) -> None:
    """`valu` is near `value`; an NHS number has no place in a file of counts; months in columns need reshaping."""
    found = _errors(tmp_path, ["RV5,2024-04,mental,ed,5,x,y"], header="trust,month,line,measure,valu,NHS Number,Apr-24")
    text = "\n".join(str(issue) for issue in found)
    assert "Did you mean 'value'" in text
    assert "identify people" in text
    assert "months stand in columns" in text
    assert "there is no column 'value'" in text


def test_duplicates_show_both_rows(tmp_path: Path) -> None:
    """The same count twice repeats row 2; another count for the same cell is a conflict with row 2."""
    (exact,) = _errors(tmp_path, [*ROWS, ROWS[0]])
    assert "repeats row 2" in exact.what
    (conflict,) = _errors(tmp_path, [*ROWS, ROWS[0].replace(",120", ",121")])
    assert "'121' where row 2 gives '120'" in conflict.what


def test_a_missing_month_in_the_middle_is_an_error_unless_said_to_be_missing(tmp_path: Path) -> None:
    """RV5 without February on the physical line; a row with `-` for it is the remedy."""
    rows = [row for row in ROWS if not row.startswith("RV5,2024-02,physical")]
    (issue,) = _errors(tmp_path, rows)
    assert "2024-02" in issue.what
    assert "value is -" in issue.remedy
    told = read_calls(_write(tmp_path, [*rows, "RV5,2024-02,physical,calls_answered,-"]), LAYOUT)
    assert not (told.issues["severity"] == "error").any()
    assert np.isnan(told.data["calls_answered_low"].sel(trust="RV5", month="2024-02-01", line="physical").item())


def test_a_missing_month_at_the_end_is_a_warning(tmp_path: Path) -> None:
    """RV5 stops a month before RWK on the mental line: not supplied, and said."""
    reading = read_calls(_write(tmp_path, [row for row in ROWS if not row.startswith("RV5,2024-05,mental")]), LAYOUT)
    assert reading.issues["severity"].tolist() == ["warning"]
    assert "2024-05" in reading.issues["what"].item()


def test_a_trust_without_rows_is_an_error(tmp_path: Path) -> None:
    """Named in the evaluation and absent from the file."""
    (issue,) = _errors(tmp_path, [row for row in ROWS if row.startswith("RV5")])
    assert issue.value == "RWK"


def test_parts_beyond_their_whole_are_errors(tmp_path: Path) -> None:
    """100 answered + 25 abandoned > 120 offered; 60 + 30 + 25 + 5 = 120 referrals > 100 answered."""
    (issue,) = _errors(tmp_path, _changed(4, ",15", ",25"))
    assert "at least 125" in issue.what
    (issue,) = _errors(tmp_path, _changed(5, ",20", ",60"))
    assert "at least 120" in issue.what
    assert "rows 5, 6, 7, 8" in issue.what


def test_a_rounded_part_is_refused_only_when_no_true_count_would_do(tmp_path: Path) -> None:
    """Answered 10 may be 12; ed 5 and GP urgent 5 are at least 10: allowed. With ed 10, at least 13: refused."""
    layout = CallLayout({"RV5": TrustLayout(rule=MHSDS)}, categories={"GP urgent": ("primary_care",)})
    rows = [
        f"RV5,2024-04,physical,{name},{value}" for name, value in (("calls_answered", 10), ("ed", 5), ("GP urgent", 5))
    ]
    read_calls(_write(tmp_path, rows), layout)
    rows[1] = rows[1].replace(",5", ",10")
    (issue,) = _errors(tmp_path, rows, layout=layout)
    assert "at least 13" in issue.what


def test_calls_before_the_launch_are_an_error_and_zeros_are_not(tmp_path: Path) -> None:
    """RWK launches in April: 3 calls in March are refused; 0 becomes not applicable."""
    (issue,) = _errors(tmp_path, [*ROWS, "RWK,2024-03,mental,calls_answered,30"])
    assert "before its launch in 2024-04" in issue.what
    reading = read_calls(_write(tmp_path, [*ROWS, "RWK,2024-03,mental,calls_answered,0"]), LAYOUT)
    cell = reading.data["calls_answered_state"].sel(trust="RWK", month="2024-03-01", line="mental")
    assert CELL_STATES[cell.item()] == "not_applicable"


def test_a_launch_date_outside_the_data_is_an_error(tmp_path: Path) -> None:
    """The data end in May 2024; a launch in 2025 cannot be seen in them."""
    rows = [row for row in ROWS if "mental" not in row]
    late = {code: TrustLayout(date(2025, 1, 1)) for code in LAYOUT.trusts}
    found = _errors(tmp_path, rows, layout=CallLayout(late, LAYOUT.categories))
    assert {issue.value for issue in found if issue.column == "launch_date"} == {"2025-01-01"}


def test_merged_categories_are_one_whatever_their_order(tmp_path: Path) -> None:
    """`ED + Ambulance` is `ambulance+ed`, and may hold either disposition."""
    rows = [row.replace(",ed,", ",ED + Ambulance,") for row in ROWS]
    data = read_calls(_write(tmp_path, rows), LAYOUT).data
    assert data["membership"].sel(category="ambulance+ed").values.tolist() == [1, 1, 0, 0, 0, 0]


def test_unlikely_counts_are_warnings_and_change_nothing(tmp_path: Path) -> None:
    """A tenfold step, simultaneous zeros and a frozen series, each named."""
    months = [f"2024-{month:02d}" for month in range(1, 9)]
    rows = [f"{t},{m},physical,calls_answered,{0 if m == '2024-03' else 700}" for t in LAYOUT.trusts for m in months]
    rows += [f"RV5,{m},physical,ed,{200 if m == '2024-06' else 20}" for m in months if m != "2024-03"]
    rows += [f"RWK,{m},physical,ed,33" for m in months if m != "2024-03"]
    quiet = CallLayout({code: TrustLayout() for code in LAYOUT.trusts}, lines=("physical",))
    reading = read_calls(_write(tmp_path, rows), quiet)
    text = " ".join(reading.issues["what"])
    for words in ("is 0 in all 2 trusts in 2024-03", "from 20 in 2024-05 to 200", "are all 33"):
        assert words in text
    assert set(reading.issues["severity"]) == {"warning"}


def test_a_disposition_that_stands_in_two_categories_of_a_month_is_refused(tmp_path: Path) -> None:
    """20 ED dispositions and 9 ambulance-or-ED ones may share calls; nobody can tell, so neither is guessed."""
    rows = ["RV5,2024-01,physical,calls_answered,700", "RV5,2024-01,physical,ed,20"]
    rows += ["RV5,2024-01,physical,ambulance+ed,9", "RWK,2024-01,physical,calls_answered,700"]
    quiet = CallLayout({code: TrustLayout() for code in LAYOUT.trusts}, lines=("physical",))
    with pytest.raises(DataError, match=r"row 4.*alone and in 'ambulance\+ed'"):
        read_calls(_write(tmp_path, rows), quiet)


def test_a_file_can_be_checked_without_an_evaluation(tmp_path: Path) -> None:
    """Trusts and categories come from the file; hidden counts and own categories are warnings, misspellings errors."""
    rows = _changed(5, ",20", ",*")
    reading = check_file(_write(tmp_path, rows))
    assert reading.data.attrs["kind"] == "calls"
    assert list(reading.data["trust"].values) == ["RV5", "RWK"]
    assert set(reading.issues["severity"]) == {"warning"}
    cell = reading.data.sel(trust="RV5", month="2024-01-01", line="physical", category="ed")
    assert (cell["dispositions_low"].item(), np.isnan(cell["dispositions_high"].item())) == (0, True)
    broken = check_file(_write(tmp_path, _changed(2, "calls_offered", "calls_ofered")))
    assert broken.issues["severity"].iloc[0] == "error"
    empty = check_file(_write(tmp_path, []))
    assert "no rows" in empty.issues["what"].item()


def test_rows_outside_a_declared_period_are_left_out_and_noted(tmp_path: Path) -> None:
    """Months February to May: January's rows are left out."""
    layout = CallLayout(LAYOUT.trusts, LAYOUT.categories, months=(date(2024, 2, 1), date(2024, 5, 1)))
    reading = read_calls(_write(tmp_path, ROWS), layout)
    assert reading.data.sizes["month"] == 4
    assert reading.issues["severity"].tolist() == ["note"]


def test_excel_gives_the_same_table_as_csv(tmp_path: Path) -> None:
    """The same rows as a workbook with real dates and numbers."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(HEADER.split(","))
    for row in ROWS:
        trust, month, line, measure, value = row.split(",")
        year, number = map(int, month.split("-"))
        book.worksheets[0].append([trust, datetime(year, number, 1), line, measure, int(value)])
    book.save(tmp_path / "calls.xlsx")
    from_excel = read_calls(tmp_path / "calls.xlsx", LAYOUT).data
    xr.testing.assert_identical(from_excel.drop_attrs(), read_calls(_write(tmp_path, ROWS), LAYOUT).data.drop_attrs())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_columns_does_not_matter(seed: int) -> None:
    """Shuffled rows and columns give the identical table, with an evaluation and without."""
    order = random.Random(seed)
    rows = [row.split(",") for row in [HEADER, *ROWS]]
    body = order.sample(rows[1:], len(ROWS))
    columns = order.sample(range(5), 5)
    shuffled = [",".join(row[i] for i in columns) for row in [rows[0], *body]]
    with tempfile.TemporaryDirectory() as folder:
        for layout in (LAYOUT, None):
            plain = read_calls(_write(Path(folder), ROWS), layout).data
            other = read_calls(_write(Path(folder), shuffled[1:], shuffled[0]), layout).data
            xr.testing.assert_identical(plain, other)


def test_the_tidy_frame_and_the_state_counts_hold_every_cell(tmp_path: Path) -> None:
    """2 trusts x 5 months x 2 lines x (5 measures + 3 categories) = 160 cells; an exact count shows its value."""
    data = read_calls(_write(tmp_path, ROWS), LAYOUT).data
    frame = call_table_to_frame(data)
    assert len(frame) == 160
    assert list(frame.columns) == ["trust", "month", "line", "measure", "value", "low", "high", "state"]
    assert state_counts(data)[list(CELL_STATES)].to_numpy().sum() == 160
    assert frame.loc[frame["state"] == "observed", "value"].notna().all()
