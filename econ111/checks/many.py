"""Many independent fits in processes of one machine, each result kept as soon as it is there.

A run that was stopped goes on where it stopped: finished pieces are read, not made again. Results do not depend on how
many processes there are, nor on their order.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from econ111.files import write_text

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def run_many[Task](
    work: Callable[[Task], pd.DataFrame],
    tasks: Iterable[tuple[str, Task]],
    *,
    folder: Path,
    processes: int | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Do every task once and gather the rows.

    Parameters
    ----------
    work : callable
        A function of a module, from a task to a table; it holds its own seed.
    tasks : iterable of (str, task)
        Each with a name that is a file name.
    folder : Path
        Where finished pieces are kept, one CSV a task.
    processes : int, optional
        At a time; as many as the machine has when left out. With 1 everything is done in this process.
    announce : callable
        Told how many are finished.

    Returns
    -------
    DataFrame
        The rows of all tasks, in the order of the tasks.
    """
    named = dict(tasks)
    todo = [name for name in named if not (folder / f"{name}.csv").exists()]
    announce(f"{len(named) - len(todo)} of {len(named)} finished before")
    if processes == 1:
        for done, name in enumerate(todo, 1):
            _keep(folder, name, work(named[name]))
            announce(f"{len(named) - len(todo) + done} of {len(named)}")
        return _gathered(folder, named)
    context = multiprocessing.get_context("spawn")
    with _one_thread_each(), ProcessPoolExecutor(processes or os.cpu_count(), mp_context=context) as pool:
        waiting = {pool.submit(work, named[name]): name for name in todo}
        for done, future in enumerate(as_completed(waiting), 1):
            _keep(folder, waiting[future], future.result())
            announce(f"{len(named) - len(todo) + done} of {len(named)}")
    return _gathered(folder, named)


def _keep(folder: Path, name: str, rows: pd.DataFrame) -> None:
    write_text(folder / f"{name}.csv", rows.to_csv(index=False, lineterminator="\n"))


def _gathered(folder: Path, names: Iterable[str]) -> pd.DataFrame:
    return pd.concat([pd.read_csv(folder / f"{name}.csv", keep_default_na=False) for name in names], ignore_index=True)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """New processes multiply small matrices in one thread: more of them only wait for one another."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
