"""The money of a whole run, told from the fit made by hand in test_run: forecast, areas, heads, checklist, staffing.

Every trust has 500 mental-line calls a month from its launch month on; four have 11 months and West London 10.
"""

from __future__ import annotations

import pandas as pd
import pytest
from report.basis_walk import silent_files, silent_on_the_page, silent_sheets
from test_run import Stored, london, stored

from econ111.errors import InputError
from econ111.report.workbooks import write_workbooks
from econ111.results import Evaluation
from econ111.run import evaluate
from econ111.specs.schema import Spec

__all__ = ["london", "stored"]


def changed(spec: Spec, **parts: object) -> Spec:
    """The specification with parts of its economics or budget changed."""
    content = spec.model_dump()
    for name, value in parts.items():
        section, _, key = name.partition("__")
        content[section][key] = value
    return Spec.model_validate(content)


def test_a_settled_service_is_forecast_from_its_last_months(london: Evaluation) -> None:
    """500 calls a month are 6,000 a year; five trusts, growing by the mean of draws of 3 %: 30,900 in year 1.

    West London's eleven months hold one before its launch, and its forecast is that of the others all the same.
    """
    assert london.spec.budget_impact is not None
    assert london.spec.budget_impact.settled_months == 6
    table = london.tables["call_forecast"]
    first = table[table.year == 1].set_index("trust")["mean"]
    assert first["Total"] == pytest.approx(30_900, rel=2e-3)
    assert first["RKL"] == pytest.approx(first["SLP"], rel=1e-3)


def test_the_service_costs_forecast_calls_times_the_price_of_a_call(london: Evaluation) -> None:
    """Year 1, all trusts: the service cost of the budget over the calls of the forecast is the base cost per call."""
    budget, scenarios = london.tables["budget_impact"], london.tables["scenarios"]
    row = budget[(budget.measure == "service_cost") & (budget.year == 1)]
    paid = row[(row.trust == "Total") & (row.payer == "Total")]["mean"].item()
    calls = london.tables["call_forecast"].query("trust == 'Total' and year == 1")["mean"].item()
    base = scenarios[(scenarios.trust == "Total") & scenarios.base]
    assert paid / calls == pytest.approx(base.service_cost.item() / (54 * 500), rel=1e-3)


@pytest.mark.parametrize("name", ["cost_consequence", "budget"])
def test_areas_add_up_to_the_total_of_trusts(london: Evaluation, name: str) -> None:
    """QKK + QWE, QMF, QMJ and QRV: the same total, and two trusts in QRV."""
    areas = london.tables[f"{name}_area"]
    trusts = london.tables["cost_consequence" if name == "cost_consequence" else "budget_impact"]
    assert list(dict.fromkeys(areas.area)) == ["QKK + QWE", "QMF", "QMJ", "QRV", "Total"]
    column = "cost_avoided" if name == "cost_consequence" else "mean"
    pd.testing.assert_series_equal(
        areas[areas.area == "Total"][column].reset_index(drop=True),
        trusts[trusts.trust == "Total"][column].reset_index(drop=True),
        rtol=1e-9,
    )


def test_a_figure_per_head_names_its_denominator(london: Evaluation) -> None:
    """8,987,915 people over 16 on London's lists; area and total each divide by their own people."""
    table = london.tables["budget_per_head"]
    assert set(table.denominator) == {"people aged 16 and over registered with a GP in London, April 2023"}
    assert table[table.area == "Total"].people.unique().tolist() == [8_987_915]
    assert set(table.unit) == {"GBP per head"}


def test_the_checklist_says_what_is_absent(london: Evaluation) -> None:
    """No set-up cost, no validation, synthetic calls: absent, in words; what has its table is met."""
    table = london.tables["budget_checklist"].set_index("point")
    assert table.loc["Cost of setting it up", "status"] == "absent"
    assert table.loc["Inputs are local to the budget holder", "how"].startswith("The calls are SYNTHETIC")
    assert table.loc["Regions and parts of the budget", "status"] == "met"
    assert set(table.status) <= {"met", "partly met", "absent", "not applicable"}


def test_no_cash_is_claimed_where_care_is_paid_by_fixed_sums(london: Evaluation) -> None:
    """Every shipped cash share is 0, each consequence names its rule, and the years without a rule are shown."""
    table = london.tables["payment_rules"]
    assert (table.cash_share == 0).all()
    assert (table["rule"] != "").all()
    assert not table[table.financial_year == "2027/28"].covered.any()
    assert table[table.financial_year == "2025/26"].variable_share.eq(0).all()


def test_a_cash_share_without_a_rule_stops_the_run(stored: Stored, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """10 % of the value of an attendance as cash, under a fixed sum and then under no rule: two clear refusals."""
    store = stored.into(tmp_path)
    items = [item.model_dump() for item in stored.spec.economics.consequences]  # type: ignore[union-attr]
    items[0]["cash_share"] = 0.1
    with pytest.raises(InputError, match=r"row 2 \(urgent_care\) lets 0 of the price follow activity"):
        evaluate(changed(stored.spec, economics__consequences=items), store=store)
    items[0]["payment_rule"] = None
    with pytest.raises(InputError, match="names no payment rule"):
        evaluate(changed(stored.spec, economics__consequences=items), store=store)


def test_staffing_is_one_more_basis_and_a_table(london: Evaluation) -> None:
    """The basis stands in the scenarios; its table has each line, the total, and one line for all, which costs less."""
    assert london.spec.economics.bases["staffing"] in set(london.tables["scenarios"].basis_label)  # type: ignore[arg-type]
    table = london.tables["staffing"]
    per_call = table[(table.measure == "cost_per_call") & table["queue"].str.contains("Erlang C")].set_index("line")
    assert per_call.loc["One line for all", "mean"] < per_call.loc["Total", "mean"]
    own = table[(table.measure == "line_cost") & table["queue"].str.contains("Erlang C")].set_index("line")["mean"]
    assert own.drop(["Total", "One line for all"]).sum() == pytest.approx(own["Total"], rel=1e-9)


def test_staffing_can_be_the_base_and_then_its_parameters_are_varied(stored: Stored, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """With the basis named as base, handling time and overheads move the answer; as a scenario they are not in it."""
    base = changed(stored.spec, economics__service_cost="staffing")
    base = base.model_copy(update={"value_of_information": None})
    run = evaluate(base, store=stored.into(tmp_path, samples=200), accept_unconverged=True)
    varied = run.tables["one_way"].set_index("parameter")
    assert varied.loc["line_handling_minutes", "status"] == "varied"
    assert varied.loc["line_overhead_share", "swing"] > 0
    assert varied.loc["line_calls_by_hour", "status"] == "joint"


def test_the_grid_holds_every_combination_for_every_trust(london: Evaluation) -> None:
    """Five counterfactuals, four assumptions on unrecorded calls, five bases, five trusts and a total: 600 cells."""
    grid = london.tables["structural_grid"]
    assert grid.groupby(["counterfactual", "missing", "basis", "trust"]).size().eq(1).all()
    assert len(grid) == 5 * 4 * 5 * 6
    assert grid.base.sum() == 6


def test_the_base_cell_of_the_grid_is_the_main_result(london: Evaluation) -> None:
    """The cell marked base equals the base row of the scenarios, mean and interval, in every trust."""
    keys = ["trust"]
    grid = london.tables["structural_grid"].query("base").set_index(keys)
    main = london.tables["scenarios"].query("base").set_index(keys).reindex(grid.index)
    for name in ("net_value", "net_value_low", "net_value_high", "service_cost", "value_avoided"):
        assert grid[name].to_numpy() == pytest.approx(main[name].to_numpy(), rel=1e-9)


def test_totals_of_the_grid_come_from_joint_draws(london: Evaluation) -> None:
    """Means of trusts add up to the total in every cell; its interval is of added draws, inside the sum of ends."""
    keys = ["counterfactual", "missing", "basis"]
    grid = london.tables["structural_grid"]
    parts = grid[grid.trust != "Total"].groupby(keys)[["net_value", "net_value_low"]].sum()
    total = grid[grid.trust == "Total"].set_index(keys).reindex(parts.index)
    assert parts.net_value.to_numpy() == pytest.approx(total.net_value.to_numpy(), rel=1e-9)
    width = (total.net_value_high - total.net_value_low).to_numpy()
    assert (parts.net_value_low.to_numpy() <= total.net_value_low.to_numpy() + 0.01 * width).all()


def test_the_moves_say_which_choice_moves_the_answer_most(london: Evaluation) -> None:
    """Per factor, the swing at the base of the others is the range of its cells there; a base level in each."""
    moves = london.tables["structural_moves"]
    assert moves.groupby("factor").base.sum().eq(1).all()
    for _, rows in moves.groupby("factor"):
        assert rows.swing_at_base.iloc[0] == pytest.approx(rows.net_value.max() - rows.net_value.min())
        assert (rows.lowest <= rows.net_value).all()
        assert (rows.net_value <= rows.highest).all()


def test_the_break_even_cost_per_call_agrees_with_the_scenarios(london: Evaluation) -> None:
    """Found by moving the parameter; beside it the ratio of expected value to expected calls. Both are the same sum."""
    found = london.tables["thresholds"].set_index("label").loc["Cost per call"]
    main = london.tables["scenarios"].query("base and trust == 'Total'").break_even_cost_per_call.item()
    if found.status == "found":
        assert found.break_even == pytest.approx(main, rel=1e-6)
    else:
        assert main <= 0


def test_the_break_even_diversion_lies_between_none_and_all(london: Evaluation) -> None:
    """As drawn, 300 of 500 calls were diverted; the net value lies on the straight line between none and all."""
    row = london.tables["thresholds"].set_index("parameter").loc["diverted_share"]
    assert row.expected == pytest.approx(0.6, rel=1e-3)
    assert row.at_high > row.at_low
    base = london.tables["scenarios"].query("base and trust == 'Total'").net_value.item()
    by_line = row.at_low + 0.6 * (row.at_high - row.at_low)
    assert by_line == pytest.approx(base, rel=5e-3)


def test_no_table_of_a_whole_run_is_silent_on_what_it_rests_on(london: Evaluation, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Comparator, price year, perspective and discounting: each table of the page, each CSV file, each sheet."""
    assert silent_on_the_page(london) == []
    assert silent_files(london, tmp_path / "files") == []
    write_workbooks(london, tmp_path)
    assert silent_sheets(tmp_path / "tables.xlsx") == []


def test_the_page_shows_how_prices_moved_and_under_which_rules(london: Evaluation) -> None:
    """2023/24 to 2024/25 by the deflator's newest edition, with its source; rules of urgent care with their status."""
    from econ111.report.price_views import payment_rules_view, price_years_view

    prices, rules = price_years_view(london), payment_rules_view(london)
    assert prices is not None
    assert rules is not None
    moved = {str(row.cells[0]): row for row in prices.rows}
    row = moved["2023/24 to 2024/25"]
    assert row.cells[2] == "1.0361"
    assert "edition 2026-03" in str(row.cells[1])
    assert "deflator" in str(row.cells[1]).lower()
    by_rule = {(row.cells[0], row.cells[1]): row for row in rules.rows}
    assert by_rule["Urgent care", "2026/27"].cells[3:6] == ("not known", "proposed", "0.0%")
    assert by_rule["Urgent care", "2025/26"].cells[3:5] == ("0.0%", "in force")
    assert by_rule["Urgent care", "2027/28 to 2029/30"].cells[4] == "no row for these years"
