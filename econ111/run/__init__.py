"""The story, told once: from a specification to a frozen `Evaluation`.

context         what every step needs: specification, parameters, store of fits, how to tell of progress
call_pathway    calls -> model -> avoided referrals -> consequences -> economics
outcome_series  attendances -> projection -> verdict
published       printed percentages -> bounds
estimates       draws -> tidy tables with intervals and verdicts
money           consequences -> costs, budget, decision, one-way
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from econ111.disclosure.rule import disclosure_record, publishing_rule
from econ111.results import DISCLOSURE, Evaluation
from econ111.run.context import Context, make_context, silent
from econ111.specs.schema import Spec
from econ111.string_storage import python_strings
from econ111.threads import one_thread
from econ111.verification import checklists, verify

__all__ = ["evaluate"]


def evaluate(
    evaluation: str | Path | Spec,
    *,
    folder: Path | None = None,
    parameters: Path | None = None,
    store: Path | None = None,
    use_store: bool = True,
    accept_unconverged: bool = False,
    disclosure_control: bool = True,
    announce: Callable[[str], None] = silent,
    progress: bool = False,
) -> Evaluation:
    """Run one evaluation, from its data to its tables.

    Parameters
    ----------
    evaluation : str, Path or Spec
        Name of a shipped evaluation ("london-2024"), path of a TOML file, or a specification already read.
    folder : Path, optional
        Where the data files lie that a specification already read names; a TOML file has them beside it.
    parameters : Path, optional
        Folder of parameter files; the shipped one when left out.
    store : Path, optional
        Folder of stored fits; the user's cache when left out. A fit is made again whenever its data, model, priors,
        code or seed have changed.
    use_store : bool
        Whether to read and write stored fits at all.
    accept_unconverged : bool
        Whether to go on when the sampler has not converged. Every output is then marked.
    disclosure_control : bool
        Whether what is written for sharing hides and rounds small observed counts by the rule of the evaluation. The
        result itself holds the data as they came; the choice is recorded, and said on the page.
    announce : callable
        Told the name of each stage as it starts.
    progress : bool
        Whether the sampler shows its progress bar.

    Returns
    -------
    Evaluation
        Tables with intervals, verdicts and price years; the draws behind them; and the record of the run.

    Raises
    ------
    InputError
        For a bad specification, data file or parameter, with every problem found; nothing is sampled.
    FitError
        When the fit is incomplete or has not converged.

    Examples
    --------
    >>> result = evaluate("hampshire-2021")
    >>> result.tables["published"].set_index("disposition").loc["ed", "verdict"]
    'not identifiable'
    """
    announce("Reading the specification and parameters")
    context = make_context(
        evaluation,
        folder=folder,
        parameters=parameters,
        store=store,
        use_store=use_store,
        accept_unconverged=accept_unconverged,
        announce=announce,
        progress=progress,
    )
    with one_thread(), same_labels(), python_strings():
        found = _evaluate(context)
    rule = publishing_rule(context.spec, context.catalogue)
    record = {**found.record, DISCLOSURE: disclosure_record(rule, applied=disclosure_control)}
    announce("Testing the economics and filling the checklists")
    with one_thread(), same_labels(), python_strings():
        known = context.memory_of(found).tables(
            "verification", lambda: {"verification": pd.DataFrame(verify(found, parameters=parameters))}
        )
        filled = checklists(found, parameters=parameters, verification=known["verification"])
    return replace(found, record=record, tables={**found.tables, **filled})


def same_labels() -> AbstractContextManager[Any]:
    """Arrays that are put together have the same labels, or it is an error: nothing is dropped where they differ.

    xarray as it comes keeps what both have, and copies both to do so: the one-way analysis took a quarter longer.
    """
    return xr.set_options(arithmetic_join="exact")  # type: ignore[no-untyped-call]


def _evaluate(context: Context) -> Evaluation:
    """The design's own story."""
    match context.spec.design:
        case "call_pathway":
            from econ111.run.call_pathway import evaluate_calls

            return evaluate_calls(context)
        case "outcome_series":
            from econ111.run.outcome_series import evaluate_series

            return evaluate_series(context)
        case "published_shares":
            from econ111.run.published import evaluate_published

            return evaluate_published(context)
