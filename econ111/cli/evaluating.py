"""Commands that evaluate, check, verify and make again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from econ111.cli.app import AcceptUnconverged, EvaluationName, NoStore, Out, Parameters, Scheduler, Store, app
from econ111.cli.words import stages
from econ111.errors import InputError

NOT_REPRODUCED = 5


@app.command()
def run(
    evaluation: EvaluationName,
    out: Out = Path("out"),
    parameters: Parameters = None,
    store: Store = None,
    no_store: NoStore = False,
    accept_unconverged: AcceptUnconverged = False,
    no_disclosure_control: Annotated[
        bool,
        typer.Option("--no-disclosure-control", help="Show observed counts as they came; the page says so."),
    ] = False,
) -> None:
    """Run one evaluation and write its report, tables, draws and record."""
    from econ111.report import write_outputs
    from econ111.run import evaluate

    with stages() as (announce, interactive):
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


@app.command()
def grid(
    evaluations: Annotated[list[str], typer.Argument(help="Names, TOML files, or folders of TOML files.")],
    out: Out = Path("out"),
    parameters: Parameters = None,
    store: Store = None,
    no_store: NoStore = False,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Evaluations at a time; all processors when left out.")
    ] = None,
    scheduler: Scheduler = None,
) -> None:
    """Run many evaluations side by side; one that is refused is a row that says why. A stopped run goes on."""
    from econ111.run.grid import GRID_FILE, REFUSED, evaluate_grid
    from econ111.scheduling import choose_scheduler

    engine = choose_scheduler(processes=processes, address=scheduler)
    with stages() as (announce, _):
        table = evaluate_grid(
            evaluations, out=out, parameters=parameters, store=store, use_store=not no_store, scheduler=engine,
            announce=announce,
        )  # fmt: skip
    refused = table[table["status"] == REFUSED]
    for row in refused.to_dict("records"):
        typer.echo(f"{row['evaluation']}: {row['message']}", err=True)
    done = table["evaluation"].nunique() - len(refused)
    typer.echo(f"{done} evaluations done, {len(refused)} refused; totals in {out / GRID_FILE}")
    if len(refused):
        raise typer.Exit(InputError.exit_code)


@app.command(name="check-model")
def check_model_command(
    evaluation: EvaluationName,
    *,
    out: Out = Path("out"),
    parameters: Parameters = None,
    store: Store = None,
    no_store: NoStore = False,
    accept_unconverged: AcceptUnconverged = False,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Refits at a time; all processors when left out.")
    ] = None,
    scheduler: Scheduler = None,
) -> None:
    """Run every check of an evaluation's model, refits among them, and write a page and tables."""
    from econ111.report.checks_page import write_checks
    from econ111.report.checks_words import checks_sentences
    from econ111.run.check_model import check_model

    with stages() as (announce, interactive):
        result = check_model(
            evaluation, parameters=parameters, store=store, use_store=not no_store,
            accept_unconverged=accept_unconverged, processes=processes, scheduler=scheduler, announce=announce,
            progress=interactive,
        )  # fmt: skip
        announce("Writing the page and tables of the checks")
        written = write_checks(result, out / result.spec.study.name)
    for sentence in checks_sentences(result):
        typer.echo(f"  {sentence}")
    for path in written:
        typer.echo(f"  {path}")


@app.command()
def verify(
    evaluation: EvaluationName,
    test: Annotated[list[str] | None, typer.Option("--test", help="Number of a test; may be given again.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV file for the whole table.")] = None,
    parameters: Parameters = None,
    store: Store = None,
) -> None:
    """Test the economics of one evaluation on its own draws; exit code 1 when a test fails."""
    from econ111.report.verification_words import command_lines
    from econ111.run import evaluate
    from econ111.verification import failures
    from econ111.verification import verify as run_tests

    with stages() as (announce, interactive):
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
def reproduce(
    run_folder: Annotated[Path, typer.Argument(help="Folder that a run wrote, or its record.json.")],
    data: Annotated[Path | None, typer.Option("--data", help="Folder of data files that do not ship.")] = None,
    parameters: Parameters = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Another seed than the recorded one.")] = None,
) -> None:
    """Make a recorded run again and compare every figure, within Monte Carlo error."""
    from econ111.reproduce import reproduce as make_again

    with stages() as (announce, _):
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
