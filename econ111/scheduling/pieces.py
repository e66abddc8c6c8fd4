"""Every piece of a long run kept as soon as it is there.

A run that was stopped goes on where it stopped: finished pieces are read, not made again. Results do not depend on who
did the work, nor in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from econ111.files import write_text
from econ111.scheduling.engines import Processes, Scheduler
from econ111.threads import one_thread


def run_many[Task](
    work: Callable[[Task], pd.DataFrame],
    tasks: Iterable[tuple[str, Task]],
    *,
    folder: Path,
    scheduler: Scheduler | None = None,
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
    scheduler : Scheduler, optional
        Who does the work; processes of this machine when left out.
    announce : callable
        Told how many are finished.

    Returns
    -------
    DataFrame
        The rows of all tasks, in the order of the tasks.

    Raises
    ------
    EnvironmentProblem
        When workers die again and again, or a piece cannot be written. Finished pieces stay.
    """
    named = dict(tasks)
    todo = {name: task for name, task in named.items() if not (folder / f"{name}.csv").exists()}
    finished = len(named) - len(todo)
    announce(f"{finished} of {len(named)} finished before")
    for name, rows in (scheduler or Processes()).finished(_InOneThread(work), todo):
        write_text(folder / f"{name}.csv", rows.to_csv(index=False, lineterminator="\n"))
        finished += 1
        announce(f"{finished} of {len(named)}")
    return pd.concat([pd.read_csv(folder / f"{name}.csv", keep_default_na=False) for name in named], ignore_index=True)


@dataclass(frozen=True)
class _InOneThread[Task]:
    """Work with linear algebra on one thread, whoever does it: more of them only wait for one another."""

    work: Callable[[Task], pd.DataFrame]

    def __call__(self, task: Task) -> pd.DataFrame:
        with one_thread():
            return self.work(task)
