"""What many simulated services say of the call model: uniform ranks, coverage, false verdicts, power.

Run as `python -m econ111.checks.call_report`, it simulates and writes `docs/calibration/`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chi2

from econ111.checks.call_calibration import THINNED, Setting, shipped_setting, simulate_once
from econ111.checks.call_worlds import CallWorld
from econ111.checks.many import run_many
from econ111.files import sha256_of, write_text

BINS = 20
WORLDS = (
    CallWorld("prior", 500, from_prior=True),
    CallWorld("calm", 200),
    CallWorld("hard", 200, drift=0.015, residual_sd=0.06, residual_correlation=0.4, relative_sd=0.02),
    CallWorld("no_effect", 200, drift=0.005, missing=0.3, kept_share=1.0, more_calls=0.0),
    CallWorld("fall_of_a_fifth", 200, missing=0.3, kept_share=0.8, more_calls=0.0),
)
EXTRA = ("log likelihood", "displaced share Total")


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


def calibrate(worlds: Sequence[CallWorld], *, folder: Path, processes: int | None = None) -> pd.DataFrame:
    """Simulate every service of these worlds; see `run_many` for the folder."""
    tasks = [(f"{world.name}-{number:04d}", (world, number)) for world in worlds for number in range(world.simulations)]
    return run_many(_one, tasks, folder=folder, processes=processes, announce=lambda text: print(text, flush=True))


def model_checksum() -> str:
    """Checksum of the code of the model and its densities: a changed model makes the report stale."""
    home = Path(__file__).resolve().parent.parent / "impact"
    names = ("inputs.py", "mix.py", "volumes.py", "observation.py", "call_model.py", "calendar.py", "walks.py")
    paths = [home / name for name in names] + sorted((home / "density").glob("*.py"))
    return sha256_of(*(path.read_text(encoding="utf-8") for path in paths))


@cache
def _setting() -> Setting:
    return shipped_setting()


def _one(task: tuple[CallWorld, int]) -> pd.DataFrame:
    return simulate_once(*task, _setting())


def main() -> None:
    """Simulate all worlds, or so many services of each, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/calibration"))
    parser.add_argument("--out", type=Path, default=Path("docs/calibration"))
    parser.add_argument("--simulations", type=int, default=None)
    parser.add_argument("--worlds", nargs="*", default=[world.name for world in WORLDS])
    given = parser.parse_args()
    chosen = [world for world in WORLDS if world.name in given.worlds]
    if given.simulations:
        chosen = [CallWorld(**{**vars(world), "simulations": given.simulations}) for world in chosen]
    rows = calibrate(chosen, folder=given.folder)
    write_text(given.out / "ranks.csv", rank_table(rows[rows.world == "prior"]).to_csv(index=False))
    write_text(given.out / "coverage.csv", coverage_table(rows).to_csv(index=False))
    write_text(given.out / "model.sha256", model_checksum() + "\n")


if __name__ == "__main__":
    main()
