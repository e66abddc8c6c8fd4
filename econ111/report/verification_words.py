"""What the battery found, in lines for a terminal and sentences for the page."""

from __future__ import annotations

import pandas as pd

from econ111.results import Evaluation

PASSED, FAILED, LEFT_OUT = "pass", "fail", "not applicable"


def command_lines(evaluation: Evaluation, table: pd.DataFrame) -> list[str]:
    """One line per test that was run, failures first with what was found, then the count.

    Parameters
    ----------
    evaluation : Evaluation
        Named, and marked when its data are synthetic.
    table : DataFrame
        From `econ111.verify`.
    """
    mark = " (SYNTHETIC DATA)" if evaluation.synthetic else ""
    lines = [f"{evaluation.spec.study.name}{mark}", ""]
    done = table[table["result"] != LEFT_OUT]
    order = done["result"].map({FAILED: 0, PASSED: 1})
    for row in done.loc[order.sort_values(kind="stable").index].to_dict("records"):
        lines.append(f"{row['result'].upper():5} {row['number']:4} {row['test']}")
        if row["result"] == FAILED:
            lines.append(f"           found {row['found']}; allowed {row['allowed']}. {row['note']}".rstrip())
    return [*lines, "", tally(table)]


def tally(table: pd.DataFrame) -> str:
    """How many tests passed, failed and did not apply.

    Examples
    --------
    >>> tally(pd.DataFrame({"result": ["pass", "pass", "not applicable"]}))
    '2 tests passed, none failed, 1 does not apply.'
    """
    counts = {name: int((table["result"] == name).sum()) for name in (PASSED, FAILED, LEFT_OUT)}
    passed = f"{counts[PASSED]} test{'' if counts[PASSED] == 1 else 's'} passed"
    left_out = f"{counts[LEFT_OUT]} {'does' if counts[LEFT_OUT] == 1 else 'do'} not apply"
    return f"{passed}, {counts[FAILED] or 'none'} failed, {left_out}."
