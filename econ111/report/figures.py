"""Figures of calls, dispositions and estimates: drawing, text alternative written from the numbers, and the numbers.

Each function returns None when the evaluation has nothing for it, so that a page simply leaves the figure out.
"""

from __future__ import annotations

from functools import partial

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.intervals import interval_label
from econ111.report import plots
from econ111.report.blocks import FigureView, TableView, figure_basis, marked, number_columns, text_columns
from econ111.report.estimate_tables import monthly_table, numbers_table, trusts_of
from econ111.report.figure_data import calls_by_month, disposition_mix
from econ111.report.labels import (
    STAGE_WORDS,
    clean,
    estimand_words,
    item_words,
    sentence_start,
    trust_chart_name,
    trust_name,
)
from econ111.report.numbers import count, interval, percent
from econ111.report.panels import MOST_PANELS, largest_trusts, panel, panels_left_out, row_size, unique_labels
from econ111.report.rows import rows_of
from econ111.report.svg import draw_legend
from econ111.report.words import fewer_or_more, figure_words, headline_estimand, interval_words
from econ111.results import Evaluation

COMPARED = ("ed", "ed_attendance", "primary_care", "primary_care_contact")


def calls_figure(evaluation: Evaluation) -> FigureView | None:
    """Calls by month and trust, observed and expected."""
    calls = calls_by_month(evaluation)
    if calls is None:
        return None
    spec = evaluation.spec
    chosen = largest_trusts(calls, "mental")
    drawings = []
    for place, trust in enumerate(chosen):
        rows = calls[calls.trust == trust].reset_index(drop=True)
        title, name = f"Answered calls by month, {trust_name(evaluation, trust)}", trust_name(evaluation, trust)
        drawing = panel(
            evaluation,
            partial(plots.plot_calls, rows),
            key=f"calls-{place}",
            title=title,
            summary=_calls_words(rows),
            name=name,
            lead=place == 0,
        )
        drawings.append(drawing)
    words = _calls_words(calls[calls.trust == chosen[0]])
    summary = (
        f"{trust_name(evaluation, chosen[0])}: {words} The band is the 95% interval.{panels_left_out(calls, chosen)}"
    )
    title = marked("Answered mental-health calls by month and trust", spec.study)
    legend = draw_legend(partial(plots.plot_calls, calls[calls.trust == chosen[0]]), key="calls")
    return FigureView(title, summary, tuple(drawings), _calls_table(calls, evaluation), legend)


def monthly_figure(evaluation: Evaluation) -> FigureView | None:
    """Avoided ED and primary-care referrals by month, all trusts."""
    table = evaluation.tables.get("monthly")
    if table is None or table.empty:
        return None
    wanted = list(dict.fromkeys(["displaced", headline_estimand(evaluation.spec)]))
    rows = table[(table.trust == TOTAL) & table.estimand.isin(wanted) & table["item"].isin(["ed", "primary_care"])]
    if rows.empty:
        return None
    months = pd.to_datetime(rows.month.astype(str), format="%Y-%m")
    rows = rows.assign(month=months, series=rows.estimand.map(estimand_words)).sort_values(["item", "series", "month"])
    drawings, said = [], []
    for item, mine in rows.groupby("item"):
        words, name = _monthly_words(mine, str(item)), sentence_start(item_words(item))
        plot = partial(plots.plot_avoided_by_month, mine)
        key, title = f"monthly-{str(item).replace('_', '-')}", f"Avoided {item_words(item)} by month"
        drawings.append(panel(evaluation, plot, key=key, title=title, summary=words, name=name))
        said.append(words)
    numbers = monthly_table(rows, evaluation, unit="calls ending in the disposition, a month")
    title = marked("Avoided ED and primary-care referrals by month, all trusts", evaluation.spec.study)
    legend = draw_legend(plot, key="monthly")
    lines = figure_basis(evaluation.spec.study, marks="Lines", level=float(rows["level"].iloc[0]))
    return FigureView(title, f"Above zero = fewer. {' '.join(said)} {lines}", tuple(drawings), numbers, legend)


def mix_figure(evaluation: Evaluation) -> FigureView | None:
    """What calls end in: before launch, after it, and on the mental-health line."""
    mix = disposition_mix(evaluation)
    if mix is None:
        return None
    named = mix.assign(
        stage=[STAGE_WORDS.get(stage, clean(stage)) for stage in mix.stage],
        disposition=[sentence_start(item_words(name)) for name in mix.disposition],
    )
    total = named[named.trust == TOTAL]
    stages = [STAGE_WORDS.get(stage, clean(stage)).lower() for stage in dict.fromkeys(mix.stage)]
    shares = [
        f"{disposition} {', '.join(percent(value) for value in rows.share)}"
        for disposition, rows in total.groupby("disposition", sort=False)
    ]
    title, summary = "What calls end in, all trusts", f"On the {', '.join(stages)}: {'; '.join(shares)}."
    plot = partial(plots.plot_disposition_mix, total)
    size = row_size(list(dict.fromkeys(total.disposition)), more=0.5)
    drawing = panel(evaluation, plot, key="mix", title=title, summary=summary, size=size)
    cells = (
        (
            trust_name(evaluation, row.trust),
            str(row.stage),
            str(row.disposition),
            percent(row.share),
            interval(row.share_low, row.share_high, percent),
        )
        for row in rows_of(named)
    )
    columns = (*text_columns("Trust", "Line and time", "Disposition"), *number_columns("Share", "95% interval"))
    unit = "share of recorded dispositions"
    numbers = numbers_table(
        "Shares of dispositions", columns, cells, evaluation, unit=unit, signed=False, by_first=True
    )
    said = f"{summary} {figure_basis(evaluation.spec.study, marks='Lines')}"
    return FigureView(marked(title, evaluation.spec.study), said, (drawing,), numbers, draw_legend(plot, key="mix"))


def estimands_figure(evaluation: Evaluation) -> FigureView | None:
    """The same question under each estimand, for ED and primary care, all trusts."""
    table = evaluation.tables.get("estimates")
    if table is None or table.empty:
        return None
    effects = table[(table.trust == TOTAL) & table.estimand.isin(["same_calls", "displaced", "net_system"])]
    rows = pd.concat([effects[effects["item"] == item].sort_values("code") for item in COMPARED])
    if rows.empty:
        return None
    rows["label"] = rows.estimand.map(estimand_words)
    drawings, said = [], []
    for item, mine in rows.groupby("item", sort=False):
        name = sentence_start(item_words(item))
        words = f"{name}: {_estimates_words(mine)}."
        key, title = f"estimands-{str(item).replace('_', '-')}", f"Avoided {item_words(item)} under each estimand"
        plot = partial(plots.plot_intervals, mine)
        size = row_size(list(mine.label))
        drawings.append(panel(evaluation, plot, key=key, title=title, summary=words, size=size, name=name))
        said.append(words)
    title = "The estimands compared, all trusts"
    numbers = _interval_numbers(
        rows, evaluation, title=title, first="Estimand", unit="number over the evaluated period"
    )
    summary = " ".join([*said, _in_brackets(rows)])
    return FigureView(marked(title, evaluation.spec.study), summary, tuple(drawings), numbers)


def trusts_figure(evaluation: Evaluation) -> FigureView | None:
    """Avoided ED attendances of each trust under the headline estimand."""
    table, estimand = evaluation.tables.get("estimates"), headline_estimand(evaluation.spec)
    if table is None or table.empty:
        return None
    rows = table[(table["item"] == "ed_attendance") & (table.estimand == estimand)].set_index("trust", drop=False)
    trusts = [trust for trust in trusts_of(evaluation.spec, table) if trust in rows.index]
    if not trusts:
        return None
    rows = rows.loc[trusts].reset_index(drop=True)
    rows["label"] = unique_labels([trust_chart_name(evaluation, trust) for trust in rows.trust])
    title, summary = (
        f"Avoided ED attendances by trust, {estimand_words(estimand)}",
        f"{_estimates_words(rows.head(MOST_PANELS))}{_more(len(rows) - MOST_PANELS)}. {_in_brackets(rows)}",
    )
    plot = partial(plots.plot_intervals, rows)
    drawing = panel(evaluation, plot, key="trusts", title=title, summary=summary, size=row_size(list(rows.label)))
    unit = "expected ED attendances over the evaluated period"
    named = rows.assign(label=[trust_name(evaluation, trust) for trust in rows.trust])
    numbers = _interval_numbers(named, evaluation, title=title, first="Trust", unit=unit)
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers)


def _interval_numbers(rows: pd.DataFrame, evaluation: Evaluation, *, title: str, first: str, unit: str) -> TableView:
    columns = (*text_columns(first, "Item"), *number_columns("Avoided", "Interval"), *text_columns("Verdict"))
    cells = (
        (
            str(row.label),
            sentence_start(item_words(row.item)),
            count(row.avoided),
            interval(row.avoided_low, row.avoided_high),
            clean(row.verdict),
        )
        for row in rows_of(rows)
    )
    return numbers_table(title, columns, cells, evaluation, unit=unit, level=float(rows["level"].iloc[0]))


def _calls_words(rows: pd.DataFrame) -> str:
    after = rows[rows.mental > 0]
    if after.empty:
        return "no month with the mental-health line."
    mean = after[["without", "with_service", "mental"]].mean()
    return (
        f"in the {len(after)} months with the service, the physical-health line was expected to answer "
        f"{count(mean.without)} mental-health calls a month without the service and {count(mean.with_service)} with "
        f"it; the mental-health line was expected to answer {count(mean.mental)}."
    )


def _calls_table(calls: pd.DataFrame, evaluation: Evaluation) -> TableView:
    columns = (
        *text_columns("Trust", "Month"),
        *number_columns("Physical, observed", "Physical, without service", "95% interval", "Physical, with service"),
        *number_columns("Mental, observed", "Mental, expected"),
    )
    cells = (
        (
            trust_name(evaluation, row.trust),
            f"{row.month:%B %Y}",
            _bounded(row.physical_low, row.physical_high),
            count(row.without),
            interval(row.without_low, row.without_high),
            count(row.with_service),
            _bounded(row.mental_low, row.mental_high),
            count(row.mental),
        )
        for row in rows_of(calls)
    )
    unit = "answered calls a month"
    return numbers_table("Answered calls by month", columns, cells, evaluation, unit=unit, signed=False, by_first=True)


def _bounded(low: float, high: float) -> str:
    return count(low) if low == high else interval(low, high)


def _monthly_words(rows: pd.DataFrame, item: str) -> str:
    span = f"{rows.month.min():%B %Y} to {rows.month.max():%B %Y}"
    parts = [
        f"{name} from {fewer_or_more(mine.avoided.min())} to {fewer_or_more(mine.avoided.max())} a month"
        for name, mine in rows.groupby("series", sort=False)
    ]
    return f"{sentence_start(item_words(item))}, {span}: {'; '.join(parts)}."


def _estimates_words(rows: pd.DataFrame) -> str:
    shown = [
        f"{fewer_or_more(row.avoided)} ({interval_words(row.avoided_low, row.avoided_high)}"
        f"{'; not identifiable' if row.verdict == 'not identifiable' else ''})"
        for row in rows_of(rows)
    ]
    return figure_words([str(label) for label in rows.label], shown)


def _more(left: int) -> str:
    return f"; {left} more stand in the drawing and in the numbers behind it" if left > 0 else ""


def _in_brackets(rows: pd.DataFrame) -> str:
    return f"In brackets: {interval_label(float(rows['level'].iloc[0]))}."
