"""Small graphs are evaluated by PyTensor's plain Python back end: nothing is compiled, so a test takes a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Evaluator = Callable[..., Any]


@pytest.fixture(scope="session")
def value_of() -> Evaluator:
    """Value of a graph, or values of a list of graphs, given pairs of input and value."""
    import pytensor
    from pytensor.compile.mode import Mode

    def evaluate(graph: Any, *given: tuple[Any, Any]) -> Any:
        plain = Mode(linker="py", optimizer="fast_compile")
        run = pytensor.function([name for name, _ in given], graph, mode=plain, on_unused_input="ignore")
        return run(*(np.asarray(value) for _, value in given))

    return evaluate
