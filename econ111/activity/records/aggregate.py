"""From an extract of calls to the call table: open, refuse identifiers, count, translate, and write in one step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from econ111.activity.reading import file_error, issue_table, raise_if_errors
from econ111.activity.records.faults import explain, first_rows
from econ111.activity.records.identifiers import ROWS_TRIED, identifying_columns, identifying_values
from econ111.activity.records.query import KEYS, MOST_GROUPS, count_call_ids, count_calls
from econ111.activity.records.sources import Extract, open_extract
from econ111.activity.records.spec import RecordsSpec
from econ111.activity.records.table import COLUMNS, RESOLVED, Group, call_rows, check_groups
from econ111.activity.still_files import unchanged
from econ111.activity.tabular import column_key
from econ111.activity.template import read_calls
from econ111.display import Card, Shown
from econ111.errors import Issue, nearest
from econ111.files import write_file

CODES = ("trust", "line", "outcome", "disposition")


@dataclass(frozen=True, repr=False)
class Aggregation(Shown):
    """The call table (columns of the template), what was resolved per trust, month and line, and the issues."""

    table: pd.DataFrame
    resolved: pd.DataFrame
    issues: pd.DataFrame

    def _card(self) -> Card:
        mark = "Small counts are not hidden: do not publish these tables."
        shown = {"Call table": self.table, "What was resolved": self.resolved, "Issues": self.issues}
        return Card("Calls counted from single records", (mark,), None, (), shown)


def aggregate_records(path: Path | str, spec: RecordsSpec) -> Aggregation:
    """Count an extract of single calls by trust, month, line and measure.

    Parameters
    ----------
    path : path
        CSV, Parquet, Excel or a DuckDB database with one row per call.
    spec : RecordsSpec
        What its columns and codes mean; see `load_records_spec`.

    Returns
    -------
    Aggregation
        `table` in the econ111 call template, `resolved` with transfers, repeats and calls without a caller, and
        `issues`, in which every call that is not counted is accounted for. Counts are not disclosure-controlled.

    Raises
    ------
    DataError
        On direct identifiers, absent columns, unknown codes, bad times, repeated call ids: everything at once. When the
        file changed while it was counted.
    EnvironmentProblem
        When the work does not fit in the memory and disk allowed.
    """
    with unchanged(Path(path)), open_extract(path, spec) as extract:
        spec, issues = _matched(extract, spec)
        try:
            return _aggregated(extract, spec, path, issues)
        except (duckdb.OutOfMemoryException, MemoryError):
            raise
        except duckdb.Error as failed:
            raise explain(path, extract, spec, failed) from failed


def aggregate_frame(records: object, spec: RecordsSpec, *, name: str = "records") -> Aggregation:
    """Count calls that another engine holds, for example a Spark frame or a relation of DuckDB.

    Parameters
    ----------
    records : frame
        Anything Narwhals can read: one row per call, with the column names of `spec`.
    spec : RecordsSpec
        What the columns and codes mean.
    name : str
        What messages call the records.

    Returns
    -------
    Aggregation
        As `aggregate_records` gives it.

    Raises
    ------
    DataError
        As `aggregate_records` does, except that a bad time is told in the engine's own words.
    """
    frame: nw.LazyFrame[Any] = nw.from_native(records).lazy()  # type: ignore[call-overload]
    extract = Extract(name, tuple(frame.collect_schema().names()), frame, ())
    spec, issues = _matched(extract, spec)
    return _aggregated(extract, spec, name, issues)


def write_call_table(aggregation: Aggregation, out: Path) -> Path:
    """Write the table as CSV in one step, after reading it back as a call file.

    Raises
    ------
    DataError
        When what was written is not a call file that econ111 reads; nothing is then left at `out`.
    EnvironmentProblem
        When the disk refuses.
    """
    if out.suffix.casefold() != ".csv":
        raise file_error(out.name, "the call table is written as CSV.", "Give a name that ends in .csv.")
    text = aggregation.table.to_csv(index=False, lineterminator="\n")
    return write_file(out, lambda place: _write(place, text), verify=read_calls)


def _write(place: Path, text: str) -> None:
    place.write_bytes(text.encode("utf-8"))


def _aggregated(extract: Extract, spec: RecordsSpec, path: Path | str, issues: list[Issue]) -> Aggregation:
    raise_if_errors([*issues, *_identifiers(extract, spec)])
    groups = _groups(extract, spec)
    issues += check_groups(groups, spec, file=extract.file)
    codes = {getattr(spec.columns, name): sorted({getattr(group, name) for group in groups}) for name in CODES}
    issues += identifying_values(codes, codes=frozenset(codes), file=extract.file)
    issues += _call_ids(extract, spec, path)
    raise_if_errors(issues)
    rows, resolved, found = call_rows(groups, spec, file=extract.file)
    return Aggregation(
        pd.DataFrame(rows, columns=list(COLUMNS)),
        pd.DataFrame(resolved, columns=list(RESOLVED)),
        issue_table([*issues, *found]),
    )


def _matched(extract: Extract, spec: RecordsSpec) -> tuple[RecordsSpec, list[Issue]]:
    """The specification with the extract's own spelling of its columns; an error for every one that is absent."""
    spelt = {column_key(name): name for name in extract.columns}
    issues = [*extract.issues, *identifying_columns(extract.columns, file=extract.file)]
    named = spec.columns.named()
    spare = [name for name in extract.columns if column_key(name) not in {column_key(each) for each in named.values()}]
    for ours, theirs in named.items():
        if column_key(theirs) not in spelt:
            remedy = f"{nearest(theirs, spare or extract.columns)} Correct [columns] {ours} or the header."
            issues.append(Issue("error", extract.file, 1, f"there is no column {theirs!r}.", remedy, theirs))
    raise_if_errors(issues)
    columns = spec.columns.model_copy(update={ours: spelt[column_key(theirs)] for ours, theirs in named.items()})
    if (kind := extract.records.collect_schema()[columns.started]) != nw.String and (
        not isinstance(kind, nw.Datetime) or kind.time_zone is not None
    ):
        what = f"is of the type {kind}, not a time of the day by the clock on the wall."
        remedy = "Give text in time_format, or timestamps without a time zone."
        raise_if_errors([Issue("error", extract.file, None, what, remedy, columns.started)])
    return spec.model_copy(update={"columns": columns}), issues


def _identifiers(extract: Extract, spec: RecordsSpec) -> list[Issue]:
    """Patterns in the first rows of every column."""
    texts = [nw.col(name).cast(nw.String).alias(name) for name in extract.columns if name != spec.columns.started]
    head = extract.records.head(ROWS_TRIED).select(*texts).collect("pyarrow")
    values = {name: head[name].to_list() for name in head.columns}
    codes = frozenset(set(head.columns) - {spec.columns.call, spec.columns.caller})
    return identifying_values(values, codes=codes, file=extract.file)


def _groups(extract: Extract, spec: RecordsSpec) -> list[Group]:
    counted = count_calls(extract.records, spec).head(MOST_GROUPS + 1).collect("pyarrow")
    if len(counted) == 0:
        raise file_error(extract.file, "has column names but no rows.", "Export it again.")
    if len(counted) > MOST_GROUPS:
        sizes = {name: counted[name].n_unique() for name in CODES}
        worst = max(sizes, key=lambda name: sizes[name])
        what = f"has more than {sizes[worst]:,} different values, so that it is no column of codes."
        column = getattr(spec.columns, worst)
        raise_if_errors([Issue("error", extract.file, None, what, "Name another column.", column)])
    cells = zip(*(counted[name].to_list() for name in (*KEYS, "calls")), strict=True)
    return [_group(dict(zip((*KEYS, "calls"), each, strict=True))) for each in cells]


def _group(cells: dict[str, object]) -> Group:
    texts = {name: "" if cells[name] is None else str(cells[name]) for name in CODES}
    return Group(**{**cells, **texts})  # type: ignore[arg-type]


def _call_ids(extract: Extract, spec: RecordsSpec, path: Path | str) -> list[Issue]:
    column = spec.columns.call
    told = count_call_ids(extract.records, spec).collect("pyarrow")
    rows, with_id, different = (int(told[name].to_list()[0]) for name in ("rows", "with_id", "different"))
    blank = rows - with_id
    if different - (1 if blank else 0) == with_id and not blank:
        return []
    issues = []
    if blank:
        what = f"is blank in {blank:,} calls."
        issues.append(Issue("error", extract.file, None, what, "Give every call its own id.", column))
    call = nw.col(column)
    many = extract.records.filter(~call.is_null()).group_by(column).agg(times=nw.len()).filter(nw.col("times") > 1)
    twice = many.sort(column).head(20).collect("pyarrow")
    total = with_id - (different - (1 if blank else 0))
    if len(twice):
        text, times = str(twice[column].to_list()[0]), twice["times"].to_list()[0]
        what = f"this call id stands {times} times; {total:,} rows in all repeat an id."
        remedy = "Keep one row per call; a call passed on has an id of its own."
        row = first_rows(path, column, [text]).get(text)
        issues.append(Issue("error", extract.file, row, what, remedy, column, text))
    return issues
