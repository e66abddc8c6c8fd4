"""The same model of the calls by plain PyMC with its default sampler, beside econ111, in one run on one machine.

    plain    the joint model of all trusts as one `pm.Model`, `pm.sample()` with its defaults, nothing compiled
    cold     `econ111 run`, nothing compiled, no stored fit: with the economics, the checks and every output
    warm     the same with compiled code and no stored fit, as after a change of the data
    stored   the same with compiled code and the stored fit

CPU seconds count all processes. Effective draws are the fewest over the same quantities for both: calls of each line in
the evaluated months, what each trust's line lost, and the shares of every disposition before and on the new line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import xarray as xr
from run_times import ROOT, measure_runs

WANTED = ("expected_without", "expected_with", "expected_mental", "displacement", "share")


def main() -> None:
    """Measure both and print them side by side."""
    options = _options()
    if options.child:
        options.child.write_text(json.dumps(sample_plainly(options.evaluation)), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory(prefix="econ111-plain-") as name:
        folder = Path(name)
        runs = measure_runs(options.evaluation, folder)
        ours = effective_draws(stored_draws(options.evaluation, folder / "store"), chains=options.chains)
        plain, seconds = measure_plain(options.evaluation, folder)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end; {os.cpu_count()} cores\n")
    print("| | CPU s | of plain | wall s | fewest effective draws | a CPU s |\n|---|---|---|---|---|---|")
    print(
        f"| plain PyMC | {seconds['cpu']:.0f} | 1 | {seconds['wall']:.0f} | {plain['effective']:.0f} | "
        f"{plain['effective'] / seconds['cpu']:.2f} |"
    )
    for run in runs:
        rate = "" if run.name == "stored" else f"{ours / run.cpu:.1f}"
        print(f"| {run.name} | {run.cpu:.1f} | {run.cpu / seconds['cpu']:.4f} | {run.wall:.1f} | {ours:.0f} | {rate} |")
    divergent = f"{plain['divergences']} divergent of {plain['draws']} draws"
    print(f"\nplain PyMC: {divergent}; largest memory {seconds['mb']:.0f} MB")


def measure_plain(evaluation: str, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """What the plain fit found, and its seconds and memory, in a process of its own with nothing compiled."""
    found = folder / "plain.json"
    flags = f"base_compiledir={folder / 'plain-compiled'}"
    environment = os.environ | {"PYTENSOR_FLAGS": flags, "NUMBA_CACHE_DIR": str(folder / "plain-numba")}
    command = [sys.executable, __file__, "--child", str(found), "--evaluation", evaluation]
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sys.stderr)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit("The plain fit failed; its message stands above.")
    seconds = {
        "wall": time.perf_counter() - start, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024,
    }  # fmt: skip
    return json.loads(found.read_text(encoding="utf-8")), seconds


def sample_plainly(evaluation: str) -> dict[str, float]:
    """The joint model sampled as a newcomer to PyMC would."""
    import pymc as pm

    from econ111.activity import read_calls
    from econ111.impact.calendar import build_calendar
    from econ111.impact.call_model import build_call_model
    from econ111.impact.inputs import build_inputs
    from econ111.run.call_data import call_layout
    from econ111.run.context import make_context, silent
    from econ111.specs.loading import find_data_file
    from econ111.timeline import build_timeline

    context = make_context(
        evaluation, parameters=None, store=None, use_store=False, accept_unconverged=True, announce=silent,
        progress=False,
    )  # fmt: skip
    spec = context.spec
    calls = read_calls(find_data_file(spec, context.spec_path), call_layout(spec)).data
    timeline = build_timeline(calls.month.values, {trust.code: trust.launch_date for trust in spec.trusts})
    inputs = build_inputs(calls, timeline)
    assert spec.model is not None
    with build_call_model(inputs, build_calendar(timeline, harmonics=spec.model.harmonics), priors=context.priors):
        tree = pm.sample(progressbar=False, random_seed=context.sampling.seed)
    posterior = tree["posterior"].to_dataset()[list(WANTED)]
    chains = posterior.sizes["chain"]
    draws = posterior.stack(sample=("chain", "draw"), create_index=False)
    return {
        "effective": effective_draws(draws, chains=chains),
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "draws": draws.sizes["sample"],
    }


def stored_draws(evaluation: str, store: Path) -> xr.Dataset:
    """The draws of econ111's fit, from the store that its run left."""
    from econ111.run import evaluate

    found = evaluate(evaluation, store=store)
    assert found.posterior is not None
    return found.posterior[list(WANTED)]


def effective_draws(draws: xr.Dataset, *, chains: int) -> float:
    """Fewest bulk effective draws over the quantities that estimands rest on."""
    from arviz_stats.base import array_stats

    late = [str(month) >= str(date(2024, 4, 1)) for month in draws.month.values]
    columns = [draws[name].isel(month=late).sum("month").transpose("sample", ...).values for name in WANTED[:3]]
    columns += [draws[name].transpose("sample", ...).values for name in WANTED[3:]]
    flat = np.concatenate([values.reshape(len(values), -1) for values in columns], axis=1)
    flat = flat[:, flat.std(axis=0) > 0].reshape(chains, -1, flat[:, flat.std(axis=0) > 0].shape[1])
    return float(np.min(array_stats.ess(flat, method="bulk", chain_axis=0, draw_axis=1)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare econ111 with the same model in plain PyMC.")
    parser.add_argument("--evaluation", default="london-2024", help="a shipped evaluation of calls")
    parser.add_argument("--chains", type=int, default=4, help="chains of the evaluation's own fit")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
