"""Specifications: what ships loads; what is wrong is named with its row, all at once, with the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from econ111.errors import DataError, InputError, Issue
from econ111.resources import shipped_folder, shipped_model, shipped_models
from econ111.specs.loading import find_data_file, load_spec
from econ111.specs.schema import SCHEMA_VERSION

LONDON = shipped_model("london-2024").read_text(encoding="utf-8")
HAMPSHIRE = shipped_model("hampshire-2021").read_text(encoding="utf-8")


def changed(text: str, old: str, new: str, *, at: int = 0) -> str:
    """The text with one occurrence of a passage changed."""
    pieces = text.split(old)
    assert len(pieces) > at + 1, f"{old!r} is not there"
    return old.join(pieces[: at + 1]) + new + old.join(pieces[at + 1 :])


def problems(folder: Path, text: str) -> tuple[Issue, ...]:
    """Every problem of a specification."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_spec(path)
    return caught.value.issues


def row_of(text: str, passage: str, *, at: int = 0) -> int:
    """Line, counted from 1, on which a passage stands for the first (or a later) time."""
    rows = [number for number, line in enumerate(text.splitlines(), start=1) if passage in line]
    return rows[at]


@pytest.mark.parametrize("name", shipped_models())
def test_every_shipped_evaluation_loads_by_name_and_by_path(name: str) -> None:
    """The file's name is the evaluation's name, and both ways give the same specification."""
    by_name = load_spec(name)
    assert by_name.study.name == name
    assert by_name == load_spec(shipped_model(name))
    if by_name.data is not None:
        assert find_data_file(by_name, None).is_file()


def test_an_evaluation_that_does_not_exist_suggests_the_nearest() -> None:
    """`london-2042` is nearly `london-2024`; a path that is not there says so."""
    with pytest.raises(InputError, match="Did you mean 'london-2024'"):
        load_spec("london-2042")
    with pytest.raises(InputError, match="There is no file"):
        load_spec("nowhere/mine.toml")


def test_an_unknown_key_is_refused_with_the_nearest_and_its_row(tmp_path: Path) -> None:
    """`harmonic` for `harmonics` in [model], `belwo` for `below` in a rule: both rows, both words, at once."""
    text = changed(changed(LONDON, "harmonics = 1", "harmonic = 1"), "below = 5", "belwo = 5")
    found = {issue.row: issue for issue in problems(tmp_path, text)}
    assert "Did you mean 'below'" in found[row_of(text, "belwo")].remedy
    unknown = found[row_of(text, "harmonic =")]
    assert "model.harmonic" in unknown.what
    assert "Did you mean 'harmonics'" in unknown.remedy


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    """An unknown key, a date that is none, a negative number and a missing key: four in one message."""
    text = changed(LONDON, "perspective =", "perspektive =")
    text = changed(text, "launch_date = 2024-04-22", 'launch_date = "soon"')
    text = changed(text, "seed = 20240401", "seed = -1")
    found = problems(tmp_path, text)
    assert len(found) == 4
    whole = " ".join(f"{issue}" for issue in found)
    for words in ("study.perspektive", "'study.perspective' is missing", "trusts.launch_date", "sampling.seed"):
        assert words in whole


def test_a_fault_in_a_repeated_table_is_placed_in_that_table(tmp_path: Path) -> None:
    """The third trust's launch date is wrong: its own row, not the first trust's."""
    text = changed(LONDON, "launch_date = 2024-04-01", 'launch_date = "soon"')
    (issue,) = problems(tmp_path, text)
    assert issue.row == row_of(text, '"soon"')


def test_a_key_missing_from_a_repeated_table_is_placed_at_that_table(tmp_path: Path) -> None:
    """The third trust has no launch date: the row of its heading, not the first trust's date."""
    text = changed(LONDON, "launch_date = 2024-04-01\n", "")
    (issue,) = problems(tmp_path, text)
    assert issue.row == row_of(text, "[[trusts]]", at=2)


def test_a_design_names_the_sections_that_it_lacks(tmp_path: Path) -> None:
    """A call pathway without [assumptions] and [sampling]: both are named."""
    start, end = LONDON.index("[assumptions]"), LONDON.index("[economics]")
    text = LONDON[:start] + LONDON[end:]
    text = text[: text.index("[sampling]")]
    what = " ".join(issue.what for issue in problems(tmp_path, text))
    assert "[assumptions]" in what
    assert "[sampling]" in what


def test_a_rule_that_is_not_defined_suggests_the_nearest(tmp_path: Path) -> None:
    """`mhsd` for the rule `mhsds`; without any rule the remedy is to add one."""
    (issue,) = problems(tmp_path, changed(LONDON, 'rule = "mhsds"', 'rule = "mhsd"'))
    assert "RKL" in issue.what
    assert "'mhsds'" in issue.remedy


def test_a_trust_listed_twice_is_refused(tmp_path: Path) -> None:
    """Its calls would be counted once and its launch taken from either."""
    (issue,) = problems(tmp_path, changed(LONDON, 'code = "RV3"', 'code = "RKL"'))
    assert "'RKL' is listed twice" in issue.what


def test_a_period_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    """From April 2024 to February 2023."""
    (issue,) = problems(tmp_path, changed(LONDON, "period_end = 2025-02-28", "period_end = 2023-02-28"))
    assert "ends before it starts" in issue.what


def test_a_service_cost_that_is_no_basis_is_refused(tmp_path: Path) -> None:
    """`whales` is nearly the basis `wales`."""
    (issue,) = problems(tmp_path, changed(LONDON, 'service_cost = "wales"', 'service_cost = "whales"'))
    assert "'wales'" in issue.remedy


@pytest.mark.parametrize("version", ["2", '"1"', "0"])
def test_another_schema_version_says_which_release_reads_it(tmp_path: Path, version: str) -> None:
    """A file of a newer release is not guessed at; the row is that of the key."""
    text = changed(LONDON, "schema_version = 1", f"schema_version = {version}")
    (issue,) = problems(tmp_path, text)
    assert issue.value == version.strip('"')
    assert f"schema_version = {SCHEMA_VERSION}" in issue.remedy
    assert "release of econ111" in issue.remedy
    assert issue.row == row_of(text, "schema_version")


def test_a_file_without_a_version_or_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    """One problem each, with the line that TOML stumbles over."""
    (issue,) = problems(tmp_path, changed(LONDON, "schema_version = 1\n", ""))
    assert "schema_version" in issue.what
    (issue,) = problems(tmp_path, LONDON + "\nbroken = \n")
    assert "not valid TOML" in issue.what


def test_text_that_is_not_utf8_is_an_input_error(tmp_path: Path) -> None:
    """A pound sign saved in an old encoding."""
    path = tmp_path / "mine.toml"
    path.write_bytes(LONDON.replace("synthetic", "\u00a3").encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        load_spec(path)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/hostname", "sub/../../secret.csv"])
@pytest.mark.parametrize("key", ["file", "succession"])
def test_a_data_file_outside_its_folder_is_refused(tmp_path: Path, key: str, name: str) -> None:
    """A specification from elsewhere must not read what lies beside its folder, nor anywhere on the disk."""
    (tmp_path / "secret.csv").write_text("x\n", encoding="utf-8")
    folder = tmp_path / "inner"
    folder.mkdir()
    text = LONDON if key == "file" else changed(LONDON, "[data]\n", f'[data]\nsuccession = "{name}"\n')
    text = text if key == "succession" else changed(text, '"london-2024-synthetic-calls.csv"', f'"{name}"')
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="below the specification"):
        find_data_file(load_spec(path), path)


def test_a_data_file_beside_the_specification_comes_first(tmp_path: Path) -> None:
    """The sender's own file of the same name, not the shipped one; a file in neither place is refused."""
    path = tmp_path / "mine.toml"
    path.write_text(LONDON, encoding="utf-8")
    spec = load_spec(path)
    assert find_data_file(spec, path).parent == shipped_folder("data/activity")
    own = tmp_path / "london-2024-synthetic-calls.csv"
    own.write_text("trust\n", encoding="utf-8")
    assert find_data_file(spec, path) == own
    path.write_text(changed(LONDON, "london-2024-synthetic-calls.csv", "nowhere.csv"), encoding="utf-8")
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        find_data_file(load_spec(path), path)


def test_a_category_mapped_to_nothing_is_refused(tmp_path: Path) -> None:
    """Its calls would be in the total and in no disposition."""
    text = changed(LONDON, "[data.rules.mhsds]", "[data.categories]\nMisc = []\n\n[data.rules.mhsds]")
    (issue,) = problems(tmp_path, text)
    assert "data.categories.Misc" in issue.what


@pytest.mark.parametrize("percent", ["690", "-1"])
def test_a_percentage_beyond_its_range_is_refused(tmp_path: Path, percent: str) -> None:
    """A slipped decimal point: 690 for 69.0."""
    (issue,) = problems(tmp_path, changed(HAMPSHIRE, "before_percent = 69", f"before_percent = {percent}"))
    assert "before_percent" in issue.what
    assert issue.row == row_of(HAMPSHIRE, "before_percent = 69")
