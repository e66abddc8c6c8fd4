"""Call-level records to the call table: one row per trust, month, line and measure, and nobody's record kept.

`spec` says what the columns and codes of an extract mean, `sources` opens CSV, Parquet, Excel or a database table,
`identifiers` refuses what names people, `query` resolves transfers and repeat calls and counts, on DuckDB or any other
engine that Narwhals reaches, `table` turns the counts into the call table. `aggregate_records` does all of it.
"""

from econ111.activity.records.aggregate import Aggregation, aggregate_frame, aggregate_records, write_call_table
from econ111.activity.records.spec import RecordsSpec, load_records_spec

__all__ = [
    "Aggregation",
    "RecordsSpec",
    "aggregate_frame",
    "aggregate_records",
    "load_records_spec",
    "write_call_table",
]
