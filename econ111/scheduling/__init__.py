"""Many independent pieces of work: in this process, in several processes of one machine, or on a Dask cluster.

engines   who does the work, and what happens when a worker dies
cluster   a Dask cluster, reached by its address
pieces    every result kept as soon as it is there, so that a stopped run goes on

Results are the same whoever did the work: every piece holds its own seed, and is written and read as text.
"""

from __future__ import annotations

from econ111.scheduling.engines import Here, Processes, Scheduler, choose_scheduler
from econ111.scheduling.pieces import run_many

__all__ = ["Here", "Processes", "Scheduler", "choose_scheduler", "run_many"]
