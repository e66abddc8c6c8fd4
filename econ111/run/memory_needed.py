"""Whether the machine has the memory that an evaluation takes, said before the fit and not after hours of it.

What one takes was measured on whole runs of synthetic services (`benchmarks/growth.py`; the table stands in
`docs/performance.md`) and is stated here with room to spare. Steps that would hold every draw of every trust at once go
in passes, so that what grows is the draws themselves.
"""

from __future__ import annotations

from pathlib import Path

import psutil

from econ111.errors import EnvironmentProblem

# The interpreter and its libraries; then bytes for each draw of a trust, and of a month of a trust.
BASE = 800e6
EACH_TRUST, EACH_MONTH = 7_000.0, 20.0
_GROUPS = Path("/sys/fs/cgroup")


def memory_needed(*, trusts: int, months: int, draws: int) -> float:
    """What an evaluation of calls takes at its largest, in bytes.

    Parameters
    ----------
    trusts, months : int
        Of the evaluation.
    draws : int
        Kept draws of all chains together.

    Returns
    -------
    float
        Bytes; above every size that was measured.

    Examples
    --------
    >>> round(memory_needed(trusts=5, months=35, draws=4_000) / 1e9, 2)
    0.95
    """
    return BASE + draws * trusts * (EACH_TRUST + EACH_MONTH * months)


def memory_at_hand(groups: Path = _GROUPS) -> float:
    """What this process may still take, in bytes: free memory and swap, or what is left of a container's limit.

    Parameters
    ----------
    groups : Path
        Where the kernel states the limits of a container; without it the machine's own memory counts.

    Returns
    -------
    float
        Bytes.
    """
    free = float(psutil.virtual_memory().available + psutil.swap_memory().free)
    limits = (
        (groups / "memory.max", groups / "memory.current", groups / "memory.stat"),
        (
            groups / "memory" / "memory.limit_in_bytes",
            groups / "memory" / "memory.usage_in_bytes",
            groups / "memory" / "memory.stat",
        ),
    )
    for limit, used, parts in limits:
        most, taken = _number(limit), _number(used)
        if most is not None and taken is not None:
            free = min(free, most - taken + _given_back(parts))
    return max(free, 0.0)


def check_memory(*, trusts: int, months: int, draws: int, at_hand: float | None = None) -> None:
    """Refuse an evaluation that the machine cannot hold.

    Parameters
    ----------
    trusts, months, draws : int
        As in `memory_needed`.
    at_hand : float, optional
        Bytes; what `memory_at_hand` finds when left out.

    Raises
    ------
    EnvironmentProblem
        When more is needed than there is, with both figures and what helps.
    """
    needed = memory_needed(trusts=trusts, months=months, draws=draws)
    free = memory_at_hand() if at_hand is None else at_hand
    if needed > free:
        raise EnvironmentProblem(
            f"{trusts} trusts over {months} months with {draws:,} draws take about {needed / 1e9:.1f} GB of memory, "
            f"and {free / 1e9:.1f} GB are free. Close other programs, lower `draws` in [sampling], or split the "
            "trusts into several evaluations and run them one after another: econ111 grid FOLDER --processes 1."
        )


def _number(path: Path) -> float | None:
    """The number in a file of the kernel; none where there is no file, or no limit."""
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _given_back(path: Path) -> float:
    """Bytes of files kept in memory that the kernel gives back when they are asked for."""
    try:
        lines = dict(line.split(maxsplit=1) for line in path.read_text(encoding="ascii").splitlines())
        return float(lines.get("total_inactive_file", lines.get("inactive_file", 0)))
    except (OSError, ValueError):
        return 0.0
