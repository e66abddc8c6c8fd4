"""The kernel of `VolumeDensity`: log density and gradient of one free vector, and expected calls of many.

The steps forward are season, ramp, level, fall, log rate; the gradient goes back through the same steps in reverse.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from econ111.impact.density.compiled import give, taken, vectors
from econ111.impact.density.counts import bounded_volume, volume_part
from econ111.impact.density.machine_code import kernel
from econ111.impact.density.priors import log_half_normal, normal, normal_value, normals
from econ111.impact.density.special import log_gamma_and_slope, rising_sum
from econ111.impact.density.sums import (
    add,
    add_column_sums,
    column_dot,
    column_sums,
    dot,
    last_columns,
    product_sum,
    row_product_sums,
    subtract_scaled,
    subtract_scaled_products,
    total,
)
from econ111.impact.priors import LEAST_VARIANCE


class Scales(NamedTuple):
    """Scales of the priors, by the names of `data/parameters/priors.csv`."""

    season_sd: float
    ramp_months: float
    ramp_log_sd: float
    ramp_trust_log_sd: float
    displacement_sd: float
    displacement_trust_sd: float
    displacement_trust_log_sd: float
    level_sd: float
    level_slope_sd: float
    level_step_sd: float
    trust_level_step_sd: float
    relative_sd: float
    relative_log_sd: float
    marker_sd: float


class Data(NamedTuple):
    """Everything else that the kernel reads.

    Where parts of the free vector begin: `season`, `log_ramp`, `ramp_trust`, `marker`; `level`, `level_sd`,
    `level_mode`, `trust_level_sd`, `trust_level_mode`, `relative_sd` (line); `slope`, `fall_mean`, `fall_sd`,
    `fall_trust` (falling line). `line`, `trust`, `month`, `low`, `high` (cell) are the counts, line after line.
    `constant` is what of the log density does not move.
    """

    season: int
    log_ramp: int
    ramp_trust: int
    marker: int
    level: np.ndarray
    level_sd: np.ndarray
    level_mode: np.ndarray
    trust_level_sd: np.ndarray
    trust_level_mode: np.ndarray
    relative_sd: np.ndarray
    slope: np.ndarray
    fall_mean: np.ndarray
    fall_sd: np.ndarray
    fall_trust: np.ndarray
    centres: np.ndarray
    basis: np.ndarray
    modes: np.ndarray
    mental_modes: np.ndarray
    drift: np.ndarray
    trend: np.ndarray
    drift_trend: float
    waves: np.ndarray
    log_days: np.ndarray
    open_share: np.ndarray
    since: np.ndarray
    markers: np.ndarray
    marker_line: np.ndarray
    ramps: bool
    line: np.ndarray
    trust: np.ndarray
    month: np.ndarray
    low: np.ndarray
    high: np.ndarray
    log_factorial: np.ndarray
    tables: np.ndarray
    constant: float


def log_density(size, free_at, gradient_at, value_at, held):  # type: ignore[no-untyped-def]
    """Log density and its gradient, in the form of `econ111.impact.density.compiled`; `held` are data and scales."""
    free, gradient = vectors(size, free_at, gradient_at)
    data, scales = taken(held)
    lines = data.level.size
    trusts, months = data.open_share.shape
    value = _log_prior(free, gradient, data, scales)
    pattern = _season(free, data)
    log_ramp, ramp_slope, use = _ramp(free, data, scales)
    by_log_ramp, by_pattern = np.zeros((trusts, months)), np.zeros(months)
    for line in range(lines):
        level, walk, own = _level(free, data, line)
        log_rate = _log_rate(free, data, line, level, pattern, log_ramp)
        by_rate = np.zeros((trusts, months))
        if line < lines - 1:
            fall, fall_mean, fall_own = _fall(free, data, line)
            subtract_scaled(log_rate, fall, use)
            value += _observed(free, data, line, log_rate, by_rate, gradient)
            value += normal_value(fall_mean, 0.0, scales.displacement_sd)
            _fall_gradient(free, gradient, data, line, by_rate, use, fall_mean, fall_own, scales.displacement_sd)
            subtract_scaled_products(by_log_ramp, by_rate, fall, use)
        else:
            value += _observed(free, data, line, log_rate, by_rate, gradient)
            add(by_log_ramp, by_rate)
        add_column_sums(by_pattern, by_rate)
        _level_gradient(free, gradient, data, line, by_rate, walk, own)
        for marker in range(data.marker_line.size):
            if data.marker_line[marker] == line:
                gradient[data.marker + marker] += product_sum(by_rate, data.markers[marker])
    for wave in range(data.waves.shape[0]):
        gradient[data.season + wave] += dot(by_pattern, data.waves[wave])
    if data.ramps:
        by_log_months = row_product_sums(by_log_ramp, ramp_slope)
        gradient[data.log_ramp] += total(by_log_months)
        for j in range(data.basis.shape[1]):
            by_own = column_dot(by_log_months, data.basis, j)
            gradient[data.ramp_trust + j] += scales.ramp_trust_log_sd * by_own
    return give(value_at, value + data.constant)


@kernel
def expected_calls(draws, data, scales):  # type: ignore[no-untyped-def]
    """Expected calls of every draw (draw, path, trust, month).

    Paths are without and with the service for each falling line, then the mental line.
    """
    lines = data.level.size
    trusts, months = data.open_share.shape
    paths = np.zeros((draws.shape[0], 2 * lines - 1, trusts, months))
    for draw in range(draws.shape[0]):
        free = draws[draw]
        pattern = _season(free, data)
        log_ramp, _, use = _ramp(free, data, scales)
        for line in range(lines):
            level, _, _ = _level(free, data, line)
            log_rate = _log_rate(free, data, line, level, pattern, log_ramp)
            for i in range(trusts):
                for m in range(months):
                    paths[draw, 2 * line, i, m] = math.exp(log_rate[i, m])
            if line < lines - 1:
                fall, _, _ = _fall(free, data, line)
                for i in range(trusts):
                    for m in range(months):
                        paths[draw, 2 * line + 1, i, m] = math.exp(log_rate[i, m] - fall[i] * use[i, m])
    return paths


@kernel
def _season(free, data):  # type: ignore[no-untyped-def]
    pattern = data.log_days.copy()
    for wave in range(data.waves.shape[0]):
        for m in range(pattern.size):
            pattern[m] += free[data.season + wave] * data.waves[wave, m]
    return pattern


@kernel
def _ramp(free, data, scales):  # type: ignore[no-untyped-def]
    """Log share of the final volume reached (trust, month), its slope by the log time constant, the share in use."""
    trusts, months = data.open_share.shape
    log_ramp, slope, use = np.zeros((trusts, months)), np.zeros((trusts, months)), data.open_share.copy()
    if not data.ramps:
        return log_ramp, slope, use
    for i in range(trusts):
        log_months = free[data.log_ramp]
        for j in range(trusts - 1):
            log_months += scales.ramp_trust_log_sd * data.basis[i, j] * free[data.ramp_trust + j]
        for m in range(months):
            if data.open_share[i, m] > 0:
                r = data.since[i, m] * math.exp(-log_months)
                log_ramp[i, m] = math.log(-math.expm1(-r))
                slope[i, m] = -r / math.expm1(r) if r < 700 else 0.0
                use[i, m] *= math.exp(log_ramp[i, m])
    return log_ramp, slope, use


@kernel
def _level(free, data, line):  # type: ignore[no-untyped-def]
    """A line's log level (trust, its month), its shared walk (its month) and its trusts' own walks."""
    modes = data.mental_modes if line == data.level.size - 1 else data.modes
    trusts, months = data.basis.shape[0], modes.shape[0]
    walk = modes @ free[data.level_mode[line] : data.level_mode[line] + months - 1]
    slope = free[data.slope[line]] if line < data.slope.size else 0.0
    own = np.zeros((trusts, months))
    if trusts > 1:
        first = data.trust_level_mode[line]
        weights = free[first : first + (months - 1) * (trusts - 1)].reshape((trusts - 1, months - 1))
        own = data.basis @ (weights @ modes.T)
    sd, own_sd = math.exp(free[data.level_sd[line]]), math.exp(free[data.trust_level_sd[line]])
    level = np.empty((trusts, months))
    for i in range(trusts):
        for m in range(months):
            level[i, m] = free[data.level[line] + i] + sd * walk[m] + own_sd * own[i, m]
            if line < data.slope.size:
                level[i, m] += slope * data.trend[m]
    return level, walk, own


@kernel
def _fall(free, data, line):  # type: ignore[no-untyped-def]
    """Fall of a line's log rate (trust), its mean, and the trusts' departures in units of their sd.

    The free mean is the fall that shows: the fall itself less how far the line has moved since before launch, by its
    walk (`drift`, by mode) and its slope (`drift_trend`).
    The data know the first and not the second, so that the sampler is spared their ridge.
    """
    trusts = data.basis.shape[0]
    first = data.level_mode[line]
    moved = math.exp(free[data.level_sd[line]]) * (data.drift @ free[first : first + data.drift.size])
    moved += free[data.slope[line]] * data.drift_trend
    mean = free[data.fall_mean[line]] + moved
    own = np.zeros(trusts)
    for i in range(trusts):
        for j in range(trusts - 1):
            own[i] += data.basis[i, j] * free[data.fall_trust[line] + j]
    return mean + math.exp(free[data.fall_sd[line]]) * own, mean, own


@kernel
def _log_rate(free, data, line, level, pattern, log_ramp):  # type: ignore[no-untyped-def]
    """Log expected calls of a line without any fall (trust, month); minus infinity where a line is not open."""
    trusts, months = data.open_share.shape
    first = months - level.shape[1]
    mental = line == data.level.size - 1
    log_rate = np.empty((trusts, months))
    for i in range(trusts):
        for m in range(months):
            if m < first or (mental and data.open_share[i, m] <= 0):
                log_rate[i, m] = -np.inf
                continue
            log_rate[i, m] = level[i, m - first] + pattern[m]
            if mental:
                log_rate[i, m] += log_ramp[i, m] + math.log(data.open_share[i, m])
            for marker in range(data.marker_line.size):
                if data.marker_line[marker] == line:
                    log_rate[i, m] += free[data.marker + marker] * data.markers[marker, i, m]
    return log_rate


@kernel
def _observed(free, data, line, log_rate, by_rate, gradient):  # type: ignore[no-untyped-def]
    """Log probability of a line's counts; fills `by_rate` (trust, month) and adds the gradient of the scatter."""
    scatter = math.exp(free[data.relative_sd[line]])
    shape = 1.0 / (scatter * scatter + LEAST_VARIANCE)
    log_shape, shape_terms = math.log(shape), log_gamma_and_slope(shape)
    value, by_log_shape = rising_sum(data.tables[line], log_shape)
    by_shape = by_log_shape / shape
    for cell in range(data.line.size):
        if data.line[cell] != line:
            continue
        i, m, low, high = data.trust[cell], data.month[cell], data.low[cell], data.high[cell]
        if low == high:
            found, by_log, slope = volume_part(low, log_rate[i, m], shape, log_shape)
        else:
            found, by_log, slope = bounded_volume(
                low, high, log_rate[i, m], shape, log_shape, shape_terms, data.log_factorial
            )
        value += found
        by_rate[i, m] += by_log
        by_shape += slope
    gradient[data.relative_sd[line]] -= by_shape * shape * shape * 2.0 * scatter * scatter
    return value


@kernel
def _fall_gradient(free, gradient, data, line, by_rate, use, mean, own, mean_sd):  # type: ignore[no-untyped-def]
    """What a line's fall adds to the gradient: its mean, with the drift taken up by it, its sd and its trusts."""
    by_fall = row_product_sums(by_rate, use)
    for i in range(by_fall.size):
        by_fall[i] = -by_fall[i]
    by_mean = total(by_fall) - mean / (mean_sd * mean_sd)
    gradient[data.fall_mean[line]] += by_mean
    sd, first = math.exp(free[data.level_sd[line]]), data.level_mode[line]
    gradient[data.level_sd[line]] += by_mean * sd * (data.drift @ free[first : first + data.drift.size])
    gradient[data.slope[line]] += by_mean * data.drift_trend
    for mode in range(data.drift.size):
        gradient[first + mode] += by_mean * sd * data.drift[mode]
    fall_sd = math.exp(free[data.fall_sd[line]])
    gradient[data.fall_sd[line]] += dot(by_fall, own) * fall_sd
    for j in range(data.basis.shape[1]):
        gradient[data.fall_trust[line] + j] += fall_sd * column_dot(by_fall, data.basis, j)


@kernel
def _level_gradient(free, gradient, data, line, by_rate, walk, own):  # type: ignore[no-untyped-def]
    """What a line's level adds to the gradient: the level itself, the shared walk, the trusts' own walks."""
    modes = data.mental_modes if line == data.level.size - 1 else data.modes
    trusts, months = own.shape
    rates = last_columns(by_rate, months)
    sd, own_sd = math.exp(free[data.level_sd[line]]), math.exp(free[data.trust_level_sd[line]])
    for i in range(trusts):
        gradient[data.level[line] + i] += total(rates[i])
    by_month = column_sums(rates)
    gradient[data.level_sd[line]] += sd * dot(by_month, walk)
    if line < data.slope.size:
        gradient[data.slope[line]] += dot(by_month, data.trend)
    by_mode, first = by_month @ modes, data.level_mode[line]
    for mode in range(months - 1):
        gradient[first + mode] += sd * by_mode[mode]
    if trusts > 1:
        gradient[data.trust_level_sd[line]] += own_sd * product_sum(rates, own)
        by_own, first = data.basis.T @ rates @ modes, data.trust_level_mode[line]
        for j in range(trusts - 1):
            for mode in range(months - 1):
                gradient[first + j * (months - 1) + mode] += own_sd * by_own[j, mode]


@kernel
def _log_prior(free, gradient, data, scales):  # type: ignore[no-untyped-def]
    trusts, lines = data.basis.shape[0], data.level.size
    value = normals(free, gradient, data.season, data.waves.shape[0], scales.season_sd)
    if data.ramps:
        value += normal(free, gradient, data.log_ramp, math.log(scales.ramp_months), scales.ramp_log_sd)
        value += normals(free, gradient, data.ramp_trust, trusts - 1, 1.0)
    value += normals(free, gradient, data.marker, data.marker_line.size, scales.marker_sd)
    for line in range(lines):
        modes = (data.mental_modes if line == lines - 1 else data.modes).shape[0] - 1
        for i in range(trusts):
            value += normal(free, gradient, data.level[line] + i, data.centres[line], scales.level_sd)
        value += log_half_normal(free, gradient, data.level_sd[line], scales.level_step_sd)
        value += normals(free, gradient, data.level_mode[line], modes, 1.0)
        value += log_half_normal(free, gradient, data.trust_level_sd[line], scales.trust_level_step_sd)
        value += normals(free, gradient, data.trust_level_mode[line], modes * (trusts - 1), 1.0)
        value += normal(free, gradient, data.relative_sd[line], math.log(scales.relative_sd), scales.relative_log_sd)
    for line in range(lines - 1):
        value += normal(free, gradient, data.slope[line], 0.0, scales.level_slope_sd)
        median, log_sd = scales.displacement_trust_sd, scales.displacement_trust_log_sd
        value += normal(free, gradient, data.fall_sd[line], math.log(median), log_sd)
        value += normals(free, gradient, data.fall_trust[line], trusts - 1, 1.0)
    return value
