"""Value of information in a run: a fit made by hand, so that what is uncertain is what is assumed, and no sampler."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.activity import DISPOSITIONS, read_calls
from econ111.errors import InputError
from econ111.parameters import load_catalogue
from econ111.run.assumed import draw_all_parameters
from econ111.run.call_data import call_layout
from econ111.run.context import Context, silent
from econ111.run.information import information_tables
from econ111.run.information_draws import draw_for_information, drawn_again
from econ111.run.information_studies import calls_behind
from econ111.run.weighing import Material, gather
from econ111.specs.loading import find_data_file, load_spec
from econ111.specs.schema import Spec
from econ111.timeline import build_timeline

SAMPLES = 1000
BEFORE = [0.10, 0.10, 0.40, 0.05, 0.15, 0.20]
MENTAL = [0.02, 0.03, 0.10, 0.30, 0.35, 0.20]


@pytest.fixture(scope="module")
def made() -> tuple[Context, Material]:
    """Every trust: 1,000 calls a month before launch and 700 after; 500 mental-line calls, a tenth unrecorded."""
    spec = load_spec("london-2024")
    calls = read_calls(find_data_file(spec, None), call_layout(spec)).data
    rng = np.random.default_rng(1)
    months = [str(month)[:7] for month in calls.month.values]
    open_ = np.array([[month >= str(trust.launch_date)[:7] for month in months] for trust in spec.trusts])

    def scattered(values: object) -> np.ndarray:
        whole = np.asarray(values, dtype=float)
        return whole * (1 + 0.02 * rng.normal(size=(SAMPLES, *whole.shape)))

    shares = scattered([[BEFORE] * 5, [BEFORE] * 5, [MENTAL] * 5])
    by_month, by_stage = ("sample", "trust", "month"), ("sample", "stage", "trust")
    posterior = xr.Dataset(
        {
            "expected_without": (by_month, scattered(np.full(open_.shape, 1000))),
            "expected_with": (by_month, scattered(np.where(open_, 700, 1000))),
            "expected_mental": (by_month, scattered(np.where(open_, 500, 0))),
            "share": ((*by_stage, "disposition"), shares / shares.sum(axis=-1, keepdims=True)),
            "unrecorded_share": (by_stage, scattered(np.full((3, 5), 0.1))),
        },
        coords={
            "trust": [trust.code for trust in spec.trusts], "month": months, "stage": ["before", "after", "mental"],
            "disposition": list(DISPOSITIONS),
        },
    )  # fmt: skip
    timeline = build_timeline(calls.month.values, {trust.code: trust.launch_date for trust in spec.trusts})
    context = Context(_smaller(spec), None, load_catalogue(), None, None, True, False, silent, False)
    return context, gather(context, posterior, calls, timeline)


def _drawn(context: Context, material: Material) -> xr.Dataset:
    """Draws of the main results."""
    return draw_all_parameters(context, samples=material.recorded.sizes["sample"])


def _smaller(spec: Spec, **changes: object) -> Spec:
    """Fewer draws and designs; every kind of study."""
    given = {"draws": 4000, "providers": [1, 5], "months": [1, 12], "audit_calls": [100]} | changes
    content = spec.model_dump()
    content["value_of_information"] |= given
    content["economics"]["thresholds"] = [0, 500, 1500]
    return Spec.model_validate(content)


@pytest.fixture(scope="module")
def tables(made: tuple[Context, Material]) -> dict[str, pd.DataFrame]:
    return information_tables(*made, _drawn(*made))


def test_every_table_carries_its_basis(tables: dict[str, pd.DataFrame]) -> None:
    """Comparator, price year, perspective and discounting on every row of every table."""
    assert set(tables) == {
        "decision_curve", "quadrants", "information", "studies", "information_gains", "information_learnt",
        "information_trusts",
    }  # fmt: skip
    for name, table in tables.items():
        for column in ("comparator", "price_year", "perspective", "discounting"):
            assert table[column].astype(str).str.len().min() > 2, (name, column)


def test_knowing_part_or_studying_it_is_worth_no_more_than_knowing_all(tables: dict[str, pd.DataFrame]) -> None:
    """evppi <= evpi and evsi <= evpi, within two standard errors, under every basis and threshold."""
    keys = ["basis", "threshold"]
    known = tables["information"]
    perfect = known[known.kind == "perfect"].set_index(keys)["value"].rename("perfect")
    parts = known[known.kind != "perfect"].join(perfect, on=keys)
    assert (parts["value"] <= parts.perfect + 2 * parts.standard_error + 1).all()
    # The completed return rests on draws of its own, in which more is in doubt.
    studies = tables["studies"]
    studies = studies[studies.study != "completed return"].join(perfect, on=keys)
    assert (studies.evsi <= studies.perfect + 2 * studies.standard_error + 1).all()


def test_a_linked_study_is_worth_no_more_than_what_follows_advice(tables: dict[str, pd.DataFrame]) -> None:
    """It measures attendance and admission after advice, so it cannot be worth more than knowing all that follows."""
    keys = ["basis", "threshold"]
    known = tables["information"]
    advice = known[known.learnt == "attendance after advice"].set_index(keys)["value"].rename("advice")
    studies = tables["studies"]
    linked = studies[studies.study == "linked records"].join(advice, on=keys)
    assert (linked.evsi <= linked.advice + 2 * linked.standard_error + 1).all()
    assert linked.evsi.max() > 10_000


def test_perfect_information_is_the_loss_of_the_better_choice(tables: dict[str, pd.DataFrame]) -> None:
    """The decision curve and the table of information agree to the penny: the curve's came from another method."""
    keys = ["basis", "threshold"]
    curve = tables["decision_curve"].groupby(keys).evpi.first()
    known = tables["information"]
    perfect = known[known.kind == "perfect"].set_index(keys)["value"]
    assert perfect.to_dict() == pytest.approx(curve.loc[perfect.index].to_dict(), abs=0.01)


def test_what_falls_on_each_adds_up_to_what_the_study_is_worth(tables: dict[str, pd.DataFrame]) -> None:
    """Gains and losses of payers and of attendances avoided sum to the value of the largest linked study."""
    keys = ["basis", "threshold"]
    gains = tables["information_gains"].groupby(keys).gain.sum()
    studies = tables["studies"]
    largest = studies[studies.design == "5 providers, 12 months"].set_index(keys).evsi
    assert gains.clip(lower=0).loc[largest.index].to_dict() == pytest.approx(largest.to_dict(), abs=0.01)


def test_a_cost_of_a_study_that_nobody_stated_leaves_its_net_benefit_empty(tables: dict[str, pd.DataFrame]) -> None:
    """London states none, and the table says so; the population value is eleven months in twelve, for five years."""
    studies = tables["studies"]
    assert studies.enbs.isna().all()
    assert set(studies.cost_stated) == {"not stated"}
    row = studies[(studies.design == "1 provider, 1 month")].iloc[0]
    # Reports after 7 months: 5 of 12 of the first year are left, then four discounted years, 12 / 11 decisions each.
    years = 5 / 12 + sum(1.035**-year for year in range(1, 5))
    assert row.population_evsi == pytest.approx(row.evsi * 12 / 11 * years)


def test_calls_behind_a_linked_share_by_hand(made: tuple[Context, Material]) -> None:
    """500 calls a month in 54 of 55 trust-months: 491; 2 % of them told ED: 9.8 a month and provider."""
    context, material = made
    drawn = draw_for_information(context, material, _drawn(context, material))
    behind = calls_behind(drawn, ["attended.ed.ed_attendance", "attended.ed_attendance.admission"], context)
    assert behind["attended.ed.ed_attendance"] == pytest.approx(9.8, rel=0.02)
    chances = [drawn.single[f"attended.{name}.ed_attendance"].mean() for name in DISPOSITIONS]
    attended = 491 * float(np.dot(chances, MENTAL))
    assert behind["attended.ed_attendance.admission"] == pytest.approx(attended, rel=0.05)


def test_more_draws_keep_the_first_round(made: tuple[Context, Material]) -> None:
    """The first thousand draws are those of the main tables, whatever is drawn beside them."""
    context, material = made
    drawn = _drawn(context, material)
    rounds = (drawn_again(context, drawn, draws=draws, absorbed_estimated=False) for draws in (1000, 4000))
    one, four = (draw_for_information(context, material, draws) for draws in rounds)
    assert len(four.parts.values) == 4 * len(one.parts.values)
    assert np.allclose(four.parts.values[:1000], one.parts.values)


def test_linked_shares_that_no_parameter_fits_are_refused(made: tuple[Context, Material]) -> None:
    """A misspelt pattern would otherwise value a study of nothing."""
    context, material = made
    wrong = dataclasses.replace(context, spec=_smaller(context.spec, linked=["atended.*"]))
    with pytest.raises(InputError, match=r"atended\.\*"):
        information_tables(wrong, material, _drawn(context, material))


def test_an_evaluation_without_the_section_has_no_such_tables(made: tuple[Context, Material]) -> None:
    """Nothing is valued that nobody asked for."""
    context, material = made
    content = context.spec.model_dump() | {"value_of_information": None}
    bare = dataclasses.replace(context, spec=Spec.model_validate(content))
    assert information_tables(bare, material, _drawn(context, material)) == {}


def test_each_trust_has_its_own_decision_and_no_total(tables: dict[str, pd.DataFrame]) -> None:
    """Five trusts, a row for each and each thing learnt; decisions were not declared separable, so no sum is there."""
    table = tables["information_trusts"]
    assert set(table.trust) == {"SLP", "RWK", "G6V2S", "RKL", "RV3"}
    assert table.decided.str.contains("not to be added up").all()
    keys = ["trust", "basis", "threshold", "learnt"]
    assert not table.duplicated(keys).any()
    assert (table.groupby(["trust"]).size().nunique()) == 1


def test_perfect_information_of_a_trust_by_hand(
    made: tuple[Context, Material], tables: dict[str, pd.DataFrame]
) -> None:
    """Mean of the better of 0 and net benefit, less the better of 0 and its mean, from the trust's own columns."""
    context, material = made
    again = drawn_again(context, _drawn(context, material), draws=4000, absorbed_estimated=False)
    parts = draw_for_information(context, material, again).parts
    place = parts.trusts.index("RWK")
    net = parts.of_trusts[:, place] @ parts.weights("wales", 1500.0)
    table = tables["information_trusts"]
    here = (table.trust == "RWK") & (table.basis == "wales") & (table.threshold == 1500) & (table.kind == "perfect")
    by_hand = np.maximum(net, 0).mean() - max(net.mean(), 0)
    assert table[here]["value"].item() == pytest.approx(by_hand, abs=0.01)
    assert parts.of_trusts.sum(axis=1) == pytest.approx(parts.values)


def test_a_trust_of_a_fifth_of_the_calls_has_about_a_fifth_of_the_worth(tables: dict[str, pd.DataFrame]) -> None:
    """All trusts were made alike and what is in doubt is common to them: each holds a fifth of the whole.

    West London opened a month later, and has a tenth less.
    """
    keys = ["basis", "threshold"]
    whole = tables["information"].query("kind == 'perfect'").set_index(keys)["value"]
    each = tables["information_trusts"].query("kind == 'perfect' and trust != 'RKL'")
    share = each["value"] / whole.loc[pd.MultiIndex.from_frame(each[keys])].to_numpy()
    large = each["value"] > 20_000
    assert large.sum() >= 8
    assert share[large].between(0.17, 0.25).all()


def test_knowing_part_is_worth_a_trust_no_more_than_knowing_all(tables: dict[str, pd.DataFrame]) -> None:
    """Groups and linked studies lie below everything for each trust's own decision, within two standard errors."""
    keys = ["trust", "basis", "threshold"]
    table = tables["information_trusts"]
    perfect = table[table.kind == "perfect"].set_index(keys)["value"].rename("perfect")
    parts = table[table.kind != "perfect"].join(perfect, on=keys)
    assert set(parts.kind) == {"group", "study"}
    assert (parts["value"] <= parts.perfect + 2 * parts.standard_error + 1).all()
    assert parts["value"].max() > 5_000


def test_a_total_of_trusts_is_there_only_where_decisions_are_declared_separable(
    made: tuple[Context, Material], tables: dict[str, pd.DataFrame]
) -> None:
    """Declared, each row of the total is what the five hold, and its error is not that of independent trusts."""
    context, material = made
    declared = dataclasses.replace(context, spec=_smaller(context.spec, separable_decisions=True))
    table = information_tables(declared, material, _drawn(context, material))["information_trusts"]
    keys = ["basis", "threshold", "learnt"]
    total = table[table.trust == "Total"].set_index(keys)
    each = table[table.trust != "Total"].groupby(keys)
    perfect = total.kind == "perfect"
    sums = each["value"].sum().loc[total.index]
    assert total.loc[perfect, "value"].to_numpy() == pytest.approx(sums[perfect.to_numpy()].to_numpy())
    # The same prices move all trusts together: errors add up nearly straight, where independent ones would by squares.
    by_squares = each["standard_error"].apply(lambda errors: np.sqrt((errors**2).sum())).loc[total.index]
    doubtful = total["value"] > 50_000
    assert (total.standard_error[doubtful] > 1.5 * by_squares[doubtful]).all()
    assert table.decided.str.contains("declared separable").all()
