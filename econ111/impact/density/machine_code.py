"""Where the machine code of kernels is kept on disk: apart for every state of the code that it was made from.

Numba takes kept machine code as long as the file of a kernel is the same, and does not look at the files of the kernels
that it calls. Were one of these changed, by an update of econ111 or by hand, the code of before would run and nothing
would say so. So the folder has a checksum of all modules of the densities in its name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numba

from econ111.files import sha256_of, user_cache

_HERE = Path(__file__).resolve().parent


@contextmanager
def kept_by_content(modules: Path = _HERE) -> Iterator[None]:
    """What Numba makes inside the `with` is kept by the contents of all modules of a folder, and found again by them.

    It is kept in `NUMBA_CACHE_DIR` where that is set, otherwise beside the modules, or in the user's cache where that
    folder cannot be written.
    """
    chosen = numba.config.CACHE_DIR
    beside = modules / "__pycache__" if os.access(modules, os.W_OK) else user_cache() / "machine-code"
    numba.config.CACHE_DIR = str(Path(chosen or beside) / f"kernels-{_checksum(modules)}")
    try:
        yield
    finally:
        numba.config.CACHE_DIR = chosen


def kernel(function: Callable[..., Any]) -> Any:
    """A function that other kernels call, compiled when it is first called."""
    with kept_by_content():
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


@cache
def _checksum(modules: Path) -> str:
    # Short: Windows has little room for a path, and Numba adds 49 letters of its own.
    return sha256_of(*sorted(modules.glob("*.py")))[:8]
