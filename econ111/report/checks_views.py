"""Tables and figure of the checks of a model, for readers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from econ111.intervals import interval_label
from econ111.report import plots
from econ111.report.blocks import (
    Block,
    Cell,
    Disclosure,
    FigureView,
    Paragraphs,
    Row,
    TableView,
    grouped,
    marked,
    number_columns,
    only,
    text_columns,
    wide_columns,
)
from econ111.report.checks_words import (
    forecast_words,
    leave_out_words,
    number,
    placebo_words,
    power_words,
    predictive_words,
    share,
    table_of,
)
from econ111.report.labels import STAGE_WORDS, clean, item_words, sentence_start, trust_name
from econ111.report.numbers import count, interval
from econ111.report.panels import panel, row_size
from econ111.report.rows import rows_of
from econ111.results import HEADLINE_ITEMS, Evaluation

SHARES = ("share", "unrecorded share", "largest monthly change")
COUNTS = ("calls", "hidden counts")
FIRST_COLUMN = "Estimand"


def short_check_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """The checks that need no refit, as the report shows them: a sentence each, and their tables to open."""
    blocks: tuple[Block, ...] = ()
    for words, view, name in (
        (predictive_words, predictive_view, "Every statistic of the data beside the model's"),
        (power_words, power_view, "Sensitivity of each estimand to data and priors"),
    ):
        shown = view(evaluation)
        if shown is not None:
            blocks += (Paragraphs(tuple(words(evaluation))), Disclosure(name, (shown,)))
    return blocks


def predictive_view(evaluation: Evaluation) -> TableView | None:
    """Statistics of the data beside those of replicated data, flagged ones marked."""
    table = table_of(evaluation, "model_checks")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    columns = (
        *text_columns("Statistic"),
        *number_columns("Data", "Model", interval_label(level), "Tail probability"),
        *text_columns("Verdict"),
        *wide_columns("Reading"),
    )
    groups = [
        (
            sentence_start(STAGE_WORDS.get(str(part), str(part))),
            [_predictive_row(evaluation, row) for row in rows_of(own)],
        )
        for part, own in table.groupby("part", sort=False)
    ]
    about = (
        f"Unit: as named in each row. Model: {int(table.replicates.iloc[0])} replicated data sets. Tail"
        " probability: two-sided."
    )
    return TableView(
        marked("The data beside data that the model makes", evaluation.spec.study), columns, grouped(groups), about
    )


def _predictive_row(evaluation: Evaluation, row: Any) -> Row:
    show = share if row.check in SHARES else count if row.check in COUNTS else number
    of = [item_words(row.item)] if row.item else []
    of += [trust_name(evaluation, row.trust)] if row.trust != "Total" or row.check == "calls" else []
    name = sentence_start(", ".join([clean(row.check), *of]))
    return Row((
        name, show(row.observed), show(row.replicated), interval(row.replicated_low, row.replicated_high, show),
        number(row.tail_probability), clean(row.verdict), clean(row.reading),
    ))  # fmt: skip


def power_view(evaluation: Evaluation) -> TableView | None:
    """Sensitivity of the headline estimands to each part of the model."""
    table = table_of(evaluation, "power_scaling")
    if table is None:
        return None
    chosen = table[table["item"].isin(HEADLINE_ITEMS)]
    parts = list(dict.fromkeys(chosen.part))
    columns = (*text_columns(FIRST_COLUMN), *number_columns("Variance owned by priors", *map(sentence_start, parts)))
    rows = []
    for (code, item), own in chosen.groupby(["code", "item"], sort=False):
        by_part = own.set_index("part")
        cells = [
            Cell(number(by_part.sensitivity[part]), ("moves",) if by_part.verdict[part] == "moves" else ())
            for part in parts
        ]
        rows.append(Row((f"{code} {item_words(item)}", share(own.prior_share.iloc[0]), *cells)))
    chances = table.drop_duplicates("part").set_index("part").chance
    floor = "; ".join(f"{clean(part)} {number(chances[part])}" for part in parts)
    about = (
        "Unit: distance between distributions for a doubling of the part's weight. Said to move where it is at "
        f"least the set one and more than chance shows in draws as many as these: {floor}. "
        "The evidence on attendance after advice has no part here; it is in the variance owned."
    )
    return TableView(marked("What each estimand leans on", evaluation.spec.study), columns, tuple(rows), about)


def placebo_figure(evaluation: Evaluation) -> FigureView | None:
    """The real fall and the placebo falls, each with its interval."""
    table = table_of(evaluation, "placebo_launches")
    if table is None:
        return None
    labels = [_launch(row) for row in rows_of(table)]
    rows = pd.DataFrame({
        "label": labels, "avoided": 100 * table.fall, "avoided_low": 100 * table.fall_low,
        "avoided_high": 100 * table.fall_high,
    })  # fmt: skip
    title = f"Apparent fall of {item_words(table.outcome.iloc[0])} at real and placebo launches"
    summary = " ".join(placebo_words(evaluation))
    plot = partial(plots.plot_intervals, rows, unit="Fall, percent of what is expected (right of zero = fewer)")
    drawing = panel(evaluation, plot, key="placebo-launches", title=title, summary=summary, size=row_size(labels))
    return FigureView(
        marked(title, evaluation.spec.study), summary, (drawing,), _placebo_numbers(evaluation, table, title)
    )


def _placebo_numbers(evaluation: Evaluation, table: pd.DataFrame, title: str) -> TableView:
    level = float(table.level.iloc[0])
    columns = (
        *text_columns("Launch"),
        *number_columns("Months before", "Months after", "Fall", interval_label(level)),
        *text_columns("Verdict"),
        *wide_columns("Reading"),
    )
    rows = tuple(
        Row((
            _launch(row), f"{row.months_before:,}", f"{row.months_after:,}", share(row.fall),
            interval(row.fall_low, row.fall_high, share), clean(row.verdict), clean(row.reading),
        ))
        for row in rows_of(table)
    )  # fmt: skip
    about = (
        "Unit: share of what is expected without the service; positive is fewer. Each placebo is fitted anew without "
        "any month from the real launch on. The windows overlap."
    )
    return TableView(marked(title, evaluation.spec.study), columns, rows, about)


def leave_out_view(evaluation: Evaluation) -> TableView | None:
    """The other trusts' estimate, from all data and without the trust."""
    table = table_of(evaluation, "leave_one_out")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    columns = (
        *text_columns(FIRST_COLUMN),
        *number_columns(
            "All data",
            f"{interval_label(level)}, all",
            "Without it",
            f"{interval_label(level)}, without it",
            "Movement, sd",
        ),
        *text_columns("Verdict"),
    )
    groups = [
        (f"Without {trust_name(evaluation, str(left))}", [_leave_out_row(row) for row in rows_of(own)])
        for left, own in table.groupby("left_out", sort=False)
    ]
    about = (
        "Unit: avoided by the other trusts over the evaluated period; positive is fewer. Movement in posterior sds of "
        "the estimate from all data; short refits differ by about a tenth by chance."
    )
    title = marked("Each trust left out in turn", evaluation.spec.study)
    return TableView(title, columns, grouped(groups), about)


def _leave_out_row(row: Any) -> Row:
    if row.verdict == "not possible":
        return Row(("Nothing can be fitted", "–", "–", "–", "–", "–", clean(row.verdict)))
    return Row((
        f"{row.code} {item_words(row.item)}", count(row.all_data), interval(row.all_data_low, row.all_data_high),
        count(row.without), interval(row.without_low, row.without_high), number(row.shift), clean(row.verdict),
    ))  # fmt: skip


def forecast_view(evaluation: Evaluation) -> TableView | None:
    """Log scores of forecasts, by line."""
    table = table_of(evaluation, "forecast_scores")
    if table is None:
        return None
    level = float(table.level.iloc[0])
    columns = (
        *text_columns("Calls"),
        *number_columns("Origins", "Counts", "Model", "Naive", "Difference", "Standard error", f"Inside {level:.0%}"),
        *wide_columns("Reading"),
    )
    rows = tuple(
        Row((
            sentence_start(clean(row.part)), f"{row.origins:,}", f"{row.counts:,}", number(row.log_score),
            number(row.naive), number(row.difference), number(row.standard_error), share(row.inside),
            clean(row.reading),
        ))
        for row in rows_of(table)
    )  # fmt: skip
    about = (
        "Unit: mean natural logarithm of the probability that a month's count had beforehand; larger is better. "
        f"Inside: share of counts in their {interval_label(level)}. Standard error over origins."
    )
    title = marked("Forecasts of months that the fit had not seen", evaluation.spec.study)
    return TableView(title, columns, rows, about)


def refit_blocks(evaluation: Evaluation) -> tuple[tuple[str, str, tuple[Block, ...]], ...]:
    """Key, title and blocks of each section of refits that was made."""
    found = (
        ("placebo", "Placebo launches", only(placebo_figure(evaluation))),
        ("left-out", "Each trust left out", _said(leave_out_words(evaluation), leave_out_view(evaluation))),
        ("forecasts", "Forecasts", _said(forecast_words(evaluation), forecast_view(evaluation))),
    )
    return tuple(section for section in found if section[2])


def _said(sentences: list[str], view: TableView | None) -> tuple[Block, ...]:
    return (Paragraphs(tuple(sentences)), view) if view is not None else ()


def _launch(row: Any) -> str:
    if row.role == "real":
        return "Real launch"
    return f"{row.months_earlier} months earlier"
