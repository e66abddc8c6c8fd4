"""Tests of what goes in: prices, relative effects, and drawn parameters against what is stated (P1, E18, U6 to U21)."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import xarray as xr

from econ111.parameters import draw_group, draw_parameters
from econ111.parameters.distributions import NORMAL_95, standard_deviation
from econ111.parameters.draws import uniform_stream
from econ111.parameters.parameter import Parameter
from econ111.prices import move_price
from econ111.units import unit_named
from econ111.verification.finding import Finding, NotApplicableError, compare, listed, within
from econ111.verification.subject import Subject, changed

POSITIVE = frozenset({"gamma", "lognormal", "uniform", "triangular", "beta"})
BOUNDED = frozenset({"beta", "dirichlet", "uniform", "triangular"})
COMPONENT = "_component"


def price_of_service(s: Subject) -> Finding:
    """P1: twice the cost per call, twice the cost of the service, in the stored budget's draws."""
    doubled = changed(s.parameters, s.economics.service_cost_bases.values(), 2.0)
    twice = s.budgeted(s.priced(parameters=doubled, staff_times=2.0), parameters=doubled)["service_cost"]
    return compare(twice, 2 * s.budget["service_cost"], rounding=s.rounding)


def as_stated(s: Subject) -> Finding:
    """U21: mean and standard deviation of each drawn parameter lie within Monte Carlo error of what its file states."""
    worst, name = 0.0, "nothing drawn"
    for label, draws, parameter in drawn(s):
        for apart in _apart(draws, parameter):
            if apart > worst:
                worst, name = apart, label
    return Finding(worst <= s.errors, f"{worst:.1f} Monte Carlo errors ({name})", f"at most {s.errors:g}")


def same_again(s: Subject) -> Finding:
    """U13: drawn again from the recorded seed, every parameter is the stored one."""
    samples, seed = s.parameters.sizes["sample"], s.evaluation.record.get("seed")
    if not isinstance(seed, int):
        raise NotApplicableError("the record names no seed")
    singles = [name for name in map(str, s.parameters.data_vars) if name in s.stated]
    again = draw_parameters(s.stated, singles, samples=samples, seed=seed)
    worst = max((_gap_of(again[name] * _factor(s, name), s.parameters[name]) for name in singles), default=0.0)
    for group in _groups(s):
        fresh = draw_group(s.stated, group, samples=samples, seed=seed).rename(component=f"{group}{COMPONENT}")
        worst = max(worst, _gap_of(fresh, s.parameters[group]))
    return within(worst, s.rounding, note=f"{len(singles)} parameters and {len(_groups(s))} groups drawn again.")


def costs_stay_positive(s: Subject) -> Finding:
    """U7: a drawn cost has a distribution without negative values."""
    costs = [(name, p) for name, draws, p in drawn(s) if p.unit.startswith("GBP")]
    wrong = [f"{name} is {p.distribution}" for name, p in costs if p.distribution not in POSITIVE]
    return listed(wrong, looked_at=f"{len(costs)} drawn costs")


def proportions_stay_inside(s: Subject) -> Finding:
    """U8: a drawn proportion has a distribution between zero and one."""
    shares = [(name, p) for name, draws, p in drawn(s) if p.unit == "proportion"]
    wrong = [f"{name} is {p.distribution}" for name, p in shares if p.distribution not in BOUNDED]
    return listed(wrong, looked_at=f"{len(shares)} drawn proportions")


def shares_of_a_whole(s: Subject) -> Finding:
    """U9: every group of shares is a Dirichlet."""
    groups = _groups(s)
    if not groups:
        raise NotApplicableError("no group of shares is drawn")
    members = [member for group in groups for member in s.stated.group(group)]
    wrong = [f"{one.name} is {one.distribution}" for one in members if one.distribution != "dirichlet"]
    return listed(wrong, looked_at=f"{len(groups)} groups")


def normals_stay_possible(s: Subject) -> Finding:
    """U11: draws of a normal distribution stay inside the bounds of its unit."""
    normals = [(name, draws, p) for name, draws, p in drawn(s) if p.distribution == "normal"]
    wrong = [
        f"{name}: {draws.min():g} to {draws.max():g} {p.unit}"
        for name, draws, p in normals
        if draws.min() < unit_named(p.unit).low or draws.max() > unit_named(p.unit).high
    ]
    return listed(wrong, looked_at=f"{len(normals)} parameters with a normal distribution")


def errors_as_stated(s: Subject) -> Finding:
    """U6: the spread of the draws is the stated standard error or that of the stated bounds."""
    single = [(label, draws, p) for label, draws, p in drawn(s) if not p.group and p.effective_n is None]
    if not single:
        raise NotApplicableError("no drawn parameter states a standard error or bounds")
    apart = {label: _apart(draws, p)[1] for label, draws, p in single}
    worst = max(apart, key=lambda label: apart[label])
    note = f"{len(single)} parameters with a standard error or bounds."
    found = f"{apart[worst]:.1f} Monte Carlo errors ({worst})"
    return Finding(apart[worst] <= s.errors, found, f"at most {s.errors:g}", note)


def streams_are_even(s: Subject) -> Finding:
    """U20: the uniform numbers behind each parameter are spread evenly (Kolmogorov's distance)."""
    samples, seed = s.parameters.sizes["sample"], s.evaluation.record.get("seed")
    if not isinstance(seed, int):
        raise NotApplicableError("the record names no seed")
    names = [p.name for _, _, p in drawn(s)]
    places = np.arange(1, samples + 1) / samples
    worst = max((_from_even(uniform_stream(name, samples=samples, seed=seed), places) for name in names), default=0.0)
    chance = math.erfc(s.errors / math.sqrt(2))
    allowed = math.sqrt(math.log(2 / chance) / (2 * samples))
    return Finding(worst <= allowed, f"largest distance {worst:.4f} of {len(names)} streams", f"at most {allowed:.4f}")


def streams_are_apart(s: Subject) -> Finding:
    """U19: parameters with streams of their own are uncorrelated, by ranks, within Monte Carlo error."""
    singles = {name: draws for name, draws, p in drawn(s) if not p.group}
    if len(singles) < 2:
        raise NotApplicableError("fewer than two parameters are drawn")
    ranks = np.array([np.argsort(np.argsort(draws)) for draws in singles.values()], dtype=float)
    found = np.abs(np.corrcoef(ranks) - np.eye(len(ranks)))
    first, second = np.unravel_index(int(found.argmax()), found.shape)
    allowed = s.errors / math.sqrt(ranks.shape[1] - 1)
    named = list(singles)
    worst = f"largest correlation {found.max():.3f} ({named[int(first)]} and {named[int(second)]})"
    pairs = len(list(combinations(named, 2)))
    return Finding(float(found.max()) <= allowed, worst, f"at most {allowed:.3f}", f"{pairs} pairs.")


def uprating(s: Subject) -> Finding:
    """E18: drawn prices are the printed ones times the index, and would rise with every further point of inflation."""
    moved = [
        (name, p)
        for name in map(str, s.parameters.data_vars)
        if name in s.stated and (p := s.stated[name]).price_year not in ("", s.spec.study.price_year)
    ]
    if not moved:
        raise NotApplicableError(f"every price was printed in {s.spec.study.price_year}; none is moved")
    worst = 0.0
    for name, p in moved:
        years = int(s.spec.study.price_year[:4]) - int(p.price_year[:4])
        factor = _factor(s, name)
        raised = factor * 1.01**years
        if (raised - factor) * years <= 0:
            return Finding(False, f"{name} falls when inflation rises", "a rise")
        draws = s.parameters[name].to_numpy()
        expected = p.value * factor
        error = draws.std() / math.sqrt(len(draws))
        apart = abs(draws.mean() - expected) / max(error, expected * s.rounding)
        worst = max(worst, float(apart))
    return Finding(worst <= s.errors, f"{worst:.1f} errors from printed price times index", f"at most {s.errors:g}",
                   f"{len(moved)} prices moved to {s.spec.study.price_year}.")  # fmt: skip


def drawn(s: Subject) -> list[tuple[str, np.ndarray, Parameter]]:
    """Every parameter that varies and that the files know: label, draws in its printed price year, and its row."""
    found = []
    for name in map(str, s.parameters.data_vars):
        if name in s.stated and s.stated[name].drawn:
            found.append((name, s.parameters[name].to_numpy() / _factor(s, name), s.stated[name]))
    for group in _groups(s):
        for member in s.stated.group(group):
            draws = s.parameters[group].sel({f"{group}{COMPONENT}": member.component}).to_numpy()
            found.append((member.name, draws, member))
    return [one for one in found if one[2].value not in (0.0, 1.0) or one[2].distribution != "dirichlet"]


def stated_deviation(p: Parameter) -> float:
    """Standard deviation that a row of a parameter file states, in closed form.

    Examples
    --------
    A uniform from 20 to 32 has a standard deviation of 12 / sqrt(12).

    >>> from econ111.parameters import example_parameter
    >>> round(stated_deviation(example_parameter(distribution="uniform", value=26.0, low=20.0, high=32.0)), 4)
    3.4641
    """
    m, low, high = p.value, p.low or 0.0, p.high or 0.0
    if p.distribution in ("beta", "dirichlet") and p.effective_n is not None:
        return math.sqrt(m * (1 - m) / (p.effective_n + 1))
    if p.distribution == "uniform":
        return (high - low) / math.sqrt(12)
    if p.distribution == "triangular":
        top = 3 * m - low - high
        return math.sqrt((low**2 + high**2 + top**2 - low * high - low * top - high * top) / 18)
    if p.distribution == "lognormal" and p.standard_error is None:
        of_log = math.log(high / low) / (2 * NORMAL_95)
        return m * math.sqrt(math.expm1(of_log**2))
    return standard_deviation(p) or 0.0


def _apart(draws: np.ndarray, p: Parameter) -> tuple[float, float]:
    """How many Monte Carlo errors mean and standard deviation lie from what is stated."""
    count, spread = len(draws), stated_deviation(p)
    centred = draws - draws.mean()
    variance = float((centred**2).mean())
    tails = float((centred**4).mean()) / variance**2 if variance else 3.0
    of_spread = spread * math.sqrt(max(tails - 1, 0.1) / (4 * count))
    of_mean = spread / math.sqrt(count)
    return abs(float(draws.mean()) - p.value) / of_mean, abs(math.sqrt(variance) - spread) / of_spread


def _factor(s: Subject, name: str) -> float:
    """Index factor from the printed price year to the study's."""
    printed, wanted = s.stated[name].price_year, s.spec.study.price_year
    if printed in ("", wanted) or s.spec.economics is None:
        return 1.0
    given = s.spec.economics
    return move_price(
        1.0, from_year=printed, to_year=wanted, index=given.price_index, edition=given.price_edition,
        catalogue=s.stated,
    )  # fmt: skip


def _groups(s: Subject) -> list[str]:
    return [str(name) for name, draws in s.parameters.data_vars.items() if f"{name}{COMPONENT}" in draws.dims]


def _gap_of(one: xr.DataArray, other: xr.DataArray) -> float:
    if one.sizes != other.sizes:
        return math.inf
    largest = float(np.abs(one).max())
    return float(np.abs(one.to_numpy() - other.to_numpy()).max()) / largest if largest else 0.0


def _from_even(uniform: np.ndarray, places: np.ndarray) -> float:
    ordered = np.sort(uniform)
    return float(np.maximum(places - ordered, ordered - places + 1 / len(places)).max())


TESTS = {
    "P1": price_of_service,
    "E18": uprating,
    "U6": errors_as_stated,
    "U7": costs_stay_positive,
    "U8": proportions_stay_inside,
    "U9": shares_of_a_whole,
    "U11": normals_stay_possible,
    "U13": same_again,
    "U19": streams_are_apart,
    "U20": streams_are_even,
    "U21": as_stated,
}
