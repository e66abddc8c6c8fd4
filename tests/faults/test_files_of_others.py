"""Files that change, lead elsewhere, hide something or are held by another program: said, in the command line too."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from call_records import SPEC
from reader_files import CALL_LAYOUT, CALL_LINES, READERS

from econ111.activity import read_calls
from econ111.activity.records import aggregate
from econ111.errors import DataError
from faults.commands import Tell

CALLS = "\n".join(CALL_LINES) + "\n"


def test_records_that_grow_while_they_are_counted_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    """Another program writes between the first and the last query: exit code 2, no table; again, and it is done."""
    records = READERS["records"].put(tmp_path)
    (tmp_path / "meaning.toml").write_text(SPEC, encoding="utf-8")
    counted = aggregate._call_ids

    def counted_while_it_grows(*given: Any) -> Any:
        records.write_bytes(records.read_bytes() + b"\n")
        return counted(*given)

    words = ("aggregate", records, "--spec", tmp_path / "meaning.toml", "--out", tmp_path / "table.csv")
    with monkeypatch.context() as growing:
        growing.setattr(aggregate, "_call_ids", counted_while_it_grows)
        told = tell(*words)
    assert told.code == 2
    assert "records.csv: changed while it was read (it had" in told.said
    assert "Wait until it is written" in told.said
    assert not (tmp_path / "table.csv").exists()
    records.write_bytes(READERS["records"].good)
    assert tell(*words).code == 0


def test_a_change_that_leaves_size_and_time_alone_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call file of which one digit changes while it is read, under the same clock: the content gives it away."""
    path = READERS["calls"].put(tmp_path)
    plain = Path.read_bytes

    def changed(self: Path) -> bytes:
        content, about = plain(self), self.stat()
        self.write_bytes(content.replace(b"120", b"121", 1))
        os.utime(self, ns=(about.st_atime_ns, about.st_mtime_ns))
        return content

    monkeypatch.setattr(Path, "read_bytes", changed)
    with pytest.raises(DataError, match=r"calls\.csv: changed while it was read"):
        read_calls(path, CALL_LAYOUT)


def test_a_link_that_leads_out_of_its_folder_is_followed_and_said(tmp_path: Path, tell: Tell) -> None:
    """The counts are those behind the link; one warning names the link and the file, and not where that lies."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "elsewhere" / "from-finance.csv").write_text(CALLS, encoding="utf-8")
    link = tmp_path / "mine" / "calls.csv"
    link.symlink_to(tmp_path / "elsewhere" / "from-finance.csv")
    told = tell("check", link, "--no-copy")
    assert told.code == 0
    assert "calls.csv: is a link that leads out of its folder, to a file named 'from-finance.csv'." in told.said
    assert "elsewhere" not in told.said
    within = tmp_path / "elsewhere" / "calls.csv"
    within.symlink_to("from-finance.csv")
    assert "is a link" not in tell("check", within, "--no-copy").said


def _workbook(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(READERS["calls_excel"].good))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _hide(book: openpyxl.Workbook) -> None:
    """Rows 3 and 7 to 9, column D with all that is empty from H on, a filter on months, and a second sheet."""
    sheet = book["calls"]
    for row in (3, 7, 8, 9, 500):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.column_dimensions.group("H", "Z", hidden=True)
    sheet.auto_filter.ref = f"A1:E{len(CALL_LINES)}"
    sheet.auto_filter.add_filter_column(1, ["2024-01"])
    book.create_sheet("old").sheet_state = "hidden"


def test_what_a_workbook_hides_is_named_and_read(tmp_path: Path, tell: Tell) -> None:
    """Hidden rows, column, filter and sheet, each named once; the counts are those of the workbook that hides none."""
    path = READERS["calls_excel"].put(tmp_path, _workbook(_hide))
    reading = read_calls(path, CALL_LAYOUT)
    said = {str(issue) for issue in reading.found}
    look = "Show them, delete what must not count, and save."
    assert {
        f"calls.xlsx sheet 'calls' row 3: 4 hidden rows were read: 3, 7 to 9. {look}",
        f"calls.xlsx sheet 'calls': 1 hidden column was read: D. {look}",
        f"calls.xlsx sheet 'calls': a filter is set on A1:E{len(CALL_LINES)}; the rows that it hides were read too. "
        f"Clear the filter. {look}",
        "calls.xlsx: the sheet 'old' is hidden. It was not read.",
    } <= said
    shown = READERS["calls_excel"].put(tmp_path, READERS["calls_excel"].good)
    assert reading.data.drop_attrs().identical(read_calls(shown, CALL_LAYOUT).data.drop_attrs())
    assert "hidden" not in tell("check", shown, "--no-copy").said


def test_a_sheet_that_is_hidden_itself_is_said_and_buttons_of_a_filter_are_not(tmp_path: Path) -> None:
    """The sheet of the calls is hidden behind an empty one; a filter without a choice hides nothing."""

    def change(book: openpyxl.Workbook) -> None:
        book["calls"].auto_filter.ref = "A1:E5"
        book["calls"].sheet_state = "veryHidden"
        book.create_sheet("cover")

    found = read_calls(READERS["calls_excel"].put(tmp_path, _workbook(change)), CALL_LAYOUT).found
    assert [issue.what for issue in found if "hid" in issue.what] == ["the sheet 'calls' is hidden and was read."]


def _held(*_given: object, **_more: object) -> Any:
    """What Windows says of a file that Excel holds open."""
    raise PermissionError(13, "The process cannot access the file because it is being used by another process")


@pytest.mark.parametrize("name", ["calls", "calls_excel"])
def test_an_input_held_by_excel_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Tell, name: str
) -> None:
    """The refusal of the operating system on reading becomes one sentence and exit code 2."""
    path = READERS[name].put(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", _held)
    told = tell("check", path, "--no-copy")
    assert told.code == 2
    assert "cannot be opened (The process cannot access the file" in told.said
    assert "Close it in Excel" in told.said


def test_an_output_held_by_excel_keeps_its_older_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    """The call table of an earlier run is open in Excel, so it cannot be replaced: exit code 4, and nothing is lost."""
    (tmp_path / "meaning.toml").write_text(SPEC, encoding="utf-8")
    table = tmp_path / "table.csv"
    table.write_text("older\n", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", _held)
    records = READERS["records"].put(tmp_path)
    told = tell("aggregate", records, "--spec", tmp_path / "meaning.toml", "--out", table)
    assert told.code == 4
    assert "Cannot write" in told.said
    assert "Close it in Excel" in told.said
    assert table.read_text(encoding="utf-8") == "older\n"
    assert {path.name for path in tmp_path.iterdir()} == {"meaning.toml", "records.csv", "table.csv"}
