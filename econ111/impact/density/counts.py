"""Log probabilities of published counts, exact or bounded, and their slopes.

The formulas stand in `econ111.impact.observation`; here each function also returns the derivatives with respect to
what the model moves. A bounded row's probability is a convolution of one short sequence a group, and its derivatives
follow by going back through the same convolution. `log_factorial` is a table of log n! up to the largest count.
"""

from __future__ import annotations

import math

import numpy as np

from econ111.impact.density.special import kernel, log_gamma_and_slope


@kernel
def volume_part(count, log_expected, shape, log_shape):  # type: ignore[no-untyped-def]
    """Log probability of a count but for its rising factorial, and its derivatives by log mean and by shape."""
    expected = math.exp(log_expected)
    whole = shape + expected
    log_whole = math.log(whole)
    value = shape * (log_shape - log_whole) + count * (log_expected - log_whole)
    by_shape = log_shape + 1.0 - log_whole - (count + shape) / whole
    return value, shape * (count - expected) / whole, by_shape


@kernel
def bounded_volume(low, high, log_expected, shape, log_shape, shape_terms, log_factorial):  # type: ignore[no-untyped-def]
    """Log probability that a negative binomial count lies within bounds, and the same derivatives.

    `shape_terms` are log-gamma and digamma at the shape.
    """
    terms = np.empty((high - low + 1, 3))
    for step in range(high - low + 1):
        count = low + step
        value, by_log, by_shape = volume_part(count, log_expected, shape, log_shape)
        rising, slope = log_gamma_and_slope(count + shape)
        terms[step, 0] = value + rising - shape_terms[0] - log_factorial[count]
        terms[step, 1], terms[step, 2] = by_log, by_shape + slope - shape_terms[1]
    peak = -np.inf
    for step in range(high - low + 1):
        peak = max(peak, terms[step, 0])
    whole, by_log, by_shape = 0.0, 0.0, 0.0
    for step in range(high - low + 1):
        weight = math.exp(terms[step, 0] - peak)
        whole += weight
        by_log += weight * terms[step, 1]
        by_shape += weight * terms[step, 2]
    return peak + math.log(whole), by_log / whole, by_shape / whole


@kernel
def bounded_row(low, high, total_low, total_high, alpha, alpha_terms, whole, whole_terms, by_alpha, log_factorial):  # type: ignore[no-untyped-def]
    """Log probability that every group and the total of a row lie within their bounds; adds its slopes to `by_alpha`.

    `alpha_terms` (group, 2) are log-gamma and digamma at each alpha, `whole_terms` at their sum. Returns the log
    probability and its derivative by the sum through the total's part. Allowed totals are equally likely beforehand.
    """
    groups = alpha.size
    lengths, longest, first = np.empty(groups, np.int64), 0, 0
    for group in range(groups):
        lengths[group] = high[group] - low[group] + 1
        longest = max(longest, lengths[group])
        first += low[group]
    weights, slopes = np.zeros((groups, longest)), np.zeros((groups, longest))
    scale = 0.0
    for group in range(groups):
        scale += _sequence(
            low[group], lengths[group], alpha[group], alpha_terms[group], weights[group], slopes[group], log_factorial
        )
    rows, ends = _convolved(weights, lengths)
    back = np.zeros(rows.shape[1])
    peak, chance, by_whole = -np.inf, 0.0, 0.0
    for total in range(total_low, total_high + 1):
        place = total - first
        if 0 <= place < ends[groups]:
            value, slope = log_gamma_and_slope(total + whole)
            log_part = log_factorial[total] + whole_terms[0] - value
            if peak == -np.inf:
                peak = log_part
            back[place] = math.exp(log_part - peak)
            chance += rows[groups, place] * back[place]
            by_whole += rows[groups, place] * back[place] * (whole_terms[1] - slope)
    if not chance > 0.0:
        return -1e30, 0.0
    for group in range(groups - 1, -1, -1):
        earlier = np.zeros(rows.shape[1])
        slope = 0.0
        for step in range(lengths[group]):
            for place in range(ends[group]):
                earlier[place] += back[place + step] * weights[group, step]
                slope += back[place + step] * rows[group, place] * slopes[group, step]
        by_alpha[group] += slope / chance
        back = earlier
    return math.log(chance) + scale + peak - math.log(total_high - total_low + 1), by_whole / chance


@kernel
def _convolved(weights, lengths):  # type: ignore[no-untyped-def]
    """Partial convolutions of the groups' sequences (group + 1, place), and the length of each (group + 1)."""
    groups, longest = lengths.size, 1
    for group in range(groups):
        longest += lengths[group] - 1
    rows = np.zeros((groups + 1, longest))
    ends = np.ones(groups + 1, np.int64)
    rows[0, 0] = 1.0
    for group in range(groups):
        ends[group + 1] = ends[group] + lengths[group] - 1
        for step in range(lengths[group]):
            for place in range(ends[group]):
                rows[group + 1, place + step] += rows[group, place] * weights[group, step]
    return rows, ends


@kernel
def _sequence(low, length, alpha, terms, weights, slopes, log_factorial):  # type: ignore[no-untyped-def]
    """Fill the sequence (a)_y / y! of one group over y = low, low + 1, ..., scaled to begin at 1, and its slopes by a.

    Returns the log scale.
    """
    value, slope = log_gamma_and_slope(low + alpha)
    slope -= terms[1]
    weights[0], slopes[0] = 1.0, slope
    for step in range(1, length):
        count = low + step - 1
        weights[step] = weights[step - 1] * (alpha + count) / (count + 1.0)
        slope += 1.0 / (alpha + count)
        slopes[step] = weights[step] * slope
    return value - terms[0] - log_factorial[low]
