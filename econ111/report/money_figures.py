"""Figures of money: what is avoided, who gains and who pays, bases of the service cost, one parameter at a time."""

from __future__ import annotations

from functools import partial

import pandas as pd

from econ111.economics.cost_consequence_table import NOT_MEASURED, NOT_VALUED, VALUED
from econ111.economics.one_way import VARIED
from econ111.economics.totals import TOTAL
from econ111.report import plots
from econ111.report.blocks import FigureView, figure_basis, marked, number_columns, text_columns
from econ111.report.estimate_tables import numbers_table
from econ111.report.labels import (
    clean,
    estimand_words,
    item_words,
    parameter_words,
    payer_words,
    sentence_start,
)
from econ111.report.money_tables import consequence_labels, headline_rows, one_way_rows, one_way_view, year_words
from econ111.report.numbers import interval, money, money_unit, money_words, probability
from econ111.report.panels import PANEL, panel, row_size, unique_labels
from econ111.report.plots.budget import SPENT
from econ111.report.plots.scenarios import LINE_LENGTH
from econ111.report.rows import rows_of
from econ111.report.svg import draw_legend
from econ111.report.value_words import headline_scenarios
from econ111.report.words import figure_words, headline_estimand
from econ111.results import Evaluation

MOST_BARS = 12


def cost_consequence_figure(evaluation: Evaluation) -> FigureView | None:
    """Value avoided by consequence, all trusts, headline estimand."""
    table = headline_rows(evaluation, "cost_consequence", TOTAL)
    rows = table[table.status == VALUED] if len(table) else table
    if rows.empty:
        return None
    labels = consequence_labels(evaluation)
    rows = rows.assign(label=[labels.get(name, sentence_start(item_words(name))) for name in rows.consequence])
    rows = rows.sort_values("cost_avoided", ascending=False)
    unit = money_unit(rows.cost_avoided_high)
    others = [item_words(name) for name in table[table.status.isin([NOT_VALUED, NOT_MEASURED])].consequence]
    summary = f"{figure_words(list(rows.label), [money_words(value) for value in rows.cost_avoided])}."
    summary += f" Not in the figure, as not valued or not measured: {', '.join(others)}." if others else ""
    level, price_year = float(rows["level"].iloc[0]), clean(rows.price_year.iloc[0])
    summary += f" {figure_basis(evaluation.spec.study, marks='Lines', level=level, price_year=price_year)}"
    title = (
        f"Value of what was avoided, by consequence, {estimand_words(headline_estimand(evaluation.spec))}, all trusts"
    )
    plot = partial(plots.plot_cost_consequence, rows, unit=unit)
    size = row_size(list(rows.label))
    drawing = panel(evaluation, plot, key="consequences", title=title, summary=summary, size=size)
    cells = (
        (
            str(row.label),
            money(row.cost_avoided, unit),
            interval(row.cost_avoided_low, row.cost_avoided_high, lambda value: money(value, unit)),
        )
        for row in rows_of(rows)
    )
    columns = (*text_columns("Consequence"), *number_columns(f"Cost avoided, {unit.label}", "Interval"))
    about = f"{unit.label} over the evaluated period"
    numbers = numbers_table(title, columns, cells, evaluation, unit=about, level=level, price_year=price_year)
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers)


def budget_figure(evaluation: Evaluation) -> FigureView | None:
    """Economic value by payer and year, and money spent on the service."""
    table = headline_rows(evaluation, "budget_impact", TOTAL)
    if table.empty:
        return None
    rows = _budget_series(table)
    if rows.empty:
        return None
    unit = money_unit(rows["mean"])
    first = rows[rows.year == rows.year.iloc[0]]
    summary = (
        f"{rows.year.iloc[0]}: {figure_words(list(first.series), [money_words(value) for value in first['mean']])}."
    )
    summary += " Value at average cost is not cash, and the two are not to be netted as a saving."
    price_year = clean(table.price_year.iloc[0])
    summary += f" Means; intervals are in the table. {figure_basis(evaluation.spec.study, price_year=price_year)}"
    title = "Budget impact by payer and year, all trusts: value freed above zero, service cost below"
    plot = partial(plots.plot_budget_impact, rows, unit=unit)
    drawing = panel(evaluation, plot, key="budget", title=title, summary=summary, size=(PANEL, 3.2))
    columns = (*text_columns("Year", "Payer or cost"), *number_columns(f"Freed (+) or spent (−), {unit.label}"))
    cells = ((str(row.year), str(row.series), money(row.mean, unit)) for row in rows_of(rows))
    about = f"{unit.label} a year, means; intervals are in the budget table"
    numbers = numbers_table(title, columns, cells, evaluation, unit=about, level=None, price_year=price_year)
    legend = draw_legend(plot, key="budget")
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers, legend)


def scenarios_figure(evaluation: Evaluation) -> FigureView | None:
    """Net value under each basis of the service cost, headline estimand, all trusts."""
    rows = headline_scenarios(evaluation)
    if rows.empty:
        return None
    rows = rows.sort_values("service_cost").assign(
        label=lambda found: unique_labels([clean(name) for name in found.basis_label])
    )
    unit = money_unit(pd.concat([rows.net_value_low, rows.net_value_high]))
    shown = [
        f"{money_words(row.net_value)}, probability that value exceeds cost "
        f"{probability(float(row.probability_value_exceeds_cost))}"
        for row in rows_of(rows)
    ]
    level, price_year = float(rows["level"].iloc[0]), clean(rows.price_year.iloc[0])
    summary = f"{figure_words([clean(name) for name in rows.basis_label], shown)}. "
    summary += figure_basis(evaluation.spec.study, marks="Lines", level=level, price_year=price_year)
    title = f"Value avoided less service cost, {estimand_words(headline_estimand(evaluation.spec))}, all trusts"
    plot = partial(plots.plot_scenarios, rows, unit=unit)
    size = row_size(list(rows.label), line_length=LINE_LENGTH)
    drawing = panel(evaluation, plot, key="scenarios", title=title, summary=summary, size=size)
    columns = (
        *text_columns("Basis of the service cost"),
        *number_columns(f"Net value, {unit.label}", "Interval", "Probability that value exceeds cost"),
    )
    cells = (
        (
            clean(row.basis_label),
            money(row.net_value, unit),
            interval(row.net_value_low, row.net_value_high, lambda value: money(value, unit)),
            probability(float(row.probability_value_exceeds_cost)),
        )
        for row in rows_of(rows)
    )
    about = f"{unit.label} over the evaluated period"
    numbers = numbers_table(title, columns, cells, evaluation, unit=about, level=level, price_year=price_year)
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers)


def one_way_figure(evaluation: Evaluation) -> FigureView | None:
    """Tornado of the parameters that move the net value most."""
    table, numbers = one_way_rows(evaluation), one_way_view(evaluation)
    rows = table[table.status == VARIED] if len(table) else table
    if rows.empty or numbers is None:
        return None
    rows = rows.sort_values("swing", ascending=False).head(MOST_BARS)
    rows = rows.assign(label=unique_labels([parameter_words(evaluation, name) for name in rows.parameter]))
    unit = money_unit(pd.concat([rows.at_low, rows.at_high]))
    top = rows.iloc[0]
    ends = f"{money_words(top.at_low)} at its low end and {money_words(top.at_high)} at its high end"
    summary = (
        f"Expected net value as drawn: {money_words(top.central)}. What moves it most: "
        f"{parameter_words(evaluation, top.parameter)}; {ends}. {figure_basis(evaluation.spec.study, price_year='')}"
    )
    title = f"One parameter at a time: the {len(rows)} with the widest swing, all trusts"
    plot = partial(plots.plot_one_way, rows, unit=unit)
    size = row_size(list(rows.label))
    drawing = panel(evaluation, plot, key="one-way", title=title, summary=summary, size=size)
    legend = draw_legend(plot, key="one-way")
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers, legend)


def _budget_series(table: pd.DataFrame) -> pd.DataFrame:
    """Value by payer, and service and set-up cost together as money spent, below zero; payers with neither left out."""
    named = table.assign(year_name=[year_words(row) for row in rows_of(table)]).sort_values("year", kind="stable")
    value = named[(named.measure == "economic_value") & (named.payer != TOTAL)]
    moving = [payer for payer, rows in value.groupby("payer", sort=False) if (rows["mean"] != 0).any()]
    value = value[value.payer.isin(moving)]
    spent = named[named.measure.isin(["service_cost", "set_up_cost"]) & (named.payer == TOTAL)]
    together = spent.groupby("year_name", sort=False)["mean"].sum()
    parts = [
        pd.DataFrame(
            {"year": value.year_name, "series": [payer_words(name) for name in value.payer], "mean": value["mean"]}
        ),
        pd.DataFrame({"year": together.index, "series": SPENT, "mean": -together.to_numpy()}),
    ]
    joined = pd.concat(parts, ignore_index=True)
    order = {year: place for place, year in enumerate(dict.fromkeys(named.year_name))}
    return joined.sort_values("year", key=lambda years: years.map(order), kind="stable").reset_index(drop=True)
