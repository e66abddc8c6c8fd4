"""Templates for a trust's own calls: what is written can be filled in, read, and never harms anybody who opens it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from pydantic import BaseModel

from econ111.activity import read_calls
from econ111.activity.reading import CALL_MEASURES, CELL_STATES, DISPOSITIONS
from econ111.errors import DataError, InputError
from econ111.own_calls import Asked, ask, write_templates
from econ111.own_calls.evaluation import UNCONFIRMED
from econ111.run.call_data import call_layout
from econ111.specs.loading import load_spec
from econ111.specs.schema import Published, Series, Spec

MARKS = {"not_supplied": "-", "not_applicable": "n/a"}
HOSTILE = (
    'A "quoted" <script>alert(1)</script>',
    "=cmd|' /C calc'!A0",
    "Trust 😀 of Bärn",
    "N" * 200,
    'x"\n[sampling]\nseed = 9',
)


def asked(*trusts: str, months: str = "2024-02:2024-05", launches: tuple[str, ...] = ("2024-04-22",)) -> Asked:
    """Four months by default, the line starting in the third."""
    return ask("my-trust", trusts=trusts or ("RV5:South", "RKL:West"), months=months, launches=launches)


def fill_workbook(path: Path) -> dict[tuple[str, str, str, str], str]:
    """Type a value into every yellow cell of a template, as a person would; what was typed, by row."""
    book = openpyxl.load_workbook(path)
    typed = {}
    for number, row in enumerate(book["calls"].iter_rows(min_row=3)):
        place = tuple(str(cell.value) for cell in row[:4])
        value: object = {"calls_offered": 1000 + number, "calls_answered": 900}.get(place[3], number % 7)
        if place[3] == "other":
            value = "-"
        row[4].value = value
        typed[place] = str(value)
    book.save(path)
    return typed


def shown(path: Path, evaluation: Path) -> dict[tuple[str, str, str, str], str]:
    """What the reader holds of a file, by row: its number, or the mark of its state."""
    data = read_calls(path, call_layout(load_spec(evaluation))).data
    held = {}
    for trust in data.trust.values:
        for month in data.month.values:
            for line in data.line.values:
                at = {"trust": trust, "month": month, "line": line}
                key = (str(trust), str(month)[:7], str(line))
                for measure in (*CALL_MEASURES, *data.category.values):
                    name = measure if measure in CALL_MEASURES else "dispositions"
                    cell = data.sel(**at) if name == measure else data.sel(**at, category=measure)
                    low, state = cell[f"{name}_low"].item(), cell[f"{name}_state"].item()
                    if (str(line), key[1] < "2024-04") != ("mental", True):  # before the launch
                        held[(*key, str(measure))] = MARKS.get(CELL_STATES[state]) or str(int(low))
    return held


def test_a_filled_workbook_is_read_with_nothing_lost(tmp_path: Path) -> None:
    """Two trusts, physical line in 4 months and mental in 2, 11 measures: 2 x 6 x 11 = 132 cells, each as typed."""
    evaluation, workbook, _ = write_templates(asked(), tmp_path)
    typed = fill_workbook(workbook)
    assert len(typed) == 132
    assert shown(workbook, evaluation) == typed


def test_a_filled_csv_is_read_with_nothing_lost(tmp_path: Path) -> None:
    """The same rows as text; the worked row on top is left out and said so, as is a launch after two months."""
    evaluation, _, text = write_templates(asked(), tmp_path)
    rows = list(csv.reader(io.StringIO(text.read_text(encoding="utf-8"))))
    typed = {}
    for number, row in enumerate(rows[2:]):
        row[4] = {"calls_offered": "2,000", "calls_answered": "900", "other": "n/a"}.get(row[3], str(number % 5))
        typed[tuple(row[:4])] = {"2,000": "2000"}.get(row[4], row[4])
    with text.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    assert shown(text, evaluation) == typed
    issues = read_calls(text, call_layout(load_spec(evaluation))).issues
    assert issues.what.str.contains("worked example").sum() == 1
    assert issues.what.str.contains("the data begin 2 months before").sum() == 1
    assert issues.severity.tolist() == ["warning", "note"]


def test_an_example_row_that_was_written_over_is_refused(tmp_path: Path) -> None:
    """Somebody typed a count of 40 where 12 stood: an error, because leaving it out would lose a count."""
    path = tmp_path / "calls.csv"
    rows = ["trust,month,line,measure,value", "EXAMPLE,2024-04,mental,ed,40", "RV5,2024-04,physical,calls_answered,90"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 2 .*written over"):
        read_calls(path)


def test_a_template_sent_back_empty_is_refused(tmp_path: Path) -> None:
    """Every value blank, in both files: that is no data, and not 132 cells that nobody supplied."""
    for path in write_templates(asked(), tmp_path)[1:]:
        with pytest.raises(DataError, match="holds no count"):
            read_calls(path)


def test_the_evaluation_loads_and_says_what_was_asked(tmp_path: Path) -> None:
    """Codes, names, launch dates; the evaluated period from the launch month to the last day of the data."""
    evaluation = write_templates(asked("RV5:South", "RKL:West", launches=("2024-04-22", "RKL:2024-05-07")), tmp_path)[0]
    spec = load_spec(evaluation)
    assert [(one.code, one.name, one.launch_date) for one in spec.trusts] == [
        ("RV5", "South", date(2024, 4, 22)),
        ("RKL", "West", date(2024, 5, 7)),
    ]
    assert (spec.study.period_start, spec.study.period_end) == (date(2024, 4, 1), date(2024, 5, 31))
    assert spec.study.synthetic is False
    assert spec.study.notes == ()
    assert spec.data is not None
    assert (tmp_path / spec.data.file).is_file()


def test_a_launch_date_that_nobody_stated_is_said_to_be_unconfirmed(tmp_path: Path) -> None:
    """With 36 months the 25th is filled in, with a note that the report prints until somebody deletes it."""
    made = ask("my-trust", trusts=["RV5"], months="2022-04:2025-03")
    spec = load_spec(write_templates(made, tmp_path)[0])
    assert spec.trusts[0].launch_date == date(2024, 4, 1)
    assert spec.study.notes == (UNCONFIRMED,)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name: str, tmp_path: Path) -> None:
    """TOML reads it back as one line of text, the seed is not moved, and no cell of the workbook is a formula."""
    evaluation, workbook, text = write_templates(asked(f"RV5:{name}"), tmp_path)
    spec = load_spec(evaluation)
    assert spec.trusts[0].name == " ".join(name.split())
    assert spec.sampling is not None
    assert spec.sampling.seed == 1
    book = openpyxl.load_workbook(workbook)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert spec.trusts[0].name in {cell.value for cell in book["lists"]["B"]}
    assert "<script" not in text.read_text(encoding="utf-8")
    xml = zipfile.ZipFile(workbook).read("xl/sharedStrings.xml").decode()
    assert "<script" not in xml


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name": "../evil"}, "cannot name an evaluation"),
        ({"name": "con"}, "Windows"),
        ({"name": "a" * 61}, "61 letters"),
        ({"trusts": ["=cmd():x"]}, "is not a code"),
        ({"trusts": ["EXAMPLE:x"]}, "another meaning"),
        ({"trusts": ["RV5:" + "n" * 201]}, "201 letters"),
        ({"trusts": ["RV5", "rv5"]}, "more than once"),
        ({"trusts": []}, "at least one trust"),
        ({"months": "2024-13:2025-01"}, "is not a period"),
        ({"months": "2025-03:2024-04"}, "the earlier first"),
        ({"launches": ["2030-01-01"]}, "outside the months"),
        ({"launches": ["RKL:2024-04-01"]}, "names a trust that --trusts does not"),
        ({"launches": ["soon"]}, "is not a date"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_remedy(words: dict[str, object], said: str) -> None:
    """Nothing that becomes a file name, a code or a date is taken on trust."""
    usual: dict[str, object] = {"name": "my-trust", "trusts": ["RV5"], "months": "2023-04:2025-03"}
    with pytest.raises(InputError, match=re.escape(said)):
        ask(**(usual | words))  # type: ignore[arg-type]


def test_every_fault_of_a_request_is_named_at_once() -> None:
    """A bad name, a bad code and a bad period: three lines."""
    with pytest.raises(InputError) as refused:
        ask("Bad Name", trusts=["a b"], months="soon")
    assert len(str(refused.value).splitlines()) == 3


def test_no_file_is_written_over_without_being_told_to(tmp_path: Path) -> None:
    """With one of the three in place nothing is written at all; with force all three are."""
    mine = tmp_path / "my-trust-calls.csv"
    mine.write_text("two weeks of work", encoding="utf-8")
    with pytest.raises(InputError, match=r"my-trust-calls\.csv.*--force"):
        write_templates(asked(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [mine.name]
    assert mine.read_text(encoding="utf-8") == "two weeks of work"
    write_templates(asked(), tmp_path, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [mine.name, "my-trust-calls.xlsx", "my-trust.toml"]
    assert mine.read_text(encoding="utf-8").startswith("trust,month")


def test_the_drop_down_lists_offer_what_the_reader_takes(tmp_path: Path) -> None:
    """Trust, line, measure and mark each have a list; the ranges behind them hold exactly the words of the contract."""
    book = openpyxl.load_workbook(write_templates(asked(), tmp_path)[1])
    assert book.sheetnames == ["README", "calls", "dictionary", "lists"]
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    offered = {}
    for rule in book["calls"].data_validations.dataValidation:
        _, _, cells = rule.formula1.partition("!")
        listed = [row[0].value for row in book["lists"][cells.replace("$", "")]]
        offered[str(rule.sqref)[0]] = (listed, rule.errorStyle or "stop", bool(rule.showErrorMessage))
    assert offered["A"] == (["EXAMPLE", "RV5", "RKL"], "stop", True)
    assert offered["C"] == (["physical", "mental"], "stop", True)
    assert offered["D"][0] == [*CALL_MEASURES, *DISPOSITIONS]
    assert offered["D"][1:] == ("warning", True)
    assert offered["E"] == (["*", "-", "n/a"], "stop", False)  # a list beside which numbers may be typed


def test_the_dictionary_explains_every_word_of_the_template(tmp_path: Path) -> None:
    """Five columns, eleven measures and four marks."""
    sheet = openpyxl.load_workbook(write_templates(asked(), tmp_path)[1])["dictionary"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    words = {(kind, word) for kind, word, _ in rows}
    assert {("measure", name) for name in (*CALL_MEASURES, *DISPOSITIONS)} <= words
    assert len(rows) == 5 + 11 + 4
    assert all(meaning for _, _, meaning in rows)


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    """No time of making and no random name is written into the files."""
    first = [path.read_bytes() for path in write_templates(asked(), tmp_path / "a")]
    assert first == [path.read_bytes() for path in write_templates(asked(), tmp_path / "b")]


def _keys(model: type[BaseModel]) -> set[str]:
    found = set(model.model_fields)
    for field in model.model_fields.values():
        inner = [field.annotation, *get_args(field.annotation)]
        inner += [part for one in inner for part in get_args(one)]
        for one in inner:
            if isinstance(one, type) and issubclass(one, BaseModel) and one not in (Published, Series):
                found |= _keys(one)
    return found


def test_the_evaluation_names_every_key_that_calls_may_use(tmp_path: Path) -> None:
    """Live or as a comment: a key that the file does not mention is one that nobody finds."""
    text = write_templates(asked(), tmp_path)[0].read_text(encoding="utf-8")
    unnamed = {key for key in _keys(Spec) if not re.search(rf"\b{key}\b", text)}
    assert unnamed <= {"published"}
