"""Calls whose disposition nobody wrote down: they may differ from those that were recorded.

With m the share of calls that went unrecorded, r[d] the shares of the recorded ones and w[d] the odds ratio of being
unrecorded, disposition d against self-care,

    missing[d]  = r[d] w[d] / sum over d of r w
    everyone[d] = (1 - m) r[d] + m missing[d]

w = 1 is missing at random. No data inform w: it is 1, or elicited (parameters), or gone through on a grid. All of it
re-weights the draws of one fit. When w differs from 1 for one disposition d only, and something follows each
disposition with value v, its expected number per call needs no table of shares, which makes the grid cheap:

    missing . v = (r . v + (w - 1) r[d] v[d]) / (1 + (w - 1) r[d])

Whatever w is, (1 - m) r[d] <= everyone[d] <= (1 - m) r[d] + m: bounds that need no assumption (Manski CF, American
Economic Review 1990;80:319), and for any v from m times its smallest to m times its largest value. The pattern mixture
follows Leurent B et al., PharmacoEconomics 2018;36:889.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import xarray as xr

REFERENCE = "self_care"
STAGES_OF_LINE = MappingProxyType({"physical": ("before", "after"), "mental": ("mental",)})
# By which calls each estimand weighs the mix before launch and the mental line's.
WEIGHED_BY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"same_calls": ("mental", "mental"), "displaced": ("displaced", "displaced"), "net_system": ("displaced", "mental")}
)
GRID_POINTS = 41
_HALVINGS = 60


def tilt(recorded: xr.DataArray, unrecorded_share: xr.DataArray, log_odds: xr.DataArray | float = 0.0) -> xr.DataArray:
    """Shares of all calls, from those of recorded calls and how much likelier each is to go unrecorded.

    Parameters
    ----------
    recorded : DataArray (..., disposition)
        Shares among calls with a recorded disposition.
    unrecorded_share : DataArray (...)
        Share of calls with none.
    log_odds : DataArray (disposition, ...) or float
        Log odds ratio of being unrecorded against self-care; 0 is missing at random and returns `recorded`. With a dim
        `stage` it differs between the lines.

    Examples
    --------
    >>> recorded = xr.DataArray([0.2, 0.8], dims="disposition")
    >>> tilt(recorded, xr.DataArray(0.5)).values.tolist()
    [0.2, 0.8]
    """
    weight = xr.ufuncs.exp(xr.zeros_like(recorded) + log_odds) * recorded
    missing = weight / weight.sum("disposition")
    everyone: xr.DataArray = (1 - unrecorded_share) * recorded + unrecorded_share * missing
    return everyone


def recorded_shares(everyone: xr.DataArray, unrecorded_share: xr.DataArray, log_odds: xr.DataArray) -> xr.DataArray:
    """Shares of recorded calls when calls go unrecorded by disposition: the inverse of `tilt`, for simulated services.

    Parameters
    ----------
    everyone : DataArray (..., disposition)
        Shares of all calls.
    unrecorded_share : DataArray (...)
        Share of calls that go unrecorded, below 1.
    log_odds : DataArray (disposition, ...)
        Log odds ratio of being unrecorded against self-care.

    Returns
    -------
    DataArray (..., disposition)
        Found by halving; `tilt` of it gives `everyone` back to 1e-12.
    """
    weight = xr.ufuncs.exp(log_odds + xr.zeros_like(everyone))
    low, high = weight.min("disposition"), weight.max("disposition")
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_large = _given_total(everyone, unrecorded_share, weight, middle).sum("disposition") > 1
        low, high = low.where(too_large, middle), middle.where(too_large, high)
    return _given_total(everyone, unrecorded_share, weight, (low + high) / 2)


def log_odds_names(stem: str, dispositions: Sequence[str]) -> dict[tuple[str, str], str]:
    """Name of the parameter of each line and disposition; self-care is the reference and has none."""
    others = [name for name in dispositions if name != REFERENCE]
    return {(line, name): f"{stem}_{line}_{name}" for line in STAGES_OF_LINE for name in others}


def elicited_log_odds(parameters: xr.Dataset, stem: str, dispositions: Sequence[str]) -> xr.DataArray:
    """Elicited log odds ratios of being unrecorded (sample, stage, disposition), from the draws of their parameters."""
    stages = [stage for stages in STAGES_OF_LINE.values() for stage in stages]
    shape = (parameters.sizes["sample"], len(stages), len(dispositions))
    coords = {"stage": stages, "disposition": list(dispositions)}
    found = xr.DataArray(np.zeros(shape), dims=("sample", "stage", "disposition"), coords=coords)
    for (line, disposition), name in log_odds_names(stem, dispositions).items():
        for stage in STAGES_OF_LINE[line]:
            found.loc[{"stage": stage, "disposition": disposition}] = parameters[name].values
    return found


def odds_grid(limit: float) -> xr.DataArray:
    """Log odds ratios from 1/`limit` to `limit`, evenly spaced, with 0 in the middle (log_odds).

    Examples
    --------
    >>> grid = odds_grid(20.0)
    >>> grid.size, float(grid[20]), round(float(np.exp(grid[-1])), 6)
    (41, 0.0, 20.0)
    """
    half = np.linspace(0.0, np.log(limit), GRID_POINTS // 2 + 1)
    points = np.concatenate([-half[:0:-1], half])
    return xr.DataArray(points, dims="log_odds", coords={"log_odds": points})


def change_per_call(
    recorded: xr.DataArray,
    unrecorded_share: xr.DataArray,
    values: xr.DataArray,
    *,
    disposition: str,
    log_odds: xr.DataArray,
) -> xr.DataArray:
    """What the expected number per call gains when one disposition is likelier to go unrecorded than the others.

    Parameters
    ----------
    recorded : DataArray (sample, trust, disposition)
        Shares of one stage among calls with a recorded disposition.
    unrecorded_share : DataArray (sample, trust)
        Share of its calls with none.
    values : DataArray (disposition, ...)
        What follows each disposition: 1 for the disposition counted and 0 for the others, or a probability.
    disposition : str
        The one whose odds ratio is gone through; all others stay at random.
    log_odds : DataArray (log_odds)
        From `odds_grid`.

    Returns
    -------
    DataArray (sample, trust, log_odds, ...)
        0 where the log odds ratio is 0.
    """
    own = recorded.sel(disposition=disposition, drop=True)
    worth = values.sel(disposition=disposition, drop=True)
    plain = xr.dot(recorded, values, dim="disposition")
    extra = xr.ufuncs.expm1(log_odds) * own
    change: xr.DataArray = unrecorded_share * extra * (worth - plain) / (1 + extra)
    return change


def bounds_per_call(recorded: xr.DataArray, unrecorded_share: xr.DataArray, values: xr.DataArray) -> xr.Dataset:
    """How far the expected number per call can lie below and above that at random, whatever the unrecorded calls were.

    Returns
    -------
    Dataset
        `low` (never positive) and `high` (never negative), of the dims of `recorded` and `values` without disposition.
    """
    plain = xr.dot(recorded, values, dim="disposition")
    ends = {"low": values.min("disposition"), "high": values.max("disposition")}
    return xr.Dataset({name: unrecorded_share * (end - plain) for name, end in ends.items()})


def shifted(at_random: xr.DataArray, flows: xr.Dataset, *, before: xr.DataArray, mental: xr.DataArray) -> xr.DataArray:
    """Avoided numbers when the expected numbers per call are other than at random.

    Parameters
    ----------
    at_random : DataArray (sample, estimand, trust)
        Avoided when unrecorded calls are like recorded ones; positive is fewer.
    flows : Dataset (sample, trust)
        `mental` and `displaced` calls of the period.
    before, mental : DataArray (sample, trust, ...)
        What a call before launch, and a call to the mental line, gains over at random.

    Returns
    -------
    DataArray (sample, trust, ..., estimand)
    """
    moved = [flows[old] * before - flows[new] * mental for old, new in _weights(at_random)]
    return at_random + xr.concat(moved, dim=at_random.estimand)


def avoided_bounds(at_random: xr.DataArray, flows: xr.Dataset, *, before: xr.Dataset, mental: xr.Dataset) -> xr.Dataset:
    """Least and most that can have been avoided, whatever the unrecorded calls of either line were.

    Parameters
    ----------
    at_random : DataArray (sample, estimand, trust)
        As in `shifted`.
    flows : Dataset (sample, trust)
        `mental` and `displaced` calls of the period; draws may be negative.
    before, mental : Dataset (sample, trust)
        From `bounds_per_call`.

    Returns
    -------
    Dataset (sample, trust, estimand)
        `low` and `high`; each line is on its worst and best side. Bounds of trusts add up to those of their total.
    """
    parts = [(_ends(flows[old], before), _ends(flows[new], mental)) for old, new in _weights(at_random)]
    low = xr.concat([old[0] - new[1] for old, new in parts], dim=at_random.estimand)
    high = xr.concat([old[1] - new[0] for old, new in parts], dim=at_random.estimand)
    return xr.Dataset({"low": at_random + low, "high": at_random + high})


def recovery(
    truth: xr.DataArray,
    calls: xr.DataArray,
    recorded: xr.DataArray,
    unrecorded_share: xr.DataArray,
    log_odds: xr.DataArray,
) -> xr.Dataset:
    """How well E1 is recovered from calls that went unrecorded by disposition, for a calibration with known truth.

    Parameters
    ----------
    truth : DataArray (disposition)
        True avoided dispositions, all trusts; positive is fewer.
    calls : DataArray (sample, trust)
        Calls to the mental line in the period.
    recorded : DataArray (sample, stage, trust, disposition)
        Shares among recorded calls, estimated from the incomplete data.
    unrecorded_share : DataArray (sample, stage, trust)
        Estimated with them.
    log_odds : DataArray (disposition) or (stage, disposition)
        The true ones.

    Returns
    -------
    Dataset (disposition)
        `truth`; mean estimates `with_true_log_odds` and `at_random`; their `bias_with_true_log_odds` and
        `bias_at_random` as shares of the truth (NaN where it is 0); the mean bounds `low` and `high`; `within_bounds`.
    """

    def avoided(shares: xr.DataArray) -> xr.DataArray:
        contrast = shares.sel(stage="before", drop=True) - shares.sel(stage="mental", drop=True)
        return (calls * contrast).sum("trust").mean("sample")

    kept = (1 - unrecorded_share) * recorded
    worst, best = (
        (calls * (kept.sel(stage="before") - kept.sel(stage="mental") + sign * unrecorded_share.sel(stage=stage)))
        .sum("trust")
        .mean("sample")
        for stage, sign in (("mental", -1), ("before", 1))
    )
    estimates = {
        "with_true_log_odds": avoided(tilt(recorded, unrecorded_share, log_odds)),
        "at_random": avoided(tilt(recorded, unrecorded_share)),
    }
    biases = {f"bias_{name}": (one - truth) / abs(truth.where(truth != 0)) for name, one in estimates.items()}
    within = (worst <= truth) & (truth <= best)
    found = {"truth": truth, **estimates, **biases, "low": worst, "high": best, "within_bounds": within}
    return xr.Dataset({name: values.reset_coords(drop=True) for name, values in found.items()})


def _given_total(
    everyone: xr.DataArray, unrecorded_share: xr.DataArray, weight: xr.DataArray, total: xr.DataArray
) -> xr.DataArray:
    """Recorded shares if the weights of recorded calls added up to this; they sum to 1 when it is right."""
    return everyone / ((1 - unrecorded_share) + unrecorded_share * weight / total)


def _weights(at_random: xr.DataArray) -> list[tuple[str, str]]:
    return [WEIGHED_BY[str(name)] for name in at_random.estimand.values]


def _ends(calls: xr.DataArray, per_call: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """The smaller and the larger number, draw by draw: calls that left the physical line may be negative in one."""
    one, other = calls * per_call.low, calls * per_call.high
    return xr.ufuncs.minimum(one, other), xr.ufuncs.maximum(one, other)
