"""The page as a reader meets it: accessible, on a phone, in print, fast, and safe whatever a trust is called."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from browser.conftest import Visit
from report.panel_draws import with_draws

from econ111.report import write_report
from econ111.results import Evaluation

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1280, 360)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_accessibility_checker_finds_no_violation(visit: Visit, width: int) -> None:
    """Axe, with every part opened and a field in error, reports no violation of WCAG 2.2 A and AA."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    visit.fill("call", "twelve")
    found = axe.run(visit.page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]
    assert told == []


def test_a_phone_scrolls_down_and_never_sideways(visit: Visit) -> None:
    """At 360 px the page is as wide as the screen, also with every part open and an error beside each field."""
    visit.page.set_viewport_size({"width": 360, "height": 740})
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    visit.fill("cost.ed_attendance", "9" * 40)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_a_phone_every_cell_of_a_table_is_on_the_screen(visit: Visit) -> None:
    """Rows are stacked, so that the verdict of Table 1 is seen without scrolling, with its heading beside it."""
    visit.page.set_viewport_size({"width": 360, "height": 740})
    right = visit.page.eval_on_selector_all(
        "table.stack td", "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
    )
    assert right <= 360
    table = visit.page.locator("section#verdict table.stack").first
    heads = table.locator("thead th").all_text_contents()
    verdict = table.locator("tbody tr").first.locator("td").nth(heads.index("Verdict") - 1)
    assert verdict.inner_text() == "fewer"
    assert verdict.evaluate("one => getComputedStyle(one, '::before').content").startswith('"Verdict"')


def test_a_stacked_table_is_still_a_table_to_a_screen_reader(visit: Visit) -> None:
    """At 360 px the browser's accessibility tree has the rows, headings and cells that it has at 1280."""
    counts = []
    session = visit.page.context.new_cdp_session(visit.page)
    for width in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 800})
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        roles = [node["role"]["value"] for node in nodes if not node["ignored"] and "role" in node]
        counts.append({role: roles.count(role) for role in ("table", "row", "cell", "rowheader", "columnheader")})
    cells = [found.pop("cell") for found in counts]
    assert 100 < cells[1] <= cells[0]  # empty cells are not stacked
    assert counts[0] == counts[1]


def test_print_opens_what_is_closed_and_leaves_out_what_cannot_be_used(visit: Visit) -> None:
    """On paper: no navigation, no button; every trust's part open; what was changed in the panel is stated."""
    visit.fill("call", "30")
    visit.page.emulate_media(media="print")
    assert visit.page.locator("nav").is_hidden()
    assert visit.page.locator("#what-if-reset").is_hidden()
    assert visit.page.locator("details.part table").first.is_visible()
    assert "Service cost per answered call, £ 30" in visit.page.locator("#what-if-changed").inner_text()
    assert visit.page.pdf(format="A4", landscape=True).startswith(b"%PDF")


def test_each_trust_has_an_address_that_opens_its_part(visit: Visit) -> None:
    """A link to a trust opens its closed part, also where its code is no good in an address; the part says its link."""
    parts = visit.page.locator("section#trusts details.part")
    for place, key in enumerate(("trust-rwk", "trust-cmd")):
        visit.open(f"#{key}")
        assert parts.nth(place).locator("table").first.is_visible()
        assert not parts.nth(1 - place).locator("table").first.is_visible()
        assert parts.nth(place).locator(f'a[href="#{key}"]').is_visible()


def test_a_term_says_what_it_means_when_pointed_at(visit: Visit) -> None:
    """The estimand in a row and the verdict beside it carry the glossary's own words."""
    terms, texts = (visit.page.locator(f"section#glossary {tag}").all_text_contents() for tag in ("dt", "dd"))
    meanings = dict(zip(terms, texts, strict=True))
    effects = visit.page.locator("section#effects > .scroll tbody")
    for said, term in (("E1 same calls", "E1 same calls"), ("fewer", "Fewer, more")):
        shown = effects.locator(f'abbr:text-is("{said}")').first
        assert shown.get_attribute("title") == meanings[term]


def test_the_page_is_small_and_ready_at_once(visit: Visit) -> None:
    """Under 3 MB, and the panel answers within a second of opening."""
    assert visit.path.stat().st_size < 3_000_000
    began = time.perf_counter()
    visit.open()
    visit.fill("call", "1")
    assert visit.numbers()["spent.mean"]
    assert time.perf_counter() - began < 3


def test_a_name_that_is_markup_is_text_wherever_it_stands(visit: Visit) -> None:
    """The second trust's name holds a script; it is shown in the list of trusts, and nothing ran."""
    assert visit.page.evaluate("window.broken") is None
    options = visit.page.locator('[name="trust"] option').all_text_contents()
    assert any("<script>window.broken = true</script>" in text for text in options)


@pytest.mark.parametrize(("trusts", "samples"), [(1, 50), (2, 1)])
def test_the_smallest_evaluations_have_a_page_that_works(
    browser: Any,
    make_evaluation: Callable[[Sequence[tuple[str, str]]], Evaluation],
    tmp_path: Path,
    trusts: int,
    samples: int,
) -> None:
    """One trust, or one draw: the panel computes, and nothing is called NaN."""
    names = [(f"T{place}", f"Trust {place}") for place in range(trusts)]
    path = write_report(with_draws(make_evaluation(names), samples=samples), tmp_path / "report.html")
    page = browser.new_page()
    visit = Visit(page, path).open()
    visit.fill("call", "30")
    assert "service at £30.00 per answered call" in visit.text("#what-if-headline")
    assert len(visit.numbers()["net.interval"]) == 2
    assert "NaN" not in page.inner_text("main")
    page.close()
