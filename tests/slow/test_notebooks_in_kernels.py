"""Each notebook as a reader runs it: a kernel of its own, from top to bottom, with the full fit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_A_CELL = 900


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stored fits and the settings of kernels, shared by the notebooks and by nobody else."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_a_kernel_of_its_own(
    path: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh kernel runs every cell without an error, and nothing is written to the error stream by our code."""
    earlier = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *([earlier] if earlier else [])]))
    for name in ("ECON111_CACHE", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(home / name.lower()))
    read: Any = nbformat.read
    notebook = read(path, as_version=4)
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=SECONDS_A_CELL, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert len(outputs) > len(notebook.cells) / 4
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
