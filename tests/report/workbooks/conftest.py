"""An evaluation with draws behind its money, priced by the economics, and a spreadsheet program to recalculate."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from truth.workbook_money import BASES, UNIT_COSTS, full_spec, outcome_draws, parameter_draws

from econ111 import economics as e
from econ111.report.workbooks.model import write_model_workbook
from econ111.results import Evaluation
from econ111.specs.schema import Spec

NAMES = (("RWK", "East London"), ("RKL", "West London"))
Trusts = Sequence[tuple[str, str]]


@pytest.fixture(scope="session")
def make_priced(make_evaluation: Callable[..., Evaluation]) -> Callable[..., Evaluation]:
    """An evaluation with draws, for the given trusts and number of draws."""

    def make(trusts: Trusts = NAMES, *, samples: int = 400, seed: int = 5) -> Evaluation:
        generator = np.random.default_rng(seed)
        plain = make_evaluation(trusts)
        evaluation = replace(plain, spec=full_spec(plain.spec))
        outcomes = outcome_draws(evaluation, samples, generator)
        parameters = parameter_draws(samples, generator)
        rows = [(name, value, "GBP per contact", "2024/25") for name, value in UNIT_COSTS.items()]
        rows = [(f"cost_{name}", value, unit, year) for name, value, unit, year in rows]
        rows += [(f"line_cost_{name}", value, "GBP per call", "2023/24") for name, value in BASES.items()]
        table = pd.DataFrame(rows, columns=["name", "value", "unit", "price_year"]).assign(
            description="", distribution="gamma", low=np.nan, high=np.nan, source_title="A source", locator="Table 1",
            licence="OGL-3.0", confidence="low", note="", use="unit_cost",
        )  # fmt: skip
        evaluation = replace(
            evaluation, outcomes=outcomes, parameter_draws=parameters, tables={**plain.tables, "parameters": table}
        )
        names = {item: f"cost_{item}" for item in UNIT_COSTS}
        return replace(evaluation, costs=e.cost_consequence(outcomes, e.unit_costs_from(parameters, names)))

    return make


@pytest.fixture(scope="session")
def priced_evaluation(make_priced: Callable[..., Evaluation]) -> Evaluation:
    """Two trusts, 400 draws."""
    return make_priced()


@pytest.fixture(scope="session")
def settled_evaluation(priced_evaluation: Evaluation) -> Evaluation:
    """Two trusts whose budget starts from the last two of eight months: the first has grown, the second has shrunk."""
    rows = np.linspace([[200.0], [700.0]], [[600.0], [350.0]], 8, axis=-1)[:, 0]
    generator = np.random.default_rng(11)
    months = rows * (1 + 0.1 * generator.standard_normal((400, *rows.shape)))
    study = priced_evaluation.spec.study
    named = [str(month) for month in pd.period_range(study.period_start, study.period_end, freq="M")]
    calls = xr.DataArray(months, dims=("sample", "trust", "month"), coords={"trust": ["RWK", "RKL"], "month": named})
    content = priced_evaluation.spec.model_dump()
    content["budget_impact"]["settled_months"] = 2
    return replace(
        priced_evaluation, spec=Spec.model_validate(content), posterior=xr.Dataset({"expected_mental": calls})
    )


@pytest.fixture(scope="session")
def staffed_evaluation(settled_evaluation: Evaluation) -> Evaluation:
    """The same on a line costed from the people up: a call costs East London twice what it costs West London."""

    def staffed(outcomes: xr.Dataset, _: xr.Dataset) -> xr.DataArray:
        dear = xr.DataArray([120.0, 60.0], dims="trust", coords={"trust": ["RWK", "RKL"]})
        draw = xr.DataArray(np.linspace(0.8, 1.2, outcomes.sizes["sample"]), dims="sample")
        return (draw * dear).transpose("sample", "trust")

    content = settled_evaluation.spec.model_dump()
    content["economics"] |= {"service_cost": "staffing", "staffing": {"label": "From the people up"}}
    return replace(settled_evaluation, spec=Spec.model_validate(content), staffed=staffed)


@pytest.fixture(scope="session")
def model_file(priced_evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model workbook of two trusts."""
    path = write_model_workbook(priced_evaluation, tmp_path_factory.mktemp("model") / "model.xlsx")
    assert path is not None
    return path


@pytest.fixture(scope="session")
def recalculate(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., openpyxl.Workbook]:
    """Recalculates a workbook in LibreOffice, after changes, from formulas alone: no stored value is left to trust."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not on this machine, so no workbook was recalculated.")
    profile = tmp_path_factory.mktemp("profile")

    def run(path: Path, changes: dict[str, object] | None = None) -> openpyxl.Workbook:
        bare = openpyxl.load_workbook(path)
        for place, content in (changes or {}).items():
            sheet, _, cell = place.partition("!")
            bare[sheet][cell] = content
        folder = tmp_path_factory.mktemp("recalculated")
        (folder / "bare").mkdir()
        bare.save(folder / "bare" / path.name)
        command = [program, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
        command += ["--outdir", str(folder), str(folder / "bare" / path.name)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return openpyxl.load_workbook(folder / path.name, data_only=True)

    return run
