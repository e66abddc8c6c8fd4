"""Disposition shares by stage and trust: Dirichlet-multinomial rows, exact or bounded, of all supplied months."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr
from scipy.special import gammaln

from econ111.impact.density.compiled import CompiledDensity, give, taken, vectors
from econ111.impact.density.counts import bounded_row, room_for_rows
from econ111.impact.density.layout import Layout, plain, zero_sum_basis
from econ111.impact.density.machine_code import kernel
from econ111.impact.density.priors import log_half_normal, normal, normals
from econ111.impact.density.special import log_factorials, log_gamma_and_slope, rising_sum, rising_tables
from econ111.impact.density.sums import column_sums, dot
from econ111.impact.inputs import STAGES, MixCells
from econ111.impact.priors import LEAST_VARIANCE, Priors


@dataclass(frozen=True)
class MixDensity:
    """Log density of the shares of dispositions, whose free vector is `layout`."""

    trusts: tuple[str, ...]
    dispositions: tuple[str, ...]
    cells: MixCells
    priors: Priors

    @property
    def layout(self) -> Layout:
        """Stages' mean log odds, log sds and effects of trusts, log scatter of stages."""
        stages, trusts, dispositions = len(STAGES), len(self.trusts), len(self.dispositions)
        shapes: dict[str, tuple[int, ...]] = {"mix_mean": (stages, dispositions - 1)}
        if trusts > 1:
            shapes["mix_trust_sd"] = (stages,)
            shapes |= {f"mix_trust_{stage}": (trusts - 1, dispositions - 1) for stage in STAGES}
        return Layout(shapes | {"mix_scatter": (stages,)})

    @property
    def size(self) -> int:
        """Length of the free vector."""
        return self.layout.size

    @property
    def adaptation(self) -> str:
        """How the sampler learns this density's scales."""
        return "low_rank"

    @property
    def target_accept(self) -> float:
        """Mean acceptance that the sampler aims at: the higher, the smaller its steps."""
        return 0.8

    @property
    def start(self) -> np.ndarray:
        """A point in the middle of the prior."""
        middle = {"mix_trust_sd": np.log(self.priors["mix_trust_sd"])}
        return self.layout.join(middle | {"mix_scatter": np.log(self.priors["mix_scatter"] / 4)})

    def log_density(self) -> CompiledDensity:
        """A function of the free vector that returns the log density and its gradient."""
        names = ("mix_mean_sd", "mix_trust_sd", "mix_trust_log_sd", "mix_scatter")
        scales = np.array([self.priors[name] for name in names])
        held = _Held(
            blocks=_in_blocks(self.cells),
            over_trusts=zero_sum_basis(len(self.trusts)),
            over_dispositions=zero_sum_basis(len(self.dispositions)),
            scales=scales,
            log_factorial=log_factorials(int(self.cells.total_high.max(initial=0))),
        )
        return CompiledDensity(_log_density, self.size, held)

    def expand(self, free: np.ndarray) -> xr.Dataset:
        """Draws of `share` (stage, trust, disposition) and `mix_scatter` (stage) from free vectors (sample, part)."""
        parts = self.layout.split(free)
        over_trusts, over_dispositions = zero_sum_basis(len(self.trusts)), zero_sum_basis(len(self.dispositions))
        logits = (parts["mix_mean"] @ over_dispositions.T)[..., None, :]
        if len(self.trusts) > 1:
            effects = np.stack([parts[f"mix_trust_{stage}"] for stage in STAGES], axis=1)
            logits = logits + over_trusts @ effects @ over_dispositions.T
        weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
        coords = {"stage": list(STAGES), "trust": list(self.trusts), "disposition": list(self.dispositions)}
        variables = {
            "share": (("sample", "stage", "trust", "disposition"), weights / weights.sum(axis=-1, keepdims=True)),
            "mix_scatter": (("sample", "stage"), np.exp(parts["mix_scatter"])),
        }
        return xr.Dataset(variables, coords=coords)


class _Blocks(NamedTuple):
    """The cells in blocks of one stage, trust and set of groups, whose Dirichlet parameters are all the same.

    `stage`, `trust`, `groups` (block); `membership` (block, group, disposition). The tables of a block's exact cells
    begin at 1 + its number of groups times its position: first the totals, then the groups. `end` (block + 1) bounds
    its cells that are not exact: `low`, `high` (cell, group), `total_low`, `total_high` (cell). `constant` is what of
    the exact cells does not move.
    """

    stage: np.ndarray
    trust: np.ndarray
    groups: np.ndarray
    membership: np.ndarray
    tables: np.ndarray
    end: np.ndarray
    low: np.ndarray
    high: np.ndarray
    total_low: np.ndarray
    total_high: np.ndarray
    constant: float


def _in_blocks(cells: MixCells) -> _Blocks:
    pattern = cells.membership.reshape(len(cells.stage), -1).astype(bool)
    keys = [(int(k), int(i), row.tobytes()) for k, i, row in zip(cells.stage, cells.trust, pattern, strict=True)]
    own = [np.array([key == block for key in keys]) for block in sorted(set(keys))]
    heads = [int(np.argmax(block)) for block in own]
    exact = [cells.where(block & cells.exact) for block in own]
    loose = [np.flatnonzero(block & ~cells.exact) for block in own]
    counts = [part for block in exact for part in (block.total_low, *block.low.T)]
    constant = sum(gammaln(block.total_low + 1.0).sum() - gammaln(block.low + 1.0).sum() for block in exact)
    bounded = cells.where(np.concatenate(loose))
    return _Blocks(
        stage=plain(cells.stage[heads]),
        trust=plain(cells.trust[heads]),
        groups=plain(cells.membership[heads].any(axis=2).sum(axis=1)),
        membership=plain(cells.membership[heads].astype(np.int64)),
        tables=plain(rising_tables(counts)),
        end=plain(np.cumsum([0, *map(len, loose)])),
        low=plain(bounded.low),
        high=plain(bounded.high),
        total_low=plain(bounded.total_low),
        total_high=plain(bounded.total_high),
        constant=float(constant),
    )


class _Held(NamedTuple):
    """What the kernel reads: the cells, both bases, the scales of the priors, the logarithms of n!."""

    blocks: _Blocks
    over_trusts: np.ndarray
    over_dispositions: np.ndarray
    scales: np.ndarray
    log_factorial: np.ndarray


def _log_density(size, free_at, gradient_at, value_at, held):  # type: ignore[no-untyped-def]
    """Log density and its gradient, in the form of `econ111.impact.density.compiled`."""
    free, gradient = vectors(size, free_at, gradient_at)
    data, over_trusts, over_dispositions, scales, log_factorial = taken(held)
    trusts, dispositions = over_trusts.shape[0], over_dispositions.shape[0]
    means, effects = dispositions - 1, (trusts - 1) * (dispositions - 1)
    pooled = trusts > 1
    stages = free.size // (means + 1 + (1 + effects if pooled else 0))
    value = _log_prior(free, gradient, stages, means, effects, pooled, scales)
    shares = _shares(free, stages, over_trusts, over_dispositions)
    by_share, by_scatter = np.zeros(shares.shape), np.zeros(stages)
    most, room = data.membership.shape[1], room_for_rows(data.low, data.high)
    for block in range(data.stage.size):
        k, i, groups = data.stage[block], data.trust[block], data.groups[block]
        scatter = math.exp(free[free.size - stages + k])
        whole = 1.0 / (scatter * scatter + LEAST_VARIANCE)
        alpha, by_alpha = np.zeros(groups), np.zeros(groups)
        for group in range(groups):
            for d in range(dispositions):
                alpha[group] += whole * shares[k, i, d] * data.membership[block, group, d]
        first = block * (most + 1)
        found, slope = rising_sum(data.tables[first], math.log(whole))
        value -= found
        by_whole = -slope / whole
        for group in range(groups):
            found, slope = rising_sum(data.tables[first + 1 + group], math.log(alpha[group]))
            value += found
            by_alpha[group] += slope / alpha[group]
        if data.end[block] < data.end[block + 1]:
            terms = np.empty((groups, 2))
            for group in range(groups):
                terms[group, 0], terms[group, 1] = log_gamma_and_slope(alpha[group])
            whole_terms = log_gamma_and_slope(whole)
            for cell in range(data.end[block], data.end[block + 1]):
                found, slope = bounded_row(
                    data.low[cell], data.high[cell], data.total_low[cell], data.total_high[cell], alpha, terms, whole,
                    whole_terms, by_alpha, log_factorial, room,
                )  # fmt: skip
                value += found
                by_whole += slope
        for group in range(groups):
            by_whole += by_alpha[group] * alpha[group] / whole
            for d in range(dispositions):
                by_share[k, i, d] += by_alpha[group] * whole * data.membership[block, group, d]
        by_scatter[k] -= by_whole * whole * whole * 2.0 * scatter * scatter
    for k in range(stages):
        gradient[free.size - stages + k] += by_scatter[k]
    _share_gradient(gradient, by_share, shares, over_trusts, over_dispositions)
    return give(value_at, value + data.constant)


@kernel
def _shares(free, stages, over_trusts, over_dispositions):  # type: ignore[no-untyped-def]
    """Softmax of means and effects (stage, trust, disposition)."""
    trusts, dispositions = over_trusts.shape[0], over_dispositions.shape[0]
    means, effects = dispositions - 1, (trusts - 1) * (dispositions - 1)
    shares = np.zeros((stages, trusts, dispositions))
    for k in range(stages):
        mean = over_dispositions @ free[k * means : (k + 1) * means]
        if trusts > 1:
            first = stages * means + stages + k * effects
            own = free[first : first + effects].reshape((trusts - 1, means))
            effect = over_trusts @ own @ over_dispositions.T
            for i in range(trusts):
                for d in range(dispositions):
                    shares[k, i, d] = effect[i, d]
        for i in range(trusts):
            peak, whole = -np.inf, 0.0
            for d in range(dispositions):
                shares[k, i, d] += mean[d]
                peak = max(peak, shares[k, i, d])
            for d in range(dispositions):
                shares[k, i, d] = math.exp(shares[k, i, d] - peak)
                whole += shares[k, i, d]
            for d in range(dispositions):
                shares[k, i, d] /= whole
    return shares


@kernel
def _share_gradient(gradient, by_share, shares, over_trusts, over_dispositions):  # type: ignore[no-untyped-def]
    """Add to the gradient what the shares contribute, back through softmax and both bases."""
    stages, trusts, dispositions = shares.shape
    means, effects = dispositions - 1, (trusts - 1) * (dispositions - 1)
    for k in range(stages):
        by_logit = np.empty((trusts, dispositions))
        for i in range(trusts):
            centre = dot(by_share[k, i], shares[k, i])
            for d in range(dispositions):
                by_logit[i, d] = shares[k, i, d] * (by_share[k, i, d] - centre)
        by_mean = over_dispositions.T @ column_sums(by_logit)
        for j in range(means):
            gradient[k * means + j] += by_mean[j]
        if trusts > 1:
            first = stages * means + stages + k * effects
            by_own = over_trusts.T @ by_logit @ over_dispositions
            for i in range(trusts - 1):
                for j in range(means):
                    gradient[first + i * means + j] += by_own[i, j]


@kernel
def _log_prior(free, gradient, stages, means, effects, pooled, scales):  # type: ignore[no-untyped-def]
    """Means, log sds and effects of trusts, scatters."""
    value = normals(free, gradient, 0, stages * means, scales[0])
    if pooled:
        for k in range(stages):
            at = stages * means + k
            value += normal(free, gradient, at, math.log(scales[1]), scales[2])
            first = stages * means + stages + k * effects
            value += normals(free, gradient, first, effects, math.exp(free[at]))
            squares = dot(free[first : first + effects], free[first : first + effects])
            gradient[at] += squares * math.exp(-2 * free[at]) - effects
    for k in range(stages):
        value += log_half_normal(free, gradient, free.size - stages + k, scales[3])
    return value
