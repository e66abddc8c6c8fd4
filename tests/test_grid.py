"""Many evaluations at once: each as by itself, one refusal stops no other, and what was finished is not done again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from econ111.cli import app
from econ111.errors import EnvironmentProblem, InputError
from econ111.resources import shipped_folder, shipped_model
from econ111.run import evaluate, grid
from econ111.scheduling import Here

NAME = "hampshire-2021"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two evaluations under other names, and one with a misspelt key."""
    text, made = shipped_model(NAME).read_text(encoding="utf-8"), tmp_path / "national"
    made.mkdir()
    for name in ("north", "south"):
        (made / f"{name}.toml").write_text(text.replace(f'"{NAME}"', f'"{name}"'), encoding="utf-8")
    (made / "west.toml").write_text(text.replace("[study]", "[studdy]"), encoding="utf-8")
    return made


def test_each_evaluation_is_what_it_is_by_itself(folder: Path, tmp_path: Path) -> None:
    """Totals are those of a single run; every folder is written; the refused one is a row with the reason."""
    out = tmp_path / "out"
    table = grid.evaluate_grid([folder], out=out, scheduler=Here())
    alone = evaluate(NAME).tables["published"]
    for name in ("north", "south"):
        own = table[table["evaluation"] == name]
        assert own["verdict"].tolist() == alone["verdict"].tolist()
        pd.testing.assert_series_equal(
            own["low"].reset_index(drop=True), alone["avoided_low"].reset_index(drop=True), check_names=False
        )
        assert (out / name / "report.html").is_file()
    (refused,) = table[table["evaluation"] == "west"].to_dict("records")
    assert refused["status"] == "refused"
    assert "Did you mean 'study'?" in refused["message"]
    assert len(pd.read_csv(out / grid.GRID_FILE)) == len(table)


def test_only_what_has_changed_is_run_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second grid reads every piece; after one file is mended, that one alone is run."""
    (folder / "west.toml").unlink()
    run: list[str] = []
    monkeypatch.setattr(grid, "evaluate", lambda name, **given: run.append(Path(name).stem) or evaluate(name, **given))

    def again() -> list[str]:
        run.clear()
        grid.evaluate_grid([folder], out=tmp_path, scheduler=Here())
        return sorted(run)

    assert again() == ["north", "south"]
    assert again() == []
    north = folder / "north.toml"
    before = north.read_text(encoding="utf-8")
    north.write_text(before.replace("Mental-health nurses", "Nurses"), encoding="utf-8")
    assert again() == ["north"]
    north.write_text(before, encoding="utf-8")
    assert again() == ["north"]  # its folder holds the figures of the other form
    shutil.rmtree(tmp_path / "south")
    assert again() == ["south"]


def test_other_parameters_are_another_grid(folder: Path, tmp_path: Path) -> None:
    """One shipped number changed: no piece of before is taken for one of now."""
    own = shutil.copytree(shipped_folder("data/parameters"), tmp_path / "parameters")
    names = {name for name, _ in grid._tasks([folder], grid.GridTask("", tmp_path, own))}
    priors = own / "priors.csv"
    text = priors.read_text(encoding="utf-8")
    row = text.splitlines()[1]
    priors.write_text(text.replace(row, row.replace(row.split(",")[3], "0.123", 1)), encoding="utf-8")
    assert not names & {name for name, _ in grid._tasks([folder], grid.GridTask("", tmp_path, own))}


def test_a_refused_evaluation_is_tried_again_and_a_full_disk_is_no_refusal(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written says nothing of the evaluation: the run stops, and the next one does the piece."""

    def full(*_: object) -> None:
        raise EnvironmentProblem("no space")

    with monkeypatch.context() as broken:
        broken.setattr(grid, "write_outputs", full)
        with pytest.raises(EnvironmentProblem, match="no space"):
            grid.evaluate_grid([folder / "north.toml"], out=tmp_path, scheduler=Here())
    table = grid.evaluate_grid([folder / "north.toml"], out=tmp_path, scheduler=Here())
    assert set(table["status"]) == {"done"}


def test_two_evaluations_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    """They would write into one folder, be they one file twice or two files with one name inside."""
    shutil.copy(folder / "south.toml", folder / "copy.toml")
    with pytest.raises(InputError, match="Several evaluations are called south"):
        grid.evaluate_grid([folder], out=tmp_path, scheduler=Here())
    (folder / "copy.toml").unlink()
    with pytest.raises(InputError, match="Several evaluations are called north"):
        grid.evaluate_grid([folder, folder / "north.toml"], out=tmp_path, scheduler=Here())


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """Nothing to run is said, not passed over."""
    with pytest.raises(InputError, match="no evaluation to run"):
        grid.evaluate_grid([tmp_path], out=tmp_path, scheduler=Here())


def test_the_command_says_what_was_refused(folder: Path, tmp_path: Path) -> None:
    """Exit code 2, the reason on the error stream, and the others done."""
    found = CliRunner().invoke(app, ["grid", str(folder), "--out", str(tmp_path / "out"), "--processes", "1"])
    assert found.exit_code == InputError.exit_code
    assert "2 evaluations done, 1 refused" in found.stdout
    assert "west: " in found.stderr
