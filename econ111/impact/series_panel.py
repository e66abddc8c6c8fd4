"""The cells of an outcome series: which series stand in it, which months are used, which are counted.

A cell (series, month) is *used* when it was observed before that series' launch and no reason leaves it out; control
series have no launch, so that theirs are used to the end. It is *counted* when it was observed after launch and
washout. Every cell that is neither has a reason, which goes among the issues: nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from econ111.errors import InputError, Issue, nearest
from econ111.impact.calendar import season_waves

LEAST_PRE_MONTHS = 2


@dataclass(frozen=True)
class Exclusion:
    """Months from `first` to `last` that are neither used nor counted, of the named trusts or of all."""

    first: date
    last: date
    reason: str
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """Log rates of the outcome's trusts and of controls, as plain arrays.

    `names` (series), the outcome's trusts first; `control` (series); `log_rate` (series, month), NaN where not
    observed; `centre` (series), the mean log rate before launch of its kind, about which levels have their prior;
    `used`, `counted` (series, month); `open_share`, `since` launch in months (series, month), 0 for controls; `days`,
    `steps`, `months` (month); `waves` (wave, month).
    """

    names: tuple[str, ...]
    control: np.ndarray
    log_rate: np.ndarray
    centre: np.ndarray
    used: np.ndarray
    counted: np.ndarray
    open_share: np.ndarray
    since: np.ndarray
    days: np.ndarray
    steps: np.ndarray
    months: np.ndarray
    waves: np.ndarray

    @property
    def trusts(self) -> tuple[str, ...]:
        """Names of the outcome's trusts."""
        return tuple(name for name, apart in zip(self.names, self.control, strict=True) if not apart)

    @property
    def controls(self) -> int:
        """Number of control series."""
        return int(self.control.sum())

    @property
    def first_open(self) -> int:
        """Place of the first month in which any trust was open."""
        return int(np.argmax((self.open_share > 0).any(axis=0)))

    def before_launch(self) -> Panel:
        """The same with cells before the first launch alone: all that was known beforehand."""
        return replace(self, used=self.used & (np.arange(len(self.steps)) < self.first_open)[None, :])

    def with_counted(self) -> Panel:
        """The same with counted cells used as well, for a model that holds the effect."""
        return replace(self, used=self.used | self.counted)


def build_panel(
    outcome: xr.DataArray,
    timeline: xr.Dataset,
    *,
    harmonics: int,
    minimum: int,
    controls: xr.DataArray | None = None,
    exclusions: Sequence[Exclusion] = (),
    washout_months: int = 0,
    file: str = "",
) -> tuple[Panel, list[Issue]]:
    """Cells of an outcome and its controls.

    Parameters
    ----------
    outcome : DataArray (trust, month)
        Counts a month; NaN where not supplied.
    timeline : Dataset (trust, month)
        From `build_timeline`, of the same trusts and months.
    harmonics : int
        Annual harmonics, 0 to 2.
    minimum : int
        Least number of usable months before a trust's launch.
    controls : DataArray (series, month), optional
        Counts of series that the service does not touch, over the same months; coordinate `kind` names the outcome.
    exclusions : sequence of Exclusion
        Months left out, with the reason.
    washout_months : int
        Months from the launch month on that are neither used nor counted.
    file : str
        Name for the issues.

    Returns
    -------
    Panel, list of Issue
        One issue for each reason that left cells out.

    Raises
    ------
    InputError
        When a trust has fewer months before launch than `minimum` (or than two), when nothing is left to count, when a
        count is zero, and when a control has no months in common with the outcome before or after launch.
    """
    counts = outcome.transpose("trust", "month")
    _check_exclusions(exclusions, counts)
    issues: list[Issue] = []
    after = timeline.after_launch.transpose("trust", "month").values.astype(bool)
    seen = _observed(counts, issues, file)
    kept, held = _kept(seen, exclusions, counts, issues, file), ~_washout(after, washout_months)
    _say_washout(seen & after & ~held, washout_months, issues, file)
    used, counted = kept & ~after, kept & after & held
    _check_months(used, counted, list(map(str, counts.trust.values)), minimum)
    rates = [_log_rates(counts, timeline, kept)]
    names, sides, flags = [*map(str, counts.trust.values)], [used], [np.zeros(len(used), dtype=bool)]
    kinds = ["outcome"] * len(used)
    if controls is not None and controls.sizes["series"]:
        beside = controls.transpose("series", "month").rename(series="trust")
        in_use = _kept(_observed(beside, issues, file), exclusions, beside, issues, file, everywhere=True)
        _check_overlap(in_use, used, counted, list(map(str, beside.trust.values)), minimum)
        rates.append(_log_rates(beside, timeline, in_use))
        names += map(str, beside.trust.values)
        sides.append(in_use)
        flags.append(np.ones(len(in_use), dtype=bool))
        kinds += [str(kind) for kind in beside["kind"].values]
    width = len(names) - len(used)
    known = np.arange(timeline.sizes["month"]) < int(np.argmax(after.any(axis=0)))
    panel = Panel(
        names=tuple(names),
        control=np.concatenate(flags),
        log_rate=np.concatenate(rates),
        centre=_centres(np.where(known, np.concatenate(rates), np.nan), kinds),
        used=np.concatenate(sides),
        counted=_padded(counted, width).astype(bool),
        open_share=_padded(timeline.open_share.transpose("trust", "month").values, width),
        since=_padded(timeline.months_since_launch.transpose("trust", "month").values, width),
        days=timeline.days.values,
        steps=np.arange(timeline.sizes["month"]),
        months=counts.month.values,
        waves=season_waves(timeline, harmonics),
    )
    return panel, issues


def _observed(counts: xr.DataArray, issues: list[Issue], file: str) -> np.ndarray:
    """Cells with a count (series, month), with a warning for each series that has some without."""
    seen = np.isfinite(counts.values)
    for name, row in zip(counts.trust.values, seen, strict=True):
        if not row.all():
            what = f"{name} has no count in {_months_text(counts.month.values[~row])}."
            issues.append(Issue("warning", file, None, what, "They are neither used nor counted.", "month", str(name)))
    return seen


def _kept(
    seen: np.ndarray,
    exclusions: Sequence[Exclusion],
    counts: xr.DataArray,
    issues: list[Issue],
    file: str,
    *,
    everywhere: bool = False,
) -> np.ndarray:
    """Observed cells that no exclusion covers; controls have only those exclusions that cover all trusts."""
    kept = seen.copy()
    months, names = pd.DatetimeIndex(counts.month.values), counts.trust.values.astype(str)
    for one in exclusions:
        if everywhere and one.trusts:
            continue
        inside = (months >= pd.Timestamp(one.first).replace(day=1)) & (months <= pd.Timestamp(one.last))
        chosen = np.isin(names, one.trusts) if one.trusts else np.ones(len(names), dtype=bool)
        dropped = kept & chosen[:, None] & inside[None, :]
        kept &= ~dropped
        if not everywhere:
            whose = ", ".join(one.trusts) if one.trusts else "every series"
            when = f"{one.first:%Y-%m} to {one.last:%Y-%m}"
            what = f"{when} of {whose} was left out of the fit ({int(dropped.sum())} counts): {one.reason}"
            issues.append(
                Issue("note", file, None, f"{what.rstrip('.')}.", "Set by [[series.excluded]].", "month", when)
            )
    return kept


def _washout(after: np.ndarray, months: int) -> np.ndarray:
    """True in the first months after launch, the launch month among them (trust, month)."""
    return after & (np.cumsum(after, axis=1) <= months)


def _say_washout(dropped: np.ndarray, months: int, issues: list[Issue], file: str) -> None:
    if months:
        what = f"The first {months} months after launch are not counted ({int(dropped.sum())} counts)."
        issues.append(Issue("note", file, None, what, "Set by series.washout_months.", "month", str(months)))


def _check_exclusions(exclusions: Sequence[Exclusion], counts: xr.DataArray) -> None:
    known = set(map(str, counts.trust.values))
    for one in exclusions:
        strange = [name for name in one.trusts if name not in known]
        if strange:
            raise InputError(
                f"[[series.excluded]] names {strange[0]!r}, which is not in the series. {nearest(strange[0], known)}"
            )
        if one.last < one.first:
            raise InputError(
                f"[[series.excluded]]: {one.last} comes before {one.first}. Put the earlier date in first."
            )


def _check_months(used: np.ndarray, counted: np.ndarray, names: Sequence[str], minimum: int) -> None:
    least = max(minimum, LEAST_PRE_MONTHS)
    for name, before, after in zip(names, used.sum(axis=1), counted.sum(axis=1), strict=True):
        if before < least:
            months = "1 usable month" if before == 1 else f"{before} usable months"
            raise InputError(
                f"{name} has {months} before its launch; {least} are needed. A projection from so few would be the "
                f"prior's alone. Give earlier months, leave {name} out of series.trusts, or lower "
                f"model.minimum_pre_months (at least {LEAST_PRE_MONTHS})."
            )
        if after == 0:
            raise InputError(
                f"{name} has no month after its launch and washout in which it could be counted. Extend "
                "study.period_end, shorten series.washout_months or name it as a control."
            )


def _check_overlap(
    controls: np.ndarray, used: np.ndarray, counted: np.ndarray, names: Sequence[str], minimum: int
) -> None:
    least = max(minimum, LEAST_PRE_MONTHS)
    before, after = used.any(axis=0), counted.any(axis=0)
    for name, row in zip(names, controls, strict=True):
        common = int((row & before).sum())
        if common < least:
            raise InputError(
                f"Control {name} has {common} months in common with the outcome before launch; {least} are needed, or "
                "nothing is known of how the two move together. Remove it from the controls or give its earlier months."
            )
        if not (row & after).any():
            raise InputError(
                f"Control {name} has no month in common with the outcome after launch, so that it cannot say what "
                "would have been. Remove it from the controls or give its later months."
            )


def _log_rates(counts: xr.DataArray, timeline: xr.Dataset, kept: np.ndarray) -> np.ndarray:
    """Logarithm of counts a day (series, month); NaN where a cell is not kept."""
    bad = counts.where((counts <= 0) & kept, drop=True)
    if bad.size:
        where = f"{bad.trust.values[0]} in {str(bad.month.values[0])[:7]}"
        raise InputError(f"The series has no count above zero for {where}. Leave the trust or the month out.")
    rates: np.ndarray = np.log(np.where(kept, counts.values, np.nan) / timeline.days.values)
    return rates


def _centres(rates: np.ndarray, kinds: Sequence[str]) -> np.ndarray:
    """Mean log rate before the first launch of all series of the same kind (series); 0 where there is none."""
    labels = np.array(kinds)
    seen = {kind: rates[labels == kind][np.isfinite(rates[labels == kind])] for kind in kinds}
    return np.array([seen[kind].mean() if seen[kind].size else 0.0 for kind in kinds])


def _padded(values: np.ndarray, rows: int) -> np.ndarray:
    return np.concatenate([values, np.zeros((rows, values.shape[1]))])


def _months_text(months: np.ndarray) -> str:
    shown = [str(month)[:7] for month in months]
    return ", ".join(shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")
