"""Figures of the data themselves: states of cells, an outcome series, bounds from print; see `figures`."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.report import plots
from econ111.report.blocks import Drawing, FigureView, figure_basis, marked, number_columns, text_columns
from econ111.report.estimate_tables import monthly_table, numbers_table, published_table
from econ111.report.figure_data import cell_states, series_by_month
from econ111.report.labels import (
    STATE_WORDS,
    estimand_words,
    item_words,
    sentence_start,
    trust_chart_name,
    trust_name,
)
from econ111.report.numbers import count, interval
from econ111.report.panels import PANEL, largest_trusts, panel, panels_left_out, row_size, unique_labels
from econ111.report.rows import rows_of
from econ111.report.svg import draw_legend
from econ111.report.words import detectable_and_plausible, figure_words, interval_words, period
from econ111.results import Evaluation
from econ111.specs.schema import Series


def cells_figure(evaluation: Evaluation) -> FigureView | None:
    """Which months each trust returned, by line."""
    maps = cell_states(evaluation)
    if not maps:
        return None
    spec = evaluation.spec
    drawings, counts = [], []
    for place, (name, states) in enumerate(maps.items()):
        drawings.append(_cells_drawing(evaluation, f"cells-{place}", name, states))
        counts.append(
            states.groupby(["trust", "state"], sort=False).size().rename("months").reset_index().assign(what=name)
        )
    every = pd.concat(counts, ignore_index=True).sort_values("trust", kind="stable")
    legend = draw_legend(partial(plots.plot_cell_states, _each_state(every), words=dict(STATE_WORDS)), key="cells")
    cells = (
        (trust_name(evaluation, row.trust), str(row.what), STATE_WORDS.get(row.state, row.state), f"{row.months:,}")
        for row in rows_of(every)
    )
    columns = (*text_columns("Trust", "What", "State"), *number_columns("Months"))
    title = "Months by state of the data"
    numbers = numbers_table(title, columns, cells, evaluation, unit="months", level=None, signed=False, by_first=True)
    summary = " ".join(f"{name}: {_state_words(states.state)}." for name, states in maps.items())
    title = marked("State of the data by trust and month", spec.study)
    return FigureView(title, f"Months of all trusts. {summary}", tuple(drawings), numbers, legend)


def series_figure(evaluation: Evaluation) -> FigureView | None:
    """An outcome series against its counterfactual, by trust."""
    series = series_by_month(evaluation)
    if series is None:
        return None
    spec = evaluation.spec
    start = pd.Timestamp(spec.study.period_start).replace(day=1)
    left_out = _left_out(spec.series)
    chosen = largest_trusts(series, "without")
    drawings = []
    for place, trust in enumerate(chosen):
        rows, name = series[series.trust == trust].reset_index(drop=True), trust_name(evaluation, trust)
        plot = partial(plots.plot_series, rows, launch=start, left_out=left_out)
        words, title = _series_words(rows, start), f"Observed and projected attendances, {name}"
        key, lead = f"series-{place}", place == 0
        drawings.append(panel(evaluation, plot, key=key, title=title, summary=words, name=name, lead=lead))
    legend = draw_legend(plot, key="series")
    first = series[series.trust == chosen[0]]
    summary = f"{trust_name(evaluation, chosen[0])}: {_series_words(first, start)} {_series_note(first, spec.series)}"
    summary += panels_left_out(series, chosen)
    columns = (
        *text_columns("Trust", "Month"),
        *number_columns("Observed", "Expected without the service", "95% interval"),
    )
    cells = (
        (
            trust_name(evaluation, row.trust),
            f"{row.month:%B %Y}",
            count(row.observed),
            count(row.without),
            interval(row.without_low, row.without_high),
        )
        for row in rows_of(series)
    )
    title = "Observed attendances and those expected without the service"
    numbers = numbers_table(title, columns, cells, evaluation, unit="attendances a month", signed=False, by_first=True)
    return FigureView(marked(title, spec.study), summary, tuple(drawings), numbers, legend)


def series_avoided_figure(evaluation: Evaluation) -> FigureView | None:
    """Predicted less observed attendances by month, with what could have been noticed."""
    table, series = evaluation.tables.get("monthly"), evaluation.spec.series
    if table is None or series is None:
        return None
    rows = table[(table.trust == TOTAL) & (table["item"] == series.outcome)]
    if rows.empty:
        return None
    months = pd.to_datetime(rows.month.astype(str), format="%Y-%m")
    rows = rows.assign(month=months, series=rows.estimand.map(estimand_words))
    detectable, plausible = detectable_and_plausible(evaluation.tables.get("checks"))
    title = "Predicted less observed attendances by month, all trusts"
    covered = int(((rows.avoided_low <= 0) & (rows.avoided_high >= 0)).sum())
    summary = f"The interval holds zero in {covered} of {len(rows)} months."
    if math.isfinite(detectable):
        summary += f" The smallest change of the monthly mean that could be noticed is {count(detectable)}; the largest"
        summary += f" plausible one is {count(plausible)}."
    plot = partial(plots.plot_avoided_in_series, rows, detectable=detectable, plausible=plausible)
    drawing = panel(evaluation, plot, key="series-avoided", title=title, summary=summary, size=(PANEL, 3.0))
    numbers = monthly_table(rows, evaluation, unit="attendances a month")
    legend = draw_legend(plot, key="series-avoided")
    summary += f" {figure_basis(evaluation.spec.study, marks='Lines', level=float(rows['level'].iloc[0]))}"
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers, legend)


def published_figure(evaluation: Evaluation) -> FigureView | None:
    """Bounds of the avoided referrals that printed percentages allow."""
    table, numbers = evaluation.tables.get("published"), published_table(evaluation)
    if table is None or numbers is None:
        return None
    rows = table.assign(label=[sentence_start(item_words(name)) for name in table.disposition])
    title = "Bounds of avoided referrals from printed percentages"
    bounds = [interval_words(row.avoided_low, row.avoided_high) for row in rows_of(rows)]
    shown = [text.replace("no interval", "no bounds") for text in bounds]
    summary = f"{figure_words(list(rows.label), shown)}."
    plot = partial(plots.plot_bounds, rows)
    size = row_size(list(rows.label))
    drawing = panel(evaluation, plot, key="published", title=title, summary=summary, size=size)
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers)


def _cells_drawing(evaluation: Evaluation, key: str, name: str, states: pd.DataFrame) -> Drawing:
    codes = list(dict.fromkeys(states.trust))
    names = unique_labels([trust_chart_name(evaluation, code) for code in codes])
    rows = states.assign(label=states.trust.map(dict(zip(codes, names, strict=True))))
    plot = partial(plots.plot_cell_states, rows, words=dict(STATE_WORDS))
    title, summary = f"State of the data: {name}", f"{name}, months of all trusts: {_state_words(rows.state)}."
    return panel(evaluation, plot, key=key, title=title, summary=summary, size=row_size(names), name=name)


def _each_state(counts: pd.DataFrame) -> pd.DataFrame:
    """One month of each state that occurs, in the order of the legend."""
    found = set(counts.state)
    states = [state for state in STATE_WORDS if state in found]
    return pd.DataFrame(
        {"label": "", "month": pd.date_range("2000-01-01", periods=len(states), freq="MS"), "state": states}
    )


def _left_out(series: Series | None) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last months of each period that no trust uses."""
    periods = [one for one in series.excluded if not one.trusts] if series is not None else []
    return [(pd.Timestamp(one.first).replace(day=1), pd.Timestamp(one.last).replace(day=1)) for one in periods]


def _series_note(first: pd.DataFrame, series: Series | None) -> str:
    """How the drawing is to be read: the band, what is shaded, and where the band goes on beyond it."""
    text = "The band is the 95% interval; the vertical axis does not start at zero"
    expected = first[first.without.notna()]
    if len(expected):
        last = expected.iloc[-1]
        text += " and follows the lines, so that the band may go on beyond the drawing: in "
        text += f"{last.month:%B %Y} it is {interval(last.without_low, last.without_high)}"
    if _left_out(series):
        shown = "; ".join(period(first.date(), last.date()) for first, last in _left_out(series))
        text += f". Shaded: {shown}, left out of the fit"
    return f"{text}."


def _state_words(states: pd.Series) -> str:
    found = states.value_counts()
    return figure_words(
        [STATE_WORDS.get(str(state), str(state)) for state in found.index], [f"{number:,}" for number in found]
    )


def _series_words(rows: pd.DataFrame, start: pd.Timestamp) -> str:
    after = rows[(rows.month >= start) & rows.observed.notna()]
    if after.empty:
        return "no month with an observed count since the service started."
    inside = int(((after.observed >= after.without_low) & (after.observed <= after.without_high)).sum())
    return (
        f"in the {len(after)} months since the service started, {count(after.observed.mean())} attendances a month "
        f"were observed and {count(after.without.mean())} expected without it; {inside} of the months lie in the "
        "interval."
    )
