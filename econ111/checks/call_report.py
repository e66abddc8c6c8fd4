"""What many simulated services say of the models: uniform ranks, coverage, false verdicts, power, data not whole.

Run as `python -m econ111.checks.call_report`, it simulates and writes `docs/calibration/`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chi2

from econ111.checks.call_calibration import THINNED, Setting, shipped_setting, simulate_once
from econ111.checks.call_studies import bounded_study, unrecorded_study
from econ111.checks.call_worlds import CallWorld
from econ111.checks.london_study import london_study
from econ111.checks.series_coverage import study_series, summarise_series
from econ111.checks.series_worlds import load_worlds
from econ111.files import sha256_of, write_text
from econ111.scheduling import Scheduler, choose_scheduler, run_many

BINS = 20
WORLDS = (
    CallWorld("prior", 1000, from_prior=True),
    CallWorld("hard", 200, drift=0.015, residual_sd=0.06, residual_correlation=0.4, relative_sd=0.02),
    CallWorld("no_effect", 100, drift=0.005, missing=0.3, kept_share=1.0, more_calls=0.0),
    CallWorld("fall_of_a_fifth", 100, missing=0.3, kept_share=0.8, more_calls=0.0),
    CallWorld("calm", 60),
)
EXTRA = ("log likelihood", "displaced share Total")
STUDIES = {"unrecorded": unrecorded_study, "bounded": bounded_study, "london": london_study}
STUDIED = 24
# The two worlds of the rules many times, the others often enough to see a gross fault.
SERIES, SERIES_ELSEWHERE, RULED = 200, 20, ("well_specified", "hard")
MOVED = 0.25


def rank_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Whether the ranks of each quantity are uniform.

    Parameters
    ----------
    rows : DataFrame
        Of a world from the prior; `quantity` and `rank` (0 to `THINNED`).

    Returns
    -------
    DataFrame
        quantity, simulations, chi_squared on `BINS` bins, p_value, ecdf_departure (largest departure of the ranks'
        distribution from uniform), ecdf_limit (its 95% limit by Kolmogorov's distribution), uniform.
    """
    found = []
    for name, own in rows.groupby("quantity", sort=False):
        ranks = own["rank"].to_numpy(dtype=float)
        count = len(ranks)
        # Ranks are whole; a place within each is drawn evenly so that bins are equally likely.
        even = (ranks + np.random.default_rng(1).random(count)) / (THINNED + 1)
        observed = np.histogram(even, bins=BINS, range=(0, 1))[0]
        statistic = float(((observed - count / BINS) ** 2 / (count / BINS)).sum())
        departure = float(np.abs(np.sort(even) - (np.arange(count) + 0.5) / count).max() + 0.5 / count)
        limit = 1.358 / np.sqrt(count)
        p_value = float(chi2.sf(statistic, BINS - 1))
        found.append((name, count, statistic, p_value, departure, limit, p_value > 0.05 and departure <= limit))
    columns = ["quantity", "simulations", "chi_squared", "p_value", "ecdf_departure", "ecdf_limit", "uniform"]
    return pd.DataFrame(found, columns=columns)


def coverage_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of 95% intervals that hold the truth, mean error in posterior sds, and verdicts, by world and quantity."""
    rows = rows[~rows.quantity.isin(EXTRA[:1])]
    held = (rows.low <= rows.truth) & (rows.truth <= rows.high)
    named = rows.assign(
        held=held, error=(rows["mean"] - rows.truth) / rows.sd, fewer=rows.verdict == "fewer",
        more=rows.verdict == "more",
    )  # fmt: skip
    table = named.groupby(["world", "quantity"], sort=False).agg(
        simulations=("held", "size"), coverage=("held", "mean"), mean_error=("error", "mean"),
        fewer=("fewer", "mean"), more=("more", "mean"),
    )  # fmt: skip
    table["monte_carlo_error"] = np.sqrt(table.coverage * (1 - table.coverage) / table.simulations)
    return table.reset_index()


def calibrate(worlds: Sequence[CallWorld], *, folder: Path, scheduler: Scheduler | None = None) -> pd.DataFrame:
    """Simulate every service of these worlds; see `run_many` for the folder."""
    tasks = [(f"{world.name}-{number:04d}", (world, number)) for world in worlds for number in range(world.simulations)]
    return run_many(_one, tasks, folder=folder, scheduler=scheduler, announce=lambda text: print(text, flush=True))


def unrecorded_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean bias of E1 as a share of the truth, with the true odds supplied and at random, and how often bounds hold."""
    table = rows.groupby("disposition", sort=False).agg(
        simulations=("truth", "size"), bias_with_true_log_odds=("bias_with_true_log_odds", "mean"),
        error=("bias_with_true_log_odds", "sem"), bias_at_random=("bias_at_random", "mean"),
        error_at_random=("bias_at_random", "sem"), within_bounds=("within_bounds", "mean"),
    )  # fmt: skip
    return table.reset_index()


def bounded_table(rows: pd.DataFrame) -> pd.DataFrame:
    """How far hiding and rounding move each estimand's mean, in sds of the posterior from complete data."""
    rows = rows.assign(distance=rows.moved.abs(), small=rows.moved.abs() < MOVED, wider=rows.bounded_sd / rows.sd)
    table = rows.groupby("quantity", sort=False).agg(
        simulations=("moved", "size"), moved=("moved", "mean"), moved_error=("moved", "sem"),
        distance=("distance", "mean"), largest=("distance", "max"), within_a_quarter=("small", "mean"),
        fit_error=("moved_error", "mean"), sd_ratio=("wider", "mean"),
    )  # fmt: skip
    return table.reset_index()


def model_checksum() -> str:
    """Checksum of the code of the models and their densities: a changed model makes the report stale."""
    home = Path(__file__).resolve().parent.parent / "impact"
    names = (
        "inputs.py", "mix.py", "volumes.py", "observation.py", "call_model.py", "calendar.py", "walks.py",
        "series_model.py", "series_covariance.py", "series_posterior.py", "series_projection.py", "series_panel.py",
    )  # fmt: skip
    paths = [home / name for name in names] + sorted((home / "density").glob("*.py"))
    return sha256_of(*(path.read_text(encoding="utf-8") for path in paths))


@cache
def _setting() -> Setting:
    return shipped_setting()


def _one(task: tuple[CallWorld, int]) -> pd.DataFrame:
    return simulate_once(*task, _setting())


def _study(task: tuple[str, int]) -> pd.DataFrame:
    return STUDIES[task[0]](task[1], shipped_setting(tune=400, draws=1500))


def _series(task: tuple[str, int]) -> pd.DataFrame:
    world = next(world for world in load_worlds() if world.name == task[0])
    return study_series(world, task[1])


def main() -> None:
    """Simulate all worlds, or so many services of each, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/calibration"))
    parser.add_argument("--out", type=Path, default=Path("docs/calibration"))
    parser.add_argument("--simulations", type=int, default=None)
    parser.add_argument("--processes", type=int, default=None, help="fits at a time; all processors when left out")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that does the fits instead")
    parser.add_argument("--worlds", nargs="*", default=[world.name for world in WORLDS])
    given = parser.parse_args()
    chosen = [world for world in WORLDS if world.name in given.worlds]
    if given.simulations:
        chosen = [CallWorld(**{**vars(world), "simulations": given.simulations}) for world in chosen]
    scheduler = choose_scheduler(processes=given.processes, address=given.scheduler)
    rows = calibrate(chosen, folder=given.folder, scheduler=scheduler)
    many = partial(_many, folder=given.folder, scheduler=scheduler)
    studies = {name: many(_study, {name: given.simulations or STUDIED}) for name in STUDIES}
    counts = {world.name: SERIES if world.name in RULED else SERIES_ELSEWHERE for world in load_worlds()}
    of_series = many(_series, {name: given.simulations or count for name, count in counts.items()})
    tables = {
        "ranks": rank_table(rows[rows.world == "prior"]),
        "coverage": coverage_table(rows),
        "unrecorded": unrecorded_table(studies["unrecorded"]),
        "bounded": bounded_table(studies["bounded"]),
        "london": bounded_table(studies["london"]),
        "series": summarise_series(of_series),
    }
    for name, table in tables.items():
        write_text(given.out / f"{name}.csv", table.round(4).to_csv(index=False, lineterminator="\n"))
    write_text(given.out / "model.sha256", model_checksum() + "\n")


def _many(
    work: Callable[[tuple[str, int]], pd.DataFrame], counts: Mapping[str, int], *, folder: Path, scheduler: Scheduler
) -> pd.DataFrame:
    stem = work.__name__.strip("_")
    tasks = [(f"{stem}-{name}-{at:04d}", (name, at)) for name, count in counts.items() for at in range(count)]
    return run_many(work, tasks, folder=folder, scheduler=scheduler, announce=lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
