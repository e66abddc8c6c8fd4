"""Small evaluations made by hand: five draws on a line, never sampled, so that every expected number is a short sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111 import economics as e
from econ111.activity.calls import CallLayout, Entry, TrustLayout, build_call_table
from econ111.activity.cells import Cell
from econ111.activity.reading import CELL_STATES, DISPOSITIONS, issue_table
from econ111.errors import Issue
from econ111.impact.estimands import ESTIMANDS
from econ111.impact.published import published_change
from econ111.results import Evaluation
from econ111.specs.schema import Spec

EFFECTS = ("same_calls", "displaced", "net_system")
CONSEQUENCES = ("ed_attendance", "primary_care_contact", "crisis_contact", "physical_line_call")
PAYERS = {"ed_attendance": "acute", "primary_care_contact": "primary_care", "crisis_contact": "mental_health_trust"}
PAYERS |= {"physical_line_call": "icb"}
SPREAD = np.linspace(-1.0, 1.0, 5)
LAUNCH = date(2024, 4, 1)
MONTHS = [date(2023 + (m + 3) // 12, (m + 3) % 12 + 1, 1) for m in range(20)]
EVALUATED = [month for month in MONTHS if month >= LAUNCH]
BASES = {"low": "Floor", "middle": "Funding per call of a like service", "high": "Each call a contact"}
TWO_TRUSTS = (("RWK", "East London"), ("RKL", "West London"))


def _draws(value: float, spread: float, *shape: int) -> np.ndarray:
    """Five draws evenly about a value, the same in every cell."""
    return np.broadcast_to((value + spread * SPREAD).reshape(5, *[1] * len(shape)), (5, *shape)).copy()


def make_spec(trusts: Sequence[tuple[str, str]], *, design: str = "call_pathway", synthetic: bool = True) -> Spec:
    """A specification with the given trusts (code, name)."""
    study = {
        "name": "example",
        "title": "The 111 mental-health option in two places",
        "question": "What changed?",
        "population": "Callers about their mental health",
        "setting": "Two trusts",
        "intervention": "NHS 111 mental-health option",
        "comparator": "the physical-health line as before",
        "perspective": "NHS in England",
        "price_year": "2024/25",
        "period_start": EVALUATED[0],
        "period_end": date(2024, 11, 30),
        "synthetic": synthetic,
        "notes": ["Made by hand."],
    }
    spec: dict[str, Any] = {"schema_version": 1, "study": study, "design": design}
    if design == "call_pathway":
        spec |= _call_sections(trusts)
    if design == "outcome_series":
        spec["series"] = {
            "outcome": "attendances_type1",
            "launch_date": LAUNCH,
            "plausible_monthly_effect": "london_calls_per_month",
        }
    return Spec.model_validate(spec)


def _call_sections(trusts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    consequences = [
        {
            "consequence": name,
            "label": name.replace("_", " ").replace("ed ", "ED ").capitalize(),
            "payer": PAYERS[name],
            "evidence": "low",
            "cash_class": "non_cash_releasing",
            "unit_cost": f"cost_{name}",
        }
        for name in CONSEQUENCES
    ]
    return {
        "trusts": [{"code": code, "name": name, "launch_date": LAUNCH} for code, name in trusts],
        "assumptions": {
            "absorbed_share": "absorbed_share",
            "crisis_line_mix": "crisis_line_mix",
            "induced_otherwise": "induced_otherwise",
        },
        "economics": {
            "estimand": "net_system",
            "service_cost": "middle",
            "service_cost_bases": {"low": "line_cost_low", "middle": "line_cost_middle", "high": "line_cost_high"},
            "service_payer": "mental_health_trust",
            "consequences": consequences,
            "unmeasured": ["deaths and harm", "police time"],
            "price_index": "gdp_deflator",
        },
        "budget_impact": {"first_year": "2025/26", "uptake": [1.0, 1.0], "call_growth": "call_growth"},
    }


def make_calls(trusts: Sequence[tuple[str, str]]) -> xr.Dataset:
    """Calls as read: the first trust returns everything, the last misses one month and hides small counts."""
    layout = CallLayout({code: TrustLayout(launch_date=LAUNCH) for code, _ in trusts})
    entries = []
    for place, (code, _) in enumerate(trusts):
        last = place == len(trusts) - 1 and place > 0
        for month in MONTHS:
            for line in ("physical", "mental"):
                if line == "mental" and month < LAUNCH:
                    continue
                missing = last and month == EVALUATED[1]
                small = Cell("suppressed", 0, 4) if last and line == "mental" else Cell("observed", 120, 120)
                answered = 900 if line == "physical" and month < LAUNCH else 600
                whole = Cell("observed", answered, answered)
                entries.append(Entry(2, code, month, line, "calls_answered", whole, str(answered)))
                if not missing:
                    entries += [Entry(2, code, month, line, name, small, "") for name in DISPOSITIONS]
    return build_call_table(entries, layout, months=MONTHS)


def make_posterior(codes: Sequence[str]) -> xr.Dataset:
    """Draws of calls and shares: 900 calls a month without the service, 600 with it, 500 on the mental line."""
    shape = (len(codes), len(MONTHS))
    after = np.array([month >= LAUNCH for month in MONTHS])
    without = _draws(900.0, 90.0, *shape)
    before, mental = np.array([0.3, 0.1, 0.4, 0.05, 0.1, 0.05]), np.array([0.05, 0.05, 0.1, 0.5, 0.25, 0.05])
    share = np.stack([before, before, mental])[None, :, None, :] * np.ones((5, 3, len(codes), 6))
    return xr.Dataset(
        {
            "expected_without": (("sample", "trust", "month"), without),
            "expected_with": (("sample", "trust", "month"), np.where(after, without - 300.0, without)),
            "expected_mental": (("sample", "trust", "month"), np.where(after, _draws(500.0, 20.0, *shape), 0.0)),
            "share": (("sample", "stage", "trust", "disposition"), share),
        },
        coords={
            "trust": list(codes),
            "month": [f"{month:%Y-%m}" for month in MONTHS],
            "stage": ["before", "after", "mental"],
            "disposition": list(DISPOSITIONS),
        },
    )


def estimate_row(estimand: str, item: str, trust: str, avoided: float, spread: float, **changed: Any) -> dict[str, Any]:
    """One row of the table of estimates; the verdict follows from the interval unless given."""
    code, definition = ESTIMANDS[estimand]
    low, high = avoided - spread, avoided + spread
    verdict = "fewer" if low > 0 else "more" if high < 0 else "no evidence of a difference"
    row = {
        "code": code, "estimand": estimand, "definition": definition, "item": item, "trust": trust, "unit": "calls",
        "kind": "referral" if item in DISPOSITIONS else "consequence", "without_service": 1000.0 + avoided,
        "with_service": 1000.0, "avoided": avoided, "avoided_low": low, "avoided_high": high, "level": 0.95,
        "probability_fewer": float(np.clip((avoided / spread + 1) / 2, 0, 1)), "prior_share": 0.2,
        "verdict": verdict, "reason": f"probability of {verdict}",
    }  # fmt: skip
    return row | changed


def _estimates(codes: Sequence[str]) -> pd.DataFrame:
    rows = []
    for trust, size in [*((code, 1.0) for code in codes), ("Total", float(len(codes)))]:
        for item in (*DISPOSITIONS, *CONSEQUENCES):
            if item in DISPOSITIONS:
                nothing: dict[str, Any] = {
                    "verdict": "",
                    "reason": "descriptive; not an effect",
                    "without_service": np.nan,
                }
                nothing |= {"with_service": np.nan, "prior_share": np.nan}
                rows.append(estimate_row("referrals_fell", item, trust, 90.0 * size, 30.0 * size, **nothing))
            for place, estimand in enumerate(EFFECTS):
                rows.append(estimate_row(estimand, item, trust, (300.0 - 140.0 * place) * size, 60.0 * size))
    return pd.DataFrame(rows)


def _monthly(codes: Sequence[str]) -> pd.DataFrame:
    rows = [
        {
            "code": ESTIMANDS[estimand][0],
            "estimand": estimand,
            "item": item,
            "trust": trust,
            "unit": "calls a month",
            "month": f"{month:%Y-%m}",
            "avoided": 40.0,
            "avoided_low": 10.0,
            "avoided_high": 70.0,
            "level": 0.95,
        }
        for estimand in EFFECTS
        for item in DISPOSITIONS
        for trust in (*codes, "Total")
        for month in EVALUATED
    ]
    return pd.DataFrame(rows)


def make_money(spec: Spec, codes: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The economic tables, by the economics itself, from five draws per trust: 160 avoided of each, GBP 200 each."""
    shape = (3, len(codes), len(CONSEQUENCES))
    size = np.array([300.0, 160.0, -40.0])[None, :, None, None]
    study = spec.study
    outcomes = xr.Dataset(
        {
            "without_service": (("sample", "estimand", "trust", "consequence"), _draws(1000.0, 30.0, *shape) + size),
            "with_service": (("sample", "estimand", "trust", "consequence"), _draws(1000.0, 0.0, *shape)),
            "calls": (("sample", "trust"), _draws(4000.0, 40.0, len(codes))),
        },
        coords={"estimand": list(EFFECTS), "trust": list(codes), "consequence": list(CONSEQUENCES)},
        attrs={
            "comparator": study.comparator, "intervention": study.intervention, "perspective": study.perspective,
            "period_start": "2024-04-01", "period_end": "2024-11-30", "period_months": 8.0, "synthetic": 1,
        },
    )  # fmt: skip
    about = {"price_year": "2024/25"}
    prices = xr.DataArray(
        [[200.0, 44.0, 300.0]] * 5,
        coords={"consequence": list(CONSEQUENCES[:3])},
        dims=("sample", "consequence"),
        attrs=about,
    )
    costs = e.cost_consequence(outcomes, prices)
    bases = xr.DataArray([20.0, 85.0, 185.0], coords={"basis": ["low", "middle", "high"]}, dims="basis", attrs=about)
    service = e.service_cost(outcomes.calls, bases)
    details = [e.ConsequenceDetail(name, PAYERS[name], "non_cash_releasing", "low") for name in CONSEQUENCES]
    plan = e.BudgetPlan("2025/26", (1.0, 1.0), PAYERS, "mental_health_trust")
    hours = [e.Capacity("ed_attendance", "department hours", "department hours", 4.0)]
    chosen = costs.sel(estimand="net_system")
    budget = e.budget_impact(
        chosen, service.sel(basis="middle", drop=True), plan=plan, call_growth=0.0, capacities=hours
    )
    given = xr.Dataset({"cost_ed_attendance": ("sample", 200.0 + 20 * SPREAD, {"unit": "GBP per attendance"})})

    def net(parameters: xr.Dataset) -> xr.DataArray:
        fewer = chosen["avoided"].sum("trust").sel(consequence="ed_attendance", drop=True)
        worth: xr.DataArray = (fewer * parameters["cost_ed_attendance"]).reset_coords(drop=True)
        return worth.assign_attrs(unit="GBP", price_year="2024/25")

    return {
        "cost_consequence": e.cost_consequence_table(
            costs, details=details, unmeasured=["deaths and harm", "police time"]
        ),
        "budget_impact": e.budget_table(budget),
        "scenarios": _scenarios(codes),
        "one_way": e.one_way(net, given),
    }


def _scenarios(codes: Sequence[str]) -> pd.DataFrame:
    rows = []
    for trust, size in [*((code, 1.0) for code in codes), ("Total", float(len(codes)))]:
        for estimand, value in zip(EFFECTS, (160_000.0, 87_000.0, -22_000.0), strict=True):
            for basis, price in (("low", 20.0), ("middle", 85.0), ("high", 185.0)):
                net = size * (value - 4000.0 * price)
                rows.append(
                    {
                        "code": ESTIMANDS[estimand][0], "estimand": estimand, "basis": basis, "trust": trust,
                        "basis_label": BASES[basis], "value_avoided": size * value,
                        "value_avoided_low": size * (value - 9000), "value_avoided_high": size * (value + 9000),
                        "service_cost": size * 4000 * price, "service_cost_low": size * 3960 * price,
                        "service_cost_high": size * 4040 * price, "net_value": net, "net_value_low": net - 9900 * size,
                        "net_value_high": net + 9900 * size, "probability_value_exceeds_cost": float(net > 0),
                        "break_even_cost_per_call": value / 4000, "level": 0.95, "price_year": "2024/25",
                        "base": estimand == "net_system" and basis == "middle",
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def _parameters() -> pd.DataFrame:
    rows = [("absorbed_share", "Share of other calls that came from crisis lines", "proportion", 0.6, "")]
    rows += [("cost_ed_attendance", "ED attendance", "GBP per attendance", 200.0, "2024/25")]
    rows += [("line_cost_middle", "Funding per call of a like service", "GBP per call", 85.0, "2023/24")]
    return pd.DataFrame(
        [
            {
                "name": name, "description": what, "unit": unit, "value": value, "distribution": "fixed", "low": np.nan,
                "high": np.nan, "price_year": year, "source_title": "A source", "locator": "Table 1",
                "licence": "OGL-3.0", "confidence": "low", "note": "", "use": "unit_cost",
            }
            for name, what, unit, value, year in rows
        ]
    )  # fmt: skip


RECORD = {
    "evaluation": "example", "run_at": "2026-11-22T20:00:00+00:00", "seed": 7, "spec": {"study": "example"},
    "checksums": {"spec": "ab12", "data": {"calls.csv": "cd34"}, "parameters": "ef56"},
    "versions": {"econ111": "0.1.0", "python": "3.12.1"}, "machine": {"system": "Linux"},
    "code": {"commit": "abc", "changed": "no"}, "warnings": [], "promise": "Same figures on the same platform.",
}  # fmt: skip


@pytest.fixture(scope="session")
def make_evaluation() -> Callable[..., Evaluation]:
    """An evaluation of calls with the given trusts (code, name)."""

    def make(trusts: Sequence[tuple[str, str]] = TWO_TRUSTS, *, synthetic: bool = True) -> Evaluation:
        spec, codes = make_spec(trusts, synthetic=synthetic), [code for code, _ in trusts]
        issue = Issue(
            "warning", "calls.csv", 14, "one month was not supplied.", "It stays missing.", "month", "2024-05"
        )
        checks = [("largest R-hat of what is reported", 1.004, "at most 1.01", "pass")]
        tables = {
            "estimates": _estimates(codes), "monthly": _monthly(codes), **make_money(spec, codes),
            "parameters": _parameters(), "issues": issue_table([issue]),
            "checks": pd.DataFrame(checks, columns=["check", "value", "allowed", "verdict"]),
        }  # fmt: skip
        return Evaluation(spec, tables, RECORD, calls=make_calls(trusts), posterior=make_posterior(codes))

    return make


@pytest.fixture(scope="session")
def evaluation(make_evaluation: Callable[..., Evaluation]) -> Evaluation:
    """Two trusts, synthetic."""
    return make_evaluation()


@pytest.fixture(scope="session")
def series_evaluation() -> Evaluation:
    """An outcome series of one trust in two that cannot show what is asked."""
    spec, codes = make_spec((), design="outcome_series", synthetic=False), ["R1H", "RAL"]
    counts = np.full((2, len(MONTHS)), 10_000.0)
    coords = {"trust": codes, "month": np.array(MONTHS, dtype="datetime64[ns]")}
    state = np.full(counts.shape, CELL_STATES.index("observed"), dtype=np.int8)
    data = xr.Dataset(
        {"attendances_type1": (("trust", "month"), counts), "attendances_type1_state": (("trust", "month"), state)},
        coords=coords,
    )
    without = (("sample", "trust", "month"), _draws(10_500.0, 2000.0, 2, len(MONTHS)))
    reason = "the smallest detectable effect, 9,000, exceeds the largest plausible one, 6,700 (attendances a month)"
    nothing: dict[str, Any] = {"verdict": "not identifiable", "reason": reason, "kind": "series"}
    nothing |= {"without_service": np.nan, "with_service": np.nan, "prior_share": np.nan}
    rows = [
        estimate_row("outcome_series", "attendances_type1", name, 8000.0, 32_000.0, **nothing)
        for name in (*codes, "Total")
    ]
    monthly = [
        {
            "code": "E4",
            "estimand": "outcome_series",
            "item": "attendances_type1",
            "trust": "Total",
            "level": 0.95,
            "month": f"{month:%Y-%m}",
            "avoided": 1000.0,
            "avoided_low": -3000.0,
            "avoided_high": 5000.0,
            "unit": "a month",
        }
        for month in EVALUATED
    ]
    checks = [("largest plausible effect a month", 6700.0, "", "if every call had been an attendance")]
    checks += [("smallest detectable effect a month, power 80%", 9000.0, "at most 6,700", "NOT IDENTIFIABLE")]
    tables = {
        "estimates": pd.DataFrame(rows), "monthly": pd.DataFrame(monthly), "issues": issue_table([]),
        "checks": pd.DataFrame(checks, columns=["check", "value", "allowed", "verdict"]),
    }  # fmt: skip
    return Evaluation(
        spec, tables, RECORD, calls=data, posterior=xr.Dataset({"expected_without": without}, coords=coords)
    )


@pytest.fixture(scope="session")
def published_evaluation() -> Evaluation:
    """Printed percentages: primary care 69% to 10% of 21,697 contacts, ED with no share before."""
    shares = [
        {"disposition": "primary_care", "before_percent": 69.0, "after_percent": 10.0},
        {"disposition": "ed", "after_percent": 0.3, "after_decimals": 1},
    ]
    content = make_spec((), design="published_shares", synthetic=False).model_dump()
    spec = Spec.model_validate(content | {"published": {"contacts_after": 21697, "shares": shares, "source": "print"}})
    assert spec.published is not None
    return Evaluation(spec, {"published": published_change(spec.published), "issues": issue_table([])}, RECORD)
