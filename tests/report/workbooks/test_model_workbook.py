"""The model workbook against the economics: recalculated by another program, changed, and traced to its inputs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import xarray as xr
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula
from truth.workbook_money import Money, price_again

from econ111.report.workbooks.model import write_model_workbook
from econ111.results import Evaluation

PENNY = 0.005
RESULTS = ("All trusts", "Trust RWK", "Trust RKL")
CODES = {"All trusts": "Total", "Trust RWK": "RWK", "Trust RKL": "RKL"}
ERRORS = {"#VALUE!", "#REF!", "#NAME?", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "Err:502", "Err:504"}
PAYERS = {"mental_health_trust": "Mental-health trust", "acute": "Acute trusts", "primary_care": "Primary care"}
PAYERS |= {"icb": "Integrated care board (ICB)", "Total": "All payers"}


@pytest.fixture(scope="module")
def fresh(recalculate: Callable[..., openpyxl.Workbook], model_file: Path) -> openpyxl.Workbook:
    """The workbook as LibreOffice calculates it."""
    return recalculate(model_file)


@pytest.fixture(scope="module")
def truth(priced_evaluation: Evaluation) -> Money:
    """What the economics makes of the same draws."""
    return price_again(priced_evaluation)


def _rows(sheet: Any, title: str) -> list[tuple[Any, ...]]:
    """Rows of a section: from its headings to the next empty row."""
    rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    start = next(place for place, row in enumerate(rows) if str(row[0] or "").startswith(title))
    found = []
    for row in rows[start + 2 :]:
        if row[0] is None or row[0] == "":
            break
        found.append(row)
    return found


def _close(found: object, wanted: float, what: str) -> None:
    assert isinstance(found, int | float), f"{what}: {found!r}"
    assert math.isclose(found, wanted, abs_tol=PENNY), f"{what}: {found} is not {wanted}"


def _check_money(book: openpyxl.Workbook, truth: Money, basis: str = "middle") -> None:
    """Value against cost, and each consequence, on every results sheet."""
    for name in RESULTS:
        code = CODES[name]
        net = truth.net.sel(trust=code, basis=basis)
        rows = {row[0]: row for row in _rows(book[name], "Value against cost, base chosen")}
        spread = {
            "Value avoided": truth.value.sel(trust=code),
            "Service cost": truth.service.sel(trust=code, basis=basis),
        }
        for what, draws in (spread | {"Net value": net}).items():
            wanted = (float(draws.mean()), *np.quantile(draws, [0.025, 0.975]))
            for found, number in zip(rows[what][2:5], wanted, strict=True):
                _close(found, number, f"{name} {what}")
        _close(rows["Probability that value exceeds cost"][2], float((net > 0).mean()), name)
        table = truth.costs[truth.costs.trust == code].set_index("consequence")
        lines = {row[0]: row for row in _rows(book[name], "Cost-consequence")}
        for item, label in (("ed_attendance", "ED attendance"), ("crisis_contact", "Crisis contact")):
            row = table.loc[item]
            for found, column in zip(lines[label][2:5], ("avoided", "avoided_low", "avoided_high"), strict=True):
                _close(found, row[column], f"{name} {label} {column}")
            columns = ("unit_cost", "cost_avoided", "cost_avoided_low", "cost_avoided_high")
            for found, column in zip(lines[label][5:9], columns, strict=True):
                _close(found, row[column], f"{name} {label} {column}")


def test_the_recalculated_workbook_equals_the_economics_to_the_penny(fresh: openpyxl.Workbook, truth: Money) -> None:
    """LibreOffice's means, 95% intervals and probabilities are those of econ111.economics on the same draws."""
    _check_money(fresh, truth)


def test_the_budget_impact_equals_that_of_the_economics(fresh: openpyxl.Workbook, truth: Money) -> None:
    """Value, service cost and cash by payer and year, capacity and set-up cost, to the penny, with their intervals."""
    _check_budget(fresh, truth)


def _check_budget(fresh: openpyxl.Workbook, truth: Money) -> None:
    measures = {"economic_value": 2, "service_cost": 5, "cash": 8}
    for name in RESULTS:
        table = truth.budget[truth.budget.trust == CODES[name]]
        lines = {(row[0], row[1]): row for row in _rows(fresh[name], "Budget impact") if row[1]}
        for row in table[table.measure.isin(measures)].itertuples():
            line = lines[f"{row.financial_year} (year {row.year})", PAYERS[row.payer]]
            start = measures[row.measure]
            for found, wanted in zip(line[start : start + 3], (row.mean, row.low, row.high), strict=True):
                _close(found, wanted, f"{name} {row.measure} {row.payer} {row.year}")
        hours = table[table.measure == "capacity_released"].itertuples()
        for line, row in zip(_rows(fresh[name], "Capacity released"), hours, strict=True):
            for found, wanted in zip(line[2:5], (row.mean, row.low, row.high), strict=True):
                _close(found, wanted, f"{name} capacity {row.year}")
        set_up = table[(table.measure == "set_up_cost") & (table.payer == "Total") & (table.year == 1)].iloc[0]
        line = _rows(fresh[name], "Set-up cost")[0]
        for found, wanted in zip(line[2:5], (set_up["mean"], set_up["low"], set_up["high"]), strict=True):
            _close(found, wanted, f"{name} set-up cost")


def test_stored_values_are_what_a_spreadsheet_calculates(fresh: openpyxl.Workbook, model_file: Path) -> None:
    """A viewer that does not calculate shows the same numbers, on every sheet; and no cell anywhere is an error."""
    stored = openpyxl.load_workbook(model_file, data_only=True)
    assert stored.sheetnames == fresh.sheetnames
    for sheet in stored:
        for row in sheet.iter_rows():
            for cell in row:
                again = fresh[sheet.title][cell.coordinate].value
                assert again not in ERRORS, f"{sheet.title}!{cell.coordinate}: {again}"
                if isinstance(cell.value, int | float):
                    assert isinstance(again, int | float), f"{sheet.title}!{cell.coordinate}: {again!r}"
                    assert math.isclose(cell.value, again, rel_tol=1e-9, abs_tol=1e-6), (
                        f"{sheet.title}!{cell.coordinate}"
                    )
                else:
                    assert (cell.value or "") == (again or ""), f"{sheet.title}!{cell.coordinate}"


def test_all_checks_pass_in_a_workbook_as_written(fresh: openpyxl.Workbook) -> None:
    """The check sheet answers for every check, and the cover repeats its answer."""
    assert fresh["Checks"]["B4"].value == "All checks pass"
    answers = [row[2] for row in fresh["Checks"].iter_rows(min_row=7, values_only=True) if row[0]]
    assert len(answers) > 15
    assert set(answers) == {"OK"}
    assert "All checks pass" in {cell.value for cell in fresh["Cover"]["B"]}


def test_changing_one_unit_cost_changes_results_as_the_economics_does(
    recalculate: Callable[..., openpyxl.Workbook], model_file: Path, priced_evaluation: Evaluation
) -> None:
    """ED attendance at 350.00 instead of 280.17 keeps its spread in proportion: every draw times 350 / 280.17."""
    place = _input_cell(model_file, "unit_cost_ed_attendance")
    book = recalculate(model_file, {place: 350.0})
    _check_money(book, price_again(priced_evaluation, changed={"cost_ed_attendance": 350.0 / 280.17}))
    assert book["Checks"]["B4"].value == "All checks pass"
    assert book["All trusts"]["A5"].value == "Inputs changed since the run: 1."


def test_choosing_another_base_prices_the_service_on_it(
    recalculate: Callable[..., openpyxl.Workbook], model_file: Path, priced_evaluation: Evaluation
) -> None:
    """The label typed into the cell of choice decides which cost of a call is used."""
    book = recalculate(model_file, {_input_cell(model_file, "basis"): "Each a contact"})
    _check_money(book, price_again(priced_evaluation, basis="high"), basis="high")


def test_a_price_of_another_year_is_moved_by_its_factor(fresh: openpyxl.Workbook, model_file: Path) -> None:
    """84.62 in 2023/24 prices times 1.05 is 88.851 in 2024/25 prices; value, year, factor and result stand in a row."""
    row = int(_input_cell(model_file, "call_cost_middle").partition("!C")[2])
    shown = [fresh["Inputs"].cell(row, column).value for column in (3, 5, 6, 7)]
    assert shown[:3] == [84.62, "2023/24", 1.05]
    assert shown[3] == pytest.approx(88.851)


def test_every_number_of_the_results_traces_to_inputs_and_draws(model_file: Path) -> None:
    """From each formula on a results sheet, all roads end in typed cells of Inputs or Draws, and nowhere else."""
    book = openpyxl.load_workbook(model_file)
    graph = _Graph(book)
    for name in RESULTS:
        numbers = 0
        for row in book[name].iter_rows(min_row=7):
            for cell in row:
                if isinstance(cell.value, int | float):
                    assert cell.value == 0, f"{name}!{cell.coordinate} is typed: {cell.value}"
                if not _formula(cell.value) or cell.data_type == "s":
                    continue
                leaves = graph.leaves(name, cell.coordinate)
                assert leaves <= {"Inputs", "Draws"}, f"{name}!{cell.coordinate} rests on {leaves}"
                numbers += "Draws" in leaves
        assert numbers > 80, f"{name} has {numbers} formulas"


def test_formulas_name_cells_by_their_place(model_file: Path) -> None:
    """Names are there for who likes them; a reader who does not can follow every formula without one."""
    book = openpyxl.load_workbook(model_file)
    names = set(book.defined_names)
    assert {"unit_cost_ed_attendance", "basis", "call_growth"} <= names
    used = {
        token.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if (text := _formula(cell.value))
        for token in Tokenizer(text).items
        if token.type == "OPERAND" and token.subtype == "RANGE"
    }
    assert not used & names


def test_nothing_is_hidden(model_file: Path) -> None:
    """No sheet, row or column is out of sight, and no cell refers to another file."""
    book = openpyxl.load_workbook(model_file)
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert not any(one.hidden for one in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()))
        assert sheet["A2"].value.startswith("SYNTHETIC DATA")


def test_an_evaluation_without_economics_has_no_model_workbook(series_evaluation: Evaluation, tmp_path: Path) -> None:
    """There is nothing to price, so nothing is written."""
    assert write_model_workbook(series_evaluation, tmp_path / "model.xlsx") is None
    assert not (tmp_path / "model.xlsx").exists()


HOSTILE = (
    ('=HYPERLINK("http://x","y")', "<script>alert(1)</script>"),
    ("+44", "@SUM(A1)"),
    ("-1+1", "\tTab 🚑 " + "long " * 40),
    ("[a]:*?/\\", "{=1+1}"),
    ("history", 'O\'Neill & "Sons"'),
)


def test_hostile_names_stay_text(make_priced: Callable[..., Evaluation], tmp_path: Path) -> None:
    """Names that begin with = + - @, a script, an emoji or 200 characters are shown, and run nothing."""
    evaluation = make_priced(HOSTILE, samples=20)
    path = write_model_workbook(evaluation, tmp_path / "model.xlsx")
    assert path is not None
    book = openpyxl.load_workbook(path)
    harmless = re.compile(r"^(SUMPRODUCT|PERCENTILE|SUMIF|SUM|COUNT|COUNTIF|INDEX|MATCH|IF|ABS|CHAR|TEXT|ROWS)$")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    text = _formula(cell.value)
                    called = {
                        token.value[:-1]
                        for token in Tokenizer(text).items
                        if token.type == "FUNC" and token.subtype == "OPEN"
                    }
                    assert all(harmless.match(name) for name in called), f"{sheet.title}!{cell.coordinate}: {text}"
                assert cell.hyperlink is None or cell.hyperlink.target is None
    titles = [book[name]["A1"].value for name in book.sheetnames]
    assert any("<script>" in str(title) for title in titles)
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)


@pytest.mark.parametrize(("trusts", "samples"), [(1, 400), (2, 1), (30, 700)])
def test_one_trust_many_trusts_and_a_single_draw_render(
    make_priced: Callable[..., Evaluation], recalculate: Callable[..., openpyxl.Workbook], tmp_path: Path,
    trusts: int, samples: int,
) -> None:  # fmt: skip
    """The total of all trusts is that of the economics, however many trusts and draws there are."""
    evaluation = make_priced([(f"T{place}", f"Trust {place}") for place in range(trusts)], samples=samples)
    path = write_model_workbook(evaluation, tmp_path / "model.xlsx")
    assert path is not None
    book, truth = recalculate(path), price_again(evaluation)
    assert book["Checks"]["B4"].value == "All checks pass"
    net: xr.DataArray = truth.net.sel(trust="Total", basis="middle")
    rows = {row[0]: row for row in _rows(book["All trusts"], "Value against cost, base chosen")}
    _close(rows["Net value"][2], float(net.mean()), "net value")
    _close(rows["Net value"][3], float(np.quantile(net, 0.025)), "net value, low")


def _input_cell(path: Path, key: str) -> str:
    sheet = openpyxl.load_workbook(path)["Inputs"]
    return next(f"Inputs!C{row[1].row}" for row in sheet.iter_rows() if row[1].value == key)


def _formula(value: object) -> str:
    if isinstance(value, ArrayFormula):
        return str(value.text)
    return value if isinstance(value, str) and value.startswith("=") else ""


class _Graph:
    """Which sheets the typed cells behind a formula stand on; columns of draws are followed in their first row."""

    def __init__(self, book: openpyxl.Workbook) -> None:
        self.book = book
        self.known: dict[tuple[str, str], frozenset[str]] = {}

    def leaves(self, sheet: str, coordinate: str) -> frozenset[str]:
        place = (sheet, coordinate)
        if place not in self.known:
            text = _formula(self.book[sheet][coordinate].value)
            found = {name for other, cell in self._named(sheet, text) for name in self.leaves(other, cell)}
            self.known[place] = frozenset(found) if text else frozenset({sheet} if self._typed(place) else set())
        return self.known[place]

    def _typed(self, place: tuple[str, str]) -> bool:
        """A typed number, or a typed choice on Inputs; not the 0 of who bears nothing, nor the headings of a sum."""
        value = self.book[place[0]][place[1]].value
        if place[0] in RESULTS and value == 0:
            return False
        return value is not None and (isinstance(value, int | float) or place[0] == "Inputs")

    def _named(self, sheet: str, text: str) -> Iterator[tuple[str, str]]:
        for token in Tokenizer(text).items if text else ():
            if token.type != "OPERAND" or token.subtype != "RANGE":
                continue
            name, _, area = token.value.replace("$", "").rpartition("!")
            first, top, last, bottom = range_boundaries(area)
            bottom = top if bottom - top > 60 else bottom
            for row in self.book[name.strip("'") or sheet].iter_rows(top, bottom, first, last):
                yield from ((name.strip("'") or sheet, cell.coordinate) for cell in row)


def test_a_budget_from_settled_months_is_live_and_equals_the_economics(
    recalculate: Callable[..., openpyxl.Workbook], settled_evaluation: Evaluation, tmp_path: Path
) -> None:
    """Each trust has its own volume of year 0 in each draw; the total of all trusts is added up of theirs.

    A total times one volume would be another number, as one trust grew and the other shrank.
    """
    path = write_model_workbook(settled_evaluation, tmp_path / "model.xlsx")
    assert path is not None
    truth = price_again(settled_evaluation)
    book = recalculate(path)
    _check_budget(book, truth)
    _check_money(book, truth)
    assert book["Checks"]["B4"].value == "All checks pass"
    year = truth.budget[(truth.budget.year == 1) & (truth.budget.payer == "Total")].set_index(["trust", "measure"])
    period = truth.service.sel(basis="middle").mean("sample").to_series()
    scale = {code: year.loc[(code, "service_cost"), "mean"] / period[code] for code in ("RWK", "RKL", "Total")}
    assert scale["RWK"] > 1.2 * scale["Total"] > 1.2 * scale["RKL"]


def test_a_unit_cost_moves_a_budget_from_settled_months_as_the_economics_does(
    recalculate: Callable[..., openpyxl.Workbook], settled_evaluation: Evaluation, tmp_path: Path
) -> None:
    """A unit cost at 350.00 moves the budget of settled months as it moves the evaluated period."""
    path = write_model_workbook(settled_evaluation, tmp_path / "model.xlsx")
    assert path is not None
    book = recalculate(path, {_input_cell(path, "unit_cost_ed_attendance"): 350.0})
    _check_budget(book, price_again(settled_evaluation, changed={"cost_ed_attendance": 350.0 / 280.17}))


def test_settled_months_without_calls_by_month_leave_the_budget_out(
    settled_evaluation: Evaluation, tmp_path: Path
) -> None:
    """An evaluation put together from draws alone has no volume per trust: the cover says so, no budget is shown."""
    path = write_model_workbook(replace(settled_evaluation, posterior=None), tmp_path / "model.xlsx")
    assert path is not None
    book = openpyxl.load_workbook(path)
    said = " ".join(str(cell.value) for cell in book["Cover"]["B"])
    assert "calls by month were not kept" in said
    assert not any(str(cell.value or "").startswith("Budget impact") for cell in book["All trusts"]["A"])


def test_a_line_from_the_people_up_is_live_and_equals_the_economics(
    recalculate: Callable[..., openpyxl.Workbook], staffed_evaluation: Evaluation, tmp_path: Path
) -> None:
    """As the base: each trust's line at its own cost per call, in the period and in a budget from settled months."""
    path = write_model_workbook(staffed_evaluation, tmp_path / "model.xlsx")
    assert path is not None
    book, truth = recalculate(path), price_again(staffed_evaluation)
    _check_money(book, truth, basis="staffing")
    _check_budget(book, truth)
    assert book["Checks"]["B4"].value == "All checks pass"
    lines = {row[0]: row for row in _rows(book["Trust RWK"], "Value against cost on each basis")}
    for label, basis in (("From the people up", "staffing"), ("Each a contact", "high")):
        net = truth.net.sel(trust="RWK", basis=basis)
        for found, wanted in zip(lines[label][2:5], (net.mean(), *np.quantile(net, [0.025, 0.975])), strict=True):
            _close(found, float(wanted), label)


def test_a_dearer_line_and_another_base_follow_the_economics(
    recalculate: Callable[..., openpyxl.Workbook], staffed_evaluation: Evaluation, tmp_path: Path
) -> None:
    """The mean price doubled doubles each trust's cost; a public base chosen charges every call alike again."""
    path = write_model_workbook(staffed_evaluation, tmp_path / "model.xlsx")
    assert path is not None
    place = _input_cell(path, "call_cost_staffing")
    stated = openpyxl.load_workbook(path)["Inputs"][place.partition("!")[2]].value
    book, truth = recalculate(path, {place: 2 * float(stated)}), price_again(staffed_evaluation)
    for name in RESULTS:
        spent = {row[0]: row for row in _rows(book[name], "Value against cost, base chosen")}["Service cost"][2]
        wanted = 2 * float(truth.service.sel(trust=CODES[name], basis="staffing").mean())
        assert math.isclose(float(spent), wanted, abs_tol=PENNY)
    other = recalculate(path, {_input_cell(path, "basis"): "Like service"})
    _check_money(other, price_again(staffed_evaluation, basis="middle"), basis="middle")
