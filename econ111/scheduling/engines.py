"""Who does the work: this process, or several of this machine. A worker that dies costs its piece, not the run."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Protocol

from econ111.display import Card, Shown
from econ111.errors import EnvironmentProblem

# Pools that may die one after another without a single piece finished before the run gives up.
DEATHS = 3


class Scheduler(Protocol):
    """Does pieces of work in any order."""

    def finished[Task, Result](
        self, work: Callable[[Task], Result], tasks: Mapping[str, Task]
    ) -> Iterator[tuple[str, Result]]:
        """Name and result of each piece as soon as it is there.

        Parameters
        ----------
        work : callable
            A function of a module, so that other processes find it; from one task to its result.
        tasks : mapping
            The pieces by name.

        Raises
        ------
        EnvironmentProblem
            When workers die again and again, or cannot be reached. What an error of `work` says is raised as it is.
        """
        ...


@dataclass(frozen=True, repr=False)
class Here(Shown):
    """One piece after the other in this process.

    Examples
    --------
    >>> dict(Here().finished(abs, {"a": -1, "b": 2}))
    {'a': 1, 'b': 2}
    """

    def finished[Task, Result](
        self, work: Callable[[Task], Result], tasks: Mapping[str, Task]
    ) -> Iterator[tuple[str, Result]]:
        """See `Scheduler`."""
        for name, task in tasks.items():
            yield name, work(task)

    def _card(self) -> Card:
        return Card("Pieces of work, one after the other in this process")


@dataclass(frozen=True, repr=False)
class Processes(Shown):
    """So many pieces at a time, each in a process of its own; as many as the machine has processors when left out."""

    count: int | None = None

    def finished[Task, Result](
        self, work: Callable[[Task], Result], tasks: Mapping[str, Task]
    ) -> Iterator[tuple[str, Result]]:
        """See `Scheduler`. When a process is killed the pool is opened again for what is left."""
        left, deaths = dict(tasks), 0
        while left:
            before = len(left)
            try:
                for name, result in self._pool(work, left):
                    del left[name]
                    yield name, result
            except BrokenProcessPool:
                deaths = deaths + 1 if len(left) == before else 1
                if deaths == DEATHS:
                    raise EnvironmentProblem(_died(left)) from None

    def _card(self) -> Card:
        return Card(f"Pieces of work in {self.count or os.cpu_count()} processes of this machine")

    def _pool[Task, Result](
        self, work: Callable[[Task], Result], tasks: Mapping[str, Task]
    ) -> Iterator[tuple[str, Result]]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.count or os.cpu_count(), mp_context=context) as pool:
            waiting = {pool.submit(work, task): name for name, task in tasks.items()}
            try:
                for future in as_completed(waiting):
                    yield waiting[future], future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def choose_scheduler(*, processes: int | None = None, address: str | None = None) -> Scheduler:
    """The scheduler that a caller asked for.

    Parameters
    ----------
    processes : int, optional
        Pieces at a time on this machine. 1 is this process itself; as many as there are processors when left out.
    address : str, optional
        Of the scheduler of a Dask cluster, such as "tcp://host:8786".

    Returns
    -------
    Scheduler

    Raises
    ------
    EnvironmentProblem
        When an address is given and Dask is not installed.

    Examples
    --------
    >>> choose_scheduler(processes=1)
    Pieces of work, one after the other in this process
    >>> choose_scheduler(processes=4)
    Pieces of work in 4 processes of this machine
    """
    if address is not None:
        from econ111.scheduling.cluster import Cluster

        return Cluster(address)
    return Here() if processes == 1 else Processes(processes)


def _died(left: Mapping[str, object]) -> str:
    return (
        f"The processes that did the work were ended by the machine {DEATHS} times without finishing one of the "
        f"{len(left)} pieces left ({', '.join(list(left)[:3])}{', ...' if len(left) > 3 else ''}); mostly memory has "
        "run out. Try fewer at a time (--processes 1). What was finished is kept."
    )
