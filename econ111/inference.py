"""Sampling, its diagnostics, and the store of fits: the only room that runs a sampler.

`chain` and `draw` stay here; what leaves is a Dataset with one `sample` dim, chain after chain. A fit is used only when
it is whole: an interrupted sampler returns draws padded with NaN and raises nothing, so completeness is checked
before anything is kept. Fits are stored by the content of model, data and code, as netCDF with a checksum; never as a
pickle.

Convergence: rank-normalised split R-hat and bulk and tail effective sample size (Vehtari A et al., Bayesian Analysis
2021;16:667).
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from econ111.errors import EnvironmentProblem, FitError
from econ111.files import sha256_of, write_file, write_text
from econ111.specs.schema import Sampling

if TYPE_CHECKING:
    import pymc as pm

    type ModelBuilder = Callable[[], pm.Model]

# The second, of smaller steps, is used only when the first left divergent transitions.
TARGET_ACCEPT = (0.9, 0.98)
SAMPLER_PACKAGES = ("pymc", "pytensor", "numpy")


@dataclass(frozen=True)
class Posterior:
    """Draws that passed the completeness check, and what the sampler said of them."""

    draws: xr.Dataset
    chains: int
    divergences: int
    from_store: bool = False


@dataclass(frozen=True)
class Diagnostics:
    """Worst figures of a fit over its parameters and estimands, and why it cannot be used (empty when it can)."""

    r_hat: float
    bulk_effective_draws: float
    tail_effective_draws: float
    divergences: int
    draws: int
    chains: int
    worst: str
    failure: str = ""
    accepted: bool = False

    @property
    def usable(self) -> bool:
        """True when no rule was broken."""
        return not self.failure

    def to_dict(self) -> dict[str, Any]:
        """Every figure by name."""
        return asdict(self)


def sample_posterior(
    build: ModelBuilder, sampling: Sampling, *, keep: Sequence[str], progress: bool = False
) -> Posterior:
    """Draw from a model's posterior.

    Parameters
    ----------
    build : callable
        Makes the model; called only when it must be sampled.
    sampling : Sampling
        Tuning steps, draws and chains, and the seed.
    keep : sequence of str
        Variables wanted above this floor.
    progress : bool
        Whether to show the sampler's own progress bar.

    Returns
    -------
    Posterior
        `draws` (sample, ...) of the variables in `keep`.

    Raises
    ------
    FitError
        When draws are missing or not finite; nothing may be computed from such a fit.
    """
    import pytensor

    # With reordered sums, a run that compiles and one that finds compiled code differ in the last digit, so in draws.
    pytensor.config.numba__fastmath = False
    model = build()
    for target_accept in TARGET_ACCEPT:
        posterior = _sample_once(model, sampling, keep=keep, target_accept=target_accept, progress=progress)
        if posterior.divergences == 0:
            break
    return posterior


def stored_posterior(
    build: ModelBuilder,
    sampling: Sampling,
    *,
    keep: Sequence[str],
    key: str,
    folder: Path | None,
    progress: bool = False,
) -> tuple[Posterior, list[str]]:
    """The posterior of this key from the store, or freshly drawn and then stored.

    Parameters
    ----------
    build, sampling, keep, progress
        As in `sample_posterior`.
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
        return sample_posterior(build, sampling, keep=keep, progress=progress), []
    path = folder / f"fit-{key[:32]}.nc"
    warnings: list[str] = []
    if path.exists():
        try:
            return _read_fit(path), warnings
        except (OSError, ValueError, KeyError, TypeError) as error:
            warnings.append(f"The stored fit {path.name} is damaged ({error}) and was made anew.")
    posterior = sample_posterior(build, sampling, keep=keep, progress=progress)
    try:
        _write_fit(path, posterior)
    except EnvironmentProblem as error:
        warnings.append(f"The fit could not be stored, so the next run makes it again. {error}")
    return posterior, warnings


def diagnose(
    quantities: Mapping[str, np.ndarray], posterior: Posterior, *, rules: Mapping[str, float], accept: bool = False
) -> Diagnostics:
    """Convergence of a fit, judged on everything that is reported from it.

    Parameters
    ----------
    quantities : mapping of str to array (sample, ...)
        Estimands and parameters, by the name to print.
    posterior : Posterior
        Whose chains they come from.
    rules : mapping
        `r_hat` (largest), `effective_draws` (least) and `divergent_share` (largest share of draws).
    accept : bool
        Whether the caller accepts a fit that breaks a rule; every output is then marked.

    Returns
    -------
    Diagnostics

    Raises
    ------
    FitError
        When a rule is broken and the caller does not accept it, with the numbers and what to do.
    """
    figures = {name: _convergence(values, posterior.chains) for name, values in quantities.items()}
    r_hat = {name: figure[0] for name, figure in figures.items()}
    bulk = {name: figure[1] for name, figure in figures.items()}
    worst = max(r_hat, key=lambda name: r_hat[name])
    thinnest = min(bulk, key=lambda name: bulk[name])
    tail = min(figure[2] for figure in figures.values())
    allowed = int(rules["divergent_share"] * posterior.draws.sizes["sample"])
    divergent = posterior.divergences if posterior.divergences > allowed else 0
    failure = _failure(r_hat[worst], min(bulk[thinnest], tail), divergent, rules, (worst, thinnest))
    if failure and not accept:
        raise FitError(
            f"The fit has not converged: {failure}. Raise sampling.tune and sampling.draws in the specification, or "
            "look for a trust whose data contradict themselves (econ111 check). --accept-unconverged uses it "
            "all the same and marks every output."
        )
    return Diagnostics(
        r_hat=r_hat[worst],
        bulk_effective_draws=bulk[thinnest],
        tail_effective_draws=tail,
        divergences=posterior.divergences,
        draws=posterior.draws.sizes["sample"],
        chains=posterior.chains,
        worst=f"{worst} (R-hat), {thinnest} (effective draws)",
        failure=failure,
        accepted=bool(failure) and accept,
    )


def sampler_versions() -> list[str]:
    """Versions of the packages on which draws depend, found without loading them."""
    return [f"{name} {version(name)}" for name in SAMPLER_PACKAGES]


def default_store() -> Path:
    """Folder of stored fits: `ECON111_CACHE`, or a folder of the user's own cache."""
    chosen = os.environ.get("ECON111_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "econ111"


def _sample_once(
    model: pm.Model, sampling: Sampling, *, keep: Sequence[str], target_accept: float, progress: bool
) -> Posterior:
    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.INFO if progress else logging.WARNING)
    with model:
        tree = pm.sample(
            tune=sampling.tune,
            draws=sampling.draws,
            chains=sampling.chains,
            cores=min(sampling.chains, os.cpu_count() or 1),
            random_seed=sampling.seed,
            target_accept=target_accept,
            nuts_sampler="pymc",
            progressbar=progress,
            compute_convergence_checks=False,
            var_names=list(keep),
        )
    chosen = tree["posterior"].to_dataset()[list(keep)]
    _check_whole(chosen, sampling)
    divergences = int(tree["sample_stats"]["diverging"].sum())
    return Posterior(_one_sample_dim(chosen), chains=sampling.chains, divergences=divergences)


def _check_whole(draws: xr.Dataset, sampling: Sampling) -> None:
    expected = {"chain": sampling.chains, "draw": sampling.draws}
    found = {dim: draws.sizes.get(dim, 0) for dim in expected}
    if found != expected:
        raise FitError(f"The fit is incomplete: {found} of {expected}. It was interrupted; run it again.")
    for name, values in draws.data_vars.items():
        bad = int((~np.isfinite(values)).sum())
        if bad:
            raise FitError(f"The fit is incomplete: {bad} draws of {name} are not finite. Run it again.")


def _one_sample_dim(draws: xr.Dataset) -> xr.Dataset:
    stacked = draws.stack(sample=("chain", "draw"), create_index=False).drop_vars(["chain", "draw"], errors="ignore")
    return stacked.transpose("sample", ...)


def _convergence(values: np.ndarray, chains: int) -> tuple[float, float, float]:
    """Worst R-hat, bulk and tail effective draws over every element that varies."""
    import arviz as az

    flat = np.asarray(values).reshape(chains, values.shape[0] // chains, -1)
    if not np.isfinite(flat).all():
        return np.inf, 0.0, 0.0
    flat = flat[:, :, flat.std(axis=(0, 1)) > 0]
    if flat.shape[2] == 0:
        return 1.0, float(values.shape[0]), float(values.shape[0])
    data = xr.Dataset({"x": (("chain", "draw", "element"), flat)})
    r_hat, bulk, tail = (az.rhat(data), az.ess(data, method="bulk"), az.ess(data, method="tail"))
    return float(r_hat["x"].max()), float(bulk["x"].min()), float(tail["x"].min())


def _failure(
    r_hat: float, effective: float, divergences: int, rules: Mapping[str, float], names: tuple[str, str]
) -> str:
    found = []
    if not r_hat <= rules["r_hat"]:
        found.append(f"R-hat of {names[0]} is {r_hat:.3f}, allowed {rules['r_hat']}")
    if not effective >= rules["effective_draws"]:
        found.append(f"{effective:.0f} effective draws of {names[1]}, wanted {rules['effective_draws']:.0f}")
    if divergences:
        found.append(f"{divergences} divergent transitions")
    return "; ".join(found)


def _write_fit(path: Path, posterior: Posterior) -> None:
    attrs = {"chains": posterior.chains, "divergences": posterior.divergences}
    write_file(path, lambda place: posterior.draws.assign_attrs(attrs).to_netcdf(place, engine="h5netcdf"))
    write_text(path.with_suffix(".json"), json.dumps({"sha256": sha256_of(path)}))


def _read_fit(path: Path) -> Posterior:
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["sha256"]
    if sha256_of(path) != wanted:
        raise ValueError("its checksum does not match")
    draws = xr.load_dataset(path, engine="h5netcdf")
    return Posterior(draws, int(draws.attrs["chains"]), int(draws.attrs["divergences"]), from_store=True)
