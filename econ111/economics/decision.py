"""Is it worth it: net value, the probability that value exceeds cost, and what a wrong choice would lose.

net_value = value avoided - service cost, draw by draw; positive favours the service. With a threshold, each avoided
attendance is worth that many GBP more, over and above the costs it avoids: net_value + threshold * avoided.

No QALYs enter, so this is not a reference-case analysis in the sense of NICE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr

from econ111.economics.joint import SAMPLE, check_joint, common_price_year, study_of
from econ111.errors import InputError

INTERVENTION = "intervention"
COMPARATOR = "comparator"


def net_value(value_avoided: xr.DataArray, service_cost: xr.DataArray) -> xr.DataArray:
    """Value avoided less service cost: the incremental cost with its sign turned.

    Parameters
    ----------
    value_avoided : DataArray (sample, estimand, trust)
        GBP in the evaluation period; positive is less spent.
    service_cost : DataArray (sample, trust, basis)
        GBP in the same period and price year.

    Returns
    -------
    DataArray (sample, estimand, trust, basis)
        GBP in the evaluation period. Positive favours the service.

    Raises
    ------
    InputError
        When price years differ or the draws are not on one sample index with the same trusts.

    Examples
    --------
    >>> value = xr.DataArray([100.0, 300.0], dims="sample", attrs={"price_year": "2024/25"})
    >>> cost = xr.DataArray([200.0, 200.0], dims="sample", attrs={"price_year": "2024/25"})
    >>> net_value(value, cost).values
    array([-100.,  100.])
    """
    named = {"value avoided": value_avoided, "service cost": service_cost}
    check_joint(named)
    attrs = {**study_of(value_avoided), "unit": "GBP", "price_year": common_price_year(named)}
    net = (value_avoided - service_cost).transpose(*value_avoided.dims, ...)
    return net.rename("net_value").drop_attrs(deep=False).assign_attrs(attrs, sign="positive favours the service")


def probability_value_exceeds_cost(
    net_value: xr.DataArray,
    *,
    avoided_attendances: xr.DataArray | None = None,
    thresholds: Sequence[float] | None = None,
) -> xr.DataArray:
    """Share of draws in which value exceeds cost.

    Parameters
    ----------
    net_value : DataArray (sample, estimand, trust, basis)
        GBP; positive favours the service. For a total, total the draws first.
    avoided_attendances : DataArray (sample, estimand, trust), optional
        Needed with thresholds; positive is fewer.
    thresholds : sequence of float, optional
        GBP that an avoided attendance is worth over and above the costs it avoids, 0 or above.

    Returns
    -------
    DataArray (estimand, trust, basis, threshold)
        From 0 to 1; a draw in which value equals cost does not count. No `threshold` dim without thresholds.

    Raises
    ------
    InputError
        When only one of thresholds and avoided attendances is given, a threshold is negative, or draws do not match.

    Examples
    --------
    >>> net = xr.DataArray([-100.0, -300.0], dims="sample")
    >>> fewer = xr.DataArray([1.0, 1.0], dims="sample")
    >>> probability_value_exceeds_cost(net, avoided_attendances=fewer, thresholds=[0, 200, 400]).values
    array([0. , 0.5, 1. ])
    """
    share = _at_thresholds(net_value, avoided_attendances, thresholds, lambda net: (net > 0).mean(SAMPLE))
    return share.rename("probability_value_exceeds_cost").assign_attrs(_about(net_value) | {"unit": "probability"})


def expected_loss(
    net_value: xr.DataArray,
    *,
    avoided_attendances: xr.DataArray | None = None,
    thresholds: Sequence[float] | None = None,
) -> xr.DataArray:
    """What each choice is expected to lose against always choosing right.

    Parameters
    ----------
    net_value, avoided_attendances, thresholds
        As for `probability_value_exceeds_cost`.

    Returns
    -------
    DataArray (estimand, trust, basis, threshold, option)
        GBP in the evaluation period, 0 or above. For option 'intervention' the mean of max(0, -net_value), for
        'comparator' the mean of max(0, net_value). The smaller of the two belongs to the better choice on the mean,
        and is the expected value of perfect information.

    Examples
    --------
    >>> expected_loss(xr.DataArray([-100.0, 300.0], dims="sample")).values
    array([ 50., 150.])
    """

    def losses(net: xr.DataArray) -> xr.DataArray:
        of_comparator = net.clip(min=0).mean(SAMPLE)
        both = [of_comparator - net.mean(SAMPLE), of_comparator]
        options = xr.DataArray([INTERVENTION, COMPARATOR], dims="option")
        return xr.concat(both, dim="option", coords="minimal").assign_coords(option=options).transpose(..., "option")

    loss = _at_thresholds(net_value, avoided_attendances, thresholds, losses)
    return loss.rename("expected_loss").assign_attrs(_about(net_value) | {"unit": "GBP"})


def _at_thresholds(
    net_value: xr.DataArray,
    avoided_attendances: xr.DataArray | None,
    thresholds: Sequence[float] | None,
    statistic: Callable[[xr.DataArray], xr.DataArray],
) -> xr.DataArray:
    """A statistic of net value at each threshold in turn, so that never more than one copy of the draws is held."""
    if (thresholds is None) != (avoided_attendances is None):
        raise InputError("Thresholds are GBP per avoided attendance: give both, or neither.")
    if thresholds is None or avoided_attendances is None:
        return statistic(net_value).drop_attrs(deep=False)
    if len(thresholds) == 0 or not all(0 <= value < np.inf for value in thresholds):
        raise InputError(f"Thresholds are {list(thresholds)}; give one or more numbers in GBP, 0 or above.")
    check_joint({"net value": net_value, "avoided attendances": avoided_attendances})
    at_each = [statistic(net_value + value * avoided_attendances) for value in thresholds]
    stacked = xr.concat(at_each, dim="threshold", coords="minimal")
    return stacked.assign_coords(threshold=[float(value) for value in thresholds]).drop_attrs(deep=False)


def _about(net_value: xr.DataArray) -> dict[str, object]:
    kept = {name: net_value.attrs[name] for name in ("price_year",) if name in net_value.attrs}
    return {**study_of(net_value), **kept}
