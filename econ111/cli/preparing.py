"""Commands for what goes into an evaluation: templates, checks of data, records, synthetic calls, parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from econ111.cli.app import Parameters, app
from econ111.cli.words import counted, issues_of, tell
from econ111.errors import InputError


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
        tell(checked.found, all_of_them=copy is None)
        typer.echo(f"{', '.join(counted(checked.found))} in {checked.path.name}.")
        if copy is not None:
            typer.echo(f"  {copy} marks every problem beside its cell.")
    if any(issue.severity == "error" for checked in results for issue in checked.found):
        raise typer.Exit(InputError.exit_code)


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
    tell(issues_of(made.issues.to_dict("records")), all_of_them=True)
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
