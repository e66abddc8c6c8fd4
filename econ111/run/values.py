"""Value avoided and cost of the service, of outcomes under given parameters: what every re-evaluation needs."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from econ111 import economics as e
from econ111.economics.joint import common_price_year
from econ111.run.staffing import KnownLine, known_line, staffed_cost, staffing_needed
from econ111.specs.schema import Economics
from econ111.specs.staffing import STAFFING


def value_only(outcomes: xr.Dataset, parameters: xr.Dataset, economics: Economics) -> xr.DataArray:
    """Value avoided (sample, estimand, trust), without any service cost."""
    return e.value_at(outcomes, _unit_costs(parameters, economics))


def value_and_cost(
    outcomes: xr.Dataset,
    parameters: xr.Dataset,
    economics: Economics,
    *,
    line: KnownLine | None = None,
) -> tuple[xr.Dataset, xr.DataArray]:
    """Costs of the consequences and of the service, draw by draw.

    Parameters
    ----------
    outcomes, parameters, economics
        As for `evaluate_money`.
    line : KnownLine, optional
        The line as already worked out, so that it is not worked again for the same calls and parameters.

    Returns
    -------
    Dataset, DataArray
        Of `cost_consequence` (sample, estimand, trust, consequence) and `service_cost` (sample, trust, basis).
    """
    costs = e.cost_consequence(outcomes, _unit_costs(parameters, economics))
    return costs, service_only(outcomes, parameters, economics, line=line)


def service_only(
    outcomes: xr.Dataset,
    parameters: xr.Dataset,
    economics: Economics,
    *,
    bases: Sequence[str] | None = None,
    line: KnownLine | None = None,
) -> xr.DataArray:
    """Cost of the service (sample, trust, basis) on some of its bases, or on all of them; see `value_and_cost`."""
    return e.service_cost(outcomes.calls, _cost_per_call(outcomes, parameters, economics, bases, line))


def _unit_costs(parameters: xr.Dataset, economics: Economics) -> xr.DataArray:
    names = {item.consequence: item.unit_cost for item in economics.consequences if item.unit_cost}
    return e.unit_costs_from(parameters, names)


def _cost_per_call(
    outcomes: xr.Dataset,
    parameters: xr.Dataset,
    economics: Economics,
    bases: Sequence[str] | None,
    line: KnownLine | None,
) -> xr.DataArray:
    """GBP per call (sample, basis), with a dim `trust` where a basis differs between trusts."""
    wanted = list(economics.bases) if bases is None else list(bases)
    public = {name: economics.service_cost_bases[name] for name in wanted if name != STAFFING}
    parts = [e.cost_per_call_from(parameters, public)] if public else []
    if STAFFING in wanted:
        calls = outcomes.calls.assign_attrs(period_months=outcomes.attrs["period_months"])
        known = line or known_line(calls, parameters, staffing_needed(economics))
        own = staffed_cost(outcomes, parameters, line=known)
        parts.append(own.expand_dims(basis=[STAFFING], axis=-1))
    if len(parts) == 1:
        return parts[0]
    common_price_year({"public bases": parts[0], "staffing": parts[1]})
    plain = parts[0].drop_vars(["cost_unit", "parameter"])
    return xr.concat(xr.broadcast(plain, parts[1], exclude=["basis"]), dim="basis").assign_attrs(parts[0].attrs)
