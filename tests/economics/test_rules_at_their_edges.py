"""Every rule of the economics at its edge: what just passes, what is refused, and all that the refusal says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import xarray as xr
from economics.refusals import refused

from econ111.economics import (
    BudgetPlan,
    Capacity,
    ConsequenceDetail,
    budget_impact,
    cost_consequence,
    cost_consequence_table,
    example_outcomes,
    unit_costs_from,
)
from econ111.economics.areas import areas_of, by_area
from econ111.economics.budget_plan import financial_year, first_calendar_year, volume_factors
from econ111.economics.discounting import discount_factors, present_value
from econ111.economics.forecast import settled_volume
from econ111.economics.joint import check_joint, common_price_year
from econ111.economics.outcomes import check_outcomes
from econ111.economics.unit_costs import check_costs, cost_per_call_from
from econ111.parameters import PaymentRule

YEAR = {"price_year": "2024/25"}


def _outcomes(trusts: int = 1) -> xr.Dataset:
    names = ("A", "B", "C")[:trusts]
    return example_outcomes(
        with_service={"ed": [[6.0] * trusts], "stay": [[1.0] * trusts]},
        without_service={"ed": [[9.0] * trusts], "stay": [[1.0] * trusts]}, trusts=names,
    )  # fmt: skip


def test_an_example_is_what_it_says_it_is() -> None:
    """Draws of one trust or of several; 1,000 calls each unless given; a year unless said; synthetic."""
    two = example_outcomes(
        with_service={"ed": [[1.0, 2.0], [3.0, 4.0]]}, without_service={"ed": [[5.0, 6.0], [7.0, 8.0]]},
        trusts=("A", "B"),
    )  # fmt: skip
    assert two["with_service"].dims == two["without_service"].dims == ("sample", "trust", "consequence")
    assert two["with_service"].sel(trust="B").values.ravel().tolist() == [2, 4]
    assert two["without_service"].values.ravel().tolist() == [5, 6, 7, 8]
    assert (two["calls"].dims, two["calls"].values.tolist()) == (("sample", "trust"), [[1000, 1000], [1000, 1000]])
    assert (two["estimand"].item(), two.attrs["period_months"], two.attrs["synthetic"]) == ("net_system", 12.0, 1)
    assert _outcomes()["trust"].values.tolist() == ["A"]


def test_every_fault_of_outcomes_is_said_at_once() -> None:
    """Shapes first; then labels, numbers and what is compared."""
    good = _outcomes(2)
    assert check_outcomes(good) is good
    head = "The outcomes cannot be used:"
    assert refused(lambda: check_outcomes(good.drop_vars("calls"))) == [
        head, "- variable 'calls' is missing; there are: with_service, without_service.",
    ]  # fmt: skip
    assert refused(lambda: check_outcomes(good.assign(calls=good["calls"].isel(trust=0, drop=True)))) == [
        head, "- 'calls' has dims ['sample']; it needs ['sample', 'trust'].",
    ]  # fmt: skip
    by_estimand = good.drop_vars("estimand").expand_dims(estimand=["net", "gross"])
    assert refused(lambda: check_outcomes(by_estimand)) == [
        head, "- 'calls' has dims ['estimand', 'sample', 'trust']; it needs ['sample', 'trust'].",
    ]  # fmt: skip
    assert check_outcomes(by_estimand.assign(calls=good["calls"].drop_vars("estimand"))) is not None
    assert refused(lambda: check_outcomes(good.isel(sample=[]))) == [
        head,
        "- there is no draw: 'sample' has length 0.",
    ]
    assert refused(lambda: check_outcomes(good.drop_vars("trust"))) == [
        head, "- dim 'trust' has no labels; give it coordinates.",
    ]  # fmt: skip
    assert refused(lambda: check_outcomes(good.assign_coords(trust=["Total", "Total"], consequence=["ed", " "]))) == [
        head, "- 'trust' has 'Total' more than once.",
        "- 'trust' already has 'Total'; totals are taken later, from the draws.",
        "- 'consequence' has a label that is not a name: ' '.",
    ]  # fmt: skip
    assert refused(lambda: check_outcomes(good.assign_coords(trust=[1, 2])))[1:] == [
        "- 'trust' has a label that is not a name: 1.", "- 'trust' has a label that is not a name: 2.",
    ]  # fmt: skip
    fewer, unknown = good.copy(deep=True), good.copy(deep=True)
    fewer["with_service"][0, 1, 0] = -2.5
    unknown["calls"][0, 1] = np.inf
    assert refused(lambda: check_outcomes(fewer)) == [
        head,
        "- 'with_service' has negative numbers, the lowest -2.5, first at sample 0, trust B, consequence ed.",
    ]
    assert refused(lambda: check_outcomes(unknown)) == [
        head, "- 'calls' has values that are not finite, first at sample 0, trust B.",
    ]  # fmt: skip
    assert check_outcomes(fewer.assign_attrs(may_be_negative="calls with_service")) is not None
    for name, value, said in (
        ("comparator", "mental-health option", "comparator and intervention are both 'mental-health option'; name the"),
        ("period_months", 0, "attribute 'period_months' is 0; it must be a number above 0."),
        ("period_months", math.inf, "attribute 'period_months' is inf; it must be a number above 0."),
        ("period_months", "12", "attribute 'period_months' is '12'; it must be a number above 0."),
        ("synthetic", 2, "attribute 'synthetic' is 2; it must be 0 or 1."),
        ("perspective", None, "attribute 'perspective' is missing or empty."),
    ):
        (_, found) = refused(lambda name=name, value=value: check_outcomes(good.assign_attrs({name: value})))
        assert found.startswith(f"- {said}")
    for name, value in (("synthetic", 0), ("period_months", np.float64(1))):
        assert check_outcomes(good.assign_attrs({name: value})) is not None


def test_a_price_is_refused_with_its_label() -> None:
    """0 is a price; less is none. Of a table the label is said, of draws the number of the draw is not."""
    dims, coords = ("sample", "consequence"), {"consequence": ["ed", "stay"]}
    free = xr.DataArray([[0.0, 0.0]], coords, dims)
    assert check_costs(free, name="The cost") is free
    assert refused(lambda: check_costs(xr.DataArray([[0.0, -1.0]], coords, dims), name="The cost")) == [
        "The cost of stay is negative or not finite. Costs must be 0 or above in every draw; check the draws."
    ]
    assert refused(lambda: check_costs(xr.DataArray([np.nan], dims="sample"), name="It"))[0].startswith(
        "It is negative"
    )
    priced = xr.DataArray([1.0], coords={"consequence": ["edd"]}, dims="consequence", attrs=YEAR)
    assert refused(lambda: cost_consequence(_outcomes(), priced)) == [
        "There is a unit cost for 'edd', no such consequence. Did you mean 'ed'?"
    ]


def test_prices_stand_side_by_side_with_what_they_are_for() -> None:
    """A constant and two draws: (sample, consequence) and (sample, basis), with unit, parameter and price year."""
    constant = xr.DataArray(5.0, attrs={"unit": "GBP per visit", **YEAR})
    drawn = xr.DataArray([1.0, 2.0], dims="sample", attrs={"unit": "GBP per bed day", **YEAR})
    given = xr.Dataset({"visit": constant, "day": drawn})
    found = unit_costs_from(given, {"ed": "visit", "stay": "day"})
    assert (found.dims, found.name, found.attrs) == (
        ("sample", "consequence"), "unit_cost", {"unit": "GBP per unit of consequence", **YEAR},
    )  # fmt: skip
    assert found.values.tolist() == [[5, 1], [5, 2]]
    assert found["cost_unit"].values.tolist() == ["GBP per visit", "GBP per bed day"]
    assert found["parameter"].values.tolist() == ["visit", "day"]
    calls = cost_per_call_from(given, {"floor": "visit"})
    assert (calls.dims, calls["basis"].values.tolist(), calls.attrs["unit"]) == (("basis",), ["floor"], "GBP per call")
    assert refused(lambda: unit_costs_from(given, {})) == [
        "No parameter is named for any consequence. Name at least one."
    ]
    assert refused(lambda: unit_costs_from(given, {"ed": "visits"})) == [
        "The cost of 'ed' is to be parameter 'visits', which was not drawn. Did you mean 'visit'?"
    ]
    hours = xr.Dataset({"hours": constant.assign_attrs(unit="hours")})
    assert refused(lambda: unit_costs_from(hours, {"ed": "hours"})) == [
        "Parameter 'hours' has unit 'hours'; the cost of 'ed' needs one like 'GBP per contact'."
    ]
    table = cost_consequence_table(
        cost_consequence(_outcomes(), unit_costs_from(given.isel(sample=[0]), {"ed": "visit", "stay": "day"})),
        details=[ConsequenceDetail(name, "acute", "societal", "low") for name in ("ed", "stay")],
    )
    assert table["cost_unit"].dropna().tolist() == ["GBP per visit", "GBP per bed day"] * 2


def test_details_of_a_table_are_checked_all_together() -> None:
    """No detail, two details, a class that is none, and a consequence that was measured after all."""
    costs = cost_consequence(_outcomes(), xr.DataArray([1.0], coords={"consequence": ["ed"]}, attrs=YEAR))
    details = [ConsequenceDetail("ed", "acute", "cash", "low"), ConsequenceDetail("ed", "acute", "societal", "low")]
    assert refused(lambda: cost_consequence_table(costs, details=details, unmeasured=["stay", "time"])) == [
        "The cost-consequence table cannot be made:",
        "- 'stay' has no detail of who bears it.",
        "- 'ed' has more than one detail.",
        "- 'stay' is listed as not measured, but it was.",
        "- 'ed' has cash class 'cash'; use one of: cash_releasing, non_cash_releasing, societal, unmonetisable.",
    ]


def test_a_plan_is_refused_with_every_problem() -> None:
    """No year, an uptake below 0, a share above 1 and one of nobody; a year that is none."""
    assert refused(lambda: BudgetPlan("2025/26", (), {}, "acute")) == [
        "The budget plan cannot be used:", "- uptake is empty; give one number per year.",
    ]  # fmt: skip
    shares = {"ed": 1.5, "edd": 0.0}
    assert refused(lambda: BudgetPlan("2025/26", (0.0, -1.0, math.inf), {"ed": "acute"}, "acute", shares))[1:4] == [
        "- uptake -1.0 must be 0 or above.", "- uptake inf must be 0 or above.",
        "- cash share of 'ed' is 1.5; it must be from 0 to 1.",
    ]  # fmt: skip
    assert "- cash share for 'edd', which has no payer. Did you mean 'ed'?" in refused(
        lambda: BudgetPlan("2025/26", (1.0,), {"ed": "acute"}, "acute", shares)
    )
    plan = BudgetPlan("1999/00", (1.0, 1.0, 1.0), {"a": "x", "b": "y", "c": "x"}, "y")
    assert plan.financial_years == ["1999/00", "2000/01", "2001/02"]
    assert (plan.years, plan.payer_names) == ([1, 2, 3], ["y", "x"])
    assert (first_calendar_year("1999/00"), financial_year(1999), financial_year(2008)) == (1999, "1999/00", "2008/09")
    for wrong in ("2024/26", "2024-25", "24/25"):
        assert refused(lambda wrong=wrong: first_calendar_year(wrong)) == [
            f"{wrong!r} is not a financial year. Write it like '2024/25'."
        ]


def test_cash_needs_a_rule_that_covers_it() -> None:
    """A share of 0.5 where nothing is said, where a year is missing, where none was seen, and where less is let."""
    words = dict.fromkeys(("covers", "source", "locator", "note"), "an example")

    def rule(last: str, share: float | None) -> PaymentRule:
        return PaymentRule(
            "block", first_year="2025/26", last_year=last, variable_share=share, status="local", row=7, **words
        )

    def plan(rules: list[PaymentRule]) -> BudgetPlan:
        return BudgetPlan("2025/26", (1.0, 1.0), {"ed": "acute"}, "acute", {"ed": 0.5}, {"ed": rules} if rules else {})

    assert plan([rule("2026/27", 0.5)]).cash_shares == {"ed": 0.5}
    assert BudgetPlan("2025/26", (1.0,), {"ed": "acute"}, "acute", {"ed": 0.0}).payment_rules == {}, "0 needs no rule"
    for rules, said in (
        ([], "'ed' claims a cash share of 0.5 and names no payment rule."),
        ([rule("2025/26", 0.5)], "'ed': no row of payment rule 'block' covers 2026/27."),
        ([rule("2026/27", None)], "'ed': payment_rules.csv row 7 (block, 2025/26) has no variable share"),
        (
            [rule("2026/27", 0.4)],
            "'ed' claims a cash share of 0.5 in 2025/26, and payment_rules.csv row 7 (block) lets 0.4",
        ),
    ):
        lines = refused(lambda rules=rules: plan(rules))
        assert lines[0] == "The budget plan cannot be used:"
        assert lines[1].startswith(f"- {said}")


def test_a_budget_must_cover_what_was_measured(costs: xr.Dataset, service: xr.DataArray, plan: BudgetPlan) -> None:
    """A consequence without a payer, a payer of nothing, capacity of nothing, and capacity of two payers or units."""
    payers = {"ed_attendance": "acute", "crisis_contact": "community", "admissions": "acute"}
    capacities = [
        Capacity("ed_attendance", "hours", "hours", 6.0), Capacity("crisis_contact", "hours", "hours", 1.0),
        Capacity("stay", "beds", "bed days", 1.0),
    ]  # fmt: skip
    floor = service.sel(basis="floor", drop=True)
    assert refused(
        lambda: budget_impact(costs, floor, plan=replace(plan, payers=payers), call_growth=0.0, capacities=capacities)
    ) == [
        "The budget plan cannot be used:",
        "- 'admission' has no payer.",
        "- a payer is named for 'admissions', no such consequence. Did you mean 'admission'?",
        "- capacity 'hours' has two payers or two units; name the kinds apart.",
        "- capacity 'beds' is for 'stay', no such consequence.",
    ]  # fmt: skip
    drawn = Capacity("admission", "beds", "bed days", xr.DataArray([1.0, 2.0], dims="sample"))
    for given in ({"capacities": [drawn]}, {"call_growth": xr.DataArray([0.0, 0.1], dims="sample")}):
        words = {"plan": plan, "call_growth": 0.0} | given
        assert "on 'sample'" in refused(lambda words=words: budget_impact(costs, floor, **words))[0]
    other = xr.DataArray(1.0, attrs={"price_year": "2023/24"})
    assert "Mixed price years" in refused(
        lambda: budget_impact(costs, floor, plan=plan, call_growth=0.0, set_up_cost=other)
    )[0]  # fmt: skip


def test_growth_and_volumes_by_hand() -> None:
    """12 / 8 x (1 + g)^year x uptake; a settled volume of 2 takes the place of 12 / 8. Nothing shrinks by all of it."""
    plan = BudgetPlan("2025/26", (1.0, 0.5), {}, "acute")
    growth = xr.DataArray([0.0, 1.0], dims="sample", attrs={"unit": "a year"})
    found = volume_factors(plan, call_growth=growth, period_months=8.0)
    assert (found.dims, found.attrs, found.values.tolist()) == (("sample", "year"), {}, [[1.5, 0.75], [3, 3]])
    settled = xr.DataArray([[2.0], [4.0]], dims=("sample", "trust"), attrs={"unit": "ratio"})
    yearly = volume_factors(plan, call_growth=growth, period_months=8.0, settled=settled)
    assert yearly.transpose("sample", "trust", "year").values.tolist() == [[[2, 1]], [[8, 8]]]
    for wrong in (-1.0, math.nan, math.inf):
        assert refused(lambda wrong=wrong: volume_factors(plan, call_growth=wrong, period_months=8.0)) == [
            "call_growth must be a finite proportion above -1, such as 0.02 for 2 % a year, in every draw."
        ]
    monthly = xr.DataArray([[[10.0, 20.0, 30.0]]], dims=("sample", "trust", "month"))
    assert [settled_volume(monthly, months=months).item() for months in (1, 3)] == [6.0, 4.0]
    assert settled_volume(monthly, months=1).name == "settled_volume"
    for months in (0, 4):
        assert refused(lambda months=months: settled_volume(monthly, months=months)) == [
            f"settled_months is {months}, and 3 months were evaluated. Give from 1 to 3."
        ]
    assert refused(lambda: settled_volume(monthly * 0, months=1))[0].startswith("A trust has no calls")


def test_present_values_by_hand() -> None:
    """1,000 and 1,250 at 25 %: 1,000 + 1,000. At 0 % nothing changes; a year missing or nominal money is refused."""
    real = xr.DataArray([1000.0, 1250.0], coords={"year": [1, 2]}, dims="year", attrs={"price_basis": "real"})
    found = present_value(real, rate=0.25)
    assert found.item() == 2000.0
    assert {"price_basis": "real", "discount_rate": 0.25}.items() <= found.attrs.items()
    factors = discount_factors(0.0, 1)
    assert (factors.values.tolist(), factors["year"].values.tolist(), factors.name) == ([1.0], [1], "discount_factor")
    assert factors.attrs == {"rate": 0.0, "present": "year 1"}
    assert math.isnan(present_value(real * np.array([1.0, np.nan]), rate=0.0).item())
    for call, said in (
        (
            lambda: present_value(real.assign_coords(year=[0, 1]), rate=0.0),
            "The years are [0, 1]; a present value needs",
        ),
        (lambda: present_value(real.assign_attrs(price_basis="nominal"), rate=0.0), "The amounts are in the money of"),
        (lambda: discount_factors(-0.01, 2), "The discount rate is -0.01. Give a proportion of 0 or above"),
        (lambda: discount_factors(math.inf, 2), "The discount rate is inf."),
        (lambda: discount_factors(0.1, 0), "The number of years is 0. Give 1 or more."),
    ):
        assert refused(call)[0].startswith(said)


def test_what_does_not_go_together_is_named() -> None:
    """Lengths, labels and price years; of six labels apart five are shown. Without labels the lengths must agree."""

    def one(dim: str, labels: list[str] | int) -> xr.DataArray:
        size = labels if isinstance(labels, int) else len(labels)
        return xr.DataArray(np.ones(size), coords={} if isinstance(labels, int) else {dim: labels}, dims=dim)

    check_joint({"a": one("trust", 2), "b": one("trust", ["x", "y"]), "c": one("trust", ["y", "x"])})
    assert refused(lambda: check_joint({"a": one("trust", 2), "b": one("trust", ["x"])})) == [
        "'a' and 'b' differ in length on 'trust'."
    ]
    assert refused(lambda: check_joint({"a": one("trust", list("abcdef")), "b": one("trust", ["a"])})) == [
        "'a' and 'b' do not have the same labels on 'trust': b, c, d, e, f in only one. Give both all labels."
    ]
    assert refused(lambda: check_joint({"a": one("trust", list("abcdef")), "b": one("trust", ["g"])})) == [
        "'a' and 'b' do not have the same labels on 'trust': a, b, c, d, e and more in only one. Give both all labels."
    ]
    assert refused(lambda: check_joint({"a": one("sample", 2), "b": one("sample", 3)})) == [
        "'a' has 2 on 'sample' and 'b' has 3. Draw both on the same index."
    ]
    priced = {"a": one("trust", 1).assign_attrs(YEAR), "b": one("trust", 1).assign_attrs(price_year="2023/24")}
    assert refused(lambda: common_price_year(priced))[0].startswith("Mixed price years: a in 2024/25, b in 2023/24.")
    assert refused(lambda: common_price_year({"a": one("trust", 1)}))[0].startswith("No price year on: a.")


def test_areas_join_boards_that_a_trust_ties_together() -> None:
    """C ties the boards of A and B; D stands alone; E has none and is its own area."""
    boards = {"A": ["q"], "B": ["r"], "D": ["s"], "C": ["r", "q"], "E": []}
    assert areas_of(boards) == {"A": "q + r", "B": "q + r", "D": "s", "C": "q + r", "E": "E"}
    draws = xr.DataArray(
        [[[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]], name="calls", attrs={"unit": "calls"},
        dims=("sample", "trust", "year"),
        coords={"trust": ["A", "D", "B"], "region": ("trust", ["n", "s", "n"]), "year": [1, 2]},
    )  # fmt: skip
    found = by_area(draws, areas_of(boards))
    assert (found.dims, found.attrs, found.name) == (draws.dims, draws.attrs, "calls")
    assert found["trust"].values.tolist() == ["q + r", "s"]
    assert found.values.tolist() == [[[5, 50], [2, 20]]]
    assert "region" not in found.coords
    both = by_area(xr.Dataset({"calls": draws, "rate": ("sample", [1.0])}, attrs={"x": 1}), areas_of(boards))
    assert both.attrs == {"x": 1} and both["rate"].item() == 1.0 and both["calls"].sizes["trust"] == 2
    assert refused(lambda: by_area(draws, {"A": "q"})) == ["No area is named for: D, B. Give each trust its boards."]
    summary = draws.isel(sample=0)
    assert refused(lambda: by_area(summary, areas_of(boards)))[0].startswith("calls have no 'sample' dim")
    assert refused(lambda: by_area(summary.rename(None), areas_of(boards)))[0].startswith("These numbers have no")
