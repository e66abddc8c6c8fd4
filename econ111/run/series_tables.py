"""Tidy tables of an outcome series: estimates, months, what could be noticed, pooled falls, and the placebo beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics import TOTAL
from econ111.impact.estimands import ESTIMANDS
from econ111.impact.series_breaks import Break
from econ111.impact.series_panel import Panel
from econ111.impact.series_power import Detectable
from econ111.impact.verdicts import judge
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.run.context import Context
from econ111.run.estimates import UNITS
from econ111.specs.schema import Series

ESTIMAND = "outcome_series"
MEAN_OF_TRUSTS = "Mean of trusts"
CAN, CANNOT = "could be noticed", "could not be noticed: NOT IDENTIFIABLE"


@dataclass(frozen=True)
class Projection:
    """Predicted counts without the service (sample, trust, month), observed counts, and which cells are counted."""

    predicted: xr.DataArray
    observed: xr.DataArray
    counted: xr.DataArray

    def avoided(self) -> xr.DataArray:
        """Predicted minus observed, by trust and 'Total', in counted cells; NaN elsewhere (sample, trust, month).

        The total of a month is the sum over the trusts that are counted in it.
        """
        each = (self.predicted - self.observed).where(self.counted)
        total = each.sum("trust").where(self.counted.any("trust")).expand_dims(trust=[TOTAL])
        return xr.concat([each, total], dim="trust").transpose("sample", "trust", "month")

    def avoided_totals(self) -> xr.DataArray:
        """Sum over the counted months (sample, trust); positive is fewer."""
        return self.avoided().sum("month")

    def without(self) -> xr.DataArray:
        """Predicted counts over the counted months, by trust and 'Total' (sample, trust)."""
        each = self.predicted.where(self.counted, 0.0).sum("month")
        return xr.concat([each, each.sum("trust").expand_dims(trust=[TOTAL])], dim="trust").transpose("sample", "trust")

    @property
    def months(self) -> int:
        """Months in which any trust is counted."""
        return int(self.counted.any("trust").sum())


def detectable_table(panel: Panel, found: Mapping[str, tuple[Detectable, float]], *, plausible: float) -> pd.DataFrame:
    """What could be noticed, by trust and in total, from months before launch alone.

    Parameters
    ----------
    panel : Panel
        Cells that are used and counted.
    found : mapping of str to (Detectable, float)
        By trust and 'Total', with the projected count a month.
    plausible : float
        Largest plausible effect a month in total; each trust's part is its share of the count before launch.
    """
    trusts = len(panel.trusts)
    seen = panel.before_launch().used[:trusts]
    before = np.where(seen, np.exp(panel.log_rate[:trusts]) * panel.days, np.nan)
    share = np.nanmean(before, axis=1) / np.nanmean(before, axis=1).sum()
    parts = dict(zip(panel.trusts, plausible * share, strict=True)) | {TOTAL: plausible}
    used = dict(zip(panel.trusts, panel.used[:trusts].sum(axis=1), strict=True))
    used[TOTAL] = int(panel.used[:trusts].any(axis=0).sum())
    counted = dict(zip(panel.trusts, panel.counted[:trusts].sum(axis=1), strict=True))
    counted[TOTAL] = int(panel.counted[:trusts].any(axis=0).sum())
    return pd.DataFrame([
        {
            "trust": name, "months_before": int(used[name]), "months_counted": int(counted[name]),
            "expected_monthly": expected, "detectable": one.effect, "detectable_share": one.effect / expected,
            "counterfactual_sd": one.counterfactual_sd, "plausible": float(parts[name]), "power": one.power,
            "level": INTERVAL_LEVEL, "unit": "attendances a month", "controls": panel.controls,
            "verdict": CAN if one.effect <= parts[name] else CANNOT,
        }
        for name, (one, expected) in found.items()
    ])  # fmt: skip


def estimates_table(
    projection: Projection, detectable: pd.DataFrame, breaks: Mapping[str, Break], *, outcome: str,
    rules: Mapping[str, float], failure: str,
) -> pd.DataFrame:  # fmt: skip
    """One row per trust and in total: avoided over the counted months, with a verdict."""
    whole, limits = projection.avoided_totals(), ("detectable", "plausible")
    could = {name: dict(zip(detectable.trust, detectable[name], strict=True)) for name in limits}
    summary = summarise(whole)
    code, definition = ESTIMANDS[ESTIMAND]
    rows = []
    for trust in map(str, whole.trust.values):
        draws, at = whole.sel(trust=trust).values, summary.sel(trust=trust)
        verdict = judge(
            draws, rules=rules, diagnostics_fail=failure, **{name: float(each[trust]) for name, each in could.items()}
        )  # fmt: skip
        word, reason = verdict.word, verdict.reason
        reason += " (attendances a month)" if "detectable" in reason else ""
        if trust in breaks:
            word, reason = "not identifiable", f"{breaks[trust].words}: a merger or a move, not handled"
        elif trust == TOTAL and breaks:
            reason += f"; the series of {', '.join(sorted(breaks))} jump for another reason and are in this total"
        rows.append({
            "code": code, "estimand": ESTIMAND, "definition": definition, "kind": "series", "item": outcome,
            "trust": trust, "unit": UNITS["series"], "without_service": np.nan, "with_service": np.nan,
            "avoided": float(at["mean"]), "avoided_low": float(at["low"]), "avoided_high": float(at["high"]),
            "level": INTERVAL_LEVEL, "probability_fewer": float((draws > 0).mean()), "prior_share": np.nan,
            "verdict": word, "reason": reason,
        })  # fmt: skip
    return pd.DataFrame(rows)


def monthly_table(projection: Projection, outcome: str) -> pd.DataFrame:
    """Avoided by counted month, by trust and in total."""
    avoided = projection.avoided()
    frame = summarise(avoided).to_dataframe().reset_index().dropna(subset=["mean"])
    return pd.DataFrame({
        "code": ESTIMANDS[ESTIMAND][0], "estimand": ESTIMAND, "item": outcome, "trust": frame.trust,
        "month": [str(month)[:7] for month in frame.month], "avoided": frame["mean"], "avoided_low": frame.low,
        "avoided_high": frame.high, "level": INTERVAL_LEVEL, "unit": "attendances a month",
    }).reset_index(drop=True)  # fmt: skip


def effects_table(projection: Projection, fall: xr.DataArray) -> pd.DataFrame:
    """Relative falls by trust: partially pooled (1 - exp(-fall), once fully reached), and each trust's own projection.

    Parameters
    ----------
    projection : Projection
        Its avoided count over its predicted count is the unpooled figure, a mean over the counted months.
    fall : DataArray (sample, trust)
        Falls of the log rate; positive is fewer.
    """
    mean = fall.mean("trust").expand_dims(trust=[MEAN_OF_TRUSTS])
    every = xr.concat([fall, mean], dim="trust")
    shrunk = summarise(1.0 - xr.apply_ufunc(np.exp, -every))
    alone = summarise((projection.avoided_totals() / projection.without()).drop_sel(trust=TOTAL))
    alone = alone.reindex(trust=shrunk.trust)
    return pd.DataFrame({
        "trust": [str(name) for name in shrunk.trust.values], "fall": shrunk["mean"].values,
        "fall_low": shrunk["low"].values, "fall_high": shrunk["high"].values, "projected_fall": alone["mean"].values,
        "projected_low": alone["low"].values, "projected_high": alone["high"].values, "level": INTERVAL_LEVEL,
        "unit": "share of the count without the service",
    })  # fmt: skip


def placebo_table(named: Mapping[str, Projection], *, placebo: str) -> pd.DataFrame:
    """The outcome and the placebo side by side: avoided over the counted months, all trusts."""
    rows = []
    for outcome, one in named.items():
        draws, without = one.avoided_totals().sel(trust=TOTAL), one.without().sel(trust=TOTAL)
        at, relative = summarise(draws), summarise(draws / without)
        clear = float(at["low"]) > 0 or float(at["high"]) < 0
        readings = {
            (True, True): "moved at launch although the service should not touch it: something else changed",
            (True, False): "no sign that something else changed",
            (False, True): "moved at launch",
            (False, False): "not told from nothing",
        }
        rows.append({
            "outcome": outcome, "role": "placebo" if outcome == placebo else "outcome", "avoided": float(at["mean"]),
            "avoided_low": float(at["low"]), "avoided_high": float(at["high"]),
            "avoided_monthly": float(at["mean"]) / one.months, "relative": float(relative["mean"]),
            "relative_low": float(relative["low"]), "relative_high": float(relative["high"]), "level": INTERVAL_LEVEL,
            "months_counted": one.months, "reading": readings[outcome == placebo, clear],
        })  # fmt: skip
    return pd.DataFrame(rows)


def power_rows(detectable: pd.DataFrame) -> list[dict[str, object]]:
    """The total's row of `detectable_table` as two checks."""
    total = detectable.set_index("trust").loc[TOTAL]
    verdict = "can be told from nothing" if total.detectable <= total.plausible else "NOT IDENTIFIABLE"
    return [
        {
            "check": "largest plausible effect a month", "value": total.plausible, "allowed": "",
            "verdict": "if every call had been an attendance",
        },
        {
            "check": f"smallest detectable effect a month, power {total.power:.0%}", "value": total.detectable,
            "allowed": f"at most {total.plausible:,.0f}", "verdict": verdict,
        },
    ]  # fmt: skip


def parameters_table(context: Context, settings: Series) -> pd.DataFrame:
    """Parameters that the run used, with what for."""
    uses = {settings.plausible_monthly_effect: "largest plausible effect"}
    uses |= {f"prior_{name}": "prior of the model" for name in context.priors}
    uses |= {f"verdict_{name}": "rule of the verdicts" for name in context.rules}
    frame = context.catalogue.to_frame()
    chosen = frame[frame.name.isin(list(uses))]
    return chosen.assign(use=chosen.name.map(uses)).reset_index(drop=True)
