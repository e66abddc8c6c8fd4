"""Runs that are stopped, caches that are damaged or shared, clocks that jump: nothing lost, and nothing believed."""

from __future__ import annotations

import ast
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from econ111.errors import FitError
from econ111.files import sha256_of, write_text
from econ111.inference import Posterior, stored_posterior
from econ111.inference.posterior import check_whole
from econ111.inference.store import write_fit
from econ111.specs.schema import Sampling
from faults.commands import QUICK, ROOT, command, environment, run

KEY = "0" * 64
ENTRY = f"fit-{KEY[:32]}.nc"
DRAWN = Posterior(xr.Dataset({"rate": ("sample", np.arange(8.0))}), chains=2, divergences=0)
slow = pytest.mark.slow


def _fresh() -> Posterior:
    return DRAWN


def _never() -> Posterior:
    raise AssertionError("a sound entry must be read, not drawn again")


def _stored(folder: Path) -> Path:
    write_fit(folder / ENTRY, DRAWN)
    return folder / ENTRY


def _flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("about", "spoil"),
    [
        ("cut short", lambda path: path.write_bytes(path.read_bytes()[:-100])),
        ("one bit flipped", lambda path: path.write_bytes(_flip(path.read_bytes()))),
        ("empty", lambda path: path.write_bytes(b"")),
        ("words", lambda path: path.write_bytes(b"not a fit")),
        ("a folder", lambda path: (path.unlink(), path.mkdir())),
        ("no checksum", lambda path: path.with_suffix(".json").unlink()),
        ("half a checksum", lambda path: path.with_suffix(".json").write_text('{"sha2')),
        ("a checksum of another shape", lambda path: path.with_suffix(".json").write_text("[[1]]")),
        ("a checksum nested too deeply", lambda path: path.with_suffix(".json").write_text("[" * 100_000)),
        ("a pickle", lambda path: path.write_bytes(pickle.dumps(DRAWN.draws))),
    ],
)
def test_a_damaged_entry_is_never_believed(tmp_path: Path, about: str, spoil: Callable[[Path], object]) -> None:
    """Whatever befell a stored fit, it is drawn again, and the run says so."""
    spoil(_stored(tmp_path))
    posterior, warnings = stored_posterior(_fresh, key=KEY, folder=tmp_path)
    xr.testing.assert_identical(posterior.draws, DRAWN.draws)
    assert not posterior.from_store, about
    assert "is damaged" in warnings[0]


@pytest.mark.parametrize("moment", [0, 4_102_444_800], ids=["1970", "2100"])
def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, moment: int) -> None:
    """A stored fit is known by its content, so a date of 1970 or 2100 on it is neither old nor new."""
    path = _stored(tmp_path)
    os.utime(path, (moment, moment))
    posterior, warnings = stored_posterior(_never, key=KEY, folder=tmp_path)
    assert posterior.from_store
    assert not warnings


def test_a_pickle_on_disk_is_never_opened(tmp_path: Path) -> None:
    """One that would write a file when opened, put where a fit and its checksum belong: it is not opened."""
    mark = tmp_path / "ran"

    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(mark),)

    trap = pickle.dumps(Trap())
    (tmp_path / ENTRY).write_bytes(trap)
    (tmp_path / ENTRY).with_suffix(".json").write_text(json.dumps({"sha256": sha256_of(trap)}), encoding="utf-8")
    posterior, warnings = stored_posterior(_fresh, key=KEY, folder=tmp_path)
    assert not posterior.from_store
    assert warnings
    assert not mark.exists()
    with pytest.raises(FileExistsError):
        mark.mkdir()
        pickle.loads(trap)


def test_no_module_can_open_a_pickle() -> None:
    """No import of pickle or its kin, no `allow_pickle=True`, no `read_pickle`, no `eval` or `exec`."""
    kin = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
    calls = {"read_pickle", "to_pickle", "eval", "exec", "unsafe_load"}
    offences = []
    for path in sorted((ROOT / "econ111").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            allowed = isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) == "True"
            if kin & {name.split(".", maxsplit=1)[0] for name in names} or called in calls or allowed:
                offences.append(f"{path.name}:{getattr(node, 'lineno', 0)}")
    assert not offences


@pytest.mark.parametrize(
    ("about", "spoil", "said"),
    [
        ("padded with NaN", lambda draws: draws.where(draws.draw < 90), "20 draws of rate are not finite"),
        ("a chain is missing", lambda draws: draws.isel(chain=[0]), "'chain': 1"),
        ("draws are missing", lambda draws: draws.isel(draw=slice(50)), "'draw': 50"),
        ("infinite", lambda draws: draws + np.inf, "not finite"),
    ],
)
def test_an_interrupted_sampler_is_not_taken_for_a_fit(
    about: str, spoil: Callable[[xr.Dataset], xr.Dataset], said: str
) -> None:
    """What the samplers return without a word when they are stopped: exit code 3, before anything is computed."""
    draws = xr.Dataset({"rate": (("chain", "draw"), np.ones((2, 100)))}, coords={"draw": np.arange(100)})
    sampling = Sampling(tune=100, draws=100, chains=2, seed=1)
    check_whole(draws, sampling)
    with pytest.raises(FitError, match=said) as caught:
        check_whole(spoil(draws), sampling)
    assert caught.value.exit_code == 3, about


# A shell that starts the tests in the background leaves the keyboard's signal ignored; here it counts.
HEED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
SAMPLE = (
    HEED
    + """
import sys, time, numpy as np, xarray as xr
from pathlib import Path
from econ111.inference import sample_densities, stored_posterior
from econ111.specs.schema import Sampling

class Slow:
    size, start, adaptation, target_accept = 1, np.zeros(1), "diag", 0.9
    def log_density(self):
        def density(free):
            time.sleep({pause})
            return -0.5 * float(free @ free), -free
        return density
    def expand(self, free):
        return xr.Dataset({{"rate": ("sample", free[:, 0])}})

print("ready", flush=True)
draw = lambda: sample_densities([Slow()], Sampling(tune=200, draws=200, chains=2, seed=1), cores=2)
posterior, _ = stored_posterior(draw, key="0" * 64, folder=Path(sys.argv[1]))
print(posterior.from_store, float(posterior.draws.rate.sum()).hex(), flush=True)
"""
)


def _sampling(folder: Path, *, pause: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", SAMPLE.format(pause=pause), str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment({"PATH": ""}),
    )  # fmt: skip


@slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_sampler_that_is_stopped_stores_nothing_and_can_begin_again(tmp_path: Path, sign: signal.Signals) -> None:
    """Stopped while it draws, by the keyboard, the machine or without warning: no entry; a second run makes it."""
    with _sampling(tmp_path, pause=0.01) as stopped:
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == b"ready\n"
        time.sleep(4)
        assert stopped.poll() is None
        stopped.send_signal(sign)
        stopped.communicate(timeout=120)
    assert stopped.returncode != 0
    assert not list(tmp_path.glob("fit-*"))
    with _sampling(tmp_path, pause=0.0) as again:
        out, err = again.communicate(timeout=300)
    assert out.split()[1] == b"False", err
    assert (tmp_path / ENTRY).is_file()


@slow
def test_two_runs_that_share_a_cache_agree(tmp_path: Path) -> None:
    """Both start with an empty store at once; both give the same draws, and what is left in the store is sound."""
    runs = [_sampling(tmp_path, pause=0.0) for _ in range(2)]
    said = [each.communicate(timeout=300) for each in runs]
    sums = {out.split()[2] for out, _ in said}
    assert len(sums) == 1, said
    assert stored_posterior(_never, key=KEY, folder=tmp_path)[0].from_store


WRITE = (
    HEED
    + """
import sys, time
from pathlib import Path
from econ111.files import write_file

def slowly(place):
    with place.open("w") as stream:
        stream.write("half"); stream.flush(); print("writing", flush=True); time.sleep(60)

write_file(Path(sys.argv[1]), slowly)
"""
)


@slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_writer_that_is_stopped_leaves_the_older_file(tmp_path: Path, sign: signal.Signals) -> None:
    """Stopped with half of the file written: the older one stands whole, and the next write takes its place."""
    path = write_text(tmp_path / "result.csv", "old")
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(sign)
        writer.communicate(timeout=60)
    assert path.read_text(encoding="utf-8") == "old"
    if sign == signal.SIGINT:
        assert list(tmp_path.iterdir()) == [path]
    assert write_text(path, "new").read_text(encoding="utf-8") == "new"


@slow
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_run_that_is_stopped_can_be_made_again(tmp_path: Path, sign: signal.Signals, code: int) -> None:
    """Stopped as soon as its first file stands: whole files only, no traceback; the same command then does it all."""
    with subprocess.Popen(
        command("run", QUICK, "--out", tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as stopped:
        folder = tmp_path / QUICK
        while stopped.poll() is None and not (folder.is_dir() and list(folder.glob("[a-z]*"))):
            time.sleep(0.005)
        stopped.send_signal(sign)
        _, err = stopped.communicate(timeout=60)
    if stopped.returncode == 0:
        pytest.skip("the run ended before it could be stopped")
    assert stopped.returncode == code, err
    assert b"Traceback" not in err
    assert not (folder / "record.json").exists()
    assert run("run", QUICK, "--out", tmp_path).code == 0
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert all(sha256_of(folder / name) == checksum for name, checksum in record["files"].items())
