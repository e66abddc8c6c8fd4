"""The numbers that go in: where they come from, how sure we are, and draws of them.

Numbers stand in `data/parameters/`, one row each, with unit, price year, distribution, source, locator, licence,
confidence and note; none stands in code.

    load_catalogue              every parameter of a folder, checked together
    Catalogue, Parameter        addressed by name; each describes itself for a table
    draw_parameters, draw_group draws on the shared `sample` index, independent of order and company
    load_payment_rules          which share of a price follows activity, year by year
    load_attendance_evidence    studies of what people did after advice
"""

from __future__ import annotations

from econ111.parameters.catalogue import Catalogue, load_catalogue
from econ111.parameters.draws import draw_group, draw_parameters, random_stream
from econ111.parameters.evidence import load_attendance_evidence
from econ111.parameters.parameter import Parameter, example_parameter
from econ111.parameters.payment_rules import PaymentRule, load_payment_rules
from econ111.parameters.sources import Source

__all__ = [
    "Catalogue",
    "Parameter",
    "PaymentRule",
    "Source",
    "draw_group",
    "draw_parameters",
    "example_parameter",
    "load_attendance_evidence",
    "load_catalogue",
    "load_payment_rules",
    "random_stream",
]
