"""Tables of value of information to the last column: draws few enough to add up by hand, and every edge of a rule."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.economics import (
    Basis,
    cost_per_effect,
    decision_curve,
    evpi,
    evpi_curve,
    evppi,
    evppi_curve,
    evsi,
    quadrants,
    variance_explained,
)
from econ111.economics.value_of_information.draws import read_groups, read_net_benefit, read_parameters
from econ111.economics.value_of_information.envelope import upper_envelope
from econ111.economics.value_of_information.estimate import Estimate, Fit
from econ111.economics.value_of_information.partial import Pair, agree, smoother_of, value_at
from econ111.economics.value_of_information.perfect import check_thresholds
from econ111.economics.value_of_information.receivers import compared, gains_by_part, turned_weights, value_of_learning
from econ111.economics.value_of_information.variance import share_explained
from econ111.errors import InputError

BASIS = {"comparator": "no line", "price_year": "2024/25", "perspective": "NHS", "discounting": "undiscounted"}
WORDS = list(BASIS)
COIN = np.tile([0.0, 1.0], 1000)


def test_perfect_information_is_a_row_with_its_error_and_its_words() -> None:
    """Gains over the best are 100 and 0: mean 50, standard deviation sqrt(5000), error sqrt(5000 / 2) = 50."""
    table = evpi([-100.0, 300.0], basis=Basis(**BASIS))
    assert table.to_dict("records") == [
        {"evpi": 50.0, "standard_error": pytest.approx(50.0), "best_option": "intervention", "draws": 2} | BASIS
    ]
    assert table.attrs == {"about": "Worth of knowing everything (evpi), a decision"} | BASIS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (one,) = evpi(pd.DataFrame({"a": [5.0], "b": [7.0]})).to_dict("records")
    assert (one["evpi"], one["best_option"], one["draws"]) == (0.0, "b", 1)
    assert math.isnan(one["standard_error"])


def test_a_curve_of_perfect_information_by_hand() -> None:
    """Costs 100; effects 0 and 1. At 200 both are worth the same on the mean, and knowing is worth (200 - 100) / 2."""
    table = evpi_curve([100.0, 100.0], [0.0, 1.0], [300, 200, 0], basis=Basis(**BASIS))
    assert table.columns.tolist() == ["threshold", "evpi", "best_option", *WORDS]
    assert table.threshold.tolist() == [300, 200, 0]
    assert table.evpi.tolist() == [50, 50, 0]
    assert table.best_option.tolist() == ["intervention", "comparator", "comparator"]
    assert table.attrs == {"about": "Worth of knowing everything (evpi), by threshold"} | BASIS
    assert evpi_curve([100.0, 100.0], [0.0, 1.0], 300)["evpi"].tolist() == [50], "one threshold needs no list"


def test_what_is_no_threshold_is_shown() -> None:
    """The first five that are negative, or no number, are named; a table of thresholds is none."""
    said = r"Thresholds must be numbers of 0 or above, at least one; these are not: \[-1.0, inf, nan, -2.0, -3.0\]\."
    with pytest.raises(InputError, match=said):
        check_thresholds([-1.0, 5.0, np.inf, np.nan, -2.0, -3.0, -4.0])
    with pytest.raises(InputError, match="at least one"):
        check_thresholds(np.ones((2, 2)))
    assert check_thresholds([0]).tolist() == [0.0]
    with pytest.raises(InputError, match=r"costs have 2 draws of comparator, intervention; effects have 3 of comp"):
        evpi_curve([1.0, 2.0], [1.0, 2.0, 3.0], [1])


def test_equal_options_count_as_the_first_and_then_as_the_one_held() -> None:
    """Three draws of three options, by threshold 0, 100 and 200.

    Draw 1: all the same line; the first is best throughout. Draw 2: worth 0, -100 + t and -200 + 2t, which meet at 100:
    the first is held there, and the steepest takes over at 200. Draw 3: worth 0, -50 + t and -300 + 2t: the second
    holds at 100 (50 against -100), and at 200 (150 against 100).
    """
    fixed = np.array([[5.0, 5.0, 5.0], [0.0, -100.0, -200.0], [0.0, -50.0, -300.0]])
    effect = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 2.0], [0.0, 1.0, 2.0]])
    with np.errstate(all="raise"):
        found = upper_envelope(fixed, effect, np.array([200.0, 0.0, 100.0]))
    assert found.thresholds.tolist() == [200, 0, 100]
    assert 3 * found.shares == pytest.approx(np.array([[1.0, 1.0, 1.0], [3.0, 0.0, 0.0], [2.0, 1.0, 0.0]]))
    assert 3 * found.expected_maximum == pytest.approx([5 + 200 + 150, 5, 5 + 50])
    assert 3 * found.means == pytest.approx(np.array([[5.0, 255.0, 305.0], [5.0, -145.0, -495.0], [5.0, 55.0, -95.0]]))
    assert found.best.tolist() == [2, 0, 1]


def test_a_decision_curve_has_a_row_for_each_threshold_and_option() -> None:
    """Costs 100 in both draws, effects 2 and 0; at 0 the line loses 100, at 100 both are worth 0 on the mean."""
    table = decision_curve([100.0, 100.0], [2.0, 0.0], [0, 100], effect="call avoided", basis=Basis(**BASIS))
    said = ["threshold", "option", "net_benefit", "probability_best", "on_frontier", "expected_loss", "evpi"]
    assert table.columns.tolist() == [*said, "effect", "reference_case", *WORDS]
    assert table[said].to_numpy().tolist() == [
        [0, "comparator", 0, 1, True, 0, 0],
        [0, "intervention", -100, 0, False, 100, 0],
        [100, "comparator", 0, 0.5, True, 50, 50],
        [100, "intervention", 0, 0.5, False, 50, 50],
    ]
    assert (table["effect"] == "call avoided").all()
    assert table.attrs == {"about": "The decision along the threshold"} | BASIS
    assert set(decision_curve([1.0], [1.0], [0])["effect"]) == {"avoided attendance"}


def test_quadrants_by_hand_and_what_lies_on_an_axis() -> None:
    """No more effect where it is 0, no dearer where it costs 0: five draws, of which two are dearer for nothing."""
    table = quadrants([0.0, 1.0, 1.0, -1.0, 0.0], [1.0, 1.0, 0.0, -1.0, 0.0], basis=Basis(**BASIS))
    assert table[["quadrant", "share"]].to_numpy().tolist() == [
        ["more effect, costs more", 0.2],
        ["more effect, costs no more", 0.2],
        ["no more effect, costs more", 0.2],
        ["no more effect, costs no more", 0.4],
    ]
    assert table.columns.tolist() == ["quadrant", "share", *WORDS]
    assert table.attrs == {"about": "Where the draws lie"} | BASIS
    two = quadrants(pd.DataFrame({"a": [5.0], "b": [7.0]}), pd.DataFrame({"a": [1.0], "b": [3.0]}))
    assert two.share.tolist() == [1, 0, 0, 0], "of two options, the second over the first"
    with pytest.raises(InputError, match="same draws"):
        quadrants([1.0, 2.0], [1.0, 2.0, 3.0])


def test_a_ratio_is_of_means_and_its_interval_of_draws() -> None:
    """Costs 100 to 500 for an effect of 10: mean 300 / 10 = 30; the middle half is from 20 to 40."""
    cost, effect = np.arange(1.0, 6) * 100, np.full(5, 10.0)
    table = cost_per_effect(cost, effect, level=0.5, basis=Basis(**BASIS))
    assert table.to_dict("records") == [{"ratio": 30.0, "low": 20.0, "high": 40.0, "level": 0.5, "note": ""} | BASIS]
    assert table.attrs["about"] == "Cost of one unit of effect"
    assert cost_per_effect(cost, effect).level.item() == 0.95
    # The lower end of the effect's interval is exactly 0, then the upper end of the cost's: neither ratio is bounded.
    for costs, effects, what in ((cost, [0.0, 0.0, 1.0, 2.0, 2.0], "effect"), (cost - 200, effect, "cost")):
        row = cost_per_effect(costs, effects, level=0.5).iloc[0]
        assert row.note.startswith(f"no interval: the {what} may be on either side of 0")
        assert math.isfinite(row.ratio) and math.isnan(row.low) and math.isnan(row.high)
    for costs, effects in (([-1.0, 1.0], [1.0, 1.0]), ([1.0, 1.0], [-1.0, 1.0])):
        row = cost_per_effect(costs, effects).iloc[0]
        assert math.isnan(row.ratio)
        assert row.note == "no ratio: on the mean it does not both cost more and have more effect"
    for level in (0, 1):
        with pytest.raises(InputError, match=rf"The level is {level}\. Give a probability between 0 and 1, such as 0"):
            cost_per_effect(cost, effect, level=level)


def test_the_door_takes_draws_as_they_are_held() -> None:
    """One series is the intervention over a comparator at 0; columns are options, by their names or their places."""
    for given in ([-1.0, 3.0], pd.Series([-1.0, 3.0]), xr.DataArray([-1.0, 3.0], dims="sample")):
        read = read_net_benefit(given)
        assert (read.values.tolist(), read.options) == ([[0, -1], [0, 3]], ("comparator", "intervention"))
        assert read.over_best().tolist() == [[1], [-3]]
    two = np.array([[1.0, 2.0], [5.0, 4.0]])
    labelled = xr.DataArray(two.T, dims=("option", "sample"), coords={"option": ["off", "on"]})
    for given, options in (
        (two, ("option 1", "option 2")), (pd.DataFrame(two, columns=["off", "on"]), ("off", "on")),
        ({"off": two[:, 0], 2: two[:, 1]}, ("off", "2")), (labelled, ("off", "on")),
        (labelled.drop_vars("option"), ("1", "2")),
    ):  # fmt: skip
        read = read_net_benefit(given)
        assert (read.values.tolist(), read.options, read.best) == (two.tolist(), options, 0)
        assert read.values.flags.c_contiguous


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([[1.0], [2.0]], "net benefit has one option. Give one column per option"),
        ([], r"net benefit has shape \(0,\); give one draw a row and one column per option"),
        (np.ones((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (["much"], "net benefit has something that is not a number"),
        (xr.DataArray(np.ones((2, 2, 2)), dims=("sample", "a", "b")), r"net benefit has dims \['sample', 'a', 'b'\]"),
        (xr.DataArray([1.0], dims="trust"), r"net benefit has dims \['trust'\]; it needs 'sample'"),
        (
            [[0.0, np.inf, 1.0], [0.0, 1.0, 1.0], [0.0, np.nan, -np.inf]],
            r"(?s)net benefit 'option 2' has 2 draws that are not finite, the first in draw 1 \(inf\)\."
            r".*net benefit 'option 3' has 1 draws that are not finite, the first in draw 3 \(-inf\)\..*would bias",
        ),
    ],
)  # fmt: skip
def test_net_benefit_that_cannot_be_read_says_why(given: object, said: str) -> None:
    """One option, no draw, words, other dimensions, and draws that are not finite: with the first of each option."""
    with pytest.raises(InputError, match=said):
        read_net_benefit(given)  # type: ignore[arg-type]


def test_parameters_are_read_with_their_names() -> None:
    """A thousand draws are enough; one series is one parameter, by its name if it has one."""
    column = np.arange(1000.0)
    held = xr.Dataset({"p": ("sample", column), "q": ("sample", -column)})
    for given, names in (
        (held, ["p", "q"]), (held.to_dataframe(), ["p", "q"]), (held["p"], ["p"]), (pd.Series(column, name="r"), ["r"]),
        (pd.Series(column), ["parameter"]), (xr.DataArray(column, dims="sample"), ["parameter"]),
        (column, ["parameter 1"]), ({"p": column, 7: column}, ["p", "7"]),
    ):  # fmt: skip
        values, found = read_parameters(given, draws=1000)
        assert (found, values.shape) == (names, (1000, len(names)))
        assert values[:, 0].tolist() == column.tolist()
    twice = pd.DataFrame(np.column_stack([column, column, column]), columns=["b", "a", "b"])
    with pytest.raises(InputError, match=r"More than one parameter is named b\. Give each its own name\."):
        read_parameters(twice, draws=1000)


def test_groups_are_read_with_every_problem() -> None:
    """Every parameter alone, one group, or groups by name; unknown and empty ones are all named at once."""
    assert read_groups(None, ["a", "b"]) == {"a": ("a",), "b": ("b",)}
    assert read_groups({"both": ["a", "b"]}, ["a", "b"]) == {"both": ("a", "b")}
    with pytest.raises(InputError, match=r"Groups come as a list or mapping; write \['ab'\]\."):
        read_groups("ab", ["a", "b"])
    with pytest.raises(
        InputError, match=r"(?s)No parameter is named 'x'\. Use one of: a, b\..*Group 'none' is empty\."
    ):
        read_groups({"one": ["a", "x"], "none": []}, ["a", "b"])
    for none in ({}, []):
        with pytest.raises(InputError, match=r"is empty|No parameter is given\. Name at least one\."):
            read_groups(none, ["a", "b"])


def test_partial_information_on_a_coin_by_hand() -> None:
    """Two parameters of two values: net benefit is 3 or -1 by the coin, and the other, which alternates, tells nothing.

    Best on the mean is the intervention at 1; knowing the coin avoids losing 1 half the time: 0.5, all there is to
    know. Gains are 0 or 1 in equal numbers: error sqrt(0.25 x 2000 / 1999 / 2000).
    """
    other = np.repeat([0.0, 1.0], 1000)
    table = evppi(4 * COIN - 1, {"other": other, "coin": COIN}, basis=Basis(**BASIS))
    said = ["group", "parameters", "evppi", "standard_error", "check", "check_standard_error", "agrees", "method"]
    said += ["check_method", "note", "share_of_evpi", "draws"]
    assert table.columns.tolist() == [*said, *WORDS]
    assert table.attrs == {"about": "Worth of knowing some parameters (evppi), a decision"} | BASIS
    assert table.index.tolist() == [0, 1]
    error = pytest.approx(math.sqrt(0.25 / 1999))
    coin, nothing = table[said].to_dict("records")
    assert coin == {
        "group": "coin", "parameters": 1, "evppi": pytest.approx(0.5), "standard_error": error,
        "check": pytest.approx(0.5), "check_standard_error": error, "agrees": True, "method": "mean at each value",
        "check_method": "means of equal-count bins", "note": "", "share_of_evpi": pytest.approx(1.0), "draws": 2000,
    }  # fmt: skip
    assert (nothing["group"], nothing["evppi"], nothing["share_of_evpi"]) == ("other", 0.0, 0.0)
    settled = evppi(np.full(2000, 5.0), {"coin": COIN})
    assert settled["evppi"].tolist() == [0.0] and settled["share_of_evpi"].isna().all()


def test_groups_of_equal_worth_stay_in_the_order_given() -> None:
    """Forty names of one coin are worth the same; the table does not shuffle them."""
    names = {f"p{place}": COIN for place in range(40)}
    assert evppi(np.full(2000, 5.0), names)["group"].tolist() == list(names)


def test_a_curve_of_partial_information_by_hand() -> None:
    """Three options: costs 0, 50 and 10; effects 0, the coin, and 0. The third is never worth while.

    At 100 the coin decides between losing 50 and gaining 50: 25. At 200 the second option, worth 50 on the mean, is
    held; knowing avoids the 50 half the time: 25. At 0 nothing is.
    """
    costs = pd.DataFrame({"none": np.zeros(2000), "line": 50.0, "other": 10.0})
    effects = pd.DataFrame({"none": np.zeros(2000), "line": COIN, "other": 0.0})
    table = evppi_curve(costs, effects, {"coin": COIN}, [200, 100, 0], groups={"it": ["coin"]}, basis=Basis(**BASIS))
    assert table.columns.tolist() == ["group", "threshold", "evppi", "standard_error", *WORDS]
    assert table["group"].tolist() == ["it"] * 3
    assert table["threshold"].tolist() == [200, 100, 0]
    assert table["evppi"].tolist() == pytest.approx([25, 25, 0], abs=1e-6)
    assert table["standard_error"].tolist() == pytest.approx([25 / math.sqrt(1999)] * 2 + [0], abs=1e-6)
    assert table.attrs == {"about": "Worth of knowing some parameters (evppi), by threshold"} | BASIS
    with pytest.raises(InputError, match="costs and effects differ in draws or options"):
        evppi_curve(costs, effects[["none", "line"]], {"coin": COIN}, [1])


def test_the_value_at_a_threshold_is_taken_over_the_option_that_is_best_there() -> None:
    """Two options over a first: fixed -10 and -30, effects (1, 0) and (1, 3), and they are foreseen exactly.

    At 20 the second is worth 10 and -10, the third -10 and 30: the third is best on the mean, at 10. Over it the first
    gains 10 and -30, the second 20 and -40: choosing well gains 20 half the time.
    """
    both = np.array([[-10.0, -30.0, 1.0, 1.0], [-10.0, -30.0, 0.0, 3.0]])
    assert value_at(both, Fit(both, both), 20.0).value == 10.0
    assert value_at(both, Fit(both, both), 0.0).value == 0.0


def test_two_estimates_agree_within_two_standard_errors_of_the_rougher() -> None:
    """On the draws they share: 2 apart, errors 1 and 0.5, agree, and anything more does not, but by what is allowed.

    The estimate's error is of 8 draws; on the two that the check saw it is twice that, so 4 apart agree.
    """
    gains = np.array([1.0, 1.0, 1.0, 1.0])
    one, other = Estimate(1.0, 1.0, gains), Estimate(3.0, 0.5, gains + 2)
    assert agree(one, other, slice(None)) and agree(other, one, slice(None))
    for apart, allowed, same in ((2.5, 0.0, False), (2.5, 0.5, True), (2.5, 0.4, False), (-2.5, 0.0, False)):
        assert agree(one, Estimate(3.5, 0.5, gains + apart), slice(None), allowed=allowed) is same
    part = Estimate(5.0, 0.5, np.array([5.0, 5.0]))
    assert agree(Estimate(1.0, 1.0, np.tile([1.0, 9.0, 9.0, 9.0], 2)), part, slice(None, None, 4))
    assert not agree(Estimate(1.0, 1.0, np.tile([0.9, 9.0, 9.0, 9.0], 2)), part, slice(None, None, 4))


def test_a_group_of_more_than_a_hundred_thousand_draws_is_checked_on_a_part() -> None:
    """Of 100,000 all, of 100,001 every second; one parameter is always checked on all."""
    wide = np.column_stack([np.arange(100_001.0), np.arange(100_001.0) ** 2])
    assert Pair.of(wide[1:], most=3).checked_on == slice(None, None, 1)
    two = Pair.of(wide, most=3)
    assert two.checked_on == slice(None, None, 2)
    assert (two.main.method, two.check.method) == (
        "cross-validated polynomial with interactions", "splines with pairwise products",
    )  # fmt: skip
    one = Pair.of(wide[:, :1])
    assert one.checked_on == slice(None)
    assert (one.main.method, one.check.method) == ("penalised cubic spline", "means of equal-count bins")
    assert [smoother_of(wide[:1000, :size]).method for size in (1, 2)] == [one.main.method, two.main.method]


def test_the_data_of_a_study_are_valued_in_a_table_of_their_own() -> None:
    """The coin seen: worth 0.5 as above; the columns of partial information without the group and its size."""
    table = evsi(4 * COIN - 1, {"seen": COIN}, basis=Basis(**BASIS))
    said = ["evsi", "standard_error", "check", "check_standard_error", "agrees", "method", "check_method", "note"]
    assert table.columns.tolist() == [*said, "share_of_evpi", "draws", *WORDS]
    assert table["evsi"].tolist() == pytest.approx([0.5])
    assert table.attrs["about"] == "Worth of the data of a study (evsi), a decision"


def test_the_share_of_a_variance_by_hand() -> None:
    """Draws 0, 2, 4, 6 and a fit of 1, 1, 5, 5, of which the variance 5 leaves 1: a share of 4 / 5.

    Squares avoided are 8, 0, 0, 8: standard deviation sqrt(64 / 3), over sqrt(4) draws, over 5. A fit the wrong way
    round explains nothing, whatever its sign, and the centre of a fit does not matter.
    """
    column, fit = np.array([0.0, 2.0, 4.0, 6.0]), np.array([1.0, 1.0, 5.0, 5.0])
    assert share_explained(column, fit) == pytest.approx((0.8, math.sqrt(64 / 3) / 2 / 5))
    assert share_explained(column, fit + 100) == pytest.approx((0.8, math.sqrt(64 / 3) / 2 / 5))
    assert share_explained(column, -fit)[0] == 0.0


def test_a_table_of_shares_of_variance_by_hand() -> None:
    """Result 6 x one coin + 2 x another: variances 9 and 1, of 10; spread sqrt(10), and after either 1 or 3."""
    other = np.repeat([0.0, 1.0], 1000)
    table = variance_explained(6 * COIN + 2 * other, {"small": other, "large": COIN}, basis=Basis(**BASIS))
    said = ["group", "variance_explained", "standard_error", "spread_before", "spread_after", "draws"]
    assert table.columns.tolist() == [*said, *WORDS]
    assert (table.index.tolist(), table["group"].tolist()) == ([0, 1], ["large", "small"])
    assert table["variance_explained"].tolist() == pytest.approx([0.9, 0.1], abs=1e-4)
    assert table["spread_before"].tolist() == pytest.approx([math.sqrt(10)] * 2)
    assert table["spread_after"].tolist() == pytest.approx([1, 3], abs=1e-3)
    assert table["draws"].tolist() == [2000, 2000]
    assert table.attrs == {"about": "Share of a result's variance that would be settled"} | BASIS
    for wrong in ([], [1.0, np.nan], [3.0, 3.0], np.ones((2, 2))):
        with pytest.raises(InputError, match="one finite number per draw, and not the same in all"):
            variance_explained(wrong, {"coin": COIN})


def test_who_gains_by_learning_by_hand() -> None:
    """Parts: a cost of 1 to the first payer, and 0 or 4 to the second; weights at two thresholds, 1 and 1/4.

    At 1 the line is worth -1 or 3, mean 1, and chosen; learning leaves it half the time: the first gains 0.5. At 1/4
    it is worth -1 or 0, mean -0.5, and not chosen; learning never takes it up. Gains of 1 and 0 have the error
    sqrt(0.5 / 2) = 0.5.
    """
    columns, weights = np.array([[1.0, 0.0], [1.0, 4.0]]), np.array([[-1.0, -1.0], [1.0, 0.25]])
    fit = Fit(columns, columns)
    assert turned_weights(columns, weights).tolist() == [[1, -1], [-1, 0.25]]
    found = value_of_learning(columns, fit, weights)
    assert (found.value.tolist(), found.signed.tolist()) == ([0.5, 0], [0.5, 0])
    assert found.standard_error == pytest.approx([0.5, 0])
    assert gains_by_part(columns, fit, weights).tolist() == [[0.5, 0], [0, 0]]
    both = compared(columns, fit, fit, weights)
    assert list(both) == ["value", "standard_error", "check", "check_standard_error", "agrees"]
    for name, other in (("value", "check"), ("standard_error", "check_standard_error")):
        assert both[name] == pytest.approx(both[other])
    assert both["agrees"].tolist() == [True, True]


def test_learning_that_misleads_is_worth_nothing_and_the_sum_says_so() -> None:
    """Held out, the fit says yes where -6 follows and no where 4 would: -6 / 2 = -3; by all draws nothing is seen.

    The midpoint of 0 and -3 is -1.5; the value is kept at 0. The part loses the same.
    """
    columns, fit = np.array([[4.0], [-6.0]]), Fit(np.array([[-1.0], [-1.0]]), np.array([[-1.0], [1.0]]))
    found = value_of_learning(columns, fit, np.array([[1.0]]))
    assert (found.signed.tolist(), found.value.tolist()) == ([-1.5], [0.0])
    assert found.standard_error == pytest.approx([3.0])
    assert gains_by_part(columns, fit, np.array([[1.0]])).tolist() == [[-1.5]]


def test_estimator_and_check_differ_by_more_than_two_of_the_larger_error() -> None:
    """Ten draws of 3 and ten of -1 foreseen exactly are worth 0.5; a check that sees nothing finds 0, of no spread.

    The error is sqrt(0.25 x 20 / 19 / 20) = 0.115, so 0.5 is out of reach. With two draws it is 0.5, and 0.5 within.
    """
    # A second decision, a million times as large, excuses no difference in the first.
    weights = np.array([[1.0, 1e6]])
    for each, agrees in ((10, False), (1, True)):
        columns = np.repeat([[3.0], [-1.0]], each, axis=0)
        own, blind = Fit(columns, columns), Fit(np.full_like(columns, 1.0), np.full_like(columns, 1.0))
        found = compared(columns, own, blind, weights)
        assert (found["value"][0], found["check"][0], found["agrees"][0]) == (0.5, 0.0, agrees)
        assert found["check_standard_error"][0] == 0.0
        assert compared(columns, own, own, weights)["agrees"].all()
