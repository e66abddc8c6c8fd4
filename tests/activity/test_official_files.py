"""The official files that ship, read for real; known defects of each are assertions."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from econ111.activity import (
    Succession,
    apply_succession,
    check_file,
    read_ae_by_provider,
    read_ae_msitae,
    read_iucadc,
    read_succession,
    read_type1_series,
)
from econ111.errors import DataError
from econ111.resources import shipped_folder

FOLDER = shipped_folder("data/activity")
TYPE1 = FOLDER / "ae_type1_london_2019-04_2026-05.csv"
IUCADC = FOLDER / "iucadc_raw_sample_2023-04_NCL.csv"
BY_PROVIDER = FOLDER / "ae_monthly_raw_2025-07_by_provider.csv"
MSITAE = FOLDER / "ae_monthly_raw_2026-02_msitae.csv"
LONDON = "NHS England London"


def _edited(folder: Path, source: Path, old: str, new: str) -> Path:
    text = source.read_text(encoding="utf-8-sig")
    assert old in text
    path = folder / source.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def _whats(error: pytest.ExceptionInfo[DataError]) -> str:
    return "\n".join(str(issue) for issue in error.value.issues)


def test_iucadc_codes_are_keys_and_values_are_counts() -> None:
    """NCL, April 2023: A01 35,693; A03 28,440; B02 6,917 = 612 + 1,448 + 4,857; B06 15,951,429 seconds."""
    data = read_iucadc(IUCADC).data.sel(contract="111AD5", month="2023-04-01")
    wanted = {"A01": 35_693, "A03": 28_440, "A07": 4_019, "B02": 6_917, "B06": 15_951_429, "C01": 33_284}
    assert {item: data["value"].sel(item=item).item() for item in wanted} == wanted
    assert data["supplier"].item() == "NKB"
    assert data["region"].item() == "Y56"


def test_iucadc_identities_that_do_not_hold_are_warnings() -> None:
    """C01 33,284 > A03 28,440, and A01 - A03 = 7,253, not B02: warned of, not mended."""
    issues = read_iucadc(IUCADC).issues
    assert issues["severity"].tolist() == ["warning", "warning", "note"]
    assert issues["what"].str.contains("C01").any()
    assert issues["what"].str.contains("B02").any()


def test_iucadc_abandoned_calls_must_add_up(tmp_path: Path) -> None:
    """B03 613 instead of 612: B02 6,917 is not 613 + 1,448 + 4,857."""
    with pytest.raises(DataError) as caught:
        read_iucadc(_edited(tmp_path, IUCADC, "B03,612", "B03,613"))
    assert "B03 + B04 + B05" in _whats(caught)


def test_iucadc_dash_is_not_supplied_and_two_names_are_one_contract(tmp_path: Path) -> None:
    """`-` has no value; a second name for 111AD5 is noted and changes nothing."""
    path = _edited(tmp_path, IUCADC, 'A07,"4,019"', "A07,-")
    path.write_text(path.read_text().replace("North Central London,D03", "North Central London (LCW),D03"))
    reading = read_iucadc(path)
    assert np.isnan(reading.data["value"].sel(item="A07").item())
    assert reading.data.sizes["contract"] == 1
    assert reading.issues["what"].str.contains("2 names").any()


def test_iucadc_duplicates_and_bad_values_are_named_together(tmp_path: Path) -> None:
    """A repeated row and a negative value in one report."""
    path = _edited(tmp_path, IUCADC, "A05,402", "A05,-402")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n")
    with pytest.raises(DataError) as caught:
        read_iucadc(path)
    assert [issue.row for issue in caught.value.issues] == [5, len(lines) + 1]


def test_by_provider_columns_with_one_name_are_kept_apart() -> None:
    """First row, RC9: type 1 attendances 17,502 = 10,392 within + 7,110 over four hours; 59.4 % as printed."""
    reading = read_ae_by_provider(BY_PROVIDER, month=date(2025, 7, 1))
    row = reading.data.sel(provider="RC9")
    assert row["attendances_type1"].item() == 17_502
    assert row["within_4h_type1"].item() == 10_392
    assert row["over_4h_type1"].item() == 7_110
    assert row["percent_within_4h_type1"].item() == pytest.approx(59.4)
    assert np.isnan(row["percent_within_4h_type2"].item())
    assert reading.data.sizes["provider"] == 201
    assert reading.issues.empty
    assert reading.data["month"].item() == pd.Timestamp("2025-07-01").value


def test_by_provider_parts_that_do_not_add_up_are_warned_of(tmp_path: Path) -> None:
    """RC9's 17,502 made 17,503: neither the sum of types nor within + over fits."""
    issues = read_ae_by_provider(_edited(tmp_path, BY_PROVIDER, '"17,502"', '"17,503"')).issues
    assert set(issues["severity"]) == {"warning"}
    assert issues["row"].tolist() == [2, 2]


def test_another_layout_is_refused(tmp_path: Path) -> None:
    """A month of the one layout given to the reader of the other, and a renamed column."""
    with pytest.raises(DataError, match="22 columns where this layout has 27"):
        read_ae_by_provider(MSITAE)
    with pytest.raises(DataError, match="This layout has 'Org Code' there"):
        read_ae_msitae(_edited(tmp_path, MSITAE, "Org Code", "Provider"))


def test_msitae_total_is_compared_and_left_out(tmp_path: Path) -> None:
    """197 providers; type 1 adds to the TOTAL of 1,271,830. A provider changed by 1 makes the sum wrong by 1."""
    reading = read_ae_msitae(MSITAE)
    assert reading.data.sizes["provider"] == 197
    assert reading.data["attendances_type1"].sum().item() == 1_271_830
    assert "TOTAL" not in reading.data["provider"].values
    assert reading.issues["severity"].tolist() == ["note"]
    with pytest.raises(DataError) as caught:
        read_ae_msitae(_edited(tmp_path, MSITAE, ",12080,", ",12081,"))
    assert "(+1)" in _whats(caught)


def test_london_is_17_trusts_after_the_merger() -> None:
    """18 codes, 17 units: January 2025 is RAL's 25,100, December 2024 the sum of two; no attendance is lost."""
    raw = pd.read_csv(TYPE1, dtype=str)
    reading = read_type1_series(TYPE1, region=LONDON)
    data = reading.data
    assert raw["trust_code"].nunique() == 18
    assert dict(data.sizes) == {"trust": 17, "month": 86}
    assert "RAP" not in data["trust"].values
    group = data["attendances_type1"].sel(trust="RAL")
    december = raw[(raw["period"] == "2024-12-01") & raw["trust_code"].isin(["RAL", "RAP"])]["attendances_type1"]
    assert group.sel(month="2024-12-01").item() == december.astype(float).sum()
    assert group.sel(month="2025-01-01").item() == 25_100
    assert data["members"].sel(trust="RAL").item() == "RAL+RAP"
    assert data["attendances_type1"].sum().item() == raw["attendances_type1"].astype(float).sum()
    assert set(data["region"].values) == {LONDON}


def test_the_series_says_what_was_merged_renamed_and_missing() -> None:
    """One merger, two new names, and 98 = 2 x 49 missing breach counts as one block."""
    issues = read_type1_series(TYPE1).issues
    text = " ".join(issues["what"])
    assert set(issues["severity"]) == {"note"}
    assert "RAP is counted with RAL" in text
    assert "RAX changed its name" in text
    assert "98 four-hour breach counts are missing in 2 units, 2019-05 to 2023-05: one block" in text


def test_an_unhandled_merger_is_refused_with_its_likely_successor() -> None:
    """Without the table, RAP stops in 2025-01 and RAL rises from 17,780 to 25,100."""
    with pytest.raises(DataError) as caught:
        read_type1_series(TYPE1, succession=())
    (issue,) = caught.value.issues
    assert "RAP has no counts from 2025-01 on" in issue.what
    assert "RAL from 17,780 to 25,100" in issue.remedy


def test_bad_rows_of_the_series_are_named_together(tmp_path: Path) -> None:
    """A fraction, a missing month in the middle, and an unknown region."""
    lines = TYPE1.read_text(encoding="utf-8").splitlines()
    broken = [line for line in lines if not (line.startswith("RYJ") and line.endswith("2022-05-01"))]
    path = tmp_path / "series.csv"
    path.write_text("\n".join(broken) + "\n", encoding="utf-8")
    reading = read_type1_series(path)
    assert np.isnan(reading.data["attendances_type1"].sel(trust="RYJ", month="2022-05-01").item())
    assert reading.issues["what"].str.contains("RYJ has no counts in 2022-05").any()
    barts = lines[2].split(",")
    bad = ",".join([*barts[:3], "10.5", *barts[4:]])
    path.write_text("\n".join([*lines[:2], bad, *lines[3:], lines[3]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_type1_series(path)
    assert [issue.row for issue in caught.value.issues] == [3, len(lines) + 1]
    with pytest.raises(DataError, match="Did you mean 'NHS England London'"):
        read_type1_series(TYPE1, region="NHS England Londn")


def test_a_month_without_one_member_has_no_group_sum() -> None:
    """A = 1, 2, 3 and B = 10, missing, then merged: the second month has no sum, the third is A's own."""
    months = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"])
    counts = pd.DataFrame({"AAA": [1.0, 2.0, 3.0, 40.0], "BBB": [10.0, np.nan, 30.0, np.nan]}, index=months)
    table = [Succession("BBB", "AAA", date(2024, 4, 1), "merged_into", "test")]
    grouped = apply_succession(counts, table, file="test.csv")
    np.testing.assert_array_equal(grouped.counts["AAA"], [11.0, np.nan, 33.0, 40.0])
    assert any("BBB has no counts in 2024-02" in issue.what for issue in grouped.issues)


def test_a_contract_that_moves_is_one_series_and_a_closed_unit_is_announced() -> None:
    """Two contracts, each in half of the months, are complete as one: the filter that lost a whole area cannot."""
    months = pd.to_datetime(["2024-10-01", "2024-11-01"])
    counts = pd.DataFrame({"111AD5": [5.0, np.nan], "111AL9": [np.nan, 6.0], "ZZZ": [1.0, np.nan]}, index=months)
    table = [
        Succession("111AD5", "111AL9", date(2024, 11, 1), "contract_move", "test"),
        Succession("ZZZ", "", date(2024, 11, 1), "closed", "test"),
    ]
    grouped = apply_succession(counts, table, file="test.csv")
    assert grouped.counts.to_dict("list") == {"111AL9": [5.0, 6.0]}
    assert [issue.severity for issue in grouped.issues] == ["warning", "note"]
    assert "ZZZ closed" in grouped.issues[0].what


def test_the_shipped_succession_table_is_sound_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    """RAP goes to RAL in January 2025; circles, unknown codes and kinds, and missing sources are named together."""
    assert Succession("RAP", "RAL", date(2025, 1, 1), "merged_into", "", "").predecessor in {
        entry.predecessor for entry in read_succession()
    }
    path = tmp_path / "succession.csv"
    rows = ["AAA,BBB,2024-01-01,merged_into,s,", "BBB,AAA,2024-01-01,merged_into,s,", "ccc,DDD,2024-13-01,merged,,"]
    path.write_text("\n".join(["predecessor,successor,date,kind,source,note", *rows]) + "\n")
    with pytest.raises(DataError) as caught:
        read_succession(path)
    found = {(issue.row, issue.column) for issue in caught.value.issues}
    assert found == {(2, "successor"), (3, "successor"), (4, "predecessor"), (4, "kind"), (4, "source"), (4, "date")}


def test_a_predecessor_without_its_successor_in_the_data_is_refused() -> None:
    """RAP alone, from a file that lacks RAL."""
    counts = pd.DataFrame({"RAP": [1.0]}, index=pd.to_datetime(["2024-12-01"]))
    table = [Succession("RAP", "RAL", date(2025, 1, 1), "merged_into", "test")]
    issues = apply_succession(counts, table, file="test.csv").issues
    assert [issue.severity for issue in issues] == ["error", "note"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [(TYPE1, "type1_series"), (IUCADC, "iucadc"), (BY_PROVIDER, "ae_by_provider"), (MSITAE, "ae_msitae")],
)
def test_a_file_is_known_by_its_columns(path: Path, kind: str) -> None:
    """`econ111 check FILE` needs no second argument."""
    assert check_file(path).data.attrs["kind"] == kind


def test_every_london_authority_has_a_trust_and_croydon_its_own_system() -> None:
    """33 authorities; Croydon is SLaM's and lies in South West London; Westminster is present."""
    table = pd.read_csv(FOLDER / "london_borough_trust_ics.csv", dtype=str, keep_default_na=False).set_index("borough")
    assert len(table) == 33
    assert table.loc["Croydon", ["mh_trust_ods_2024", "ics_by_geography"]].tolist() == ["RV5", "SWL"]
    assert table.loc["Westminster", "mh_trust_ods_2024"] == "RV3"
    assert (table["mh_trust_ods_2024"] != "").all()


def test_the_real_files_that_ship_stay_small() -> None:
    """Under 400 KB together."""
    assert sum(path.stat().st_size for path in (TYPE1, IUCADC, BY_PROVIDER, MSITAE)) < 400_000


def _national() -> Path:
    default = Path(__file__).resolve().parents[3] / "shared" / "real-data"
    path = Path(os.environ.get("ECON111_REAL_DATA", default)) / "ae_type1_by_trust_2019-04_2026-05.csv"
    if not path.is_file():
        pytest.skip("the national series is not here; set ECON111_REAL_DATA to its folder")
    return path


def test_the_national_series_gives_the_same_london_and_refuses_other_mergers() -> None:
    """Cutting before reading or reading before cutting is one; 17 other stops and starts are named at once."""
    whole = read_type1_series(_national(), region=LONDON)
    ours = read_type1_series(TYPE1)
    assert whole.data["attendances_type1"].equals(ours.data["attendances_type1"])
    assert whole.issues["what"].str.contains("118 units of other regions").any()
    with pytest.raises(DataError) as caught:
        read_type1_series(_national())
    assert len(caught.value.issues) == 17
    issues = check_file(_national()).issues
    assert issues["what"].str.contains("686 four-hour breach counts are missing in 15 units").any()
