"""Logs in the form of the AQuA Book: assumptions, data, decisions, and the assurance statement.

The run fills what it knows: what was assumed, how far it moves the answer, where it stands and what it rests on. Who
made a choice, who checked it and who signs is never known to a run; these cells say that they are to be filled.

Reference: HM Government, The AQuA Book, 2nd edition, July 2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from econ111.economics import TOTAL
from econ111.results import Evaluation
from econ111.verification.flow import ATTENDED

TO_FILL = "to be filled"
BACKGROUND = ("scenario", "prior of the model", "rule of the verdicts")
KINDS = {
    "scenario": "Numbers that the scenarios alone use",
    "prior of the model": "Priors of the model",
    "rule of the verdicts": "Rules of the verdicts",
}
NOT_VARIED = "not varied alone"
GBP_SWING = "range of expected net value, GBP"


def assumption_log(evaluation: Evaluation) -> pd.DataFrame:
    """What was assumed, how reliable it is, and how far it moves expected net value.

    Parameters
    ----------
    evaluation : Evaluation
        With its tables.

    Returns
    -------
    DataFrame
        number, assumption, value, why, effect (GBP, never negative; NaN where it is not varied), effect_unit,
        price_year, reliability, source, where, review_date, made_by, signed_by. Largest effect first; numbers that
        only scenarios, the fit or the verdicts use are one row a kind, at the end.
    """
    moving = [*_structural(evaluation), *_evidence(evaluation), *_assumed_parameters(evaluation)]
    moving.sort(key=lambda row: -np.nan_to_num(row["effect"], nan=-1.0))
    rows = [*moving, *_background(evaluation)]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["price_year"] = [evaluation.spec.study.price_year if np.isfinite(x) else "" for x in table["effect"]]
    table.insert(0, "number", [f"A{place}" for place in range(1, len(table) + 1)])
    return table.assign(made_by=TO_FILL, signed_by=TO_FILL)


def data_log(evaluation: Evaluation) -> pd.DataFrame:
    """Every file and source that a figure rests on.

    Returns
    -------
    DataFrame
        number, what, kind (data file, parameter files, source), holds, checksum, licence, quality, issues,
        review_date, checked_by.
    """
    rows = [*_files(evaluation), *_sources(evaluation)]
    names = ["what", "kind", "holds", "checksum", "licence", "quality", "issues", "review_date"]
    table = pd.DataFrame(rows, columns=names, dtype=object).map(_text)
    table.insert(0, "number", [f"S{place}" for place in range(1, len(table) + 1)])
    return table.assign(checked_by=TO_FILL)


def decision_log(evaluation: Evaluation) -> pd.DataFrame:
    """Choices made in the specification, with what else could have been chosen.

    Returns
    -------
    DataFrame
        number, decision, chosen, instead_of, where (key of the specification), approved_by, approved_on.
    """
    rows = pd.DataFrame(list(_decisions(evaluation)), columns=["decision", "chosen", "instead_of", "where"])
    rows.insert(0, "number", [f"D{place}" for place in range(1, len(rows) + 1)])
    return rows.assign(approved_by=TO_FILL, approved_on=TO_FILL)


_COLUMNS = ("assumption", "value", "why", "effect", "effect_unit", "reliability", "source", "where", "review_date")


def _structural(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Choices that call data cannot judge: the base beside its alternatives, with how far they move net value."""
    table, economics = evaluation.tables.get("structural_value"), evaluation.spec.economics
    if table is None or economics is None:
        return
    total = table[(table["trust"] == TOTAL) & (table["estimand"] == economics.estimand)]
    for choice, levels in total.groupby("choice", sort=False):
        base = levels[levels["base"]]
        others = levels.loc[~levels["base"], "assumed"]
        yield {
            "assumption": str(choice), "value": ", ".join(map(str, base["assumed"])),
            "why": f"Call data cannot judge it. Instead: {', '.join(map(str, others))}.",
            "effect": float(levels["net_value"].max() - levels["net_value"].min()), "effect_unit": GBP_SWING,
            "reliability": "cannot be judged from the data", "source": "specification", "where": "[structural]",
            "review_date": "",
        }  # fmt: skip


def _assumed_parameters(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Parameters that somebody assumed, a Dirichlet group as one."""
    table = evaluation.tables.get("parameters")
    if table is None or table.empty:
        return []
    assumed = table[_is_assumed(table) & ~table["use"].astype(str).str.startswith(BACKGROUND)]
    swings = _swings(evaluation)
    rows = []
    for name, group in assumed.groupby(assumed["name"].str.split(".").str[0], sort=False):
        first = group.iloc[0]
        value = f"{first['value']:g} {first['unit']}" if len(group) == 1 else f"{len(group)} shares"
        words = str(first["description"]).rpartition(":")[0] if len(group) > 1 else str(first["description"])
        rows.append({
            "assumption": f"{words or first['description']} ({name})", "value": value, "why": _text(first["note"]),
            "effect": swings.get(str(name), np.nan),
            "effect_unit": _effect_unit(swings.get(str(name))), "reliability": _text(first["confidence"]),
            "source": _text(first["source_title"]), "where": f"{first['file']} row {first['row']}",
            "review_date": _text(first["review_date"]),
        })  # fmt: skip
    return rows


def _evidence(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """How far the callers of each study may differ from ours: one row, with the widest swing of what it informs."""
    table = evaluation.tables.get("evidence")
    if table is None or table.empty:
        return
    swings = [swing for name, swing in _swings(evaluation).items() if name.startswith(ATTENDED)]
    yield {
        "assumption": "How far the people of each study differ from these callers in what they do after advice",
        "value": f"{len(table)} rows of evidence, each with a bias and its spread",
        "why": "No linked record of these callers exists. The bias of each row is stated with its reason.",
        "effect": max(swings, default=np.nan), "effect_unit": "widest range among them, GBP",
        "reliability": "borrowed from other callers", "source": "see the evidence table",
        "where": "attendance_evidence.csv", "review_date": "",
    }  # fmt: skip


def _background(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Numbers that only scenarios, the fit or the verdicts use: one row each kind."""
    table = evaluation.tables.get("parameters")
    for use in BACKGROUND:
        chosen = table[table["use"].astype(str).str.startswith(use)] if table is not None else pd.DataFrame()
        if len(chosen):
            yield {
                "assumption": KINDS[use], "value": f"{len(chosen)} numbers",
                "why": "Each row of the parameter table says why.", "effect": np.nan, "effect_unit": NOT_VARIED,
                "reliability": "see each row", "source": "parameter files",
                "where": ", ".join(sorted(set(chosen["file"].astype(str)))), "review_date": "",
            }  # fmt: skip


def _effect_unit(swing: float | None) -> str:
    if swing is None:
        return NOT_VARIED
    return GBP_SWING if swing else "moves hours freed or later years, not net value"


def _is_assumed(table: pd.DataFrame) -> pd.Series:
    noted = table["note"].map(_text).astype(str).str.startswith("Assumed")
    return noted | table["source"].map(_text).astype(str).str.contains("econ111_assumption")


def _swings(evaluation: Evaluation) -> dict[str, float]:
    table = evaluation.tables.get("one_way")
    if table is None:
        return {}
    known = table.dropna(subset=["swing"])
    return dict(zip(map(str, known["parameter"]), map(float, known["swing"]), strict=True))


def _files(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    checksums = evaluation.record.get("checksums", {})
    issues = evaluation.tables.get("issues")
    for name, checksum in dict(checksums.get("data", {})).items():
        of_file = issues[issues["file"] == name] if issues is not None and len(issues) else pd.DataFrame()
        counts = of_file["severity"].value_counts().to_dict() if len(of_file) else {}
        said = ", ".join(f"{number} {severity}" for severity, number in counts.items()) or "none noted"
        holds = "synthetic data" if evaluation.synthetic else "data as supplied"
        yield {
            "what": name, "kind": "data file", "holds": holds,
            "checksum": checksum, "quality": TO_FILL, "issues": said,
        }  # fmt: skip
    if checksums.get("parameters"):
        yield {
            "what": "parameter files", "kind": "parameter files", "holds": "every number that goes in",
            "checksum": checksums["parameters"], "quality": "confidence of each row", "issues": "",
        }  # fmt: skip


def _sources(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Published sources of parameters and of evidence, with how many rows rest on each and how good they are."""
    frames = [evaluation.tables[name] for name in ("parameters", "evidence") if name in evaluation.tables]
    rows = [frame.reindex(columns=["source_title", "licence", "confidence", "review_date"]) for frame in frames]
    if not rows:
        return
    whole = pd.concat(rows, ignore_index=True)
    whole = whole.assign(source_title=whole["source_title"].map(_text).astype(str).str.split("; ")).explode(
        "source_title"
    )
    for title, group in whole.groupby("source_title", sort=True):
        grades = group["confidence"].map(_text).astype(str).value_counts().to_dict()
        dates = [_text(date) for date in group["review_date"] if _text(date)]
        yield {
            "what": str(title), "kind": "source", "holds": f"{len(group)} input{'s' if len(group) > 1 else ''}",
            "checksum": "",
            "licence": "; ".join(sorted({_text(name) for name in group["licence"]} - {""})),
            "quality": ", ".join(f"{number} {grade}" for grade, number in grades.items() if grade),
            "issues": "", "review_date": min(dates, default=""),
        }  # fmt: skip


def _decisions(evaluation: Evaluation) -> Iterator[tuple[str, str, str, str]]:
    spec = evaluation.spec
    study, economics, plan, model = spec.study, spec.economics, spec.budget_impact, spec.model
    yield "Design", spec.design, "call_pathway, outcome_series, published_shares", "design"
    yield "Comparator", study.comparator, "any other option that could be funded", "study.comparator"
    yield "Perspective", study.perspective, "a wider one, with police, carers and callers", "study.perspective"
    yield "Evaluated period", f"{study.period_start} to {study.period_end}", "other months", "study.period_start"
    if model:
        yield "Annual pattern", f"{model.harmonics} harmonics", "0 to 2", "model.harmonics"
    if spec.design == "call_pathway":
        given = spec.structural
        yield "Unrecorded dispositions", given.base_unrecorded, "at_random, elicited", "structural.base_unrecorded"
        yield "Categories of the lines", given.base_crosswalk, "as_recorded, stated", "structural.base_crosswalk"
        yield "Transferred calls", given.base_overlap, "none, stated, full", "structural.base_overlap"
    if economics:
        yield "Estimand of the economics", economics.estimand, "same_calls, displaced, net_system", "economics.estimand"
        bases = ", ".join(economics.bases)
        yield "Cost of the service", economics.service_cost, bases, "economics.service_cost"
        edition = economics.price_edition or "newest edition"
        yield "Price index", f"{economics.price_index}, {edition}", "another index or edition", "economics.price_index"
        shares = sorted({item.cash_share for item in economics.consequences})
        chosen = ", ".join(f"{share:.0%}" for share in shares)
        yield "Share of value that is cash", chosen, "0% to 100%", "economics.consequences.cash_share"
    if plan:
        uptake = ", ".join(f"{share:g}" for share in plan.uptake)
        yield "Uptake by budget year", uptake, "any numbers of 0 or above", "budget_impact.uptake"
        yield "Discounting of the budget", "none", "a rate a year, as for results over a lifetime", "budget_impact"


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NaT else str(value)
