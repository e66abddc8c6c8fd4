"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pandas as pd
import pytest

import econ111
from econ111.cli import main
from econ111.resources import shipped_folder, shipped_models

Run = tuple[int, str, str]
RECIPE = shipped_folder("data/activity") / "recipes" / "london-2024.toml"
CALLS = shipped_folder("data/activity") / "london-2024-synthetic-calls.csv"
REPORT = importlib.util.find_spec("econ111.report.outputs") is not None


@pytest.fixture
def econ(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Run a command as a terminal would: exit code, what it says, what it complains of."""

    def run(*words: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["econ111", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        code = stopped.value.code
        return (code if isinstance(code, int) else 0), printed.out, printed.err

    return run


def test_the_version_is_the_packages(econ) -> None:  # type: ignore[no-untyped-def]
    """`econ111 --version`."""
    assert econ("--version") == (0, f"econ111 {econ111.__version__}\n", "")


def test_without_a_command_the_help_lists_them(econ) -> None:  # type: ignore[no-untyped-def]
    """Nothing is run; every command is named."""
    _, out, err = econ()
    for command in ("run", "check", "simulate", "parameters", "evaluations"):
        assert command in out + err


def test_the_evaluations_are_listed_with_their_titles(econ) -> None:  # type: ignore[no-untyped-def]
    """One line each, and the synthetic one is called so."""
    code, out, _ = econ("evaluations")
    assert code == 0
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert sorted(lines) == shipped_models()
    assert "synthetic" in lines["london-2024"].lower()


def test_a_parameter_is_shown_with_its_source(econ) -> None:  # type: ignore[no-untyped-def]
    """Value, unit, price year and source of the average ED attendance."""
    code, out, _ = econ("parameters", "ed_attendance_all")
    assert code == 0
    for words in ("280.17", "GBP per attendance", "2024/25"):
        assert words in out


def test_all_parameters_are_one_line_each(econ) -> None:  # type: ignore[no-untyped-def]
    """As many lines as the catalogue has rows."""
    code, out, _ = econ("parameters")
    assert code == 0
    assert len(out.splitlines()) == len(econ111.load_catalogue())


def test_an_unknown_parameter_is_bad_input_with_the_nearest(econ) -> None:  # type: ignore[no-untyped-def]
    """Exit code 2, on the error stream, without a traceback."""
    code, out, err = econ("parameters", "ed_attendance_al")
    assert (code, out) == (2, "")
    assert "Did you mean" in err
    assert "ed_attendance_all" in err
    assert "Traceback" not in err
    assert econ("parameters", "nonsense")[0] == 2


def test_an_unknown_evaluation_is_bad_input_with_the_nearest(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Exit code 2; no folder is made."""
    if not REPORT:
        pytest.skip("the report is not written yet")
    code, _, err = econ("run", "london-2042", "--out", tmp_path / "out")
    assert code == 2
    assert "'london-2024'" in err
    assert not (tmp_path / "out").exists()


def test_debug_shows_the_error_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--debug` the exception is not turned into a message."""
    monkeypatch.setattr(sys, "argv", ["econ111", "--debug", "parameters", "nonsense"])
    with pytest.raises(econ111.errors.InputError):  # type: ignore[attr-defined]
        main()


def test_a_good_file_passes_the_check(econ) -> None:  # type: ignore[no-untyped-def]
    """The shipped calls against their evaluation: no error, no warning, exit code 0."""
    code, out, _ = econ("check", CALLS, "--for", "london-2024")
    assert code == 0
    assert "0 errors, 0 warnings" in out


def test_a_bad_file_fails_the_check_with_every_problem_and_row(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A negative count in row 3, a misspelt measure in row 4, no month in row 5: three errors, exit code 2."""
    rows = [
        "RV5,2024-01,physical,calls_answered,100",
        "RV5,2024-01,physical,unrecorded,-5",
        "RV5,2024-01,physical,calls_ofered,120",
        "RV5,2024-13,physical,calls_answered,100",
    ]
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(["trust,month,line,measure,value", *rows]) + "\n", encoding="utf-8")
    code, out, _ = econ("check", path)
    assert code == 2
    for row in (3, 4, 5):
        assert f"calls.csv row {row} " in out
    assert "calls_offered" in out
    assert "3 errors" in out


def test_a_check_marks_problems_in_a_copy_unless_told_not_to(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The copy is named; with --no-copy there is none; with --out it goes elsewhere."""
    path = tmp_path / "calls.csv"
    path.write_text("trust,month,line,measure,value\nRV5,2024-01,physical,ed,2.5\n", encoding="utf-8")
    assert econ("check", path, "--no-copy")[0] == 2
    assert list(tmp_path.iterdir()) == [path]
    code, out, _ = econ("check", path, "--out", tmp_path / "copies")
    assert code == 2
    assert "1 error, 0 warnings, 0 notes" in out
    assert (tmp_path / "copies" / "calls-checked.csv").is_file()


def test_an_evaluation_is_checked_with_its_data(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A template as it was written: the evaluation is in order, the data are not filled in, exit code 2."""
    econ("new", "mine", "--trusts", "RV5:South", "--out", tmp_path)
    code, out, _ = econ("check", tmp_path / "mine.toml")
    assert code == 2
    assert "0 errors, 0 warnings, 0 notes in mine.toml." in out
    assert "holds no count" in out


def test_problems_without_a_row_are_shown_too(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A file that is not there and a trust without rows have no row number."""
    code, out, _ = econ("check", tmp_path / "nowhere.csv")
    assert code == 2
    assert "does not exist" in out
    path = tmp_path / "calls.csv"
    kept = [line for line in CALLS.read_text(encoding="utf-8").splitlines() if not line.startswith("RV3")]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    code, out, _ = econ("check", path, "--for", "london-2024")
    assert code == 2
    assert "calls.csv (trust): this trust of the evaluation has no rows. Value: 'RV3'." in out


def test_a_check_of_a_good_file_writes_nothing(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The folder holds what it held before."""
    path = tmp_path / "calls.csv"
    path.write_bytes(CALLS.read_bytes())
    econ("check", path, "--for", "london-2024")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == CALLS.read_bytes()


def test_a_simulation_writes_the_calls_and_their_truth(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """From the shipped recipe: the shipped file, byte for byte, and a truth for three estimands."""
    calls, truth = tmp_path / "calls.csv", tmp_path / "truth.csv"
    code, out, _ = econ("simulate", RECIPE, "--out", calls, "--truth", truth)
    assert code == 0
    assert "synthetic" in out
    assert calls.read_bytes() == CALLS.read_bytes()
    assert set(pd.read_csv(truth).estimand) == {"same_calls", "displaced", "net_system"}


def test_a_recipe_that_is_not_there_is_bad_input(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A mistyped path is the caller's fault, exit code 2, not the machine's."""
    code, _, err = econ("simulate", tmp_path / "nowhere.toml", "--out", tmp_path / "calls.csv")
    assert code == 2
    assert "nowhere.toml" in err


def test_a_disk_that_refuses_is_the_machines_fault(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A file stands where the folder should be: exit code 4."""
    blocking = tmp_path / "blocking"
    blocking.write_text("x", encoding="utf-8")
    code, _, err = econ("simulate", RECIPE, "--out", blocking / "calls.csv")
    assert code == 4
    assert "Cannot write" in err


@pytest.mark.skipif(not REPORT, reason="the report is not written yet")
def test_hampshire_runs_from_end_to_end(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The verdicts are printed, and every file named in the output exists in the evaluation's own folder."""
    code, out, err = econ("run", "hampshire-2021", "--out", tmp_path)
    assert code == 0
    assert "not identifiable" in out
    assert "Done" in err
    written = [Path(line.strip()) for line in out.splitlines() if line.startswith("  ")]
    assert written
    assert all(path.is_file() for path in written)
    assert (tmp_path / "hampshire-2021").is_dir()


def test_new_writes_templates_and_says_what_to_do_next(econ, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Two trusts one after the other; a second time it refuses, exit code 2, and names --force."""
    words = ("new", "my-trust", "--trusts", "RV5:South", "RKL:West", "--months", "2022-04:2025-03", "--out", tmp_path)
    code, out, _ = econ(*words)
    assert code == 0
    assert "2 trusts and 36 months" in out
    assert "Launch dates were filled in as 2024-04-01" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "my-trust-calls.csv",
        "my-trust-calls.xlsx",
        "my-trust.toml",
    ]
    code, _, err = econ(*words)
    assert code == 2
    assert "--force" in err
    assert econ(*words, "--force")[0] == 0
