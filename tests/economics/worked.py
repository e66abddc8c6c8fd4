"""Tables worked by hand: each figure has its sum beside it, and the sum must give the figure before it judges code."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

TRUTH = Path(__file__).resolve().parents[1] / "truth"
PENNY = 0.005


def worked(name: str) -> dict[tuple[str, str], float]:
    """Figures of a hand-worked table by (case, step), once each has been added up again from its own working."""
    with (TRUTH / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        again = eval(row["working"], {"__builtins__": {}, "min": min, "max": max})
        decimals = len(row["value"].partition(".")[2])
        assert again == pytest.approx(float(row["value"]), abs=0.5000001 * 10**-decimals), f"{name}: {row}"
    return {(row["case"], row["step"]): float(row["value"]) for row in rows}
