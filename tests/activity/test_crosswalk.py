"""Crosswalk files: what is read, and every fault with its row and remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from econ111.activity.crosswalk import TARGETS, UNMAPPED, read_crosswalk
from econ111.activity.reading import DISPOSITIONS
from econ111.errors import DataError
from econ111.resources import shipped_folder

HEADER = "category,disposition,share,concentration,note"
SAME = {name: f"{name},{name},1,40,same" for name in DISPOSITIONS}


def written(folder: Path, rows: list[str], *, name: str = "crosswalk.csv", header: str = HEADER) -> Path:
    """A file with these rows."""
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def faults(folder: Path, rows: list[str], *, audit: list[str] | None = None) -> str:
    """The message of the refusal."""
    path = written(folder, rows)
    audited = None
    if audit is not None:
        audited = written(folder, audit, name="audit.csv", header="category,disposition,calls")
    with pytest.raises(DataError) as refused:
        read_crosswalk(path, audit=audited)
    return str(refused.value)


def test_shares_stand_at_their_category_and_disposition(tmp_path: Path) -> None:
    """A tenth of crisis-team advice would be primary care; what is left out is 0; words are read in any case."""
    rows = [*SAME.values()]
    rows[3] = "Crisis MH,crisis_mh,0.9,25,\ncrisis_mh,Primary Care,0.1,25,"
    found = read_crosswalk(written(tmp_path, rows))
    crisis = dict(zip(TARGETS, found.shares[DISPOSITIONS.index("crisis_mh")], strict=True))
    assert crisis == dict.fromkeys(TARGETS, 0.0) | {"crisis_mh": 0.9, "primary_care": 0.1}
    assert found.concentration.tolist() == [40, 40, 40, 25, 40, 40]
    assert not found.audited
    assert found.shares.sum(axis=1).tolist() == [1.0] * 6


def test_an_audit_counts_calls_coded_both_ways(tmp_path: Path) -> None:
    """Seven calls that the mental line recorded as ED and the physical line as ambulance."""
    audit = written(tmp_path, ["ed,ambulance,7", "ed,ed,93"], name="audit.csv", header="category,disposition,calls")
    found = read_crosswalk(written(tmp_path, [*SAME.values()]), audit=audit)
    assert found.audit[0, :2].tolist() == [93, 7]
    assert found.audit.sum() == 100
    assert found.audited


def test_a_category_that_is_lost_is_refused(tmp_path: Path) -> None:
    """Without a row for crisis_mh its calls would go nowhere; the message says what to write."""
    message = faults(tmp_path, [row for name, row in SAME.items() if name != "crisis_mh"])
    assert "'crisis_mh' has no row, so its calls would be lost" in message
    assert "'crisis_mh,unmapped,1'" in message


def test_shares_that_do_not_add_up_are_refused_with_their_sum(tmp_path: Path) -> None:
    """0.9 + 0.05 is 0.95."""
    rows = [*SAME.values()]
    rows[0] = "ed,ed,0.9,40,\ned,ambulance,0.05,40,"
    assert "the shares of 'ed' add up to 0.95, not to 1" in faults(tmp_path, rows)


def test_an_unknown_disposition_suggests_the_nearest(tmp_path: Path) -> None:
    """`primary_cre` in either column, with the row."""
    rows = [*SAME.values()]
    rows[2] = "primary_care,primary_cre,1,40,"
    message = faults(tmp_path, rows)
    assert "row 4" in message
    assert "unknown disposition" in message
    assert "'primary_care'" in message


def test_an_audit_without_calls_is_refused(tmp_path: Path) -> None:
    """A header alone, or nothing but zeros: no call was coded both ways."""
    path = written(tmp_path, [*SAME.values()])
    empty = written(tmp_path, [], name="audit.csv", header="category,disposition,calls")
    with pytest.raises(DataError, match=r"audit\.csv"):
        read_crosswalk(path, audit=empty)
    assert "no call was coded both ways" in faults(tmp_path, [*SAME.values()], audit=["ed,ed,0"])


def test_faults_are_told_together(tmp_path: Path) -> None:
    """A share of 2, a concentration of 0, a pair twice, two concentrations, calls of a half: five messages."""
    rows = [*SAME.values()]
    rows[0] = "ed,ed,2,40,"
    rows[1] = "ambulance,ambulance,1,0,"
    rows[3] = "crisis_mh,crisis_mh,1,40,\ncrisis_mh,crisis_mh,0,40,"
    rows[4] = "self_care,self_care,0.5,40,\nself_care,other,0.5,41,"
    message = faults(tmp_path, rows, audit=["ed,ed,2.5"])
    for words in (
        "the share is not a number from 0 to 1", "concentration is not a number above 0", "stands in row 5 already",
        "'self_care' has concentration 40 in an earlier row", "the calls are not a whole number",
    ):  # fmt: skip
        assert words in message


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Without `concentration` nothing says what the shares are worth."""
    path = written(tmp_path, ["ed,ed,1,x"], header="category,disposition,share,note")
    with pytest.raises(DataError, match="no column 'concentration'"):
        read_crosswalk(path)


def test_the_shipped_example_can_be_read() -> None:
    """Six categories, rows that add up to 1, and some calls without a counterpart."""
    found = read_crosswalk(shipped_folder("data/activity") / "london-2024-example-crosswalk.csv")
    np.testing.assert_allclose(found.shares.sum(axis=1), 1.0)
    assert found.shares[:, TARGETS.index(UNMAPPED)].max() == pytest.approx(0.05)
