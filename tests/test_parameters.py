"""Parameter files: every row is walked, every fault is told at once, and draws are what the table says."""

from __future__ import annotations

import csv
import dataclasses
import re
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from econ111.errors import DataError, InputError
from econ111.parameters import (
    Catalogue,
    draw_group,
    draw_parameters,
    example_parameter,
    load_attendance_evidence,
    load_catalogue,
)
from econ111.parameters.distributions import problems_of, quantile, standard_deviation
from econ111.parameters.evidence import DISPOSITIONS, EVIDENCE_FILE
from econ111.parameters.sources import LICENCES, SHARE_ALIKE
from econ111.resources import shipped_folder
from econ111.units import UNITS

SHIPPED = shipped_folder("data/parameters")
SHARE_ALIKE_FOLDER = "pssru_cc_by_nc_sa"
SAMPLES = 100_000
GOOD_ROW = {
    "name": "example_contact",
    "description": "Illustration",
    "unit": "GBP per contact",
    "value": "100.00",
    "distribution": "gamma",
    "standard_error": "10.00",
    "low": "",
    "high": "",
    "effective_n": "",
    "price_year": "2023/24",
    "source": "example_source",
    "locator": "Table 1",
    "licence": "OGL-3.0",
    "confidence": "low",
    "note": "Illustrative row.",
}
SOURCES_TOML = """
[example_source]
title = "Example"
publisher = "Nobody"
year = "2024"
licence = "OGL-3.0"
url = "example"

[share_alike_source]
title = "Example"
publisher = "Nobody"
year = "2024"
licence = "CC-BY-NC-SA-4.0"
url = "example"
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The shipped parameters."""
    return load_catalogue()


def write_folder(folder: Path, *rows: dict[str, str], file: str = "unit_costs.csv") -> Path:
    """A parameter folder with one file of these rows."""
    (folder / "sources.toml").write_text(SOURCES_TOML, encoding="utf-8")
    (folder / file).parent.mkdir(exist_ok=True)
    with (folder / file).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def faults_of(folder: Path) -> list[str]:
    """What loading the folder complains of."""
    with pytest.raises(DataError) as caught:
        load_catalogue(folder)
    return [str(issue) for issue in caught.value.issues]


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
    """A source that no row names is a leftover."""
    used = {key for p in catalogue.parameters.values() for key in p.sources}
    used |= {key.strip() for cell in load_attendance_evidence()["source"] for key in cell.split(";")}
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

    Low-complexity ED: (5,535,278 x 269.19 + 5,300,922 x 182.12 + 6,101,233 x 126.76) / 16,937,433 = 190.64.
    Floor: 48,652,744 / 2,400,000 = 20.27. Wales: 6,000,000 / (200,900 / 34 x 12) = 84.62. Cambridgeshire:
    3,000,000 / 14,500 = 206.90. Physical line: 13 x 100 / 73.0255 = 17.80. London: 74,000 / 11 = 6,727.
    """
    low_complexity = (5_535_278 * 269.19 + 5_300_922 * 182.12 + 6_101_233 * 126.76) / 16_937_433
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
    assert rows.note.str.contains("Assumed").all() | rows.note.str.contains("Borrowed").all()


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


# --- bad files


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"unit": "GBP/visit"}, "the unit is not known."),
        ({"unit": "GBP per contacts"}, "Did you mean 'GBP per contact'?"),
        ({"value": "1,179.98"}, "this is not a number."),
        ({"value": "£100"}, "this is not a number."),
        ({"value": "59%"}, "this is not a number."),
        ({"value": "nan"}, "this is not a number."),
        ({"value": "1e999"}, "this number is too large."),
        ({"value": ""}, "the value is blank."),
        ({"value": "-5"}, "the value is outside what its unit allows."),
        ({"value": "280170"}, "the value is outside what its unit allows."),
        ({"unit": "per year", "value": "3.5", "price_year": ""}, "per year goes from -0.5 to 0.5"),
        ({"standard_error": "0"}, "a standard error must be above 0."),
        ({"standard_error": "-1"}, "a standard error must be above 0."),
        ({"standard_error": ""}, "a gamma has no spread."),
        ({"standard_error": "", "low": "90"}, "only one of low and high is given."),
        ({"low": "110", "high": "120"}, "low, value and high are out of order."),
        ({"value": "0"}, "a gamma needs a mean above 0."),
        ({"distribution": "gama"}, "Did you mean 'gamma'?"),
        ({"distribution": "uniform", "low": "50", "high": "120"}, "Give 85 or other bounds."),
        ({"distribution": "triangular", "low": "99", "high": "900"}, "no triangle with these ends has this mean."),
        ({"price_year": ""}, "money has no price year."),
        ({"price_year": "2023-24"}, "a year is written 2024/25 or 2024."),
        ({"price_year": "2023/25"}, "a financial year ends in the next year: 2023/24."),
        ({"source": "exampel_source"}, "Did you mean 'example_source'?"),
        ({"source": ""}, "source is blank."),
        ({"source": "share_alike_source"}, "carries its licence."),
        ({"licence": "CC-BY-NC-SA-4.0"}, "Move it to its licence's folder."),
        ({"licence": "OGL"}, "licence is not known."),
        ({"locator": ""}, "locator is blank."),
        ({"note": " "}, "note is blank."),
        ({"confidence": "sure"}, "confidence is not known."),
        ({"name": "Example contact"}, "a name has letters, digits and underscores"),
        ({"name": "group.part"}, "only a Dirichlet component has a point in its name."),
    ],
)
def test_each_fault_of_a_row_is_named_with_file_row_and_remedy(
    tmp_path: Path, change: dict[str, str], expected: str
) -> None:
    """The message says unit_costs.csv row 2, what is wrong and what to do."""
    faults = faults_of(write_folder(tmp_path, GOOD_ROW | change))
    assert any(expected in fault and fault.startswith("unit_costs.csv row 2") for fault in faults), faults


def test_beta_faults_give_the_feasible_range(tmp_path: Path) -> None:
    """With mean 0.9 the standard deviation must be below sqrt(0.9 x 0.1) = 0.3."""
    row = GOOD_ROW | {"unit": "proportion", "distribution": "beta", "price_year": "", "value": "0.9"}
    assert "must be below 0.3." in faults_of(write_folder(tmp_path, row | {"standard_error": "0.4"}))[0]
    assert "between 0 and 1" in faults_of(write_folder(tmp_path, row | {"value": "1", "standard_error": "0.1"}))[0]


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Two files with a fault each, one of them in two cells, and a source without a url: four messages."""
    write_folder(tmp_path, GOOD_ROW | {"value": "abc", "unit": "pounds"})
    write_folder(tmp_path, GOOD_ROW | {"name": "other", "price_year": ""}, file="pay.csv")
    (tmp_path / "sources.toml").write_text(SOURCES_TOML + '\n[third]\ntitle = "T"\npublisher = "P"\nyear = "1"\n')
    faults = faults_of(tmp_path)
    assert len(faults) == 4
    assert {fault.split(" ")[0] for fault in faults} == {"sources.toml", "unit_costs.csv", "pay.csv"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("name,unit\nx,hours\n", "column 'value' is missing."),
        (",".join([*GOOD_ROW, "nmae"]) + "\n", "Did you mean 'name'?"),
        (",".join([*GOOD_ROW, "note"]) + "\n", "column 'note' stands more than once."),
        (",".join(GOOD_ROW) + "\na,b,c\n", "the row has 3 cells and the header has 15."),
        (",".join(GOOD_ROW) + '\na,"b\n', "Look for an unclosed quotation mark."),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    """Empty, short of a column, with a misspelt or doubled one, ragged, or with an open quotation mark."""
    write_folder(tmp_path, GOOD_ROW)
    (tmp_path / "unit_costs.csv").write_text(text, encoding="utf-8")
    assert any(expected in fault for fault in faults_of(tmp_path))


def test_a_file_that_is_not_utf8_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    """Excel's 'CSV UTF-8' begins with a mark; its plain CSV writes a pound sign as one byte."""
    path = write_folder(tmp_path, GOOD_ROW | {"note": "£"}) / "unit_costs.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n"))
    assert load_catalogue(tmp_path)["example_contact"].note == "£"
    path.write_bytes(path.read_bytes().decode("utf-8-sig").encode("cp1252"))
    assert any("it is not UTF-8 text" in fault for fault in faults_of(tmp_path))


def test_a_name_may_stand_once_in_all_files(tmp_path: Path) -> None:
    """The message names both places."""
    write_folder(tmp_path, GOOD_ROW, file="pay.csv")
    (fault,) = faults_of(write_folder(tmp_path, GOOD_ROW))
    assert "unit_costs.csv row 2" in fault
    assert "pay.csv row 2" in fault


def test_shares_of_a_group_must_add_up_to_one(tmp_path: Path) -> None:
    """0.5 and 0.4 make 0.9; and a Dirichlet has one effective n."""
    part = GOOD_ROW | {"unit": "proportion", "distribution": "dirichlet", "price_year": "", "standard_error": ""}
    rows = [part | {"name": "mix.a", "value": "0.5", "effective_n": "10"}]
    rows += [part | {"name": "mix.b", "value": "0.4", "effective_n": "20"}]
    faults = faults_of(write_folder(tmp_path, *rows))
    assert any("add up to 0.9, not to 1" in fault for fault in faults)
    assert any("different effective n" in fault for fault in faults)


def test_a_folder_without_sources_or_files_is_refused(tmp_path: Path) -> None:
    """Nothing is read from nowhere."""
    with pytest.raises(InputError, match="is not a folder"):
        load_catalogue(tmp_path / "absent")
    with pytest.raises(DataError, match="there is no list of sources"):
        load_catalogue(tmp_path)


def test_the_checksum_changes_with_a_value_and_not_with_line_ends(tmp_path: Path) -> None:
    """One changed digit changes the record of a run; Windows line ends do not."""
    path = write_folder(tmp_path, GOOD_ROW) / "unit_costs.csv"
    before = load_catalogue(tmp_path).checksum()
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    assert load_catalogue(tmp_path).checksum() == before
    path.write_bytes(path.read_bytes().replace(b"100.00", b"100.01"))
    assert load_catalogue(tmp_path).checksum() != before


def test_an_unknown_name_is_refused_with_the_nearest(catalogue: Catalogue) -> None:
    """No list of three hundred names."""
    with pytest.raises(InputError, match="'ed_attendance_all'"):
        catalogue["ed_attendence_all"]
    with pytest.raises(InputError, match="The groups are: crisis_line_mix, induced_otherwise"):
        catalogue.group("mix")


# --- draws


def test_draws_do_not_depend_on_order_or_company(catalogue: Catalogue) -> None:
    """Reversing the names, or asking for one alone, gives the same draws to the last bit."""
    names = ["ed_attendance_all", "absorbed_share", "induced_otherwise.nothing", "call_growth"]
    together = draw_parameters(catalogue, names, samples=500, seed=7)
    backwards = draw_parameters(catalogue, names[::-1], samples=500, seed=7)
    alone = draw_parameters(catalogue, names[1:2], samples=500, seed=7)
    assert all((together[name] == backwards[name]).all() for name in names)
    assert (together.absorbed_share == alone.absorbed_share).all()


def test_adding_a_parameter_leaves_the_others_untouched(tmp_path: Path) -> None:
    """A new row above the old one changes no draw of the old one."""
    before = load_catalogue(write_folder(tmp_path, GOOD_ROW))
    after = load_catalogue(write_folder(tmp_path, GOOD_ROW | {"name": "aaa"}, GOOD_ROW))
    first, second = (draw_parameters(c, ["example_contact"], samples=100, seed=1) for c in (before, after))
    assert (first.example_contact == second.example_contact).all()
    both = draw_parameters(after, ["aaa", "example_contact"], samples=100, seed=1)
    assert abs(np.corrcoef(both.aaa, both.example_contact)[0, 1]) < 0.5


def test_more_samples_keep_the_earlier_ones(catalogue: Catalogue) -> None:
    """A run extended to more draws is the same run."""
    few, many = (draw_group(catalogue, "crisis_line_mix", samples=n, seed=3) for n in (10, 1000))
    assert (few.values == many.values[:10]).all()


def test_seeds_differ_and_repeat(catalogue: Catalogue) -> None:
    """One seed repeats to the bit; another gives other draws."""
    first, again, other = (
        draw_parameters(catalogue, ["ed_attendance_all"], samples=50, seed=seed).ed_attendance_all for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert not (first == other).any()


def test_every_drawn_parameter_averages_to_its_table_value(catalogue: Catalogue) -> None:
    """Within four Monte Carlo standard errors of the value, for every row and distribution in the files."""
    names = [name for name, p in catalogue.parameters.items() if p.drawn]
    draws = draw_parameters(catalogue, names, samples=20_000, seed=11)
    tolerance = {name: 4 * float(draws[name].std()) / np.sqrt(20_000) for name in names}
    # A uniform's value may be rounded by up to 1% of its width.
    rounding = {name: 0.01 * ((catalogue[name].high or 0) - (catalogue[name].low or 0)) for name in names}
    off = {
        name: float(draws[name].mean()) - catalogue[name].value
        for name in names
        if abs(float(draws[name].mean()) - catalogue[name].value)
        > tolerance[name] + (rounding[name] if catalogue[name].distribution == "uniform" else 0)
    }
    assert off == {}


@pytest.mark.parametrize(
    ("distribution", "given", "expected"),
    [
        # mean 100, sd 10; 95% of a normal lies within 19.6.
        ("normal", {"value": 100.0, "standard_error": 10.0}, {0.025: 80.4, 0.5: 100.0, 0.975: 119.6}),
        # Shape 1 makes an exponential: median 100 log 2.
        ("gamma", {"value": 100.0, "standard_error": 100.0}, {0.5: 69.315, 0.95: 299.573}),
        # sd 1/sqrt(12) at mean 1/2 makes a uniform.
        ("beta", {"value": 0.5, "standard_error": 0.288675}, {0.1: 0.1, 0.5: 0.5, 0.9: 0.9}),
        # a + b = 2 at mean 1/2 makes a uniform too.
        ("beta", {"value": 0.5, "effective_n": 2.0}, {0.25: 0.25, 0.75: 0.75}),
        # Bounds e^-1.96 to e^1.96 make a log sd of 1, so the median is mean x e^-1/2.
        ("lognormal", {"value": 1.0, "low": 0.140858, "high": 7.09933}, {0.5: 0.606531}),
        ("uniform", {"value": 30.0, "low": 20.0, "high": 40.0}, {0.1: 22.0, 0.9: 38.0}),
        # Ends 0 and 3, mean 4/3, so mode 1: P(x < 1) = 1/3, and half lies below 3 - sqrt(3).
        ("triangular", {"value": 4 / 3, "low": 0.0, "high": 3.0}, {1 / 3: 1.0, 0.5: 1.267949}),
        ("fixed", {"value": 5.0}, {0.025: 5.0, 0.975: 5.0}),
        ("scenario", {"value": 5.0, "low": 1.0, "high": 9.0}, {0.025: 5.0, 0.975: 5.0}),
    ],
)
def test_quantiles_are_those_worked_by_hand(
    distribution: str, given: dict[str, float], expected: dict[float, float]
) -> None:
    """Each distribution has a case with a closed form."""
    parameter = example_parameter(distribution=distribution, **given)  # type: ignore[arg-type]
    assert problems_of(parameter) == []
    assert quantile(parameter, list(expected)) == pytest.approx(list(expected.values()), rel=1e-4)


def test_sample_quantiles_meet_those_of_the_distribution(catalogue: Catalogue) -> None:
    """2.5%, 50% and 97.5% of 100,000 draws stand where the distribution has them, within four standard errors."""
    probabilities = np.array([0.025, 0.5, 0.975])
    error = 4 * np.sqrt(probabilities * (1 - probabilities) / SAMPLES)
    for name in ("ed_attendance_all", "absorbed_share", "call_growth", "primary_care_contact_open", "wellby_value"):
        draws = draw_parameters(catalogue, [name], samples=SAMPLES, seed=5)[name].values
        below = [(draws < bound).mean() for bound in quantile(catalogue[name], probabilities)]
        assert (np.abs(np.array(below) - probabilities) < error).all(), name


def test_a_lognormal_from_its_standard_error_has_that_standard_error() -> None:
    """Mean 2, standard error 1: log variance log(1 + 1/4); the draws have both back."""
    parameter = example_parameter(distribution="lognormal", value=2.0, standard_error=1.0)
    draws = quantile(parameter, (np.arange(200_000) + 0.5) / 200_000)
    assert draws.mean() == pytest.approx(2.0, rel=1e-3)
    assert draws.std() == pytest.approx(1.0, rel=1e-2)


def test_a_conventional_range_is_read_as_95_percent_bounds(catalogue: Catalogue) -> None:
    """280.17 -/+ 20% is 224.14 to 336.21, so the standard deviation is 112.07 / 3.92 = 28.59."""
    assert standard_deviation(catalogue["ed_attendance_all"]) == pytest.approx(28.59, abs=0.01)


def test_a_dirichlet_group_adds_up_and_has_the_right_spread(catalogue: Catalogue) -> None:
    """Each draw adds to one; with n = 40 a share of 0.3 has standard deviation sqrt(0.3 x 0.7 / 41) = 0.0716."""
    shares = draw_group(catalogue, "crisis_line_mix", samples=SAMPLES, seed=2)
    assert shares.sum("component").values == pytest.approx(np.ones(SAMPLES))
    crisis = shares.sel(component="crisis_mh")
    assert float(crisis.mean()) == pytest.approx(0.3, abs=0.001)
    assert float(crisis.std()) == pytest.approx(0.0716, rel=0.02)
    ed_and_ambulance = np.corrcoef(shares.sel(component="ed"), shares.sel(component="ambulance"))[0, 1]
    # Shares compete: correlation -sqrt(0.04 x 0.03 / (0.96 x 0.97)) = -0.0359.
    assert ed_and_ambulance == pytest.approx(-0.0359, abs=0.013)


def test_a_component_drawn_alone_is_the_one_drawn_with_its_group(catalogue: Catalogue) -> None:
    """Named with its point among other parameters, or with the whole group: the same numbers."""
    alone = draw_parameters(catalogue, ["crisis_line_mix.ed"], samples=100, seed=9)["crisis_line_mix.ed"]
    assert (
        alone.values == draw_group(catalogue, "crisis_line_mix", samples=100, seed=9).sel(component="ed").values
    ).all()


def test_draws_carry_unit_price_year_and_source(catalogue: Catalogue) -> None:
    """So that a cost cannot lose its price year on the way to a table."""
    draws = draw_parameters(catalogue, ["line_cost_cambs", "absorbed_share"], samples=3, seed=0)
    assert draws.line_cost_cambs.attrs["price_year"] == "2017/18"
    assert draws.line_cost_cambs.attrs["unit"] == "GBP per call"
    assert draws.line_cost_cambs.values.tolist() == [206.90] * 3
    assert draws.absorbed_share.attrs["price_year"] == ""
    assert all(variable.attrs["source"] for variable in draws.values())


def test_a_wider_standard_error_stretches_the_same_draws(catalogue: Catalogue) -> None:
    """One stream of uniforms per name: the order of the draws stays, so scenarios share their random numbers."""
    growth = catalogue["call_growth"]
    wider = dataclasses.replace(growth, standard_error=0.06)
    changed = dataclasses.replace(catalogue, parameters={**catalogue.parameters, "call_growth": wider})
    narrow, wide = (draw_parameters(c, ["call_growth"], samples=200, seed=4).call_growth for c in (catalogue, changed))
    assert (wide - 0.03).values == pytest.approx(2 * (narrow - 0.03).values)


@pytest.mark.parametrize(
    ("names", "samples", "seed", "expected"),
    [
        (["ed_attendance_all"], 0, 1, "samples is 0"),
        (["ed_attendance_all"], 10, -1, "seed is -1"),
        ("ed_attendance_all", 10, 1, "Names come as a list"),
        (["ed_attendance"], 10, 1, "There is no parameter named 'ed_attendance'"),
    ],
)
def test_requests_that_make_no_sense_are_refused(
    catalogue: Catalogue, names: list[str], samples: int, seed: int, expected: str
) -> None:
    """No draws, a negative seed, a bare name, an unknown one."""
    with pytest.raises(InputError, match=expected):
        draw_parameters(catalogue, names, samples=samples, seed=seed)
