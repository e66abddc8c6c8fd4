"""Structural choices on a fit made by hand: every scenario re-weighs the same draws, and no sampler is called.

Every trust: 1,000 physical-line calls a month before launch and 700 from the launch month on; 500 mental-line calls, of
which the trusts return about 5% as transferred. 54 months of trusts (four with 11, one with 10). The fit has no spread,
so that the spread is that of the assumptions. ED 10% before and 2% on the mental line; a tenth of the calls of the
physical line and a fifth of those of the mental line are unrecorded.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.activity import DISPOSITIONS, read_calls
from econ111.parameters import load_catalogue
from econ111.run.assumed import draw_all_parameters, draw_structural
from econ111.run.call_data import call_layout
from econ111.run.caller_tables import period_cap
from econ111.run.context import Context, silent
from econ111.run.estimates import Judgement
from econ111.run.structural import CHOICES, REPEAT, UNCAPPED, scenarios, structural_tables, weight_to_flip
from econ111.run.weighing import Material, gather, outcomes_of, weigh
from econ111.specs.loading import find_data_file, load_spec
from econ111.specs.schema import Spec, Structural
from econ111.timeline import build_timeline

SAMPLES = 400
TRUST_MONTHS = 54
BEFORE = [0.10, 0.10, 0.40, 0.05, 0.15, 0.20]
MENTAL = [0.02, 0.03, 0.10, 0.30, 0.35, 0.20]


@dataclass(frozen=True)
class Made:
    """What a run has after its fit."""

    context: Context
    material: Material
    parameters: xr.Dataset

    @property
    def judged(self) -> Judgement:
        """By the shipped rules."""
        return Judgement(rules=self.context.rules, diagnostics_fail="")


def posterior_of(spec: Spec, calls: xr.Dataset) -> xr.Dataset:
    """The fit of the docstring at the top."""
    months = [str(month)[:7] for month in calls.month.values]
    open_ = np.array([[month >= str(trust.launch_date)[:7] for month in months] for trust in spec.trusts])
    shares = np.array([[BEFORE] * 5, [BEFORE] * 5, [MENTAL] * 5])
    lost = np.repeat([[0.1], [0.1], [0.2]], 5, axis=1)
    by_month, by_stage = ("sample", "trust", "month"), ("sample", "stage", "trust")
    values = {
        "expected_without": (by_month, np.full(open_.shape, 1000.0)),
        "expected_with": (by_month, np.where(open_, 700.0, 1000.0)),
        "expected_mental": (by_month, np.where(open_, 500.0, 0.0)),
        "share": ((*by_stage, "disposition"), shares),
        "unrecorded_share": (by_stage, lost),
        "abandoned_share": (by_stage, 0 * lost + 0.05),
    }
    coords = {
        "trust": [trust.code for trust in spec.trusts], "month": months, "stage": ["before", "after", "mental"],
        "disposition": list(DISPOSITIONS),
    }  # fmt: skip
    draws = {name: (dims, np.repeat(found[None], SAMPLES, axis=0)) for name, (dims, found) in values.items()}
    return xr.Dataset(draws, coords=coords)


@pytest.fixture(scope="module")
def make() -> Callable[..., Made]:
    """What a run of London has after a fit made by hand, with other structural keys and more quantities."""
    shipped = load_spec("london-2024")
    calls = read_calls(find_data_file(shipped, None), call_layout(shipped)).data

    def made(structural: Structural | None = None, more: dict[str, xr.DataArray] | None = None) -> Made:
        spec = shipped.model_copy(update={"structural": structural or shipped.structural})
        context = Context(spec, None, load_catalogue(), None, None, False, False, silent, False)
        timeline = build_timeline(calls.month.values, {trust.code: trust.launch_date for trust in spec.trusts})
        draws = posterior_of(spec, calls).assign(more or {})
        material = gather(context, draws, calls, timeline)
        estimated = material.base.absorbed == "estimated"
        parameters = draw_all_parameters(context, samples=SAMPLES, absorbed_estimated=estimated)
        return Made(context, material, parameters)

    return made


@pytest.fixture(scope="module")
def london(make: Callable[..., Made]) -> Made:
    return make()


@pytest.fixture(scope="module")
def tables(london: Made) -> Iterator[dict[str, pd.DataFrame]]:
    """Every table, made where PyMC cannot be imported and sampling raises."""
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_args: object, **_named: object) -> None:
            raise AssertionError("a scenario called the sampler")

        for library in ("pymc", "pytensor"):
            patch.setitem(sys.modules, library, None)
        for name in ("sample_posterior", "sample_densities", "stored_posterior"):
            patch.setattr(f"econ111.inference.{name}", refuse, raising=False)
        for name in ("fit", "fit_densities"):
            patch.setattr(Context, name, refuse, raising=False)
        yield structural_tables(london.material, london.parameters, london.context, london.judged)


@pytest.fixture(scope="module")
def total(tables: dict[str, pd.DataFrame]) -> Callable[..., pd.Series]:
    """The only row of the structural table for a choice, what is assumed, an estimand and an item, over all trusts."""
    rows = tables["structural"]
    rows = rows[rows.trust == "Total"].set_index(["choice", "assumed", "estimand", "item"])

    def found(choice: str, assumed: str, estimand: str, item: str = "ed") -> pd.Series:
        words, levels = CHOICES.get(choice, (choice, {}))
        row = rows.loc[(words, levels.get(assumed, assumed), estimand, item)]
        assert isinstance(row, pd.Series)
        return row

    return found


def test_a_grid_of_41_points_and_every_scenario_call_no_sampler(tables: dict[str, pd.DataFrame]) -> None:
    """The tables were made with PyMC barred and every way to a fit refused; the grid has its 41 points."""
    grid = tables["structural"][tables["structural"].log_odds.notna()]
    points = grid.groupby(["choice", "estimand", "item", "trust"]).size()
    assert set(points) == {41}
    assert len(points) == 3 * 3 * 2 * 6
    assert set(tables) == {"structural", "structural_value", "tipping", "bounds", "repeat_callers", "abandoned"}


def test_every_choice_stands_beside_its_base(tables: dict[str, pd.DataFrame], london: Made) -> None:
    """Each choice has one base level, and all bases are the main results: E2 ED = 54 x 300 x .08 = 1,296."""
    rows = tables["structural"]
    single = rows[rows.log_odds.isna() & (rows.trust == "Total")]
    for choice, mine in single.groupby("choice"):
        base = mine[mine.base & (mine.estimand == "displaced")].set_index("item").avoided
        assert base.index.is_unique
        if choice != REPEAT:
            assert base["ed"] == pytest.approx(1296)
    assert set(single.choice) == {words for words, _ in CHOICES.values()} | {REPEAT}
    assert [scenario.base for scenario in scenarios(london.material)].count(True) == len(CHOICES)


def test_transferred_calls_by_hand(total: Callable[..., pd.Series], london: Made) -> None:
    """All transferred calls counted twice: E2 ED gains .08 of them, E1 nothing; a share of 500 a month."""
    returned = london.material.returned
    months = london.material.months.expected_mental.isel(sample=0)
    passed_on = float((months.sum("month") * returned).sum())
    assert 0.04 < passed_on / months.sum() < 0.06
    assert total("overlap", "full", "displaced").avoided == pytest.approx(1296 + 0.08 * passed_on)
    assert total("overlap", "full", "same_calls").avoided == pytest.approx(2160)
    half = total("overlap", "stated", "displaced")
    assert 1296 < half.avoided_low < half.avoided_high < 1296 + 0.08 * passed_on
    calls = total("overlap", "full", "displaced", "physical_line_call")
    assert calls.avoided == pytest.approx(TRUST_MONTHS * 300)


def test_what_callers_would_otherwise_have_done_moves_e3_alone(total: Callable[..., pd.Series], london: Made) -> None:
    """Nothing instead of the assumed share w of ED: 54 x 200 x (1 - a) x w fewer avoided, mean over the draws."""
    drawn = london.parameters
    share = drawn.induced_otherwise.sel(induced_otherwise_component="ed")
    lost = float((TRUST_MONTHS * 200 * (1 - drawn.absorbed_share) * share).mean())
    base, nothing = (total("otherwise", level, "net_system") for level in ("stated", "nothing"))
    assert base.avoided - nothing.avoided == pytest.approx(lost)
    assert total("otherwise", "survey", "net_system").avoided > base.avoided
    for level in ("stated", "survey", "nothing"):
        assert total("otherwise", level, "displaced").avoided == pytest.approx(1296)


def test_absorbed_calls_from_none_to_all(total: Callable[..., pd.Series], london: Made) -> None:
    """All 54 x 200 other calls absorbed: 54 x (30 + 200 c - 10) with c the crisis line's share of ED."""
    crisis = london.parameters.crisis_line_mix.sel(crisis_line_mix_component="ed")
    wanted = TRUST_MONTHS * (20 + 200 * float(crisis.mean()))
    assert total("absorbed", "all", "net_system").avoided == pytest.approx(wanted)


def test_the_elicited_odds_widen_and_the_crosswalk_moves(total: Callable[..., pd.Series]) -> None:
    """At random E2 ED has no spread; elicited odds give it one, and assumptions then own nearly all of it.

    The crosswalk leaves 95% of ED as ED and adds 2% of ambulance's .03: E2 ED = 54 x 300 x (.10 - .0196).
    """
    assert total("unrecorded", "at_random", "displaced").prior_share == 0
    elicited = total("unrecorded", "elicited", "displaced")
    assert elicited.avoided_low < 1296 < elicited.avoided_high
    assert elicited.prior_share > 0.9
    crosswalk = total("crosswalk", "stated", "displaced")
    assert crosswalk.avoided == pytest.approx(TRUST_MONTHS * 300 * (0.10 - 0.0196), rel=2e-3)
    assert crosswalk.prior_share > 0.9


def test_the_grid_by_hand_at_its_end(tables: dict[str, pd.DataFrame]) -> None:
    """Odds ratio 20 on the mental line: missing ED .02 x 20 / 1.38 = .289855; all .8 x .02 + .2 x .289855 = .073971.

    E1 ED = 27,000 x (.10 - .073971) = 702.78; at 1 it is 2,160; on both lines before is .9 x .1 + .1 x 2/2.9 = .158966.
    """
    rows = tables["structural"]
    rows = rows[(rows.trust == "Total") & (rows.estimand == "same_calls") & (rows["item"] == "ed")]
    mental = rows[rows.choice == "unrecorded ED on the mental-health line"]
    assert mental.set_index("assumed").avoided["odds ratio 20"] == pytest.approx(702.783, abs=1e-3)
    assert mental[mental.base].avoided.item() == pytest.approx(2160)
    both = rows[rows.choice == "unrecorded ED on both lines"].set_index("assumed").avoided
    assert both["odds ratio 20"] == pytest.approx(27_000 * (0.158966 - 0.073971), abs=0.02)


def test_tipping_points_are_said_in_words(tables: dict[str, pd.DataFrame]) -> None:
    """E2's ED never tips on the grid: it would need more than 20; every row says so or names the odds."""
    tipping = tables["tipping"]
    row = tipping[
        (tipping.trust == "Total") & (tipping.estimand == "displaced") & (tipping["item"] == "ed")
        & (tipping.line == "mental") & (tipping.question == "sign")
    ].iloc[0]  # fmt: skip
    assert row.words == "none within odds ratios of 1/20 to 20"
    assert math.isnan(row.odds_ratio)
    found = tipping[tipping.odds_ratio.notna()]
    assert (found.becomes != found.answer).all()
    assert found.words.str.contains("times those among recorded ones").all()
    assert found.odds_ratio.between(1 / 20, 20).all()


def test_bounds_by_hand(tables: dict[str, pd.DataFrame]) -> None:
    """ED before from .09 to .19, mental from .016 to .216. E1 from 27,000 x (.09 - .216) = -3,402 to 27,000 x .174.

    E2 from 16,200 x -.126 = -2,041.2 to 16,200 x .174 = 2,818.8: the sign is open without an assumption.
    """
    bounds = tables["bounds"].set_index(["estimand", "item", "trust"])
    first, second = bounds.loc[("same_calls", "ed", "Total")], bounds.loc[("displaced", "ed", "Total")]
    assert (first.bound_low, first.bound_high) == (pytest.approx(-3402), pytest.approx(4698))
    assert (second.bound_low, second.bound_high) == (pytest.approx(-2041.2), pytest.approx(2818.8))
    assert second.sign_whatever == "open"
    assert (tables["bounds"].bound_low <= tables["bounds"].at_random + 1e-9).all()
    assert (tables["bounds"].bound_high >= tables["bounds"].at_random - 1e-9).all()


def test_the_grid_stays_within_the_bounds(tables: dict[str, pd.DataFrame]) -> None:
    """Every point of every grid, for every estimand, item and trust."""
    keys = ["estimand", "item", "trust"]
    bounds = tables["bounds"].set_index(keys)[["bound_low", "bound_high"]]
    grid = tables["structural"][tables["structural"].log_odds.notna()].join(bounds, on=keys)
    assert (grid.avoided >= grid.bound_low - 1e-6).all()
    assert (grid.avoided <= grid.bound_high + 1e-6).all()


def test_abandoned_calls_are_a_table_of_their_own(tables: dict[str, pd.DataFrame]) -> None:
    """5% given up on both lines, 55 months, one before its launch: 55,000 / 19 without the service.

    With it (38,800 + 27,000) / 19: 10,800 / 19 = 568.4 more.
    """
    rows = tables["abandoned"]
    numbers = rows[rows.trust == "Total"].set_index("measure").number
    assert numbers["without_service"] == pytest.approx(55_000 / 19)
    assert numbers["avoided"] == pytest.approx(-10_800 / 19)
    assert set(rows[rows.measure == "avoided"].verdict) == {"more"}
    assert not tables["structural"]["item"].str.contains("abandoned").any()


def test_repeat_callers_leave_fewer_people_than_calls(tables: dict[str, pd.DataFrame]) -> None:
    """27,000 calls under E1; capped below uncapped, frequent callers below callers alike; cap 5 in 11 months."""
    rows = tables["repeat_callers"]
    first = rows[(rows.trust == "Total") & (rows.estimand == "same_calls")].set_index(["callers", "measure"]).number
    for callers in ("some callers call often", "all callers alike"):
        assert first[callers, "calls"] == pytest.approx(27_000)
        assert first[callers, "people_avoiding"] < first[callers, "avoided_capped"] <= first[callers, "avoided"] + 1e-6
        assert first[callers, "people"] < 27_000
    assert first["some callers call often", "people"] < first["all callers alike", "people"]
    assert set(rows.cap) == {5}
    base = tables["structural"][(tables["structural"].choice == REPEAT) & (tables["structural"].assumed == UNCAPPED)]
    assert base.set_index(["estimand", "trust"]).avoided["same_calls", "Total"] == pytest.approx(
        first["all callers alike", "avoided"]
    )


def test_a_yearly_cap_is_rounded_up_to_whole_attendances(london: Made) -> None:
    """5 a year over 11 months is 4.58, so 5; 1 a year is 1."""
    assert period_cap(london.material.spec, 5.0) == 5
    assert period_cap(london.material.spec, 1.0) == 1


def test_the_weight_that_flips_is_where_the_mixture_is_zero(tables: dict[str, pd.DataFrame]) -> None:
    """30 against -10: three quarters; the same sign never flips; every weight in the tables lies between 0 and 1."""
    assert weight_to_flip(30.0, -10.0) == 0.75
    assert math.isnan(weight_to_flip(30.0, 10.0))
    for name, value in (("structural", "avoided"), ("structural_value", "net_value")):
        rows = tables[name].dropna(subset="weight_to_flip")
        assert rows.weight_to_flip.between(0, 1).all()
        base = tables[name][tables[name].base].set_index([*_keys(name)])[value]
        paired = base.loc[list(rows[_keys(name)].itertuples(index=False))].to_numpy()
        mixed = (1 - rows.weight_to_flip) * paired + rows.weight_to_flip * rows[value]
        assert mixed.to_numpy() == pytest.approx(np.zeros(len(rows)), abs=1e-6)
    value = tables["structural_value"]
    assert set(value.price_year) == {"2024/25"}


def _keys(name: str) -> list[str]:
    return ["choice", "estimand", "item", "trust"] if name == "structural" else ["choice", "estimand", "trust"]


def test_totals_are_the_sums_of_trusts_in_every_scenario(tables: dict[str, pd.DataFrame]) -> None:
    """Expected numbers of five trusts add up, in each choice, level, estimand and item."""
    rows = tables["structural"]
    keys = ["choice", "assumed", "estimand", "kind", "item"]
    parts = rows[rows.trust != "Total"].groupby(keys).avoided.sum()
    whole = rows[rows.trust == "Total"].set_index(keys).avoided
    assert parts.reindex(whole.index).to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-9, abs=1e-6)


def test_the_main_results_can_rest_on_another_level(make: Callable[..., Made]) -> None:
    """Base overlap `full`, base odds elicited: flows and shares follow, their parameters are varied with the rest."""
    made = make(Structural(base_unrecorded="elicited", base_overlap="stated"))
    names = {"transfer_overlap", "transfer_share", "unrecorded_log_odds_mental_ed"}
    assert names <= set(made.parameters.data_vars)
    weighed = weigh(made.material, made.parameters, made.material.base)
    assert float(weighed.flows.transferred.sum()) > 0
    assert float(weighed.shares.sel(stage="mental", disposition="ed").std()) > 0
    moved = made.parameters.assign(unrecorded_log_odds_mental_ed=made.parameters.unrecorded_log_odds_mental_ed + 1)
    first, second = (
        outcomes_of(weigh(made.material, given, made.material.base), given, made.material.spec)
        for given in (made.parameters, moved)
    )
    assert float((second.with_service - first.with_service).sel(consequence="ed_attendance").min()) > 0


def test_crisis_lines_that_were_counted_replace_the_assumed_share(make: Callable[..., Made], london: Made) -> None:
    """They lost 120 calls a month: 120 absorbed and 80 induced; the share is no parameter of the main results."""
    opened = london.material.months.expected_mental > 0
    months = xr.ones_like(posterior_like(london).expected_mental)
    counted = {
        "expected_crisis_without": 300 * months,
        "expected_crisis_with": 300 * months - xr.where(posterior_like(london).expected_mental > 0, 120.0, 0.0),
    }
    made = make(more=counted)
    assert made.material.base.absorbed == "estimated"
    assert "absorbed_share" not in made.parameters
    flows = weigh(made.material, made.parameters, made.material.base).flows
    assert flows.absorbed.isel(sample=0).sum().item() == pytest.approx(120 * TRUST_MONTHS)
    assert flows.induced.isel(sample=0).sum().item() == pytest.approx(80 * TRUST_MONTHS)
    assert int(opened.isel(sample=0).sum()) == TRUST_MONTHS
    assumed = {scenario.assumed for scenario in scenarios(made.material)}
    assert {"estimated from the crisis lines", "assumed share"} <= assumed
    extra = draw_structural(made.context, samples=SAMPLES)
    drawn = made.parameters.assign({name: extra[name] for name in extra if name not in made.parameters})
    stated = weigh(made.material, drawn, london.material.base)
    share = extra.absorbed_share
    np.testing.assert_allclose(stated.flows.absorbed.sum("trust"), share * 200 * TRUST_MONTHS)


def posterior_like(made: Made) -> xr.Dataset:
    """The months of the whole fit, not only the evaluated ones."""
    spec = made.material.spec
    calls = read_calls(find_data_file(spec, None), call_layout(spec)).data
    return posterior_of(spec, calls)
