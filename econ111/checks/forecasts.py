"""Forecasts on rolling origins: each month's calls foretold from the months before it, and scored.

For each origin the calls are fitted without any month from the origin on, and the next months are scored by the log of
the probability that their counts had beforehand (leave-future-out: Burkner P-C, Gabry J, Vehtari A, Journal of
Statistical Computation and Simulation 2020;90:2499). Beside it stands a naive forecast: the last month's calls a day,
with a random walk as wide as the line's ordinary monthly changes so far. A model that forecasts worse than that earns
no trust in its counterfactual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logsumexp
from scipy.stats import norm, t

from econ111.checks.likelihood import expected_name, volume_cells
from econ111.checks.replicate import counted
from econ111.impact.calendar import build_calendar
from econ111.impact.density.volumes import VolumeDensity
from econ111.impact.inputs import CallInputs, VolumeCells, order_of_size
from econ111.impact.priors import Priors
from econ111.inference import sample_densities
from econ111.intervals import INTERVAL_LEVEL
from econ111.specs.schema import Sampling

# A naive forecast needs two months of a line to know a change.
LEAST_SEEN = 3
BEFORE, AFTER = "before launch", "after launch"


@dataclass(frozen=True)
class ForecastTask:
    """One refit without the months from `origin` on; `ahead` months are scored."""

    inputs: CallInputs
    origin: int
    ahead: int
    harmonics: int
    priors: Priors
    sampling: Sampling


def origins(months: int, *, before: int, step: int) -> list[int]:
    """Positions of the first months that are forecast.

    Examples
    --------
    >>> origins(20, before=12, step=3)
    [12, 15, 18]
    """
    return list(range(before, months, step))


def fit_forecast(task: ForecastTask) -> pd.DataFrame:
    """Refit without the future and score it.

    Parameters
    ----------
    task : ForecastTask
        Inputs, origin and horizon.

    Returns
    -------
    DataFrame
        One row a forecast count: `line`, `when` (before or after launch), `trust`, `month`, `origin`, `ahead`,
        `log_score` and `naive` (natural logarithms; larger is better), `inside` the model's predictive interval.
    """
    inputs = task.inputs
    seen = {line: _chosen(cells, cells.month < task.origin) for line, cells in inputs.volumes.items()}
    density = VolumeDensity(
        inputs.trusts, build_calendar(inputs.timeline, harmonics=task.harmonics), seen,
        {line: order_of_size(inputs, line) for line in seen}, task.priors,
    )  # fmt: skip
    draws = sample_densities([density], task.sampling, cores=1).draws
    rng = np.random.default_rng([task.sampling.seed, task.origin])
    rows = []
    for line, cells in inputs.volumes.items():
        known = np.bincount(seen[line].trust, minlength=len(inputs.trusts))
        coming = (cells.month >= task.origin) & (cells.month < task.origin + task.ahead)
        wanted = _chosen(cells, coming & (known[cells.trust] >= LEAST_SEEN))
        if not len(wanted.low):
            continue
        score = logsumexp(volume_cells(draws, wanted, line), axis=0) - np.log(draws.sizes["sample"])
        expected = draws[expected_name(line)].transpose("sample", "trust", "month").values
        scatter = draws[f"{line}_relative_sd"].values[:, None]
        predicted = counted(expected[:, wanted.trust, wanted.month], scatter, rng)
        rows.append(_rows(inputs, line, wanted, task, (score, naive_scores(inputs, seen[line], wanted), predicted)))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def naive_scores(inputs: CallInputs, seen: VolumeCells, wanted: VolumeCells) -> np.ndarray:
    """Log probability of counts under a random walk of the log calls a day from each trust's last month (cell).

    Its sd is found from the median size of the line's monthly changes so far, all trusts together: the jump at a launch
    would otherwise make it so wide that anything forecasts better.
    """
    days = inputs.timeline.days.values
    rates = np.full((len(inputs.trusts), len(days)), np.nan)
    rates[seen.trust, seen.month] = np.log(np.maximum((seen.low + seen.high) / 2, 0.5) / days[seen.month])
    step = np.nanmedian(np.abs(np.diff(rates, axis=1))) / norm.ppf(0.75)
    last = np.array([np.flatnonzero(np.isfinite(row)).max(initial=-1) for row in rates])[wanted.trust]
    centre = rates[wanted.trust, last] + np.log(days[wanted.month])
    spread = step * np.sqrt(wanted.month - last)
    ends = [np.log(np.maximum(end, 1e-9)) for end in (wanted.low - 0.5, wanted.high + 0.5)]
    low, high = (norm.cdf(end, centre, spread) for end in ends)
    return np.asarray(np.log(np.maximum(high - low, 1e-300)))


def score_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Scores by line, before and after launch.

    Parameters
    ----------
    rows : DataFrame
        From `fit_forecast`, all origins.

    Returns
    -------
    DataFrame
        `log_score`, `naive` (means a count), `difference` with its standard error over origins, whose months hang
        together, `inside` (share of counts in the model's predictive interval), `verdict` and `reading`.
    """
    found = []
    for (line, when), part in rows.groupby(["line", "when"], sort=False):
        gain = part.log_score - part.naive
        by_origin = gain.groupby(part.origin).mean()
        error = float(by_origin.std(ddof=1) / np.sqrt(len(by_origin))) if len(by_origin) > 1 else np.nan
        difference = float(gain.mean())
        verdict, reading = _judged(difference, error, len(by_origin))
        found.append({
            "part": f"{line} line, {when}", "origins": len(by_origin), "counts": len(part),
            "log_score": float(part.log_score.mean()), "naive": float(part.naive.mean()), "difference": difference,
            "standard_error": error, "inside": float(part.inside.mean()), "level": INTERVAL_LEVEL, "verdict": verdict,
            "reading": reading,
        })  # fmt: skip
    return pd.DataFrame(found)


def _judged(difference: float, error: float, count: int) -> tuple[str, str]:
    """By the interval of a mean over origins, which are few: Student's t."""
    if not np.isfinite(error) or abs(difference) <= t.ppf(1.0 - (1.0 - INTERVAL_LEVEL) / 2, count - 1) * error:
        return "pass", "not told apart from the naive forecast"
    if difference > 0:
        return "pass", "forecasts better than the naive forecast"
    return "look", "forecasts worse than the naive forecast: the trend or the season is not that of these calls"


def _rows(
    inputs: CallInputs, line: str, cells: VolumeCells, task: ForecastTask, found: tuple[np.ndarray, ...]
) -> pd.DataFrame:
    score, naive, predicted = found
    tail = (1.0 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(predicted, [tail, 1.0 - tail], axis=0)
    launched = inputs.timeline.after_launch.transpose("trust", "month").values[cells.trust, cells.month]
    return pd.DataFrame({
        "line": line, "when": np.where(launched, AFTER, BEFORE), "trust": np.array(inputs.trusts)[cells.trust],
        "month": [str(month)[:7] for month in inputs.timeline.month.values[cells.month]], "origin": task.origin,
        "ahead": cells.month - task.origin + 1, "log_score": score, "naive": naive,
        "inside": ((cells.high >= low) & (cells.low <= high)).astype(int),
    })  # fmt: skip


def _chosen(cells: VolumeCells, keep: np.ndarray) -> VolumeCells:
    return VolumeCells(cells.trust[keep], cells.month[keep], cells.low[keep], cells.high[keep])
