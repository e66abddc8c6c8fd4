"""Diagnostics and the store of fits: only whole, converged and undamaged draws are used. Nothing is sampled here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from econ111.errors import FitError
from econ111.inference import Posterior, default_store, diagnose, stored_posterior
from econ111.inference.posterior import check_whole, one_sample_dim
from econ111.inference.store import read_fit, write_fit
from econ111.specs.schema import Sampling

SAMPLING = Sampling(tune=100, draws=500, chains=4, seed=1)
RULES = {"r_hat": 1.01, "effective_draws": 400.0, "divergent_share": 0.001}


@pytest.fixture
def draws() -> xr.Dataset:
    """Well-mixed draws of one scalar and one value per trust, as a sampler returns them."""
    rng = np.random.default_rng(1)
    return xr.Dataset(
        {
            "displacement": (("chain", "draw", "trust"), rng.normal(size=(4, 500, 2))),
            "scatter": (("chain", "draw"), rng.gamma(2.0, size=(4, 500))),
        },
        coords={"chain": np.arange(4), "draw": np.arange(500), "trust": ["A", "B"]},
    )


@pytest.fixture
def posterior(draws: xr.Dataset) -> Posterior:
    return Posterior(one_sample_dim(draws), chains=4, divergences=0)


def never() -> Posterior:
    """A posterior that must not be drawn."""
    raise AssertionError("the sampler was asked although a stored fit exists")


def test_whole_draws_pass(draws: xr.Dataset) -> None:
    """Four chains of 500 finite draws."""
    check_whole(draws, SAMPLING)


def test_draws_padded_with_nan_are_refused(draws: xr.Dataset) -> None:
    """An interrupted sampler pads with NaN and raises nothing: 3 draws of 2 trusts are 6 missing values."""
    draws["displacement"][1, -3:] = np.nan
    with pytest.raises(FitError, match="6 draws of displacement are not finite"):
        check_whole(draws, SAMPLING)


def test_infinite_draws_are_refused(draws: xr.Dataset) -> None:
    """An overflow is no number either."""
    draws["scatter"][0, 0] = np.inf
    with pytest.raises(FitError, match="1 draws of scatter"):
        check_whole(draws, SAMPLING)


def test_missing_chains_and_draws_are_refused(draws: xr.Dataset) -> None:
    """Three of four chains, or 499 of 500 draws, are not the fit that was asked for."""
    with pytest.raises(FitError, match="incomplete"):
        check_whole(draws.isel(chain=slice(3)), SAMPLING)
    with pytest.raises(FitError, match="incomplete"):
        check_whole(draws.isel(draw=slice(499)), SAMPLING)


def test_samples_stand_chain_after_chain(draws: xr.Dataset) -> None:
    """Sample 500 is the first draw of the second chain; no trace of chain and draw is left."""
    found = one_sample_dim(draws)
    assert found.displacement.dims == ("sample", "trust")
    assert set(found.coords) == {"trust"}
    assert found.displacement.values[500].tolist() == draws.displacement.values[1, 0].tolist()


def test_a_stored_fit_comes_back_as_it_was(tmp_path: Path, posterior: Posterior) -> None:
    """Same values, labels, chains and divergences; marked as from the store."""
    path = tmp_path / "fits" / "fit-abc.nc"
    write_fit(path, Posterior(posterior.draws, chains=4, divergences=3))
    found = read_fit(path)
    xr.testing.assert_identical(found.draws.drop_attrs(), posterior.draws.drop_attrs())
    assert (found.chains, found.divergences, found.from_store) == (4, 3, True)


def test_the_store_is_asked_before_the_sampler(tmp_path: Path, posterior: Posterior) -> None:
    """With a whole stored fit of the key, the model is not even built."""
    write_fit(tmp_path / f"fit-{'k' * 32}.nc", posterior)
    found, warnings = stored_posterior(never, key="k" * 64, folder=tmp_path)
    assert found.from_store
    assert warnings == []


@pytest.mark.parametrize("damage", ["bit", "cut", "empty", "no checksum", "bad checksum file"])
def test_a_damaged_fit_is_noticed_and_made_anew(tmp_path: Path, posterior: Posterior, damage: str) -> None:
    """A flipped bit, a cut file, no file of checksums: never read, the model is built again."""
    path = tmp_path / f"fit-{'k' * 32}.nc"
    write_fit(path, posterior)
    content = bytearray(path.read_bytes())
    if damage == "bit":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "no checksum":
        path.with_suffix(".json").unlink()
    else:
        path.with_suffix(".json").write_text("[]", encoding="utf-8")
    with pytest.raises(AssertionError, match="although a stored fit exists"):
        stored_posterior(never, key="k" * 64, folder=tmp_path)


def test_the_checksum_is_that_of_the_stored_bytes(tmp_path: Path, posterior: Posterior) -> None:
    """What stands beside the fit is the SHA-256 that `sha256_of` gives for the file."""
    from econ111.files import sha256_of

    path = tmp_path / "fit.nc"
    write_fit(path, posterior)
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == {"sha256": sha256_of(path)}


def test_a_converged_fit_passes_with_its_figures(posterior: Posterior) -> None:
    """Independent draws: R-hat about 1, about as many effective draws as draws."""
    found = diagnose({"displacement": posterior.draws.displacement.values}, posterior, rules=RULES)
    assert found.usable
    assert not found.accepted
    assert found.r_hat < 1.01
    assert found.bulk_effective_draws > 1500
    assert (found.draws, found.chains) == (2000, 4)


def test_chains_that_disagree_raise_with_the_numbers(posterior: Posterior) -> None:
    """One chain lies three sd away: the quantity, its R-hat and what to do are named."""
    values = posterior.draws.scatter.values.copy()
    values[1500:] += 5.0
    with pytest.raises(FitError, match=r"R-hat of E2 displaced is [1-9]\.\d{3}, allowed 1.01") as caught:
        diagnose({"scatter": posterior.draws.scatter.values, "E2 displaced": values}, posterior, rules=RULES)
    assert "sampling.tune" in str(caught.value)


def test_too_few_effective_draws_raise(posterior: Posterior) -> None:
    """A random walk of 2,000 steps has few independent draws."""
    walk = np.cumsum(np.random.default_rng(2).normal(size=2000))
    with pytest.raises(FitError, match="effective draws of E1"):
        diagnose({"E1": walk}, posterior, rules=RULES)


def test_divergences_raise(posterior: Posterior) -> None:
    """Three divergent transitions in 2,000 draws, however good the rest; two are the share that the rule allows."""
    allowed = Posterior(posterior.draws, chains=4, divergences=2)
    assert diagnose({"scatter": posterior.draws.scatter.values}, allowed, rules=RULES).usable
    divergent = Posterior(posterior.draws, chains=4, divergences=3)
    with pytest.raises(FitError, match="3 divergent transitions"):
        diagnose({"scatter": posterior.draws.scatter.values}, divergent, rules=RULES)


def test_a_fit_accepted_on_request_is_marked(posterior: Posterior) -> None:
    """The reason stays, `accepted` is true and the fit is not called usable."""
    divergent = Posterior(posterior.draws, chains=4, divergences=9)
    found = diagnose({"scatter": posterior.draws.scatter.values}, divergent, rules=RULES, accept=True)
    assert found.accepted
    assert not found.usable
    assert "9 divergent" in found.failure
    assert found.to_dict()["accepted"] is True


def test_the_worst_element_decides(posterior: Posterior) -> None:
    """One bad trust among two is enough, and a constant element is no fault."""
    values = np.stack([posterior.draws.scatter.values, np.ones(2000), np.repeat([0.0, 0.0, 0.0, 9.0], 500)], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"), pytest.raises(FitError, match="R-hat of both"):
        diagnose({"both": values}, posterior, rules=RULES)
    constant = diagnose({"fixed": np.ones((2000, 2))}, posterior, rules=RULES)
    assert constant.usable


def test_a_quantity_that_is_not_a_number_has_not_converged(posterior: Posterior) -> None:
    """NaN in one of two elements: not dropped in silence and called converged."""
    values = np.stack([posterior.draws.scatter.values, np.full(2000, np.nan)], axis=1)
    with pytest.raises(FitError, match="E0"):
        diagnose({"E0": values}, posterior, rules=RULES)


def test_the_store_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ECON111_CACHE first, then the folder for caches."""
    monkeypatch.setenv("ECON111_CACHE", str(tmp_path / "own"))
    assert default_store() == tmp_path / "own"
    monkeypatch.delenv("ECON111_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_store() == tmp_path / "econ111"
