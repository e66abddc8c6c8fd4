"""How long the value of information takes, and how the time grows with the draws.

CPU seconds, the least of several runs after a first one that is not counted. A growth exponent is the slope of log time
over log draws between the two largest sizes: 1 is linear. The functions timed are the public ones, checks included.
"""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Callable

import numpy as np

from econ111.economics import evpi_curve, evppi

SIZES = (10_000, 100_000, 1_000_000)
REPEATS = 3


def main() -> None:
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}\n")
    thresholds = np.linspace(0, 1000, 501)
    report("EVPI of two options at 501 thresholds", lambda draws: _curve(draws, thresholds), target="30 ms at 1e5")
    report("EVPPI of one parameter, with its check", _one, target="50 ms at 1e5")
    report("EVPPI of five parameters jointly, with its check", _five, target="6 s at 1e6")


def report(name: str, prepare: Callable[[int], Callable[[], object]], *, target: str) -> None:
    """Time one task at each size and print a line."""
    times = [_least(prepare(draws)) for draws in SIZES]
    growth = math.log(times[-1] / times[-2]) / math.log(SIZES[-1] / SIZES[-2])
    shown = ", ".join(f"{draws:,}: {_words(seconds)}" for draws, seconds in zip(SIZES, times, strict=True))
    print(f"{name}\n  {shown}; grows as draws^{growth:.2f}; target {target}")


def _curve(draws: int, thresholds: np.ndarray) -> Callable[[], object]:
    rng = np.random.default_rng(1)
    costs, effects = rng.normal(100, 300, (draws, 2)), rng.normal(0.5, 1.0, (draws, 2))
    return lambda: evpi_curve(costs, effects, thresholds)


def _one(draws: int) -> Callable[[], object]:
    rng = np.random.default_rng(2)
    parameter = rng.standard_normal(draws)
    net = parameter**2 - 1.2 + rng.normal(0, 2, draws)
    return lambda: evppi(net, {"parameter": parameter})


def _five(draws: int) -> Callable[[], object]:
    """A product of calls, share displaced, share attending and unit cost, less a cost."""
    rng = np.random.default_rng(3)
    parameters = {
        "calls": rng.normal(1000, 100, draws),
        "displaced": rng.beta(8, 12, draws),
        "attending": rng.beta(5, 5, draws),
        "unit_cost": rng.gamma(25, 280 / 25, draws),
        "line_cost": rng.normal(56, 8, draws),
    }
    value = parameters["displaced"] * parameters["attending"] * parameters["unit_cost"]
    net = parameters["calls"] * (value - parameters["line_cost"]) + rng.normal(0, 2e4, draws)
    return lambda: evppi(net, parameters, groups=list(parameters))


def _least(task: Callable[[], object]) -> float:
    task()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return min(times)


def _words(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


if __name__ == "__main__":
    main()
