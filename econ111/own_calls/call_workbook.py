"""The call template as an Excel workbook: how to fill it in, the rows, the dictionary, the lists behind the drop-downs.

Nothing is hidden and nothing is a formula: names are written as text whatever they begin with. A value that is neither
a whole number nor a mark turns red as it is typed. The workbook is the same, byte for byte, whenever it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from econ111.activity.months import month_text
from econ111.activity.template import COLUMNS
from econ111.own_calls.asked import Asked
from econ111.own_calls.call_rows import LINES, MARKS, MEASURES, dictionary_rows, example_row, rows_to_fill

SHEETS = ("README", "calls", "dictionary", "lists")
MADE = datetime(2024, 4, 1, tzinfo=UTC).replace(tzinfo=None)
# Rows below the last prepared one that still have drop-down lists, for months or categories added by hand.
SPARE_ROWS = 500
_WIDTHS = {"trust": 12, "month": 12, "line": 12, "measure": 20, "value": 14}
_HEAD, _INPUT, _GREY, _BAD = "#12436D", "#FFF9DB", "#E7E7E7", "#F6D7D2"


def write_call_workbook(asked: Asked, place: Path) -> None:
    """Write the workbook to a path that is the caller's to choose.

    Parameters
    ----------
    asked : Asked
        Trusts, months and launch dates.
    place : Path
        Written over if it is there: `write_templates` decides whether it may be.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(place), options)
    book.set_properties({"title": f"Call data for {asked.name}", "created": MADE, "comments": "econ111 call template"})
    styles = _styles(book)
    sheets = {name: book.add_worksheet(name) for name in SHEETS}
    _readme(sheets["README"], asked, styles)
    _calls(sheets["calls"], asked, styles)
    _dictionary(sheets["dictionary"], styles)
    _lists(sheets["lists"], asked, styles)
    sheets["README"].activate()
    book.close()


def _styles(book: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"font_name": "Arial", "font_size": 11, "valign": "top"}
    kinds: dict[str, dict[str, Any]] = {
        "text": {"num_format": "@"},
        "wrapped": {"text_wrap": True},
        "title": {"bold": True, "font_size": 16, "font_color": _HEAD},
        "part": {"bold": True, "font_size": 12, "font_color": _HEAD},
        "head": {"bold": True, "font_color": "white", "bg_color": _HEAD, "border": 1},
        "input": {"bg_color": _INPUT, "border": 1, "border_color": "#B0B0B0"},
        "example": {"bg_color": _GREY, "italic": True, "font_color": "#505050", "num_format": "@"},
        "bad": {"bg_color": _BAD, "font_color": "#7A1F10", "bold": True},
    }
    return {name: book.add_format({**plain, **kind}) for name, kind in kinds.items()}


def _readme(sheet: Any, asked: Asked, styles: dict[str, Any]) -> None:
    period = f"{month_text(asked.months[0])} to {month_text(asked.months[-1])}"
    lines: list[tuple[str, str]] = [
        ("title", "Monthly calls: how to fill in this workbook"),
        ("wrapped", f"Evaluation {asked.name}; months {period}; {len(asked.trusts)} trusts."),
        ("part", "What to do"),
        ("wrapped", "1. Fill in the yellow column of the sheet calls: one whole number of calls in each row."),
        ("wrapped", "2. Where there were none, write 0. Where nobody counted, write - (not supplied)."),
        ("wrapped", "3. Where your source hides small counts, leave them as it wrote them, as *."),
        ("wrapped", "4. Row 2 is a worked example. It is left out when the file is read; delete it if you like."),
        ("wrapped", "5. Save as .xlsx and run: econ111 check " + asked.name + ".toml"),
        ("part", "What the check answers"),
        ("wrapped", "Where there are problems, a copy named -checked is written beside it; yours is not touched."),
        ("wrapped", "In it a red cell must be mended and an amber one looked at; the comment on it says what and how."),
        ("wrapped", "Its sheet problems lists them all; what concerns the whole file has no row there."),
        ("part", "Rules"),
        ("wrapped", "Counts only. Never names, NHS numbers, dates of birth, postcodes or telephone numbers."),
        ("wrapped", "No rows of totals. No formulas: paste values. Keep the name and first row of the sheet calls."),
        ("wrapped", "Rows may be added, deleted and sorted. Months left out in the middle are an error."),
        ("wrapped", "A disposition is advice at the end of a call. It is not a referral made, nor a person seen."),
        ("wrapped", "A value that turns red is neither a whole number nor one of the marks *, - and n/a."),
        ("part", "Before the data are shared"),
        ("wrapped", "This workbook holds unprotected counts: treat it by your own rules."),
        ("wrapped", "What econ111 writes for sharing hides small counts by the rule in " + asked.name + ".toml."),
        ("part", "Trusts"),
        *(("wrapped", f"{trust.code}: {trust.name}; line started {trust.launch_date}") for trust in asked.trusts),
    ]  # fmt: skip
    sheet.set_column(0, 0, 105)
    sheet.set_row(0, 26)
    sheet.hide_gridlines(2)
    for row, (style, text) in enumerate(lines):
        sheet.write_string(row, 0, text, styles[style])
    _printed(sheet)


def _calls(sheet: Any, asked: Asked, styles: dict[str, Any]) -> None:
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, _WIDTHS[column], styles["text"] if column != "value" else None)
        sheet.write_string(0, place, column, styles["head"])
    example = example_row(asked)
    for place, text in enumerate(example[:-1]):
        sheet.write_string(1, place, text, styles["example"])
    sheet.write_number(1, len(example) - 1, int(example[-1]), styles["example"])
    note = (
        "A worked example: in this month 12 answered calls of the mental line were advised to go to ED. It is not read."
    )
    sheet.write_comment(1, 0, note, {"author": "econ111", "x_scale": 2})
    last = 1
    for last, row in enumerate(rows_to_fill(asked), start=2):
        for place, text in enumerate(row[:-1]):
            sheet.write_string(last, place, text, styles["text"])
        sheet.write_blank(last, len(row) - 1, None, styles["input"])
    _choices(sheet, asked, rows=(1, last + SPARE_ROWS), styles=styles)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    sheet.repeat_rows(0)
    _printed(sheet)


def _choices(sheet: Any, asked: Asked, *, rows: tuple[int, int], styles: dict[str, Any]) -> None:
    """Drop-down lists, strict where any other word would be refused, and red for a value that is none."""
    first, last = rows
    trusts = _range("A", len(asked.trusts) + 1)  # the worked row's own code stands first
    lists = {
        "trust": (trusts, "stop", "Choose the code of a trust on the sheet lists."),
        "line": (_range("C", len(LINES)), "stop", "Choose physical or mental."),
        "measure": (_range("D", len(MEASURES)), "warning", "Use words of the dictionary, joined by +, or your own."),
        "value": (_range("E", len(MARKS)), None, ""),
    }  # fmt: skip
    for column, (source, strictness, message) in lists.items():
        place = COLUMNS.index(column)
        rule: dict[str, Any] = {"validate": "list", "source": source, "ignore_blank": True}
        rule |= {"show_error": False} if strictness is None else {"error_type": strictness, "error_message": message}
        if column == "value":
            rule |= {"input_title": "Calls", "input_message": "A whole number. 0: none. *: hidden. -: not supplied."}
        sheet.data_validation(first, place, last, place, rule)
    cell = f"E{first + 1}"
    marks = ",".join(f'{cell}="{mark}"' for mark in MARKS)
    whole = f"AND(ISNUMBER({cell}),{cell}>=0,{cell}=INT({cell}))"
    wrong = {"type": "formula", "criteria": f'=AND({cell}<>"",NOT(IFERROR({whole},FALSE)),NOT(OR({marks})))'}
    sheet.conditional_format(first, 4, last, 4, {**wrong, "format": styles["bad"]})


def _range(column: str, rows: int) -> str:
    return f"=lists!${column}$2:${column}${rows + 1}"


def _dictionary(sheet: Any, styles: dict[str, Any]) -> None:
    _table(sheet, ("kind", "word", "meaning"), dictionary_rows(), widths=(12, 20, 90), styles=styles)


def _lists(sheet: Any, asked: Asked, styles: dict[str, Any]) -> None:
    example = example_row(asked)[0]
    columns = (
        [example, *(trust.code for trust in asked.trusts)],
        ["The worked row; not read", *(trust.name for trust in asked.trusts)],
        LINES,
        MEASURES,
        MARKS,
    )
    longest = max(len(column) for column in columns)
    rows = [tuple(column[n] if n < len(column) else "" for column in columns) for n in range(longest)]
    heads = ("trust", "trust_name", "line", "measure", "mark")
    _table(sheet, heads, rows, widths=(12, 60, 12, 20, 12), styles=styles)


def _table(
    sheet: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int], styles: dict[str, Any]
) -> None:
    for place, (head, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, head, styles["head"])
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row):
            sheet.write_string(number, place, text, styles["wrapped"])
    sheet.freeze_panes(1, 0)
    _printed(sheet)


def _printed(sheet: Any) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
