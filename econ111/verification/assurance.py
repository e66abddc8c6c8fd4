"""The assurance statement of one run, and all checklists together.

What was verified by the run stands with its figure. Review by a person who did not make the analysis, the intended
use, the roles and the rating of risk are asked for: an analysis is not assured until they are filled.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from econ111.results import Evaluation
from econ111.verification.battery import FAIL, NOT_APPLICABLE, PASS, failures, verify
from econ111.verification.cheers import TO_WRITE, cheers_table
from econ111.verification.cheers_voi import cheers_voi_table
from econ111.verification.logs import TO_FILL, assumption_log, data_log, decision_log

BY_RUN, BY_PEOPLE, MISSING = "filled by the run", "from the specification", TO_FILL
ROLES = {
    "intended_use": "What the analysis may be used for, and what not",
    "risk_and_complexity": "Rating of risk and complexity, and the level of assurance that follows",
    "commissioner": "Commissioner",
    "analyst": "Analyst",
    "assurer": "Assurer, who did not make the analysis",
    "approver": "Approver",
    "independent_review": "Independent review of the assumptions and of this statement: by whom, when, what was found",
}


def checklists(
    evaluation: Evaluation, *, parameters: Path | None = None, verification: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """Verification, logs, assurance statement and reporting items of one evaluation, as tables.

    Parameters
    ----------
    evaluation : Evaluation
        Finished but for these.
    parameters : Path, optional
        Folder of the parameter files behind the run.
    verification : DataFrame, optional
        What `verify` found for this evaluation, where that is known; found now when left out.

    Returns
    -------
    dict of str to DataFrame
        verification, assumption_log, data_log, decision_log, assurance, cheers; and cheers_voi where the evaluation
        values information.
    """
    tables = {
        "verification": verify(evaluation, parameters=parameters) if verification is None else verification,
        "assumption_log": assumption_log(evaluation),
        "data_log": data_log(evaluation),
        "decision_log": decision_log(evaluation),
        "cheers": cheers_table(evaluation),
    }
    of_information = cheers_voi_table(evaluation)
    if len(of_information):
        tables["cheers_voi"] = of_information
    statement = assurance_statement(evaluation, tables)
    return {**tables, "assurance": statement}


def assurance_statement(evaluation: Evaluation, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What the run can say for itself, and what people have still to say.

    Returns
    -------
    DataFrame
        item, statement, status (filled by the run, from the specification, to be filled).
    """
    rows = [(item, text, BY_RUN) for item, text in _computed(evaluation, tables)]
    for key, item in ROLES.items():
        written = str(getattr(evaluation.spec.reporting, key)).strip()
        prompt = f"TO BE FILLED. Set {key} in the section [reporting] of the specification."
        rows.append((item, written or prompt, BY_PEOPLE if written else MISSING))
    return pd.DataFrame(rows, columns=["item", "statement", "status"])


def _computed(evaluation: Evaluation, tables: dict[str, pd.DataFrame]) -> list[tuple[str, str]]:
    record, study = evaluation.record, evaluation.spec.study
    results = tables["verification"]["result"]
    failed = failures(tables["verification"])
    said = f"{(results == PASS).sum()} tests passed, {(results == FAIL).sum()} failed, "
    said += f"{(results == NOT_APPLICABLE).sum()} do not apply" + (f". Failed: {', '.join(failed)}" if failed else "")
    checks = evaluation.tables.get("checks")
    unmet = 0 if checks is None else int((checks["verdict"].astype(str).str.lower() == FAIL).sum())
    fit = "nothing was fitted" if checks is None else f"{len(checks)} checks of fit and data, {unmet} failed"
    issues = evaluation.tables.get("issues", pd.DataFrame())
    items = pd.concat([tables[name]["status"] for name in ("cheers", "cheers_voi") if name in tables])
    open_items = int((items == TO_WRITE).sum())
    reviews = sorted(date for date in tables["data_log"]["review_date"] if date)
    code = record.get("code", {})
    return [
        ("Analysis", study.title),
        ("Question", study.question),
        (
            "Data",
            "Synthetic: no figure may be quoted as a finding" if evaluation.synthetic else "As supplied; see log",
        ),
        ("Issues with the data", f"{len(issues)} noted"),
        ("Verification of the sums", said),
        ("Fit", (evaluation.diagnostics or {}).get("failure") or fit),
        ("Assumptions", f"{len(tables['assumption_log'])} in the log, each to be signed"),
        ("Code", f"commit {code.get('commit', '')}, changed since: {code.get('changed', '')}"),
        ("Valid until", f"first input due for review on {reviews[0]}" if reviews else "no input names a review date"),
        ("Reporting", f"{open_items} of {len(items)} reporting items still to be written"),
    ]
