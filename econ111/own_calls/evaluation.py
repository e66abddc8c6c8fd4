"""The evaluation as commented TOML, ready to be read by the loader once the data are filled in.

What was asked goes into `evaluation.template` as TOML strings, escaped, so that a name with quotes, line ends or TOML
of its own stays a name.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from string import Template

from econ111.activity.months import first_of_month, months_between
from econ111.own_calls.asked import Asked, AskedTrust

TEMPLATE = Path(__file__).resolve().parent / "evaluation.template"
UNCONFIRMED = "Launch dates were filled in when this file was made and are not confirmed."


def evaluation_text(asked: Asked, *, data_file: str) -> str:
    """The whole TOML file of an evaluation.

    Parameters
    ----------
    asked : Asked
        Names, months and launch dates.
    data_file : str
        Name of the call data beside it.

    Returns
    -------
    str
        TOML; the evaluated period runs from the first whole month after the first launch to the last month of the data.
    """
    start, end = _evaluated(asked)
    where = ", ".join(trust.name for trust in asked.trusts)
    note = "" if asked.launch_stated else f"{toml_string(UNCONFIRMED)},   # CORRECT launch_date, then delete this line"
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        name=toml_string(asked.name),
        title=toml_string(f"NHS 111 mental-health option, {asked.name}"),
        setting=toml_string(f"Answered by: {where}"),
        period_start=start.isoformat(),
        period_end=end.isoformat(),
        note=note,
        file=toml_string(data_file),
        trusts="\n".join(_trust_block(trust) for trust in asked.trusts),
    )


def toml_string(text: str) -> str:
    r"""A text as a TOML basic string.

    Examples
    --------
    >>> print(toml_string('a "b" \\ c'))
    "a \"b\" \\ c"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _trust_block(trust: AskedTrust) -> str:
    lines = [
        "[[trusts]]",
        f"code = {toml_string(trust.code)}",
        f"name = {toml_string(trust.name)}",
        f"launch_date = {trust.launch_date.isoformat()}                      # CORRECT: the day its line started",
        'icb = []                                      # codes of its integrated care boards, e.g. ["QMF"]',
        '# rule = "mhsds"                              # one of [data.rules], if its counts are hidden or rounded',
        'note = ""',
    ]
    return "\n".join(lines) + "\n"


def _evaluated(asked: Asked) -> tuple[date, date]:
    """First and last day of the months from the first launch to the end of the data."""
    first = min(first_of_month(trust.launch_date) for trust in asked.trusts)
    last = asked.months[-1]
    after = months_between(last, date(last.year + last.month // 12, last.month % 12 + 1, 1))[-1]
    return first, date.fromordinal(after.toordinal() - 1)
