"""Checks of one evaluation that need refits: placebo launches, forecasts on rolling origins, each trust left out.

The fits are short and many, done side by side and stored piece by piece: a check that was stopped goes on where it
stopped, and one that was finished is read again as long as data, priors, model and rules are the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from econ111.checks.forecasts import ForecastTask, fit_forecast, origins, score_table
from econ111.checks.placebo import PlaceboTask, feasible_shifts, fit_placebo, placebo_readings, share_fallen
from econ111.display import as_table
from econ111.errors import InputError
from econ111.files import sha256_of
from econ111.impact.inputs import CallInputs, build_inputs
from econ111.inference import default_store
from econ111.results import TABLES, Evaluation
from econ111.run.context import Context, fit_key, make_context, silent
from econ111.run.leave_out import LeaveOutTask, fit_without, leave_out_table
from econ111.run.series_placebos import SeriesTask, fit_series_placebo, series_tasks
from econ111.run.weighing import gather, weigh
from econ111.scheduling import Scheduler, choose_scheduler, run_many
from econ111.specs.schema import Sampling, Spec
from econ111.timeline import build_timeline

type Task = PlaceboTask | ForecastTask | LeaveOutTask | SeriesTask
PHYSICAL = "calls to the physical-health line"


def check_model(
    evaluation: str | Path | Spec,
    *,
    parameters: Path | None = None,
    store: Path | None = None,
    use_store: bool = True,
    accept_unconverged: bool = False,
    processes: int | None = None,
    scheduler: str | None = None,
    announce: Callable[[str], None] = silent,
    progress: bool = False,
) -> Evaluation:
    """Run one evaluation, and then every check that its design has.

    Parameters
    ----------
    evaluation : str, Path or Spec
        As for `econ111.run.evaluate`, and so are the arguments that are not named here.
    processes : int, optional
        Refits at a time; as many as the machine has when left out. With 1 everything is done in this process.
    scheduler : str, optional
        Address of a Dask cluster that does the refits instead, such as "tcp://host:8786". Results are the same.

    Returns
    -------
    Evaluation
        The evaluation with the tables of the checks beside its own: `placebo_launches`, and for calls
        `forecast_scores` and `leave_one_out`. `model_checks` and `power_scaling` are part of every call evaluation.

    Raises
    ------
    InputError
        When the design has no model to check, and as `evaluate` does.
    EnvironmentProblem
        When the cluster does not answer, or its workers run other code.
    """
    engine = choose_scheduler(processes=processes, address=scheduler)
    context = make_context(
        evaluation, parameters=parameters, store=store, use_store=use_store, accept_unconverged=accept_unconverged,
        announce=announce, progress=progress,
    )  # fmt: skip
    match context.spec.design:
        case "call_pathway":
            from econ111.run.call_pathway import evaluate_calls

            result = evaluate_calls(context)
            more = _check_calls(context, result, engine)
        case "outcome_series":
            from econ111.run.outcome_series import evaluate_series

            result = evaluate_series(context)
            more = _check_series(context, result, engine)
        case _:
            raise InputError(
                f"{context.spec.study.name} compares published numbers: there is no model to check. See its report "
                "for what the numbers can say."
            )
    sampling = _short(context)
    record = {**result.record, "refits": sampling.model_dump(mode="json")}
    return replace(result, tables={**result.tables, **more}, record=record)


def placebo_launches(
    result: Evaluation, months_earlier: Sequence[int], *, parameters: Path | None = None
) -> pd.DataFrame:
    """Refit an evaluation of calls with its launches moved back, by a few distances instead of all.

    Parameters
    ----------
    result : Evaluation
        Of calls; its own fall stands in the first row.
    months_earlier : sequence of int
        By how many months every launch moves back.
    parameters : Path, optional
        Folder of parameter files; the shipped one when left out.

    Returns
    -------
    DataFrame
        As the table `placebo_launches` of `check_model`: one row for the real launch and one for each placebo, with the
        apparent fall of the calls to the physical-health line (a share; positive is fewer) and what to make of it.

    Raises
    ------
    InputError
        When the evaluation has no model of calls, or a distance leaves too few months before or after.
    """
    if result.calls is None or result.posterior is None or result.spec.design != "call_pathway":
        raise InputError(f"{result.spec.study.name} has no model of calls. Placebo launches need one.")
    context = make_context(
        result.spec, parameters=parameters, store=None, use_store=False, accept_unconverged=False, announce=silent,
        progress=False,
    )  # fmt: skip
    spec, rules = context.spec, context.check_rules
    launches = {trust.code: trust.launch_date for trust in spec.trusts}
    inputs = build_inputs(result.calls, build_timeline(result.calls.month.values, launches))
    possible = feasible_shifts(inputs, before=int(rules["placebo_before"]), after=int(rules["placebo_after"]))
    unfit = [months for months in months_earlier if months not in possible]
    if unfit or not months_earlier:
        ends = f"from {possible[0]} to {possible[-1]}" if possible else "by none"
        raise InputError(f"The launches cannot move back by {unfit or 'nothing'} months; they can move {ends} months.")
    harmonics = spec.model.harmonics if spec.model else 0
    tasks = [
        PlaceboTask(inputs, launches, months, harmonics, context.priors, _short(context)) for months in months_earlier
    ]
    rows = pd.concat([fit_placebo(task) for task in tasks], ignore_index=True)
    found = placebo_readings(rows, _real_fall(result, inputs)).assign(outcome=PHYSICAL)
    return as_table(found, TABLES["placebo_launches"], synthetic=result.synthetic)


def _real_fall(result: Evaluation, inputs: CallInputs) -> dict[str, Any]:
    """The fall of the physical line after the real launches, and the months that it rests on."""
    if result.posterior is None:
        raise TypeError("an evaluation of calls has draws")
    after = inputs.timeline.after_launch.transpose("trust", "month").values.astype(bool)
    seen = {"months_before": int((~after).sum(axis=1).min()), "months_after": int(after.sum(axis=1).min())}
    return {**seen, **share_fallen(result.posterior, after)}


def _check_calls(context: Context, result: Evaluation, engine: Scheduler) -> dict[str, pd.DataFrame]:
    if result.calls is None or result.posterior is None or result.outcomes is None or result.parameter_draws is None:
        raise TypeError("an evaluation of calls has data and draws")
    spec, rules = context.spec, context.check_rules
    launches = {trust.code: trust.launch_date for trust in spec.trusts}
    timeline = build_timeline(result.calls.month.values, launches)
    inputs = build_inputs(result.calls, timeline)
    tasks = _call_tasks(context, result, inputs)
    rows = _refit(context, result, tasks, engine)
    material = gather(context, result.posterior, result.calls, timeline)
    weighed = weigh(material, result.parameter_draws, material.base)
    tables = {}
    if "placebo" in rows:
        tables["placebo_launches"] = placebo_readings(rows["placebo"], _real_fall(result, inputs)).assign(
            outcome=PHYSICAL
        )
    if "forecast" in rows:
        tables["forecast_scores"] = score_table(rows["forecast"])
    if "without" in rows:
        tables["leave_one_out"] = leave_out_table(rows["without"], weighed, result.outcomes, rules=rules)
    return tables


def _call_tasks(context: Context, result: Evaluation, inputs: CallInputs) -> dict[str, Task]:
    """Every refit by name; the part before the hyphen says which table it goes to."""
    spec, rules, short = context.spec, context.check_rules, _short(context)
    harmonics = spec.model.harmonics if spec.model else 0
    launches = {trust.code: trust.launch_date for trust in spec.trusts}
    shifts = feasible_shifts(inputs, before=int(rules["placebo_before"]), after=int(rules["placebo_after"]))
    starts = origins(
        inputs.timeline.sizes["month"], before=int(rules["forecast_before"]), step=int(rules["forecast_step"])
    )
    ahead = int(rules["forecast_months"])
    tasks: dict[str, Task] = {}
    if len(spec.trusts) > 1 and result.calls is not None:
        brief = spec.model_copy(update={"sampling": short})
        tasks |= {
            f"without-{name}": LeaveOutTask(brief, context.spec_path, context.parameters_folder, result.calls, name)
            for name in launches
        }
    tasks |= {
        f"forecast-{start}": ForecastTask(inputs, start, ahead, harmonics, context.priors, short) for start in starts
    }
    return tasks | {
        f"placebo-{shift}": PlaceboTask(inputs, launches, shift, harmonics, context.priors, short) for shift in shifts
    }


def _check_series(context: Context, result: Evaluation, engine: Scheduler) -> dict[str, pd.DataFrame]:
    brief = context.spec.model_copy(update={"sampling": _short(context)})
    tasks: dict[str, Task] = {
        f"series-{task.shift}": task for task in series_tasks(context, brief, rules=context.check_rules)
    }
    rows = _refit(context, result, tasks, engine)["series"]
    real: dict[str, Any] = {str(key): value for key, value in rows.iloc[0].to_dict().items()}
    outcome = context.spec.series.outcome if context.spec.series else ""
    return {"placebo_launches": placebo_readings(rows.iloc[1:], real).assign(outcome=outcome)}


def _refit(context: Context, result: Evaluation, tasks: dict[str, Task], engine: Scheduler) -> dict[str, pd.DataFrame]:
    """Every task done, its rows by the first part of its name."""
    context.announce(f"{len(tasks)} refits for the checks (those finished before are read)")
    with tempfile.TemporaryDirectory() as place:
        kept = (context.store or default_store()) / f"checks-{_key(context, result)}"
        folder = kept if context.use_store else Path(place)
        run_many(_do, tasks.items(), folder=folder, scheduler=engine, announce=context.announce)
        found: dict[str, list[pd.DataFrame]] = {}
        for name in tasks:
            table = pd.read_csv(folder / f"{name}.csv", keep_default_na=False)
            found.setdefault(name.partition("-")[0], []).append(table)
    return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}


def _do(task: Task) -> pd.DataFrame:
    """One refit, in whatever process."""
    match task:
        case PlaceboTask():
            return fit_placebo(task)
        case ForecastTask():
            return fit_forecast(task)
        case LeaveOutTask():
            return fit_without(task)
        case SeriesTask():
            return fit_series_placebo(task)


def _short(context: Context) -> Sampling:
    rules = context.check_rules
    sizes = {name: int(rules[f"refit_{name}"]) for name in ("tune", "draws", "chains")}
    return Sampling(**sizes, seed=context.sampling.seed)


def _key(context: Context, result: Evaluation) -> str:
    """Checksum of all that the refits depend on."""
    home = Path(__file__).resolve().parent.parent
    code = [
        path.read_text(encoding="utf-8") for room in ("checks", "run") for path in sorted((home / room).glob("*.py"))
    ]
    rules = [f"{name} {value!r}" for name, value in sorted(context.check_rules.items())]
    if result.calls is None:
        raise TypeError("an evaluation with a model has data")
    whole = sha256_of(
        fit_key(context, result.calls), context.spec.model_dump_json(), context.catalogue.checksum(), *rules, *code
    )
    return whole[:16]
