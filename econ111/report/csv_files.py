"""One tidy CSV per table, whole numbers unrounded, safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) gets a leading
apostrophe; numbers are left alone. The first column says whether the data are synthetic.
"""

from __future__ import annotations

from numbers import Number
from pathlib import Path

import pandas as pd

from econ111.files import write_text
from econ111.report.labels import clean
from econ111.report.page import fit_failure
from econ111.report.sharing import for_sharing
from econ111.results import NOT_DISCOUNTED, NOT_RESULTS, Evaluation

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def summary_files(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write every table of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
        Its tables are written as `estimates.csv`, `cost_consequence.csv` and so on.
    folder : Path
        Made if it is not there.

    Returns
    -------
    list of Path
        The files, in the order of the tables.
    """
    evaluation = for_sharing(evaluation)
    marks = {"synthetic": "yes" if evaluation.synthetic else "no"}
    failure = fit_failure(evaluation)
    if failure:
        marks["fit"] = f"not usable: {failure}"
    return [
        write_text(folder / f"{name}.csv", to_safe_csv(table, marks, missing_words(evaluation, name, table)))
        for name, table in evaluation.tables.items()
    ]


def missing_words(evaluation: Evaluation, name: str, table: pd.DataFrame) -> dict[str, str]:
    """Comparator, price year, perspective and discounting that a table of results does not hold itself."""
    if name in NOT_RESULTS:
        return {}
    study = evaluation.spec.study
    words = {
        "comparator": clean(study.comparator), "price_year": clean(study.price_year),
        "perspective": clean(study.perspective), "discounting": NOT_DISCOUNTED,
    }  # fmt: skip
    return {key: text for key, text in words.items() if key not in table}


def to_safe_csv(table: pd.DataFrame, marks: dict[str, str] | None = None, about: dict[str, str] | None = None) -> str:
    """A table as CSV text with leading columns that mark every row, and closing ones that say what it is about.

    Examples
    --------
    >>> table = pd.DataFrame({"trust": ["=cmd()", "RKL"], "avoided": [-3.0, 2.5]})
    >>> print(to_safe_csv(table, {"synthetic": "yes"}).strip())
    synthetic,trust,avoided
    yes,'=cmd(),-3.0
    yes,RKL,2.5
    """
    safe = pd.DataFrame({name: [inert(text)] * len(table) for name, text in (marks or {}).items()}, dtype=object)
    for place, name in enumerate(table.columns):
        column = table.iloc[:, place].reset_index(drop=True)
        if not pd.api.types.is_numeric_dtype(column):
            column = pd.Series([inert(value) for value in column.tolist()], dtype=object)
        safe[inert(name)] = column
    for name, text in (about or {}).items():
        safe[name] = str(inert(text))
    return safe.to_csv(index=False, lineterminator="\n")


def inert(value: object) -> object:
    """A cell that no spreadsheet runs.

    Examples
    --------
    >>> inert("+44 20"), inert(-1.5), inert("-"), inert("plain")
    ("'+44 20", -1.5, "'-", 'plain')
    """
    if isinstance(value, Number) or not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
