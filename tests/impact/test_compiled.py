"""A kernel called by its address gives what the same sums give in Python, reads each kind of data, and is sampled so.

The kernel here is a small one: independent normals of given centres, with one wall beyond which there is no density.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
import xarray as xr

from econ111.impact.density.compiled import CompiledDensity, give, taken, vectors, words_of
from econ111.inference import sample_densities
from econ111.specs.schema import Sampling

SAMPLING = Sampling(tune=200, draws=200, chains=2, seed=5)


class Held(NamedTuple):
    """One of each kind of data: a vector, a matrix, whole numbers, a number, a truth value, and a tuple inside."""

    centres: np.ndarray
    table: np.ndarray
    rows: np.ndarray
    wall: float
    reversed: bool
    inner: tuple[int, float]


def kernel(size, free_at, gradient_at, value_at, held):  # type: ignore[no-untyped-def]
    """Normals around `centres`, each scaled by the row of `table` that it names."""
    free, gradient = vectors(size, free_at, gradient_at)
    data = taken(held)
    value = data.inner[0] + data.inner[1]
    for at in range(free.size):
        scale = 0.0
        for column in range(data.table.shape[1]):
            scale += data.table[data.rows[at], column]
        z = (free[at] - data.centres[at]) / scale
        value -= 0.5 * z * z
        gradient[at] -= z / scale
        if free[at] > data.wall:
            value = -math.inf
    if data.reversed:
        value = -value
    return give(value_at, value)


def held_of(seed: int, *, size: int = 3, wall: float = 50.0) -> Held:
    """Data of some seed."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 4, size)
    return Held(rng.normal(size=size), rng.uniform(0.5, 1, (4, 2)), rows, wall, False, (2, 0.25))


@pytest.mark.parametrize(("seed", "size"), [(1, 3), (2, 3), (3, 7)])
def test_a_compiled_kernel_gives_the_sum_written_out_in_numpy(seed: int, size: int) -> None:
    """Other data of the same kind, and of other sizes, are read by the same code."""
    held = held_of(seed, size=size)
    free = np.random.default_rng(seed + 10).normal(size=size)
    value, gradient = CompiledDensity(kernel, size, held)(free)
    scale = held.table[held.rows].sum(axis=1)
    z = (free - held.centres) / scale
    assert value == pytest.approx(2.25 - 0.5 * (z**2).sum(), rel=1e-14)
    assert gradient == pytest.approx(-z / scale, rel=1e-14)
    turned, _ = CompiledDensity(kernel, size, held._replace(reversed=True))(free)
    assert turned == -value


def test_beyond_the_wall_there_is_no_density() -> None:
    """A value that is not finite comes back as it is, and the function says so to a sampler."""
    value, _ = CompiledDensity(kernel, 3, held_of(1))(np.array([0.0, 51.0, 0.0]))
    assert value == -math.inf


def test_one_code_serves_all_data_of_one_kind() -> None:
    """Three sizes, one address; another kind of number, another code."""
    found = {CompiledDensity(kernel, size, held_of(size, size=size)).function.address for size in (2, 3, 9)}
    assert len(found) == 1
    other = held_of(1)._replace(rows=np.array([0, 1, 2], dtype=np.int32))
    assert CompiledDensity(kernel, 3, other).function.address not in found


def test_words_are_addresses_shapes_and_numbers() -> None:
    """A float by its bits; an array by where it begins and how long each dimension is."""
    table = np.zeros((2, 5))
    assert list(words_of((table, -1, (True, 1.0)))) == [table.ctypes.data, 2, 5, -1, 1, 0x3FF0000000000000]


def test_an_array_with_gaps_is_refused() -> None:
    """Its numbers do not stand one after another."""
    with pytest.raises(ValueError, match="contiguous"):
        list(words_of(np.zeros((4, 4))[:, 1]))


@pytest.mark.parametrize("shape", [(2,), (4,), (1, 3)])
def test_a_free_vector_of_another_length_is_refused(shape: tuple[int, ...]) -> None:
    """The code would read past its end."""
    with pytest.raises(ValueError, match="3 numbers"):
        CompiledDensity(kernel, 3, held_of(1))(np.zeros(shape))


@dataclass
class Walled:
    """The kernel as a density for the sampler, compiled or through a function of Python."""

    compiled: bool
    wall: float = 50.0
    size: int = 3
    adaptation: str = "diag"
    target_accept: float = 0.8

    @property
    def start(self) -> np.ndarray:
        """Its middle."""
        return held_of(1).centres

    def log_density(self):  # type: ignore[no-untyped-def]
        """As asked for."""
        density = CompiledDensity(kernel, self.size, held_of(1, wall=self.wall))
        return density if self.compiled else density.__call__

    def expand(self, free: np.ndarray) -> xr.Dataset:
        """Its draws."""
        return xr.Dataset({"free": (("sample", "part"), free)})


@pytest.mark.parametrize("wall", [50.0, 0.9])
def test_draws_are_the_same_compiled_or_through_python(wall: float) -> None:
    """To the last bit, with steps beyond the wall as well, where a chain turns round."""
    ours, theirs = (sample_densities([Walled(kind, wall)], SAMPLING, cores=1) for kind in (True, False))
    assert np.array_equal(ours.draws.free.values, theirs.draws.free.values)
    assert ours.divergences == theirs.divergences
    assert float(ours.draws.free.max()) <= wall


def test_draws_have_the_mean_and_scale_of_the_normals() -> None:
    """Within five standard errors of 1,000 draws that depend on each other little."""
    drawn = sample_densities([Walled(True)], SAMPLING.model_copy(update={"draws": 500}), cores=2).draws.free.values
    held = held_of(1)
    scale = held.table[held.rows].sum(axis=1)
    assert drawn.mean(axis=0) == pytest.approx(held.centres, abs=float(5 * scale.max() / np.sqrt(500)))
    assert drawn.std(axis=0) == pytest.approx(scale, rel=0.15)
