"""One joint analysis of many trusts by econ111, beside a fit per trust by packages for interrupted series.

    python benchmarks/peers.py --causalpy PYTHON [--tfcausalimpact PYTHON] [--trusts 42] [--months 72] [--fits N]

Each peer runs under a Python of its own, in which it is installed (`pip install causalpy`, `... tfcausalimpact`):
their versions of PyMC and TensorFlow do not go with ours. All get the same synthetic monthly attendances: a level that
wanders, a season, and counts wider than Poisson. The peers do what their first example does: a trend and months of the
year (CausalPy, default sampler), a local level and a season (tfcausalimpact, default fit). econ111 does all that
`econ111 run` does for the outcome-series design: what could be noticed, the projection, the pooled falls, the
verdicts. CPU seconds count all processes, imports and compilation included. With `--fits N` a peer fits N trusts only,
and its time without the imports is multiplied; the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from run_times import MEGABYTE, ROOT

AFTER = 12
CAUSALPY = """
import os, sys, json, time
import pandas as pd
import causalpy as cp
frame = pd.read_csv(sys.argv[1], parse_dates=["period"])
ready = time.process_time() + sum(os.times()[2:4])
for trust in sys.argv[3].split(","):
    own = frame[frame.trust_code == trust].set_index("period")
    own = own.assign(y=own.attendances_type1, t=range(len(own)), month=own.index.month)
    model = cp.pymc_models.LinearRegression(sample_kwargs={"progressbar": False, "random_seed": 1})
    found = cp.InterruptedTimeSeries(
        own, pd.Timestamp(sys.argv[2]), formula="y ~ 1 + t + C(month)", model=model
    )
print(json.dumps({"ready": ready, "version": cp.__version__}))
"""
TFCAUSALIMPACT = """
import os, sys, json, time
import pandas as pd
import causalimpact
frame = pd.read_csv(sys.argv[1], parse_dates=["period"])
ready = time.process_time()
launch = pd.Timestamp(sys.argv[2])
for trust in sys.argv[3].split(","):
    own = frame[frame.trust_code == trust].set_index("period")[["attendances_type1"]].astype("float32").asfreq("MS")
    before = own.index[own.index < launch]
    causalimpact.CausalImpact(
        own, [before[0], before[-1]], [launch, own.index[-1]], model_args={"nseasons": 12, "season_duration": 1}
    )
print(json.dumps({"ready": ready, "version": causalimpact.__version__}))
"""
PEERS = {"causalpy": CAUSALPY, "tfcausalimpact": TFCAUSALIMPACT}


def main() -> None:
    """Measure all that are given and print them side by side."""
    given = _options()
    if given.child:
        print(json.dumps(joint(given.child)))
        return
    with tempfile.TemporaryDirectory(prefix="econ111-peers-") as name:
        data, launch = make_series(Path(name), given.trusts, given.months)
        trusts = [f"T{number:02d}" for number in range(given.trusts)]
        ours = measure([sys.executable, __file__, "--child", str(data), "--months", str(given.months)])
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; {given.trusts} trusts x {given.months} months\n")
        print("| | fits | CPU s | of econ111 | wall s | peak MB |\n|---|---|---|---|---|---|")
        print(f"| econ111, all trusts jointly | 1 | {ours['cpu']:.0f} | 1 | {ours['wall']:.0f} | {ours['peak']:.0f} |")
        for peer, script in PEERS.items():
            python = getattr(given, peer)
            if python is None:
                continue
            chosen = trusts[: given.fits or len(trusts)]
            found = measure([python, "-c", script, str(data), launch, ",".join(chosen)])
            cpu = found["ready"] + (found["cpu"] - found["ready"]) * len(trusts) / len(chosen)
            about = f"{len(trusts)}" if len(chosen) == len(trusts) else f"{len(chosen)}, scaled to {len(trusts)}"
            wall = f"{found['wall']:.0f}" if len(chosen) == len(trusts) else f"{found['wall']:.0f} for {len(chosen)}"
            print(
                f"| {peer} {found['version']}, each trust | {about} | {cpu:.0f} | {cpu / ours['cpu']:.1f} | {wall} | "
                f"{found['peak']:.0f} |",
                flush=True,
            )
    print(f"\necon111: fewest effective draws {ours['effective']:.0f}, largest R-hat {ours['r_hat']:.3f}")


def make_series(folder: Path, trusts: int, months: int) -> tuple[Path, str]:
    """Synthetic attendances in the layout of the monthly series; the file, and the first month of the service."""
    rng = np.random.default_rng(1)
    period = pd.date_range("2019-01-01", periods=months, freq="MS")
    rows = []
    for number in range(trusts):
        level = np.log(rng.uniform(5000, 16000)) + np.cumsum(rng.normal(0, 0.015, months))
        season = 0.04 * np.cos(2 * np.pi * (np.arange(months) - 1) / 12)
        counts = rng.poisson(np.exp(level + season) * rng.gamma(900, 1 / 900, months))
        code = f"T{number:02d}"
        rows.append(
            pd.DataFrame(
                {
                    "trust_code": code, "trust_region": "Synthetic", "trust_name": f"Synthetic trust {code}",
                    "attendances_type1": counts.astype(float), "breaches_4hr_type1": 0.0,
                    "period": period.strftime("%Y-%m-%d"),
                }
            )
        )  # fmt: skip
    path = folder / "series.csv"
    pd.concat(rows).sort_values(["period", "trust_code"]).to_csv(path, index=False)
    return path, str(period[months - AFTER].date())


def joint(data: Path) -> dict[str, Any]:
    """The whole outcome-series evaluation of the file."""
    from econ111.run import evaluate
    from econ111.specs.loading import load_spec

    months = sorted(pd.read_csv(data, usecols=["period"])["period"].unique())
    launch, last = pd.Timestamp(months[-AFTER]).date(), pd.Timestamp(months[-1]) + pd.offsets.MonthEnd(0)
    spec = load_spec("london-ed-type1")
    spec = spec.model_copy(
        update={
            "study": spec.study.model_copy(
                update={"period_start": launch, "period_end": last.date(), "synthetic": True}
            ),
            "data": spec.data.model_copy(update={"file": data.name, "region": "Synthetic", "succession": None}),
            "series": spec.series.model_copy(update={"launch_date": launch, "excluded": ()}),
        }
    )
    found = evaluate(spec, folder=data.parent, use_store=False, accept_unconverged=True)
    diagnostics = found.diagnostics or {}
    return {"effective": diagnostics["bulk_effective_draws"], "r_hat": diagnostics["r_hat"]}


def measure(command: list[str]) -> dict[str, Any]:
    """What a process printed last, with its seconds and memory."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit("A process failed; its message stands above.")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    cpu = usage.ru_utime + usage.ru_stime
    return found | {"wall": time.perf_counter() - start, "cpu": cpu, "peak": usage.ru_maxrss / MEGABYTE}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for peer in PEERS:
        parser.add_argument(f"--{peer}", metavar="PYTHON", help=f"a Python in which {peer} is installed")
    parser.add_argument("--trusts", type=int, default=42)
    parser.add_argument("--months", type=int, default=72)
    parser.add_argument("--fits", type=int, help="trusts that a peer fits; all when left out")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
