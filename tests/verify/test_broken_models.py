"""Ten models broken in their code: draws and tables agree with each other, and the battery must notice all the same.

In `broken.py` a finished evaluation is spoilt. Here the fault is in a function that run and battery both call, so that
nothing can be found by holding one against the other: only by what must be so, and by the sums written a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import xarray as xr
from verify.conftest import assembled

from econ111 import economics
from econ111.run.context import Context
from econ111.verification import failures, verify

Patch = Callable[[pytest.MonkeyPatch], None]
budget_impact = import_module("econ111.economics.budget_impact")
weighing = import_module("econ111.run.weighing")
SUMMARISED = ("econ111.economics.cost_consequence_table", "econ111.economics.tables", "econ111.run.estimates",
              "econ111.run.money")  # fmt: skip


def _costs(change: Callable[[xr.Dataset], xr.Dataset]) -> Patch:
    """Costs of the consequences, changed wherever they are worked out."""
    kept = economics.cost_consequence

    def changed(*given: Any, **named: Any) -> xr.Dataset:
        found = kept(*given, **named)
        return change(found).assign_attrs(found.attrs)

    return lambda patch: patch.setattr(economics, "cost_consequence", changed)


def _like(name: str, rule: Callable[[xr.Dataset], xr.DataArray]) -> Callable[[xr.Dataset], xr.Dataset]:
    """One variable replaced, its dims and attributes kept."""
    return lambda found: found.assign({name: rule(found).transpose(*found[name].dims).assign_attrs(found[name].attrs)})


def wrong_sign(patch: pytest.MonkeyPatch) -> None:
    """Cost avoided is cost with the service minus cost without it."""
    _costs(_like("cost_avoided", lambda found: -found["cost_avoided"]))(patch)


def unit_cost_twice(patch: pytest.MonkeyPatch) -> None:
    """Numbers are valued, and the value is valued again."""
    _costs(_like("cost_avoided", lambda found: found["cost_avoided"] * found["unit_cost"].fillna(1.0)))(patch)


def dropped_trust(patch: pytest.MonkeyPatch) -> None:
    """The total is added up over all trusts but the first. (Costs that lack a trust are refused before any test.)"""

    kept = economics.with_total

    def short(draws: Any, dim: str = "trust") -> Any:
        if dim != "trust":
            return kept(draws, dim)
        whole = draws.isel(trust=slice(1, None)).sum("trust", keep_attrs=True).expand_dims(trust=["Total"])
        return xr.concat([draws, whole], dim="trust").transpose(*draws.dims)

    patch.setattr(economics, "with_total", short)
    for name in ("cost_consequence_table", "tables"):
        patch.setattr(import_module(f"econ111.economics.{name}"), "with_total", short, raising=False)


def double_discounting(patch: pytest.MonkeyPatch) -> None:
    """Volumes of later years are discounted, in a budget that says it is not."""
    kept = budget_impact.volume_factors

    def discounted(plan: Any, **named: Any) -> xr.DataArray:
        found = kept(plan, **named)
        return found * economics.discount_factors(0.035, found.sizes["year"]).drop_vars("year", errors="ignore")

    patch.setattr(budget_impact, "volume_factors", discounted)


def year_not_scaled(patch: pytest.MonkeyPatch) -> None:
    """The settled months are left out: eleven starting months are a year."""
    kept = budget_impact.volume_factors

    def unscaled(plan: Any, *, call_growth: Any, period_months: float, settled: Any = None) -> xr.DataArray:
        return kept(plan, call_growth=call_growth, period_months=12.0)

    patch.setattr(budget_impact, "volume_factors", unscaled)


def growth_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Calls do not grow."""
    kept = budget_impact.volume_factors

    def still(plan: Any, *, call_growth: Any, **named: Any) -> xr.DataArray:
        return kept(plan, call_growth=call_growth * 0.0, **named)

    patch.setattr(budget_impact, "volume_factors", still)


def dead_parameter(patch: pytest.MonkeyPatch) -> None:
    """The share of absorbed calls is drawn, shown and varied, and a constant is used."""
    kept = weighing.elsewhere_from

    def fixed(parameters: xr.Dataset, *given: Any) -> Any:
        return kept(parameters.assign(absorbed_share=parameters["absorbed_share"] * 0 + 0.6), *given)

    patch.setattr(weighing, "elsewhere_from", fixed)


def interval_of_means(patch: pytest.MonkeyPatch) -> None:
    """Intervals are of the mean over draws and not of the draws."""
    kept = economics.cost_consequence_table.__globals__["summarise"]

    def narrow(draws: xr.DataArray, **named: Any) -> xr.Dataset:
        found = kept(draws, **named)
        root = np.sqrt(draws.sizes["sample"])
        ends = {name: found["mean"] + (found[name] - found["mean"]) / root for name in ("low", "high")}
        return found.assign(ends).assign_attrs(found.attrs)

    for name in SUMMARISED:
        patch.setattr(import_module(name), "summarise", narrow)


def prices_at_the_wrong_place(patch: pytest.MonkeyPatch) -> None:
    """Each unit cost is put one consequence further on."""
    kept = economics.unit_costs_from

    def shifted(*given: Any) -> xr.DataArray:
        return kept(*given).roll(consequence=1)

    patch.setattr(economics, "unit_costs_from", shifted)


def all_value_is_cash(patch: pytest.MonkeyPatch) -> None:
    """The share that is cash is not applied."""
    kept = budget_impact._values

    def whole(*given: Any) -> dict[str, xr.DataArray]:
        found: dict[str, xr.DataArray] = kept(*given)
        return {**found, "cash": found["economic_value"]}

    patch.setattr(budget_impact, "_values", whole)


BROKEN: dict[str, tuple[Patch, set[str]]] = {
    "wrong sign": (wrong_sign, {"R2"}),
    "double discounting": (double_discounting, {"R14"}),
    "dropped trust": (dropped_trust, {"R7"}),
    "dead parameter": (dead_parameter, {"U29"}),
    "unit cost applied twice": (unit_cost_twice, {"R2", "R5"}),
    "interval of means instead of draws": (interval_of_means, {"R7"}),
    "year not scaled": (year_not_scaled, {"R14"}),
    "growth forgotten": (growth_forgotten, {"R14", "U29"}),
    "prices joined to the wrong consequence": (prices_at_the_wrong_place, {"R2"}),
    "all value called cash": (all_value_is_cash, {"H9"}),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_model_broken_in_its_code_fails(context: Context, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Made and verified by the same broken code, it fails on the tests that hold what must be so."""
    break_it, expected = BROKEN[fault]
    break_it(monkeypatch)
    found = set(failures(verify(assembled(context))))
    assert expected <= found, f"{fault}: the battery failed it on {sorted(found)} only"
