"""What is written for sharing holds no small count of people, wherever one looks; and says so when it is not so."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.activity.calls import CallLayout, Entry, TrustLayout, build_call_table
from econ111.activity.cells import Cell
from econ111.activity.reading import issue_table
from econ111.disclosure import DisclosureRule, publishable_calls, publishing_rule
from econ111.disclosure.rule import disclosure_record
from econ111.errors import Issue
from econ111.parameters import load_catalogue
from econ111.report import write_outputs
from econ111.report.figure_data import calls_by_month
from econ111.report.page import render_report
from econ111.report.sharing import OFF, for_sharing, publishable_series, sharing_words
from econ111.results import DISCLOSURE, Evaluation
from econ111.specs.loading import load_spec
from econ111.specs.sharing import Disclosure

MHSDS = DisclosureRule(below=5, base=5, rounding="nearest", source="MHSDS")
EXACT = DisclosureRule(below=5, source="ours")
MONTHS = [date(2024, 4, 1), date(2024, 5, 1)]


def table_of(answered: Iterable[Iterable[int]], line: str = "physical") -> xr.Dataset:
    """Answered calls of trusts A, B, C in two months, with an ED disposition of 3 each."""
    layout = CallLayout({code: TrustLayout() for code in "ABC"})
    entries = []
    for code, counts in zip("ABC", answered, strict=True):
        for month, count in zip(MONTHS, counts, strict=True):
            entries.append(Entry(2, code, month, line, "calls_answered", Cell("observed", count, count), str(count)))
            entries.append(Entry(2, code, month, line, "ed", Cell("observed", 3, 3), "3"))
    return build_call_table(entries, layout, months=MONTHS)


def small_month(evaluation: Evaluation, count: int = 3) -> Evaluation:
    """The same evaluation with `count` answered calls of the first trust's mental line in one month."""
    assert evaluation.calls is not None
    calls = evaluation.calls.copy(deep=True)
    place = {"trust": calls.trust.values[0], "month": calls.month.values[-1], "line": "mental"}
    for end in ("low", "high"):
        calls[f"calls_answered_{end}"].loc[place] = count
    return dataclasses.replace(evaluation, calls=calls)


def test_small_answered_calls_and_one_partner_are_hidden_in_each_month() -> None:
    """April 3, 9 and 14: 3 and 9 go, 14 and the total 26 stay. May 20, 30 and 40 with 90: all stay."""
    public = publishable_calls(table_of([(3, 20), (9, 30), (14, 40)]), EXACT).sel(line="physical")
    assert public.calls_answered_printed.sel(month="2024-04-01").values.tolist()[2:] == [14]
    assert np.isnan(public.calls_answered_printed.sel(month="2024-04-01", trust=["A", "B"])).all()
    assert public.calls_answered_total_printed.values.tolist() == [26, 90]
    assert public.calls_answered_printed.sel(month="2024-05-01").values.tolist() == [20, 30, 40]
    assert np.isnan(public.calls_answered_low.sel(month="2024-04-01", trust="A"))


def test_no_other_observed_count_leaves() -> None:
    """Dispositions of 3 are in the data and in nothing that is shared; the states of the cells stay."""
    calls = table_of([(300, 200), (900, 300), (140, 400)])
    public = publishable_calls(calls, MHSDS)
    assert np.isnan(public.dispositions_low).all()
    assert np.isnan(public.dispositions_high).all()
    xr.testing.assert_equal(public.dispositions_state, calls.dispositions_state)


def test_counts_that_came_hidden_or_rounded_keep_their_bounds() -> None:
    """A * of 0 to 4 stays so; the total of that month has the bounds of its published parts: 0 + 28 to 4 + 32."""
    calls = table_of([(0, 20), (10, 30), (20, 40)])
    place = {"trust": "A", "month": "2024-04-01", "line": "physical"}
    calls.calls_answered_high.loc[place] = 4
    calls.calls_answered_state.loc[place] = 1
    public = publishable_calls(calls, MHSDS).sel(line="physical")
    april = public.sel(month="2024-04-01")
    assert (april.calls_answered_low.sel(trust="A"), april.calls_answered_high.sel(trust="A")) == (0, 4)
    assert (april.calls_answered_total_low, april.calls_answered_total_high) == (0 + 8 + 18, 4 + 12 + 22)
    assert np.isnan(april.calls_answered_total_printed)


def test_the_rule_is_the_stated_one_then_that_of_the_data_then_the_shipped_one() -> None:
    """London's one starred trust came by the MHSDS rule; without it the parameters say the same; a section wins."""
    catalogue, spec = load_catalogue(), load_spec("london-2024")
    of_data = publishing_rule(spec, catalogue)
    assert of_data is not None
    assert (of_data.below, of_data.zero_included, of_data.base) == (5, True, 5)
    assert "data came" in of_data.source
    bare = spec.model_copy(update={"trusts": tuple(one.model_copy(update={"rule": None}) for one in spec.trusts)})
    shipped = publishing_rule(bare, catalogue)
    assert shipped is not None
    assert (shipped.below, shipped.base, shipped.rounding) == (5, 5, "nearest")
    assert "Mental Health Services Data Set" in shipped.source
    stated = bare.model_copy(update={"disclosure": Disclosure(below=8, zero_included=False)})
    found = publishing_rule(stated, catalogue)
    assert found is not None
    assert (found.below, found.first_hidden, found.base) == (8, 1, 1)
    assert publishing_rule(load_spec("london-ed-type1"), catalogue) is None
    assert publishing_rule(load_spec("hampshire-2021"), catalogue) is None


def test_the_figure_prints_what_the_rule_prints(evaluation: Evaluation) -> None:
    """Of two trusts one has 3 calls: both go in that month, because their total stays. Others are round numbers."""
    frame = calls_by_month(for_sharing(small_month(evaluation)))
    assert frame is not None
    last = frame[frame.month == frame.month.max()]
    assert last[last.trust != "Total"].mental_low.isna().all()
    assert last[last.trust == "Total"].mental_low.tolist() == [605]
    assert (frame.mental_low.dropna() % 5 == 0).all()
    assert (frame.physical_low == frame.physical_high).all()


def test_nothing_written_holds_the_small_count(evaluation: Evaluation, tmp_path: Path) -> None:
    """A count of 4,321 stands for the small one in a world that hides under 5,000: it is in no file, as any text."""
    rule = DisclosureRule(below=5000, source="a test")
    warned = issue_table(
        [Issue("warning", "calls.csv", 9, "ed of A goes from 4321 in 2024-05 to 4,321.", "Check it.", "value", "4321")]
    )
    record = {**evaluation.record, DISCLOSURE: disclosure_record(rule, applied=True)}
    secret = dataclasses.replace(
        small_month(evaluation, 4321), record=record, tables={**evaluation.tables, "issues": warned}
    )
    for path in write_outputs(secret, tmp_path):
        content = path.read_bytes()
        assert b"4321" not in content, path.name
        assert b"4,321" not in content, path.name
    issues = pd.read_csv(tmp_path / "issues.csv")
    assert issues.loc[0, "what"] == "ed of A goes from … in 2024-05 to …."
    assert issues.loc[0, "row"] == 9


def test_switching_it_off_is_recorded_and_said(evaluation: Evaluation, tmp_path: Path) -> None:
    """The counts are then as they came, the record says so, and so does the page, twice."""
    record = {**evaluation.record, DISCLOSURE: disclosure_record(MHSDS, applied=False)}
    off = dataclasses.replace(small_month(evaluation, 3), record=record)
    assert for_sharing(off) is off
    write_outputs(off, tmp_path)
    written = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    assert written[DISCLOSURE]["applied"] is False
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count(OFF) == 2
    assert "SWITCHED OFF" in page


def test_the_page_names_the_rule(evaluation: Evaluation, tmp_path: Path) -> None:
    """Threshold, zeros, rounding and whose rule it is, beside the data; and the record holds the same numbers."""
    page = render_report(evaluation)
    assert "Observed counts under 5, zero included, are hidden" in page
    assert "rounded to the nearest 5" in page
    write_outputs(evaluation, tmp_path)
    rule = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))[DISCLOSURE]["rule"]
    assert (rule["below"], rule["base"]) == (5, 5)


def test_protecting_twice_is_protecting_once(evaluation: Evaluation) -> None:
    """The page, the files and the folder may each ask."""
    once = for_sharing(evaluation)
    assert for_sharing(once) is once
    assert sharing_words(once) == sharing_words(evaluation)


def test_the_result_in_hand_keeps_the_data(evaluation: Evaluation) -> None:
    """Only what is written for sharing is changed: an analyst's own object is not."""
    before = evaluation.calls
    assert before is not None
    copy = before.copy(deep=True)
    for_sharing(evaluation)
    xr.testing.assert_identical(before, copy)


def test_a_series_with_a_small_month_is_withheld_whole() -> None:
    """A: 100, 3, 50 goes, since its period total is told elsewhere; B: 101, 102, 103 is rounded to 100, 100, 105."""
    counts = xr.DataArray(
        [[100.0, 3.0, 50.0], [101.0, 102.0, 103.0]], dims=("trust", "month"), coords={"trust": ["A", "B"]}
    )
    public = publishable_series(counts, MHSDS)
    assert np.isnan(public.sel(trust="A")).all()
    assert public.sel(trust="B").values.tolist() == [100, 100, 105]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=cmd()", "😀", "n" * 200])
def test_hostile_trusts_are_protected_like_others(
    name: str, make_evaluation: Callable[..., Evaluation], tmp_path: Path
) -> None:
    """Their codes are labels of the table of counts and nothing more."""
    run = small_month(make_evaluation([(name, name), ("B", "two")]))
    write_outputs(run, tmp_path)
    assert "<script>alert" not in (tmp_path / "report.html").read_text(encoding="utf-8")
