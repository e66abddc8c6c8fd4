"""The command line in this process, where a test can bring about what the operating system would say."""

from __future__ import annotations

import sys

import pytest

from econ111.cli import main
from faults.commands import Done, Tell


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Runs a command line to its end."""

    def go(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["econ111", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return Done(int(stopped.value.code or 0), *capsys.readouterr())

    return go
