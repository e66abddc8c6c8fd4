"""What the service costs, and what would break even.

service_cost = calls * cost_per_call. The cost of a call is known only by basis, and public bases differ ninefold and
more; so basis is a dim of scenarios, kept to the last table and never averaged.

Break-even values are ratios of expectations, because the decision turns where the expected net value is 0. The mean of
a ratio is something else, and has no meaning when its divisor may be 0.
"""

from __future__ import annotations

import xarray as xr

from econ111.economics.joint import SAMPLE, check_joint, common_price_year, study_of
from econ111.economics.unit_costs import check_costs
from econ111.errors import InputError


def service_cost(calls: xr.DataArray, cost_per_call: xr.DataArray) -> xr.DataArray:
    """Cost of the service on each basis.

    Parameters
    ----------
    calls : DataArray (sample, trust)
        Answered calls in the evaluation period.
    cost_per_call : DataArray (sample, basis)
        GBP per call, with attribute `price_year`. Without a `sample` dim it is a constant.

    Returns
    -------
    DataArray (sample, trust, basis)
        GBP in the period of `calls`. Positive is spent.

    Raises
    ------
    InputError
        When a cost is negative or not finite, states no price year, or the draws are not on one sample index.

    Examples
    --------
    >>> calls = xr.DataArray([[80_700.0]], dims=("sample", "trust"))
    >>> price = xr.DataArray([184.55], coords={"basis": ["recorded contact"]}, attrs={"price_year": "2024/25"})
    >>> round(service_cost(calls, price).item())
    14893185
    """
    check_joint({"calls": calls, "cost per call": cost_per_call})
    check_costs(cost_per_call, name="The cost per call")
    year = common_price_year({"cost per call": cost_per_call})
    attrs = {**study_of(calls), "unit": "GBP", "price_year": year}
    spent = (calls * cost_per_call).transpose(*calls.dims, ...)
    return spent.rename("service_cost").drop_attrs(deep=False).assign_attrs(attrs)


def break_even_cost_per_call(value_avoided: xr.DataArray, calls: xr.DataArray) -> xr.DataArray:
    """Highest cost per call at which the expected value avoided still covers the service.

    Parameters
    ----------
    value_avoided : DataArray (sample, estimand, trust)
        GBP in the evaluation period; positive is less spent.
    calls : DataArray (sample, trust)
        Answered calls in the same period.

    Returns
    -------
    DataArray (estimand, trust)
        GBP per call, expected value over expected calls. Negative when the service adds cost elsewhere, so that no
        cost per call breaks even.

    Raises
    ------
    InputError
        When a trust has no expected calls.

    Examples
    --------
    >>> value = xr.DataArray([[90.0], [110.0]], dims=("sample", "trust"), attrs={"price_year": "2024/25"})
    >>> break_even_cost_per_call(value, xr.DataArray([[4.0], [6.0]], dims=("sample", "trust"))).item()
    20.0
    """
    check_joint({"value avoided": value_avoided, "calls": calls})
    expected_calls = calls.mean(SAMPLE)
    if bool((expected_calls <= 0).any()):
        raise InputError("A trust has no expected calls, so no cost per call exists. Leave that trust out.")
    year = common_price_year({"value avoided": value_avoided})
    ratio = value_avoided.mean(SAMPLE) / expected_calls
    return ratio.rename("break_even_cost_per_call").assign_attrs(unit="GBP per call", price_year=year)


def break_even_share(cost_per_call: xr.DataArray, bundle_value: xr.DataArray) -> xr.DataArray:
    """Share of calls that must avoid one whole bundle for the service to pay for itself.

    Parameters
    ----------
    cost_per_call : DataArray (basis) or (sample, basis)
        GBP per call.
    bundle_value : DataArray (bundle) or (sample, bundle)
        GBP per bundle avoided, for example one ED attendance with liaison. Above 0.

    Returns
    -------
    DataArray (bundle, basis)
        Expected cost over expected value; above 1 means that it cannot pay for itself through this bundle alone.

    Raises
    ------
    InputError
        When price years differ or a bundle is worth nothing.

    Examples
    --------
    >>> basis = xr.DataArray([184.55], dims="basis", attrs={"price_year": "2024/25"})
    >>> bundle = xr.DataArray([280.17], dims="bundle", attrs={"price_year": "2024/25"})
    >>> round(break_even_share(basis, bundle).item(), 2)
    0.66
    """
    named = {"cost per call": cost_per_call, "bundle value": bundle_value}
    check_joint(named)
    year = common_price_year(named)
    worth = _expected(bundle_value)
    if bool((worth <= 0).any()):
        raise InputError("A bundle is worth nothing, so no share of calls breaks even. Leave that bundle out.")
    share = (_expected(cost_per_call) / worth).transpose(*worth.dims, ...)
    return share.rename("break_even_share").drop_attrs(deep=False).assign_attrs(unit="share of calls", price_year=year)


def break_even_attendance_value(
    service_cost: xr.DataArray, avoided_attendances: xr.DataArray, *, other_value: xr.DataArray | None = None
) -> xr.Dataset:
    """Value of one avoided attendance at which the expected net value is 0.

    Parameters
    ----------
    service_cost : DataArray (sample, trust, basis)
        GBP in the evaluation period.
    avoided_attendances : DataArray (sample, estimand, trust)
        Attendances in the same period; positive is fewer.
    other_value : DataArray (sample, estimand, trust), optional
        GBP avoided through everything but these attendances, credited first.

    Returns
    -------
    Dataset (estimand, trust, basis)
        `break_even_value`: GBP per avoided attendance, (expected service cost - expected other value) over expected
        avoided attendances; NaN when none are expected to be avoided, as no value then suffices; negative when the
        other value alone covers the service. `probability_fewer`: share of draws with fewer attendances; the ratio
        has no interval, so read the two together.

    Examples
    --------
    >>> cost = xr.DataArray([[1000.0], [1000.0]], dims=("sample", "trust"), attrs={"price_year": "2024/25"})
    >>> fewer = xr.DataArray([[4.0], [6.0]], dims=("sample", "trust"))
    >>> break_even_attendance_value(cost, fewer)["break_even_value"].item()
    200.0
    """
    named = {"service cost": service_cost} | ({} if other_value is None else {"other value": other_value})
    check_joint({**named, "avoided attendances": avoided_attendances})
    year = common_price_year(named)
    to_cover = service_cost.mean(SAMPLE) if other_value is None else (service_cost - other_value).mean(SAMPLE)
    expected_fewer = avoided_attendances.mean(SAMPLE)
    ratio = (to_cover / expected_fewer.where(expected_fewer > 0)).transpose(*expected_fewer.dims, ...)
    ratio = ratio.drop_attrs(deep=False).assign_attrs(unit="GBP per avoided attendance", price_year=year)
    share = (avoided_attendances > 0).mean(SAMPLE).drop_attrs(deep=False).assign_attrs(unit="probability")
    return xr.Dataset({"break_even_value": ratio, "probability_fewer": share}, attrs={"price_year": year})


def _expected(draws: xr.DataArray) -> xr.DataArray:
    return draws.mean(SAMPLE) if SAMPLE in draws.dims else draws
