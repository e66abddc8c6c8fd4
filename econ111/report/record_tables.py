"""Tables of what stands behind the results: issues with the data, checks of the fit, and the record of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from econ111.report.blocks import (
    Cell,
    Definitions,
    Disclosure,
    Preformatted,
    Row,
    TableView,
    marked,
    number_columns,
    text_columns,
    wide_columns,
)
from econ111.report.labels import clean, in_words, sentence_start
from econ111.report.numbers import as_number, plain_value
from econ111.report.rows import rows_of
from econ111.results import DISCLOSURE, Evaluation


def issues_view(evaluation: Evaluation) -> TableView | None:
    """What was noticed about the data, with what to do."""
    table = evaluation.tables.get("issues")
    if table is None or table.empty:
        return None
    columns = (
        *text_columns("Severity", "File"),
        *number_columns("Row"),
        *text_columns("Column", "Value"),
        *wide_columns("What, and what to do"),
    )
    rows = tuple(
        Row(
            (
                *(clean(text) for text in (row.severity, row.file, _whole(row.row), row.column, row.value)),
                Cell(clean(row.what), (clean(row.remedy),) if clean(row.remedy) else ()),
            )
        )
        for row in rows_of(table)
    )
    about = "Rows count as an editor does: the header is row 1. Nothing missing was filled in."
    return TableView(marked("What was noticed about the data", evaluation.spec.study), columns, rows, about)


def checks_view(evaluation: Evaluation) -> TableView | None:
    """Convergence and identifiability."""
    table = evaluation.tables.get("checks")
    if table is None or table.empty:
        return None
    columns = (*text_columns("Check"), *number_columns("Value", "Allowed"), *text_columns("Verdict"))
    rows = tuple(
        Row(
            (
                sentence_start(clean(row.check)),
                _number_or_text(row.value),
                _number_or_text(row.allowed),
                clean(row.verdict),
            )
        )
        for row in rows_of(table)
    )
    about = "Unit: as named in each row. A result is used only when every check of the fit is met."
    return TableView(marked("Convergence and identifiability", evaluation.spec.study), columns, rows, about)


def record_blocks(record: Mapping[str, Any]) -> tuple[Definitions | Disclosure, ...]:
    """What a stranger needs to make every figure again."""
    if not record:
        return ()
    checksums = record.get("checksums", {})
    pairs = [(label, clean(record.get(key, ""))) for label, key in (("Evaluation", "evaluation"), ("Run at", "run_at"))]
    pairs.append(("Seed", clean(record.get("seed"))))
    pairs += [(f"Checksum of the {name}", _flat(value)) for name, value in checksums.items()]
    pairs += [(label, _named(record.get(key, {}))) for label, key in (("Code", "code"), ("Machine", "machine"))]
    pairs.append(("Versions", _flat(record.get("versions", {}))))
    pairs.append(("Disclosure control", _control(record.get(DISCLOSURE))))
    pairs.append(("Warnings of the run", "; ".join(clean(text) for text in record.get("warnings", ())) or "none"))
    pairs.append(("What is promised", clean(record.get("promise", ""))))
    shown = Definitions(tuple((key, value) for key, value in pairs if value))
    spec = json.dumps(record.get("spec", {}), indent=2, ensure_ascii=False, default=str)
    return shown, Disclosure("The specification, whole", (Preformatted(spec),))


def _control(recorded: object) -> str:
    """Whether observed counts were protected, and by which numbers."""
    if not isinstance(recorded, Mapping) or not recorded.get("rule"):
        return ""
    return f"{'applied' if recorded['applied'] else 'SWITCHED OFF'}; {_named(recorded['rule'])}"


def _whole(value: object) -> str:
    number = as_number(value)
    return "" if number != number else f"{number:.0f}"  # noqa: PLR0124 - NaN differs from itself


def _number_or_text(value: object) -> str:
    number = as_number(value)
    if number == number and not isinstance(value, bool):  # noqa: PLR0124
        return plain_value(number)
    return clean(value)


def _named(value: object) -> str:
    """Keys in words, each with what it holds; yes and no for what is true or not."""
    if not isinstance(value, Mapping):
        return clean(value)
    said = {True: "yes", False: "no"}
    parts = ((in_words(key), said[part] if isinstance(part, bool) else _flat(part)) for key, part in value.items())
    return "; ".join(f"{key}: {part}" for key, part in parts)


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{clean(key)} {_flat(part)}" for key, part in value.items())
    return clean(value)
