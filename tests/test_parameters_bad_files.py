"""Parameter files that cannot be used: every fault of every file is told at once, with file, row, value and remedy."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from econ111.errors import DataError, InputError
from econ111.parameters import Catalogue, load_catalogue

GOOD_ROW = {
    "name": "example_contact",
    "description": "Illustration",
    "unit": "GBP per contact",
    "value": "100.00",
    "distribution": "gamma",
    "standard_error": "10.00",
    "low": "",
    "high": "",
    "effective_n": "",
    "price_year": "2023/24",
    "source": "example_source",
    "locator": "Table 1",
    "licence": "OGL-3.0",
    "confidence": "low",
    "note": "Illustrative row.",
}
SOURCES_TOML = """
[example_source]
title = "Example"
publisher = "Nobody"
year = "2024"
licence = "OGL-3.0"
url = "example"

[share_alike_source]
title = "Example"
publisher = "Nobody"
year = "2024"
licence = "CC-BY-NC-SA-4.0"
url = "example"
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped parameters."""
    return load_catalogue()


def write_folder(folder: Path, *rows: dict[str, str], file: str = "unit_costs.csv") -> Path:
    """A parameter folder with one file of these rows."""
    (folder / "sources.toml").write_text(SOURCES_TOML, encoding="utf-8")
    (folder / file).parent.mkdir(exist_ok=True)
    with (folder / file).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def faults_of(folder: Path) -> list[str]:
    """What loading the folder complains of."""
    with pytest.raises(DataError) as caught:
        load_catalogue(folder)
    return [str(issue) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"unit": "GBP/visit"}, "the unit is not known."),
        ({"unit": "GBP per contacts"}, "Did you mean 'GBP per contact'?"),
        ({"value": "1,179.98"}, "this is not a number."),
        ({"value": "£100"}, "this is not a number."),
        ({"value": "59%"}, "this is not a number."),
        ({"value": "nan"}, "this is not a number."),
        ({"value": "1e999"}, "this number is too large."),
        ({"value": ""}, "the value is blank."),
        ({"value": "-5"}, "the value is outside what its unit allows."),
        ({"value": "280170"}, "the value is outside what its unit allows."),
        ({"unit": "proportion", "value": "1.2", "price_year": ""}, "proportion goes from 0 to 1"),
        ({"unit": "proportion", "value": "-0.1", "price_year": ""}, "proportion goes from 0 to 1"),
        ({"unit": "proportion", "value": "59", "price_year": ""}, "proportion goes from 0 to 1"),
        ({"unit": "per year", "value": "3.5", "price_year": ""}, "per year goes from -0.5 to 0.5"),
        ({"standard_error": "0"}, "a standard error must be above 0."),
        ({"standard_error": "-1"}, "a standard error must be above 0."),
        ({"standard_error": ""}, "a gamma has no spread."),
        ({"standard_error": "", "low": "90"}, "only one of low and high is given."),
        ({"low": "110", "high": "120"}, "low, value and high are out of order."),
        ({"value": "0"}, "a gamma needs a mean above 0."),
        ({"distribution": "gama"}, "Did you mean 'gamma'?"),
        ({"distribution": "uniform", "low": "50", "high": "120"}, "Give 85 or other bounds."),
        ({"distribution": "triangular", "low": "99", "high": "900"}, "no triangle with these ends has this mean."),
        ({"price_year": ""}, "money has no price year."),
        ({"price_year": "2023-24"}, "a year is written 2024/25 or 2024."),
        ({"price_year": "2023/25"}, "a financial year ends in the next year: 2023/24."),
        ({"source": "exampel_source"}, "Did you mean 'example_source'?"),
        ({"source": ""}, "source is blank."),
        ({"source": "share_alike_source"}, "carries its licence."),
        ({"licence": "CC-BY-NC-SA-4.0"}, "Move it to its licence's folder."),
        ({"licence": "OGL"}, "licence is not known."),
        ({"locator": ""}, "locator is blank."),
        ({"note": " "}, "note is blank."),
        ({"confidence": "sure"}, "confidence is not known."),
        ({"name": "Example contact"}, "a name has letters, digits and underscores"),
        ({"name": "group.part"}, "only a Dirichlet component has a point in its name."),
    ],
)
def test_each_fault_of_a_row_is_named_with_file_row_and_remedy(
    tmp_path: Path, change: dict[str, str], expected: str
) -> None:
    """The message says unit_costs.csv row 2, what is wrong and what to do."""
    faults = faults_of(write_folder(tmp_path, GOOD_ROW | change))
    assert any(expected in fault and fault.startswith("unit_costs.csv row 2") for fault in faults), faults


def test_beta_faults_give_the_feasible_range(tmp_path: Path) -> None:
    """With mean 0.9 the standard deviation must be below sqrt(0.9 x 0.1) = 0.3."""
    row = GOOD_ROW | {"unit": "proportion", "distribution": "beta", "price_year": "", "value": "0.9"}
    assert "must be below 0.3." in faults_of(write_folder(tmp_path, row | {"standard_error": "0.4"}))[0]
    assert "between 0 and 1" in faults_of(write_folder(tmp_path, row | {"value": "1", "standard_error": "0.1"}))[0]


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Two files with a fault each, one of them in two cells, and a source without a url: four messages."""
    write_folder(tmp_path, GOOD_ROW | {"value": "abc", "unit": "pounds"})
    write_folder(tmp_path, GOOD_ROW | {"name": "other", "price_year": ""}, file="pay.csv")
    (tmp_path / "sources.toml").write_text(SOURCES_TOML + '\n[third]\ntitle = "T"\npublisher = "P"\nyear = "1"\n')
    faults = faults_of(tmp_path)
    assert len(faults) == 4
    assert {fault.split(" ")[0] for fault in faults} == {"sources.toml", "unit_costs.csv", "pay.csv"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("name,unit\nx,hours\n", "column 'value' is missing."),
        (",".join([*GOOD_ROW, "nmae"]) + "\n", "Did you mean 'name'?"),
        (",".join([*GOOD_ROW, "note"]) + "\n", "column 'note' stands more than once."),
        (",".join(GOOD_ROW) + "\na,b,c\n", "the row has 3 cells and the header has 15."),
        (",".join(GOOD_ROW) + '\na,"b\n', "Look for an unclosed quotation mark."),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    """Empty, short of a column, with a misspelt or doubled one, ragged, or with an open quotation mark."""
    write_folder(tmp_path, GOOD_ROW)
    (tmp_path / "unit_costs.csv").write_text(text, encoding="utf-8")
    assert any(expected in fault for fault in faults_of(tmp_path))


def test_a_file_that_is_not_utf8_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    """Excel's 'CSV UTF-8' begins with a mark; its plain CSV writes a pound sign as one byte."""
    path = write_folder(tmp_path, GOOD_ROW | {"note": "£"}) / "unit_costs.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n"))
    assert load_catalogue(tmp_path)["example_contact"].note == "£"
    path.write_bytes(path.read_bytes().decode("utf-8-sig").encode("cp1252"))
    assert any("it is not UTF-8 text" in fault for fault in faults_of(tmp_path))


def test_a_name_may_stand_once_in_all_files(tmp_path: Path) -> None:
    """The message names both places."""
    write_folder(tmp_path, GOOD_ROW, file="pay.csv")
    (fault,) = faults_of(write_folder(tmp_path, GOOD_ROW))
    assert "unit_costs.csv row 2" in fault
    assert "pay.csv row 2" in fault


def test_shares_of_a_group_must_add_up_to_one(tmp_path: Path) -> None:
    """0.5 and 0.4 make 0.9; and a Dirichlet has one effective n."""
    part = GOOD_ROW | {"unit": "proportion", "distribution": "dirichlet", "price_year": "", "standard_error": ""}
    rows = [part | {"name": "mix.a", "value": "0.5", "effective_n": "10"}]
    rows += [part | {"name": "mix.b", "value": "0.4", "effective_n": "20"}]
    faults = faults_of(write_folder(tmp_path, *rows))
    assert any("add up to 0.9, not to 1" in fault for fault in faults)
    assert any("different effective n" in fault for fault in faults)


def test_a_folder_without_sources_or_files_is_refused(tmp_path: Path) -> None:
    """Nothing is read from nowhere."""
    with pytest.raises(InputError, match="is not a folder"):
        load_catalogue(tmp_path / "absent")
    with pytest.raises(DataError, match="there is no list of sources"):
        load_catalogue(tmp_path)


def test_the_checksum_changes_with_a_value_and_not_with_line_ends(tmp_path: Path) -> None:
    """One changed digit changes the record of a run; Windows line ends do not."""
    path = write_folder(tmp_path, GOOD_ROW) / "unit_costs.csv"
    before = load_catalogue(tmp_path).checksum()
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    assert load_catalogue(tmp_path).checksum() == before
    path.write_bytes(path.read_bytes().replace(b"100.00", b"100.01"))
    assert load_catalogue(tmp_path).checksum() != before


def test_an_unknown_name_is_refused_with_the_nearest(catalogue: Catalogue) -> None:
    """No list of three hundred names."""
    with pytest.raises(InputError, match="'ed_attendance_all'"):
        catalogue["ed_attendence_all"]
    with pytest.raises(InputError, match="The groups are: crisis_line_mix, induced_otherwise"):
        catalogue.group("mix")
