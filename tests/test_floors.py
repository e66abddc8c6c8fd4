"""Imports point one way, and the heavy libraries stay in their rooms; read from the source, so that none is missed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "econ111"

FLOORS = {
    0: (
        "display", "errors", "files", "intervals", "passes", "resources", "string_storage", "threads", "timeline",
        "toml_text", "units",
    ),
    1: ("parameters", "activity", "scheduling"),
    2: ("specs", "prices"),
    3: ("impact", "disclosure", "economics", "own_calls", "simulate"),
    4: ("inference", "results"),
    5: ("verification", "checks"),
    6: ("report",),
    7: ("run",),
    8: ("reproduce",),
    9: ("cli",),
    10: ("__main__",),
}  # fmt: skip
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
GROUND_FLOOR = 0
SAMPLING_FLOOR = 4

ROOMS_OF_LIBRARY = {
    "pymc": ("impact", "inference"),
    "pytensor": ("impact", "inference"),
    "arviz": ("inference",),
    "arviz_base": ("inference",),
    "arviz_stats": ("inference",),
    "nutpie": ("inference",),
    "matplotlib": ("report",),
    "seaborn": ("report",),
    "distributed": ("scheduling",),
    "typer": ("cli",),
}


@dataclass(frozen=True)
class Import:
    """One imported module, where it stands, and whether it is a name of the public face."""

    room: str
    place: str
    target: str


def _modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PACKAGE.parent)}:{getattr(node, 'lineno', 1)}"


def _imports(path: Path, tree: ast.AST) -> Iterator[Import]:
    """Every import in a file, at its top, inside a function or for type checking only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(_room(path), _place(path, node), alias.name)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            names = [alias.name for alias in node.names]
            targets = [f"econ111.{name}" for name in names] if source == "econ111" else [source]
            for target in targets:
                yield Import(_room(path), _place(path, node), target)


@cache
def _trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in _modules()]


@cache
def _all_imports() -> list[Import]:
    return [found for path, tree in _trees() for found in _imports(path, tree)]


def _report(offences: list[str]) -> None:
    assert not offences, "\n" + "\n".join(offences)


def _may_import(room: str, other: str) -> bool:
    floor, below = FLOOR_OF[room], FLOOR_OF[other]
    return room == other or below < floor or floor == below == GROUND_FLOOR


def test_every_module_stands_on_a_floor() -> None:
    """A room that no floor names could import anything, so a new room is given its floor here first."""
    _report(sorted({f"{_room(path)}: has no floor" for path in _modules() if _room(path) not in FLOOR_OF}))


def test_a_room_imports_only_from_below_or_from_itself() -> None:
    """`run` (floor 7) may import `economics` (floor 3), which may import neither `run` nor its neighbour `impact`."""
    offences = []
    for found in _all_imports():
        top, _, rest = found.target.partition(".")
        other = rest.partition(".")[0]
        if top != "econ111" or other == "__version__" or found.room not in FLOOR_OF:
            continue
        if other not in FLOOR_OF:
            offences.append(f"{found.place}: imports {found.target!r}, which is the public face or has no floor")
        elif not _may_import(found.room, other):
            offences.append(
                f"{found.place}: {found.room} (floor {FLOOR_OF[found.room]}) imports {other} (floor {FLOOR_OF[other]})"
            )
    _report(offences)


def test_imports_are_absolute() -> None:
    """`from .schema import Spec` hides which room is meant."""
    _report([f"{found.place}: {found.target}" for found in _all_imports() if found.target.startswith(".")])


@pytest.mark.parametrize("library", sorted(ROOMS_OF_LIBRARY))
def test_a_heavy_library_is_imported_only_in_its_rooms(library: str) -> None:
    """PyMC only where models are built or sampled, ArviZ only where they are sampled, plots only in the report."""
    rooms = ROOMS_OF_LIBRARY[library]
    _report(
        [
            f"{found.place}: {found.room} imports {found.target}; only {', '.join(rooms)} may"
            for found in _all_imports()
            if found.target.partition(".")[0] == library and found.room not in rooms
        ]
    )


def test_only_inference_samples() -> None:
    """`pm.sample` and its kin are called in one room, so that every fit passes the same diagnostics."""
    offences = []
    for path, tree in _trees():
        for node in ast.walk(tree):
            is_sampling = (
                isinstance(node, ast.Attribute)
                and node.attr.startswith(("sample", "draw"))
                and isinstance(node.value, ast.Name)
                and node.value.id in {"pm", "pymc", "nutpie"}
            )
            if is_sampling and _room(path) != "inference":
                offences.append(f"{_place(path, node)}: {ast.unparse(node)}")
    _report(offences)


def test_chain_and_draw_never_leave_the_sampling_floor() -> None:
    """Above and below there is one `sample` dim; the words `chain` and `draw` as a dim's name stay on floor 4."""
    offences = []
    for path, tree in _trees():
        if FLOOR_OF.get(_room(path)) == SAMPLING_FLOOR:
            continue
        offences += [
            f"{_place(path, node)}: {node.value!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and node.value in ("chain", "draw")
        ]
    _report(offences)


def test_economics_works_where_pymc_is_absent() -> None:
    """A reader with their own draws needs no sampler: all of `economics` imports with PyMC and ArviZ barred."""
    modules = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in _modules()
        if _room(path) == "economics"
    ]
    assert modules
    script = (
        "import sys\n"
        "for name in ('pymc', 'pytensor', 'arviz', 'nutpie'): sys.modules[name] = None\n"
        "import importlib\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
