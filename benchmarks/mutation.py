"""Mutation score of a room of econ111: the share of small faults in its code, one at a time, that a test notices.

    python benchmarks/mutation.py economics --sample 400 --seed 1 [--out docs/reliability/mutation-economics.csv]

First the tests run once, and coverage.py notes which test reaches which line. Then each mutant (see `mutants.py`) runs
in a process of its own, with the files of tests that reach its line (a fixture is shared by a file), the quickest
first, until one test fails. A line that no test reaches, or that runs only on import, is tried with every file that
reaches its module; a mutant that runs four times as long as its tests did, and half a minute more, counts as noticed.
`--sample` draws mutants at random, and the score then has a standard error; without it every mutant is tried.
`--again TABLE` tries the survivors of an earlier table once more, after tests were added.
"""

from __future__ import annotations

import argparse
import csv
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import math
import os
import random
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
# A room of the package, and where its tests are.
TESTS = {
    "economics": ("tests/economics", "econ111/economics"),
    "activity": ("tests/activity", "tests/own_calls", "tests/faults/test_bad_inputs.py", "econ111/activity"),
}
# Without rewritten assertions: the rewriter would load a module of doctests itself, and the mutant would not be tried.
QUIET = ("--assert=plain", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0")
SLOWER, LONGER = 4.0, 30.0
HEAVY = ("numpy", "scipy.optimize", "scipy.stats", "scipy.interpolate", "pandas", "xarray", "pydantic", "pytest")
HEAVY += ("hypothesis", "openpyxl", "pyarrow.parquet", "coverage")


def main() -> None:
    """Try the mutants, print the score, and write those that no test noticed."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("room", choices=list(TESTS))
    asked.add_argument("--sample", type=int, help="mutants drawn at random; all when left out")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="modules whose path holds these words")
    asked.add_argument("--again", type=Path, help="a table of before: only the mutants that survived then")
    asked.add_argument("--out", type=Path, help="CSV file for every mutant tried")
    given = asked.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp()
    reached, seconds = _reached_by(TESTS[given.room])
    mutants = [mutant for mutant in _all_mutants(given.room) if given.only in mutant.module]
    chosen = _survivors(mutants, given.again) if given.again else mutants
    if given.sample and given.sample < len(mutants):
        chosen = random.Random(given.seed).sample(mutants, given.sample)
    _import_heavy()
    rows = []
    for place, mutant in enumerate(chosen, 1):
        fate = _fate(mutant, reached, seconds)
        rows.append({"module": mutant.module, "line": mutant.line, "what": mutant.what, "fate": fate})
        if place % 25 == 0 or fate == "survived":
            print(f"{place}/{len(chosen)} {mutant.module}:{mutant.line} {mutant.what}: {fate}", flush=True)
    _tell(given.room, rows, len(mutants))
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        with given.out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, ("module", "line", "what", "fate"), lineterminator="\n")
            writer.writeheader()
            writer.writerows(sorted(rows, key=lambda row: (row["module"], row["line"], row["what"])))


def _all_mutants(room: str) -> list:  # type: ignore[type-arg]
    from mutants import mutants_of

    found = []
    for path in sorted((ROOT / "econ111" / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        found += mutants_of(name, path.read_text(encoding="utf-8"))
    return found


def _survivors(mutants: list, table: Path) -> list:  # type: ignore[type-arg]
    """Mutants that an earlier table calls survived; each is known by its module, its line and its words."""
    with table.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["fate"] == "survived"]
    wanted = {(row["module"], row["line"], row["what"]) for row in rows}
    return [mutant for mutant in mutants if (mutant.module, str(mutant.line), mutant.what) in wanted]


def _reached_by(places: tuple[str, ...]) -> tuple[dict[tuple[str, int], set[str]], dict[str, float]]:
    """For each line of econ111 the tests that run it, and each file's seconds; from one run in another process."""
    child = os.fork()
    store = Path(tempfile.gettempdir()) / f"mutation-{os.getpid()}.json"
    if child == 0:
        store = Path(tempfile.gettempdir()) / f"mutation-{os.getppid()}.json"
        import coverage
        import pytest

        class Clock:
            seconds: dict[str, float] = {}  # noqa: RUF012

            def pytest_runtest_setup(self, item: pytest.Item) -> None:
                measure.switch_context(item.nodeid)

            def pytest_runtest_teardown(self, item: pytest.Item) -> None:
                measure.switch_context("")

            def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
                file = report.nodeid.split("::", maxsplit=1)[0]
                self.seconds[file] = self.seconds.get(file, 0.0) + report.duration

        measure = coverage.Coverage(source=["econ111"], data_file=None)
        clock = Clock()
        measure.start()
        code = pytest.main([*QUIET, *places], plugins=[clock])
        measure.stop()
        data = measure.get_data()
        lines = {
            os.path.relpath(name, ROOT): {str(line): tests for line, tests in data.contexts_by_lineno(name).items()}
            for name in data.measured_files()
        }
        store.write_text(json.dumps({"lines": lines, "seconds": clock.seconds}))
        os._exit(int(code))
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit("the tests fail before anything was changed")
    found = json.loads(store.read_text())
    store.unlink()
    reached: dict[tuple[str, int], set[str]] = defaultdict(set)
    for name, lines in found["lines"].items():
        for line, tests in lines.items():
            reached[name, int(line)] |= set(filter(None, tests))
    return reached, found["seconds"]


def _import_heavy() -> None:
    """What every test imports and no mutant changes, once for all."""
    for name in HEAVY:
        importlib.import_module(name)
    if any(name.startswith("econ111") for name in sys.modules):
        sys.exit("econ111 was imported before a mutant could take its place")


def _tests_of(mutant, reached, seconds) -> list[str]:  # type: ignore[no-untyped-def]
    """Files of tests that run the line, the quickest first; for a line that runs on import, all that run its module."""
    tests = reached.get((mutant.module, mutant.line), set())
    if not tests:
        tests = set().union(*(names for (module, _), names in reached.items() if module == mutant.module))
    return sorted({test.split("::", maxsplit=1)[0] for test in tests}, key=lambda file: seconds.get(file, 0.0))


def _fate(mutant, reached, seconds) -> str:  # type: ignore[no-untyped-def]
    tests = _tests_of(mutant, reached, seconds)
    if not tests:
        return "survived"
    limit = LONGER + SLOWER * sum(seconds.get(test, 0.0) for test in tests)
    child = os.fork()
    if child == 0:
        signal.alarm(math.ceil(limit))
        _run_with(mutant, tests)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "noticed (too long)" if os.WTERMSIG(status) == signal.SIGALRM else "noticed (died)"
    return "survived" if os.WEXITSTATUS(status) == 0 else "noticed"


def _run_with(mutant, tests: list[str]) -> None:  # type: ignore[no-untyped-def]
    """In a child process: put the mutant in its module's place, run the tests, and stop with their exit code."""
    import pytest

    sys.meta_path.insert(0, _InItsPlace(mutant.module, mutant.source))
    sys.dont_write_bytecode = True
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    code = 1
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            code = int(pytest.main([*QUIET, *tests]))
    finally:
        os._exit(code)


class _InItsPlace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module of econ111 and gives its changed source instead."""

    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = ROOT / path, source
        parts = Path(path).with_suffix("").parts
        self.name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        inside = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, self.path, loader=self, submodule_search_locations=inside)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)

    def get_filename(self, name: str) -> str:
        return str(self.path)


def _tell(room: str, rows: list[dict[str, object]], whole: int) -> None:
    noticed = sum(row["fate"] != "survived" for row in rows)
    share = noticed / len(rows)
    error = math.sqrt(share * (1 - share) / len(rows) * (1 - len(rows) / whole))
    by_module = Counter(str(row["module"]) for row in rows if row["fate"] == "survived")
    for module, number in by_module.most_common(12):
        print(f"  {number:3} survived in {module}")
    drawn = f"{len(rows):,} of {whole:,} mutants, standard error {error:.1%}" if len(rows) < whole else f"all {whole:,}"
    print(f"{room}: {share:.1%} of mutants noticed ({drawn})")


if __name__ == "__main__":
    main()
