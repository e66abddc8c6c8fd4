"""`econ111 check`: every problem at once, in plain words, and beside its cell in a copy that nothing can run from."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from econ111.activity import check_file, read_calls
from econ111.own_calls import ask, write_marked_copy, write_templates
from econ111.resources import shipped_model
from econ111.run.checking import check_evaluation

HEADER = "trust,month,line,measure,value"


def calls_csv(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """A call file of the given rows."""
    path = folder / "calls.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def calls_book(folder: Path, *rows: tuple[object, ...], sheet: str = "calls") -> Path:
    """The same as a workbook with a second sheet."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    book.active.append(HEADER.split(","))
    for row in rows:
        book.active.append(row)
    book.create_sheet("notes")["A1"] = "mine"
    path = folder / "calls.xlsx"
    book.save(path)
    return path


def marked(path: Path) -> Path:
    """The marked copy of a checked file."""
    copy = write_marked_copy(path, check_file(path).found)
    assert copy is not None
    return copy


def rows_of(copy: Path) -> list[list[str]]:
    """A CSV copy as it is read back."""
    return list(csv.reader(io.StringIO(copy.read_text(encoding="utf-8-sig"))))


def test_each_problem_of_a_csv_stands_in_its_row(tmp_path: Path) -> None:
    """A fraction in row 3, a day number in row 4, the same unknown line in rows 5 and 6; row 2 is good."""
    path = calls_csv(
        tmp_path,
        "RV5,2024-04,physical,calls_answered,100",
        "RV5,2024-04,physical,ed,2.5",
        "RV5,45383,physical,ambulance,4",
        "RV5,2024-04,telephone,other,4",
        "RV5,2024-04,telephone,self_care,4",
    )
    before = path.read_bytes()
    rows = rows_of(marked(path))
    assert rows[0] == [*HEADER.split(","), "problem"]
    assert [bool(row[-1]) for row in rows[1:]] == [False, True, True, True, True]
    assert "ERROR: this value is a fraction" in rows[2][-1]
    assert "day number" in rows[3][-1]
    assert rows[4][-1] == rows[5][-1]
    assert [row[:5] for row in rows] == [line.split(",") for line in before.decode().splitlines()]
    assert path.read_bytes() == before


def test_each_problem_of_a_workbook_stands_on_its_cell(tmp_path: Path) -> None:
    """E3 is filled and its comment says what and how; B4 too; E2 is as it was; the sheet problems lists both."""
    path = calls_book(
        tmp_path,
        ("RV5", "2024-04", "physical", "calls_answered", 100),
        ("RV5", "2024-04", "physical", "ed", 2.5),
        ("RV5", 45383, "physical", "ambulance", 4),
    )
    book = openpyxl.load_workbook(marked(path))
    sheet = book["calls"]
    assert {cell.coordinate for row in sheet for cell in row if cell.comment} == {"E3", "B4"}
    assert sheet["E3"].fill.fgColor.rgb.endswith("F4B6A6")
    assert "fraction" in sheet["E3"].comment.text
    assert "Write a whole number" in sheet["E3"].comment.text
    assert [row[0] for row in book["problems"].iter_rows(min_row=2, values_only=True)] == ["error", "error"]
    assert book["notes"]["A1"].value == "mine"


def test_marks_and_the_list_of_problems_can_be_read(tmp_path: Path) -> None:
    """A white heading turns black under its mark; the list wraps, keeps its heading in sight, prints one page wide."""
    path = calls_book(tmp_path, ("RV5", "2024-04", "physical", "ed", 2.5), ("RV5", "2024-06", "physical", "ed", 2))
    book = openpyxl.load_workbook(path)
    for cell in book["calls"][1]:
        cell.font = openpyxl.styles.Font(color="FFFFFFFF", bold=True)
    book.save(path)
    book = openpyxl.load_workbook(marked(path))
    filled = [cell for row in book["calls"] for cell in row if cell.comment]
    assert filled
    assert any(cell.row == 1 for cell in filled)
    assert all(cell.font.color.rgb == "FF000000" for cell in filled)
    listed = book["problems"]
    assert all(cell.alignment.wrap_text for row in listed.iter_rows(min_row=2) for cell in row)
    longest = max(range(2, listed.max_row + 1), key=lambda row: max(len(str(cell.value)) for cell in listed[row]))
    assert listed.row_dimensions[longest].height >= 30, "a text of two lines is not covered by the next row"
    assert (listed.freeze_panes, listed.page_setup.fitToHeight) == ("A2", 0)


def test_a_copy_can_be_mended_and_read(tmp_path: Path) -> None:
    """The column of problems and the sheet of problems are left out, with a note; the mended counts are read."""
    good = ("RV5", "2024-04", "physical", "calls_answered", 100)
    copy = marked(calls_book(tmp_path, good, ("RV5", "2024-04", "physical", "ed", 2.5)))
    book = openpyxl.load_workbook(copy)
    book["calls"]["E3"].value = 2
    book.save(copy)
    assert read_calls(copy).data.dispositions_low.max().item() == 2
    text = marked(calls_csv(tmp_path, ",".join(map(str, good)), "RV5,2024-04,physical,ed,2.5"))
    mended = tmp_path / "mended.csv"
    mended.write_text(text.read_text(encoding="utf-8-sig").replace("2.5", "2"), encoding="utf-8")
    reading = read_calls(mended)
    assert reading.data.dispositions_low.max().item() == 2
    assert reading.issues.what.str.contains("what a check found before").any()


def test_a_second_check_clears_the_marks_of_the_first(tmp_path: Path) -> None:
    """E3 is mended and E4 is not: in the second copy only E4 is marked, and somebody's own comment stays."""
    rows = [("RV5", "2024-04", "physical", name, 2.5) for name in ("ed", "other")]
    copy = marked(calls_book(tmp_path, ("RV5", "2024-04", "physical", "calls_answered", 100), *rows))
    book = openpyxl.load_workbook(copy)
    book["calls"]["E3"].value = 2
    book["calls"]["A2"].comment = Comment("ask Jo", "Jo")
    book.save(copy)
    again = marked(copy)
    assert again.name == "calls-checked-2.xlsx"
    sheet = openpyxl.load_workbook(again)["calls"]
    assert {cell.coordinate for row in sheet for cell in row if cell.comment} == {"A2", "E4"}
    assert sheet["E3"].fill.fill_type is None


def test_no_copy_is_written_over_and_none_is_made_of_a_good_file(tmp_path: Path) -> None:
    """Three checks make calls-checked, -2 and -3; a file without problems makes none."""
    path = calls_csv(tmp_path, "RV5,2024-04,physical,ed,2.5")
    names = [marked(path).name for _ in range(3)]
    assert names == ["calls-checked.csv", "calls-checked-2.csv", "calls-checked-3.csv"]
    good = calls_csv(tmp_path, "RV5,2024-04,physical,calls_answered,100")
    assert write_marked_copy(good, check_file(good).found) is None


def test_nothing_in_a_copy_runs(tmp_path: Path) -> None:
    """`=cmd()` in a cell, `@SUM` as a measure: text in both copies; the mark - and the number -5 stay as they are."""
    rows = [
        ("=cmd()", "2024-04", "physical", "calls_answered", "100"),
        ("RV5", "2024-04", "physical", "@SUM(1)", "-"),
        ("RV5", "2024-04", "physical", "ed", "-5"),
    ]
    copy = rows_of(marked(calls_csv(tmp_path, *(",".join(row) for row in rows))))
    assert (copy[1][0], copy[2][3], copy[2][4], copy[3][4]) == ("'=cmd()", "'@SUM(1)", "-", "-5")
    path = calls_book(tmp_path, *rows)
    book = openpyxl.load_workbook(marked(path))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    xml = zipfile.ZipFile(path.with_name("calls-checked.xlsx"))
    assert not any(b"<f>" in xml.read(name) for name in xml.namelist() if "worksheets" in name)


def test_a_formula_is_read_by_its_stored_value_with_a_warning(tmp_path: Path) -> None:
    """LibreOffice and Excel store 7 beside =3+4; the copy holds the 7, so that it reads the same."""
    path = calls_book(
        tmp_path, ("RV5", "2024-04", "physical", "calls_answered", 100), ("RV5", "2024-04", "physical", "ed", 7)
    )
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert parts[sheet].count(b"<v>7</v>") == 1
    parts[sheet] = parts[sheet].replace(b"<v>7</v>", b"<f>3+4</f><v>7</v>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    found = check_file(path).found
    assert [(issue.severity, issue.row) for issue in found] == [("warning", 3)]
    assert "E3 is the first" in found[0].what
    copy = write_marked_copy(path, found)
    assert copy is not None
    assert openpyxl.load_workbook(copy)["calls"]["E3"].value == 7


def test_macros_are_announced_and_left_out_of_the_copy(tmp_path: Path) -> None:
    """A workbook with a vbaProject.bin: a warning that names the remedy, and a copy without it."""
    path = calls_book(tmp_path, ("RV5", "2024-04", "physical", "calls_answered", 100))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    found = check_file(path).found
    assert [issue.what for issue in found if issue.severity == "warning"] == ["holds macros."]
    copy = write_marked_copy(path, found)
    assert copy is not None
    assert not any("vba" in name for name in zipfile.ZipFile(copy).namelist())


def test_a_bomb_and_a_wrong_sheet_are_explained_and_not_copied(tmp_path: Path) -> None:
    """210 MB of zeros in a small zip are never unpacked; a workbook without the sheet calls lists those it has."""
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 210_000_000)
    found = check_file(bomb).found
    assert "too large or too dense" in found[0].what
    assert write_marked_copy(bomb, found) is None
    named = calls_book(tmp_path, ("RV5", "2024-04", "physical", "calls_answered", 100), sheet="Sheet1")
    found = check_file(named).found
    assert "'Sheet1', 'notes'" in found[0].what
    assert "'calls'" in found[0].remedy
    assert write_marked_copy(named, found) is None


def test_a_far_cell_does_not_stop_the_machine(tmp_path: Path) -> None:
    """One cell in row 1,048,576 and column XFD would be 17 thousand million cells to go through."""
    path = calls_book(tmp_path, ("RV5", "2024-04", "physical", "ed", 2.5))
    book = openpyxl.load_workbook(path)
    book["notes"]["XFD1048576"] = 1
    book.save(path)
    assert write_marked_copy(path, check_file(path).found) is None


def test_a_file_that_may_identify_people_is_not_copied(tmp_path: Path) -> None:
    """A column NHS number is refused, and not spread."""
    path = calls_csv(tmp_path, "RV5,2024-04,physical,ed,2,9434765919", header=f"{HEADER},NHS number")
    found = check_file(path).found
    assert any("may identify people" in issue.what for issue in found)
    assert write_marked_copy(path, found) is None


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=cmd()", "😀", "n" * 200, "\x1b[2J"])
def test_hostile_words_are_reported_and_marked_safely(name: str, tmp_path: Path) -> None:
    """As a measure, they make a workbook and a text that open as text; escape codes never reach the terminal."""
    path = calls_csv(tmp_path, f"RV5,2024-04,physical,{name},2.5")
    found = check_file(path).found
    assert all("\x1b" not in str(issue) for issue in found)
    copy = write_marked_copy(path, found)
    assert copy is not None
    book = calls_book(tmp_path, ("RV5", "2024-04", "physical", name.replace("\x1b", ""), 2.5))
    copy = write_marked_copy(book, found)
    assert copy is not None
    assert "<script" not in zipfile.ZipFile(copy).read("xl/worksheets/sheet1.xml").decode()


def test_an_evaluation_and_its_data_are_checked_together(tmp_path: Path) -> None:
    """A misspelt parameter and an unknown price year in the evaluation, a missing trust in the data: all three."""
    asked = ask("mine", trusts=["RV5", "RKL"], months="2024-02:2024-05", launches=["2024-04-22"])
    evaluation, _, text = write_templates(asked, tmp_path)
    words = evaluation.read_text(encoding="utf-8")
    words = words.replace("ed_attendance_all", "ed_attendance_al").replace(
        'price_year = "2024/25"', 'price_year = "1924/25"'
    )
    evaluation.write_text(words.replace("mine-calls.xlsx", "mine-calls.csv"), encoding="utf-8")
    rows = text.read_text(encoding="utf-8").splitlines()
    kept = [f"{row}9" if row.endswith(",") else row for row in rows if not row.startswith("RKL")]
    text.write_text("\n".join(kept) + "\n", encoding="utf-8")
    of_evaluation, of_data = check_evaluation(evaluation)
    said = "\n".join(map(str, of_evaluation.found))
    assert "Did you mean 'ed_attendance_all'" in said
    assert "1924/25" in said
    assert all(issue.row for issue in of_evaluation.found)
    assert any(issue.value == "RKL" for issue in of_data.found)


def test_data_of_an_unreadable_evaluation_are_checked_all_the_same(tmp_path: Path) -> None:
    """An unknown key in the evaluation and a fraction in the data are one report."""
    evaluation, _, text = write_templates(ask("mine", trusts=["RV5"], months="2024-02:2024-05"), tmp_path)
    words = evaluation.read_text(encoding="utf-8").replace("mine-calls.xlsx", "mine-calls.csv")
    evaluation.write_text(words.replace("harmonics =", "harmonic ="), encoding="utf-8")
    text.write_text(f"{HEADER}\nRV5,2024-02,physical,ed,2.5\n", encoding="utf-8")
    of_evaluation, of_data = check_evaluation(evaluation)
    assert any("Did you mean 'harmonics'" in issue.remedy for issue in of_evaluation.found)
    assert any("fraction" in issue.what for issue in of_data.found)


def test_a_good_evaluation_passes() -> None:
    """The shipped one, whole: no error and no warning in either file."""
    results = check_evaluation(shipped_model("london-2024"))
    assert [checked.path.suffix for checked in results] == [".toml", ".csv"]
    assert [issue for checked in results for issue in checked.found if issue.severity != "note"] == []


def test_a_period_beyond_the_data_is_found_before_any_fit(tmp_path: Path) -> None:
    """Shipped calls end in February 2025; a period to June is an error of `check`, with the months it lacks."""
    shipped = shipped_model("london-2024").read_text(encoding="utf-8")
    evaluation = tmp_path / "longer.toml"
    evaluation.write_text(re.sub(r"period_end = \d{4}-\d\d-\d\d", "period_end = 2025-06-30", shipped), encoding="utf-8")
    of_data = check_evaluation(evaluation)[1]
    (error,) = [issue for issue in of_data.found if issue.severity == "error"]
    assert "goes beyond the data: no month 2025-03, 2025-04, 2025-05, 2025-06" in error.what
