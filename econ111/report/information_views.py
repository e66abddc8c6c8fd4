"""Tables and the figure of the value of information, for readers: along thresholds, by study, by who gains."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from econ111.report import plots
from econ111.report.blocks import (
    Block,
    Cell,
    FigureView,
    Heading,
    Paragraphs,
    Row,
    TableView,
    basis,
    figure_basis,
    marked,
    number_columns,
    text_columns,
)
from econ111.report.estimate_tables import numbers_table
from econ111.report.information_by_trust import by_trust_blocks
from econ111.report.information_words import (
    EVERYTHING,
    LINKED,
    NOTHING,
    Setting,
    gains_sentence,
    information_sentences,
    settings,
)
from econ111.report.labels import clean, parameter_words, payer_words, sentence_start
from econ111.report.numbers import UNKNOWN, money, money_span, money_unit, money_words, percent, probability
from econ111.report.panels import PANEL, panel
from econ111.report.rows import rows_of
from econ111.report.svg import draw_legend
from econ111.results import Evaluation

ADVICE = "attendance after advice"
GROUP_WORDS = {
    EVERYTHING: "Everything (perfect information)",
    ADVICE: "What follows advice: attendance, admission, contacts",
    "origin of calls": "Where calls came from, and what callers would otherwise have done",
    "prices": "Unit costs",
    "calls": "The calls: how many, how many displaced, their dispositions",
}
SINGLES_SHOWN = 5
ERRORS = "In brackets the standard error of the estimate, which comes from a limited number of draws."
CHECKED = (
    "A second, independent estimator is beside each figure in information.csv; those marked * differ by more than 2 "
    "standard errors."
)


def information_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Everything the evaluation says about the worth of better data; nothing when it says nothing."""
    if "information" not in evaluation.tables or evaluation.tables["information"].empty:
        return ()
    shown = settings(evaluation)
    gains = [line for setting in shown if (line := gains_sentence(evaluation, setting))]
    return (
        Paragraphs(tuple(information_sentences(evaluation))),
        information_figure(evaluation),
        Heading("Which study"),
        _studies(evaluation, shown),
        Heading("To whom"),
        *((Paragraphs(tuple(gains)),) if gains else ()),
        _gains(evaluation, shown),
        *by_trust_blocks(evaluation, shown),
        Heading("What to learn"),
        _learn(evaluation, shown),
        _settled(evaluation),
        Heading("The decision itself"),
        _decision(evaluation),
    )


def information_figure(evaluation: Evaluation) -> FigureView:
    """Worth of information along the threshold, a drawing per basis of the service cost."""
    rows = _lines(evaluation)
    bases = list(dict.fromkeys(rows["basis"]))
    unit = money_unit(rows["value"])
    title = "What information is worth for one decision, by what an avoided attendance is worth"
    peaks = [_peak(rows[rows["basis"] == name]) for name in bases]
    summary = f"Knowing everything is worth most: {'; '.join(peaks)}. A study is worth less than what it measures. "
    summary += "Expected values, which have no interval. "
    summary += figure_basis(evaluation.spec.study, price_year="")
    highest = float(rows["value"].max())
    drawings = tuple(
        panel(
            evaluation, partial(plots.plot_information, rows[rows["basis"] == name], unit=unit, highest=highest),
            key=f"information-{place}", title=f"{title}: {_label(rows, name)}", summary=peaks[place],
            size=(PANEL, 2.7), name=_label(rows, name),
        )
        for place, name in enumerate(bases)
    )  # fmt: skip
    labels = list(dict.fromkeys(rows.label))
    table = rows.pivot_table(index=["basis_label", "threshold"], columns="label", values="value", sort=False)
    cells = (
        (clean(str(key[0])), f"{key[1]:,.0f}", *(money(row[label], unit) for label in labels))
        for key, row in zip(table.index, table.to_dict("records"), strict=True)
    )
    columns = (*text_columns("Basis of the service cost"), *number_columns("£ per avoided attendance", *labels))
    numbers = numbers_table(
        title, columns, cells, evaluation, unit=f"{unit.label}, {_period()}", level=None, signed=False
    )
    legend = draw_legend(partial(plots.plot_information, rows[rows["basis"] == bases[0]], unit=unit), key="information")
    return FigureView(marked(title, evaluation.spec.study), summary, drawings, numbers, legend)


def _lines(evaluation: Evaluation) -> pd.DataFrame:
    known = evaluation.tables["information"]
    known = known[known.learnt.isin([EVERYTHING, ADVICE])]
    studies = evaluation.tables["studies"]
    linked = studies[studies.study == LINKED]
    sizes = [linked.design.iloc[0], linked.design.iloc[-1]]
    parts = [known.assign(label=known.learnt.map(GROUP_WORDS))]
    parts += [
        linked[linked.design == size].assign(label=f"Linked records: {size}", value=linked.evsi) for size in sizes[::-1]
    ]
    columns = ["basis", "basis_label", "threshold", "label", "value"]
    rows = pd.concat([part[columns] for part in parts], ignore_index=True)
    worth = rows.groupby("basis", sort=False)["value"].transform("max")
    return rows[worth >= NOTHING]


def _peak(rows: pd.DataFrame) -> str:
    top = rows.sort_values("value", ascending=False).iloc[0]
    return f"{money_words(top['value'])} at £{top.threshold:,.0f} under '{clean(top.basis_label)}'"


def _label(rows: pd.DataFrame, name: str) -> str:
    return clean(str(rows[rows["basis"] == name].basis_label.iloc[0]))


def _period() -> str:
    return "one decision of the length of the evaluated period, undiscounted"


def _studies(evaluation: Evaluation, shown: list[Setting]) -> TableView:
    """Designs worth showing, over the horizon."""
    table = evaluation.tables["studies"]
    linked = table[table.study == LINKED]
    ends = {linked.months.min(), linked.months.max()}
    designs = [
        name
        for name in dict.fromkeys(table.design)
        if (mine := table[table.design == name].iloc[0]).study != LINKED or mine.months in ends
    ]
    unit = money_unit(table["population_evsi"])
    rows = [
        Row(
            (
                _design_words(table, name),
                *(_worth_cell(evaluation, "studies", setting, name, unit) for setting in shown),
            )
        )
        for name in designs
    ]
    stated = "Net of its cost a study is worth what studies.csv shows as enbs." if table.enbs.notna().any() else (
        "Cost of a study: not stated. One that costs more than the figure is not worth buying for this decision alone."
    )  # fmt: skip
    scale = f"Over the horizon: {clean(linked.scale.iloc[0])}; later for longer studies."
    assumed = [
        f"{sentence_start(clean(str(kind)))}: {clean(rows_.assumes.iloc[0])}."
        for kind, rows_ in table.groupby("study", sort=False)
    ]
    title = marked("What each study would be worth over the horizon", evaluation.spec.study)
    rate = clean(linked.discounting.iloc[0])
    about = basis(evaluation.spec.study, unit=unit.label, level=None, discounting=rate, signed=False)
    columns = (*text_columns("Study"), *number_columns(*(setting.words for setting in shown)))
    return TableView(title, columns, tuple(rows), about, (ERRORS, scale, stated, *assumed))


def _design_words(table: pd.DataFrame, name: str) -> str:
    linked = table[table.design == name].study.iloc[0] == LINKED
    return f"Linked records: {clean(name)}" if linked else sentence_start(clean(name))


def _worth_cell(evaluation: Evaluation, name: str, setting: Setting, design: str, unit: Any) -> Cell:
    table = evaluation.tables[name]
    here = (table["basis"] == setting.basis) & (table.threshold == setting.threshold) & (table.design == design)
    row = table[here].iloc[0]
    small = f"({money(row.population_standard_error, unit)})"
    return Cell(money(row.population_evsi, unit), (small,))


def _gains(evaluation: Evaluation, shown: list[Setting]) -> TableView:
    table = evaluation.tables["information_gains"]
    unit = money_unit(table.gain)
    rows = []
    for name in dict.fromkeys(table.receiver):
        cells = [money(_gain(table, setting, name), unit) for setting in shown]
        label = sentence_start(name) if "," in name else payer_words(name)
        rows.append(Row((label, *cells)))
    sums = [money(_gain(table, setting, None), unit) for setting in shown]
    rows.append(Row(("What the records are worth", *sums), total=True))
    design = clean(table.design.iloc[0])
    title = marked(f"On whom the worth of linked records falls: {design}", evaluation.spec.study)
    about = basis(evaluation.spec.study, unit=f"{unit.label}, {_period()}; plus is gained", level=None, signed=False)
    note = (
        "Expected change for each when the decision follows the records instead of the mean. Not cash: see the budget."
    )
    columns = (*text_columns("Who"), *number_columns(*(setting.words for setting in shown)))
    return TableView(title, columns, tuple(rows), about, (note,))


def _gain(table: pd.DataFrame, setting: Setting, receiver: str | None) -> float:
    here = (table["basis"] == setting.basis) & (table.threshold == setting.threshold)
    return float(table[here & ((table.receiver == receiver) if receiver else True)].gain.sum())


def _learn(evaluation: Evaluation, shown: list[Setting]) -> TableView:
    """Groups of parameters, and the single ones worth most."""
    table = evaluation.tables["information"]
    first = table[(table["basis"] == shown[0].basis) & (table.threshold == shown[0].threshold)]
    single = first[first.kind == "single"].sort_values("value", ascending=False).head(SINGLES_SHOWN)
    names = [*first[first.kind != "single"].learnt, *single[single["value"] >= NOTHING].learnt]
    unit = money_unit(table["value"])
    rows = [
        Row(
            (
                GROUP_WORDS.get(name) or parameter_words(evaluation, name),
                *(_learnt_cell(table, one, name, unit) for one in shown),
            )
        )
        for name in names
    ]
    title = marked("What knowing each would be worth", evaluation.spec.study)
    about = basis(evaluation.spec.study, unit=f"{unit.label}, {_period()}", level=None, signed=False)
    columns = (*text_columns("If this were known"), *number_columns(*(setting.words for setting in shown)))
    return TableView(title, columns, tuple(rows), about, (ERRORS, CHECKED))


def _learnt_cell(table: pd.DataFrame, setting: Setting, name: str, unit: Any) -> Cell:
    here = (table["basis"] == setting.basis) & (table.threshold == setting.threshold) & (table.learnt == name)
    row = table[here].iloc[0]
    doubt = "*" if pd.notna(row.agrees) and not bool(row.agrees) else ""
    return Cell(money(row["value"], unit) + doubt, (f"({money(row.standard_error, unit)})",))


def _settled(evaluation: Evaluation) -> TableView:
    """Without a threshold: the share of the spread that would go."""
    table = evaluation.tables["information_learnt"]
    results = list(dict.fromkeys(table.result))
    by_pair = {(row.learnt, row.result): row for row in rows_of(table)}
    rows = []
    for name in dict.fromkeys(table.learnt):
        label = GROUP_WORDS.get(name, f"Linked records: {name}")
        rows.append(Row((label, *(percent(by_pair[name, result].variance_explained) for result in results))))
    title = marked("How much of what is uncertain would be settled, where no threshold is set", evaluation.spec.study)
    about = basis(evaluation.spec.study, unit="share of the variance of each result", level=None, signed=False)
    heads = ("ED attendances avoided", "Value less cost")
    return TableView(title, (*text_columns("If this were known"), *number_columns(*heads)), tuple(rows), about)


def _decision(evaluation: Evaluation) -> TableView:
    """Quadrants, the probability without a threshold, and cost per avoided attendance where it has a meaning."""
    planes = evaluation.tables["quadrants"]
    rows = []
    for _, mine in planes.groupby("basis", sort=False):
        row = mine.iloc[0]
        shares = [probability(float(share)) for share in mine.share]
        ratio = UNKNOWN if np.isnan(row.cost_per_avoided) else money_words(row.cost_per_avoided)
        between = money_span(row.low, row.high) if not np.isnan(row.low) else clean(row.note)
        rows.append(Row((clean(row.basis_label), *shares, Cell(ratio, (between,) if between else ()))))
    title = marked("Where the draws lie, and cost per avoided ED attendance", evaluation.spec.study)
    about = basis(evaluation.spec.study, unit="probability; £ per avoided attendance", signed=False)
    heads = [
        "More avoided, costs more",
        "More avoided, costs no more",
        "None avoided, costs more",
        "None avoided, costs no more",
    ]
    columns = (*text_columns("Basis of the service cost"), *number_columns(*heads, "£ per avoided attendance"))
    note = "Net benefit, probability of being best and expected loss at every threshold are in decision_curve.csv."
    return TableView(title, columns, tuple(rows), about, (note,))
