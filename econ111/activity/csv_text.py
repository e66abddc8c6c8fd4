"""The text of a CSV file: which encoding, which delimiter, which rows. No value is changed."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Sequence

from econ111.activity.reading import file_error
from econ111.errors import Issue

DELIMITERS = (",", ";", "\t")


def csv_rows(
    content: bytes, *, file: str, wanted: Sequence[str], key: Callable[[str], str], issues: list[Issue]
) -> list[tuple[int, list[str]]]:
    """Rows of a CSV file with their numbers, the header as row 1.

    Encoding is UTF-8 with or without a mark, UTF-16 with a mark, or Windows-1252 when the bytes can be nothing else.
    The delimiter is the one of comma, semicolon and tab under which most of the `wanted` columns are found.

    Raises
    ------
    DataError
        On binary content, a mixture of encodings, or a quote that never ends.
    """
    text = _decode(content, file=file, issues=issues)
    text = _plain_line_ends(text, file=file, issues=issues)
    delimiter = _delimiter(text, wanted=wanted, key=key)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs"}[delimiter]
        issues.append(Issue("note", file, None, f"columns are separated by {name}.", "It was read so."))
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            rows.append((len(rows) + 1, cells))
    except csv.Error as error:
        raise file_error(
            file, "a quotation mark opens here and is not closed properly.", f'Close it, or delete it ({error}).',
            row=len(rows) + 1,
        ) from error  # fmt: skip
    return rows


def _decode(content: bytes, *, file: str, issues: list[Issue]) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return _decode_utf16(content, encoding, file=file, issues=issues)
    if b"\0" in content:
        row = content[: content.index(b"\0")].count(b"\n") + 1
        raise file_error(file, "holds NUL bytes, so it is not a text file.", "Export it again as CSV (UTF-8).", row=row)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _decode_windows(content, error.start, file=file, issues=issues)


def _decode_utf16(content: bytes, encoding: str, *, file: str, issues: list[Issue]) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise file_error(file, f"is not valid UTF-16 at byte {error.start}.", "Save it as CSV (UTF-8).") from error
    if "\0" in text:
        raise file_error(file, "holds NUL characters.", "Export it again as CSV (UTF-8).")
    issues.append(Issue("note", file, None, "is in UTF-16.", "It was read so."))
    return text


def _decode_windows(content: bytes, offset: int, *, file: str, issues: list[Issue]) -> str:
    """Windows-1252, only when no other reading is possible: no byte without a meaning, no UTF-8 sequence beside it."""
    row = content[:offset].count(b"\n") + 1
    lenient = content.decode("utf-8", errors="surrogateescape")
    if any(ord(letter) > 127 and not 0xDC80 <= ord(letter) <= 0xDCFF for letter in lenient):
        raise file_error(
            file, f"mixes two encodings (byte {offset} is not UTF-8).", "Save it once as CSV (UTF-8).", row=row
        )
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise file_error(
            file, f"byte {error.start} is neither UTF-8 nor Windows-1252.", "Save it as CSV (UTF-8).", row=row
        ) from error
    issues.append(Issue("note", file, row, "is not UTF-8; read as Windows-1252.", "Save it as CSV (UTF-8) next time."))
    return text


def _plain_line_ends(text: str, *, file: str, issues: list[Issue]) -> str:
    pairs = text.count("\r\n")
    kinds = {"CRLF": pairs, "LF": text.count("\n") - pairs, "CR": text.count("\r") - pairs}
    present = [name for name, times in kinds.items() if times]
    if len(present) > 1:
        issues.append(Issue("note", file, None, f"mixes line ends ({', '.join(present)}).", "All were read."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(text: str, *, wanted: Sequence[str], key: Callable[[str], str]) -> str:
    first = text.split("\n", 1)[0]

    def matches(delimiter: str) -> tuple[int, int]:
        names = {key(cell.strip('"')) for cell in first.split(delimiter)}
        return len(names & set(wanted)), first.count(delimiter)

    return max(DELIMITERS, key=matches)
