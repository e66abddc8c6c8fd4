"""CHEERS 2022 reporting items: what the run knows is filled in, what only people know is asked for.

The 28 items are in our own words; the statement is Husereau D et al., BMC Medicine 2022;20:23. An answer in the
section [reporting] of the specification takes the place of a prompt. Nothing is filled with a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from econ111.economics import TOTAL
from econ111.results import Evaluation, verdict_lines

FROM_RUN, FROM_SPECIFICATION, TO_WRITE = "filled by the run", "from the specification", "to be written"
PROMPT = "TO BE WRITTEN. Fill {key} in the section [reporting] of the specification."
LARGEST = 3


def cheers_table(evaluation: Evaluation) -> pd.DataFrame:
    """The 28 reporting items of one evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        With its tables.

    Returns
    -------
    DataFrame
        item, section, asks, status (filled by the run, from the specification, to be written), answer, where (the
        section of the report page). An item that nobody has answered says so; it is never left blank.
    """
    rows = []
    for entry in items().to_dict("records"):
        key = str(entry["key"])
        status, answer, where = _answer(evaluation, key)
        named = {name: str(entry[name]) for name in ("item", "section", "asks")}
        rows.append({**named, "status": status, "answer": answer, "where": where})
    return pd.DataFrame(rows)


@cache
def items() -> pd.DataFrame:
    """The items in order: item, section, asks, key."""
    return pd.read_csv(Path(__file__).with_name("cheers.csv"), dtype=str, keep_default_na=False)


def _answer(evaluation: Evaluation, key: str) -> tuple[str, str, str]:
    written = str(getattr(evaluation.spec.reporting, key, "")).strip()
    if written:
        return FROM_SPECIFICATION, written, ""
    if key in _STATED:
        text, where = _STATED[key](evaluation)
        return (FROM_SPECIFICATION, text, where) if text else (TO_WRITE, PROMPT.format(key=key), "")
    if key in _COMPUTED:
        text, where = _COMPUTED[key](evaluation)
        if text:
            return FROM_RUN, text, where
        return TO_WRITE, "TO BE WRITTEN. This design leaves it open.", ""
    return TO_WRITE, PROMPT.format(key=key), ""


def _title(run: Evaluation) -> tuple[str, str]:
    study = run.spec.study
    return f"{study.title}. Economic evaluation of {study.intervention} against: {study.comparator}.", "Study"


def _horizon(run: Evaluation) -> tuple[str, str]:
    study, plan = run.spec.study, run.spec.budget_impact
    text = f"{study.period_start} to {study.period_end}, as observed."
    if plan:
        text += f" Budget impact over {len(plan.uptake)} years from {plan.first_year}."
    return text, "Study"


def _discounting(run: Evaluation) -> tuple[str, str]:
    if run.budget is not None:
        kind = run.budget.attrs["discounting"]
        return f"None: the period is taken whole, and the budget impact is {kind}, as budget holders see it.", "Budget"
    return "None: results are of one period.", "Study"


def _outcomes(run: Evaluation) -> tuple[str, str]:
    economics = run.spec.economics
    if economics is None:
        table = run.tables.get("estimates", pd.DataFrame())
        names = list(table["item"].unique()) if "item" in table else []
        return (f"Counts of {', '.join(map(str, names))}." if names else "Counts as published."), "Effects"
    named = ", ".join(item.label for item in economics.consequences)
    text = f"Numbers avoided of: {named}. No QALYs. Not measured: {', '.join(economics.unmeasured) or 'nothing named'}."
    return text, "Costs"


def _measurement(run: Evaluation) -> tuple[str, str]:
    evidence = run.tables.get("evidence")
    if evidence is None or evidence.empty:
        return "From the data file or publication named under Data, by the method in docs/method.md.", "Data"
    text = f"Calls by line and disposition, joined to what followed by {len(evidence)} rows of published evidence. "
    return text + "No attendance of a caller was observed.", "Parameters"


def _valuation(run: Evaluation) -> tuple[str, str]:
    if run.spec.economics is None:
        return "Outcomes are not valued.", ""
    return "By average unit cost alone. Health gains are not valued: this is no reference-case analysis.", "Costs"


def _resources(run: Evaluation) -> tuple[str, str]:
    economics = run.spec.economics
    if economics is None:
        return "No costs are estimated.", ""
    valued = sum(item.unit_cost is not None for item in economics.consequences)
    text = (
        f"{valued} unit costs and {len(economics.service_cost_bases)} bases for the cost of a call, each with source."
    )
    return f"{text} The base is {economics.service_cost!r}.", "Parameters"


def _currency(run: Evaluation) -> tuple[str, str]:
    economics = run.spec.economics
    if economics is None:
        return "No costs are estimated.", ""
    edition = f", edition {economics.price_edition}" if economics.price_edition else ", newest edition"
    text = f"Pounds sterling in {run.spec.study.price_year} prices, moved by {economics.price_index}{edition}."
    return f"{text} No currency was converted.", "Parameters"


def _model(run: Evaluation) -> tuple[str, str]:
    code = run.record.get("code", {}).get("commit", "")
    version = run.record.get("versions", {}).get("econ111", "")
    design = {
        "call_pathway": "Bayesian model of monthly calls and dispositions, re-weighted into consequences and costs",
        "outcome_series": "Structural time-series model of attendances against a projected counterfactual",
        "published_shares": "Comparison of published numbers before and after, by simulation",
    }[run.spec.design]
    return f"{design}. Open source: econ111 {version}, code at {code}.", "Record"


def _analytics(run: Evaluation) -> tuple[str, str]:
    issues = run.tables.get("issues", pd.DataFrame())
    text = "Suppressed and missing cells enter as what was published, never filled in. "
    return text + f"{len(issues)} issues with the data were noted. Method: docs/method.md.", "Data"


def _heterogeneity(run: Evaluation) -> tuple[str, str]:
    count = len(run.spec.trusts)
    if count < LARGEST - 1:
        return "One place: none estimated.", ""
    return f"Partial pooling over {count} trusts; results for each and, from joint draws, in total.", "Trusts"


def _uncertainty(run: Evaluation) -> tuple[str, str]:
    if run.parameter_draws is None:
        return "Intervals by simulation from the published counts.", "Effects"
    draws = run.parameter_draws.sizes["sample"]
    text = (
        f"{draws:,} joint draws of the fit and of {len(run.parameter_draws.data_vars)} parameters; one-way analysis; "
    )
    return text + "structural choices and cost bases side by side, never averaged.", "Sensitivity"


def _parameters(run: Evaluation) -> tuple[str, str]:
    table = run.tables.get("parameters")
    if table is None or table.empty:
        return "The published numbers themselves, with their locators.", "Effects"
    return f"{len(table)} inputs with value, spread, unit, price year, source and licence.", "Parameters"


def _main_results(run: Evaluation) -> tuple[str, str]:
    mark = "On synthetic data. " if run.synthetic else ""
    return mark + " ".join(verdict_lines(run)), "Verdict"


def _effect_of_uncertainty(run: Evaluation) -> tuple[str, str]:
    one_way, scenarios = run.tables.get("one_way"), run.tables.get("scenarios")
    if one_way is None or scenarios is None:
        return "See the intervals and verdicts.", "Effects"
    total = scenarios[(scenarios["trust"] == TOTAL)]
    base = total[total["base"]].iloc[0]
    top = one_way.dropna(subset=["swing"]).nlargest(LARGEST, "swing")["parameter"]
    text = "On synthetic data. " if run.synthetic else ""
    text += (
        f"Net value GBP {base['net_value']:,.0f} ({base['level']:.0%} interval {base['net_value_low']:,.0f} to "
        f"{base['net_value_high']:,.0f}, {base['price_year']} prices); over estimands and cost bases GBP "
        f"{total['net_value'].min():,.0f} to {total['net_value'].max():,.0f}. Largest one-way swings: {', '.join(top)}."
    )
    return text, "Sensitivity"


_STATED: dict[str, Callable[[Evaluation], tuple[str, str]]] = {
    "population": lambda run: (run.spec.study.population, "Study"),
    "setting": lambda run: (run.spec.study.setting, "Study"),
    "comparators": lambda run: (f"{run.spec.study.intervention} against: {run.spec.study.comparator}.", "Study"),
    "perspective": lambda run: (run.spec.study.perspective, "Study"),
}
_COMPUTED: dict[str, Callable[[Evaluation], tuple[str, str]]] = {
    "title": _title,
    "time_horizon": _horizon,
    "discount_rate": _discounting,
    "outcomes": _outcomes,
    "measurement": _measurement,
    "valuation": _valuation,
    "resources": _resources,
    "currency": _currency,
    "model": _model,
    "analytics": _analytics,
    "heterogeneity": _heterogeneity,
    "uncertainty": _uncertainty,
    "parameters": _parameters,
    "main_results": _main_results,
    "effect_of_uncertainty": _effect_of_uncertainty,
}
