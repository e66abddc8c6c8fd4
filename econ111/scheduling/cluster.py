"""A Dask cluster: for more work than one machine can do. Dask is not required; only this module imports it.

Workers must run the same code, with the same parameter files and the same versions of the libraries that figures depend
on: otherwise a piece would depend on who did it. All are compared before anything is sent.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

from econ111.errors import EnvironmentProblem
from econ111.files import sha256_of
from econ111.resources import package_texts, shipped_folder

LIBRARIES = ("numpy", "scipy", "pandas", "xarray", "pymc", "pytensor", "numba", "nutpie")
SHIPPED = ("data/parameters", "models")
# Seconds to wait for the scheduler of the cluster to answer.
PATIENCE = 20


@dataclass(frozen=True)
class Cluster:
    """Workers of a Dask cluster, reached by the address of its scheduler."""

    address: str

    def __post_init__(self) -> None:
        """EnvironmentProblem now, not after an hour, when there is no Dask."""
        _distributed()

    def finished[Task, Result](
        self, work: Callable[[Task], Result], tasks: Mapping[str, Task]
    ) -> Iterator[tuple[str, Result]]:
        """See `Scheduler`. Dask gives the piece of a dead worker to another one."""
        distributed = _distributed()
        with self._client() as client:
            self._check(client)
            once = uuid4().hex
            waiting = {
                client.submit(work, task, key=f"{name}-{once}", pure=False): name for name, task in tasks.items()
            }
            done = distributed.as_completed(waiting, loop=client.loop)
            try:
                for future in done:
                    yield waiting[future], future.result()
                    future.release()
            except distributed.KilledWorker as died:
                raise EnvironmentProblem(
                    f"Several workers of {self.address} died with the same piece of work ({died}); mostly memory has "
                    "run out. Start them with more memory each. What was finished is kept."
                ) from None
            finally:
                client.cancel(list(waiting))

    def _client(self) -> Any:
        try:
            return _distributed().Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise EnvironmentProblem(
                f"No Dask scheduler answers at {self.address!r} ({str(error)[:150]}). Start one with `dask scheduler`, "
                "workers with `dask worker ADDRESS --nthreads 1`, and give its address such as tcp://host:8786."
            ) from None

    def _check(self, client: Any) -> None:
        """EnvironmentProblem unless there are workers, each with our code and versions and one thread."""
        workers = client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise EnvironmentProblem(
                f"The Dask scheduler at {self.address} has no workers. Start some: dask worker {self.address} "
                "--nthreads 1"
            )
        threaded = [name for name, about in workers.items() if about["nthreads"] != 1]
        if threaded:
            raise EnvironmentProblem(
                f"{len(threaded)} workers of {self.address} run several pieces in one process ({threaded[0]}), which "
                "the sampler does not allow. Start them with --nthreads 1."
            )
        ours = installation()
        for name, theirs in client.run(installation).items():
            odd = [f"{part} {theirs.get(part)}, here {known}" for part, known in ours.items() if theirs[part] != known]
            if odd:
                raise EnvironmentProblem(
                    f"Worker {name} would give other figures: {'; '.join(odd)}. Install the same version of econ111 "
                    "there, from the same requirements.lock."
                )


def installation() -> dict[str, str]:
    """What figures depend on besides their inputs: code and shipped files of the package, libraries, Python.

    Returns
    -------
    dict of str to str
        By name; code, parameters and evaluations as checksums.
    """
    shipped = {name: _sum_of(shipped_folder(name)) for name in SHIPPED}
    libraries = {name: _version(name) for name in LIBRARIES}
    return {"econ111": sha256_of(*package_texts())[:16], **shipped, "python": platform.python_version(), **libraries}


def _sum_of(folder: Path) -> str:
    return sha256_of(*(path for path in sorted(folder.rglob("*")) if path.is_file()))[:16]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise EnvironmentProblem(
            "A cluster needs Dask, which is not installed. Install it (pip install distributed), or leave --scheduler "
            "out: the work is then done on this machine."
        ) from None
    return distributed
