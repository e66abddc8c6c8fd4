"""The numbers behind the figures, by hand, and plots that return the axes they were given."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from datetime import date
from functools import partial

import pandas as pd
import pytest
from matplotlib.figure import Figure

from econ111.report import plots
from econ111.report.data_figures import series_figure
from econ111.report.figure_data import calls_by_month, cell_states, disposition_mix, series_by_month
from econ111.report.figures import monthly_figure, trusts_figure
from econ111.report.money_figures import budget_figure, cost_consequence_figure, one_way_figure
from econ111.report.numbers import MoneyUnit
from econ111.results import Evaluation
from econ111.specs.schema import Excluded


def test_totals_of_calls_are_summed_draw_by_draw(evaluation: Evaluation) -> None:
    """Two trusts of 900 +/- 90 that move together make 1,800; the 95% ends of five draws are 1,800 +/- 171."""
    calls = calls_by_month(evaluation)
    assert calls is not None
    total = calls[(calls.trust == "Total") & (calls.month == "2024-06-01")].iloc[0]
    assert (total.without, total.with_service, total.mental) == pytest.approx((1800.0, 1200.0, 1000.0))
    assert (total.without_low, total.without_high) == pytest.approx((1629.0, 1971.0))
    assert total.physical_low == total.physical_high == 1200.0


def test_a_total_of_observed_calls_needs_every_trust(evaluation: Evaluation) -> None:
    """The mental line before launch has no count, so neither has its total."""
    calls = calls_by_month(evaluation)
    assert calls is not None
    assert calls[calls.month == "2023-06-01"].mental_low.isna().all()


def test_the_mix_of_all_trusts_is_weighted_and_sums_to_one(evaluation: Evaluation) -> None:
    """Both trusts have 30% ED before and 5% on the mental line, and so has any weighting of them."""
    mix = disposition_mix(evaluation)
    assert mix is not None
    total = mix[mix.trust == "Total"].set_index(["stage", "disposition"]).share
    assert total["before", "ed"] == pytest.approx(0.3)
    assert total["mental", "ed"] == pytest.approx(0.05)
    assert total.groupby("stage").sum().to_list() == pytest.approx([1.0, 1.0, 1.0])


def test_a_month_is_described_by_all_its_dispositions(evaluation: Evaluation) -> None:
    """West London misses May 2024 on both lines, hides small counts on the mental line, and has none before launch."""
    states = cell_states(evaluation)["Mental line: dispositions"].set_index(["trust", "month"]).state
    assert states["RKL", pd.Timestamp("2024-05-01")] == "not_supplied"
    assert states["RKL", pd.Timestamp("2024-06-01")] == "suppressed"
    assert states["RKL", pd.Timestamp("2023-06-01")] == "not_applicable"
    assert states["RWK", pd.Timestamp("2024-05-01")] == "observed"


def test_a_category_that_a_trust_never_returns_is_not_held_against_it(evaluation: Evaluation) -> None:
    """Without ED in every month the month is whole; without it in one month, that month is partly supplied."""
    assert evaluation.calls is not None
    calls = evaluation.calls.copy(deep=True)
    calls["dispositions_state"].loc[{"trust": "RWK", "category": "ed", "line": "physical"}] = 3
    changed = Evaluation(evaluation.spec, evaluation.tables, {}, calls=calls)
    states = cell_states(changed)["Physical line: dispositions"].set_index(["trust", "month"]).state
    assert set(states["RWK"]) == {"observed"}
    calls["dispositions_state"].loc[{"trust": "RKL", "category": "ed", "line": "physical", "month": "2023-06-01"}] = 3
    states = cell_states(changed)["Physical line: dispositions"].set_index(["trust", "month"]).state
    assert states["RKL", pd.Timestamp("2023-06-01")] == "partly_supplied"


def test_a_text_alternative_is_written_from_the_numbers(evaluation: Evaluation) -> None:
    """Each trust avoids 20 (-40 to 80) under E3: said as fewer and more, in words."""
    figure = trusts_figure(evaluation)
    assert figure is not None
    assert figure.summary == (
        "East London: 20 fewer (from 40 more to 80 fewer); West London: 20 fewer (from 40 more to 80 fewer). "
        "In brackets: 95% interval."
    )
    assert figure.summary.split(";")[0] in figure.drawings[0].svg
    assert [row.cells[2] for row in figure.numbers.rows] == ["20", "20"]


def test_money_figures_say_what_they_leave_out(evaluation: Evaluation) -> None:
    """Calls have no unit cost and deaths were not measured: neither is in the bars, both are named."""
    figure = cost_consequence_figure(evaluation)
    assert figure is not None
    assert (
        "not valued or not measured: calls to the 111 physical-health line, deaths and harm, police time"
        in figure.summary
    )
    assert len(figure.numbers.rows) == 3


def test_the_budget_figure_shows_spending_below_zero(evaluation: Evaluation) -> None:
    """8,000 calls in 8 months at GBP 85 are 12/8 * 680,000 = 1,020,000 a year."""
    figure = budget_figure(evaluation)
    assert figure is not None
    assert "Service cost (spent): −£1.02m" in figure.summary
    assert "is not cash" in figure.summary


def test_figures_without_rows_are_none(evaluation: Evaluation) -> None:
    """No table, no figure."""
    bare = Evaluation(evaluation.spec, {}, {})
    assert all(make(bare) is None for make in (monthly_figure, trusts_figure, budget_figure, one_way_figure))


def test_the_series_has_a_total_of_what_was_observed(series_evaluation: Evaluation) -> None:
    """10,000 in each of two trusts is 20,000, against 21,000 expected."""
    series = series_by_month(series_evaluation)
    assert series is not None
    total = series[series.trust == "Total"]
    assert set(total.observed) == {20_000.0}
    assert total.without.iloc[0] == pytest.approx(21_000.0)


def test_a_series_shows_the_months_before_the_service_and_those_left_out(series_evaluation: Evaluation) -> None:
    """With draws from launch only, the 12 months before it are observed and not expected; two are shaded."""
    assert series_evaluation.posterior is not None
    assert series_evaluation.calls is not None
    assert series_evaluation.spec.series is not None
    left_out = Excluded(first=date(2023, 6, 1), last=date(2023, 7, 31), reason="Synthetic.")
    settings = {"excluded": (left_out,)}
    series = series_evaluation.spec.series.model_copy(update=settings)
    changed = dataclasses.replace(
        series_evaluation,
        spec=series_evaluation.spec.model_copy(update={"series": series}),
        posterior=series_evaluation.posterior.isel(month=slice(12, None)),
        calls=series_evaluation.calls.assign_coords(trust_name=("trust", ["Barts Health", "Royal Free"])),
    )
    rows = series_by_month(changed)
    assert rows is not None
    total = rows[rows.trust == "Total"]
    assert total.without.isna().sum() == 12
    assert total.observed.notna().all()
    figure = series_figure(changed)
    assert figure is not None
    assert "Left out of the fit" in [entry.label for entry in figure.legend]
    assert "Shaded: June 2023 to July 2023, left out of the fit." in figure.summary
    assert [drawing.name for drawing in figure.drawings] == ["All trusts", "Barts Health (R1H)", "Royal Free (RAL)"]
    assert [drawing.lead for drawing in figure.drawings] == [True, False, False]


def test_a_wide_band_does_not_flatten_what_was_observed() -> None:
    """Observed 100 and 130, expected 120: the axis runs from 90 to 140, whatever the band of 0 to 900 does."""
    rows = pd.DataFrame(
        {
            "month": pd.date_range("2024-01-01", periods=2, freq="MS"), "observed": [100.0, 130.0],
            "without": [120.0, 120.0], "without_low": [0.0, 0.0], "without_high": [900.0, 900.0],
        }
    )  # fmt: skip
    axes = plots.plot_series(rows, Figure().subplots())
    assert axes.get_ylim() == pytest.approx((90.0, 140.0))


def test_a_long_name_stands_whole_above_its_row() -> None:
    """With one name of more than 18 letters, no name is beside its row and each is written in full."""
    rows = pd.DataFrame({"label": ["North", "Central and North West London"], "avoided": [1.0, 2.0]})
    rows = rows.assign(avoided_low=0.0, avoided_high=3.0)
    axes = plots.plot_intervals(rows, Figure().subplots())
    assert [text.get_text() for text in axes.texts] == ["North", "Central and North West London"]
    assert not axes.get_yticks().tolist()


def test_every_plot_returns_the_axes_it_was_given(evaluation: Evaluation) -> None:
    """A reader in a notebook can go on drawing on the same axes."""
    calls, mix = calls_by_month(evaluation), disposition_mix(evaluation)
    assert calls is not None
    assert mix is not None
    unit = MoneyUnit("£", 1.0, 0)
    rows = pd.DataFrame(
        {"label": ["a", "b"], "avoided": [1.0, -2.0], "avoided_low": [0.0, -3.0], "avoided_high": [2.0, -1.0]}
    )
    money = rows.rename(columns=lambda name: name.replace("avoided", "cost_avoided"))
    states = pd.DataFrame(
        {"label": "a", "month": pd.date_range("2024-01-01", periods=3, freq="MS"), "state": "observed"}
    )
    drawn = [
        partial(plots.plot_calls, calls[calls.trust == "RWK"]),
        partial(plots.plot_disposition_mix, mix[mix.trust == "Total"]),
        partial(plots.plot_intervals, rows),
        partial(plots.plot_bounds, rows),
        partial(plots.plot_cost_consequence, money, unit=unit),
        partial(plots.plot_cell_states, states, words={}),
    ]
    for plot in drawn:
        axes = Figure().subplots()
        assert plot(axes) is axes


def test_importing_the_report_loads_no_plotting_library() -> None:
    """Matplotlib takes seconds: it loads when something is drawn."""
    script = "import sys, econ111.report; assert not {'matplotlib', 'seaborn', 'pymc', 'arviz'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
