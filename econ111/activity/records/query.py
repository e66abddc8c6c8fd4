"""Transfers, repeat calls and counts, as one query that Narwhals hands to DuckDB, Spark or another engine.

A call on the mental line is a transfer when the same caller made a call on the physical line at most
`transfer_minutes` before it. A call is a repeat when the same caller's previous call on the same line began at most
`repeat_hours` before it; each call is measured from the one before, so a chain of calls has one first call. Both ends
of a window belong to it. A call without a caller is neither. Both are resolved over the whole extract, before the
period is cut, so that a transfer over midnight at the end of a month is one.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from econ111.activity.records.spec import RecordsSpec

# What each time format means to an engine, and how its text is told apart (month and day within their bounds).
STRPTIME = {
    "YYYY-MM-DD hh:mm:ss": "%Y-%m-%d %H:%M:%S",
    "YYYY-MM-DD hh:mm": "%Y-%m-%d %H:%M",
    "YYYY-MM-DDThh:mm:ss": "%Y-%m-%dT%H:%M:%S",
    "DD/MM/YYYY hh:mm:ss": "%d/%m/%Y %H:%M:%S",
    "DD/MM/YYYY hh:mm": "%d/%m/%Y %H:%M",
}
KEYS = ("trust", "year", "month", "line", "outcome", "disposition", "transfer", "repeat", "has_caller", "handling")
MOST_GROUPS = 500_000
_PHYSICAL, _MENTAL, _CRISIS, _OTHER = 0, 1, 2, 9


def count_calls(records: nw.LazyFrame[Any], spec: RecordsSpec) -> nw.LazyFrame[Any]:
    """Calls counted by every combination of codes, month, transfer and repeat.

    Parameters
    ----------
    records : LazyFrame
        One row per call, with the extract's own column names.
    spec : RecordsSpec
        Which column is which, which code is which line, and the windows.

    Returns
    -------
    LazyFrame
        `KEYS` and `calls`. Codes as they stand in the extract; `handling` is `negative`, `not a number` or `fine`.
    """
    calls = _with_lines(_columns(records, spec), spec)
    order = ["started", "rank", "call"]
    physical = nw.when(nw.col("rank") == _PHYSICAL).then(nw.col("started"))
    calls = calls.with_columns(
        last_physical=physical.fill_null(strategy="forward").over("caller", order_by=order),
        previous=nw.col("started").shift(1).over("caller", "rank", order_by=order),
    )
    known = ~nw.col("caller").is_null()
    until_transfer = nw.col("last_physical").dt.offset_by(f"{spec.windows.transfer_minutes}m")
    until_repeat = nw.col("previous").dt.offset_by(f"{spec.windows.repeat_hours}h")
    is_transfer = known & (nw.col("rank") == _MENTAL) & (nw.col("started") <= until_transfer)
    is_repeat = known & (nw.col("rank") != _OTHER) & (nw.col("started") <= until_repeat)
    flagged = calls.with_columns(
        transfer=is_transfer.fill_null(value=False),
        repeat=is_repeat.fill_null(value=False),
        has_caller=known,
        year=nw.col("started").dt.year(),
        month=nw.col("started").dt.month(),
    )
    return flagged.group_by(*KEYS).agg(calls=nw.len())


def _columns(records: nw.LazyFrame[Any], spec: RecordsSpec) -> nw.LazyFrame[Any]:
    """Our columns only: codes as text, times as times, a blank caller as none."""
    names = spec.columns.named()
    schema = records.collect_schema()
    texts = {
        ours: _text(theirs, schema) for ours, theirs in names.items() if ours not in ("started", "handling_seconds")
    }
    started = nw.col(names["started"])
    if schema[names["started"]] == nw.String:
        started = started.str.to_datetime(format=STRPTIME[spec.time_format])
    caller = texts.pop("caller")
    return records.select(
        started=started, caller=nw.when(caller != "").then(caller), handling=_handling(names, schema), **texts
    )


def _text(name: str, schema: nw.Schema) -> nw.Expr:
    return nw.col(name) if schema[name] == nw.String else nw.col(name).cast(nw.String)


def _handling(names: dict[str, str], schema: nw.Schema) -> nw.Expr:
    if "handling_seconds" not in names:
        return nw.lit("fine")
    seconds = _text(names["handling_seconds"], schema)
    number = seconds.str.contains(r"^-?[0-9]+(\.[0-9]+)?$") | seconds.is_null() | (seconds == "")
    return (
        nw.when(~number)
        .then(nw.lit("not a number"))
        .otherwise(nw.when(seconds.str.starts_with("-")).then(nw.lit("negative")).otherwise(nw.lit("fine")))
    )


def _with_lines(calls: nw.LazyFrame[Any], spec: RecordsSpec) -> nw.LazyFrame[Any]:
    """A number for each line; physical before mental, so that calls of one second are taken in that order."""
    rank = nw.lit(_OTHER)
    for line, place in (("physical", _PHYSICAL), ("mental", _MENTAL), ("crisis", _CRISIS)):
        codes = [code for code, meaning in spec.lines.items() if meaning == line]
        if codes:
            rank = nw.when(nw.col("line").is_in(codes)).then(nw.lit(place)).otherwise(rank)
    return calls.with_columns(rank=rank)


def count_call_ids(records: nw.LazyFrame[Any], spec: RecordsSpec) -> nw.LazyFrame[Any]:
    """One row: `rows`, how many of them have a call id, and how many different ids there are."""
    call = nw.col(spec.columns.call)
    return records.select(rows=nw.len(), with_id=call.count(), different=call.n_unique())
