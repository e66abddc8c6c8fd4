"""A log density as machine code that a sampler calls by its address, with whatever it reads laid out in memory.

A sampler that calls Python takes the interpreter's lock for every step, and its chains wait for each other: London's
volumes take 2.8 times as long that way. Here a kernel is compiled to a function of C, once per machine and structure:

    function(size, free, gradient, value, held) -> int

It reads `size` numbers at `free`, writes as many at `gradient` and one at `value`, and returns 0 where the value is
finite. `held` points to what it reads besides, a tuple of arrays and numbers, as `words_of` lays it out and `taken`
takes it up again: for an array the address of its numbers and its shape, for a number itself. So other data are other
words, and no other code.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array
from numba.np.numpy_support import carray

from econ111.impact.density.machine_code import kept_by_content

FINITE, NOT_FINITE = 0, 4
_ADDRESS = ctypes.c_void_p
_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
_NUMBERS = types.CPointer(types.float64)


@dataclass(frozen=True)
class CompiledDensity:
    """A log density and its gradient as compiled code with its data; called as a function, it gives both.

    `size` is the length of the free vector, `held` whatever the code reads, of which the words are made.
    """

    kernel: Callable[..., int]
    size: int
    held: tuple[Any, ...]

    @cached_property
    def words(self) -> np.ndarray:
        """What the code is given of its data: addresses, shapes, numbers."""
        return np.array(list(words_of(self.held)), dtype=np.int64)

    @cached_property
    def function(self) -> Any:
        """The compiled function, with its `address`."""
        return _compiled(self.kernel, numba.typeof(self.held))

    def __call__(self, free: np.ndarray) -> tuple[float, np.ndarray]:
        """Log density at a free vector, and its gradient."""
        at, gradient, value = np.ascontiguousarray(free, dtype=float), np.empty(self.size), np.empty(1)
        if at.shape != (self.size,):
            raise ValueError(f"A free vector of {self.size} numbers is wanted; this one has the shape {at.shape}.")
        places = (part.ctypes.data for part in (at, gradient, value, self.words))
        _CALL(self.function.address)(self.size, *places)
        return float(value[0]), gradient


@cache
def _compiled(kernel: Callable[..., int], held: types.Type) -> Any:
    """The kernel for data of one structure; its machine code is kept on disk."""
    signature = types.int64(types.uint64, _NUMBERS, _NUMBERS, _NUMBERS, types.CPointer(held))
    with kept_by_content():
        return numba.cfunc(signature, cache=True, error_model="numpy")(kernel)


def words_of(value: Any) -> Iterator[int]:
    """The words of 8 bytes that `taken` reads a value from.

    Examples
    --------
    >>> list(words_of((3, (True, 0.0))))
    [3, 1, 0]
    >>> len(list(words_of(np.zeros((2, 5)))))
    3
    """
    if isinstance(value, np.ndarray):
        if not value.flags.c_contiguous:
            raise ValueError("Only the numbers of a contiguous array stand one after another from its address.")
        yield from (value.ctypes.data, *value.shape)
    elif isinstance(value, tuple):
        for part in value:
            yield from words_of(part)
    else:
        yield int(np.float64(value).view(np.int64)) if isinstance(value, float) else int(value)


def _taken(_typing: Any, pointer: Any) -> Any:
    """The value whose words stand at a pointer to its type."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        words = builder.bitcast(arguments[0], context.get_value_type(types.int64).as_pointer())
        return _take(context, builder, signature.return_type, _Words(context, builder, words))

    return pointer.dtype(pointer), codegen


# Inside a kernel: the value whose words stand at a pointer to its type.
taken: Any = intrinsic(_taken)


class _Words:
    """The words at a pointer, one after another, while code is made."""

    def __init__(self, context: Any, builder: Any, words: Any) -> None:
        self._context, self._builder, self._words, self._place = context, builder, words, 0

    def next(self) -> Any:
        """The next word as an integer of 64 bits."""
        place = self._context.get_constant(types.intp, self._place)
        self._place += 1
        return self._builder.load(self._builder.gep(self._words, [place]))


def _take(context: Any, builder: Any, kind: Any, words: _Words) -> Any:
    """Code that makes a value of some type from the next words."""
    if isinstance(kind, types.Array):
        return _take_array(context, builder, kind, words)
    if isinstance(kind, types.BaseTuple):
        parts = [_take(context, builder, part, words) for part in kind]
        return context.make_tuple(builder, kind, parts)
    word = words.next()
    if kind == types.float64:
        return builder.bitcast(word, context.get_value_type(kind))
    return context.cast(builder, word, types.int64, kind)


def _take_array(context: Any, builder: Any, kind: Any, words: _Words) -> Any:
    """An array that owns nothing: whoever made the words keeps its numbers."""
    array = context.make_array(kind)(context, builder)
    numbers = builder.inttoptr(words.next(), array.data.type)
    shape = [words.next() for _ in range(kind.ndim)]
    item = context.get_constant(types.intp, np.dtype(str(kind.dtype)).itemsize)
    strides = [item]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    populate_array(array, data=numbers, shape=shape, strides=strides, itemsize=item, meminfo=None)
    return array._getvalue()


@numba.njit(inline="always")
def vectors(size, free_at, gradient_at):  # type: ignore[no-untyped-def]
    """Inside a kernel: the free vector, and its gradient, still zero."""
    gradient = carray(gradient_at, (size,))
    for at in range(size):
        gradient[at] = 0.0
    return carray(free_at, (size,)), gradient


@numba.njit(inline="always")
def give(value_at, value):  # type: ignore[no-untyped-def]
    """Inside a kernel: write the log density, and say whether it is finite."""
    value_at[0] = value
    return FINITE if np.isfinite(value) else NOT_FINITE
