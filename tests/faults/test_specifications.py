"""What a specification names and nothing has is refused as soon as it is loaded, and never after a fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_files import READERS

from econ111.errors import InputError
from econ111.run import evaluate
from econ111.run.checking import check_evaluation
from econ111.run.linked_names import attendance_names

LINKED = '"attended.*.ed_attendance"'


def test_a_misspelt_linked_pattern_is_refused_at_load_with_the_nearest(tmp_path: Path) -> None:
    """One pattern of two is misspelt: the run stops before its data are read, and a check names it with its row."""
    text = READERS["spec_london"].good.decode()
    assert LINKED in text
    path = READERS["spec_london"].put(tmp_path, text.replace(LINKED, '"attended.ed.ed_atendance"').encode())
    said: list[str] = []
    with pytest.raises(InputError, match=r"'attended\.ed\.ed_atendance'.*Did you mean 'attended\.ed\.ed_attendance'"):
        evaluate(path, use_store=False, announce=said.append)
    assert said == ["Reading the specification and parameters"]
    issues = [issue for checked in check_evaluation(path) for issue in checked.found if "linked" in issue.what]
    assert [issue.severity for issue in issues] == ["error"]
    assert "ed_atendance" in path.read_text(encoding="utf-8").splitlines()[(issues[0].row or 0) - 1]


def test_linked_records_can_show_what_the_evidence_joins_and_nothing_else() -> None:
    """Advice to go to ED and attendance there are joined by a study; a price is not among what records show."""
    names = attendance_names()
    assert len(names) == len(set(names))
    assert {"attended.ed.ed_attendance", "attended.ed_attendance.admission"} <= set(names)
    assert all(name.count(".") == 2 for name in names)
