"""What a line costs from the people up: calls by hour -> people on duty -> pay -> cost per call.

erlang      how many people must answer for callers to wait no longer than a target
week        calls by hour of the day and kind of day, and the hours on duty by rate of pay
pay         what a member of staff costs in a year, and how many hours of it are worked
line        all of it together: whole-time equivalents, cost a year, cost per call
"""

from __future__ import annotations

from econ111.economics.staffing.erlang import (
    agents_needed,
    answered_within,
    average_wait,
    erlang_b,
    probability_of_waiting,
    share_giving_up,
)
from econ111.economics.staffing.line import Line, line_cost
from econ111.economics.staffing.pay import PayTerms, WorkingTime, employment_cost, london_supplement, worked_hours
from econ111.economics.staffing.week import CallWeek, duty_hours, loads

__all__ = [
    "CallWeek",
    "Line",
    "PayTerms",
    "WorkingTime",
    "agents_needed",
    "answered_within",
    "average_wait",
    "duty_hours",
    "employment_cost",
    "erlang_b",
    "line_cost",
    "loads",
    "london_supplement",
    "probability_of_waiting",
    "share_giving_up",
    "worked_hours",
]
