"""Tables kept from an earlier run: the same as made anew, and never after anything they rest on has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111 import run
from econ111.run.context import make_context
from econ111.run.remembered import NO_MEMORY, Memory, memory_key
from econ111.verification import verify


def _tables() -> dict[str, pd.DataFrame]:
    """Every kind of column that a run makes."""
    mixed = pd.DataFrame(
        {
            "name": ["a", "b", "c"],
            "value": [0.1 + 0.2, np.nan, -np.inf],
            "count": [1, 2, 3],
            "base": [True, False, False],
            "agrees": [True, False, np.nan],
        }
    )
    mixed.attrs["price_year"] = "2024/25"
    return {"mixed": mixed, "empty": mixed.iloc[:0]}


class Counted:
    """Makes tables and counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, pd.DataFrame]:
        self.times += 1
        return _tables()


def test_kept_tables_are_those_that_were_made(tmp_path: Path) -> None:
    """Every cell to the last bit, with the attributes; the second time nothing is worked out."""
    make, memory = Counted(), Memory(tmp_path, "key")
    first, again = memory.tables("part", make), memory.tables("part", make)
    assert make.times == 1
    assert list(again) == list(first)
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, again[name], check_exact=True, check_dtype=False)
        assert again[name].attrs == table.attrs


@pytest.mark.parametrize("other", [("part", "another key"), ("another part", "key")])
def test_another_key_or_part_is_worked_out_by_itself(tmp_path: Path, other: tuple[str, str]) -> None:
    """Nothing that was kept under one key is taken for another."""
    make = Counted()
    Memory(tmp_path, "key").tables("part", make)
    name, key = other
    Memory(tmp_path, key).tables(name, make)
    assert make.times == 2


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
@pytest.mark.parametrize("content", [b"", b"{", b'{"mixed": 1}'])
def test_what_is_damaged_is_worked_out_again(tmp_path: Path, suffix: str, content: bytes) -> None:
    """A cut or altered file of the store costs time and never a wrong number."""
    make, memory = Counted(), Memory(tmp_path, "key")
    memory.tables("part", make)
    for path in tmp_path.glob(f"*{suffix}"):
        path.write_bytes(content)
    again = memory.tables("part", make)
    assert make.times == 2
    assert again["mixed"].equals(_tables()["mixed"])


def test_what_no_file_holds_exactly_is_worked_out_every_time(tmp_path: Path) -> None:
    """A cell that comes back as another kind of thing would be a silent change."""
    odd = {"odd": pd.DataFrame({"mixed": [1, "1"]})}
    memory = Memory(tmp_path, "key")
    times = [memory.tables("part", lambda: odd)["odd"].mixed.tolist() for _ in range(2)]
    assert times == [[1, "1"], [1, "1"]]
    assert not list(tmp_path.glob("*.json"))


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """The store is a help, not a need."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    make = Counted()
    assert set(Memory(blocked / "store", "key").tables("part", make)) == {"mixed", "empty"}
    assert set(NO_MEMORY.tables("part", make)) == {"mixed", "empty"}
    assert make.times == 2


def test_the_key_covers_its_parts_files_and_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed part, file or line of code gives another key."""
    path = tmp_path / "crosswalk.csv"
    path.write_text("a", encoding="utf-8")
    keys = [memory_key("spec", files=[path]), memory_key("other", files=[path])]
    path.write_text("b", encoding="utf-8")
    keys.append(memory_key("spec", files=[path]))
    monkeypatch.setattr("econ111.run.remembered.package_texts", lambda: ("changed",))
    keys.append(memory_key("spec", files=[path]))
    assert len(set(keys)) == 4


def test_an_evaluation_is_verified_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run of the same draws prints the battery of the first; without a store it is run again."""
    times: list[int] = []
    monkeypatch.setattr(run, "verify", lambda found, **given: times.append(1) or verify(found, **given))
    first, again = (run.evaluate("hampshire-2021", store=tmp_path) for _ in range(2))
    assert len(times) == 1
    pd.testing.assert_frame_equal(first.tables["verification"], again.tables["verification"])
    run.evaluate("hampshire-2021", store=tmp_path, use_store=False)
    assert len(times) == 2


def test_other_draws_are_verified_by_themselves(tmp_path: Path) -> None:
    """One number of one draw changed is another key: what one set of draws passed says nothing of another."""
    context = make_context(
        "hampshire-2021", parameters=None, store=tmp_path, use_store=True, accept_unconverged=False,
        announce=lambda _: None, progress=False,
    )  # fmt: skip
    found = run.evaluate("hampshire-2021", store=tmp_path)
    outcomes = xr.Dataset({"avoided": ("sample", np.zeros(3))})
    nudged = xr.Dataset({"avoided": ("sample", np.array([0.0, 1e-9, 0.0]))})
    keys = {context.memory_of(replace(found, outcomes=draws)).key for draws in (outcomes, nudged)}
    assert len(keys) == 2
