"""The register of 144 faults names tests that exist, and the faults that no other file tries are tried here."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from reader_files import CALL_LAYOUT, CALL_LINES, READERS

from econ111.activity import read_calls
from econ111.activity.tabular import read_table
from econ111.errors import DataError
from econ111.specs.loading import load_spec

ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "docs" / "reliability" / "faults.csv"


def _register() -> list[dict[str, str]]:
    with REGISTER.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_fault_is_tried_or_says_why_not() -> None:
    """144 numbers, each once; a fault that was tried names its tests, one that does not apply says why."""
    rows = _register()
    assert [int(row["number"]) for row in rows] == list(range(1, 145))
    for row in rows:
        assert row["state"] in {"tried", "open", "does not apply"}, row
        assert bool(row["tests"]) == (row["state"] == "tried"), row
        assert row["note"] or row["state"] != "does not apply", row


def test_every_test_that_the_register_names_exists() -> None:
    """File and function are there, so that a test that is renamed or deleted is missed."""
    for row in _register():
        for name in filter(None, row["tests"].split("; ")):
            file, function = name.split("::")
            text = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {function}\(", text, re.MULTILINE), name


def test_the_page_counts_what_the_register_holds() -> None:
    """`docs/reliability.md` says how many faults were tried, do not apply and are open."""
    states = [row["state"] for row in _register()]
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    words = f"{states.count('tried')} are tried, {states.count('does not apply')} do not apply"
    assert words in page
    assert f"{states.count('open')} are open" in page


def _write(folder: Path, lines: list[str]) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_footnotes_below_a_table_are_refused_by_row(tmp_path: Path) -> None:
    """A note in one cell, and a note padded to all columns: both are named by their row."""
    for note in ("Source: our switchboard", "Source: our switchboard,,,,"):
        with pytest.raises(DataError, match=rf"row {len(CALL_LINES) + 1}\b"):
            read_calls(_write(tmp_path, [*CALL_LINES, note]), CALL_LAYOUT)


def test_single_calls_in_place_of_counts_are_refused(tmp_path: Path) -> None:
    """An extract of single calls sent as a call file: its columns are refused by name."""
    with pytest.raises(DataError, match="there is no column 'measure'"):
        read_calls(READERS["records"].put(tmp_path), CALL_LAYOUT)


def test_codes_that_look_like_something_else_stay_text(tmp_path: Path) -> None:
    """`NA`, `NULL`, `007` and `1E5` are codes; a general reader makes them missing, 7 and 100000."""
    codes = ["NA", "NULL", "007", "1E5", "nan"]
    table = read_table(_write(tmp_path, ["trust,value", *(f"{code},1" for code in codes)]), expected=("trust",))
    assert [row.cells[0] for row in table.rows] == codes


def test_a_trust_code_in_other_capitals_is_the_same_trust(tmp_path: Path) -> None:
    """` rv5 ` is RV5, in every count."""
    plain = read_calls(_write(tmp_path, CALL_LINES), CALL_LAYOUT).data
    other = read_calls(_write(tmp_path, [line.replace("RV5", " rv5 ") for line in CALL_LINES]), CALL_LAYOUT).data
    assert plain.identical(other)


def test_a_workbook_that_counts_from_1904_gives_the_same_months(tmp_path: Path) -> None:
    """April 2024 as a real date in a workbook of either day system; four years lie between the two."""
    for epoch in (openpyxl.utils.datetime.WINDOWS_EPOCH, openpyxl.utils.datetime.MAC_EPOCH):
        book = openpyxl.Workbook()
        book.epoch = epoch
        book.active.append(["trust", "month"])
        book.active.append(["RV5", datetime(2024, 4, 1)])
        stream = io.BytesIO()
        book.save(stream)
        (tmp_path / "calls.xlsx").write_bytes(stream.getvalue())
        table = read_table(tmp_path / "calls.xlsx", expected=("trust", "month"))
        assert table.rows[0].cells == ("RV5", "2024-04-01")


def test_an_evaluation_without_a_seed_is_refused(tmp_path: Path) -> None:
    """A seed is part of the evaluation: one that lacks it says so, instead of being given another on every run."""
    lines = READERS["spec_london"].good.decode().splitlines()
    kept = [line for line in lines if not line.startswith("seed = ")]
    assert len(kept) == len(lines) - 1
    with pytest.raises(DataError, match=r"the key 'sampling\.seed' is missing"):
        load_spec(READERS["spec_london"].put(tmp_path, "\n".join(kept).encode()))
