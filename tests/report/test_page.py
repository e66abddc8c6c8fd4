"""The page is whole, safe, accessible in its bones, and leaves out what an evaluation lacks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from report.panel_draws import with_draws

from econ111.report import render_report, write_report
from econ111.report.figures import calls_figure
from econ111.report.panels import largest_trusts, panels_left_out
from econ111.results import Evaluation

NASTY = "<script>alert(1)</script> \"quoted\" & 'single' $x_1$ \U0001f600 \u202e" + "N" * 200
VOID = {"meta", "br", "img", "link", "hr", "input"}


MONEY = ("cost_consequence", "budget_impact", "scenarios", "one_way")


def _only(evaluation: Evaluation, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    return {name: evaluation.tables[name] for name in names}


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, identifiers, headings and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text(evaluation: Evaluation) -> str:
    """The page of two trusts."""
    return render_report(evaluation)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    """The same, parsed."""
    return Page(text)


def test_the_page_needs_nothing_but_itself(page: Page, text: str) -> None:
    """No script, link, image or address outside; the content policy forbids any request."""
    assert not page.all("script") + page.all("link") + page.all("iframe")
    addresses = [value for _, found in page.elements for name, value in found.items() if name in ("src", "href")]
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_every_element_is_closed_and_every_identifier_is_one_of_its_kind(page: Page) -> None:
    """Drawings share a page, so their identifiers may not collide; what refers to one finds it."""
    assert not page.unbalanced
    assert not page.open
    named = [found["id"] for _, found in page.elements if "id" in found]
    assert len(named) == len(set(named))
    referred = re.findall(r"url\(#([^)]+)\)", " ".join(" ".join(found.values()) for _, found in page.elements))
    referred += [found["href"][1:] for _, found in page.elements if found.get("href", "").startswith("#")]
    assert set(referred) <= set(named)


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    """One h1; no level is skipped on the way down."""
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_scopes_and_a_caption_that_says_what_the_numbers_are(page: Page, text: str) -> None:
    """Results state interval level, price year, comparator, perspective and sign; every caption says synthetic."""
    assert page.all("html")[0]["lang"] == "en-GB"
    assert all(found.get("scope") in ("col", "row", "rowgroup") for found in page.all("th"))
    captions = re.findall(r"<caption>(.*?)</caption>", text, re.DOTALL)
    assert len(captions) == len(page.all("table"))
    assert all("synthetic data" in caption for caption in captions)
    for start in ("Avoided dispositions and referrals", "Cost-consequence", "Budget impact, E3", "Key figures"):
        caption = next(caption for caption in captions if start in caption)
        for words in (
            "95% interval",
            "Price year: 2024/25",
            "Comparator:",
            "Perspective:",
            "positive = fewer",
            "Unit:",
        ):
            assert words in caption, (start, words)


def test_there_are_ten_figures_with_text_alternatives_and_their_numbers(page: Page, text: str) -> None:
    """Each drawing has a title and a description it is labelled by; each figure has a table of its numbers."""
    assert len(page.all("figure")) == 10
    drawings = [found for found in page.all("svg") if found.get("role") == "img"]
    assert all(found.get("aria-hidden") == "true" for found in page.all("svg") if found not in drawings)
    named = {found.get("id") for _, found in page.elements}
    assert all(set(found["aria-labelledby"].split()) <= named for found in drawings)
    descriptions = re.findall(r"<desc[^>]*>(.*?)</desc>", text)
    assert len(descriptions) == len(drawings)
    assert all(re.search(r"\d", description) for description in descriptions)
    assert text.count("The numbers behind this figure") == 10
    titles = re.findall(r"<figcaption><strong>(.*?)</strong>", text) + re.findall(r"<title id[^>]*>(.*?)</title>", text)
    assert all("synthetic data" in title for title in titles)


def test_every_drawing_fits_a_phone_and_no_name_is_cut_short(page: Page, text: str) -> None:
    """At three quarters of 432 px a drawing fills the 328 px that a screen of 360 leaves, with letters of 9 px."""
    widths = [
        int(found["style"].removeprefix("--natural:").removesuffix("px"))
        for found in page.all("svg")
        if "style" in found
    ]
    assert max(widths) <= 432
    assert "…" not in text


def test_every_figure_says_what_its_lines_are_and_in_whose_prices_its_money_is(text: str) -> None:
    """A level or that there is none wherever something is estimated; a price year wherever pounds are drawn."""
    figures = re.findall(r"<figure>.*?</figure>", text, re.DOTALL)
    for figure in figures:
        caption = re.sub("<[^>]+>", "", re.findall(r"<figcaption>(.*?)</figcaption>", figure, re.DOTALL)[0])
        if "State of the data" not in caption:
            assert re.search(
                r"95% interval|Means; intervals are|low end and|[Nn]o interval|not an interval", caption
            ), caption
        if re.search(r"<text[^>]*>[^<]*£", figure):
            assert "Price year: 2024/25." in caption, caption


def test_no_two_columns_of_a_table_have_the_same_heading(text: str) -> None:
    """A reader who hears the heading with each cell can tell the columns apart."""
    for heads in re.findall(r"<thead><tr>(.*?)</tr></thead>", text, re.DOTALL):
        names = [re.sub("<[^>]+>", "", head) for head in re.findall(r"<th[^>]*>(.*?)</th>", heads, re.DOTALL)]
        assert len(set(names)) == len(names), names


def test_a_figure_has_one_legend(text: str) -> None:
    """Three panels of calls share one legend of five entries, which stands outside the drawings."""
    figure = text.split("<figure>")[1].split("</figure>", maxsplit=1)[0]
    assert figure.count('<ul class="legend"') == 1
    assert figure.count("<li>") == 5
    assert figure.count("Physical line, observed") == 1


def test_rows_are_grouped_and_the_group_is_named_once(text: str) -> None:
    """Each of the 6 dispositions is a heading over its estimands, as each year is over its payers."""
    tables = re.findall("<table[^>]*>.*?</table>", text, re.DOTALL)
    table = next(part for part in tables if "Avoided dispositions and referrals: All trusts" in part)
    assert table.count('scope="rowgroup"') == 6
    assert table.count("Primary-care referrals") == 1
    budget = next(part for part in tables if "Budget impact, E3 net system: All trusts" in part)
    assert budget.count("2025/26 (year 1)") == 1


def test_the_three_columns_of_the_budget_are_apart_and_cash_is_explained(text: str) -> None:
    """Value, capacity and cash are never added, and the page says why cash is 0."""
    for head in ("Economic value, £000", "Capacity released", "Cash released, £000"):
        assert head in text
    assert "are never added" in text
    assert "Cash is 0 unless" in text
    assert "not valued" in text
    assert "not measured" in text


def test_real_data_carry_no_synthetic_mark(make_evaluation: Callable[..., Evaluation]) -> None:
    """The banner and every mark go when the study is not synthetic."""
    text = render_report(make_evaluation(synthetic=False))
    assert "synthetic" not in text.lower().replace("synthetic yes/no", "")


def test_a_name_that_is_markup_stays_text(make_evaluation: Callable[..., Evaluation]) -> None:
    """A script in a name is shown, not run, also inside drawings; marks that turn the text round are dropped."""
    text = render_report(make_evaluation([("RWK", NASTY), ("=cmd()", "it's"), ("T3", "</desc></svg>")]))
    page = Page(text)
    assert not page.all("script")
    assert not page.unbalanced
    assert "&lt;script&gt;alert(1)" in text
    assert "\u202e" not in text
    assert "$x_1$" in text


def test_one_trust_and_one_month_make_a_page(make_evaluation: Callable[..., Evaluation]) -> None:
    """With one trust there is nothing to compare, and with one month nothing to join by a line."""
    whole = make_evaluation([("RWK", "Alone")])
    assert whole.calls is not None
    assert whole.posterior is not None
    monthly = whole.tables["monthly"]
    one = dataclasses.replace(
        whole,
        calls=whole.calls.isel(month=[-1]),
        posterior=whole.posterior.isel(month=[-1]),
        tables={**whole.tables, "monthly": monthly[monthly.month == "2024-11"]},
    )
    text = render_report(one)
    assert "Each trust" not in text
    assert text.count("<figure>") == 10


def test_the_time_of_the_run_is_written_for_people(evaluation: Evaluation) -> None:
    """No machine's time at the foot of the page; what is no time stays as it was recorded."""
    for recorded, shown in (("2026-11-05T09:04:05+00:00", "5 November 2026, 09:04 UTC"), ("no time", "no time")):
        again = dataclasses.replace(evaluation, record={**evaluation.record, "run_at": recorded})
        assert f"run at {shown}." in render_report(again)


@pytest.mark.slow
def test_sixty_trusts_with_long_names_and_draws_fit_in_three_megabytes(
    make_evaluation: Callable[..., Evaluation],
) -> None:
    """Every trust has its part, the panel its draws; only the largest are drawn by month, and the page says so."""
    trusts = [(f"T{place:02d}", f"Trust {place} ".ljust(200, "N")) for place in range(60)]
    text = render_report(with_draws(make_evaluation(trusts), samples=2000))
    assert len(text.encode()) < 2_850_000
    assert text.count('<details class="part"><summary><h3>Trust ') == 60
    assert "The 48 smallest trusts are in the table and not drawn." in text
    assert "48 more stand in the drawing and in the numbers behind it." in text


@pytest.mark.parametrize("missing", ["calls", "posterior"])
def test_without_data_or_draws_there_is_no_figure_of_calls(evaluation: Evaluation, missing: str) -> None:
    """What needs both is left out when either is missing."""
    bare = (
        dataclasses.replace(evaluation, calls=None)
        if missing == "calls"
        else dataclasses.replace(evaluation, posterior=None)
    )
    assert calls_figure(bare) is None
    assert "Cost-consequence" in render_report(dataclasses.replace(bare, tables=_only(evaluation, MONEY)))


@pytest.mark.parametrize("kept", [("estimates",), MONEY, ("issues", "checks", "parameters"), ()])
def test_any_table_can_be_absent(evaluation: Evaluation, kept: tuple[str, ...]) -> None:
    """The page is whole with some tables, or none; an empty table is as good as an absent one."""
    empty = {name: table.iloc[:0] for name, table in evaluation.tables.items() if name not in kept}
    for tables in (_only(evaluation, kept), _only(evaluation, kept) | empty):
        bare = dataclasses.replace(evaluation, calls=None, posterior=None, tables=tables, record={})
        assert not Page(render_report(bare)).unbalanced


def test_dispositions_that_nobody_returned_leave_a_page(make_evaluation: Callable[..., Evaluation]) -> None:
    """All cells not supplied: the map says so and nothing fails."""
    whole = make_evaluation()
    assert whole.calls is not None
    states = {name: whole.calls[name] * 0 + 3 for name in ("dispositions_state", "calls_answered_state")}
    counts = {name: whole.calls[name] * float("nan") for name in ("calls_answered_low", "calls_answered_high")}
    calls = whole.calls.assign(states | counts)
    text = render_report(dataclasses.replace(whole, calls=calls, tables=_only(whole, ("issues",))))
    assert "Physical line: dispositions: not supplied: 40." in text


def test_a_fit_that_failed_is_marked_at_the_top(evaluation: Evaluation) -> None:
    """A result that was accepted against the checks says so before any number."""
    diagnostics = {"failure": "R-hat 1.2 exceeds 1.01", "accepted": True}
    tables = _only(evaluation, ("estimates", "checks"))
    failed = dataclasses.replace(evaluation, calls=None, posterior=None, tables=tables, diagnostics=diagnostics)
    text = render_report(failed)
    assert text.index("THE FIT DID NOT PASS ITS CHECKS") < text.index("<h2")
    assert "R-hat 1.2 exceeds 1.01" in text


def test_a_series_shows_what_it_could_have_noticed(series_evaluation: Evaluation) -> None:
    """Observed against expected, avoided against the detectable effect, and the state of the data."""
    text = render_report(series_evaluation)
    assert text.count("<figure>") == 3
    assert "Too small to detect" in text
    assert "does not start at zero" in text
    assert "£" not in text.split("<main>")[1].split('id="glossary"')[0]


def test_print_shows_its_bounds(published_evaluation: Evaluation) -> None:
    """One chart of bounds, and a place where there are none."""
    text = render_report(published_evaluation)
    assert text.count("<figure>") == 1
    assert "no bounds can be given" in text


def test_the_page_is_written_in_one_step(published_evaluation: Evaluation, tmp_path: Path) -> None:
    """The file is where it was asked for, and nothing else is left beside it."""
    path = write_report(published_evaluation, tmp_path / "out" / "report.html")
    assert path.read_text(encoding="utf-8").lstrip().startswith("<!DOCTYPE html>")
    assert [found.name for found in path.parent.iterdir()] == ["report.html"]


def test_two_pages_of_one_evaluation_are_the_same(series_evaluation: Evaluation) -> None:
    """No clock and no chance enters a page, so that a changed page means a changed result."""
    assert render_report(series_evaluation) == render_report(series_evaluation)


def test_with_many_trusts_the_largest_are_drawn() -> None:
    """Of fourteen trusts the twelve largest are drawn after the total, and two are said to be left out."""
    codes = [f"T{place:02d}" for place in range(14)]
    frame = pd.DataFrame({"trust": [*codes, "Total"], "mental": [*range(14), 91]})
    chosen = largest_trusts(frame, "mental")
    assert chosen == ["Total", *codes[2:]]
    assert panels_left_out(frame, chosen) == " The 2 smallest trusts are in the table and not drawn."
