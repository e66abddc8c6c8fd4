"""What identifies people is known by every name that a column of it may have, and by the check digit of its numbers."""

from __future__ import annotations

import pytest

from econ111.activity.records.identifiers import identifying_columns, identifying_values, is_nhs_number

NAMES = """
    NHS; NHS no; nhs_number; postcode; Postal code; dob; Date of birth; BirthDate; surname; Forename; firstName;
    LastName; fullname; phone; Telephone; mobile; email; Address line 1; Patient; name; first_name; last name;
    full_name; caller name; post_code; home number
"""


@pytest.mark.parametrize("name", [name.strip() for name in NAMES.split(";")])
def test_a_column_is_refused_by_any_of_these_names(name: str) -> None:
    """Each word of the list, however it is spelt."""
    assert [issue.column for issue in identifying_columns([name, "call_id", "Pseudonym"], file="calls.csv")] == [name]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("9000000130", True), ("9000000131", False), ("9000000050", False), ("900000013", False), ("90000001300", False)],
    ids=["a sum of eleven has digit 0", "another digit", "a sum that would need 10", "nine digits", "eleven digits"],
)
def test_the_check_digit_at_its_edges(text: str, is_one: bool) -> None:
    """Weights 10 to 2: 900000013 gives 99, nine times eleven; 900000005 gives 100, whose check would be 10."""
    assert is_nhs_number(text) is is_one


def test_more_than_half_of_what_looks_like_it_must_be_it() -> None:
    """One of two numbers has its check digit: chance. Two of three: a column of NHS numbers."""
    one = {"id": ["9000000130", "9000000131"]}
    two = {"id": ["9000000130", "9434765919", "9000000131"]}
    assert not identifying_values(one, codes=frozenset(), file="calls.csv")
    (found,) = identifying_values(two, codes=frozenset(), file="calls.csv")
    assert "2 values look like NHS numbers." in str(found)
