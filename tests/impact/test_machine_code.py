"""Kept machine code is that of the code as it stands: a changed function is not called in its old form by another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from econ111.files import write_text
from econ111.impact.density import machine_code
from econ111.impact.density.machine_code import kept_by_content

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
from pathlib import Path
import numba
from econ111.impact.density.machine_code import kept_by_content
"""
INNER = """
with kept_by_content(Path(__file__).parent):
    @numba.njit(cache=True)
    def inner(x):
        return x + {added}
"""
OUTER = """
from inner import inner
with kept_by_content(Path(__file__).parent):
    @numba.njit(cache=True)
    def outer(x):
        return 10 * inner(x)
print(outer(1), outer.stats.cache_hits[outer.signatures[0]] if outer.stats.cache_hits else 0)
"""


def said(folder: Path) -> list[str]:
    """What a process of its own prints: the value, and whether its machine code was kept."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, folder / "outer.py"], env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    return done.stdout.split()


def test_a_function_changed_in_another_file_is_called_as_it_is_now(tmp_path: Path) -> None:
    """10 (1 + 1) = 20, again from kept code, and 10 (1 + 2) = 30 after `inner` alone has changed.

    Numba by itself would say 20: the file of `outer` is as it was.
    """
    write_text(tmp_path / "outer.py", HEAD + OUTER)
    write_text(tmp_path / "inner.py", HEAD + INNER.format(added=1))
    assert said(tmp_path) == ["20", "0"]
    assert said(tmp_path) == ["20", "1"]
    write_text(tmp_path / "inner.py", HEAD + INNER.format(added=2))
    assert said(tmp_path) == ["30", "0"]


def test_machine_code_is_kept_where_the_user_says_and_other_code_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`NUMBA_CACHE_DIR` is the folder around ours, and stands as it was afterwards, even after an error."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    with kept_by_content():
        inside = Path(numba.config.CACHE_DIR)
    with pytest.raises(ValueError, match="stop"), kept_by_content():
        raise ValueError("stop")
    assert inside.parent == tmp_path
    assert str(tmp_path) == numba.config.CACHE_DIR


def test_an_installation_that_cannot_be_written_keeps_machine_code_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a hospital, where an administrator installs."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr(machine_code.os, "access", lambda *_: False)
    monkeypatch.setenv("ECON111_CACHE", str(tmp_path))
    with kept_by_content():
        assert Path(numba.config.CACHE_DIR).parent == tmp_path / "machine-code"
