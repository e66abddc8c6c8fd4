"""What a reader sees of the model workbook: words above its numbers, formats, and no code cut short."""

from __future__ import annotations

from pathlib import Path

import openpyxl

RESULTS = ("All trusts", "Trust RWK", "Trust RKL")


def test_results_sheets_say_what_they_rest_on(model_file: Path) -> None:
    """Total, each trust and the original results name price year, comparator, perspective and discounting."""
    book = openpyxl.load_workbook(model_file)
    for name in (*RESULTS, "Original results"):
        top = " ".join(str(cell.value) for row in book[name].iter_rows(max_row=6) for cell in row if cell.value)
        assert "GBP in 2024/25 prices" in top, name
        for word in ("Comparator:", "Perspective:", "Discounting: none"):
            assert word in top, (name, word)


def test_results_sheets_name_the_base_and_what_each_interval_is_of(model_file: Path) -> None:
    """The first title names the base chosen on Inputs; no table has two headings alike; names start with a capital."""
    book = openpyxl.load_workbook(model_file, data_only=True)
    chosen = next(row[2].value for row in book["Inputs"].iter_rows() if row[1].value == "basis")
    for name in RESULTS:
        rows = [[cell.value for cell in row if cell.value not in (None, "")] for row in book[name].iter_rows()]
        assert [f"Value against cost, base chosen: {chosen}"] in rows
        for heads in (row for row in rows if row and row[0] in ("Basis", "Consequence", "Year")):
            assert len(set(heads)) == len(heads), f"{name}: {heads}"
        unmeasured = [row[0] for row in rows if "not measured" in row]
        assert all(str(words)[0].isupper() for words in unmeasured)


def test_an_input_its_value_used_and_that_of_the_run_look_alike(model_file: Path) -> None:
    """A share typed as 3.0% is not shown as 0.03 beside it."""
    sheet = openpyxl.load_workbook(model_file)["Inputs"]
    shares = [row for row in sheet.iter_rows(min_row=6) if row[2].number_format == "0.0%"]
    assert shares
    assert all(cell.number_format == "0.0%" for row in shares for cell in (row[6], row[7]))


def test_no_code_of_a_column_of_draws_is_cut(model_file: Path) -> None:
    """Codes wrap inside their column, as their neighbours would cover the rest."""
    book = openpyxl.load_workbook(model_file)
    codes = [cell for name in ("Draws", "Prices", "Workings") for cell in book[name][8][1:] if cell.value]
    assert codes
    assert all(cell.alignment.wrap_text for cell in codes)
