"""The published tables by the rules of accessible spreadsheets, read back cell by cell."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.cell import coordinate_from_string

from econ111.report.workbooks.published import write_published_tables
from econ111.results import Evaluation

TABLES = ("Avoided", "Cost_consequence", "Budget_impact", "Value_and_cost", "Checks", "Data_issues", "Parameters")
HOSTILE = (
    ('=HYPERLINK("http://x","y")', "<script>alert(1)</script>"),
    ("+44", "@SUM(A1)"),
    ("A$$note$$", "[click](http://x)"),
    ("🚑", "★ ★"),
    ("x" * 200, "long " * 40),
)


def _written(evaluation: Evaluation, folder: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(write_published_tables(evaluation, folder / "tables.xlsx"))


@pytest.fixture(scope="module")
def book(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    """The tables of the hand-made evaluation."""
    return _written(evaluation, tmp_path_factory.mktemp("tables"))


def _table(sheet: Any) -> list[dict[str, Any]]:
    """Rows of the one table of a sheet, by heading without the numbers of its notes."""
    (area,) = [table.ref for table in sheet.tables.values()]
    rows = [[cell.value for cell in row] for row in sheet[area]]
    heads = [re.sub(r"\s*\[note \d+\]", "", str(head)).replace("\n", "").strip() for head in rows[0]]
    return [dict(zip(heads, row, strict=True)) for row in rows[1:]]


def test_there_is_a_cover_contents_and_notes_then_one_table_a_sheet(book: openpyxl.Workbook) -> None:
    """As the government's checklist asks: marked-up tables at the left edge, one to a sheet, each listed."""
    assert book.sheetnames == ["Cover", "Contents", "Notes", *TABLES]
    for name in TABLES:
        (table,) = book[name].tables.values()
        assert table.ref.startswith("A")
        assert not book[name].merged_cells.ranges
        assert book[name].sheet_state == "visible"
    listed = {row["Sheet name"] for row in _table(book["Contents"])}
    assert set(TABLES) <= listed


def test_every_sheet_keeps_the_rules_of_accessible_spreadsheets(book: openpyxl.Workbook) -> None:
    """Title in A1, one tagged header of distinct names, no blank inside a table and nothing under it; nothing hidden,
    frozen, merged, drawn or in a margin; each sheet reached by a link; the document has a title and names its language.
    """
    assert book.properties.title == "The 111 mental-health option in two places"
    assert "en-GB" in book.properties.description
    for sheet in book:
        assert sheet["A1"].value, sheet.title
        assert sheet.freeze_panes is None
        assert not (sheet.merged_cells.ranges or sheet._images or sheet._charts or sheet.oddHeader.center.text)
        assert not any(line.hidden for line in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()))
        assert sheet.sheet_view.selection[0].activeCell == "A1"
        if sheet.title == "Cover":
            continue
        (table,) = sheet.tables.values()
        first, last = (coordinate_from_string(end) for end in table.ref.split(":"))
        assert (first[0], last[1]) == ("A", sheet.max_row), f"{sheet.title}: something stands beside or under the table"
        cells = [[cell.value for cell in row] for row in sheet[table.ref]]
        assert len(set(cells[0])) == len(cells[0])
        assert all(value not in (None, "") for row in cells for value in row), f"{sheet.title} has a blank cell"
        assert all(sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)), f"{sheet.title} has a blank row"
    links = [cell.hyperlink for cell in book["Contents"]["A"] if cell.hyperlink is not None]
    assert [str(link.location or link.target).partition("!")[0].strip("#'") for link in links] == book.sheetnames[3:]


def test_every_sheet_says_what_its_numbers_are(book: openpyxl.Workbook) -> None:
    """Unit, level of the intervals, price year, comparator and the synthetic mark stand above each table of results."""
    for name in TABLES[:4]:
        above = " ".join(str(row[0].value) for row in book[name].iter_rows(max_row=8) if row[0].value)
        for words in ("synthetic data", "Unit:", "95% interval", "2024/25", "Comparator:", "Perspective:"):
            assert words in above, f"{name}: {words}"
    assert "SYNTHETIC DATA" in " ".join(str(cell.value) for cell in book["Cover"]["A"])


def test_numbers_are_numbers_rounded_as_on_the_page(book: openpyxl.Workbook) -> None:
    """E3 avoids 20 ED attendances in each trust of the example, 40 in all; value less cost is rounded to 3 figures."""
    rows = [
        row for row in _table(book["Avoided"]) if row["What"] == "ED attendances" and row["Estimand"].startswith("E3")
    ]
    assert [row["Avoided"] for row in rows] == [20, 20, 40]
    worth = [
        row for row in _table(book["Value_and_cost"]) if row["Base case"] == "yes" and row["Trust"] == "All trusts"
    ]
    assert [row["Net value, GBP"] for row in worth] == [-724_000]


def test_what_is_unknown_is_shorthand_and_never_zero(book: openpyxl.Workbook) -> None:
    """What was not measured has [x] in its cells, and the sheet says what [x] means."""
    rows = [row for row in _table(book["Cost_consequence"]) if row["Status"] == "not measured"]
    assert rows
    assert {row["Avoided"] for row in rows} == {"[x]"}
    above = " ".join(str(row[0].value) for row in book["Cost_consequence"].iter_rows(max_row=9) if row[0].value)
    assert "[x] = not available" in above


def test_every_note_is_referred_to_and_explained(book: openpyxl.Workbook) -> None:
    """Numbers of notes on the sheets are those of the sheet of notes."""
    said = {int(number) for name in TABLES for row in book[name].iter_rows(max_row=10) for cell in row
            for number in re.findall(r"\[note (\d+)\]", str(cell.value))}  # fmt: skip
    explained = {row["Note number"] for row in _table(book["Notes"])}
    assert said == explained


def test_hostile_names_make_no_formula_no_link_and_no_note(
    make_evaluation: Callable[..., Evaluation], tmp_path: Path
) -> None:
    """Whatever a trust is called, the library gets plain text with a letter or digit in it."""
    book = _written(make_evaluation(HOSTILE), tmp_path)
    texts = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title}!{cell.coordinate}: {cell.value}"
                assert cell.hyperlink is None or cell.hyperlink.target is None
                texts.add(str(cell.value))
    assert any("<script>" in text for text in texts)
    assert any("[click] (http://x)" in text for text in texts)


def test_every_design_has_published_tables(
    series_evaluation: Evaluation, published_evaluation: Evaluation, tmp_path: Path
) -> None:
    """An outcome series has its avoided attendances, a recomputation from print its bounds; neither has money."""
    series = _written(series_evaluation, tmp_path / "series")
    assert {row["Verdict"] for row in _table(series["Avoided"])} == {"not identifiable"}
    assert "Cost_consequence" not in series.sheetnames
    printed = _written(published_evaluation, tmp_path / "published")
    assert "Bounds" in printed.sheetnames
    assert "synthetic" not in str(printed["Bounds"]["A1"].value)


def test_sixty_trusts_fit(make_evaluation: Callable[..., Evaluation], tmp_path: Path) -> None:
    """Tables are long rather than wide, so that many trusts are more rows."""
    book = _written(make_evaluation([(f"T{place}", f"Trust {place}") for place in range(60)]), tmp_path)
    assert len({row["Trust"] for row in _table(book["Cost_consequence"])}) == 61


def test_tables_of_numbers_as_given_keep_them_and_part_them_from_words(
    make_evaluation: Callable[..., Evaluation], tmp_path: Path
) -> None:
    """1.00375 stays; 1267.89 is 1,268 without a note on rounding; words after a number stand apart from it."""
    whole = make_evaluation()
    checks = pd.DataFrame({"check": ["R-hat", "draws"], "value": [1.00375, 1267.89], "allowed": ["at most 1.01", ""]})
    evaluation = dataclasses.replace(whole, tables={**whole.tables, "checks": checks})
    sheet = _written(evaluation, tmp_path)["Checks"]
    assert [row["Value"] for row in _table(sheet)] == [1.00375, 1268]
    assert "[note" not in sheet["A1"].value
    words = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "at most 1.01")
    assert words.alignment.indent == 1


def test_prices_that_are_moved_look_alike_and_no_heading_breaks_in_a_word(
    make_evaluation: Callable[..., Evaluation], tmp_path: Path
) -> None:
    """17.8 is shown as 17.80 and 9100 as 9,100.00 where every unit is money; Provisional has room for itself."""
    whole = make_evaluation()
    given = {"parameter": ["a", "b"], "unit": ["GBP per call", "GBP per year"], "value": [17.8, 9100.0]}
    prices = pd.DataFrame({**given, "moved_value": [17.8, 9100.0], "provisional": ["", ""]})
    evaluation = dataclasses.replace(whole, tables={**whole.tables, "price_years": prices})
    sheet = _written(evaluation, tmp_path)["Price_years"]
    numbers = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)]
    assert {cell.number_format for cell in numbers} == {"#,##0.00"}
    assert sheet.column_dimensions["E"].width > len("Provisional")
