"""The command line. Messages and exit codes are for people.

Exit codes: 0 done, 1 a fault of econ111, 2 bad input, 3 a fit that cannot be used, 4 a fault of the machine,
5 a run that could not be made again, 130 stopped by the user, 143 stopped by the machine. A message never shows a
traceback unless `--debug` asks for it.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from econ111 import __version__
from econ111.errors import MESSAGES_SHOWN, Econ111Error, EnvironmentProblem, InputError, Issue

app = typer.Typer(
    name="econ111",
    help="Economic evaluation of the NHS 111 mental-health option and services like it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
STOPPED = 130
TERMINATED = 143
_REPORT = "Run it again with --debug before the command and send us what it prints, without any data."
NOT_REPRODUCED = 5
_SEVERITIES = ("error", "warning", "note")
Parameters = Annotated[
    Path | None, typer.Option("--parameters", help="Folder of parameter files instead of the shipped one.")
]


@app.command()
def run(
    evaluation: Annotated[str, typer.Argument(help="Name of a shipped evaluation, or path of a TOML file.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for results; a folder per evaluation is made in it.")
    ] = Path("out"),
    parameters: Parameters = None,
    store: Annotated[Path | None, typer.Option("--store", help="Folder of stored fits.")] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Neither read nor write stored fits.")] = False,
    accept_unconverged: Annotated[
        bool, typer.Option("--accept-unconverged", help="Go on with a fit that broke a rule; every output is marked.")
    ] = False,
    no_disclosure_control: Annotated[
        bool,
        typer.Option("--no-disclosure-control", help="Show observed counts as they came; the page says so."),
    ] = False,
) -> None:
    """Run one evaluation and write its report, tables, draws and record."""
    from econ111.report import write_outputs
    from econ111.run import evaluate

    with _stages() as (announce, interactive):
        result = evaluate(
            evaluation, parameters=parameters, store=store, use_store=not no_store,
            accept_unconverged=accept_unconverged,
            disclosure_control=not no_disclosure_control, announce=announce, progress=interactive,
        )  # fmt: skip
        announce("Writing the report, tables, draws and record")
        written = write_outputs(result, out / result.spec.study.name)
    typer.echo(f"\n{result.summary()}\n")
    for path in written:
        typer.echo(f"  {path}")


@app.command(name="check-model")
def check_model_command(
    evaluation: Annotated[str, typer.Argument(help="Name of a shipped evaluation, or path of a TOML file.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for results; a folder per evaluation is made in it.")
    ] = Path("out"),
    parameters: Parameters = None,
    store: Annotated[Path | None, typer.Option("--store", help="Folder of stored fits and refits.")] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Neither read nor write stored fits.")] = False,
    accept_unconverged: Annotated[
        bool, typer.Option("--accept-unconverged", help="Go on with a fit that broke a rule; every output is marked.")
    ] = False,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Refits at a time; all processors when left out.")
    ] = None,
) -> None:
    """Run every check of an evaluation's model, refits among them, and write a page and tables."""
    from econ111.report.checks_page import write_checks
    from econ111.report.checks_words import checks_sentences
    from econ111.run.check_model import check_model

    with _stages() as (announce, interactive):
        result = check_model(
            evaluation, parameters=parameters, store=store, use_store=not no_store,
            accept_unconverged=accept_unconverged, processes=processes, announce=announce, progress=interactive,
        )  # fmt: skip
        announce("Writing the page and tables of the checks")
        written = write_checks(result, out / result.spec.study.name)
    for sentence in checks_sentences(result):
        typer.echo(f"  {sentence}")
    for path in written:
        typer.echo(f"  {path}")


@app.command()
def verify(
    evaluation: Annotated[str, typer.Argument(help="Name of a shipped evaluation, or path of a TOML file.")],
    test: Annotated[list[str] | None, typer.Option("--test", help="Number of a test; may be given again.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV file for the whole table.")] = None,
    parameters: Parameters = None,
    store: Annotated[Path | None, typer.Option("--store", help="Folder of stored fits.")] = None,
) -> None:
    """Test the economics of one evaluation on its own draws; exit code 1 when a test fails."""
    from econ111.report.verification_words import command_lines
    from econ111.run import evaluate
    from econ111.verification import failures
    from econ111.verification import verify as run_tests

    with _stages() as (announce, interactive):
        result = evaluate(evaluation, parameters=parameters, store=store, announce=announce, progress=interactive)
        table = run_tests(result, parameters=parameters, only=test) if test else result.tables["verification"]
    for line in command_lines(result, table):
        typer.echo(line)
    if out is not None:
        from econ111.files import write_text
        from econ111.report.csv_files import to_safe_csv

        write_text(out, to_safe_csv(table, {"synthetic": "yes" if result.synthetic else "no"}))
        typer.echo(f"The whole table in {out}")
    if failures(table):
        raise typer.Exit(1)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the evaluation: small letters, digits, - and _.")],
    more: Annotated[list[str] | None, typer.Argument(help="More trusts, as CODE:Name.", hidden=True)] = None,
    trusts: Annotated[
        list[str] | None, typer.Option("--trusts", help="Trusts as CODE:Name; several one after the other.")
    ] = None,
    months: Annotated[str, typer.Option("--months", help="First and last month of the data.")] = "2022-04:2025-03",
    launch: Annotated[
        list[str] | None, typer.Option("--launch", help="Day the line started: DATE, or CODE:DATE for one trust.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write in; left out, one named NAME.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files of the same names.")] = False,
) -> None:
    """Write an evaluation and a call template for a trust to fill in."""
    from econ111.own_calls import ask, write_templates

    asked = ask(name, trusts=[*(trusts or []), *(more or [])], months=months, launches=launch or [])
    evaluation, *data = write_templates(asked, out if out is not None else Path(name), force=force)
    typer.echo(f"Written for {len(asked.trusts)} trusts and {len(asked.months)} months:")
    for path in (evaluation, *data):
        typer.echo(f"  {path}")
    if not asked.launch_stated:
        typer.echo(f"Launch dates were filled in as {asked.trusts[0].launch_date}: correct them in the evaluation.")
    typer.echo(f"Fill in the workbook or the CSV file, then run: econ111 check {evaluation}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="An evaluation (TOML), or a data file: CSV or Excel.")],
    evaluation: Annotated[
        str | None, typer.Option("--for", help="Check a data file against this evaluation's trusts and rules.")
    ] = None,
    copies: Annotated[
        Path | None, typer.Option("--out", help="Folder for the marked copy; beside the file when left out.")
    ] = None,
    no_copy: Annotated[bool, typer.Option("--no-copy", help="Write no marked copy.")] = False,
    parameters: Parameters = None,
) -> None:
    """Explain everything wrong or odd about an evaluation or a data file, and mark it in a copy of the data."""
    from econ111.own_calls import write_marked_copy
    from econ111.run.checking import check_data, check_evaluation

    if file.suffix.casefold() == ".toml":
        results = check_evaluation(file, parameters=parameters)
    else:
        results = check_data(file, evaluation=evaluation)
    for checked in results:
        data = checked.path.suffix.casefold() != ".toml"
        copy = write_marked_copy(checked.path, checked.found, folder=copies) if data and not no_copy else None
        _tell(checked.found, all_of_them=copy is None)
        typer.echo(f"{', '.join(_counted(checked.found))} in {checked.path.name}.")
        if copy is not None:
            typer.echo(f"  {copy} marks every problem beside its cell.")
    if any(issue.severity == "error" for checked in results for issue in checked.found):
        raise typer.Exit(InputError.exit_code)


@app.command()
def reproduce(
    run_folder: Annotated[Path, typer.Argument(help="Folder that a run wrote, or its record.json.")],
    data: Annotated[Path | None, typer.Option("--data", help="Folder of data files that do not ship.")] = None,
    parameters: Parameters = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Another seed than the recorded one.")] = None,
) -> None:
    """Make a recorded run again and compare every figure, within Monte Carlo error."""
    from econ111.reproduce import reproduce as make_again

    with _stages() as (announce, _):
        found = make_again(run_folder, data=data, parameters=parameters, seed=seed, announce=announce)
    typer.echo(f"\n{found.summary()}")
    if not found.holds:
        raise typer.Exit(NOT_REPRODUCED)


@app.command("trace")
def trace_figure(
    quantity: Annotated[str, typer.Argument(help='Words of a row ("E3 ed total") or a figure as printed ("3,271").')],
    run_folder: Annotated[Path, typer.Option("--run", help="Folder that a run wrote.")] = Path("out/london-2024"),
) -> None:
    """Print the line from a printed figure to draws, data, parameters and sources."""
    from econ111.reproduce import lineage

    typer.echo(str(lineage(run_folder, quantity)))


@app.command()
def aggregate(
    file: Annotated[Path, typer.Argument(help="Call-level records: CSV, Parquet, Excel or a DuckDB database.")],
    spec: Annotated[Path, typer.Option("--spec", help="What its columns and codes mean (TOML).")],
    out: Annotated[Path, typer.Option("--out", help="CSV file of the call table to write.")],
    resolved: Annotated[
        Path | None, typer.Option("--resolved", help="CSV file for transfers, repeats and calls without a caller.")
    ] = None,
) -> None:
    """Count single calls into the call table. Direct identifiers are refused; every call is accounted for."""
    from econ111.activity.records import aggregate_records, load_records_spec, write_call_table
    from econ111.files import write_text

    made = aggregate_records(file, load_records_spec(spec))
    _tell(_issues_of(made.issues.to_dict("records")), all_of_them=True)
    write_call_table(made, out)
    typer.echo(f"{len(made.table)} rows of the call table in {out}. Small counts are not hidden: do not publish it.")
    if resolved is not None:
        write_text(resolved, made.resolved.to_csv(index=False, lineterminator="\n"))
        typer.echo(f"What was resolved in {resolved}")


@app.command()
def simulate(
    recipe: Annotated[Path, typer.Argument(help="Recipe of a synthetic service (TOML).")],
    out: Annotated[Path, typer.Option("--out", help="CSV file of synthetic calls to write.")],
    truth: Annotated[Path | None, typer.Option("--truth", help="CSV file for the truth behind them.")] = None,
) -> None:
    """Make synthetic call data from a recipe; the same recipe gives the same file."""
    from econ111.files import write_text
    from econ111.simulate import load_recipe, simulate_calls

    made = simulate_calls(load_recipe(recipe))
    write_text(out, made.calls.to_csv(index=False, lineterminator="\n"))
    typer.echo(f"{len(made.calls)} rows of synthetic calls in {out}")
    if truth is not None:
        write_text(truth, made.truth.round(3).to_csv(index=False, lineterminator="\n"))
        typer.echo(f"The truth behind them in {truth}")


@app.command()
def parameters(
    name: Annotated[str | None, typer.Argument(help="One parameter; all of them when left out.")] = None,
    folder: Parameters = None,
) -> None:
    """Show parameters with unit, price year, distribution and source."""
    from econ111.parameters import load_catalogue

    catalogue = load_catalogue(folder)
    if name is not None:
        for heading, words in catalogue[name].describe().items():
            typer.echo(f"{heading + ':':14}{words}")
        return
    for parameter in catalogue.parameters.values():
        year = f" ({parameter.price_year} prices)" if parameter.price_year else ""
        typer.echo(f"{parameter.name:42} {parameter.value:>14,.4f}  {parameter.unit}{year}  [{parameter.source}]")


@app.command()
def evaluations() -> None:
    """List the evaluations that ship."""
    from econ111.resources import shipped_models
    from econ111.specs.loading import load_spec

    for name in shipped_models():
        typer.echo(f"{name:20} {load_spec(name).study.title}")


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")] = False,
) -> None:
    if version:
        typer.echo(f"econ111 {__version__}")
        raise typer.Exit


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


def _tell(found: Sequence[Issue], *, all_of_them: bool) -> None:
    """Every error; of warnings and notes the first few when a copy holds them all."""
    for severity in _SEVERITIES:
        issues = [issue for issue in found if issue.severity == severity]
        shown = issues if all_of_them or severity == "error" else issues[:MESSAGES_SHOWN]
        for issue in shown:
            typer.echo(f"{severity.upper():8}{issue}")
        if len(shown) < len(issues):
            typer.echo(f"{'':8}... and {len(issues) - len(shown)} more {severity}s, which the marked copy shows.")


def _issues_of(rows: Sequence[dict[Any, Any]]) -> list[Issue]:
    """The rows of a table of issues as the sentences that a reader sees."""
    from pandas import isna

    known: list[dict[str, Any]]
    known = [{str(name): None if isna(value) else value for name, value in row.items()} for row in rows]
    return [Issue(**{**row, "row": None if row["row"] is None else int(row["row"])}) for row in known]


def _counted(found: Sequence[Issue]) -> list[str]:
    """How many problems there are of each severity, as words."""
    counts = {word: sum(issue.severity == word for issue in found) for word in _SEVERITIES}
    return [f"{number} {word}{'' if number == 1 else 's'}" for word, number in counts.items()]


def _fail(error: Exception, code: int, said: str | None = None) -> None:
    if "--debug" in sys.argv:
        raise error
    typer.echo(said or str(error), err=True)
    sys.exit(code)


@contextmanager
def _stages() -> Iterator[tuple[Callable[[str], None], bool]]:
    """A line per stage with its time; in a terminal the sampler shows its own bar."""
    from time import monotonic

    start = monotonic()
    interactive = sys.stderr.isatty()

    def announce(stage: str) -> None:
        typer.echo(f"[{monotonic() - start:6.1f} s] {stage}", err=True)

    yield announce, interactive
    typer.echo(f"[{monotonic() - start:6.1f} s] Done", err=True)
