"""Five meanings of avoided, worked by hand for two trusts, two months and one draw.

                     trust A               trust B
                April   May  both     April   May  both
without           200   200   400       100   100   200    physical-line calls, had nothing changed
with              150   140   290       100    90   190    physical-line calls as they are
displaced          50    60   110         0    10    10
mental            100   120   220        20    40    60    mental-line calls
absorbed 60 %                  66                    30    of 110 and 50 not displaced
induced 40 %                   44                    20

mixes          ed  ambulance  primary care  crisis  self-care  other
before, A     .10        .10           .40     .05        .15    .20
before, B     .20        .10           .30     .05        .15    .20
mental, A     .02        .03           .10     .30        .35    .20
mental, B     .05        .05           .10     .30        .30    .20
crisis line   .04        .03           .13     .30        .30    .20
induced       .05        .02           .10     .05        .08    .05    and .65 nothing
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.errors import InputError
from econ111.impact.estimands import (
    Elsewhere,
    avoided_referrals,
    call_flows,
    consequences,
    referrals_fell,
)
from econ111.timeline import build_timeline

DISPOSITIONS = ["ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other"]
BEFORE = [[0.10, 0.10, 0.40, 0.05, 0.15, 0.20], [0.20, 0.10, 0.30, 0.05, 0.15, 0.20]]
AFTER = [[0.09, 0.11, 0.40, 0.05, 0.15, 0.20], [0.20, 0.10, 0.30, 0.05, 0.15, 0.20]]
MENTAL = [[0.02, 0.03, 0.10, 0.30, 0.35, 0.20], [0.05, 0.05, 0.10, 0.30, 0.30, 0.20]]
CRISIS_LINE = [0.04, 0.03, 0.13, 0.30, 0.30, 0.20]
INDUCED = [0.05, 0.02, 0.10, 0.05, 0.08, 0.05]
PERIOD = {"start": date(2024, 4, 1), "end": date(2024, 5, 31)}


@pytest.fixture
def timeline() -> xr.Dataset:
    launches = {"A": date(2024, 4, 1), "B": date(2024, 4, 1)}
    return build_timeline(pd.date_range("2024-02-01", periods=4, freq="MS"), launches)


@pytest.fixture
def posterior(timeline: xr.Dataset) -> xr.Dataset:
    """February and March stand before the launch; the model's months carry labels, not dates."""
    calls = {
        "expected_without": [[200, 180, 200, 200], [100, 100, 100, 100]],
        "expected_with": [[200, 180, 150, 140], [100, 100, 100, 90]],
        "expected_mental": [[0, 0, 100, 120], [0, 0, 20, 40]],
    }
    labels = [str(month)[:7] for month in timeline.month.values]
    dims = ("sample", "trust", "month")
    data = {name: (dims, np.array([values], dtype=float)) for name, values in calls.items()}
    return xr.Dataset(data, coords={"trust": ["A", "B"], "month": labels})


@pytest.fixture
def shares() -> xr.DataArray:
    return mixes(BEFORE, AFTER, MENTAL)


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere(xr.DataArray([0.6], dims="sample"), one_mix(CRISIS_LINE), one_mix(INDUCED))


@pytest.fixture
def flows(posterior: xr.Dataset, elsewhere: Elsewhere, timeline: xr.Dataset) -> xr.Dataset:
    return call_flows(posterior, elsewhere, timeline=timeline, **PERIOD).sum("month")


@pytest.fixture
def attendance() -> xr.DataArray:
    """Chance of each consequence after each disposition, and after an attendance."""
    table = pd.DataFrame(
        0.0,
        index=[*DISPOSITIONS, "ed_attendance"],
        columns=["ed_attendance", "ambulance_conveyance", "primary_care_contact", "crisis_contact", "admission"],
    )
    table.loc[DISPOSITIONS, "ed_attendance"] = [0.5, 0.6, 0.1, 0.1, 0.1, 0.1]
    table.loc["ambulance", "ambulance_conveyance"] = 0.7
    table.loc["primary_care", "primary_care_contact"] = 0.5
    table.loc["crisis_mh", "crisis_contact"] = 0.6
    table.loc["ed_attendance", "admission"] = 0.3
    coords = {"disposition": list(table.index), "consequence": list(table.columns)}
    return xr.DataArray(table.to_numpy()[None], dims=("sample", "disposition", "consequence"), coords=coords)


def mixes(before: list[list[float]], after: list[list[float]], mental: list[list[float]]) -> xr.DataArray:
    """Shares (sample, stage, trust, disposition) of one draw."""
    coords = {"stage": ["before", "after", "mental"], "trust": ["A", "B"], "disposition": DISPOSITIONS}
    return xr.DataArray([[before, after, mental]], dims=("sample", "stage", "trust", "disposition"), coords=coords)


def one_mix(values: list[float]) -> xr.DataArray:
    """A mix of one draw (sample, disposition)."""
    return xr.DataArray([values], dims=("sample", "disposition"), coords={"disposition": DISPOSITIONS})


def avoided(pair: xr.Dataset) -> xr.DataArray:
    """Without the service minus with it, of the only draw."""
    return (pair.without_service - pair.with_service).isel(sample=0)


def test_flows_are_the_sums_of_the_table(flows: xr.Dataset) -> None:
    """The columns `both` of the table at the top."""
    found = flows.isel(sample=0).to_dataframe()[["mental", "displaced", "absorbed", "induced"]]
    assert found.loc["A"].tolist() == pytest.approx([220, 110, 66, 44])
    assert found.loc["B"].tolist() == pytest.approx([60, 10, 30, 20])


def test_the_period_counts_whole_months_whatever_its_days(
    posterior: xr.Dataset, elsewhere: Elsewhere, timeline: xr.Dataset
) -> None:
    """From 2 April to 15 May are the months April and May; May alone has 120 and 40 mental-line calls."""
    same = call_flows(posterior, elsewhere, timeline=timeline, start=date(2024, 4, 2), end=date(2024, 5, 15))
    assert same.sizes["month"] == 2
    may = call_flows(posterior, elsewhere, timeline=timeline, start=date(2024, 5, 1), end=date(2024, 5, 31))
    assert may.mental.values.ravel().tolist() == [120, 40]


def test_a_period_beyond_the_data_is_refused(posterior: xr.Dataset, elsewhere: Elsewhere, timeline: xr.Dataset) -> None:
    """The data end in May; a period to July would be two months of calls counted as four."""
    with pytest.raises(InputError, match="2024-06"):
        call_flows(posterior, elsewhere, timeline=timeline, start=date(2024, 4, 1), end=date(2024, 7, 31))


def test_avoided_ed_dispositions_by_hand(flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere) -> None:
    """E1: 220 x .08 = 17.6 and 60 x .15 = 9. E2: 110 x .08 = 8.8 and 10 x .15 = 1.5.

    E3: 110 x .10 + 66 x .04 + 44 x .05 - 220 x .02 = 11 + 2.64 + 2.2 - 4.4 = 11.44;
    10 x .20 + 30 x .04 + 20 x .05 - 60 x .05 = 2 + 1.2 + 1 - 3 = 1.2.
    """
    found = avoided(avoided_referrals(flows, shares, elsewhere)).sel(disposition="ed")
    assert found.sel(estimand="same_calls").values == pytest.approx([17.6, 9.0])
    assert found.sel(estimand="displaced").values == pytest.approx([8.8, 1.5])
    assert found.sel(estimand="net_system").values == pytest.approx([11.44, 1.2])


def test_monthly_effects_add_up_to_the_period(
    posterior: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere, timeline: xr.Dataset
) -> None:
    """The same function on monthly flows, summed over months, gives the period's figures."""
    monthly = call_flows(posterior, elsewhere, timeline=timeline, **PERIOD)
    by_month = avoided_referrals(monthly, shares, elsewhere).sum("month")
    whole = avoided_referrals(monthly.sum("month"), shares, elsewhere)
    xr.testing.assert_allclose(by_month, whole)


def test_what_the_calls_are_moved_from_is_moved_to(
    flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere
) -> None:
    """Mixes sum to 1, so E1 and E2 sum to 0 over dispositions: fewer of one is more of another.

    E3 sums to minus the induced calls that would have been nothing: 44 x .65 = 28.6 and 20 x .65 = 13.
    """
    total = avoided(avoided_referrals(flows, shares, elsewhere)).sum("disposition")
    assert total.sel(estimand=["same_calls", "displaced"]).values.ravel() == pytest.approx([0, 0, 0, 0], abs=1e-12)
    assert total.sel(estimand="net_system").values == pytest.approx([-28.6, -13.0])


def test_the_same_mix_before_and_with_the_service_avoids_nothing(flows: xr.Dataset, elsewhere: Elsewhere) -> None:
    """before - mental = 0 exactly under E1 and E2."""
    found = avoided(avoided_referrals(flows, mixes(MENTAL, MENTAL, MENTAL), elsewhere))
    assert (found.sel(estimand=["same_calls", "displaced"]) == 0).all()


def test_swapping_the_mixes_flips_the_sign(flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere) -> None:
    """mental - before is minus before - mental."""
    forwards = avoided(avoided_referrals(flows, shares, elsewhere))
    backwards = avoided(avoided_referrals(flows, mixes(MENTAL, AFTER, BEFORE), elsewhere))
    simple = ["same_calls", "displaced"]
    xr.testing.assert_allclose(forwards.sel(estimand=simple), -backwards.sel(estimand=simple))


def test_net_system_is_displaced_when_the_others_would_have_met_the_same_advice(
    flows: xr.Dataset, elsewhere: Elsewhere
) -> None:
    """d x before + (m - d) x mental - m x mental = d x (before - mental), with one mental mix for both trusts."""
    shares = mixes(BEFORE, AFTER, [MENTAL[0], MENTAL[0]])
    alike = Elsewhere(elsewhere.absorbed_share, one_mix(MENTAL[0]), one_mix(MENTAL[0]))
    found = avoided(avoided_referrals(flows, shares, alike))
    xr.testing.assert_allclose(found.sel(estimand="net_system", drop=True), found.sel(estimand="displaced", drop=True))


def test_new_calls_alone_can_only_add(flows: xr.Dataset, shares: xr.DataArray) -> None:
    """Nothing displaced, nothing absorbed, callers who would have done nothing: E3 is minus all referrals made."""
    nobody = Elsewhere(xr.DataArray([0.0], dims="sample"), one_mix(CRISIS_LINE), one_mix([0.0] * 6))
    induced = flows.assign(displaced=0 * flows.mental, absorbed=0 * flows.mental, induced=flows.mental)
    found = avoided(avoided_referrals(induced, shares, nobody)).sel(estimand="net_system", disposition="ed")
    assert found.values == pytest.approx([-220 * 0.02, -60 * 0.05])


def test_referrals_fell_compares_months_and_credits_nobody(
    posterior: xr.Dataset, shares: xr.DataArray, timeline: xr.Dataset
) -> None:
    """A, ED: (200 + 180)/2 x .10 = 19 a month; after, 145 x .09 + 110 x .02 = 13.05 + 2.2; x 2 months = 7.5.

    B: 100 x .20 = 20; after, 95 x .20 + 30 x .05 = 19 + 1.5; -0.5 x 2 = -1: referrals rose.
    """
    found = referrals_fell(posterior, shares, timeline=timeline, months=2)
    assert found.dims == ("sample", "trust", "disposition")
    assert found.sel(disposition="ed").values[0] == pytest.approx([7.5, -1.0])


def test_avoided_attendances_by_hand(
    flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere, attendance: xr.DataArray
) -> None:
    """Trust A. Chance of attending ED: before .10 x .5 + .10 x .6 + .80 x .1 = .19; mental .01 + .018 + .095 = .123;
    crisis line .02 + .018 + .093 = .131; induced .05 x 1 + .02 x .6 + .23 x .1 + .05 x .1 + .65 x .1 = .155.

    E1: 220 x (.19 - .123) = 14.74. E2: 110 x .067 = 7.37.
    E3: 110 x .19 + 66 x .131 + 44 x .155 - 220 x .123 = 20.9 + 8.646 + 6.82 - 27.06 = 9.306.
    """
    found = avoided(consequences(flows, shares, elsewhere, attendance)).sel(trust="A", consequence="ed_attendance")
    assert found.values == pytest.approx([14.74, 7.37, 9.306])


def test_the_other_consequences_by_hand(
    flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere, attendance: xr.DataArray
) -> None:
    """Trust A, E3. Primary-care contacts: 110 x .40 x .5 + 66 x .13 x .5 + 44 x .10 x 1 - 220 x .10 x .5 = 19.69.

    Conveyances: .7 x (110 x .10 + 66 x .03 + 44 x .02 - 220 x .03) = .7 x 7.26 = 5.082.
    Crisis contacts: .6 x (110 x .05 + 66 x .30 - 220 x .30) + 44 x .05 x 1 = -24.42 + 2.2 = -22.22: more.
    Admissions: .3 of the attendances, 2.7918. Physical-line calls: the 110 displaced; under E1 all 220.
    """
    found = avoided(consequences(flows, shares, elsewhere, attendance)).sel(trust="A")
    net = found.sel(estimand="net_system").to_series()
    assert net.primary_care_contact == pytest.approx(19.69)
    assert net.ambulance_conveyance == pytest.approx(5.082)
    assert net.crisis_contact == pytest.approx(-22.22)
    assert net.admission == pytest.approx(0.3 * 9.306)
    assert found.sel(consequence="physical_line_call").values == pytest.approx([220, 110, 110])


def test_no_call_and_no_chance_make_no_consequence(
    flows: xr.Dataset, shares: xr.DataArray, elsewhere: Elsewhere, attendance: xr.DataArray
) -> None:
    """Zero calls give exactly zero of everything; the same mixes everywhere give zero under E1 and E2."""
    nothing = consequences(0 * flows, shares, elsewhere, attendance)
    assert (nothing.without_service == 0).all()
    assert (nothing.with_service == 0).all()
    same = avoided(consequences(flows, mixes(MENTAL, MENTAL, MENTAL), elsewhere, attendance))
    clinical = same.drop_sel(consequence="physical_line_call").sel(estimand=["same_calls", "displaced"])
    assert (clinical == 0).all()


def test_absorbed_calls_are_the_fall_of_the_crisis_lines_where_these_were_counted(
    posterior: xr.Dataset, elsewhere: Elsewhere, timeline: xr.Dataset
) -> None:
    """Crisis lines of A lost 20 and 30 calls, those of B gained 5: absorbed 50 and -5, whatever share is assumed.

    Of 110 and 50 calls not displaced, 60 and 55 are induced.
    """
    calls = {"without": [[80.0] * 4, [40.0] * 4], "with": [[80, 80, 60, 50], [40, 40, 40, 45.0]]}
    counted = {f"expected_crisis_{name}": (("sample", "trust", "month"), [values]) for name, values in calls.items()}
    nothing_assumed = Elsewhere(None, elsewhere.crisis_line_mix, elsewhere.induced_otherwise)
    for given in (elsewhere, nothing_assumed):
        found = call_flows(posterior.assign(counted), given, timeline=timeline, **PERIOD).sum("month").isel(sample=0)
        assert found.absorbed.values.tolist() == [50, -5]
        assert found.induced.values.tolist() == [60, 55]
    with pytest.raises(InputError, match="absorbed_share"):
        call_flows(posterior, nothing_assumed, timeline=timeline, **PERIOD)
