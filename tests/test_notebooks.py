"""Notebooks are small, store no output, say what they do not show, and run from a clean kernel."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest

import econ111
from econ111.results import Evaluation
from econ111.specs.schema import Spec

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CEILING = 30 * 1024
EXPECTED = {
    "01_quickstart", "02_london", "03_bring_your_own_calls", "04_bring_your_own_draws", "05_checking_the_model",
    "06_value_of_information",
}  # fmt: skip


def opened(path: Path) -> Any:
    """A notebook as read; nbformat carries no types."""
    read: Any = nbformat.read
    return read(path, as_version=4)


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_notebooks_are_these() -> None:
    """The first page sends economists to `notebooks/`: one to start with, then one for each question."""
    assert {path.stem for path in NOTEBOOKS} == EXPECTED


@each_notebook
def test_a_notebook_is_valid_small_and_without_output(path: Path) -> None:
    """It opens in Jupyter, is under 30 KB, and holds no figure that nobody recomputed."""
    notebook = opened(path)
    nbformat.validate(notebook)
    assert path.stat().st_size < CEILING
    stored = [cell.id for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
    assert not stored


@each_notebook
def test_a_notebook_asks_one_question_and_ends_with_what_it_does_not_show(path: Path) -> None:
    """Its title is the question; its last cell is the list of limits."""
    cells = opened(path).cells
    title = cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    assert cells[-1].source.startswith("## What this does not show")


@pytest.fixture(scope="module")
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Evaluation]]:
    """`econ111.evaluate` for the notebooks here: London by a short fit, and each evaluation once for all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECON111_CACHE", str(tmp_path_factory.mktemp("fits")))
        done: dict[str, Evaluation] = {}
        evaluate = econ111.evaluate

        def run(evaluation: str | Path | Spec, **options: Any) -> Evaluation:
            if evaluation == "london-2024":
                evaluation, options = short(econ111.load_spec("london-2024")), {"accept_unconverged": True}
            key = evaluation.model_dump_json() if isinstance(evaluation, Spec) else str(evaluation)
            if key not in done:
                done[key] = evaluate(evaluation, **options)
            return done[key]

        yield run


def short(spec: Spec) -> Spec:
    """The same evaluation by the few draws that the first notebook takes."""
    assert spec.sampling is not None
    few = spec.sampling.model_copy(update={"tune": 200, "draws": 200, "chains": 2})
    return spec.model_copy(update={"sampling": few})


@pytest.mark.slow
@each_notebook
def test_a_notebook_runs_and_shows_what_each_cell_ends_with(
    path: Path, remembered: Callable[..., Evaluation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell runs in order in a fresh namespace; what it ends with has a text, and HTML if it is ours.

    London is evaluated once, shortly, for all notebooks: the long form, each in a kernel of its own, is in tests/slow.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(econ111, "evaluate", remembered)
    names: dict[str, Any] = {}
    shown = [shown_by(cell.source, names) for cell in opened(path).cells if cell.cell_type == "code"]
    plt.close("all")
    assert sum(text is not None for text in shown) > len(shown) / 3


def shown_by(source: str, names: dict[str, Any]) -> str | None:
    """Run one cell; what a notebook would show for its last line."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";") else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    html = getattr(value, "_repr_html_", lambda: None)()
    return html or (repr(value) if value is not None else None)
