"""One thread for linear algebra while small systems are solved.

The systems here have some hundred terms. Spread over threads they are slower, and on a busy machine many times slower,
as the threads wait for each other. threadpoolctl is used where it is installed; without it the figures are the same.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import scipy.linalg  # noqa: F401  so that its library is loaded when the threads are looked for


def one_thread() -> AbstractContextManager[Any]:
    """Linear algebra on one thread inside the `with`."""
    controller = _controller()
    return nullcontext() if controller is None else controller.limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    try:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
    except ImportError:
        return None
    return ThreadpoolController()
