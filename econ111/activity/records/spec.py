"""What the columns and codes of an extract of calls mean: a TOML file with closed keys and stated windows.

Nothing has a default that decides a count: the format of times, the period, the windows and every code are stated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from econ111.activity.cells import Problem
from econ111.activity.months import month_text, months_between, parse_month
from econ111.activity.reading import DISPOSITIONS, file_error
from econ111.display import Shown
from econ111.errors import DataError, Issue, nearest
from econ111.toml_text import parse_toml

LEFT_OUT = "left_out"
Line = Literal["physical", "mental", "crisis", "left_out"]
Outcome = Literal["answered", "abandoned", "left_out"]
TrustCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
TimeFormat = Literal[
    "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DD hh:mm", "YYYY-MM-DDThh:mm:ss", "DD/MM/YYYY hh:mm:ss", "DD/MM/YYYY hh:mm"
]


@dataclass(frozen=True)
class _Closed:
    """Settings of every table: unknown keys are refused, nothing is converted."""

    config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Columns(Shown, BaseModel):
    """Names of the columns in the extract; `handling_seconds` is only checked, so it may be left out."""

    model_config = _Closed.config
    call: str
    caller: str
    started: str
    trust: str
    line: str
    outcome: str
    disposition: str
    handling_seconds: str | None = None

    def named(self) -> dict[str, str]:
        """Our name of each column, and the extract's."""
        return {ours: theirs for ours, theirs in self.model_dump().items() if theirs is not None}


class Period(Shown, BaseModel):
    """First and last month that the table covers, as `2024-04`."""

    model_config = _Closed.config
    first: str
    last: str

    @property
    def months(self) -> list[date]:
        """Every month of the period, first days."""
        first, last = parse_month(self.first), parse_month(self.last)
        return [] if isinstance(first, Problem) or isinstance(last, Problem) else months_between(first, last)


class Windows(Shown, BaseModel):
    """How long after a call another by the same caller counts as its continuation."""

    model_config = _Closed.config
    transfer_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)]
    repeat_hours: Annotated[int, Field(ge=0, le=31 * 24)]
    repeats: Literal["count", "first_only"]


class Engine(Shown, BaseModel):
    """What the database may use of the machine; calls beyond that wait on disk."""

    model_config = _Closed.config
    memory_limit: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}(MB|GB)$")] = "2GB"
    threads: Annotated[int, Field(ge=1, le=64)] = 2


class RecordsSpec(Shown, BaseModel):
    """Meaning of an extract of calls. Codes are compared letter by letter; `left_out` counts and drops a code."""

    model_config = _Closed.config
    columns: Columns
    time_format: TimeFormat
    period: Period
    windows: Windows
    trusts: Mapping[str, TrustCode]
    lines: Mapping[str, Line]
    outcomes: Mapping[str, Outcome]
    dispositions: Mapping[str, str]
    table: str | None = None
    engine: Engine = Engine()


def load_records_spec(path: Path | str) -> RecordsSpec:
    """Read what an extract's columns and codes mean.

    Parameters
    ----------
    path : path
        TOML file; `docs/data-contract.md` has an example.

    Returns
    -------
    RecordsSpec

    Raises
    ------
    DataError
        With every unknown key (and the nearest known one), missing key and wrong value.
    """
    path = Path(path)
    try:
        content = parse_toml(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as missing:
        raise file_error(
            str(path), "does not exist.", "Give the TOML file that says what the columns mean."
        ) from missing
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise file_error(path.name, f"is not readable TOML: {broken}.", "Mend that line.") from broken
    try:
        spec = RecordsSpec.model_validate(content)
    except ValidationError as invalid:
        raise DataError(_faults(invalid, path.name)) from invalid
    issues = _meaning_issues(spec, path.name)
    if issues:
        raise DataError(issues)
    return spec


def _faults(invalid: ValidationError, file: str) -> list[Issue]:
    issues = []
    for fault in invalid.errors(include_url=False):
        place = ".".join(str(part) for part in fault["loc"])
        key = str(fault["loc"][-1]) if fault["loc"] else ""
        if fault["type"] == "extra_forbidden":
            remedy = nearest(key, _allowed(fault["loc"][:-1]))
            issues.append(Issue("error", file, None, f"there is no key {place!r}.", remedy, place))
        elif fault["type"] == "missing":
            issues.append(Issue("error", file, None, f"the key {place!r} is missing.", "State it.", place))
        else:
            shown = str(fault["input"])[:60]
            issues.append(Issue("error", file, None, "this value is refused.", f"{fault['msg']}.", place, shown))
    return issues


def _allowed(place: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = RecordsSpec
    for part in place:
        inner = model.model_fields[str(part)].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def _meaning_issues(spec: RecordsSpec, file: str) -> list[Issue]:
    """What the types cannot say: the period, known dispositions, columns used twice, a line that is needed."""
    issues = []
    for name in ("first", "last"):
        text = getattr(spec.period, name)
        month = parse_month(text)
        if isinstance(month, Problem):
            issues.append(Issue("error", file, None, f"this month {month.what}", month.remedy, f"period.{name}", text))
        elif month_text(month) != text:
            what, remedy = "this month is written otherwise.", "Write it as 2024-04."
            issues.append(Issue("error", file, None, what, remedy, f"period.{name}", text))
    if not issues and not spec.period.months:
        issues.append(Issue("error", file, None, "the last month is before the first.", "Exchange them.", "period"))
    for code, meaning in spec.dispositions.items():
        parts = meaning.split("+")
        if meaning != LEFT_OUT and not set(parts) <= set(DISPOSITIONS):
            remedy = nearest(meaning, [*DISPOSITIONS, LEFT_OUT])
            place = f"dispositions.{code}"
            issues.append(Issue("error", file, None, "this is no disposition.", remedy, place, meaning))
    theirs = list(spec.columns.named().values())
    for name in sorted({name for name in theirs if theirs.count(name) > 1}):
        issues.append(Issue("error", file, None, "one column is given two meanings.", "Name another.", "columns", name))
    for table in ("trusts", "lines", "outcomes", "dispositions"):
        if not getattr(spec, table):
            issues.append(Issue("error", file, None, "this table is empty.", "Give each code a meaning.", table))
    return issues
