"""How far hiding and rounding every count of a London moves each estimand: one of the size that the package is for.

Counts go the whole way: made from the shipped recipe, written as a file as each trust would publish, read again under
that trust's rule, fitted. What a trust does not return at all is missing from both forms.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from econ111.activity import CallLayout, CellRule, TrustLayout, read_calls
from econ111.checks.call_calibration import Setting
from econ111.checks.call_studies import RULE, fitted_totals, moved_rows
from econ111.files import write_text
from econ111.impact.inputs import CallInputs, build_inputs
from econ111.resources import shipped_folder
from econ111.simulate import Recipe, load_recipe, simulate_calls
from econ111.specs.schema import Rule
from econ111.timeline import build_timeline


def london_study(number: int, setting: Setting) -> pd.DataFrame:
    """Fit one London twice: with exact counts, and with every count hidden below 5 and rounded to the nearest 5.

    Parameters
    ----------
    number : int
        Which simulation: 0 has the seed of the shipped recipe, and so the very counts of the shipped evaluation.
    setting : Setting
        Priors and sampling.

    Returns
    -------
    DataFrame
        As from `bounded_study`.
    """
    recipe = load_recipe(shipped_folder("data") / "activity" / "recipes" / "london-2024.toml")
    if number:
        recipe = recipe.model_copy(update={"seed": number})
    seed = int(np.random.default_rng([*b"london", number]).integers(2**31))
    complete, bounded = (fitted_totals(_returned(recipe, hidden=hidden), setting, seed) for hidden in (False, True))
    return moved_rows(complete, bounded).assign(number=number)


def _returned(recipe: Recipe, *, hidden: bool) -> CallInputs:
    """Inputs of the model, as read from the file that these trusts would publish."""
    rule = Rule(below=RULE.below, zero_included=RULE.zero_included, base=RULE.base, rounding=RULE.rounding)
    trusts = tuple(trust.model_copy(update={"rule": rule if hidden else None}) for trust in recipe.trusts)
    calls = simulate_calls(recipe.model_copy(update={"trusts": trusts})).calls
    launches = {trust.code: trust.launch_date for trust in trusts}
    printed = RULE if hidden else CellRule()
    layout = CallLayout({code: TrustLayout(launch_date=launch, rule=printed) for code, launch in launches.items()})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.csv"
        write_text(path, calls.to_csv(index=False, lineterminator="\n"))
        data = read_calls(path, layout).data
    return build_inputs(data, build_timeline(data.month.values, launches))
