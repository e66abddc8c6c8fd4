"""A log density in the form that nutpie's sampler takes: compiled code by its address, or a function of Python.

nutpie has no public door for compiled code that is not a PyMC model, so that its own class for such a model is filled
in here; a version of nutpie in which that class changes needs a change here, and `pyproject.toml` names the versions.
Draws are the same to the last bit both ways (decision 0035).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types
from numba.np.numpy_support import carray

from econ111.impact.density.compiled import CompiledDensity

type Start = Callable[[int], np.ndarray]
NAME = "free"
_NUMBERS = types.CPointer(types.float64)
_EXPAND = types.int64(types.uint64, types.uint64, _NUMBERS, _NUMBERS, types.voidptr)


def model_for(make: Callable[[], Callable[[np.ndarray], Any]], size: int, start: Start) -> Any:
    """What nutpie samples, with draws of one variable, `free` (part).

    Parameters
    ----------
    make : callable
        Gives a new log density: a `CompiledDensity`, or a function of the free vector that returns the log density and
        its gradient.
    size : int
        Length of the free vector.
    start : callable
        Where a chain of some seed begins.
    """
    density = make()
    return _compiled(density, start) if isinstance(density, CompiledDensity) else _of_python(make, size, start)


def _of_python(make: Callable[[], Callable[[np.ndarray], Any]], size: int, start: Start) -> Any:
    from nutpie.compiled_pyfunc import from_pyfunc

    def unchanged(*_seeds: int) -> Callable[..., dict[str, np.ndarray]]:
        return lambda free: {NAME: free}

    return from_pyfunc(
        size, make, unchanged, [np.dtype("float64")], [(size,)], [NAME], make_initial_point_fn=start
    )  # fmt: skip


def _compiled(density: CompiledDensity, start: Start) -> Any:
    from nutpie.compile_pymc import CompiledPyMCModel

    shape = (density.size,)
    return CompiledPyMCModel(
        dims={}, reparameterized_names=None, compiled_logp_func=density.function,
        compiled_expand_func=numba.cfunc(_EXPAND, cache=True)(_unchanged), initial_point_func=start,
        # The words hold addresses only: nutpie keeps this object, and with it the density that owns the numbers.
        user_data=density.words, shared_data={}, shared_var_keys={}, logp_func=density, expand_func=None,
        n_expanded=density.size, shape_info=([NAME], None, [shape]), _n_dim=density.size, _shapes={NAME: shape},
        _coords={},
    )  # fmt: skip


def _unchanged(size, count, free_at, expanded_at, _held):  # type: ignore[no-untyped-def]
    """Every free number is drawn as it stands."""
    free, expanded = carray(free_at, (size,)), carray(expanded_at, (count,))
    expanded[:] = free
    return 0
