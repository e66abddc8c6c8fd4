"""Reporting items for the value of information: filled from its tables, or asked for.

The topics are those of reporting the value of information (CHEERS-VOI: Kunst N et al., Value in Health 2023;26:1461,
which keeps the CHEERS items, widens seven and adds six), in our own words and under numbers of our own. They were not
set against the wording of the statement: whoever claims conformity compares them with it first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from econ111.results import Evaluation
from econ111.specs.information import ValueOfInformation
from econ111.verification.cheers import FROM_RUN, FROM_SPECIFICATION, PROMPT, TO_WRITE

SECTION = "Better data"
PERFECT, GROUP, SINGLE = "perfect", "group", "single"
LINKED = "linked records"


def cheers_voi_table(evaluation: Evaluation) -> pd.DataFrame:
    """Reporting items of the value of information of one evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        With its tables.

    Returns
    -------
    DataFrame
        item (our own number), extends (the CHEERS 2022 item that it widens, or "new"), section, asks, status, answer,
        where. Empty when the evaluation values no information. An item that nobody has answered says so.
    """
    if evaluation.tables.get("information", pd.DataFrame()).empty or evaluation.spec.value_of_information is None:
        return pd.DataFrame(columns=["item", "extends", "section", "asks", "status", "answer", "where"])
    rows = []
    for entry in voi_items().to_dict("records"):
        key = str(entry["key"])
        status, answer = _answer(evaluation, key)
        where = SECTION if status == FROM_RUN else ""
        named = {name: str(entry[name]) for name in ("item", "extends", "section", "asks")}
        rows.append({**named, "status": status, "answer": answer, "where": where})
    return pd.DataFrame(rows)


@cache
def voi_items() -> pd.DataFrame:
    """The items in order: item, extends, section, asks, key."""
    return pd.read_csv(Path(__file__).with_name("cheers_voi.csv"), dtype=str, keep_default_na=False)


def _answer(run: Evaluation, key: str) -> tuple[str, str]:
    if key in _COMPUTED:
        return FROM_RUN, _COMPUTED[key](run)
    written = str(getattr(run.spec.reporting, key)).strip()
    return (FROM_SPECIFICATION, written) if written else (TO_WRITE, PROMPT.format(key=key))


def _given(run: Evaluation) -> ValueOfInformation:
    assert run.spec.value_of_information is not None  # looked at before anything is filled
    return run.spec.value_of_information


def _information(run: Evaluation) -> pd.DataFrame:
    return run.tables["information"]


def _title(run: Evaluation) -> str:
    named = "information" in run.spec.study.title.lower()
    return (
        f"{'Title names' if named else 'Title does not name'} it: {run.spec.study.title}. The section is called "
        f"What better data would be worth."
    )


def _population(run: Evaluation) -> str:
    trusts = f"{len(run.spec.trusts)} trusts" if len(run.spec.trusts) != 1 else "1 trust"
    each = "; for each trust by itself in information_trusts.csv" if "information_trusts" in run.tables else ""
    return f"One decision for {trusts} together{each}. {_information(run)['scale'].iloc[0]}."


def _net_benefit(run: Evaluation) -> str:
    levels = sorted(_information(run)["threshold"].unique())
    return (
        f"{run.spec.study.perspective}; {run.spec.study.price_year} prices; against: {run.spec.study.comparator}. "
        f"{len(levels)} thresholds from GBP {levels[0]:,.0f} to {levels[-1]:,.0f} per avoided attendance. No QALYs."
    )


def _horizon(run: Evaluation) -> str:
    return f"{_value(run, _given(run).horizon, 'months')}. {_note(run, _given(run).horizon)}"


def _discounting(run: Evaluation) -> str:
    return f"{_information(run)['discounting'].iloc[0]}."


def _uncertainty(run: Evaluation) -> str:
    return (
        f"{int(_information(run)['draws'].iloc[0]):,} joint draws: those of the fit, repeated, each time beside fresh "
        "draws of every parameter. Left out, and shown side by side: bases of the service cost, thresholds, and the "
        "other structural choices. They are not averaged."
    )


def _quantities(run: Evaluation) -> str:
    said = "Perfect information, groups of parameters and single parameters (per decision and over the horizon)"
    said += ", studies before they are made, and on whom their value falls"
    return f"{said}. Without a threshold: the share of variance that would be settled."


def _computation(run: Evaluation) -> str:
    table = _information(run)
    checked = table[table["kind"] != PERFECT]
    apart = int((~checked["agrees"].astype(bool)).sum())
    version = run.record.get("versions", {}).get("econ111", "")
    return (
        "Regression of net benefit on what would be learnt: splines for one parameter, polynomials with interactions "
        f"for several; simulated results for studies (econ111 {version}). Each has a standard error; a second "
        f"estimator on the same draws differs by more than two of them in {apart} of {len(checked)} figures."
    )


def _groups(run: Evaluation) -> str:
    table = _information(run)
    groups = table[table["kind"] == GROUP].drop_duplicates("learnt")
    alone = table[table["kind"] == SINGLE]["learnt"].nunique()
    named = "; ".join(f"{row['learnt']} ({int(row['parameters'])})" for row in groups.to_dict("records"))
    return f"Together, as one source would tell of all of them: {named}. Alone: {alone} parameters."


def _studies(run: Evaluation) -> str:
    studies = run.tables["studies"].drop_duplicates("design")
    kinds = [
        f"{len(some)} of {kind} ({some['assumes'].iloc[0]})" for kind, some in studies.groupby("study", sort=False)
    ]
    return f"{len(studies)} designs: {'; '.join(kinds)}. Counts are drawn from each draw of the parameters."


def _costs(run: Evaluation) -> str:
    linked = run.tables["studies"]
    linked = linked[linked["study"] == LINKED]
    stated = "stated" if (linked["cost_stated"] == "stated").all() else "NOT stated, so no net benefit of sampling"
    given = _given(run)
    return (
        f"Cost of a linked study: {stated}. Share of decisions that follow: {_value(run, given.implementation)}. "
        f"Months from the end of data until it reports: {_value(run, given.reporting)}."
    )


def _results(run: Evaluation) -> str:
    table, studies = _information(run), run.tables["studies"]
    table, studies = table[table["base"].astype(bool)], studies[studies["base"].astype(bool)]
    levels = dict.fromkeys((table["threshold"].min(), table.nlargest(1, "value")["threshold"].iloc[0]))
    said = [_at(table[table["threshold"] == at], studies[studies["threshold"] == at], float(at)) for at in levels]
    mark = "On synthetic data. " if run.synthetic else ""
    return f"{mark}Basis '{table['basis_label'].iloc[0]}', per decision. {' '.join(said)}"


def _at(table: pd.DataFrame, studies: pd.DataFrame, threshold: float) -> str:
    perfect = table[table["kind"] == PERFECT].iloc[0]
    parts = [_worth("everything", perfect["value"], perfect["standard_error"])]
    groups = table[table["kind"] == GROUP].nlargest(1, "value")
    parts += [_worth(str(row["learnt"]), row["value"], row["standard_error"]) for row in groups.to_dict("records")]
    best = studies.nlargest(1, "evsi")
    parts += [_worth(str(row["design"]), row["evsi"], row["standard_error"]) for row in best.to_dict("records")]
    return f"At GBP {threshold:,.0f} per avoided attendance: {'; '.join(parts)}."


def _worth(name: str, value: float, error: float) -> str:
    return f"{name} GBP {value:,.0f} (standard error {error:,.0f})"


def _sensitivity(run: Evaluation) -> str:
    table = _information(run)
    perfect = table[table["kind"] == PERFECT]
    ends = [
        f"{label} GBP {some['value'].min():,.0f} to {some['value'].max():,.0f}"
        for label, some in perfect.groupby("basis_label", sort=False)
    ]
    mark = "On synthetic data. " if run.synthetic else ""
    return f"{mark}Worth of knowing everything, per decision, over the thresholds: {'; '.join(ends)}."


def _value(run: Evaluation, name: str, unit: str = "") -> str:
    """The value of a parameter as the run used it."""
    table = run.tables["parameters"]
    return f"{float(table.loc[table['name'] == name, 'value'].iloc[0]):g} {unit}".strip()


def _note(run: Evaluation, name: str) -> str:
    table = run.tables["parameters"]
    return str(table.loc[table["name"] == name, "note"].iloc[0])


_COMPUTED: dict[str, Callable[[Evaluation], str]] = {
    "voi_title": _title,
    "voi_population": _population,
    "voi_net_benefit": _net_benefit,
    "voi_horizon": _horizon,
    "voi_discounting": _discounting,
    "voi_uncertainty": _uncertainty,
    "voi_quantities": _quantities,
    "voi_computation": _computation,
    "voi_groups": _groups,
    "voi_studies": _studies,
    "voi_costs": _costs,
    "voi_results": _results,
    "voi_sensitivity": _sensitivity,
}
