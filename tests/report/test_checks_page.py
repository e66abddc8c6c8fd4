"""The page of checks: a sentence for each table, flags in words, and nothing where nothing was checked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from econ111.report.checks_page import checks_sections, write_checks
from econ111.report.checks_words import checks_sentences
from econ111.report.sections import build_sections
from econ111.results import TABLES, Evaluation

KEYS = {"code": "E3", "estimand": "net_system", "kind": "referral", "item": "ed"}


def tables(*, flag: bool) -> dict[str, pd.DataFrame]:
    """One short table of each check; flagged or not."""
    verdict = "look" if flag else "pass"
    statistic = {
        "check": "variance over mean", "part": "physical line", "item": "", "trust": "Total", "observed": 9.0,
        "replicated": 3.0, "replicated_low": 2.0, "replicated_high": 4.0, "level": 0.95, "tail_probability": 0.0,
        "replicates": 400, "verdict": verdict, "reading": "months scatter more" if flag else "as the model expects",
    }  # fmt: skip
    part = {
        **KEYS, "prior_share": 0.98, "part": "crisis line mix", "role": "prior", "sensitivity": 0.12, "chance": 0.02,
        "verdict": "moves" if flag else "holds", "reading": "",
    }  # fmt: skip
    every = {**part, "part": "identification priors, all", "verdict": "moves"}
    launch = {
        "months_earlier": 0, "months_before": 24, "months_after": 10, "fall": 0.33, "fall_low": 0.3, "fall_high": 0.4,
        "level": 0.95, "role": "real", "verdict": "pass", "reading": "larger than each of the 1 placebo falls",
        "outcome": "calls",
    }  # fmt: skip
    placebo = {**launch, "months_earlier": 3, "role": "placebo", "verdict": verdict, "fall": -0.02, "reading": ""}
    left = {
        **KEYS, "left_out": "RWK", "all_data": 100.0, "all_data_low": 50.0, "all_data_high": 150.0, "without": 60.0,
        "without_low": 10.0, "without_high": 110.0, "shift": -1.6, "level": 0.95, "verdict": verdict, "reading": "",
    }  # fmt: skip
    score = {
        "part": "physical line, before launch", "origins": 4, "counts": 40, "log_score": -5.0, "naive": -5.5,
        "difference": 0.5, "standard_error": np.nan, "inside": 0.95, "level": 0.95, "verdict": verdict,
        "reading": "not told apart from the naive forecast",
    }  # fmt: skip
    rows = {
        "model_checks": [statistic], "power_scaling": [part, every], "placebo_launches": [launch, placebo],
        "leave_one_out": [left], "forecast_scores": [score],
    }  # fmt: skip
    return {name: pd.DataFrame(each) for name, each in rows.items()}


@pytest.fixture
def checked(evaluation: Evaluation) -> Evaluation:
    """An evaluation made by hand with every check flagged."""
    return replace(evaluation, tables={**evaluation.tables, **tables(flag=True)})


def test_every_check_has_one_sentence(checked: Evaluation) -> None:
    """Five tables, five sentences; without tables, none."""
    assert len(checks_sentences(checked)) == 5
    assert checks_sentences(replace(checked, tables={})) == []


def test_flags_are_named_in_the_sentences(checked: Evaluation) -> None:
    """The scatter of calls, the prior of E3, the placebo that moves and the trust on which others lean."""
    said = " ".join(checks_sentences(checked))
    assert "of 1 statistics of the data, 1 lies outside" in said
    assert "Variance over mean, physical line: months scatter more" in said
    assert "E3 ED dispositions move with the crisis line mix" in said
    assert "1 of 1 placebo intervals leaves out zero" in said
    assert "1 of 1 estimates of the other trusts moves" in said
    assert "−1.60 posterior sd" in said


def test_priors_that_move_an_estimand_only_together_are_not_passed_over(checked: Evaluation) -> None:
    """No single prior is flagged and all together are: the sentence says so, and does not say none."""
    said = " ".join(checks_sentences(replace(checked, tables=tables(flag=False))))
    assert "E3 ED dispositions move with the identification priors together" in said


def test_page_and_tables_are_written(checked: Evaluation, tmp_path: Path) -> None:
    """The page says that the data are synthetic and draws the placebos; each table of checks is a file of its own."""
    written = {path.name for path in write_checks(checked, tmp_path)}
    assert {"checks.html", "model_checks.csv", "leave_one_out.csv", "forecast_scores.csv"} <= written
    assert not {"estimates.csv", "cost_consequence.csv"} & written
    text = (tmp_path / "checks.html").read_text(encoding="utf-8")
    assert "SYNTHETIC DATA" in text
    assert "3 months earlier" in text
    assert "nan" not in text.lower().replace("finance", "").replace("financ", "")


def test_the_report_shows_the_checks_that_need_no_refit(checked: Evaluation) -> None:
    """Sentences and tables of two checks in the section of checks; none of the refits."""
    section = next(one for one in build_sections(checked) if one.key == "checks")
    assert [block.kind for block in section.blocks].count("disclosure") == 2
    keys = [one.key for one in checks_sections(checked)]
    assert keys[0] == "verdict"
    assert {"replicated", "sensitivity", "placebo", "left-out", "forecasts"} <= set(keys)


def test_every_table_of_checks_is_described() -> None:
    """A reader in a notebook sees what each table is."""
    assert set(tables(flag=False)) <= set(TABLES)


def test_no_two_columns_of_a_table_of_checks_have_the_same_heading(checked: Evaluation, tmp_path: Path) -> None:
    """The interval from all data and that without a trust are told apart by their headings."""
    write_checks(checked, tmp_path)
    text = (tmp_path / "checks.html").read_text(encoding="utf-8")
    tables_of_page = re.findall(r"<thead><tr>(.*?)</tr></thead>", text, re.DOTALL)
    assert tables_of_page
    for heads in tables_of_page:
        names = [re.sub("<[^>]+>", "", head) for head in re.findall(r"<th[^>]*>(.*?)</th>", heads, re.DOTALL)]
        assert len(set(names)) == len(names), names
