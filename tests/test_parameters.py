"""The shipped parameter files: every row is walked, derived values are worked again, totals are met."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from econ111.errors import DataError, InputError
from econ111.parameters import Catalogue, load_attendance_evidence, load_catalogue, load_payment_rules
from econ111.parameters.distributions import problems_of
from econ111.parameters.evidence import DISPOSITIONS, EVIDENCE_FILE
from econ111.parameters.sources import LICENCES, SHARE_ALIKE
from econ111.resources import shipped_folder
from econ111.specs.loading import load_spec
from econ111.units import UNITS

SHIPPED = shipped_folder("data/parameters")
SHARE_ALIKE_FOLDER = "pssru_cc_by_nc_sa"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped parameters."""
    return load_catalogue()


# --- the shipped files


def test_every_row_of_every_file_is_sound(catalogue: Catalogue) -> None:
    """Walks every row and lists all offenders at once, by rules written here and not in the package."""
    offenders = []
    seen: dict[str, str] = {}
    for p in catalogue.parameters.values():
        where = f"{p.file} row {p.row} ({p.name})"
        money = p.unit.startswith("GBP")
        rules = {
            "unit in the list": p.unit in UNITS,
            "every source is known": all(key in catalogue.sources for key in p.sources),
            "licence is known": p.licence in LICENCES,
            "money has a price year": not money or bool(re.fullmatch(r"\d{4}(/\d{2})?", p.price_year)),
            "only money has a price year": money or not p.price_year,
            "standard error above zero": p.standard_error is None or p.standard_error > 0,
            "gamma mean above zero": p.distribution != "gamma" or p.value > 0,
            "beta mean between 0 and 1": p.distribution != "beta" or 0 < p.value < 1,
            "distribution can be built": not problems_of(p),
            "drawn rows have a spread": not p.drawn or p.interval()[0] < p.value < p.interval()[1],
            "name is used once": p.name not in seen,
            "texts are filled": all((p.description, p.locator, p.note, p.confidence)),
            "share-alike rows stand apart": (p.licence in SHARE_ALIKE) == p.file.startswith(SHARE_ALIKE_FOLDER),
            "share-alike sources stand apart": p.licence in SHARE_ALIKE
            or all(catalogue.sources[key].licence not in SHARE_ALIKE for key in p.sources),
        }
        offenders += [f"{where}: {rule}" for rule, held in rules.items() if not held]
        seen[p.name] = where
    assert not offenders, "\n" + "\n".join(offenders)


def test_every_source_is_used(catalogue: Catalogue) -> None:
    """A source that no row and no evaluation known from print names is a leftover."""
    used = {key for p in catalogue.parameters.values() for key in p.sources}
    published = [load_spec(path.stem).published for path in shipped_folder("models").glob("*.toml")]
    used |= {key for each in published if each for key in (each.source, *(f.source for f in each.figures)) if key}
    used |= {key.strip() for cell in load_attendance_evidence()["source"] for key in cell.split(";")}
    used |= {rule.source for rules in load_payment_rules().values() for rule in rules}
    assert set(catalogue.sources) - used == set()


def test_every_assumption_says_assumed_and_why(catalogue: Catalogue) -> None:
    """A guess is called one, is graded low, and has a wide distribution."""
    rows = [p for p in catalogue.parameters.values() if p.file == "assumptions.csv"]
    assert rows
    assert all(p.note.startswith("Assumed: ") and len(p.note) > 60 and p.confidence == "low" and p.drawn for p in rows)


def test_the_base_case_needs_no_share_alike_row(tmp_path: Path, catalogue: Catalogue) -> None:
    """Without the folder the rest loads, and a missing name says where it would be."""
    shutil.copytree(SHIPPED, tmp_path / "open", ignore=shutil.ignore_patterns(SHARE_ALIKE_FOLDER))
    alone = load_catalogue(tmp_path / "open")
    assert {p.name for p in catalogue.parameters.values() if p.licence not in SHARE_ALIKE} == set(alone)
    for name in (
        "primary_care_contact_open",
        "physical_line_call_open",
        "line_cost_a19_contact",
        "gdp_deflator_fy_2024_25",
    ):
        assert name in alone
    with pytest.raises(InputError, match="not installed here"):
        alone["gp_consultation_10min"]
    assert alone.checksum() != catalogue.checksum()


def test_published_totals_are_met(catalogue: Catalogue) -> None:
    """42 ICBs: 56,490,046 residents and 51,396,905 registered; five London ICBs: 8,799,813 residents."""
    residents = {name[-3:]: p.value for name, p in catalogue.parameters.items() if name.startswith("pop_census2021_")}
    registered = [p.value for name, p in catalogue.parameters.items() if name.startswith("pop_gp16_apr2023_")]
    assert (len(residents), sum(residents.values())) == (42, 56_490_046)
    assert (len(registered), sum(registered)) == (42, 51_396_905)
    assert sum(residents[code] for code in ("QRV", "QMJ", "QMF", "QKK", "QWE")) == 8_799_813


def test_unit_costs_equal_cost_over_activity(catalogue: Catalogue) -> None:
    """Where a note gives the total cost and the activity, their ratio is the value: 48,652,744 / 263,631 = 184.55."""
    pattern = re.compile(r"Activity ([\d,]+); total cost GBP ([\d,]+)")
    checked = 0
    for p in catalogue.parameters.values():
        if found := pattern.search(p.note):
            activity, cost = (int(text.replace(",", "")) for text in found.groups())
            assert round(cost / activity, 2) == pytest.approx(p.value, abs=0.011), p.name
            checked += 1
    assert checked > 30


def test_derived_values_follow_from_what_they_are_derived_from(catalogue: Catalogue) -> None:
    """Each by its own sum, to the penny.

    Low-complexity ED: (1,490,059,220 + 965,426,985 + 773,387,710) / 16,937,433 = 190.64.
    Floor: 48,652,744 / 2,400,000 = 20.27. Wales: 6,000,000 / (200,900 / 34 x 12) = 84.62. Cambridgeshire:
    3,000,000 / 14,500 = 206.90. Physical line: 13 x 100 / 73.0255 = 17.80. London: 74,000 / 11 = 6,727.
    """
    low_complexity = (1_490_059_220 + 965_426_985 + 773_387_710) / (5_535_278 + 5_300_922 + 6_101_233)
    expected = {
        "ed_attendance_low_complexity": low_complexity,
        "line_cost_floor": 48_652_744 / 2_400_000,
        "line_cost_wales": 6_000_000 / (200_900 / 34 * 12),
        "line_cost_cambs": 3_000_000 / 14_500,
        "physical_line_call_open": 13 * 100 / 73.0255,
        "nhs111_call_uprated": 13 * 1.2951,
    }
    for name, value in expected.items():
        assert catalogue[name].value == pytest.approx(value, abs=0.006), name
    assert catalogue["london_calls_per_month"].value == round(74_000 / 11)


def test_a_parameter_describes_itself_for_a_table(catalogue: Catalogue) -> None:
    """Value with unit and price year, spread in words, source and place: nothing is left to be asked."""
    words = catalogue["mh_crisis_line_contact"].describe()
    assert words["value"] == "184.55 GBP per recorded contact in 2024/25 prices"
    assert words["uncertainty"].startswith("gamma, 95% interval 14")
    assert words["file"].startswith("unit_costs.csv row ")
    frame = catalogue.to_frame()
    assert len(frame) == len(catalogue)
    assert (
        frame.loc[frame.name == "mh_crisis_line_contact", "source_title"].item().startswith("National Cost Collection")
    )


def test_parameters_past_their_review_date_are_named(catalogue: Catalogue) -> None:
    """None was due in 2026; by 2040 the unit costs are."""
    assert catalogue.overdue(date(2026, 12, 1)) == []
    assert any("ed_attendance_all" in issue.what for issue in catalogue.overdue(date(2040, 1, 1)))


# --- attendance evidence


def test_every_disposition_has_evidence_on_attending_ed() -> None:
    """And ambulance, primary care, crisis, liaison and admission each have their own."""
    pairs = set(load_attendance_evidence()[["disposition", "consequence"]].itertuples(index=False, name=None))
    wanted = {(disposition, "ed_attendance") for disposition in DISPOSITIONS} | {
        ("ambulance", "ambulance_conveyance"),
        ("primary_care", "primary_care_contact"),
        ("crisis_mh", "crisis_contact"),
        ("ed_attendance", "liaison_contact"),
        ("ed_attendance", "admission"),
    }
    assert wanted <= pairs


def test_evidence_gives_the_printed_shares() -> None:
    """691,783 of 12,894,561 is 5.36%; 26,690 of 56,102 47.6%; 690,222 of 1,087,897 63.4%; 65% of 150 is 97.5."""
    rows = load_attendance_evidence().set_index("name")
    shares = (100 * rows.events / rows.n).round(2)
    assert shares["egan_2020_primary_care_ed"] == 5.36
    assert round(shares["pilbery_2024_primary_care"], 1) == 47.6
    assert round(shares["las_2024_25_ambulance_conveyance"], 1) == 63.4
    assert (rows.loc["foster_2003_ed", "events"], rows.loc["foster_2003_ed", "n"]) == (97.5, 150)
    assert not rows.loc["foster_2003_ed", "n_published"]


def test_stated_intentions_are_marked_as_overstating() -> None:
    """A survey's bias is positive; every bias is elicited and says so."""
    rows = load_attendance_evidence()
    stated = rows[rows.source.isin(["uclp_london_111mh", "ocathain_2014"])]
    assert (stated.bias_logit_mean > 0).all()
    assert (rows.bias_logit_sd >= 0.5).all()
    assert rows.note.str.contains("Assumed").all()


def test_faults_of_the_evidence_are_told_together(tmp_path: Path) -> None:
    """Five faults in two rows give five messages, each with its row."""
    shutil.copy(SHIPPED / "sources.toml", tmp_path / "sources.toml")
    with (SHIPPED / EVIDENCE_FILE).open(encoding="utf-8", newline="") as stream:
        first, second, *_ = csv.DictReader(stream)
    first |= {"disposition": "edd", "events": "3", "n": "2", "percent": "", "effective_n": "", "bias_logit_sd": "0"}
    second |= {"consequence": "admission", "window_hours": "a day"}
    with (tmp_path / EVIDENCE_FILE).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(first))
        writer.writeheader()
        writer.writerows([first, second])
    with pytest.raises(DataError) as caught:
        load_attendance_evidence(tmp_path)
    columns = [(issue.row, issue.column) for issue in caught.value.issues]
    assert sorted(columns) == [
        (2, "bias_logit_sd"),
        (2, "disposition"),
        (2, "events"),
        (3, "consequence"),
        (3, "window_hours"),
    ]
