"""Outcomes in columns: mergers added up in each, blanks kept apart from zeros, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from econ111.activity import Succession
from econ111.activity.outcome_columns import read_outcome_columns
from econ111.errors import DataError, InputError
from econ111.files import write_text

HEAD = "trust_code,trust_region,trust_name,period,mental_health,injuries"
MERGED = [Succession("RAP", "RAL", date(2024, 3, 1), "merged_into", "example")]


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """A file of these rows."""
    return write_text(folder / "outcomes.csv", "\n".join([head, *rows]) + "\n")


def merger(folder: Path) -> Path:
    """Three months of Royal Free and two of North Middlesex, which then joins it; one injury count is blank."""
    return written(
        folder,
        "RAL,London,Royal Free,2024-01,100,50", "RAP,London,North Middlesex,2024-01,40,20",
        "RAL,London,Royal Free,2024-02,110,", "RAP,London,North Middlesex,2024-02,30,10",
        "RAL,London,Royal Free,2024-03,150,70",
    )  # fmt: skip


def test_a_merger_is_added_up_in_every_outcome(tmp_path: Path) -> None:
    """100 + 40, 110 + 30 and 150; injuries 70, unknown (a member is blank) and 70."""
    found = read_outcome_columns(merger(tmp_path), ["mental_health", "injuries"], succession=MERGED).data
    assert found.mental_health.sel(trust="RAL").values.tolist() == [140.0, 140.0, 150.0]
    injuries = found.injuries.sel(trust="RAL").values
    assert injuries[[0, 2]].tolist() == [70.0, 70.0]
    assert np.isnan(injuries[1])
    assert found.members.values.tolist() == ["RAL+RAP"]
    assert found.trust_name.values.tolist() == ["Royal Free"]


def test_a_merger_without_a_row_in_the_table_is_refused(tmp_path: Path) -> None:
    """North Middlesex stops in February and nobody says who took over."""
    with pytest.raises(DataError, match="RAP has no counts from 2024-03 on"):
        read_outcome_columns(merger(tmp_path), ["mental_health"], succession=[])


def test_a_trust_is_kept_with_all_that_joined_it(tmp_path: Path) -> None:
    """Only RAL is asked for: RAP's counts come with it, and another trust's do not."""
    rows = merger(tmp_path).read_text(encoding="utf-8").splitlines()[1:]
    path = written(tmp_path, *rows, *(f"RJ1,London,Guy's,2024-0{place},9,9" for place in (1, 2, 3)))
    found = read_outcome_columns(path, ["mental_health"], trusts=["RAL"], succession=MERGED).data
    assert found.trust.values.tolist() == ["RAL"]
    assert found.mental_health.values[0, 0] == 140.0


def test_an_outcome_recorded_late_is_missing_and_not_a_merger(tmp_path: Path) -> None:
    """Injuries begin in February: January is not known, and no error is raised."""
    path = written(tmp_path, "RAL,London,A,2024-01,5,", "RAL,London,A,2024-02,6,7")
    found = read_outcome_columns(path, ["mental_health", "injuries"], succession=[]).data
    assert np.isnan(found.injuries.values[0, 0])
    assert found.injuries.values[0, 1] == 7.0


@pytest.mark.parametrize(
    ("measures", "options", "message"),
    [
        (["mental_helth"], {}, "no column 'mental_helth'. Did you mean 'mental_health'"),
        (["mental_health"], {"trusts": ["RAX"]}, "no trust 'RAX'"),
        (["mental_health"], {"region": "Londinium"}, "no region 'Londinium'"),
    ],
)
def test_what_is_not_in_the_file_is_refused_with_the_nearest(
    tmp_path: Path, measures: list[str], options: dict[str, list[str]], message: str
) -> None:
    """Columns, trusts and regions."""
    with pytest.raises(InputError, match=message):
        read_outcome_columns(merger(tmp_path), measures, succession=MERGED, **options)  # type: ignore[arg-type]


def test_bad_and_repeated_rows_are_all_named(tmp_path: Path) -> None:
    """A word for a count in row 2 and a day within a month in row 3; then a month twice."""
    bad = written(tmp_path, "RAL,London,A,2024-01,many,5", "RAL,London,A,2024-02-09,6,7")
    with pytest.raises(DataError) as caught:
        read_outcome_columns(bad, ["mental_health", "injuries"], succession=[])
    assert [issue.row for issue in caught.value.issues] == [2, 3]
    twice = written(tmp_path, "RAL,London,A,2024-01,5,5", "RAL,London,A,2024-01,6,6")
    with pytest.raises(DataError, match="second row for 2024-01; the first is row 2"):
        read_outcome_columns(twice, ["mental_health"], succession=[])


def test_a_file_without_regions_cannot_be_asked_for_one(tmp_path: Path) -> None:
    """The column is named."""
    path = written(tmp_path, "RAL,2024-01,5", head="trust_code,period,mental_health")
    with pytest.raises(InputError, match="no column 'trust_region'"):
        read_outcome_columns(path, ["mental_health"], region="London", succession=[])
