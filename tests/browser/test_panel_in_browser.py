"""The what-if panel, operated in a real browser, agrees with Python on the same draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from browser.conftest import Visit

from econ111.report.panel import Repriced, Settings, default_settings, reprice
from econ111.report.panel.view import headline

CLOSE = 1e-9  # far inside the millionth that is promised
NUMBERS = {"value", "worth", "spent", "net", "cash"}

# What is typed, and the same settings in Python.
ENTERED: dict[str, dict[str, str]] = {
    "nothing": {},
    "one trust": {"trust": "RWK"},
    "the other, under E1": {"trust": "=cmd()", "estimand": "same_calls"},
    "another basis": {"basis": "high"},
    "own cost per call": {"basis": "low", "call": "£1,031.50", "estimand": "displaced"},
    "threshold and cash": {"threshold": "750", "cash.ed_attendance": "25 %", "cash.crisis_contact": "100"},
    "unit costs": {"cost.ed_attendance": "1,250", "cost.crisis_contact": "0", "cost.physical_line_call": "18.25"},
    "attendance at its low end": {"attending": "low"},
    "everybody told goes, one trust": {"attending": "all_told", "trust": "=cmd()", "threshold": "1000"},
    "a line from the people up": {"basis": "staffing"},
    "a dearer line, one trust": {"basis": "staffing", "call": "75", "trust": "RWK"},
    "everything": {
        "trust": "RWK", "estimand": "same_calls", "attending": "high", "basis": "low", "call": ".5",
        "threshold": "99.99",
        "cost.ed_attendance": "300", "cost.primary_care_contact": "38.4", "cash.primary_care_contact": "7.5",
    },
}  # fmt: skip
PLAIN = {"£1,031.50": 1031.5, "25 %": 25.0, "1,250": 1250.0}


def _number(text: str) -> float:
    return PLAIN.get(text) if text in PLAIN else float(text)  # type: ignore[return-value]


def _settings(payload: dict[str, Any], entered: dict[str, str]) -> Settings:
    """The same settings for Python; a basis brings its own cost per call unless another is typed."""
    start = default_settings(payload)
    chosen: dict[str, Any] = {
        name: entered[name] for name in ("trust", "estimand", "basis", "attending") if name in entered
    }
    basis = chosen.get("basis", start.basis)
    chosen["cost_per_call"] = _number(entered["call"]) if "call" in entered else payload["cost_per_call"][basis]
    chosen["threshold"] = _number(entered.get("threshold", "0"))
    costs = {name[5:]: _number(text) for name, text in entered.items() if name.startswith("cost.")}
    shares = {name[5:]: _number(text) / 100 for name, text in entered.items() if name.startswith("cash.")}
    return dataclasses.replace(
        start, **chosen, unit_cost={**start.unit_cost, **costs}, cash_share={**start.cash_share, **shares}
    )


def _expected(again: Repriced) -> Iterator[tuple[str, list[float]]]:
    for name, found in again.amounts.items():
        yield f"{name}.mean", [found.mean]
        yield f"{name}.interval", [found.low, found.high]
    for name, fewer in again.avoided.items():
        yield f"{name}.avoided", [fewer.mean]
        yield f"{name}.fewer", [fewer.low, fewer.high]
        cost = again.cost_avoided[name]
        yield f"{name}.cost", [cost.mean] if cost else []
        yield f"{name}.spread", [cost.low, cost.high] if cost else []
    yield "probability.mean", [again.probability]
    yield "even.mean", [again.break_even]


@pytest.mark.parametrize("setting", ENTERED)
def test_the_panel_agrees_with_python(visit: Visit, payload: dict[str, Any], setting: str) -> None:
    """Every mean, end of an interval, probability and break-even shown is Python's, and so is the sentence."""
    for name, text in ENTERED[setting].items():
        visit.fill(name, text)
    shown = visit.numbers()
    again = reprice(payload, _settings(payload, ENTERED[setting]))
    for key, expected in _expected(again):
        assert shown[key] == pytest.approx(expected, rel=CLOSE, abs=1e-9), key
    sentence = visit.text("#what-if-headline")
    assert sentence.endswith(headline(again, payload["level"], looked_at="")), sentence


def test_the_script_writes_the_words_that_python_wrote(browser: Any, visit: Visit) -> None:
    """With and without script the page shows the same text in every cell, and the same sentence."""
    silent = browser.new_context(java_script_enabled=False)
    page = silent.new_page()
    page.goto(visit.path.as_uri())
    cells = page.locator("[data-cell]").all_text_contents()
    headline = page.text_content("#what-if-headline")
    assert page.locator("#what-if-form").is_hidden()
    assert "need a browser that runs scripts" in str(page.locator("noscript").inner_text())
    silent.close()
    visit.fill("call", "1")
    visit.page.click("#what-if-reset")
    assert visit.page.locator("[data-cell]").all_text_contents() == cells
    assert visit.page.text_content("#what-if-headline") == headline


def test_a_scenario_of_attendance_is_named_and_has_no_verdict(visit: Visit) -> None:
    """The sentence says which scenario; attendances, whose count moved, are not judged, and the rest keep verdicts."""
    before = visit.text('[data-cell="primary_care_contact.verdict"]')
    visit.fill("attending", "all_told")
    assert "Everybody told to go to ED goes" in visit.text("#what-if-headline")
    assert visit.text('[data-cell="ed_attendance.verdict"]') == "not judged"
    assert visit.text('[data-cell="primary_care_contact.verdict"]') == before


def test_what_was_changed_is_said_until_it_is_set_back(visit: Visit) -> None:
    """A changed page names each change beside what the report has, so that a print of it cannot mislead."""
    before = visit.numbers()
    visit.fill("cost.ed_attendance", "999")
    visit.fill("estimand", "displaced")
    said = visit.text("#what-if-changed")
    assert "Unit cost, £: Ed attendance 999 (report: 2" in said
    assert "Estimand E2 displaced (report: E3 net system)" in said
    assert visit.numbers()["net.report"] == before["net.report"]
    visit.page.click("#what-if-reset")
    assert visit.text("#what-if-changed") == "These are the report's own settings."
    assert visit.numbers() == before


def test_a_link_brings_the_settings_back(visit: Visit) -> None:
    """The address holds what was changed, and the page opened again from it shows the same numbers."""
    for name, text in {"trust": "=cmd()", "basis": "high", "call": "£ 12", "threshold": "150"}.items():
        visit.fill(name, text)
    shown, said = visit.numbers(), visit.text("#what-if-changed")
    visit.wait_until("location.hash === document.querySelector('#what-if-link').getAttribute('href')")
    assert visit.page.evaluate("location.hash").endswith("&basis=high&call=%C2%A3%2012&threshold=150")
    visit.page.reload()
    assert visit.numbers() == shown
    assert visit.text("#what-if-changed") == said
    visit.page.click("#what-if-reset")
    visit.wait_until("location.hash === '#what-if'")


def test_a_link_followed_on_an_open_page_is_obeyed(visit: Visit) -> None:
    """A colleague's link pasted into the address bar replaces the settings; what it does not name is the report's."""
    visit.fill("threshold", "500")
    visit.page.evaluate("location.hash = '#what-if&call=30'")
    visit.wait_until("document.querySelector('[name=call]').value === '30'")
    assert visit.page.input_value('[name="threshold"]') == "0"
    visit.page.click('nav a[href="#budget"]')
    assert visit.page.input_value('[name="call"]') == "30"


@pytest.mark.parametrize(
    ("fragment", "headline"),
    [
        ("#what-if&call=-5", "Not computed: 1 field needs correcting."),
        ("#what-if&call=1e9&threshold=%3Cscript%3E", "Not computed: 2 fields need correcting."),
        ("#what-if&trust=nobody&__proto__=x&constructor=1&call", "All trusts, E3 net system, service at"),
        ("#what-if&%E0%A4%A=1&=&&&estimand=", "All trusts, E3 net system, service at"),
    ],
)
def test_a_broken_link_does_no_harm(visit: Visit, fragment: str, headline: str) -> None:
    """Names that are not known are passed over; values that are wrong are shown as wrong; nothing runs."""
    visit.open(fragment)
    assert visit.text("#what-if-headline").startswith(headline)
    assert visit.page.evaluate("window.broken") is None


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("call", "", "This is empty. Enter a number of pounds from 0 to 1,000,000; the report has "),
        ("call", "twelve", "\u201ctwelve\u201d is not a number. Enter a number of pounds"),
        ("call", "1e3", "is not a number"),
        ("call", "1,00", "is not a number"),
        ("threshold", "Infinity", "is not a number"),
        ("cost.ed_attendance", "-1", "-1 is below 0."),
        ("cost.ed_attendance", "1,000,001", "1,000,001 is above 1,000,000."),
        ("cash.ed_attendance", "101", "101 is above 100. Enter a number of per cent from 0 to 100; the report has 0."),
        ("cost.physical_line_call", "x", "or leave this empty."),
    ],
)
def test_bad_input_is_explained_beside_its_field(visit: Visit, name: str, typed: str, problem: str) -> None:
    """The field is marked, the words say what came and what is allowed, and no number is shown until it is mended."""
    before = visit.numbers()
    visit.fill(name, typed)
    place = visit.page.locator(f'[name="{name}"]')
    described = str(place.get_attribute("aria-describedby")).split()[-1]
    assert place.get_attribute("aria-invalid") == "true"
    assert problem in visit.text(f"#{described}")
    shown = visit.numbers()
    assert all(not shown[key] for key in shown if not key.endswith(".report"))
    visit.page.click("#what-if-reset")
    assert place.get_attribute("aria-invalid") is None
    assert visit.text(f"#{described}") == ""
    assert visit.numbers() == before


def test_the_panel_works_by_keyboard_alone(visit: Visit, payload: dict[str, Any]) -> None:
    """Tab reaches the fields in reading order, arrows choose, typing computes, Enter on the button sets back."""
    keyboard, focused = visit.page.keyboard, "document.activeElement.name || document.activeElement.id"
    visit.page.focus('section#what-if input[name="call"]')
    for _ in range(4):
        keyboard.press("Shift+Tab")
    assert visit.page.evaluate(focused) == "trust"
    keyboard.press("ArrowDown")
    order = ["trust"]
    for _ in range(5):
        keyboard.press("Tab")
        order.append(visit.page.evaluate(focused))
    assert order == ["trust", "estimand", "attending", "basis", "call", "threshold"]
    keyboard.press("ControlOrMeta+a")
    keyboard.type("250")
    keyboard.press("Enter")
    shown = visit.numbers()["net.mean"]
    expected = reprice(payload, dataclasses.replace(default_settings(payload), trust="RWK", threshold=250.0))
    assert shown == pytest.approx([expected.amounts["net"].mean], rel=CLOSE)
    for _ in range(20):
        if visit.page.evaluate(focused) == "what-if-reset":
            break
        keyboard.press("Tab")
    keyboard.press("Enter")
    assert visit.text("#what-if-changed") == "These are the report's own settings."


def test_the_result_is_told_to_a_screen_reader_once_typing_stops(visit: Visit) -> None:
    """The live region is quiet at the start and says the sentence after a change, not at every key."""
    assert visit.text("#what-if-status") == ""
    visit.page.locator('[name="call"]').press_sequentially("5")
    assert visit.text("#what-if-status") == ""
    visit.wait_until("document.getElementById('what-if-status').textContent !== ''")
    assert visit.text("#what-if-status") == visit.text("#what-if-headline")
    assert visit.page.get_attribute("#what-if-status", "aria-live") == "polite"


def test_every_field_has_a_name_that_a_screen_reader_says(visit: Visit) -> None:
    """No two fields share a name, so that 'Unit cost' says of what."""
    names = visit.page.eval_on_selector_all(
        "#what-if-form input, #what-if-form select", "all => all.map(one => one.labels[0].textContent)"
    )
    assert len(names) == len(set(names)) == 6 + 2 * len(payload_names(visit))


def payload_names(visit: Visit) -> list[str]:
    """Consequences in the page."""
    found: list[str] = visit.page.evaluate(
        "JSON.parse(document.getElementById('what-if-data').textContent).consequences"
    )
    return found
