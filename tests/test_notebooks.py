"""Notebooks are small, store no output, say what they do not show, and run from a clean kernel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CEILING = 30 * 1024
SECONDS_A_CELL = 900


def opened(path: Path) -> Any:
    """A notebook as read; nbformat carries no types."""
    read: Any = nbformat.read
    return read(path, as_version=4)


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_is_a_notebook_to_start_with() -> None:
    """The first page sends economists to `notebooks/`; the folder is not empty."""
    assert "01_quickstart" in {path.stem for path in NOTEBOOKS}


@each_notebook
def test_a_notebook_is_valid_small_and_without_output(path: Path) -> None:
    """It opens in Jupyter, is under 30 KB, and holds no figure that nobody recomputed."""
    notebook = opened(path)
    nbformat.validate(notebook)
    assert path.stat().st_size < CEILING
    stored = [cell.id for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
    assert not stored


@each_notebook
def test_a_notebook_asks_one_question_and_ends_with_what_it_does_not_show(path: Path) -> None:
    """Its title is the question; its last cell is the list of limits."""
    cells = opened(path).cells
    title = cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    assert cells[-1].source.startswith("## What this does not show")


@pytest.mark.slow
@each_notebook
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh kernel runs every cell without an error, and every code cell that ends in a value shows it."""
    from nbclient import NotebookClient

    earlier = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *([earlier] if earlier else [])]))
    for name in ("ECON111_CACHE", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    notebook = opened(path)
    NotebookClient(
        notebook, timeout=SECONDS_A_CELL, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) > len(notebook.cells) / 4
