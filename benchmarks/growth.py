"""How time and memory grow with trusts, months and draws, on synthetic services of the London form.

    python benchmarks/growth.py                                  # trusts 5, 20, 60; months 24, 60, 120; draws
    python benchmarks/growth.py --trusts 60 200 --months 60 --draws 1000

Each service is the London recipe with its trusts taken in turn under new codes, and the London evaluation with those
trusts: the same missing months, hidden counts and categories, so that every part of the work grows. Each run is a
fresh process with compiled code kept and no stored fit, and makes everything that `econ111 run` makes. The exponent is
the slope of log CPU seconds on log size, over the sizes of each line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
from run_times import MEGABYTE, ROOT

AFTER = 11
RECIPE = ROOT / "data" / "activity" / "recipes" / "london-2024.toml"


@dataclass(frozen=True)
class Size:
    """Of a service, and of its fit: draws of each of four chains."""

    trusts: int
    months: int
    draws: int


def main() -> None:
    """Measure each line of sizes and print it with its exponent."""
    given = _options()
    if given.child:
        print(json.dumps(run(Size(**json.loads(given.child)), given.folder)))
        return
    middle = Size(given.trusts[len(given.trusts) // 2], given.months[len(given.months) // 2], given.draws[0])
    lines = {
        "trusts": [Size(trusts, middle.months, middle.draws) for trusts in given.trusts],
        "months": [Size(middle.trusts, months, middle.draws) for months in given.months],
        "draws": [Size(middle.trusts, middle.months, draws) for draws in given.draws],
    }
    known: dict[Size, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="econ111-growth-") as name:
        measure(Size(2, 24, 50), Path(name))  # compiles, and is thrown away
        for line, sizes in lines.items():
            if len(sizes) < 2 and (line != "trusts" or max(len(other) for other in lines.values()) > 1):
                continue
            print(f"\nGrowth with {line}; load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores\n")
            print("| trusts | months | draws | wall s | CPU s | fit CPU s | peak MB | fewest effective draws |")
            print("|---|---|---|---|---|---|---|---|")
            for size in sizes:
                known[size] = known.get(size) or measure(size, Path(name))
                print("| " + " | ".join(_cells(size, known[size])) + " |", flush=True)
            for what in ("cpu", "fit") if len(sizes) > 1 else ():
                seconds = [known[size][what] for size in sizes]
                print(f"\nexponent of {what} CPU seconds: {_exponent(sizes, line, seconds):.2f}")


def measure(size: Size, folder: Path) -> dict[str, Any]:
    """One run in a process of its own."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--child", json.dumps(asdict(size)), "--folder", str(folder)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"The run of {size} failed:\n{child.stderr.read() if child.stderr else ''}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    cpu = usage.ru_utime + usage.ru_stime
    return found | {"wall": time.perf_counter() - start, "cpu": cpu, "peak": usage.ru_maxrss / MEGABYTE}


def run(size: Size, folder: Path) -> dict[str, Any]:
    """The evaluation of a synthetic service of this size, with all it writes; CPU seconds of the fit by themselves."""
    from econ111.report import write_outputs
    from econ111.run import evaluate

    spec = service(size, folder)
    marks: list[float] = []
    stages: list[str] = []

    def announce(stage: str) -> None:
        marks.append(_cpu())
        stages.append(stage)

    found = evaluate(spec, folder=folder, use_store=False, accept_unconverged=True, announce=announce)
    write_outputs(found, folder / "out")
    fit = next(place for place, stage in enumerate(stages) if stage.startswith("Sampling"))
    diagnostics = found.diagnostics or {}
    effective = min(diagnostics["bulk_effective_draws"], diagnostics["tail_effective_draws"])
    return {"fit": marks[fit + 1] - marks[fit], "effective": effective, "divergences": diagnostics["divergences"]}


def service(size: Size, folder: Path) -> Any:
    """Calls of a synthetic service written into the folder, and the evaluation of them."""
    from econ111.simulate import load_recipe, simulate_calls
    from econ111.specs.loading import load_spec

    recipe, spec = load_recipe(RECIPE), load_spec("london-2024")
    last, codes = recipe.last_month, [f"T{number:03d}" for number in range(size.trusts)]
    first = _months_before(last, size.months - 1)
    grown = recipe.model_copy(
        update={
            "first_month": first,
            "trusts": tuple(
                trust.model_copy(update={"code": code})
                for code, trust in zip(codes, islice(cycle(recipe.trusts), size.trusts), strict=True)
            ),
        }
    )
    simulate_calls(grown).calls.to_csv(folder / "calls.csv", index=False)
    trusts = tuple(
        trust.model_copy(update={"code": code, "name": f"Trust {code}"})
        for code, trust in zip(codes, islice(cycle(spec.trusts), size.trusts), strict=True)
    )
    return spec.model_copy(
        update={
            "trusts": trusts,
            "data": spec.data.model_copy(update={"file": "calls.csv"}),
            "model": spec.model.model_copy(update={"minimum_pre_months": min(24, size.months - AFTER)}),
            "value_of_information": None,
            "sampling": spec.sampling.model_copy(update={"draws": size.draws}),
        }
    )


def _months_before(month: date, count: int) -> date:
    months = month.year * 12 + month.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _cells(size: Size, found: dict[str, Any]) -> list[str]:
    sizes = [str(size.trusts), str(size.months), f"4 x {size.draws}"]
    seconds = [f"{found[name]:.1f}" for name in ("wall", "cpu", "fit")]
    return [*sizes, *seconds, f"{found['peak']:.0f}", f"{found['effective']:.0f} ({found['divergences']} divergent)"]


def _exponent(sizes: list[Size], line: str, seconds: list[float]) -> float:
    return float(np.polyfit(np.log([getattr(size, line) for size in sizes]), np.log(seconds), 1)[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trusts", type=int, nargs="+", default=[5, 20, 60])
    parser.add_argument("--months", type=int, nargs="+", default=[24, 60, 120])
    parser.add_argument("--draws", type=int, nargs="+", default=[1000, 2000, 4000])
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
