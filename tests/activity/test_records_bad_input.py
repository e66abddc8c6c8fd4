"""Bad extracts of calls and the exact words that answer them; nothing is written, nothing is guessed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from call_records import CALLS, HEADER, SPEC, written
from hypothesis import HealthCheck, given, settings, strategies

from econ111.activity.records import aggregate_records, load_records_spec
from econ111.activity.records.faults import is_time
from econ111.errors import DataError, EnvironmentProblem

GOOD = "15,p9,2024-04-10 10:00:00,Alpha,PH,an,Dx02,10"
ROOT = Path(__file__).resolve().parents[2]


def _said(folder: Path, **changed: object) -> list[str]:
    """Every error of an extract, as a reader sees it."""
    records, meaning = written(folder, **changed)  # type: ignore[arg-type]
    with pytest.raises(DataError) as caught:
        aggregate_records(records, load_records_spec(meaning))
    return [str(issue) for issue in caught.value.issues]


def _with(line: str) -> tuple[str, ...]:
    return (*CALLS, line)


def test_a_misspelt_column_is_named_with_its_likely_meaning(tmp_path: Path) -> None:
    """`Pseudonim` in the header."""
    assert _said(tmp_path, header=HEADER.replace("Pseudonym", "Pseudonim")) == [
        "calls.csv row 1 (Pseudonym): there is no column 'Pseudonym'. Did you mean 'Pseudonim'? Correct [columns] "
        "caller or the header."
    ]


def test_a_repeated_call_id_is_named_with_its_first_row(tmp_path: Path) -> None:
    """Call 3 a second time, with another time and caller: row 4 has it first."""
    assert _said(tmp_path, calls=_with("3,p8,2024-04-11 10:00:00,Alpha,PH,an,Dx05,1")) == [
        "calls.csv row 4 (CallID): this call id stands 2 times; 1 rows in all repeat an id. Value: '3'. Keep one row "
        "per call; a call passed on has an id of its own."
    ]


@pytest.mark.parametrize(
    "text", ["10/04/2024 10:00", "Apr-24", "2024-02-30 10:00:00", "2023-02-29 10:00:00", "2024-04-10 24:00:00", "45392"]
)
def test_a_time_in_another_format_is_never_guessed(tmp_path: Path, text: str) -> None:
    """A British date, `Apr-24`, days that are in no calendar, hour 24 and a spreadsheet's day number: row 16."""
    assert _said(tmp_path, calls=_with(GOOD.replace("2024-04-10 10:00:00", text))) == [
        "calls.csv row 16 (Started): this time is not written as YYYY-MM-DD hh:mm:ss (1 calls in all are not). "
        f"Value: {text!r}. Write every time in the one format that time_format states; a date is never guessed."
    ]


@given(strategies.from_regex(r"(19|20)\d\d-\d\d-\d\d \d\d:\d\d:\d\d", fullmatch=True))
def test_a_time_is_in_the_calendar_exactly_when_the_calendar_says_so(text: str) -> None:
    """Against Python's own calendar, in both orders of day and month."""
    try:
        known = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").strftime("%Y-%m-%d %H:%M:%S") == text
    except ValueError:
        known = False
    british = f"{text[8:10]}/{text[5:7]}/{text[:4]}{text[10:]}"
    assert is_time(text, "YYYY-MM-DD hh:mm:ss") == is_time(british, "DD/MM/YYYY hh:mm:ss") == known
    assert not is_time(text, "YYYY-MM-DD hh:mm")


def test_a_blank_time_and_a_year_of_two_digits_are_refused(tmp_path: Path) -> None:
    """No start; and the year 24, which an engine reads as the first century."""
    assert (
        "is blank in 1 calls. Give every call its start"
        in _said(tmp_path, calls=_with(GOOD.replace("2024-04-10 10:00:00", "")))[0]
    )
    said = _said(tmp_path, calls=_with(GOOD.replace("2024-", "0024-")))
    assert said == [
        "calls.csv (Started): 1 calls have a year outside 2010 to 2035. Value: '24'. Correct the year; write it with "
        "four digits."
    ]


@pytest.mark.parametrize(("text", "what"), [("-5", "is negative in"), ('"1,234"', "is not a number in")])
def test_a_handling_time_below_zero_or_with_separators_is_refused(tmp_path: Path, text: str, what: str) -> None:
    """-5 seconds, and 1,234 with a comma."""
    assert _said(tmp_path, calls=_with(GOOD.removesuffix("10") + text)) == [
        f"calls.csv (Talk): {what} 1 calls. Write seconds as 245 or 245.5, without separators; a negative time means "
        "that a clock is wrong."
    ]


def test_unknown_codes_are_all_listed_with_their_calls(tmp_path: Path) -> None:
    """A trust in lower case, a line with a blank at its end, a new outcome and a new disposition, together."""
    said = _said(tmp_path, calls=_with("15,p9,2024-04-10 10:00:00,alpha,PH ,lost,Dx2,10"))
    assert [text.split(" Add it")[0] for text in said] == [
        "calls.csv (Advice): this disposition is not in the specification (1 calls). Value: 'Dx2'. "
        "Did you mean 'Dx02'?",
        "calls.csv (Line): this line is not in the specification (1 calls). Value: 'PH '. Did you mean 'PH'?",
        "calls.csv (Outcome): this outcome is not in the specification (1 calls). Value: 'lost'. Use one of: ab, an.",
        "calls.csv (Trust): this trust is not in the specification (1 calls). Value: 'alpha'. Did you mean 'Alpha'?",
    ]


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("Ref", ["943 476 5919", "4010232137"], "NHS numbers"),
        ("Ref", ["+44 20 7946 0123", "07700 900123"], "telephone numbers"),
        ("Ref", ["SW1A 1AA", "ec1a1bb"], "postcodes"),
        ("Ref", ["01/02/1980", "1999-12-31"], "dates of birth"),
        ("Ref", ["a.person@example.org", "b@example.org"], "email addresses"),
        ("Pseudonym", ["Ada Lovelace", "Mr. Brown"], "names"),
    ],
)
def test_identifiers_are_refused_by_what_they_look_like(
    tmp_path: Path, column: str, values: list[str], kind: str
) -> None:
    """Two values of each kind among fourteen calls: found, named by column, and never repeated in the message."""
    rows = [line.split(",") for line in CALLS]
    frame = pd.DataFrame(rows, columns=HEADER.split(","))
    frame[column] = [*values, *(f"x{number}" for number in range(len(rows) - len(values)))]
    frame.to_csv(tmp_path / "calls.csv", index=False)
    _, meaning = written(tmp_path / ".", calls=tuple(frame.apply(",".join, axis=1)), header=",".join(frame.columns))
    with pytest.raises(DataError) as caught:
        aggregate_records(tmp_path / "calls.csv", load_records_spec(meaning))
    (said,) = [str(issue) for issue in caught.value.issues]
    assert said == (
        f"calls.csv ({column}): 2 values look like {kind}. Delete the column, or put a pseudonym in its place; econ111 "
        "takes no direct identifiers."
    )
    assert not any(value in said for value in values)


@pytest.mark.parametrize("name", ["NHS Number", "PatientDOB", "caller_postcode", "Surname", "phoneNumber", "Name"])
def test_identifiers_are_refused_by_the_name_of_their_column(tmp_path: Path, name: str) -> None:
    """However the name is spelt, and whatever stands below it."""
    said = _said(tmp_path, header=f"{HEADER},{name}", calls=tuple(f"{line},x" for line in CALLS))
    assert said == [
        f"calls.csv row 1 ({name}): this column identifies people by its name. Delete it from the extract; give "
        "callers a pseudonym that nobody here can undo."
    ]


def test_pseudonyms_of_ten_digits_are_not_taken_for_nhs_numbers(tmp_path: Path) -> None:
    """1000000001 to 1000000200: one in eleven has the check digit, so that they are numbers like any other."""
    calls = tuple(f"{n},{1_000_000_000 + n},2024-04-10 10:00:00,Alpha,PH,an,Dx02,1" for n in range(1, 201))
    records, meaning = written(tmp_path, calls=calls)
    assert len(aggregate_records(records, load_records_spec(meaning)).table) > 0


def test_windows_text_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    """A pound sign of Windows-1252 in row 16; the same file in UTF-8 with a mark and Windows line ends."""
    records, meaning = written(tmp_path, calls=_with(GOOD))
    spec = load_records_spec(meaning)
    table = aggregate_records(records, spec).table
    text = records.read_text(encoding="utf-8")
    records.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    pd.testing.assert_frame_equal(aggregate_records(records, spec).table, table)
    records.write_bytes(text.replace("p9", "p\xa3").encode("cp1252"))
    with pytest.raises(DataError) as caught:
        aggregate_records(records, spec)
    assert str(caught.value) == (
        "calls.csv row 16: is not UTF-8 (byte 4 of this row). Save it as CSV (UTF-8); Windows-1252 is not guessed for "
        "records."
    )
    records.write_text(text, encoding="utf-16")
    with pytest.raises(DataError, match=r"row 1: is in UTF-16 or is not text\. Save it as CSV"):
        aggregate_records(records, spec)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("15,p9,2024-04-10 10:00:00,Alpha", "row 16: has 4 cells where the header has 8."),
        (GOOD + ",extra", "row 16: has 9 cells where the header has 8."),
        ('15,"p9,2024-04-10 10:00:00,Alpha,PH,an,Dx02,10', "row 16: a quotation mark opens or closes here"),
    ],
)
def test_a_row_that_is_not_a_row_is_named(tmp_path: Path, line: str, words: str) -> None:
    """Too few cells, too many, a quotation mark that never ends."""
    (said,) = _said(tmp_path, calls=_with(line))
    assert words in said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("calls.csv", b"", "calls.csv: is empty (zero bytes). Export it again."),
        ("calls.csv", HEADER.encode() + b"\n", "calls.csv: has column names but no rows. Export it again."),
        ("calls.csv", b"\n1,2\n", "row 1 is blank; it must hold the column names."),
        ("calls.csv", (HEADER + ",Line\n1\n").encode(), "names stand more than once. Keep one of each: line."),
        ("calls.csv", HEADER.replace(",", "\r", 1).encode(), "an open quotation mark or an old line end (CR)."),
        ("calls.csv", b"PK\x03\x04", "calls.csv: is an Excel workbook named as CSV. Rename it to end in .xlsx."),
        ("calls.parquet", b"not parquet", "calls.parquet: is named as Parquet and is not."),
        ("calls.parquet", b"PAR1 broken", "calls.parquet: is not a Parquet file that can be read."),
        ("calls.duckdb", b"nothing", "calls.duckdb: is not a DuckDB database that can be opened."),
        ("calls.xlsx", b"not a workbook", "calls.xlsx: is named as Excel but is not a workbook."),
        ("calls.xls", b"x", "calls.xls: files ending in '.xls' are not read."),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """Empty, header only, blank header, a name twice, and files that are not what their ending says."""
    _, meaning = written(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        aggregate_records(tmp_path / name, load_records_spec(meaning))
    assert words in str(caught.value)


def test_a_zip_bomb_and_an_odd_workbook_are_refused(tmp_path: Path) -> None:
    """A gigabyte of zeros in a megabyte; a formula without its result; two sheets of which none is `calls`."""
    _, meaning = written(tmp_path)
    spec = load_records_spec(meaning)
    path = tmp_path / "calls.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", "<x/>")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 250_000_000)
    with pytest.raises(DataError, match=r"unpack|zip"):
        aggregate_records(path, spec)
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append([*GOOD.split(",")[:-1], "=1+1"])
    book.save(path)
    with pytest.raises(DataError, match="holds a formula without a stored result"):
        aggregate_records(path, spec)
    book.create_sheet("more")
    book.save(path)
    with pytest.raises(DataError, match="Name the one to read 'calls'"):
        aggregate_records(path, spec)


def test_a_table_that_is_not_there_and_times_of_another_type_are_refused(tmp_path: Path) -> None:
    """A misspelt table; timestamps with a time zone; dates without a time."""
    import duckdb

    _, meaning = written(tmp_path)
    path = tmp_path / "calls.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE call AS SELECT 1 AS one")
    with pytest.raises(DataError, match=r"no such table\. Write table = .* Did you mean 'call'"):
        aggregate_records(path, load_records_spec(meaning))
    frame = pd.DataFrame([line.split(",") for line in CALLS], columns=HEADER.split(","))
    started = pd.to_datetime(frame["Started"])
    frame.assign(Started=started.dt.tz_localize("Europe/London")).to_parquet(tmp_path / "zone.parquet")
    with pytest.raises(DataError, match="not a time of the day by the clock on the wall"):
        aggregate_records(tmp_path / "zone.parquet", load_records_spec(meaning))
    frame.assign(Started=started.dt.date).to_parquet(tmp_path / "day.parquet")
    with pytest.raises(DataError, match="is of the type Date"):
        aggregate_records(tmp_path / "day.parquet", load_records_spec(meaning))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("repeat_hours = 24", "repeat_hour = 24", "no key 'windows.repeat_hour'. Did you mean 'repeat_hours'?"),
        ("repeat_hours = 24\n", "", "the key 'windows.repeat_hours' is missing. State it."),
        ("transfer_minutes = 60", "transfer_minutes = -1", "(windows.transfer_minutes): this value is refused."),
        ('PH = "physical"', 'PH = "phsical"', "records.toml (lines.PH): this value is refused. Value: 'phsical'."),
        ('Dx02 = "ed"', 'Dx02 = "eds"', "(dispositions.Dx02): this is no disposition. Value: 'eds'. Did you"),
        ('first = "2024-04"', 'first = "Apr-24"', "is written otherwise. Value: 'Apr-24'. Write it as 2024-04."),
        ('last = "2024-05"', 'last = "2024-03"', "the last month is before the first. Exchange them."),
        ('line = "Line"', 'line = "Trust"', "one column is given two meanings. Value: 'Trust'. Name another."),
        ("[windows]", "[windows", "is not readable TOML"),
        ('Alpha = "AAA"', 'Alpha = "=A1"', "records.toml (trusts.Alpha): this value is refused."),
        ("YYYY-MM-DD hh:mm:ss", "%Y", "records.toml (time_format): this value is refused."),
    ],
)  # fmt: skip
def test_a_specification_is_closed(tmp_path: Path, old: str, new: str, words: str) -> None:
    """A misspelt key, a missing one, values out of range, a line, disposition, month or column that cannot be."""
    assert old in SPEC
    _, meaning = written(tmp_path, spec=SPEC.replace(old, new))
    with pytest.raises(DataError) as caught:
        load_records_spec(meaning)
    assert words in str(caught.value)


def test_too_little_memory_is_said_so(tmp_path: Path) -> None:
    """One megabyte cannot hold the work; the message names the limit and the key."""
    records, meaning = written(tmp_path, spec=SPEC + '\n[engine]\nmemory_limit = "1MB"\n')
    with pytest.raises(EnvironmentProblem, match=r"does not fit in 1MB\. Give more in \[engine\] memory_limit"):
        aggregate_records(records, load_records_spec(meaning))


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "econ111", "aggregate", *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_command_writes_a_table_or_nothing(tmp_path: Path) -> None:
    """Good calls: exit 0 and a file. An unknown trust: exit 2, a message without a traceback, the old file intact."""
    records, meaning = written(tmp_path)
    out = tmp_path / "table.csv"
    done = _command(str(records), "--spec", str(meaning), "--out", str(out))
    assert done.returncode == 0, done.stderr
    first = out.read_bytes()
    assert first.startswith(b"trust,month,line,measure,value\nAAA,2024-04,physical,calls_offered,3\n")
    assert "do not publish it" in done.stdout
    written(tmp_path, calls=_with(GOOD.replace("Alpha", "Gamma")))
    failed = _command(str(records), "--spec", str(meaning), "--out", str(out))
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
    assert "this trust is not in the specification (1 calls). Value: 'Gamma'." in failed.stderr
    assert out.read_bytes() == first
    assert {path.name for path in tmp_path.iterdir()} == {"calls.csv", "records.toml", "table.csv"}


_ODD = ("", " ", "-1", "=1+1", "\u0000", "é", '"', '""', "a\rb", "2024-04-10", "1e5", "9" * 40, "\u202e", "NULL")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=strategies.data())
def test_a_spoilt_extract_is_counted_or_cleanly_refused(data: strategies.DataObject) -> None:
    """Any one cell replaced, its header included: every call is still accounted for, or a place and a remedy named."""
    lines = [HEADER, *CALLS]
    row = data.draw(strategies.integers(0, len(lines) - 1))
    cells = lines[row].split(",")
    spoilt = data.draw(strategies.sampled_from(_ODD) | strategies.text(max_size=6))
    cells[data.draw(strategies.integers(0, len(cells) - 1))] = spoilt
    lines[row] = ",".join(cells)
    with tempfile.TemporaryDirectory() as folder:
        records, meaning = written(Path(folder), calls=tuple(lines[1:]), header=lines[0])
        try:
            made = aggregate_records(records, load_records_spec(meaning))
        except DataError as refused:
            assert refused.issues
            assert all(issue.file and issue.what and issue.remedy for issue in refused.issues)
        else:
            assert made.resolved["calls"].sum() in (11, 12)
