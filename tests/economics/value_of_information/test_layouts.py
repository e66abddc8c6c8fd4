"""Draws written and read as plain files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from econ111.economics import Basis, DrawTables, read_draws, write_draws
from econ111.errors import DataError, InputError


def _tables() -> DrawTables:
    rng = np.random.default_rng(1)
    columns = ["no line", "line"]
    return DrawTables(
        costs=pd.DataFrame(rng.normal(0, 1e6, (50, 2)), columns=columns),
        effects=pd.DataFrame(rng.normal(0, 1e-3, (50, 2)), columns=columns),
        parameters=pd.DataFrame({"attended, after advice": rng.beta(2, 3, 50)}),
        basis=Basis(comparator="no line", price_year="2024/25"),
    )


def test_draws_come_back_as_they_went(tmp_path: Path) -> None:
    """To the last digit, with names that hold a comma, and with their basis."""
    tables = _tables()
    assert [path.name for path in write_draws(tables, tmp_path)] == [
        "costs.csv", "effects.csv", "parameters.csv", "basis.csv",
    ]  # fmt: skip
    again = read_draws(tmp_path)
    for name in ("costs", "effects", "parameters"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(tables, name), check_exact=True)
    assert again.basis == tables.basis


def test_a_cell_that_is_no_number_is_named_with_its_row(tmp_path: Path) -> None:
    """The header is row 1, as in a spreadsheet."""
    write_draws(_tables(), tmp_path)
    path = tmp_path / "effects.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] = "much,1.0"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError, match=r"effects\.csv row 4 .no line.*'much'"):
        read_draws(tmp_path)


def test_tables_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    """A file of other draws, other options, or none."""
    write_draws(_tables(), tmp_path)
    (tmp_path / "parameters.csv").write_text("x\n1\n2\n", encoding="utf-8")
    with pytest.raises(InputError, match="parameters 2"):
        read_draws(tmp_path)
    (tmp_path / "parameters.csv").unlink()
    with pytest.raises(InputError, match=r"parameters\.csv is not in"):
        read_draws(tmp_path)


def test_a_file_of_another_program_needs_no_basis(tmp_path: Path) -> None:
    """Costs, effects and parameters alone are enough; what is not said is not stated."""
    write_draws(_tables(), tmp_path)
    (tmp_path / "basis.csv").unlink()
    assert read_draws(tmp_path).basis == Basis()
