"""The frozen result of one evaluation and its record: the only thing that reports, workbooks and readers look at.

Every table is tidy, one value a row, with its interval's level and, for money, its price year. The draws behind the
tables are kept, so that anything can be recomputed; nothing above this floor goes back to the model.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import xarray as xr

from econ111.display import SYNTHETIC, Card, Shown, Tables, label_draws
from econ111.files import sha256_of
from econ111.intervals import INTERVAL_KIND, INTERVAL_LEVEL, interval_label
from econ111.specs.schema import Spec

# Key of the record under which stands how observed counts are published.
DISCLOSURE = "disclosure"
RECORDED_PACKAGES = ("econ111", "pymc", "pytensor", "numba", "arviz", "numpy", "scipy", "pandas", "xarray")
TABLES = MappingProxyType(
    {
        "estimates": "Avoided referrals and consequences over the evaluated period, by estimand and trust",
        "monthly": "Avoided referrals by month",
        "detectable": "What an outcome series could show, found before the fit",
        "series_effects": "Falls of an outcome series by trust, pooled and each by itself",
        "placebo_outcome": "Placebo outcome beside the outcome",
        "published": "Bounds from printed percentages",
        "published_changes": "Changes between published numbers, with intervals",
        "published_figures": "Published figures beside ours",
        "cost_consequence": "Cost-consequence, by estimand and trust",
        "budget_impact": "Budget impact by year, payer and trust",
        "scenarios": "Value, cost and their difference under each estimand and service-cost basis",
        "decision_curve": "Net benefit, probability of being best and expected loss along the threshold",
        "quadrants": "Where the draws lie: cheaper or dearer, more or fewer attendances avoided",
        "information": "What knowing parameters, or everything, would be worth before deciding",
        "information_trusts": "What knowing would be worth where each trust decides for itself; not to be added up",
        "studies": "What linked records, an audit of calls or a completed return would be worth",
        "information_gains": "On whom the value of linked records would fall",
        "information_learnt": "How much of what is uncertain a study would settle, where there is no threshold",
        "one_way": "Net value when one parameter alone is at its low or high end",
        "structural": "Avoided numbers under each structural choice, from the same draws",
        "structural_value": "Value less cost under each structural choice",
        "tipping": "How unlike the recorded calls the unrecorded ones would have to be for an answer to change",
        "bounds": "What can have been avoided whatever the unrecorded calls were",
        "abandoned": "Calls given up before an answer, with and without the service",
        "repeat_callers": "The people behind the calls, and a cap on what one person avoids",
        "parameters": "Parameters used, with sources",
        "evidence": "Evidence that joins advice to what followed",
        "issues": "What was noticed about the data",
        "checks": "Convergence and identifiability",
        "verification": "Tests of the economics on this run's own draws",
        "assumption_log": "Assumptions, with what rests on them and who has still to sign",
        "data_log": "Data and parameter files used, with checksums",
        "decision_log": "Choices made in the specification",
        "assurance": "Assurance statement: what the run can say, and what people have to",
        "cheers": "CHEERS 2022 reporting items",
        "cheers_voi": "Reporting items for the value of information, after CHEERS-VOI",
        "model_checks": "Statistics of the data beside those of data that the model makes",
        "power_scaling": "What each estimand leans on: the data, or a prior",
        "placebo_launches": "Apparent falls when the launch is moved to months without one",
        "leave_one_out": "Estimates with each trust left out in turn",
        "forecast_scores": "Forecasts of months that the fit had not seen, against a naive forecast",
    }
)
# What a table of results says of itself where its own rows do not: no year is discounted unless a table says so.
NOT_DISCOUNTED = "none"
# Tables of what went in, of tests and of lists to fill: they hold no result, so nothing is compared in them.
NOT_RESULTS = frozenset(
    {
        "parameters", "evidence", "issues", "checks", "verification", "assumption_log", "data_log", "decision_log",
        "assurance", "cheers", "cheers_voi", "model_checks", "power_scaling", "payment_rules", "price_years",
        "budget_checklist", "published_figures", "forecast_scores", "detectable",
    }
)  # fmt: skip

# Tables that stand beside those: workings, views by area and year, and what a checklist asks.
FURTHER_TABLES = MappingProxyType(
    {
        "cost_consequence_area": "Cost-consequence by area",
        "perspectives": "Value and cost from several perspectives",
        "payment_rules": "Which share of a price follows activity, year by year",
        "call_forecast": "Calls expected in the years of the budget",
        "budget_nominal": "Budget impact in the prices of each year",
        "budget_area": "Budget impact by area",
        "budget_per_head": "Budget impact per head of population",
        "present_values": "Totals over the years, discounted",
        "price_years": "How each price was moved to the price year",
        "budget_checklist": "What a budget impact analysis should say, and where it does",
        "thresholds": "Values of parameters at which value equals cost",
        "two_way": "Net value over two parameters at a time",
        "staffing": "The line costed from the people up",
        "structural_grid": "Value less cost in every cell of the structural choices",
        "structural_moves": "How far each structural choice moves value less cost",
    }
)


@dataclass(frozen=True, repr=False)
class Evaluation(Shown):
    """One evaluation, whole.

    Attributes
    ----------
    spec : Spec
        What was evaluated.
    tables : mapping of str to DataFrame
        See `TABLES`; a design has only those that it can fill.
    record : mapping
        What is needed to make every figure again: checksums, versions, seed, time, state of the code.
    calls : Dataset, optional
        The activity data as read, with cell states (trust, month, line, ...).
    posterior : Dataset, optional
        Draws of the model's quantities (sample, ...).
    outcomes : Dataset, optional
        Consequences with and without the service (sample, estimand, trust, consequence).
    costs, budget : Dataset, optional
        Draws behind the cost-consequence and budget tables.
    parameter_draws : Dataset, optional
        Draws of the parameters (sample).
    diagnostics : mapping, optional
        Convergence of the fit, each figure by name.
    reweigh : callable, optional
        Given other parameter draws (sample), the outcomes again from the same posterior draws: a sum, never a fit.
    staffed : callable, optional
        Given outcomes and parameter draws, GBP per call of a line costed from the people up (sample, trust).
    """

    spec: Spec
    tables: Mapping[str, pd.DataFrame]
    record: Mapping[str, Any]
    calls: xr.Dataset | None = None
    posterior: xr.Dataset | None = None
    outcomes: xr.Dataset | None = None
    costs: xr.Dataset | None = None
    budget: xr.Dataset | None = None
    parameter_draws: xr.Dataset | None = None
    diagnostics: Mapping[str, Any] | None = None
    reweigh: Callable[[xr.Dataset], xr.Dataset] | None = None
    staffed: Callable[[xr.Dataset, xr.Dataset], xr.DataArray] | None = None

    def __post_init__(self) -> None:
        """Every table says what it is, and every draw its unit; see `econ111.display`."""
        study = self.spec.study
        object.__setattr__(
            self, "tables", Tables(self.tables, captions=TABLES | FURTHER_TABLES, synthetic=study.synthetic)
        )
        about: dict[str, Any] = {"title": study.title, "synthetic": study.synthetic, "price_year": study.price_year}
        for name in DRAWS:
            data = getattr(self, name)
            if data is not None:
                object.__setattr__(self, name, label_draws(data, **about))

    @property
    def estimates(self) -> pd.DataFrame:
        """The table of estimates: one row per estimand, item and trust."""
        return self.tables["estimates"]

    @property
    def estimands(self) -> xr.Dataset:
        """The table of estimates as an array with names.

        Returns
        -------
        Dataset (estimand, item, trust)
            `avoided` with `avoided_low` and `avoided_high` at the `level` in its attributes, positive is fewer; NaN and
            empty where there is no such row. The coordinate `unit` is each item's; `verdict` and `reason` are words.
        """
        rows = self.tables["estimates"]
        keys = ["estimand", "item", "trust"]
        wide = xr.Dataset.from_dataframe(pd.DataFrame(rows).set_index(keys)[list(ESTIMATES)])
        labels = {key: list(dict.fromkeys(rows[key])) for key in keys}
        unit_of = dict(zip(rows["item"], rows["unit"], strict=True))
        units = "; ".join(dict.fromkeys(unit_of.values()))
        about = {"synthetic": int(self.synthetic), "level": float(rows["level"].iloc[0]), "sign": "positive is fewer"}
        for name, (long_name, unit) in ESTIMATES.items():
            said = {"long_name": long_name, "units": unit or units}
            wide[name].attrs = said | about
        wide = wide.reindex(labels).assign_coords(unit=("item", [unit_of[item] for item in labels["item"]]))
        return wide.assign_attrs(about, title=self.spec.study.title, kind=INTERVAL_KIND)

    @property
    def issues(self) -> pd.DataFrame:
        """What was noticed about the data."""
        return self.tables["issues"]

    @property
    def monthly_calls(self) -> xr.DataArray | None:
        """Expected calls of the mental-health line in each evaluated month (sample, trust, month), where kept."""
        if self.posterior is None or "expected_mental" not in self.posterior:
            return None
        months = pd.period_range(self.spec.study.period_start, self.spec.study.period_end, freq="M")
        return self.posterior["expected_mental"].sel(month=[str(month) for month in months])

    @property
    def synthetic(self) -> bool:
        """Whether the data are made up; said wherever the result is shown."""
        return self.spec.study.synthetic

    def summary(self) -> str:
        """Title, what must be read first, and verdicts on the totals, as plain text."""
        marks = [mark.replace("Synthetic data", "SYNTHETIC DATA") for mark in self._marks()]
        return "\n".join([self.spec.study.title, *marks, *verdict_lines(self)])

    def __repr__(self) -> str:
        return self.summary()

    def _card(self) -> Card:
        study = self.spec.study
        facts = {
            "period": f"{study.period_start} to {study.period_end}",
            "compared with": study.comparator,
            "perspective": study.perspective,
            "price year": study.price_year,
            "intervals": f"{interval_label(INTERVAL_LEVEL)}s, equal-tailed",
            "tables": f"{len(self.tables)} in .tables",
            "draws": ", ".join(f".{name}" for name in DRAWS if getattr(self, name) is not None) or "none",
        }
        shown = {f'{TABLES[name]}, .tables["{name}"]': _glance(self.tables[name]) for name in self._headline()}
        return Card(study.title, self._marks(), facts, tuple(verdict_lines(self)), shown)

    def _marks(self) -> tuple[str, ...]:
        """What must be read before any figure."""
        marks = (SYNTHETIC,) if self.synthetic else ()
        failure = (self.diagnostics or {}).get("failure")
        return (*marks, f"The fit is not usable: {failure}") if failure else marks

    def _headline(self) -> list[str]:
        return [name for name in AT_A_GLANCE if name in self.tables and len(self.tables[name])]


def _glance(table: pd.DataFrame) -> pd.DataFrame:
    """The totals of a table, without columns that a first look does not need."""
    rows = table[table["code"] != "E0"] if "verdict" in table and "code" in table else table
    rows = rows[rows["trust"] == "Total"] if "trust" in table and (table["trust"] == "Total").any() else rows
    return rows.drop(columns=[name for name in NOT_AT_A_GLANCE if name in rows])


def verdict_lines(evaluation: Evaluation) -> list[str]:
    """One sentence per estimand on the totals for emergency departments and primary care."""
    table = evaluation.tables.get("estimates")
    if table is None or table.empty:
        return published_lines(evaluation)
    headline = table["item"].isin(HEADLINE_ITEMS) | (table.kind == "series")
    totals = table[(table.trust == "Total") & headline & (table.estimand != "referrals_fell")]
    return [
        f"{row['code']} {ITEM_WORDS.get(row['item'], row['item'])}: {row['verdict']}; avoided {row['avoided']:,.0f} "
        f"({row['level']:.0%} interval {row['avoided_low']:,.0f} to {row['avoided_high']:,.0f})."
        for row in totals.to_dict("records")
    ]


def published_lines(evaluation: Evaluation) -> list[str]:
    """One sentence per outcome known from print: bounds where there is no interval, else the change and its verdict."""
    changes, bounds = (evaluation.tables.get(name, pd.DataFrame()) for name in ("published_changes", "published"))
    lines = [_change_line(row) for row in changes.to_dict("records")]
    said = set(changes["outcome"]) if len(changes) else set()
    without = [row for row in bounds.to_dict("records") if row["disposition"] not in said]
    return lines + [f"{ITEM_WORDS[row['disposition']]}: {row['verdict']} ({row['reason']})." for row in without]


def _change_line(row: Mapping[Any, Any]) -> str:
    """One change between published numbers, with what it says of the service.

    A change to more is said as more, and its interval with it, so that no number stands with a sign against its word.
    """
    word, sign = ("fewer", 1) if row["fewer"] >= 0 else ("more", -1)
    ends = sorted(sign * row[name] for name in ("fewer_low", "fewer_high"))
    size, low, high = (f"{value + 0.0:,.{row['decimals']}f}" for value in (sign * row["fewer"], *ends))
    return (
        f"{row['label'] or ITEM_WORDS[row['outcome']]}: {row['change']}; "
        f"{word} by {f'{size} {row["unit"]}'.strip()} ({row['level']:.0%} interval {low} to {high}). "
        f"Effect of the service: {row['verdict']}, because {row['reason']}."
    )


# Columns of the estimates that `estimands` holds: what each is, and its unit, empty for that of the row.
ESTIMATES = MappingProxyType(
    {
        "avoided": ("Avoided, mean of the draws", ""),
        "avoided_low": ("Lower end of the interval", ""),
        "avoided_high": ("Upper end of the interval", ""),
        "without_service": ("Expected without the service", ""),
        "with_service": ("Expected with the service", ""),
        "probability_fewer": ("Share of draws in which there are fewer", "proportion"),
        "prior_share": ("Share of the variance that assumptions own", "proportion"),
        "verdict": ("Verdict", "words"),
        "reason": ("Why the verdict was given", "words"),
    }
)
DRAWS = ("calls", "posterior", "outcomes", "costs", "budget", "parameter_draws")
AT_A_GLANCE = (
    "published", "published_changes", "estimates", "cost_consequence", "scenarios", "budget_impact", "checks", "issues",
)  # fmt: skip
NOT_AT_A_GLANCE = (
    "definition", "unit", "level", "kind", "reason", "trust", "comparator", "perspective", "borne_by", "cash_class",
    "evidence_grade", "price_basis", "discounting", "locator", "licence", "note", "file", "row", "review_date",
)  # fmt: skip
HEADLINE_ITEMS = ("ed", "primary_care", "ed_attendance", "primary_care_contact", "attendances_type1")
ITEM_WORDS = MappingProxyType(
    {
        "ed": "ED dispositions",
        "ambulance": "ambulance dispositions",
        "primary_care": "primary-care referrals",
        "crisis_mh": "crisis mental-health referrals",
        "self_care": "self-care advice",
        "other": "other dispositions",
        "ed_attendance": "ED attendances",
        "ambulance_conveyance": "ambulance conveyances",
        "primary_care_contact": "primary-care contacts",
        "crisis_contact": "crisis-team contacts",
        "liaison_contact": "psychiatric-liaison contacts in ED",
        "admission": "admissions through ED",
        "physical_line_call": "calls to the 111 physical-health line",
        "crisis_line_call": "calls to local crisis lines",
        "attendances_type1": "type 1 ED attendances",
    }
)


def make_record(
    spec: Spec, *, data_file: Path | None, parameters_checksum: str, seed: int | None, warnings: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What a stranger needs to make every figure again.

    Parameters
    ----------
    spec : Spec
        Kept whole.
    data_file : Path, optional
        Named without its folder, with its checksum.
    parameters_checksum : str
        Of all parameter files.
    seed : int, optional
        Of sampling and parameter draws.
    warnings : tuple of str
        Said during the run.
    """
    content = spec.model_dump_json()
    return {
        "evaluation": spec.study.name,
        "run_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "spec": spec.model_dump(mode="json"),
        "checksums": {
            "spec": sha256_of(content),
            "data": {data_file.name: sha256_of(data_file)} if data_file else {},
            "parameters": parameters_checksum,
        },
        "versions": {name: _version(name) for name in RECORDED_PACKAGES} | {"python": platform.python_version()},
        "machine": {"system": platform.system(), "processor": platform.machine()},
        "code": code_state(),
        "warnings": list(warnings),
        "promise": "Same figures on the same platform and package versions; elsewhere, equal within Monte Carlo error.",
    }


def code_state() -> dict[str, str]:
    """Commit of a checkout and whether it was changed; for an installed package, its version alone."""
    home = Path(__file__).resolve().parent.parent
    if not (home / ".git").exists():
        return {"commit": "installed package", "changed": "no"}
    commit, changed = (_git(home, *words) for words in (("rev-parse", "HEAD"), ("status", "--porcelain")))
    return {"commit": commit or "no commit", "changed": "yes" if changed else "no"}


def _git(home: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(home), *words], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _version(name: str) -> str:
    if name in sys.modules and hasattr(sys.modules[name], "__version__"):
        return str(sys.modules[name].__version__)
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
