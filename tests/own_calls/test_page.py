"""The page for a trust's analyst: its commands are run as they stand, and what it quotes is what is said."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from econ111.cli import app, main
from econ111.disclosure import publishing_rule
from econ111.parameters import load_catalogue
from econ111.specs.loading import load_spec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "own-calls.md"


def commands() -> list[list[str]]:
    """Every command of the page, as words."""
    blocks = re.findall(r"```shell\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line]


def fill(workbook: Path) -> None:
    """Counts that no check objects to: dispositions and unrecorded calls add up to the calls answered."""
    book = openpyxl.load_workbook(workbook)
    for number, row in enumerate(book["calls"].iter_rows(min_row=3)):
        month = number // 11 % 9
        first = {
            "calls_offered": 700,
            "calls_answered": 600,
            "calls_abandoned": 50,
            "transfers_in": 20,
            "unrecorded": 120,
        }
        grows = {"calls_offered": 8, "calls_answered": 7}
        measure = str(row[3].value)
        row[4].value = first.get(measure, 80) + grows.get(measure, 1) * month
    book.save(workbook)


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Exit code of a command typed in the present folder."""
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def test_the_commands_of_the_page_work_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`new`, then `check` on the empty files (2), then on filled ones (0, without a warning); `run` has its options."""
    monkeypatch.chdir(tmp_path)
    new, check, *runs = commands()
    assert (new[1], check[1]) == ("new", "check")
    assert run(new, monkeypatch) == 0
    assert sorted(path.name for path in Path("my-trust").iterdir()) == [
        "my-trust-calls.csv",
        "my-trust-calls.xlsx",
        "my-trust.toml",
    ]
    assert run(check, monkeypatch) == 2
    assert (tmp_path / "my-trust" / "my-trust-calls-checked.xlsx").is_file()
    fill(tmp_path / "my-trust" / "my-trust-calls.xlsx")
    capsys.readouterr()
    assert run(check, monkeypatch) == 0
    said = capsys.readouterr().out
    assert said.count("0 errors, 0 warnings") == 2
    known = CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).invoke(app, ["run", "--help"]).output
    for words in runs:
        assert words[1] == "run"
        assert Path(words[2]).is_file()
        assert [word for word in words if word.startswith("--") and word not in known] == []


def test_the_rule_on_the_page_is_that_of_the_template_and_of_the_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below 5, zero too, to the nearest 5: on the page, in the written evaluation and in the shipped rows."""
    monkeypatch.chdir(tmp_path)
    assert run(commands()[0], monkeypatch) == 0
    spec = load_spec(tmp_path / "my-trust" / "my-trust.toml")
    stated = publishing_rule(spec, load_catalogue())
    shipped = publishing_rule(spec.model_copy(update={"disclosure": None}), load_catalogue())
    assert stated is not None
    assert shipped is not None
    assert (stated.below, stated.zero_included, stated.base, stated.rounding) == (5, True, 5, "nearest")
    assert (shipped.below, shipped.zero_included, shipped.base, shipped.rounding) == (5, True, 5, "nearest")
    page = PAGE.read_text(encoding="utf-8")
    assert "below = 5 " in page
    assert 'rounding = "nearest"' in page


def test_the_words_that_the_page_quotes_are_those_of_the_check() -> None:
    """Each quoted sentence stands in the code that says it, numbers and names apart."""
    page = PAGE.read_text(encoding="utf-8").split("| the check says |")[1].split("\n\n")[0]
    package = PAGE.parents[1] / "econ111"
    files = [*(package / "activity").glob("*.py"), package / "run" / "call_data.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    quoted = re.findall(r"^\| `(.*?)` \|", page, re.MULTILINE)
    assert len(quoted) == 8
    parts = [part.strip() for words in quoted for part in re.split(r"\d+|'calls'|\.\.\.| in \d month \(.*?\) ", words)]
    assert [part for part in parts if len(part) > 2 and part not in source] == []
