"""Calls passed on from the physical-health line to the mental-health one: one caller, perhaps counted on both lines.

Per trust and month, in answered calls as the lines count them:

    W  physical-line calls without the service      M  mental-line calls
    P  physical-line calls with it                  X  of M, those that both lines count

P - X calls end on the physical line, so the calls whose advice moved to the mental line are those that vanished from
the physical line's count and those that stayed in it but were passed on:

    displaced = W - (P - X) = (W - P) + X
    M         = displaced + absorbed + induced, so X comes off absorbed and induced calls
    people helped by either line, each once: P + M - X

What this does to avoided numbers, per disposition or consequence, with `before` and `mix` the two mixes, `rest` what
absorbed and induced calls would have met on average:

    E1  mental * (before - mix)                      as before: it takes every call as displaced already
    E2  displaced * (before - mix)                   gains X * (before - mix)
    E3  displaced * before + ... - mental * mix      gains X * (before - rest)

A call that was passed on was still made to the physical line, so that line is spared displaced - X calls (M - X under
E1), whatever was avoided after them. E0 counts calls as each line counted them and is left alone. The mixes stay:
before launch there was no line to pass calls to, and the mental line gave its advice to transferred callers too.

How many calls are passed on is what the trusts return as `transfers_in` on the mental line, elsewhere a share of its
calls that is assumed; which part of them both lines count is not known. X is taken at none, a stated part and all of
the transferred calls. That every call to the mental line was counted on both lines would be another claim, that all of
them left the physical line, and is E1.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import xarray as xr


def transfers_returned(calls: xr.Dataset, *, start: date, end: date) -> xr.DataArray:
    """Share of the mental line's answered calls that were passed on to it, as each trust returned them.

    Parameters
    ----------
    calls : Dataset (trust, month, line)
        The call table.
    start, end : date
        First and last day of the evaluated period; its months count whole.

    Returns
    -------
    DataArray (trust)
        Over the months in which both counts were supplied, hidden and rounded counts at the middle of their bounds.
        NaN for a trust that returned none: no transfers returned are not no transfers.
    """
    mental = calls.sel(line="mental", drop=True)
    wanted = pd.DatetimeIndex(mental.month.values).to_period("M").isin(pd.period_range(start, end, freq="M"))
    middle = {
        name: (mental[f"{name}_low"] + mental[f"{name}_high"]).isel(month=wanted) / 2
        for name in ("transfers_in", "calls_answered")
    }
    both = middle["transfers_in"].notnull() & middle["calls_answered"].notnull()
    passed_on, answered = (middle[name].where(both).sum("month") for name in ("transfers_in", "calls_answered"))
    share: xr.DataArray = passed_on / answered.where(answered > 0)
    return share


def counted_twice(returned: xr.DataArray, *, otherwise: xr.DataArray, overlap: xr.DataArray | float) -> xr.DataArray:
    """Share of the mental line's calls that both lines count.

    Parameters
    ----------
    returned : DataArray (trust)
        From `transfers_returned`.
    otherwise : DataArray (sample)
        Share passed on, for trusts that return none.
    overlap : DataArray (sample) or float
        Share of the transferred calls that both lines count, 0 to 1.

    Returns
    -------
    DataArray (sample, trust)

    Examples
    --------
    >>> returned = xr.DataArray([0.04, float("nan")], dims="trust")
    >>> counted_twice(returned, otherwise=xr.DataArray([0.1], dims="sample"), overlap=0.5).values.tolist()
    [[0.02, 0.05]]
    """
    share = returned.fillna(otherwise) * overlap
    return share.transpose("sample", "trust")


def with_overlap(flows: xr.Dataset, share: xr.DataArray, *, absorbed_share: xr.DataArray | None) -> xr.Dataset:
    """The same calls when a share of the mental line's is counted on both lines.

    Parameters
    ----------
    flows : Dataset (sample, trust[, month])
        From `call_flows`, which counts none twice.
    share : DataArray (sample, trust)
        From `counted_twice`.
    absorbed_share : DataArray (sample), optional
        Share of the calls not displaced that came from crisis lines; None when absorbed calls are estimated from the
        crisis lines' own calls, and so stay as they are.

    Returns
    -------
    Dataset (sample, trust[, month])
        The flows, with `transferred` the calls counted twice.
    """
    transferred = share * flows.mental
    displaced = flows.displaced - flows.transferred + transferred
    rest = flows.mental - displaced
    absorbed = flows.absorbed if absorbed_share is None else absorbed_share * rest
    found = {"displaced": displaced, "transferred": transferred, "absorbed": absorbed, "induced": rest - absorbed}
    return flows.assign({name: values.transpose(*flows.mental.dims) for name, values in found.items()})
