"""Checks of whole evaluations: what is refused, what is moved, and what leaving a trust out is compared with."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

from econ111.cli import app
from econ111.errors import InputError
from econ111.impact.estimands import Elsewhere
from econ111.parameters import load_catalogue
from econ111.parameters.densities import log_density, log_density_of_group
from econ111.parameters.distributions import quantile
from econ111.run import evaluate
from econ111.run.check_model import check_model, placebo_launches
from econ111.run.leave_out import leave_out_table
from econ111.run.series_placebos import moved
from econ111.run.weighing import Weighed
from econ111.specs.loading import load_spec


def test_a_comparison_of_published_numbers_has_no_model_to_check() -> None:
    """Hampshire is known from print: refused with a sentence."""
    with pytest.raises(InputError, match="no model to check"):
        check_model("hampshire-2021")


def test_a_few_placebo_launches_need_a_model_of_calls() -> None:
    """As above, for the short form that a notebook uses."""
    with pytest.raises(InputError, match="no model of calls"):
        placebo_launches(evaluate("hampshire-2021"), [4])


def test_the_command_is_there_and_says_what_it_does() -> None:
    """`econ111 check-model --help` names the number of processes."""
    found = CliRunner().invoke(app, ["check-model", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert found.exit_code == 0
    assert "--processes" in found.output


def test_a_series_launch_moves_and_its_real_months_are_dropped() -> None:
    """April 2024 less nine months is July 2023; the data end with March 2024; the placebo outcome is not fitted."""
    spec = moved(load_spec("london-ed-type1"), 9)
    assert spec.series is not None
    assert spec.series.launch_date == date(2023, 7, 1)
    assert spec.study.period_end == date(2024, 3, 31)
    assert spec.series.placebo_outcome is None


def weighed(by_trust: dict[str, list[float]]) -> tuple[Weighed, xr.Dataset]:
    """Mental-line calls by trust whose mix was all ED before and is all self-care now: each avoids one."""
    trusts, calls = list(by_trust), np.array(list(by_trust.values())).T
    flows = xr.Dataset(
        {
            name: (("sample", "trust"), calls * (name in ("mental", "displaced")))
            for name in ("mental", "displaced", "transferred", "absorbed", "induced")
        },
        coords={"trust": trusts},
    )
    dispositions = ["ed", "self_care"]
    shares = xr.DataArray(
        np.broadcast_to(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])[None, :, None, :], (3, 3, len(trusts), 2)),
        dims=("sample", "stage", "trust", "disposition"),
        coords={"stage": ["before", "after", "mental"], "trust": trusts, "disposition": dispositions},
    )
    mix = xr.DataArray(np.zeros((3, 2)), dims=("sample", "disposition"), coords={"disposition": dispositions})
    estimands = ["same_calls"]
    outcomes = xr.Dataset(
        {
            name: (("sample", "estimand", "trust", "consequence"), calls[:, None, :, None] * factor)
            for name, factor in (("without_service", 1.0), ("with_service", 0.0))
        },
        coords={"estimand": estimands, "trust": trusts, "consequence": ["ed_attendance"]},
    )
    return Weighed(flows, shares, Elsewhere(None, mix, mix)), outcomes


def test_what_is_left_is_compared_with_what_all_data_say_of_the_same_trusts() -> None:
    """Trust B alone avoids 10, 20, 30: mean 20, sd 8.165. Without A it is estimated at 28.165: it moves by 1 sd."""
    whole, outcomes = weighed({"A": [100.0, 100.0, 100.0], "B": [10.0, 20.0, 30.0]})
    row = {
        "left_out": "A", "code": "E1", "estimand": "same_calls", "kind": "referral", "item": "ed", "without": 28.165,
        "without_low": 1.0, "without_high": 40.0, "refused": "",
    }  # fmt: skip
    refused = {"left_out": "B", "refused": "No dispositions were returned for: mental."}
    found = leave_out_table(pd.DataFrame([row, refused]), whole, outcomes, rules={"shift": 0.5})
    assert found.all_data[0] == pytest.approx(20.0)
    assert found["shift"][0] == pytest.approx(1.0, abs=1e-4)
    assert found.verdict.tolist() == ["look", "not possible"]
    assert "No dispositions" in found.reading[1]


@pytest.mark.parametrize("name", ["absorbed_share", "transfer_share", "line_cost_wales"])
def test_log_densities_are_the_slopes_of_the_distribution_functions(name: str) -> None:
    """Density at the 30% and 60% points from the slope of the quantile function: the same ratio, whatever constant."""
    parameter = load_catalogue()[name]
    step, points = 1e-5, np.array([0.3, 0.6])
    slope = (quantile(parameter, points + step) - quantile(parameter, points - step)) / (2 * step)
    found = log_density(parameter, quantile(parameter, points))
    wanted = -np.log(slope) if parameter.distribution not in ("fixed", "scenario") else np.zeros(2)
    assert found[1] - found[0] == pytest.approx(wanted[1] - wanted[0], abs=1e-4)


def test_the_log_density_of_a_group_is_that_of_the_dirichlet() -> None:
    """SciPy's Dirichlet with the same shapes, between two points of the simplex: equal differences."""
    from scipy.stats import dirichlet

    members = load_catalogue().group("crisis_line_mix")
    alpha = np.array([member.value * (member.effective_n or 0.0) for member in members])
    points = np.random.default_rng(1).dirichlet(alpha, 2)
    found = log_density_of_group(members, points)
    wanted = [dirichlet.logpdf(point, alpha) for point in points]
    assert found[1] - found[0] == pytest.approx(wanted[1] - wanted[0], abs=1e-8)
