"""An evaluation that the machine cannot hold is refused before the fit, with what it takes and what helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from econ111.errors import EnvironmentProblem
from econ111.run import evaluate
from econ111.run.memory_needed import check_memory, memory_at_hand, memory_needed

GIGABYTE = 1e9
# Measured (benchmarks/growth.py): trusts, months, kept draws, megabytes of the largest process.
MEASURED = ((5, 36, 2_000, 598), (5, 96, 2_000, 786), (60, 36, 2_000, 1_416), (200, 60, 4_000, 6_496))


@pytest.mark.parametrize(("trusts", "months", "draws", "peak"), MEASURED)
def test_what_is_stated_is_above_what_was_measured(trusts: int, months: int, draws: int, peak: float) -> None:
    """And not so far above that a machine which can hold the evaluation would be refused."""
    stated = memory_needed(trusts=trusts, months=months, draws=draws) / 1e6
    assert peak <= stated <= 2 * peak


def test_a_country_is_refused_on_a_small_machine() -> None:
    """Both figures, and each thing that helps."""
    with pytest.raises(EnvironmentProblem) as refused:
        check_memory(trusts=200, months=60, draws=4_000, at_hand=2 * GIGABYTE)
    said = str(refused.value)
    assert "200 trusts over 60 months with 4,000 draws" in said
    assert f"{memory_needed(trusts=200, months=60, draws=4_000) / GIGABYTE:.1f} GB" in said
    assert "2.0 GB are free" in said
    assert "`draws`" in said
    assert "econ111 grid" in said


def test_london_fits_a_small_machine() -> None:
    """The shipped evaluation needs no more than two gigabytes."""
    check_memory(trusts=5, months=35, draws=4_000, at_hand=2 * GIGABYTE)


@pytest.mark.parametrize(
    "files",
    [
        {
            "memory.max": "3000000000\n", "memory.current": "1500000000\n",
            "memory.stat": "anon 5\ninactive_file 500000000",
        },
        {
            "memory/memory.limit_in_bytes": "3000000000\n", "memory/memory.usage_in_bytes": "1500000000\n",
            "memory/memory.stat": "inactive_file 1\ntotal_inactive_file 500000000\n",
        },
    ],
)  # fmt: skip
def test_a_container_has_what_its_limit_leaves(tmp_path: Path, files: dict[str, str]) -> None:
    """Three gigabytes allowed, one and a half taken, half of one given back when asked for: two are left."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="ascii")
    assert memory_at_hand(tmp_path) == pytest.approx(2 * GIGABYTE)


@pytest.mark.parametrize("limit", ["max", "9223372036854771712", ""])
def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path: Path, limit: str) -> None:
    """No limit is a word, a number beyond any machine, or no number at all."""
    (tmp_path / "memory.max").write_text(limit, encoding="ascii")
    (tmp_path / "memory.current").write_text("1500000000", encoding="ascii")
    assert memory_at_hand(tmp_path) == pytest.approx(memory_at_hand(tmp_path / "nowhere"), rel=0.2)


def test_a_run_is_refused_before_its_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a hundred megabytes free, London is refused at once: no draw is made, no hour is lost."""
    monkeypatch.setattr("econ111.run.memory_needed.memory_at_hand", lambda: 0.1 * GIGABYTE)
    stages: list[str] = []
    with pytest.raises(EnvironmentProblem, match="5 trusts over 35 months"):
        evaluate("london-2024", use_store=False, announce=stages.append)
    assert not any(stage.startswith("Sampling") for stage in stages)
