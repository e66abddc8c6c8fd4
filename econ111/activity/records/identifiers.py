"""What names people: refused by the name of a column and by what its cells look like, before anything is counted.

A message names the column and the kind, never the value. Patterns are tried on the first rows of every column and on
every code of the code columns. A kind is found when more than half of the values that have its outward shape also pass
its test, so that one NHS number among pseudonyms is found, and random ten-digit pseudonyms, of which one in eleven
passes the check digit, are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from econ111.activity.months import FIRST_YEAR
from econ111.activity.tabular import column_key
from econ111.errors import Issue

ROWS_TRIED = 10_000
_WORDS = frozenset(
    {
        "nhs", "nhsno", "nhsnumber", "postcode", "postal", "dob", "birth", "birthdate", "surname", "forename",
        "firstname", "lastname", "fullname", "phone", "telephone", "mobile", "email", "address", "patient",
    }
)  # fmt: skip
_WHOLE = frozenset({"name", "first_name", "last_name", "full_name", "caller_name", "post_code", "home_number"})


@dataclass(frozen=True)
class _Kind:
    """One kind of identifier: the shape its values have, the test they pass, and whether codes may look like it."""

    name: str
    shape: re.Pattern[str]
    test: Callable[[str], bool]
    in_codes: bool = True


def is_nhs_number(text: str) -> bool:
    """Whether ten digits carry the right check digit (modulus 11).

    Examples
    --------
    >>> is_nhs_number("943 476 5919"), is_nhs_number("943 476 5918")
    (True, False)
    """
    digits = [int(letter) for letter in text if letter in "0123456789"]
    if len(digits) != 10:
        return False
    check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return check != 10 and digits[9] == check % 11


def _is_old_date(text: str) -> bool:
    years = [int(part) for part in re.findall(r"\d{4}", text)]
    return len(years) == 1 and 1900 <= years[0] < FIRST_YEAR


_PHONE = re.compile(r"(\+44|0044|0)[ ()-]?[1-37](?:[ ()-]?\d){8,9}", re.ASCII)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.ASCII | re.IGNORECASE)
_KINDS = (
    _Kind("NHS numbers", re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}", re.ASCII), is_nhs_number),
    _Kind("telephone numbers", re.compile(r"\+?[\d ()-]{9,18}", re.ASCII), lambda text: bool(_PHONE.fullmatch(text))),
    _Kind(
        "postcodes", re.compile(r"[A-Z\d]{5,7}|[A-Z\d]{2,4} [A-Z\d]{3}", re.ASCII | re.IGNORECASE),
        lambda text: bool(_POSTCODE.fullmatch(text)),
    ),
    _Kind("dates of birth", re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( 00:00(:00)?)?", re.ASCII), _is_old_date),
    _Kind("email addresses", re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE), lambda text: True),
    _Kind(
        "names", re.compile(r"[^\W\d_][^\W\d_.'’-]*\.?,? [^\W\d_][\w.'’ -]*"),
        lambda text: all(part[:1].isupper() for part in text.split()), in_codes=False,
    ),
)  # fmt: skip


def identifying_columns(columns: Iterable[str], *, file: str) -> list[Issue]:
    """An error for every column whose name says that it identifies people.

    Examples
    --------
    >>> [issue.column for issue in identifying_columns(["Caller_Pseudonym", "Patient DOB"], file="calls.csv")]
    ['Patient DOB']
    """
    issues = []
    for name in columns:
        key = column_key(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name))
        if key in _WHOLE or set(key.split("_")) & _WORDS or key.replace("_", "") in _WORDS:
            what = "this column identifies people by its name."
            remedy = "Delete it from the extract; give callers a pseudonym that nobody here can undo."
            issues.append(Issue("error", file, 1, what, remedy, name))
    return issues


def identifying_values(values: Mapping[str, Sequence[object]], *, codes: frozenset[str], file: str) -> list[Issue]:
    """An error for every column whose values look like identifiers; the values themselves are never repeated.

    Parameters
    ----------
    values : mapping of str to sequence
        Values by column; blanks are passed over.
    codes : frozenset of str
        Columns of codes, in which two capitalised words are no name.
    file : str
        Name of the file, for the issues.
    """
    issues = []
    for name, cells in values.items():
        texts = [text for cell in cells if cell is not None and (text := str(cell).strip())]
        for kind in _KINDS:
            if name in codes and not kind.in_codes:
                continue
            shaped = [text for text in texts if kind.shape.fullmatch(text)]
            found = sum(kind.test(text) for text in shaped)
            if 2 * found > len(shaped):
                what = f"{found:,} values look like {kind.name}."
                remedy = "Delete the column, or put a pseudonym in its place; econ111 takes no direct identifiers."
                issues.append(Issue("error", file, None, what, remedy, name))
    return issues
