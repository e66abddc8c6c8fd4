"""National publications as they are: what each reader returns, and an entry for every defect that is known of it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from econ111.activity import (
    Reading,
    check_file,
    read_ae_types,
    read_ambulance,
    read_borough_trusts,
    read_ecds_national,
    read_ecds_routes,
    read_iucadc_areas,
    read_iucadc_daily,
    read_mhsds,
    read_provider_icbs,
)
from econ111.activity.reading import CELL_STATES
from econ111.errors import DataError
from econ111.resources import shipped_folder

FOLDER = shipped_folder("data/activity")
CLINICAL = FOLDER / "ecds_2024-25_national_clinical.csv"
ROUTES = FOLDER / "ecds_2024-25_national_source_arrival_discharge.csv"
AMBULANCE = FOLDER / "ambulance_aqi_2024-25.json"
ICBS = FOLDER / "trust_to_icb_mapping.csv"
MHSDS = FOLDER / "mhsds-synthetic-monthly.csv"
AREAS = "iucadc_2024-25_contract_areas.json"
DAILY = "iucadc_weekly_collection_daily_2025-11_2026-03.csv"
ECDS_ROUTES = "ecds_2024-25_provider_routes.json"
AE_TYPES = "ae_by_provider_type_2016-04_2019-03.csv"


def _real(name: str) -> Path:
    default = Path(__file__).resolve().parents[3] / "shared" / "real-data"
    path = Path(os.environ.get("ECON111_REAL_DATA", default)) / name
    if not path.is_file():
        pytest.skip(f"{name} is not here; set ECON111_REAL_DATA to its folder")
    return path


def _said(reading: Reading, *words: str, severity: str = "warning") -> int:
    """How many issues of a severity hold all of some words."""
    issues = reading.issues
    chosen = issues["severity"] == severity
    for word in words:
        chosen &= issues["what"].str.contains(word, regex=False)
    return int(chosen.sum())


def test_the_year_of_areas_says_that_london_lacks_one() -> None:
    """NCL changed its contract from 111AD5 to 111AL9 and is in neither; four areas received 2,474,282 calls."""
    reading = read_iucadc_areas(_real(AREAS))
    london = ["111AH5", "111AJ1", "111AD7", "111AK9"]
    assert reading.data["value"].sel(contract=london, item="A01").sum().item() == 2_474_282
    assert _said(reading, "London is 4 of 5", "North Central London (111AD5, then 111AL9)") == 1
    assert _said(reading, "in the 4 areas of London, 27.9% of final dispositions are unlisted", severity="note") == 1
    assert reading.data["unlisted"].sel(contract=london).sum().item() / 2_181_659 == pytest.approx(0.279, abs=5e-4)


def test_the_year_of_areas_does_not_add_up_to_england() -> None:
    """26 areas received 18,660,072; England's block says 19,968,400, rounded to 100, and takes C01 from the areas."""
    reading = read_iucadc_areas(_real(AREAS))
    assert reading.data.sizes["contract"] == 26
    assert _said(reading, "do not add up to England", "A01 18,660,072 against 19,968,400") == 1
    assert _said(reading, "England's C01 equals the sum of the areas") == 1
    assert _said(reading, "are rounded to 100", severity="note") == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("111AI4", "(23.1% of received)"), ("111AL5", "(7.8% of received)"), ("111AA1", "(7.3% of received)"),
        ("111AH5", "(0.2% of received)"), ("111AI5", "ratio 0.919"), ("111AJ3", "ratio 1.065"),
        ("111AH5", "ratio 0.980"), ("111AJ1", "ratio 0.975"), ("111NR1", "11 of 12 months"),
    ],
)  # fmt: skip
def test_the_year_of_areas_names_each_broken_identity(code: str, words: str) -> None:
    """Shortfalls of 23.1, 7.8, 7.3 and under 1 %; E01/C01 from 0.919 to 1.065; eleven months at one contract."""
    assert _said(read_iucadc_areas(_real(AREAS)), f"({code})", words) == 1


def test_daily_abandoned_calls_are_kept_as_printed_and_refused_as_a_count() -> None:
    """Answered + abandoned passes received in 3,521 of 3,724 rows (51 % abandoned); 1,466 equal received - answered."""
    reading = read_iucadc_daily(_real(DAILY))
    assert _said(reading, "3,521 of 3,724 rows", "51% of calls", "in 1,466 it equals") == 1
    assert "calls_abandoned" not in reading.data
    assert reading.data["abandoned_as_printed"].sel(contract="111AC5", day="2025-11-24").item() == 1006


def test_daily_zeros_that_are_no_zeros_are_flagged_and_kept() -> None:
    """28 areas for the week to 5 April 2026, and 111AI5 for 22 to 28 December 2025: 28 x 7 + 7 = 203 cells."""
    reading = read_iucadc_daily(_real(DAILY))
    assert _said(reading, "all 28 contracts have no calls on 7 days, 2026-03-30 to 2026-04-05") == 1
    assert _said(reading, "(111AI5) has no calls in the whole week to 2025-12-28") == 1
    assert int(reading.data["doubtful"].sum()) == 28 * 7 + 7
    assert (reading.data["calls_received"].where(reading.data["doubtful"], 0) == 0).all()


def test_daily_triage_above_answered_calls_is_named_by_contract() -> None:
    """90 % of days in North East London, 83 % in South West London; the region column holds names."""
    reading = read_iucadc_daily(_real(DAILY))
    assert _said(reading, "North East London (111AH5)", "113 of 126 days (90%)") == 1
    assert _said(reading, "(111AK9)", "104 of 126 days (83%)") == 1
    assert _said(reading, "names of regions, not codes", severity="note") == 1


def test_a_week_that_does_not_hold_its_day_and_a_second_row_are_refused(tmp_path: Path) -> None:
    """24 November 2025 is not in the week that ends on 23 November; the same contract and day twice."""
    head = "date,region_code,contract_code,contract_name,calls_received,calls_answered,calls_answered_60s,"
    head += "calls_abandoned,calls_triaged,week_ending\n"
    path = tmp_path / "daily.csv"
    row = "2025-11-24,Y56,111AH5,North East London,10,9,8,1,7,2025-11-23\n"
    path.write_text(head + row + row + "24/11/2025,Y56,111AH5,North East London,10,11,8,1,7,2025-11-30\n")
    with pytest.raises(DataError) as caught:
        read_iucadc_daily(path)
    said = [str(issue) for issue in caught.value.issues]
    assert len(said) == 4
    assert said[0] == (
        "daily.csv row 2 (week_ending): 2025-11-24 is not in the week that ends on 2025-11-23. Correct one of them."
    )
    assert any("the first is row 2" in each for each in said)
    assert any(each.endswith("Value: '24/11/2025'. Write the day as 2025-11-24.") for each in said)


def test_ecds_routes_hold_hidden_and_rounded_counts() -> None:
    """1,288 counts, all multiples of 5; 211 with a hidden part, of which 48 are printed as 0 and are no zeros."""
    reading = read_ecds_routes(_real(ECDS_ROUTES))
    states = reading.data["count_state"].to_numpy()
    assert reading.data["count"].size == 1_288
    assert (states == CELL_STATES.index("suppressed")).sum() == 211
    assert (states == CELL_STATES.index("rounded")).sum() == 1_288 - 211
    assert _said(reading, "211 counts", "48 of them are printed as 0") == 1
    assert _said(reading, "all 1,288 counts are multiples of 5", severity="note") == 1
    assert _said(reading, "184 totals were added up", severity="note") == 1
    assert _said(reading, "(RBS) has no source of attendance") == 1


def test_ecds_tables_are_found_below_their_preamble() -> None:
    """Row 10 has the column names; 4,543,453 (17.60 %) NOT SUBMITTED and 340,100 (1.32 %) INVALID of 25,822,265."""
    reading = read_ecds_national(CLINICAL)
    complaints = reading.data.where(reading.data["measure"] == "Chief Complaint", drop=True)
    assert complaints["attendances"].sum().item() == 25_822_265
    assert _said(reading, "NOT SUBMITTED for 4,543,453 of 25,822,265 attendances (17.60%)") == 1
    assert _said(reading, "INVALID for 340,100 of 25,822,265 attendances (1.32%)") == 1
    assert _said(reading, "the column names stand in row 10", severity="note") == 1


def test_an_ecds_table_that_was_cut_off_says_so() -> None:
    """First diagnosis has 87 rows and no total; the discharge table of June 2024 has 13."""
    reading = read_ecds_national(CLINICAL)
    assert _said(reading, "First Diagnosis Code of 2024/25 has 87 rows and no total") == 1
    assert int((~reading.data["complete"]).sum()) == 87
    assert _said(read_ecds_national(ROUTES), "Discharge Destination of 2024-06 has 13 rows and no total") == 1


def test_each_ecds_measure_has_its_own_total_and_none_is_an_entry() -> None:
    """Three measures of the year add up to 25,822,265 each; 11 totals were compared and left out."""
    reading = read_ecds_national(ROUTES)
    year = reading.data.where(reading.data["period"] == "2024/25", drop=True)
    sums = year["attendances"].groupby(year["measure"]).sum()
    assert sums.values.tolist() == [25_822_265] * 3
    assert _said(reading, "11 rows of totals", severity="note") == 1


def test_an_ecds_total_that_its_rows_do_not_reach_is_refused(tmp_path: Path) -> None:
    """One attendance more among the arrivals by ambulance."""
    text = ROUTES.read_text(encoding="utf-8").replace(",4512335,", ",4512336,")
    (tmp_path / "ecds.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="Arrival Mode of 2024/25: the rows add up to 25,822,266"):
        read_ecds_national(tmp_path / "ecds.csv")


def test_ambulance_items_add_up_and_incidents_may_exceed_calls() -> None:
    """London: 1,543,031 calls, 690,222 taken to A&E; three trusts have more incidents than calls."""
    reading = read_ambulance(AMBULANCE)
    london = reading.data["value"].sel(trust="RRU")
    assert london.sel(item=["A1", "A53"]).values.tolist() == [1_543_031, 690_222]
    assert london.sel(item="A7").item() == london.sel(item=["A17", "A53", "A54", "A55"]).sum().item()
    assert _said(reading, "more incidents") == 3


def test_an_ambulance_item_that_was_changed_is_refused_twice(tmp_path: Path) -> None:
    """London's A53 with 1 more: A56 no longer is its parts, and the trusts no longer England."""
    text = AMBULANCE.read_text(encoding="utf-8")
    (tmp_path / "ambulance.json").write_text(text.replace('"count": 690222', '"count": 690223'), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_ambulance(tmp_path / "ambulance.json")
    assert [issue.column for issue in caught.value.issues] == ["A53", "A56"]
    assert "(+1)" in str(caught.value)


def test_a_and_e_of_all_types_warns_before_a_comparison_with_type_1() -> None:
    """12,765 rows: 4,932 of type 1; 8 of 140 major departments start or stop between 2016 and 2019."""
    reading = read_ae_types(_real(AE_TYPES))
    assert int(np.isfinite(reading.data["attendances"]).sum()) == 12_765
    assert _said(reading, "1 (4,932 rows)", "2 (1,135 rows)", "other (6,698 rows)") == 1
    assert _said(reading, "8 of 140 type 1 providers", "RQQ 2016-04 to 2017-03") == 1


def test_a_provider_given_twice_alike_is_kept_once_and_otherwise_refused(tmp_path: Path) -> None:
    """NNFA7 stands twice: 208 rows, 207 providers. AQM01 has a trailing blank. Two boards are refused."""
    reading = read_provider_icbs(ICBS)
    assert reading.data.sizes["provider"] == 207
    assert {"NNFA7", "AQM01"} <= set(reading.data["provider"].values)
    assert _said(reading, "repeats row 115", severity="note") == 1
    lines = ICBS.read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "icb.csv").write_text("\n".join([*lines, lines[115].replace("QOQ", "QHG")]), encoding="utf-8")
    with pytest.raises(DataError, match="something else than row 115"):
        read_provider_icbs(tmp_path / "icb.csv")


def test_two_corrections_of_the_london_mapping_are_warnings() -> None:
    """Croydon is in South West London, not South East; Westminster was absent."""
    reading = read_borough_trusts()
    assert reading.data.sizes["borough"] == 33
    assert reading.data["ics"].sel(borough="Croydon").item() == "SWL"
    assert _said(reading, "Croydon lies in SWL, the source says SEL") == 1
    assert _said(reading, "Westminster is absent from the source") == 1


def test_a_star_of_the_mental_health_data_set_is_0_to_4() -> None:
    """Synthetic rows: `*` is 0 to 4, `5` is 5 to 7, `120` is 118 to 122, `-` is no count."""
    data = read_mhsds(MHSDS).data.sel(month="2024-04-01")
    referrals = data.sel(measure="CCR70")
    ends = zip(referrals["count_low"].values, referrals["count_high"].values, strict=True)
    bounds = dict(zip(referrals["unit"].values, ends, strict=True))
    assert bounds == {"ZZ1": (0, 4), "ZZ2": (5, 7), "ZZ3": (118, 122)}
    assert CELL_STATES[data["count_state"].sel(unit="ZZ3", measure="CCR71").item()] == "not_supplied"


def test_rows_of_the_mental_health_data_set_that_are_not_read_are_counted() -> None:
    """One row for England, one split by age; two of six counts hidden."""
    reading = read_mhsds(MHSDS)
    assert _said(reading, "1 rows with another breakdown", severity="note") == 1
    assert _said(reading, "1 rows are split by a secondary level", severity="note") == 1
    assert _said(reading, "2 of 6 counts are hidden (*): each is 0 to 4", severity="note") == 1
    with pytest.raises(DataError, match="Did you mean 'Provider'"):
        read_mhsds(MHSDS, breakdown="Provider code")


def test_two_versions_of_a_month_and_a_count_the_rule_cannot_print_are_refused(tmp_path: Path) -> None:
    """April as Final and as Provisional; 3 should have been a star; 7 is no multiple of 5; 12.5 is left out."""
    lines = MHSDS.read_text(encoding="utf-8").splitlines()
    extra = [lines[4].replace("Final", "Provisional"), *(lines[6].replace(",10", f",{n}") for n in ("3", "7", "12.5"))]
    (tmp_path / "mhsds.csv").write_text("\n".join([*lines, *extra]), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_mhsds(tmp_path / "mhsds.csv")
    said = " ".join(str(issue) for issue in caught.value.issues)
    assert "2024-04 is given as Final, Provisional" in said
    assert said.count("is not a multiple of 5") == 2
    (tmp_path / "mhsds.csv").write_text("\n".join([*lines, extra[-1]]), encoding="utf-8")
    assert _said(read_mhsds(tmp_path / "mhsds.csv"), "is not a count; the row was left out", severity="note") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not valid JSON"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"trusts": [], "trusts": []}', "'trusts' stands twice in one object"),
        ('{"trusts": NaN}', "NaN is not a number"),
        ('{"trusts": {}, "england": []}', "trusts is not a list"),
        ('{"trust": []}', "Did you mean 'trust'?"),
        ('{"trusts": [{"code": 1, "metrics": {"a": {"indicator": "A1", "count": -1}}}]}', "is not a count"),
    ],
)
def test_json_that_is_not_as_it_should_be_is_refused_by_place(tmp_path: Path, text: str, words: str) -> None:
    """Empty, too deep, a name twice, NaN, the wrong kind, a misspelt name, a negative count."""
    path = tmp_path / "ambulance.json"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_ambulance(path)
    assert words in "\n".join(str(issue) for issue in caught.value.issues)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (AREAS, "iucadc_areas"), (DAILY, "iucadc_daily"), (ECDS_ROUTES, "ecds_routes"), (AE_TYPES, "ae_types"),
        ("ambulance_aqi_2024-25.json", "ambulance"), ("trust_to_icb_mapping.csv", "provider_icbs"),
        ("london_borough_trust_ics.csv", "borough_trusts"),
        ("ecds_2024-25_national_clinical.csv", "ecds_national"),
        ("ecds_2024-25_national_source_arrival_discharge.csv", "ecds_national"),
        ("mhsds-synthetic-monthly.csv", "mhsds"),
    ],
)  # fmt: skip
def test_every_national_file_is_known_by_its_names(name: str, kind: str) -> None:
    """`econ111 check FILE` needs no second argument and finds no error in what was published."""
    path = FOLDER / name if (FOLDER / name).is_file() else _real(name)
    reading = check_file(path)
    assert reading.data.attrs["kind"] == kind
    assert "error" not in set(reading.issues["severity"])


def _full_items(folder: Path) -> Path:
    """Synthetic rows in the official layout: two contracts, two months, a part over its whole, values not supplied."""
    head = "REPORTING_PERIOD,ORG_CODE,ORG_NAME,CONTRACT_CODE,CONTRACT_NAME,ITEM_NUMBER,VALUE,REGION_CODE,REGION_NAME"
    values = {"A01": 100, "A03": 90, "B02": 10, "E01": 80, "E02": 10, "E04": 75, "F01": "-", "Z99": 3}
    rows = [
        f"IUCADC-MONTHLY-{month}-2024,ZZZ,SYNTHETIC,{contract},Synthetic {contract},{item},{value},Y56,London"
        for contract, months in {"111ZZ1": ("APR", "MAY"), "111ZZ2": ("MAY",)}.items()
        for month in months
        for item, value in values.items()
    ]
    path = folder / "full.csv"
    path.write_text("\n".join([head, *rows]))
    return path


def test_the_full_item_set_names_units_unknown_items_and_gaps(tmp_path: Path) -> None:
    """E02 + E04 = 85 > E01 = 80; Z99 and F01 are unknown; 3 of 24 values are `-`; 111ZZ2 reported one month of two."""
    reading = check_file(_full_items(tmp_path))
    assert reading.data["item_unit"].sel(item="E04").item() == "dispositions"
    assert reading.data["item_meaning"].sel(item="Z99").item() == "not known here"
    assert _said(reading, "E02 + E04 is more than E01 in 2 months of 111ZZ1, first 2024-04: 85 against 80") == 1
    assert _said(reading, "2 items have no meaning known here: F01, Z99", severity="note") == 1
    assert _said(reading, "3 of 24 values were not supplied (12.5%), by block: F 3", severity="note") == 1
    assert _said(reading, "(111ZZ2) reported in 1 of 2 months (2024-05 to 2024-05)") == 1


def test_seconds_are_not_calls() -> None:
    """B06 of the real rows is 15,951,429 seconds."""
    data = check_file(FOLDER / "iucadc_raw_sample_2023-04_NCL.csv").data
    assert data["item_unit"].sel(item=["A01", "B06"]).values.tolist() == ["calls", "seconds"]
    assert pd.notna(data["value"].sel(item="B06")).all()
