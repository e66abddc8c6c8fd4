"""What a workbook hides from whoever looks at it: sheets, rows, columns, and rows that a filter put away.

They are read like all others, because a reader cannot know whether they were hidden to be left out or to be out of the
way; a warning names them, so that the sender decides.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Sequence

from defusedxml import ElementTree
from openpyxl.utils import get_column_letter

from econ111.errors import Issue

SHOWN = 8
_HIDDEN = re.compile(rb"""\bhidden=["'](1|true)["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_FILTER = re.compile(
    rb"""<(?:\w+:)?autoFilter\b[^>]*\bref=["']([A-Z0-9:$]+)["'][^>]*(?<!/)>.*?</(?:\w+:)?autoFilter>""", re.S
)
_SETTLED = re.compile(rb"<(?:\w+:)?filterColumn\b")
_LOOK = "Show them, delete what must not count, and save."
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def hidden_issues(
    content: bytes, *, sheet: str, label: str, file: str, rows: Sequence[tuple[int, Sequence[str]]]
) -> list[Issue]:
    """Warnings about what is hidden in the sheet that was read, and notes about hidden sheets that were not.

    Parameters
    ----------
    content : bytes
        A workbook that was found safe to read.
    sheet, label, file : str
        Name of the sheet that was read, what messages call it, and what they call the workbook.
    rows : sequence of (row number, cells)
        What was read: hidden rows and columns without any text are passed over.

    Returns
    -------
    list of Issue
        Empty when all of the workbook can be seen.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        places, hidden = _sheets(archive)
        issues = [_sheet_issue(name, sheet, file) for name in hidden]
        place = places.get(sheet)
        if place is None or place not in archive.namelist():
            return issues
        xml = archive.read(place)
        issues += _row_issues(xml, label, rows) + _column_issues(xml, label, rows)
        filters = [*_filters(xml), *(found for part in _tables(archive, place) for found in _filters(part))]
    for where in dict.fromkeys(filters):
        what = f"a filter is set on {where}; the rows that it hides were read too."
        issues.append(Issue("warning", label, None, what, f"Clear the filter. {_LOOK}"))
    return issues


def _sheets(archive: zipfile.ZipFile) -> tuple[dict[str, str], list[str]]:
    """The part that holds each sheet, by its name; and the names of hidden sheets."""
    targets = _targets(archive, "xl/workbook.xml")
    places: dict[str, str] = {}
    hidden = []
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            name = element.get("name", "")
            places[name] = targets.get(element.get(_RELATION, ""), "")
            if element.get("state", "visible") != "visible":
                hidden.append(name)
    return places, hidden


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Where the relations of a part lead, by their ids."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return {}
    found = {}
    for element in ElementTree.fromstring(archive.read(relations)).iter():
        target = element.get("Target")
        if target is not None and element.get("TargetMode") != "External":
            found[element.get("Id", "")] = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return found


def _tables(archive: zipfile.ZipFile, place: str) -> list[bytes]:
    """The tables of a sheet, whose filters stand in parts of their own."""
    parts = [part for part in _targets(archive, place).values() if part.startswith("xl/tables/")]
    return [archive.read(part) for part in parts if part in archive.namelist()]


def _sheet_issue(name: str, sheet: str, file: str) -> Issue:
    if name == sheet:
        return Issue("warning", file, None, f"the sheet {name!r} is hidden and was read.", _LOOK)
    return Issue("note", file, None, f"the sheet {name!r} is hidden.", "It was not read.")


def _row_issues(xml: bytes, label: str, rows: Sequence[tuple[int, Sequence[str]]]) -> list[Issue]:
    numbers, last = [], 0
    for tag in _ROW.findall(xml):
        stated = re.search(rb"""\br=["'](\d{1,9})["']""", tag)
        last = int(stated[1]) if stated else last + 1
        if _HIDDEN.search(tag):
            numbers.append(last)
    holding = {number for number, cells in rows if any(cells)}
    found = [number for number in numbers if number in holding]
    if not found:
        return []
    what = f"{len(found)} hidden {_word('row', len(found))} {_was(len(found))} read: {_spans(found)}."
    return [Issue("warning", label, found[0], what, _LOOK, more_rows=tuple(found[1:]))]


def _column_issues(xml: bytes, label: str, rows: Sequence[tuple[int, Sequence[str]]]) -> list[Issue]:
    holding = {place for _, cells in rows for place, cell in enumerate(cells, 1) if cell}
    found: set[int] = set()
    for tag in _COLUMN.findall(xml):
        ends = [re.search(rb"""\b%s=["'](\d{1,5})["']""" % name, tag) for name in (b"min", b"max")]
        if _HIDDEN.search(tag) and ends[0] and ends[1]:
            found |= holding & set(range(int(ends[0][1]), int(ends[1][1]) + 1))
    if not found:
        return []
    names = ", ".join(get_column_letter(place) for place in sorted(found)[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    what = f"{len(found)} hidden {_word('column', len(found))} {_was(len(found))} read: {names}{more}."
    return [Issue("warning", label, None, what, _LOOK)]


def _filters(xml: bytes) -> list[str]:
    """Where a filter is set: its buttons alone hide nothing."""
    return [found[1].decode() for found in _FILTER.finditer(xml) if _SETTLED.search(found[0])]


def _spans(numbers: Iterable[int]) -> str:
    """Numbers as spans, for example `3, 7 to 9`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    shown = [f"{span[0]} to {span[-1]}" if span[0] != span[-1] else str(span[0]) for span in spans[:SHOWN]]
    return ", ".join(shown) + (f" and {len(spans) - SHOWN} more" if len(spans) > SHOWN else "")


def _word(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
