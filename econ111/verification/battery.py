"""The battery: every test of the register run on one evaluation.

A test passes, fails, or is not applicable with a reason; it never raises. What goes wrong inside a test (a missing
label, a refused input) is a failure of that test, with the message as what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from econ111.display import as_table
from econ111.errors import Econ111Error, InputError, nearest
from econ111.parameters import load_catalogue
from econ111.results import Evaluation
from econ111.verification import flow, house, information, inputs, results, uncertainty
from econ111.verification.finding import Finding, NotApplicableError
from econ111.verification.subject import Subject

PASS, FAIL, NOT_APPLICABLE = "pass", "fail", "not applicable"
IN_EVERY_DRAW = ("E2", "E3", "E13", "E15", "E16", "E19", "E23", "R2", "R5", "R11", "R14", "H9", "H10")
TESTS: dict[str, Callable[[Subject], Finding]] = {
    **inputs.TESTS,
    **flow.TESTS,
    **results.TESTS,
    **uncertainty.TESTS,
    **information.TESTS,
    **house.TESTS,
}
META = "U28"


def verify(
    evaluation: Evaluation, *, parameters: Path | None = None, only: Sequence[str] | None = None
) -> pd.DataFrame:
    """Run every test of the register on an evaluation's own draws.

    The economics is computed again, with inputs changed, and held against the stored draws and the printed tables, so
    that an evaluation read from anywhere can be tested. Passing says that the sums are right, not that the assumptions
    are.

    Parameters
    ----------
    evaluation : Evaluation
        From `econ111.evaluate`. With `reweigh` the consequences are tested too, without it their costs alone.
    parameters : Path, optional
        Folder of the parameter files behind the run; the shipped one when left out. Tests against the files are not
        applicable when their checksum is not the recorded one.
    only : sequence of str, optional
        Numbers of the tests wanted, such as "R11"; all of them when left out.

    Returns
    -------
    DataFrame
        One row per test: number (P, E, R and U as in TECH-VER, in our own words; H of this house), stage, test, use
        (automate, adapt, not applicable, house), how, result (pass, fail, not applicable), found, allowed, note.
        Numbers found carry their unit in words.

    Raises
    ------
    InputError
        When `only` names a number that is not in the register.

    Examples
    --------
    >>> from econ111 import evaluate
    >>> table = verify(evaluate("hampshire-2021"))
    >>> sorted(set(table["result"]))
    ['not applicable', 'pass']
    """
    rules = load_catalogue(parameters)
    recorded = str(evaluation.record.get("checksums", {}).get("parameters", ""))
    same = rules if rules.checksum() == recorded else None
    subject = Subject(evaluation, rules=rules, catalogue=same, parameters_folder=parameters)
    entries = [{str(key): str(text) for key, text in entry.items()} for entry in _wanted(only).to_dict("records")]
    rows = [_row(entry, subject) for entry in entries]
    about = "Tests of the economics on this run's own draws"
    return as_table(pd.DataFrame(_with_meta(rows, subject)), about, synthetic=evaluation.synthetic)


def failures(table: pd.DataFrame) -> list[str]:
    """Numbers of the tests that failed, in the order of the register.

    Parameters
    ----------
    table : DataFrame
        From `verify`.

    Returns
    -------
    list of str

    Examples
    --------
    >>> failures(pd.DataFrame({"number": ["E10", "E15"], "result": ["pass", "fail"]}))
    ['E15']
    """
    return [str(number) for number in table.loc[table["result"] == FAIL, "number"]]


@cache
def register() -> pd.DataFrame:
    """The tests, in order: number, stage, test, use, how."""
    return pd.read_csv(Path(__file__).with_name("techver.csv"), dtype=str, keep_default_na=False)


def _wanted(only: Sequence[str] | None) -> pd.DataFrame:
    whole = register()
    if only is None:
        return whole
    known = list(whole["number"])
    for number in only:
        if number not in known:
            raise InputError(f"There is no test {number!r}. {nearest(number, known)}")
    return whole[whole["number"].isin(list(only))]


def _row(entry: dict[str, str], subject: Subject) -> dict[str, str]:
    if entry["number"] not in TESTS:
        return entry | {"result": NOT_APPLICABLE, "found": "", "allowed": "", "note": entry["how"]}
    try:
        finding = TESTS[entry["number"]](subject)
    except NotApplicableError as reason:
        return entry | {"result": NOT_APPLICABLE, "found": "", "allowed": "", "note": f"Here {reason}."}
    except (Econ111Error, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        finding = Finding(False, _said(error), "the test can be carried out")
    result = PASS if finding.holds else FAIL
    return entry | {"result": result, "found": finding.found, "allowed": finding.allowed, "note": finding.note}


def _with_meta(rows: list[dict[str, str]], subject: Subject) -> list[dict[str, str]]:
    """The test that all draw-wise tests hold, filled from their results."""
    chosen = [row for row in rows if row["number"] in IN_EVERY_DRAW and row["result"] != NOT_APPLICABLE]
    failed = [row["number"] for row in chosen if row["result"] == FAIL]
    outcomes = subject.evaluation.outcomes
    for row in rows:
        if row["number"] == META and chosen and outcomes is not None:
            size = f"{outcomes.sizes['sample']:,} draws, {outcomes.sizes.get('estimand', 1)} estimands"
            row["result"] = FAIL if failed else PASS
            row["found"] = f"failed: {', '.join(failed)}" if failed else f"{len(chosen)} tests in {size}"
            row["allowed"], row["note"] = "no failure", ""
        elif row["number"] == META:
            row["note"] = "Here no draws of consequences were kept."
    return rows


def _said(error: Exception) -> str:
    words = " ".join(str(error).split())
    return words[:300] or type(error).__name__
