"""The rows that a trust fills in, the worked row above them, and the dictionary that explains each word.

One row per trust, month, line and measure, as the reader takes them (`econ111/activity/template.py`). The rows of the
mental line begin with each trust's launch month: there can be no count before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from econ111.activity.months import first_of_month, month_text
from econ111.activity.reading import CALL_MEASURES, DISPOSITIONS
from econ111.activity.template import COLUMNS, EXAMPLE_TRUST
from econ111.own_calls.asked import Asked

LINES = ("physical", "mental")
MEASURES = (*CALL_MEASURES, *DISPOSITIONS)
MARKS = ("*", "-", "n/a")
EXAMPLE_VALUE = "12"

MEANINGS: dict[str, str] = {
    "calls_offered": "Calls that reached the line.",
    "calls_answered": "Of the calls offered, those answered.",
    "calls_abandoned": "Of the calls offered, those given up before an answer.",
    "transfers_in": "Calls passed on from another line, which that line may have counted too.",
    "unrecorded": "Answered calls whose disposition nobody wrote down.",
    "ed": "Answered calls advised to go to an emergency department.",
    "ambulance": "Answered calls for which an ambulance was sent or advised.",
    "primary_care": "Answered calls advised to see or speak to a GP, a pharmacist or another primary-care service.",
    "crisis_mh": "Answered calls passed to a crisis or other urgent mental-health team.",
    "self_care": "Answered calls that ended with advice alone.",
    "other": "Answered calls with any other advice.",
}
_COLUMN_MEANINGS = {
    "trust": "Code of the trust, from the list. One code, written in every row.",
    "month": "The month in which the call arrived, as 2024-04. A month is whole or is left out.",
    "line": "physical: mental-health calls on the 111 physical-health line. mental: the mental-health option.",
    "measure": "What is counted, from the list. Categories counted together are joined by +, as ambulance+ed.",
    "value": "A whole number of calls, or one of the marks below. A blank is read as not supplied, never as 0.",
}
_MARK_MEANINGS = {
    "0": "There were none. Write it: a blank does not mean 0.",
    "*": "A small count that your source hides. Say in [data.rules] which counts it hides.",
    "-": "Not supplied: nobody sent this count.",
    "n/a": "Not applicable: there can be no such count.",
}


def rows_to_fill(asked: Asked) -> Iterator[tuple[str, str, str, str, str]]:
    """Trust, month, line, measure and an empty value, in the order in which a trust reads its own returns.

    Examples
    --------
    >>> from econ111.own_calls.asked import ask
    >>> asked = ask("a", trusts=["RV5"], months="2024-03:2024-04", launches=["2024-04-22"])
    >>> rows = list(rows_to_fill(asked))
    >>> len(rows), rows[0]
    (33, ('RV5', '2024-03', 'physical', 'calls_offered', ''))
    """
    for trust in asked.trusts:
        for line in LINES:
            for month in asked.months:
                if line == "physical" or month >= first_of_month(trust.launch_date):
                    for measure in MEASURES:
                        yield trust.code, month_text(month), line, measure, ""


def example_row(asked: Asked) -> tuple[str, str, str, str, str]:
    """The worked row: it names no trust, so the reader leaves it out as long as it is left as it is."""
    return EXAMPLE_TRUST, month_text(asked.months[-1]), "mental", "ed", EXAMPLE_VALUE


def dictionary_rows() -> list[tuple[str, str, str]]:
    """Kind, word and meaning of everything that may stand in the file."""
    return [
        *(("column", column, _COLUMN_MEANINGS[column]) for column in COLUMNS),
        *(("measure", measure, MEANINGS[measure]) for measure in MEASURES),
        *(("mark", mark, meaning) for mark, meaning in _MARK_MEANINGS.items()),
    ]
