"""Fits by the content of model, data and code."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import xarray as xr

from econ111.errors import EnvironmentProblem
from econ111.files import sha256_of, user_cache, write_file, write_text
from econ111.inference.posterior import Posterior

SAMPLER_PACKAGES = ("pymc", "pytensor", "nutpie", "numba", "numpy")


def stored_posterior(draw: Callable[[], Posterior], *, key: str, folder: Path | None) -> tuple[Posterior, list[str]]:
    """The posterior of this key from the store, or freshly drawn and then stored.

    Parameters
    ----------
    draw : callable
        Draws it; called only when it must be.
    key : str
        Checksum of everything that the draws depend on.
    folder : Path, optional
        The store; None to neither read nor write one.

    Returns
    -------
    Posterior, list of str
        The draws, and a warning for each damaged entry that was passed over.
    """
    if folder is None:
        return draw(), []
    path = folder / f"fit-{key[:32]}.nc"
    warnings: list[str] = []
    if path.exists():
        try:
            return read_fit(path), warnings
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            warnings.append(f"The stored fit {path.name} is damaged ({error}) and was made anew.")
    posterior = draw()
    try:
        write_fit(path, posterior)
    except EnvironmentProblem as error:
        warnings.append(f"The fit could not be stored, so the next run makes it again. {error}")
    return posterior, warnings


def sampler_versions() -> list[str]:
    """Versions of the packages on which draws depend, found without loading them."""
    return [f"{name} {version(name)}" for name in SAMPLER_PACKAGES]


def default_store() -> Path:
    """Folder of stored fits: `ECON111_CACHE`, or a folder of the user's own cache."""
    return user_cache()


def write_fit(path: Path, posterior: Posterior) -> None:
    """Store draws, and their checksum beside them."""
    attrs = {"chains": posterior.chains, "divergences": posterior.divergences}
    write_file(path, lambda place: posterior.draws.assign_attrs(attrs).to_netcdf(place, engine="h5netcdf"))
    write_text(path.with_suffix(".json"), json.dumps({"sha256": sha256_of(path)}))


def read_fit(path: Path) -> Posterior:
    """Stored draws; ValueError when they are not those that were stored."""
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["sha256"]
    if sha256_of(path) != wanted:
        raise ValueError("its checksum does not match")
    draws = xr.load_dataset(path, engine="h5netcdf")
    return Posterior(draws, int(draws.attrs["chains"]), int(draws.attrs["divergences"]), from_store=True)
