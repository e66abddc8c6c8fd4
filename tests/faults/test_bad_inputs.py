"""Bad inputs, one a row of `bad_inputs.csv`: each is refused or flagged, with the place, the value and the remedy.

A row says: in the good file of this reader (`reader_files.py`), where `instead_of` stands, `comes` is written; then the
reader must refuse the file, or take it with a warning, and one of its messages must be `says`. A pilcrow is a line end,
and a star is the whole file. Spoilt bytes, which no table can print, stand below.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reader_files import CALL_LINES, READERS, workbook

from econ111.errors import Econ111Error

TABLE = Path(__file__).with_name("bad_inputs.csv")
LEAST = 250


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _read(folder: Path, name: str, content: bytes) -> tuple[str, list[str]]:
    """Whether the reader refused or flagged or took a file, and every message of it."""
    reader = READERS[name]
    try:
        reading = reader.read(reader.put(folder, content))
    except Econ111Error as refused:
        assert refused.exit_code == 2
        issues = getattr(refused, "issues", None)
        return "refused", [str(issue) for issue in issues] if issues else str(refused).splitlines()
    found = getattr(reading, "found", ())
    return ("flagged" if found else "taken"), [str(issue) for issue in found]


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['reader']}: {row['comes'][-40:]}")
def test_a_bad_input_is_answered_in_the_wanted_words(tmp_path: Path, row: dict[str, str]) -> None:
    """One change to a good file, one wanted message: which file, which row, what stood there, what to do."""
    text = READERS[row["reader"]].good.decode("utf-8-sig")
    old, new = row["instead_of"].replace("¶", "\n"), row["comes"].replace("¶", "\n")
    assert old == "*" or old in text
    outcome, said = _read(tmp_path, row["reader"], (new if old == "*" else text.replace(old, new, 1)).encode())
    assert outcome == row["outcome"]
    assert any(row["says"] in line for line in said), "\n".join(said)


@pytest.mark.parametrize("name", [name for name in READERS if name != "stored_fit"])
def test_the_good_file_is_taken(tmp_path: Path, name: str) -> None:
    """What a bad input is compared with: no reader refuses its good file."""
    assert _read(tmp_path, name, READERS[name].good)[0] != "refused"


def test_the_table_holds_what_the_page_claims() -> None:
    """At least 250 different bad inputs, each with a place in its message."""
    rows = _rows()
    assert len({(row["reader"], row["instead_of"], row["comes"]) for row in rows}) == len(rows) >= LEAST
    assert {row["reader"] for row in rows} == set(READERS) - {
        "stored_fit", "calls_excel", "calls_alone", "check", "records_parquet"
    }  # fmt: skip
    for row in rows:
        assert READERS[row["reader"]].file.split(".", maxsplit=1)[0] in row["says"], row


def _zip(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return stream.getvalue()


def _with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with one part of its XML changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(READERS["calls_excel"].good)) as good,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for each in good.namelist():
            made.writestr(each, change(good.read(each)) if each == name else good.read(each))
    return stream.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
_GOOD = READERS["calls"].good
_EXCEL = READERS["calls_excel"].good
_COSTS = READERS["parameters"].good
_SHEET = "xl/worksheets/sheet1.xml"
BYTES: list[tuple[str, str, bytes, str]] = [
    ("calls", "NUL bytes", _GOOD.replace(b"RV5", b"R\0V5", 1), "row 2: holds NUL bytes"),
    ("calls", "two encodings", _GOOD.replace(b"RV5", b"\xc2\xa3\xa3", 1), "row 2: mixes two encodings"),
    ("calls", "no encoding", _GOOD.replace(b"RV5", b"\x81\x8d", 1), "neither UTF-8 nor Windows-1252"),
    ("calls", "odd UTF-16", b"\xff\xfe" + _GOOD.decode().encode("utf-16-le")[:-1], "not valid UTF-16"),
    ("calls", "UTF-16 without a mark", _GOOD.decode().encode("utf-16-le"), "holds NUL bytes"),
    ("calls", "a workbook named csv", _EXCEL, "is an Excel workbook named as CSV. Rename it to end in .xlsx."),
    ("calls", "an old workbook", b"\xd0\xcf\x11\xe0rest", "is an old Excel file (.xls) or protected by a password"),
    ("calls", "a million digits", _GOOD.replace(b"120", b"9" * 100_000, 1), "larger than any"),
    ("calls", "one cell of a megabyte", _GOOD.replace(b"RV5", b"x" * 1_000_000, 1), "quotation mark"),
    ("calls_excel", "text named xlsx", _GOOD, "is named as Excel but is not a workbook"),
    ("calls_excel", "a password", b"\xd0\xcf\x11\xe0" + bytes(600), "protected by a password"),
    ("calls_excel", "half a workbook", _EXCEL[: len(_EXCEL) // 2], "is a damaged workbook. Save it again"),
    ("calls_excel", "a broken directory", _EXCEL[:-22] + bytes(22), "is a damaged workbook"),
    ("calls_excel", "a directory of a version to come",
     _EXCEL.replace(b"PK\x01\x02\x14\x03\x14\x00", b"PK\x01\x02\x14\x03\x6f\x00"), "is a damaged workbook"),
    ("calls_excel", "another zip file", _zip(a=b"x" * 10), "is a zip file but not an .xlsx workbook"),
    ("calls_excel", "a zip bomb", _zip(xl__workbook=bytes(50_000_000)), "too large or too dense to be safe"),
    ("calls_excel", "an entity bomb", _with_part(_SHEET, lambda xml: ENTITIES + xml), "XML entities"),
    ("calls_excel", "entities in the texts", _with_part("xl/workbook.xml", lambda xml: ENTITIES + xml), "XML entities"),
    ("calls_excel", "broken XML", _with_part(_SHEET, lambda xml: xml[: len(xml) // 2]), "is damaged"),
    ("calls_excel", "an error value", _with_part(_SHEET, lambda xml: xml.replace(
        b"<v>120</v>", b'<v>#REF!</v>', 1).replace(b'r="E2" t="n"', b'r="E2" t="e"')), "holds an Excel error"),
    ("calls_excel", "a formula without a result", _with_part(_SHEET, lambda xml: xml.replace(
        b"<v>120</v>", b"<f>60+60</f><v></v>", 1)), "holds a formula without a stored result"),
    ("calls_excel", "two sheets", workbook(CALL_LINES[:1], sheet="calls"), "has column names but no rows"),
    ("records_parquet", "half a Parquet file", READERS["records_parquet"].good[:200], "not a Parquet file"),
    ("records_parquet", "a column whose name is no text",
     READERS["records_parquet"].good.replace(b"Trust", b"\xff\xfeust"), "not a Parquet file"),
    ("records_parquet", "text named Parquet", b"hello", "is named as Parquet and is not"),
    ("records", "Windows-1252", READERS["records"].good.replace(b"p1", b"p\xa3", 1), "row 2: is not UTF-8"),
    ("records", "UTF-16", READERS["records"].good.decode().encode("utf-16"), "is in UTF-16 or is not text"),
    ("iucadc_areas", "nested too deeply", b"[" * 100_000, "nested too deeply"),
    ("iucadc_areas", "not UTF-8", b"\xff{}", "is not UTF-8"),
    ("iucadc_areas", "a number of 10,000 digits", b"9" * 10_000, "is not valid JSON"),
    ("record", "nested too deeply", b"[" * 100_000, "cannot be read as JSON"),
    ("record", "a number of 10,000 digits", b"9" * 10_000, "cannot be read as JSON"),
    ("spec_london", "nested too deeply", b"a = " + b"[" * 100_000, "nested too deeply"),
    ("spec_london", "a key of 100,000 parts", b"a" + b".a" * 100_000 + b" = 1", "a key has more than 32 parts"),
    ("spec_london", "a number of 10,000 digits", b"schema_version = " + b"9" * 10_000, "4300 digits"),
    ("spec_london", "two megabytes", b"# " + b"x" * 2_000_000, "longer than 1,000,000 characters"),
    ("spec_london", "not UTF-8", b"\xff", "cannot be read as UTF-8"),
    ("records_spec", "nested too deeply", b"a = " + b"[" * 100_000, "nested too deeply"),
    ("recipe", "nested too deeply", b"a = " + b"[" * 100_000, "nested too deeply"),
    ("recipe", "not UTF-8", b"\xff", "cannot be read as a recipe"),
    ("sources", "nested too deeply", b"a = " + b"[" * 100_000, "nested too deeply"),
    ("sources", "not UTF-8", b"\xff", "it cannot be read"),
    ("parameters", "Windows-1252", _COSTS.replace(b"ED attendance", b"\xa3", 1), "not UTF-8"),
    ("parameters", "NUL bytes", _COSTS.replace(b"280.17", b"28\x000.17", 1), "is not a number"),
    ("crosswalk_audit", "400 digits", b"category,disposition,calls\ned,ed," + b"9" * 400, "not a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "about", "content", "says"), BYTES, ids=[f"{row[0]}: {row[1]}" for row in BYTES])
def test_spoilt_bytes_are_refused_in_the_wanted_words(
    tmp_path: Path, reader: str, about: str, content: bytes, says: str
) -> None:
    """Encodings, zip files, bombs, depth and length: refused, and in a message that a person can print."""
    outcome, said = _read(tmp_path, reader, content)
    assert outcome == "refused", about
    assert any(says in line for line in said), "\n".join(line[:500] for line in said)
    assert max(map(len, said)) < 2_000
