"""Single calls to the call table: fourteen calls worked by hand, the same from every kind of file and engine."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from call_records import CALLS, HEADER, SPEC, WORKED, written

from econ111.activity import read_calls
from econ111.activity.records import (
    Aggregation,
    aggregate_frame,
    aggregate_records,
    load_records_spec,
    write_call_table,
)


def _counted(folder: Path, **changed: object) -> Aggregation:
    records, meaning = written(folder, **changed)  # type: ignore[arg-type]
    return aggregate_records(records, load_records_spec(meaning))


def _cells(made: Aggregation) -> dict[tuple[str, ...], str]:
    return {tuple(row[:4]): row[4] for row in made.table.itertuples(index=False)}


def _frame() -> pd.DataFrame:
    rows = [line.split(",") for line in CALLS]
    return pd.DataFrame(rows, columns=HEADER.split(","))


def test_fourteen_calls_are_counted_as_worked_by_hand(tmp_path: Path) -> None:
    """Two transfers (one exactly at sixty minutes, one over the end of a month), one unrecorded, one abandoned."""
    cells = _cells(_counted(tmp_path))
    assert {place: cells[place] for place in WORKED} == WORKED
    assert len(cells) == 2 * 2 * (2 * 8 + 1)  # trusts, months; eight measures a line, and transfers_in


def test_a_second_outside_a_window_is_outside(tmp_path: Path) -> None:
    """Windows of 61 minutes and 25 hours: call 4 becomes a transfer, call 11 a repeat; of 59 and 23, none is left."""
    wide = _counted(tmp_path, spec=SPEC.replace("minutes = 60", "minutes = 61").replace("hours = 24", "hours = 25"))
    april = wide.resolved.set_index(["trust", "month", "line"]).loc[("AAA", "2024-04", "mental")]
    assert april[["calls", "transfers_in", "repeats", "without_caller"]].tolist() == [7, 2, 3, 1]
    tight = _counted(tmp_path, spec=SPEC.replace("minutes = 60", "minutes = 59").replace("hours = 24", "hours = 23"))
    april = tight.resolved.set_index(["trust", "month", "line"]).loc[("AAA", "2024-04", "mental")]
    assert april[["transfers_in", "repeats"]].tolist() == [0, 0]


def test_repeats_are_counted_or_left_out_as_stated(tmp_path: Path) -> None:
    """Calls 9 and 10 repeat call 8: 7 offered or 5, self-care 3 or 1; the report says where they went."""
    kept, first = _counted(tmp_path), _counted(tmp_path, spec=SPEC.replace('"count"', '"first_only"'))
    place = ("AAA", "2024-04", "mental")
    assert [_cells(kept)[(*place, name)] for name in ("calls_offered", "self_care")] == ["7", "3"]
    assert [_cells(first)[(*place, name)] for name in ("calls_offered", "self_care")] == ["5", "1"]
    assert first.issues["what"].str.contains("2 calls were left out: they began within 24 hours").sum() == 1
    assert kept.resolved["repeats"].sum() == first.resolved["repeats"].sum() == 2


def test_every_call_is_accounted_for(tmp_path: Path) -> None:
    """14 = 12 counted + 1 after the period + 1 on a line left out; one call has no caller."""
    made = _counted(tmp_path)
    offered = [int(value) for place, value in _cells(made).items() if place[3] == "calls_offered" and value != "-"]
    said = made.issues["what"].tolist()
    assert sum(offered) == 12
    assert "1 calls were left out: they began after the period." in said
    assert "1 calls were left out: line 'TEST' is marked as left out." in said
    assert "1 of 12 calls have no caller, so that they can be neither transfers nor repeats." in said


def test_a_month_without_calls_is_not_supplied_and_never_zero(tmp_path: Path) -> None:
    """Beta's mental line has no call: `-` and a warning; Alpha's physical line none in May."""
    made = _counted(tmp_path)
    said = made.issues["what"]
    assert said.str.contains("BBB has no call on the mental line in 2 months (2024-04, 2024-05)", regex=False).any()
    assert said.str.contains("AAA has no call on the physical line in 1 month (2024-05)", regex=False).any()


def test_without_callers_transfers_are_not_supplied(tmp_path: Path) -> None:
    """All pseudonyms blank: no transfer can be seen, which is not the same as none."""
    calls = tuple(",".join([line.split(",")[0], "", *line.split(",")[2:]]) for line in CALLS)
    assert _cells(_counted(tmp_path, calls=calls))[("AAA", "2024-04", "mental", "transfers_in")] == "-"


def test_calls_of_one_second_are_taken_physical_first(tmp_path: Path) -> None:
    """Both calls at 10:00:00, the mental one first in the file: it is a transfer."""
    calls = ("1,p1,2024-04-10 10:00:00,Alpha,MH,an,CR,1", "2,p1,2024-04-10 10:00:00,Alpha,PH,an,Dx02,1")
    assert _cells(_counted(tmp_path, calls=calls))[("AAA", "2024-04", "mental", "transfers_in")] == "1"


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path) -> None:
    """The file backwards, with its columns backwards, semicolons between them and another case in the header."""
    straight = _counted(tmp_path)
    turned = [";".join(reversed(line.split(","))) for line in (HEADER.upper(), *reversed(CALLS))]
    back = _counted(tmp_path, calls=tuple(turned[1:]), header=turned[0])
    pd.testing.assert_frame_equal(straight.table, back.table)
    pd.testing.assert_frame_equal(straight.resolved, back.resolved)


@pytest.mark.parametrize("kind", ["text.parquet", "times.parquet", "calls.duckdb", "calls.xlsx", "calls.tsv"])
def test_every_kind_of_file_gives_the_same_table(tmp_path: Path, kind: str) -> None:
    """CSV = tabs = Parquet (text or timestamps) = table of a database = Excel, where midnight is stored as a date."""
    records, meaning = written(tmp_path)
    spec = load_records_spec(meaning)
    frame, path = _frame(), tmp_path / kind
    if kind.startswith("times"):
        frame = frame.assign(Started=pd.to_datetime(frame["Started"]), Talk=frame["Talk"].astype(float))
    if kind.endswith("parquet"):
        frame.to_parquet(path)
    elif kind.endswith("duckdb"):
        with duckdb.connect(str(path)) as connection:
            connection.register("frame", frame)
            connection.execute("CREATE TABLE calls AS SELECT * FROM frame")
    elif kind.endswith("tsv"):
        path.write_text(records.read_text(encoding="utf-8").replace(",", "\t"), encoding="utf-8")
    else:
        frame.assign(Started=pd.to_datetime(frame["Started"])).to_excel(path, index=False, sheet_name="calls")
    plain, other = aggregate_records(records, spec), aggregate_records(path, spec)
    pd.testing.assert_frame_equal(plain.table, other.table)
    pd.testing.assert_frame_equal(plain.resolved, other.resolved)


def test_a_loop_over_calls_finds_what_the_query_finds(tmp_path: Path) -> None:
    """600 synthetic calls by 11 callers, counted a second time by comparing every pair of calls."""
    dice = random.Random(1)
    lines = []
    for number in range(600):
        day, clock = divmod(dice.randrange(14 * 1440), 1440)
        started = f"2024-04-{day + 1:02d} {clock // 60:02d}:{clock % 60:02d}:00"
        lines.append(f"{number},p{dice.randrange(11)},{started},Alpha,{dice.choice(['PH', 'MH'])},an,CR,1")
    made = _counted(tmp_path, calls=tuple(lines)).resolved.set_index(["trust", "month", "line"])
    calls = [(line.split(",")[1], pd.Timestamp(line.split(",")[2]), line.split(",")[4]) for line in lines]
    hour, day_long = pd.Timedelta(minutes=60), pd.Timedelta(hours=24)
    physical = [(who, when) for who, when, line in calls if line == "PH"]
    transfers = sum(
        line == "MH" and any(who == caller and pd.Timedelta(0) <= at - when <= hour for who, when in physical)
        for caller, at, line in calls
    )
    repeats = sum(
        any(who == caller and other == line and pd.Timedelta(0) < at - when <= day_long for who, when, other in calls)
        for caller, at, line in calls
    )
    assert made["transfers_in"].sum() == transfers > 5
    assert made["repeats"].sum() == repeats > 50


def test_what_is_written_is_a_call_file(tmp_path: Path) -> None:
    """The table read back by the reader of call files, with an evaluation's eye for arithmetic: no error."""
    made = _counted(tmp_path)
    data = read_calls(write_call_table(made, tmp_path / "out" / "table.csv")).data
    april = data.sel(trust="AAA", month="2024-04-01", line="mental")
    assert april["calls_offered_low"].item() == 7
    assert april["transfers_in_low"].item() == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["table.csv"]


def test_the_query_is_the_same_on_spark(tmp_path: Path) -> None:
    """The one query on another engine, if one is installed here: a local Spark session."""
    pyspark_sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed here")
    _, meaning = written(tmp_path)
    spec = load_records_spec(meaning)
    session = pyspark_sql.SparkSession.builder.master("local[1]").getOrCreate()
    try:
        theirs = aggregate_frame(session.createDataFrame(_frame()), spec)
    finally:
        session.stop()
    pd.testing.assert_frame_equal(theirs.table, _counted(tmp_path).table)


def test_the_query_runs_on_a_relation_that_another_program_opened(tmp_path: Path) -> None:
    """A DuckDB relation handed over as a frame gives the table of the file."""
    _, meaning = written(tmp_path)
    with duckdb.connect() as connection:
        connection.register("frame", _frame())
        theirs = aggregate_frame(connection.table("frame"), load_records_spec(meaning))
    pd.testing.assert_frame_equal(theirs.table, _counted(tmp_path).table)


def test_a_workbook_of_several_sheets_is_read_from_calls(tmp_path: Path) -> None:
    """A sheet of notes beside it changes nothing."""
    records, meaning = written(tmp_path)
    path = tmp_path / "calls.xlsx"
    _frame().to_excel(path, index=False, sheet_name="calls")
    book = openpyxl.load_workbook(path)
    book.create_sheet("notes")["A1"] = "not calls"
    book.save(path)
    spec = load_records_spec(meaning)
    pd.testing.assert_frame_equal(aggregate_records(path, spec).table, aggregate_records(records, spec).table)


@pytest.mark.parametrize("name", ["calls [1].csv", "calls*.csv", "calls [1].parquet"])
def test_a_name_is_never_a_pattern_for_several_files(tmp_path: Path, name: str) -> None:
    """Brackets and stars in a name, with another file beside it that the pattern would have met."""
    folder = tmp_path / "trust=ZZZ"
    folder.mkdir()
    records, meaning = written(folder)
    spec = load_records_spec(meaning)
    plain = aggregate_records(records, spec)
    for other in ("calls 1", "calls2"):
        (folder / f"{other}{Path(name).suffix}").write_bytes(b"not this one")
    if name.endswith("csv"):
        (folder / name).write_bytes(records.read_bytes())
    else:
        _frame().to_parquet(folder / name)
    records.write_bytes(b"nor this one")
    pd.testing.assert_frame_equal(aggregate_records(folder / name, spec).table, plain.table)


def test_calls_either_side_of_midnight_on_31_march_are_in_two_years_of_account(tmp_path: Path) -> None:
    """23:59:59 on 31 March is March, 00:00:00 on 1 April is April, and one second is within any window."""
    calls = ("1,p1,2024-03-31 23:59:59,Alpha,PH,an,Dx02,1", "2,p1,2024-04-01 00:00:00,Alpha,MH,an,CR,1")
    spec = SPEC.replace('first = "2024-04"', 'first = "2024-03"').replace("minutes = 60", "minutes = 1")
    cells = _cells(_counted(tmp_path, calls=calls, spec=spec))
    assert cells[("AAA", "2024-03", "physical", "calls_offered")] == "1"
    assert cells[("AAA", "2024-04", "mental", "transfers_in")] == "1"
