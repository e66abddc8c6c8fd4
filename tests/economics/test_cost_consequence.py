"""Costs of consequences, to the penny, and a table that leaves nothing out. The worked case is in conftest.py."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from econ111.economics import (
    ConsequenceDetail,
    cost_consequence,
    cost_consequence_table,
    example_outcomes,
    incremental_cost,
    unit_costs_from,
    value_at,
    value_avoided,
    with_total,
)
from econ111.errors import InputError


def pennies(amount: xr.DataArray) -> float:
    return round(amount.item(), 2)


def test_cost_avoided_is_right_to_the_penny(costs: xr.Dataset) -> None:
    """A: 40 x 280.17 = 11,206.80 and -20 x 184.55 = -3,691.00; B: 15 x 280.17 = 4,202.55 and -4 x 184.55 = -738.20."""
    found = costs["cost_avoided"].isel(sample=0)
    assert pennies(found.sel(trust="A", consequence="ed_attendance")) == 11_206.80
    assert pennies(found.sel(trust="A", consequence="crisis_contact")) == -3_691.00
    assert pennies(found.sel(trust="B", consequence="ed_attendance")) == 4_202.55
    assert pennies(found.sel(trust="B", consequence="crisis_contact")) == -738.20
    assert pennies(costs["cost_with"].sel(trust="A", consequence="ed_attendance")) == 16_810.20
    assert pennies(costs["cost_without"].sel(trust="A", consequence="ed_attendance")) == 28_017.00


def test_incremental_cost_is_service_cost_less_cost_avoided(costs: xr.Dataset, service: xr.DataArray) -> None:
    """At 20.27 a call, A: 10,135.00 - 7,515.80 = 2,619.20; B: 2,027.00 - 3,464.35 = -1,437.35; total 1,181.85."""
    net = with_total(incremental_cost(costs, service)).sel(basis="floor")
    assert [pennies(net.sel(trust=name)) for name in ("A", "B", "Total")] == [2_619.20, -1_437.35, 1_181.85]
    assert net.attrs["price_year"] == "2024/25"
    assert net.attrs["perspective"] == "NHS"


def test_doubling_a_unit_cost_doubles_its_line(outcomes: xr.Dataset, unit_costs: xr.DataArray) -> None:
    """The doubled line doubles exactly and the other does not move."""
    dearer = unit_costs * xr.DataArray([2.0, 1.0], coords=unit_costs.coords)
    before = cost_consequence(outcomes, unit_costs)["cost_avoided"]
    after = cost_consequence(outcomes, dearer.assign_attrs(unit_costs.attrs))["cost_avoided"]
    assert (after.sel(consequence="ed_attendance") == 2 * before.sel(consequence="ed_attendance")).all()
    assert (after.sel(consequence="crisis_contact") == before.sel(consequence="crisis_contact")).all()


def test_the_value_straight_from_the_outcomes_is_that_of_the_table(
    outcomes: xr.Dataset, unit_costs: xr.DataArray
) -> None:
    """A: 7,515.80, as of both lines above; the same digits, labels and basis as from all costs, priced or in part."""
    for prices in (unit_costs, unit_costs.isel(consequence=[0])):
        found = value_at(outcomes, prices)
        xr.testing.assert_identical(found, value_avoided(cost_consequence(outcomes, prices)))
    assert pennies(value_at(outcomes, unit_costs).sel(trust="A")) == 7_515.80
    with pytest.raises(InputError, match="no such consequence"):
        value_at(outcomes, unit_costs.assign_coords(consequence=["ed_attendance", "nothing_known"]))


def test_zero_costs_give_zero(outcomes: xr.Dataset, unit_costs: xr.DataArray, service: xr.DataArray) -> None:
    """With every price 0, every cost is exactly 0, and so is the increment."""
    free = cost_consequence(outcomes, (unit_costs * 0).assign_attrs(unit_costs.attrs))
    assert (value_avoided(free) == 0).all()
    assert (incremental_cost(free, (service * 0).assign_attrs(service.attrs)) == 0).all()


def test_no_effect_costs_exactly_the_service(
    outcomes: xr.Dataset, unit_costs: xr.DataArray, service: xr.DataArray
) -> None:
    """Nothing avoided, so the increment is the service cost itself."""
    same = outcomes.assign(without_service=outcomes["with_service"])
    assert (incremental_cost(cost_consequence(same, unit_costs), service) == service).all()


def test_a_consequence_without_a_unit_cost_is_kept_and_not_valued(costs: xr.Dataset) -> None:
    """Admissions have no unit cost: 1 fewer in natural units, NaN in pounds, and no part in the total."""
    assert costs["valued"].values.tolist() == [True, True, False]
    assert costs["avoided"].sel(trust="A", consequence="admission").item() == 1
    assert np.isnan(costs["cost_avoided"].sel(trust="A", consequence="admission").item())
    assert pennies(value_avoided(costs).sel(trust="A")) == 7_515.80


def test_parts_sum_to_totals_by_trust_and_consequence(costs: xr.Dataset) -> None:
    """By trust 7,515.80 + 3,464.35, by consequence 15,409.35 - 4,429.20: both are 10,980.15."""
    by_trust = with_total(value_avoided(costs)).sel(trust="Total")
    by_consequence = with_total(costs["cost_avoided"].isel(consequence=[0, 1])).sel(trust="Total").sum("consequence")
    assert pennies(by_trust) == pennies(by_consequence) == 10_980.15


def test_the_fast_form_equals_a_plain_loop_over_draws() -> None:
    """500 draws, 3 trusts, 2 consequences: one multiplication of arrays against four loops."""
    random = np.random.default_rng(11)
    with_it, without = random.gamma(5, 4, (2, 500, 3)), random.gamma(5, 5, (2, 500, 3))
    prices = random.gamma(100, 2, (500, 2))
    names = ["ed_attendance", "ambulance_conveyance"]
    outcomes = example_outcomes(
        with_service={name: numbers.tolist() for name, numbers in zip(names, with_it, strict=True)},
        without_service={name: numbers.tolist() for name, numbers in zip(names, without, strict=True)},
        trusts=("A", "B", "C"),
    )
    unit_costs = xr.DataArray(prices, dims=("sample", "consequence"), coords={"consequence": names})
    found = value_avoided(cost_consequence(outcomes, unit_costs.assign_attrs(price_year="2024/25")))
    plain = np.zeros((500, 3))
    for draw in range(500):
        for trust in range(3):
            for item in range(2):
                plain[draw, trust] += (without[item, draw, trust] - with_it[item, draw, trust]) * prices[draw, item]
    np.testing.assert_allclose(found.transpose("sample", "trust").values, plain, rtol=1e-12, atol=1e-9)


def test_unit_costs_come_from_parameters_by_name(outcomes: xr.Dataset) -> None:
    """A Dataset of drawn parameters values the consequences that the evaluation names, and keeps their units."""
    price = xr.DataArray([280.17], dims="sample", attrs={"unit": "GBP per attendance", "price_year": "2024/25"})
    unit_costs = unit_costs_from(xr.Dataset({"ed_average": price}), {"ed_attendance": "ed_average"})
    assert unit_costs["cost_unit"].item() == "GBP per attendance"
    by_name = cost_consequence(outcomes, unit_costs)["cost_avoided"]
    by_variable = cost_consequence(outcomes, xr.Dataset({"ed_attendance": price}))["cost_avoided"]
    xr.testing.assert_equal(by_name.reset_coords(drop=True), by_variable.reset_coords(drop=True))


@pytest.mark.parametrize(
    ("attrs", "value", "said"),
    [
        ({"unit": "GBP per attendance", "price_year": "2023/24"}, 1.0, "Mixed price years"),
        ({"unit": "GBP per attendance"}, 1.0, "No price year"),
        ({"unit": "minutes", "price_year": "2024/25"}, 1.0, "needs one like"),
        ({"unit": "GBP per attendance", "price_year": "2024/25"}, -1.0, "negative or not finite"),
        ({"unit": "GBP per attendance", "price_year": "2024/25"}, np.nan, "negative or not finite"),
    ],
)
def test_a_wrong_unit_cost_is_refused(attrs: dict[str, str], value: float, said: str) -> None:
    """Mixed or missing price years, another unit, and impossible values each stop the run."""
    good = xr.DataArray([5.0], dims="sample", attrs={"unit": "GBP per contact", "price_year": "2024/25"})
    parameters = xr.Dataset({"good": good, "wrong": xr.DataArray([value], dims="sample", attrs=attrs)})
    with pytest.raises(InputError, match=said):
        unit_costs_from(parameters, {"crisis_contact": "good", "ed_attendance": "wrong"})


def test_a_misspelt_consequence_or_parameter_gets_a_suggestion(outcomes: xr.Dataset, unit_costs: xr.DataArray) -> None:
    """The message names the nearest that exists."""
    misspelt = unit_costs.assign_coords(consequence=["ed_attendence", "crisis_contact"])
    with pytest.raises(InputError, match="Did you mean 'ed_attendance'"):
        cost_consequence(outcomes, misspelt)
    with pytest.raises(InputError, match="Did you mean 'ed_average'"):
        unit_costs_from(xr.Dataset({"ed_average": 1.0}), {"ed_attendance": "ed_avrage"})


def test_draws_of_another_length_are_refused(outcomes: xr.Dataset, unit_costs: xr.DataArray) -> None:
    """One draw of outcomes cannot meet three draws of prices."""
    with pytest.raises(InputError, match="same index"):
        cost_consequence(outcomes, unit_costs.expand_dims(sample=3))


def test_service_cost_in_another_price_year_is_refused(costs: xr.Dataset, service: xr.DataArray) -> None:
    """Costs of 2024/25 and a service cost of 2017/18 are not subtracted."""
    with pytest.raises(InputError, match="Mixed price years"):
        incremental_cost(costs, service.assign_attrs(price_year="2017/18"))


def test_a_trust_missing_from_the_service_cost_is_not_dropped_in_silence(
    costs: xr.Dataset, service: xr.DataArray
) -> None:
    """Xarray would keep trust A alone; here it is an error that names B."""
    with pytest.raises(InputError, match="'trust': B"):
        incremental_cost(costs, service.sel(trust=["A"]))


def test_the_table_has_every_consequence_of_every_trust(costs: xr.Dataset, details: list[ConsequenceDetail]) -> None:
    """3 measured + 2 unmeasured + 1 total of costs, for A, B and Total: 18 rows, none dropped."""
    table = cost_consequence_table(costs, details=details, unmeasured=("police time", "repeat calls"))
    assert table.groupby("trust", sort=False).size().to_dict() == {"A": 6, "B": 6, "Total": 6}
    assert (table["status"] == "not measured").sum() == 6
    assert (table["comparator"] == "physical-health line only").all()
    row = table.query("trust == 'Total' and consequence == 'ed_attendance'").iloc[0]
    assert (row["with_service"], row["without_service"], row["avoided"]) == (80, 135, 55)
    assert round(row["cost_avoided"], 2) == 15_409.35
    assert (row["unit_cost"], row["borne_by"], row["price_year"]) == (280.17, "acute", "2024/25")


def test_only_costs_are_totalled_in_the_table(costs: xr.Dataset, details: list[ConsequenceDetail]) -> None:
    """The total row holds 10,980.15 in pounds and no count: attendances and contacts are never added."""
    table = cost_consequence_table(costs, details=details)
    total = table.query("trust == 'Total' and status == 'total of costs'").iloc[0]
    assert round(total["cost_avoided"], 2) == 10_980.15
    assert total[["with_service", "without_service", "avoided"]].isna().all()


def test_what_is_not_valued_is_blank_and_not_zero(costs: xr.Dataset, details: list[ConsequenceDetail]) -> None:
    """Admissions: 1 fewer in total, no unit cost, no cost."""
    table = cost_consequence_table(costs, details=details)
    row = table.query("trust == 'Total' and consequence == 'admission'").iloc[0]
    assert (row["status"], row["avoided"]) == ("not valued", 1)
    assert np.isnan(row["unit_cost"]) and np.isnan(row["cost_avoided"])


def test_the_table_works_when_nothing_is_valued_and_for_all_estimands(details: list[ConsequenceDetail]) -> None:
    """Two estimands and no price for the only consequence: 4 rows of each, all in natural units."""
    outcomes = example_outcomes(with_service={"admission": [5.0]}, without_service={"admission": [6.0]})
    outcomes = outcomes.drop_vars("estimand")
    for name in ("with_service", "without_service"):
        outcomes[name] = outcomes[name].expand_dims(estimand=["displaced", "net_system"])
    nothing = xr.DataArray([], coords={"consequence": np.array([], dtype=str)}, attrs={"price_year": "2024/25"})
    table = cost_consequence_table(cost_consequence(outcomes, nothing), details=details[2:])
    assert table.groupby(["estimand", "trust"]).size().to_dict() == {
        (estimand, trust): 2 for estimand in ("displaced", "net_system") for trust in ("A", "Total")
    }
    assert set(table["status"]) == {"not valued", "total of costs"}


def test_a_consequence_without_a_detail_stops_the_table(costs: xr.Dataset, details: list[ConsequenceDetail]) -> None:
    """Who bears it is never blank."""
    with pytest.raises(InputError, match="'admission' has no detail"):
        cost_consequence_table(costs, details=details[:2], unmeasured=("ed_attendance",))
