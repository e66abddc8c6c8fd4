"""From draws to tidy tables: intervals, probabilities of a direction, verdicts.

Totals are summed over trusts draw by draw before they are summarised; the ends of the trusts' intervals do not add.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics import TOTAL
from econ111.impact.estimands import ESTIMANDS
from econ111.impact.verdicts import judge, variance_owned
from econ111.intervals import INTERVAL_LEVEL, summarise

UNITS = {
    "referral": "dispositions in the period",
    "consequence": "number in the period",
    "series": "attendances in the period",
}
ZERO = "zero by construction: this estimand counts none"


@dataclass(frozen=True)
class Judgement:
    """Thresholds of the verdicts, and why the fit cannot be used: empty when it can, and kept when it was accepted."""

    rules: Mapping[str, float]
    diagnostics_fail: str


def estimates_table(
    pair: xr.Dataset,
    *,
    item: str,
    kind: str,
    assumptions: Mapping[str, np.ndarray],
    judged: Judgement,
) -> pd.DataFrame:
    """One row per estimand, item and trust, with its verdict.

    Parameters
    ----------
    pair : Dataset (sample, estimand, trust, item)
        `without_service` and `with_service`.
    item : str
        Name of the item's dim, `disposition` or `consequence`.
    kind : str
        `referral` or `consequence`.
    assumptions : mapping of str to array (sample, parameter)
        By estimand, draws of the parameters that the data do not inform.
    judged : Judgement
        By which rules.

    Returns
    -------
    DataFrame
        code, estimand, definition, kind, item, trust, unit, without_service, with_service, avoided, avoided_low,
        avoided_high, level, probability_fewer, prior_share, verdict, reason. `avoided` positive is fewer. What an
        estimand does not count at all has no verdict, and the reason says that it is zero by construction.
    """
    whole = with_joint_total(pair)
    avoided = whole.without_service - whole.with_service
    frame = _summary_frame(avoided, item)
    for name in ("without_service", "with_service"):
        frame[name] = whole[name].mean("sample").transpose("estimand", "trust", item).values.ravel()
    owned = [_owned(avoided.sel(estimand=name), assumptions[str(name)], item) for name in avoided.estimand.values]
    frame["prior_share"] = np.concatenate(owned)
    draws = avoided.transpose("estimand", "trust", item, "sample").values.reshape(len(frame), -1)
    verdicts = [
        judge(values, rules=judged.rules, prior_share=share, diagnostics_fail=judged.diagnostics_fail)
        for values, share in zip(draws, frame.prior_share, strict=True)
    ]
    none = _none_in_any_draw(whole, frame, item)
    frame["probability_fewer"] = np.where(none, np.nan, (draws > 0).mean(axis=1))
    frame["verdict"] = ["" if zero else verdict.word for zero, verdict in zip(none, verdicts, strict=True)]
    frame["reason"] = [ZERO if zero else verdict.reason for zero, verdict in zip(none, verdicts, strict=True)]
    return _named(frame, kind)


def _none_in_any_draw(whole: xr.Dataset, frame: pd.DataFrame, item: str) -> np.ndarray:
    """Rows of which an estimand counts none, with or without the service, in any draw: a definition, not a finding."""
    none = ((frame["without_service"] == 0) & (frame["with_service"] == 0)).to_numpy(copy=True)
    # Means of 0 are rare, so that the draws are looked at only there.
    for place in np.flatnonzero(none):
        row = whole.sel({name: frame[name].iloc[place] for name in ("estimand", "trust")}).sel(
            {item: frame["item"].iloc[place]}
        )
        none[place] = not (row.without_service.values.any() or row.with_service.values.any())
    return none


def descriptive_table(fell: xr.DataArray, *, estimand: str, item: str, kind: str) -> pd.DataFrame:
    """Rows of an estimand that is described and never judged (E0).

    Parameters
    ----------
    fell : DataArray (sample, trust, item)
        Before minus after; positive is fewer.
    """
    frame = _summary_frame(with_joint_total(fell.expand_dims(estimand=[estimand])), item)
    blank = {"without_service": np.nan, "with_service": np.nan, "prior_share": np.nan, "probability_fewer": np.nan}
    return _named(frame.assign(**blank, verdict="", reason="descriptive; not an effect"), kind)


def monthly_table(pairs: Iterable[xr.Dataset], months: Sequence[str]) -> pd.DataFrame:
    """Avoided referrals of each month, per trust and in total.

    Parameters
    ----------
    pairs : iterable of Dataset (sample, estimand, trust, month, disposition)
        `without_service` and `with_service`, some months after others, so that not all need be held.
    months : sequence of str
        Labels of the months, YYYY-MM.
    """
    parts = [summarise(with_joint_total(pair.without_service - pair.with_service)) for pair in pairs]
    whole = xr.concat(parts, dim="month").assign_coords(month=list(months))
    summary = whole.to_dataframe(dim_order=["trust", "disposition", "estimand", "month"]).reset_index()
    summary = summary.rename(columns={"disposition": "item", **_COLUMNS})
    frame = summary.assign(code=[ESTIMANDS[name][0] for name in summary.estimand], level=INTERVAL_LEVEL)
    columns = ["code", "estimand", "item", "trust", "month", "avoided", "avoided_low", "avoided_high", "level"]
    return frame[columns].assign(unit="dispositions a month")


def with_joint_total[Draws: (xr.DataArray, xr.Dataset)](draws: Draws) -> Draws:
    """The draws with their sum over trusts appended, summed draw by draw; not known where a trust is not known."""
    total = draws.sum("trust", skipna=False).expand_dims(trust=[TOTAL])
    return xr.concat([draws, total], dim="trust")


_COLUMNS = {"mean": "avoided", "low": "avoided_low", "high": "avoided_high"}


def _summary_frame(avoided: xr.DataArray, item: str) -> pd.DataFrame:
    summary = summarise(avoided)
    frame = summary.to_dataframe(dim_order=["estimand", "trust", item]).reset_index()
    frame = frame.rename(columns={item: "item", **_COLUMNS})
    return frame[["estimand", "trust", "item", "avoided", "avoided_low", "avoided_high"]]


def _owned(avoided: xr.DataArray, assumptions: np.ndarray, item: str) -> np.ndarray:
    flat = avoided.transpose("sample", "trust", item).values.reshape(avoided.sizes["sample"], -1)
    return variance_owned(flat, assumptions)


def _named(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    columns = [
        "code", "estimand", "definition", "kind", "item", "trust", "unit", "without_service", "with_service", "avoided",
        "avoided_low", "avoided_high", "level", "probability_fewer", "prior_share", "verdict", "reason",
    ]  # fmt: skip
    named = frame.assign(
        code=[ESTIMANDS[name][0] for name in frame.estimand],
        definition=[ESTIMANDS[name][1] for name in frame.estimand],
        kind=kind,
        unit=UNITS[kind],
        level=INTERVAL_LEVEL,
    )
    return named[columns]
