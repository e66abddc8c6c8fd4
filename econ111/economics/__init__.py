"""Economics: from draws of consequences to costs, budgets and decisions.

Everything is numpy and xarray on one `sample` dim. No model is needed: draws from any source may enter through
`check_outcomes`. PyMC is never imported here.
"""

from __future__ import annotations

from econ111.economics.areas import areas_of, by_area
from econ111.economics.budget_impact import budget_impact
from econ111.economics.budget_plan import BudgetPlan, Capacity, volume_factors
from econ111.economics.budget_views import in_nominal_prices, net_cost, per_head
from econ111.economics.cost_consequence import cost_consequence, incremental_cost, value_at, value_avoided
from econ111.economics.cost_consequence_table import ConsequenceDetail, cost_consequence_table
from econ111.economics.decision import expected_loss, net_value, probability_value_exceeds_cost
from econ111.economics.discounting import discount_factors, present_value
from econ111.economics.forecast import settled_volume
from econ111.economics.one_way import one_way
from econ111.economics.outcomes import avoided, check_outcomes, example_outcomes
from econ111.economics.service_cost import (
    break_even_attendance_value,
    break_even_cost_per_call,
    break_even_share,
    service_cost,
)
from econ111.economics.tables import budget_table, tidy_table
from econ111.economics.totals import TOTAL, with_total
from econ111.economics.unit_costs import cost_per_call_from, unit_costs_from
from econ111.economics.value_of_information import (
    Basis,
    DrawTables,
    EstimatesDiffer,
    Scale,
    StudyCost,
    cost_per_effect,
    decision_curve,
    enbs,
    evpi,
    evpi_curve,
    evppi,
    evppi_curve,
    evsi,
    quadrants,
    read_draws,
    variance_explained,
    write_draws,
)
from econ111.economics.wider import WiderCost, perspectives_table, wider_value

__all__ = [
    "TOTAL",
    "Basis",
    "BudgetPlan",
    "Capacity",
    "ConsequenceDetail",
    "DrawTables",
    "EstimatesDiffer",
    "WiderCost",
    "areas_of",
    "Scale",
    "StudyCost",
    "avoided",
    "break_even_attendance_value",
    "break_even_cost_per_call",
    "break_even_share",
    "budget_impact",
    "budget_table",
    "by_area",
    "check_outcomes",
    "cost_consequence",
    "cost_consequence_table",
    "cost_per_call_from",
    "cost_per_effect",
    "decision_curve",
    "discount_factors",
    "enbs",
    "evpi",
    "evpi_curve",
    "evppi",
    "evppi_curve",
    "evsi",
    "example_outcomes",
    "expected_loss",
    "in_nominal_prices",
    "incremental_cost",
    "net_cost",
    "net_value",
    "one_way",
    "per_head",
    "perspectives_table",
    "present_value",
    "probability_value_exceeds_cost",
    "quadrants",
    "read_draws",
    "service_cost",
    "settled_volume",
    "tidy_table",
    "unit_costs_from",
    "value_at",
    "value_avoided",
    "variance_explained",
    "volume_factors",
    "wider_value",
    "with_total",
    "write_draws",
]
