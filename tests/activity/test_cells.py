"""A printed count means exactly the counts its source's rule would print that way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ111.activity import Cell, CellRule, Problem, parse_count

PLAIN = CellRule()
MHSDS = CellRule(below=5, zero_included=True, base=5, rounding="nearest")
ECDS = CellRule(below=8, zero_included=False, base=5, rounding="nearest")
ROUND_UP = CellRule(base=5, rounding="up")


@pytest.mark.parametrize(
    ("text", "rule", "cell"),
    [
        ("12", PLAIN, Cell("observed", 12, 12)),
        ("1,234", PLAIN, Cell("observed", 1234, 1234)),
        ("0", PLAIN, Cell("observed", 0, 0)),
        ("0", MHSDS, Cell("observed", 0, 0)),
        ("0", ECDS, Cell("observed", 0, 0)),
        ("*", MHSDS, Cell("suppressed", 0, 4)),
        ("<5", MHSDS, Cell("suppressed", 0, 4)),
        ("*", ECDS, Cell("suppressed", 1, 7)),
        ("5", MHSDS, Cell("rounded", 5, 7)),
        ("10", MHSDS, Cell("rounded", 8, 12)),
        ("5", ROUND_UP, Cell("rounded", 1, 5)),
        ("10", ROUND_UP, Cell("rounded", 6, 10)),
        ("", PLAIN, Cell("not_supplied")),
        ("-", PLAIN, Cell("not_supplied")),
        ("..", PLAIN, Cell("not_supplied")),
        ("n/a", PLAIN, Cell("not_applicable")),
        ("Not applicable", PLAIN, Cell("not_applicable")),
        ("*", None, Cell("suppressed", 0)),
    ],
)
def test_each_mark_has_its_state_and_bounds(text: str, rule: CellRule | None, cell: Cell) -> None:
    """MHSDS: `*` is 0-4, 5 is 5-7, v is v-2 to v+2. ECDS: `*` is 1-7. Rounded up to 5: 5 is 1-5."""
    assert parse_count(text, rule) == cell


@pytest.mark.parametrize(
    "text",
    ["-5", "(5)", "5-", "10.5", "10.0", "59%", "1,5", "1,23", "12,34,567", "£5", "1E5", "inf", "nan", "NA", "NULL",
     "None", "1 234", "1.234,5", "2000000000", "#REF!", "5²", "٣", "=1+1", "**", "5*", "TRUE"],
)  # fmt: skip
def test_what_is_not_a_count_is_refused_with_a_remedy(text: str) -> None:
    """Nothing is guessed: a decimal comma, a percentage or a bracketed number is a problem with a remedy."""
    read = parse_count(text, PLAIN)
    assert isinstance(read, Problem)
    assert read.remedy


@pytest.mark.parametrize("text", ["*", "<5"])
def test_a_hidden_count_needs_a_declared_rule(text: str) -> None:
    """Without a rule `*` has no bounds, so the remedy is to declare one."""
    read = parse_count(text, PLAIN)
    assert isinstance(read, Problem)
    assert "[data.rules]" in read.remedy


@pytest.mark.parametrize(("text", "rule"), [("<10", MHSDS), ("13", MHSDS), ("3", CellRule(below=5)), ("5", ECDS)])
def test_a_count_that_the_rule_could_not_print_is_refused(text: str, rule: CellRule) -> None:
    """Rounded to 5, 13 cannot be printed; hidden below 5, 3 cannot; ECDS stars every count that rounds to 5."""
    assert isinstance(parse_count(text, rule), Problem)


@given(
    count=st.integers(0, 500),
    rule=st.sampled_from([PLAIN, MHSDS, ECDS, ROUND_UP, CellRule(base=10, rounding="nearest")]),
)
def test_the_true_count_always_lies_within_the_bounds(count: int, rule: CellRule) -> None:
    """Print a count by the rule, read it back: the bounds hold it. The printing is written here a second time."""
    hidden = count < rule.below and (count > 0 or rule.zero_included)
    base = rule.base if rule.rounding != "none" else 1
    printed = (2 * count + base) // (2 * base) * base if rule.rounding == "nearest" else -(-count // base) * base
    read = parse_count("*" if hidden else f"{printed:,}", rule)
    assert isinstance(read, Cell)
    assert read.low is not None
    assert read.high is not None
    assert read.low <= count <= read.high
