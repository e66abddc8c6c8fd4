"""What things are called on the page: trusts, estimands, items, payers and kinds of gain.

Names come from files that others write, so they are cleaned before they are shown. Escaping for HTML is done once, by
the template.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from econ111.economics.totals import TOTAL
from econ111.impact.estimands import ESTIMANDS
from econ111.report.rows import rows_of
from econ111.results import ITEM_WORDS, Evaluation

PAYER_WORDS = MappingProxyType(
    {
        "mental_health_trust": "Mental-health trust",
        "icb": "Integrated care board (ICB)",
        "acute": "Acute trusts",
        "ambulance": "Ambulance service",
        "primary_care": "Primary care",
        "nhs_england": "NHS England",
    }
)
INDEX_WORDS = MappingProxyType(
    {"gdp_deflator": "GDP deflator", "nhscii_pay_prices": "NHS cost inflation index, pay and prices"}
)
CASH_WORDS = MappingProxyType(
    {
        "cash_releasing": "cash-releasing",
        "non_cash_releasing": "not cash-releasing: changes capacity",
        "societal": "societal",
        "unmonetisable": "cannot be put in money",
    }
)
STATE_WORDS = MappingProxyType(
    {
        "observed": "observed",
        "rounded": "rounded by the source",
        "suppressed": "hidden small count",
        "partly_supplied": "partly supplied",
        "not_supplied": "not supplied",
        "not_applicable": "not applicable (before launch)",
    }
)
STAGE_WORDS = MappingProxyType(
    {
        "before": "Physical-health line before launch",
        "after": "Physical-health line after launch",
        "mental": "Mental-health line",
    }
)
DESIGN_WORDS = MappingProxyType(
    {
        "call_pathway": "calls by line and disposition, before and after each trust's own launch",
        "outcome_series": "a series of attendances against a projection of the months before launch",
        "published_shares": "numbers known from print alone",
    }
)
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}
_DIRECTIONS = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: object) -> str:
    r"""Text without control characters or marks that reverse the reading direction; a missing value is empty.

    Examples
    --------
    >>> clean("A\x00B"), clean(None), clean(float("nan"))
    ('AB', '', '')
    """
    if not isinstance(text, str) and pd.api.types.is_scalar(text) and pd.isna(text):  # type: ignore[call-overload]
        return ""
    return _cleaned(str(text))


@lru_cache(maxsize=100_000)
def _cleaned(text: str) -> str:
    spaced = text.replace("\n", " ").replace("\t", " ")
    return "".join(mark for mark in spaced if unicodedata.category(mark) not in _UNSEEN and mark not in _DIRECTIONS)


def trust_name(evaluation: Evaluation, code: object) -> str:
    """Name and code of a trust; the code alone when neither the specification nor the data name it."""
    if code == TOTAL:
        return "All trusts" if len(evaluation.spec.trusts) != 1 else "Total"
    name = _given_name(evaluation, code)
    return clean(f"{name} ({code})") if name not in ("", code) else clean(code)


def run_time(evaluation: Evaluation) -> str:
    """When the run was made, as people write a time; as recorded where it is no time."""
    recorded = clean(evaluation.record.get("run_at", ""))
    try:
        at = datetime.fromisoformat(recorded).astimezone(UTC)
    except ValueError:
        return recorded
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def trust_chart_name(evaluation: Evaluation, code: object) -> str:
    """Name of a trust for a chart, without the code unless it has no other name."""
    return trust_name(evaluation, code) if code == TOTAL else clean(_given_name(evaluation, code) or code)


def _given_name(evaluation: Evaluation, code: object) -> str:
    """Name of a trust in the specification, else in the data as read, else nothing."""
    for trust in evaluation.spec.trusts:
        if trust.code == code:
            return trust.name
    calls = evaluation.calls
    if calls is None or "trust_name" not in calls.coords or code not in calls["trust"].values:
        return ""
    return str(calls["trust_name"].sel(trust=code).item())


def item_words(item: object) -> str:
    """Plural words for a disposition, a consequence or a series.

    Examples
    --------
    >>> item_words("ed_attendance"), item_words("police_time")
    ('ED attendances', 'police time')
    """
    return ITEM_WORDS.get(str(item), in_words(item))


def estimand_words(estimand: object) -> str:
    """Code and name of an estimand.

    Examples
    --------
    >>> estimand_words("net_system")
    'E3 net system'
    """
    code = ESTIMANDS.get(str(estimand), ("", ""))[0]
    return f"{code} {in_words(estimand)}".strip()


def estimand_code(estimand: object) -> str:
    """E0 to E4, or the name itself when it is none of ours."""
    return ESTIMANDS.get(str(estimand), (clean(estimand), ""))[0]


def payer_words(payer: object) -> str:
    """Who pays, in words."""
    return "All payers" if payer == TOTAL else PAYER_WORDS.get(str(payer), sentence_start(in_words(payer)))


def index_words(index: object) -> str:
    """What a price index is called.

    Examples
    --------
    >>> index_words("gdp_deflator"), index_words("another_index")
    ('GDP deflator', 'Another index')
    """
    return INDEX_WORDS.get(str(index), sentence_start(in_words(index)))


def plain_names(text: object, evaluation: Evaluation) -> str:
    """A text of the run in which tables are named as the files they stand in, and payers and indices in words.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> whole = SimpleNamespace(tables={"call_forecast": None}, spec=SimpleNamespace(economics=None))
    >>> plain_names("acute, mental_health_trust; moved by gdp_deflator; table call_forecast.", whole)
    'acute trusts, mental-health trust; moved by GDP deflator; table call_forecast.csv.'
    """
    bases = _basis_labels(evaluation)
    words = {name: _inside(label) for name, label in PAYER_WORDS.items()} | INDEX_WORDS
    words |= {name: f"{name}.csv" for name in evaluation.tables if "_" in name}
    named = re.sub(
        r"\bbasis (\w+)", lambda found: f"basis '{bases[found[1]]}'" if found[1] in bases else found[0], clean(text)
    )
    return re.sub(r"\b[a-z]+(?:_[a-z0-9]+)*\b(?!\.csv|')", lambda found: words.get(found[0], found[0]), named)


def _basis_labels(evaluation: Evaluation) -> dict[str, str]:
    table = evaluation.tables.get("scenarios")
    if table is None or "basis_label" not in table:
        return {}
    return {str(row.basis): clean(row.basis_label) for row in rows_of(table)}


def _inside(words: str) -> str:
    """A name inside a sentence; abbreviations stay as they are."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def parameter_words(evaluation: Evaluation, name: object) -> str:
    """What a parameter is; for the chance of something after advice, both are named."""
    described = _descriptions(evaluation).get(str(name))
    parts = str(name).split(".")
    if described or len(parts) != 3:
        return described or sentence_start(in_words(name))
    return f"Chance of {item_words(parts[2])} after {item_words(parts[1])}"


def _descriptions(evaluation: Evaluation) -> dict[str, str]:
    table = evaluation.tables.get("parameters")
    if table is None:
        return {}
    return {str(name): clean(said).rstrip(".") for name, said in zip(table["name"], table["description"], strict=True)}


def in_words(name: object) -> str:
    """A name of the code as words: underscores become spaces."""
    return clean(name).replace("_", " ")


def sentence_start(text: str) -> str:
    """The same text with a capital first letter."""
    return text[:1].upper() + text[1:]
