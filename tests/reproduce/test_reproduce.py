"""A run made again from its record, and figures followed back; runs without sampling, and tables made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import econ111
from econ111.errors import InputError
from econ111.report import write_outputs
from econ111.reproduce import lineage, read_run, reproduce
from econ111.reproduce.comparison import compare_tables


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published before/after service, run and written."""
    folder = tmp_path_factory.mktemp("run")
    write_outputs(econ111.evaluate("sussex-street-triage-2016"), folder)
    return folder


def copy_of(run: Path, to: Path) -> Path:
    """The same files in another folder, where they may be spoilt."""
    for path in run.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    """Change one text of a file."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_run_is_made_again_to_the_last_digit(run_folder: Path) -> None:
    """Same packages, data and seed: every figure is the same, and nothing is named as different."""
    found = reproduce(run_folder)
    assert found.holds
    assert set(found.figures.verdict) == {"same"}
    assert len(found.figures) > 40
    assert found.differences.empty
    assert found.changed == ()


def test_a_figure_altered_after_the_run_is_found(run_folder: Path, tmp_path: Path) -> None:
    """One number of one table is raised by a tenth: that figure is named with both values, and the file as changed."""
    folder = copy_of(run_folder, tmp_path)
    table = pd.read_csv(folder / "published_changes.csv")
    value = table.fewer.iloc[0]
    table.loc[0, "fewer"] = value * 1.1
    table.to_csv(folder / "published_changes.csv", index=False)
    found = reproduce(folder)
    assert not found.holds
    bad = found.figures[found.figures.verdict == "differs"]
    assert bad[["table", "figure"]].values.tolist() == [["published_changes", "fewer"]]
    assert np.isclose(bad["now"].iloc[0], value)
    assert found.changed == ("published_changes.csv",)
    assert "NOT reproduced" in found.summary()


def test_another_package_version_is_named(run_folder: Path, tmp_path: Path) -> None:
    """A record from another numpy says which, then and now."""
    folder = copy_of(run_folder, tmp_path)
    spoil(folder, "record.json", f'"numpy": "{np.__version__}"', '"numpy": "1.0"')
    assert reproduce(folder).differences.values.tolist() == [["package numpy", "1.0", np.__version__]]


def sampled(mean: float, *, half: float = 19.6) -> pd.DataFrame:
    """One estimate with sd 10 unless the half width says otherwise."""
    row = {"trust": "Total", "avoided": mean, "avoided_low": mean - half, "avoided_high": mean + half}
    return pd.DataFrame([row, {**row, "trust": "RKL"}])


@pytest.mark.parametrize(("moved", "verdict"), [(0.0, "same"), (7.0, "within Monte Carlo error"), (7.1, "differs")])
def test_a_mean_may_move_by_five_errors_of_the_difference(moved: float, verdict: str) -> None:
    """Sd 10 and 100 effective draws in each run: 5 x 10 x sqrt(2 / 100) = 7.071."""
    figures = compare_tables({"estimates": sampled(50.0)}, {"estimates": sampled(50.0 + moved)}, effective_draws=100)
    first = figures[(figures.figure == "avoided") & (figures["row"] == "Total")].iloc[0]
    assert first.verdict == verdict
    assert np.isclose(first.allowed, 7.071, atol=2e-3)


def test_the_allowance_is_that_of_two_samples() -> None:
    """2,000 pairs of samples of 400 normal draws: means and ends leave their allowance in 2 pairs at most."""
    rng = np.random.default_rng(5)
    draws = rng.normal(30.0, 10.0, (2, 2000, 400))
    mean, (low, high) = draws.mean(axis=2), np.quantile(draws, [0.025, 0.975], axis=2)
    error = 5 * np.sqrt(2 / 400) * 10
    at_end = error * np.sqrt(0.025 * 0.975) / norm.pdf(1.96)
    for figure, allowed in ((mean, error), (low, at_end), (high, at_end)):
        assert (np.abs(figure[0] - figure[1]) > allowed).mean() <= 0.001


def test_a_row_that_is_no_longer_made_is_not_passed_over() -> None:
    """A trust that vanished fails the comparison."""
    figures = compare_tables({"estimates": sampled(5.0)}, {"estimates": sampled(5.0).head(1)}, effective_draws=100)
    assert set(figures[figures["row"] == "RKL"].verdict) == {"not made again"}


def valued(values: list[float], *, agrees: tuple[bool, ...] = (True, True), error: float = 10.0) -> pd.DataFrame:
    """What is valued at two thresholds, each with its standard error."""
    return pd.DataFrame({"threshold": [100.0, 200.0], "value": values, "standard_error": error, "agrees": agrees})


@pytest.mark.parametrize(
    ("now", "verdict"),
    [(70.0, "within Monte Carlo error"), (71.0, "differs")],
    ids=["five errors of the difference, 70.7", "more"],
)
def test_a_figure_that_states_its_standard_error_is_judged_by_it(now: float, verdict: str) -> None:
    """0 against 5 * sqrt(10 ** 2 + 10 ** 2) = 70.7; what is asked names the row, what is found does not."""
    tables = {"information": valued([0.0, 5.0])}, {"information": valued([now, 5.0], agrees=(False, True)).iloc[::-1]}
    figures = compare_tables(*tables, effective_draws=1e3).set_index("figure")
    assert figures.verdict["value"].tolist() == [verdict, "same"]


def test_a_value_without_an_error_is_not_judged() -> None:
    """In one run no draw changed the decision: its standard error is 0, and a rare draw in the other proves nothing."""
    tables = {"information": valued([0.0, 5.0], error=0.0)}, {"information": valued([3.0, 5.0])}
    figures = compare_tables(*tables, effective_draws=1e3)
    found = figures[figures.figure == "value"].verdict.iloc[0]
    assert found == "differs, with no interval to judge it by"


@pytest.mark.parametrize(("unit", "verdict"), [("people", "within Monte Carlo error"), ("calls", "differs")])
def test_whole_people_may_be_one_step_further(unit: str, verdict: str) -> None:
    """The upper end of an interval of people on duty goes from 5 to 6; of anything else it would be too far."""
    one = pd.DataFrame({"mean": [4.9], "low": [4.0], "high": [5.0], "unit": [unit]})
    figures = compare_tables({"staffing": one}, {"staffing": one.assign(high=6.0)}, effective_draws=1e4)
    assert figures.set_index("figure").verdict["high"] == verdict


def test_few_replicates_are_judged_as_few() -> None:
    """An end of 400 replicates about 10 may move by 1.5 however many draws the fit has; one of 10,000 may not."""
    for replicates, verdict in ((400, "within Monte Carlo error"), (10_000, "differs")):
        one = pd.DataFrame({"replicated": [8.0], "replicated_low": [6.0], "replicated_high": [10.0]})
        one["replicates"] = replicates
        figures = compare_tables(
            {"model_checks": one}, {"model_checks": one.assign(replicated_high=10.7)}, effective_draws=1e4
        )
        assert figures.set_index("figure").verdict["replicated_high"] == verdict


def test_every_table_that_a_run_writes_is_read_back_to_be_compared(run_folder: Path, tmp_path: Path) -> None:
    """Tables that stand beside the first ones, such as perspectives, too: one that is no longer made is missed."""
    folder = copy_of(run_folder, tmp_path)
    (folder / "perspectives.csv").write_text("perspective,value\nNHS,1.5\n", encoding="utf-8")
    found = reproduce(folder).figures
    assert found[found.table == "perspectives"].verdict.tolist() == ["not made again"]
    assert {path.stem for path in folder.glob("*.csv")} == set(read_run(folder).tables)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "cannot be read as JSON"), ("[]", "holds no record"), ("{}", "no evaluation, spec, checksums")],
)
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Broken JSON, another file's JSON, and an empty one each say what they are."""
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_run(tmp_path)


def test_a_folder_without_a_record_is_refused(tmp_path: Path) -> None:
    """The message says which folder is meant."""
    with pytest.raises(InputError, match="Name the folder that `econ111 run` wrote"):
        read_run(tmp_path)


def test_a_key_from_nowhere_in_the_record_is_named(run_folder: Path, tmp_path: Path) -> None:
    """A record whose specification was edited by hand goes through the same gate as a TOML file."""
    folder = copy_of(run_folder, tmp_path)
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    record["spec"]["study"]["titel"] = "x"
    (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match="titel"):
        read_run(folder)


def test_a_printed_figure_leads_to_its_source(run_folder: Path) -> None:
    """The fall of detentions in hospital, found by words and by its number, names parameter row and code."""
    by_words = lineage(run_folder, "published_changes hospital")
    row = read_run(run_folder).tables["published_changes"].set_index("outcome", drop=False).loc["hospital"]
    by_number = lineage(run_folder, f"published_changes {row.outcome} {row.fewer:,.0f}")
    assert str(by_words) == str(by_number)
    text = str(by_words)
    assert f"fewer: {row.fewer:,.10g}" in text
    assert "published_overdispersion = " in text
    assert "econ111 0." in text


def test_an_ambiguous_question_lists_what_it_may_mean(run_folder: Path) -> None:
    """Several rows match: the first are shown, nothing is chosen."""
    with pytest.raises(InputError, match="Add a word that only one has"):
        lineage(run_folder, "136")


@pytest.mark.parametrize("quantity", ["", "no such thing"])
def test_a_figure_that_is_not_there_is_said(run_folder: Path, quantity: str) -> None:
    """Nothing asked and nothing found are two messages."""
    with pytest.raises(InputError, match="Name a figure" if not quantity else "No figure matches"):
        lineage(run_folder, quantity)
