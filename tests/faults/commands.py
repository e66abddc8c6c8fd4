"""Running econ111 as a person does, in a process of its own, under a machine that is not as it should be."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUICK = "hampshire-2021"
EMPTY = ""


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that a person saw."""
        return self.out + self.err


type Tell = Callable[..., Done]


def command(*words: object) -> list[str]:
    """The words of a command line."""
    return [sys.executable, "-m", "econ111", *map(str, words)]


def environment(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """The environment of a command, with changes; None takes a name away."""
    made = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "MPLBACKEND": "Agg",
        **{k: v for k, v in (changes or {}).items() if v},
    }
    for name, value in (changes or {}).items():
        if value is None:
            made.pop(name, None)
        elif value == EMPTY:
            made[name] = EMPTY
    return made


def run(
    *words: object,
    env: Mapping[str, str | None] | None = None,
    limit: Callable[[], None] | None = None,
    folder: Path | None = None,
    out: object = subprocess.PIPE,
) -> Done:
    """Run a command to its end; `limit` is called in its process before it starts."""
    done = subprocess.run(
        command(*words), env=environment(env), preexec_fn=limit, cwd=folder, stdout=out, stderr=subprocess.PIPE,
        timeout=300, check=False,
    )  # fmt: skip
    text = [(part or b"").decode("utf-8", errors="replace") for part in (done.stdout, done.stderr)]
    return Done(done.returncode, *text)


def files_of_at_most(size: int) -> Callable[[], None]:
    """No file may grow beyond a size: what a program meets on a full disk, at every write."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def memory_of_at_most(size: int) -> Callable[[], None]:
    """No more address space than this."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))
