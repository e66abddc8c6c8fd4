"""Faults of a [published] section, each named with its remedy before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from econ111 import evaluate
from econ111.errors import DataError, InputError
from econ111.resources import shipped_model
from econ111.specs.loading import load_spec

SUSSEX = shipped_model("sussex-street-triage-2016").read_text(encoding="utf-8")
LAMBETH = shipped_model("lambeth-hub-2021").read_text(encoding="utf-8")
HAMPSHIRE = shipped_model("hampshire-2021").read_text(encoding="utf-8")


def write(folder: Path, text: str) -> Path:
    """A specification of its own."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        (SUSSEX, 'outcome = "custody"\nlabel', 'outcome = "detentions"\nlabel', "'detentions' is listed twice"),
        (SUSSEX, "after_months = 6", "after_months = 6\ncontrol_before = 10", "a control for one period only"),
        (SUSSEX, "after = 56\nafter_of = 118", "after = 156\nafter_of = 118", "counts a part above its total"),
        (SUSSEX, 'outcome = "detentions"\nsource', 'outcome = "detention"\nsource', "unknown outcome 'detention'"),
        (SUSSEX, "explained = ", "locator_of = ", "unknown key"),
        (LAMBETH, '"assessments", "share', '"assesments", "share', "Did you mean 'assessments'"),
        (HAMPSHIRE, "contacts_after = 21697\n", "", "shares and no contacts_after"),
        (SUSSEX, "before = 194", "before = -194", "greater than or equal to 0"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, text: str, old: str, new: str, expected: str) -> None:
    """One change to a shipped specification, and the sentence that it leads to."""
    assert old in text
    with pytest.raises(DataError, match=expected):
        load_spec(write(tmp_path, text.replace(old, new, 1)))


def test_an_empty_section_is_refused(tmp_path: Path) -> None:
    """A source alone is no evaluation."""
    text = SUSSEX.split("[[published.counts]]")[0]
    with pytest.raises(DataError, match="holds no figures"):
        load_spec(write(tmp_path, text))


def test_a_source_must_be_known(tmp_path: Path) -> None:
    """A key that is not in sources.toml leads nobody to the figure."""
    with pytest.raises(InputError, match="names the source 'hearsay'"):
        evaluate(write(tmp_path, SUSSEX.replace('source = "heslin_2016"', 'source = "hearsay"')))


def test_an_unexplained_difference_is_an_issue(tmp_path: Path) -> None:
    """A published -45% where the counts give -39.2% is warned of in the table of issues."""
    result = evaluate(write(tmp_path, SUSSEX.replace("value = -39", "value = -45")))
    (issue,) = result.issues.to_dict("records")
    assert issue["severity"] == "warning"
    assert "published -45, ours -39.1753" in issue["what"]


@pytest.mark.parametrize(
    "name", ["sussex-street-triage-2016", "tyne-wear-street-triage-2016", "lambeth-hub-2021", "hampshire-2021"]
)
def test_a_shipped_comparison_runs_alike_twice(name: str) -> None:
    """Same tables both times, every figure with a source and a locator, and no issue left open."""
    first, second = evaluate(name), evaluate(name)
    for key, table in first.tables.items():
        assert table.equals(second.tables[key])
    figures = first.tables["published_figures"]
    assert (figures.source_title.str.len() > 0).all()
    assert (figures.locator.str.len() > 0).all()
    assert first.issues.empty
    assert first.posterior is None
    assert "because" in first.summary() or "not identifiable" in first.summary()


def test_the_seed_is_recorded_where_something_is_drawn() -> None:
    """Sussex is simulated from its own seed; Hampshire is not simulated."""
    assert evaluate("sussex-street-triage-2016").record["seed"] == 20160
    assert evaluate("hampshire-2021").record["seed"] is None


def test_the_page_shows_the_figures_that_a_run_gives() -> None:
    """Every interval of the table in docs/published.md is that of its evaluation, to the last figure shown."""
    page = (Path(__file__).resolve().parents[1] / "docs" / "published.md").read_text(encoding="utf-8")
    for name, outcomes in {
        "sussex-street-triage-2016": ("detentions",),
        "tyne-wear-street-triage-2016": ("detentions",),
        "lambeth-hub-2021": ("assessments", "accepted"),
    }.items():
        (line,) = [line for line in page.splitlines() if line.startswith(f"| `{name}`")]
        table = evaluate(name).tables["published_changes"].set_index("outcome")
        for row in table.loc[list(outcomes)].itertuples():
            assert f"{row.fewer:.0f} fewer" in line
            assert f"{row.fewer_low:.0f} to {row.fewer_high:.0f}" in line
