"""What `import econ111` promises: these names, each explained, and nothing heavy until it is used."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import econ111

ROOT = Path(__file__).resolve().parents[1]

PUBLIC_NAMES = [
    "Evaluation",
    "__version__",
    "budget_impact",
    "check_file",
    "cost_consequence",
    "draw_parameters",
    "evaluate",
    "load_catalogue",
    "load_spec",
    "read_calls",
    "simulate_calls",
    "verify",
]
FUNCTIONS = [name for name in PUBLIC_NAMES if name.islower() and not name.startswith("_")]

HEAVY = ["pymc", "pytensor", "arviz", "nutpie", "numba", "seaborn", "matplotlib", "scipy.stats"]


def _loaded_after(statement: str) -> set[str]:
    """Names in `sys.modules` of a fresh process after one statement."""
    script = f"{statement}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_public_names_are_these_and_no_others() -> None:
    """A name that appears or vanishes is a decision: it is written here and in the changelog."""
    assert sorted(econ111.__all__) == sorted(PUBLIC_NAMES)


def test_tab_completion_shows_the_public_names() -> None:
    """`econ111.<tab>` lists what `__all__` lists, before any of it has been loaded."""
    assert set(PUBLIC_NAMES) <= set(dir(econ111))


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    """`econ111.evalute` does not exist; the message lists `evaluate`."""
    with pytest.raises(AttributeError, match="evaluate"):
        _ = econ111.evalute


@pytest.mark.parametrize("name", [name for name in PUBLIC_NAMES if name != "__version__"])
def test_a_public_name_can_be_fetched_and_says_what_it_is(name: str) -> None:
    """Its docstring is more than one line, so `help` in a notebook is of use."""
    text = inspect.getdoc(getattr(econ111, name)) or ""
    assert len(text.splitlines()) > 1, f"{name} has no docstring worth reading"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_documents_what_goes_in_and_comes_out(name: str) -> None:
    """Sections as numpydoc has them; a function without arguments needs no Parameters."""
    function = getattr(econ111, name)
    text = inspect.getdoc(function) or ""
    wanted = ["Returns"] + (["Parameters"] if inspect.signature(function).parameters else [])
    missing = [section for section in wanted if f"{section}\n{'-' * len(section)}" not in text]
    assert not missing, f"{name} lacks the sections {missing}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_takes_its_options_by_name(name: str) -> None:
    """At most two arguments by place, and no open-ended keywords: a call can be read without the manual."""
    arguments = inspect.signature(getattr(econ111, name)).parameters.values()
    by_place = [one.name for one in arguments if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    assert len(by_place) <= 2, f"{name} takes {by_place} by place"
    assert not [one.name for one in arguments if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]


def test_importing_econ111_loads_nothing_heavy() -> None:
    """PyMC alone costs 1.5 s of processor time and ArviZ 3.4 s; a finance reader who opens a result needs neither."""
    assert not _loaded_after("import econ111") & set(HEAVY)


def test_asking_the_command_line_for_help_loads_no_sampler() -> None:
    """`econ111 --help` builds its list of commands without the libraries that the commands use."""
    assert not _loaded_after("import econ111.cli") & {"pymc", "pytensor", "arviz", "nutpie", "seaborn"}


def test_a_reader_of_results_needs_no_sampler() -> None:
    """The economics and the frozen results load without PyMC, ArviZ or nutpie."""
    loaded = _loaded_after("import econ111.economics, econ111.results")
    assert not loaded & {"pymc", "pytensor", "arviz", "nutpie"}
