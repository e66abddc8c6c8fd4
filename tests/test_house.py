"""The house rules that a reader of the repository relies on, checked over every file that belongs to it."""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

import econ111

ROOT = Path(__file__).resolve().parents[1]

MODULE_CEILING = 400
FUNCTION_CEILING = 60
NOTEBOOK_CEILING = 30 * 1024

# Words of the field that mean two things, or nothing until explained. What to say instead stands beside each.
FORBIDDEN_NAMES = {
    "trace": "posterior",
    "iter": "say what is gone through",
    "sim": "simulated, or synthetic",
    "ci": "interval, with low and high",
    "mu": "expected_calls, log_mean",
    "y_hat": "expected_ or predicted_",
    "baseline": "counterfactual or comparator",
    "saved": "avoided or capacity_released",
    "reduction": "avoided",
    "case": "call, scenario",
    "user": "caller",
    "compliance": "attended_given_ed_disposition",
    "arm": "option",
    "treatment": "intervention",
    "delta": "log odds ratio, by its full name",
    "diff": "difference, of what",
    "savings": "cash_saving or capacity_released",
    "benefit": "net_benefit, avoided_",
    "kpi": "the measure's name",
    "wtp": "threshold",
    "lambda_": "threshold",
}

LEFT_OUT = {".git", ".venv", "out", "dist", "build", "_build", "__pycache__", ".ipynb_checkpoints"}
LEFT_OUT |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
# Spelt in pieces, so that this file does not hold what it looks for.
_FOLDERS = "|".join(["wo" + "rk", "fa" + "rm", "ro" + "ot", "ho" + "me", "Us" + "ers"])
MACHINE_PATH = re.compile(rf"(?<![\w.~/-])/(?:{_FOLDERS})/")
_HOSTS = ["pypi" + r"\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", "deb" + r"ian\.org"]
REGISTRY_HOST = re.compile("|".join(_HOSTS))
ADDRESS = re.compile(r"https?:|file:|^\s*(?:-i|-f|--(?:extra-)?index(?:-url)?|--find-links)\b", re.MULTILINE)


@cache
def _files() -> tuple[Path, ...]:
    """Files that belong to the repository: what git tracks or would, or in an unpacked archive whatever is there."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
        found = [ROOT / line for line in done.stdout.splitlines()] if (ROOT / ".git").exists() else []
    except (OSError, subprocess.CalledProcessError):
        found = []
    found = found or list(ROOT.rglob("*"))
    return tuple(sorted(path for path in found if path.is_file() and not LEFT_OUT & set(path.relative_to(ROOT).parts)))


@cache
def _texts() -> list[tuple[str, str]]:
    """Each text file's path from the top, and what it says; files that are not UTF-8 text are data, and left out."""
    texts = []
    for path in _files():
        try:
            texts.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return texts


@cache
def _sources(*folders: str) -> list[tuple[str, ast.Module, int]]:
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    texts = [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths]
    return [(name, ast.parse(text), len(text.splitlines())) for name, text in texts]


def _report(offences: list[str]) -> None:
    assert not offences, "\n" + "\n".join(offences)


def _code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, the docstring apart: explaining more must not be what breaks the rule."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def _names_defined(tree: ast.AST) -> list[tuple[str, int]]:
    """Names this file gives to things: functions, classes, arguments, variables and fields; not what it calls."""
    named = []
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                named.append((node.name, node.lineno))
            case ast.arg():
                named.append((node.arg, node.lineno))
            case ast.Name(ctx=ast.Store()):
                named.append((node.id, node.lineno))
            case ast.alias(asname=str() as asname):
                named.append((asname, node.lineno))
    return named


def test_no_module_is_longer_than_the_ceiling() -> None:
    """Past 400 lines there is a second room inside."""
    _report([f"{name}: {lines} lines" for name, _, lines in _sources("econ111", "tests") if lines > MODULE_CEILING])


def test_no_function_is_longer_than_the_ceiling() -> None:
    """Sixty lines of code, the docstring apart."""
    _report(
        [
            f"{name}:{node.lineno}: {node.name} has {_code_lines(node)} lines"
            for name, tree, _ in _sources("econ111", "tests", "benchmarks")
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _code_lines(node) > FUNCTION_CEILING
        ]
    )


def test_the_code_speaks_the_fields_words() -> None:
    """A reader who searches for `avoided` or `posterior` finds all of it, and meets no `kpi` or `wtp` on the way."""
    _report(
        [
            f"{name}:{line}: {word!r}; say {FORBIDDEN_NAMES[word.lower()]}"
            for name, tree, _ in _sources("econ111")
            for word, line in _names_defined(tree)
            if word.lower() in FORBIDDEN_NAMES
        ]
    )


def test_every_module_says_what_it_is_for() -> None:
    """A newcomer reads the first lines of a file and knows whether to read on."""
    _report([name for name, tree, _ in _sources("econ111", "tests", "benchmarks") if not ast.get_docstring(tree)])


def test_every_test_states_its_claim() -> None:
    """The name is a sentence, the docstring the claim."""
    _report(
        [
            f"{name}:{node.lineno}: {node.name}"
            for name, tree, _ in _sources("tests")
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
        ]
    )


def test_no_file_carries_a_path_of_somebodys_machine() -> None:
    """A path that exists on one machine only is wrong on every other."""
    _report([f"{name}: {found.group()}" for name, text in _texts() if (found := MACHINE_PATH.search(text))])


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is each reader's own affair: many sit behind a mirror."""
    _report([f"{name}: {found.group()}" for name, text in _texts() if (found := REGISTRY_HOST.search(text))])


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_has_checksums_and_no_addresses(name: str) -> None:
    """Each package is fixed by version and checksum, so that any mirror will do and none can change it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not ADDRESS.search(text)
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(entries) > 30
    _report([entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry])


def test_the_two_locks_agree() -> None:
    """What is tested is what is run: every package of the first lock stands in the second with the same version."""
    pinned = {
        name: set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    }
    _report(sorted(pinned["requirements.lock"] - pinned["requirements-dev.lock"]))


def test_the_lock_holds_what_the_package_asks_for() -> None:
    """A dependency added to pyproject.toml and not locked would be missing after `make run`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[\[<>=]", one)[0] for one in project["project"]["dependencies"]}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert wanted <= locked, f"run `make lock`: {sorted(wanted - locked)}"
    assert not locked & {"torch", "jax", "jaxlib"}


def test_notebooks_are_small_and_store_no_output() -> None:
    """Output in a notebook is a number nobody recomputed; under 30 KB it can be reviewed."""
    offences = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        if path.stat().st_size > NOTEBOOK_CEILING:
            offences.append(f"{path.name}: {path.stat().st_size} bytes")
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            offences.append(f"{path.name}: stores output")
    _report(offences)


def test_the_readme_shows_the_two_commands() -> None:
    """A newcomer runs the evaluation and the tests from what the first page says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text


def test_every_link_between_pages_leads_somewhere() -> None:
    """Relative links in the Markdown pages name files that exist."""
    offences = []
    for path in _files():
        if path.suffix != ".md":
            continue
        for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in link and not link.startswith("mailto:") and not (path.parent / link).exists():
                offences.append(f"{path.relative_to(ROOT)}: {link}")
    _report(offences)


def test_every_decision_is_listed() -> None:
    """`docs/decisions/index.md` names each numbered record."""
    folder = ROOT / "docs" / "decisions"
    index = (folder / "index.md").read_text(encoding="utf-8")
    _report([path.name for path in sorted(folder.glob("[0-9]*.md")) if path.stem not in index])


def test_the_make_targets_that_call_a_script_have_one() -> None:
    """A command in the list that cannot work is worse than none."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    _report([script for script in re.findall(r"\$\(PY\) (\S+\.py)", text) if not (ROOT / script).is_file()])


def test_the_version_stands_in_one_place_and_is_cited_right() -> None:
    """`econ111.__version__` is the source; the citation file repeats it and the changelog has its heading."""
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited
    assert cited.group(1) == econ111.__version__
    assert f"## {econ111.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_london_evaluation_says_that_its_calls_are_synthetic() -> None:
    """No real London referral data are public; the evaluation, its title and the first page all say so."""
    study = tomllib.loads((ROOT / "models" / "london-2024.toml").read_text(encoding="utf-8"))["study"]
    assert study["synthetic"] is True
    assert "synthetic" in study["title"].lower()
    assert "synthetic" in (ROOT / "README.md").read_text(encoding="utf-8").lower()


def test_every_licence_in_the_parameter_tables_is_explained() -> None:
    """`data/LICENCE.md` has a line for each licence that a row of data names."""
    explained = (ROOT / "data" / "LICENCE.md").read_text(encoding="utf-8")
    offences = set()
    for path in sorted((ROOT / "data" / "parameters").rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                licence = (row.get("licence") or "").strip()
                if licence and f"`{licence}`" not in explained:
                    offences.add(f"{path.name}: {licence}")
    _report(sorted(offences))
