"""From specification to tables without sampling: the store holds a fit made by hand, and the story is told from it.

Every trust: 1,000 physical-line calls a month before launch and 700 from the launch month on; 500 mental-line calls.
ED 10% before and 2% on the mental line, primary care 40% and 10%. Four trusts have 11 months and West London 10, so
there are 54 months of trusts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from econ111.activity import DISPOSITIONS, read_calls
from econ111.errors import InputError
from econ111.impact.inputs import build_inputs
from econ111.inference import Posterior
from econ111.inference.store import write_fit
from econ111.parameters import load_catalogue
from econ111.resources import shipped_folder
from econ111.results import Evaluation, make_record
from econ111.run import evaluate, same_labels
from econ111.run.call_data import call_layout, check_other_share, short_history, uncounted_months
from econ111.run.context import Context, fit_key, silent
from econ111.run.estimates import with_joint_total
from econ111.specs.loading import find_data_file, load_spec
from econ111.specs.schema import Spec
from econ111.timeline import build_timeline

SAMPLES = 1000
STAGES = ["before", "after", "mental"]
BEFORE = [0.10, 0.10, 0.40, 0.05, 0.15, 0.20]
MENTAL = [0.02, 0.03, 0.10, 0.30, 0.35, 0.20]
TRUST_MONTHS = 54
SCALES = ("relative_sd", "level_sd")


@dataclass(frozen=True)
class Stored:
    """A fit made by hand for the London evaluation, in a store of its own."""

    spec: Spec
    calls: xr.Dataset
    draws: xr.Dataset

    def into(self, folder: Path, *, samples: int = SAMPLES) -> Path:
        """A store that holds this fit, or its first draws."""
        key = fit_key(context_of(self.spec), self.calls)
        write_fit(folder / f"fit-{key[:32]}.nc", Posterior(self.draws.isel(sample=slice(samples)), 4, 0))
        return folder


def context_of(spec: Spec, *, parameters: Path | None = None) -> Context:
    """A run of this specification that says nothing."""
    catalogue = load_catalogue(parameters)
    return Context(spec, None, catalogue, parameters, None, True, False, silent, False)


def calls_of(spec: Spec) -> xr.Dataset:
    """The call table of a specification."""
    return read_calls(find_data_file(spec, None), call_layout(spec)).data


@pytest.fixture(scope="module")
def stored() -> Stored:
    spec = load_spec("london-2024")
    calls = calls_of(spec)
    rng = np.random.default_rng(1)
    months = [str(month)[:7] for month in calls.month.values]
    open_ = np.array([[month >= str(trust.launch_date)[:7] for month in months] for trust in spec.trusts])

    def scattered(values: object) -> np.ndarray:
        """Draws about these values, a ten-thousandth apart, so that convergence can be judged."""
        whole = np.asarray(values, dtype=float)
        return whole * (1 + 1e-4 * rng.normal(size=(SAMPLES, *whole.shape)))

    shares = np.array([[BEFORE] * 5, [BEFORE] * 5, [MENTAL] * 5])
    by_month, by_stage = ("sample", "trust", "month"), ("sample", "stage", "trust")
    draws = {
        "expected_without": (by_month, scattered(np.full(open_.shape, 1000))),
        "expected_with": (by_month, scattered(np.where(open_, 700, 1000))),
        "expected_mental": (by_month, scattered(np.where(open_, 500, 0))),
        "share": ((*by_stage, "disposition"), np.repeat(shares[None], SAMPLES, axis=0)),
        "unrecorded_share": (by_stage, scattered(np.full((3, 5), 0.1))),
        "abandoned_share": (by_stage, scattered(np.full((3, 5), 0.05))),
        "displacement": (("sample", "trust"), scattered(np.full(5, 0.357))),
        "ramp_months": (("sample", "trust"), scattered(np.full(5, 1.5))),
        "mix_scatter": (("sample", "stage"), scattered(np.full(3, 0.05))),
        **{f"{name}_scatter": ("sample", scattered(0.05)) for name in ("unrecorded", "abandoned")},
        **{f"{line}_{name}": ("sample", scattered(0.05)) for line in ("physical", "mental") for name in SCALES},
    }
    coords = {
        "trust": [trust.code for trust in spec.trusts],
        "month": months,
        "stage": STAGES,
        "disposition": list(DISPOSITIONS),
    }
    return Stored(spec, calls, xr.Dataset(draws, coords=coords))


@pytest.fixture(scope="module")
def london(stored: Stored, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """London from the fit made by hand, in a store that every module and process of these tests shares."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made-by-hand"
    shared.mkdir(exist_ok=True)
    return evaluate("london-2024", store=stored.into(shared))


@pytest.fixture
def total(london: Evaluation) -> Callable[[str, str], pd.Series]:
    """A row of the table of estimates, summed over trusts."""
    rows = london.estimates[london.estimates.trust == "Total"].set_index(["estimand", "item"])
    return lambda estimand, item: rows.loc[(estimand, item)]


def test_a_fit_without_spread_gives_the_sums_of_its_numbers(total: Callable[[str, str], pd.Series]) -> None:
    """E1 ED: 54 x 500 x .08 = 2,160, primary care 54 x 500 x .30 = 8,100. E2 ED: 54 x 300 x .08 = 1,296.

    E0 ED, per trust and month: 1,000 x .10 - 700 x .10 - 500 x .02 = 20; times 11 months and 5 trusts, 1,100.
    """
    assert total("same_calls", "ed").avoided == pytest.approx(2160, rel=1e-3)
    assert total("same_calls", "primary_care").avoided == pytest.approx(8100, rel=1e-3)
    assert total("displaced", "ed").avoided == pytest.approx(1296, rel=1e-3)
    assert total("referrals_fell", "ed").avoided == pytest.approx(1100, rel=1e-3)
    assert total("same_calls", "ed").verdict == "fewer"
    assert total("same_calls", "crisis_mh").verdict == "more"
    assert total("referrals_fell", "ed").verdict == ""


def test_words_of_tables_are_read_without_pyarrow() -> None:
    """Inside a run words are kept as Python holds them, whether PyArrow is installed or not; afterwards as before."""
    before = pd.get_option("mode.string_storage")
    table = evaluate("hampshire-2021").tables["published"]
    assert isinstance(table.disposition.dtype, pd.StringDtype)
    assert table.disposition.dtype.storage == "python"
    assert pd.get_option("mode.string_storage") == before


def test_arrays_with_other_labels_are_an_error_inside_a_run() -> None:
    """While a design is worked out, and not before or after; xarray as it comes keeps what both have."""
    held: dict[str, str] = {}
    evaluate("hampshire-2021", announce=lambda stage: held.update({stage: xr.get_options()["arithmetic_join"]}))
    assert held["Reading the specification and parameters"] == "inner"
    assert "exact" in held.values()
    assert xr.get_options()["arithmetic_join"] == "inner"
    one, other = (xr.DataArray([1.0, 2.0], coords={"trust": codes}) for codes in (["A", "B"], ["B", "C"]))
    with same_labels(), pytest.raises(ValueError, match="exact"):
        one + other


def test_net_system_stands_between_its_assumptions(total: Callable[[str, str], pd.Series], london: Evaluation) -> None:
    """E3 ED = 54 x (300 x .10 + 200 x (a c + (1 - a) i) - 500 x .02), draw by draw of a, c and i, the shipped ones.

    The assumptions own its spread, for the fit has next to none.
    """
    assert london.parameter_draws is not None
    drawn = london.parameter_draws
    absorbed = drawn["absorbed_share"]
    crisis = drawn["crisis_line_mix"].sel(crisis_line_mix_component="ed")
    induced = drawn["induced_otherwise"].sel(induced_otherwise_component="ed")
    by_hand = TRUST_MONTHS * (30 + 200 * (absorbed * crisis + (1 - absorbed) * induced) - 10)
    row = total("net_system", "ed")
    assert row.avoided == pytest.approx(float(by_hand.mean()), rel=1e-3)
    assert row.avoided_high == pytest.approx(float(by_hand.quantile(0.975)), rel=1e-3)
    assert row.prior_share > 0.99


def test_attendances_follow_from_the_draws_of_their_probabilities(
    total: Callable[[str, str], pd.Series], london: Evaluation
) -> None:
    """E2: 54 x 300 x sum over dispositions of (before - mental) x P(attend | disposition), draw by draw."""
    assert london.parameter_draws is not None
    changes = dict(zip(DISPOSITIONS, np.subtract(BEFORE, MENTAL), strict=True))
    chance = sum(change * london.parameter_draws[f"attended.{name}.ed_attendance"] for name, change in changes.items())
    row = total("displaced", "ed_attendance")
    assert row.avoided == pytest.approx(TRUST_MONTHS * 300 * float(chance.mean()), rel=1e-3)
    assert row.probability_fewer == pytest.approx(float((chance > 0).mean()), abs=0.002)


def test_totals_are_the_sums_of_trusts(london: Evaluation) -> None:
    """In every estimand and item the five trusts add up to the total; the ends of their intervals do not."""
    table = london.estimates
    keys = ["estimand", "item", "kind"]
    parts = table[table.trust != "Total"].groupby(keys).avoided.sum()
    whole = table[table.trust == "Total"].set_index(keys).avoided
    assert parts.reindex(whole.index).to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-9, abs=1e-6)
    assert len(whole) == 6 + 3 * 6 + 3 * 8


def test_months_add_up_to_the_period(london: Evaluation) -> None:
    """Avoided referrals by month, summed over 11 months, are those of the period."""
    monthly = london.tables["monthly"].groupby(["estimand", "item", "trust"]).avoided.sum()
    period = london.estimates[london.estimates.kind == "referral"].set_index(["estimand", "item", "trust"]).avoided
    assert monthly.to_numpy() == pytest.approx(period[monthly.index].to_numpy(), rel=1e-9, abs=1e-6)


def test_every_table_says_what_it_is(london: Evaluation) -> None:
    """Every estimate carries code, definition, unit and level; every amount of money its price year."""
    table = london.estimates
    assert not table[["code", "definition", "unit", "level", "reason"]].isna().any(axis=None)
    assert set(table.code) == {"E0", "E1", "E2", "E3"}
    for name in ("cost_consequence", "budget_impact", "scenarios", "one_way"):
        assert "price_year" in london.tables[name].columns, name
    assert set(london.tables["scenarios"].price_year) == {"2024/25"}


def test_a_fit_that_is_not_of_these_data_is_flagged(london: Evaluation) -> None:
    """The fit by hand expects 1,000 calls a month of every trust; the data have others: volumes of each trust are
    flagged, and so is their scatter, a hundred times what the fit makes."""
    table = london.tables["model_checks"]
    scatter = table[(table.check == "variance over mean") & (table.part == "physical line")].iloc[0]
    assert scatter.verdict == "look"
    assert scatter.observed > 5 * scatter.replicated_high
    assert (table[(table.check == "calls") & (table.trust == "SLP")].verdict == "look").all()
    assert set(london.tables["power_scaling"].role) == {"data", "prior"}


def test_the_economics_run_on_the_named_estimand_and_basis(london: Evaluation) -> None:
    """Exactly the rows of net_system and the Welsh cost base are marked; a call costs what its parameter says."""
    scenarios = london.tables["scenarios"]
    assert set(map(tuple, scenarios[scenarios.base][["estimand", "basis"]].to_numpy())) == {("net_system", "wales")}
    assert london.parameter_draws is not None
    cost = float(london.parameter_draws["line_cost_wales"].mean()) * TRUST_MONTHS * 500
    row = scenarios[scenarios.base & (scenarios.trust == "Total")].iloc[0]
    assert row.service_cost == pytest.approx(cost, rel=1e-3)
    assert row.net_value == pytest.approx(row.value_avoided - row.service_cost)


def test_synthetic_data_are_called_so_wherever_the_result_is_shown(london: Evaluation) -> None:
    """In print, in a notebook, in the outcomes handed to the economics, and in the record."""
    assert london.synthetic
    assert "SYNTHETIC DATA" in repr(london)
    assert "Synthetic data" in london._repr_html_()
    assert london.outcomes is not None
    assert london.outcomes.attrs["synthetic"] == 1
    assert london.outcomes.attrs["period_months"] == 11.0
    assert london.record["spec"]["study"]["synthetic"] is True


def test_the_summary_has_one_sentence_for_each_headline(london: Evaluation) -> None:
    """Three estimands, two dispositions and two consequences, each with its interval and level."""
    lines = london.summary().splitlines()[2:]
    assert len(lines) == 12
    assert all("95% interval" in line for line in lines)
    assert not any(line.startswith("E0") for line in lines)


def test_the_record_names_what_made_the_figures(london: Evaluation) -> None:
    """Checksums of specification, data and parameters; versions; seed; state of the code; no path of this machine."""
    record = london.record
    files = ["london-2024-synthetic-calls.csv", "london-2024-example-crosswalk.csv"]
    assert list(record["checksums"]["data"]) == files
    assert record["checksums"]["parameters"] == load_catalogue().checksum()
    assert record["seed"] == 20240401
    assert {"python", "pymc", "numpy", "econ111"} <= set(record["versions"])
    assert set(record["code"]) == {"commit", "changed"}
    assert str(Path.cwd()) not in str(record)


def test_a_changed_data_file_or_parameter_changes_its_checksum(tmp_path: Path) -> None:
    """One digit in either file: that checksum differs, the others do not."""
    spec = load_spec("london-2024")
    data = tmp_path / "calls.csv"
    shutil.copy(shipped_folder("data/activity") / "london-2024-synthetic-calls.csv", data)
    first = make_record(spec, data_file=data, parameters_checksum="x", seed=1)
    text = data.read_text(encoding="utf-8")
    data.write_text(text[:-2] + ("1" if text[-2] != "1" else "2") + "\n", encoding="utf-8")
    second = make_record(spec, data_file=data, parameters_checksum="x", seed=1)
    assert first["checksums"]["data"] != second["checksums"]["data"]
    assert first["checksums"]["spec"] == second["checksums"]["spec"]
    folder = tmp_path / "parameters"
    shutil.copytree(shipped_folder("data/parameters"), folder)
    assert load_catalogue(folder).checksum() == load_catalogue().checksum()
    costs = folder / "unit_costs.csv"
    costs.write_text(costs.read_text(encoding="utf-8").replace("280.17", "280.18"), encoding="utf-8")
    assert load_catalogue(folder).checksum() != load_catalogue().checksum()


def test_the_key_of_a_fit_changes_with_everything_it_depends_on(stored: Stored, tmp_path: Path) -> None:
    """Data, prior, seed, launch date, harmonics: five other keys; title, prices and thresholds: the same key."""
    spec, calls = stored.spec, stored.calls
    first = fit_key(context_of(spec), calls)
    other_data = calls.copy(deep=True)
    other_data["calls_answered_low"][0, 0, 0] += 1
    later = spec.trusts[0].model_copy(update={"launch_date": spec.trusts[1].launch_date})
    assert spec.model is not None
    assert spec.sampling is not None
    changed = [
        spec.model_copy(update={"trusts": (later, *spec.trusts[1:])}),
        spec.model_copy(update={"model": spec.model.model_copy(update={"harmonics": 2})}),
        spec.model_copy(update={"model": spec.model.model_copy(update={"priors": {"mix_trust_sd": 1.0}})}),
        spec.model_copy(update={"sampling": spec.sampling.model_copy(update={"seed": 1})}),
    ]
    keys = {fit_key(context_of(other), calls) for other in changed}
    keys |= {fit_key(context_of(spec), other_data)}
    assert len(keys) == 5
    assert first not in keys
    assert spec.economics is not None
    titled = spec.study.model_copy(update={"title": "Another title"})
    cheaper = spec.economics.model_copy(update={"thresholds": (1.0,)})
    same = spec.model_copy(update={"study": titled, "economics": cheaper})
    assert fit_key(context_of(same), calls) == first


def test_a_prior_that_does_not_exist_suggests_the_nearest(stored: Stored) -> None:
    """`mix_trsut_sd` would otherwise be passed over and the shipped scale used."""
    assert stored.spec.model is not None
    model = stored.spec.model.model_copy(update={"priors": {"mix_trsut_sd": 1.0}})
    with pytest.raises(InputError, match="Did you mean 'mix_trust_sd'"):
        _ = context_of(stored.spec.model_copy(update={"model": model})).priors


def test_a_fit_that_broke_a_rule_is_marked_everywhere(stored: Stored, tmp_path: Path) -> None:
    """100 draws cannot be 400 effective ones. Accepted on request, every verdict is `not identifiable` and says why."""
    store = stored.into(tmp_path, samples=100)
    spec = stored.spec.model_copy(update={"value_of_information": None})
    accepted = evaluate(spec, store=store, accept_unconverged=True)
    judged = accepted.estimates[accepted.estimates.estimand != "referrals_fell"]
    judged = judged[~judged.reason.str.startswith("zero by construction")]
    assert set(judged.verdict) == {"not identifiable"}
    assert judged.reason.str.contains("wanted 400").all()
    assert any("accepted" in warning for warning in accepted.record["warnings"])
    assert "FAIL" in set(accepted.tables["checks"].verdict)
    assert accepted.diagnostics is not None
    assert accepted.diagnostics["accepted"]


def test_a_trust_with_a_short_history_is_announced(stored: Stored) -> None:
    """RV3 supplies nothing before October 2023, 6 months before its launch: its prior drives its trend."""
    calls = stored.calls.copy(deep=True)
    early = calls.month < np.datetime64("2023-10-01")
    for name in ("calls_answered_low", "calls_answered_high"):
        calls[name] = calls[name].where(~(early & (calls.trust == "RV3")))
    timeline = build_timeline(calls.month.values, {trust.code: trust.launch_date for trust in stored.spec.trusts})
    (issue,) = short_history(build_inputs(calls, timeline), stored.spec, "calls.csv")
    assert "trust RV3 has 6 months" in issue.what
    assert short_history(build_inputs(stored.calls, timeline), stored.spec, "calls.csv") == []


def test_a_month_of_the_period_without_calls_is_announced(stored: Stored) -> None:
    """RV3 supplies no calls in the last month; before launch a missing month of the mental line is no news."""
    calls = stored.calls.copy(deep=True)
    chosen = (calls.trust == "RV3") & (calls.month == calls.month[-1])
    for name in ("calls_answered_low", "calls_answered_high"):
        calls[name] = calls[name].where(~chosen)
    timeline = build_timeline(calls.month.values, {trust.code: trust.launch_date for trust in stored.spec.trusts})
    found = uncounted_months(build_inputs(calls, timeline), stored.spec, "calls.csv")
    last = str(calls.month.values[-1])[:7]
    assert {issue.what.removesuffix(" of the evaluated period: the model estimates them.") for issue in found} == {
        f"answered calls of RV3 on the {line} line were not supplied in 1 month ({last})"
        for line in ("physical", "mental")
    }
    assert uncounted_months(build_inputs(stored.calls, timeline), stored.spec, "calls.csv") == []


def test_too_much_in_other_is_refused_with_the_share(stored: Stored) -> None:
    """About 28% of what the trusts return is `other`: above a limit of 20% the run refuses and names them."""
    assert stored.spec.data is not None
    strict = stored.spec.model_copy(update={"data": stored.spec.data.model_copy(update={"max_other_share": 0.2})})
    with pytest.raises(InputError, match=r"more than 20% .* SLP 2\d%"):
        check_other_share(stored.calls, strict, "calls.csv")
    check_other_share(stored.calls, stored.spec, "calls.csv")


def test_a_joint_total_is_summed_draw_by_draw() -> None:
    """Two trusts that move against each other: each varies, their total never does."""
    draws = xr.DataArray([[1.0, 4.0], [2.0, 3.0]], dims=("sample", "trust"), coords={"trust": ["A", "B"]})
    found = with_joint_total(draws)
    assert found.trust.values.tolist() == ["A", "B", "Total"]
    assert found.sel(trust="Total").values.tolist() == [5.0, 5.0]


def test_hampshire_runs_without_a_model() -> None:
    """Published percentages: bounds, no estimate, no fit, no seed; and the summary says what cannot be said."""
    result = evaluate("hampshire-2021")
    assert set(result.tables) >= {"published", "issues"}
    assert result.posterior is None
    assert result.record["seed"] is None
    assert not result.synthetic
    assert "not identifiable" in result.summary()
