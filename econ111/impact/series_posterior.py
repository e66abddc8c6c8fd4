"""Draws from a posterior of few parameters whose density is cheap: chains of independent and of local proposals.

The levels of the series model are integrated out, so that three to a dozen parameters are left and thousands of
densities cost seconds. There may be more than one hill: a drift that outcome and controls share can stand for a shock
common to trusts. A mixture of multivariate t distributions, begun at the modes reached from several places, is fitted
to the posterior in a few rounds of importance sampling; a part of it is always the prior, so that no corner is
forgotten. Each draw of a chain is then a few pairs of steps: one proposes from the mixture, whatever the state, one
moves nearby. Both accept by Metropolis and Hastings, so that the draws are exact however rough the mixture. A bad one
shows as draws that stand still, and the ordinary figures of convergence apply. References: Tierney, Annals of
Statistics 1994;22:1701, section 2.3; Cappe et al., Statistics and Computing 2008;18:447 (fitting the mixture); Ionides,
Journal of Computational and Graphical Statistics 2008;17:295 (truncated weights).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from econ111.impact.series_covariance import Values
from econ111.impact.series_model import SeriesModel, log_density

Density = Callable[[np.ndarray], np.ndarray]

POINTS_AT_ONCE = 200
DEGREES_OF_FREEDOM = 5.0
COMPONENTS = 6
STARTS = 12
SAME_MODE = 0.5
ROUNDS = 5
PRIOR_PART = 0.1
FEWEST_POINTS = 5
STEPS_PER_DRAW = 3
SHIFT = 1e-3
FURTHEST = 5.0


@dataclass(frozen=True)
class Chains:
    """Coordinates, chain after chain (sample, parameter), the number of chains, and the share of proposals accepted."""

    free: np.ndarray
    count: int
    accepted: float


@dataclass(frozen=True)
class SeriesFit:
    """Draws of the sampled parameters of a series model, by name (sample), chain after chain."""

    values: Values
    chains: int
    accepted: float


def fit_series(model: SeriesModel, *, tune: int, draws: int, chains: int, rng: np.random.Generator) -> SeriesFit:
    """Posterior of the scales of a series model, every level integrated out.

    Parameters
    ----------
    model : SeriesModel
        From `build_series_model`.
    tune, draws, chains, rng
        As for `sample_density`.

    Returns
    -------
    SeriesFit
        Scales are log rates: 0.03 is about 3% a month.
    """

    def density(free: np.ndarray) -> np.ndarray:
        pieces = np.array_split(free, max(len(free) // POINTS_AT_ONCE, 1))
        return np.concatenate([log_density(model, piece) for piece in pieces])

    found = sample_density(density, len(model.hypers), tune=tune, draws=draws, chains=chains, rng=rng)
    return SeriesFit(model.values(found.free), found.count, found.accepted)


def sample_density(
    log_density: Density, size: int, *, tune: int, draws: int, chains: int, rng: np.random.Generator
) -> Chains:
    """Draws from a density of a few coordinates that are standard normal beforehand.

    Parameters
    ----------
    log_density : callable
        Log density of points (sample, parameter), up to a constant; -inf where there is none.
    size : int
        Number of coordinates.
    tune : int
        Points in each round that fits the mixture.
    draws, chains : int
        Draws of each chain, and chains.
    rng : Generator
        Source of randomness.

    Returns
    -------
    Chains

    Examples
    --------
    >>> normal = lambda points: -0.5 * ((points - 1.0) ** 2).sum(axis=1)
    >>> found = sample_density(normal, 1, tune=200, draws=2000, chains=2, rng=np.random.default_rng(1))
    >>> bool(abs(found.free.mean() - 1.0) < 0.1), bool(found.accepted > 0.7)
    (True, True)
    """
    mixture = _fitted(log_density, _hills(log_density, size, rng), tune, rng)
    steps = draws * STEPS_PER_DRAW
    points = mixture.draw(chains * (steps + 1), rng)
    heights = log_density(points)
    weights = heights - mixture.log_density(points)
    order = rng.permutation(len(points)).reshape(chains, steps + 1)
    points, heights, weights = points[order], heights[order], weights[order]
    state = _Chain(points, heights, weights, rng)
    nearby = 2.4 / np.sqrt(size) * _root(np.cov(points[:, :, :].reshape(-1, size).T, aweights=_shares(weights.ravel())))
    kept = np.empty((draws, chains, size))
    for draw in range(draws):
        for step in range(1, STEPS_PER_DRAW + 1):
            state.jump(draw * STEPS_PER_DRAW + step)
            state.move(log_density, mixture, nearby)
        kept[draw] = state.free
    return Chains(kept.swapaxes(0, 1).reshape(-1, size), chains, state.accepted / (steps * chains))


@dataclass(frozen=True)
class _Proposal:
    """A multivariate t distribution by its centre and the Cholesky factor of its scale."""

    centre: np.ndarray
    factor: np.ndarray

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        normal = rng.standard_normal((count, len(self.centre))) @ self.factor.T
        mixing = np.sqrt(rng.chisquare(DEGREES_OF_FREEDOM, count) / DEGREES_OF_FREEDOM)
        return np.asarray(self.centre + normal / mixing[:, None])

    def distance(self, free: np.ndarray) -> np.ndarray:
        return np.asarray((np.linalg.solve(self.factor, (free - self.centre).T) ** 2).sum(axis=0))

    def log_density(self, free: np.ndarray) -> np.ndarray:
        size = len(self.centre)
        constant = gammaln((DEGREES_OF_FREEDOM + size) / 2) - gammaln(DEGREES_OF_FREEDOM / 2)
        constant -= 0.5 * size * np.log(DEGREES_OF_FREEDOM * np.pi) + np.log(np.diag(self.factor)).sum()
        far = np.log1p(self.distance(free) / DEGREES_OF_FREEDOM)
        return np.asarray(constant - 0.5 * (DEGREES_OF_FREEDOM + size) * far)


@dataclass(frozen=True)
class _Mixture:
    """Components with their parts, and the standard normal prior with what is left."""

    parts: np.ndarray
    components: tuple[_Proposal, ...]

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        counts = rng.multinomial(count, [*self.parts, 1 - self.parts.sum()])
        drawn = [one.draw(number, rng) for one, number in zip(self.components, counts, strict=False)]
        return np.concatenate([*drawn, rng.standard_normal((counts[-1], drawn[0].shape[1]))])

    def each(self, free: np.ndarray) -> np.ndarray:
        """Log density of every component with its part, the prior last (component, sample)."""
        prior = -0.5 * (free**2).sum(axis=1) - 0.5 * free.shape[1] * np.log(2 * np.pi)
        rows = [np.log(part) + one.log_density(free) for part, one in zip(self.parts, self.components, strict=True)]
        return np.stack([*rows, np.log(1 - self.parts.sum()) + prior])

    def log_density(self, free: np.ndarray) -> np.ndarray:
        return np.asarray(np.logaddexp.reduce(self.each(free), axis=0))


class _Chain:
    """States of all chains at once; `weight` is density over mixture, on the log scale."""

    def __init__(self, points: np.ndarray, heights: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> None:
        self.points, self.heights, self.weights, self.rng = points, heights, weights, rng
        self.rows = np.arange(len(points))
        # Each chain starts at one of its points, drawn by weight; that point is not proposed again.
        first = np.argmax(weights + rng.gumbel(size=weights.shape), axis=1)
        for values in (points, heights, weights):
            values[self.rows, first], values[self.rows, 0] = (
                values[self.rows, 0].copy(),
                values[self.rows, first].copy(),
            )
        self.free, self.height, self.weight = points[:, 0].copy(), heights[:, 0].copy(), weights[:, 0].copy()
        self.accepted = 0

    def jump(self, step: int) -> None:
        """Propose the next point of the mixture."""
        taken = np.log(self.rng.random(len(self.rows))) < self.weights[:, step] - self.weight
        self._take(taken, self.points[:, step], self.heights[:, step], self.weights[:, step])
        self.accepted += int(taken.sum())

    def move(self, log_density: Density, mixture: _Mixture, nearby: np.ndarray) -> None:
        """Propose a point nearby, at a length that varies from a tenth of the usual to all of it."""
        length = 10.0 ** -self.rng.random((len(self.rows), 1))
        point = self.free + length * (self.rng.standard_normal(self.free.shape) @ nearby.T)
        height = log_density(point)
        taken = np.log(self.rng.random(len(self.rows))) < height - self.height
        self._take(taken, point, height, height - mixture.log_density(point))

    def _take(self, taken: np.ndarray, point: np.ndarray, height: np.ndarray, weight: np.ndarray) -> None:
        self.free[taken], self.height[taken], self.weight[taken] = point[taken], height[taken], weight[taken]


def _hills(log_density: Density, size: int, rng: np.random.Generator) -> list[_Proposal]:
    """A proposal about each distinct mode uphill of several places; the highest first."""
    starts = [np.zeros(size), *rng.standard_normal((STARTS - 1, size))]
    modes = np.array([_mode(log_density, start) for start in starts])
    distinct: list[np.ndarray] = []
    for mode in modes[np.argsort(-log_density(modes))]:
        if all(np.linalg.norm(mode - other) > SAME_MODE for other in distinct):
            distinct.append(mode)
    return [_about(log_density, mode) for mode in distinct[:COMPONENTS]]


def _fitted(log_density: Density, hills: list[_Proposal], points: int, rng: np.random.Generator) -> _Mixture:
    """The mixture moved and stretched to the posterior, by importance sampling with truncated weights.

    Each hill begins with a component at its mode; those left over are set apart from the modes in turn.
    """
    size = len(hills[0].centre)
    apart = [np.zeros((len(hills), size)), rng.standard_normal((COMPONENTS - len(hills), size))]
    parts = np.full(COMPONENTS, (1 - PRIOR_PART) / COMPONENTS)
    turns = [hills[place % len(hills)] for place in range(COMPONENTS)]
    begun = [
        _Proposal(one.centre + one.factor @ move, one.factor)
        for one, move in zip(turns, np.concatenate(apart), strict=True)
    ]
    mixture = _Mixture(parts, tuple(begun))
    for _ in range(ROUNDS):
        free = mixture.draw(points, rng)
        each = mixture.each(free)
        total = np.logaddexp.reduce(each, axis=0)
        weights = _shares(log_density(free) - total)
        belongs = np.exp(each - total)[:-1] * weights
        moved = [_moved(one, free, share) for one, share in zip(mixture.components, belongs, strict=True)]
        parts = np.maximum(belongs.sum(axis=1), 1e-3)
        mixture = _Mixture((1 - PRIOR_PART) * parts / parts.sum(), tuple(moved))
    return mixture


def _moved(component: _Proposal, free: np.ndarray, share: np.ndarray) -> _Proposal:
    """One component at the weighted points that belong to it; left alone when they are worth too few."""
    size = free.shape[1]
    worth = share.sum() ** 2 / max((share**2).sum(), 1e-300)
    if worth < FEWEST_POINTS * size:
        return component
    near = (DEGREES_OF_FREEDOM + size) / (DEGREES_OF_FREEDOM + component.distance(free)) * share
    centre = near @ free / near.sum()
    apart = free - centre
    return _Proposal(centre, _root((near[:, None] * apart).T @ apart / share.sum()))


def _shares(log_weights: np.ndarray) -> np.ndarray:
    """Weights that sum to one, none larger than the mean times the root of their number."""
    weights = np.exp(log_weights - log_weights.max())
    weights = np.minimum(weights, weights.mean() * np.sqrt(len(weights)))
    return np.asarray(weights / weights.sum())


def _root(cover: np.ndarray) -> np.ndarray:
    cover = np.atleast_2d(cover)
    return np.linalg.cholesky(cover + 1e-4 * np.eye(len(cover)))


def _mode(log_density: Density, start: np.ndarray) -> np.ndarray:
    """The mode uphill of a start."""
    size = len(start)
    shifts = SHIFT * np.eye(size)

    def downhill(point: np.ndarray) -> tuple[float, np.ndarray]:
        found = -log_density(np.concatenate([point[None], point + shifts, point - shifts]))
        slope = (found[1 : size + 1] - found[size + 1 :]) / (2 * SHIFT)
        return (found[0], slope) if np.isfinite(found).all() else (1e10, np.zeros(size))

    limits = [(-FURTHEST, FURTHEST)] * size
    return np.asarray(minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=limits).x)


def _about(log_density: Density, mode: np.ndarray) -> _Proposal:
    """A proposal about a mode with the curvature there, no wider than the prior."""
    size = len(mode)
    wide = 30 * SHIFT
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    signs = [(a, b) for a in (1, -1) for b in (1, -1)]
    axes = wide * np.eye(size)
    corners = np.array([mode + a * axes[i] + b * axes[j] for i, j in pairs for a, b in signs])
    heights = log_density(corners).reshape(-1, 4) @ np.array([a * b for a, b in signs]) / (4 * wide**2)
    curve = np.zeros((size, size))
    for (i, j), height in zip(pairs, heights, strict=True):
        curve[i, j] = curve[j, i] = -height
    sizes, turn = np.linalg.eigh(np.where(np.isfinite(curve), curve, 0.0))
    return _Proposal(mode, np.linalg.cholesky((turn / np.maximum(sizes, 1.0)) @ turn.T))
