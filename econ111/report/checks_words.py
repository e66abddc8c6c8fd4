"""One sentence of reading for every check of the model, from its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from econ111.report.labels import clean, item_words, sentence_start, trust_name
from econ111.report.numbers import interval, percent
from econ111.report.rows import rows_of
from econ111.results import HEADLINE_ITEMS, Evaluation

MINUS = "−"


def checks_sentences(evaluation: Evaluation) -> list[str]:
    """What each check says, in the order of the page; nothing for a check that was not made."""
    words = (predictive_words, power_words, placebo_words, leave_out_words, forecast_words)
    return [sentence for word in words for sentence in word(evaluation)]


def table_of(evaluation: Evaluation, name: str) -> pd.DataFrame | None:
    """A table of checks, or None when it is not there or empty."""
    table = evaluation.tables.get(name)
    return None if table is None or table.empty else table


def predictive_words(evaluation: Evaluation) -> list[str]:
    """How many statistics of the data lie outside what the model makes."""
    table = table_of(evaluation, "model_checks")
    if table is None:
        return []
    flagged = table[table.verdict == "look"]
    found = f"Replicated data: of {len(table)} statistics of the data, {_none_or(len(flagged))} lie"
    if len(flagged) == 1:
        found = found.replace(" lie", " lies")
    if flagged.empty:
        return [f"{found} outside what the model makes."]
    named = "; ".join(f"{sentence_start(row.check).lower()}, {_part(row)}: {row.reading}" for row in rows_of(flagged))
    return [f"{found} outside what the model makes. {sentence_start(clean(named))}."]


def power_words(evaluation: Evaluation) -> list[str]:
    """With which priors each headline estimand moves."""
    table = table_of(evaluation, "power_scaling")
    if table is None:
        return []
    chosen = table[(table.role == "prior") & table["item"].isin(HEADLINE_ITEMS[:2])]
    found: dict[str, list[str]] = {}
    for (code, item), rows in chosen.groupby(["code", "item"], sort=False):
        found.setdefault(_leans(rows[rows.verdict == "moves"].part.tolist()), []).append(f"{code} {item_words(item)}")
    said = [f"{_listed(names)} move with {leans}" for leans, names in found.items()]
    return [f"Sensitivity: {clean('; '.join(said))}."] if said else []


def _leans(parts: list[str]) -> str:
    """The priors with which an estimand moves, or all of them together."""
    single = [name for name in parts if not name.endswith(", all")]
    if single:
        return f"the {_listed(single, more=' and the ', between=', the ')}"
    return "the identification priors together" if parts else "no prior on which identification rests"


def placebo_words(evaluation: Evaluation) -> list[str]:
    """The real fall beside those of launches that never were."""
    table = table_of(evaluation, "placebo_launches")
    if table is None:
        return []
    real: Any = table[table.role == "real"].iloc[0]
    placebos = table[table.role == "placebo"]
    moved = int((placebos.verdict == "look").sum())
    sign = "; a negative fall is a rise" if real.fall < 0 else ""
    return [
        f"Placebo launches: the apparent fall of {clean(item_words(real.outcome))} is {share(real.fall)} "
        f"({real.level:.0%} interval {interval(real.fall_low, real.fall_high, share)}{sign}), {clean(real.reading)}; "
        f"{_none_or(moved)} of {len(placebos)} placebo intervals {'leaves' if moved == 1 else 'leave'} out zero."
    ]


def leave_out_words(evaluation: Evaluation) -> list[str]:
    """The largest movement when one trust is left out."""
    table = table_of(evaluation, "leave_one_out")
    if table is None:
        return []
    refused = table[table.verdict == "not possible"]
    judged = table.drop(refused.index)
    said = []
    if len(judged):
        row: Any = judged.iloc[int(judged["shift"].abs().to_numpy().argmax())]
        flagged = int((judged.verdict == "look").sum())
        said.append(
            f"Each trust left out: {_none_or(flagged)} of {len(judged)} estimates of the other trusts "
            f"{'moves' if flagged == 1 else 'move'} by more than is set; the largest movement is "
            f"{number(row['shift'])} posterior sd ({row.code} {item_words(row['item'])}, without "
            f"{trust_name(evaluation, str(row.left_out))})."
        )
    return said + [
        f"Without {clean(row.left_out)} nothing can be fitted: {clean(row.reading)}" for row in rows_of(refused)
    ]


def forecast_words(evaluation: Evaluation) -> list[str]:
    """How forecasts of unseen months compare with a naive forecast."""
    table = table_of(evaluation, "forecast_scores")
    if table is None:
        return []
    parts = [
        f"{clean(row.part)}, {clean(row.reading).partition(':')[0]} ({percent(row.inside)} of counts inside their "
        f"{row.level:.0%} interval)"
        for row in rows_of(table)
    ]
    return [f"Forecasts of months that the fit had not seen: {'; '.join(parts)}."]


def share(value: float) -> str:
    """A share of either sign, for readers.

    Examples
    --------
    >>> share(-0.0123)
    '−1.2%'
    """
    return percent(value).replace("-", MINUS)


def number(value: float) -> str:
    """A number with two decimals and a true minus.

    Examples
    --------
    >>> number(-0.486)
    '−0.49'
    """
    return f"{value:.2f}".replace("-", MINUS) if value == value else "–"  # noqa: PLR0124 - NaN differs from itself


def _none_or(count: int) -> str:
    return "none" if count == 0 else f"{count}"


def _listed(names: Sequence[str], *, more: str = " and ", between: str = ", ") -> str:
    return more.join([between.join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _part(row: Any) -> str:
    words = [
        clean(row.part),
        item_words(row.item) if row.item else "",
        "" if row.trust == "Total" else clean(row.trust),
    ]
    return ", ".join(word for word in words if word)
