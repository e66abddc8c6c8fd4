"""A recorded run made again from its record, and the line from a printed figure back to its sources.

recorded      reading a run's folder: record, tables, and whether any file was changed after the run
differences   what is not as it was: packages, data, parameters, code
comparison    figure by figure: the same, within Monte Carlo error, or not
again         the run made again, with all three together
lineage       one figure, back to data, parameters and sources
"""

from __future__ import annotations

from econ111.reproduce.again import Reproduction, reproduce
from econ111.reproduce.lineage import lineage
from econ111.reproduce.recorded import Recorded, read_run

__all__ = ["Recorded", "Reproduction", "lineage", "read_run", "reproduce"]
