"""Reading activity data: every file becomes data with cell states, and a table of issues beside it.

`template` reads call files, `iucadc`, `emergency` and `type1_series` the official ones of the evaluations,
`national` the other publications; `check_file` tells them apart.
Below them, `tabular` reads CSV and Excel as text, `cells` and `months` parse by declared rules, `succession` follows
organisations over time.
"""

from econ111.activity.calls import (
    CallLayout,
    Entry,
    TrustLayout,
    build_call_table,
    call_table_to_frame,
    members_of,
    state_counts,
)
from econ111.activity.cells import Cell, CellRule, Problem, parse_count
from econ111.activity.check import check_file
from econ111.activity.emergency import read_ae_by_provider, read_ae_msitae
from econ111.activity.iucadc import read_iucadc
from econ111.activity.months import parse_month
from econ111.activity.national import (
    read_ae_types,
    read_ambulance,
    read_borough_trusts,
    read_ecds_national,
    read_ecds_routes,
    read_iucadc_areas,
    read_iucadc_daily,
    read_mhsds,
    read_provider_icbs,
)
from econ111.activity.reading import CALL_MEASURES, CELL_STATES, DISPOSITIONS, Reading
from econ111.activity.succession import Succession, apply_succession, read_succession
from econ111.activity.template import read_calls
from econ111.activity.type1_series import read_type1_series

__all__ = [
    "CALL_MEASURES",
    "CELL_STATES",
    "DISPOSITIONS",
    "CallLayout",
    "Cell",
    "CellRule",
    "Entry",
    "Problem",
    "Reading",
    "Succession",
    "TrustLayout",
    "apply_succession",
    "build_call_table",
    "call_table_to_frame",
    "check_file",
    "members_of",
    "parse_count",
    "parse_month",
    "read_ae_by_provider",
    "read_ae_msitae",
    "read_ae_types",
    "read_ambulance",
    "read_borough_trusts",
    "read_calls",
    "read_ecds_national",
    "read_ecds_routes",
    "read_iucadc",
    "read_iucadc_areas",
    "read_iucadc_daily",
    "read_mhsds",
    "read_provider_icbs",
    "read_succession",
    "read_type1_series",
    "state_counts",
]
