"""Draws of parameters on the shared `sample` index.

Each parameter has a stream of uniform numbers of its own, seeded by (seed, name). Adding, removing or reordering
parameters therefore changes no other draw, and asking for more samples keeps the earlier ones. A Dirichlet group is
made of one gamma per component, shape = share x effective_n, divided by their sum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import xarray as xr

from econ111.errors import InputError
from econ111.parameters.catalogue import Catalogue
from econ111.parameters.distributions import quantile
from econ111.parameters.parameter import Parameter

SMALLEST = 2.0**-54


def draw_parameters(catalogue: Catalogue, names: Iterable[str], *, samples: int, seed: int) -> xr.Dataset:
    """Draws of the named parameters.

    Parameters
    ----------
    catalogue : Catalogue
        From `load_catalogue`.
    names : names of parameters
        In any order. A component of a group ("group.component") is drawn with its group.
    samples : int
        Number of draws.
    seed : int
        Not negative. One seed gives the same draws in every run.

    Returns
    -------
    Dataset (sample)
        One variable per name, in the unit and price year of its attributes `unit` and `price_year` (empty when it is
        not money). A fixed value or a scenario is repeated.

    Raises
    ------
    InputError
        For a name that is not in the catalogue, fewer than one sample or a negative seed.

    Examples
    --------
    >>> from econ111.parameters import load_catalogue
    >>> draws = draw_parameters(load_catalogue(), ["ed_attendance_all"], samples=1000, seed=1)
    >>> draws.ed_attendance_all.attrs["unit"], dict(draws.sizes)
    ('GBP per attendance', {'sample': 1000})
    """
    if isinstance(names, str):
        raise InputError(f"Names come as a list; write [{names!r}].")
    _check(samples, seed)
    drawn: dict[str, xr.DataArray] = {}
    for name in dict.fromkeys(names):
        parameter = catalogue[name]
        values = _values(catalogue, parameter, samples, seed)
        drawn[name] = xr.DataArray(values, dims="sample", attrs=_attributes(parameter))
    return xr.Dataset(drawn, attrs={"seed": seed})


def draw_group(catalogue: Catalogue, group: str, *, samples: int, seed: int) -> xr.DataArray:
    """Draws of a Dirichlet group; the components of each draw add up to one.

    Parameters
    ----------
    catalogue : Catalogue
        From `load_catalogue`.
    group : str
        The part of the names before the point.
    samples, seed : int
        As in `draw_parameters`.

    Returns
    -------
    DataArray (sample, component)
        Shares, in the order of the file.

    Examples
    --------
    >>> from econ111.parameters import load_catalogue
    >>> shares = draw_group(load_catalogue(), "crisis_line_mix", samples=10, seed=1)
    >>> bool(abs(shares.sum("component") - 1).max() < 1e-12)
    True
    """
    _check(samples, seed)
    members = catalogue.group(group)
    return xr.DataArray(
        _shares(members, samples, seed),
        dims=("sample", "component"),
        coords={"component": [member.component for member in members]},
        name=group,
        attrs=_attributes(members[0]),
    )


def uniform_stream(name: str, *, samples: int, seed: int) -> np.ndarray:
    """Uniform numbers strictly between 0 and 1 that belong to one name.

    Examples
    --------
    More samples keep the earlier ones.

    >>> bool((uniform_stream("x", samples=5, seed=1)[:2] == uniform_stream("x", samples=2, seed=1)).all())
    True
    """
    return np.maximum(random_stream(seed, name).random(samples), SMALLEST)


def random_stream(seed: int, name: str) -> np.random.Generator:
    """A generator that belongs to one name and seed, whatever else is drawn.

    Examples
    --------
    >>> bool(random_stream(1, "x").random() == random_stream(1, "x").random())
    True
    """
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, digest])))


def _values(catalogue: Catalogue, parameter: Parameter, samples: int, seed: int) -> np.ndarray:
    if not parameter.group:
        return quantile(parameter, uniform_stream(parameter.name, samples=samples, seed=seed))
    members = catalogue.group(parameter.group)
    return np.asarray(_shares(members, samples, seed)[:, members.index(parameter)])


def _shares(members: tuple[Parameter, ...], samples: int, seed: int) -> np.ndarray:
    from scipy.special import gammaincinv

    gammas = np.zeros((samples, len(members)))
    for place, member in enumerate(members):
        shape = member.value * (member.effective_n or 0.0)
        if shape > 0:
            gammas[:, place] = gammaincinv(shape, uniform_stream(member.name, samples=samples, seed=seed))
    return np.asarray(gammas / gammas.sum(axis=1, keepdims=True))


def _attributes(parameter: Parameter) -> dict[str, str]:
    return {
        "unit": parameter.unit,
        "price_year": parameter.price_year,
        "source": parameter.source,
        "licence": parameter.licence,
        "distribution": parameter.distribution,
        "description": parameter.description,
    }


def _check(samples: int, seed: int) -> None:
    if samples < 1:
        raise InputError(f"samples is {samples}. Ask for at least 1 draw.")
    if seed < 0:
        raise InputError(f"seed is {seed}. Use 0 or a positive whole number.")
