"""The ground floor: files written whole or not at all, checksums, messages, intervals."""

from __future__ import annotations

import hashlib
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from econ111.errors import DataError, EnvironmentProblem, InputError, Issue, nearest
from econ111.files import sha256_of, write_file, write_text
from econ111.intervals import interval_label, summarise
from econ111.resources import shipped_folder, shipped_model, shipped_models


def test_text_is_written_with_plain_line_ends_and_folders_on_the_way(tmp_path: Path) -> None:
    """The same bytes on every machine, and nothing else left in the folder."""
    path = write_text(tmp_path / "a" / "b" / "page.txt", "one\ntwo \u00a3\n")
    assert path.read_bytes() == b"one\ntwo \xc2\xa3\n"
    assert [other.name for other in path.parent.iterdir()] == ["page.txt"]


def test_an_older_file_survives_a_writer_that_fails(tmp_path: Path) -> None:
    """Half of the new file is written, then it stops: the old one stands, and the half is gone."""
    path = write_text(tmp_path / "result.csv", "old")

    def half(place: Path) -> None:
        place.write_text("ne", encoding="utf-8")
        raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        write_file(path, half)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_does_not_read_back_is_not_put_in_place(tmp_path: Path) -> None:
    """The check is made on the temporary file."""
    path = write_text(tmp_path / "result.csv", "old")

    def refuse(place: Path) -> None:
        raise ValueError(place.read_text(encoding="utf-8"))

    with pytest.raises(ValueError, match="new"):
        write_file(path, lambda place: place.write_text("new", encoding="utf-8") and None, verify=refuse)
    assert path.read_text(encoding="utf-8") == "old"


def test_a_disk_that_refuses_is_the_machines_fault(tmp_path: Path) -> None:
    """A file stands where a folder is needed; a writer meets a full disk. Exit code 4, and what to do."""
    blocking = write_text(tmp_path / "blocking", "x")
    with pytest.raises(EnvironmentProblem, match="Choose another --out folder") as caught:
        write_text(blocking / "page.txt", "x")
    assert caught.value.exit_code == 4

    def full(place: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentProblem, match="No space left"):
        write_file(tmp_path / "page.txt", full)
    assert not (tmp_path / "page.txt").exists()


def test_a_checksum_is_sha256_over_parts_with_their_lengths(tmp_path: Path) -> None:
    """Eight bytes of length before each part, so that "ab" + "c" is not "a" + "bc"; a file is its bytes."""
    by_hand = hashlib.sha256((2).to_bytes(8, "big") + b"ab" + (1).to_bytes(8, "big") + b"c").hexdigest()
    assert sha256_of("ab", b"c") == by_hand
    assert sha256_of("a", "bc") != by_hand
    path = tmp_path / "x"
    path.write_bytes(b"ab")
    assert sha256_of(path, "c") == by_hand


def test_a_checksum_reads_numbers_and_long_files_as_their_bytes(tmp_path: Path) -> None:
    """Numbers in any layout, none at all, and a file longer than one piece: as if their bytes had been given."""
    table = np.arange(12.0).reshape(3, 4)
    for numbers in (table, table.T, table[:, 1], table[:0], np.array(["a", "bc"]), np.array([True, False])):
        assert sha256_of(numbers, "c") == sha256_of(numbers.tobytes(), "c")
    path = tmp_path / "long"
    path.write_bytes(bytes(range(256)) * 5000)
    assert sha256_of(path) == sha256_of(path.read_bytes())


def test_a_summary_is_the_mean_and_the_outer_quantiles() -> None:
    """0 to 1,000 evenly: mean 500, 2.5% and 97.5% at 25 and 975; at 90%, 50 and 950."""
    draws = xr.DataArray(np.arange(1001.0), dims="sample", attrs={"unit": "calls"})
    found = summarise(draws)
    assert (found["mean"].item(), found.low.item(), found.high.item()) == pytest.approx((500, 25, 975))
    assert found.attrs == {"unit": "calls", "level": 0.95, "kind": "equal-tailed"}
    narrower = summarise(draws, level=0.9)
    assert (narrower.low.item(), narrower.high.item()) == pytest.approx((50, 950))
    assert interval_label(0.9) == "90% interval"


def test_a_summary_keeps_every_other_dim() -> None:
    """Two trusts, each by itself: the interval of a total is not the sum of theirs."""
    rng = np.random.default_rng(1)
    draws = xr.DataArray(rng.normal(size=(4000, 2)), dims=("sample", "trust"), coords={"trust": ["A", "B"]})
    each, total = summarise(draws), summarise(draws.sum("trust"))
    assert each["mean"].dims == ("trust",)
    assert float(total.high) < 0.8 * float(each.high.sum())


def test_an_issue_names_place_column_and_value() -> None:
    """File and row as in the sender's editor, then what is wrong and what to do."""
    issue = Issue("error", "calls.csv", 14, "this is not a count.", "Write a number.", column="value", value="12a")
    assert str(issue) == "calls.csv row 14 (value): this is not a count. Value: '12a'. Write a number."
    assert (
        str(Issue("error", "calls.csv", None, "is empty.", "Send it again.")) == "calls.csv: is empty. Send it again."
    )


def test_twenty_problems_are_shown_and_the_rest_counted() -> None:
    """Of 25 problems five are left to `econ111 check`; all are kept."""
    error = DataError(Issue("error", "x.csv", row, "wrong.", "Mend it.") for row in range(25))
    assert len(error.issues) == 25
    assert str(error).count("wrong.") == 20
    assert "5 more problems" in str(error)


def test_a_remedy_suggests_the_nearest_or_lists_a_few() -> None:
    """`pyhsical` is nearly `physical`; with nothing near and thousands of options the list is cut."""
    assert nearest("pyhsical", ["physical", "mental"]) == "Did you mean 'physical'?"
    assert nearest("xyz", ["physical", "mental"]) == "Use one of: mental, physical."
    long = nearest("xyz", [f"option{number}" for number in range(5000)])
    assert len(long) < 500
    assert "more" in long


def test_shipped_files_are_found_and_others_are_not() -> None:
    """Folders by name, evaluations in alphabetical order; what is not there is an input error."""
    assert shipped_folder("data/parameters").is_dir()
    assert shipped_models() == sorted(shipped_models())
    assert shipped_model("london-2024").is_file()
    with pytest.raises(InputError, match="Install the package again"):
        shipped_folder("data/nowhere")
    with pytest.raises(InputError, match="Did you mean 'hampshire-2021'"):
        shipped_model("hampshire-2020")


def test_what_a_killed_writer_left_is_cleared_by_a_later_write(tmp_path: Path) -> None:
    """Of hidden files two hours old, that of our naming goes; others stay, and one still being written too."""
    left, new = tmp_path / ".result-econ111-aaaaaaaa.csv", tmp_path / ".result-econ111-bbbbbbbb.csv"
    theirs = [tmp_path / ".result-abcdefgh.csv", tmp_path / ".result-econ111-notes.csv"]
    for path in (left, new, *theirs):
        path.write_text("half", encoding="utf-8")
        if path != new:
            os.utime(path, (path.stat().st_mtime - 7200,) * 2)
    whole = write_text(tmp_path / "other.csv", "whole")
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in (new, *theirs, whole)}


def test_what_has_no_draw_has_no_interval_and_no_warning() -> None:
    """Three quantities: draws 1 to 101, none at all, and 1 to 51 alone; quarters at 26 and 76, none, 13.5 and 38.5."""
    whole = np.arange(1.0, 102.0)
    draws = xr.DataArray([whole, np.full(101, np.nan), np.where(whole <= 51, whole, np.nan)], dims=("month", "sample"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = summarise(draws, level=0.5)
    np.testing.assert_allclose(found.low, [26.0, np.nan, 13.5])
    np.testing.assert_allclose(found.high, [76.0, np.nan, 38.5])
