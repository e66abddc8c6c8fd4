"""Many pieces of work give the same rows whoever does them, and a worker that dies loses nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from econ111.errors import EnvironmentProblem
from econ111.scheduling import Here, Processes, Scheduler, choose_scheduler, cluster, run_many

pytestmark = pytest.mark.slow
TASKS = [(f"task-{number}", number) for number in (3, 1, 2)]


def drawn(task: int) -> pd.DataFrame:
    """Random numbers of a seed of their own, to the last digit."""
    rng = np.random.default_rng(task)
    return pd.DataFrame({"task": task, "drawn": rng.standard_normal(4) @ rng.standard_normal((4, 3))})


def never(_task: int) -> pd.DataFrame:
    raise AssertionError("a finished piece was made again")


def refuse(task: int) -> pd.DataFrame:
    if task == 2:
        raise ValueError("piece 2 cannot be done")
    return drawn(task)


def die_once(task: tuple[int, str]) -> pd.DataFrame:
    """The process of piece 1 is killed the first time that it is tried."""
    number, mark = task
    if number == 1 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(number)


def die(_task: int) -> pd.DataFrame:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.fixture(scope="module")
def local() -> Iterator[str]:
    """Address of a Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as found:
        yield found.scheduler_address


def test_pieces_are_done_once_and_kept(tmp_path: Path) -> None:
    """Rows come in the order of the tasks; a second run reads what the first has finished."""
    first = run_many(drawn, TASKS, folder=tmp_path, scheduler=Processes(2))
    assert first.task.unique().tolist() == [3, 1, 2]
    pd.testing.assert_frame_equal(run_many(never, TASKS, folder=tmp_path, scheduler=Here()), first)


def test_every_engine_gives_the_same_rows(tmp_path: Path, local: str) -> None:
    """This process, two processes and a cluster: the same files, byte for byte."""
    engines: dict[str, Scheduler] = {
        "here": Here(), "processes": Processes(2), "cluster": choose_scheduler(address=local)
    }  # fmt: skip
    kept = {}
    for name, engine in engines.items():
        run_many(drawn, TASKS, folder=tmp_path / name, scheduler=engine)
        kept[name] = [(tmp_path / name / f"{task}.csv").read_bytes() for task, _ in TASKS]
    assert kept["here"] == kept["processes"] == kept["cluster"]


@pytest.mark.parametrize("engine", ["processes", "cluster"])
def test_a_killed_worker_loses_nothing(tmp_path: Path, local: str, engine: str) -> None:
    """One process killed in the middle of a piece: every row is there, as if nothing had happened."""
    chosen = Processes(2) if engine == "processes" else choose_scheduler(address=local)
    mark = str(tmp_path / "killed")
    tasks = [(f"task-{number}", (number, mark)) for number in range(5)]
    found = run_many(die_once, tasks, folder=tmp_path / "pieces", scheduler=chosen)
    assert Path(mark).exists()
    expected = pd.concat([drawn(number) for number in range(5)], ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_workers_that_always_die_end_the_run_with_advice(tmp_path: Path) -> None:
    """Three pools lost without a piece finished: a clear message, not an endless loop."""
    with pytest.raises(EnvironmentProblem, match=r"3 times .* 1 pieces left \(task-0\).*--processes 1"):
        run_many(die, [("task-0", 0)], folder=tmp_path, scheduler=Processes(1))


@pytest.mark.parametrize("engine", ["here", "processes", "cluster"])
def test_an_error_of_the_work_is_said_as_it_is(tmp_path: Path, local: str, engine: str) -> None:
    """It is raised, and what was finished before is kept."""
    chosen = {"here": Here(), "processes": Processes(1), "cluster": choose_scheduler(address=local)}[engine]
    with pytest.raises(ValueError, match="piece 2 cannot be done"):
        run_many(refuse, [("task-1", 1), ("task-2", 2)], folder=tmp_path, scheduler=chosen)


def test_a_cluster_of_other_code_is_refused(monkeypatch: pytest.MonkeyPatch, local: str) -> None:
    """A worker whose version differs would give other figures: nothing is sent."""
    asked = cluster.Cluster(local)
    monkeypatch.setattr(cluster, "platform", SimpleNamespace(python_version=lambda: "3.99"))
    with pytest.raises(EnvironmentProblem, match=r"would give other figures: python .*, here 3\.99"):
        dict(asked.finished(drawn, dict(TASKS)))


def test_workers_with_several_threads_are_refused() -> None:
    """The sampler must not run twice in one process."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0", protocol="tcp"
        ) as found,
        pytest.raises(EnvironmentProblem, match="--nthreads 1"),
    ):
        dict(choose_scheduler(address=found.scheduler_address).finished(drawn, dict(TASKS)))


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the time allowed, with the commands that start one."""
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(
        EnvironmentProblem, match=r"No Dask scheduler answers at 'tcp://127\.0\.0\.1:9'.*dask scheduler"
    ):
        dict(choose_scheduler(address="tcp://127.0.0.1:9").finished(drawn, dict(TASKS)))


def test_without_dask_the_remedy_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is computed."""
    missing: Any = None
    monkeypatch.setitem(sys.modules, "distributed", missing)
    with pytest.raises(EnvironmentProblem, match="pip install distributed"):
        choose_scheduler(address="tcp://127.0.0.1:8786")
