"""Partial perfect information: order, groups, checks that disagree, and draws that cannot be used."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.economics import EstimatesDiffer, evpi, evppi, evppi_curve
from econ111.errors import InputError

DRAWS = 20_000


@pytest.fixture(scope="module")
def product() -> tuple[np.ndarray, pd.DataFrame]:
    """Net benefit of a line: calls x share displaced x share attending x unit cost, less what the line costs."""
    rng = np.random.default_rng(21)
    parameters = pd.DataFrame(
        {
            "displaced": rng.beta(8, 12, DRAWS),
            "attending": rng.beta(5, 5, DRAWS),
            "unit_cost": rng.gamma(25, 280 / 25, DRAWS),
            "line_cost": rng.normal(55, 8, DRAWS),
        }
    )
    net = 1000 * (parameters.displaced * parameters.attending * parameters.unit_cost - parameters.line_cost)
    return net.to_numpy(), parameters


def test_knowing_part_is_worth_no_more_than_knowing_all(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """evppi <= evpi for each parameter and group, within two standard errors."""
    net, parameters = product
    perfect = evpi(net).loc[0, "evpi"]
    groups = {name: [name] for name in parameters} | {"two": ["displaced", "attending"]}
    table = evppi(net, parameters, groups=groups)
    assert (table.evppi <= perfect + 2 * table.standard_error).all()
    assert (table.evppi.diff().dropna() <= 0).all(), "largest first"


def test_knowing_all_parameters_is_perfect_information(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """The net benefit is a function of its four parameters; knowing them together is knowing it."""
    net, parameters = product
    row = evppi(net, parameters, groups=list(parameters)).iloc[0]
    assert abs(row.evppi - evpi(net).loc[0, "evpi"]) < 2 * row.standard_error
    assert row.share_of_evpi == pytest.approx(1.0, abs=0.02)


def test_a_group_is_worth_as_much_as_its_members_at_least(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """More knowledge is never worth less."""
    net, parameters = product
    table = evppi(net, parameters, groups={"both": ["displaced", "attending"], "one": ["displaced"]}).set_index("group")
    assert table.evppi["both"] >= table.evppi["one"] - 2 * table.standard_error["one"]


def test_noise_has_no_value(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """A parameter that the net benefit does not depend on is worth nothing, whatever the noise."""
    net, _ = product
    row = evppi(net, {"noise": np.random.default_rng(3).standard_normal(DRAWS)}).iloc[0]
    assert row.evppi < 0.01 * evpi(net).loc[0, "evpi"]


def test_the_order_of_the_draws_does_not_matter(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """Draws sorted by the parameter give the same value: folds are not cut from a sorted table in blocks."""
    net, parameters = product
    order = np.argsort(parameters.attending.to_numpy())
    plain = evppi(net, parameters, groups=["attending", "displaced"]).iloc[0]
    turned = evppi(net[order], parameters.iloc[order], groups=["attending", "displaced"]).iloc[0]
    assert turned.evppi == pytest.approx(plain.evppi, abs=plain.standard_error)


def test_the_curve_equals_the_value_at_each_threshold() -> None:
    """Regressions of costs and of effects, put together at a threshold, value what one of net benefit values there."""
    rng = np.random.default_rng(22)
    x = rng.standard_normal(DRAWS)
    costs, effects = 100 + 30 * rng.standard_normal(DRAWS), 1 + 0.5 * x
    curve = evppi_curve(costs, effects, {"x": x}, [50, 100, 200])
    for row in curve.itertuples():
        at = evppi(row.threshold * effects - costs, {"x": x}).iloc[0]
        assert row.evppi == pytest.approx(at.evppi, abs=0.5 * at.standard_error + 1e-6)


def test_a_parameter_with_few_values_is_taken_value_by_value() -> None:
    """A coin decides between gaining 3 and losing 1: knowing it is worth (0 + 3) / 2 - 1 = 0.5."""
    rng = np.random.default_rng(23)
    coin = rng.integers(0, 2, DRAWS)
    row = evppi(np.where(coin, 3.0, -1.0) + rng.standard_normal(DRAWS), {"coin": coin}).iloc[0]
    assert row.method == "mean at each value"
    assert row.evppi == pytest.approx(0.5, abs=2 * row.standard_error)


def test_two_estimators_that_differ_are_said_to() -> None:
    """A product of three is beyond pairs of broken lines, so the check falls short and the table says so."""
    x = np.random.default_rng(24).standard_normal((DRAWS, 3))
    with pytest.warns(EstimatesDiffer, match="standard errors apart"):
        table = evppi(x.prod(axis=1), x, groups=["parameter 1", "parameter 2", "parameter 3"])
    assert not table.loc[0, "agrees"]
    # E max(0, x y z) = (2 / pi)^1.5 / 2
    assert table.loc[0, "evppi"] == pytest.approx((2 / np.pi) ** 1.5 / 2, abs=2 * table.loc[0, "standard_error"])


def test_estimators_that_agree_say_nothing(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """A warning that is always given is read by nobody."""
    net, parameters = product
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = evppi(net, parameters)
    assert table.agrees.all()


def test_arrays_frames_and_datasets_give_one_answer(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """Draws come as they are held: pandas, numpy or xarray."""
    net, parameters = product
    labelled = xr.Dataset({name: ("sample", parameters[name].to_numpy()) for name in parameters})
    of_frame = evppi(net, parameters).evppi
    assert evppi(xr.DataArray(net, dims="sample"), labelled).evppi.tolist() == of_frame.tolist()
    assert evppi(pd.DataFrame({"without": 0.0, "with": net}), parameters.to_numpy()).evppi.tolist() == of_frame.tolist()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda net, p: (net, p.assign(fixed=1.0)), "same in every draw: fixed"),
        (lambda net, p: (net, p.assign(displaced=p.displaced.where(p.index != 6))), "'displaced' has 1 draws.*draw 7"),
        (lambda net, p: (np.where(np.arange(DRAWS) == 4, np.nan, net), p), "net benefit 'intervention'.*draw 5"),
        (lambda net, p: (net[:999], p.iloc[:999]), "999 draws.*1,000"),
        (lambda net, p: (net, p.iloc[:5000]), "5,000 draws and net benefit has 20,000"),
        (lambda net, p: (net, p.assign(word="much")), "not a number"),
    ],
)
def test_draws_that_cannot_be_used_are_named(
    product: tuple[np.ndarray, pd.DataFrame], change: object, said: str
) -> None:
    """A constant, a gap, too few draws, another number of draws, words: each is refused with where it is."""
    net, parameters = change(*product)  # type: ignore[operator]
    with pytest.raises(InputError, match=f"(?is){said}"):
        evppi(net, parameters)


def test_an_unknown_parameter_of_a_group_is_refused_with_the_nearest(product: tuple[np.ndarray, pd.DataFrame]) -> None:
    """A misspelt member would otherwise make a smaller group without a word."""
    net, parameters = product
    with pytest.raises(InputError, match="Did you mean 'attending'"):
        evppi(net, parameters, groups=["displaced", "atending"])
