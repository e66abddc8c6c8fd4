"""Sums of the kernels, written as loops: kernels compile in six tenths of the time, with the same digits.

NumPy's sums over an axis and its assignments to parts of an array bring their checks of shapes and the texts of their
errors with them, which Numba compiles anew for every kernel. All arrays here are contiguous.
"""

from __future__ import annotations

import numpy as np

from econ111.impact.density.machine_code import kernel


@kernel
def total(values):  # type: ignore[no-untyped-def]
    """Sum of a vector."""
    found = 0.0
    for at in range(values.size):
        found += values[at]
    return found


@kernel
def dot(left, right):  # type: ignore[no-untyped-def]
    """Sum of the products of two vectors."""
    found = 0.0
    for at in range(left.size):
        found += left[at] * right[at]
    return found


@kernel
def column_dot(values, matrix, column):  # type: ignore[no-untyped-def]
    """Sum of the products of a vector and a column of a matrix."""
    found = 0.0
    for at in range(values.size):
        found += values[at] * matrix[at, column]
    return found


@kernel
def product_sum(left, right):  # type: ignore[no-untyped-def]
    """Sum of the products of two matrices, element by element."""
    found = 0.0
    for i in range(left.shape[0]):
        for m in range(left.shape[1]):
            found += left[i, m] * right[i, m]
    return found


@kernel
def column_sums(values):  # type: ignore[no-untyped-def]
    """Sums of the columns of a matrix."""
    found = np.zeros(values.shape[1])
    for i in range(values.shape[0]):
        for m in range(values.shape[1]):
            found[m] += values[i, m]
    return found


@kernel
def row_product_sums(left, right):  # type: ignore[no-untyped-def]
    """Sums of the rows of the products of two matrices, element by element."""
    found = np.zeros(left.shape[0])
    for i in range(left.shape[0]):
        for m in range(left.shape[1]):
            found[i] += left[i, m] * right[i, m]
    return found


@kernel
def last_columns(values, count):  # type: ignore[no-untyped-def]
    """The last columns of a matrix, as an array of its own."""
    found, first = np.empty((values.shape[0], count)), values.shape[1] - count
    for i in range(values.shape[0]):
        for m in range(count):
            found[i, m] = values[i, first + m]
    return found


@kernel
def add(target, values):  # type: ignore[no-untyped-def]
    """Add a matrix to another, in place."""
    for i in range(target.shape[0]):
        for m in range(target.shape[1]):
            target[i, m] += values[i, m]


@kernel
def add_column_sums(target, values):  # type: ignore[no-untyped-def]
    """Add the sums of the columns of a matrix to a vector, in place."""
    sums = column_sums(values)
    for m in range(target.size):
        target[m] += sums[m]


@kernel
def subtract_scaled(target, scales, values):  # type: ignore[no-untyped-def]
    """Take a matrix, each row times its scale, from another, in place."""
    for i in range(target.shape[0]):
        for m in range(target.shape[1]):
            target[i, m] -= scales[i] * values[i, m]


@kernel
def subtract_scaled_products(target, left, scales, right):  # type: ignore[no-untyped-def]
    """Take the products of two matrices, each row times its scale, from another, in place."""
    for i in range(target.shape[0]):
        for m in range(target.shape[1]):
            target[i, m] -= left[i, m] * scales[i] * right[i, m]
