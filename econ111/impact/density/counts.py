"""Log probabilities of published counts, exact or bounded, and their slopes.

The formulas stand in `econ111.impact.observation`; here each function also returns the derivatives with respect to
what the model moves. A bounded row's probability is a convolution of one short sequence a group, and its derivatives
follow by going back through the same convolution. `log_factorial` is a table of log n! up to the largest count.
"""

from __future__ import annotations

import math

import numpy as np

from econ111.impact.density.machine_code import kernel
from econ111.impact.density.special import log_gamma_and_slope


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
def room_for_rows(low, high):  # type: ignore[no-untyped-def]
    """Where `bounded_row` works: room for the longest of these rows (row, group), made once for all of them.

    Returns the sequences of the groups and their slopes (2, group, step), what the convolution has reached before each
    group and after the last with two rows for the way back (group + 3, place), and the length of each (group + 1).
    """
    longest, widest = 1, 1
    for row in range(low.shape[0]):
        width = 1
        for group in range(low.shape[1]):
            longest = max(longest, high[row, group] - low[row, group] + 1)
            width += high[row, group] - low[row, group]
        widest = max(widest, width)
    groups = low.shape[1]
    return np.empty((2, groups, longest)), np.empty((groups + 3, widest)), np.empty(groups + 1, np.int64)


@kernel
def bounded_row(  # type: ignore[no-untyped-def]
    low, high, total_low, total_high, alpha, alpha_terms, whole, whole_terms, by_alpha, log_factorial, room
):
    """Log probability that every group and the total of a row lie within their bounds; adds its slopes to `by_alpha`.

    `alpha_terms` (group, 2) are log-gamma and digamma at each alpha, `whole_terms` at their sum, `room` is that of
    `room_for_rows`. Returns the log probability and its derivative by the sum through the total's part. Allowed totals
    are equally likely beforehand.
    """
    groups = alpha.size
    sequences, reached, ends = room
    weights, slopes = sequences[0], sequences[1]
    scale, first = 0.0, 0
    for group in range(groups):
        length = high[group] - low[group] + 1
        first += low[group]
        scale += _sequence(
            low[group], length, alpha[group], alpha_terms[group], weights[group], slopes[group], log_factorial
        )
    _convolve(groups, low, high, weights, reached, ends)
    last, back = reached[groups], reached[groups + 1]
    for place in range(ends[groups]):
        back[place] = 0.0
    peak, chance, by_whole = -np.inf, 0.0, 0.0
    for total in range(total_low, total_high + 1):
        place = total - first
        if 0 <= place < ends[groups]:
            value, slope = log_gamma_and_slope(total + whole)
            log_part = log_factorial[total] + whole_terms[0] - value
            if peak == -np.inf:
                peak = log_part
            back[place] = math.exp(log_part - peak)
            chance += last[place] * back[place]
            by_whole += last[place] * back[place] * (whole_terms[1] - slope)
    if not chance > 0.0:
        return -1e30, 0.0
    _go_back(groups, low, high, weights, slopes, reached, ends, by_alpha, chance)
    return math.log(chance) + scale + peak - math.log(total_high - total_low + 1), by_whole / chance


@kernel
def _convolve(groups, low, high, weights, reached, ends):  # type: ignore[no-untyped-def]
    """Fill the partial convolutions of the groups' sequences and their lengths."""
    reached[0, 0], ends[0] = 1.0, 1
    for group in range(groups):
        steps, before = high[group] - low[group], ends[group]
        ends[group + 1] = before + steps
        source, target = reached[group], reached[group + 1]
        for place in range(before + steps):
            target[place] = 0.0
        for step in range(steps + 1):
            shifted, weight = target[step:], weights[group, step]
            for place in range(before):
                shifted[place] += source[place] * weight


@kernel
def _go_back(groups, low, high, weights, slopes, reached, ends, by_alpha, chance):  # type: ignore[no-untyped-def]
    """Add each group's slope, from the last to the first, along the convolution in reverse."""
    back, earlier = reached[groups + 1], reached[groups + 2]
    for group in range(groups - 1, -1, -1):
        before, source, found = ends[group], reached[group], 0.0
        for place in range(before):
            earlier[place] = 0.0
        for step in range(high[group] - low[group] + 1):
            shifted, weight, slope = back[step:], weights[group, step], slopes[group, step]
            for place in range(before):
                earlier[place] += shifted[place] * weight
            for place in range(before):
                found += shifted[place] * source[place] * slope
        by_alpha[group] += found / chance
        back, earlier = earlier, back


@kernel
def _sequence(low, length, alpha, terms, weights, slopes, log_factorial):  # type: ignore[no-untyped-def]
    """Fill the sequence (a)_y / y! of one group over y = low, low + 1, ..., scaled to begin at 1, and its slopes by a.

    Returns the log scale.
    """
    value, slope = terms[0], terms[1]
    if low > 0:
        value, slope = log_gamma_and_slope(low + alpha)
    slope -= terms[1]
    weights[0], slopes[0] = 1.0, slope
    for step in range(1, length):
        count = low + step - 1
        weights[step] = weights[step - 1] * (alpha + count) / (count + 1.0)
        slope += 1.0 / (alpha + count)
        slopes[step] = weights[step] * slope
    return value - terms[0] - log_factorial[low]
