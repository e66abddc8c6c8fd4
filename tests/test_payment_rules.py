"""Payment rules as dated data: the shipped file, and what a bad one is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from econ111.errors import DataError
from econ111.parameters import load_payment_rules
from econ111.resources import shipped_folder

SHIPPED = shipped_folder("data/parameters")
HEADER = "name,covers,first_year,last_year,variable_share,status,source,locator,licence,confidence,note"
ROW = "urgent,Attendances,{first},{last},{share},in force,{source},Section 1,OGL-3.0,low,An example row."


def folder_with(tmp_path: Path, *rows: str) -> Path:
    shutil.copy(SHIPPED / "sources.toml", tmp_path)
    (tmp_path / "payment_rules.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return tmp_path


def row(
    first: str = "2023/24", last: str = "2025/26", share: str = "0", source: str = "nhs_payment_scheme_2025"
) -> str:
    return ROW.format(first=first, last=last, share=share, source=source)


def test_urgent_care_is_paid_by_a_fixed_sum_until_2025_26_and_unknown_after() -> None:
    """NHS Payment Scheme: variable for elective care alone; the share proposed for 2026/27 was not seen."""
    rules = load_payment_rules()["urgent_care"]
    shares = [rule.variable_share for year in ("2023/24", "2025/26") for rule in rules if rule.applies_in(year)]
    assert shares == [0.0, 0.0]
    assert [rule.variable_share for rule in rules if rule.applies_in("2026/27")] == [None]
    assert not any(rule.applies_in("2027/28") for rule in rules)
    assert [rule.variable_share for rule in load_payment_rules()["elective"]] == [1.0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(share="20")], r"row 2.*a share is from 0 to 1"),
        ([row(share="20%")], r"row 2.*not a number"),
        ([row(first="2023")], r"row 2.*financial year"),
        ([row(first="2025/26", last="2023/24")], r"row 2.*before the first"),
        ([row(), row(first="2025/26", last="2026/27")], r"row 3.*within the years of row 2"),
        ([row(source="nhs_payment_scheme_2052")], r"row 2.*Did you mean 'nhs_payment_scheme_2025'"),
    ],
)
def test_a_bad_row_is_named_with_its_remedy(tmp_path: Path, rows: list[str], message: str) -> None:
    """A share in percent, a year that is none, years the wrong way round or twice, an unknown source."""
    with pytest.raises(DataError, match=message):
        load_payment_rules(folder_with(tmp_path, *rows))


def test_a_folder_without_the_file_has_no_rules(tmp_path: Path) -> None:
    """An older folder of parameters still works; cash cannot be claimed there."""
    assert load_payment_rules(tmp_path) == {}
