"""What "avoided" means, five ways; each is without the service minus with it, so positive is fewer.

    E0 referrals_fell   referrals a month before launch - referrals a month after, times the months; descriptive only
    E1 same_calls       mental * (before - mix)
    E2 displaced        displaced * (before - mix)
    E3 net_system       displaced * before + absorbed * crisis_line + induced * otherwise - mental * mix

`before` is the physical line's mix before launch, `mix` the mental line's, `displaced` the fall in physical-line calls.
The other mental-line calls are absorbed crisis-line calls and induced calls. How they divide is estimated from the
fall of the crisis lines' own calls where these were supplied, and is a parameter elsewhere; what their callers would
otherwise have done, no call data can tell: these are parameters, and E3 says so. Calls that both lines count are dealt
with in `overlap`, calls without a recorded disposition in `unrecorded`. Every product is taken draw by draw. Expected
counts are used throughout: two noisy predictive draws are never subtracted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from econ111.errors import InputError
from econ111.impact.attendance import AFTER_ATTENDANCE, direct_use

ESTIMANDS = {
    "referrals_fell": ("E0", "before minus after, descriptive; not an effect"),
    "same_calls": ("E1", "all mental-line callers would have called the physical line, with its earlier mix"),
    "displaced": ("E2", "only calls that left the physical line"),
    "net_system": ("E3", "displaced, absorbed and induced calls, each with what they would otherwise have done"),
    "outcome_series": ("E4", "attendances themselves against a projected counterfactual"),
}
EFFECTS = ("same_calls", "displaced", "net_system")
FOLLOW_ATTENDANCE = ("liaison_contact", "admission")
LINES = ("physical_line_call", "crisis_line_call")


@dataclass(frozen=True)
class Elsewhere:
    """What the call data cannot tell, as draws.

    `absorbed_share` (sample): share of the not displaced calls that came from crisis lines; None when the calls of the
    crisis lines themselves say so. `crisis_line_mix` (sample, disposition): what those lines would have advised.
    `induced_otherwise` (sample, disposition): what induced callers would have used directly; sums to less than 1, the
    rest would have done nothing.
    """

    absorbed_share: xr.DataArray | None
    crisis_line_mix: xr.DataArray
    induced_otherwise: xr.DataArray


def call_flows(
    posterior: xr.Dataset, elsewhere: Elsewhere, *, timeline: xr.Dataset, start: date, end: date
) -> xr.Dataset:
    """Expected calls of the evaluated months by origin.

    Parameters
    ----------
    posterior : Dataset (sample, trust, month)
        `expected_without`, `expected_with` and `expected_mental` of the call model. With `expected_crisis_without` and
        `expected_crisis_with` absorbed calls are their difference, and no share is assumed.
    elsewhere : Elsewhere
        For the division of the calls that the physical line did not lose.
    timeline : Dataset (trust, month)
        From `build_timeline`.
    start, end : date
        First and last day of the evaluated period; the months in which they lie count whole.

    Returns
    -------
    Dataset (sample, trust, month)
        `mental`, `displaced`, `absorbed`, `induced`, in answered calls. `displaced` may be negative in single draws,
        and so may the other two: cutting them off at zero would bias every total. `transferred`, the calls that both
        lines count, is 0; see `with_overlap`.

    Raises
    ------
    InputError
        When a month of the period is not in the data.
    """
    return by_origin(evaluated_months(posterior, timeline=timeline, start=start, end=end), elsewhere)


def by_origin(chosen: xr.Dataset, elsewhere: Elsewhere) -> xr.Dataset:
    """Expected calls by origin, of months or of their sums; see `call_flows`."""
    displaced = chosen.expected_without - chosen.expected_with
    rest = chosen.expected_mental - displaced
    absorbed = _absorbed(chosen, elsewhere, rest)
    flows = {
        "mental": chosen.expected_mental,
        "displaced": displaced,
        "transferred": xr.zeros_like(displaced),
        "absorbed": absorbed,
        "induced": rest - absorbed,
    }
    return xr.Dataset(flows).transpose("sample", ...)


def absorbed_is_estimated(posterior: xr.Dataset) -> bool:
    """Whether the calls of the crisis lines themselves were supplied and modelled."""
    return "expected_crisis_without" in posterior


def evaluated_months(posterior: xr.Dataset, *, timeline: xr.Dataset, start: date, end: date) -> xr.Dataset:
    """The draws in the months in which the evaluated period lies, each month whole; see `call_flows`."""
    return posterior.isel(month=in_period(timeline, start=start, end=end).values)


def in_period(timeline: xr.Dataset, *, start: date, end: date) -> xr.DataArray:
    """True in the months in which the evaluated period lies (month).

    Raises
    ------
    InputError
        When a month of the period is not in the data.
    """
    wanted = pd.period_range(start, end, freq="M")
    given = pd.DatetimeIndex(timeline.month.values).to_period("M")
    absent = wanted.difference(given)
    if len(absent):
        what = f"The evaluated period, {start} to {end}, goes beyond the data: no month {', '.join(map(str, absent))}."
        raise InputError(f"{what} Correct period_start and period_end, or supply these months.")
    return xr.DataArray(given.isin(wanted), coords={"month": timeline.month})


def avoided_referrals(flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere) -> xr.Dataset:
    """Dispositions with and without the service under E1, E2 and E3.

    Parameters
    ----------
    flows : Dataset (sample, trust[, month])
        From `call_flows`, summed over months or not.
    shares : DataArray (sample, stage, trust, disposition)
        Shares of all calls.
    elsewhere : Elsewhere
        What absorbed and induced callers would have met otherwise.

    Returns
    -------
    Dataset (sample, estimand, trust[, month], disposition)
        `without_service` and `with_service`, expected counts.
    """
    before, mental = (shares.sel(stage=stage, drop=True) for stage in ("before", "mental"))
    without = {
        "same_calls": flows.mental * before,
        "displaced": flows.displaced * before,
        "net_system": flows.displaced * before
        + flows.absorbed * elsewhere.crisis_line_mix
        + flows.induced * elsewhere.induced_otherwise,
    }
    with_service = {
        "same_calls": flows.mental * mental,
        "displaced": flows.displaced * mental,
        "net_system": flows.mental * mental,
    }
    return xr.Dataset({"without_service": _by_estimand(without), "with_service": _by_estimand(with_service)})


def referrals_fell(posterior: xr.Dataset, shares: xr.DataArray, *, timeline: xr.Dataset, months: int) -> xr.DataArray:
    """Referrals a month before launch minus referrals a month after, on both lines, times `months` (E0).

    Parameters
    ----------
    posterior : Dataset (sample, trust, month)
        Expected calls.
    shares : DataArray (sample, stage, trust, disposition)
        Shares of all calls.
    timeline : Dataset (trust, month)
        Says which months are after launch.
    months : int
        Months of the evaluated period.

    Returns
    -------
    DataArray (sample, trust, disposition)
        Positive when there were fewer referrals after launch. It credits the service with nothing.
    """
    after = timeline.after_launch.assign_coords(month=posterior.month)
    old = posterior.expected_with.where(~after).mean("month") * shares.sel(stage="before", drop=True)
    physical = posterior.expected_with.where(after).mean("month") * shares.sel(stage="after", drop=True)
    mental = posterior.expected_mental.where(after).mean("month") * shares.sel(stage="mental", drop=True)
    fell: xr.DataArray = months * (old - physical - mental)
    return fell.transpose("sample", "trust", "disposition")


def consequences(flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere, attendance: xr.DataArray) -> xr.Dataset:
    """What follows from the dispositions: attendances, conveyances, contacts, admissions, with and without the service.

    Parameters
    ----------
    flows : Dataset (sample, trust)
        From `call_flows`, summed over the evaluated months.
    shares : DataArray (sample, stage, trust, disposition)
        Shares of all calls.
    elsewhere : Elsewhere
        For E3.
    attendance : DataArray (sample, disposition, consequence)
        From `draw_attendance`.

    Returns
    -------
    Dataset (sample, estimand, trust, consequence)
        `without_service` and `with_service`, expected counts, with the calls to the lines themselves. A call passed on
        from the physical line was made to it all the same.
    """
    names = [str(name) for name in attendance.consequence.values]
    advised = attendance.sel(disposition=list(shares.disposition.values))
    alone = _values(direct_use(advised), "disposition", "consequence")
    given = _values(advised, "disposition", "consequence")
    before, mental = (
        np.einsum("std,sdc->stc", _values(shares.sel(stage=stage), "trust", "disposition"), given)
        for stage in ("before", "mental")
    )
    crisis = np.einsum("sd,sdc->sc", _values(elsewhere.crisis_line_mix, "disposition"), given)
    otherwise = _values(elsewhere.induced_otherwise, "disposition")
    nothing = 1.0 - otherwise.sum(axis=-1, keepdims=True)
    induced = np.einsum("sd,sdc->sc", np.concatenate([otherwise, nothing], axis=-1), alone)
    calls = {str(name): _values(flow, "trust")[..., None] for name, flow in flows.items()}
    displaced = calls["displaced"] * before
    new = calls["absorbed"] * crisis[:, None] + calls["induced"] * induced[:, None]
    answered = calls["mental"] * mental
    without = np.stack([calls["mental"] * before, displaced, displaced + new], axis=1)
    with_service = np.stack([answered, calls["displaced"] * mental, answered], axis=1)
    after = _values(attendance.sel(disposition=AFTER_ATTENDANCE), "consequence")
    for follow in (names.index(name) for name in FOLLOW_ATTENDANCE if name in names):
        for pair in (without, with_service):
            pair[..., follow] = pair[..., names.index("ed_attendance")] * after[:, None, None, follow]
    lines, still = _calls_themselves(calls)
    found = {"without_service": np.concatenate([without, lines], axis=-1),
             "with_service": np.concatenate([with_service, still], axis=-1)}  # fmt: skip
    coords = {"estimand": pd.Index(list(EFFECTS)), "trust": flows.trust.values, "consequence": [*names, *LINES]}
    return xr.Dataset({name: (("sample", *coords), values) for name, values in found.items()}, coords=coords)


def _absorbed(chosen: xr.Dataset, elsewhere: Elsewhere, rest: xr.DataArray) -> xr.DataArray:
    if absorbed_is_estimated(chosen):
        fell: xr.DataArray = chosen.expected_crisis_without - chosen.expected_crisis_with
        return fell
    if elsewhere.absorbed_share is None:
        raise InputError(
            "No share of absorbed calls is given and no calls of crisis lines. Name assumptions.absorbed_share."
        )
    return elsewhere.absorbed_share * rest


def _values(array: xr.DataArray, *dims: str) -> np.ndarray:
    """Values with the draws first and these dims after; a constant is the same in every draw."""
    drawn = array if "sample" in array.dims else array.expand_dims("sample")
    return np.asarray(drawn.transpose("sample", *dims).values)


def _by_estimand(parts: dict[str, xr.DataArray]) -> xr.DataArray:
    joined = xr.concat(list(parts.values()), dim=pd.Index(list(parts), name="estimand"))
    return joined.transpose("sample", "estimand", "trust", ...)


def _calls_themselves(calls: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Calls to the other lines without and with the service (sample, estimand, trust, line), in the order of `LINES`.

    A call to the mental line is one call fewer to the line where its caller would have called, and did not.
    """
    nobody = np.zeros_like(calls["mental"])
    physical = np.stack([calls["mental"], calls["displaced"], calls["displaced"]], axis=1)
    crisis = np.stack([nobody, nobody, calls["absorbed"]], axis=1)
    passed_on = np.stack([calls["transferred"]] * len(EFFECTS), axis=1)
    return np.concatenate([physical, crisis], axis=-1), np.concatenate([passed_on, np.zeros_like(crisis)], axis=-1)
