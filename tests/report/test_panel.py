"""What the page carries for the what-if panel, decoded with numpy alone, against the economics on the same draws."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from report.panel_draws import with_draws

from econ111 import economics as e
from econ111.errors import InputError
from econ111.report import render_report
from econ111.report.panel import default_settings, panel_block, panel_payload, reprice
from econ111.report.panel.payload import thinned
from econ111.results import Evaluation

SAMPLES = 600


@pytest.fixture(scope="module")
def whole(evaluation: Evaluation) -> Evaluation:
    """Two trusts with 600 draws."""
    return with_draws(evaluation, samples=SAMPLES)


@pytest.fixture(scope="module")
def payload(whole: Evaluation) -> dict[str, Any]:
    """What its page carries."""
    found = panel_payload(whole)
    assert found is not None
    return found


def _embedded(text: str) -> dict[str, Any]:
    """The data of a page, as a reader with a text editor would take it out."""
    found = re.search(r'<script type="application/json" id="what-if-data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    content: dict[str, Any] = json.loads(found[1])
    return content


def _numbers(packed: dict[str, Any]) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(packed["text"]), "<f4").reshape(packed["shape"])


def test_the_page_carries_the_draws_of_the_run(whole: Evaluation) -> None:
    """Decoded by numpy alone, the avoided numbers of the page are those of the run to seven figures, in that order."""
    content = _embedded(render_report(whole))
    assert whole.costs is not None
    assert (content["draws"], content["draws_kept"]) == (SAMPLES, SAMPLES)
    for name, array in (("avoided", whole.costs["avoided"]), ("unit_cost", whole.costs["unit_cost"].fillna(0.0))):
        packed = content["numbers"][name]
        assert packed["dims"][-1] == "sample"
        np.testing.assert_allclose(_numbers(packed), array.transpose(*packed["dims"]), rtol=1e-6)


def test_at_the_reports_settings_the_panel_is_the_economics(whole: Evaluation, payload: dict[str, Any]) -> None:
    """Net value, probability and break-even of the panel are those of the economics on the same draws, in total."""
    economics = whole.spec.economics
    assert economics is not None
    assert whole.costs is not None
    assert whole.outcomes is not None
    value = e.with_total(e.value_avoided(whole.costs)).sel(estimand=economics.estimand)
    per_call = e.cost_per_call_from(whole.parameter_draws, economics.service_cost_bases)
    spent = e.with_total(e.service_cost(whole.outcomes.calls, per_call)).sel(basis=economics.service_cost)
    net = e.net_value(value, spent)
    again = reprice(payload, default_settings(payload))
    total = net.sel(trust="Total")
    ends = np.quantile(total, [0.025, 0.975])
    found = again.amounts["net"]
    assert [found.mean, found.low, found.high] == pytest.approx([float(total.mean()), *ends], rel=1e-6)
    assert again.probability == float(e.probability_value_exceeds_cost(net).sel(trust="Total"))
    even = e.break_even_cost_per_call(value, e.with_total(whole.outcomes.calls)).sel(trust="Total")
    assert again.break_even == pytest.approx(float(even), rel=1e-6)


def test_a_threshold_is_worth_its_sum_on_each_avoided_attendance(whole: Evaluation, payload: dict[str, Any]) -> None:
    """At GBP 500 an avoided attendance, the probability is that of the economics at this threshold, for one trust."""
    settings = dataclasses.replace(default_settings(payload), threshold=500.0, trust="RKL", estimand="same_calls")
    economics = whole.spec.economics
    assert economics is not None
    assert whole.costs is not None
    assert whole.outcomes is not None
    costs = whole.costs.sel(estimand="same_calls")
    per_call = e.cost_per_call_from(whole.parameter_draws, economics.service_cost_bases)
    spent = e.service_cost(whole.outcomes.calls, per_call).sel(basis=economics.service_cost)
    chance = e.probability_value_exceeds_cost(
        e.net_value(e.value_avoided(costs), spent),
        avoided_attendances=costs["avoided"].sel(consequence="ed_attendance"),
        thresholds=[500.0],
    )
    assert reprice(payload, settings).probability == float(chance.sel(trust="RKL").squeeze())


def test_doubling_a_unit_cost_doubles_its_line(payload: dict[str, Any]) -> None:
    """Mean and both ends of one consequence's cost double; the others stay; the value moves by that line alone."""
    before = default_settings(payload)
    stated = payload["unit_cost"]["ed_attendance"]
    after = dataclasses.replace(before, unit_cost={**before.unit_cost, "ed_attendance": 2 * stated})
    old, new = reprice(payload, before), reprice(payload, after)
    line, doubled = old.cost_avoided["ed_attendance"], new.cost_avoided["ed_attendance"]
    assert line is not None
    assert doubled is not None
    assert [doubled.mean, doubled.low, doubled.high] == pytest.approx([2 * line.mean, 2 * line.low, 2 * line.high])
    assert new.cost_avoided["crisis_contact"] == old.cost_avoided["crisis_contact"]
    assert new.amounts["value"].mean - old.amounts["value"].mean == pytest.approx(line.mean)


def test_what_was_not_valued_gets_one_price_in_every_draw(payload: dict[str, Any]) -> None:
    """Calls to the physical line have no unit cost; at GBP 10 they are worth 10 * their number, draw by draw."""
    before = default_settings(payload)
    assert reprice(payload, before).cost_avoided["physical_line_call"] is None
    after = dataclasses.replace(before, unit_cost={**before.unit_cost, "physical_line_call": 10.0})
    again = reprice(payload, after)
    line = again.cost_avoided["physical_line_call"]
    assert line is not None
    assert line.mean == pytest.approx(10 * again.avoided["physical_line_call"].mean)


def test_cash_is_a_share_of_the_value_and_not_added_to_it(payload: dict[str, Any]) -> None:
    """A quarter of ED cost as cash is a quarter of that line, and net value stays."""
    before = default_settings(payload)
    after = dataclasses.replace(before, cash_share={"ed_attendance": 0.25})
    old, new = reprice(payload, before), reprice(payload, after)
    line = old.cost_avoided["ed_attendance"]
    assert line is not None
    assert old.amounts["cash"].mean == 0.0
    assert new.amounts["cash"].mean == pytest.approx(line.mean / 4)
    assert new.amounts["net"] == old.amounts["net"]


def test_a_total_is_summed_draw_by_draw(payload: dict[str, Any]) -> None:
    """Means of trusts add up to the mean of the total; ends of intervals do not, the total's being narrower."""
    start = default_settings(payload)
    one, two, both = (
        reprice(payload, dataclasses.replace(start, trust=code)).amounts["net"] for code in ("RWK", "RKL", "Total")
    )
    assert one.mean + two.mean == pytest.approx(both.mean)
    assert both.high - both.low < 0.9 * ((one.high - one.low) + (two.high - two.low))


def test_an_unknown_choice_is_refused_with_the_known_ones(payload: dict[str, Any]) -> None:
    """A trust that the run does not have is named, with those it has."""
    with pytest.raises(InputError, match=r"no trust 'XXX'. Use one of: RWK, RKL"):
        reprice(payload, dataclasses.replace(default_settings(payload), trust="XXX"))


def test_the_number_of_draws_is_what_fits_and_is_said(whole: Evaluation, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for 150 of 600 draws, every fourth is kept, and the panel says both numbers and that ends are rough."""
    few = partial(thinned, most=150)
    monkeypatch.setattr("econ111.report.panel.payload.thinned", few)
    found = panel_payload(whole)
    assert found is not None
    assert whole.costs is not None
    every_fourth = whole.costs["avoided"].isel(sample=slice(None, None, 4))
    packed = found["numbers"]["avoided"]
    np.testing.assert_allclose(_numbers(packed), every_fourth.transpose(*packed["dims"]), rtol=1e-6)
    view = panel_block(whole)
    assert view is not None
    said = " ".join(view.about)
    assert "150 draws, thinned from 600" in said
    assert "the ends of intervals are rough" in said
    assert "all draws, as in the tables, give" in said


def test_the_panel_says_what_it_is(whole: Evaluation) -> None:
    """It prices again and does not refit; level, price year and synthetic stand where the numbers do."""
    view = panel_block(whole)
    assert view is not None
    said = " ".join(view.about)
    for words in ("SYNTHETIC DATA", "does not refit", "600 draws", "95% interval, equal-tailed", "2024/25 GBP"):
        assert words in said
    assert "synthetic data" in view.caption
    assert "Price year: 2024/25" in view.basis


def test_real_data_carry_no_synthetic_mark_in_the_panel(make_evaluation: Callable[..., Evaluation]) -> None:
    """The mark goes when the study is not synthetic."""
    view = panel_block(with_draws(make_evaluation(synthetic=False)))
    assert view is not None
    assert "synthetic" not in " ".join([*view.about, view.caption, view.counts_caption]).lower()


def test_without_draws_there_is_no_panel_and_no_script(evaluation: Evaluation) -> None:
    """An evaluation that kept no draws of costs has a page as before."""
    assert panel_block(evaluation) is None
    assert "<script" not in render_report(evaluation)


def test_one_draw_makes_a_panel(make_evaluation: Callable[..., Evaluation]) -> None:
    """The interval of one draw is that draw, and the page says how few there are."""
    view = panel_block(with_draws(make_evaluation(), samples=1))
    assert view is not None
    assert "1 draw, all there are" in " ".join(view.about)


def test_names_that_are_markup_stay_inside_the_data(make_evaluation: Callable[..., Evaluation]) -> None:
    """A name that closes a script does not: the page holds two scripts, ours and the data, and the data read back."""
    name = "</script><script>alert(1)</script> \"q\" 'a' \U0001f600 " + "N" * 200
    text = render_report(with_draws(make_evaluation([("RWK", name), ("=cmd()", "<!-- it's")]), samples=20))
    assert text.count("<script") == text.count("</script>") == 2
    content = _embedded(text)
    assert dict(content["trusts"])["RWK"] == f"{name} (RWK)"
    assert "alert(1)" not in re.sub(r"\\u003cscript\\u003ealert\(1\)|&gt;alert\(1\)", "", text)


def test_only_the_panels_own_script_may_run(whole: Evaluation) -> None:
    """The content policy allows one script, by the checksum of the one in the page, and forbids every request."""
    text = render_report(whole)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script is not None
    checksum = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{checksum}'" in text


def test_of_sixty_trusts_the_largest_stand_apart(make_evaluation: Callable[..., Evaluation]) -> None:
    """Eight of sixty trusts can be chosen, and the other 52 together, so that the total is that of all sixty."""
    whole = with_draws(make_evaluation([(f"T{place:02d}", f"Trust {place}") for place in range(60)]))
    assert whole.costs is not None
    assert whole.outcomes is not None
    found = panel_payload(whole)
    assert found is not None
    assert found["draws"] > 400
    assert sum(len(packed["text"]) for packed in found["numbers"].values()) < 520_100
    assert [name for _, name in found["trusts"]][-1] == "The other 52 trusts together"
    size = whole.outcomes["calls"].mean("sample").to_series().sort_values(ascending=False)
    assert set(found["trust_order"][:-1]) == set(size.index[:8])
    places = np.arange(found["draws"]) * 600 // found["draws"]
    expected = whole.costs["avoided"].sel(estimand="net_system").sum("trust").isel(sample=places)
    attendances = reprice(found, default_settings(found)).avoided["ed_attendance"]
    assert attendances.mean == pytest.approx(float(expected.sel(consequence="ed_attendance").mean()), rel=1e-6)
    view = panel_block(whole)
    assert view is not None
    assert "Only the 8 largest trusts" in " ".join(view.about)


def test_a_price_of_nothing_is_nothing(whole: Evaluation) -> None:
    """A unit cost stated as 0 has no spread to keep, so that an entered price is the same in each draw."""
    assert whole.costs is not None
    free = whole.costs["unit_cost"].where(whole.costs.consequence != "ed_attendance", 0.0)
    found = panel_payload(dataclasses.replace(whole, costs=whole.costs.assign(unit_cost=free)))
    assert found is not None
    settings = default_settings(found)
    again = reprice(found, dataclasses.replace(settings, unit_cost={**settings.unit_cost, "ed_attendance": 5.0}))
    line = again.cost_avoided["ed_attendance"]
    assert line is not None
    assert line.mean == pytest.approx(5 * again.avoided["ed_attendance"].mean)


def test_a_scenario_of_attendance_is_the_same_fit_weighed_again(whole: Evaluation, payload: dict[str, Any]) -> None:
    """Everybody told to go goes: each avoided attendance is divided by the chance drawn, mean 0.5, and costs follow."""
    again = reprice(payload, dataclasses.replace(default_settings(payload), attending="all_told"))
    assert whole.parameter_draws is not None
    assert whole.costs is not None
    fewer = whole.costs["avoided"].sel(estimand="net_system", consequence="ed_attendance").sum("trust")
    by_hand = fewer / whole.parameter_draws["attended.ed.ed_attendance"]
    assert again.avoided["ed_attendance"].mean == pytest.approx(float(by_hand.mean()), rel=1e-6)
    cost = by_hand * whole.costs["unit_cost"].sel(consequence="ed_attendance")
    found = again.cost_avoided["ed_attendance"]
    assert found is not None
    low, high = np.quantile(cost, [0.025, 0.975])
    assert [found.mean, found.low, found.high] == pytest.approx([float(cost.mean()), low, high], rel=1e-6)
    base = reprice(payload, default_settings(payload))
    assert again.avoided["primary_care_contact"] == base.avoided["primary_care_contact"]


def test_the_ends_of_attendance_are_those_of_its_interval(whole: Evaluation, payload: dict[str, Any]) -> None:
    """At the low end every draw has the 2.5 % quantile of the chance in place of its own."""
    assert whole.parameter_draws is not None
    assert whole.costs is not None
    chance = whole.parameter_draws["attended.ed.ed_attendance"]
    fewer = whole.costs["avoided"].sel(estimand="net_system", consequence="ed_attendance", trust="RKL")
    for name, share in (("low", 0.025), ("high", 0.975)):
        settings = dataclasses.replace(default_settings(payload), attending=name, trust="RKL")
        by_hand = float((fewer / chance * np.quantile(chance, share)).mean())
        assert reprice(payload, settings).avoided["ed_attendance"].mean == pytest.approx(by_hand, rel=1e-6)


def test_a_line_from_the_people_up_costs_each_trust_its_own(payload: dict[str, Any]) -> None:
    """GBP 400,000 and 200,000 as the run has them; at twice the mean price twice that, and break-even as before."""
    start = dataclasses.replace(default_settings(payload), basis="staffing")
    rate = payload["cost_per_call"]["staffing"]
    assert rate == pytest.approx(600_000 / 8_000, rel=0.01)
    for trust, spent in (("RWK", 400_000), ("RKL", 200_000), ("Total", 600_000)):
        for times in (1, 2):
            settings = dataclasses.replace(start, trust=trust, cost_per_call=times * rate)
            assert reprice(payload, settings).amounts["spent"].mean == pytest.approx(times * spent, rel=1e-6)
    assert reprice(payload, start).break_even == reprice(payload, default_settings(payload)).break_even


def test_draws_come_before_scenarios(whole: Evaluation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where scenarios would leave too few draws for the ends of intervals, the choice is left out."""
    monkeypatch.setattr("econ111.report.panel.payload.MOST_BYTES", 100_000)
    found = panel_payload(whole)
    assert found is not None
    assert found["draws"] >= 400
    assert found["attending"] == [("as_drawn", "As in the report")]
    assert "moved" not in found["numbers"]


def test_an_evaluation_that_cannot_be_weighed_again_has_no_scenarios(whole: Evaluation) -> None:
    """Draws from elsewhere, or read from a file: the panel has its other choices."""
    view = panel_block(dataclasses.replace(whole, reweigh=None, staffed=None))
    assert view is not None
    assert [choice.name for choice in view.choices] == ["trust", "estimand", "basis"]
