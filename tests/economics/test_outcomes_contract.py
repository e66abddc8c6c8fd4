"""The door of the economics: what is let in, and what each refusal says."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from econ111.economics import avoided, check_outcomes
from econ111.errors import InputError


def test_economics_loads_no_model_library() -> None:
    """Importing the room brings in numpy, pandas and xarray, and no sampler, plotting or statistics library."""
    heavy = "{'pymc', 'arviz', 'pytensor', 'nutpie', 'scipy.stats', 'seaborn', 'matplotlib', 'sklearn', 'numba'}"
    code = f"import sys, econ111.economics; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_avoided_is_without_less_with_and_positive_when_there_are_fewer(outcomes: xr.Dataset) -> None:
    """Trust A: 100 without less 60 with is 40 fewer; crisis contacts 10 less 30 is -20, so 20 more."""
    fewer = avoided(outcomes).sel(trust="A")
    assert fewer.sel(consequence="ed_attendance").item() == 40
    assert fewer.sel(consequence="crisis_contact").item() == -20
    assert fewer.attrs["comparator"] == outcomes.attrs["comparator"]


def test_a_service_without_effect_avoids_exactly_nothing(outcomes: xr.Dataset) -> None:
    """The same numbers with and without give 0, not nearly 0."""
    same = outcomes.assign(without_service=outcomes["with_service"])
    assert (avoided(same) == 0).all()


def test_swapping_with_and_without_flips_the_sign(outcomes: xr.Dataset) -> None:
    """What one comparison calls fewer, the other calls more."""
    swapped = outcomes.assign(with_service=outcomes["without_service"], without_service=outcomes["with_service"])
    assert (avoided(swapped) == -avoided(outcomes)).all()


def test_outcomes_with_all_estimands_pass(outcomes: xr.Dataset) -> None:
    """The full contract has a dim for the estimand."""
    names = ["same_calls", "displaced", "net_system"]
    full = outcomes.drop_vars("estimand")
    for name in ("with_service", "without_service"):
        full[name] = full[name].expand_dims(estimand=names)
    assert check_outcomes(full) is full


def test_all_problems_are_reported_together(outcomes: xr.Dataset) -> None:
    """A negative number, an infinite one, a repeated trust and a missing perspective give one message."""
    wrong = outcomes.copy(deep=True)
    wrong["with_service"][0, 0, 1] = -1.0
    wrong["calls"][0, 1] = np.inf
    wrong = wrong.assign_coords(trust=["A", "A"])
    del wrong.attrs["perspective"]
    with pytest.raises(InputError) as error:
        check_outcomes(wrong)
    message = str(error.value)
    assert "'with_service' has negative numbers" in message
    assert "consequence crisis_contact" in message
    assert "'calls' has values that are not finite" in message
    assert "'trust' has 'A' more than once" in message
    assert "'perspective' is missing" in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda good: good.drop_vars("calls"), "variable 'calls' is missing"),
        (lambda good: good.isel(sample=slice(0, 0)), "there is no draw"),
        (lambda good: good.rename(trust="provider"), "it needs"),
        (lambda good: good.drop_vars("trust"), "'trust' has no labels"),
        (lambda good: good.assign_coords(trust=["A", "Total"]), "totals are taken later"),
        (lambda good: good.assign_attrs(comparator=good.attrs["intervention"]), "name the two options apart"),
        (lambda good: good.assign_attrs(period_months=0.0), "must be a number above 0"),
        (lambda good: good.assign_attrs(synthetic="yes"), "must be 0 or 1"),
        (lambda good: good.assign(with_service=good["with_service"] * np.nan), "not finite"),
    ],
)
def test_a_broken_contract_is_named(outcomes: xr.Dataset, change, said: str) -> None:
    """Each breach has its own sentence."""
    with pytest.raises(InputError, match="cannot be used") as error:
        check_outcomes(change(outcomes))
    assert said in str(error.value)


def test_negative_numbers_pass_where_they_are_declared(outcomes: xr.Dataset) -> None:
    """A model whose expected numbers may be negative says which variable; the others stay checked."""
    low = outcomes.copy(deep=True)
    low["without_service"][0, 0, 0] = -0.5
    check_outcomes(low.assign_attrs(may_be_negative="without_service"))
    with pytest.raises(InputError, match="negative"):
        check_outcomes(low.assign_attrs(may_be_negative="with_service"))
