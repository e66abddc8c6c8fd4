"""What a trust needs to bring its own calls: an evaluation and a file to fill in, and a marked copy of what it sent.

asked           what the trust said: name, trusts, months, launch dates
evaluation      the evaluation as commented TOML, from `evaluation.template`
call_rows       the rows to fill in, the worked row, the dictionary
call_workbook   those rows as an Excel workbook with drop-down lists
marked_copy     a copy of a checked file with each problem beside its cell
writing         all of them on disk, none over an older file
"""

from __future__ import annotations

from econ111.own_calls.asked import Asked, ask
from econ111.own_calls.marked_copy import write_marked_copy
from econ111.own_calls.writing import write_templates

__all__ = ["Asked", "ask", "write_marked_copy", "write_templates"]
