"""The application that every command joins, and the options that several of them share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from econ111 import __version__

app = typer.Typer(
    name="econ111",
    help="Economic evaluation of the NHS 111 mental-health option and services like it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
EvaluationName = Annotated[str, typer.Argument(help="Name of a shipped evaluation, or path of a TOML file.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for results; a folder per evaluation is made in it.")]
Store = Annotated[Path | None, typer.Option("--store", help="Folder of stored fits and of what rests on them.")]
NoStore = Annotated[bool, typer.Option("--no-store", help="Neither read nor write stored fits.")]
AcceptUnconverged = Annotated[
    bool, typer.Option("--accept-unconverged", help="Go on with a fit that broke a rule; every output is marked.")
]
Parameters = Annotated[
    Path | None, typer.Option("--parameters", help="Folder of parameter files instead of the shipped one.")
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster that does the work instead (tcp://host:8786)."),
]


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")] = False,
) -> None:
    if version:
        typer.echo(f"econ111 {__version__}")
        raise typer.Exit
