"""What commands say while they work and when they are done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from econ111.errors import MESSAGES_SHOWN, Issue

SEVERITIES = ("error", "warning", "note")


@contextmanager
def stages() -> Iterator[tuple[Callable[[str], None], bool]]:
    """A line per stage with its time; in a terminal the sampler shows its own bar."""
    from time import monotonic

    start = monotonic()
    interactive = sys.stderr.isatty()

    def announce(stage: str) -> None:
        typer.echo(f"[{monotonic() - start:6.1f} s] {stage}", err=True)

    yield announce, interactive
    typer.echo(f"[{monotonic() - start:6.1f} s] Done", err=True)


def tell(found: Sequence[Issue], *, all_of_them: bool) -> None:
    """Every error; of warnings and notes the first few when a copy holds them all."""
    for severity in SEVERITIES:
        issues = [issue for issue in found if issue.severity == severity]
        shown = issues if all_of_them or severity == "error" else issues[:MESSAGES_SHOWN]
        for issue in shown:
            typer.echo(f"{severity.upper():8}{issue}")
        if len(shown) < len(issues):
            typer.echo(f"{'':8}... and {len(issues) - len(shown)} more {severity}s, which the marked copy shows.")


def issues_of(rows: Sequence[dict[Any, Any]]) -> list[Issue]:
    """The rows of a table of issues as the sentences that a reader sees."""
    from pandas import isna

    known: list[dict[str, Any]]
    known = [{str(name): None if isna(value) else value for name, value in row.items()} for row in rows]
    return [Issue(**{**row, "row": None if row["row"] is None else int(row["row"])}) for row in known]


def counted(found: Sequence[Issue]) -> list[str]:
    """How many problems there are of each severity, as words."""
    counts = {word: sum(issue.severity == word for issue in found) for word in SEVERITIES}
    return [f"{number} {word}{'' if number == 1 else 's'}" for word, number in counts.items()]
