"""How cells look: one key of colours for the whole workbook, and number formats by what a number is.

Colour never stands alone: an input is also named in its heading, a check also says OK.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}
MONEY, PENCE, COUNT, FACTOR, PLAIN = "#,##0", "#,##0.00", "#,##0", "0.0000", "General"
CHANCE = '[>0.999]"over 99.9%";[<0.001]"under 0.1%";0.0%'
RATE, POINTS = "0.0%", "0.00%"

_TEXT = {"text_wrap": True, "quote_prefix": True}
_HEAD = {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E8EDEE", "valign": "bottom"}
_INPUT = {"bg_color": "#FFF9D9", "font_color": "#003087", "border": 1, "border_color": "#768692"}
_TOTAL = {"bold": True, "top": 1}
_STORED = {"bg_color": "#F3F3F3"}
_FORMATS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "title": {"bold": True, "font_size": 14},
        "warning": {"bold": True, "font_color": "#8A1538"},
        "section": {"bold": True, "font_size": 12, "bottom": 2, "bottom_color": "#003087"},
        "note": {"text_wrap": True, "font_color": "#425563"},
        "line": {"font_color": "#425563"},
        "head": _HEAD | {"align": "left"},
        "head_after": _HEAD | {"align": "left", "indent": 1},
        "head_number": _HEAD | {"align": "right"},
        "text": _TEXT,
        "text_total": _TEXT | _TOTAL,
        "strong": _TEXT | {"bold": True},
        "strong_after": _TEXT | {"bold": True, "align": "left", "indent": 1},
        "unit": _TEXT | {"align": "left", "indent": 1},
        "code": {"align": "right", "text_wrap": True, "font_color": "#425563"},
        "word": {"align": "right", "text_wrap": True, "font_color": "#425563"},
        "link": {"font_color": "#005EB8", "underline": 1},
        "check": {"align": "right", "bold": True},
        "money": {"num_format": MONEY},
        "pence": {"num_format": PENCE},
        "count": {"num_format": COUNT},
        "factor": {"num_format": FACTOR},
        "plain": {"num_format": PLAIN},
        "share": {"num_format": RATE},
        "points": {"num_format": POINTS},
        "chance": {"num_format": CHANCE, "align": "right"},
        "money_total": _TOTAL | {"num_format": MONEY},
        "input_money": _INPUT | {"num_format": PENCE},
        "input_number": _INPUT | {"num_format": PLAIN},
        "input_factor": _INPUT | {"num_format": FACTOR},
        "input_share": _INPUT | {"num_format": RATE},
        "input_growth": _INPUT | {"num_format": RATE},
        "input_text": _INPUT | _TEXT,
        "stored": _STORED | {"num_format": "#,##0.00"},
        "stored_share": _STORED | {"num_format": RATE},
        "stored_plain": _STORED | {"num_format": PLAIN},
        "stored_money": _STORED | {"num_format": MONEY},
        "stored_chance": _STORED | {"num_format": CHANCE, "align": "right"},
        "stored_text": _STORED | _TEXT,
    }
)


def make_styles(file: xlsxwriter.Workbook) -> dict[str, Format]:
    """Every format of the workbook, by name."""
    return {name: file.add_format(FONT | given) for name, given in _FORMATS.items()}


def set_page(
    sheet: Worksheet,
    *,
    synthetic: bool,
    repeat: tuple[int, int] | None = None,
    freeze: tuple[int, int] | None = None,
    wide: int = 1,
) -> None:
    """Landscape A4, so many pages wide, headings repeated, sheet and page named, the synthetic mark on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(wide, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.hide_gridlines(2)
    if synthetic:
        sheet.set_header("&C&BSYNTHETIC DATA: do not quote")
    if repeat:
        sheet.repeat_rows(*repeat)
    if freeze:
        sheet.freeze_panes(*freeze)
