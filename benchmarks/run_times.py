"""How long a reader waits, and for what: imports, a cold run, a run with compiled code, a run with a stored fit.

Each figure comes from fresh processes. The runs of one evaluation use caches of their own in a folder made for them, so
that nothing of the reader's is used or lost:

    cold     nothing compiled, no stored fit
    warm     compiled code kept, no stored fit
    stored   compiled code and stored fit kept

Needs Linux or macOS: CPU time and memory of finished processes are asked of the system. `benchmarks/README.md` says how
to read the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 5
HEAVY = ("pymc", "arviz", "seaborn")
# Measured inside the process, so that the start of Python itself is in neither figure.
IMPORT_TIMER = """
import sys, time
wall, cpu = time.perf_counter(), time.process_time()
import {name}
print(time.perf_counter() - wall, time.process_time() - cpu, *(one for one in {heavy} if one in sys.modules))
"""
STAGE = re.compile(r"^\[\s*([\d.]+) s\] (.*)$", re.MULTILINE)
# Units of the largest resident size: kilobytes on Linux, bytes on macOS.
MEGABYTE = 1024**2 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """One run: seconds, megabytes, stages with their seconds, convergence, and the checksum of its estimates."""

    name: str
    wall: float
    cpu: float
    largest_process: float
    stages: list[tuple[str, float]]
    convergence: Mapping[str, Any]
    estimates: str


def main() -> None:
    """Measure and print; the imports only when asked to be quick."""
    options = _options()
    print(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, ",
        end="",
    )
    print(f"load {os.getloadavg()[0]:.1f} at the start\n")
    print_imports()
    if options.quick:
        return
    if options.folder:
        options.folder.mkdir(parents=True)
        print_runs(measure_runs(options.evaluation, options.folder.resolve()))
        return
    with tempfile.TemporaryDirectory(prefix="econ111-benchmark-") as folder:
        print_runs(measure_runs(options.evaluation, Path(folder)))


def print_imports() -> None:
    """Median seconds of `import econ111` and `import pymc`, taken in turns, and their ratio."""
    names = ("econ111", "pymc")
    for name in names:  # the first import of each writes bytecode
        import_once(name)
    taken = [{name: import_once(name) for name in names} for _ in range(REPEATS)]
    print(f"Import, median of {REPEATS} fresh processes\n")
    print("| | wall s | CPU s |\n|---|---|---|")
    medians = {name: [statistics.median(one[name][0][k] for one in taken) for k in (0, 1)] for name in names}
    for name in names:
        print(f"| `import {name}` | {medians[name][0]:.3f} | {medians[name][1]:.3f} |")
    ratios = [light / heavy for light, heavy in zip(medians["econ111"], medians["pymc"], strict=True)]
    print(f"| ratio | {ratios[0]:.3f} | {ratios[1]:.3f} |")
    print(f"\nLoaded by `import econ111` of {', '.join(HEAVY)}: {', '.join(taken[0]['econ111'][1]) or 'none'}\n")


def import_once(name: str) -> tuple[tuple[float, float], list[str]]:
    """Wall and CPU seconds of one import in a fresh process, and which heavy packages it loaded."""
    command = [sys.executable, "-c", IMPORT_TIMER.format(name=name, heavy=HEAVY)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    wall, cpu, *loaded = done.stdout.split()
    return (float(wall), float(cpu)), loaded


def measure_runs(evaluation: str, folder: Path) -> list[Run]:
    """The three runs, one after another: cold, with compiled code, with a stored fit."""
    cold = measure(evaluation, "cold", folder)
    shutil.rmtree(folder / "store", ignore_errors=True)
    return [cold, measure(evaluation, "warm", folder), measure(evaluation, "stored", folder)]


def measure(evaluation: str, name: str, folder: Path) -> Run:
    """One run in a fresh process, with its caches and its results in the folder."""
    print(f"{name} run of {evaluation} ...", file=sys.stderr, flush=True)
    out = folder / name
    # A fit that broke a rule is measured all the same, and the table says so.
    command = [sys.executable, "-m", "econ111", "run", evaluation, "--out", str(out), "--accept-unconverged"]
    said = folder / f"{name}.txt"
    start = time.perf_counter()
    with said.open("w", encoding="utf-8") as stream:
        child = subprocess.Popen(command, cwd=ROOT, env=_own_caches(folder), stdout=stream, stderr=stream)
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"The {name} run ended with exit code {child.returncode}:\n{said.read_text(encoding='utf-8')}")
    record = json.loads(next(out.glob("*/record.json")).read_text(encoding="utf-8"))
    return Run(
        name=name,
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        largest_process=usage.ru_maxrss / MEGABYTE,
        stages=stages_of(said.read_text(encoding="utf-8")),
        convergence=record["diagnostics"] or {},
        estimates=record["files"].get("estimates.csv", ""),
    )


def stages_of(said: str) -> list[tuple[str, float]]:
    """Each stage that a run announced, with its seconds; the last announcement is the end."""
    marks = [(float(second), stage) for second, stage in STAGE.findall(said)]
    return [(stage, later - now) for (now, stage), (later, _) in pairwise(marks)]


def print_runs(runs: list[Run]) -> None:
    """One line per run, then its stages."""
    print("Runs\n")
    print("| run | wall s | CPU s | largest process MB | R-hat | least effective draws | per CPU s | fit |")
    print("|---|---|---|---|---|---|---|---|")
    for run in runs:
        found = run.convergence
        least = min(found.get("bulk_effective_draws", 0.0), found.get("tail_effective_draws", 0.0))
        cells = [run.name, f"{run.wall:.1f}", f"{run.cpu:.1f}", f"{run.largest_process:.0f}"]
        cells += [f"{found.get('r_hat', float('nan')):.4f}", f"{least:.0f}", f"{least / run.cpu:.1f}"]
        print(f"| {' | '.join([*cells, found.get('failure') or 'passed'])} |")
    same = len({run.estimates for run in runs}) == 1
    print(f"\nOne seed, one result (the same table of estimates): {'yes' if same else 'NO'}")
    print("\n| stage | " + " | ".join(f"{run.name} s" for run in runs) + " |")
    print("|---|" + "---|" * len(runs))
    for place, (stage, _) in enumerate(runs[0].stages):
        print(f"| {stage} | " + " | ".join(f"{run.stages[place][1]:.1f}" for run in runs) + " |")


def _own_caches(folder: Path) -> dict[str, str]:
    """The environment with every cache in the folder: compiled code of PyTensor and numba, and stored fits."""
    flags = [os.environ.get("PYTENSOR_FLAGS", ""), f"base_compiledir={folder / 'compiled' / 'pytensor'}"]
    return os.environ | {
        "PYTENSOR_FLAGS": ",".join(flag for flag in flags if flag),
        "NUMBA_CACHE_DIR": str(folder / "compiled" / "numba"),
        "ECON111_CACHE": str(folder / "store"),
        "MPLBACKEND": "Agg",
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure imports and runs of econ111.")
    parser.add_argument("--quick", action="store_true", help="imports only")
    parser.add_argument("--evaluation", default="london-2024", help="a shipped evaluation that samples")
    parser.add_argument("--folder", type=Path, help="a new folder to work in, kept afterwards")
    return parser.parse_args()


if __name__ == "__main__":
    main()
