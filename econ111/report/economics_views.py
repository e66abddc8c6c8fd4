"""Views of the further economics: staffing, structural grid, turning points, perspectives, grounds of the budget."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from econ111.economics.thresholds import FOUND
from econ111.economics.totals import TOTAL
from econ111.intervals import interval_label
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
    grouped,
    marked,
    number_columns,
    only,
    text_columns,
)
from econ111.report.estimate_tables import ROUNDING, numbers_table
from econ111.report.labels import clean, parameter_words, plain_names, sentence_start, trust_name
from econ111.report.numbers import (
    UNKNOWN,
    MoneyUnit,
    count,
    interval,
    money,
    money_unit,
    money_words,
    plain_value,
    probability,
)
from econ111.report.panels import panel, row_size
from econ111.report.price_views import payment_rules_view
from econ111.report.rows import rows_of
from econ111.report.words import headline_estimand
from econ111.results import Evaluation

NEVER_ADD_ENDS = (
    "A total is added up draw by draw and has an interval of its own. The ends of the intervals of parts are never "
    "added: the sum of lows lies below the low of the sum."
)
SHARED_STAFF = (
    "Each line is taken to be alone. In truth direct crisis lines and the 111 option often share staff, which lies "
    "between a line for each trust and one line for all."
)
SHOWN = ("on_duty", "busy_share", "whole_time_equivalents", "line_cost", "cost_per_call")


def staffing_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """What a line needs from the people up, per trust, in total and as one line for all."""
    table = _table(evaluation, "staffing")
    if table is None:
        return ()
    study, level = evaluation.spec.study, float(table["level"].iloc[0])
    unit = money_unit(table[table.measure == "line_cost"]["mean"])
    columns = (
        *text_columns("Line"),
        *number_columns("People on duty", "Busy, %", "Whole-time equivalents", f"Cost a year, {unit.label}"),
        *number_columns("Cost per call, £", interval_label(level)),
    )
    groups = (
        (f"If {clean(words)}", [_line(evaluation, line, mine, unit) for line, mine in rows.groupby("line", sort=False)])
        for words, rows in table[table.measure.isin(SHOWN)].groupby("queue", sort=False)
    )
    about = basis(study, unit="means; cost per call with its interval", level=level, signed=False)
    view = TableView(
        marked("Staff and cost of the line from the people up", study), columns, grouped(groups), about,
        (SHARED_STAFF, "Handling time, calls by hour, bands and overheads are assumed: see the parameters.", ROUNDING),
    )  # fmt: skip
    return (Heading("The service from the people up"), Paragraphs((_staffing_sentence(table),)), view)


def grid_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Which structural choice moves the answer: one sentence, one picture, one table."""
    moves = _table(evaluation, "structural_moves")
    if moves is None:
        return ()
    return (
        Heading("Which choice moves the answer"), Paragraphs((_moves_sentence(moves), NEVER_ADD_ENDS)),
        _moves_figure(evaluation, moves),
    )  # fmt: skip


def turning_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Break-even values and the two-way table."""
    parts = only(_thresholds(evaluation), _two_way(evaluation))
    return (Heading("Where the answer turns"), *parts) if parts else ()


def perspective_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """The study's perspective and a wider one."""
    table = _table(evaluation, "perspectives")
    if table is None:
        return ()
    rows = table[(table.trust == TOTAL) & (table.estimand == headline_estimand(evaluation.spec))]
    study, level = evaluation.spec.study, float(rows["level"].iloc[0])
    unit = money_unit(pd.concat([rows.value_avoided, rows.service_cost, rows.net_value]).dropna())
    columns = (
        *text_columns("Perspective"),
        *number_columns(f"Value avoided, {unit.label}", f"Service cost, {unit.label}", f"Net value, {unit.label}"),
        *number_columns(f"Net value, {interval_label(level)}"), *text_columns("Not measured"),
    )  # fmt: skip
    body = tuple(
        Row((
            clean(row.perspective), _money(row.value_avoided, unit), _money(row.service_cost, unit),
            _money(row.net_value, unit),
            interval(row.net_value_low, row.net_value_high, partial(money, unit=unit))
            if pd.notna(row.net_value) else UNKNOWN,
            clean(row.not_measured) or "none named",
        ))
        for row in rows_of(rows)
    )  # fmt: skip
    about = basis(study, unit=f"{unit.label} over the evaluated period", level=level)
    notes = ("What is not measured is not 0: a wider figure stands only once somebody has supplied one.", ROUNDING)
    view = TableView(marked("Perspectives, all trusts", study), columns, body, about, notes)
    return (Heading("Perspectives"), view)


def budget_ground_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    """Forecast, areas per head, discount rates, payment rules, and the points of good practice."""
    return only(
        _forecast(evaluation), _per_head(evaluation), _present_values(evaluation), payment_rules_view(evaluation),
        _checklist(evaluation),
    )  # fmt: skip


def _line(evaluation: Evaluation, line: object, rows: pd.DataFrame, unit: MoneyUnit) -> Row:
    found = {str(row.measure): row for row in rows_of(rows)}
    per_call = found["cost_per_call"]
    return Row(
        (
            trust_name(evaluation, line),
            f"{found['on_duty'].mean:.1f}",
            f"{100 * found['busy_share'].mean:.0f}",
            f"{found['whole_time_equivalents'].mean:.1f}",
            money(found["line_cost"].mean, unit),
            f"{per_call.mean:,.0f}",
            interval(per_call.low, per_call.high, lambda value: f"{value:,.0f}"),
        ),
        total=line == TOTAL,
    )


def _staffing_sentence(table: pd.DataFrame) -> str:
    first = table[(table["queue"] == table["queue"].iloc[0]) & (table.measure == "cost_per_call")].set_index("line")
    own, one = first["mean"][TOTAL], first["mean"].iloc[-1]
    return (
        f"If each trust answers its own calls within the target, a call costs about £{own:,.0f}; if one line answered "
        f"all of them, about £{one:,.0f}. The difference is the price of people who must be there when nobody calls."
    )


def _moves_sentence(moves: pd.DataFrame) -> str:
    swings = moves.drop_duplicates("factor").sort_values("swing_at_base", ascending=False)
    parts = [f"{clean(row.label).lower()} moves it by {money_words(row.swing_at_base)}" for row in rows_of(swings)]
    above, cells = (
        int(moves[moves.factor == "basis"].cells_above_0.sum()),
        int(moves[moves.factor == "basis"].cells.sum()),
    )
    return (
        f"Expected net value of all trusts, one choice at a time from the base: {'; '.join(parts)}. Over every "
        f"combination, value exceeds cost on average in {above} of {cells}. The combinations are not equally likely "
        "and are not averaged."
    )


def _moves_figure(evaluation: Evaluation, moves: pd.DataFrame) -> FigureView:
    rows = moves.assign(label=[_level(row) for row in rows_of(moves)])
    unit = money_unit(pd.concat([rows.lowest, rows.highest]))
    title = "Net value under each structural choice, all trusts"
    summary = (
        "Each mark has every other choice at its base; the bar behind it goes from the lowest to the highest expected "
        "net value over all combinations of the others, and is not an interval. "
        f"{figure_basis(evaluation.spec.study, price_year='')}"
    )
    plot = partial(plots.plot_structural_moves, rows, unit=unit)
    drawing = panel(
        evaluation, plot, key="moves", title=title, summary=summary, size=row_size(list(rows.label), more=0.8)
    )
    columns = (
        *text_columns("Choice", "Level"),
        *number_columns(f"Others at base, {unit.label}", f"Over all others, {unit.label}", "Above 0, of combinations"),
    )
    cells = (
        (
            sentence_start(clean(row.label)), f"{clean(row.level)}{' (base)' if row.base else ''}",
            money(row.net_value, unit), interval(row.lowest, row.highest, partial(money, unit=unit)),
            f"{row.cells_above_0} of {row.cells}",
        )
        for row in rows_of(moves)
    )  # fmt: skip
    about = f"{unit.label} over the evaluated period, means; ranges over combinations, not intervals"
    numbers = numbers_table(title, columns, cells, evaluation, unit=about, level=None, signed=False)
    return FigureView(marked(title, evaluation.spec.study), summary, (drawing,), numbers)


def _level(row: Any) -> str:
    return f"{sentence_start(clean(row.level))}{' (base)' if row.base else ''}"


def _thresholds(evaluation: Evaluation) -> TableView | None:
    table = _table(evaluation, "thresholds")
    if table is None:
        return None
    columns = (
        *text_columns("What turns the answer"),
        *number_columns("As drawn, mean", "Break-even"),
        *text_columns("Looked for"),
    )
    body = tuple(
        Row((
            Cell(clean(row.label), (clean(row.unit),)), plain_value(row.expected, row.unit),
            plain_value(row.break_even, row.unit) if row.status == FOUND else f"none: {clean(row.status)}",
            f"from {plain_value(row.low, row.unit)} to {plain_value(row.high, row.unit)}",
        ))
        for row in rows_of(table)
    )  # fmt: skip
    about = basis(evaluation.spec.study, unit="of each row", level=None, signed=False)
    notes = ("The value at which expected net value of all trusts is 0, with all else as drawn; from the same draws.",)
    return TableView(marked("Break-even values", evaluation.spec.study), columns, body, about, notes)


def _two_way(evaluation: Evaluation) -> TableView | None:
    table = _table(evaluation, "two_way")
    if table is None:
        return None
    first, second = str(table["first"].iloc[0]), str(table["second"].iloc[0])
    unit = money_unit(table.expected)
    heads = [plain_value(value) for value in dict.fromkeys(table.second_value)]
    columns = (*text_columns(parameter_words(evaluation, first)), *number_columns(*heads))
    body = tuple(
        Row((
            plain_value(value),
            *(Cell(money(row.expected, unit), (probability(row.probability),)) for row in rows_of(mine)),
        ))
        for value, mine in table.groupby("first_value", sort=False)
    )  # fmt: skip
    across, down = parameter_words(evaluation, second), parameter_words(evaluation, first)
    title = f"Two parameters together: {across} across, {down} down"
    about = basis(
        evaluation.spec.study,
        unit=f"expected net value, {unit.label}; below it the probability that value exceeds cost",
        level=None,
    )
    return TableView(marked(title, evaluation.spec.study), columns, body, about, (ROUNDING,))


def _forecast(evaluation: Evaluation) -> TableView | None:
    table = _table(evaluation, "call_forecast")
    if table is None:
        return None
    rows = table[table.trust == TOTAL]
    level = float(rows["level"].iloc[0])
    body = tuple(
        Row((clean(row.financial_year), count(row.mean), interval(row.low, row.high))) for row in rows_of(rows)
    )
    columns = (*text_columns("Year"), *number_columns("Calls", interval_label(level)))
    about = basis(evaluation.spec.study, unit="calls a year, all trusts", level=level, signed=False)
    return TableView(marked("Forecast of calls", evaluation.spec.study), columns, body, about, (ROUNDING,))


def _per_head(evaluation: Evaluation) -> TableView | None:
    table = _table(evaluation, "budget_per_head")
    if table is None:
        return None
    rows = table[table.year == 1]
    found = {(str(row.area), str(row.measure)): float(row.mean) for row in rows_of(rows)}
    people = {str(row.area): float(row.people) for row in rows_of(rows)}
    heads = {"economic_value": "Economic value", "service_cost": "Service cost", "cash": "Cash"}
    columns = (
        *text_columns("Area (integrated care boards)"), *number_columns("People"),
        *number_columns(*(f"{head}, £ per head" for head in heads.values())),
    )  # fmt: skip
    body = tuple(
        Row(
            (clean(area), count(number), *(f"{found.get((area, name), float('nan')):.2f}" for name in heads)),
            total=area == TOTAL,
        )
        for area, number in people.items()
    )
    whose = clean(rows.denominator.iloc[0])
    about = basis(evaluation.spec.study, unit=f"£ per head of {whose}, year 1", level=None, signed=False)
    notes = ("Boards that one trust serves together cannot be told apart and stand as one area.",)
    return TableView(marked("Budget per head by area, year 1", evaluation.spec.study), columns, body, about, notes)


def _present_values(evaluation: Evaluation) -> TableView | None:
    table = _table(evaluation, "present_values")
    if table is None:
        return None
    unit = money_unit(table["mean"])
    columns = (
        *text_columns("Discount rate"),
        *number_columns(f"Economic value, {unit.label}", f"Service cost, {unit.label}", f"Net cost, {unit.label}"),
    )
    found = {(float(row.rate), str(row.measure)): float(row.mean) for row in rows_of(table)}
    rates = {float(row.rate): clean(row.status) for row in rows_of(table)}
    names = ("economic_value", "service_cost", "net_cost")
    body = tuple(
        Row((f"{100 * rate:.1f}%: {status}", *(money(found[rate, name], unit) for name in names)))
        for rate, status in rates.items()
    )
    years = int(table.years.iloc[0])
    about = basis(
        evaluation.spec.study,
        unit=f"{unit.label} over {years} years",
        level=None,
        signed=False,
        discounting="at the rate of each row, year 1 undiscounted",
    )
    notes = ("Net cost is at economic value, which is not cash. Intervals are in the CSV file.", ROUNDING)
    return TableView(
        marked("All years together under each discount rate", evaluation.spec.study), columns, body, about, notes
    )


def _checklist(evaluation: Evaluation) -> TableView | None:
    table = _table(evaluation, "budget_checklist")
    if table is None:
        return None
    body = tuple(
        Row((f"{row.number}. {clean(row.point)}", sentence_start(clean(row.status)), plain_names(row.how, evaluation)))
        for row in rows_of(table)
    )
    columns = text_columns("Point of good practice", "Status", "How, or why not")
    about = "Points of the ISPOR task force on budget impact, 2012, in our own words."
    return TableView(marked("The budget impact against good practice", evaluation.spec.study), columns, body, about)


def _money(value: float, unit: MoneyUnit) -> str:
    return money(value, unit) if pd.notna(value) else UNKNOWN


def _table(evaluation: Evaluation, name: str) -> pd.DataFrame | None:
    table = evaluation.tables.get(name)
    return None if table is None or table.empty else table
