"""Tables of what stands behind the results: issues with the data, checks, parameters, and the record of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from econ111.report.blocks import (
    Definitions,
    Disclosure,
    Preformatted,
    Row,
    TableView,
    marked,
    number_columns,
    text_columns,
)
from econ111.report.labels import clean, in_words, sentence_start
from econ111.report.numbers import UNKNOWN, as_number, plain_value
from econ111.report.rows import rows_of
from econ111.results import Evaluation


def issues_view(evaluation: Evaluation) -> TableView | None:
    """What was noticed about the data, with what to do."""
    table = evaluation.tables.get("issues")
    if table is None or table.empty:
        return None
    columns = (
        *text_columns("Severity", "File"),
        *number_columns("Row"),
        *text_columns("Column", "Value", "What", "What to do"),
    )
    body = (
        (row.severity, row.file, _whole(row.row), row.column, row.value, row.what, row.remedy) for row in rows_of(table)
    )
    rows = tuple(Row(tuple(clean(cell) for cell in cells)) for cells in body)
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


def parameters_view(evaluation: Evaluation) -> TableView | None:
    """Every parameter used, with the place where a stranger finds it."""
    table = evaluation.tables.get("parameters")
    if table is None or table.empty:
        return None
    columns = (
        *text_columns("Parameter"),
        *number_columns("Value", "95% bounds or range"),
        *text_columns("Unit", "Price year", "Distribution", "Source", "Confidence", "Used for", "Note"),
    )
    rows = tuple(Row(_parameter_cells(row._asdict())) for row in rows_of(table))
    about = "Unit and price year: as named in each row, before any move to the study's prices."
    return TableView(marked("Parameters used, with sources", evaluation.spec.study), columns, rows, about)


def record_blocks(record: Mapping[str, Any]) -> tuple[Definitions | Disclosure, ...]:
    """What a stranger needs to make every figure again."""
    if not record:
        return ()
    checksums = record.get("checksums", {})
    pairs = [(label, clean(record.get(key, ""))) for label, key in (("Evaluation", "evaluation"), ("Run at", "run_at"))]
    pairs.append(("Seed", clean(record.get("seed"))))
    pairs += [(f"Checksum of the {name}", _flat(value)) for name, value in checksums.items()]
    pairs += [(label, _flat(record.get(key, {}))) for label, key in (("Code", "code"), ("Machine", "machine"))]
    pairs.append(("Versions", _flat(record.get("versions", {}))))
    pairs.append(("Warnings of the run", "; ".join(clean(text) for text in record.get("warnings", ())) or "none"))
    pairs.append(("What is promised", clean(record.get("promise", ""))))
    shown = Definitions(tuple((key, value) for key, value in pairs if value))
    spec = json.dumps(record.get("spec", {}), indent=2, ensure_ascii=False, default=str)
    return shown, Disclosure("The specification, whole", (Preformatted(spec),))


def _parameter_cells(row: dict[str, Any]) -> tuple[str, ...]:
    def words(key: str) -> str:
        return clean(row.get(key, ""))

    unit = words("unit")
    low, high = (plain_value(row.get(key), unit) for key in ("low", "high"))
    source = ", ".join(text.rstrip(".") for text in (words("source_title"), words("locator")) if text)
    licence = f"Licence: {words('licence')}." if words("licence") else ""
    return (
        f"{words('description').rstrip('.') or sentence_start(in_words(words('name')))} [{words('name')}]",
        plain_value(row.get("value"), unit),
        f"{low} to {high}" if UNKNOWN not in (low, high) else UNKNOWN,
        unit,
        words("price_year") or UNKNOWN,
        words("distribution"),
        f"{source}. {licence}".strip() if source else licence,
        words("confidence"),
        in_words(words("use")),
        words("note"),
    )


def _whole(value: object) -> str:
    number = as_number(value)
    return "" if number != number else f"{number:.0f}"  # noqa: PLR0124 - NaN differs from itself


def _number_or_text(value: object) -> str:
    number = as_number(value)
    if number == number and not isinstance(value, bool):  # noqa: PLR0124
        return plain_value(number)
    return clean(value)


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{clean(key)} {_flat(part)}" for key, part in value.items())
    return clean(value)
