"""Verification of an evaluation from its own draws, and the logs and checklists that go with it.

battery     `verify`: every test of the register, by number, with what was found and what was allowed
techver.csv the register: published verification tests in our own words, and those of this house
subject     what the tests look at, and the economics computed a second time
inputs, flow, results, uncertainty, information, house   the tests; `tables` makes printed tables a second time
logs        assumptions, data and decisions
cheers      reporting items, filled where the run knows the answer; `cheers_voi` those of the value of information
assurance   the assurance statement, and `checklists`: all of these as tables

Passing is verification: the sums are what they claim to be. Whether the assumptions are right is another question.
"""

from __future__ import annotations

from econ111.verification.assurance import checklists
from econ111.verification.battery import failures, verify

__all__ = ["checklists", "failures", "verify"]
