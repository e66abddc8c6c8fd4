"""Faults of the machine, each really brought about: nothing lost or half-written, one clear message, no traceback.

Each row of `TRIED` starts the command line in a process of its own under one fault. The exit code is 0 where the work
can be done all the same, 2 for bad input, 4 for a fault of the machine.
"""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from reader_files import CALL_LINES, READERS

from faults.commands import EMPTY, QUICK, Done, command, environment, files_of_at_most, memory_of_at_most, run

pytestmark = pytest.mark.slow
CALLS = "\n".join(CALL_LINES) + "\n"
WINDOWS = CALLS.replace("GP urgent", "Guy\u2019s").encode("cp1252")
GERMAN = CALLS.replace(",120", ',"1,2"', 1)


@dataclass(frozen=True)
class Fault:
    """One fault: how the folder is prepared, the command, the fault, and what must come of it."""

    name: str
    words: tuple[str, ...]
    code: int
    says: str
    prepare: Callable[[Path], object] = lambda folder: None
    env: dict[str, str | None] = field(default_factory=dict)
    limit: Callable[[], None] | None = None
    leaves: tuple[str, ...] | None = None


def _put(name: str, content: bytes | str) -> Callable[[Path], object]:
    def put(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return put


def bomb() -> bytes:
    """A workbook of 50 KB that unpacks to 50 MB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(50_000_000))
    return stream.getvalue()


def _link(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "kept.txt").write_text("kept", encoding="utf-8")
    (folder / "out").mkdir()
    (folder / "out" / QUICK).mkdir()
    (folder / "out" / QUICK / "record.json").symlink_to(folder / "elsewhere" / "kept.txt")


def _spec(old: str, new: str) -> Callable[[Path], object]:
    text = READERS["spec_london"].good.decode()
    assert old in text
    return _put("mine.toml", text.replace(old, new, 1))


RUN, CHECK = ("run", QUICK, "--out", "out"), ("check", "calls.csv", "--no-copy")
DATA = 'file = "london-2024-synthetic-calls.csv"'
TRIED = [
    Fault("a full disk, from the first file", RUN, 4, "Cannot write", limit=files_of_at_most(1_000), leaves=()),
    Fault("a full disk, halfway", RUN, 4, "Cannot write", limit=files_of_at_most(60_000)),
    Fault("a full disk for a simulation", ("simulate", "recipe.toml", "--out", "calls.csv"), 4, "Cannot write",
          _put("recipe.toml", READERS["recipe"].good), limit=files_of_at_most(1_000), leaves=("recipe.toml",)),
    Fault("a full disk for templates", ("new", "mine", "--trusts", "RV5:South", "--out", "new"), 4, "Cannot write",
          limit=files_of_at_most(1_000), leaves=()),
    Fault("the output folder is a file", RUN, 4, "Choose another --out folder", _put("out", "mine"), leaves=("out",)),
    Fault("the output is below a device", ("run", QUICK, "--out", "/dev/null/out"), 4, "Choose another --out folder"),
    Fault("a folder that cannot be written", ("run", QUICK, "--out", "/proc/out"), 4, "Choose another --out folder"),
    Fault("a link stands where the record goes", RUN, 0, "record.json", _link),
    Fault("a name longer than any", ("run", QUICK, "--out", "x" * 300), 4, "Cannot write in"),
    Fault("a path of 3,000 characters", ("run", QUICK, "--out", "/".join(["x" * 60] * 50)), 0, "record.json"),
    Fault("spaces and other alphabets", ("run", QUICK, "--out", "Ergebnisse für Zoë 2024/輸出"), 0, "record"),
    Fault("no home and no cache folder", RUN, 0, "record.json", env={"HOME": None, "XDG_CACHE_HOME": None}),
    Fault("a home that cannot be written", RUN, 0, "record.json", env={"HOME": "/dev/null"}),
    Fault("a cache that cannot be written", RUN, 0, "record.json", env={"ECON111_CACHE": "/dev/null/cache"}),
    Fault("no compiler and no other program", RUN, 0, "record.json", env={"PATH": EMPTY}),
    Fault("no fonts", RUN, 0, "record.json", env={"FONTCONFIG_FILE": "/dev/null", "MPLCONFIGDIR": "fonts"}),
    Fault("a German computer", RUN, 0, "record.json", env={"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}),
    Fault("the other side of the earth", RUN, 0, "record.json", env={"TZ": "Pacific/Kiritimati"}),
    Fault("a terminal of plain letters", ("check", "calls.csv"), 2, "is an amount of money",
          _put("calls.csv", CALLS.replace(",120", ",£120", 1)), env={"PYTHONIOENCODING": "ascii"}),
    Fault("a terminal without the letters of the file", ("check", "calls.csv"), 2, "\\u8f38120",
          _put("calls.csv", CALLS.replace(",120", ",輸120", 1)), env={"PYTHONIOENCODING": "latin-1"}),
    Fault("little memory", CHECK, 4, "", _put("calls.csv", CALLS), limit=memory_of_at_most(250_000_000)),
    Fault("Windows line ends", CHECK, 0, "0 errors", _put("calls.csv", CALLS.replace("\n", "\r\n"))),
    Fault("a byte order mark", CHECK, 0, "0 errors", _put("calls.csv", "\ufeff" + CALLS)),
    Fault("Windows-1252", CHECK, 0, "Windows-1252", _put("calls.csv", WINDOWS)),
    Fault("UTF-16", CHECK, 0, "UTF-16", _put("calls.csv", CALLS.encode("utf-16"))),
    Fault("a decimal comma", CHECK, 2, "A decimal comma is not accepted.", _put("calls.csv", GERMAN)),
    Fault("a folder in place of a file", ("check", "out"), 2, "is a folder", _put("out/x", "x")),
    Fault("a file that is not there", CHECK, 2, "Did you mean 'call.csv'?", _put("call.csv", CALLS)),
    Fault("a zip bomb", ("check", "calls.xlsx"), 2, "to be safe", _put("calls.xlsx", bomb())),
    Fault("data above the folder", ("check", "mine.toml"), 2, "must be a plain name", _spec(DATA, 'file = "../x.csv"')),
    Fault("data at the root", ("check", "mine.toml"), 2, "must be a plain name", _spec(DATA, 'file = "/etc/passwd"')),
    Fault("a Windows path", ("check", "mine.toml"), 2, "data.file", _spec(DATA, "file = 'C:\\data\\calls.csv'")),
    Fault("a crosswalk above the folder", ("check", "mine.toml"), 2, "must be a plain name",
          _spec('crosswalk = "london-2024-example-crosswalk.csv"', 'crosswalk = "../../x.csv"')),
    Fault("a name that leaves its folder", ("new", "../mine", "--trusts", "RV5:South"), 2, "", leaves=()),
    Fault("a name that Windows keeps for itself", ("new", "con", "--trusts", "RV5:South"), 2, "", leaves=()),
    Fault("a study that leaves its folder", ("run", "mine.toml", "--out", "out"), 2, "mine.toml",
          _spec('name = "london-2024"', 'name = "../../mine"'), leaves=("mine.toml",)),
    Fault("templates that are there already", ("new", "mine", "--trusts", "RV5:South", "--out", "."), 2, "--force",
          _put("mine.toml", "mine"), leaves=("mine.toml",)),
]  # fmt: skip


def _whole(done: Done, folder: Path) -> None:
    """No traceback, no file of nothing, no file half-written beside its place."""
    assert "Traceback" not in done.said, done.said
    left = [path for path in folder.rglob("*") if path.is_file() and path.name.startswith(".")]
    assert not left, left


def _in_turn() -> list[Any]:
    """Every third fault in each run of the tests; all of them by `make faults`."""
    marks = ((), pytest.mark.full, pytest.mark.full)
    return [pytest.param(fault, id=fault.name, marks=marks[place % 3]) for place, fault in enumerate(TRIED)]


@pytest.mark.parametrize("fault", _in_turn())
def test_a_fault_of_the_machine_is_met_as_wanted(tmp_path: Path, fault: Fault) -> None:
    """The wanted exit code and words, nothing half-written, and after a refusal nothing but what was there."""
    fault.prepare(tmp_path)
    done = run(*fault.words, env=fault.env, limit=fault.limit, folder=tmp_path)
    assert done.code == fault.code, done.said
    assert fault.says in done.said, done.said
    _whole(done, tmp_path)
    if fault.leaves is not None:
        assert sorted(
            path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
        ) == sorted(fault.leaves)


def _tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.csv")}


def test_figures_do_not_depend_on_locale_time_zone_or_terminal(tmp_path: Path) -> None:
    """Every table byte for byte, in Germany, on Kiritimati and under a terminal of plain letters."""
    places: list[dict[str, str | None]] = [
        {}, {"LC_ALL": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    ]  # fmt: skip
    for number, env in enumerate(places):
        assert run("run", QUICK, "--out", tmp_path / str(number), env=env).code == 0
    first, second = _tables(tmp_path / "0"), _tables(tmp_path / "1")
    assert len(first) > 5
    assert first == second


def test_a_link_at_the_output_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """The file to which it led keeps its words; the record is a file of its own."""
    _link(tmp_path)
    assert run(*RUN, folder=tmp_path).code == 0
    assert (tmp_path / "elsewhere" / "kept.txt").read_text(encoding="utf-8") == "kept"
    assert not (tmp_path / "out" / QUICK / "record.json").is_symlink()


def test_an_older_run_survives_a_disk_that_fills(tmp_path: Path) -> None:
    """A whole run, then one that finds no room: the page of the first still stands, byte for byte."""
    assert run(*RUN, folder=tmp_path).code == 0
    page = tmp_path / "out" / QUICK / "report.html"
    before = page.read_bytes()
    done = run(*RUN, folder=tmp_path, limit=files_of_at_most(1_000))
    assert done.code == 4
    assert page.read_bytes() == before
    _whole(done, tmp_path)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 100 KB, where the machine lets us make one."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "none", str(folder)], check=False)
    if made.returncode:
        pytest.skip("a small disk can only be mounted by the machine's administrator")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="mounting needs the administrator")
def test_a_disk_that_is_really_full_leaves_whole_files_only(tmp_path: Path) -> None:
    """100 KB of disk and a page of more: `No space left`, exit code 4, and no file but whole ones."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with _small_disk(disk):
        done = run("run", QUICK, "--out", disk)
        assert done.code == 4
        assert "No space left" in done.err
        _whole(done, disk)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="mounting needs the administrator")
def test_a_disk_that_may_only_be_read_is_said_so(tmp_path: Path) -> None:
    """The same disk, mounted again to be read only."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with _small_disk(disk):
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = run("run", QUICK, "--out", disk)
        assert done.code == 4
        assert "Read-only file system" in done.err
        _whole(done, disk)


def test_a_reader_that_closes_the_pipe_sees_no_traceback() -> None:
    """`econ111 parameters | head -1`: the first line, and no complaint."""
    with subprocess.Popen(
        command("parameters"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("unbuffered", ["1", None])
def test_output_that_cannot_be_written_is_a_fault_of_the_machine(unbuffered: str | None) -> None:
    """Standard output on a full device: exit code 4, also where Python keeps output back until the end."""
    with Path("/dev/full").open("wb") as full:
        done = run("parameters", "ed_attendance_all", out=full, env={"PYTHONUNBUFFERED": unbuffered})
    assert done.code == 4
    assert "No space left" in done.err
    assert "Traceback" not in done.err
