"""`econ111 verify`: lines for people, an exit code for machines."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from econ111.cli import app
from econ111.report.verification_words import command_lines
from econ111.results import Evaluation
from econ111.verification import verify


def test_the_command_tells_the_count_and_writes_the_table(tmp_path: Path) -> None:
    """For a comparison known from print few tests apply; none fails, so the exit code is 0 and the table is whole."""
    place = tmp_path / "tests.csv"
    done = CliRunner().invoke(app, ["verify", "hampshire-2021", "--out", str(place)])
    assert done.exit_code == 0, done.output
    assert "none failed" in done.output
    assert len(pd.read_csv(place)) == 98


def test_an_unknown_test_is_refused_by_its_number() -> None:
    """`--test R99` names no test."""
    done = CliRunner().invoke(app, ["verify", "hampshire-2021", "--test", "R99"])
    assert done.exit_code != 0
    assert "R99" in str(done.exception)


def test_failures_come_first_with_what_was_found(sound: Evaluation) -> None:
    """A failed test leads the lines and is followed by found and allowed; synthetic data are marked at the top."""
    stale = sound.tables["budget_impact"].assign(mean=0.0)
    table = verify(
        type(sound)(**{**vars(sound), "tables": {**sound.tables, "budget_impact": stale}}), only=["R7", "R2"]
    )
    lines = command_lines(sound, table)
    assert "SYNTHETIC" in lines[0]
    assert lines[2].startswith("FAIL  R7")
    assert "found" in lines[3]
    assert lines[-1] == "1 test passed, 1 failed, 0 do not apply."


@pytest.mark.parametrize("name", ["hampshire-2021"])
def test_every_run_carries_its_verification(name: str) -> None:
    """`evaluate` ends with the battery, so that no page is written without it."""
    from econ111 import evaluate

    assert {"verification", "assurance", "cheers"} <= set(evaluate(name).tables)
