"""Whether the intervals of the series design hold the truth as often as they say, beside an ordinary trend model.

Each simulated series is analysed as a real one is: the same panel, model, sampler and projection. The ordinary model
is a straight line and an annual harmonic on the log rate with independent errors, its interval from Student's t, with
and without the noise of the months themselves (Turner SL et al., BMC Medical Research Methodology 2021;21:181, on why
it is too narrow). Monte Carlo error of a share p over n simulations: sqrt(p (1 - p) / n).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc, stdtrit

from econ111.checks.series_worlds import Series, World, load_worlds, simulate_series
from econ111.impact.calendar import season_waves
from econ111.impact.priors import Priors
from econ111.impact.series_model import build_series_model
from econ111.impact.series_panel import Panel, build_panel
from econ111.impact.series_posterior import fit_series
from econ111.impact.series_power import detectable_effect, foreseen, monthly_means
from econ111.impact.series_projection import project
from econ111.intervals import INTERVAL_LEVEL
from econ111.parameters import load_catalogue, random_stream
from econ111.threads import one_thread
from econ111.timeline import build_timeline

HARMONICS = 1
RANK_BINS = 10
SEED = 20261101
TUNE, DRAWS, CHAINS = 200, 60, 10
OURS, PREDICTED_TREND, EXPECTED_TREND = "series model", "straight trend", "straight trend, line only"


@dataclass(frozen=True)
class _Found:
    """An interval of the avoided count, the truth, the count that would have been, and the share of draws below it."""

    low: float
    high: float
    truth: float
    without: float
    rank: float = np.nan


def shipped_priors() -> dict[str, float]:
    """Scales of the priors as they ship, by name without `prior_`."""
    catalogue = load_catalogue()
    return {name.removeprefix("prior_"): catalogue[name].value for name in catalogue if name.startswith("prior_")}


def coverage_study(
    worlds: Sequence[World] | None = None,
    *,
    simulations: int = 200,
    seed: int = SEED,
    priors: Priors | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Share of intervals that hold the truth, by world and method.

    Parameters
    ----------
    worlds : sequence of World, optional
        By default all that ship.
    simulations : int
        Series in each world.
    seed : int
        Of the study; series number k of a world is the same whatever else is run.
    priors : mapping, optional
        Of the model, by default those that ship. The simulator of a world with `hyper = "prior"` keeps the shipped
        ones, so that a wrong prior shows.
    announce : callable
        Told each world as it starts.

    Returns
    -------
    DataFrame
        One row per world and method: `coverage` of intervals at `level` with `coverage_error` (Monte Carlo),
        `verdicts`, the share that excludes zero, with `verdicts_error` (false ones where the true fall is none, power
        elsewhere), `ranks_p_value`, the chi-squared probability of the truth's ranks among the draws if they were
        uniform (to be so only where the model is true), and `width`, the mean width as a share of the count that
        would have been. The data are synthetic.
    """
    rows = []
    for world in load_worlds() if worlds is None else worlds:
        announce(f"{world.title}: {simulations} synthetic series")
        with one_thread():
            rows += [study_series(world, number, seed=seed, priors=priors) for number in range(simulations)]
    return summarise_series(pd.concat(rows, ignore_index=True))


def study_series(world: World, number: int, *, seed: int = SEED, priors: Priors | None = None) -> pd.DataFrame:
    """Simulate and analyse series `number` of a world; see `coverage_study`.

    Returns
    -------
    DataFrame
        One row per method: world, title, fall, number, method, low, high (the interval of the avoided count), truth,
        without (the count that would have been), rank (share of draws below the truth).
    """
    shipped = shipped_priors()
    found = _analysed(world, shipped, priors or shipped, seed + number)
    named = {"world": world.name, "title": world.title, "fall": world.fall, "number": number}
    return pd.DataFrame([{**named, "method": method, **asdict(one)} for method, one in found.items()])


def summarise_series(rows: pd.DataFrame) -> pd.DataFrame:
    """The table of `coverage_study` from the rows of `study_series`."""
    groups = rows.groupby(["world", "method"], sort=False)
    return pd.DataFrame([_summary(own) for _, own in groups])


def power_study(
    world: World, *, simulations: int = 200, seed: int = 20261102, priors: Priors | None = None, power: float = 0.8
) -> pd.DataFrame:
    """Whether an effect of the size said to be detectable beforehand is noticed as often as was said.

    Parameters
    ----------
    world : World
        Its own `fall` is not used: each series has the fall that was said to be detectable in it.
    simulations, seed, priors
        As in `coverage_study`.
    power : float
        Stated probability of noticing.

    Returns
    -------
    DataFrame
        One row: `power` as stated, `noticed` with `noticed_error`, and the mean `detectable` share of the count.
    """
    scales = priors or shipped_priors()
    noticed, sizes = [], []
    with one_thread():
        for number in range(simulations):
            seen, size = _noticed(world, scales, seed + number, power)
            noticed.append(seen)
            sizes.append(size)
    share = float(np.mean(noticed))
    return pd.DataFrame([{
        "world": world.name, "simulations": simulations, "power": power, "noticed": share,
        "noticed_error": _error(share, simulations), "detectable": float(np.mean(sizes)), "synthetic": "yes",
    }])  # fmt: skip


def _noticed(world: World, scales: Priors, seed: int, power: float) -> tuple[bool, float]:
    """Whether a fall of the size said to be detectable is noticed in a series, and that size, a share of the count."""
    series = simulate_series(world.model_copy(update={"fall": 0.0}), scales, seed=seed)
    panel, rng = _panel(series), random_stream(seed, "series.power")
    said = foreseen(panel, scales, tune=TUNE, draws=DRAWS, chains=CHAINS, rng=rng)
    size = detectable_effect(said.total.values, power=power).effect / float(said.total.mean())
    seen = simulate_series(world.model_copy(update={"fall": min(size, 0.99)}), scales, seed=seed)
    return _ours(seen, scales, rng).low > 0, size


def _analysed(world: World, shipped: Priors, priors: Priors, seed: int) -> dict[str, _Found]:
    series = simulate_series(world, shipped, seed=seed)
    found = {OURS: _ours(series, priors, random_stream(seed, "series.study"))}
    return found if world.trusts > 1 else found | straight_trend(series)


def _ours(series: Series, priors: Priors, rng: np.random.Generator) -> _Found:
    panel = _panel(series)
    model = build_series_model(panel, priors)
    fit = fit_series(model, tune=TUNE, draws=DRAWS, chains=CHAINS, rng=rng)
    predicted = project(model, fit.values, rng).predicted_without
    months = int(panel.counted.any(axis=0).sum())
    without = monthly_means(predicted, panel).total.values * months
    seen = float(series.outcome.values[panel.counted[: len(panel.trusts)]].sum())
    low, high = np.quantile(without - seen, _tails())
    rank = float(np.mean(without - seen < series.avoided))
    return _Found(float(low), float(high), series.avoided, float(without.mean()), rank)


def straight_trend(series: Series) -> dict[str, _Found]:
    """The ordinary model of one trust's series: line and harmonic by least squares, errors taken as independent."""
    timeline = build_timeline(series.outcome.month.values, series.launches)
    after = timeline.after_launch.values[0]
    rate = np.log(series.outcome.values[0] / timeline.days.values)
    design = np.column_stack([np.ones(len(rate)), np.arange(len(rate)), *season_waves(timeline, HARMONICS)])
    fitted = np.linalg.lstsq(design[~after], rate[~after])[0]
    freedom = int((~after).sum()) - design.shape[1]
    variance = float(((rate - design @ fitted)[~after] ** 2).sum() / freedom)
    middle = design[after].mean(axis=0)
    of_line = float(middle @ np.linalg.inv(design[~after].T @ design[~after]) @ middle)
    seen = float(series.outcome.values[0, after].sum())
    change = float((rate - design @ fitted)[after].mean())
    reach = float(stdtrit(freedom, _tails()[1]))
    found = {}
    for name, spread in ((EXPECTED_TREND, of_line), (PREDICTED_TREND, of_line + 1 / after.sum())):
        half = reach * np.sqrt(variance * spread)
        low, high = (seen * np.expm1(-change + side * half) for side in (-1, 1))
        found[name] = _Found(float(low), float(high), series.avoided, float(seen * np.exp(-change)))
    return found


def _panel(series: Series) -> Panel:
    timeline = build_timeline(series.outcome.month.values, series.launches)
    return build_panel(series.outcome, timeline, harmonics=HARMONICS, minimum=2, controls=series.controls)[0]


def _summary(found: pd.DataFrame) -> dict[str, Any]:
    covered = float(((found.low <= found.truth) & (found.truth <= found.high)).mean())
    said = float(((found.low > 0) | (found.high < 0)).mean())
    first, count = found.iloc[0], len(found)
    return {
        "world": first.world, "title": first.title, "method": first.method, "fall": float(first.fall),
        "level": INTERVAL_LEVEL, "simulations": count, "coverage": covered, "coverage_error": _error(covered, count),
        "ranks_p_value": _uniform(pd.to_numeric(found["rank"], errors="coerce").to_numpy()), "verdicts": said,
        "verdicts_error": _error(said, count), "width": float(((found.high - found.low) / found.without).mean()),
        "synthetic": "yes",
    }  # fmt: skip


def _uniform(ranks: np.ndarray) -> float:
    """Probability of counts in ten bins at least as uneven as these, were the ranks uniform; NaN without ranks."""
    if np.isnan(ranks).any():
        return float("nan")
    counts = np.histogram(ranks, bins=RANK_BINS, range=(0, 1))[0]
    expected = len(ranks) / RANK_BINS
    return float(chdtrc(RANK_BINS - 1, ((counts - expected) ** 2 / expected).sum()))


def _error(share: float, simulations: int) -> float:
    return float(np.sqrt(share * (1 - share) / simulations))


def _tails() -> tuple[float, float]:
    tail = (1 - INTERVAL_LEVEL) / 2
    return tail, 1 - tail
