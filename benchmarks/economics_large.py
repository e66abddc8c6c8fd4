"""The economics at the size of all English providers: a million draws, sixty trusts, six consequences, five years.

Cost-consequence and budget impact are worked out by `econ111.economics.large`, in blocks of draws. Kept are totals by
draw, consequence, payer and year, and means of trusts. Reported: draws a second, the largest memory, and the traffic of
the arithmetic core over the bandwidth that this machine shows on a plain copy in the same minute.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator

import numpy as np

from econ111.economics import BudgetPlan
from econ111.economics.large import Block, LargeCosts, budget_of_totals, cost_in_blocks
from econ111.intervals import INTERVAL_LEVEL, summarise

TRUSTS, YEARS, BLOCK = 60, 5, 4096
PAYERS = {
    "ed_attendance": "acute", "admission": "acute", "ambulance_conveyance": "ambulance",
    "primary_care_contact": "primary_care", "crisis_contact": "mental_health_trust",
    "liaison_contact": "mental_health_trust",
}  # fmt: skip
PLAN = BudgetPlan("2025/26", (1.0, 1.0, 0.9, 0.9, 0.8), PAYERS, "mental_health_trust")
GIBI = 1024**3
# Units of the largest resident size: kilobytes on Linux, bytes on macOS.
RESIDENT = 1 if sys.platform == "darwin" else 1024
POOL = 6


def pool(seed: int = 1) -> list[Block]:
    """Blocks of made-up draws, together larger than any cache; what they are does not matter."""
    rng = np.random.default_rng(seed)
    shape = (len(PAYERS), TRUSTS, BLOCK)
    return [
        Block(
            1000 * rng.random(shape), 900 * rng.random(shape), 5000 + 1000 * rng.random(shape[1:]),
            100 + 300 * rng.random((len(PAYERS), BLOCK)), 80 + 20 * rng.random(BLOCK), 0.06 * rng.random(BLOCK),
        )
        for _ in range(POOL)
    ]  # fmt: skip


def stream(blocks: list[Block], draws: int) -> Iterator[Block]:
    """The blocks over and over until there are so many draws."""
    for number in range(draws // BLOCK):
        yield blocks[number % len(blocks)]
    if draws % BLOCK:
        rest = vars(blocks[0]).items()
        yield Block(**{name: value[..., : draws % BLOCK] for name, value in rest})


def traffic(draws: int) -> float:
    """Bytes that the core must move at least: every input read once, every result written once."""
    inputs = 2 * len(PAYERS) * TRUSTS + TRUSTS + len(PAYERS) + 2
    return 8.0 * draws * (inputs + len(PAYERS) + 2)


def bandwidth(megabytes: int = 256, repeats: int = 5) -> float:
    """Bytes a second, read and written, of a plain copy of an array larger than any cache; the best of some."""
    source = np.ones(megabytes * 1024**2 // 8)
    target = np.empty_like(source)
    best = 0.0
    for _ in range(repeats):
        start = time.perf_counter()
        np.copyto(target, source)
        best = max(best, 2 * source.nbytes / (time.perf_counter() - start))
    return best


def core(blocks: list[Block], draws: int) -> tuple[LargeCosts, float]:
    """Costs of all draws, and seconds."""
    start = time.perf_counter()
    found = cost_in_blocks(stream(blocks, draws), draws=draws)
    return found, time.perf_counter() - start


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1_000_000)
    given = parser.parse_args()
    blocks = pool()
    core(blocks, BLOCK * POOL)
    copied = bandwidth()
    found, seconds = core(blocks, given.draws)
    copied = max(copied, bandwidth())
    begun = time.perf_counter()
    budget = budget_of_totals(found, PLAN, list(PAYERS), period_months=12.0)
    summary = summarise(budget["economic_value"])
    rest = time.perf_counter() - begun
    moved = traffic(given.draws) / seconds
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RESIDENT
    print(f"{given.draws:,} draws x {TRUSTS} trusts x {len(PAYERS)} consequences x {YEARS} years, blocks of {BLOCK}")
    print(f"cost-consequence: {seconds:.2f} s, {given.draws / seconds:,.0f} draws a second")
    print(
        f"budget by payer and year with {INTERVAL_LEVEL:.0%} intervals: {rest:.2f} s, {summary.sizes['payer']} payers"
    )
    print(f"largest memory: {memory / GIBI:.2f} GiB")
    print(f"core traffic: {moved / GIBI:.2f} GiB/s; plain copy: {copied / GIBI:.2f} GiB/s; ratio {moved / copied:.2f}")


if __name__ == "__main__":
    main()
