"""Every reader under spoilt files: data, or one of econ111's own errors with a place and a remedy, and nothing else.

Hypothesis spoils the good file of each reader as bytes and as a table, and shrinks what fails to the least that does.
The short form is part of `make test`; `ECON111_FUZZ_EXAMPLES=2000` makes it long (`make fuzz`). The coverage-guided
form of the same is `benchmarks/fuzz_readers.py`.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reader_files import READERS

from econ111.errors import Econ111Error

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("ECON111_FUZZ_EXAMPLES", "10"))
FUZZING = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES < 100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)  # fmt: skip
ODD = (
    "", "-", "*", "<5", "n/a", "1,234", "-5", "1.5", "=1+1", "@SUM(A1)", "9" * 30, "9" * 5000, "1e400", "nan", "inf",
    "2024-13-01", "0001-01-01", "9999-12-31", "29/02/2023", "\u0660", "\u00b2", "\u202e", "\ufeff", "\x00", "a\nb", '"',
    "'", "true", "null", "[" * 2000, "{", "..", "/", "TOTAL",
)  # fmt: skip
CELL = st.sampled_from(ODD) | st.text(max_size=8)
TABLES = [name for name, reader in READERS.items() if reader.file.endswith(".csv")]


def _settled(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reader = READERS[name]
        try:
            reader.read(reader.put(Path(folder), content))
        except Econ111Error as refused:
            assert refused.exit_code == 2
            assert str(refused)
            for issue in getattr(refused, "issues", ()):
                assert issue.file
                assert issue.what


@pytest.mark.parametrize("name", READERS)
@FUZZING
@given(data=st.data())
def test_spoilt_bytes_are_data_or_a_clean_error(name: str, data: st.DataObject) -> None:
    """Up to four places of the good file cut out, written over or filled with something else."""
    content = READERS[name].good
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from((0, 1, 2, 5, 50, 1000)))
        piece = data.draw(st.binary(max_size=6) | CELL.map(lambda text: text.encode("utf-8", "surrogatepass")))
        content = content[:first] + piece + content[first + length :]
    _settled(name, content)


@pytest.mark.parametrize("name", TABLES)
@FUZZING
@given(data=st.data())
def test_a_spoilt_table_is_data_or_a_clean_error(name: str, data: st.DataObject) -> None:
    """Cells replaced, rows repeated, rows left out, columns moved: what a person does in a spreadsheet."""
    rows = list(csv.reader(io.StringIO(READERS[name].good.decode("utf-8-sig"), newline="")))
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(rows) - 1))
        match data.draw(st.sampled_from(("cell", "repeat", "drop", "column", "swap"))):
            case "cell" if rows[row]:
                rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(CELL)
            case "repeat":
                rows.insert(row, list(rows[row]))
            case "drop" if len(rows) > 1:
                del rows[row]
            case "column":
                place = data.draw(st.integers(0, 5))
                rows = [cells[:place] + cells[place + 1 :] for cells in rows]
            case "swap":
                rows[0], rows[row] = rows[row], rows[0]
    stream = io.StringIO()
    csv.writer(stream, lineterminator=data.draw(st.sampled_from(("\n", "\r\n", "\r")))).writerows(rows)
    _settled(name, stream.getvalue().encode("utf-8", "surrogatepass"))
