"""The small form of calibration: an even spread of ranks from the sound model, and not from broken ones."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from econ111.checks.call_calibration import shipped_setting
from econ111.checks.call_report import MOVED, model_checksum
from econ111.checks.density_ranks import Part, density_ranks, rank_moments
from econ111.checks.london_study import london_study
from econ111.scheduling import run_many

# A doubled prior of a scale that three trusts hardly inform takes more services to see than hidden counts do.
SIMULATIONS = {"volumes": 48, "mix": 16, "unrecorded": 24}
REPORT = Path(__file__).parents[2] / "docs" / "calibration"


def one(task: tuple[Part, int], breakage: str = "") -> pd.DataFrame:
    """Ranks of one simulation, from short chains."""
    return density_ranks(*task, shipped_setting(tune=150, draws=100, chains=2, breakage=breakage))


def ranks(part: Part, folder: Path, breakage: str = "") -> pd.DataFrame:
    """Moments of the ranks of a part's quantities."""
    tasks = [(f"{part}-{number}", (part, number)) for number in range(SIMULATIONS[part])]
    return rank_moments(run_many(partial(one, breakage=breakage), tasks, folder=folder))


@pytest.mark.slow
@pytest.mark.parametrize("part", ["volumes", "mix", "unrecorded"])
def test_the_truth_takes_every_rank_alike(part: Part, tmp_path: Path) -> None:
    """Truths from the prior: the ranks of every scale, mean, share and of the log likelihood are spread evenly."""
    table = ranks(part, tmp_path)
    assert table.even.all(), table[~table.even].to_string()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "breakage", "quantity"),
    [
        ("volumes", "double displacement_trust_sd", "displacement_sd 0"),
        ("mix", "no observation operator", "log likelihood"),
    ],
)
def test_a_model_broken_on_purpose_is_found(part: Part, breakage: str, quantity: str, tmp_path: Path) -> None:
    """A prior twice as wide as the truths', and hidden counts at face value, fail the test above where they should."""
    table = ranks(part, tmp_path, breakage).set_index("quantity")
    assert not table.even[quantity]


@pytest.mark.slow
def test_hiding_and_rounding_london_moves_no_total_by_a_quarter_of_its_sd() -> None:
    """The counts of the shipped evaluation, every one hidden below 5 and rounded, read back from a file and fitted."""
    table = london_study(0, shipped_setting(tune=300, draws=1000, chains=2))
    assert len(table) == 7
    assert (table.moved.abs() < MOVED).all(), table.to_string()


def test_the_calibration_report_is_of_this_model() -> None:
    """A model that has changed since `make calibration` wrote its report fails here until it is run again."""
    assert (REPORT / "model.sha256").read_text(encoding="utf-8").strip() == model_checksum()
