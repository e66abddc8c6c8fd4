"""Fourteen synthetic calls whose answers are worked by hand, and the specification that reads them."""

from __future__ import annotations

from pathlib import Path

HEADER = "CallID,Pseudonym,Started,Trust,Line,Outcome,Advice,Talk"
# Sixty minutes and twenty-four hours belong to the windows; one second more does not.
CALLS = (
    "1,p1,2024-04-10 10:00:00,Alpha,PH,an,Dx02,240",
    "2,p1,2024-04-10 11:00:00,Alpha,MH,an,CR,600",  # transfer: 60 minutes
    "3,p2,2024-04-10 10:00:00,Alpha,PH,an,Dx05,200",
    "4,p2,2024-04-10 11:00:01,Alpha,MH,an,,300",  # one second late; unrecorded
    "5,p3,2024-04-30 23:50:00,Alpha,PH,an,Dx02,100",
    "6,p3,2024-05-01 00:10:00,Alpha,MH,an,CR,100",  # transfer over the end of the month
    "7,,2024-04-11 09:00:00,Alpha,MH,ab,,0",  # no caller
    "8,p4,2024-04-12 09:00:00,Alpha,MH,an,SC,50",
    "9,p4,2024-04-13 09:00:00,Alpha,MH,an,SC,50",  # repeat: 24 hours
    "10,p4,2024-04-14 08:59:59,Alpha,MH,an,SC,50",  # repeat of the one before
    "11,p4,2024-04-15 09:00:00,Alpha,MH,an,CR,50",  # one second late
    "12,p5,2024-06-01 00:00:00,Alpha,PH,an,Dx02,50",  # after the period
    "13,p6,2024-04-20 12:00:00,Alpha,TEST,an,Dx02,50",  # a line that is left out
    "14,p1,2024-05-10 12:00:00,Beta,PH,an,Dx02,50",
)
SPEC = """
time_format = "YYYY-MM-DD hh:mm:ss"
table = "calls"

[columns]
call = "CallID"
caller = "Pseudonym"
started = "Started"
trust = "Trust"
line = "Line"
outcome = "Outcome"
disposition = "Advice"
handling_seconds = "Talk"

[period]
first = "2024-04"
last = "2024-05"

[windows]
transfer_minutes = 60
repeat_hours = 24
repeats = "count"

[trusts]
Alpha = "AAA"
Beta = "BBB"

[lines]
PH = "physical"
MH = "mental"
TEST = "left_out"

[outcomes]
an = "answered"
ab = "abandoned"

[dispositions]
Dx02 = "ed"
Dx05 = "primary_care"
CR = "crisis_mh"
SC = "self_care"
"""
# trust, month, line, measure: value
WORKED = {
    ("AAA", "2024-04", "physical", "calls_offered"): "3",
    ("AAA", "2024-04", "physical", "calls_answered"): "3",
    ("AAA", "2024-04", "physical", "ed"): "2",
    ("AAA", "2024-04", "physical", "primary_care"): "1",
    ("AAA", "2024-04", "physical", "self_care"): "0",
    ("AAA", "2024-04", "mental", "calls_offered"): "7",
    ("AAA", "2024-04", "mental", "calls_answered"): "6",
    ("AAA", "2024-04", "mental", "calls_abandoned"): "1",
    ("AAA", "2024-04", "mental", "transfers_in"): "1",
    ("AAA", "2024-04", "mental", "unrecorded"): "1",
    ("AAA", "2024-04", "mental", "crisis_mh"): "2",
    ("AAA", "2024-04", "mental", "self_care"): "3",
    ("AAA", "2024-05", "mental", "calls_offered"): "1",
    ("AAA", "2024-05", "mental", "transfers_in"): "1",
    ("AAA", "2024-05", "physical", "calls_offered"): "-",
    ("BBB", "2024-05", "physical", "ed"): "1",
    ("BBB", "2024-05", "mental", "calls_offered"): "-",
    ("BBB", "2024-05", "mental", "transfers_in"): "-",
}


def written(
    folder: Path, *, calls: tuple[str, ...] = CALLS, header: str = HEADER, spec: str = SPEC
) -> tuple[Path, Path]:
    """A CSV of calls and its specification in a folder."""
    records, meaning = folder / "calls.csv", folder / "records.toml"
    records.write_text("\n".join([header, *calls]) + "\n", encoding="utf-8", errors="replace")
    meaning.write_text(spec, encoding="utf-8")
    return records, meaning
