"""Evidence on what people do after advice: `attendance_evidence.csv`.

One row is one study's count of a consequence among people given one disposition. No linked study of mental-health
callers exists, so each row carries an elicited bias: how far the logit of the study's probability lies above that of
callers to the mental-health line, `bias_logit_mean` with `bias_logit_sd`. A positive mean says the study overstates,
as a survey of intentions does. Bias-adjusted synthesis: Turner RM et al. (2009), JRSS A 172:21-47.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from econ111.display import as_table
from econ111.errors import DataError, InputError, Issue, nearest
from econ111.parameters.sources import LICENCES, Source, load_sources
from econ111.parameters.text_table import NUMBER_REMEDY, TextRow, parse_number, read_text_table
from econ111.resources import shipped_folder

EVIDENCE_FILE = "attendance_evidence.csv"
DISPOSITIONS = ("ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other")
CONDITIONAL_ON_ATTENDANCE = "ed_attendance"
AFTER_ADVICE = ("ed_attendance", "ambulance_conveyance", "primary_care_contact", "crisis_contact")
AFTER_ATTENDANCE = ("liaison_contact", "admission")
NUMBERS = ("events", "n", "percent", "effective_n", "window_hours", "bias_logit_mean", "bias_logit_sd")
COLUMNS = (
    "name",
    "disposition",
    "consequence",
    "events",
    "n",
    "percent",
    "effective_n",
    "window_hours",
    "population",
    "setting",
    "year",
    "bias_logit_mean",
    "bias_logit_sd",
    "source",
    "locator",
    "licence",
    "confidence",
    "note",
)


def load_attendance_evidence(folder: Path | None = None) -> pd.DataFrame:
    """Studies that join advice to what followed, one row each, checked.

    Parameters
    ----------
    folder : Path, optional
        A folder of parameter files; the shipped one when left out.

    Returns
    -------
    DataFrame
        The columns of the file, with `events` and `n` always filled: where n is not published they are
        `percent` of `effective_n`, which need not be whole numbers, and `n_published` is False. `window_hours` is NaN
        where the study's window is not known. `disposition` is `ed_attendance` for what follows an attendance.

    Raises
    ------
    DataError
        With every problem of the file.

    Examples
    --------
    >>> evidence = load_attendance_evidence().set_index("name")
    >>> row = evidence.loc["pilbery_2024_primary_care"]
    >>> print(f"{row.events / row.n:.3f}")
    0.476
    """
    folder = shipped_folder("data/parameters") if folder is None else folder
    path = folder / EVIDENCE_FILE
    if not path.is_file():
        raise InputError(f"There is no {EVIDENCE_FILE} in {folder}. Put it there.")
    sources, issues = load_sources(folder)
    rows, faults = read_text_table(path, label=EVIDENCE_FILE, required=COLUMNS)
    issues += faults
    for row in rows:
        issues += [*_text_problems(row, sources), *_number_problems(row)]
    issues += _repeated_names(rows)
    if issues:
        raise DataError(issues)
    return as_table(_to_frame(rows), "Studies of what people did after advice")


def _to_frame(rows: list[TextRow]) -> pd.DataFrame:
    frame = pd.DataFrame([row.cells for row in rows], columns=list(COLUMNS))
    for column in NUMBERS:
        frame[column] = pd.to_numeric(frame[column].replace("", None)).astype(float)
    published = frame["n"].notna()
    frame["n"] = frame["n"].where(published, frame["effective_n"])
    frame["events"] = frame["events"].where(published, frame["percent"] / 100 * frame["effective_n"])
    return frame.assign(n_published=published)


def _text_problems(row: TextRow, sources: dict[str, Source]) -> Iterable[Issue]:
    for column in sorted(set(COLUMNS) - set(NUMBERS)):
        if not row.cells[column]:
            yield row.issue(column, f"{column} is blank.", "Every piece of evidence needs one.")
    disposition, consequence = row.cells["disposition"], row.cells["consequence"]
    after_attendance = disposition == CONDITIONAL_ON_ATTENDANCE
    if disposition and not after_attendance and disposition not in DISPOSITIONS:
        remedy = nearest(disposition, (*DISPOSITIONS, CONDITIONAL_ON_ATTENDANCE))
        yield row.issue("disposition", "the disposition is not known.", remedy)
    allowed = AFTER_ATTENDANCE if after_attendance else AFTER_ADVICE
    if consequence and consequence not in allowed:
        what = f"this consequence does not follow {disposition}."
        yield row.issue("consequence", what, nearest(consequence, allowed))
    for key in filter(None, (key.strip() for key in row.cells["source"].split(";"))):
        if key not in sources:
            yield row.issue("source", f"source {key!r} is not in sources.toml.", "Add it there.")
    if row.cells["licence"] and row.cells["licence"] not in LICENCES:
        yield row.issue("licence", "the licence is not known.", nearest(row.cells["licence"], LICENCES))


def _number_problems(row: TextRow) -> Iterable[Issue]:
    numbers = {column: parse_number(row.cells[column]) for column in NUMBERS}
    for column in NUMBERS:
        if row.cells[column] and (numbers[column] is None or not math.isfinite(numbers[column] or 0.0)):
            yield row.issue(column, "this is not a number.", NUMBER_REMEDY)
    for column in ("bias_logit_mean", "bias_logit_sd"):
        if not row.cells[column]:
            yield row.issue(column, f"{column} is blank.", "Say how far the study may be off: 0 is an answer too.")
    deviation = numbers["bias_logit_sd"]
    if deviation is not None and deviation <= 0:
        yield row.issue("bias_logit_sd", "the bias is never known exactly.", "Give a deviation above 0.")
    yield from _count_problems(row, numbers)


def _count_problems(row: TextRow, numbers: dict[str, float | None]) -> Iterable[Issue]:
    counted = bool(row.cells["events"] or row.cells["n"])
    shared = bool(row.cells["percent"] or row.cells["effective_n"])
    if counted == shared:
        yield row.issue("n", "give either events and n, or percent and effective_n.", "Leave the other two blank.")
        return
    part, whole = ("events", "n") if counted else ("percent", "effective_n")
    top, bottom = numbers[part], numbers[whole]
    if top is None or bottom is None or bottom <= 0:
        yield row.issue(whole, f"{part} and {whole} must both be numbers, the second above 0.", NUMBER_REMEDY)
    elif not 0 <= top <= (bottom if counted else 100):
        limit = "n" if counted else "100"
        yield row.issue(part, f"{part} must be from 0 to {limit}.", "Check the figures.")
    elif counted and not (top.is_integer() and bottom.is_integer()):
        what = "people are counted whole."
        yield row.issue(part, what, "Give whole events and n, or percent and effective_n instead.")


def _repeated_names(rows: list[TextRow]) -> list[Issue]:
    names = [row.cells["name"] for row in rows]
    return [
        row.issue("name", "this name stands in an earlier row.", "Rename or remove one.")
        for place, row in enumerate(rows)
        if row.cells["name"] in names[:place]
    ]
