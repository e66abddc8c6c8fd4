"""What the pages say of the files is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import xarray as xr

from econ111.impact.estimands import ESTIMANDS, Elsewhere, avoided_referrals
from econ111.parameters import load_catalogue

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    """Text of a page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_thresholds_on_the_page_are_those_of_the_file() -> None:
    """Each row of `verdict_rules.csv` is named on the page of verdicts, with its value just before it."""
    text = re.sub(r"\s+", " ", page("estimands.md"))
    catalogue = load_catalogue()
    rules = [name for name in catalogue if name.startswith("verdict_")]
    wrong = [name for name in rules if not re.search(rf"\b{catalogue[name].value:g}\b[^|`]{{0,60}}\(`{name}`\)", text)]
    assert rules
    assert not wrong


def test_the_rules_of_the_checks_on_the_page_are_those_of_the_file() -> None:
    """Each row of `check_rules.csv` is named on the page of checks, and its value stands before it in the sentence."""
    text = re.sub(r"\s+", " ", page("checks.md"))
    catalogue = load_catalogue()
    rules = [name for name in catalogue if name.startswith("check_")]
    shown = {name: f"{catalogue[name].value:,g}" for name in rules}
    wrong = [name for name in rules if not re.search(rf"\b{shown[name]}\b[^|]{{0,110}}`{name}`", text)]
    assert rules
    assert not wrong


def test_every_prior_is_named_on_the_page_of_the_method() -> None:
    """A scale that nobody can find on the page is a scale that nobody argues about."""
    text = page("method.md")
    priors = [name.removeprefix("prior_") for name in load_catalogue() if name.startswith("prior_")]
    assert priors
    assert [name for name in priors if f"`{name}`" not in text] == []


def test_every_estimand_is_explained() -> None:
    """Code and name of each estimand stand together in the table of the page."""
    text = page("estimands.md")
    assert [name for name, (code, _) in ESTIMANDS.items() if f"| {code} | `{name}` |" not in text] == []


def test_every_basis_of_the_service_cost_is_explained() -> None:
    """The bases of the London evaluation, with the one from the people up, are those of the page."""
    economics = tomllib.loads((ROOT / "models" / "london-2024.toml").read_text(encoding="utf-8"))["economics"]
    section = page("economics.md").split("## Service cost")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == {*economics["service_cost_bases"], "staffing"}


def test_the_sum_by_hand_on_the_page_is_what_the_code_gives() -> None:
    """1,000 calls, 400 displaced, 360 absorbed, 240 induced: E1 80, E2 32 and E3 40 + 14.4 + 14.4 - 20 = 48.8 fewer."""
    flows = xr.Dataset(
        {
            name: (("sample", "trust"), [[calls]])
            for name, calls in {"mental": 1000.0, "displaced": 400.0, "absorbed": 360.0, "induced": 240.0}.items()
        },
        coords={"trust": ["A"]},
    )
    mixes = xr.DataArray(
        [[[[0.10]], [[0.02]]]],
        dims=("sample", "stage", "trust", "disposition"),
        coords={"stage": ["before", "mental"], "trust": ["A"], "disposition": ["ed"]},
    )
    elsewhere = Elsewhere(
        xr.DataArray([0.6], dims="sample"),
        *(xr.DataArray([[share]], dims=("sample", "disposition")) for share in (0.04, 0.06)),
    )
    pair = avoided_referrals(flows, mixes, elsewhere)
    found = (pair.without_service - pair.with_service).values.ravel()
    assert found == pytest.approx([80, 32, 48.8])
    assert [said for said in ("= 80 fewer", "= 32 fewer", "= 48.8 fewer") if said not in page("estimands.md")] == []
