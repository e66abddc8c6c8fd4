"""The command line. Messages and exit codes are for people.

Exit codes: 0 done, 1 a fault of econ111, 2 bad input, 3 a fit that cannot be used, 4 a fault of the machine,
5 a run that could not be made again, 130 stopped by the user, 143 stopped by the machine. A message never shows a
traceback unless `--debug` asks for it.

app          the application, and options that several commands share
evaluating   run, grid, check-model, verify, reproduce, trace
preparing    new, check, aggregate, simulate, parameters, evaluations
words        what commands say
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

import typer

from econ111.cli import evaluating, preparing  # noqa: F401  each command joins the application when it is imported
from econ111.cli.app import app
from econ111.errors import Econ111Error, EnvironmentProblem

__all__ = ["app", "main"]

STOPPED = 130
TERMINATED = 143
_REPORT = "Run it again with --debug before the command and send us what it prints, without any data."


def main() -> None:
    """Run the command line; every fault is one message and an exit code."""
    _prepare()
    try:
        app()
    except Econ111Error as error:
        _fail(error, error.exit_code)
    except KeyboardInterrupt:
        typer.echo("\nStopped. Nothing half-done was written.", err=True)
        sys.exit(STOPPED)
    except OSError as error:
        _fail(error, EnvironmentProblem.exit_code)
    except MemoryError as error:
        said = "Memory ran out; nothing half-done was written. Close other programs, or use a larger machine."
        _fail(error, EnvironmentProblem.exit_code, said)
    except Exception as error:
        what = f"{type(error).__name__}: {str(error)[:300]}"
        _fail(error, Econ111Error.exit_code, f"A fault of econ111, or of its installation ({what}). {_REPORT}")


def _prepare() -> None:
    """Signs that a terminal cannot show are written as codes, and a request to stop ends the run tidily."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _tell_unraisable
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))


def _tell_unraisable(found: sys.UnraisableHookArgs) -> None:
    """A file that cannot be closed on a full disk was told of already."""
    if not isinstance(found.exc_value, OSError):
        sys.__unraisablehook__(found)


def _fail(error: Exception, code: int, said: str | None = None) -> None:
    if "--debug" in sys.argv:
        raise error
    typer.echo(said or str(error), err=True)
    _let_go_of_output()
    sys.exit(code)


def _let_go_of_output() -> None:
    """What a full disk did not take would be tried again at the end of the process, and change its exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nothing:
            os.dup2(nothing.fileno(), sys.stdout.fileno())
