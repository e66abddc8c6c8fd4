"""Calls without a recorded disposition, or abandoned: one share a stage and trust, beta-binomial by month."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import expit, gammaln

from econ111.impact.density.compiled import CompiledDensity, give, taken, vectors
from econ111.impact.density.layout import Layout, zero_sum_basis
from econ111.impact.density.priors import log_half_normal, normal, normals
from econ111.impact.density.special import rising_sum, rising_tables
from econ111.impact.inputs import STAGES, ShareCells
from econ111.impact.priors import LEAST_VARIANCE, Priors


@dataclass(frozen=True)
class ShareDensity:
    """Log density of the shares called `name` (`unrecorded` or `abandoned`), whose free vector is `layout`."""

    name: str
    trusts: tuple[str, ...]
    cells: ShareCells
    priors: Priors

    @property
    def layout(self) -> Layout:
        """Mean log odds by stage, trusts' departures from them, log scatter between months."""
        shapes: dict[str, tuple[int, ...]] = {
            f"{self.name}_logit": (len(STAGES),),
            f"{self.name}_logit_trust": (len(STAGES), len(self.trusts) - 1),
            f"{self.name}_scatter": (),
        }
        return Layout(shapes)

    @property
    def size(self) -> int:
        """Length of the free vector."""
        return self.layout.size

    @property
    def adaptation(self) -> str:
        """How the sampler learns this density's scales."""
        return "diag"

    @property
    def target_accept(self) -> float:
        """Mean acceptance that the sampler aims at: the higher, the smaller its steps."""
        return 0.8

    @property
    def start(self) -> np.ndarray:
        """A point in the middle of the prior."""
        centre, scatter = self.priors[f"{self.name}_logit"], self.priors[f"{self.name}_scatter"]
        return self.layout.join({f"{self.name}_logit": centre, f"{self.name}_scatter": np.log(scatter / 4)})

    def log_density(self) -> CompiledDensity:
        """A function of the free vector that returns the log density and its gradient."""
        cells, name = self.cells, self.name
        lost, kept = cells.count, cells.total - cells.count
        constant = float((gammaln(cells.total + 1.0) - gammaln(lost + 1.0) - gammaln(kept + 1.0)).sum())
        scales = np.array(
            [self.priors[f"{name}_{part}"] for part in ("logit", "logit_sd", "logit_trust_sd", "scatter")]
        )
        groups = sorted({(int(k), int(i)) for k, i in zip(cells.stage, cells.trust, strict=True)})
        chosen = [(cells.stage == k) & (cells.trust == i) for k, i in groups]
        tables = rising_tables([part[own] for own in chosen for part in (lost, kept, cells.total)])
        places = np.array(groups, dtype=np.int64).reshape(-1, 2)
        held = (places, tables, zero_sum_basis(len(self.trusts)), scales, constant)
        return CompiledDensity(_log_density, self.size, held)

    def expand(self, free: np.ndarray) -> xr.Dataset:
        """The share (sample, stage, trust) of free vectors (sample, part), and its scatter (sample)."""
        parts = self.layout.split(free)
        own = parts[f"{self.name}_logit_trust"] @ zero_sum_basis(len(self.trusts)).T
        shares = expit(parts[f"{self.name}_logit"][..., None] + own)
        variables = {
            f"{self.name}_share": (("sample", "stage", "trust"), shares),
            f"{self.name}_scatter": (("sample",), np.exp(parts[f"{self.name}_scatter"])),
        }
        return xr.Dataset(variables, coords={"stage": list(STAGES), "trust": list(self.trusts)})


def _log_density(size, free_at, gradient_at, value_at, held):  # type: ignore[no-untyped-def]
    """Log density and its gradient, in the form of `econ111.impact.density.compiled`."""
    free, gradient = vectors(size, free_at, gradient_at)
    places, tables, basis, scales, constant = taken(held)
    trusts = basis.shape[0]
    stages, own = (free.size - 1) // trusts, trusts - 1
    value = normals(free, gradient, stages, stages * own, scales[2])
    value += log_half_normal(free, gradient, free.size - 1, scales[3])
    for k in range(stages):
        value += normal(free, gradient, k, scales[0], scales[1])
    scatter = math.exp(free[-1])
    tightness = 1.0 / (scatter * scatter + LEAST_VARIANCE)
    log_tightness, by_log_tightness = math.log(tightness), 0.0
    for group in range(places.shape[0]):
        k, i = places[group]
        logit = free[k]
        for j in range(own):
            logit += basis[i, j] * free[stages + k * own + j]
        log_kept = -math.log1p(math.exp(logit))
        share = 1.0 - math.exp(log_kept)
        lost, by_lost = rising_sum(tables[3 * group], log_tightness + logit + log_kept)
        kept, by_kept = rising_sum(tables[3 * group + 1], log_tightness + log_kept)
        total, by_total = rising_sum(tables[3 * group + 2], log_tightness)
        value += lost + kept - total
        by_log_tightness += by_lost + by_kept - by_total
        by_logit = by_lost * (1.0 - share) - by_kept * share
        gradient[k] += by_logit
        for j in range(own):
            gradient[stages + k * own + j] += basis[i, j] * by_logit
    gradient[-1] -= by_log_tightness * tightness * 2.0 * scatter * scatter
    return give(value_at, value + constant)
