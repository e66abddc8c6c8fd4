"""Fits a minute of the London structure when only the data change, as placebos and calibration need them.

    python benchmarks/refits.py [--fits 200] [--processes 2]

Each fit has synthetic calls of its own, made from the London recipe with another seed, and is sampled as the refits of
`econ111 check-model` are, in processes that compile once (compiled code is kept on disk). The clock starts when every
process has finished its first fit. Convergence is printed beside the rate, since a fit that nobody can use is no fit.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import pandas as pd

from econ111.scheduling import Processes, run_many

RECIPE = Path(__file__).resolve().parents[1] / "data" / "activity" / "recipes" / "london-2024.toml"


def main() -> None:
    """Fit so many and print the rate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fits", type=int, default=200)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    ended: list[float] = []
    with tempfile.TemporaryDirectory(prefix="econ111-refits-") as name:
        tasks = [(f"fit-{seed}", seed) for seed in range(given.fits + given.processes)]
        found = run_many(
            fit, tasks, folder=Path(name), scheduler=Processes(given.processes),
            announce=lambda _: ended.append(time.perf_counter()),
        )  # fmt: skip
    # The first announcement comes before any fit; the first fit of each process compiles.
    timed = ended[given.processes :]
    minutes = (timed[-1] - timed[0]) / 60
    print(f"load {os.getloadavg()[0]:.1f}; {os.cpu_count()} cores, {given.processes} processes")
    print(f"{len(timed) - 1} fits in {minutes:.1f} minutes: {(len(timed) - 1) / minutes:.1f} a minute")
    print(f"CPU seconds a fit: median {found.cpu.iloc[given.processes :].median():.1f}")
    print(
        f"R-hat of the worst quantity: median {found.r_hat.median():.3f}, largest {found.r_hat.max():.3f}; fewest "
        f"effective draws: median {found.effective.median():.0f}, least {found.effective.min():.0f}; "
        f"{int((found.divergences > 0).sum())} fits with divergences"
    )


def fit(seed: int) -> pd.DataFrame:
    """One refit of a service of the London recipe with this seed."""
    from econ111.activity import read_calls
    from econ111.impact.calendar import build_calendar
    from econ111.impact.density.call import call_densities
    from econ111.impact.inputs import build_inputs
    from econ111.inference import diagnose, sample_densities
    from econ111.run.call_data import call_layout
    from econ111.run.context import make_context, silent
    from econ111.simulate import load_recipe, simulate_calls
    from econ111.specs.schema import Sampling
    from econ111.timeline import build_timeline

    context = make_context(
        "london-2024", parameters=None, store=None, use_store=False, accept_unconverged=True, announce=silent,
        progress=False,
    )  # fmt: skip
    spec, rules = context.spec, context.check_rules
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.csv"
        recipe = load_recipe(RECIPE)
        simulate_calls(recipe.model_copy(update={"seed": recipe.seed + seed})).calls.to_csv(path, index=False)
        calls = read_calls(path, call_layout(spec)).data
    timeline = build_timeline(calls.month.values, {trust.code: trust.launch_date for trust in spec.trusts})
    inputs = build_inputs(calls, timeline)
    sizes = {name: int(rules[f"refit_{name}"]) for name in ("tune", "draws", "chains")}
    start = time.process_time()
    harmonics = spec.model.harmonics if spec.model else 0
    densities = call_densities(inputs, build_calendar(timeline, harmonics=harmonics), priors=context.priors)
    posterior = sample_densities(densities, Sampling(**sizes, seed=seed), progress=False, cores=1)
    wanted = {name: posterior.draws[name].values for name in ("expected_without", "expected_mental", "displacement")}
    found = diagnose(wanted, posterior, rules=context.rules, accept=True)
    return pd.DataFrame(
        [
            {
                "seed": seed, "cpu": time.process_time() - start, "r_hat": found.r_hat,
                "effective": min(found.bulk_effective_draws, found.tail_effective_draws),
                "divergences": found.divergences,
            }
        ]
    )  # fmt: skip


if __name__ == "__main__":
    main()
